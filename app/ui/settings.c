/* Finding the schema without ending the program where there is none, which g_settings_new() would do. */
#include "config.h"

#include "ui/settings.h"

#define SCHEMA_ID "com.example.MailRelay"

static gboolean
is_build_folder (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL && g_str_has_prefix (exe, MR_BUILD_DIR "/");
}

GSettings *
mr_settings_new (void)
{
  g_autoptr (GSettingsSchemaSource) built = NULL;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (is_build_folder ())
    built = g_settings_schema_source_new_from_directory (MR_BUILD_DIR "/data", source, TRUE, NULL);
  if (built != NULL)
    source = built;
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
