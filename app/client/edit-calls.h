/* Typed calls for what a person changes of messages (data/dbus, Outbox). The same rules as in calls.h: *ret_count tells how many messages were in a
 * state for it. */
#pragma once

#include <mailrelay/records.h>

#include "client/client.h"

G_BEGIN_DECLS

/* Corrected, added and removed recipients of one message, all of it or nothing. Addresses are copied. */
void mr_client_edit_recipients_async (MrClient *self, const char *id, const MrRecipientEdit *edits, guint n_edits,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_edit_recipients_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
/* account NULL: as the sender's address says. */
void mr_client_change_account_async (MrClient *self, const char *const *ids, const char *account,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_change_account_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
/* not_before: wall time in microseconds, 0: no longer scheduled. */
void mr_client_schedule_async (MrClient *self, const char *const *ids, gint64 not_before, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_schedule_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
/* report: mailed to the sender. */
void mr_client_return_async (MrClient *self, const char *const *ids, gboolean report, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_return_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
/* keep: a copy goes to them, the message stays as it is. */
void mr_client_redirect_async (MrClient *self, const char *const *ids, const char *const *recipients, gboolean keep,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_redirect_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
/* recipients NULL: all of each message. */
void mr_client_send_again_async (MrClient *self, const char *const *ids, const char *const *recipients,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) ids of the new messages. */
char **mr_client_send_again_finish (MrClient *self, GAsyncResult *result, GError **error);
/* Undoes delete (for 15 seconds) and cancel (while the content is stored). */
void mr_client_restore_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_restore_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);

G_END_DECLS
