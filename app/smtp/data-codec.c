/* The bytes of a message between DATA and the final dot: reader and writer (RFC 5321 2.3.8, 4.1.1.4, 4.5.2).
 *
 * Reader: only CRLF "." CRLF ends a message. A dot that is alone on a line but not between two CRLFs is content and
 * comes out as such; any other leading dot is removed, after a bare LF too, since who sends bare LFs stuffs the same
 * lines. A NUL is never taken. The first thing wrong is remembered and the rest is read up to the end of the message without being given
 * out.
 *
 * Both directions pass long runs untouched: two memchr() a line, no copy by bytes.
 */
#include "smtp/data-codec.h"

#include <string.h>

enum {
  LINE_START,    /* after CRLF, and at the beginning */
  LINE_START_LF, /* after a bare LF */
  DOT,           /* a dot at LINE_START, held back */
  DOT_LF,        /* a dot at LINE_START_LF, held back */
  DOT_CR,        /* the dot and a CR, held back */
  DOT_LF_CR,
  TEXT,
  TEXT_CR /* a CR in the text, held back: its LF may follow */
};

static const guint8 crlf[] = "\r\n";
static const guint8 dot_line[] = ".\r\n";

/* What mr_data_writer_add() keeps free: a held back CR with its LF, then END_MAX. */
#define WRITER_RESERVE 16
/* CRLF "." CRLF */
#define END_MAX 5
/* A run is looked at in windows, so that bytes full of lone CRs and LFs cost no scan of the whole rest for each. */
#define WRITER_WINDOW 4096

void
mr_data_reader_init (MrDataReader *reader, MrBareMode bare, guint64 max_size, gsize max_line)
{
  *reader = (MrDataReader){ .bare = bare, .max_size = max_size, .max_line = max_line, .state = LINE_START };
}

static void
fail (MrDataReader *reader, MrSmtpDataError error)
{
  if (reader->error == MR_DATA_OK)
    reader->error = error;
}

static void
give (MrDataReader *reader, const guint8 *bytes, gsize len, const guint8 **ret_out, gsize *ret_len)
{
  *ret_out = bytes;
  *ret_len = 0;
  if (reader->error != MR_DATA_OK)
    return;
  gboolean too_big = reader->max_size > 0 && len > reader->max_size - reader->size;
  if (too_big)
    len = (gsize)(reader->max_size - reader->size);
  /* The first thing wrong, however the bytes were cut. */
  const guint8 *nul = len > 0 ? memchr (bytes, '\0', len) : NULL;
  if (nul != NULL) {
    len = (gsize)(nul - bytes);
    fail (reader, MR_DATA_NUL);
  } else if (too_big)
    fail (reader, MR_DATA_TOO_BIG);
  reader->size += len;
  *ret_len = len;
}

static void
give_bare_lf (MrDataReader *reader, const guint8 *bytes, gsize len, const guint8 **ret_out, gsize *ret_len)
{
  if (reader->bare == MR_BARE_REFUSE)
    fail (reader, MR_DATA_BARE_LF);
  give (reader, bytes, len, ret_out, ret_len);
  reader->state = LINE_START_LF;
  reader->line = 0;
}

/* One byte in a state that holds something back or begins a line. FALSE: the byte belongs to the text. */
static gboolean
read_held (MrDataReader *reader, guint8 byte, gboolean *ret_end, const guint8 **ret_out, gsize *ret_len)
{
  gboolean after_lf = reader->state == LINE_START_LF || reader->state == DOT_LF || reader->state == DOT_LF_CR;

  switch (reader->state) {
  case LINE_START:
  case LINE_START_LF:
    if (byte != '.')
      break;
    reader->state = after_lf ? DOT_LF : DOT;
    return TRUE;
  case DOT:
  case DOT_LF:
    if (byte == '\r')
      reader->state = after_lf ? DOT_LF_CR : DOT_CR;
    else if (byte == '\n')
      give_bare_lf (reader, dot_line, 3, ret_out, ret_len);
    else
      break;
    return TRUE;
  case DOT_CR:
  case DOT_LF_CR:
    if (byte != '\n') {
      fail (reader, MR_DATA_BARE_CR);
      break;
    }
    if (after_lf)
      give (reader, dot_line, 3, ret_out, ret_len);
    *ret_end = !after_lf;
    reader->state = LINE_START;
    reader->line = 0;
    return TRUE;
  case TEXT_CR:
    if (byte != '\n') {
      fail (reader, MR_DATA_BARE_CR);
      break;
    }
    give (reader, crlf, 2, ret_out, ret_len);
    reader->state = LINE_START;
    reader->line = 0;
    return TRUE;
  default:
    break;
  }
  reader->state = TEXT;
  return FALSE;
}

/* Counts the bytes from *at up to to as content of the line. FALSE: too many; *at is where the limit was passed. */
static gboolean
count_line (MrDataReader *reader, const guint8 **at, const guint8 *to)
{
  gsize len = (gsize)(to - *at);

  if (reader->max_line > 0 && len > reader->max_line - MIN (reader->line, reader->max_line)) {
    if (reader->error == MR_DATA_OK) {
      *at += reader->max_line - reader->line;
      reader->line = reader->max_line;
      return FALSE;
    }
  }
  reader->line += len;
  *at = to;
  return TRUE;
}

