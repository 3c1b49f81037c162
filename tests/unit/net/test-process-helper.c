/* The child that finds programs: answers, and does not hold anything up when it is gone. */
#include "net/process-helper.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOW_INODE 99

static char *gate; /* a named pipe: the helper waits at it until the test opens the other end */

static gint64
find (gint64 uid, guint64 inode, char **ret_name)
{
  if (inode == SLOW_INODE)
    close (open (gate, O_RDONLY));
  if (inode == 2)
    *ret_name = g_strdup_printf ("program %d", (int)uid);
  return uid * 1000 + (gint64)inode;
}

static void
test_answers (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("mr-helper-XXXXXX", NULL);
  g_autofree char *name = NULL;
  gint64 pid = -1;

  gate = g_build_filename (folder, "gate", NULL);
  g_assert_cmpint (mkfifo (gate, 0600), ==, 0);
  g_assert_false (mr_process_helper_ask (1, 2, &pid, &name));
  g_assert_true (mr_process_helper_start (find, &error));
  g_assert_no_error (error);
  for (gint64 i = 0; i < 100; i++) {
    g_autofree char *wanted = g_strdup_printf ("program %d", (int)i);
    g_clear_pointer (&name, g_free);
    g_assert_true (mr_process_helper_ask (i, 2, &pid, &name));
    g_assert_cmpint (pid, ==, i * 1000 + 2);
    g_assert_cmpstr (name, ==, wanted);
  }

  /* One that takes too long is not waited for, and its late answer is not taken for that to the next question. */
  g_clear_pointer (&name, g_free);
  g_assert_false (mr_process_helper_ask (1, SLOW_INODE, &pid, &name));
  int other_end = open (gate, O_WRONLY);
  g_assert_true (mr_process_helper_ask (5, 3, &pid, &name));
  g_assert_cmpint (pid, ==, 5003);
  g_assert_null (name);
  close (other_end);
  g_unlink (gate);
  g_rmdir (folder);
  g_clear_pointer (&gate, g_free);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/process-helper/answers", test_answers);
  return g_test_run ();
}
