/* Every control has a name that a screen reader can say. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Walks everything below widget, hidden pages too, and fails the test for each control without a name. */
void audit_names (GtkWidget *widget, const char *where);
/* The first descendant of the type (and of the title, label or text, where that is not NULL). NULL: none. */
GtkWidget *audit_find (GtkWidget *widget, GType type, const char *text);

G_END_DECLS
