/* MTA-STS, TLS reports and BIMI: what counts and, above all, what does not. */
#include "mailauth/mta-sts.h"

#include <string.h>

static void
test_record (void)
{
  static const char *const good[] = { "v=STSv1; id=20260101;", "v=STSv1;id=a",
                                      "v=STSv1; id=0123456789abcdefghijklmnopqrstuv", NULL };
  static const char *const bad[] = { "v=STSv1",
                                     "v=STSv1; id=",
                                     "v=STSv1; id=a-b",
                                     "v=STSv1; id=0123456789abcdefghijklmnopqrstuvw",
                                     "id=1; v=STSv1",
                                     "v=STSv2; id=1",
                                     "v=STSv1; id=1; id=2",
                                     "nonsense",
                                     NULL };

  for (guint i = 0; good[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *id = mr_sts_record_dup_id (good[i], &error);
    g_assert_no_error (error);
    g_assert_true (mr_sts_is_record (good[i]));
    g_assert_nonnull (id);
  }
  for (guint i = 0; bad[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", bad[i]);
    g_assert_null (mr_sts_record_dup_id (bad[i], &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
  g_assert_false (mr_sts_is_record ("v=STSv10; id=1"));
}

static void
test_policy (void)
{
  static const char *const good[]
      = { "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n",
          "version:STSv1\r\nmode:none\r\nmax_age:0",
          "version: STSv1\r\n\r\nmode: testing\r\nmx: a.example\r\nmax_age: 9999999999\r\nnew: x\r\n", NULL };
  static const char *const bad[] = { "",
                                     "mode: enforce\nmx: a.example\nmax_age: 1",
                                     "version: STSv2\nmode: none\nmax_age: 1",
                                     "version: STSv1\nmode: enforced\nmx: a.example\nmax_age: 1",
                                     "version: STSv1\nmode: enforce\nmax_age: 1",
                                     "version: STSv1\nmode: enforce\nmx: a.example",
                                     "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1",
                                     "version: STSv1\nmode: enforce\nmx: a..example\nmax_age: 1",
                                     "version: STSv1\nmode: enforce\nmx: *.*.example\nmax_age: 1",
                                     "version: STSv1\nmode: none\nmode: none\nmax_age: 1",
                                     "version: STSv1\nnothing\nmode: none\nmax_age: 1",
                                     "<html></html>",
                                     NULL };

  for (guint i = 0; good[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrStsPolicy) policy = mr_sts_policy_parse (good[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (policy->max_age, <=, 31557600);
    g_autofree char *text = mr_sts_policy_to_text (policy);
    g_autoptr (MrStsPolicy) again = mr_sts_policy_parse (text, &error);
    g_assert_no_error (error);
    g_assert_true (g_strv_equal ((const char *const *)policy->mx, (const char *const *)again->mx));
  }
  for (guint i = 0; bad[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", bad[i]);
    g_assert_null (mr_sts_policy_parse (bad[i], &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

static void
test_covers (void)
{
  g_autoptr (MrStsPolicy) policy = mr_sts_policy_parse (
      "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 1\n", NULL);
  static const char *const yes[] = { "mail.example.com", "MAIL.example.com.", "a.example.net", NULL };
  static const char *const no[] = { "example.com",  "x.mail.example.com", "example.net", "a.b.example.net",
                                    ".example.net", "aexample.net",       NULL };

  for (guint i = 0; yes[i] != NULL; i++)
    g_assert_true (mr_sts_policy_covers (policy, yes[i]));
  for (guint i = 0; no[i] != NULL; i++)
    g_assert_false (mr_sts_policy_covers (policy, no[i]));
}

static void
test_tlsrpt (void)
{
  static const char *const good[] = { "v=TLSRPTv1; rua=mailto:a@x.example",
                                      "v=TLSRPTv1;rua=mailto:a@x.example,https://x.example/tls;", NULL };
  static const char *const bad[] = { "v=TLSRPTv1",
                                     "v=TLSRPTv1; rua=",
                                     "v=TLSRPTv1; rua=a@x.example",
                                     "v=TLSRPTv1; rua=http://x.example/",
                                     "rua=mailto:a@x.example",
                                     NULL };

  for (guint i = 0; good[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) addresses = mr_tlsrpt_dup_addresses (good[i], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_strv_length (addresses), ==, i + 1);
  }
  for (guint i = 0; bad[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_tlsrpt_dup_addresses (bad[i], &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

static void
test_bimi (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *evidence = NULL, *none = NULL, *untouched = NULL;
  g_autofree char *picture = mr_bimi_dup_picture ("v=BIMI1; l=https://x.example/p.svg; a=https://x.example/c.pem",
                                                  &evidence, &error);
  g_autofree char *declined = mr_bimi_dup_picture ("v=BIMI1; l=; a=;", &none, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (picture, ==, "https://x.example/p.svg");
  g_assert_cmpstr (evidence, ==, "https://x.example/c.pem");
  g_assert_cmpstr (declined, ==, "");
  g_assert_cmpstr (none, ==, "");
  g_assert_null (mr_bimi_dup_picture ("v=BIMI1; l=http://x.example/p.svg", &untouched, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mta-sts/record", test_record);
  g_test_add_func ("/mta-sts/policy", test_policy);
  g_test_add_func ("/mta-sts/covers", test_covers);
  g_test_add_func ("/mta-sts/tlsrpt", test_tlsrpt);
  g_test_add_func ("/mta-sts/bimi", test_bimi);
  return g_test_run ();
}
