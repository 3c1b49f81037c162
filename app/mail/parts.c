/* A message taken apart for reading; see parts.h. The structure is read by mime.c, which is bounded in depth and number;
 * GMime decodes. */
#include "config.h"

#include "mail/parts-private.h"

#include <string.h>

#include <gmime/gmime.h>

#include "mail/field.h"

#define VALUE_MAX  4096
#define HEADER_MAX (256 * 1024)

static void
field_free (gpointer data)
{
  MrMailField *field = data;

  g_free (field->name);
  g_free (field->value);
  g_free (field);
}

static void
part_free (gpointer data)
{
  MrMailPart *part = data;

  g_free (part->type);
  g_free (part->text);
  g_clear_pointer (&part->fields, g_ptr_array_unref);
  g_free (part);
}

void
mr_mail_parts_free (MrMailParts *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->parts);
  g_free (self->type);
  g_free (self->report_type);
  g_free (self);
}

/* ---- fields ---- */

GPtrArray *
mr_part_read_fields (const char *data, gsize len, gsize *ret_used)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (field_free);
  MrFieldSpan span;
  gsize pos = 0;

  while (fields->len < MR_FIELDS_MAX && mr_field_next (data, len, &pos, &span)) {
    MrMailField *field = g_new0 (MrMailField, 1);
    gsize value_len = MIN (span.end - span.value, VALUE_MAX);
    g_autofree char *text = mr_field_dup_text (data + span.value, value_len);
    g_autofree char *decoded = mr_field_decode (text);

    field->name = g_strndup (data + span.start, span.name_len);
    field->value = g_utf8_make_valid (decoded, (gssize)MIN (strlen (decoded), VALUE_MAX));
    g_ptr_array_add (fields, field);
  }
  if (ret_used != NULL)
    *ret_used = pos;
  return fields;
}

GString *
mr_part_with_crlf (const char *data, gsize len)
{
  GString *out = g_string_sized_new (len + len / 16 + 2);

  for (gsize i = 0; i < len; i++) {
    if (data[i] == '\r' && i + 1 < len && data[i + 1] == '\n')
      continue;
    if (data[i] == '\r' || data[i] == '\n')
      g_string_append (out, "\r\n");
    else
      g_string_append_c (out, data[i]);
  }
  return out;
}

GPtrArray *
mr_mail_fields_read (const char *text, gsize len, gsize *ret_used)
{
  g_autoptr (GString) crlf = mr_part_with_crlf (text, MIN (len, HEADER_MAX));
  gsize used = 0, lines = 0, pos = 0;
  GPtrArray *fields = mr_part_read_fields (crlf->str, crlf->len, &used);

  if (ret_used == NULL)
    return fields;
  /* The same number of lines in the text as it came. */
  for (gsize i = 0; i < used; i++)
    lines += crlf->str[i] == '\n';
  while (lines > 0 && pos < len) {
    const char *lf = memchr (text + pos, '\n', len - pos);

    pos = lf != NULL ? (gsize)(lf - text) + 1 : len;
    lines--;
  }
  *ret_used = pos;
  return fields;
}

const char *
mr_mail_fields_get (const GPtrArray *fields, const char *name)
{
  for (guint i = 0; fields != NULL && i < fields->len; i++) {
    const MrMailField *field = fields->pdata[i];

    if (g_ascii_strcasecmp (field->name, name) == 0)
      return field->value;
  }
  return NULL;
}

/* ---- decoding ---- */

char *
mr_part_to_utf8 (const char *data, gsize len, const char *charset)
{
  char *converted = NULL;
  iconv_t converter;

  if (g_utf8_validate (data, (gssize)len, NULL)
      && (charset == NULL || g_ascii_strncasecmp (charset, "iso-2022", 8) != 0)
      && (charset == NULL || g_ascii_strcasecmp (charset, "unicode-1-1-utf-7") == 0
          || g_ascii_strncasecmp (charset, "utf-7", 5) != 0))
    return g_strndup (data, len);
  mr_mime_init ();
  converter = charset != NULL ? g_mime_iconv_open ("UTF-8", charset) : (iconv_t)-1;
  if (converter != (iconv_t)-1) {
    converted = g_mime_iconv_strndup (converter, data, len);
    g_mime_iconv_close (converter);
  }
  if (converted != NULL && g_utf8_validate (converted, -1, NULL))
    return converted;
  g_free (converted);
  return g_utf8_make_valid (data, (gssize)len);
}

/* Some servers encode and do not say so. */
static gboolean
looks_quoted_printable (const char *data, gsize len)
{
  guint soft = 0, escapes = 0;

  for (gsize i = 0; i + 2 < len && (soft == 0 || escapes == 0); i++) {
    if (data[i] != '=')
      continue;
    soft += data[i + 1] == '\r' || data[i + 1] == '\n';
    escapes += g_ascii_isxdigit (data[i + 1]) && g_ascii_isxdigit (data[i + 2]);
  }
  return soft > 0 && escapes > 0;
}

GString *
mr_part_decode (const char *data, gsize len, MrMimeEncoding encoding)
{
  GMimeContentEncoding kind = encoding == MR_MIME_BASE64             ? GMIME_CONTENT_ENCODING_BASE64
                              : encoding == MR_MIME_QUOTED_PRINTABLE ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                                     : GMIME_CONTENT_ENCODING_DEFAULT;
  GString *out = g_string_new (NULL);
  GMimeEncoding state;

  if (kind == GMIME_CONTENT_ENCODING_DEFAULT && looks_quoted_printable (data, len))
    kind = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  if (kind == GMIME_CONTENT_ENCODING_DEFAULT)
    return g_string_append_len (out, data, (gssize)len);
  mr_mime_init ();
  g_mime_encoding_init_decode (&state, kind);
  g_string_set_size (out, g_mime_encoding_outlen (&state, len) + 8);
  g_string_set_size (out, g_mime_encoding_flush (&state, data, len, out->str));
  return out;
}

