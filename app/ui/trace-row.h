/* A part of an account's test: what it is, what it means, what was told, how long it took. */
#pragma once

#include <adwaita.h>

#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

/* (transfer floating) */
GtkWidget *mr_trace_row_new (MrDiagnosis *diagnosis, const MrTraceStep *step);

G_END_DECLS
