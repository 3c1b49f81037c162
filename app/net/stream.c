/* A stream as its owner sees it, and its end.
 *
 * After mr_stream_close_after_flush() the stream belongs to itself: it writes its copy of the rest, and where the peer is
 * still sending it reads that away, since closing with unread input resets the connection and takes the last reply with
 * it.
 */
#include "config.h"

#include "net/stream.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "net/stream-private.h"

#define LINGER_MSEC 5000
#define LINGER_MAX  (1024 * 1024) /* bytes that are read away */

void
mr_stream_unref (MrStream *self)
{
  if (--self->refs > 0)
    return;
  g_clear_error (&self->failure);
  g_clear_pointer (&self->own_output, mr_buffer_free);
  g_free (self);
}

void
mr_stream_drop_held (MrStream *self)
{
  if (self->held != NULL)
    mr_wipe (self->held + self->held_start, self->held_len);
  g_clear_pointer (&self->held, g_free);
  self->held_start = self->held_len = 0;
}

static void
close_stream (MrStream *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  mr_watch_clear (&self->watch);
  g_clear_pointer (&self->tls, mr_tls_session_free);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  mr_stream_drop_held (self);
}

/* ---- the end after mr_stream_close_after_flush() ---- */

static void
end_lingering (MrStream *self)
{
  close_stream (self);
  mr_stream_unref (self);
}

/* TRUE while the peer may still be sending. */
static gboolean
read_away (MrStream *self)
{
  guint8 data[4096];
  gsize n;

  while (self->lingered < LINGER_MAX) {
    switch (mr_socket_read (self->fd, data, sizeof data, &n, NULL)) {
    case MR_IO_OK:
      self->lingered += n;
      break;
    case MR_IO_AGAIN:
      return self->lingered > 0;
    case MR_IO_EOF:
    case MR_IO_ERROR:
    default:
      return FALSE;
    }
  }
  return FALSE;
}

static void
linger (MrStream *self)
{
  mr_stream_write_output (self);
  if (self->write_failed) {
    end_lingering (self);
    return;
  }
  if (mr_stream_writable_length (self) > 0)
    return;
  if (!self->said_bye) {
    self->said_bye = TRUE;
    /* Input that was read and dropped means that the peer is in the middle of something. */
    self->lingered = self->held_len;
    mr_stream_drop_held (self);
    if (self->tls_state == TLS_ACTIVE)
      mr_tls_session_shutdown (self->tls);
    shutdown (self->fd, SHUT_WR);
  }
  if (self->eof || !read_away (self))
    end_lingering (self);
}

static void
timed_out (MrStream *self)
{
  g_clear_error (&self->failure);
  g_set_error (&self->failure, MR_ERROR, MR_ERROR_TIMED_OUT, "%s",
               mr_stream_in_setup (self) ? _ ("Encryption was not set up in time.")
                                         : _ ("The other side did not answer in time."));
  self->refs++;
  mr_stream_fail (self);
  mr_stream_unref (self);
}

static void
ready_cb (MrWatch *watch, guint ready)
{
  MrStream *self = (MrStream *)watch;
  gboolean moved = (ready & (MR_READY_IN | MR_READY_CLOSED)) != 0 && !mr_stream_in_setup (self);

  if (ready & (MR_READY_IN | MR_READY_CLOSED))
    self->can_read = TRUE;
  if (ready & MR_READY_CLOSED)
    self->end_seen = TRUE;
  if (ready & (MR_READY_OUT | MR_READY_CLOSED))
    self->can_write = TRUE;
  if (self->lingering) {
    if (ready & MR_READY_TIMEOUT)
      end_lingering (self);
    else
      linger (self);
    return;
  }
  if ((ready & MR_READY_TIMEOUT) && !moved) {
    timed_out (self);
    return;
  }
  if (ready & MR_READY_TIMEOUT)
    mr_stream_progress (self);
  mr_stream_run (self);
}

/* ---- for owners ---- */

MrStream *
mr_stream_new (int fd, MrBuffer *output, const MrStreamFuncs *funcs, gpointer owner)
{
  MrStream *self = g_new0 (MrStream, 1);
  int on = 1;

  self->refs = 1;
  self->fd = fd;
  self->output = output;
  self->funcs = funcs;
  self->owner = owner;
  self->can_write = TRUE;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  mr_sockaddr_of (fd, TRUE, &self->peer);
  if (!mr_watch_init (&self->watch, fd, ready_cb, &self->failure)) {
    /* Told like every other failure: in the next turn. */
    if (mr_watch_init (&self->watch, -1, ready_cb, NULL))
      mr_watch_again (&self->watch);
    else
      mr_error ("net", "%s", self->failure->message);
  }
  return self;
}

void
mr_stream_free (MrStream *stream)
{
  if (stream == NULL)
    return;
  close_stream (stream);
  mr_stream_unref (stream);
}