/* CR and CRLF as LF, NUL as a space. */
char *
mr_part_with_lf (const char *text, gsize len)
{
  GString *out = g_string_sized_new (len + 1);

  for (gsize i = 0; i < len; i++) {
    if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
      continue;
    g_string_append_c (out, text[i] == '\r' ? '\n' : text[i] == '\0' ? ' ' : text[i]);
  }
  return g_string_free (out, FALSE);
}

char *
mr_part_dup_parameter (const char *content_type, const char *name)
{
  GMimeContentType *type;
  char *value;

  mr_mime_init ();
  type = g_mime_content_type_parse (NULL, content_type);
  value = g_strdup (g_mime_content_type_get_parameter (type, name));
  g_object_unref (type);
  return value;
}

static char *
part_text (const char *data, const MrMimePart *mime)
{
  g_autoptr (GPtrArray) fields = mr_part_read_fields (data + mime->header, mime->blank - mime->header, NULL);
  const char *content_type = mr_mail_fields_get (fields, "Content-Type");
  g_autofree char *charset = content_type != NULL ? mr_part_dup_parameter (content_type, "charset") : NULL;
  gsize len = mime->end > mime->body ? MIN (mime->end - mime->body, MR_PARTS_TEXT_MAX) : 0;
  g_autoptr (GString) bytes = mr_part_decode (data + mime->body, len, mime->encoding);
  g_autofree char *lf = mr_part_with_lf (bytes->str, bytes->len);

  return mr_part_to_utf8 (lf, strlen (lf), charset);
}

/* ---- parts ---- */

static gboolean
is_text (const char *type)
{
  return type == NULL || g_str_has_prefix (type, "text/") || g_str_has_prefix (type, "message/");
}

static MrMailPart *
add_part (MrMailParts *self, const char *type, char *text)
{
  MrMailPart *part = g_new0 (MrMailPart, 1);

  part->type = g_strdup (type != NULL ? type : "text/plain");
  part->text = text;
  g_ptr_array_add (self->parts, part);
  return part;
}

static void
add_message (MrMailParts *self, const char *data, gsize from, gsize to)
{
  gsize len = MIN (to > from ? to - from : 0, MR_PARTS_TEXT_MAX);
  g_autofree char *lf = mr_part_with_lf (data + from, len);
  MrMailPart *part = add_part (self, "message/rfc822", g_utf8_make_valid (lf, -1));

  part->fields = mr_part_read_fields (data + from, len, NULL);
}

static void
add_leaves (MrMailParts *self, const char *data, const MrMimePart *mime)
{
  if (self->parts->len >= MR_PARTS_MAX)
    return;
  if (mime->kind == MR_MIME_MULTIPART) {
    for (guint i = 0; i < mime->children->len; i++)
      add_leaves (self, data, mime->children->pdata[i]);
    return;
  }
  if (mime->kind == MR_MIME_MESSAGE || g_strcmp0 (mime->type, "message/global") == 0)
    add_message (self, data, mime->body, mime->end);
  else
    add_part (self, mime->type, is_text (mime->type) ? part_text (data, mime) : g_strdup (""));
}

/* What a mailbox file or a careless paste puts in front of a message: blank lines and "From address date". */
static gsize
skip_envelope (const char *data, gsize len)
{
  gsize pos = 0;

  while (pos < len && strchr ("\r\n \t", data[pos]) != NULL && data[pos] != '\0')
    pos++;
  if (len - pos > 5 && (memcmp (data + pos, "From ", 5) == 0 || memcmp (data + pos, ">From", 5) == 0))
    while (pos < len && data[pos] != '\r' && data[pos] != '\n')
      pos++;
  while (pos < len && (data[pos] == '\r' || data[pos] == '\n'))
    pos++;
  return pos;
}

MrMailParts *
mr_mail_parts_read (const void *bytes, gsize len)
{
  gsize skip = skip_envelope (bytes, len);
  g_autoptr (GString) crlf = mr_part_with_crlf ((const char *)bytes + skip, MIN (len - skip, MR_PARTS_BYTES_MAX));
  g_autoptr (MrMimePart) mime = mr_mime_parse (crlf->str, crlf->len, NULL);
  MrMailParts *self = g_new0 (MrMailParts, 1);
  const char *content_type;
  gsize used = 0;

  self->fields = mr_part_read_fields (crlf->str, crlf->len, &used);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  content_type = mr_mail_fields_get (self->fields, "Content-Type");
  if (content_type != NULL) {
    g_autofree char *report = mr_part_dup_parameter (content_type, "report-type");

    self->report_type = report != NULL ? g_ascii_strdown (report, -1) : NULL;
  }
  self->type = g_strdup (mime != NULL && mime->type != NULL ? mime->type : "text/plain");
  if (mime != NULL)
    add_leaves (self, crlf->str, mime);
  if (self->parts->len == 0) {
    g_autofree char *lf = mr_part_with_lf (crlf->str + used, MIN (crlf->len - used, MR_PARTS_TEXT_MAX));

    add_part (self, "text/plain", g_utf8_make_valid (lf, -1));
  }
  return self;
}
