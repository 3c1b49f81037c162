/* What the files of the server machine share: server.c (events, states, answers), server-input.c (lines and data),
 * server-commands.c (the command table) and server-auth.c (AUTH). */
#pragma once

#include "smtp/command-line.h"
#include "smtp/data-codec.h"
#include "smtp/sasl.h"
#include "smtp/server.h"

G_BEGIN_DECLS

typedef enum {
  MR_SERVER_STATE_START, /* no HELO yet */
  MR_SERVER_STATE_READY,
  MR_SERVER_STATE_MAIL_ANSWER, /* ..._ANSWER: the caller's answer is due, no input is read */
  MR_SERVER_STATE_ENVELOPE,    /* a transaction is open */
  MR_SERVER_STATE_RCPT_ANSWER,
  MR_SERVER_STATE_DATA_ANSWER,
  MR_SERVER_STATE_DATA,
  MR_SERVER_STATE_END_ANSWER,
  MR_SERVER_STATE_AUTH, /* a SASL response is due from the client */
  MR_SERVER_STATE_AUTH_ANSWER,
  MR_SERVER_STATE_TLS, /* the handshake is going on */
  MR_SERVER_STATE_CLOSED,
  MR_SERVER_N_STATES
} MrServerState;

#define MR_AUTH_LINE_MAX 12288 /* RFC 4954 4 */

/* Events of one step wait here: at most END, then RESET, then CLOSE. */
#define MR_SERVER_EVENTS_MAX 4

/* The life of a message: from an accepted MAIL to END, or to what resets it. */
typedef struct {
  gboolean open;
  guint recipients; /* accepted */
  MrDataReader data;
} MrServerTransaction;

/* The life of a connection; mr_smtp_server_tls_started() begins a new one but for the counters. */
typedef struct {
  char *helo;
  gboolean esmtp;
  gboolean tls;
  char *identity;
  MrSaslServer sasl;
  gboolean first_line; /* nothing has come that tells what the other side speaks */
  gboolean discarding; /* the rest of a line that is too long */
  gboolean mail_tried; /* RCPT and DATA that were pipelined behind a refused MAIL are no errors of their own */
  guint errors;
} MrServerSession;

struct _MrSmtpServer {
  MrSmtpServerOptions options;
  char *greeting_name;
  MrServerState state;
  MrServerSession session;
  MrServerTransaction transaction;
  MrBuffer *in;
  MrBuffer *out;
  GString *line; /* the command line, without its end */
  char *path;    /* of the last MAIL or RCPT event */
  char *word;    /* its ENVID or ORCPT; NULL */
  gsize given;   /* bytes of in that the last BODY event points to */
  gboolean eof;
  MrSmtpServerEvent events[MR_SERVER_EVENTS_MAX];
  guint first_event, n_events;
};

void mr_server_set_state (MrSmtpServer *server, MrServerState state);
void mr_server_reply (MrSmtpServer *server, guint code, const char *enhanced, const char *text);
/* A reply that counts as an error of the client's; the last one allowed closes the session. */
void mr_server_error (MrSmtpServer *server, guint code, const char *enhanced, const char *text);
void mr_server_emit (MrSmtpServer *server, const MrSmtpServerEvent *event);
/* Every way out of a transaction. */
void mr_server_reset_transaction (MrSmtpServer *server, gboolean tell);
void mr_server_close (MrSmtpServer *server, MrSmtpCloseReason reason);

/* Read one line, or one piece of data. FALSE: the input holds none. */
gboolean mr_server_read_line (MrSmtpServer *server);
gboolean mr_server_read_data (MrSmtpServer *server);

/* One command line, in server->line. */
void mr_server_command (MrSmtpServer *server);

gboolean mr_server_offers_auth (MrSmtpServer *server);
/* args: what follows AUTH; the state allows it. */
void mr_server_auth_start (MrSmtpServer *server, const char *args);
/* The client's line in MR_SERVER_STATE_AUTH. */
void mr_server_auth_line (MrSmtpServer *server, const char *line);

G_END_DECLS
