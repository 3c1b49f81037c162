/* Conversion to 7 bit; see convert.h.
 *
 * The message is parsed into offsets (mime.h), what must change becomes a list of edits, and the result is the old
 * bytes with these edits put in: what is 7 bit already is copied as it is, a whole part at a time. The functions
 * keep no state and may run in any thread. /
 */
#include "config.h"

#include "mail/convert.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "mail/convert-field.h"
#include "mail/encode.h"
#include "mail/field.h"
#include "mail/mime.h"

/* The bytes from start to end are replaced by text. */
typedef struct {
  gsize start, end;
  guint serial; /* the order of edits at one place */
  char *text;
  gsize text_len;
} Edit;

typedef struct {
  const char *data;
  gsize len;
  GArray *edits; /* of Edit */
} Conversion;

gboolean
mr_convert_needs (const void *data, gsize len)
{
  return mr_bytes_have_8bit (data, len);
}

static void
edit_clear_cb (gpointer edit)
{
  g_free (((Edit *)edit)->text);
}

static int
edit_compare_cb (gconstpointer a, gconstpointer b)
{
  const Edit *left = a, *right = b;

  if (left->start != right->start)
    return left->start < right->start ? -1 : 1;
  return left->serial < right->serial ? -1 : left->serial > right->serial;
}

/* text: (transfer full) */
static void
add_edit (Conversion *conversion, gsize start, gsize end, char *text, gsize text_len)
{
  Edit edit = { start, end, conversion->edits->len, text, text_len };

  g_array_append_val (conversion->edits, edit);
}

static gboolean
range_needs (const Conversion *conversion, gsize start, gsize end)
{
  return end > start && mr_bytes_have_8bit (conversion->data + start, end - start);
}

/* relabelled: label() will see to the Content-Transfer-Encoding. */
static gboolean
convert_fields (Conversion *conversion, const MrMimePart *part, gboolean relabelled, GError **error)
{
  MrFieldSpan field;
  gsize pos = part->header;

  if (!range_needs (conversion, part->header, part->blank))
    return TRUE;
  while (pos < part->blank && mr_field_next (conversion->data, part->blank, &pos, &field)) {
    char *text;

    if (!range_needs (conversion, field.start, field.end)
        || (relabelled
            && mr_field_name_is (conversion->data + field.start, field.name_len, "Content-Transfer-Encoding")))
      continue;
    text = mr_convert_field (conversion->data + field.start, field.end - field.start, error);
    if (text == NULL)
      return FALSE;
    add_edit (conversion, field.start, field.end, text, strlen (text));
  }
  return TRUE;
}

static gboolean
has_field (const Conversion *conversion, const MrMimePart *part, const char *name)
{
  MrFieldSpan field;
  gsize pos = part->header;

  while (pos < part->blank && mr_field_next (conversion->data, part->blank, &pos, &field)) {
    if (mr_field_name_is (conversion->data + field.start, field.name_len, name))
      return TRUE;
  }
  return FALSE;
}

/* The part's Content-Transfer-Encoding becomes encoding, and what a reader needs to obey it is added: to a leaf the
 * field itself, to both kinds MIME-Version and the empty line. encoding NULL: it stays. */
static void
label (Conversion *conversion, const MrMimePart *part, const char *encoding)
{
  g_autoptr (GString) added = g_string_new (NULL);
  gboolean is_leaf = part->kind == MR_MIME_LEAF, labelled = FALSE;
  MrFieldSpan field;
  gsize pos = part->header;

  while (encoding != NULL && pos < part->blank && mr_field_next (conversion->data, part->blank, &pos, &field)) {
    char *text;

    if (!mr_field_name_is (conversion->data + field.start, field.name_len, "Content-Transfer-Encoding"))
      continue;
    text = labelled ? g_strdup ("") : g_strdup_printf ("Content-Transfer-Encoding: %s\r\n", encoding);
    add_edit (conversion, field.start, field.end, text, strlen (text));
    labelled = TRUE;
  }
  if (part->is_message && (is_leaf || labelled) && !has_field (conversion, part, "MIME-Version"))
    g_string_append (added, "MIME-Version: 1.0\r\n");
  if (is_leaf && part->type == NULL) {
    gboolean utf8 = g_utf8_validate_len (conversion->data + part->body, part->end - part->body, NULL);
    g_string_append_printf (added, "Content-Type: text/plain; charset=%s\r\n", utf8 ? "utf-8" : "unknown-8bit");
  }
  if (is_leaf && !labelled)
    g_string_append_printf (added, "Content-Transfer-Encoding: %s\r\n", encoding);
  if (part->body == part->blank)
    g_string_append (added, "\r\n");
  if (added->len > 0)
    add_edit (conversion, part->blank, part->blank, g_strdup (added->str), added->len);
}

