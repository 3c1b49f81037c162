/* Enums of sending accounts: how they log in, who told their settings, their one state. Included by types.h, whose rules hold. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { MR_ACCOUNT_RELAY, MR_ACCOUNT_DIRECT, MR_ACCOUNT_N_KINDS } MrAccountKind;

/* How an account logs in. */
typedef enum {
  MR_AUTH_PASSWORD, /* also app passwords and keys of sending services; without a user name there is no log-in */
  MR_AUTH_OAUTH2,   /* XOAUTH2 or OAUTHBEARER with an access token (RFC 6749, 7628) */
  MR_AUTH_N_KINDS
} MrAuthKind;

/* How an account comes by its access token. */
typedef enum {
  MR_OAUTH_BROWSER,     /* authorisation code with PKCE and a loopback redirect (RFC 7636, 8252) */
  MR_OAUTH_PASTE,       /* the same, the redirect's address is pasted back */
  MR_OAUTH_DEVICE,      /* RFC 8628 */
  MR_OAUTH_CREDENTIALS, /* client credentials (RFC 6749 4.4) */
  MR_OAUTH_DESKTOP,     /* an account of the desktop (GNOME Online Accounts) */
  MR_OAUTH_N_FLOWS
} MrOauthFlow;

/* Who told settings that were found for an address, best first. */
typedef enum {
  MR_SOURCE_PRESET,
  MR_SOURCE_AUTOCONFIG, /* the domain's own autoconfig host */
  MR_SOURCE_WELL_KNOWN,
  MR_SOURCE_ISPDB,
  MR_SOURCE_SRV,          /* RFC 6186, 8314 */
  MR_SOURCE_AUTODISCOVER, /* recognises a Microsoft 365 tenant */
  MR_SOURCE_MX,
  MR_SOURCE_PROBE,
  MR_SOURCE_N_SOURCES
} MrSource;

/* The one clear state of an account. */
typedef enum {
  MR_ACCOUNT_READY,
  MR_ACCOUNT_PASSWORD_REFUSED,
  MR_ACCOUNT_NO_PASSWORD, /* a user name is set and no secret is stored */
  MR_ACCOUNT_KEYRING_LOCKED,
  MR_ACCOUNT_NO_KEYRING,
  MR_ACCOUNT_KEYRING_SLOW, /* no answer within 5 s */
  MR_ACCOUNT_HOST_UNKNOWN,
  MR_ACCOUNT_TLS_TROUBLE,
  MR_ACCOUNT_SENDER_REFUSED, /* three messages in a row refused for a reason of the account's */
  MR_ACCOUNT_PAUSED,         /* by a person */
  MR_ACCOUNT_NEEDS_SIGN_IN,  /* OAuth 2.0: no token, or consent was withdrawn */
  MR_ACCOUNT_N_STATES
} MrAccountState;

/* The parts of a connection, as a person sees them. */
typedef enum {
  MR_TRACE_LOOK_UP,
  MR_TRACE_CONNECT,
  MR_TRACE_GREETING,
  MR_TRACE_ENCRYPTION,
  MR_TRACE_CAPABILITIES,
  MR_TRACE_LOG_IN,
  MR_TRACE_SENDER, /* would this sender be accepted: MAIL, then RSET */
  MR_TRACE_SIZE,
  MR_TRACE_N_PARTS
} MrTracePart;

const char *mr_account_kind_nick (MrAccountKind kind);
gboolean mr_account_kind_from_nick (const char *nick, MrAccountKind *ret);
const char *mr_auth_kind_nick (MrAuthKind kind);
gboolean mr_auth_kind_from_nick (const char *nick, MrAuthKind *ret);
const char *mr_oauth_flow_nick (MrOauthFlow flow);
gboolean mr_oauth_flow_from_nick (const char *nick, MrOauthFlow *ret);
const char *mr_source_nick (MrSource source);
gboolean mr_source_from_nick (const char *nick, MrSource *ret);
const char *mr_account_state_nick (MrAccountState state);
gboolean mr_account_state_from_nick (const char *nick, MrAccountState *ret);
const char *mr_trace_part_nick (MrTracePart part);
gboolean mr_trace_part_from_nick (const char *nick, MrTracePart *ret);

G_END_DECLS
