/* Fuzz target: a person's file of presets. */
#include "fuzz.h"
#include "mail/host-name.h"
#include "policy/presets.h"

static void
check (const MrPreset *preset)
{
  g_autoptr (GPtrArray) records = mr_preset_dup_records (preset, NULL, "anna@example.com", TRUE);

  g_assert_cmpuint (records->len, >=, 1);
  for (guint i = 0; i < records->len; i++) {
    const MrDiscoveryRecord *record = records->pdata[i];

    g_assert_true (*record->host == '\0' || mr_host_name_is_valid (record->host));
    /* Clear text stays on this computer. */
    g_assert_true (record->tls != MR_TLS_NONE || mr_host_name_is_loopback (record->host));
    g_assert_true (*record->help_url == '\0' || mr_https_url_is_valid (record->help_url));
    g_assert_true (*record->oauth_token == '\0' || mr_https_url_is_valid (record->oauth_token));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static MrPresets *ours;
  g_autoptr (MrPresets) presets = mr_presets_new_empty ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_presets_add (presets, "fuzz.conf", bytes, TRUE, &error);

  g_assert_true (ok == (error == NULL));
  g_assert_true (ok || mr_presets_get_count (presets) == 0);
  for (guint i = 0; i < mr_presets_get_count (presets); i++)
    check (mr_presets_get_nth (presets, i));
  if (ours == NULL)
    ours = mr_presets_new_builtin ();
  /* The same bytes as a name that is looked for. */
  g_autofree char *name = g_strndup ((const char *)data, size);
  mr_presets_find_domain (ours, name, NULL);
  mr_presets_find_mx (ours, name, NULL);
  return 0;
}
