/* A message for the eye; see preview.h.
 *
 * Text is collected in sections: one for each part that is shown, with its plain and its HTML form where multipart/alternative offers both, so
 * that either form of the message is whole.
 */
#include "config.h"

#include "mail/preview.h"

#include <string.h>

#include <gmime/gmime.h>

#include "mail/field.h"
#include "mail/parts-private.h"

#define TEXT_MAX     (1024 * 1024) /* of one part that is shown */
#define SECTIONS_MAX 20
#define NAME_CHARS   120
#define META_MAX     2048 /* where a page names its character set */

typedef struct {
  MrRichText *plain, *html;
} Section;

typedef struct {
  MrPreview *preview;
  const char *data;
  GPtrArray *sections; /* Section */
} Reader;

static void
section_free (gpointer data)
{
  Section *section = data;

  mr_rich_text_free (section->plain);
  mr_rich_text_free (section->html);
  g_free (section);
}

static void
part_free (gpointer data)
{
  MrPreviewPart *part = data;

  g_free (part->path);
  g_free (part->type);
  g_free (part->charset);
  g_free (part->name);
  g_free (part);
}

void
mr_preview_free (MrPreview *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->message);
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->parts);
  mr_rich_text_free (self->text);
  mr_rich_text_free (self->html);
  g_free (self);
}

/* ---- names of files ---- */

static gboolean
may_be_in_name (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  /* Format characters turn "cod.exe" around. */
  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_LINE_SEPARATOR
         && type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_UNASSIGNED && type != G_UNICODE_PRIVATE_USE;
}

char *
mr_preview_dup_file_name (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *base = valid;
  guint n = 0;

  for (const char *p = valid; *p != '\0'; p++)
    if ((*p == '/' || *p == '\\') && p[1] != '\0')
      base = p + 1;
  for (const char *p = base; *p != '\0' && n < NAME_CHARS; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!may_be_in_name (c) || strchr ("/\\:*?\"<>|", *p) != NULL)
      continue;
    g_string_append_unichar (out, c);
    n++;
  }
  g_strstrip (out->str);
  base = out->str;
  while (*base == '.' || *base == ' ')
    base++;
  return *base != '\0' ? g_strdup (base) : NULL;
}

char *
mr_preview_part_dup_name (const MrPreviewPart *part)
{
  static const struct {
    const char *type, *ending;
  } endings[] = { { "message/rfc822", "eml" },
                  { "text/plain", "txt" },
                  { "text/html", "html" },
                  { "text/calendar", "ics" },
                  { "image/png", "png" },
                  { "image/jpeg", "jpg" },
                  { "application/pdf", "pdf" },
                  { "image/gif", "gif" },
                  { "text/csv", "csv" },
                  { "application/zip", "zip" },
                  { "text/vcard", "vcf" },
                  { "application/pkcs7-signature", "p7s" },
                  { "application/pgp-signature", "asc" } };
  const char *ending = "bin";

  if (part->name != NULL)
    return g_strdup (part->name);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_equal (endings[i].type, part->type))
      ending = endings[i].ending;
  return g_strdup_printf ("part-%s.%s", *part->path != '\0' ? part->path : "0", ending);
}

/* ---- sizes ---- */

static guint64
base64_size (const char *data, gsize len)
{
  guint64 n = 0;
  guint padding = 0;

  for (gsize i = 0; i < len; i++) {
    if (g_ascii_isalnum (data[i]) || data[i] == '+' || data[i] == '/')
      n++;
    padding += data[i] == '=';
  }
  return n / 4 * 3 + (n % 4 > 1 && padding > 0 ? n % 4 - 1 : 0);
}

static guint64
quoted_size (const char *data, gsize len)
{
  guint64 n = 0;

  for (gsize i = 0; i < len; i++) {
    if (data[i] != '=')
      n++;
    else if (i + 2 < len && g_ascii_isxdigit (data[i + 1]) && g_ascii_isxdigit (data[i + 2])) {
      n++;
      i += 2;
    } else
      while (i + 1 < len && (data[i + 1] == '\r' || data[i + 1] == ' ' || data[i + 1] == '\t'))
        i++;
  }
  return n;
}

