/* Fuzz target: an autoconfig file. */
#include <string.h>

#include "fuzz.h"
#include "mail/host-name.h"
#include "policy/autoconfig.h"

static void
check (const MrDiscoveryRecord *record)
{
  const char *const urls[] = { record->oauth_issuer, record->oauth_authorize, record->oauth_token };

  g_assert_true (mr_host_name_is_valid (record->host));
  g_assert_cmpuint (record->port, >=, 1);
  g_assert_cmpuint (record->port, <=, 65535);
  g_assert_true (record->tls == MR_TLS_NONE || record->tls == MR_TLS_STARTTLS || record->tls == MR_TLS_IMPLICIT);
  g_assert_nonnull (record->log_ins[0]);
  g_assert_false (record->secure);
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    g_assert_true (*urls[i] == '\0' || mr_https_url_is_valid (urls[i]));
  for (const char *p = record->user; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
  g_assert_true (g_utf8_validate (record->user, -1, NULL));
  g_assert_true (g_utf8_validate (record->provider_name, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = mr_autoconfig_parse ((const char *)data, size, "anna.berg@bücher.example", &error);

  g_assert_true ((found == NULL) == (error != NULL));
  if (found == NULL)
    return 0;
  g_assert_cmpuint (found->len, >=, 1);
  g_assert_cmpuint (found->len, <=, 16);
  for (guint i = 0; i < found->len; i++)
    check (found->pdata[i]);
  return 0;
}
