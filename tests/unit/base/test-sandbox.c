/* The sandbox, each case in a process of its own: there is no way out of it. */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Outside of what the service may write, given to the child. */
#define FOLDER_VARIABLE "MR_TEST_FOLDER"

static MrPaths *
paths_below (const char *folder)
{
  g_autofree char *state = g_build_filename (folder, "state", NULL);
  g_autofree char *config = g_build_filename (folder, "config", NULL);
  g_autofree char *run = g_build_filename (folder, "run", NULL);

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", run, TRUE);
  return mr_paths_new ();
}

static gboolean
has_landlock (void)
{
  return strstr (mr_sandbox_report (), "no landlock") == NULL;
}

/* 0, else the errno of the open. */
static int
try_open (const char *folder, const char *name, int flags)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, flags | O_CLOEXEC, 0600);
  int err = fd < 0 ? errno : 0;

  if (fd >= 0)
    close (fd);
  return err;
}

static void
check_files (const MrPaths *paths, const char *folder)
{
  int denied = has_landlock () ? EACCES : 0;

  g_assert_cmpint (try_open (paths->state_dir, "x", O_CREAT | O_RDWR | O_TRUNC), ==, 0);
  g_assert_cmpint (try_open (paths->config_dir, "x", O_CREAT | O_RDWR | O_TRUNC), ==, 0);
  g_assert_cmpint (try_open (paths->runtime_dir, "x", O_CREAT | O_RDWR | O_TRUNC), ==, 0);
  g_assert_cmpint (try_open (folder, "extra/x", O_CREAT | O_RDWR), ==, 0);
  g_assert_cmpint (try_open (folder, "ca.pem", O_RDONLY), ==, 0);
  g_assert_cmpint (try_open (folder, "ca.pem", O_WRONLY), ==, denied);
  g_assert_cmpint (try_open (folder, "private", O_RDONLY), ==, denied);
  g_assert_cmpint (try_open (folder, "new", O_CREAT | O_WRONLY), ==, denied);
  g_assert_cmpint (try_open ("/etc", "passwd", O_RDONLY), ==, 0);
  g_assert_cmpint (try_open ("/dev", "null", O_RDWR), ==, 0);
  g_assert_cmpint (try_open ("/dev", "urandom", O_RDONLY), ==, 0);
  g_assert_cmpint (try_open ("/proc/self", "status", O_RDONLY), ==, 0);

  /* An atomic replace and a socket are what the service does there. */
  g_autofree char *from = g_build_filename (paths->state_dir, "x", NULL);
  g_autofree char *to = g_build_filename (paths->state_dir, "y", NULL);
  g_assert_cmpint (rename (from, to), ==, 0);
  g_assert_cmpint (truncate (to, 0), ==, 0);
  g_assert_cmpint (unlink (to), ==, 0);
}

static void
check_calls (void)
{
  if (strstr (mr_sandbox_report (), "no seccomp") != NULL)
    return;
  g_assert_cmpint (execl ("/bin/true", "true", NULL), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (socket (AF_PACKET, SOCK_RAW, 0), ==, -1);
  g_assert_cmpint (errno, ==, EAFNOSUPPORT);
  g_assert_cmpint (setuid (geteuid ()), ==, -1);
  g_assert_true (mmap (NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                 == MAP_FAILED);

  const int families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK };
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    int fd = socket (families[i], families[i] == AF_NETLINK ? SOCK_DGRAM : SOCK_STREAM, 0);
    /* A machine without IPv6 says so itself; the sandbox does not. */
    g_assert_true (fd >= 0 || families[i] == AF_INET6);
    if (fd >= 0)
      close (fd);
  }
}

/* Regular expressions are compiled to machine code where that is allowed, and must work where it is not. */
static gpointer
check_thread_cb (gpointer data)
{
  g_autoptr (GRegex) regex = g_regex_new ("^a+b$", G_REGEX_OPTIMIZE, 0, NULL);

  g_assert_true (g_regex_match (regex, "aaab", 0, NULL));
  g_assert_cmpint (try_open ("/etc", "sandbox-test", O_CREAT | O_WRONLY), !=, 0);
  return NULL;
}

static void
test_confined_in_child (void)
{
  if (g_test_subprocess ()) {
    const char *folder = g_getenv (FOLDER_VARIABLE);
    g_autofree char *extra = g_build_filename (folder, "extra", NULL);
    g_autofree char *ca = g_build_filename (folder, "ca.pem", NULL);
    const char *const writable[] = { extra, NULL };
    g_autoptr (MrPaths) paths = paths_below (folder);
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (mr_sandbox_report (), ==, "none");
    g_assert_true (mr_paths_ensure (paths, &error));
    mr_sandbox_allow_read (ca);
    mr_sandbox_allow_read ("/no/such/file");
    g_assert_true (mr_sandbox_apply (paths, writable, &error));
    g_assert_no_error (error);
    g_print ("report: %s.\n", mr_sandbox_report ());
    check_files (paths, folder);
    check_calls ();
    g_thread_join (g_thread_new ("check", check_thread_cb, NULL));
    if (strstr (mr_sandbox_report (), ", not dumpable") != NULL)
      g_assert_cmpint (prctl (PR_GET_DUMPABLE), ==, 0);
    return;
  }

  g_autofree char *folder = g_dir_make_tmp ("mr-sandbox-XXXXXX", NULL);
  g_autofree char *extra = g_build_filename (folder, "extra", NULL);
  g_autofree char *ca = g_build_filename (folder, "ca.pem", NULL);
  g_autofree char *private = g_build_filename (folder, "private", NULL);
  g_mkdir (extra, 0700);
  g_file_set_contents (ca, "ca", 2, NULL);
  g_file_set_contents (private, "private", 7, NULL);
  g_setenv (FOLDER_VARIABLE, folder, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*report: *landlock*, *seccomp, *dumpable*");

  const char *const remove[] = { "rm", "-rf", folder, NULL };
  g_spawn_sync (NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/confined", test_confined_in_child);
  return g_test_run ();
}
