/* Listeners and the limits over all sessions. */
#include "engine/submission-private.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

#define RETRY_SECONDS     30
#define SWEEP_SECONDS     10
#define LOOK_UPS_A_SECOND 5

static void
door_free (gpointer data)
{
  Door *door = data;

  mr_listener_free (door->listener);
  g_free (door->address);
  g_free (door->error);
  g_free (door);
}

static void
session_free_cb (gpointer data)
{
  mr_session_free (data);
}

static gboolean
sweep_cb (gpointer data)
{
  MrSubmission *self = data;
  gint64 now = mr_clock_monotonic (self->engine->clock);
  g_autoptr (GList) sessions = g_hash_table_get_keys (self->sessions);

  for (GList *l = sessions; l != NULL; l = l->next)
    if (mr_session_is_over (l->data, now))
      mr_session_shut (l->data, "4.4.2", "This session has lasted too long");
  if (g_hash_table_size (self->sessions) > 0)
    return G_SOURCE_CONTINUE;
  self->sweep_source = 0;
  return G_SOURCE_REMOVE;
}

/* A greeting that says why, without a session. What the kernel does not take at once is not worth waiting for. */
static void
turn_away (int fd, const char *text)
{
  g_autofree char *line = g_strconcat ("421 4.3.2 ", text, "\r\n", NULL);

  if (send (fd, line, strlen (line), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    mr_debug ("engine", "a client left before it was turned away");
  close (fd);
}

static guint
peer_count (MrSubmission *self, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->per_peer, address));
}

static void
accepted_cb (MrListener *listener, int fd, const MrPeer *peer, gpointer data)
{
  MrSubmission *self = data;
  MrConfig *config = mr_engine_get_config (self->engine);
  guint n = peer_count (self, peer->address);

  if (self->stopped
      || g_hash_table_size (self->sessions) >= (guint)mr_config_get_integer (config, "submission", "max-sessions")) {
    turn_away (fd, "Too many connections; try again later");
    return;
  }
  if (n >= (guint)mr_config_get_integer (config, "submission", "max-sessions-per-peer")) {
    turn_away (fd, "Too many connections from you; try again later");
    return;
  }
  g_hash_table_insert (self->per_peer, g_strdup (peer->address), GUINT_TO_POINTER (n + 1));
  g_hash_table_add (self->sessions, mr_session_new (self, fd, peer));
  if (self->sweep_source == 0)
    self->sweep_source = g_timeout_add_seconds (SWEEP_SECONDS, sweep_cb, self);
  if (g_hash_table_size (self->sessions) == 1)
    mr_engine_notify (self->engine, MR_CHANGED_STATUS);
}

void
mr_submission_session_ended (MrSubmission *self, Session *session)
{
  const char *address = mr_session_get_peer (session);
  guint n = peer_count (self, address);

  if (n <= 1)
    g_hash_table_remove (self->per_peer, address);
  else
    g_hash_table_insert (self->per_peer, g_strdup (address), GUINT_TO_POINTER (n - 1));
  g_hash_table_remove (self->sessions, session);
  if (g_hash_table_size (self->sessions) == 0 && self->empty != NULL)
    self->empty (self->empty_data);
}

void
mr_submission_set_empty_func (MrSubmission *self, void (*func) (gpointer data), gpointer data)
{
  self->empty = func;
  self->empty_data = data;
}

gboolean
mr_submission_may_look_up (MrSubmission *self)
{
  gint64 second = mr_clock_monotonic (self->engine->clock) / G_USEC_PER_SEC;

  if (second != self->look_up_second) {
    self->look_up_second = second;
    self->look_ups = 0;
  }
  return self->look_ups++ < LOOK_UPS_A_SECOND;
}

MrSubmission *
mr_submission_new (MrEngine *engine)
{
  MrSubmission *self = g_new0 (MrSubmission, 1);

  self->engine = engine;
  self->listeners = g_ptr_array_new_with_free_func (door_free);
  self->sessions = g_hash_table_new_full (NULL, NULL, session_free_cb, NULL);
  self->per_peer = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
mr_submission_free (MrSubmission *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_clear_handle_id (&self->sweep_source, g_source_remove);
  g_ptr_array_unref (self->listeners);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->per_peer);
  g_free (self);
}

static gboolean retry_cb (gpointer data);

static void
open_door (MrSubmission *self, Door *door)
{
  g_autoptr (GError) error = NULL;

  door->listener = mr_listener_new (door->address, accepted_cb, self, &error);
  if (door->listener != NULL) {
    g_clear_pointer (&door->error, g_free);
    mr_info ("engine", "listening on %s", mr_listener_get_address (door->listener));
  } else {
    if (g_strcmp0 (door->error, error->message) != 0)
      mr_warning ("engine", "cannot listen on %s: %s", door->address, error->message);
    g_free (door->error);
    door->error = g_strdup (error->message);
    if (self->retry_source == 0)
      self->retry_source = g_timeout_add_seconds (RETRY_SECONDS, retry_cb, self);
  }
  mr_engine_notify (self->engine, MR_CHANGED_STATUS);
}

static gboolean
retry_cb (gpointer data)
{
  MrSubmission *self = data;
  gboolean again = FALSE;

  for (guint i = 0; i < self->listeners->len; i++) {
    Door *door = g_ptr_array_index (self->listeners, i);

    if (door->listener == NULL)
      open_door (self, door);
    again |= door->listener == NULL;
  }
  if (again)
    return G_SOURCE_CONTINUE;
  self->retry_source = 0;
  return G_SOURCE_REMOVE;
}

void
mr_submission_reload (MrSubmission *self)
{
  g_auto (GStrv) wanted = mr_config_dup_list (mr_engine_get_config (self->engine), "submission", "listen");

  if (self->stopped)
    return;
  for (guint i = self->listeners->len; i-- > 0;)
    if (!g_strv_contains ((const char *const *)wanted, ((Door *)g_ptr_array_index (self->listeners, i))->address))
      g_ptr_array_remove_index (self->listeners, i);
  for (guint w = 0; wanted[w] != NULL; w++) {
    gboolean have = FALSE;

    for (guint i = 0; i < self->listeners->len; i++)
      have |= strcmp (((Door *)g_ptr_array_index (self->listeners, i))->address, wanted[w]) == 0;
    if (!have) {
      Door *door = g_new0 (Door, 1);

      door->address = g_strdup (wanted[w]);
      g_ptr_array_add (self->listeners, door);
      open_door (self, door);
    }
  }
}

void
mr_submission_stop (MrSubmission *self)
{
  g_autoptr (GList) sessions = g_hash_table_get_keys (self->sessions);

  self->stopped = TRUE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_ptr_array_set_size (self->listeners, 0);
  for (GList *l = sessions; l != NULL; l = l->next)
    mr_session_shut (l->data, "4.3.2", "The service is being stopped");
}

GPtrArray *
mr_submission_dup_status (MrSubmission *self)
{
  GPtrArray *status = g_ptr_array_new ();

  for (guint i = 0; i < self->listeners->len; i++) {
    const Door *door = g_ptr_array_index (self->listeners, i);
    MrListenerStatus *s = g_new0 (MrListenerStatus, 1);

    s->address = g_strdup (door->listener != NULL ? mr_listener_get_address (door->listener) : door->address);
    s->error = g_strdup (door->error);
    g_ptr_array_add (status, s);
  }
  return status;
}

guint
mr_submission_get_sessions (MrSubmission *self)
{
  return g_hash_table_size (self->sessions);
}
