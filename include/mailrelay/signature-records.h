/* Signatures (DKIM) of a message: what is told of one. Functions live in app/base/dkim-records.c. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  MR_SIGNATURE_PLANNED, /* not sent yet: what will sign it as things are now */
  MR_SIGNATURE_SENT,    /* it went out with it */
  MR_SIGNATURE_PROGRAM, /* the program that handed the message in signed it */
  MR_SIGNATURE_N_KINDS
} MrSignatureKind;
const char *mr_signature_kind_nick (MrSignatureKind kind);
gboolean mr_signature_kind_from_nick (const char *nick, MrSignatureKind *ret);

typedef struct {
  MrSignatureKind kind;
  char *domain;    /* d= */
  char *selector;  /* s= */
  char *algorithm; /* a= */
  gint64 time;     /* when it was sent (microseconds); 0 */
  gint64 expires;  /* microseconds; 0: never */
  /* After it was checked with the key in the DNS: RFC 8601 2.7.1 ("pass" "fail" "permerror" "temperror"); NULL: not checked. A planned one passes where the
   * DNS has the key that will sign. */
  char *result;
  char *problem; /* in words; NULL */
  guint bits;    /* of the key in the DNS */
} MrSignatureRecord;

MrSignatureRecord *
mr_signature_record_new (MrSignatureKind kind, const char *domain, const char *selector, const char *algorithm);
void mr_signature_record_free (MrSignatureRecord *record);
/* Floating a{sv}; keys are the field names. */
GVariant *mr_signature_record_to_variant (const MrSignatureRecord *record);
MrSignatureRecord *mr_signature_record_from_variant (GVariant *variant); /* never NULL */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSignatureRecord, mr_signature_record_free)

G_END_DECLS
