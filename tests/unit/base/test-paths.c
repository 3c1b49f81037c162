/* Where things are. */
#include "base/paths.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
clear_environment (void)
{
  g_unsetenv ("XDG_STATE_HOME");
  g_unsetenv ("XDG_CONFIG_HOME");
  g_unsetenv ("XDG_RUNTIME_DIR");
  g_setenv ("HOME", "/home/joe", TRUE);
}

static void
test_from_environment (void)
{
  clear_environment ();
  g_setenv ("XDG_STATE_HOME", "/x/state", TRUE);
  g_setenv ("XDG_CONFIG_HOME", "/x/config", TRUE);
  g_setenv ("XDG_RUNTIME_DIR", "/x/run", TRUE);
  g_autoptr (MrPaths) paths = mr_paths_new ();

  g_assert_cmpstr (paths->state_dir, ==, "/x/state/mail-relay");
  g_assert_cmpstr (paths->config_dir, ==, "/x/config/mail-relay");
  g_assert_cmpstr (paths->config_file, ==, "/x/config/mail-relay/mail-relay.conf");
  g_assert_cmpstr (paths->runtime_dir, ==, "/x/run/mail-relay");
  g_assert_cmpstr (paths->bus_socket, ==, "/x/run/mail-relay/bus");
  g_assert_cmpstr (paths->store_file, ==, "/x/state/mail-relay/queue.sqlite");
  g_assert_cmpstr (paths->lock_file, ==, "/x/state/mail-relay/lock");
  g_assert_cmpstr (paths->tls_dir, ==, "/x/state/mail-relay/tls");
  g_assert_cmpstr (paths->secrets_file, ==, "/x/state/mail-relay/secrets");
  g_assert_cmpstr (paths->maildrop_dir, ==, "/x/state/mail-relay/maildrop");
}

static void
test_defaults (void)
{
  clear_environment ();
  g_autoptr (MrPaths) paths = mr_paths_new ();
  g_autofree char *run_user = g_strdup_printf ("/run/user/%lu/mail-relay", (unsigned long)geteuid ());

  g_assert_cmpstr (paths->state_dir, ==, "/home/joe/.local/state/mail-relay");
  g_assert_cmpstr (paths->config_dir, ==, "/home/joe/.config/mail-relay");
  g_assert_true (g_str_equal (paths->runtime_dir, run_user)
                 || g_str_equal (paths->runtime_dir, "/home/joe/.local/state/mail-relay/run"));
}

static void
test_relative_is_ignored (void)
{
  clear_environment ();
  g_setenv ("XDG_STATE_HOME", "state", TRUE);
  g_setenv ("XDG_CONFIG_HOME", "", TRUE);
  g_setenv ("XDG_RUNTIME_DIR", "./run", TRUE);
  g_autoptr (MrPaths) paths = mr_paths_new ();

  g_assert_cmpstr (paths->state_dir, ==, "/home/joe/.local/state/mail-relay");
  g_assert_cmpstr (paths->config_dir, ==, "/home/joe/.config/mail-relay");
  g_assert_true (g_path_is_absolute (paths->runtime_dir));
}

static void
remove_folders (const char *root, const MrPaths *paths)
{
  const char *const folders[] = { paths->tls_dir,    paths->maildrop_dir, paths->runtime_dir,
                                  paths->config_dir, paths->state_dir,    root };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    g_rmdir (folders[i]);
}

static void
test_ensure (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *root = g_dir_make_tmp ("mr-paths-XXXXXX", NULL);
  struct stat st;

  clear_environment ();
  g_setenv ("XDG_STATE_HOME", root, TRUE);
  g_autofree char *config = g_build_filename (root, "config", NULL);
  g_autofree char *run = g_build_filename (root, "run", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", run, TRUE);
  g_autoptr (MrPaths) paths = mr_paths_new ();

  g_assert_true (mr_paths_ensure (paths, &error));
  g_assert_no_error (error);
  const char *const folders[] = { paths->state_dir, paths->config_dir, paths->runtime_dir, paths->tls_dir,
                                  paths->maildrop_dir };
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_assert_cmpint (stat (folders[i], &st), ==, 0);
    g_assert_cmpint (st.st_mode & 07777, ==, 0700);
  }
  g_assert_true (mr_paths_ensure (paths, &error));

  if (geteuid () == 0) {
    g_assert_cmpint (chown (paths->config_dir, 65534, 65534), ==, 0);
    g_assert_false (mr_paths_ensure (paths, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  }
  remove_folders (root, paths);
  g_rmdir (config);
  g_rmdir (run);
  g_rmdir (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paths/from-environment", test_from_environment);
  g_test_add_func ("/paths/defaults", test_defaults);
  g_test_add_func ("/paths/relative-is-ignored", test_relative_is_ignored);
  g_test_add_func ("/paths/ensure", test_ensure);
  return g_test_run ();
}
