/* The account page's rules. An address is looked at only so far that a slip of the finger is caught here. */
#include "config.h"

#include "ui/account-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/config.h"

#define MAX_ID 32

char **
mr_account_form_split_addresses (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ",; \t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0' && g_hash_table_add (seen, parts[i]))
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

guint
mr_account_form_parse_port (const char *text)
{
  guint64 port = 0;

  return g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL) ? (guint)port : 0;
}

guint
mr_account_form_parse_limit (const char *text)
{
  guint64 limit = 0;

  return g_ascii_string_to_unsigned (text, 10, 1, 1000000, &limit, NULL) ? (guint)limit : 0;
}

/* Those of `[account] colour`. */
static const char *const colours[] = { "", "blue", "green", "yellow", "orange", "red", "purple", "brown", "gray" };

const char *
mr_account_form_colour (guint index)
{
  return index < G_N_ELEMENTS (colours) ? colours[index] : "";
}

guint
mr_account_form_colour_index (const char *colour)
{
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    if (g_strcmp0 (colours[i], colour) == 0)
      return i;
  return 0;
}

char **
mr_account_form_reorder (const char *const *ids, const char *id, gint to)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  guint from = G_MAXUINT;

  for (guint i = 0; ids[i] != NULL; i++) {
    if (g_str_equal (ids[i], id))
      from = i;
    g_ptr_array_add (order, (gpointer)ids[i]);
  }
  to = CLAMP (to, 0, (gint)order->len - 1);
  if (from == G_MAXUINT || from == (guint)to)
    return NULL;
  g_ptr_array_remove_index (order, from);
  g_ptr_array_insert (order, to, (gpointer)id);
  g_ptr_array_add (order, NULL);
  return g_strdupv ((char **)order->pdata);
}

char *
mr_account_form_letter (const char *name)
{
  char letter[7] = { 0 };

  while (*name != '\0' && !g_unichar_isalnum (g_utf8_get_char (name)))
    name = g_utf8_next_char (name);
  if (*name == '\0')
    return g_strdup ("?");
  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (name)), letter);
  return g_strdup (letter);
}

guint
mr_account_form_usual_port (MrTlsMode mode)
{
  switch (mode) {
  case MR_TLS_IMPLICIT:
    return 465;
  case MR_TLS_STARTTLS:
    return 587;
  case MR_TLS_NONE:
  case MR_TLS_OPPORTUNISTIC:
  case MR_TLS_N_MODES:
  default:
    return 25;
  }
}

static gboolean
pattern_is_plausible (const char *pattern)
{
  if (g_str_equal (pattern, "*"))
    return TRUE;
  const char *at = strrchr (pattern, '@');
  return at != NULL && at != pattern && at[1] != '\0' && strpbrk (pattern, "<>\"'") == NULL;
}

static gboolean
host_is_loopback (const char *host)
{
  return g_str_equal (host, "localhost") || g_str_has_prefix (host, "127.") || g_str_equal (host, "::1")
         || g_str_equal (host, "[::1]");
}

static char *
check_addresses (char **addresses)
{
  if (addresses == NULL || addresses[0] == NULL)
    return g_strdup (_ ("Enter the address that you send from, for example anna@example.com."));
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!pattern_is_plausible (addresses[i]))
      return g_strdup_printf (_ ("“%s” is not an address. Write it like anna@example.com, *@example.com or *."),
                              addresses[i]);
  return NULL;
}

static char *
check_host (const char *host)
{
  if (host == NULL || *host == '\0')
    return g_strdup (_ ("Enter the name of your provider's server, for example smtp.example.com."));
  if (strpbrk (host, " \t/@") != NULL)
    return g_strdup (_ ("Enter the server's name alone, without http:// and without a user name."));
  return NULL;
}

MrAccountField
mr_account_form_check (const MrAccountRecord *record, gboolean has_password, char **ret_sentence)
{
  gboolean has_user = record->user != NULL && *record->user != '\0';
  MrAccountField field = MR_FIELD_NONE;
  char *sentence = check_addresses (record->addresses);

  if (sentence != NULL)
    field = MR_FIELD_ADDRESSES;
  else if (record->kind == MR_ACCOUNT_DIRECT)
    return MR_FIELD_NONE;
  else if ((sentence = check_host (record->host)) != NULL)
    field = MR_FIELD_HOST;
  else if (record->port == 0) {
    field = MR_FIELD_PORT;
    sentence = g_strdup (_ ("The port is a number from 1 to 65535; usually 465 or 587."));
  } else if (has_password && !has_user) {
    field = MR_FIELD_USER;
    sentence = g_strdup (_ ("Enter the user name that goes with the password; often it is your address."));
  } else if (has_user && record->tls == MR_TLS_NONE && !host_is_loopback (record->host)) {
    field = MR_FIELD_USER;
    sentence = g_strdup (_ ("A password is never sent over a connection that is not encrypted. Choose an encrypted "
                            "connection, or leave user name and password empty."));
  } else if (record->ca_file != NULL && *record->ca_file != '\0' && !g_path_is_absolute (record->ca_file)) {
    field = MR_FIELD_CA_FILE;
    sentence = g_strdup (_ ("Enter the whole path of the file, beginning with /."));
  }
  if (field != MR_FIELD_NONE)
    *ret_sentence = sentence;
  return field;
}

static char *
slug (const char *text)
{
  g_autoptr (GString) id = g_string_new (NULL);

  for (const char *p = text; *p != '\0' && id->len < MAX_ID - 4; p++) {
    char c = g_ascii_tolower (*p);
    if (g_ascii_isalnum (c))
      g_string_append_c (id, c);
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c (id, '-');
  }
  while (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  return g_string_free (g_steal_pointer (&id), FALSE);
}

/* The first of name, domain of the address and host that leaves something when it is reduced to an id. */
static char *
base_id (const MrAccountRecord *record)
{
  const char *address = record->addresses != NULL && record->addresses[0] != NULL ? record->addresses[0] : "";
  const char *at = strrchr (address, '@');
  const char *candidates[] = { record->name, at != NULL ? at + 1 : NULL, record->host, "account" };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++) {
    g_autofree char *id = candidates[i] != NULL ? slug (candidates[i]) : NULL;
    if (id != NULL && mr_config_id_is_valid (id))
      return g_steal_pointer (&id);
  }
  return g_strdup ("account");
}

char *
mr_account_form_make_id (const MrAccountRecord *record, const char *const *taken)
{
  g_autofree char *base = base_id (record);

  if (!g_strv_contains (taken, base))
    return g_steal_pointer (&base);
  for (guint n = 2;; n++) {
    g_autofree char *id = g_strdup_printf ("%s-%u", base, n);
    if (!g_strv_contains (taken, id))
      return g_steal_pointer (&id);
  }
}
