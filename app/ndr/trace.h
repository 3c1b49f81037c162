/* Words for the trace of an account's test: one place for window and terminal. */
#pragma once

#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

/* "Encrypt the connection" (transfer none, translated) */
const char *mr_trace_part_title (MrTracePart part);
/* What it means, in plain words; for a failure its cause and what helps. (transfer full, as all that follow) */
char *mr_trace_dup_meaning (MrDiagnosis *diagnosis, const MrTraceStep *step);
/* What was told: addresses, the reply, the certificates, one a line; "" where there is nothing. */
char *mr_trace_dup_facts (const MrTraceStep *step);
/* "" where there is none. */
char *mr_trace_dup_warning (const MrTraceStep *step);
/* "0.12 s" */
char *mr_trace_dup_took (const MrTraceStep *step);
/* A part as lines of text, for copying. */
void mr_trace_append_text (GString *text, MrDiagnosis *diagnosis, const MrTraceStep *step);

G_END_DECLS
