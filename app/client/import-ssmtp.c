/* ssmtp: /etc/ssmtp/ssmtp.conf ("Key=value", keys without case) and "revaliases" beside it (LOCAL:ADDRESS[:SERVER]); and
 * nullmailer: /etc/nullmailer/remotes (a line for each server: HOST PROTOCOL OPTIONS). Both send everything that this
 * computer has to send, so their account is for every sender. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define STAND_IN "# The password is in the keyring of Mail Relay now."

/* ---- ssmtp ---- */

static gboolean
is_yes (const char *value)
{
  return g_ascii_strcasecmp (value, "yes") == 0;
}

static void
take_ssmtp (MrImportDraft *draft, const char *key, const char *value, const MrImportLine *line)
{
  if (g_ascii_strcasecmp (key, "mailhub") == 0) {
    mr_import_set_server (draft, value);
  } else if (g_ascii_strcasecmp (key, "AuthUser") == 0) {
    mr_import_set (&draft->user, value, -1);
  } else if (g_ascii_strcasecmp (key, "AuthPass") == 0) {
    mr_import_set_secret (draft, value, -1, line, STAND_IN);
  } else if (g_ascii_strcasecmp (key, "UseTLS") == 0) {
    if (is_yes (value) && draft->tls != MR_TLS_STARTTLS)
      draft->tls = MR_TLS_IMPLICIT;
  } else if (g_ascii_strcasecmp (key, "UseSTARTTLS") == 0) {
    if (is_yes (value))
      draft->tls = MR_TLS_STARTTLS;
  } else if (g_ascii_strcasecmp (key, "TLS_CA_File") == 0) {
    if (!g_str_has_prefix (value, "/etc/ssl/"))
      mr_import_set (&draft->ca_file, value, -1);
  }
}

static void
take_aliases (MrImportDraft *draft, const char *aliases)
{
  gsize cursor = 0, len = strlen (aliases);
  MrImportLine line, local, address;

  while (mr_import_next_line (aliases, len, &cursor, &line))
    if (mr_import_take_word (&line, ':', &local) && *local.text != '#' && mr_import_take_word (&line, ':', &address)) {
      g_autofree char *text = g_strndup (address.text, address.len);

      mr_import_add_address (draft, text);
    }
}

void
mr_import_parse_ssmtp (const char *text, gsize len, const char *aliases, const char *file, GPtrArray *found)
{
  MrImportDraft *draft = mr_import_draft_new ();
  gsize cursor = 0;
  MrImportLine line, key;

  while (mr_import_next_line (text, len, &cursor, &line)) {
    MrImportLine rest = line;

    if (!mr_import_take_word (&rest, '=', &key) || *key.text == '#')
      continue;
    g_autofree char *name = g_strndup (key.text, key.len);
    char *value = g_strndup (rest.text, rest.len);
    take_ssmtp (draft, name, value, &line);
    mr_wipe (value, strlen (value));
    g_free (value);
  }
  if (draft->host == NULL) {
    mr_import_draft_free (draft);
    return;
  }
  /* UseTLS on the port of the older way means that way to everybody but this program. */
  if (draft->tls == MR_TLS_IMPLICIT && (draft->port == 587 || draft->port == 25))
    draft->tls = MR_TLS_STARTTLS;
  if (aliases != NULL)
    take_aliases (draft, aliases);
  mr_import_add_address (draft, draft->user);
  mr_import_add_address (draft, "*");
  mr_import_finish (draft, MR_IMPORT_SSMTP, file, found);
}

/* ---- nullmailer ---- */

/* The next word of an option line with its quotes and backslashes taken away; NULL at the end. (transfer full) */
static char *
next_option (MrImportLine *line, MrImportLine *ret)
{
  g_autoptr (GString) value = g_string_new (NULL);
  char quote = '\0';
  gsize i = 0;

  mr_import_trim (line);
  if (line->len == 0)
    return NULL;
  for (; i < line->len && (quote != '\0' || !g_ascii_isspace (line->text[i])); i++) {
    char c = line->text[i];

    if (c == '\\' && quote != '\'' && i + 1 < line->len)
      g_string_append_c (value, line->text[++i]);
    else if (quote == '\0' && (c == '\'' || c == '"'))
      quote = c;
    else if (c == quote)
      quote = '\0';
    else
      g_string_append_c (value, c);
  }
  *ret = (MrImportLine){ line->text, i, line->at };
  line->text += i;
  line->at += i;
  line->len -= i;
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static void
take_option (MrImportDraft *draft, const char *option, const MrImportLine *where)
{
  const char *name = g_str_has_prefix (option, "--") ? option + 2 : option;

  if (g_str_has_prefix (name, "port=")) {
    draft->port = (guint)CLAMP (g_ascii_strtoll (name + 5, NULL, 10), 0, 65535);
  } else if (g_str_has_prefix (name, "user=")) {
    mr_import_set (&draft->user, name + 5, -1);
  } else if (g_str_has_prefix (name, "pass=")) {
    mr_import_set_secret (draft, name + 5, -1, where, "");
  } else if (g_str_equal (name, "ssl")) {
    draft->tls = MR_TLS_IMPLICIT;
  } else if (g_str_equal (name, "starttls") || g_str_equal (name, "tls")) {
    draft->tls = MR_TLS_STARTTLS;
  } else if (g_str_equal (name, "insecure")) {
    mr_import_warn (draft, _ ("It does not check the server's certificate; here it is checked"));
  }
}

void
mr_import_parse_nullmailer (const char *text, gsize len, const char *file, GPtrArray *found)
{
  gsize cursor = 0;
  MrImportLine line, word;

  while (found->len < MR_IMPORT_ACCOUNTS_MAX && mr_import_next_line (text, len, &cursor, &line)) {
    char *option;

    if (!mr_import_take_word (&line, '\0', &word) || *word.text == '#')
      continue;
    MrImportDraft *draft = mr_import_draft_new ();
    g_autofree char *host = g_strndup (word.text, word.len);
    mr_import_set_server (draft, host);
    if (mr_import_take_word (&line, '\0', &word) && (word.len != 4 || memcmp (word.text, "smtp", 4) != 0))
      mr_import_warn (draft, _ ("It speaks another protocol than SMTP with this server"));
    while ((option = next_option (&line, &word)) != NULL) {
      take_option (draft, option, &word);
      mr_wipe (option, strlen (option));
      g_free (option);
    }
    mr_import_add_address (draft, draft->user);
    mr_import_add_address (draft, "*");
    mr_import_finish (draft, MR_IMPORT_NULLMAILER, file, found);
  }
}
