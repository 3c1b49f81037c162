/* One setting: title, what it does, its default; the control that fits its kind; a button back to the default; an error where a
 * value was refused. Changes are applied at once: an amount when it has rested for a moment, a text at Enter or when the focus leaves. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"
#include "ui/preference-keys.h"

G_BEGIN_DECLS

#define MR_TYPE_PREFERENCE_ROW (mr_preference_row_get_type ())
G_DECLARE_FINAL_TYPE (MrPreferenceRow, mr_preference_row, MR, PREFERENCE_ROW, AdwActionRow)

GtkWidget *mr_preference_row_new (MrDesk *desk, const MrPreference *preference);
const MrPreference *mr_preference_row_get_preference (MrPreferenceRow *self);
/* Asks the service for the value in force. */
void mr_preference_row_refresh (MrPreferenceRow *self);
/* The value that is shown, as the file has it; NULL while it is not known. Borrowed. */
const char *mr_preference_row_get_value (MrPreferenceRow *self);

G_END_DECLS
