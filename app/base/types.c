/* Nicks of the enums in <mailrelay/types.h>, the error domain, and the legal edges of a recipient's state.
 *
 * A table holds one word for each value, in the order of its enum; the compiler checks its length. A value that is out
 * of range (a newer store, a damaged row) reads as "unknown" and never leaves the table.
 */
#include <mailrelay/records.h>

#define STATE_BIT(state) (1u << (state))

static const char *const recipient_states[] = { "waiting", "sending", "uncertain", "needs-person", "delivered",
                                                "relayed", "failed",  "expired",   "cancelled",    "returned" };
static const char *const wait_reasons[] = { "none",       "retry-time",    "account-paused", "keyring-locked",
                                            "no-keyring", "offline",       "paused",         "capacity",
                                            "no-account", "account-limit", "metered" };
static const char *const hold_reasons[]
    = { "none", "person", "no-account", "old", "damaged", "never-write-to", "rule" };
static const char *const hold_rule_kinds[] = { "everything", "sender", "recipient", "leaves", "program" };
static const char *const stages[] = { "none", "resolve", "connect", "ehlo", "starttls", "auth",
                                      "mail", "rcpt",    "data",    "dot",  "quit" };
static const char *const scopes[] = { "host", "message", "recipient", "account" };
static const char *const tls_modes[] = { "none", "starttls", "implicit", "opportunistic" };
static const char *const account_kinds[] = { "relay", "direct" };
static const char *const account_states[] = { "ready",          "password-refused", "no-password",  "keyring-locked",
                                              "no-keyring",     "keyring-slow",     "host-unknown", "tls-trouble",
                                              "sender-refused", "paused",           "needs-sign-in" };
static const char *const auth_kinds[] = { "password", "oauth2" };
static const char *const oauth_flows[] = { "browser", "paste", "device", "client-credentials", "desktop" };
static const char *const sources[] = { "preset", "autoconfig",   "well-known", "ispdb",
                                       "srv",    "autodiscover", "mx",         "probe" };
static const char *const actors[] = { "you", "provider", "recipient", "recipient-admin", "nobody", "unknown" };
static const char *const trace_parts[] = { "look-up",      "connect", "greeting", "encryption",
                                           "capabilities", "log-in",  "sender",   "size" };
static const char *const retry_hints[] = { "yes", "after-fix", "no" };
static const char *const speakers[] = { "account", "recipient-server", "intermediate", "local" };
static const char *const verdict_kinds[] = { "delivered", "retry", "needs-person", "failed" };
static const char *const errors[] = { "failed",         "invalid",    "not-found", "exists",        "refused",
                                      "too-big",        "full",       "busy",      "store",         "corrupt",
                                      "network",        "timed-out",  "tls",       "dns-not-found", "dns-temporary",
                                      "keyring-locked", "no-keyring", "protocol",  "cancelled" };

G_STATIC_ASSERT (G_N_ELEMENTS (recipient_states) == MR_RECIPIENT_N_STATES);
G_STATIC_ASSERT (G_N_ELEMENTS (wait_reasons) == MR_WAIT_N_REASONS);
G_STATIC_ASSERT (G_N_ELEMENTS (hold_reasons) == MR_HOLD_N_REASONS);
G_STATIC_ASSERT (G_N_ELEMENTS (hold_rule_kinds) == MR_HOLD_RULE_N_KINDS);
G_STATIC_ASSERT (G_N_ELEMENTS (stages) == MR_STAGE_N_STAGES);
G_STATIC_ASSERT (G_N_ELEMENTS (scopes) == MR_SCOPE_N_SCOPES);
G_STATIC_ASSERT (G_N_ELEMENTS (tls_modes) == MR_TLS_N_MODES);
G_STATIC_ASSERT (G_N_ELEMENTS (account_kinds) == MR_ACCOUNT_N_KINDS);
G_STATIC_ASSERT (G_N_ELEMENTS (account_states) == MR_ACCOUNT_N_STATES);
G_STATIC_ASSERT (G_N_ELEMENTS (auth_kinds) == MR_AUTH_N_KINDS);
G_STATIC_ASSERT (G_N_ELEMENTS (oauth_flows) == MR_OAUTH_N_FLOWS);
G_STATIC_ASSERT (G_N_ELEMENTS (sources) == MR_SOURCE_N_SOURCES);
G_STATIC_ASSERT (G_N_ELEMENTS (actors) == MR_ACTOR_N_ACTORS);
G_STATIC_ASSERT (G_N_ELEMENTS (retry_hints) == MR_RETRY_N_HINTS);
G_STATIC_ASSERT (G_N_ELEMENTS (speakers) == MR_SPEAKER_N_SPEAKERS);
G_STATIC_ASSERT (G_N_ELEMENTS (verdict_kinds) == MR_VERDICT_N_VERDICTS);
G_STATIC_ASSERT (G_N_ELEMENTS (trace_parts) == MR_TRACE_N_PARTS);
G_STATIC_ASSERT (G_N_ELEMENTS (errors) == MR_ERROR_N_CODES);

