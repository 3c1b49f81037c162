/* Streaming reader of a message header; see header.h.
 *
 * Invariants: each byte is looked at a fixed number of times, however the stream is cut; nothing beyond max bytes
 * is kept; until the end is known only offsets are noted, then names and fields move into one block, so that
 * pointers handed out stay valid as long as the reader. A line is looked at once it is complete. /
 */
#include "mail/header.h"

#include <string.h>

#include "mail/field.h"

typedef struct {
  gsize start, len, name_len;
} Span;

struct _MrHeaderReader {
  gsize max;
  MrHeaderStatus status;
  GString *data;  /* bytes of the header, complete lines and the one that is being read */
  gsize line;     /* where the line that is being read starts */
  GArray *spans;  /* of Span */
  gboolean blank; /* the empty line has come */
  gsize rest;     /* where the bytes of the body start in data */
  char *block;    /* names and fields, each with a NUL */
  MrHeaderField *fields;
  gboolean has_8bit;
};

MrHeaderReader *
mr_header_reader_new (gsize max)
{
  MrHeaderReader *reader = g_new0 (MrHeaderReader, 1);

  reader->max = max;
  reader->data = g_string_sized_new (MIN (max, 2048));
  reader->spans = g_array_sized_new (FALSE, FALSE, sizeof (Span), 32);
  return reader;
}

void
mr_header_reader_free (MrHeaderReader *reader)
{
  if (reader == NULL)
    return;
  g_string_free (reader->data, TRUE);
  g_array_unref (reader->spans);
  g_free (reader->block);
  g_free (reader->fields);
  g_free (reader);
}

static MrHeaderStatus
finish (MrHeaderReader *reader, gsize rest)
{
  const char *data = reader->data->str;
  gsize total = 0;
  char *to;

  for (guint i = 0; i < reader->spans->len; i++) {
    const Span *span = &g_array_index (reader->spans, Span, i);
    total += span->name_len + span->len + 2;
  }
  reader->block = g_malloc (total + 1);
  reader->fields = g_new (MrHeaderField, reader->spans->len + 1);
  to = reader->block;
  for (guint i = 0; i < reader->spans->len; i++) {
    const Span *span = &g_array_index (reader->spans, Span, i);
    MrHeaderField *field = &reader->fields[i];
    field->name = to;
    memcpy (to, data + span->start, span->name_len);
    to += span->name_len;
    *to++ = '\0';
    field->raw = to;
    field->raw_len = span->len;
    memcpy (to, data + span->start, span->len);
    to += span->len;
    *to++ = '\0';
  }
  reader->has_8bit = mr_bytes_have_8bit (data, rest);
  reader->rest = rest;
  reader->status = MR_HEADER_DONE;
  return reader->status;
}

/* The line from reader->line to the end of data is complete. */
static MrHeaderStatus
take_line (MrHeaderReader *reader)
{
  gsize start = reader->line, len = reader->data->len - start, name_len;
  Span span = { start, len, 0 };

  switch (mr_line_kind (reader->data->str + start, len, &name_len)) {
  case MR_LINE_FIELD:
    span.name_len = name_len;
    g_array_append_val (reader->spans, span);
    break;
  case MR_LINE_CONTINUATION:
    if (reader->spans->len == 0)
      return finish (reader, start);
    g_array_index (reader->spans, Span, reader->spans->len - 1).len += len;
    break;
  case MR_LINE_BLANK:
    reader->blank = TRUE;
    return finish (reader, reader->data->len);
  case MR_LINE_OTHER:
  default:
    return finish (reader, start);
  }
  reader->line = reader->data->len;
  return MR_HEADER_MORE;
}

MrHeaderStatus
mr_header_reader_feed (MrHeaderReader *reader, const void *data, gsize len, gsize *ret_used)
{
  const char *bytes = data;
  gsize used = 0;

  while (reader->status == MR_HEADER_MORE && used < len) {
    const char *lf = memchr (bytes + used, '\n', len - used);
    gsize n = lf != NULL ? (gsize)(lf - bytes) + 1 - used : len - used;
    if (n > reader->max - reader->data->len) {
      reader->status = MR_HEADER_TOO_BIG;
      break;
    }
    g_string_append_len (reader->data, bytes + used, (gssize)n);
    used += n;
    n = reader->data->len - reader->line;
    if (lf != NULL && n >= 2 && reader->data->str[reader->data->len - 2] == '\r')
      reader->status = take_line (reader);
  }
  *ret_used = used;
  return reader->status;
}

MrHeaderStatus
mr_header_reader_end (MrHeaderReader *reader)
{
  gsize start = reader->line, len = reader->data->len - start, name_len;
  MrLineKind kind;

  if (reader->status != MR_HEADER_MORE)
    return reader->status;
  kind = len > 0 ? mr_line_kind (reader->data->str + start, len, &name_len) : MR_LINE_OTHER;
  if (kind == MR_LINE_FIELD || (kind == MR_LINE_CONTINUATION && reader->spans->len > 0)) {
    /* The last field lacks only its line end: it gets one, for it would mean nothing as body. */
    if (reader->data->len + 2 > reader->max) {
      reader->status = MR_HEADER_TOO_BIG;
      return reader->status;
    }
    g_string_append (reader->data, reader->data->str[reader->data->len - 1] == '\r' ? "\n" : "\r\n");
    take_line (reader);
    start = reader->data->len;
  }
  return finish (reader, start);
}

gboolean
mr_header_reader_missing_blank (MrHeaderReader *reader, const guint8 **ret_rest, gsize *ret_len)
{
  gboolean missing = reader->status == MR_HEADER_DONE && !reader->blank;

  *ret_rest = (const guint8 *)reader->data->str + (missing ? reader->rest : reader->data->len);
  *ret_len = missing ? reader->data->len - reader->rest : 0;
  return missing;
}

guint
mr_header_reader_n_fields (MrHeaderReader *reader)
{
  return reader->fields != NULL ? reader->spans->len : 0;
}

const MrHeaderField *
mr_header_reader_get_field (MrHeaderReader *reader, guint i)
{
  g_return_val_if_fail (i < mr_header_reader_n_fields (reader), NULL);
  return &reader->fields[i];
}

static gboolean
has_name (MrHeaderReader *reader, guint i, const char *name)
{
  return g_ascii_strcasecmp (reader->fields[i].name, name) == 0;
}

guint
mr_header_reader_count (MrHeaderReader *reader, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < mr_header_reader_n_fields (reader); i++)
    n += has_name (reader, i, name) ? 1 : 0;
  return n;
}

char *
mr_header_reader_dup_value (MrHeaderReader *reader, const char *name)
{
  for (guint i = 0; i < mr_header_reader_n_fields (reader); i++) {
    if (has_name (reader, i, name)) {
      const MrHeaderField *field = &reader->fields[i];
      gsize skip = (gsize)((const char *)memchr (field->raw, ':', field->raw_len) - field->raw) + 1;
      return mr_field_dup_text (field->raw + skip, field->raw_len - skip);
    }
  }
  return NULL;
}

char *
mr_header_reader_dup_decoded (MrHeaderReader *reader, const char *name)
{
  g_autofree char *value = mr_header_reader_dup_value (reader, name);

  return value != NULL ? mr_field_decode (value) : NULL;
}

gboolean
mr_header_reader_has_8bit (MrHeaderReader *reader)
{
  return reader->has_8bit;
}