static guint64
decoded_size (const char *data, gsize len, MrMimeEncoding code)
{
  if (code == MR_MIME_BASE64)
    return base64_size (data, len);
  if (code == MR_MIME_QUOTED_PRINTABLE)
    return quoted_size (data, len);
  return len;
}

/* ---- parts ---- */

static char *
disposition_name (const char *value, gboolean *ret_attachment)
{
  GMimeContentDisposition *disposition;
  char *name;

  mr_mime_init ();
  disposition = g_mime_content_disposition_parse (NULL, value);
  name = g_strdup (g_mime_content_disposition_get_parameter (disposition, "filename"));
  *ret_attachment = g_mime_content_disposition_is_attachment (disposition);
  g_object_unref (disposition);
  return name;
}

/* name may hold encoded words, against the standard and usual. */
static char *
clean_name (const char *name)
{
  g_autofree char *decoded = name != NULL ? mr_field_decode (name) : NULL;

  return decoded != NULL ? mr_preview_dup_file_name (decoded) : NULL;
}

static MrPreviewPart *
part_new (Reader *r, const MrMimePart *mime, const char *path, guint depth)
{
  g_autoptr (GPtrArray) fields = mr_part_read_fields (r->data + mime->header, mime->blank - mime->header, NULL);
  const char *type = mr_mail_fields_get (fields, "Content-Type");
  const char *disposition = mr_mail_fields_get (fields, "Content-Disposition");
  MrPreviewPart *part = g_new0 (MrPreviewPart, 1);
  g_autofree char *file = NULL, *name = type != NULL ? mr_part_dup_parameter (type, "name") : NULL;
  gboolean attached = FALSE;

  if (disposition != NULL)
    file = disposition_name (disposition, &attached);
  part->path = g_strdup (path);
  part->depth = depth;
  part->type = g_utf8_make_valid (mime->type != NULL ? mime->type : "text/plain", -1);
  if (mime->kind == MR_MIME_MESSAGE && mime->type == NULL) {
    g_free (part->type);
    part->type = g_strdup ("message/rfc822");
  }
  part->charset = type != NULL ? mr_part_dup_parameter (type, "charset") : NULL;
  part->name = clean_name (file != NULL ? file : name);
  part->code = mime->encoding;
  part->encoding = mime->encoding == MR_MIME_BASE64             ? "base64"
                   : mime->encoding == MR_MIME_QUOTED_PRINTABLE ? "quoted-printable"
                                                                : "";
  part->is_container = mime->kind == MR_MIME_MULTIPART;
  part->start = mime->body;
  part->end = MAX (mime->end, mime->body);
  part->is_attachment = attached || (part->name != NULL && !g_str_has_prefix (part->type, "text/"));
  if (!part->is_container)
    part->size = decoded_size (r->data + part->start, part->end - part->start, part->code);
  return part;
}

/* ---- text ---- */

/* <meta charset=…> of a page whose part does not name it. */
static char *
meta_charset (const char *html, gsize len)
{
  g_autofree char *head = g_ascii_strdown (html, (gssize)MIN (len, META_MAX));
  const char *at = strstr (head, "charset=");
  gsize n;

  if (at == NULL)
    return NULL;
  at += strlen ("charset=");
  at += strspn (at, "\"' ");
  n = strspn (at, "abcdefghijklmnopqrstuvwxyz0123456789-_");
  return n > 0 && n < 40 ? g_strndup (at, n) : NULL;
}

static char *
dup_text (Reader *r, const MrPreviewPart *part, gboolean is_html)
{
  gsize len = MIN (part->end - part->start, TEXT_MAX);
  g_autoptr (GString) bytes = mr_part_decode (r->data + part->start, len, part->code);
  g_autofree char *charset = g_strdup (part->charset);
  g_autofree char *utf8 = NULL;

  r->preview->truncated |= part->end - part->start > TEXT_MAX;
  if (charset == NULL && is_html)
    charset = meta_charset (bytes->str, bytes->len);
  if (charset == NULL && !g_utf8_validate (bytes->str, (gssize)bytes->len, NULL))
    charset = g_strdup ("windows-1252");
  utf8 = mr_part_to_utf8 (bytes->str, bytes->len, charset);
  return mr_part_with_lf (utf8, strlen (utf8));
}

