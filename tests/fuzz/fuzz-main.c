/* Replays the corpus of a fuzz target where libFuzzer is not linked: each file of the folders given, whole and, where it is
 * small, cut at every place. Each input is a block of its own exact size, so that a sanitizer sees one byte too many. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

/* Larger files would make the replay slow: the cuts cost quadratic time. */
#define CUT_MAX 512

static void
run (const char *data, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  g_free (copy);
}

static void
run_file (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  /* The name of the input that fails is the last line. */
  printf ("%s\n", path);
  fflush (stdout);
  run (data, size);
  for (gsize cut = 0; cut < size && size <= CUT_MAX; cut++)
    run (data, cut);
}

int
main (int argc, char **argv)
{
  guint n = 0;

  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GDir) dir = g_dir_open (argv[i], 0, &error);
    const char *name;

    g_assert_no_error (error);
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (argv[i], name, NULL);
      run_file (path);
      n++;
    }
  }
  printf ("%u files\n", n);
  return n > 0 ? 0 : 1;
}
