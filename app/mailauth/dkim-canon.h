/* Canonicalisation of DKIM (RFC 6376 3.4). Private to the room. The body streams: memory does not grow with the message. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum { MR_DKIM_SIMPLE, MR_DKIM_RELAXED } MrDkimCanon;

#define MR_DKIM_DIGEST_LEN 32

typedef struct _MrDkimBody MrDkimBody;

/* SHA-256, or SHA-1 where sha1. limit: bytes of the canonical body that count (l=), -1: all. */
MrDkimBody *mr_dkim_body_new (MrDkimCanon canon, gboolean sha1, gint64 limit);
void mr_dkim_body_free (MrDkimBody *body);
/* Bytes with CRLF line ends, cut anywhere; a lone CR or LF is an ordinary byte. */
void mr_dkim_body_feed (MrDkimBody *body, const void *data, gsize len);
/* Once. *ret_total: canonical bytes there were. (transfer full) digest. */
GBytes *mr_dkim_body_end (MrDkimBody *body, guint64 *ret_total);

/* One field, raw with its folding. with_end: the final CRLF is written too. */
void mr_dkim_append_field (GByteArray *out, MrDkimCanon canon, const char *raw, gsize len, gboolean with_end);
/* The raw field of a signature with the value of its b= taken out. (transfer full) */
char *mr_dkim_without_signature (const char *raw, gsize len, gsize *ret_len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimBody, mr_dkim_body_free)

G_END_DECLS
