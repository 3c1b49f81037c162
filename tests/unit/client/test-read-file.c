/* Files read to a bound: what fits, what is a byte too long, what has no end. */
#include <glib/gstdio.h>
#include <string.h>

#include "client/read-file.h"

typedef struct {
  GMainLoop *loop;
  char *contents;
  gsize len;
  GError *error;
} Answer;

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->contents = mr_read_file_finish (G_FILE (source), result, &answer->len, &answer->error);
  g_main_loop_quit (answer->loop);
}

static void
answer_clear (Answer *answer)
{
  g_main_loop_unref (answer->loop);
  g_free (answer->contents);
  g_clear_error (&answer->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
read_path (const char *path, gsize max, GCancellable *cancellable, Answer *ret)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  *ret = (Answer){ .loop = g_main_loop_new (NULL, FALSE) };
  mr_read_file_async (file, max, cancellable, read_cb, ret);
  g_main_loop_run (ret->loop);
}

/* (transfer full): path of a new file that holds text. */
static char *
make_file (const char *text, gsize len)
{
  char *path = g_build_filename (g_get_tmp_dir (), "mr-read-XXXXXX", NULL);
  int fd = g_mkstemp (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_file_set_contents (path, text, (gssize)len, &error);
  g_assert_no_error (error);
  return path;
}

static void
test_bounds (void)
{
  static const char text[] = "From: a@example.org\0\r\n\r\nHi";
  const gsize len = sizeof text - 1;
  g_autofree char *path = make_file (text, len), *empty = make_file ("", 0);
  g_auto (Answer) fits = { 0 }, longer = { 0 }, nothing = { 0 };

  read_path (path, len, NULL, &fits);
  g_assert_no_error (fits.error);
  g_assert_cmpmem (fits.contents, fits.len, text, len);
  g_assert_cmpint (fits.contents[len], ==, '\0');

  read_path (path, len - 1, NULL, &longer);
  g_assert_error (longer.error, MR_ERROR, MR_ERROR_TOO_BIG);
  g_assert_nonnull (strstr (longer.error->message, path));
  g_assert_null (longer.contents);

  read_path (empty, 0, NULL, &nothing);
  g_assert_no_error (nothing.error);
  g_assert_cmpstr (nothing.contents, ==, "");
  g_assert_cmpuint (nothing.len, ==, 0);
  g_unlink (path);
  g_unlink (empty);
}

/* Its size is 0, and it never ends. */
static void
test_endless (void)
{
  g_auto (Answer) answer = { 0 };

  read_path ("/dev/zero", 1024 * 1024, NULL, &answer);
  g_assert_error (answer.error, MR_ERROR, MR_ERROR_TOO_BIG);
}

static void
test_missing (void)
{
  g_auto (Answer) answer = { 0 }, folder = { 0 };

  read_path ("/nowhere/at/all", 10, NULL, &answer);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  read_path ("/", 10, NULL, &folder);
  g_assert_error (folder.error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) answer = { 0 };

  g_cancellable_cancel (cancellable);
  read_path ("/dev/zero", G_MAXSIZE, cancellable, &answer);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/read-file/bounds", test_bounds);
  g_test_add_func ("/client/read-file/endless", test_endless);
  g_test_add_func ("/client/read-file/missing", test_missing);
  g_test_add_func ("/client/read-file/cancelled", test_cancelled);
  return g_test_run ();
}
