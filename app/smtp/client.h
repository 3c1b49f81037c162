/* Client machine: RFC 5321 with PIPELINING (2920), SIZE (1870), 8BITMIME (6152), DSN (3461), STARTTLS (3207), AUTH PLAIN and
 * LOGIN (4954), XOAUTH2 and OAUTHBEARER (7628). The same machine serves delivery, the account test and the live trace.
 *
 * Bytes in, events and bytes out; no socket, no clock. Flow: feed() and next() until MR_CLIENT_NONE; write output().
 * After MR_CLIENT_READY a transaction may be begun; after MR_CLIENT_DONE the next one. Command arguments pass one
 * encoder that refuses CR, LF, NUL and controls. Replies are bounded and cleaned by smtp/reply.
 */
#pragma once

#include "base/buffer.h"
#include "base/secret.h"
#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct _MrSmtpClient MrSmtpClient;

typedef struct {
  const char *ehlo_name; /* name or address literal */
  MrTlsMode tls;         /* STARTTLS: required; OPPORTUNISTIC: used when offered; IMPLICIT: the stream is encrypted */
  gboolean tls_active;   /* IMPLICIT, or a second machine on an encrypted stream */
  gboolean want_auth;    /* credentials exist: without an offered mechanism that we know it is a failure at AUTH */
  gboolean auth_in_clear_allowed; /* loopback only */
  gboolean with_token;            /* the credentials are an access token: XOAUTH2, else OAUTHBEARER, and nothing else */
  const char *host;               /* with_token: whom we connected to; may be NULL */
  guint port;
} MrSmtpClientOptions;

typedef enum {
  MR_CLIENT_NONE,
  MR_CLIENT_STARTTLS,     /* do the handshake, then mr_smtp_client_tls_started(); bytes left over after 220: FAILED */
  MR_CLIENT_CREDENTIALS,  /* mr_smtp_client_credentials() when they are there */
  MR_CLIENT_READY,        /* greeting, EHLO, TLS, AUTH done */
  MR_CLIENT_MAIL_REFUSED, /* reply: the transaction is over, the session is READY again (RSET sent) */
  MR_CLIENT_RCPT,         /* index, reply: result of one RCPT (2xx, 4xx or 5xx), in order */
  MR_CLIENT_BODY,         /* 354 came: call mr_smtp_client_body() and finally mr_smtp_client_body_end() */
  MR_CLIENT_DATA_REFUSED, /* reply: refused at DATA, or no recipient was accepted (then code 0); READY again */
  MR_CLIENT_DONE,         /* reply to the final dot: counts for every recipient accepted at RCPT; READY again */
  MR_CLIENT_VERIFIED,     /* reply to the MAIL of mr_smtp_client_verify_sender(); READY again */
  MR_CLIENT_FAILED,       /* the session is over: stage, reply (code 0: none) and what (words); close the stream */
  MR_CLIENT_CLOSED        /* after QUIT was answered */
} MrSmtpClientEventKind;

typedef struct {
  MrSmtpClientEventKind kind;
  guint index;
  const MrReplyRecord *reply; /* borrowed until the next call */
  MrStage stage;
  const char *what;
} MrSmtpClientEvent;

typedef struct {
  const char *reverse_path;      /* "" null */
  const char *const *recipients; /* NULL-terminated */
  guint64 size;                  /* SIZE= where offered */
  gboolean body_8bit;            /* BODY=8BITMIME where offered; the caller converts where it is not */
  /* RFC 3461: sent where DSN is offered, and only there. */
  MrReturn ret;
  const char *envid;        /* as it was given; NULL */
  const guint *notify;      /* MrNotify bits of each recipient; NULL: none */
  const char *const *orcpt; /* of each recipient, as it was given, NULL where there is none; NULL: none at all */
} MrSmtpTransaction;

typedef struct {
  gboolean starttls, pipelining, eightbitmime, size, enhanced, chunking, dsn, smtputf8;
  guint64 max_size;       /* 0: not told */
  char **auth_mechanisms; /* upper case, strv */
  char **offers;          /* the lines as they came, without the first; strv, at most 64 */
  char *seen; /* the address that the first line calls us by, as many do ("Hello x [192.0.2.1]"); not checked; NULL */
} MrSmtpCapabilities;

MrSmtpClient *mr_smtp_client_new (const MrSmtpClientOptions *options);
void mr_smtp_client_free (MrSmtpClient *client);
gboolean mr_smtp_client_feed (MrSmtpClient *client, const void *data, gsize len);
MrSmtpClientEventKind mr_smtp_client_next (MrSmtpClient *client, MrSmtpClientEvent *ret);
/* The stream ended: FAILED with the stage reached follows, unless QUIT was sent. */
void mr_smtp_client_eof (MrSmtpClient *client);
void mr_smtp_client_tls_started (MrSmtpClient *client);
/* user NULL: there are none, so FAILED at AUTH. password: the access token where with_token. The output that held it is
 * wiped once it was consumed. */
void mr_smtp_client_credentials (MrSmtpClient *client, const char *user, MrSecret *password);
/* Only in READY. MAIL, all RCPT and DATA go out together where PIPELINING is offered. Error: an argument with a
 * control. */
gboolean mr_smtp_client_begin (MrSmtpClient *client, const MrSmtpTransaction *transaction, GError **error);
/* MAIL FROM, its reply, RSET: would this sender be accepted? Only in READY. */
gboolean mr_smtp_client_verify_sender (MrSmtpClient *client, const char *reverse_path, GError **error);
/* Data with CRLF line ends, cut anywhere; dots are stuffed here, lone CR or LF never leave (they become CRLF). FALSE:
 * the output is full, drain first and give the same bytes again (nothing of them was taken). */
gboolean mr_smtp_client_body (MrSmtpClient *client, const void *data, gsize len);
void mr_smtp_client_body_end (MrSmtpClient *client); /* adds a missing final CRLF, then the dot */
/* Room for body bytes in the output (worst-case stuffing reckoned in). */
gsize mr_smtp_client_body_room (MrSmtpClient *client);
void mr_smtp_client_quit (MrSmtpClient *client);
MrBuffer *mr_smtp_client_output (MrSmtpClient *client);
const MrSmtpCapabilities *mr_smtp_client_get_capabilities (MrSmtpClient *client);
/* The greeting; code 0: none came yet. */
const MrReplyRecord *mr_smtp_client_get_greeting (MrSmtpClient *client);
/* How it logs in, or has: "PLAIN"; NULL: not. Static. */
const char *mr_smtp_client_get_mechanism (MrSmtpClient *client);
MrStage mr_smtp_client_get_stage (MrSmtpClient *client);
gboolean mr_smtp_client_is_ready (MrSmtpClient *client);
/* Bounded conversation so far ("> EHLO [127.0.0.1]\n< 250-...\n"), secrets masked, message bytes as "(N bytes)".
 * (transfer full) */
char *mr_smtp_client_dup_transcript (MrSmtpClient *client);
/* Forgets the conversation; the next message's transcript starts with a line that tells the session is used again. */
void mr_smtp_client_restart_transcript (MrSmtpClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSmtpClient, mr_smtp_client_free)

G_END_DECLS
