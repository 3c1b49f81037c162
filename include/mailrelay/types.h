/* Enums, error domain and names that every room may use.
 *
 * Each enum has a nick: the word that crosses the bus and stands in --json. A nick never changes once it has been released. The store keeps
 * the integers, so that their order does not change either and a new value goes behind the last one. The functions live in
 * app/base/types.c.
 */
#pragma once

#include <mailrelay/account-types.h>

G_BEGIN_DECLS

/* The state of one recipient of one message. Only mr_recipient_state_may_become() knows the legal edges. */
typedef enum {
  MR_RECIPIENT_WAITING,
  MR_RECIPIENT_SENDING,
  MR_RECIPIENT_UNCERTAIN,
  MR_RECIPIENT_NEEDS_PERSON,
  MR_RECIPIENT_DELIVERED,
  MR_RECIPIENT_RELAYED,
  MR_RECIPIENT_FAILED,
  MR_RECIPIENT_EXPIRED,
  MR_RECIPIENT_CANCELLED,
  MR_RECIPIENT_RETURNED,
  MR_RECIPIENT_N_STATES
} MrRecipientState;

/* Why something waits. */
typedef enum {
  MR_WAIT_NONE,
  MR_WAIT_RETRY_TIME,
  MR_WAIT_ACCOUNT_PAUSED,
  MR_WAIT_KEYRING_LOCKED,
  MR_WAIT_NO_KEYRING,
  MR_WAIT_OFFLINE,
  MR_WAIT_PAUSED,
  MR_WAIT_CAPACITY,
  MR_WAIT_NO_ACCOUNT,
  MR_WAIT_ACCOUNT_LIMIT, /* the account may send no more for now */
  MR_WAIT_METERED,       /* it is large, and this network counts what goes through it */
  MR_WAIT_N_REASONS
} MrWaitReason;

/* Why a message is held (kept back). Held messages are never tried until a person releases them. */
typedef enum {
  MR_HOLD_NONE,
  MR_HOLD_PERSON,      /* a person pressed hold */
  MR_HOLD_NO_ACCOUNT,  /* no account may send for this sender */
  MR_HOLD_OLD,         /* older than seven days when sending became possible again */
  MR_HOLD_DAMAGED,     /* the stored message cannot be read; set aside, never deleted */
  MR_HOLD_NEVER_WRITE, /* a recipient is on the list of addresses that are never written to */
  MR_HOLD_RULE,        /* a rule of the person keeps it back for review */
  MR_HOLD_N_REASONS
} MrHoldReason;

/* How far an SMTP delivery got. */
typedef enum {
  MR_STAGE_NONE,
  MR_STAGE_RESOLVE,
  MR_STAGE_CONNECT,
  MR_STAGE_EHLO,     /* greeting included */
  MR_STAGE_STARTTLS, /* TLS handshakes of both kinds */
  MR_STAGE_AUTH,
  MR_STAGE_MAIL,
  MR_STAGE_RCPT,
  MR_STAGE_DATA, /* DATA command and the bytes of the message */
  MR_STAGE_DOT,  /* the final dot was sent */
  MR_STAGE_QUIT,
  MR_STAGE_N_STAGES
} MrStage;

/* What a failure touches (design section 5, smtp-engines section 2.5). */
typedef enum { MR_SCOPE_HOST, MR_SCOPE_MESSAGE, MR_SCOPE_RECIPIENT, MR_SCOPE_ACCOUNT, MR_SCOPE_N_SCOPES } MrScope;

typedef enum {
  MR_TLS_NONE,
  MR_TLS_STARTTLS, /* required */
  MR_TLS_IMPLICIT,
  MR_TLS_OPPORTUNISTIC, /* direct MX only */
  MR_TLS_N_MODES
} MrTlsMode;

/* Whose move it is. */
typedef enum {
  MR_ACTOR_YOU,
  MR_ACTOR_PROVIDER,
  MR_ACTOR_RECIPIENT,
  MR_ACTOR_RECIPIENT_ADMIN,
  MR_ACTOR_NOBODY,
  MR_ACTOR_UNKNOWN,
  MR_ACTOR_N_ACTORS
} MrActor;

