/* What the window remembers for itself: its size, and that the first-run page was left. Everything that touches mail is the service's. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) NULL where the schema is not installed: then nothing is remembered. A program that runs from its build folder uses the schema of
 * that folder. */
GSettings *mr_settings_new (void);

G_END_DECLS
