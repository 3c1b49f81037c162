/* Accounts as a file: what is written comes back, and nothing secret or passing stands in it. */
#include "client/account-file.h"

#include <string.h>

#include "base/records-variant.h"

static MrAccountRecord *
record_from (const char *text)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text, NULL));

  return mr_account_record_from_variant (variant);
}

static void
test_round (void)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_account_record_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (
      accounts,
      record_from (
          "{'id': <'work'>, 'name': <'Work; at #1'>, 'kind': <'relay'>, 'addresses': <['a@x.example', '*@y;z.example', "
          "'*']>, "
          "'host': <'smtp.example.com'>, 'port': <uint32 465>, 'tls': <'implicit'>, 'user': <' me\\\\'>, 'auth': "
          "<'oauth2'>, "
          "'oauth-flow': <'device'>, 'oauth-client': <'c'>, 'limit-day': <uint32 500>, 'colour': <'blue'>, 'provider': "
          "<'gmail'>, 'state': <'password-refused'>, 'reply-text': <'go away'>, 'waiting': <uint32 3>, 'paused': "
          "<true>}"));
  g_ptr_array_add (accounts,
                   record_from ("{'id': <'mx'>, 'kind': <'direct'>, 'tls': <'opportunistic'>, 'port': <uint32 25>}"));
  g_autofree char *text = mr_account_file_write (accounts);
  g_assert_null (strstr (text, "go away"));
  g_assert_null (strstr (text, "refused"));
  g_assert_null (strstr (text, "paused"));

  g_autoptr (GPtrArray) back = mr_account_file_read (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 2);
  const MrAccountRecord *work = back->pdata[0], *mx = back->pdata[1];
  g_assert_cmpstr (work->id, ==, "work");
  g_assert_cmpstr (work->name, ==, "Work; at #1");
  g_assert_cmpstr (work->addresses[1], ==, "*@y;z.example");
  g_assert_cmpuint (work->port, ==, 465);
  g_assert_cmpint (work->tls, ==, MR_TLS_IMPLICIT);
  g_assert_cmpstr (work->user, ==, " me\\");
  g_assert_cmpint (work->auth, ==, MR_AUTH_OAUTH2);
  g_assert_cmpint (work->oauth_flow, ==, MR_OAUTH_DEVICE);
  g_assert_cmpuint (work->limit_day, ==, 500);
  g_assert_cmpint (work->state, ==, MR_ACCOUNT_READY);
  g_assert_false (work->paused);
  g_assert_cmpint (mx->kind, ==, MR_ACCOUNT_DIRECT);
  /* And the same text again. */
  g_autofree char *again = mr_account_file_write (back);
  g_assert_cmpstr (again, ==, text);
}

static void
test_errors (void)
{
  static const struct {
    const char *text, *words;
  } rows[] = {
    { "host=x\n", "cannot be read" },
    { "[work]\nhost=x\n", "must be called" },
    { "[account ]\nhost=x\n", "must be called" },
    { "[account A/b]\nhost=x\n", "must be called" },
    { "[account a]\npassword=x\n", "password: there is no such key" },
    { "[account a]\nport=many\n", "[account a] port" },
    { "[account a]\ntls=maybe\n", "“maybe” is not" },
    { "[account a]\nauth=magic\n", "“magic” is not" },
    { "[account a]\nname=\\q\n", "[account a] name" },
  };
  g_autofree char *huge = g_strnfill (MR_ACCOUNT_FILE_MAX + 1, '#');
  g_autoptr (GError) too_big = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_account_file_read (rows[i].text, strlen (rows[i].text), &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    if (strstr (error->message, rows[i].words) == NULL)
      g_error ("“%s” does not say “%s”", error->message, rows[i].words);
  }
  g_assert_null (mr_account_file_read (huge, strlen (huge), &too_big));
  g_assert_error (too_big, MR_ERROR, MR_ERROR_TOO_BIG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/account-file/round", test_round);
  g_test_add_func ("/client/account-file/errors", test_errors);
  return g_test_run ();
}
