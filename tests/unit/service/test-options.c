/* The command line of mail-relayd. */
#include "service/options.h"

static gboolean
parse (const char *line, MrServiceOptions *ret)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  /* GLib takes understood words out of the vector: the strings stay with `words`. */
  g_autofree char **argv = g_memdup2 (words, sizeof (char *) * (g_strv_length (words) + 1));
  char **rest = argv;
  int argc = (int)g_strv_length (words);
  g_autoptr (GError) error = NULL;

  gboolean ok = mr_service_options_parse (&argc, &rest, ret, &error);
  g_assert_true (ok == (error == NULL));
  return ok;
}

static void
test_good (void)
{
  MrServiceOptions options;

  g_assert_true (parse ("mail-relayd", &options));
  g_assert_false (options.no_sandbox || options.version || options.foreground_info || options.has_log_level);
  g_assert_true (parse ("mail-relayd --no-sandbox --foreground-info --log-level warning", &options));
  g_assert_true (options.no_sandbox && options.foreground_info && options.has_log_level);
  g_assert_cmpint (options.log_level, ==, MR_LOG_WARNING);
  g_assert_true (parse ("mail-relayd --version", &options));
  g_assert_true (options.version);
}

static void
test_bad (void)
{
  MrServiceOptions options;

  g_assert_false (parse ("mail-relayd --log-level loud", &options));
  g_assert_false (parse ("mail-relayd --unknown", &options));
  g_assert_false (parse ("mail-relayd something", &options));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/options/good", test_good);
  g_test_add_func ("/service/options/bad", test_bad);
  return g_test_run ();
}
