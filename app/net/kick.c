/* One call for any number of kicks: see kick.h. A ready time is all that such a source needs, so that a kick costs no allocation. */
#include "config.h"

#include "net/kick.h"

typedef struct {
  GSource source;
  void (*func) (gpointer data);
  gpointer data;
} Kick;

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  Kick *self = (Kick *)source;

  g_source_set_ready_time (source, -1);
  self->func (self->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = { .dispatch = dispatch };

GSource *
mr_kick_new (const char *name, void (*func) (gpointer data), gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSource *source = g_source_new (&funcs, sizeof (Kick));

  ((Kick *)source)->func = func;
  ((Kick *)source)->data = data;
  g_source_set_static_name (source, name);
  g_source_attach (source, context);
  return source;
}

void
mr_kick (GSource *kick)
{
  g_source_set_ready_time (kick, 0);
}

void
mr_kick_clear (GSource **kick)
{
  g_source_destroy (*kick);
  g_clear_pointer (kick, g_source_unref);
}