static MrRichText *
read_text (Reader *r, const MrMimePart *mime, const MrPreviewPart *part)
{
  gboolean is_html = g_str_equal (part->type, "text/html");
  g_autofree char *text = dup_text (r, part, is_html);
  g_autoptr (GPtrArray) fields = mr_part_read_fields (r->data + mime->header, mime->blank - mime->header, NULL);
  const char *type = mr_mail_fields_get (fields, "Content-Type");
  g_autofree char *format = type != NULL ? mr_part_dup_parameter (type, "format") : NULL;
  g_autofree char *delsp = type != NULL ? mr_part_dup_parameter (type, "delsp") : NULL;

  if (is_html)
    return mr_rich_text_from_html (text, strlen (text));
  return mr_rich_text_from_plain (text, strlen (text), format != NULL && g_ascii_strcasecmp (format, "flowed") == 0,
                                  delsp != NULL && g_ascii_strcasecmp (delsp, "yes") == 0);
}

/* section NULL: a new one. FALSE: this is no text to show. */
static gboolean
take_text (Reader *r, const MrMimePart *mime, const MrPreviewPart *part, Section *section)
{
  gboolean is_html = g_str_equal (part->type, "text/html");
  MrRichText **place;

  if (mime->kind != MR_MIME_LEAF || part->is_attachment
      || (!is_html && !g_str_equal (part->type, "text/plain") && !g_str_equal (part->type, "text")))
    return FALSE;
  if (section == NULL) {
    if (r->sections->len >= SECTIONS_MAX) {
      r->preview->truncated = TRUE;
      return FALSE;
    }
    section = g_new0 (Section, 1);
    g_ptr_array_add (r->sections, section);
  }
  place = is_html ? &section->html : &section->plain;
  if (*place == NULL)
    *place = read_text (r, mime, part);
  return TRUE;
}

/* section: of the alternative around it, or NULL. shown: its text is the message's, not that of an enclosed one. */
static void
read_part (Reader *r, const MrMimePart *mime, const char *path, guint depth, Section *section, gboolean shown)
{
  gboolean alternative = FALSE, related = FALSE;
  MrPreviewPart *part;

  if (r->preview->parts->len >= MR_PREVIEW_PARTS_MAX) {
    r->preview->truncated = TRUE;
    return;
  }
  part = part_new (r, mime, path, depth);
  g_ptr_array_add (r->preview->parts, part);
  if (shown
      && (g_str_equal (part->type, "multipart/encrypted") || g_str_has_suffix (part->type, "/pkcs7-mime")
          || g_str_has_suffix (part->type, "/x-pkcs7-mime")))
    r->preview->is_encrypted = TRUE;
  if (shown && g_str_equal (part->type, "multipart/signed"))
    r->preview->is_signed = TRUE;
  if (mime->kind == MR_MIME_MULTIPART) {
    alternative = g_str_equal (part->type, "multipart/alternative");
    related = g_str_equal (part->type, "multipart/related");
  } else if (!shown || !take_text (r, mime, part, section))
    part->is_attachment = TRUE;
  if (alternative && section == NULL && shown && r->sections->len < SECTIONS_MAX) {
    section = g_new0 (Section, 1);
    g_ptr_array_add (r->sections, section);
  }
  for (guint i = 0; i < mime->children->len; i++) {
    const MrMimePart *child = mime->children->pdata[i];
    g_autofree char *below = *path != '\0' ? g_strdup_printf ("%s.%u", path, i + 1) : g_strdup_printf ("%u", i + 1);

    read_part (r, child, below, depth + 1, section, shown && mime->kind == MR_MIME_MULTIPART && (!related || i == 0));
  }
}

static void
append_text (MrRichText **to, const MrRichText *from)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (*to == NULL)
    *to = mr_rich_text_from_plain ("", 0, FALSE, FALSE);
  g_string_append (text, (*to)->text);
  if (text->len > 0)
    g_string_append (text, g_str_has_suffix (text->str, "\n") ? "\n" : "\n\n");
  for (guint i = 0; i < from->spans->len && (*to)->spans->len < MR_RICH_SPANS_MAX; i++) {
    const MrTextSpan *span = from->spans->pdata[i];
    MrTextSpan *copy = g_memdup2 (span, sizeof *span);

    copy->target = g_strdup (span->target);
    copy->start += text->len;
    copy->end += text->len;
    g_ptr_array_add ((*to)->spans, copy);
  }
  g_string_append (text, from->text);
  (*to)->truncated |= from->truncated;
  g_free ((*to)->text);
  (*to)->text = g_string_free (g_steal_pointer (&text), FALSE);
}

