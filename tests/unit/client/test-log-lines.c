/* Log lines taken apart, as the log itself writes them. */
#include "client/log-lines.h"

static char *
written (MrLogLevel level, const char *session, const char *text)
{
  guint64 last;
  g_auto (GStrv) before = mr_log_dup_lines (0, G_MAXUINT, &last);
  g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (session);

  mr_log (level, "smtp", "%s", text);
  g_auto (GStrv) lines = mr_log_dup_lines (last, 1, NULL);
  return g_strdup (lines[0]);
}

static void
test_lines (void)
{
  g_autofree char *a = written (MR_LOG_WARNING, "c12", "< 250 Ok"), *b = written (MR_LOG_INFO, "", "c12 is no session");
  g_autofree char *session = mr_log_line_dup_session (a), *none = mr_log_line_dup_session (b);

  g_assert_cmpstr (session, ==, "c12");
  g_assert_null (none);
  g_assert_cmpint (mr_log_line_get_level (a), ==, MR_LOG_WARNING);
  g_assert_cmpint (mr_log_line_get_level (b), ==, MR_LOG_INFO);
}

static void
test_matches (void)
{
  const char *line = "2026-11-24T18:11:17Z debug smtp: s7: < MAIL FROM:<Änne@example.com>";
  static const struct {
    MrLogLevel min;
    const char *session, *search;
    gboolean matches;
  } rows[] = {
    { MR_LOG_DEBUG, NULL, NULL, TRUE },    { MR_LOG_INFO, NULL, NULL, FALSE },
    { MR_LOG_DEBUG, "", "", TRUE },        { MR_LOG_DEBUG, "s7", "mail from", TRUE },
    { MR_LOG_DEBUG, "s77", NULL, FALSE },  { MR_LOG_DEBUG, "c7", NULL, FALSE },
    { MR_LOG_DEBUG, NULL, "änne@", TRUE }, { MR_LOG_DEBUG, NULL, "rcpt", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (mr_log_line_matches (line, rows[i].min, rows[i].session, rows[i].search), ==, rows[i].matches);
}

static void
test_strange (void)
{
  static const char *const lines[] = {
    "", "one", "one two", "a info b: ", "a info b: c: x", "a info b: s12345678901234567890: x", "a info b: c1", "   "
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *session = mr_log_line_dup_session (lines[i]);

    g_assert_null (session);
    g_assert_true (mr_log_line_matches (lines[i], MR_LOG_INFO, NULL, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  g_test_add_func ("/log-lines/lines", test_lines);
  g_test_add_func ("/log-lines/matches", test_matches);
  g_test_add_func ("/log-lines/strange", test_strange);
  return g_test_run ();
}
