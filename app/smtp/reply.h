/* Replies: RFC 5321 4.2, enhanced codes RFC 3463 and 2034. Reader for the client side, formatter for the server. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_REPLY_LINE_MAX  2048
#define MR_REPLY_LINES_MAX 100

typedef struct _MrReplyReader MrReplyReader;

typedef enum { MR_REPLY_MORE, MR_REPLY_COMPLETE, MR_REPLY_BAD } MrReplyStatus;

MrReplyReader *mr_reply_reader_new (void);
void mr_reply_reader_free (MrReplyReader *reader);
/* Reads at most one reply. A line may end in CRLF or LF; too many or too long lines, codes that differ between lines or
 * bytes that cannot be a reply are BAD (never an endless wait). *ret_used bytes of data were taken. */
MrReplyStatus mr_reply_reader_feed (MrReplyReader *reader, const void *data, gsize len, gsize *ret_used);
/* The complete reply: code, enhanced code (where the text of the first line starts with a valid one of the same class;
 * removed from all lines' text), text. Then the reader is empty again. */
void mr_reply_reader_take (MrReplyReader *reader, MrReplyRecord *ret);
/* The lines of the last complete reply without code and separator, as sent; for EHLO. Borrowed until the next feed. */
const char *const *mr_reply_reader_get_lines (MrReplyReader *reader);

/* "550-5.1.1 first\r\n550 5.1.1 second\r\n"; enhanced may be NULL; text lines are separated by '\n', controls
 * replaced. (transfer full) */
char *mr_reply_format (guint code, const char *enhanced, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrReplyReader, mr_reply_reader_free)

G_END_DECLS
