/* Two simple back ends: memory until the service ends, and a file that only the user can read.
 *
 * The file is not encrypted: whoever can read the user's files can read it, which the window says when it is
 * chosen. Form: a line a secret, "ID BASE64" for a password, "ID/KIND BASE64" for the rest. It is refused when it belongs to somebody else or when group or
 * others have any right, and is replaced atomically with 0600.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string.h>

#include "base/os.h"
#include "secrets/secrets-private.h"

#define FILE_MAX (1024 * 1024)

typedef struct {
  char *path;          /* NULL: memory */
  GHashTable *secrets; /* key → MrSecret */
} Plain;

static void
plain_free (Plain *plain)
{
  g_hash_table_unref (plain->secrets);
  g_free (plain->path);
  g_free (plain);
}

static GHashTable *
table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)mr_secret_unref);
}

static gboolean
check_rights (const char *path, GError **error)
{
  struct stat st;

  if (lstat (path, &st) != 0)
    return TRUE; /* not there yet */
  if (!S_ISREG (st.st_mode) || st.st_uid != getuid () || (st.st_mode & 077) != 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("%s can be read by others, so it is not used. Make it yours alone: chmod 600 '%s'"), path, path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
file_load (Plain *plain, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GHashTable) table = table_new ();
  char *text = NULL, *next;
  gsize len = 0;

  if (!check_rights (plain->path, error))
    return FALSE;
  if (!mr_os_read_file (plain->path, FILE_MAX, &text, &len, &local)) {
    if (!g_error_matches (local, MR_ERROR, MR_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  for (char *line = text; line != NULL && *line != '\0'; line = next) {
    char *space;
    gsize n = 0;

    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    space = strchr (line, ' ');
    if (space == NULL || space == line)
      continue;
    *space = '\0';
    guchar *bytes = g_base64_decode (space + 1, &n);
    MrSecret *secret = mr_secret_new_long (bytes, n);
    mr_wipe (bytes, n);
    g_free (bytes);
    if (secret != NULL)
      g_hash_table_insert (table, g_strdup (line), secret);
  }
  if (text != NULL)
    mr_wipe (text, len);
  g_free (text);
  g_hash_table_unref (plain->secrets);
  plain->secrets = g_steal_pointer (&table);
  return TRUE;
}

static gboolean
file_save (Plain *plain, GError **error)
{
  g_autoptr (GString) text = NULL;
  GHashTableIter iter;
  gpointer id, secret;
  gsize size = 0;
  gboolean ok;

  /* A string that grows would leave copies behind that nobody wipes. */
  g_hash_table_iter_init (&iter, plain->secrets);
  while (g_hash_table_iter_next (&iter, &id, &secret))
    size += strlen (id) + 2 * mr_secret_length (secret) + 16;
  text = g_string_sized_new (size);
  g_hash_table_iter_init (&iter, plain->secrets);
  while (g_hash_table_iter_next (&iter, &id, &secret)) {
    char *coded = g_base64_encode ((const guchar *)mr_secret_get (secret), mr_secret_length (secret));

    g_string_append_printf (text, "%s %s\n", (const char *)id, coded);
    mr_wipe (coded, strlen (coded));
    g_free (coded);
  }
  ok = mr_os_write_file (plain->path, text->str, text->len, 0600, error);
  mr_wipe (text->str, text->len);
  return ok;
}

static gboolean
memory_open (MrSecrets *secrets, const char *file_path, GError **error)
{
  Plain *plain = g_new0 (Plain, 1);

  plain->secrets = table_new ();
  mr_secrets_set_backend_data (secrets, plain);
  return TRUE;
}

static gboolean
file_open (MrSecrets *secrets, const char *file_path, GError **error)
{
  Plain *plain = g_new0 (Plain, 1);

  plain->secrets = table_new ();
  plain->path = g_strdup (file_path);
  if (!file_load (plain, error)) {
    plain_free (plain);
    return FALSE;
  }
  mr_secrets_set_backend_data (secrets, plain);
  return TRUE;
}

static void
plain_close (MrSecrets *secrets)
{
  plain_free (mr_secrets_get_backend_data (secrets));
}

static char *
dup_key (const char *id, const char *kind)
{
  return g_strcmp0 (kind, MR_SECRET_KIND_PASSWORD) == 0 ? g_strdup (id) : g_strconcat (id, "/", kind, NULL);
}

static gboolean
is_of (const char *key, const char *id)
{
  gsize len = strlen (id);

  return strncmp (key, id, len) == 0 && (key[len] == '\0' || key[len] == '/');
}

static void
change_table (GHashTable *table, MrSecretsCall *call)
{
  g_autofree char *key = call->kind != NULL ? dup_key (call->id, call->kind) : NULL;
  GHashTableIter iter;
  gpointer name;

  if (call->op == MR_SECRETS_STORE) {
    g_hash_table_insert (table, g_steal_pointer (&key), mr_secret_ref (call->secret));
    return;
  }
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (key != NULL ? strcmp (name, key) == 0 : is_of (name, call->id))
      g_hash_table_iter_remove (&iter);
}

/* What could not be saved did not happen. */
static void
change (Plain *plain, MrSecretsCall *call, GError **error)
{
  g_autoptr (GHashTable) old = plain->secrets;
  GHashTableIter iter;
  gpointer name, secret;

  plain->secrets = table_new ();
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &name, &secret))
    g_hash_table_insert (plain->secrets, g_strdup (name), mr_secret_ref (secret));
  change_table (plain->secrets, call);
  if (plain->path != NULL && !file_save (plain, error)) {
    g_hash_table_unref (plain->secrets);
    plain->secrets = g_hash_table_ref (old);
  }
}

static void
check_writable (Plain *plain, GError **error)
{
  g_autofree char *folder = plain->path != NULL ? g_path_get_dirname (plain->path) : NULL;

  if (folder != NULL && access (folder, W_OK) != 0)
    g_set_error (error, MR_ERROR, MR_ERROR_FAILED, _ ("%s cannot be written; make it writable for you"), folder);
}

static MrSecret *
find (Plain *plain, MrSecretsCall *call)
{
  g_autofree char *key = dup_key (call->id, call->kind);
  MrSecret *secret = g_hash_table_lookup (plain->secrets, key);

  return secret != NULL ? mr_secret_ref (secret) : NULL;
}

static void
plain_run (MrSecrets *secrets, MrSecretsCall *call)
{
  Plain *plain = mr_secrets_get_backend_data (secrets);
  GError *error = NULL;
  MrSecret *found = NULL;

  /* Somebody may have changed the file, or its rights, meanwhile. */
  if (plain->path != NULL && !file_load (plain, &error)) {
    mr_secrets_call_done (call, NULL, error);
    return;
  }
  switch (call->op) {
  case MR_SECRETS_LOOKUP:
    found = find (plain, call);
    break;
  case MR_SECRETS_STORE:
  case MR_SECRETS_CLEAR:
    change (plain, call, &error);
    break;
  case MR_SECRETS_WRITABLE:
    check_writable (plain, &error);
    break;
  case MR_SECRETS_PROBE:
    break;
  }
  mr_secrets_call_done (call, found, error);
}

const MrSecretsBackend mr_secrets_backend_memory = { "memory", FALSE, memory_open, plain_close, plain_run };
const MrSecretsBackend mr_secrets_backend_file = { "file", FALSE, file_open, plain_close, plain_run };
