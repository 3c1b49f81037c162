/* Where the parts of a MIME message lie (RFC 2045, RFC 2046), as offsets into its bytes, for this room only. Nothing is
 * decoded or copied, so that what is not converted can be left byte by byte as it is. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_MIME_DEPTH_MAX 32
#define MR_MIME_PARTS_MAX 1000

typedef enum { MR_MIME_LEAF, MR_MIME_MULTIPART, MR_MIME_MESSAGE } MrMimeKind;

typedef enum {
  MR_MIME_IDENTITY, /* 7bit, 8bit, binary, none, or a word that readers do not know */
  MR_MIME_QUOTED_PRINTABLE,
  MR_MIME_BASE64,
  MR_MIME_FOREIGN /* an x- encoding */
} MrMimeEncoding;

typedef struct {
  gsize header; /* first byte of the part's header */
  gsize blank;  /* where its fields end */
  gsize body;   /* behind the empty line; equal to blank where that is missing */
  gsize end;    /* the line end in front of a boundary belongs to the boundary (RFC 2046 5.1.1) */
  MrMimeKind kind;
  MrMimeEncoding encoding;
  char *type; /* "text/plain", in lower case; NULL where there is no Content-Type */
  char *boundary;
  gboolean is_protected; /* signed or encrypted: changing one byte breaks it */
  gboolean is_message;   /* the header is that of a message, not that of a part */
  GPtrArray *children;   /* of MrMimePart; empty for leaves */
} MrMimePart;

/* data: lines end with CRLF. Errors: MR_ERROR_TOO_BIG for more than MR_MIME_DEPTH_MAX levels or MR_MIME_PARTS_MAX
 * parts. Linear time. */
MrMimePart *mr_mime_parse (const char *data, gsize len, GError **error);
void mr_mime_part_free (MrMimePart *part);
/* TRUE where the part or one below it is signed or encrypted. */
gboolean mr_mime_part_has_protected (const MrMimePart *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrMimePart, mr_mime_part_free)

G_END_DECLS
