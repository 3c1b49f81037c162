/* Log: masking, ring, bounds. */
#include "base/log.h"

#include <string.h>

static void
test_mask (void)
{
  static const struct {
    const char *text;
    const char *expected;
  } rows[] = {
    { "nothing to hide", "nothing to hide" },
    { "", "" },
    { "AUTH PLAIN AGpvZQBzZWNyZXQ=", "AUTH PLAIN ****" },
    { "C: auth plain AGpvZQBzZWNyZXQ=\nS: 235 ok", "C: auth plain ****\nS: 235 ok" },
    { "AUTH  LOGIN  am9l", "AUTH  LOGIN  ****" },
    { "AUTH LOGIN", "AUTH LOGIN" },
    { "AUTH LOGIN\r\nQUIT now", "AUTH LOGIN\r\nQUIT now" },
    /* what a server offers is no secret */
    { "250-AUTH PLAIN LOGIN", "250-AUTH PLAIN LOGIN" },
    { "250 AUTH PLAIN LOGIN", "250 AUTH PLAIN LOGIN" },
    /* nor is a state of a session */
    { "client: auth -> mail", "client: auth -> mail" },
    { "client: starttls -> auth", "client: starttls -> auth" },
    { "PASS hunter2", "PASS ****" },
    { "USER joe\r\nPASS hunter2\r\n", "USER joe\r\nPASS ****\r\n" },
    { "password=hunter2;x", "password=****" },
    { "{\"password\": \"hunter2\"}", "{\"password\": \"****\"}" },
    { "Password : hunter2 end", "Password : **** end" },
    { "access_token=abc.def", "access_token=****" },
    { "Authorization: Bearer eyJhbGciOi.x.y next", "Authorization: Bearer **** next" },
    { "user=joe@example.com\001auth=Bearer abc\001\001", "user=joe@example.com\001auth=Bearer ****\001\001" },
    /* sentences that diagnosis and people must still be able to read */
    { "535 5.7.8 Username and Password not accepted", "535 5.7.8 Username and Password not accepted" },
    { "bypass works, compass too: north", "bypass works, compass too: north" },
    { "authentication failed", "authentication failed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *masked = mr_log_mask (rows[i].text);
    g_assert_cmpstr (masked, ==, rows[i].expected);
  }
}

static guint64
last_serial (void)
{
  guint64 last;
  g_auto (GStrv) lines = mr_log_dup_lines (0, G_MAXUINT, &last);

  return last;
}

static void
test_line (void)
{
  guint64 before = last_serial (), after;

  mr_info ("engine", "message %s has state %d", "0123", 7);
  g_auto (GStrv) lines = mr_log_dup_lines (before, 10, &after);
  g_assert_cmpuint (g_strv_length (lines), ==, 1);
  g_assert_cmpuint (after, ==, before + 1);
  g_assert_true (g_regex_match_simple (
      "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ info engine: message 0123 has state 7$", lines[0], 0, 0));
}

static void
test_levels (void)
{
  guint64 before = last_serial ();

  mr_debug ("x", "dropped");
  g_assert_cmpuint (last_serial (), ==, before);
  mr_log_set_level (MR_LOG_ERROR);
  mr_warning ("x", "dropped");
  mr_error ("x", "kept");
  mr_log_set_level (MR_LOG_DEBUG);
  mr_debug ("x", "kept");
  mr_log_set_level (MR_LOG_INFO);
  g_assert_cmpuint (last_serial (), ==, before + 2);
}

static void
test_hostile_text (void)
{
  guint64 before = last_serial ();
  g_autofree char *endless = g_strnfill (5000, 'x');
  g_autofree char *wide = g_strdup_printf ("%s\xc3\xbc\xc3\xbc", endless);

  mr_info ("x", "fake\n2026-01-01T00:00:00Z error engine: forged \033[2J \xff");
  mr_info ("x", "AUTH PLAIN %s", "c2VjcmV0");
  mr_info ("x", "%s", wide);
  g_auto (GStrv) lines = mr_log_dup_lines (before, 10, NULL);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_null (strchr (lines[0], '\n'));
  g_assert_null (strchr (lines[0], '\033'));
  g_assert_nonnull (strstr (lines[0], "fake\\x0a2026"));
  g_assert_nonnull (strstr (lines[1], "AUTH PLAIN ****"));
  for (int i = 0; i < 3; i++) {
    g_assert_true (g_utf8_validate (lines[i], -1, NULL));
    g_assert_cmpuint (strlen (lines[i]), <=, 1024);
  }
}

static void
test_ring (void)
{
  guint64 before = last_serial (), after;

  for (int i = 0; i < 2500; i++)
    mr_info ("x", "line %d", i);
  g_assert_cmpuint (last_serial (), ==, before + 2500);

  g_auto (GStrv) all = mr_log_dup_lines (before, 10000, &after);
  g_assert_cmpuint (g_strv_length (all), ==, 2000);
  g_assert_true (g_str_has_suffix (all[0], " line 500"));
  g_assert_true (g_str_has_suffix (all[1999], " line 2499"));
  g_assert_cmpuint (after, ==, before + 2500);

  /* Page by page: nothing twice, nothing missing. */
  g_auto (GStrv) page = mr_log_dup_lines (before + 2000, 3, &after);
  g_assert_cmpuint (g_strv_length (page), ==, 3);
  g_assert_true (g_str_has_suffix (page[0], " line 2000"));
  g_assert_cmpuint (after, ==, before + 2003);
  g_auto (GStrv) none = mr_log_dup_lines (before + 2500, 3, &after);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpuint (after, ==, before + 2500);

  /* A serial that this process has not reached yet is one of an earlier process. */
  g_auto (GStrv) restarted = mr_log_dup_lines (before + 1000000, 1, &after);
  g_assert_true (g_str_has_suffix (restarted[0], " line 500"));
}

/* Lines of one connection carry its name, nested ones the inner one, and nothing is left behind. */
static void
test_sessions (void)
{
  guint64 before = last_serial (), after;

  {
    g_auto (MrLogScope) outer G_GNUC_UNUSED = mr_log_enter ("s1");
    mr_info ("smtp", "one");
    {
      g_auto (MrLogScope) inner G_GNUC_UNUSED = mr_log_enter ("c18446744073709551615");
      mr_info ("smtp", "two");
    }
    mr_info ("smtp", "three");
  }
  mr_info ("smtp", "four");
  g_auto (GStrv) lines = mr_log_dup_lines (before, 10, &after);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_true (g_str_has_suffix (lines[0], " smtp: s1: one"));
  g_assert_true (g_str_has_suffix (lines[1], " smtp: c18446744073709: two"));
  g_assert_true (g_str_has_suffix (lines[2], " smtp: s1: three"));
  g_assert_true (g_str_has_suffix (lines[3], " smtp: four"));
}

/* While somebody reads along, the ring keeps what standard error does not get. */
static void
test_watch (void)
{
  guint64 before = last_serial ();

  if (g_test_subprocess ()) {
    mr_log_set_stderr (TRUE);
    mr_log_watch ();
    mr_debug ("smtp", "< AUTH PLAIN c2VjcmV0");
    mr_info ("smtp", "printed");
    return;
  }
  g_assert_false (mr_log_wants_debug ());
  mr_log_watch ();
  g_assert_true (mr_log_wants_debug ());
  mr_debug ("smtp", "< AUTH PLAIN c2VjcmV0");
  g_auto (GStrv) lines = mr_log_dup_lines (before, 10, NULL);
  g_assert_cmpuint (g_strv_length (lines), ==, 1);
  g_assert_true (g_str_has_suffix (lines[0], " debug smtp: < AUTH PLAIN ****"));
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*info smtp: printed*");
  g_test_trap_assert_stderr_unmatched ("*AUTH*");
}

static gpointer
log_many_cb (gpointer data)
{
  for (int i = 0; i < 1000; i++)
    mr_info ("thread", "%d", GPOINTER_TO_INT (data));
  return NULL;
}

static void
test_threads (void)
{
  guint64 before = last_serial ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("log", log_many_cb, GINT_TO_POINTER ((int)i));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (last_serial (), ==, before + 4000);
}

static void
test_stderr_in_child (void)
{
  if (g_test_subprocess ()) {
    mr_log_set_stderr (TRUE);
    mr_warning ("net", "seen");
    mr_log_set_stderr (FALSE);
    mr_warning ("net", "hidden");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*warning net: seen\n*");
  g_test_trap_assert_stderr_unmatched ("*hidden*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  g_test_add_func ("/log/mask", test_mask);
  g_test_add_func ("/log/line", test_line);
  g_test_add_func ("/log/levels", test_levels);
  g_test_add_func ("/log/hostile-text", test_hostile_text);
  g_test_add_func ("/log/ring", test_ring);
  g_test_add_func ("/log/threads", test_threads);
  g_test_add_func ("/log/stderr", test_stderr_in_child);
  g_test_add_func ("/log/sessions", test_sessions);
  /* Last: it lasts. */
  g_test_add_func ("/log/watch", test_watch);
  return g_test_run ();
}
