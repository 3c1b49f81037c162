/* The decoding of parts, shared by parts.c and preview.c. */
#pragma once

#include "mail/mime.h"
#include "mail/parts.h"

G_BEGIN_DECLS

/* Fields of a header with CRLF line ends, at most MR_FIELDS_MAX. *ret_used (may be NULL): its bytes. (transfer full) */
GPtrArray *mr_part_read_fields (const char *data, gsize len, gsize *ret_used);
/* Every line end as CRLF. (transfer full) */
GString *mr_part_with_crlf (const char *data, gsize len);
/* Content without its transfer encoding. (transfer full) */
GString *mr_part_decode (const char *data, gsize len, MrMimeEncoding encoding);
/* CR and CRLF as LF, NUL as a space. (transfer full) */
char *mr_part_with_lf (const char *text, gsize len);
/* charset NULL: unknown. What is no character becomes U+FFFD. (transfer full) */
char *mr_part_to_utf8 (const char *data, gsize len, const char *charset);
/* Of a Content-Type or Content-Disposition; NULL: it has none. (transfer full) */
char *mr_part_dup_parameter (const char *content_type, const char *name);

G_END_DECLS
