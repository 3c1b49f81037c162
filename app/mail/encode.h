/* The writers of the MIME encodings (RFC 2045 6.7 and 6.8, RFC 2047, RFC 2231), for this room only. All append to a
 * string, keep lines within 76 characters and end lines with CRLF. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* TRUE where base64 is the shorter one for these bytes. */
gboolean mr_encode_prefers_base64 (const char *data, gsize len);
/* No line of the result starts with "--". CRLF stays a line end, every other CR and LF is escaped. is_encoded: data
 * is quoted-printable already and wrong only in its bytes above 127; its escapes stay as they are. */
void mr_encode_quoted_printable (GString *out, const char *data, gsize len, gboolean is_encoded);
/* No line end behind the last line. */
void mr_encode_base64 (GString *out, const char *data, gsize len);
/* Encoded words, folded; fit for unstructured text, phrases and comments alike. Text that is not UTF-8 is labelled
 * unknown-8bit (RFC 1428). */
void mr_encode_words (GString *out, const char *text, gsize len);
/* A parameter of Content-Type or Content-Disposition with its name; long values are continued. */
void mr_encode_parameter (GString *out, const char *name, gsize name_len, const char *value, gsize len);
/* Characters behind the last line end, at most 1000. */
gsize mr_encode_column (const GString *out);

G_END_DECLS
