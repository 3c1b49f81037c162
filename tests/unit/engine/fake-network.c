/* A scripted GNetworkMonitor. */
#include "fake-network.h"

typedef struct {
  GObject parent;
} FakeNetwork;

typedef struct {
  GObjectClass parent;
} FakeNetworkClass;

static gboolean is_available = TRUE, is_metered, is_captive;

static GType fake_network_get_type (void);
static void monitor_init (GNetworkMonitorInterface *iface);
static void initable_init (GInitableIface *iface);

G_DEFINE_TYPE_WITH_CODE (FakeNetwork, fake_network, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_init)
                             G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, monitor_init))

enum { PROP_0, PROP_AVAILABLE, PROP_METERED, PROP_CONNECTIVITY };

static void
fake_network_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_AVAILABLE)
    g_value_set_boolean (value, is_available);
  else if (id == PROP_METERED)
    g_value_set_boolean (value, is_metered);
  else
    g_value_set_enum (value, is_captive     ? G_NETWORK_CONNECTIVITY_PORTAL
                             : is_available ? G_NETWORK_CONNECTIVITY_FULL
                                            : G_NETWORK_CONNECTIVITY_LOCAL);
}

static void
fake_network_class_init (FakeNetworkClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = fake_network_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
fake_network_init (FakeNetwork *self)
{
}

static void
monitor_init (GNetworkMonitorInterface *iface)
{
}

static gboolean
init_cb (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
initable_init (GInitableIface *iface)
{
  iface->init = init_cb;
}

void
fake_network_install (void)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "fake", TRUE);
  /* Registers the extension point. */
  g_type_ensure (G_TYPE_NETWORK_MONITOR);
  g_io_extension_point_register (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, fake_network_get_type (), "fake", 1000);
  g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (g_network_monitor_get_default (), fake_network_get_type ()));
}

void
fake_network_set (gboolean available)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  is_available = available;
  g_object_notify (G_OBJECT (monitor), "network-available");
  g_signal_emit_by_name (monitor, "network-changed", available);
}

void
fake_network_set_kind (gboolean metered, gboolean captive)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  is_metered = metered;
  is_captive = captive;
  g_object_notify (G_OBJECT (monitor), "network-metered");
  g_object_notify (G_OBJECT (monitor), "connectivity");
  g_signal_emit_by_name (monitor, "network-changed", is_available);
}
