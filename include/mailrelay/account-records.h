/* Plain records of accounts: sending accounts, settings that were found, accounts of the desktop, passwords of programs. Included by records.h, whose
 * rules hold.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Reply code, enhanced code and text stay three fields from the wire to the screen (RFC 5321 4.2, RFC 3463). */
typedef struct {
  guint code;     /* 0: no reply was received */
  char *enhanced; /* "5.1.1" or NULL */
  char *text;     /* lines joined by '\n', controls stripped, at most 2048 bytes */
} MrReplyRecord;

/* A sending account as the configuration describes it, with its state. */
typedef struct {
  char *id;
  char *name;
  MrAccountKind kind;
  char **addresses; /* patterns: address, "*@domain", "*" */
  char *host;       /* "" for direct */
  guint port;
  MrTlsMode tls;
  char *user;        /* "": no log-in */
  char *fingerprint; /* of the one certificate a person accepted, "" */
  char *ca_file;     /* "" */
  gboolean paused;
  gint64 paused_until; /* wall time at which it goes on by itself; 0: when a person says so */
  gboolean is_default;
  gint order;
  MrAccountState state;
  gint64 state_since;
  gint64 next_login;         /* when the log-in is tried again, 0 */
  MrReplyRecord reply;       /* the reply that led to the state */
  char *offered_fingerprint; /* certificate that was shown and refused, "" */
  guint waiting;             /* recipients that wait for this account */
  char *provider;            /* preset id, "" */
  char *colour;              /* "" or one of the words of `[account] colour` */
  MrAuthKind auth;
  /* auth oauth2: what is empty comes from the provider's preset and its registered application */
  MrOauthFlow oauth_flow;
  char *oauth_client, *oauth_tenant, *oauth_scope;
  char *oauth_authorize, *oauth_token, *oauth_device, *oauth_revoke; /* endpoints, https */
  char *desktop_account;                                             /* id of an account of the desktop, "" */
  guint limit_minute, limit_day;                                     /* recipients; 0: none */
  guint used_minute, used_day; /* recipients handed over in the last minute and 24 hours */
  gint64 limit_until;          /* when the limit frees, 0: it is not reached */
  char
      *own_domain; /* of its first address, where no known provider has that domain: the person's own; NULL. In lists */
} MrAccountRecord;

/* Settings that were found for an address, or a preset. Texts are msgids, translated where they are shown. */
typedef struct {
  MrSource source;
  char *source_host;   /* who said it, "" for a preset */
  gboolean secure;     /* the program's own preset, or over verified TLS: may be taken without asking */
  gboolean conflicts;  /* another host than the preset's: never taken silently */
  char *provider;      /* preset id, "" */
  char *provider_name; /* "Gmail" */
  char *host;          /* "" where only the provider was recognised */
  guint port;
  MrTlsMode tls;
  char *user;         /* filled in, "" where only the person knows it */
  char **log_ins;     /* best first: "oauth2" "app-password" "password" "api-key" "none" */
  char *user_label;   /* what goes in the user field ("Access key id"), "": the address */
  char *secret_label; /* "App password", "Server token"; "": Password */
  char *help;         /* where to find them */
  char *help_url;
  char *notice;     /* what a person must know first, "" */
  char *admin_text; /* what the administrator of a hosted domain can be asked for, to be copied; "" */
  char **regions;   /* "id|name|host" */
  char *oauth_issuer, *oauth_authorize, *oauth_token, *oauth_device, *oauth_revoke, *oauth_scope;
  char *oauth_client;   /* offered by the provider's own autoconfig */
  gboolean oauth_ready; /* a client id is there or can be had: a sign-in button can work */
  guint limit_minute, limit_day;
  char *fact; /* where the settings of a preset are known from: "servers:ispdb;limits:provider" */
} MrDiscoveryRecord;

/* An account that the desktop already knows. */
typedef struct {
  char *id;
  char *provider; /* preset id, "" */
  char *address;
  char *name;               /* "Google" */
  gboolean needs_attention; /* the desktop has to sign in again */
} MrDesktopAccountRecord;

/* A program's own password. */
typedef struct {
  char *id;
  char *name;
  gint64 created;
  gboolean revoked;
} MrProgramRecord;

MrAccountRecord *mr_account_record_new (void);
MrAccountRecord *mr_account_record_copy (const MrAccountRecord *record);
void mr_account_record_free (MrAccountRecord *record);
MrDiscoveryRecord *mr_discovery_record_new (void);
MrDiscoveryRecord *mr_discovery_record_copy (const MrDiscoveryRecord *record);
/* Puts "" and empty lists where nothing was set. */
void mr_discovery_record_complete (MrDiscoveryRecord *record);
void mr_discovery_record_free (MrDiscoveryRecord *record);
MrDesktopAccountRecord *mr_desktop_account_record_new (void);
void mr_desktop_account_record_free (MrDesktopAccountRecord *record);
MrProgramRecord *mr_program_record_new (void);
void mr_program_record_free (MrProgramRecord *record);

/* Takes copies. text is cut to 2048 bytes at a character boundary, controls other than '\n' become spaces and invalid
 * UTF-8 becomes U+FFFD: a remote server's words are hostile input. */
void mr_reply_record_set (MrReplyRecord *reply, guint code, const char *enhanced, const char *text);
void mr_reply_record_clear (MrReplyRecord *reply);
void mr_reply_record_copy_into (const MrReplyRecord *from, MrReplyRecord *to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAccountRecord, mr_account_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDiscoveryRecord, mr_discovery_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDesktopAccountRecord, mr_desktop_account_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrProgramRecord, mr_program_record_free)

G_END_DECLS
