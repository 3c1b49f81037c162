/* One outgoing SMTP connection: look-up, connect, TLS, EHLO, AUTH, and then the client machine for the owner's transactions.
 *
 * Serves delivery and the account test alike. Candidates (host, address) are tried in order until one is ready; what fails before that is
 * told once, for the last one. No callback runs inside a call of this file; after `failed` or mr_connection_free() none runs.
 */
#pragma once

#include "engine/engine-private.h"
#include "smtp/client.h"

G_BEGIN_DECLS

typedef struct _MrConnection MrConnection;

/* Where to; copied. */
typedef struct {
  const char *account; /* id */
  gboolean direct;
  const char *host; /* relay host, or the recipients' domain (direct) */
  guint16 port;
  MrTlsMode tls;
  const char *user;                /* NULL or "": no log-in */
  MrSecret *secret;                /* NULL: from the keyring, under the account's id */
  const MrAccountRecord *token_of; /* log in with an access token of this account, not with a password; NULL: no */
  const char *fingerprint;
  const char *ca_file;
} MrConnectionTarget;

/* Why it did not become ready, or ended. All borrowed. */
typedef struct {
  MrStage stage;
  gint error;                 /* MrError code, -1: a reply */
  const char *what;           /* words for the technical part; may be NULL */
  const MrReplyRecord *reply; /* NULL: none */
  gboolean no_route;
  gboolean permanent;           /* the domain takes no mail or does not exist */
  gboolean was_ready;           /* lost after it had been ready */
  MrAccountState account_state; /* the account's trouble; READY: none */
  const char *fingerprint;      /* of a certificate that was refused */
} MrConnectionFailure;

typedef struct {
  /* may be NULL: a part begins, for people to follow. The part before went well, unless the way leads back to MR_TRACE_CONNECT: then it failed at that
   * address (mr_connection_get_failure()). */
  void (*step) (MrConnection *connection, MrTracePart part, gpointer owner);
  void (*ready) (MrConnection *connection, gpointer owner);
  void (*event) (MrConnection *connection, const MrSmtpClientEvent *event,
                 gpointer owner); /* of the machine, once ready */
  void (*drained) (MrConnection *connection, gpointer owner);
  void (*failed) (MrConnection *connection, const MrConnectionFailure *failure, gpointer owner);
} MrConnectionFuncs;

MrConnection *
mr_connection_new (MrEngine *engine, const MrConnectionTarget *target, const MrConnectionFuncs *funcs, gpointer owner);
/* Ends at once, or says QUIT first where it is ready. Safe in any callback. */
void mr_connection_free (MrConnection *connection);
MrSmtpClient *mr_connection_get_client (MrConnection *connection);
/* To be called after the machine's output may have grown: writes and hands out the events that are there. */
void mr_connection_flush (MrConnection *connection);
/* Time-out of the phase that begins (milliseconds without progress). */
void mr_connection_set_timeout (MrConnection *connection, guint msec);
const char *mr_connection_get_host (MrConnection *connection);    /* name of the one asked last; NULL */
const char *mr_connection_get_address (MrConnection *connection); /* "192.0.2.1:25"; NULL */
/* "c12": its name in the log, never used again while the service runs. */
const char *mr_connection_get_name (MrConnection *connection);
/* Of the part before the first transaction; then of the machine. */
MrStage mr_connection_get_stage (MrConnection *connection);
/* The addresses that it may ask, in order; the one that is asked now. (transfer container) / (transfer none) */
GPtrArray *mr_connection_dup_addresses (MrConnection *connection);
const char *mr_connection_get_candidate (MrConnection *connection);
/* The chain of the server's certificates: MrTlsCertificate. Borrowed; NULL: none was shown. */
GPtrArray *mr_connection_get_chain (MrConnection *connection);
/* What failed last; valid in `step` and `failed`. */
const MrConnectionFailure *mr_connection_get_failure (MrConnection *connection);
const char *mr_connection_get_tls (MrConnection *connection); /* NULL: clear text */

G_END_DECLS