typedef enum { MR_RETRY_YES, MR_RETRY_AFTER_FIX, MR_RETRY_NO, MR_RETRY_N_HINTS } MrRetryHint;

/* Who spoke the reply that is diagnosed. */
typedef enum {
  MR_SPEAKER_ACCOUNT,
  MR_SPEAKER_RECIPIENT_SERVER,
  MR_SPEAKER_INTERMEDIATE,
  MR_SPEAKER_LOCAL,
  MR_SPEAKER_N_SPEAKERS
} MrSpeaker;

/* What policy decides about a failure. */
typedef enum {
  MR_VERDICT_DELIVERED,
  MR_VERDICT_RETRY,
  MR_VERDICT_NEEDS_PERSON,
  MR_VERDICT_FAILED,
  MR_VERDICT_N_VERDICTS
} MrVerdictKind;

/* One error domain for all rooms. The code says who can act; the message says what to do next. */
#define MR_ERROR (mr_error_quark ())
typedef enum {
  MR_ERROR_FAILED,
  MR_ERROR_INVALID, /* what was given is wrong; the message says where */
  MR_ERROR_NOT_FOUND,
  MR_ERROR_EXISTS,
  MR_ERROR_REFUSED, /* policy says no */
  MR_ERROR_TOO_BIG, /* a bound was reached */
  MR_ERROR_FULL,    /* no room on the disk */
  MR_ERROR_BUSY,    /* another process owns it */
  MR_ERROR_STORE,
  MR_ERROR_CORRUPT,
  MR_ERROR_NETWORK,
  MR_ERROR_TIMED_OUT,
  MR_ERROR_TLS,
  MR_ERROR_DNS_NOT_FOUND, /* NXDOMAIN or no record of the type: permanent */
  MR_ERROR_DNS_TEMPORARY, /* SERVFAIL, time-out: try again */
  MR_ERROR_KEYRING_LOCKED,
  MR_ERROR_NO_KEYRING,
  MR_ERROR_PROTOCOL, /* the other side does not speak as its protocol says */
  MR_ERROR_CANCELLED,
  MR_ERROR_N_CODES
} MrError;
GQuark mr_error_quark (void);

/* Nicks. The *_nick functions never return NULL; the *_from_nick functions leave ret untouched on failure. */
const char *mr_recipient_state_nick (MrRecipientState state);
gboolean mr_recipient_state_from_nick (const char *nick, MrRecipientState *ret);
const char *mr_wait_reason_nick (MrWaitReason reason);
gboolean mr_wait_reason_from_nick (const char *nick, MrWaitReason *ret);
const char *mr_hold_reason_nick (MrHoldReason reason);
gboolean mr_hold_reason_from_nick (const char *nick, MrHoldReason *ret);
const char *mr_stage_nick (MrStage stage);
gboolean mr_stage_from_nick (const char *nick, MrStage *ret);
const char *mr_scope_nick (MrScope scope);
const char *mr_tls_mode_nick (MrTlsMode mode);
gboolean mr_tls_mode_from_nick (const char *nick, MrTlsMode *ret);
const char *mr_actor_nick (MrActor actor);
gboolean mr_actor_from_nick (const char *nick, MrActor *ret);
const char *mr_retry_hint_nick (MrRetryHint hint);
gboolean mr_retry_hint_from_nick (const char *nick, MrRetryHint *ret);
const char *mr_speaker_nick (MrSpeaker speaker);
gboolean mr_speaker_from_nick (const char *nick, MrSpeaker *ret);
const char *mr_verdict_kind_nick (MrVerdictKind kind);
gboolean mr_verdict_kind_from_nick (const char *nick, MrVerdictKind *ret);
const char *mr_error_nick (MrError code);

/* TRUE where the design's section 4 allows the edge. */
gboolean mr_recipient_state_may_become (MrRecipientState from, MrRecipientState to);
/* TRUE for the states in which nothing more will be tried by itself (delivered, relayed, failed, expired, cancelled,
 * returned). */
gboolean mr_recipient_state_is_final (MrRecipientState state);

G_END_DECLS
