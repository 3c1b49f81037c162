/* Structure of a MIME message; see mime.h.
 *
 * One pass over the lines. The boundaries of all open multiparts are kept on a stack: a line that starts with "--" is
 * compared with each of them, inner ones first, so that a part whose closing boundary is missing ends with the part
 * around it. GMime reads the value of Content-Type.
 */
#include "config.h"

#include "mail/mime.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <gmime/gmime.h>

#include "mail/field.h"

/* A Content-Type that is longer says nothing that could be trusted. */
#define TYPE_MAX 8192

typedef struct {
  const char *data;
  gsize len;
  gsize pos;
  const char *open[MR_MIME_DEPTH_MAX]; /* boundaries, outer ones first */
  guint n_open;
  guint n_parts;
  /* The boundary line that was read last: its level in open, -1 at the end of the message. */
  int hit;
  gboolean hit_closes;
  gsize hit_start;
} Parser;

void
mr_mime_part_free (MrMimePart *part)
{
  if (part == NULL)
    return;
  g_free (part->type);
  g_free (part->boundary);
  g_ptr_array_unref (part->children);
  g_free (part);
}

static void
part_free_cb (gpointer part)
{
  mr_mime_part_free (part);
}

static MrMimePart *
part_new (Parser *parser, gboolean is_message)
{
  MrMimePart *part = g_new0 (MrMimePart, 1);

  part->header = part->blank = part->body = part->end = parser->pos;
  part->is_message = is_message;
  part->children = g_ptr_array_new_with_free_func (part_free_cb);
  return part;
}

static gsize
next_line (const Parser *parser)
{
  const char *lf = memchr (parser->data + parser->pos, '\n', parser->len - parser->pos);

  return lf != NULL ? (gsize)(lf - parser->data) + 1 : parser->len;
}

/* line: without "--". Its white space at the end is padding (RFC 2046 5.1.1). */
static gboolean
is_boundary (const char *line, gsize len, const char *boundary, gboolean *ret_closes)
{
  gsize n = strlen (boundary);

  if (len < n || memcmp (line, boundary, n) != 0)
    return FALSE;
  *ret_closes = len - n >= 2 && line[n] == '-' && line[n + 1] == '-';
  for (gsize i = *ret_closes ? n + 2 : n; i < len; i++) {
    if (strchr (" \t\r\n", line[i]) == NULL || line[i] == '\0')
      return FALSE;
  }
  return TRUE;
}

/* Moves behind the line at pos. TRUE where it was a boundary. */
static gboolean
take_line (Parser *parser)
{
  gsize start = parser->pos, end = next_line (parser);

  parser->pos = end;
  if (end - start < 3 || parser->data[start] != '-' || parser->data[start + 1] != '-')
    return FALSE;
  for (int level = (int)parser->n_open - 1; level >= 0; level--) {
    if (is_boundary (parser->data + start + 2, end - start - 2, parser->open[level], &parser->hit_closes)) {
      parser->hit = level;
      parser->hit_start = start;
      return TRUE;
    }
  }
  return FALSE;
}

/* Moves behind the next boundary line, or to the end. */
static void
skip_to_boundary (Parser *parser)
{
  while (parser->pos < parser->len) {
    if (take_line (parser))
      return;
  }
  parser->hit = -1;
}

/* Where the part that ends at the last hit ends: not before the last of its children, whose header may reach up to the
 * boundary. */
static gsize
part_end (const Parser *parser, const MrMimePart *part)
{
  gsize least = part->body;

  if (parser->hit < 0)
    return parser->len;
  if (part->children->len > 0) {
    const MrMimePart *last = g_ptr_array_index (part->children, part->children->len - 1);
    least = last->end;
  }
  return parser->hit_start >= least + 2 ? parser->hit_start - 2 : least;
}

static MrMimeEncoding
read_encoding (const char *value, gsize len)
{
  g_autofree char *text = mr_field_dup_text (value, len);
  gsize n = strcspn (text, " \t;(");

  text[n] = '\0';
  if (g_ascii_strcasecmp (text, "quoted-printable") == 0)
    return MR_MIME_QUOTED_PRINTABLE;
  if (g_ascii_strcasecmp (text, "base64") == 0)
    return MR_MIME_BASE64;
  if (g_ascii_strncasecmp (text, "x-", 2) == 0 || g_ascii_strncasecmp (text, "uu", 2) == 0)
    return MR_MIME_FOREIGN;
  return MR_MIME_IDENTITY;
}

