/* Grammar of command arguments, as tables. */
#include <string.h>

#include "smtp/command-line.h"

static void
test_paths (void)
{
  static const struct {
    const char *text;
    MrPathResult result;
    const char *path, *rest;
  } cases[] = {
    { "<a@example.com>", MR_PATH_READ, "a@example.com", "" },
    { "<a@example.com> SIZE=1", MR_PATH_READ, "a@example.com", " SIZE=1" },
    { "a@example.com SIZE=1", MR_PATH_READ, "a@example.com", " SIZE=1" },
    { "<>", MR_PATH_READ, "", "" },
    { "<a@[192.0.2.1]>", MR_PATH_READ, "a@[192.0.2.1]", "" },
    { "<\"a>b\"@example.com> X", MR_PATH_READ, "\"a>b\"@example.com", " X" },
    { "<\"a\\\"> b\"@example.com>", MR_PATH_READ, "\"a\\\"> b\"@example.com", "" },
    { "\"a b\"@example.com X", MR_PATH_READ, "\"a b\"@example.com", " X" },
    { "", MR_PATH_BAD, NULL, NULL },
    { " ", MR_PATH_BAD, NULL, NULL },
    { "<", MR_PATH_BAD, NULL, NULL },
    { "<a@example.com", MR_PATH_BAD, NULL, NULL },
    { "<a@example.com>SIZE=1", MR_PATH_BAD, NULL, NULL },
    { "<a@example.com>>", MR_PATH_BAD, NULL, NULL },
    { "<<a@example.com>", MR_PATH_BAD, NULL, NULL },
    { "<a@example.com x>", MR_PATH_BAD, NULL, NULL },
    { "< a@example.com>", MR_PATH_BAD, NULL, NULL },
    { "<\"a@example.com>", MR_PATH_BAD, NULL, NULL },
    { "<a@>", MR_PATH_BAD, NULL, NULL },
    { "<@example.com>", MR_PATH_SOURCE_ROUTE, NULL, NULL },
    { "<@a.example,@b.example:c@d.example>", MR_PATH_SOURCE_ROUTE, NULL, NULL },
    { "<postmaster>", MR_PATH_NO_DOMAIN, NULL, NULL },
    { "<\xc3\xa4@example.com>", MR_PATH_NON_ASCII, NULL, NULL },
    { "<a@ex\xc3\xa4mple.com>", MR_PATH_NON_ASCII, NULL, NULL },
    { "<\xff@example.com>", MR_PATH_NON_ASCII, NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *cursor = cases[i].text;
    g_autofree char *path = NULL;

    g_test_message ("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (mr_command_read_path (&cursor, &path), ==, cases[i].result);
    g_assert_cmpstr (path, ==, cases[i].path);
    /* On failure the cursor stays. */
    g_assert_cmpstr (cursor, ==, cases[i].rest != NULL ? cases[i].rest : cases[i].text);
  }
}

static void
test_long_path (void)
{
  g_autoptr (GString) text = g_string_new ("<");
  g_autofree char *path = NULL;
  const char *cursor;

  for (int i = 0; i < 3000; i++)
    g_string_append_c (text, 'a');
  g_string_append (text, "@example.com>");
  cursor = text->str;
  g_assert_cmpint (mr_command_read_path (&cursor, &path), ==, MR_PATH_BAD);
}

static void
test_parameters (void)
{
  const char *cursor = "  SIZE=1 BODY=  X =v A=b=c ";
  static const char *const expected[][2]
      = { { "SIZE", "1" }, { "BODY", "" }, { "X", NULL }, { "", "v" }, { "A", "b=c" } };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autofree char *key = NULL, *value = NULL;

    g_assert_true (mr_command_next_parameter (&cursor, &key, &value));
    g_assert_cmpstr (key, ==, expected[i][0]);
    g_assert_cmpstr (value, ==, expected[i][1]);
  }
  g_assert_false (mr_command_next_parameter (&cursor, &(char *){ NULL }, &(char *){ NULL }));
}

static void
test_numbers (void)
{
  guint64 number = 7;

  g_assert_true (mr_command_read_number ("18446744073709551615", &number));
  g_assert_cmpuint (number, ==, G_MAXUINT64);
  g_assert_true (mr_command_read_number ("00000000000000000010", &number));
  g_assert_cmpuint (number, ==, 10);
  g_assert_false (mr_command_read_number ("18446744073709551616", &number));
  g_assert_false (mr_command_read_number ("000000000000000000001", &number));
  g_assert_false (mr_command_read_number ("", &number));
  g_assert_false (mr_command_read_number ("-1", &number));
  g_assert_false (mr_command_read_number ("+1", &number));
  g_assert_false (mr_command_read_number (" 1", &number));
  g_assert_false (mr_command_read_number ("1k", &number));
  g_assert_false (mr_command_read_number ("0x10", &number));
}

static void
test_xtext (void)
{
  g_assert_true (mr_command_xtext_is_valid ("a+2Bb@example.com"));
  g_assert_true (mr_command_xtext_is_valid ("<>"));
  g_assert_false (mr_command_xtext_is_valid ("a+2bc"));
  g_assert_false (mr_command_xtext_is_valid ("a+2"));
  g_assert_false (mr_command_xtext_is_valid ("a+"));
  g_assert_false (mr_command_xtext_is_valid ("a=b"));
  g_assert_false (mr_command_xtext_is_valid ("\xc3\xa4"));
}

static void
test_safe (void)
{
  static const char *const safe[] = { "", "a@example.com", "\"a> b\"@example.com", "\"\\\"\"@example.com", "x" };
  static const char *const unsafe[] = {
    "a@example.com> SIZE=1", "a b@example.com",
    "a<b@example.com",       "a@example.com\r",
    "a\nb@example.com",      "\x7f@example.com",
    "\xc3\xa4@example.com",  "\"a@example.com> SIZE",
    "\"a\\\r\"@example.com", "\"a\\",
    "a\tb@example.com",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (safe); i++)
    g_assert_true (mr_command_path_is_safe (safe[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (unsafe); i++)
    g_assert_false (mr_command_path_is_safe (unsafe[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/command-line/paths", test_paths);
  g_test_add_func ("/smtp/command-line/long-path", test_long_path);
  g_test_add_func ("/smtp/command-line/parameters", test_parameters);
  g_test_add_func ("/smtp/command-line/numbers", test_numbers);
  g_test_add_func ("/smtp/command-line/xtext", test_xtext);
  g_test_add_func ("/smtp/command-line/safe", test_safe);
  return g_test_run ();
}
