/* Postfix: relayhost and sender_dependent_relayhost_maps of main.cf with their passwords (postconf(5), access(5) for the
 * form of the maps). Only the text of a map is read, never its compiled twin. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SETTINGS_MAX 2000
#define EXPAND_DEPTH 5
#define EXPAND_MAX   1000 /* names in one file: what names itself over and over ends here */

typedef struct {
  GHashTable *settings; /* name → value */
  const char *file;
  MrImportLoadFunc load;
  gpointer load_data;
  char *passwords; /* text of the map */
  gsize passwords_len;
  char *passwords_file;
  gboolean passwords_unreadable;
  gboolean other_passwords; /* of a kind that is not read */
  guint expanded;
  GPtrArray *found;
} Reader;

/* ---- main.cf ---- */

/* Logical lines: one that begins with a blank goes on with the one before. */
static void
read_settings (Reader *self, const char *text, gsize len)
{
  g_autofree char *name = NULL;
  gsize cursor = 0;
  MrImportLine line, key;

  while (mr_import_next_line (text, len, &cursor, &line)) {
    gboolean goes_on = line.len > 0 && g_ascii_isspace (*line.text);

    mr_import_trim (&line);
    if (line.len == 0 || *line.text == '#')
      continue;
    if (goes_on && name != NULL) {
      const char *before = g_hash_table_lookup (self->settings, name);
      if (before != NULL && strlen (before) + line.len < MR_IMPORT_TEXT_MAX * 4)
        g_hash_table_replace (self->settings, g_strdup (name),
                              g_strdup_printf ("%s %.*s", before, (int)line.len, line.text));
      continue;
    }
    g_clear_pointer (&name, g_free);
    if (memchr (line.text, '=', line.len) == NULL || !mr_import_take_word (&line, '=', &key)
        || g_hash_table_size (self->settings) >= SETTINGS_MAX)
      continue;
    name = g_strndup (key.text, key.len);
    g_hash_table_replace (self->settings, g_strdup (name), g_strndup (line.text, line.len));
  }
}

/* $name, ${name} and $(name) are filled in. (transfer full) "" where it is not set. */
static char *
expand (Reader *self, const char *text, guint depth)
{
  g_autoptr (GString) result = g_string_new (NULL);

  for (const char *p = text != NULL ? text : ""; *p != '\0' && result->len < MR_IMPORT_TEXT_MAX; p++) {
    gboolean closed = *p == '$' && (p[1] == '{' || p[1] == '(');
    const char *name = p + (closed ? 2 : 1);
    gsize n = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    if (*p != '$' || n == 0 || depth >= EXPAND_DEPTH || self->expanded >= EXPAND_MAX) {
      g_string_append_c (result, *p);
      continue;
    }
    self->expanded++;
    g_autofree char *key = g_strndup (name, n);
    g_autofree char *value = expand (self, g_hash_table_lookup (self->settings, key), depth + 1);
    g_string_append (result, value);
    p = name + n - 1;
    if (closed && (p[1] == '}' || p[1] == ')'))
      p++;
  }
  return g_string_free (g_steal_pointer (&result), FALSE);
}

static char *
get (Reader *self, const char *name)
{
  return expand (self, g_hash_table_lookup (self->settings, name), 0);
}

static gboolean
is_yes (Reader *self, const char *name)
{
  g_autofree char *value = get (self, name);

  return g_ascii_strcasecmp (value, "yes") == 0;
}

/* ---- maps ---- */

/* "hash:/etc/postfix/x" → the path, where the text stands beside the compiled map. (transfer full) NULL for others. */
static char *
dup_map_path (const char *map)
{
  static const char *const kinds[] = { "hash", "btree", "lmdb", "cdb", "dbm", "sdbm", "texthash", NULL };
  g_auto (GStrv) words = g_strsplit_set (map, ", \t", 2);
  const char *colon = words[0] != NULL ? strchr (words[0], ':') : NULL;
  g_autofree char *kind = colon != NULL ? g_strndup (words[0], (gsize)(colon - words[0])) : NULL;

  if (kind == NULL || !g_strv_contains (kinds, kind) || colon[1] != '/')
    return NULL;
  return g_strdup (colon + 1);
}

static void
load_passwords (Reader *self)
{
  g_autofree char *map = get (self, "smtp_sasl_password_maps");

  if (*map == '\0')
    return;
  self->passwords_file = dup_map_path (map);
  if (self->passwords_file != NULL)
    self->passwords = self->load (&self->passwords_file, &self->passwords_len, self->load_data);
  self->other_passwords = self->passwords_file == NULL;
  self->passwords_unreadable = self->passwords_file != NULL && self->passwords == NULL;
}

/* The line of the passwords whose key is this one. */
static gboolean
find_password (Reader *self, const char *key, MrImportLine *ret)
{
  gsize cursor = 0;
  MrImportLine line, word;

  while (self->passwords != NULL && mr_import_next_line (self->passwords, self->passwords_len, &cursor, &line))
    if (mr_import_take_word (&line, '\0', &word) && *word.text != '#' && word.len == strlen (key)
        && g_ascii_strncasecmp (word.text, key, word.len) == 0) {
      *ret = line;
      return TRUE;
    }
  return FALSE;
}

