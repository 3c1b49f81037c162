/* What a person is told on the desktop about domains: entries that were waited for, and what has become worse, one note for each cause. A click opens the
 * window about the domain. A note about a drift goes when it is gone; what resolved itself before it was confirmed is never told (the engine's part).
 */
#pragma once

#include <mailrelay/domain-records.h>

#include "service/notifier.h"

G_BEGIN_DECLS

typedef struct _MrDomainNotes MrDomainNotes;

/* notifier is borrowed and outlives the notes' last call. */
MrDomainNotes *mr_domain_notes_new (MrNotifier *notifier);
void mr_domain_notes_free (MrDomainNotes *self);
/* MrDomainFinding: all that stand for the domain; maybe none (any more). */
void mr_domain_notes_drifts (MrDomainNotes *self, const char *domain, GPtrArray *findings);
/* A watch has ended: everything is there, or was given up. */
void mr_domain_notes_watched (MrDomainNotes *self, const char *domain, gboolean published);
/* Nobody wants to be told: what stands is taken away. */
void mr_domain_notes_set_silent (MrDomainNotes *self, gboolean silent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDomainNotes, mr_domain_notes_free)

G_END_DECLS
