/* Bounded byte buffer, also against a plain model of it. */
#include "base/buffer.h"

#include <string.h>

static void
assert_content (MrBuffer *buffer, const char *expected)
{
  gsize len;
  const guint8 *data = mr_buffer_peek (buffer, &len);

  g_assert_cmpmem (data, len, expected, strlen (expected));
  g_assert_cmpuint (mr_buffer_length (buffer), ==, strlen (expected));
}

static void
test_append_and_consume (void)
{
  g_autoptr (MrBuffer) buffer = mr_buffer_new (16);

  assert_content (buffer, "");
  g_assert_true (mr_buffer_append_str (buffer, "hello"));
  g_assert_true (mr_buffer_printf (buffer, "-%d", 42));
  assert_content (buffer, "hello-42");
  g_assert_cmpuint (mr_buffer_room (buffer), ==, 8);
  mr_buffer_consume (buffer, 6);
  assert_content (buffer, "42");
  mr_buffer_consume (buffer, 2);
  assert_content (buffer, "");
  g_assert_true (mr_buffer_append (buffer, "", 0));
  mr_buffer_clear (buffer);
  assert_content (buffer, "");
}

static void
test_maximum (void)
{
  g_autoptr (MrBuffer) buffer = mr_buffer_new (8);

  g_assert_true (mr_buffer_append_str (buffer, "1234567"));
  g_assert_false (mr_buffer_append_str (buffer, "89"));
  g_assert_false (mr_buffer_printf (buffer, "%s", "89"));
  assert_content (buffer, "1234567");
  g_assert_false (mr_buffer_append (buffer, "x", G_MAXSIZE));
  g_assert_true (mr_buffer_append_str (buffer, "8"));
  g_assert_cmpuint (mr_buffer_room (buffer), ==, 0);
  g_assert_false (mr_buffer_append_str (buffer, "9"));
  mr_buffer_consume (buffer, 1);
  g_assert_true (mr_buffer_append_str (buffer, "9"));
  assert_content (buffer, "23456789");
}

static void
test_find_lf (void)
{
  g_autoptr (MrBuffer) buffer = mr_buffer_new (64);

  g_assert_cmpint (mr_buffer_find_lf (buffer, 0), ==, -1);
  g_assert_true (mr_buffer_append (buffer, "ab\ncd\n\0\n", 8));
  g_assert_cmpint (mr_buffer_find_lf (buffer, 0), ==, 2);
  g_assert_cmpint (mr_buffer_find_lf (buffer, 2), ==, 2);
  g_assert_cmpint (mr_buffer_find_lf (buffer, 3), ==, 5);
  g_assert_cmpint (mr_buffer_find_lf (buffer, 6), ==, 7);
  g_assert_cmpint (mr_buffer_find_lf (buffer, 8), ==, -1);
  g_assert_cmpint (mr_buffer_find_lf (buffer, 100), ==, -1);
  mr_buffer_consume (buffer, 3);
  g_assert_cmpint (mr_buffer_find_lf (buffer, 0), ==, 2);
}

/* The same appends and consumes on a GString: the content never differs. */
static void
test_model (void)
{
  const gsize max = 5000;
  g_autoptr (MrBuffer) buffer = mr_buffer_new (max);
  g_autoptr (GString) model = g_string_new (NULL);
  guint8 bytes[700];
  gsize len;

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)(i * 7 + 3);
  for (int step = 0; step < 20000; step++) {
    gsize n = (gsize)g_test_rand_int_range (0, sizeof bytes);
    if (g_test_rand_bit ()) {
      gsize from = (gsize)g_test_rand_int_range (0, (int)(sizeof bytes - n) + 1);
      gboolean fits = model->len + n <= max;
      g_assert_cmpint (mr_buffer_append (buffer, bytes + from, n), ==, fits);
      if (fits)
        g_string_append_len (model, (const char *)bytes + from, (gssize)n);
    } else {
      n = MIN (n, model->len);
      mr_buffer_consume (buffer, n);
      g_string_erase (model, 0, (gssize)n);
    }
    const guint8 *data = mr_buffer_peek (buffer, &len);
    g_assert_cmpmem (data, len, model->str, model->len);
    g_assert_cmpuint (mr_buffer_room (buffer), ==, max - model->len);
  }
}

/* What the wipe overwrites is looked at through the block itself, which a small buffer keeps. */
static void
test_wipe (void)
{
  g_autoptr (MrBuffer) buffer = mr_buffer_new (1024);
  gsize len;

  g_assert_true (mr_buffer_append_str (buffer, "AUTH PLAIN secret"));
  mr_buffer_consume (buffer, 5);
  const guint8 *block = mr_buffer_peek (buffer, &len) - 5;
  mr_buffer_wipe (buffer);
  for (gsize i = 0; i < strlen ("AUTH PLAIN secret"); i++)
    g_assert_cmpint (block[i], ==, 0);
  g_assert_cmpuint (mr_buffer_length (buffer), ==, 0);
  g_assert_true (mr_buffer_append_str (buffer, "again"));
  assert_content (buffer, "again");
}

/* A large block is given back by clear and the buffer goes on. */
static void
test_clear_large (void)
{
  g_autoptr (MrBuffer) buffer = mr_buffer_new (1024 * 1024);
  g_autofree char *megabyte = g_strnfill (1024 * 1024, 'x');

  g_assert_true (mr_buffer_append (buffer, megabyte, 1024 * 1024));
  mr_buffer_clear (buffer);
  g_assert_true (mr_buffer_append_str (buffer, "small"));
  assert_content (buffer, "small");
  mr_buffer_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffer/append-and-consume", test_append_and_consume);
  g_test_add_func ("/buffer/maximum", test_maximum);
  g_test_add_func ("/buffer/find-lf", test_find_lf);
  g_test_add_func ("/buffer/model", test_model);
  g_test_add_func ("/buffer/wipe", test_wipe);
  g_test_add_func ("/buffer/clear-large", test_clear_large);
  return g_test_run ();
}