/* By sender where it is so configured, by the server as it is written, and by its bare name. */
static gboolean
find_log_in (Reader *self, const char *relay, const char *sender, const MrImportDraft *draft, MrImportLine *ret)
{
  const char *at = sender != NULL ? strchr (sender, '@') : NULL;

  if (sender != NULL && is_yes (self, "smtp_sender_dependent_authentication")
      && (find_password (self, sender, ret) || (at != NULL && find_password (self, at, ret))))
    return TRUE;
  return find_password (self, relay, ret) || (draft->host != NULL && find_password (self, draft->host, ret));
}

/* ---- accounts ---- */

static void
take_log_in (Reader *self, MrImportDraft *draft, const char *relay, const char *sender)
{
  MrImportLine line;
  const char *colon;

  if (!is_yes (self, "smtp_sasl_auth_enable"))
    return;
  if (self->other_passwords)
    mr_import_warn (draft,
                    _ ("Its passwords are kept in a way that is not read here: enter user name and password once"));
  if (self->passwords_unreadable)
    mr_import_warn (draft, _ ("The file with its passwords (%s) may not be read: enter user name and password once"),
                    self->passwords_file);
  if (!find_log_in (self, relay, sender, draft, &line))
    return;
  colon = memchr (line.text, ':', line.len);
  if (colon == NULL)
    return;
  gsize user_len = (gsize)(colon - line.text);
  mr_import_set (&draft->user, line.text, (gssize)user_len);
  const MrImportLine password = { colon + 1, line.len - user_len - 1, line.at + user_len + 1 };
  mr_import_set_secret (draft, password.text, (gssize)password.len, &password, "");
  draft->secret_file = g_strdup (self->passwords_file);
}

static void
take_encryption (Reader *self, MrImportDraft *draft)
{
  g_autofree char *level = get (self, "smtp_tls_security_level");
  g_autofree char *ca_file = get (self, "smtp_tls_CAfile");

  if (is_yes (self, "smtp_tls_wrappermode"))
    draft->tls = MR_TLS_IMPLICIT;
  else if ((*level != '\0' && !g_str_equal (level, "none")) || is_yes (self, "smtp_use_tls")
           || is_yes (self, "smtp_enforce_tls"))
    draft->tls = MR_TLS_STARTTLS;
  if (*ca_file == '/' && !g_str_has_prefix (ca_file, "/etc/ssl/"))
    mr_import_set (&draft->ca_file, ca_file, -1);
}

/* address: whom it is for; sender: the key that passwords may be kept under, NULL. */
static void
add_relay (Reader *self, const char *relay, const char *address, const char *sender)
{
  MrImportDraft *draft = mr_import_draft_new ();

  mr_import_set_server (draft, relay);
  if (draft->port == 0)
    draft->port = 25;
  /* Without brackets the name is one of a domain, whose MX are asked. */
  if (*relay != '[')
    mr_import_warn (draft, _ ("There the mail exchangers of “%s” were asked; here that name itself is the server"),
                    draft->host != NULL ? draft->host : relay);
  take_encryption (self, draft);
  take_log_in (self, draft, relay, sender);
  if (g_str_equal (address, "*"))
    mr_import_add_address (draft, draft->user);
  mr_import_add_address (draft, address);
  mr_import_finish (draft, MR_IMPORT_POSTFIX, self->file, self->found);
}

/* Lines "SENDER SERVER", "@DOMAIN SERVER". */
static void
add_sender_relays (Reader *self)
{
  g_autofree char *map = get (self, "sender_dependent_relayhost_maps");
  g_autofree char *path = dup_map_path (map);
  gsize len = 0, cursor = 0;
  g_autofree char *text = path != NULL ? self->load (&path, &len, self->load_data) : NULL;
  MrImportLine line, key, value;

  while (text != NULL && self->found->len < MR_IMPORT_ACCOUNTS_MAX && mr_import_next_line (text, len, &cursor, &line)) {
    if (!mr_import_take_word (&line, '\0', &key) || *key.text == '#' || !mr_import_take_word (&line, '\0', &value))
      continue;
    g_autofree char *sender = g_strndup (key.text, key.len);
    g_autofree char *relay = g_strndup (value.text, value.len);
    g_autofree char *address = g_strconcat (*sender == '@' ? "*" : "", sender, NULL);
    add_relay (self, relay, address, sender);
  }
}

void
mr_import_parse_postfix (const char *text, gsize len, const char *file, MrImportLoadFunc load, gpointer data,
                         GPtrArray *found)
{
  Reader self = { .file = file, .load = load, .load_data = data, .found = found };

  self.settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  read_settings (&self, text, len);
  load_passwords (&self);
  g_autofree char *value = get (&self, "relayhost");
  g_auto (GStrv) relays = g_strsplit_set (value, ", \t", -1);
  if (relays[0] != NULL && *relays[0] != '\0')
    add_relay (&self, relays[0], "*", NULL);
  add_sender_relays (&self);
  if (self.passwords != NULL)
    mr_wipe (self.passwords, self.passwords_len);
  g_free (self.passwords);
  g_free (self.passwords_file);
  g_hash_table_unref (self.settings);
}
