/* Server machine of the submission server: RFC 5321, 6409, 1870 (SIZE), 6152 (8BITMIME), 2034 (enhanced codes), 2920
 * (PIPELINING), 3207 (STARTTLS), 3461 (DSN), 4954 (AUTH PLAIN, LOGIN).
 *
 * Bytes in, events and bytes out: no socket, no clock, no file. The same bytes cut at any place give the same events.
 * Usage: feed() what came; then next() until it says MR_SERVER_NONE; answer each event that wants an answer with
 * mr_smtp_server_answer() before the next next() (the machine takes no further input while an answer is due, so that
 * it may come later); write what output() holds.
 *
 * Session (connection) and transaction (message) are two structs with two lifetimes; one function resets a
 * transaction and every exit calls it. Only CRLF.CRLF ends a message.
 */
#pragma once

#include "base/buffer.h"
#include "base/secret.h"
#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct _MrSmtpServer MrSmtpServer;

typedef enum {
  MR_BARE_REFUSE, /* bare LF (and always bare CR) refused with 550 5.6.11 at the end of the data; a command: 500 5.5.2 */
  MR_BARE_LF_IS_EOL /* a bare LF is a line end, of commands too, and comes out as CRLF; "LF . LF" does not end the message */
} MrBareMode;

typedef struct {
  const char *greeting_name; /* "localhost" */
  guint64 max_size;          /* SIZE; 0: no limit */
  gsize max_command;         /* bytes of a command line */
  gsize max_line;            /* bytes of a line of data without its end, 0: no limit; longer: 550 5.6.0 at the end */
  guint max_recipients;      /* further ones: 452 4.5.3 */
  guint max_errors;          /* then 421 4.7.0 and close; 0: no limit. A message that was taken forgets the errors */
  gboolean offer_starttls;
  gboolean offer_dsn;        /* RFC 3461; else its parameters are not known here (555) */
  gboolean offer_auth;       /* in clear text only when auth_without_tls */
  gboolean auth_without_tls; /* loopback */
  gboolean tls_active;       /* the connection started encrypted */
  MrBareMode bare;
} MrSmtpServerOptions;

typedef enum {
  MR_SERVER_NONE,
  MR_SERVER_HELO,     /* no answer. helo */
  MR_SERVER_STARTTLS, /* no answer: flush output (220 is in it), do the handshake, call mr_smtp_server_tls_started() */
  MR_SERVER_AUTH,     /* answer: mr_smtp_server_auth_result(). authcid, authzid, password */
  MR_SERVER_MAIL,     /* answer. path ("" = null), declared_size (0: none), body_8bit */
  MR_SERVER_RCPT,     /* answer. path */
  MR_SERVER_DATA,     /* answer: 354 to go on, or a refusal */
  MR_SERVER_BODY,     /* no answer. bytes, len: unstuffed, CRLF line ends; valid until the next call */
  MR_SERVER_END,      /* answer. size; data_error set where the machine itself must refuse (see below) */
  MR_SERVER_RESET,    /* no answer: the open transaction is gone (RSET, EHLO, STARTTLS, QUIT, closed) */
  MR_SERVER_CLOSE     /* no answer: flush output, close. reason */
} MrSmtpServerEventKind;

typedef enum {
  MR_CLOSE_QUIT,
  MR_CLOSE_ERRORS,
  MR_CLOSE_HTTP,         /* the first line was an HTTP method */
  MR_CLOSE_TLS_ON_PLAIN, /* the first bytes were a TLS record */
  MR_CLOSE_TLS_LEFTOVER, /* bytes after STARTTLS (CVE-2011-0411) */
  MR_CLOSE_OVERFLOW,     /* output that nobody reads passed its bound */
  MR_CLOSE_ANSWER,       /* the engine answered 421 */
  MR_CLOSE_EOF           /* after mr_smtp_server_eof(): all that had come was dealt with */
} MrSmtpCloseReason;

typedef enum {
  MR_DATA_OK,
  MR_DATA_TOO_BIG,   /* 552 5.3.4 */
  MR_DATA_BARE_LF,   /* 550 5.6.11 */
  MR_DATA_BARE_CR,   /* 550 5.6.11 */
  MR_DATA_LONG_LINE, /* 550 5.6.0 */
  MR_DATA_NUL /* 554 5.6.0: no program may send one (RFC 5321 4.1.1.4, RFC 5322 4), and servers cut or refuse it */
} MrSmtpDataError;

typedef struct {
  MrSmtpServerEventKind kind;
  const char *helo;
  gboolean esmtp;
  const char *path;
  guint64 declared_size;
  gboolean body_8bit;
  /* RFC 3461, borrowed as path is */
  MrReturn ret;
  const char *envid; /* with MAIL; NULL */
  guint notify;      /* with RCPT: MrNotify bits, 0: not said */
  const char *orcpt; /* with RCPT; NULL */
  const char *authcid, *authzid;
  MrSecret *password; /* borrowed */
  const guint8 *bytes;
  gsize len;
  guint64 size;               /* bytes of the message so far */
  MrSmtpDataError data_error; /* with END: the answer was given, the event tells; no BODY came after the fault */
  MrSmtpCloseReason reason;
} MrSmtpServerEvent;

MrSmtpServer *mr_smtp_server_new (const MrSmtpServerOptions *options); /* the greeting is in the output */
void mr_smtp_server_free (MrSmtpServer *server);
/* FALSE: more input than may wait (the caller must stop reading while an answer is due); the session must be closed. */
gboolean mr_smtp_server_feed (MrSmtpServer *server, const void *data, gsize len);
/* How many bytes feed() would take now. */
gsize mr_smtp_server_room (MrSmtpServer *server);
/* The other side closed its end. What it sent before is still dealt with (it may wait for the replies); then a
 * transaction that is open gives MR_SERVER_RESET, and MR_SERVER_CLOSE follows. */
void mr_smtp_server_eof (MrSmtpServer *server);
MrSmtpServerEventKind mr_smtp_server_next (MrSmtpServer *server, MrSmtpServerEvent *ret);
/* TRUE while an answer is due. */
gboolean mr_smtp_server_wants_answer (MrSmtpServer *server);
void mr_smtp_server_answer (MrSmtpServer *server, guint code, const char *enhanced, const char *text);
/* ok: 235 2.7.0, else 535 5.7.8 (counts as an error); temporary trouble: code 454. identity is remembered. */
void mr_smtp_server_auth_result (MrSmtpServer *server, gboolean ok, gboolean temporary);
/* Everything learnt before is forgotten (RFC 3207 4.2). */
void mr_smtp_server_tls_started (MrSmtpServer *server);
/* "421 4.4.2 ..." for time-outs and shutdown; then MR_SERVER_CLOSE. */
void mr_smtp_server_abort (MrSmtpServer *server, guint code, const char *enhanced, const char *text);
/* Borrowed; the caller consumes what it wrote. */
MrBuffer *mr_smtp_server_output (MrSmtpServer *server);
gboolean mr_smtp_server_in_transaction (MrSmtpServer *server);
gboolean mr_smtp_server_in_data (MrSmtpServer *server);
gboolean mr_smtp_server_is_tls (MrSmtpServer *server);
const char *mr_smtp_server_get_identity (MrSmtpServer *server); /* NULL: not authenticated */
const char *mr_smtp_server_get_helo (MrSmtpServer *server);
gboolean mr_smtp_server_is_esmtp (MrSmtpServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSmtpServer, mr_smtp_server_free)

G_END_DECLS
