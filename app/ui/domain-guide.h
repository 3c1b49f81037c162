/* The guide for a domain: find, ask, entries to publish, wait, prove. Its state is what is published and the service's watch: closed and opened again, it is
 * where it was.
 */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_DOMAIN_GUIDE (mr_domain_guide_get_type ())
G_DECLARE_FINAL_TYPE (MrDomainGuide, mr_domain_guide, MR, DOMAIN_GUIDE, AdwWindow)

/* parent may be NULL. Looks at once; nothing is changed and no third party is asked. */
GtkWidget *mr_domain_guide_new (MrDesk *desk, GtkWindow *parent, const char *domain);

G_END_DECLS
