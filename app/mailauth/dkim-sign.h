/* Signing with DKIM, RFC 6376 5. The body streams; the header is bounded by its reader.
 *
 * Signed and, against additions on the way, over-signed: From, Subject, Date, To, Cc, Message-ID, MIME-Version, Content-Type,
 * Content-Transfer-Encoding; further fields of the list in dkim-sign.c where they occur. Never l=. A message with two From fields is not signed.
 * Bcc is gone and conversions are done before the first byte comes here.
 */
#pragma once

#include "mail/header.h"
#include "mailauth/dkim-key.h"

G_BEGIN_DECLS

typedef struct {
  const char *domain;   /* d=, A-labels */
  const char *selector; /* s= */
  gint64 now;           /* t=, seconds since 1970 */
  guint lifetime;       /* seconds until x=, 0: none */
  gboolean simple;      /* simple/simple instead of relaxed/relaxed */
} MrDkimSignOptions;

typedef struct _MrDkimSigner MrDkimSigner;

/* header: complete, without the signature; read before the call returns. key is borrowed until the signer is freed. Error MR_ERROR_REFUSED: no From or
 * two of them; MR_ERROR_INVALID: domain or selector. */
MrDkimSigner *
mr_dkim_signer_new (const MrDkimSignOptions *options, MrDkimKey *key, MrHeaderReader *header, GError **error);
void mr_dkim_signer_free (MrDkimSigner *signer);
/* The body with CRLF line ends, cut anywhere. */
void mr_dkim_signer_feed (MrDkimSigner *signer, const void *data, gsize len);
/* Once. The field "DKIM-Signature: ..." with folding and final CRLF, to stand before all others. (transfer full) */
char *mr_dkim_signer_end (MrDkimSigner *signer, GError **error);
/* After end: what is kept of the signature, so that mr_dkim_check_kept() can tell later whether it verifies: one line, the digest of what was signed in hex
 * and the value of the field. Nothing of the message can be read from it. (transfer full) */
char *mr_dkim_signer_dup_kept (MrDkimSigner *signer);

/* What OpenSSL keeps for a thread of a pool (its random numbers) is given back: such a thread lives until the process ends, which frees nothing of it. */
void mr_dkim_thread_done (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimSigner, mr_dkim_signer_free)

G_END_DECLS
