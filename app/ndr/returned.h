/* Reading what comes back: bounce messages of any mail system, delay warnings, delivery confirmations, automatic answers
 * and complaints → outcome and, for each recipient, what the server said and what it means.
 *
 * RFC 3464 and 6522 (6533 for addresses in UTF-8), RFC 5965, RFC 3834, and the human texts that servers wrote before,
 * beside and instead of them. Pure; any line end; never fails; sizes, parts and nesting are bounded, time is linear in the
 * message. A message that is none of these is MR_RETURNED_NOT_A_BOUNCE and has no recipients; neither has an automatic
 * answer.
 */
#pragma once

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_RETURNED_RECIPIENTS_MAX 200

typedef enum {
  MR_RETURNED_FAILED,
  MR_RETURNED_DELAYED,
  MR_RETURNED_DELIVERED,
  MR_RETURNED_RELAYED,
  MR_RETURNED_EXPANDED,
  MR_RETURNED_AUTOREPLY,
  MR_RETURNED_COMPLAINT,
  MR_RETURNED_NOT_A_BOUNCE,
  MR_RETURNED_N_OUTCOMES
} MrReturnedOutcome;

/* "failed", "not-a-bounce" ... */
const char *mr_returned_outcome_nick (MrReturnedOutcome outcome);
/* What a message of that kind tells, as one sentence. Translated. */
const char *mr_returned_outcome_sentence (MrReturnedOutcome outcome);

typedef struct {
  char *recipient;       /* as the sender wrote it where the report tells, else where it was to go; may be "" */
  char *final_recipient; /* where a forwarding led to, NULL: nowhere else */
  char *status;          /* "5.1.1", NULL: none */
  guint code;            /* reply code, 0: none */
  char *enhanced;        /* of the reply, NULL: none */
  char *text;            /* what the server said; NULL: nothing */
  char *remote_host;     /* NULL: not named */
  char *reporting_host;  /* NULL: not named */
  MrSpeaker speaker;
  MrStage stage;
  MrReturnedOutcome outcome;
  gboolean gave_up; /* delayed until it was given up: nothing more is tried */
  MrDiagnosisResult diagnosis;
} MrReturnedRecipient;

typedef struct {
  MrReturnedOutcome outcome; /* the worst of the recipients' */
  char *message_id;          /* of the original, without angle brackets; NULL: not in the report */
  char *envelope_id;         /* ENVID of RFC 3461, decoded; NULL: none */
  char *queue_id;            /* our own id of the message, NULL: none was found */
  char *subject, *sender;    /* of the original, NULL: not in the report */
  char *arrived;             /* when the reporting server got it, as written; NULL */
  GPtrArray *recipients;     /* of MrReturnedRecipient */
} MrReturned;

MrReturned *mr_returned_read (MrDiagnosis *diagnosis, const void *data, gsize len);
void mr_returned_free (MrReturned *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrReturned, mr_returned_free)

G_END_DECLS
