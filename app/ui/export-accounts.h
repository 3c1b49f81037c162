/* The accounts as a file, without passwords. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

/* Asks where to, writes, says so in a toast of parent. */
void mr_export_accounts (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
