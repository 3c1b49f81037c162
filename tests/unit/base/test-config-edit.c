/* Changes of a configuration text. */
#include "base/config.h"

#include <string.h>

static const char sample[] = "# my settings\n"
                             "\n"
                             "[retry]\n"
                             "# be patient\n"
                             "first=60\n"
                             "future=kept\n"
                             "\n"
                             "[account work]\n"
                             "name=Work\n"
                             "\n"
                             "# about home\n"
                             "[account home]\n"
                             "name=Home\n";

static void
assert_edit (const char *text, const char *group, const char *key, const char *value, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *edited = mr_config_edit_text (text, group, key, value, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (edited, ==, expected);
}

static void
test_replace (void)
{
  assert_edit ("# c\n[retry]\n first = 60 \nfuture=kept\n", "retry", "first", "90",
               "# c\n[retry]\nfirst=90\nfuture=kept\n");
  /* the last one is the one that counts */
  assert_edit ("[retry]\nfirst=1\nfirst=2\n", "retry", "first", "3", "[retry]\nfirst=1\nfirst=3\n");
  /* the same key of another group stays */
  assert_edit ("[account a]\nname=A\n[account b]\nname=B\n", "account b", "name", "C",
               "[account a]\nname=A\n[account b]\nname=C\n");
}

static void
test_add (void)
{
  assert_edit ("", "retry", "first", "90", "[retry]\nfirst=90\n");
  assert_edit ("[dns]\ntries=2", "retry", "first", "90", "[dns]\ntries=2\n\n[retry]\nfirst=90\n");
  assert_edit ("[retry]\nmax=100\n\n[dns]\ntries=2\n", "retry", "first", "90",
               "[retry]\nmax=100\nfirst=90\n\n[dns]\ntries=2\n");
  assert_edit ("[retry]", "retry", "first", "90", "[retry]\nfirst=90\n");
  /* a comment above the next group stays with it */
  assert_edit ("[account a]\nname=A\n\n# b\n[account b]\n", "account a", "host", "h",
               "[account a]\nname=A\nhost=h\n\n# b\n[account b]\n");
}

static void
test_remove (void)
{
  assert_edit ("[retry]\nfirst=1\n# c\nfirst=2\nmax=3\n", "retry", "first", NULL, "[retry]\n# c\nmax=3\n");
  assert_edit ("[retry]\nmax=3\n", "retry", "first", NULL, "[retry]\nmax=3\n");

  g_autofree char *without = mr_config_remove_group_text (sample, "account work");
  g_assert_null (strstr (without, "Work"));
  g_assert_nonnull (strstr (without, "name=Home"));
  g_assert_nonnull (strstr (without, "future=kept"));
  g_autofree char *same = mr_config_remove_group_text (sample, "account nobody");
  g_assert_cmpstr (same, ==, sample);
}

static void
test_byte_order_mark (void)
{
  assert_edit ("\xef\xbb\xbf[retry]\nmax=3\n", "retry", "first", "90", "\xef\xbb\xbf[retry]\nmax=3\nfirst=90\n");
  g_autofree char *without = mr_config_remove_group_text ("\xef\xbb\xbf[retry]\nmax=3\n[dns]\n", "retry");
  g_assert_cmpstr (without, ==, "[dns]\n");
}

/* What is written reads back as what was given, whatever is in it. */
static void
test_round_trip (void)
{
  static const char *const values[]
      = { "",    "plain",      " blanks at both ends ", "back\\slash", "tab\there", "a=b", "# no comment",
          "[x]", "semi;colon", "gr\xc3\xbc\xc3\x9f",    "\\s",         " " };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = mr_config_edit_text (sample, "account work", "user", values[i], &error);
    g_assert_no_error (error);
    g_autoptr (MrConfig) config = mr_config_parse ("f", text, strlen (text), &error);
    g_assert_no_error (error);
    g_assert_cmpstr (mr_config_get_string (config, "account work", "user"), ==, values[i]);
    g_assert_cmpstr (mr_config_get_string (config, "account home", "name"), ==, "Home");
    g_assert_true (g_str_has_prefix (text, "# my settings\n\n[retry]\n# be patient\nfirst=60\nfuture=kept\n"));
  }
}

static void
test_list_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = mr_config_edit_text ("", "account w", "addresses", "a@b.example;*@c.example", &error);
  g_autoptr (MrConfig) config = mr_config_parse ("f", text, strlen (text), &error);
  g_auto (GStrv) list = mr_config_dup_list (config, "account w", "addresses");

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_cmpstr (list[1], ==, "*@c.example");
}

static void
test_refusals (void)
{
  g_autofree char *endless = g_strnfill (20000, 'x');
  const struct {
    const char *group, *key, *value;
    int code;
  } rows[] = {
    { "retry", "first", "0", MR_ERROR_INVALID },
    { "retry", "first", "1\n[account evil]", MR_ERROR_INVALID },
    { "account w", "name", "a\nuser=root", MR_ERROR_INVALID },
    { "account w", "name", "a\rb", MR_ERROR_INVALID },
    { "account w", "name", "\xff", MR_ERROR_INVALID },
    { "account w", "name", endless, MR_ERROR_INVALID },
    { "account w", "kind", "pigeon", MR_ERROR_INVALID },
    { "account w", "addresses", "a\\", MR_ERROR_INVALID },
    { "retry", "nonsense", "1", MR_ERROR_NOT_FOUND },
    { "account", "name", "x", MR_ERROR_NOT_FOUND },
    { "account W", "name", "x", MR_ERROR_NOT_FOUND },
    { "account w]\n[retry", "name", "x", MR_ERROR_NOT_FOUND },
    { "retry x", "first", "1", MR_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_config_edit_text (sample, rows[i].group, rows[i].key, rows[i].value, &error));
    g_assert_error (error, MR_ERROR, rows[i].code);
  }
}

static void
test_ids (void)
{
  static const char *const good[] = { "a", "0", "work", "my-mail_2", "abcdefghijklmnopqrstuvwxyz012345" };
  static const char *const bad[] = { "",    "-a",  "_a",       "Work", "a b",
                                     "a.b", "a/b", "\xc3\xbc", "a\n",  "abcdefghijklmnopqrstuvwxyz0123456" };

  g_assert_false (mr_config_id_is_valid (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mr_config_id_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mr_config_id_is_valid (bad[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-edit/replace", test_replace);
  g_test_add_func ("/config-edit/add", test_add);
  g_test_add_func ("/config-edit/remove", test_remove);
  g_test_add_func ("/config-edit/byte-order-mark", test_byte_order_mark);
  g_test_add_func ("/config-edit/round-trip", test_round_trip);
  g_test_add_func ("/config-edit/list-round-trip", test_list_round_trip);
  g_test_add_func ("/config-edit/refusals", test_refusals);
  g_test_add_func ("/config-edit/ids", test_ids);
  return g_test_run ();
}
