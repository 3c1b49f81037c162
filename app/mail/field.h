/* The lines and fields of a header as bytes (RFC 5322 2.2), for this room only: what the streaming reader, the fix-ups
 * and the conversion agree on. A line ends with CRLF; a lone CR or LF is an ordinary byte of its line. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum {
  MR_LINE_FIELD,        /* "Name: value"; white space between name and colon as in RFC 5322 4.5 */
  MR_LINE_CONTINUATION, /* starts with white space */
  MR_LINE_BLANK,        /* CRLF alone */
  MR_LINE_OTHER         /* cannot belong to a header */
} MrLineKind;

/* line: with or without its CRLF. *ret_name_len: length of the name, white space before the colon not counted. */
MrLineKind mr_line_kind (const char *line, gsize len, gsize *ret_name_len);

/* One field in a block of bytes; all are offsets from the start of the block. */
typedef struct {
  gsize start;
  gsize name_len;
  gsize value; /* first byte behind the colon */
  gsize end;   /* behind the final CRLF */
} MrFieldSpan;

/* Reads the field at *pos and moves *pos behind it. FALSE where the header ends: *pos stays at the empty line, at the
 * first line that cannot belong to a header, or at the end. */
gboolean mr_field_next (const char *data, gsize len, gsize *pos, MrFieldSpan *ret);
/* name: as it stands in the bytes; want: in any case. */
gboolean mr_field_name_is (const char *name, gsize name_len, const char *want);
/* Value without folding and without surrounding white space; its bytes are not checked. (transfer full) */
char *mr_field_unfold (const char *value, gsize len, gsize *ret_len);
/* The same as valid UTF-8: what is not becomes U+FFFD. (transfer full) */
char *mr_field_dup_text (const char *value, gsize len);
/* RFC 2047 encoded words of an unfolded text decoded; controls become spaces. Thread-safe. (transfer full) */
char *mr_field_decode (const char *text);
/* To be called before GMime is used; thread-safe, any number of times. */
void mr_mime_init (void);
/* TRUE where a byte above 127 occurs. */
gboolean mr_bytes_have_8bit (const void *data, gsize len);

G_END_DECLS
