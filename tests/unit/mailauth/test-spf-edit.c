/* Merging SPF records: nothing that stands there is lost. */
#include "mailauth/spf-edit.h"

#include <string.h>

static void
test_merge (void)
{
  static const struct {
    const char *record;
    const char *wanted[4];
    const char *merged;
  } cases[] = {
    { NULL, { "include:_spf.x.example" }, "v=spf1 include:_spf.x.example ~all" },
    { "", { "mx", "ip4:192.0.2.1" }, "v=spf1 mx ip4:192.0.2.1 ~all" },
    { "v=spf1 mx -all", { "include:_spf.x.example" }, "v=spf1 mx include:_spf.x.example -all" },
    { "v=spf1 mx -all", { "MX" }, "v=spf1 mx -all" },
    { "v=spf1 ?include:_spf.x.example ~all", { "include:_SPF.x.example" }, "v=spf1 include:_spf.x.example ~all" },
    { "v=spf1 a redirect=_spf.y.example", { "mx" }, "v=spf1 a mx redirect=_spf.y.example" },
    { "v=spf1 a exp=why.y.example ?all", { "mx" }, "v=spf1 a mx ?all exp=why.y.example" },
    { "V=SPF1   a  ", { "+mx" }, "v=spf1 a mx ~all" },
    { "v=spf1 a x-note=hello -all", { "mx" }, "v=spf1 a x-note=hello mx -all" },
    { "v=spf1 -all a", { "mx" }, "v=spf1 mx -all a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *merged = mr_spf_merge (cases[i].record, cases[i].wanted, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (merged, ==, cases[i].merged);
    /* Once more changes nothing. */
    g_autofree char *again = mr_spf_merge (merged, cases[i].wanted, &error);
    g_assert_cmpstr (again, ==, merged);
  }
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_spf_merge ("v=spf1 bad -all", (const char *const[]){ "mx", NULL }, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mr_spf_merge (NULL, (const char *const[]){ "mx -all", "ip4:x", NULL }, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

static void
test_txt (void)
{
  g_autofree char *long_text = g_strnfill (600, 'x');
  g_auto (GStrv) strings = mr_txt_split (long_text);
  g_auto (GStrv) empty = mr_txt_split ("");
  g_autofree char *joined = g_strjoinv ("", strings);
  g_autofree char *quoted = mr_txt_quote ("a \"b\" \\c");

  g_assert_cmpuint (g_strv_length (strings), ==, 3);
  g_assert_cmpuint (strlen (strings[0]), ==, 255);
  g_assert_cmpstr (joined, ==, long_text);
  g_assert_cmpuint (g_strv_length (empty), ==, 1);
  g_assert_cmpstr (quoted, ==, "\"a \\\"b\\\" \\\\c\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spf-edit/merge", test_merge);
  g_test_add_func ("/spf-edit/refused", test_refused);
  g_test_add_func ("/spf-edit/txt", test_txt);
  return g_test_run ();
}
