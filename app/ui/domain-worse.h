/* What a check found worse than when all was in order, and the word that it is as it should be. A group of the domain window, hidden where nothing is. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_DOMAIN_WORSE (mr_domain_worse_get_type ())
G_DECLARE_FINAL_TYPE (MrDomainWorse, mr_domain_worse, MR, DOMAIN_WORSE, AdwPreferencesGroup)

/* report: NULL: none, the group is hidden. Only a report that was kept (options.keep) can be accepted. */
void mr_domain_worse_show (MrDomainWorse *self, MrDesk *desk, const MrDomainReport *report);

G_END_DECLS
