/* The bytes between DATA and the final dot: all short byte strings over an alphabet of trouble, at every cut, against
 * an oracle that sees the whole string; and named smuggling sequences in both directions. */
#include <string.h>

#include "smtp/data-codec.h"

/* What a reader makes of bytes. */
typedef struct {
  GString *out;
  gsize used; /* up to and with the final dot's CRLF */
  gboolean end;
  MrSmtpDataError error;
  guint64 size;
} Result;

static void
result_clear (Result *result)
{
  g_string_free (result->out, TRUE);
}

static void
read_piece (MrDataReader *reader, const char *bytes, gsize len, Result *result)
{
  gsize at = 0;

  while (at < len && !result->end) {
    const guint8 *out;
    gsize out_len, used;

    result->end = mr_data_reader_feed (reader, (const guint8 *)bytes + at, len - at, &used, &out, &out_len);
    g_assert_true (used > 0 || out_len > 0 || reader->error != MR_DATA_OK);
    g_string_append_len (result->out, (const char *)out, (gssize)out_len);
    at += used;
  }
  result->used += at;
}

static Result
read_cut (MrBareMode bare, guint64 max_size, gsize max_line, const char *bytes, gsize len, gsize cut)
{
  MrDataReader reader;
  Result result = { .out = g_string_new (NULL) };

  mr_data_reader_init (&reader, bare, max_size, max_line);
  read_piece (&reader, bytes, cut, &result);
  if (!result.end)
    read_piece (&reader, bytes + cut, len - cut, &result);
  result.error = reader.error;
  result.size = reader.size;
  g_assert_cmpuint (result.size, ==, result.out->len);
  return result;
}

/* The oracle: looks at whole lines. Output is told only where nothing is wrong. */
static Result
oracle (MrBareMode bare, const char *bytes, gsize len)
{
  Result result = { .out = g_string_new (NULL) };
  gboolean after_crlf = TRUE;
  gsize at = 0;

  while (at < len) {
    const char *lf = memchr (bytes + at, '\n', len - at);
    gsize line_end, content;
    gboolean crlf;
    const char *line = bytes + at;

    if (lf == NULL)
      break;
    line_end = (gsize)(lf - bytes);
    crlf = line_end > at && bytes[line_end - 1] == '\r';
    content = line_end - at - (crlf ? 1 : 0);
    if (content == 1 && line[0] == '.' && crlf && after_crlf) {
      result.end = TRUE;
      result.used = line_end + 1;
      break;
    }
    for (gsize i = 0; i < content && result.error == MR_DATA_OK; i++)
      result.error = line[i] == '\r' ? MR_DATA_BARE_CR : line[i] == '\0' ? MR_DATA_NUL : MR_DATA_OK;
    if (!crlf && bare == MR_BARE_REFUSE && result.error == MR_DATA_OK)
      result.error = MR_DATA_BARE_LF;
    if (content > 1 && line[0] == '.')
      g_string_append_len (result.out, line + 1, (gssize)content - 1);
    else
      g_string_append_len (result.out, line, (gssize)content);
    g_string_append (result.out, "\r\n");
    after_crlf = crlf;
    at = line_end + 1;
  }
  return result;
}

static const char alphabet[] = { 'a', '.', '\r', '\n', '\0' };

/* Calls check with all strings of up to max bytes over the alphabet, tail appended. */
static void
for_all (guint max, const char *tail, void (*check) (const char *bytes, gsize len))
{
  char bytes[32];

  for (guint len = 0; len <= max; len++) {
    guint n = 1;

    for (guint i = 0; i < len; i++)
      n *= G_N_ELEMENTS (alphabet);
    for (guint k = 0; k < n; k++) {
      guint rest = k;

      for (guint i = 0; i < len; i++) {
        bytes[i] = alphabet[rest % G_N_ELEMENTS (alphabet)];
        rest /= G_N_ELEMENTS (alphabet);
      }
      memcpy (bytes + len, tail, strlen (tail));
      check (bytes, len + strlen (tail));
    }
  }
}

