/* What the readers of returned mail share. */
#pragma once

#include "mail/parts.h"
#include "ndr/returned.h"

G_BEGIN_DECLS

/* ---- returned-text.c: what servers write for people ---- */

typedef struct {
  char *address;
  GString *text; /* what stands beside it; may be empty */
} MrNoticeRecipient;

/* Text of HTML, tags taken out. (transfer full) */
char *mr_notice_from_html (const char *html);
/* Bytes of text before the copy of the original message, which starts at *ret_original. */
gsize mr_notice_length (const char *text, gsize *ret_original);
/* Addresses that the notice is about, at most MR_RETURNED_RECIPIENTS_MAX; own: addresses of those who get it, NULL or
 * NULL-terminated. (transfer full) of MrNoticeRecipient */
GPtrArray *mr_notice_recipients (const char *text, const char *const *own);
/* The address that starts at or behind text + *pos; *pos moves behind it. NULL: none up to the end. (transfer full) */
char *mr_notice_next_address (const char *text, gsize len, gsize *pos, gsize *ret_start);
/* A value that holds an address: "rfc822; <a@b>", "utf-8;a@b", "a@b (c)". xtext and utf-8 escapes decoded. NULL: none.
 * (transfer full) */
char *mr_notice_dup_address (const char *value);

/* ---- returned-status.c: message/delivery-status and message/feedback-report ---- */

/* Adds a recipient for each block. */
void mr_returned_take_status (MrReturned *report, const char *text);
/* RFC 5965; original: header of the complained-about message, may be NULL. */
void mr_returned_take_feedback (MrReturned *report, const char *text, const GPtrArray *original);
/* The JSON that Amazon SES posts; FALSE: it is none. */
gboolean mr_returned_take_ses (MrReturned *report, const char *text);
/* A value that may still be in the xtext of RFC 3461 4, against the standard: only "+2B" and "+3D" are decoded, since a decoded value may well have a plus
 * with digits behind it ("lou+20@example.net"). (transfer full) */
char *mr_returned_dup_xtext (const char *text);

/* ---- returned-kind.c: which kind of message ---- */

typedef enum { MR_NOTICE_NONE, MR_NOTICE_BOUNCE, MR_NOTICE_DELAY, MR_NOTICE_AUTOREPLY } MrNoticeKind;

/* By the header and the first words; text: folded (mr_extract_fold()). */
MrNoticeKind mr_notice_kind (const GPtrArray *fields, const char *folded);
/* TRUE where words say that nothing was given up yet. */
gboolean mr_notice_is_delay (const char *folded);

/* TRUE where words say that something was tried until the time was over. */
gboolean mr_notice_gave_up (const char *folded);

MrReturnedRecipient *mr_returned_add_recipient (MrReturned *report);

/* ---- one message while it is read ---- */

typedef struct {
  MrReturned *report;
  MrDiagnosis *diagnosis;
  MrMailParts *mail;
  char *notice, *folded;     /* the text for people, up to the copy of the original */
  const GPtrArray *original; /* header of the original, NULL: not there */
  GPtrArray *own_original;   /* where it was found in the text */
  MrNoticeKind kind;
  gboolean gave_up, qmail;
} MrReturnedReader;

/* ---- returned-find.c: whom it is about; in this order ---- */

/* Sets notice. */
void mr_returned_find_notice (MrReturnedReader *reader);
/* Sets original, cuts the notice before it and sets folded. */
void mr_returned_find_original (MrReturnedReader *reader);
/* Recipients of the machine-readable part. */
void mr_returned_take_machine_parts (MrReturnedReader *reader);
/* What the original's header tells: Message-ID, subject, sender, our queue id. */
void mr_returned_take_original (MrReturnedReader *reader);
/* Recipients of the text where no part named them, and what the text says of each. */
void mr_returned_find_recipients (MrReturnedReader *reader);

/* ---- returned-explain.c ---- */

/* Takes reply, host and stage out of what was said, and diagnoses it. machine: the recipient comes from the
 * machine-readable part. */
void mr_returned_explain (const MrReturnedReader *reader, MrReturnedRecipient *r, gboolean machine);

G_END_DECLS