static gboolean
type_is_protected (const char *type)
{
  static const char *const types[] = { "multipart/signed", "multipart/encrypted", "application/pkcs7-mime",
                                       "application/x-pkcs7-mime" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (strcmp (type, types[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
read_type (MrMimePart *part, const char *value, gsize len)
{
  g_autofree char *text = mr_field_dup_text (value, MIN (len, TYPE_MAX));
  g_autofree char *name = NULL;
  GMimeContentType *type;
  const char *boundary;

  mr_mime_init ();
  type = g_mime_content_type_parse (NULL, text);
  name = g_mime_content_type_get_mime_type (type);
  part->type = g_ascii_strdown (name, -1);
  part->is_protected = type_is_protected (part->type);
  if (g_str_has_prefix (part->type, "multipart/")) {
    boundary = g_mime_content_type_get_parameter (type, "boundary");
    part->boundary = boundary != NULL ? g_strchomp (g_strdup (boundary)) : NULL;
  }
  g_object_unref (type);
  if (part->boundary != NULL && part->boundary[0] != '\0')
    part->kind = MR_MIME_MULTIPART;
}

static void
read_fields (const Parser *parser, MrMimePart *part)
{
  gboolean has_encoding = FALSE;
  MrFieldSpan field;
  gsize pos = part->header;

  while (pos < part->blank && mr_field_next (parser->data, part->blank, &pos, &field)) {
    const char *name = parser->data + field.start, *value = parser->data + field.value;
    if (part->type == NULL && mr_field_name_is (name, field.name_len, "Content-Type")) {
      read_type (part, value, field.end - field.value);
    } else if (!has_encoding && mr_field_name_is (name, field.name_len, "Content-Transfer-Encoding")) {
      part->encoding = read_encoding (value, field.end - field.value);
      has_encoding = TRUE;
    }
  }
}

/* TRUE where the header is followed by a body, FALSE where a boundary or the end came first. */
static gboolean
take_header (Parser *parser, MrMimePart *part)
{
  gboolean body = FALSE;

  parser->hit = -1;
  while (parser->pos < parser->len) {
    gsize start = parser->pos, ignored;
    MrLineKind kind;

    if (take_line (parser)) {
      part->blank = part->body = start;
      break;
    }
    kind = mr_line_kind (parser->data + start, parser->pos - start, &ignored);
    body = kind == MR_LINE_BLANK || kind == MR_LINE_OTHER || (kind == MR_LINE_CONTINUATION && start == part->header);
    part->blank = body ? start : parser->pos;
    part->body = parser->pos;
    if (body && kind != MR_LINE_BLANK)
      part->body = parser->pos = start;
    if (body)
      break;
  }
  part->end = part->body;
  read_fields (parser, part);
  return body;
}

static gboolean take_part (Parser *parser, MrMimePart *part, guint depth, gboolean in_digest, GError **error);

static gboolean
take_child (Parser *parser, MrMimePart *part, guint depth, gboolean is_message, GError **error)
{
  MrMimePart *child = part_new (parser, is_message);

  g_ptr_array_add (part->children, child);
  return take_part (parser, child, depth, g_strcmp0 (part->type, "multipart/digest") == 0, error);
}

static gboolean
take_multipart (Parser *parser, MrMimePart *part, guint depth, GError **error)
{
  int level = (int)parser->n_open;

  parser->open[parser->n_open++] = part->boundary;
  skip_to_boundary (parser);
  while (parser->hit == level && !parser->hit_closes) {
    if (!take_child (parser, part, depth + 1, FALSE, error))
      return FALSE;
  }
  parser->n_open--;
  if (parser->hit == level)
    skip_to_boundary (parser);
  part->end = part_end (parser, part);
  return TRUE;
}

/* Reads the part at pos, and leaves the boundary that ended it in hit. */
static gboolean
take_part (Parser *parser, MrMimePart *part, guint depth, gboolean in_digest, GError **error)
{
  gboolean is_message;

  if (++parser->n_parts > MR_MIME_PARTS_MAX || depth >= MR_MIME_DEPTH_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG,
                 _ ("The message has too many parts inside each other to be converted to 7 bit; send it through a "
                    "server that takes 8-bit mail."));
    return FALSE;
  }
  if (!take_header (parser, part))
    return TRUE;
  if (part->kind == MR_MIME_MULTIPART)
    return take_multipart (parser, part, depth, error);
  is_message = part->type != NULL ? strcmp (part->type, "message/rfc822") == 0 : in_digest;
  if (is_message && part->encoding == MR_MIME_IDENTITY) {
    part->kind = MR_MIME_MESSAGE;
    if (!take_child (parser, part, depth + 1, TRUE, error))
      return FALSE;
  } else {
    skip_to_boundary (parser);
  }
  part->end = part_end (parser, part);
  return TRUE;
}

MrMimePart *
mr_mime_parse (const char *data, gsize len, GError **error)
{
  Parser parser = { .data = data, .len = len, .hit = -1 };
  g_autoptr (MrMimePart) part = part_new (&parser, TRUE);

  if (!take_part (&parser, part, 0, FALSE, error))
    return NULL;
  return g_steal_pointer (&part);
}

gboolean
mr_mime_part_has_protected (const MrMimePart *part)
{
  if (part->is_protected)
    return TRUE;
  for (guint i = 0; i < part->children->len; i++) {
    if (mr_mime_part_has_protected (g_ptr_array_index (part->children, i)))
      return TRUE;
  }
  return FALSE;
}
