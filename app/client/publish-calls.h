/* Typed calls for keys that sign, entries to publish and waiting for them (com.example.MailRelay.Domains). The rules of calls.h hold; plans and watches
 * are dictionaries (a{sv}), described in data/dbus.
 */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* ---- keys ---- */

void mr_client_list_keys_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrDkimKeyRecord. */
GPtrArray *mr_client_list_keys_finish (MrClient *self, GAsyncResult *result, GError **error);
/* selector, algorithm, replaces may be NULL. */
void
mr_client_new_key_async (MrClient *self, const char *domain, const char *selector, const char *algorithm,
                         const char *replaces, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) */
MrDkimKeyRecord *mr_client_new_key_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_set_key_state_async (MrClient *self, const char *id, MrDkimKeyState state, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
void mr_client_remove_key_async (MrClient *self, const char *id, gboolean force, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
/* fd: an open file; stays the caller's. */
void mr_client_export_key_async (MrClient *self, const char *id, int fd, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
/* Of the three above. */
gboolean mr_client_change_key_finish (MrClient *self, GAsyncResult *result, GError **error);

/* ---- entries ---- */

/* options: a{sv}, floating or not. */
void mr_client_plan_records_async (MrClient *self, const char *domain, GVariant *options, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
void mr_client_watch_records_async (MrClient *self, const char *domain, GVariant *options, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
void mr_client_get_watch_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data);
/* Services that send in a domain's name, aa{sv}: id, name, term ("": of no use there). */
void
mr_client_list_services_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* fd: a file with aggregate reports; stays the caller's. Evidence: see GetEvidence. */
void mr_client_import_reports_async (MrClient *self, int fd, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer data);
void mr_client_get_evidence_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
/* Of the six above: plan, watch, list, result or evidence. (transfer full) */
GVariant *mr_client_records_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_stop_watch_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_stop_watch_finish (MrClient *self, GAsyncResult *result, GError **error);

/* These two end with mr_client_change_key_finish(). */
void mr_client_set_source_foreign_async (MrClient *self, const char *domain, const char *source, gboolean foreign,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
void mr_client_forget_reports_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);

/* After each round of any watch. watch: borrowed. Works from the first answer of a call on, until mr_client_unfollow_watches(); 0: not connected. */
typedef void (*MrClientWatchFunc) (const char *domain, GVariant *watch, gpointer data);
guint mr_client_follow_watches (MrClient *self, MrClientWatchFunc func, gpointer data);
void mr_client_unfollow_watches (MrClient *self, guint follow);

G_END_DECLS
