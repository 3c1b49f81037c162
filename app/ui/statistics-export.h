/* Statistics and the audit log as files that a person names. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

/* Asks where and writes text (copied) there, readable by its owner alone. name: the file name that is proposed. */
void mr_export_text (GtkWindow *parent, const char *title, const char *name, const char *text);
/* The whole audit log as CSV, read page by page once the person has said where it goes. */
void mr_export_audit (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