G_DEFINE_QUARK (mr_error_quark, mr_error)

static const char *
nick_at (const char *const *nicks, guint n, guint value)
{
  return value < n ? nicks[value] : "unknown";
}

/* -1 where no value has this nick. */
static int
value_of (const char *const *nicks, guint n, const char *nick)
{
  if (nick == NULL)
    return -1;
  for (guint i = 0; i < n; i++)
    if (g_str_equal (nicks[i], nick))
      return (int)i;
  return -1;
}

#define DEFINE_NICK(Type, prefix, table)                                                                               \
  const char *prefix##_nick (Type value)                                                                               \
  {                                                                                                                    \
    return nick_at (table, G_N_ELEMENTS (table), (guint)value);                                                        \
  }

#define DEFINE_FROM_NICK(Type, prefix, table)                                                                          \
  gboolean prefix##_from_nick (const char *nick, Type *ret)                                                            \
  {                                                                                                                    \
    int value = value_of (table, G_N_ELEMENTS (table), nick);                                                          \
    if (value >= 0)                                                                                                    \
      *ret = (Type)value;                                                                                              \
    return value >= 0;                                                                                                 \
  }

DEFINE_NICK (MrRecipientState, mr_recipient_state, recipient_states)
DEFINE_FROM_NICK (MrRecipientState, mr_recipient_state, recipient_states)
DEFINE_NICK (MrWaitReason, mr_wait_reason, wait_reasons)
DEFINE_FROM_NICK (MrWaitReason, mr_wait_reason, wait_reasons)
DEFINE_NICK (MrHoldReason, mr_hold_reason, hold_reasons)
DEFINE_FROM_NICK (MrHoldReason, mr_hold_reason, hold_reasons)
DEFINE_NICK (MrHoldRuleKind, mr_hold_rule_kind, hold_rule_kinds)
DEFINE_FROM_NICK (MrHoldRuleKind, mr_hold_rule_kind, hold_rule_kinds)
DEFINE_NICK (MrTracePart, mr_trace_part, trace_parts)
DEFINE_FROM_NICK (MrTracePart, mr_trace_part, trace_parts)
DEFINE_NICK (MrStage, mr_stage, stages)
DEFINE_FROM_NICK (MrStage, mr_stage, stages)
DEFINE_NICK (MrScope, mr_scope, scopes)
DEFINE_NICK (MrTlsMode, mr_tls_mode, tls_modes)
DEFINE_FROM_NICK (MrTlsMode, mr_tls_mode, tls_modes)
DEFINE_NICK (MrAccountKind, mr_account_kind, account_kinds)
DEFINE_FROM_NICK (MrAccountKind, mr_account_kind, account_kinds)
DEFINE_NICK (MrAccountState, mr_account_state, account_states)
DEFINE_FROM_NICK (MrAccountState, mr_account_state, account_states)
DEFINE_NICK (MrAuthKind, mr_auth_kind, auth_kinds)
DEFINE_FROM_NICK (MrAuthKind, mr_auth_kind, auth_kinds)
DEFINE_NICK (MrOauthFlow, mr_oauth_flow, oauth_flows)
DEFINE_FROM_NICK (MrOauthFlow, mr_oauth_flow, oauth_flows)
DEFINE_NICK (MrSource, mr_source, sources)
DEFINE_FROM_NICK (MrSource, mr_source, sources)
DEFINE_NICK (MrActor, mr_actor, actors)
DEFINE_FROM_NICK (MrActor, mr_actor, actors)
DEFINE_NICK (MrRetryHint, mr_retry_hint, retry_hints)
DEFINE_FROM_NICK (MrRetryHint, mr_retry_hint, retry_hints)
DEFINE_NICK (MrSpeaker, mr_speaker, speakers)
DEFINE_FROM_NICK (MrSpeaker, mr_speaker, speakers)
DEFINE_NICK (MrVerdictKind, mr_verdict_kind, verdict_kinds)
DEFINE_FROM_NICK (MrVerdictKind, mr_verdict_kind, verdict_kinds)
DEFINE_NICK (MrError, mr_error, errors)

