/* Plain records of the queue: what the store keeps, the engine hands out and the bus carries.
 *
 * One set of structs for all rooms from the store upwards, so that a field is named once. A record is plain data: no
 * room may hang behaviour on it. All strings are UTF-8 or ASCII, owned by the record, NULL where unknown. Times are
 * wall-clock microseconds since the epoch, 0 where there is none. Functions live in app/base/records.c.
 */
#pragma once

#include <mailrelay/account-records.h>
#include <mailrelay/activity.h>
#include <mailrelay/dkim-records.h>
#include <mailrelay/domain-records.h>
#include <mailrelay/dsn.h>
#include <mailrelay/list-records.h>
#include <mailrelay/side-records.h>
#include <mailrelay/signature-records.h>
#include <mailrelay/statistics-records.h>
#include <mailrelay/trace.h>

G_BEGIN_DECLS

#define MR_ID_LENGTH 16 /* Crockford base32: 48 bits of milliseconds, 32 random */

typedef struct {
  guint n;       /* number within the message, from 0 */
  char *address; /* RFC 5321 forward-path without angle brackets */
  MrRecipientState state;
  MrWaitReason wait_reason;
  guint attempts;       /* attempts that count for the retry schedule */
  guint uncertain;      /* how often the outcome was unknown */
  guint policy_retries; /* 5xx turned into a retry by a rule */
  gint64 next_attempt;
  gint64 changed;
  MrStage stage;          /* of the last attempt */
  MrReplyRecord reply;    /* last one */
  char *host;             /* last one asked */
  char *account;          /* account id of the last attempt */
  char *cause;            /* cause id of app/ndr, NULL when nothing failed */
  GVariant *cause_params; /* a{ss}, NULL when empty */
  gboolean direct;        /* the last attempt was made straight to the recipient's server */
  /* RFC 3461: what the sender asked for */
  guint notify; /* MrNotify bits */
  char *orcpt;  /* original recipient as it was given: address type, ";", xtext; NULL */
  /* reports by mail, MrReport bits */
  guint report_due; /* to be made */
  guint reported;   /* made */
  /* a report that came back after it had been delivered */
  gint64 bounced;
  char *bounced_cause; /* cause id */
  /* a person corrected the address: what it was when it was handed in */
  char *corrected_from;
} MrRecipientRecord;

typedef struct {
  char *id;
  gint64 created;
  gint64 finished;     /* all recipients final; 0 while active */
  gint64 online_at;    /* the engine's online clock (microseconds) at submission, for the give-up time */
  gint64 not_before;   /* never tried before this time */
  gint64 next_attempt; /* earliest of the waiting recipients */
  MrHoldReason hold;
  char *hold_rule;    /* id of the rule, for MR_HOLD_RULE; NULL */
  gint64 hold_until;  /* it goes by itself then; 0: a person lets it go */
  char *reverse_path; /* "" for the null reverse-path */
  char *from;         /* address of the header From, NULL when there is none that can be read */
  char *subject;      /* decoded, at most 998 bytes */
  char *message_id;   /* without angle brackets */
  guint64 size;       /* bytes as they will be sent (RFC 1870), dot stuffing not counted */
  gboolean has_8bit;
  gboolean has_body; /* chunks are still stored */
  guint n_chunks;
  /* who submitted it */
  char *program; /* AUTH identity, else executable name */
  gint64 uid;    /* -1: unknown */
  gint64 pid;    /* 0: unknown */
  char *socket;  /* our listening address */
  char *helo;
  char *auth_identity;
  char *peer;             /* address of the program's end; only the audit log keeps it */
  char *account_override; /* "send through ..." chosen by a person for this message */
  MrReturn ret;           /* RFC 3461: what a report returns */
  char *envid;            /* RFC 3461: the sender's envelope id as it was given (xtext); NULL */
  char *report_for;       /* this is a report made here, about the message of this id; NULL */
  char *again_of;         /* a person sent the message of this id once more: this one; NULL */
  char **copies;          /* ids of those whose again_of this is, oldest first; only of a single message, NULL: none */
  GPtrArray *recipients;  /* MrRecipientRecord, owned; in lists it may hold only the first */
  guint n_recipients;
} MrMessageRecord;

/* One attempt for one recipient. */
typedef struct {
  char *message_id; /* our queue id */
  guint recipient;
  guint number; /* from 1, per recipient */
  gint64 started;
  gint64 finished;
  MrStage stage; /* how far it got */
  char *account;
  char *host;
  char *address; /* "192.0.2.1:25" */
  char *tls;     /* "TLSv1.3 TLS_AES_256_GCM_SHA384", NULL: clear text */
  MrReplyRecord reply;
  char *error; /* local trouble in words, NULL when a reply came */
  char *cause;
  MrVerdictKind verdict;
  char *transcript; /* bounded, secrets masked; NULL: none kept */
  char
      *signatures; /* lines of mr_dkim_signer_dup_kept(), of one attempt for each transmission; NULL: not signed here */
} MrAttemptRecord;

/* A submission that was refused: shown to the person, with Allow. */
typedef struct {
  gint64 time;
  gint64 uid; /* -1: unknown */
  gint64 pid;
  char *program;
  char *peer; /* address */
  char *reverse_path;
  char *reason; /* nick of MrSubmitDenial in app/policy, or "bare-cr", "bare-lf", "nul", "http", "tls" */
} MrRefusalRecord;

typedef struct {
  guint64 messages_active, messages_held, recipients[MR_RECIPIENT_N_STATES], waits[MR_WAIT_N_REASONS];
  guint64 delivered_today, failed_week, bytes_active;
  gint64 oldest_active; /* wall time, 0: none */
} MrStoreCounts;
MrRecipientRecord *mr_recipient_record_new (guint n, const char *address);
MrRecipientRecord *mr_recipient_record_copy (const MrRecipientRecord *record);
void mr_recipient_record_free (MrRecipientRecord *record);
MrMessageRecord *mr_message_record_new (void); /* recipients is an empty array that frees its records */
MrMessageRecord *mr_message_record_copy (const MrMessageRecord *record);
void mr_message_record_free (MrMessageRecord *record);
MrAttemptRecord *mr_attempt_record_new (void);
void mr_attempt_record_free (MrAttemptRecord *record);
MrRefusalRecord *mr_refusal_record_new (void);
void mr_refusal_record_free (MrRefusalRecord *record);

/* The state that stands for the whole message in a list: the one that needs a person most. */
MrRecipientState mr_message_record_summary_state (const MrMessageRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrRecipientRecord, mr_recipient_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrMessageRecord, mr_message_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAttemptRecord, mr_attempt_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrRefusalRecord, mr_refusal_record_free)

G_END_DECLS
