/* The switch "Check This Domain Regularly". A group of the domain window, hidden until the service has told how it stands. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_DOMAIN_REGULAR (mr_domain_regular_get_type ())
G_DECLARE_FINAL_TYPE (MrDomainRegular, mr_domain_regular, MR, DOMAIN_REGULAR, AdwPreferencesGroup)

/* domain: as a report names it (A-labels). NULL: none, the group is hidden. */
void mr_domain_regular_show (MrDomainRegular *self, MrDesk *desk, const char *domain);

G_END_DECLS
