/* Shared by dkim-verify.c (the message that streams by), dkim-signature.c (what a signature says) and dkim-judge.c (what its key says to it). */
#pragma once

#include "mailauth/dkim-canon.h"
#include "mailauth/dkim-verify.h"

G_BEGIN_DECLS

/* One signature. Members are owned. */
typedef struct {
  MrTags *tags;  /* NULL: not readable */
  char *problem; /* why it is a permerror, whatever the key */
  char *failure; /* why it fails, whatever the key */
  MrDkimCanon header_canon, body_canon;
  MrDkimAlgorithm algorithm;
  gboolean sha1;
  gint64 limit; /* l=, -1 */
  gint64 signed_at, expires;
  MrDkimBody *body;
  GByteArray *signed_data; /* NULL: only its digest was kept */
  MrDkimRecord *published; /* nothing is signed yet: the key that should be in the DNS; NULL */
  guint8 digest[MR_DKIM_DIGEST_LEN];
  guint8 *signature;
  gsize signature_len;
} MrDkimSignature;

/* ---- dkim-signature.c ---- */

/* text: the value of the field. Never NULL; where it is no good, problem says so and nothing but the tags may be used. */
MrDkimSignature *mr_dkim_signature_parse (const char *text, const MrDkimVerifyOptions *options);
void mr_dkim_signature_free (MrDkimSignature *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimSignature, mr_dkim_signature_free)

/* ---- dkim-judge.c ---- */

/* With the key that the DNS has. lookups NULL: nobody is asked, the state is PENDING. (transfer full) */
MrDkimResult *
mr_dkim_signature_judge (const MrDkimSignature *self, const MrDkimVerifyOptions *options, MrLookupTable *lookups);

G_END_DECLS
