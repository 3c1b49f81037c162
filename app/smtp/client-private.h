/* What the files of the client machine share: client.c (bytes, states, replies), client-session.c (greeting, EHLO,
 * STARTTLS), client-auth.c (AUTH) and client-transaction.c (MAIL to the final dot). */
#pragma once

#include "smtp/capabilities.h"
#include "smtp/client.h"
#include "smtp/data-codec.h"
#include "smtp/reply-private.h"
#include "smtp/transcript.h"

G_BEGIN_DECLS

typedef enum {
  MR_CLIENT_STATE_GREETING,
  MR_CLIENT_STATE_HELLO, /* EHLO or HELO was sent */
  MR_CLIENT_STATE_STARTTLS,
  MR_CLIENT_STATE_HANDSHAKE,
  MR_CLIENT_STATE_CREDENTIALS, /* the caller's credentials are due */
  MR_CLIENT_STATE_AUTH,
  MR_CLIENT_STATE_READY,
  MR_CLIENT_STATE_VERIFY,
  MR_CLIENT_STATE_ENVELOPE, /* MAIL to the reply of DATA */
  MR_CLIENT_STATE_BODY,
  MR_CLIENT_STATE_DOT,
  MR_CLIENT_STATE_LONE_DOT, /* 354 came although nobody is to get the message */
  MR_CLIENT_STATE_QUIT,
  MR_CLIENT_STATE_CLOSED,
  MR_CLIENT_STATE_FAILED,
  MR_CLIENT_N_STATES
} MrClientState;

/* What a reply answers: one entry for each command on its way. */
typedef enum {
  MR_EXPECT_GREETING,
  MR_EXPECT_EHLO,
  MR_EXPECT_HELO,
  MR_EXPECT_STARTTLS,
  MR_EXPECT_AUTH,
  MR_EXPECT_MAIL,
  MR_EXPECT_RCPT,
  MR_EXPECT_DATA,
  MR_EXPECT_DOT,
  MR_EXPECT_LONE_DOT,
  MR_EXPECT_RSET,
  MR_EXPECT_VERIFY,
  MR_EXPECT_QUIT
} MrExpect;

/* Room in the output that commands leave for the end of the data and QUIT. */
#define MR_CLIENT_RESERVE 64
/* MAIL_REFUSED or DATA_REFUSED, then FAILED */
#define MR_CLIENT_EVENTS_MAX 2

typedef struct {
  char *mail;        /* the MAIL command; NULL while there is no transaction */
  char **recipients; /* arguments of RCPT: the path and its parameters */
  guint n_recipients;
  guint sent, replied, accepted; /* RCPT commands */
  gboolean mail_sent, data_sent;
  gboolean mail_refused;
  gboolean rset_sent;
  MrReplyRecord refusal; /* of MAIL, when mail_refused */
  MrDataWriter writer;
} MrClientTransaction;

typedef enum { MR_CLIENT_PLAIN, MR_CLIENT_LOGIN, MR_CLIENT_XOAUTH2, MR_CLIENT_OAUTHBEARER } MrClientMechanism;

typedef struct {
  MrClientMechanism mechanism;
  guint step;          /* responses sent */
  gboolean error_sent; /* the refusal of a token was acknowledged: only the reply is to come */
  MrSecret *user;      /* base64, LOGIN alone */
  MrSecret *password;  /* base64; the whole response where it is one */
  MrSecret *clear;     /* the password as it is: no reply that repeats it may be kept */
} MrClientAuth;

struct _MrSmtpClient {
  MrSmtpClientOptions options;
  char *ehlo_name, *host;
  MrClientState state;
  MrStage stage; /* reached so far */
  gboolean tls;
  MrSmtpCapabilities caps;
  MrReplyRecord greeting;
  const char *mechanism; /* static */
  MrReplyReader *reader;
  MrReplyRecord reply; /* the one being dealt with, or that an event points to */
  GQueue expected;     /* MrExpect */
  gboolean rset_wanted;
  gboolean quit_wanted;
  gboolean eof;
  gboolean out_secret; /* the output holds, or held, a secret */
  MrClientTransaction transaction;
  MrClientAuth auth;
  MrBuffer *in;
  MrBuffer *out;
  MrTranscript *transcript;
  MrSmtpClientEvent events[MR_CLIENT_EVENTS_MAX];
  guint n_events;
};

void mr_client_set_state (MrSmtpClient *client, MrClientState state);
/* Sends a command line and expects a reply to it. shown: as it stands in the transcript; NULL: the line itself. FALSE,
 * with nothing sent: the output has no room. */
gboolean mr_client_send (MrSmtpClient *client, MrExpect expect, const char *line, const char *shown);
/* MR_CLIENT_STATE_FAILED, with the reply in client->reply where with_reply. what: words for a person. */
void mr_client_fail (MrSmtpClient *client, gboolean with_reply, const char *what);
/* The reply is of no class that may answer this command. */
void mr_client_fail_unexpected (MrSmtpClient *client);
void mr_client_emit (MrSmtpClient *client, MrSmtpClientEventKind kind, guint index, const MrReplyRecord *reply);

void mr_client_greeting_reply (MrSmtpClient *client);
void mr_client_hello_reply (MrSmtpClient *client, gboolean esmtp);
void mr_client_starttls_reply (MrSmtpClient *client);
void mr_client_send_ehlo (MrSmtpClient *client);

/* Encryption is settled: log in where that is wanted, else be ready. */
void mr_client_auth_begin (MrSmtpClient *client);
void mr_client_auth_reply (MrSmtpClient *client);
void mr_client_auth_clear (MrSmtpClient *client);

/* What of the transaction may be sent now. */
void mr_client_transaction_pump (MrSmtpClient *client);
void mr_client_transaction_reply (MrSmtpClient *client, MrExpect expect);
/* Before FAILED: a refusal that has been read but not told is told. */
void mr_client_transaction_tell (MrSmtpClient *client);
void mr_client_transaction_clear (MrClientTransaction *transaction);

G_END_DECLS