static void
join_sections (Reader *r)
{
  MrPreview *self = r->preview;
  gboolean has_plain = FALSE, has_html = FALSE;

  for (guint i = 0; i < r->sections->len; i++) {
    const Section *section = r->sections->pdata[i];

    has_plain |= section->plain != NULL;
    has_html |= section->html != NULL;
    if (section->plain != NULL || section->html != NULL)
      append_text (&self->text, section->plain != NULL ? section->plain : section->html);
  }
  self->is_html = has_html && !has_plain;
  for (guint i = 0; has_html && has_plain && i < r->sections->len; i++) {
    const Section *section = r->sections->pdata[i];

    if (section->plain != NULL || section->html != NULL)
      append_text (&self->html, section->html != NULL ? section->html : section->plain);
  }
  if (self->text == NULL)
    self->text = mr_rich_text_from_plain ("", 0, FALSE, FALSE);
  self->truncated |= self->text->truncated || (self->html != NULL && self->html->truncated);
}

/* ---- the message ---- */

static GBytes *
with_line_ends (GBytes *message)
{
  gsize len;
  const char *data = g_bytes_get_data (message, &len);

  for (const char *lf = data; lf != NULL && (lf = memchr (lf, '\n', len - (gsize)(lf - data))) != NULL; lf++)
    if (lf == data || lf[-1] != '\r')
      return g_string_free_to_bytes (mr_part_with_crlf (data, len));
  return g_bytes_ref (message);
}

MrPreview *
mr_preview_read (GBytes *message)
{
  MrPreview *self = g_new0 (MrPreview, 1);
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func (section_free);
  g_autoptr (MrMimePart) mime = NULL;
  Reader reader = { .preview = self, .sections = sections };
  gsize len, used = 0;

  self->message = with_line_ends (message);
  reader.data = g_bytes_get_data (self->message, &len);
  if (reader.data == NULL)
    reader.data = "";
  self->fields = mr_part_read_fields (reader.data, len, &used);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  mime = mr_mime_parse (reader.data, len, NULL);
  if (mime != NULL)
    read_part (&reader, mime, "", 0, NULL, TRUE);
  else {
    /* Deeper or in more parts than any message that people write. */
    self->text = mr_rich_text_from_plain ("", 0, FALSE, FALSE);
    self->truncated = TRUE;
    return self;
  }
  join_sections (&reader);
  return self;
}

GBytes *
mr_preview_dup_content (const MrPreview *self, const MrPreviewPart *part)
{
  const char *data = g_bytes_get_data (self->message, NULL);

  if (part->code != MR_MIME_BASE64 && part->code != MR_MIME_QUOTED_PRINTABLE)
    return g_bytes_new_from_bytes (self->message, part->start, part->end - part->start);
  return g_string_free_to_bytes (mr_part_decode (data + part->start, part->end - part->start, part->code));
}

char *
mr_preview_dup_source (const MrPreview *self, gsize offset, gsize max, gsize *ret_next)
{
  gsize len;
  const char *data = g_bytes_get_data (self->message, &len), *lf;
  gsize end;
  g_autofree char *text = NULL;

  offset = MIN (offset, len);
  end = offset + MIN (max, len - offset);
  if (end < len) {
    lf = memchr (data + end, '\n', MIN (len - end, 4096));
    end = lf != NULL ? (gsize)(lf - data) + 1 : end;
  }
  *ret_next = end < len ? end : 0;
  text = mr_part_with_lf (data != NULL ? data + offset : "", end - offset);
  return g_utf8_make_valid (text, -1);
}

char *
mr_preview_dup_header (const MrPreview *self)
{
  gsize len;
  const char *data = g_bytes_get_data (self->message, &len);
  const char *blank = data != NULL ? g_strstr_len (data, (gssize)len, "\r\n\r\n") : NULL;
  gsize end = blank != NULL ? (gsize)(blank - data) + 2 : len;
  g_autofree char *text = mr_part_with_lf (data != NULL ? data : "", MIN (end, MR_RICH_TEXT_MAX));

  return g_utf8_make_valid (text, -1);
}
