/* The list of addresses that are never written to, as a file. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a file (".csv": with dates and reasons; else the addresses alone), writes it, and says in parent what came of it. records: list of
 * MrRecordItem with MrNeverRecord. */
void mr_export_never (GListModel *records, GtkWindow *parent);

/* What it does with the chosen file. */
void mr_export_never_to (GListModel *records, GFile *file, GtkWindow *parent);

G_END_DECLS