static void
check_reader (const char *bytes, gsize len)
{
  for (MrBareMode bare = MR_BARE_REFUSE; bare <= MR_BARE_LF_IS_EOL; bare++) {
    Result expected = oracle (bare, bytes, len);
    Result whole = read_cut (bare, 0, 0, bytes, len, 0);

    g_assert_true (expected.end && whole.end);
    g_assert_cmpuint (whole.used, ==, expected.used);
    g_assert_cmpint (whole.error, ==, expected.error);
    if (expected.error == MR_DATA_OK)
      g_assert_cmpmem (whole.out->str, whole.out->len, expected.out->str, expected.out->len);
    for (gsize cut = 1; cut < len; cut++) {
      Result part = read_cut (bare, 0, 0, bytes, len, cut);

      g_assert_true (part.end);
      g_assert_cmpuint (part.used, ==, whole.used);
      g_assert_cmpint (part.error, ==, whole.error);
      g_assert_cmpmem (part.out->str, part.out->len, whole.out->str, whole.out->len);
      result_clear (&part);
    }
    result_clear (&expected);
    result_clear (&whole);
  }
}

static void
test_reader_all (void)
{
  for_all (g_test_slow () ? 8 : 6, "\r\n.\r\n", check_reader);
}

/* Limits strike at the same byte wherever the input was cut. */
static void
check_limits (const char *bytes, gsize len)
{
  static const struct {
    guint64 size;
    gsize line;
  } limits[] = { { 1, 0 }, { 3, 0 }, { 0, 1 }, { 0, 2 }, { 4, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++) {
    Result whole = read_cut (MR_BARE_LF_IS_EOL, limits[i].size, limits[i].line, bytes, len, 0);

    g_assert_true (limits[i].size == 0 || whole.size <= limits[i].size);
    for (gsize cut = 1; cut < len; cut++) {
      Result part = read_cut (MR_BARE_LF_IS_EOL, limits[i].size, limits[i].line, bytes, len, cut);

      g_assert_cmpint (part.error, ==, whole.error);
      g_assert_cmpuint (part.used, ==, whole.used);
      g_assert_cmpmem (part.out->str, part.out->len, whole.out->str, whole.out->len);
      result_clear (&part);
    }
    result_clear (&whole);
  }
}

static void
test_reader_limits (void)
{
  for_all (5, "\r\n.\r\n", check_limits);
}

static void
test_reader_limit_edges (void)
{
  static const struct {
    const char *bytes;
    guint64 size;
    gsize line;
    MrSmtpDataError error;
  } cases[] = {
    { "12345\r\n.\r\n", 7, 0, MR_DATA_OK },
    { "12345\r\n.\r\n", 6, 0, MR_DATA_TOO_BIG },
    { "..345\r\n.\r\n", 6, 0, MR_DATA_OK },
    { "123\n.\r\n\r\n.\r\n", 10, 0, MR_DATA_OK },
    { "12345\r\n1\r\n.\r\n", 0, 5, MR_DATA_OK },
    { "123456\r\n1\r\n.\r\n", 0, 5, MR_DATA_LONG_LINE },
    { "1\r\n.12345\r\n.\r\n", 0, 5, MR_DATA_OK },
    { "1\r\n.123456\r\n.\r\n", 0, 5, MR_DATA_LONG_LINE },
    { "123456\r7\r\n.\r\n", 0, 5, MR_DATA_LONG_LINE },
    { "12345\r7\r\n.\r\n", 0, 5, MR_DATA_BARE_CR },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize len = strlen (cases[i].bytes);

    for (gsize cut = 0; cut < len; cut++) {
      Result result = read_cut (MR_BARE_LF_IS_EOL, cases[i].size, cases[i].line, cases[i].bytes, len, cut);

      g_assert_true (result.end);
      g_assert_cmpuint (result.used, ==, len);
      g_assert_cmpint (result.error, ==, cases[i].error);
      result_clear (&result);
    }
  }
}

/* What the writer sends for bytes, cut at cut. */
static GString *
write_cut (const char *bytes, gsize len, gsize cut)
{
  g_autoptr (MrBuffer) buffer = mr_buffer_new (4096);
  MrDataWriter writer;
  const guint8 *out;
  gsize out_len;

  mr_data_writer_init (&writer);
  g_assert_true (mr_data_writer_add (&writer, buffer, bytes, cut));
  g_assert_true (mr_data_writer_add (&writer, buffer, bytes + cut, len - cut));
  g_assert_true (mr_data_writer_end (&writer, buffer));
  g_assert_cmpuint (writer.bytes, ==, len);
  out = mr_buffer_peek (buffer, &out_len);
  return g_string_new_len ((const char *)out, (gssize)out_len);
}

/* CR, LF and CRLF are line ends, and the last line has one. */
static GString *
normalise (const char *bytes, gsize len)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < len; i++) {
    if (bytes[i] == '\r' && i + 1 < len && bytes[i + 1] == '\n')
      continue;
    if (bytes[i] == '\r' || bytes[i] == '\n')
      g_string_append (out, "\r\n");
    else
      g_string_append_c (out, bytes[i]);
  }
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append (out, "\r\n");
  return out;
}

