/* The presets in force and how they are found: see presets.h. A domain or an ending belongs to the preset that named it
 * last, so that a person's file goes before the program's own. */
#include <config.h>

#include "policy/presets-private.h"

#include <glib/gi18n-lib.h>
#include <gio/gio.h>
#include <string.h>

#include "mail/address.h"
#include "mail/host-name.h"
#include "mr-providers-resource.h"

#define FOLDER       "/com/example/MailRelay/providers/"
#define FILE_MAX     (1024 * 1024)
#define PRESETS_MAX  2000
#define GROUP_PREFIX "provider "

/* What a domain or an ending leads to. */
typedef struct {
  const MrPreset *preset;
  const MrPresetRegion *region; /* NULL: none in particular */
} Target;

struct _MrPresets {
  GPtrArray *presets;                        /* MrPreset */
  GPtrArray *retired;                        /* MrPreset that a person's file replaced */
  GHashTable *by_id;                         /* borrowed id → MrPreset */
  GHashTable *domains, *wildcards, *endings; /* name in small letters → Target */
};

static void
presets_clear (gpointer data)
{
  MrPresets *self = data;

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->domains);
  g_hash_table_unref (self->wildcards);
  g_hash_table_unref (self->endings);
  g_ptr_array_unref (self->presets);
  g_ptr_array_unref (self->retired);
}

MrPresets *
mr_presets_ref (MrPresets *self)
{
  return g_rc_box_acquire (self);
}

void
mr_presets_unref (MrPresets *self)
{
  g_rc_box_release_full (self, presets_clear);
}

MrPresets *
mr_presets_new_empty (void)
{
  MrPresets *self = g_rc_box_new0 (MrPresets);

  self->presets = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_preset_free);
  self->retired = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_preset_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->wildcards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->endings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

MrPresets *
mr_presets_new_builtin (void)
{
  static const char *const names[] = { "worldwide.conf", "german.conf",  "european.conf",
                                       "american.conf",  "eastern.conf", "services.conf" };
  MrPresets *self = mr_presets_new_empty ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strconcat (FOLDER, names[i], NULL);
    g_autoptr (GBytes) bytes = g_resource_lookup_data (mr_providers_data_get_resource (), path,
                                                       G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    /* They are part of the program and the tests load them: a mistake in them cannot be shipped. */
    if (bytes == NULL || !mr_presets_add (self, names[i], bytes, FALSE, &error))
      g_error ("The presets of providers are broken: %s", error != NULL ? error->message : path);
  }
  return self;
}

/* ---- loading ---- */

static void
point (GHashTable *table, char **names, const MrPreset *preset, const MrPresetRegion *region)
{
  for (guint i = 0; names[i] != NULL; i++) {
    Target *target = g_new (Target, 1);

    *target = (Target){ preset, region };
    g_hash_table_replace (table, g_ascii_strdown (names[i], -1), target);
  }
}

static void
point_domains (MrPresets *self, const MrPreset *preset)
{
  for (guint i = 0; preset->domains[i] != NULL; i++) {
    const char *domain = preset->domains[i];
    gboolean wild = g_str_has_prefix (domain, "*.");
    char *one[] = { (char *)(wild ? domain + 2 : domain), NULL };

    point (wild ? self->wildcards : self->domains, one, preset, NULL);
  }
}

static gboolean
leads_to (gpointer key, gpointer value, gpointer data)
{
  return ((Target *)value)->preset == data;
}

/* Pointers to it may be out: it is kept until the end. */
static void
retire (MrPresets *self, MrPreset *preset)
{
  guint index = 0;

  g_hash_table_foreach_remove (self->domains, leads_to, preset);
  g_hash_table_foreach_remove (self->wildcards, leads_to, preset);
  g_hash_table_foreach_remove (self->endings, leads_to, preset);
  g_hash_table_remove (self->by_id, preset->id);
  if (g_ptr_array_find (self->presets, preset, &index))
    g_ptr_array_add (self->retired, g_ptr_array_steal_index (self->presets, index));
}

static void
take_in (MrPresets *self, MrPreset *preset)
{
  MrPreset *old = g_hash_table_lookup (self->by_id, preset->id);

  if (old != NULL)
    retire (self, old);
  g_ptr_array_add (self->presets, preset);
  g_hash_table_insert (self->by_id, preset->id, preset);
  point_domains (self, preset);
  point (self->endings, preset->mx, preset, NULL);
  for (guint i = 0; i < preset->regions->len; i++) {
    const MrPresetRegion *region = preset->regions->pdata[i];

    point (self->domains, region->domains, preset, region);
    point (self->endings, region->mx, preset, region);
  }
}

