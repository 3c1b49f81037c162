/* Bars over time: delivered, had to wait, failed, one upon the other. Drawn with the widget's own colours, so that dark and high contrast follow; read from
 * right to left where the language is. A picture only: what it shows stands beside it in words and in a table. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_TYPE_CHART (mr_chart_get_type ())
G_DECLARE_FINAL_TYPE (MrChart, mr_chart, MR, CHART, GtkWidget)

/* slots: MrStatisticRecord, oldest first; the chart keeps a reference. label: what a screen reader says of the picture. */
void mr_chart_set_slots (MrChart *self, GPtrArray *slots, MrSpan span, const char *label);

G_END_DECLS
