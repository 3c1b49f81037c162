/* The engine's face for the entries that a domain publishes: what they have to be, and waiting until they are there. The rules of engine.h hold.
 *
 * Plans and watches are dictionaries (a{sv}), described at PlanRecords and WatchRecords in data/dbus: they are shown and printed, nothing is decided on
 * them above the engine. Nothing of the DNS is changed by any call but mr_engine_update_dns().
 */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* Services that send in a domain's name: aa{sv}, see ListServices in data/dbus. (transfer full) */
GVariant *mr_engine_dup_services (void);

/* dict: borrowed; NULL with error. */
typedef void (*MrPlanFunc) (GVariant *dict, const GError *error, gpointer data);
/* options a{sv} and the plan: PlanRecords in data/dbus. Errors: MR_ERROR_INVALID names the option. A policy of DMARC that is seen is remembered with the time. */
void mr_engine_plan_records (MrEngine *engine, const char *domain, GVariant *options, MrPlanFunc func, gpointer data);

/* Asks the domain's own name servers again and again until every entry of the plan is live, also while no window is open. A second call for a domain
 * takes its new options and looks at once. The first answer is given when the watch stands. */
void mr_engine_watch_records (MrEngine *engine, const char *domain, GVariant *options, MrPlanFunc func, gpointer data);
/* MR_ERROR_NOT_FOUND: it is not watched. */
void mr_engine_get_watch (MrEngine *engine, const char *domain, MrPlanFunc func, gpointer data);
void mr_engine_stop_watch (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data);
/* Called with the watch after each round. One func at a time. */
typedef void (*MrWatchFunc) (const char *domain, GVariant *watch, gpointer data);
void mr_engine_set_watch_func (MrEngine *engine, MrWatchFunc func, gpointer data);

G_END_DECLS