/* A run of text that leaves as it came. Returns the bytes done with. */
static gsize
read_text (MrDataReader *reader, const guint8 *data, gsize len, const guint8 **ret_out, gsize *ret_len)
{
  const guint8 *end = data + len;
  const guint8 *at = data;
  const guint8 *lf = NULL;
  gsize used;
  gsize run;
  MrSmtpDataError error = MR_DATA_OK;

  for (;;) {
    const guint8 *cr;
    const guint8 *stop;

    if (lf == NULL || lf < at)
      lf = memchr (at, '\n', (gsize)(end - at));
    if (lf == NULL)
      lf = end;
    cr = memchr (at, '\r', (gsize)(lf - at));
    stop = cr != NULL ? cr : lf;
    if (!count_line (reader, &at, stop)) {
      error = MR_DATA_LONG_LINE;
      run = used = (gsize)(at - data);
    } else if (stop == end) {
      run = used = len;
    } else if (cr == NULL) {
      /* A bare LF: what stands before it first, in the next call the LF itself. */
      if (at == data) {
        give_bare_lf (reader, crlf, 2, ret_out, ret_len);
        return 1;
      }
      run = used = (gsize)(at - data);
    } else if (cr + 1 == end) {
      reader->state = TEXT_CR;
      run = len - 1;
      used = len;
    } else if (cr + 1 == lf) {
      at = lf + 1;
      reader->line = 0;
      if (at < end && *at != '.' && *at != '\n')
        continue;
      reader->state = LINE_START;
      run = used = (gsize)(at - data);
    } else if (reader->error != MR_DATA_OK) {
      at = cr + 1;
      continue;
    } else {
      error = MR_DATA_BARE_CR;
      run = (gsize)(at - data);
      used = run + 1;
    }
    break;
  }
  give (reader, data, run, ret_out, ret_len);
  if (error != MR_DATA_OK)
    fail (reader, error);
  return used;
}

gboolean
mr_data_reader_feed (MrDataReader *reader, const guint8 *data, gsize len, gsize *ret_used, const guint8 **ret_out,
                     gsize *ret_len)
{
  gsize used = 0;
  gboolean end = FALSE;

  *ret_out = NULL;
  *ret_len = 0;
  while (used < len && !end && *ret_len == 0) {
    if (reader->state != TEXT && read_held (reader, data[used], &end, ret_out, ret_len))
      used++;
    else
      used += read_text (reader, data + used, len - used, ret_out, ret_len);
  }
  *ret_used = used;
  return end;
}

void
mr_data_writer_init (MrDataWriter *writer)
{
  *writer = (MrDataWriter){ .line_start = TRUE };
}

gsize
mr_data_writer_room (gsize room)
{
  return room > WRITER_RESERVE ? (room - WRITER_RESERVE) / 2 : 0;
}

/* The room was reckoned before. */
static void
put (MrBuffer *out, const void *bytes, gsize len)
{
  if (len > 0 && !mr_buffer_append (out, bytes, len))
    g_assert_not_reached ();
}

/* Text without CR and LF, with a dot stuffed where it begins a line. */
static void
put_text (MrDataWriter *writer, MrBuffer *out, const guint8 *bytes, gsize len)
{
  if (len == 0)
    return;
  if (writer->line_start && bytes[0] == '.')
    put (out, ".", 1);
  put (out, bytes, len);
  writer->line_start = FALSE;
}

static void
put_line_end (MrDataWriter *writer, MrBuffer *out)
{
  put (out, crlf, 2);
  writer->line_start = TRUE;
}

/* Writes what stands at data up to and with the first place that cannot leave as it came. Returns the bytes taken. */
static gsize
write_run (MrDataWriter *writer, MrBuffer *out, const guint8 *data, gsize len)
{
  const guint8 *end = data + len;
  const guint8 *run = data; /* where the bytes not yet written begin: always the beginning of a text or line */
  const guint8 *at = data;

  for (;;) {
    const guint8 *lf = memchr (at, '\n', (gsize)(end - at));
    const guint8 *cr = memchr (at, '\r', (gsize)((lf != NULL ? lf : end) - at));

    if (lf != NULL && cr != NULL && cr + 1 == lf) {
      at = lf + 1;
      if (at < end && *at != '.')
        continue;
      put_text (writer, out, run, (gsize)(at - run));
      writer->line_start = TRUE;
      return (gsize)(at - data);
    }
    if (cr == NULL && lf == NULL) {
      put_text (writer, out, run, (gsize)(end - run));
      return len;
    }
    if (cr == NULL) {
      put_text (writer, out, run, (gsize)(lf - run));
      put_line_end (writer, out);
      return (gsize)(lf + 1 - data);
    }
    put_text (writer, out, run, (gsize)(cr - run));
    if (cr + 1 == end)
      writer->cr = TRUE;
    else
      put_line_end (writer, out);
    return (gsize)(cr + 1 - data);
  }
}

gboolean
mr_data_writer_add (MrDataWriter *writer, MrBuffer *out, const void *data, gsize len)
{
  const guint8 *bytes = data;
  gsize used = 0;

  if (len > mr_data_writer_room (mr_buffer_room (out)))
    return FALSE;
  writer->bytes += len;
  while (used < len) {
    if (writer->cr) {
      writer->cr = FALSE;
      put_line_end (writer, out);
      if (bytes[used] == '\n')
        used++;
    } else
      used += write_run (writer, out, bytes + used, MIN (len - used, WRITER_WINDOW));
  }
  return TRUE;
}

gboolean
mr_data_writer_end (MrDataWriter *writer, MrBuffer *out)
{
  if (mr_buffer_room (out) < END_MAX)
    return FALSE;
  if (writer->cr || !writer->line_start)
    put_line_end (writer, out);
  writer->cr = FALSE;
  put (out, dot_line, 3);
  return TRUE;
}
