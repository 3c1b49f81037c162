/* What a person is reminded of on the desktop: mail that has waited for an hour and for a day of online time, one note for each cause; mail that was
 * still there at log-in; sending that is paused; a provider that takes less than before. A note goes when its reason is gone; what was told once is
 * told again only when it has become worse.
 */
#pragma once

#include <mailrelay/engine.h>

#include "service/notifier.h"

G_BEGIN_DECLS

typedef struct _MrReminders MrReminders;

/* notifier is borrowed and outlives the reminders' last call. */
MrReminders *mr_reminders_new (MrEngine *engine, MrClock *clock, MrNotifier *notifier);
/* The engine is about to stop, or has stopped: it is asked no more. */
void mr_reminders_stop (MrReminders *self);
void mr_reminders_free (MrReminders *self);
void mr_reminders_changed (MrReminders *self);
/* Nobody wants to be told: what stands is taken away. */
void mr_reminders_set_silent (MrReminders *self, gboolean silent);
/* The button of a note was pressed. FALSE: it is none of these. */
gboolean mr_reminders_act (MrReminders *self, const char *key);

G_END_DECLS