/* Whatever was stored: no lone CR or LF, one end of the message and nothing behind it, and a strict reader gets the
 * lines back. */
static void
check_writer (const char *bytes, gsize len)
{
  g_autoptr (GString) whole = write_cut (bytes, len, 0);
  g_autoptr (GString) expected = normalise (bytes, len);
  Result back = read_cut (MR_BARE_REFUSE, 0, 0, whole->str, whole->len, 0);

  for (gsize i = 0; i < whole->len; i++) {
    if (whole->str[i] == '\n')
      g_assert_true (i > 0 && whole->str[i - 1] == '\r');
    if (whole->str[i] == '\r')
      g_assert_true (i + 1 < whole->len && whole->str[i + 1] == '\n');
  }
  g_assert_true (back.end);
  g_assert_cmpuint (back.used, ==, whole->len);
  /* A NUL is nothing the writer mends: it does not get that far. */
  g_assert_cmpint (back.error, ==, memchr (bytes, '\0', len) != NULL ? MR_DATA_NUL : MR_DATA_OK);
  if (back.error == MR_DATA_OK)
    g_assert_cmpmem (back.out->str, back.out->len, expected->str, expected->len);
  for (gsize cut = 1; cut < len; cut++) {
    g_autoptr (GString) part = write_cut (bytes, len, cut);

    g_assert_cmpmem (part->str, part->len, whole->str, whole->len);
  }
  result_clear (&back);
}

static void
test_writer_all (void)
{
  for_all (g_test_slow () ? 9 : 7, "", check_writer);
}

/* What came in over one connection leaves over another one as one message with the same lines. */
static void
check_through (const char *bytes, gsize len)
{
  Result in = read_cut (MR_BARE_LF_IS_EOL, 0, 0, bytes, len, 0);

  if (in.error == MR_DATA_OK) {
    g_autoptr (GString) wire = write_cut (in.out->str, in.out->len, 0);
    Result again = read_cut (MR_BARE_REFUSE, 0, 0, wire->str, wire->len, 0);

    g_assert_true (again.end);
    g_assert_cmpuint (again.used, ==, wire->len);
    g_assert_cmpint (again.error, ==, MR_DATA_OK);
    g_assert_cmpmem (again.out->str, again.out->len, in.out->str, in.out->len);
    result_clear (&again);
  }
  result_clear (&in);
}

static void
test_through_all (void)
{
  for_all (g_test_slow () ? 8 : 7, "\r\n.\r\n", check_through);
}

typedef struct {
  const char *name;
  const char *bytes;
  gsize len;
  MrSmtpDataError refuse, eol; /* in the two modes */
} Smuggling;

#define SEQUENCE(name, bytes, refuse, eol)                                                                             \
  {                                                                                                                    \
    name, bytes, sizeof (bytes) - 1, refuse, eol                                                                       \
  }

