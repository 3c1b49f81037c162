/* Thunderbird: prefs.js of a profile. Servers are mail.smtpserver.NAME.*, identities mail.identity.NAME.* say who sends
 * through which. Passwords are in a store of its own that is not read. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PREFS_MAX  5000
#define PREF_BEGIN "user_pref("

/* ---- prefs.js ---- */

static int
hex_digits (const char *text, const char *end, guint n, gunichar *ret)
{
  *ret = 0;
  for (guint i = 0; i < n; i++) {
    int digit = text + i < end ? g_ascii_xdigit_value (text[i]) : -1;

    if (digit < 0)
      return FALSE;
    *ret = *ret * 16 + (gunichar)digit;
  }
  return TRUE;
}

/* The text of a JavaScript string that begins at *cursor. (transfer full) NULL where there is none; *cursor is behind it. */
static char *
read_string (const char **cursor, const char *end)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *p = *cursor;
  char quote;

  if (p >= end || (*p != '"' && *p != '\''))
    return NULL;
  quote = *p++;
  for (; p < end && *p != quote; p++) {
    gunichar c = 0;

    if (*p != '\\' || p + 1 >= end) {
      g_string_append_c (value, *p);
      continue;
    }
    p++;
    if ((*p == 'u' && hex_digits (p + 1, end, 4, &c)) || (*p == 'x' && hex_digits (p + 1, end, 2, &c))) {
      p += *p == 'u' ? 4 : 2;
      if (c != 0 && (c < 0xd800 || c > 0xdfff))
        g_string_append_unichar (value, c);
    } else {
      g_string_append_c (value, *p == 'n' ? '\n' : *p == 'r' ? '\r' : *p == 't' ? '\t' : *p);
    }
  }
  if (p >= end)
    return NULL;
  *cursor = p + 1;
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static void
skip_blanks (const char **cursor, const char *end, const char *also)
{
  while (*cursor < end && (g_ascii_isspace (**cursor) || strchr (also, **cursor) != NULL))
    (*cursor)++;
}

/* user_pref("name", "text" | number | true); names that are not about sending are left out. */
static void
read_pref (const MrImportLine *line, GHashTable *prefs)
{
  const char *cursor = line->text + strlen (PREF_BEGIN), *end = line->text + line->len;
  g_autofree char *name = NULL;
  char *value;

  skip_blanks (&cursor, end, "");
  name = read_string (&cursor, end);
  if (name == NULL || !(g_str_has_prefix (name, "mail.smtp") || g_str_has_prefix (name, "mail.identity.")))
    return;
  skip_blanks (&cursor, end, ",");
  value = read_string (&cursor, end);
  if (value == NULL) {
    gsize n = 0;

    while (cursor + n < end && (g_ascii_isalnum (cursor[n]) || cursor[n] == '-'))
      n++;
    value = g_strndup (cursor, n);
  }
  g_hash_table_replace (prefs, g_steal_pointer (&name), value);
}

static const char *
get (GHashTable *prefs, const char *format, const char *name)
{
  g_autofree char *key = g_strconcat (format, name, NULL);
  const char *value = g_hash_table_lookup (prefs, key);

  return value != NULL ? value : "";
}

static const char *
get_server (GHashTable *prefs, const char *server, const char *what)
{
  g_autofree char *key = g_strconcat (server, ".", what, NULL);

  return get (prefs, "mail.smtpserver.", key);
}

/* ---- accounts ---- */

/* The addresses of all identities that send through it; default: also those that name no server. */
static void
take_identities (MrImportDraft *draft, GHashTable *prefs, GPtrArray *identities, const char *server,
                 gboolean is_default)
{
  for (guint i = 0; i < identities->len; i++) {
    const char *identity = identities->pdata[i];
    g_autofree char *server_key = g_strconcat (identity, ".smtpServer", NULL);
    g_autofree char *address_key = g_strconcat (identity, ".useremail", NULL);
    const char *through = get (prefs, "mail.identity.", server_key);

    if (g_str_equal (through, server) || (*through == '\0' && is_default))
      mr_import_add_address (draft, get (prefs, "mail.identity.", address_key));
  }
}

