/* Public calls that know their answer at once: the callback runs from the loop all the same, after the call returned (engine.h).
 *
 * An answer needs no engine: it is given even where the engine is freed meanwhile. Errors are copied, other data is taken or referenced as said.
 */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

void mr_answer_done (MrEngineDoneFunc func, const GError *error, gpointer data);
void mr_answer_count (MrCountFunc func, guint count, const GError *error, gpointer data);
/* records: a reference is taken; NULL with error. */
void mr_answer_records (MrRecordsFunc func, GPtrArray *records, const GError *error, gpointer data);
/* Refusals of calls whose answer is more than an error. */
void mr_answer_no_id (MrSubmitFunc func, const GError *error, gpointer data);
void mr_answer_no_password (MrPasswordFunc func, const GError *error, gpointer data);
void mr_answer_no_test (MrTestDoneFunc func, const GError *error, gpointer data);

G_END_DECLS
