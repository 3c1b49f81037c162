/* Authentication-Results as receivers write it. */
#include "mailauth/results.h"

#include <string.h>

typedef struct {
  const char *method, *result, *property, *value;
} Expected;

static void
check (const char *value, const char *server, const Expected *expected, guint n)
{
  g_autofree char *found_server = NULL;
  g_autoptr (GPtrArray) results = mr_auth_results_parse (value, &found_server);

  g_assert_nonnull (results);
  g_assert_cmpstr (found_server, ==, server);
  g_assert_cmpuint (results->len, ==, n);
  for (guint i = 0; i < n; i++) {
    const MrAuthResult *result = g_ptr_array_index (results, i);
    g_assert_cmpstr (result->method, ==, expected[i].method);
    g_assert_cmpstr (result->result, ==, expected[i].result);
    if (expected[i].property != NULL)
      g_assert_cmpstr (mr_auth_result_get (result, expected[i].property), ==, expected[i].value);
  }
}

static void
test_real (void)
{
  static const Expected big[] = { { "dkim", "pass", "header.i", "@sender.example" },
                                  { "spf", "pass", "smtp.mailfrom", "ann@sender.example" },
                                  { "dmarc", "pass", "header.from", "sender.example" } };
  static const Expected office[] = { { "spf", "fail", "smtp.mailfrom", "sender.example" },
                                     { "dkim", "none", NULL, NULL },
                                     { "dmarc", "fail", "action", "oreject" },
                                     { "compauth", "fail", NULL, NULL } };
  static const Expected odd[] = { { "dkim", "fail", "header.d", "a.example" },
                                  { "iprev", "pass", "policy.iprev", "192.0.2.1" } };

  check (
      "mx.receiver.example; dkim=pass header.i=@sender.example header.s=mr1 header.b=\"abc/+=\"; spf=pass (domain of "
      "ann@sender.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@sender.example; dmarc=pass "
      "(p=NONE sp=NONE dis=NONE) header.from=sender.example",
      "mx.receiver.example", big, G_N_ELEMENTS (big));
  check ("x.protection.example; spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=sender.example; dkim=none (message not "
         "signed) header.d=none;dmarc=fail "
         "action=oreject header.from=sender.example;compauth=fail reason=000",
         "x.protection.example", office, G_N_ELEMENTS (office));
  check ("mail.example 1; (a comment) DKIM/1 = Fail reason=\"bad; \\\"signature\\\"\" Header.D=a.example; nonsense; "
         ";iprev=pass policy.iprev=192.0.2.1 (x (y) z)",
         "mail.example", odd, G_N_ELEMENTS (odd));
  check ("mail.example; none", "mail.example", NULL, 0);
}

static void
test_parts (void)
{
  g_autofree char *server = NULL;
  g_autoptr (GPtrArray) results = mr_auth_results_parse ("h; dkim=fail (why (really) not) reason=\"a;b\" header.d=x",
                                                         &server);
  const MrAuthResult *result = g_ptr_array_index (results, 0);

  g_assert_cmpstr (result->comment, ==, "why (really) not");
  g_assert_cmpstr (result->reason, ==, "a;b");
  g_assert_null (mr_auth_result_get (result, "header.i"));
}

static void
test_bad (void)
{
  static const char *const bad[] = { "", ";", "dkim=pass", "(", NULL };
  g_autoptr (GString) long_text = g_string_new ("h");
  char *server = NULL;

  for (guint i = 0; bad[i] != NULL; i++)
    g_assert_null (mr_auth_results_parse (bad[i], &server));
  for (guint i = 0; i < 1000; i++)
    g_string_append (long_text, "; a=b c.d=e");
  g_autoptr (GPtrArray) many = mr_auth_results_parse (long_text->str, &server);
  g_assert_cmpuint (many->len, ==, 50);
  g_free (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/results/real", test_real);
  g_test_add_func ("/results/parts", test_parts);
  g_test_add_func ("/results/bad", test_bad);
  return g_test_run ();
}
