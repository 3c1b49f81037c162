/* A message on paper: who, when, what became of it, and its text. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

#include "mail/preview.h"

G_BEGIN_DECLS

/* Everything is copied. now: wall time. (transfer full) */
GtkPrintOperation *mr_message_print_new (const MrMessageRecord *message, const MrPreview *preview, gint64 now);

G_END_DECLS
