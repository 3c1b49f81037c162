/* Opening a web page, at a person's click only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* https, or http on this computer. Anything else might start any program. */
gboolean mr_link_may_be_opened (const char *url);
/* http or https, for the page at which a network wants a person to sign in: that one cannot be encrypted. */
void mr_open_plain_page (GtkWidget *from, const char *url);
/* In the person's browser. Where there is none, a toast offers the address for copying. */
void mr_open_link (GtkWidget *from, const char *url);

G_END_DECLS