/* All presets of the file, or NULL. */
static GPtrArray *
read_file (GKeyFile *file, const char *name, gboolean own, GError **error)
{
  g_autoptr (GPtrArray) presets = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_preset_free);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++) {
    g_autoptr (GError) local = NULL;
    MrPreset *preset = NULL;

    if (g_str_has_prefix (groups[i], GROUP_PREFIX))
      preset = mr_preset_read (file, groups[i], groups[i] + strlen (GROUP_PREFIX), own, &local);
    else
      g_set_error_literal (&local, MR_ERROR, MR_ERROR_INVALID, _ ("a group must be called [provider ID]"));
    if (preset == NULL) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s: [%s] %s", name, groups[i], local->message);
      return NULL;
    }
    g_ptr_array_add (presets, preset);
  }
  return g_steal_pointer (&presets);
}

gboolean
mr_presets_add (MrPresets *self, const char *name, GBytes *bytes, gboolean own, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) presets = NULL;
  g_autoptr (GError) local = NULL;
  gsize len = 0;
  const char *data = g_bytes_get_data (bytes, &len);

  if (len > FILE_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: is bigger than a file of presets may be (1 MB)"), name);
    return FALSE;
  }
  if (len > 0 && !g_key_file_load_from_data (file, data, len, G_KEY_FILE_NONE, &local)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s: %s", name, local->message);
    return FALSE;
  }
  presets = read_file (file, name, own, error);
  if (presets == NULL)
    return FALSE;
  if (self->presets->len + self->retired->len + presets->len > PRESETS_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: there are too many presets"), name);
    return FALSE;
  }
  while (presets->len > 0)
    take_in (self, g_ptr_array_steal_index (presets, 0));
  return TRUE;
}

/* ---- finding ---- */

guint
mr_presets_get_count (MrPresets *self)
{
  return self->presets->len;
}

const MrPreset *
mr_presets_get_nth (MrPresets *self, guint n)
{
  return n < self->presets->len ? self->presets->pdata[n] : NULL;
}

const MrPreset *
mr_presets_find (MrPresets *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

static const MrPreset *
answer (const Target *target, const MrPresetRegion **ret_region)
{
  if (ret_region != NULL)
    *ret_region = target != NULL ? target->region : NULL;
  return target != NULL ? target->preset : NULL;
}

/* The target of the longest ending of name, which begins at a label. */
static const Target *
find_ending (GHashTable *table, const char *name)
{
  for (const char *rest = name; rest != NULL; rest = strchr (rest, '.') != NULL ? strchr (rest, '.') + 1 : NULL) {
    const Target *target = g_hash_table_lookup (table, rest);

    if (target != NULL)
      return target;
  }
  return NULL;
}

/* In small letters and without a dot at the end. NULL where it is no name. */
static char *
dup_name (const char *text)
{
  gsize len = strlen (text);
  g_autofree char *name = g_ascii_strdown (text, len > 0 && text[len - 1] == '.' ? (gssize)len - 1 : (gssize)len);

  return mr_host_name_is_valid (name) ? g_steal_pointer (&name) : NULL;
}

const MrPreset *
mr_presets_find_domain (MrPresets *self, const char *domain, const MrPresetRegion **ret_region)
{
  g_autofree char *name = dup_name (domain);
  const Target *target = name != NULL ? g_hash_table_lookup (self->domains, name) : NULL;

  if (name != NULL && target == NULL)
    target = find_ending (self->wildcards, name);
  return answer (target, ret_region);
}

const MrPreset *
mr_presets_find_mx (MrPresets *self, const char *mx_host, const MrPresetRegion **ret_region)
{
  g_autofree char *name = dup_name (mx_host);

  return answer (name != NULL ? find_ending (self->endings, name) : NULL, ret_region);
}

const MrPresetRegion *
mr_preset_get_region (const MrPreset *preset, const char *id)
{
  for (guint i = 0; i < preset->regions->len; i++) {
    const MrPresetRegion *region = preset->regions->pdata[i];

    if (g_str_equal (region->id, id))
      return region;
  }
  return NULL;
}
