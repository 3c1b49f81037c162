/* What a submission server may and must repair in a header (RFC 6409 section 8), and the trace field it adds (RFC
 * 5321 4.4). Pure: time, random and names are handed in.
 *
 * - Received is put first: "from HELO (loopback or peer kind) by mail-relay with ESMTP[S][A] id ID; date", naming
 *   no local user, no host name of ours, no private address; "for <x>" only with a single recipient (design section
 *   5, privacy).
 * - Date, Message-ID (random left side, right side the sender's domain) and From (from the reverse-path) are added
 *   where missing. Never changed where present.
 * - Bcc and Resent-Bcc are removed. Return-Path is removed.
 * - A header that ends without an empty line gets one. All other bytes stay as they came. /
 */
#pragma once

#include "mail/header.h"

G_BEGIN_DECLS

typedef struct {
  const char *id;   /* our queue id */
  const char *helo; /* what the client called itself; replaced by "localhost" for loopback peers */
  gboolean esmtp, tls, authenticated;
  gboolean loopback;            /* or Unix socket */
  const char *peer_address;     /* shown as an address literal when it is neither loopback nor private */
  const char *reverse_path;     /* "" for null */
  const char *single_recipient; /* NULL where there are several */
  gint64 now;                   /* wall clock, microseconds */
  guint64 random;               /* for Message-ID */
} MrFixupContext;

typedef struct {
  GBytes *header;    /* the new header with its final empty line */
  char *from;        /* first address of From after the fix-ups, NULL where none can be read */
  char *subject;     /* decoded, at most 998 bytes, NULL where there is none */
  char *message_id;  /* without angle brackets */
  guint n_received;  /* before ours was added */
  gboolean has_8bit; /* in the header */
} MrFixupResult;

/* Only fails with MR_ERROR_INVALID: no From and a null reverse-path do not fail (From is then left out). */
MrFixupResult *mr_fixup_header (MrHeaderReader *reader, const MrFixupContext *context, GError **error);
void mr_fixup_result_free (MrFixupResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrFixupResult, mr_fixup_result_free)

G_END_DECLS
