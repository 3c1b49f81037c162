/* What may be typed on the account page. */
#include <string.h>

#include "ui/account-form.h"

static MrAccountRecord *
good_record (void)
{
  MrAccountRecord *record = mr_account_record_new ();

  record->addresses = mr_account_form_split_addresses ("anna@example.com, *@example.org;*");
  record->host = g_strdup ("smtp.example.com");
  record->user = g_strdup ("anna");
  record->port = 465;
  record->tls = MR_TLS_IMPLICIT;
  record->name = g_strdup ("");
  return record;
}

static void
test_split (void)
{
  g_auto (GStrv) some = mr_account_form_split_addresses (" a@x.example,b@x.example; a@x.example\n*@y.example ");
  g_auto (GStrv) none = mr_account_form_split_addresses (" , ;");

  g_assert_cmpstrv (some, ((const char *const[]){ "a@x.example", "b@x.example", "*@y.example", NULL }));
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
test_port (void)
{
  g_assert_cmpuint (mr_account_form_parse_port ("587"), ==, 587);
  g_assert_cmpuint (mr_account_form_parse_port (""), ==, 0);
  g_assert_cmpuint (mr_account_form_parse_port ("0"), ==, 0);
  g_assert_cmpuint (mr_account_form_parse_port ("65536"), ==, 0);
  g_assert_cmpuint (mr_account_form_parse_port ("25x"), ==, 0);
  g_assert_cmpuint (mr_account_form_parse_port ("-1"), ==, 0);
  g_assert_cmpuint (mr_account_form_usual_port (MR_TLS_IMPLICIT), ==, 465);
  g_assert_cmpuint (mr_account_form_usual_port (MR_TLS_STARTTLS), ==, 587);
}

static void
assert_field (const MrAccountRecord *record, gboolean has_password, MrAccountField expected)
{
  g_autofree char *sentence = NULL;

  g_assert_cmpint (mr_account_form_check (record, has_password, &sentence), ==, expected);
  g_assert_true ((sentence != NULL) == (expected != MR_FIELD_NONE));
}

static void
test_check (void)
{
  g_autoptr (MrAccountRecord) record = good_record ();

  assert_field (record, TRUE, MR_FIELD_NONE);
  record->tls = MR_TLS_NONE;
  assert_field (record, FALSE, MR_FIELD_USER);
  g_free (record->host);
  record->host = g_strdup ("127.0.0.1");
  assert_field (record, TRUE, MR_FIELD_NONE);
  *record->user = '\0';
  assert_field (record, TRUE, MR_FIELD_USER);
  assert_field (record, FALSE, MR_FIELD_NONE);
  record->ca_file = g_strdup ("ca.pem");
  assert_field (record, FALSE, MR_FIELD_CA_FILE);
  record->port = 0;
  assert_field (record, FALSE, MR_FIELD_PORT);
  g_free (record->host);
  record->host = g_strdup ("https://smtp.example.com");
  assert_field (record, FALSE, MR_FIELD_HOST);
  *record->host = '\0';
  assert_field (record, FALSE, MR_FIELD_HOST);
  record->kind = MR_ACCOUNT_DIRECT;
  assert_field (record, FALSE, MR_FIELD_NONE);
}

static void
test_addresses (void)
{
  static const char *const bad[] = { "", "anna", "@example.com", "anna@", "<anna@example.com>" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (MrAccountRecord) record = good_record ();
    g_strfreev (record->addresses);
    record->addresses = mr_account_form_split_addresses (bad[i]);
    assert_field (record, TRUE, MR_FIELD_ADDRESSES);
  }
}

static void
test_id (void)
{
  g_autoptr (MrAccountRecord) record = good_record ();
  const char *const none[] = { NULL };
  const char *const taken[] = { "work", "work-2", NULL };
  g_autofree char *from_domain = mr_account_form_make_id (record, none);
  g_free (record->name);
  record->name = g_strdup ("  Wörk!! ");
  g_autofree char *from_name = mr_account_form_make_id (record, none);
  g_free (record->name);
  record->name = g_strdup ("Work");
  g_autofree char *third = mr_account_form_make_id (record, taken);
  g_free (record->name);
  record->name = g_strdup ("邮件");
  g_autofree char *fallback = mr_account_form_make_id (record, none);
  g_free (record->name);
  record->name = g_strdup ("a name that is far longer than an id may be in the end");
  g_autofree char *cut = mr_account_form_make_id (record, none);

  g_assert_cmpstr (from_domain, ==, "example-com");
  g_assert_cmpstr (from_name, ==, "w-rk");
  g_assert_cmpstr (third, ==, "work-3");
  g_assert_cmpstr (fallback, ==, "example-com");
  g_assert_cmpuint (strlen (cut), <=, 32);
}

static void
test_limits_and_colours (void)
{
  const struct {
    const char *text;
    guint limit;
  } limits[] = { { "", 0 },        { "0", 0 },  { "500", 500 }, { "1000000", 1000000 },
                 { "1000001", 0 }, { "-1", 0 }, { "5 x", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    g_assert_cmpuint (mr_account_form_parse_limit (limits[i].text), ==, limits[i].limit);
  for (guint i = 0; *mr_account_form_colour (i) != '\0' || i == 0; i++)
    g_assert_cmpuint (mr_account_form_colour_index (mr_account_form_colour (i)), ==, i);
  g_assert_cmpuint (mr_account_form_colour_index (NULL), ==, 0);
  g_assert_cmpuint (mr_account_form_colour_index ("pink"), ==, 0);
}

static void
test_reorder (void)
{
  const char *const ids[] = { "a", "b", "c", "d", NULL };
  const struct {
    const char *id;
    gint to;
    const char *expected; /* NULL: nothing changes */
  } table[] = { { "a", 0, NULL },      { "a", 1, "b a c d" }, { "a", 3, "b c d a" },
                { "a", 9, "b c d a" }, { "d", 0, "d a b c" }, { "c", 1, "a c b d" },
                { "a", -1, NULL },     { "d", 4, NULL },      { "x", 1, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_auto (GStrv) order = mr_account_form_reorder (ids, table[i].id, table[i].to);
    g_autofree char *joined = order != NULL ? g_strjoinv (" ", order) : NULL;
    g_assert_cmpstr (joined, ==, table[i].expected);
  }
}

static void
test_letter (void)
{
  const char *table[][2]
      = { { "work", "W" }, { "  *@example.com", "E" }, { "\303\244rger", "\303\204" }, { "", "?" }, { "--", "?" } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *letter = mr_account_form_letter (table[i][0]);
    g_assert_cmpstr (letter, ==, table[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/account-form/split", test_split);
  g_test_add_func ("/ui/account-form/port", test_port);
  g_test_add_func ("/ui/account-form/check", test_check);
  g_test_add_func ("/ui/account-form/addresses", test_addresses);
  g_test_add_func ("/ui/account-form/id", test_id);
  g_test_add_func ("/account-form/limits-and-colours", test_limits_and_colours);
  g_test_add_func ("/account-form/reorder", test_reorder);
  g_test_add_func ("/account-form/letter", test_letter);
  return g_test_run ();
}
