/* One entry of the plan as a card: how it stands, and name, type and value to be copied as the DNS provider's page wants them. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_RECORD (mr_guide_record_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideRecord, mr_guide_record, MR, GUIDE_RECORD, GtkListBoxRow)

/* record: a{sv} of PlanRecords. */
GtkWidget *mr_guide_record_new (GVariant *record);

/* A caption, a text that can be selected, and a copy button whose icon becomes a tick once it was used. what: its accessible name, such as "Copy the name". */
GtkWidget *mr_guide_field_new (const char *caption, const char *text, const char *what);

/* Lines of a value end wherever there is no more room, without a hyphen that is not in it. */
void mr_guide_break_anywhere (GtkLabel *label);

G_END_DECLS
