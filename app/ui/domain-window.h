/* "Check a Domain": what the DNS says about a domain that mail is sent from, each finding with its sentence, what it means and what helps. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_DOMAIN_WINDOW (mr_domain_window_get_type ())
G_DECLARE_FINAL_TYPE (MrDomainWindow, mr_domain_window, MR, DOMAIN_WINDOW, AdwWindow)

/* parent may be NULL. */
GtkWidget *mr_domain_window_new (MrDesk *desk, GtkWindow *parent);
/* Begins at once. check: the finding to open when it is there; NULL or "": none. */
void mr_domain_window_check (MrDomainWindow *self, const char *domain, const char *check);

G_END_DECLS
