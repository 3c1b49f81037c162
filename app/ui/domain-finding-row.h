/* One finding of the check of a domain as a row that opens: sentence and state, then what it means, what helps and what was seen. */
#pragma once

#include <adwaita.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

/* finding is read in the call. */
GtkWidget *mr_domain_finding_row_new (const MrDomainFinding *finding);
/* Icon of a state, with its colour; hidden from screen readers: a word stands beside it. */
GtkWidget *mr_domain_state_icon_new (MrFindingState state);
/* A label of a row that wraps and can be selected; style may be NULL. */
GtkWidget *mr_domain_label_new (const char *text, const char *style);
/* Takes all rows out of a list. */
void mr_domain_clear_list (GtkListBox *list);

G_END_DECLS
