/* Archives that reports come in: zip, gzip, plain, broken ones and bombs. */
#include "mail/unpack.h"

#include <gio/gio.h>
#include <string.h>

static GBytes *
gzip (const void *data, gsize len)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_data (data, (gssize)len, NULL);
  g_autoptr (GInputStream) coded = g_converter_input_stream_new (plain, G_CONVERTER (compressor));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_assert_cmpint (g_output_stream_splice (out, coded, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL), >, 0);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
put (GByteArray *out, guint32 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++) {
    guint8 byte = (guint8)(value >> (8 * i));
    g_byte_array_append (out, &byte, 1);
  }
}

static guint32
crc (const char *text)
{
  guint32 value = 0xffffffff;

  for (; *text != '\0'; text++) {
    value ^= (guint8)*text;
    for (guint i = 0; i < 8; i++)
      value = value & 1 ? (value >> 1) ^ 0xedb88320 : value >> 1;
  }
  return ~value;
}

/* A member that is stored as it is. */
static void
member (GByteArray *out, const char *name, const char *text)
{
  put (out, 0x04034b50, 4);
  put (out, 20, 2);
  put (out, 0, 2);
  put (out, 0, 2); /* stored */
  put (out, 0, 4);
  put (out, crc (text), 4);
  put (out, (guint32)strlen (text), 4);
  put (out, (guint32)strlen (text), 4);
  put (out, (guint32)strlen (name), 2);
  put (out, 0, 2);
  g_byte_array_append (out, (const guint8 *)name, (guint)strlen (name));
  g_byte_array_append (out, (const guint8 *)text, (guint)strlen (text));
}

static GBytes *
zip (guint members)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < members; i++) {
    g_autofree char *name = g_strdup_printf ("report%u.xml", i);
    g_autofree char *text = g_strdup_printf ("<feedback>%u</feedback>", i);
    member (out, name, text);
  }
  put (out, 0x06054b50, 4);
  for (guint i = 0; i < 18; i++)
    put (out, 0, 1);
  return g_byte_array_free_to_bytes (out);
}

static gint
error_of (GBytes *bytes)
{
  g_autoptr (GBytes) given = bytes;
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_unpack (given, &error));
  g_assert_nonnull (error);
  return error->code;
}

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = g_bytes_new_static ("<feedback/>", 11), zipped = zip (3),
                     gzipped = gzip ("<feedback/>", 11);
  g_autoptr (GPtrArray) one = mr_unpack (plain, &error), three = mr_unpack (zipped, &error);
  g_autoptr (GPtrArray) unzipped = mr_unpack (gzipped, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_true (g_bytes_equal (one->pdata[0], plain));
  g_assert_cmpuint (three->len, ==, 3);
  g_assert_cmpmem (g_bytes_get_data (three->pdata[2], NULL), g_bytes_get_size (three->pdata[2]),
                   "<feedback>2</feedback>", 22);
  g_assert_cmpuint (unzipped->len, ==, 1);
  g_assert_true (g_bytes_equal (unzipped->pdata[0], plain));
}

static void
test_bad (void)
{
  g_autofree char *zeros = g_malloc0 (MR_UNPACK_MAX_OUT + 1);
  g_autoptr (GBytes) whole = gzip ("some text that is long enough", 29);
  GBytes *cut = g_bytes_new (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole) - 12);

  g_assert_cmpint (error_of (gzip (zeros, MR_UNPACK_MAX_OUT + 1)), ==, MR_ERROR_TOO_BIG);
  g_assert_cmpint (error_of (zip (MR_UNPACK_MAX_FILES + 1)), ==, MR_ERROR_TOO_BIG);
  g_assert_cmpint (error_of (cut), ==, MR_ERROR_CORRUPT);
  g_assert_cmpint (error_of (g_bytes_new_static ("PK\003\004 rubbish", 12)), ==, MR_ERROR_CORRUPT);
  g_assert_cmpint (error_of (g_bytes_new (zeros, MR_UNPACK_MAX_IN + 1)), ==, MR_ERROR_TOO_BIG);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unpack/good", test_good);
  g_test_add_func ("/unpack/bad", test_bad);
  return g_test_run ();
}
