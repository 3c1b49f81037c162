/* Shared by connection.c (life, machine, stream) and connection-hosts.c (where to connect). */
#pragma once

#include "engine/connection.h"
#include "net/stream.h"

G_BEGIN_DECLS

#define CANDIDATES_MAX 6

typedef struct {
  char *host, *address;
} Candidate;

struct _MrConnection {
  MrEngine *engine;
  MrConnectionFuncs funcs;
  char name[16]; /* in the log */
  gpointer owner;
  char *account, *host, *user, *fingerprint, *ca_file;
  guint16 port;
  gboolean direct;
  MrTlsMode tls;
  MrSecret *secret;
  MrAccountRecord *token_of;
  MrSecret *token;   /* that was given to the server last */
  MrSecret *refused; /* by the server; the second one is the account's trouble */
  GPtrArray *mx;     /* char *: hosts whose addresses are still to be looked up, direct only */
  guint mx_next;
  GPtrArray *candidates; /* Candidate */
  guint next;            /* candidate */
  gboolean clear_only;   /* opportunistic TLS failed with this candidate: once more without */
  MrConnect *connect;
  MrStream *stream;
  MrSmtpClient *client;
  char *peer, *tls_info;
  GPtrArray *chain; /* MrTlsCertificate, NULL */
  gboolean told_greeting;
  MrStage stage;
  gboolean ready, dead, pumping, lost;
  guint idle; /* start or deferred failure */
  gboolean refused_own, refused_private;
  /* the failure that is told when no candidate is left */
  MrConnectionFailure failure;
  char *failure_what, *failure_fingerprint;
  MrReplyRecord failure_reply;
};

/* connection-hosts.c: fills candidates, then calls mr_connection_try_next(). */
void mr_connection_find_hosts (MrConnection *self);
/* connection.c */
void mr_connection_try_next (MrConnection *self);
void mr_connection_note_failure (MrConnection *self, MrStage stage, gint error, const char *what,
                                 const MrReplyRecord *reply);
void mr_connection_give_up (MrConnection *self);
void mr_connection_step (MrConnection *self, MrTracePart part);

G_END_DECLS
