/* The bounded conversation. */
#include <string.h>

#include "smtp/transcript.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrTranscript, mr_transcript_free)

static void
test_lines (void)
{
  g_autoptr (MrTranscript) transcript = mr_transcript_new ();
  g_autofree char *text = NULL;

  mr_transcript_add (transcript, '<', "220 mx\xff\tready\x1b[31m\r");
  mr_transcript_add (transcript, '>', "EHLO me");
  mr_transcript_add (transcript, '*', "");
  text = mr_transcript_dup (transcript);
  g_assert_cmpstr (text, ==, "< 220 mx\xef\xbf\xbd?ready?[31m?\n> EHLO me\n* \n");
  mr_transcript_clear (transcript);
  g_free (text);
  text = mr_transcript_dup (transcript);
  g_assert_cmpstr (text, ==, "");
}

static void
test_line_bound (void)
{
  static const char *const fills[] = { "x", "\xff", "\xc3\xa4", "\xf0\x9f\x93\xa7", "\xc2\x80" };

  for (gsize i = 0; i < G_N_ELEMENTS (fills); i++) {
    g_autoptr (MrTranscript) transcript = mr_transcript_new ();
    g_autoptr (GString) line = g_string_new (NULL);
    g_autofree char *text = NULL;

    while (line->len < 3000)
      g_string_append (line, fills[i]);
    mr_transcript_add (transcript, '<', line->str);
    text = mr_transcript_dup (transcript);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_cmpuint (strlen (text), <=, MR_TRANSCRIPT_LINE_MAX + 3);
    g_assert_cmpuint (strlen (text), >, MR_TRANSCRIPT_LINE_MAX - 5);
  }
}

static void
test_bound (void)
{
  for (guint length = 0; length < 600; length += 37) {
    g_autoptr (MrTranscript) transcript = mr_transcript_new ();
    g_autofree char *fill = g_strnfill (length, 'x');

    mr_transcript_add (transcript, '<', "220 first");
    for (guint i = 0; i < 5000; i++) {
      g_autofree char *line = g_strdup_printf ("%u %s", i, fill);
      g_autofree char *text = NULL;

      mr_transcript_add (transcript, '>', line);
      text = mr_transcript_dup (transcript);
      g_assert_cmpuint (strlen (text), <=, MR_TRANSCRIPT_MAX);
    }
    {
      g_autofree char *text = mr_transcript_dup (transcript);
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      guint n = g_strv_length (lines);
      guint marks = 0;

      g_assert_cmpstr (lines[0], ==, "< 220 first");
      g_assert_true (g_str_has_prefix (lines[1], "> 0 "));
      g_assert_true (g_str_has_prefix (lines[n - 2], "> 4999 "));
      g_assert_cmpstr (lines[n - 1], ==, "");
      for (guint i = 0; i < n; i++)
        marks += strcmp (lines[i], "* ...") == 0;
      g_assert_cmpuint (marks, ==, 1);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/transcript/lines", test_lines);
  g_test_add_func ("/smtp/transcript/line-bound", test_line_bound);
  g_test_add_func ("/smtp/transcript/bound", test_bound);
  return g_test_run ();
}
