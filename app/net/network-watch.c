/* The platform's network monitor, made calm: a change of the network comes as a burst of signals. */
#include "net/connect.h"

#define CALM_MSEC 1000

struct _MrNetworkWatch {
  GNetworkMonitor *monitor;
  gulong handler, metered, connectivity;
  GSource *timer;
  MrNetworkFunc func;
  gpointer data;
};

static gboolean
calm_cb (gpointer data)
{
  MrNetworkWatch *self = data;

  g_clear_pointer (&self->timer, g_source_unref);
  self->func (mr_network_watch_is_available (self), self->data);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (GNetworkMonitor *monitor, gboolean available, gpointer data)
{
  MrNetworkWatch *self = data;
  g_autoptr (GMainContext) context = NULL;

  if (self->timer != NULL)
    return;
  context = g_main_context_ref_thread_default ();
  self->timer = g_timeout_source_new (CALM_MSEC);
  g_source_set_callback (self->timer, calm_cb, self, NULL);
  g_source_attach (self->timer, context);
}

static void
property_cb (GNetworkMonitor *monitor, GParamSpec *spec, gpointer data)
{
  changed_cb (monitor, FALSE, data);
}

MrNetworkWatch *
mr_network_watch_new (MrNetworkFunc func, gpointer data)
{
  MrNetworkWatch *self = g_new0 (MrNetworkWatch, 1);

  self->func = func;
  self->data = data;
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  self->handler = g_signal_connect (self->monitor, "network-changed", G_CALLBACK (changed_cb), self);
  /* Neither of them is a change of the network to every monitor. */
  self->metered = g_signal_connect (self->monitor, "notify::network-metered", G_CALLBACK (property_cb), self);
  self->connectivity = g_signal_connect (self->monitor, "notify::connectivity", G_CALLBACK (property_cb), self);
  return self;
}

void
mr_network_watch_free (MrNetworkWatch *watch)
{
  if (watch == NULL)
    return;
  if (watch->timer != NULL) {
    g_source_destroy (watch->timer);
    g_source_unref (watch->timer);
  }
  g_signal_handler_disconnect (watch->monitor, watch->handler);
  g_signal_handler_disconnect (watch->monitor, watch->metered);
  g_signal_handler_disconnect (watch->monitor, watch->connectivity);
  g_object_unref (watch->monitor);
  g_free (watch);
}

gboolean
mr_network_watch_is_available (MrNetworkWatch *watch)
{
  return g_network_monitor_get_network_available (watch->monitor);
}

gboolean
mr_network_watch_is_metered (MrNetworkWatch *watch)
{
  return g_network_monitor_get_network_metered (watch->monitor);
}

gboolean
mr_network_watch_is_captive (MrNetworkWatch *watch)
{
  return g_network_monitor_get_connectivity (watch->monitor) == G_NETWORK_CONNECTIVITY_PORTAL;
}
