/* What is taken out of a reply besides its cause. */
#include "ndr/diagnosis-private.h"

static guint
wait_of (const char *text)
{
  char buffer[MR_NDR_TEXT_MAX + 12];

  mr_extract_normalize (text, buffer);
  return mr_extract_wait (buffer);
}

static void
test_wait (void)
{
  static const struct {
    const char *text;
    guint seconds;
  } rows[] = {
    { "Greylisted for 60 seconds", 60 },
    { "Greylisted, please try again in 5 minutes", 300 },
    { "Retry in 00:04:59", 299 },
    { "greylisting in effect, come back in 1 hour", 3600 },
    { "too many messages, wait 90s", 90 },
    { "Try again after 2 h", 7200 },
    { "Try again in a while", 0 },
    { "sent 5 minutes ago", 0 },
    { "retry in 0 seconds", 0 },
    { "retry in 99999999999999 days", 0 },
    { "retry in 9999999 days", 7 * 86400 },
    { "try again later, 550 users of this in 3 years", 0 },
    { "retry in ", 0 },
    { "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (wait_of (rows[i].text) != rows[i].seconds)
      g_test_message ("%s", rows[i].text);
    g_assert_cmpuint (wait_of (rows[i].text), ==, rows[i].seconds);
  }
}

static void
test_limit (void)
{
  g_assert_cmpuint (mr_extract_limit (" message too big, size limit=15728640 "), ==, 15728640);
  g_assert_cmpuint (mr_extract_limit (" stream is more than 10485760 bytes "), ==, 10485760);
  g_assert_cmpuint (mr_extract_limit (" the limit is 25 mb "), ==, 25000000);
  g_assert_cmpuint (mr_extract_limit (" maximum of 20m "), ==, 20000000);
  g_assert_cmpuint (mr_extract_limit (" size limit 12 "), ==, 0);
  g_assert_cmpuint (mr_extract_limit (" size limit 99999999999999999999 "), ==, 0);
  g_assert_cmpuint (mr_extract_limit (" too big "), ==, 0);
}

static void
check_url (const char *text, const char *expected)
{
  g_autofree char *url = mr_extract_url (text);

  g_assert_cmpstr (url, ==, expected);
}

static void
test_url (void)
{
  g_autofree char *rest = g_strnfill (300, 'a');
  g_autofree char *much = g_strconcat ("https://", rest, " http://example.net/", NULL);

  check_url ("see https://example.net/why?ip=192.0.2.1.", "https://example.net/why?ip=192.0.2.1");
  check_url ("see <http://example.net/a>", "http://example.net/a");
  check_url ("(https://example.net)", "https://example.net");
  check_url ("https://", NULL);
  check_url ("https://'evil", NULL);
  check_url ("javascript:alert(1)", NULL);
  check_url ("httpd said no", NULL);
  check_url (much, "http://example.net/");
  check_url ("http://ex\xc3\xa4mple", "http://ex");
}

static void
test_codes (void)
{
  guint code[3] = { 0 };

  g_assert_true (mr_extract_enhanced ("550 5.1.1 no", code));
  g_assert_cmpuint (code[1] * 10 + code[2], ==, 11);
  g_assert_true (mr_extract_enhanced ("no (#5.2.2)", code));
  g_assert_cmpuint (code[1], ==, 2);
  g_assert_false (mr_extract_enhanced ("host 5.1.1.2 said", code));
  g_assert_false (mr_extract_enhanced ("version 15.1.1", code));
  g_assert_false (mr_extract_enhanced ("5.0.0", code));
  g_assert_false (mr_extract_enhanced ("5.1.", code));
  g_assert_false (mr_extract_enhanced ("5.1.1234", code));
  g_assert_cmpuint (mr_extract_code (" said: 550 no "), ==, 550);
  g_assert_cmpuint (mr_extract_code (" port 25 "), ==, 0);
  g_assert_cmpuint (mr_extract_code (" 5501 things "), ==, 0);
}

static void
test_normalize (void)
{
  char buffer[MR_NDR_TEXT_MAX + 12];
  g_autofree char *much = g_strnfill (10000, 'A');

  mr_extract_normalize ("550-5.1.1 The  Mailbox\n550-5.1.1 is\tnot 550 5.1.1 here", buffer);
  g_assert_cmpstr (buffer, ==, " 550-5.1.1 the mailbox is not here ");
  g_assert_cmpuint (mr_extract_normalize (much, buffer), ==, MR_NDR_TEXT_MAX + 1);
  g_assert_cmpuint (mr_extract_normalize ("", buffer), ==, 1);
  /* Letters without accents, plain quotes, and no local part that could pass for a word of the server. */
  mr_extract_normalize ("Bo\u00eete de <spam.full@example.net> n\u2019existe pas; \u041d\u0415\u0422", buffer);
  g_assert_cmpstr (buffer, ==, " boite de <@example.net> n'existe pas; \u043d\u0435\u0442 ");
  mr_extract_normalize ("caf\xe9 \xff@x", buffer);
  g_assert_cmpstr (buffer, ==, " caf\xe9 @x ");
}

static void
test_stage (void)
{
  g_assert_cmpint (mr_extract_stage (" 550 no (in reply to rcpt to command) "), ==, MR_STAGE_RCPT);
  g_assert_cmpint (mr_extract_stage (" smtp error from remote mail server after end of data: 550 "), ==, MR_STAGE_DOT);
  g_assert_cmpint (mr_extract_stage (" 550 no "), ==, MR_STAGE_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ndr/extract/wait", test_wait);
  g_test_add_func ("/ndr/extract/limit", test_limit);
  g_test_add_func ("/ndr/extract/url", test_url);
  g_test_add_func ("/ndr/extract/codes", test_codes);
  g_test_add_func ("/ndr/extract/normalize", test_normalize);
  g_test_add_func ("/ndr/extract/stage", test_stage);
  return g_test_run ();
}
