/* The engine's face for the keys that sign mail. The rules of engine.h hold. */
#pragma once

#include <mailrelay/dkim-records.h>
#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* MrDkimKeyRecord, by domain and time. */
void mr_engine_list_dkim_keys (MrEngine *engine, MrRecordsFunc func, gpointer data);

/* record borrowed; NULL with error. */
typedef void (*MrDkimKeyRecordFunc) (const MrDkimKeyRecord *record, const GError *error, gpointer data);
/* Makes a key and keeps it in the keyring; it is new until its record was seen. domain: U-labels allowed. selector NULL or "": one with the date. algorithm:
 * as in MrDkimKeyRecord, "" for rsa-2048. replaces: id of a key of the domain that it takes over from, whose settings it inherits; NULL: none. */
void mr_engine_new_dkim_key (MrEngine *engine, const char *domain, const char *selector, const char *algorithm,
                             const char *replaces, MrDkimKeyRecordFunc func, gpointer data);
/* A key that becomes active makes the one that it replaces old. An old one may become active again. Error: MR_ERROR_NOT_FOUND. */
void mr_engine_set_dkim_key_state (MrEngine *engine, const char *id, MrDkimKeyState state, MrEngineDoneFunc func,
                                   gpointer data);
/* Error MR_ERROR_REFUSED without force: it signs, or mail that it signed may be under way. */
void mr_engine_remove_dkim_key (MrEngine *engine, const char *id, gboolean force, MrEngineDoneFunc func, gpointer data);
/* The private part as PEM, for use elsewhere: only where a person asks for it. secret borrowed. */
typedef void (*MrExportFunc) (MrSecret *secret, const GError *error, gpointer data);
void mr_engine_export_dkim_key (MrEngine *engine, const char *id, MrExportFunc func, gpointer data);

G_END_DECLS
