/* Fuzz target: what receivers wrote into a header (Authentication-Results and its copies under ARC), said in words. */
#include <string.h>

#include "fuzz.h"
#include "ndr/header-lines.h"

#define HEADER_MAX 65536

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (HEADER_MAX);
  gsize used;
  MrHeaderStatus status = mr_header_reader_feed (header, (const char *)data, size, &used);

  if (status == MR_HEADER_MORE)
    status = mr_header_reader_end (header);
  if (status != MR_HEADER_DONE)
    return 0;
  g_autoptr (GPtrArray) lines = mr_header_lines (header);
  g_assert_cmpuint (lines->len, <=, 100);
  for (guint i = 0; i < lines->len; i++) {
    const MrHeaderLine *line = g_ptr_array_index (lines, i);
    const char *texts[] = { line->server, line->method, line->result, line->quoted, line->words };

    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      g_assert_true (texts[k] != NULL && g_utf8_validate (texts[k], -1, NULL));
    mr_header_line_state_nick (line->state);
  }
  return 0;
}
