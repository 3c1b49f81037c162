/* Plain records that stand beside the queue: see records.h for what holds for all of them. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* An address that is never written to. Entered by a person. */
typedef struct {
  char *address;
  gint64 added;
  char *reason;     /* the person's words, NULL */
  char *message_id; /* our queue id of the message that led to it, NULL */
} MrNeverRecord;

/* What an account took within one minute. */
typedef struct {
  char *account;  /* id */
  gint64 time;    /* begin of the minute */
  guint messages; /* transactions that it accepted */
  guint recipients;
} MrAccountUse;

/* Messages that wait for one reason. */
typedef struct {
  char *cause;              /* cause id of app/ndr; NULL: only the wait reason is known */
  MrWaitReason wait_reason; /* what blocks all of them; none or retry-time: each waits for its next try */
  char *account;            /* id; NULL: none yet */
  guint messages, recipients;
  gint64 oldest; /* when the oldest of them came */
} MrGroupRecord;

/* What a person changes of a message's recipients. */
typedef enum {
  MR_EDIT_CORRECT, /* gets this address and waits anew: waiting, needs-person, failed, expired, cancelled */
  MR_EDIT_ADD,     /* one recipient more; n is not looked at */
  MR_EDIT_REMOVE,  /* stopped: what is not final */
  MR_EDIT_RETURN,  /* goes back to the sender: waiting, needs-person, failed, expired */
  MR_EDIT_REVIVE,  /* waits anew at the same address: failed, expired, cancelled */
  MR_EDIT_NOW,     /* goes now: waiting, needs-person */
  MR_EDIT_N_KINDS
} MrEditKind;

typedef struct {
  MrEditKind kind;
  guint n;             /* number of the recipient; G_MAXUINT: every one in a state for it (not for correct and add) */
  const char *address; /* for correct and add */
} MrRecipientEdit;

/* What a rule looks at. */
typedef enum {
  MR_HOLD_RULE_EVERYTHING,
  MR_HOLD_RULE_SENDER,
  MR_HOLD_RULE_RECIPIENT,
  MR_HOLD_RULE_LEAVES, /* recipients outside of the list */
  MR_HOLD_RULE_PROGRAM,
  MR_HOLD_RULE_N_KINDS
} MrHoldRuleKind;
const char *mr_hold_rule_kind_nick (MrHoldRuleKind kind);
gboolean mr_hold_rule_kind_from_nick (const char *nick, MrHoldRuleKind *ret);

/* A rule of the person: `[hold ID]` of the configuration. */
typedef struct {
  char *id;
  MrHoldRuleKind kind;
  char **match;  /* addresses, domains, "*.domain", or program names; empty for everything */
  gboolean send; /* what fits goes, whatever the other rules say; else it is kept back */
  gboolean disabled;
  gint64 release_after; /* seconds after which it goes by itself; 0: a person lets it go */
} MrHoldRuleRecord;

MrHoldRuleRecord *mr_hold_rule_record_new (const char *id);
MrHoldRuleRecord *mr_hold_rule_record_copy (const MrHoldRuleRecord *record);
void mr_hold_rule_record_free (MrHoldRuleRecord *record);
MrNeverRecord *mr_never_record_new (const char *address);
void mr_never_record_free (MrNeverRecord *record);
void mr_account_use_free (MrAccountUse *use);
void mr_group_record_free (MrGroupRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrHoldRuleRecord, mr_hold_rule_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrNeverRecord, mr_never_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAccountUse, mr_account_use_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrGroupRecord, mr_group_record_free)

G_END_DECLS
