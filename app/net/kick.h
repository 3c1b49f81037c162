/* A source that calls once from the loop after it was kicked, however often: for what may not be told from inside a library's own callback. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* On the thread's default context. name: static. (transfer full), to mr_kick_clear(). */
GSource *mr_kick_new (const char *name, void (*func) (gpointer data), gpointer data);
void mr_kick (GSource *kick);
/* func is not called any more. */
void mr_kick_clear (GSource **kick);

G_END_DECLS
