/* Replays the corpus of a fuzz target where libFuzzer is not linked: each file of the folders given, whole and, where it is
 * small, cut at every place. With "--mutate N" before the folders N inputs more are made of those files by chance, always the
 * same ones: a quick look without a compiler's help at what crashes or hangs, where libFuzzer looks for it. Each input is a block of its own exact size, so that a sanitizer sees one byte too many. */
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

/* ---- inputs by chance ---- */

#define MUTATED_MAX 65536
#define CHANGES_MAX 8

static void
change (GRand *random, GByteArray *data, const GByteArray *other)
{
  guint at = data->len > 0 ? (guint)g_rand_int_range (random, 0, (gint32)data->len) : 0, left = data->len - at;
  guint n = left > 0 ? (guint)g_rand_int_range (random, 1, (gint32)MIN (left, 64) + 1) : 0;
  guint8 bytes[4];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)g_rand_int_range (random, 0, 256);
  switch (g_rand_int_range (random, 0, 6)) {
  case 0:
    if (data->len > 0)
      data->data[at] ^= (guint8)(1u << (bytes[0] & 7));
    break;
  case 1:
    g_byte_array_append (data, bytes, bytes[0] % sizeof bytes);
    break;
  case 2:
    g_byte_array_remove_range (data, at, n);
    break;
  case 3: /* a piece once more, at the end */
    if (n > 0) {
      g_autofree guint8 *piece = g_memdup2 (data->data + at, n);
      g_byte_array_append (data, piece, n);
    }
    break;
  case 4: /* the rest of another file */
    if (other->len > 0) {
      guint from = (guint)g_rand_int_range (random, 0, (gint32)other->len);

      g_byte_array_set_size (data, at);
      g_byte_array_append (data, other->data + from, other->len - from);
    }
    break;
  default: /* a run of one byte */
    for (guint i = 0; i < n; i++)
      data->data[at + i] = bytes[0];
  }
  if (data->len > MUTATED_MAX)
    g_byte_array_set_size (data, MUTATED_MAX);
}

static void
mutate (const GPtrArray *files, guint64 n)
{
  GRand *random = g_rand_new_with_seed (1);

  for (guint64 i = 0; i < n; i++) {
    const GByteArray *file = files->pdata[g_rand_int_range (random, 0, (gint32)files->len)];
    const GByteArray *other = files->pdata[g_rand_int_range (random, 0, (gint32)files->len)];
    g_autoptr (GByteArray) data = g_byte_array_new ();

    g_byte_array_append (data, file->data, file->len);
    for (gint32 k = g_rand_int_range (random, 1, CHANGES_MAX + 1); k > 0; k--)
      change (random, data, other);
    run ((const char *)data->data, data->len);
  }
  g_rand_free (random);
}

static GByteArray *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_byte_array_new_take ((guint8 *)data, MIN (size, MUTATED_MAX));
}

int
main (int argc, char **argv)
{
  gboolean mutated = argc > 2 && g_str_equal (argv[1], "--mutate");
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
  guint n = 0;

  for (int i = mutated ? 3 : 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GDir) dir = g_dir_open (argv[i], 0, &error);
    const char *name;

    g_assert_no_error (error);
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (argv[i], name, NULL);
      if (mutated)
        g_ptr_array_add (files, load (path));
      else
        run_file (path);
      n++;
    }
  }
  if (mutated && n > 0) {
    mutate (files, g_ascii_strtoull (argv[2], NULL, 10));
    printf ("%s inputs\n", argv[2]);
  }
  printf ("%u files\n", n);
  return n > 0 ? 0 : 1;
}
