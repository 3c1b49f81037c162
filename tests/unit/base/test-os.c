/* libc with GError. */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *file; /* in folder, not made yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("mr-os-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->folder, "file", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->file);
  /* Nothing else may be left behind, temporary files least of all. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->file);
}

static mode_t
mode_of (const char *path)
{
  struct stat st;

  g_assert_cmpint (stat (path, &st), ==, 0);
  return st.st_mode & 07777;
}

static void
test_errno (void)
{
  static const struct {
    int err;
    MrError code;
  } rows[] = { { ENOSPC, MR_ERROR_FULL },   { EDQUOT, MR_ERROR_FULL },      { ENOENT, MR_ERROR_NOT_FOUND },
               { EEXIST, MR_ERROR_EXISTS }, { EWOULDBLOCK, MR_ERROR_BUSY }, { EIO, MR_ERROR_FAILED },
               { EACCES, MR_ERROR_FAILED } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    mr_set_errno_error (&error, rows[i].err, "%s cannot be %s", "x", "read");
    g_assert_error (error, MR_ERROR, (int)rows[i].code);
    g_assert_true (g_str_has_prefix (error->message, "x cannot be read: "));
  }
  mr_set_errno_error (NULL, EIO, "nobody asks");
}

static void
test_write_and_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize len;

  g_assert_true (mr_os_write_file (fixture->file, "a\0b", 3, 0600, &error));
  g_assert_no_error (error);
  g_assert_cmpint (mode_of (fixture->file), ==, 0600);
  g_assert_true (mr_os_read_file (fixture->file, 3, &text, &len, &error));
  g_assert_cmpmem (text, len + 1, "a\0b\0", 4);

  g_assert_true (mr_os_write_file (fixture->file, "second", 6, 0640, &error));
  g_assert_cmpint (mode_of (fixture->file), ==, 0640);
  g_clear_pointer (&text, g_free);
  g_assert_true (mr_os_read_file (fixture->file, 100, &text, NULL, &error));
  g_assert_cmpstr (text, ==, "second");
}

static void
test_read_bounds (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize len = 77;

  g_assert_false (mr_os_read_file (fixture->file, 10, &text, &len, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, fixture->file));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (fixture->file, "12345", 5, NULL));
  g_assert_false (mr_os_read_file (fixture->file, 4, &text, &len, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);
  g_assert_null (text);
  g_assert_cmpuint (len, ==, 77);
  g_clear_error (&error);

  /* An endless file ends at the bound. */
  g_assert_false (mr_os_read_file ("/dev/zero", 100000, &text, &len, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);
}

static void
test_write_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *nowhere = g_build_filename (fixture->folder, "missing", "file", NULL);

  g_assert_false (mr_os_write_file (nowhere, "x", 1, 0600, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* The rename is what fails here; the temporary file goes too (tear_down looks). */
  g_assert_cmpint (g_mkdir (fixture->file, 0700), ==, 0);
  g_assert_false (mr_os_write_file (fixture->file, "x", 1, 0600, &error));
  g_assert_nonnull (error);
  g_rmdir (fixture->file);
}

static void
test_write_full (void)
{
  g_autoptr (GError) error = NULL;

  if (access ("/dev/full", W_OK) != 0) {
    g_test_skip ("no /dev/full here");
    return;
  }
  /* The folder /dev takes no temporary file for everybody, so the mapping is what is shown here. */
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (write (fd, "x", 1), ==, -1);
  mr_set_errno_error (&error, errno, "/dev/full cannot be written");
  close (fd);
  g_assert_error (error, MR_ERROR, MR_ERROR_FULL);
}

static void
test_make_dir (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *parent = g_build_filename (fixture->folder, "a", NULL);
  g_autofree char *child = g_build_filename (parent, "b", NULL);

  g_assert_true (mr_os_make_dir (child, 0700, &error));
  g_assert_no_error (error);
  g_assert_cmpint (mode_of (child), ==, 0700);
  /* Wider rights are narrowed, narrower ones stay. */
  g_assert_cmpint (chmod (child, 0755), ==, 0);
  g_assert_true (mr_os_make_dir (child, 0700, &error));
  g_assert_cmpint (mode_of (child), ==, 0700);
  g_assert_cmpint (chmod (child, 0500), ==, 0);
  g_assert_true (mr_os_make_dir (child, 0700, &error));
  g_assert_cmpint (mode_of (child), ==, 0500);
  g_rmdir (child);
  g_rmdir (parent);

  g_assert_true (g_file_set_contents (fixture->file, "x", 1, NULL));
  g_assert_false (mr_os_make_dir (fixture->file, 0700, &error));
  g_assert_nonnull (error);
}

static void
test_foreign_dir (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *foreign = fixture->folder;

  if (geteuid () == 0)
    g_assert_cmpint (chown (foreign, 65534, 65534), ==, 0);
  else
    foreign = "/usr";
  g_assert_false (mr_os_make_dir (foreign, 0700, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = g_strdup_printf ("(%ld)", (long)getpid ());
  int first = mr_os_lock_file (fixture->file, &error);

  g_assert_no_error (error);
  g_assert_cmpint (first, >=, 0);
  g_assert_cmpint (fcntl (first, F_GETFD) & FD_CLOEXEC, !=, 0);
  g_assert_cmpint (mode_of (fixture->file), ==, 0600);
  g_assert_cmpint (mr_os_lock_file (fixture->file, &error), ==, -1);
  g_assert_error (error, MR_ERROR, MR_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, pid));
  g_clear_error (&error);
  close (first);

  int second = mr_os_lock_file (fixture->file, &error);
  g_assert_no_error (error);
  close (second);

  g_autofree char *nowhere = g_build_filename (fixture->folder, "missing", "lock", NULL);
  g_assert_cmpint (mr_os_lock_file (nowhere, &error), ==, -1);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
}

static void
test_file_system (Fixture *fixture, gconstpointer data)
{
  const char *name = "untouched";

  g_assert_cmpuint (mr_os_free_space (fixture->folder), >, 0);
  /* A file that is still to be made lies where its folder does. */
  g_assert_cmpuint (mr_os_free_space (fixture->file), <, G_MAXUINT64);
  g_assert_cmpuint (mr_os_free_space ("/no/such/folder/at/all"), ==, G_MAXUINT64);
  g_assert_false (mr_os_is_network_fs ("/proc", &name));
  g_assert_cmpstr (name, ==, "untouched");
  g_assert_false (mr_os_is_network_fs ("/no/such/folder/at/all", NULL));
}

static void
test_process_name (void)
{
  g_autofree char *own = mr_os_process_name (getpid ());

  g_assert_cmpstr (own, ==, "test-os");
  g_assert_null (mr_os_process_name (0));
  g_assert_null (mr_os_process_name (-5));
  g_assert_null (mr_os_process_name (G_MAXINT64));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/os/errno", test_errno);
  ADD ("/os/write-and-read", test_write_and_read);
  ADD ("/os/read-bounds", test_read_bounds);
  ADD ("/os/write-fails", test_write_fails);
  g_test_add_func ("/os/write-full", test_write_full);
  ADD ("/os/make-dir", test_make_dir);
  ADD ("/os/foreign-dir", test_foreign_dir);
  ADD ("/os/lock", test_lock);
  ADD ("/os/file-system", test_file_system);
  g_test_add_func ("/os/process-name", test_process_name);
  return g_test_run ();
}
