/* Evolution: the folder "sources", a file (GKeyFile) for each part of an account. A part with [Mail Transport] is a
 * server for sending; identities name it in [Mail Submission] TransportUid. Passwords are in the desktop's keyring under
 * names of Evolution's own; they are not read. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  GHashTable *files; /* uid → GKeyFile */
  GPtrArray *uids;   /* in order */
  const char *folder;
} Reader;

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
load (Reader *self, GHashTable *sources)
{
  GHashTableIter iter;
  gpointer uid, text;

  g_hash_table_iter_init (&iter, sources);
  while (g_hash_table_iter_next (&iter, &uid, &text)) {
    GKeyFile *file = g_key_file_new ();

    if (g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL)) {
      g_hash_table_insert (self->files, uid, file);
      g_ptr_array_add (self->uids, uid);
    } else {
      g_key_file_unref (file);
    }
  }
  g_ptr_array_sort (self->uids, compare_names);
}

/* (transfer full) "" where there is none. */
static char *
get (GKeyFile *file, const char *group, const char *key)
{
  char *value = g_key_file_get_string (file, group, key, NULL);

  return value != NULL ? value : g_strdup ("");
}

static void
take_identities (Reader *self, MrImportDraft *draft, const char *transport)
{
  for (guint i = 0; i < self->uids->len; i++) {
    GKeyFile *file = g_hash_table_lookup (self->files, self->uids->pdata[i]);
    g_autofree char *through = get (file, "Mail Submission", "TransportUid");
    g_autofree char *address = get (file, "Mail Identity", "Address");
    g_autofree char *name = get (file, "Data Source", "DisplayName");

    if (!g_str_equal (through, transport))
      continue;
    mr_import_add_address (draft, address);
    if (draft->name == NULL && *name != '\0')
      mr_import_set (&draft->name, name, -1);
  }
}

static void
take_log_in (MrImportDraft *draft, GKeyFile *file)
{
  static const char *const oauth[] = { "OAuth2", "XOAUTH2", "Google", "Outlook", "Yahoo!", "Microsoft 365", NULL };
  g_autofree char *method = get (file, "Authentication", "Method");
  g_autofree char *user = get (file, "Authentication", "User");

  if (*method == '\0' || g_str_equal (method, "none"))
    return;
  mr_import_set (&draft->user, user, -1);
  if (g_strv_contains (oauth, method)) {
    draft->auth = MR_AUTH_OAUTH2;
    mr_import_warn (draft, _ ("It signs in with OAuth 2.0: sign in once here"));
  } else if (*user != '\0') {
    mr_import_warn (draft, _ ("Its password is in a store of its own: enter it once"));
  }
}

static void
add_transport (Reader *self, GKeyFile *file, const char *uid, GPtrArray *found)
{
  MrImportDraft *draft = mr_import_draft_new ();
  g_autofree char *host = get (file, "Authentication", "Host");
  g_autofree char *security = get (file, "Security", "Method");
  g_autofree char *name = g_strconcat (uid, ".source", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  mr_import_set (&draft->host, host, -1);
  draft->port = (guint)CLAMP (g_key_file_get_integer (file, "Authentication", "Port", NULL), 0, 65535);
  draft->tls = g_str_equal (security, "ssl-on-alternate-port")       ? MR_TLS_IMPLICIT
               : g_str_equal (security, "starttls-on-standard-port") ? MR_TLS_STARTTLS
                                                                     : MR_TLS_NONE;
  take_identities (self, draft, uid);
  take_log_in (draft, file);
  if (g_key_file_has_key (file, "Data Source", "Enabled", NULL)
      && !g_key_file_get_boolean (file, "Data Source", "Enabled", NULL))
    mr_import_warn (draft, _ ("It is switched off there"));
  mr_import_finish (draft, MR_IMPORT_EVOLUTION, path, found);
}

void
mr_import_parse_evolution (GHashTable *sources, const char *folder, GPtrArray *found)
{
  Reader self = { .folder = folder };

  self.files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_key_file_unref);
  self.uids = g_ptr_array_new ();
  load (&self, sources);
  for (guint i = 0; i < self.uids->len; i++) {
    GKeyFile *file = g_hash_table_lookup (self.files, self.uids->pdata[i]);
    g_autofree char *backend = get (file, "Mail Transport", "BackendName");

    /* "sendmail" hands over to this computer, "ews" speaks no SMTP. */
    if (g_str_equal (backend, "smtp"))
      add_transport (&self, file, self.uids->pdata[i], found);
  }
  g_ptr_array_unref (self.uids);
  g_hash_table_unref (self.files);
}
