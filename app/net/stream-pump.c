/* The pump between a socket and its owner.
 *
 * Everything happens in mr_stream_run(): one write of all that is ready, a step of the handshake, one read into the
 * thread's shared buffer, and the callbacks. Calls of the owner from inside a callback only ask for another round; calls
 * from outside write at once and leave callbacks to the next turn of the loop. Readiness is edge-triggered, so it is kept
 * in can_read and can_write until a system call says otherwise; pausing costs no system call.
 *
 * Input that the owner does not take is kept (at most one buffer full) and nothing more is read before it is taken. A
 * failed write is reported only after what the peer had sent was read: its last reply says why it closed (RFC 5321 3.8).
 */
#include "config.h"

#include "net/stream-private.h"

#include <glib/gi18n-lib.h>

#include "base/secret.h"

#define ROUNDS_MAX 8 /* of one stream in one turn of the loop */
#define LOW_WATER  (64 * 1024)

void
mr_stream_fail (MrStream *self)
{
  g_autoptr (GError) error = g_steal_pointer (&self->failure);

  mr_watch_clear (&self->watch);
  self->failed = TRUE;
  if (self->funcs->on_error != NULL)
    self->funcs->on_error (self, error, self->owner);
}

gboolean
mr_stream_is_over (MrStream *self)
{
  return self->closed || self->lingering || self->failed;
}

gboolean
mr_stream_in_setup (MrStream *self)
{
  return self->tls_state == TLS_FLUSHING || self->tls_state == TLS_HANDSHAKE;
}

void
mr_stream_progress (MrStream *self)
{
  if (self->timeout != 0)
    mr_watch_set_timeout (&self->watch, self->timeout);
}

/* ---- output ---- */

static MrIo
transport_write (MrStream *self, const guint8 *data, gsize len, gsize *ret_len, GError **error)
{
  if (self->tls_state == TLS_ACTIVE)
    return mr_tls_session_write (self->tls, data, len, ret_len, error);
  return mr_socket_write (self->fd, data, len, ret_len, error);
}

gsize
mr_stream_writable_length (MrStream *self)
{
  switch (self->tls_state) {
  case TLS_FLUSHING:
    return self->clear_left;
  case TLS_HANDSHAKE:
    return 0;
  case TLS_NONE:
  case TLS_ACTIVE:
  default:
    return self->output != NULL ? mr_buffer_length (self->output) : 0;
  }
}

static void
write_error (MrStream *self, GError *error)
{
  self->write_failed = TRUE;
  self->can_write = FALSE;
  self->can_read = TRUE; /* the last words of the peer, or the end */
  if (self->failure == NULL)
    self->failure = error;
  else
    g_error_free (error);
}

void
mr_stream_write_output (MrStream *self)
{
  gsize before = mr_stream_writable_length (self), left = before;

  while (left > 0 && self->can_write && !self->write_failed) {
    GError *error = NULL;
    gsize len, n = 0;
    const guint8 *data = mr_buffer_peek (self->output, &len);
    MrIo io;

    len = MIN (len, left);
    io = transport_write (self, data, len, &n, &error);
    mr_buffer_consume (self->output, n);
    left -= n;
    if (self->tls_state == TLS_FLUSHING)
      self->clear_left -= n;
    if (io == MR_IO_ERROR || io == MR_IO_EOF)
      write_error (self, error != NULL
                             ? error
                             : g_error_new_literal (MR_ERROR, MR_ERROR_NETWORK, _ ("The connection was lost.")));
    else if (io == MR_IO_AGAIN || (n < len && self->tls_state != TLS_ACTIVE))
      self->can_write = FALSE;
  }
  if (left == before)
    return;
  mr_stream_progress (self);
  if (left == 0 || (before > LOW_WATER && left <= LOW_WATER))
    self->drained = TRUE;
}

/* ---- callbacks ---- */

static void
enter (MrStream *self)
{
  self->in_callback = TRUE;
}

static void
leave (MrStream *self)
{
  self->in_callback = FALSE;
}

static void
tell_drained (MrStream *self)
{
  if (!self->drained)
    return;
  self->drained = FALSE;
  if (self->funcs->on_drained == NULL || mr_stream_in_setup (self))
    return;
  enter (self);
  self->funcs->on_drained (self, self->owner);
  leave (self);
}

static void
tell_eof (MrStream *self)
{
  self->eof_told = TRUE;
  if (self->funcs->on_eof == NULL)
    return;
  enter (self);
  self->funcs->on_eof (self, self->owner);
  leave (self);
}

/* ---- input ---- */

void
mr_stream_refuse_left_over (MrStream *self)
{
  mr_stream_drop_held (self);
  if (self->failure == NULL)
    g_set_error (&self->failure, MR_ERROR, MR_ERROR_PROTOCOL,
                 _ ("The other side sent more in clear text after encryption had been agreed on."));
}

/* How much the owner took. */
static gsize
give_input (MrStream *self, const guint8 *data, gsize len)
{
  gsize taken;

  self->resumed = FALSE;
  enter (self);
  taken = self->funcs->on_input != NULL ? self->funcs->on_input (self, data, len, self->owner) : len;
  leave (self);
  return MIN (taken, len);
}

