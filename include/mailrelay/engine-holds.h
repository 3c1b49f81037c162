/* The engine's public face for what stops mail on purpose: pausing for a while, and rules that keep mail back for review. The same rules as in
 * engine.h. */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* account NULL: all sending. until: wall time (microseconds) at which it goes on by itself, also over a restart; 0: when a person says so. */
void mr_engine_pause (MrEngine *engine, const char *account, gint64 until, MrEngineDoneFunc func, gpointer data);
void mr_engine_resume (MrEngine *engine, const char *account, MrEngineDoneFunc func, gpointer data);

/* MrHoldRuleRecord, in the order in which they are asked. */
void mr_engine_list_hold_rules (MrEngine *engine, MrRecordsFunc func, gpointer data);
/* Adds the rule, or changes the one of this id; id NULL or "": a new one is made up. What is kept back already stays as it is. The id comes back.
 * MR_ERROR_INVALID names what is wrong. */
void mr_engine_set_hold_rule (MrEngine *engine, const MrHoldRuleRecord *rule, MrSubmitFunc func, gpointer data);
/* What it kept back stays kept back. */
void mr_engine_remove_hold_rule (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data);

G_END_DECLS
