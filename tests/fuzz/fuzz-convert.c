/* Fuzz target: the conversion of a whole message to 7 bit. */
#include <string.h>

#include "fuzz.h"
#include "mail/convert.h"
#include "mail/field.h"
#include "mail/mime.h"

/* A Content-Type with bytes above 127 may say something else once it is 7 bit. */
static gboolean
has_odd_type (const char *data, const MrMimePart *part)
{
  gsize pos = part->header;
  MrFieldSpan field;

  while (pos < part->blank && mr_field_next (data, part->blank, &pos, &field)) {
    if (mr_field_name_is (data + field.start, field.name_len, "Content-Type")
        && mr_convert_needs (data + field.start, field.end - field.start))
      return TRUE;
  }
  for (guint i = 0; i < part->children->len; i++) {
    if (has_odd_type (data, g_ptr_array_index (part->children, i)))
      return TRUE;
  }
  return FALSE;
}

/* The same parts in the same order: what was no boundary has not become one, and the other way round. */
static void
check_same_parts (const MrMimePart *before, const MrMimePart *after)
{
  g_assert_cmpint (before->kind, ==, after->kind);
  g_assert_cmpuint (before->children->len, ==, after->children->len);
  for (guint i = 0; i < before->children->len; i++)
    check_same_parts (g_ptr_array_index (before->children, i), g_ptr_array_index (after->children, i));
}

static void
check_lines (const char *data, gsize size)
{
  g_assert_false (mr_convert_needs (data, size));
  for (gsize i = 0; i < size; i++)
    g_assert_true (data[i] != '\n' || (i > 0 && data[i - 1] == '\r'));
  g_assert_true (size >= 2 && data[size - 1] == '\n');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) message = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = mr_convert_to_7bit (message, &error);
  g_autoptr (MrMimePart) before = NULL, after = NULL;
  gboolean has_bare_lf = FALSE;
  const char *text;
  gsize len;

  g_assert_true ((result == NULL) == (error != NULL));
  g_assert_false (g_error_matches (error, MR_ERROR, MR_ERROR_FAILED));
  if (result == NULL || result == message)
    return 0;
  text = g_bytes_get_data (result, &len);
  check_lines (text, len);
  /* The structure reader wants CRLF, which conversion sees to. */
  for (gsize i = 0; i < size; i++)
    has_bare_lf = has_bare_lf || (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'));
  if (has_bare_lf)
    return 0;
  before = mr_mime_parse ((const char *)data, size, NULL);
  after = mr_mime_parse (text, len, NULL);
  g_assert_nonnull (before);
  g_assert_nonnull (after);
  if (!has_odd_type ((const char *)data, before))
    check_same_parts (before, after);
  return 0;
}
