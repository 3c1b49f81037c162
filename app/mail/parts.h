/* A message taken apart for reading: the fields of its header and its parts as text.
 *
 * For messages that come from anywhere, such as returned mail in a person's mailbox: any line end (CRLF, LF, CR), any
 * character set, missing pieces, hostile nesting. Never fails: what cannot be taken apart is one part of plain text.
 * Everything is bounded; time is linear in the message. MIME (RFC 2045, RFC 2046); character sets and encodings by
 * GMime.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_PARTS_BYTES_MAX (2 * 1024 * 1024) /* of the message; the rest is not looked at */
#define MR_PARTS_TEXT_MAX  (128 * 1024)      /* of one part */
#define MR_PARTS_MAX       60
#define MR_FIELDS_MAX      400

typedef struct {
  char *name;  /* as written */
  char *value; /* unfolded, RFC 2047 decoded, valid UTF-8, at most 4096 bytes */
} MrMailField;

typedef struct {
  char *type; /* "text/plain" in lower case; "message/rfc822" for an enclosed message */
  char *text; /* decoded, valid UTF-8, LF line ends; "" where it is no text. Of an enclosed message: as it came */
  GPtrArray *fields; /* of MrMailField: the header of an enclosed message; else NULL */
} MrMailPart;

typedef struct {
  GPtrArray *fields; /* of MrMailField */
  GPtrArray *parts;  /* of MrMailPart in their order, enclosed messages whole; one at least */
  char *type;        /* of the message */
  char *report_type; /* parameter of multipart/report (RFC 6522), in lower case; NULL: none */
} MrMailParts;

MrMailParts *mr_mail_parts_read (const void *data, gsize len);
void mr_mail_parts_free (MrMailParts *parts);

/* Header-like lines at the start of text (LF line ends), up to the first line that is none; ret_used (may be NULL):
 * bytes read. (transfer full) of MrMailField */
GPtrArray *mr_mail_fields_read (const char *text, gsize len, gsize *ret_used);
/* Value of the first field of that name, NULL: none. */
const char *mr_mail_fields_get (const GPtrArray *fields, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrMailParts, mr_mail_parts_free)

G_END_DECLS
