/* Pure decisions: no I/O, no clock, no random; what they need is handed in. Deny by default.
 *
 * verdict of a failure, retry times, choice of the account, TLS policy, who may submit. All of the design's
 * section 5 that can be said as a function stands here and is tested as tables.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* ---- who may submit (section 1, promise 2) ---- */

typedef enum {
  MR_SUBMIT_ALLOWED,
  MR_SUBMIT_DENIED_NOT_LOOPBACK,
  MR_SUBMIT_DENIED_OTHER_USER,
  MR_SUBMIT_DENIED_UNKNOWN_USER,
  MR_SUBMIT_DENIED_AUTH_REQUIRED,
  MR_SUBMIT_N
} MrSubmitDecision;

typedef struct {
  gboolean loopback;
  gboolean unix_socket;
  gint64 peer_uid; /* -1: unknown */
  gint64 own_uid;
  const gint64 *allowed_uids; /* by a person's click */
  guint n_allowed_uids;
  gboolean authenticated; /* with the password of a program that is not revoked */
  gboolean require_auth;  /* setting: even this user's programs need a password */
} MrSubmitPeer;

MrSubmitDecision mr_policy_may_submit (const MrSubmitPeer *peer);
const char *mr_submit_decision_nick (MrSubmitDecision decision);

/* ---- which account (section 5, "Who sends, as whom") ---- */

typedef struct {
  const char *id;
  MrAccountKind kind;
  const char *const *addresses; /* patterns */
  gboolean is_default;
} MrPolicyAccount;

typedef enum {
  MR_ROUTE_ACCOUNT,     /* account; rewrite_to set where the sender's name is not public */
  MR_ROUTE_NO_ACCOUNTS, /* none at all: hold, "add an account" */
  MR_ROUTE_NO_MATCH     /* hold, "No account may send for x@y" */
} MrRouteKind;

typedef struct {
  MrRouteKind kind;
  const char *account;    /* borrowed id */
  const char *rewrite_to; /* borrowed address: envelope and From become this; NULL: as it is */
  const char *sender;     /* borrowed: the address that was decisive */
} MrRoute;

/* override_account: chosen by a person for this message, may be NULL. exact address beats "*@domain" beats "*"; among
 * equals the default account, then order.
 * from: header From, may be NULL; it also picks where no account matches the reverse-path. own_names: host names of
 * this machine. With a null reverse-path the header From decides. A sender at a non-public name that no
 * account lists exactly is rewritten to the first plain address of the default account, when that has one;
 * envelope "" stays "". */
MrRoute mr_policy_route (const MrPolicyAccount *accounts, guint n_accounts, const char *reverse_path, const char *from,
                         const char *override_account, const char *const *own_names);

/* ---- verdict ---- */

typedef struct {
  MrStage stage;
  MrScope scope;
  guint code;               /* 0: no reply */
  const char *enhanced;     /* NULL: none */
  gboolean dot_sent;        /* outcome unknown when no reply came */
  gboolean relay;           /* through an account (else direct MX) */
  gboolean more_hosts;      /* another host of this route can still be asked */
  gboolean account_trouble; /* login, host name, TLS of the account */
  gboolean null_mx;         /* the domain takes no mail, or does not exist: permanent */
  gboolean local_permanent; /* found here: message too big for the server's SIZE, cannot be converted */
  gboolean person_remedy;   /* ndr: the remedy is the sender's or the account's */
  gboolean no_route;        /* this machine has no way to the host */
  MrWaitReason wait;        /* something here has to come first (the keyring); NONE: no */
  /* from the diagnosis */
  MrRetryHint hint;
  double confidence;
  gboolean rule_may_retry_5xx;
  guint retry_after;      /* seconds named in the text, 0: none */
  gboolean sending_limit; /* the account's provider says that a limit is reached */
  guint limits_in_a_row;  /* such answers since a message was taken, this one included */
  /* history of this recipient */
  guint attempts;  /* that counted, this one included */
  guint uncertain; /* before this one */
  guint policy_retries;
  gint64 online_age; /* seconds of online time since submission */
} MrFailure;

