/* Domains that mail is sent from: their list, their last reports, checks that run, and the schedule. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrDomains *mr_domains_new (MrEngine *engine);
/* done of each check gets MR_ERROR_CANCELLED. */
void mr_domains_free (MrDomains *domains);
/* The configuration or the accounts changed. */
void mr_domains_reload (MrDomains *domains);

G_END_DECLS
