/* One account of another program: whether to take it, whether to take its password along, and what came of it. */
#pragma once

#include <gtk/gtk.h>

#include "client/import.h"

G_BEGIN_DECLS

#define MR_TYPE_IMPORT_ROW (mr_import_row_get_type ())
G_DECLARE_FINAL_TYPE (MrImportRow, mr_import_row, MR, IMPORT_ROW, GtkListBoxRow)

/* found is borrowed and must outlive the row. Signals: "changed" (a tick), "complete" (what is missing is to be filled in). */
GtkWidget *mr_import_row_new (const MrImportFound *found);
const MrImportFound *mr_import_row_get_found (MrImportRow *self);
gboolean mr_import_row_is_chosen (MrImportRow *self);
gboolean mr_import_row_takes_secret (MrImportRow *self);
/* No more ticks; while the import runs, nothing else either. */
void mr_import_row_freeze (MrImportRow *self);
void mr_import_row_thaw (MrImportRow *self);
void mr_import_row_set_secret_stored (MrImportRow *self);
gboolean mr_import_row_secret_was_stored (MrImportRow *self);
/* trouble: a sentence, NULL: none. */
void mr_import_row_set_result (MrImportRow *self, gboolean added, const char *trouble);
void mr_import_row_set_forgotten (MrImportRow *self, const char *trouble);

G_END_DECLS