typedef struct {
  guint first, factor_percent, max, jitter_percent; /* seconds, [retry] */
  gint64 life, person_life;                         /* seconds */
  guint resend_uncertain;                           /* 0..2 */
} MrRetrySettings;

typedef struct {
  MrVerdictKind kind;
  MrRecipientState state;   /* waiting, uncertain, needs-person, failed, expired */
  MrWaitReason wait_reason; /* retry-time, account-paused, account-limit, offline */
  guint delay;        /* seconds until the next attempt, for RETRY; G_MAXUINT: not by itself (rests, needs a person) */
  gboolean counts;    /* the attempt counts for the schedule */
  gboolean next_host; /* RETRY: ask the next host now, before anything is recorded as waiting */
  gboolean too_many_recipients; /* the rest goes at once in the next transaction */
} MrVerdict;

/* random: uniform in [0, 1). destination_failures: failures in a row of the destination. */
MrVerdict mr_policy_verdict (const MrFailure *failure, const MrRetrySettings *settings, guint destination_failures,
                             double random);
/* Seconds until the next try. */
guint mr_policy_retry_delay (const MrRetrySettings *settings, guint attempts, guint destination_failures,
                             guint retry_after, double random);
/* Next log-in after a refused password: 1 h, then every 6 h. */
guint mr_policy_login_delay (guint refusals);

/* TRUE from the third refusal in a row that blames the account: it is paused then, its mail waits. */
gboolean mr_policy_refusals_blame_account (guint refusals_in_a_row);
/* TRUE where a message has waited so long that it is held back when sending becomes possible again; both in seconds of wall
 * time. */
gboolean mr_policy_is_old (gint64 wall_age, gint64 limit);

/* ---- limits of an account ---- */

typedef struct {
  gint64 time; /* wall time */
  guint recipients;
} MrPolicyUse;

typedef struct {
  guint minute, day;       /* recipients that may be handed over; 0: no limit */
  const MrPolicyUse *used; /* was handed over; oldest first */
  guint n_used;
  const MrPolicyUse *promised; /* times that were given to recipients that wait; earliest first */
  guint n_promised;
  guint in_flight;   /* recipients that are being handed over */
  gint64 not_before; /* the provider itself said that it takes no more before; 0 */
} MrPolicyLimits;

typedef enum { MR_LIMIT_NONE, MR_LIMIT_MINUTE, MR_LIMIT_DAY, MR_LIMIT_PROVIDER } MrLimitKind;

typedef struct {
  guint room;       /* recipients that may go now; G_MAXUINT: no limit */
  gint64 next;      /* room 0: when one more may go */
  MrLimitKind kind; /* room 0: what stands in the way */
} MrLimitDecision;

/* No time further away than this is given: by then it is looked at again. */
#define MR_POLICY_LIMIT_HORIZON (5 * G_TIME_SPAN_DAY)
/* now: wall time (microseconds). */
MrLimitDecision mr_policy_limit (const MrPolicyLimits *limits, gint64 now);
/* Recipients handed over in the last minute, or the last 24 hours. */
guint64 mr_policy_limit_used (const MrPolicyLimits *limits, gboolean day, gint64 now);
/* Seconds until an account is tried again whose provider said that its limit is reached; retry_after: named by it, 0. in_a_row: such
 * answers since the last message that was taken, this one included. */
guint mr_policy_provider_limit_delay (guint retry_after, guint in_a_row);

/* ---- TLS and passwords ---- */

/* A certificate of an account's server that ends so soon is worth a warning. Both wall times (microseconds). */
gboolean mr_policy_certificate_ends_soon (gint64 not_after, gint64 now);

typedef enum { MR_CLEAR_OK, MR_CLEAR_REFUSED_PASSWORD } MrClearPolicy;
/* A password over a connection without TLS: only to a loopback host. */
MrClearPolicy mr_policy_clear_text (MrTlsMode tls, gboolean has_user, gboolean host_is_loopback);

G_END_DECLS