/* Bytes above 127 in what no reader shows: between the parts, or inside base64. A line that is no boundary must not
 * become one, so it loses its first dash too. */
static void
scrub (Conversion *conversion, gsize start, gsize end, char by)
{
  char *clean;

  if (!range_needs (conversion, start, end))
    return;
  clean = g_memdup2 (conversion->data + start, end - start);
  for (gsize i = 0, line = 0; i < end - start; i++) {
    if (clean[i] == '\n') {
      line = i + 1;
    } else if ((guchar)clean[i] > 127) {
      clean[i] = by;
      if (clean[line] == '-')
        clean[line] = by;
    }
  }
  add_edit (conversion, start, end, clean, end - start);
}

static gboolean
is_text (const MrMimePart *part)
{
  return part->type == NULL || g_str_has_prefix (part->type, "text/") || g_str_has_prefix (part->type, "message/")
         || g_str_has_prefix (part->type, "multipart/");
}

static gboolean
convert_leaf (Conversion *conversion, const MrMimePart *part, GError **error)
{
  const char *body = conversion->data + part->body;
  gsize len = part->end - part->body, text_len;
  gboolean is_encoded = part->encoding == MR_MIME_QUOTED_PRINTABLE, base64;
  GString *out;

  if (!range_needs (conversion, part->body, part->end))
    return TRUE;
  if (part->encoding == MR_MIME_FOREIGN || g_strcmp0 (part->type, "message/partial") == 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("A part of the message is 8-bit in a form that cannot be converted to 7 bit; send it through a "
                    "server that takes 8-bit mail."));
    return FALSE;
  }
  if (part->encoding == MR_MIME_BASE64) {
    scrub (conversion, part->body, part->end, '*');
    return TRUE;
  }
  /* Line ends of what is not text may not be the business of quoted-printable (RFC 2045 6.7, rule 4). */
  base64 = !is_encoded && (!is_text (part) || mr_encode_prefers_base64 (body, len));
  out = g_string_sized_new (len + len / 2);
  if (base64) {
    mr_encode_base64 (out, body, len);
    if (part->end == conversion->len)
      g_string_append (out, "\r\n");
  } else {
    mr_encode_quoted_printable (out, body, len, is_encoded);
  }
  if (!is_encoded)
    label (conversion, part, base64 ? "base64" : "quoted-printable");
  text_len = out->len;
  add_edit (conversion, part->body, part->end, g_string_free (out, FALSE), text_len);
  return TRUE;
}

static gboolean
convert_part (Conversion *conversion, const MrMimePart *part, GError **error)
{
  gsize between = part->body;
  gboolean body_needs = range_needs (conversion, part->body, part->end);
  gboolean relabelled = body_needs && part->encoding == MR_MIME_IDENTITY;

  if (!range_needs (conversion, part->header, part->end))
    return TRUE;
  if (!convert_fields (conversion, part, relabelled, error))
    return FALSE;
  if (part->kind == MR_MIME_LEAF)
    return convert_leaf (conversion, part, error);
  if (part->boundary != NULL && !g_str_is_ascii (part->boundary)) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("The message has a boundary between its parts that is not 7 bit; it cannot be converted."));
    return FALSE;
  }
  /* Before the children: an empty line that is added stands where the first of them may begin. */
  if (body_needs)
    label (conversion, part, relabelled ? "7bit" : NULL);
  for (guint i = 0; i < part->children->len; i++) {
    const MrMimePart *child = g_ptr_array_index (part->children, i);
    scrub (conversion, between, child->header, '?');
    if (!convert_part (conversion, child, error))
      return FALSE;
    between = child->end;
  }
  scrub (conversion, between, part->end, '?');
  return TRUE;
}

