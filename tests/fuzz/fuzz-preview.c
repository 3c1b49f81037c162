/* Fuzz target: the preview of a message, HTML above all. */
#include <string.h>

#include "fuzz.h"
#include "mail/preview.h"

static void
check_rich (const MrRichText *text)
{
  gsize len;

  if (text == NULL)
    return;
  len = strlen (text->text);
  g_assert_true (g_utf8_validate (text->text, -1, NULL));
  for (guint i = 0; i < text->spans->len; i++) {
    const MrTextSpan *span = text->spans->pdata[i];

    g_assert_cmpuint (span->start, <=, span->end);
    g_assert_cmpuint (span->end, <=, len);
    g_assert_true (((guchar)text->text[span->start] & 0xc0) != 0x80);
    g_assert_true (((guchar)text->text[span->end] & 0xc0) != 0x80);
    if (span->target != NULL) {
      g_autofree char *host = mr_link_dup_host (span->target);

      g_assert_true (g_utf8_validate (span->target, -1, NULL));
      g_assert_cmpuint (strlen (span->target), <=, MR_RICH_LINK_MAX);
    }
  }
  g_autofree char *plain = mr_rich_text_dup_plain (text);
  g_assert_true (g_utf8_validate (plain, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) message = g_bytes_new (data, size);
  g_autoptr (MrPreview) preview = mr_preview_read (message);
  gsize next = 0;

  check_rich (preview->text);
  check_rich (preview->html);
  g_assert_cmpuint (preview->parts->len, <=, MR_PREVIEW_PARTS_MAX);
  for (guint i = 0; i < preview->parts->len; i++) {
    const MrPreviewPart *part = preview->parts->pdata[i];
    g_autoptr (GBytes) content = mr_preview_dup_content (preview, part);
    g_autofree char *name = mr_preview_part_dup_name (part);

    g_assert_null (strchr (name, '/'));
    g_assert_true (g_utf8_validate (name, -1, NULL));
    g_assert_true (g_utf8_validate (part->type, -1, NULL));
  }
  do {
    g_autofree char *page = mr_preview_dup_source (preview, next, 512, &next);
    g_assert_true (g_utf8_validate (page, -1, NULL));
  } while (next != 0);
  g_autofree char *header = mr_preview_dup_header (preview);
  g_assert_true (g_utf8_validate (header, -1, NULL));
  /* The same bytes as a page by themselves. */
  g_autofree char *valid = g_utf8_make_valid ((const char *)data, (gssize)size);
  g_autoptr (MrRichText) page = mr_rich_text_from_html (valid, strlen (valid));
  g_autoptr (MrRichText) flowed = mr_rich_text_from_plain (valid, strlen (valid), TRUE, size % 2);
  check_rich (page);
  check_rich (flowed);
  return 0;
}