/* After something was left, and is held. */
static void
left_over (MrStream *self)
{
  if (mr_stream_in_setup (self))
    mr_stream_refuse_left_over (self);
  else if (self->resumed)
    self->again = TRUE;
  else
    self->paused = TRUE;
}

/* What is held is given from where it lies. It is out of the stream meanwhile, which the callback may free. */
static void
give_held (MrStream *self)
{
  guint8 *held = g_steal_pointer (&self->held);
  gsize start = self->held_start, len = self->held_len, taken;

  self->held_start = self->held_len = 0;
  taken = give_input (self, held + start, len);
  mr_wipe (held + start, mr_stream_is_over (self) ? len : taken);
  if (mr_stream_is_over (self) || taken == len) {
    g_free (held);
    return;
  }
  self->held = held;
  self->held_start = start + taken;
  self->held_len = len - taken;
  left_over (self);
}

static void
give_fresh (MrStream *self, const guint8 *data, gsize len)
{
  gsize taken = give_input (self, data, len);

  if (mr_stream_is_over (self) || taken == len)
    return;
  self->held = g_memdup2 (data + taken, len - taken);
  self->held_start = 0;
  self->held_len = len - taken;
  left_over (self);
}

static gboolean
may_read (MrStream *self)
{
  return !mr_stream_is_over (self) && !self->paused && self->held == NULL && self->can_read && !self->eof
         && !mr_stream_in_setup (self);
}

/* Fills the buffer as far as input is there. FALSE on failure. */
static gboolean
fill (MrStream *self, guint8 *data, gsize size, gsize *ret_len)
{
  gsize len = 0, n;
  GError *error = NULL;

  while (len < size) {
    MrIo io = self->tls_state == TLS_ACTIVE ? mr_tls_session_read (self->tls, data + len, size - len, &n, &error)
                                            : mr_socket_read (self->fd, data + len, size - len, &n, &error);

    if (io == MR_IO_OK) {
      len += n;
      /* A stream socket that gave less than was asked for is empty: epoll(7). A TLS read ends with its record. */
      if (self->tls_state == TLS_ACTIVE)
        continue;
      self->can_read = len == size || self->end_seen;
      break;
    }
    self->can_read = FALSE;
    if (io == MR_IO_EOF)
      self->eof = TRUE;
    else if (io == MR_IO_ERROR && self->failure == NULL)
      self->failure = g_steal_pointer (&error);
    g_clear_error (&error);
    break;
  }
  *ret_len = len;
  return len > 0;
}

static void
read_input (MrStream *self)
{
  MrPoller *poller = self->watch.poller;
  gsize size, len;
  guint8 *data;

  if (self->held != NULL && !self->paused && !mr_stream_in_setup (self))
    give_held (self);
  if (!may_read (self))
    return;
  data = mr_poller_take_scratch (poller, &size);
  if (data == NULL) {
    self->again = TRUE;
    return;
  }
  if (fill (self, data, size, &len)) {
    mr_stream_progress (self);
    give_fresh (self, data, len);
  }
  mr_poller_give_scratch (poller, len);
  if (may_read (self))
    self->again = TRUE;
}

/* ---- TLS ---- */

static void
tls_step (MrStream *self)
{
  GError *error = NULL;

  if (self->tls_state == TLS_FLUSHING && self->clear_left == 0)
    self->tls_state = TLS_HANDSHAKE;
  if (self->tls_state != TLS_HANDSHAKE)
    return;
  switch (mr_tls_session_handshake (self->tls, &error)) {
  case MR_IO_OK:
    self->tls_state = TLS_ACTIVE;
    mr_stream_progress (self);
    self->can_read = TRUE; /* the last flight may have carried more */
    enter (self);
    if (self->funcs->on_tls != NULL)
      self->funcs->on_tls (self, self->owner);
    leave (self);
    break;
  case MR_IO_AGAIN:
    break;
  case MR_IO_EOF:
  case MR_IO_ERROR:
  default:
    self->failure = error;
    break;
  }
}

/* ---- the rounds ---- */

static void
one_round (MrStream *self)
{
  self->again = FALSE;
  mr_stream_write_output (self);
  if (self->failure == NULL)
    tls_step (self);
  if (!mr_stream_is_over (self) && self->failure == NULL)
    tell_drained (self);
  if (!mr_stream_is_over (self) && (self->failure == NULL || self->write_failed))
    read_input (self);
  if (!mr_stream_is_over (self) && self->eof && !self->eof_told && self->held == NULL && self->failure == NULL)
    tell_eof (self);
}

void
mr_stream_run (MrStream *self)
{
  guint rounds = 0;

  self->refs++;
  do {
    one_round (self);
    /* What a callback put into the output goes out now. */
    if (!mr_stream_is_over (self) && self->can_write && !self->write_failed && mr_stream_writable_length (self) > 0)
      self->again = TRUE;
  } while (self->again && !mr_stream_is_over (self) && self->failure == NULL && ++rounds < ROUNDS_MAX);
  if (!mr_stream_is_over (self)) {
    gboolean last_words = self->write_failed && (self->held != NULL || self->paused || may_read (self));

    if (self->failure != NULL && !last_words)
      mr_stream_fail (self);
    else if (self->again || (self->failure != NULL && !self->paused))
      mr_watch_again (&self->watch);
  }
  mr_stream_unref (self);
}
