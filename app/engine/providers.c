/* Presets of providers: see providers.h. */
#include <config.h>

#include "engine/providers.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-accounts.h>

#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/os.h"

#define FOLDER    "providers.d"
#define FILE_MAX  (1024 * 1024)
#define FILES_MAX 200

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Paths of the files, by name. (transfer full) */
static GPtrArray *
list_files (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && paths->len < FILES_MAX && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".conf") && *name != '.')
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

/* What tells that a file is another one than before. */
static char *
dup_stamp (GPtrArray *paths)
{
  GString *stamp = g_string_new (NULL);

  for (guint i = 0; i < paths->len; i++) {
    struct stat info;

    if (stat (paths->pdata[i], &info) == 0)
      g_string_append_printf (stamp, "%s %lld %lld.%09ld %llu\n", (const char *)paths->pdata[i],
                              (long long)info.st_size, (long long)info.st_mtim.tv_sec, (long)info.st_mtim.tv_nsec,
                              (unsigned long long)info.st_ino);
  }
  return g_string_free (stamp, FALSE);
}

static void
add_file (MrEngine *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize len = 0;

  if (mr_os_read_file (path, FILE_MAX, &text, &len, &error)) {
    g_autoptr (GBytes) bytes = g_bytes_new_take (text, len);
    mr_presets_add (self->presets, path, bytes, TRUE, &error);
  }
  if (error == NULL)
    return;
  mr_warning ("engine", "presets: %s", error->message);
  g_ptr_array_add (self->presets_errors, g_strdup (error->message));
}

MrPresets *
mr_engine_dup_presets (MrEngine *self)
{
  g_autofree char *folder = g_build_filename (self->paths->config_dir, FOLDER, NULL);
  g_autoptr (GPtrArray) paths = list_files (folder);
  g_autofree char *stamp = dup_stamp (paths);

  if (self->presets == NULL || g_strcmp0 (stamp, self->presets_stamp) != 0) {
    g_clear_pointer (&self->presets, mr_presets_unref);
    self->presets = mr_presets_new_builtin ();
    g_clear_pointer (&self->presets_errors, g_ptr_array_unref);
    self->presets_errors = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < paths->len; i++)
      add_file (self, paths->pdata[i]);
    g_free (self->presets_stamp);
    self->presets_stamp = g_steal_pointer (&stamp);
  }
  return mr_presets_ref (self->presets);
}

char **
mr_engine_dup_warnings (MrEngine *self)
{
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *const *warnings = mr_config_get_warnings (mr_engine_get_config (self));
  g_autoptr (GError) servers = NULL;

  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    g_strv_builder_add (builder, warnings[i]);
  for (guint i = 0; i < self->presets_errors->len; i++)
    g_strv_builder_add (builder, self->presets_errors->pdata[i]);
  /* Taken from a file that was edited by hand; see mr_engine_open_resolver(). */
  if (!mr_resolver_check_servers (mr_config_get_string (mr_engine_get_config (self), "dns", "servers"), &servers)) {
    g_autofree char *words = g_strdup_printf (_ ("[dns] servers: %s Until then the system's name servers are asked."),
                                              servers->message);

    g_strv_builder_add (builder, words);
  }
  return g_strv_builder_end (builder);
}

/* ---- the list that people look at ---- */

typedef struct {
  MrRecordsFunc func;
  gpointer data;
  GPtrArray *records;
} Listing;

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const MrDiscoveryRecord *first = *(const MrDiscoveryRecord *const *)a, *second = *(const MrDiscoveryRecord *const *)b;
  g_autofree char *one = g_utf8_casefold (first->provider_name, -1);
  g_autofree char *two = g_utf8_casefold (second->provider_name, -1);

  return strcmp (one, two);
}

static gboolean
listed_cb (gpointer data)
{
  Listing *listing = data;

  listing->func (listing->records, NULL, listing->data);
  g_ptr_array_unref (listing->records);
  g_free (listing);
  return G_SOURCE_REMOVE;
}

void
mr_engine_list_providers (MrEngine *self, MrRecordsFunc func, gpointer data)
{
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (self);
  Listing *listing = g_new0 (Listing, 1);

  listing->func = func;
  listing->data = data;
  listing->records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  for (guint i = 0; i < mr_presets_get_count (presets); i++) {
    g_autoptr (GPtrArray) servers = mr_preset_dup_records (mr_presets_get_nth (presets, i), NULL, NULL, FALSE);

    /* The best server stands for the provider. */
    MrDiscoveryRecord *record = g_ptr_array_steal_index (servers, 0);
    record->oauth_ready = mr_engine_oauth_ready (self, record);
    g_ptr_array_add (listing->records, record);
  }
  g_ptr_array_sort (listing->records, compare_records);
  g_idle_add (listed_cb, listing);
}