/* 1 none, 3 password, 4 password not in the clear, 5 Kerberos, 6 NTLM, 7 certificate, 10 OAuth 2.0 */
static void
take_log_in (MrImportDraft *draft, GHashTable *prefs, const char *server)
{
  gint64 method = g_ascii_strtoll (get_server (prefs, server, "authMethod"), NULL, 10);

  if (method == 1)
    return;
  mr_import_set (&draft->user, get_server (prefs, server, "username"), -1);
  if (method == 10) {
    draft->auth = MR_AUTH_OAUTH2;
    mr_import_warn (draft, _ ("It signs in with OAuth 2.0: sign in once here"));
  } else if (draft->user != NULL && *draft->user != '\0') {
    if (method >= 5)
      mr_import_warn (draft, _ ("Its way to log in is not known here; a password is used"));
    mr_import_warn (draft, _ ("Its password is in a store of its own: enter it once"));
  }
}

static void
add_server (GHashTable *prefs, GPtrArray *identities, const char *server, const char *file, GPtrArray *found)
{
  MrImportDraft *draft = mr_import_draft_new ();
  gint64 tls = g_ascii_strtoll (get_server (prefs, server, "try_ssl"), NULL, 10);
  const char *description = get_server (prefs, server, "description");
  const char *by_default = get (prefs, "mail.smtp.defaultserver", "");

  mr_import_set (&draft->host, get_server (prefs, server, "hostname"), -1);
  draft->port = (guint)CLAMP (g_ascii_strtoll (get_server (prefs, server, "port"), NULL, 10), 0, 65535);
  /* 0 none, 1 older way if there is one, 2 older way, 3 from the start */
  draft->tls = tls == 3 ? MR_TLS_IMPLICIT : tls > 0 ? MR_TLS_STARTTLS : MR_TLS_NONE;
  if (*description != '\0')
    mr_import_set (&draft->name, description, -1);
  take_log_in (draft, prefs, server);
  take_identities (draft, prefs, identities, server, g_str_equal (by_default, server));
  if (draft->addresses->len == 0)
    mr_import_add_address (draft, draft->user);
  mr_import_finish (draft, MR_IMPORT_THUNDERBIRD, file, found);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Names of identities, in order. */
static GPtrArray *
list_identities (GHashTable *prefs)
{
  GPtrArray *identities = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, prefs);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, "mail.identity.") && g_str_has_suffix (key, ".useremail")) {
      const char *name = (const char *)key + strlen ("mail.identity.");
      /* The two may share their dot: then there is no name between them. */
      if (strlen (name) > strlen (".useremail"))
        g_ptr_array_add (identities, g_strndup (name, strlen (name) - strlen (".useremail")));
    }
  g_ptr_array_sort (identities, compare_names);
  return identities;
}

void
mr_import_parse_thunderbird (const char *text, gsize len, const char *file, GPtrArray *found)
{
  g_autoptr (GHashTable) prefs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) identities = NULL;
  gsize cursor = 0;
  MrImportLine line;

  while (g_hash_table_size (prefs) < PREFS_MAX && mr_import_next_line (text, len, &cursor, &line)) {
    mr_import_trim (&line);
    if (line.len > strlen (PREF_BEGIN) && memcmp (line.text, PREF_BEGIN, strlen (PREF_BEGIN)) == 0)
      read_pref (&line, prefs);
  }
  identities = list_identities (prefs);
  g_auto (GStrv) servers = g_strsplit (get (prefs, "mail.smtpservers", ""), ",", MR_IMPORT_ACCOUNTS_MAX);
  for (guint i = 0; servers[i] != NULL; i++)
    if (*g_strstrip (servers[i]) != '\0')
      add_server (prefs, identities, servers[i], file, found);
}
