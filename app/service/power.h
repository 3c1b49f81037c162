/* Sleep and shutdown, as systemd-logind tells of them on the system bus: what is being sent may finish before the machine sleeps or ends, for as long as
 * logind waits; after waking everything is tried at once. Where there is no logind nothing happens and nothing fails.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/engine.h>

G_BEGIN_DECLS

typedef struct _MrPower MrPower;

MrPower *mr_power_new (MrEngine *engine);
void mr_power_free (MrPower *power);
/* The engine changed: perhaps the last message that was waited for is through. */
void mr_power_changed (MrPower *power);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPower, mr_power_free)

G_END_DECLS