void
mr_stream_process (MrStream *stream)
{
  if (mr_stream_is_over (stream))
    return;
  if (stream->in_callback) {
    stream->again = TRUE;
    return;
  }
  stream->can_read = TRUE;
  mr_stream_run (stream);
}

void
mr_stream_flush (MrStream *stream)
{
  if (mr_stream_is_over (stream))
    return;
  if (stream->in_callback) {
    stream->again = TRUE;
    return;
  }
  mr_stream_write_output (stream);
  if (stream->failure != NULL || (stream->drained && stream->funcs->on_drained != NULL)
      || stream->tls_state == TLS_FLUSHING)
    mr_watch_again (&stream->watch);
}

void
mr_stream_close_after_flush (MrStream *stream)
{
  const guint8 *data;
  gsize len;

  if (stream->closed || stream->failed) {
    mr_stream_free (stream);
    return;
  }
  mr_stream_write_output (stream);
  data = mr_buffer_peek (stream->output, &len);
  if (len > 0) {
    stream->own_output = mr_buffer_new (len);
    if (!mr_buffer_append (stream->own_output, data, len))
      g_assert_not_reached ();
  }
  stream->output = stream->own_output;
  stream->lingering = TRUE;
  g_clear_error (&stream->failure);
  stream->timeout = 0;
  mr_watch_set_timeout (&stream->watch, LINGER_MSEC);
  linger (stream);
}

void
mr_stream_resume_input (MrStream *stream)
{
  if (mr_stream_is_over (stream))
    return;
  stream->paused = FALSE;
  if (stream->in_callback) {
    stream->resumed = TRUE;
    stream->again = TRUE;
  } else if (stream->held != NULL || stream->can_read) {
    mr_watch_again (&stream->watch);
  }
}

void
mr_stream_pause_input (MrStream *stream)
{
  stream->paused = TRUE;
  stream->resumed = FALSE;
}

void
mr_stream_set_timeout (MrStream *stream, guint msec)
{
  if (mr_stream_is_over (stream))
    return;
  stream->timeout = msec;
  mr_watch_set_timeout (&stream->watch, msec);
}

static gboolean
start_tls (MrStream *self, MrTlsSession *session)
{
  if (session == NULL)
    return FALSE;
  self->tls = session;
  self->tls_state = TLS_FLUSHING;
  self->clear_left = mr_buffer_length (self->output);
  if (self->in_callback)
    self->again = TRUE;
  else
    mr_watch_again (&self->watch);
  return TRUE;
}

static gboolean
may_start_tls (MrStream *self, GError **error)
{
  if (mr_stream_is_over (self) || self->tls_state != TLS_NONE) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The connection is closed or encrypted already."));
    return FALSE;
  }
  if (self->held != NULL) {
    mr_stream_refuse_left_over (self);
    g_propagate_error (error, g_steal_pointer (&self->failure));
    return FALSE;
  }
  return TRUE;
}

gboolean
mr_stream_start_tls_server (MrStream *stream, MrTlsServer *server, GError **error)
{
  return may_start_tls (stream, error) && start_tls (stream, mr_tls_session_new_server (server, stream->fd, error));
}

gboolean
mr_stream_start_tls_client (MrStream *stream, const MrTlsClientOptions *options, GError **error)
{
  return may_start_tls (stream, error) && start_tls (stream, mr_tls_session_new_client (options, stream->fd, error));
}

gboolean
mr_stream_is_tls (MrStream *stream)
{
  return stream->tls_state == TLS_ACTIVE;
}

char *
mr_stream_dup_tls_info (MrStream *stream)
{
  return stream->tls_state == TLS_ACTIVE && stream->tls != NULL ? mr_tls_session_dup_info (stream->tls) : NULL;
}

char *
mr_stream_dup_peer (MrStream *stream)
{
  return mr_sockaddr_dup_with_port (&stream->peer);
}

char *
mr_stream_dup_local_address (MrStream *stream)
{
  MrSockaddr local;

  return stream->fd >= 0 && mr_sockaddr_of (stream->fd, FALSE, &local) ? mr_sockaddr_dup_address (&local) : NULL;
}

char *
mr_stream_dup_peer_fingerprint (MrStream *stream)
{
  return stream->tls != NULL ? g_strdup (mr_tls_session_get_fingerprint (stream->tls)) : NULL;
}

char *
mr_stream_dup_peer_certificate (MrStream *stream)
{
  return stream->tls != NULL ? g_strdup (mr_tls_session_get_description (stream->tls)) : NULL;
}

GPtrArray *
mr_stream_dup_peer_chain (MrStream *stream)
{
  return stream->tls != NULL ? mr_tls_session_dup_chain (stream->tls)
                             : g_ptr_array_new_with_free_func ((GDestroyNotify)mr_tls_certificate_free);
}
