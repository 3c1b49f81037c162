/* The inside of a stream: shared by its owner's side (stream.c) and the pump (stream-pump.c). */
#pragma once

#include "net/poller.h"
#include "net/sockaddr.h"
#include "net/stream.h"
#include "net/transport.h"

G_BEGIN_DECLS

/* FLUSHING: what was put into the output before TLS was started goes out in clear text first. */
typedef enum { TLS_NONE, TLS_FLUSHING, TLS_HANDSHAKE, TLS_ACTIVE } MrStreamTls;

struct _MrStream {
  MrWatch watch;
  guint refs;
  int fd;
  MrBuffer *output;
  MrBuffer *own_output; /* what is left after mr_stream_close_after_flush() */
  const MrStreamFuncs *funcs;
  gpointer owner;
  MrSockaddr peer;

  guint8 *held; /* input that was not taken: held_len bytes from held_start on */
  gsize held_start;
  gsize held_len;
  gsize lingered;

  MrTlsSession *tls;
  MrStreamTls tls_state;
  gsize clear_left; /* bytes of the output that go out before the handshake */
  GError *failure;  /* to be reported */
  guint timeout;

  gboolean can_read : 1;
  gboolean can_write : 1;
  gboolean end_seen : 1; /* by the poller: an end or an error follows the input, without an edge of its own */
  gboolean eof : 1;
  gboolean eof_told : 1;
  gboolean paused : 1;
  gboolean resumed : 1; /* inside a callback */
  gboolean in_callback : 1;
  gboolean again : 1;   /* another round is asked for */
  gboolean drained : 1; /* to be told */
  gboolean write_failed : 1;
  gboolean failed : 1;    /* and told */
  gboolean lingering : 1; /* belongs to itself */
  gboolean said_bye : 1;
  gboolean closed : 1;
};

/* ---- stream.c ---- */

void mr_stream_unref (MrStream *self);
void mr_stream_drop_held (MrStream *self);

/* ---- stream-pump.c ---- */

/* Rounds of writing, the handshake, reading and callbacks, until there is nothing to do or the turn is over. */
void mr_stream_run (MrStream *self);
/* Writes what may be written now; no callbacks. A failure is kept. */
void mr_stream_write_output (MrStream *self);
/* How much of the output may be written in the present state. */
gsize mr_stream_writable_length (MrStream *self);
/* Tells the failure. The owner frees the stream, in the callback or later. */
void mr_stream_fail (MrStream *self);
/* Restarts the time-out. */
void mr_stream_progress (MrStream *self);
/* Closed, failed or on its own: nothing is told any more. */
gboolean mr_stream_is_over (MrStream *self);
/* TLS was started and is not up. */
gboolean mr_stream_in_setup (MrStream *self);
/* Input came in clear text with or after the command that starts TLS: somebody in between put it there, or the peer does
 * not wait for the reply (RFC 3207 4.2; CVE-2011-0411). */
void mr_stream_refuse_left_over (MrStream *self);

G_END_DECLS