/* None of these ends a message. */
static const Smuggling sequences[] = {
  SEQUENCE ("LF.LF", "\n.\n", MR_DATA_BARE_LF, MR_DATA_OK),
  SEQUENCE ("LF.CRLF", "\n.\r\n", MR_DATA_BARE_LF, MR_DATA_OK),
  SEQUENCE ("CRLF.LF", "\r\n.\n", MR_DATA_BARE_LF, MR_DATA_OK),
  SEQUENCE ("CR.CR", "\r.\r", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("CR.CRLF", "\r.\r\n", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("CRLF.CR", "\r\n.\r", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("CR.LF", "\r.\n", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("LF.CR", "\n.\r", MR_DATA_BARE_LF, MR_DATA_BARE_CR),
  SEQUENCE ("CRCRLF.CRCRLF", "\r\r\n.\r\r\n", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("CRLF.CRCRLF", "\r\n.\r\r\n", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("CRLF NUL.CRLF", "\r\n\0.\r\n", MR_DATA_NUL, MR_DATA_NUL),
  SEQUENCE ("CRLF.NUL CRLF", "\r\n.\0\r\n", MR_DATA_NUL, MR_DATA_NUL),
  SEQUENCE ("CR NUL LF.CRLF", "\r\0\n.\r\n", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("CRLF.CR NUL LF", "\r\n.\r\0\n", MR_DATA_BARE_CR, MR_DATA_BARE_CR),
  SEQUENCE ("LF NUL.LF", "\n\0.\n", MR_DATA_BARE_LF, MR_DATA_NUL),
};

static void
test_smuggling (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sequences); i++) {
    const Smuggling *s = &sequences[i];
    g_autoptr (GString) bytes = g_string_new ("one");

    g_string_append_len (bytes, s->bytes, (gssize)s->len);
    g_string_append (bytes, "MAIL FROM:<x@example.com>\r\n.\r\n");
    g_test_message ("%s", s->name);
    for (gsize cut = 0; cut < bytes->len; cut++) {
      Result refuse = read_cut (MR_BARE_REFUSE, 0, 0, bytes->str, bytes->len, cut);
      Result eol = read_cut (MR_BARE_LF_IS_EOL, 0, 0, bytes->str, bytes->len, cut);

      g_assert_true (refuse.end && eol.end);
      g_assert_cmpuint (refuse.used, ==, bytes->len);
      g_assert_cmpuint (eol.used, ==, bytes->len);
      g_assert_cmpint (refuse.error, ==, s->refuse);
      g_assert_cmpint (eol.error, ==, s->eol);
      result_clear (&refuse);
      result_clear (&eol);
    }
    check_writer (bytes->str, bytes->len);
  }
}

static void
test_room (void)
{
  g_autoptr (MrBuffer) out = mr_buffer_new (1000);
  MrDataWriter writer;
  char dots[1000];
  gsize room, len;
  const guint8 *written;

  /* The worst there is: each byte is doubled. */
  memset (dots, '\n', sizeof dots);
  mr_data_writer_init (&writer);
  room = mr_data_writer_room (mr_buffer_room (out));
  g_assert_cmpuint (room, >, 400);
  g_assert_false (mr_data_writer_add (&writer, out, dots, room + 1));
  g_assert_cmpuint (mr_buffer_length (out), ==, 0);
  g_assert_cmpuint (writer.bytes, ==, 0);
  g_assert_true (mr_data_writer_add (&writer, out, "\r", 1));
  room = mr_data_writer_room (mr_buffer_room (out));
  g_assert_true (mr_data_writer_add (&writer, out, dots, room));
  g_assert_true (mr_data_writer_end (&writer, out));
  written = mr_buffer_peek (out, &len);
  g_assert_cmpmem (written + len - 5, 5, "\r\n.\r\n", 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/data/reader/all", test_reader_all);
  g_test_add_func ("/smtp/data/reader/limits", test_reader_limits);
  g_test_add_func ("/smtp/data/reader/limit-edges", test_reader_limit_edges);
  g_test_add_func ("/smtp/data/writer/all", test_writer_all);
  g_test_add_func ("/smtp/data/through/all", test_through_all);
  g_test_add_func ("/smtp/data/smuggling", test_smuggling);
  g_test_add_func ("/smtp/data/room", test_room);
  return g_test_run ();
}