static GBytes *
apply_edits (Conversion *conversion, GError **error)
{
  gsize total = conversion->len, pos = 0;
  GString *out;

  g_array_sort (conversion->edits, edit_compare_cb);
  for (guint i = 0; i < conversion->edits->len; i++) {
    const Edit *edit = &g_array_index (conversion->edits, Edit, i);
    /* Two edits of one place would be a mistake of ours; a damaged message must not come of it. */
    if (edit->start < pos) {
      g_set_error (error, MR_ERROR, MR_ERROR_FAILED, _ ("The message could not be converted to 7 bit."));
      return NULL;
    }
    pos = edit->end;
    total += edit->text_len;
  }
  pos = 0;
  out = g_string_sized_new (total);
  for (guint i = 0; i < conversion->edits->len; i++) {
    const Edit *edit = &g_array_index (conversion->edits, Edit, i);
    g_string_append_len (out, conversion->data + pos, (gssize)(edit->start - pos));
    g_string_append_len (out, edit->text, (gssize)edit->text_len);
    pos = edit->end;
  }
  g_string_append_len (out, conversion->data + pos, (gssize)(conversion->len - pos));
  return g_string_free_to_bytes (out);
}

/* Each line with CRLF, the last one too. */
static GBytes *
with_crlf (GBytes *message)
{
  gsize len, start = 0;
  const char *data = g_bytes_get_data (message, &len);
  gboolean good = len == 0 || (len >= 2 && data[len - 2] == '\r' && data[len - 1] == '\n');
  GString *out;

  for (const char *lf = data; good && lf != NULL;) {
    lf = memchr (lf, '\n', len - (gsize)(lf - data));
    good = lf == NULL || (lf > data && lf[-1] == '\r');
    lf = lf != NULL ? lf + 1 : NULL;
  }
  if (good)
    return g_bytes_ref (message);
  out = g_string_sized_new (len + len / 32 + 2);
  for (gsize i = 0; i < len; i++) {
    if (data[i] != '\n' || (i > 0 && data[i - 1] == '\r'))
      continue;
    g_string_append_len (out, data + start, (gssize)(i - start));
    g_string_append (out, "\r\n");
    start = i + 1;
  }
  g_string_append_len (out, data + start, (gssize)(len - start));
  if (out->len < 2 || strcmp (out->str + out->len - 2, "\r\n") != 0)
    g_string_append (out, out->str[out->len - 1] == '\r' ? "\n" : "\r\n");
  return g_string_free_to_bytes (out);
}

GBytes *
mr_convert_to_7bit (GBytes *message, GError **error)
{
  g_autoptr (GBytes) lines = NULL;
  g_autoptr (MrMimePart) part = NULL;
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  Conversion conversion = { .edits = edits };

  if (!mr_convert_needs (g_bytes_get_data (message, NULL), g_bytes_get_size (message)))
    return g_bytes_ref (message);
  g_array_set_clear_func (edits, edit_clear_cb);
  lines = with_crlf (message);
  conversion.data = g_bytes_get_data (lines, &conversion.len);
  part = mr_mime_parse (conversion.data, conversion.len, error);
  if (part == NULL)
    return NULL;
  if (mr_mime_part_has_protected (part) || has_field (&conversion, part, "DKIM-Signature")) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("The message is signed or encrypted and 8-bit; converting it to 7 bit would break that. Send it "
                    "through a server that takes 8-bit mail."));
    return NULL;
  }
  if (!convert_part (&conversion, part, error))
    return NULL;
  return apply_edits (&conversion, error);
}
