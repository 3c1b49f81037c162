/* Reader for the header of a message (RFC 5322 2.2), fed with bytes as they arrive.
 *
 * Lines end with CRLF (the SMTP machine has seen to that). The header ends at the first empty line, at the end of
 * the message, or at a line that cannot belong to a header (then that line starts the body and an empty line is due
 * before it). /
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  char *name; /* as written */
  char *raw;  /* the whole field with its folding and final CRLF */
  gsize raw_len;
} MrHeaderField;

typedef struct _MrHeaderReader MrHeaderReader;

typedef enum {
  MR_HEADER_MORE,   /* feed more */
  MR_HEADER_DONE,   /* complete */
  MR_HEADER_TOO_BIG /* more than max bytes */
} MrHeaderStatus;

MrHeaderReader *mr_header_reader_new (gsize max);
void mr_header_reader_free (MrHeaderReader *reader);
/* *ret_used: bytes of data that belong to the header (the empty line included); the rest is body. */
MrHeaderStatus mr_header_reader_feed (MrHeaderReader *reader, const void *data, gsize len, gsize *ret_used);
/* The message ended inside the header. */
MrHeaderStatus mr_header_reader_end (MrHeaderReader *reader);
/* TRUE: the header ended without an empty line; the bytes of an unfinished or wrong line that belong to the body are in
 * *ret_rest (borrowed; may be empty). */
gboolean mr_header_reader_missing_blank (MrHeaderReader *reader, const guint8 **ret_rest, gsize *ret_len);

guint mr_header_reader_n_fields (MrHeaderReader *reader);
const MrHeaderField *mr_header_reader_get_field (MrHeaderReader *reader, guint i);
guint mr_header_reader_count (MrHeaderReader *reader, const char *name);
/* Value of the first field of that name: unfolded, without surrounding white space, valid UTF-8 (invalid bytes become
 * U+FFFD). NULL where there is none. (transfer full) */
char *mr_header_reader_dup_value (MrHeaderReader *reader, const char *name);
/* The same with RFC 2047 encoded words decoded. (transfer full) */
char *mr_header_reader_dup_decoded (MrHeaderReader *reader, const char *name);
gboolean mr_header_reader_has_8bit (MrHeaderReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrHeaderReader, mr_header_reader_free)

G_END_DECLS
