/* Verification of DKIM signatures, RFC 6376 6, RFC 8301, RFC 8463. The body streams; keys come from a look-up table. */
#pragma once

#include "mailauth/dkim-key.h"
#include "mailauth/lookup.h"

G_BEGIN_DECLS

#define MR_DKIM_MAX_SIGNATURES 10 /* evaluated; the rest is counted only */

typedef enum {
  MR_DKIM_PASS,
  MR_DKIM_FAIL,      /* the body or the signature does not fit, or it has expired */
  MR_DKIM_PERMERROR, /* the signature or the key record is not usable */
  MR_DKIM_TEMPERROR, /* the key could not be looked up for now */
  MR_DKIM_PENDING,   /* the look-up is wanted */
  MR_DKIM_N_STATES
} MrDkimState;

const char *mr_dkim_state_nick (MrDkimState state); /* RFC 8601 2.7.1 */

typedef struct {
  MrDkimState state;
  char *domain;    /* d=, "" where it cannot be read */
  char *selector;  /* s= */
  char *identity;  /* i=, or "@" and the domain */
  char *algorithm; /* a= */
  char *problem;   /* in words; NULL for pass */
  guint bits;      /* of the key, 0: not known */
  gboolean testing;
  gint64 signed_at, expires; /* 0: not told */
} MrDkimResult;

typedef struct {
  gint64 now;          /* seconds since 1970 */
  guint min_bits;      /* RSA; 0: 1024 (RFC 8301) */
  gboolean allow_sha1; /* off: rsa-sha1 is a permerror (RFC 8301) */
} MrDkimVerifyOptions;

typedef struct _MrDkimVerifier MrDkimVerifier;

MrDkimVerifier *mr_dkim_verifier_new (const MrDkimVerifyOptions *options);
void mr_dkim_verifier_free (MrDkimVerifier *verifier);
/* The whole message with CRLF line ends, cut anywhere; a header above 1 MiB has no signatures. */
void mr_dkim_verifier_feed (MrDkimVerifier *verifier, const void *data, gsize len);
void mr_dkim_verifier_end (MrDkimVerifier *verifier);
/* After end; again after wanted look-ups were answered. (transfer full) of MrDkimResult, one for each signature from the top. */
GPtrArray *mr_dkim_verifier_results (MrDkimVerifier *verifier, MrLookupTable *lookups);

/* Whether the DNS has this key at SELECTOR._domainkey.DOMAIN and would have it verify a signature made now: PASS, or what is wrong. record: what should
 * stand there. lookups as above. (transfer full) */
MrDkimResult *mr_dkim_check_published (const char *domain, const char *selector, const char *record,
                                       const MrDkimVerifyOptions *options, MrLookupTable *lookups);
void mr_dkim_result_free (MrDkimResult *result);

/* What mr_dkim_signer_dup_kept() gave: whether the key in the DNS verifies it. Whether the message arrived as it was signed only its receiver can tell.
 * lookups NULL: nobody is asked, the state is PENDING. NULL: it cannot be read. (transfer full) */
MrDkimResult *mr_dkim_check_kept (const char *kept, const MrDkimVerifyOptions *options, MrLookupTable *lookups);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimResult, mr_dkim_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimVerifier, mr_dkim_verifier_free)

G_END_DECLS
