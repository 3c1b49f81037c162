/* The technical facts of a message, folded away, to be copied whole into a report. */
#pragma once

#include <adwaita.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_TYPE_FACTS_ROW (mr_facts_row_get_type ())
G_DECLARE_FINAL_TYPE (MrFactsRow, mr_facts_row, MR, FACTS_ROW, AdwExpanderRow)

void mr_facts_row_set_message (MrFactsRow *self, const MrMessageRecord *message);

G_END_DECLS