/* For each state those that may follow. A state that stands in its own row may be set again with other particulars (a
 * new retry time, another cause). What a person undoes or tries again leaves a final state; what was delivered never
 * does. An uncertain recipient is never reported as failed, so it has no edge to failed or expired. A sending one is
 * cancelled only where the dot had not gone out: the delivery job asks that, not this table. */
static const guint edges[MR_RECIPIENT_N_STATES] = {
  [MR_RECIPIENT_WAITING] = STATE_BIT (MR_RECIPIENT_WAITING) | STATE_BIT (MR_RECIPIENT_SENDING)
                           | STATE_BIT (MR_RECIPIENT_NEEDS_PERSON) | STATE_BIT (MR_RECIPIENT_FAILED)
                           | STATE_BIT (MR_RECIPIENT_EXPIRED) | STATE_BIT (MR_RECIPIENT_CANCELLED)
                           | STATE_BIT (MR_RECIPIENT_RETURNED),
  [MR_RECIPIENT_SENDING] = STATE_BIT (MR_RECIPIENT_WAITING) | STATE_BIT (MR_RECIPIENT_UNCERTAIN)
                           | STATE_BIT (MR_RECIPIENT_NEEDS_PERSON) | STATE_BIT (MR_RECIPIENT_DELIVERED)
                           | STATE_BIT (MR_RECIPIENT_RELAYED) | STATE_BIT (MR_RECIPIENT_FAILED)
                           | STATE_BIT (MR_RECIPIENT_EXPIRED) | STATE_BIT (MR_RECIPIENT_CANCELLED),
  [MR_RECIPIENT_UNCERTAIN] = STATE_BIT (MR_RECIPIENT_UNCERTAIN) | STATE_BIT (MR_RECIPIENT_WAITING)
                             | STATE_BIT (MR_RECIPIENT_SENDING) | STATE_BIT (MR_RECIPIENT_DELIVERED)
                             | STATE_BIT (MR_RECIPIENT_CANCELLED),
  [MR_RECIPIENT_NEEDS_PERSON] = STATE_BIT (MR_RECIPIENT_NEEDS_PERSON) | STATE_BIT (MR_RECIPIENT_WAITING)
                                | STATE_BIT (MR_RECIPIENT_SENDING) | STATE_BIT (MR_RECIPIENT_FAILED)
                                | STATE_BIT (MR_RECIPIENT_EXPIRED) | STATE_BIT (MR_RECIPIENT_CANCELLED)
                                | STATE_BIT (MR_RECIPIENT_RETURNED),
  [MR_RECIPIENT_FAILED] = STATE_BIT (MR_RECIPIENT_WAITING) | STATE_BIT (MR_RECIPIENT_RETURNED),
  [MR_RECIPIENT_EXPIRED] = STATE_BIT (MR_RECIPIENT_WAITING) | STATE_BIT (MR_RECIPIENT_RETURNED),
  [MR_RECIPIENT_CANCELLED] = STATE_BIT (MR_RECIPIENT_WAITING) | STATE_BIT (MR_RECIPIENT_UNCERTAIN),
};

gboolean
mr_recipient_state_may_become (MrRecipientState from, MrRecipientState to)
{
  if ((guint)from >= MR_RECIPIENT_N_STATES || (guint)to >= MR_RECIPIENT_N_STATES)
    return FALSE;
  return (edges[from] & STATE_BIT (to)) != 0;
}

gboolean
mr_recipient_state_is_final (MrRecipientState state)
{
  return state == MR_RECIPIENT_DELIVERED || state == MR_RECIPIENT_RELAYED || state == MR_RECIPIENT_FAILED
         || state == MR_RECIPIENT_EXPIRED || state == MR_RECIPIENT_CANCELLED || state == MR_RECIPIENT_RETURNED;
}
