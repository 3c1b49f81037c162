/* Fuzz target: Autodiscover v2 and the automatic configuration of a domain. */
#include "engine/discovery-json.h"
#include "fuzz.h"
#include "mail/host-name.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) domain_error = NULL;
  gboolean found = FALSE;
  gboolean ok = mr_autodiscover_parse ((const char *)data, size, &found, &error);
  g_autoptr (MrDiscoveryRecord) record = mr_domain_config_parse ((const char *)data, size, &domain_error);

  g_assert_true (ok == (error == NULL));
  g_assert_true ((record == NULL) == (domain_error != NULL));
  if (record == NULL)
    return 0;
  g_assert_true (mr_host_name_is_valid (record->host));
  g_assert_true (*record->oauth_issuer == '\0' || mr_https_url_is_valid (record->oauth_issuer));
  g_assert_true (g_utf8_validate (record->provider_name, -1, NULL));
  g_assert_nonnull (record->log_ins[0]);
  return 0;
}
