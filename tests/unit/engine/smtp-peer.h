/* A scripted SMTP server in the test's own loop: answers as its rules say and keeps what it was sent. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  char *reverse_path; /* the whole argument of MAIL */
  GPtrArray *recipients;
  GString *body; /* CRLF line ends, dots unstuffed */
} PeerMessage;

typedef struct {
  GSocketService *service;
  guint16 port;
  char *extensions;                 /* lines of the EHLO reply, ';' between them */
  GPtrArray *rules;                 /* Rule, asked in order */
  GPtrArray *commands;              /* char *: every line that was a command, in order */
  GPtrArray *messages;              /* PeerMessage: those that were answered 2xx */
  GPtrArray *open;                  /* connections */
  guint connections, log_ins, dots; /* so far */
  guint now;                        /* open connections */
} SmtpPeer;

#define PEER_CLOSE  "CLOSE"  /* as a reply: the connection is lost */
#define PEER_SILENT "SILENT" /* as a reply: none */

SmtpPeer *smtp_peer_new (void);
void smtp_peer_free (SmtpPeer *peer);
/* The next `times` (0: all) commands that begin with this get this reply. "CONNECT": the greeting; ".": the final dot. */
void smtp_peer_reply (SmtpPeer *peer, const char *command, const char *reply, guint times);
void smtp_peer_clear_replies (SmtpPeer *peer);
/* Nobody listens any more, or again at the same port. Open connections are lost. */
void smtp_peer_stop_listening (SmtpPeer *peer);
/* A reply on every connection that is open now, to whatever it waits for. */
void smtp_peer_say (SmtpPeer *peer, const char *text);
guint smtp_peer_count (SmtpPeer *peer, const char *command);
/* Borrowed. */
const PeerMessage *smtp_peer_message (SmtpPeer *peer, guint i);

G_END_DECLS
