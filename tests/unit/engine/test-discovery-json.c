/* JSON of discovery: what is understood and what is refused. */
#include "engine/discovery-json.h"

#include <string.h>

static void
test_autodiscover (void)
{
  static const struct {
    const char *text;
    int is_microsoft; /* -1: refused */
  } rows[] = {
    { "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://outlook.office365.com/autodiscover/autodiscover.xml\"}",
      TRUE },
    { "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://autodiscover-s.outlook.com:443/x\"}", TRUE },
    { "{\"Url\":\"https://mail.example.com/autodiscover/autodiscover.xml\"}", FALSE },
    { "{\"Url\":\"https://outlook.office365.com.example.com/\"}", FALSE },
    { "{\"Url\":\"https://fakeoffice365.com/\"}", FALSE },
    { "{\"Url\":\"http://outlook.office365.com/\"}", -1 },
    { "{\"Url\":\"https://x@outlook.office365.com/\"}", -1 },
    { "{\"Url\":5}", -1 },
    { "{\"ErrorCode\":\"UserNotFound\"}", -1 },
    { "[]", -1 },
    { "", -1 },
    { "<html>", -1 },
    { "{\"Url\":\"\xff\"}", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    gboolean found = FALSE;
    gboolean ok = mr_autodiscover_parse (rows[i].text, strlen (rows[i].text), &found, &error);

    if (ok != (rows[i].is_microsoft >= 0) || (ok && found != rows[i].is_microsoft))
      g_error ("%s: %s", rows[i].text, error != NULL ? error->message : "was misread");
  }
}

static void
test_domain (void)
{
  static const char whole[]
      = "{\"protocols\":{\"imap\":{\"host\":\"imap.example.com\"},\"smtp\":{\"host\":\"SMTP.example.com\"}},"
        "\"authentication\":{\"oauth-public\":{\"issuer\":\"https://auth.example.com\"},\"password\":true},"
        "\"info\":{\"provider\":{\"name\":\"Exa\\u0007mple\"}}}";
  static const char plain[]
      = "{\"protocols\":{\"smtp\":{\"host\":\"smtp.example.com\"}},\"authentication\":{\"password\":false}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDiscoveryRecord) record = mr_domain_config_parse (whole, strlen (whole), &error);
  g_autoptr (MrDiscoveryRecord) second = mr_domain_config_parse (plain, strlen (plain), NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (record->host, ==, "smtp.example.com");
  g_assert_cmpuint (record->port, ==, 465);
  g_assert_cmpint (record->tls, ==, MR_TLS_IMPLICIT);
  g_assert_cmpstr (record->oauth_issuer, ==, "https://auth.example.com");
  g_assert_cmpstr (record->log_ins[0], ==, "oauth2");
  g_assert_cmpstr (record->log_ins[1], ==, "password");
  g_assert_cmpstr (record->provider_name, ==, "Exa mple");
  g_assert_false (record->secure);
  g_assert_cmpstr (second->log_ins[0], ==, "password");
  g_assert_cmpstr (second->oauth_issuer, ==, "");
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    MrError code;
  } rows[] = {
    { "{}", MR_ERROR_NOT_FOUND },
    { "{\"protocols\":[]}", MR_ERROR_NOT_FOUND },
    { "{\"protocols\":{\"smtp\":{\"host\":\"a b\"}}}", MR_ERROR_NOT_FOUND },
    { "{\"protocols\":{\"smtp\":{\"host\":null}}}", MR_ERROR_NOT_FOUND },
    { "{\"protocols\":", MR_ERROR_INVALID },
    { "7", MR_ERROR_INVALID },
  };
  g_autofree char *deep = g_strnfill (10000, '[');
  g_autofree char *huge = g_strnfill (MR_DISCOVERY_JSON_MAX + 1, ' ');
  g_autoptr (GError) too_deep = NULL, too_big = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_domain_config_parse (rows[i].text, strlen (rows[i].text), &error));
    g_assert_error (error, MR_ERROR, (int)rows[i].code);
  }
  g_assert_null (mr_domain_config_parse (deep, 10000, &too_deep));
  g_assert_error (too_deep, MR_ERROR, MR_ERROR_INVALID);
  g_assert_null (mr_domain_config_parse (huge, MR_DISCOVERY_JSON_MAX + 1, &too_big));
  g_assert_error (too_big, MR_ERROR, MR_ERROR_TOO_BIG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/discovery-json/autodiscover", test_autodiscover);
  g_test_add_func ("/engine/discovery-json/domain", test_domain);
  g_test_add_func ("/engine/discovery-json/refused", test_refused);
  return g_test_run ();
}
