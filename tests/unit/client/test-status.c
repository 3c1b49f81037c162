/* Reading the status, and the texts for programs. */
#include "client/status.h"

#include <string.h>

#include "client/connect-texts.h"

static MrServiceStatus *
parse (const char *text)
{
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (variant);
  return mr_service_status_from_variant (variant);
}

static void
test_full (void)
{
  g_autoptr (MrServiceStatus) status = parse (
      "{'online': <false>, 'paused': <true>, 'secrets-backend': <'file'>, 'secrets-state': <'ok'>,"
      " 'listeners': <[{'address': <'127.0.0.1:25'>, 'error': <'taken by exim4'>}, {'address': <'[::1]:2525'>}]>,"
      " 'n-accounts': <uint32 2>, 'config-error': <''>, 'config-warnings': <['w']>, 'pid': <uint32 7>,"
      " 'counts': <{'messages-active': <uint64 3>, 'needs-person': <uint64 1>}>, 'revision': <uint64 9>}");
  g_autofree char *host = NULL;
  guint port = 0;

  g_assert_false (status->online);
  g_assert_true (status->paused);
  g_assert_cmpstr (status->secrets_backend, ==, "file");
  g_assert_cmpuint (status->listeners->len, ==, 2);
  g_assert_cmpuint (status->n_accounts, ==, 2);
  g_assert_null (status->config_error);
  g_assert_cmpstr (status->config_warnings[0], ==, "w");
  g_assert_cmpuint (status->counts.messages_active, ==, 3);
  g_assert_cmpuint (status->counts.recipients[MR_RECIPIENT_NEEDS_PERSON], ==, 1);
  g_assert_cmpuint (status->revision, ==, 9);
  mr_service_status_get_submission (status, &host, &port);
  g_assert_cmpstr (host, ==, "::1");
  g_assert_cmpuint (port, ==, 2525);
}

static void
test_tolerant (void)
{
  g_autoptr (MrServiceStatus) status = parse (
      "{'online': <'yes'>, 'listeners': <5>, 'counts': <[1, 2]>, 'extra': <1>}");
  g_autofree char *host = NULL;
  guint port = 0;

  g_assert_true (status->online);
  g_assert_cmpuint (status->listeners->len, ==, 0);
  g_assert_cmpstr (status->version, ==, "");
  g_assert_nonnull (status->config_warnings);
  mr_service_status_get_submission (status, &host, &port);
  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpuint (port, ==, 2525);
}

static void
test_connect_texts (void)
{
  guint n = 0;
  const MrConnectText *texts = mr_connect_texts (&n);
  guint with_port = 0;

  g_assert_cmpuint (n, ==, 6);
  for (guint i = 0; i < n; i++) {
    g_autofree char *text = mr_connect_text_dup (&texts[i], "192.0.2.7", 4321);
    g_assert_null (strchr (text, '@') != NULL ? strstr (text, "@HOST@") : NULL);
    g_assert_null (strstr (text, "@PORT@"));
    g_assert_cmpuint (strlen (text), >, 10);
    with_port += strstr (text, "4321") != NULL && strstr (text, "192.0.2.7") != NULL;
    g_assert_cmpstr (mr_connect_text_get_title (&texts[i]), !=, "");
    g_assert_cmpstr (mr_connect_text_get_hint (&texts[i]), !=, "");
  }
  g_assert_cmpuint (with_port, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/status/full", test_full);
  g_test_add_func ("/client/status/tolerant", test_tolerant);
  g_test_add_func ("/client/connect-texts/filled-in", test_connect_texts);
  return g_test_run ();
}
