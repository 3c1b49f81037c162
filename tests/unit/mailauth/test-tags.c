/* Tag lists: white space, order, what is wrong for strict readers and left out for tolerant ones, bounds. */
#include "mailauth/tags.h"

#include <string.h>

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrTags) tags = mr_tags_parse (" v = 1 ;\r\n\ta=rsa-sha256;b=AB\r\n CD ==;h=From:to : Subject;x_1=;",
                                           &error);
  g_autofree char *b = NULL, *absent = NULL;

  g_assert_no_error (error);
  b = mr_tags_dup_compact (tags, "b");
  absent = mr_tags_dup_compact (tags, "z");
  g_assert_cmpstr (mr_tags_get (tags, "v"), ==, "1");
  g_assert_cmpstr (mr_tags_get (tags, "a"), ==, "rsa-sha256");
  g_assert_cmpstr (mr_tags_get (tags, "x_1"), ==, "");
  g_assert_cmpstr (b, ==, "ABCD==");
  g_assert_null (absent);
  g_assert_null (mr_tags_get (tags, "V")); /* with case */
  g_assert_true (mr_tags_has_word (tags, "h", "FROM", FALSE));
  g_assert_true (mr_tags_has_word (tags, "h", "subject", FALSE));
  g_assert_false (mr_tags_has_word (tags, "h", "sub", FALSE));
  g_assert_true (mr_tags_has_word (tags, "s", "email", TRUE));
  g_assert_false (mr_tags_has_word (tags, "s", "email", FALSE));
  g_assert_cmpstr (mr_tags_get_name (tags, 0), ==, "v");
  g_assert_cmpstr (mr_tags_get_name (tags, 4), ==, "x_1");
  g_assert_null (mr_tags_get_name (tags, 5));
}

static void
test_wrong (void)
{
  static const struct {
    const char *text, *value; /* of a, for tolerant readers */
  } rows[] = { { "a=1; a=2", "1" },  { "a=1; nonsense", "1" }, { "=1; a=1", "1" },
               { "1a=x; a=1", "1" }, { "a b=x; a=1", "1" },    { "a=1;; b=2", "1" },
               { ";a=1", "1" },      { "a-b=x;a=1", "1" },     { "nonsense", NULL },
               { "=", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrTags) strict = mr_tags_parse (rows[i].text, &error);
    g_autoptr (MrTags) tolerant = mr_tags_parse_tolerant (rows[i].text);

    g_test_message ("%s", rows[i].text);
    g_assert_null (strict);
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_cmpstr (mr_tags_get (tolerant, "a"), ==, rows[i].value);
  }
}

static void
test_bounds (void)
{
  g_autofree char *long_value = g_strnfill (64 * 1024 - 2, 'x'), *fits = g_strconcat ("a=", long_value, NULL);
  g_autofree char *too_long = g_strconcat (fits, "x", NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (MrTags) good = mr_tags_parse (fits, NULL), bad = mr_tags_parse (too_long, NULL);
  g_autoptr (MrTags) tolerant = mr_tags_parse_tolerant (too_long), some = NULL, strict = NULL;

  g_assert_nonnull (good);
  g_assert_null (bad);
  g_assert_null (tolerant);
  for (guint i = 0; i < 101; i++)
    g_string_append_printf (many, "t%u=x;", i);
  strict = mr_tags_parse (many->str, NULL);
  some = mr_tags_parse_tolerant (many->str);
  g_assert_null (strict);
  g_assert_nonnull (mr_tags_get (some, "t99"));
  g_assert_null (mr_tags_get (some, "t100"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tags/values", test_values);
  g_test_add_func ("/tags/wrong", test_wrong);
  g_test_add_func ("/tags/bounds", test_bounds);
  return g_test_run ();
}
