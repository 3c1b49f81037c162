/* Typed calls for everything that the service offers (data/dbus). Each _async has its _finish; ret_ parameters may be NULL
 * and stay untouched on failure. Records given are copied before the call returns.
 */
#pragma once

#include <mailrelay/records.h>

#include "base/secret.h"
#include "client/client.h"
#include "client/status.h"

G_BEGIN_DECLS

/* ---- service ---- */

void
mr_client_get_status_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) */
MrServiceStatus *mr_client_get_status_finish (MrClient *self, GAsyncResult *result, GError **error);

void mr_client_set_paused_async (MrClient *self, gboolean paused, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_set_paused_finish (MrClient *self, GAsyncResult *result, GError **error);

void mr_client_get_config_async (MrClient *self, const char *group, const char *key, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
/* (transfer full) the value in force. */
char *mr_client_get_config_finish (MrClient *self, GAsyncResult *result, GError **error);

void mr_client_set_config_async (MrClient *self, const char *group, const char *key, const char *value,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_set_config_finish (MrClient *self, GAsyncResult *result, GError **error);

/* The default is in force again. */
void mr_client_reset_config_async (MrClient *self, const char *group, const char *key, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_reset_config_finish (MrClient *self, GAsyncResult *result, GError **error);

/* backend: "secret-service", "file" or "memory". */
void mr_client_set_secrets_backend_async (MrClient *self, const char *backend, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_set_secrets_backend_finish (MrClient *self, GAsyncResult *result, GError **error);

/* After an unlock: the service looks again. */
void mr_client_keyring_changed_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer data);
gboolean mr_client_keyring_changed_finish (MrClient *self, GAsyncResult *result, GError **error);

/* Lines after the serial number after, oldest first; limit 1 to 2000. */
void mr_client_get_log_async (MrClient *self, guint64 after, guint limit, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data);
/* (transfer full) strv; *ret_last: serial number of the last line. */
char **mr_client_get_log_finish (MrClient *self, GAsyncResult *result, guint64 *ret_last, GError **error);

/* The service finishes what is in flight and ends. */
void
mr_client_quit_service_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_quit_service_finish (MrClient *self, GAsyncResult *result, GError **error);

/* ---- outbox and history ---- */

/* after: id of the last row of the page before, NULL for the first page; limit 1 to 500. */
void mr_client_list_async (MrClient *self, const MrListFilter *filter, const char *after, guint limit,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrMessageRecord, each with the one recipient that stands for all; *ret_total: how many match. */
GPtrArray *mr_client_list_finish (MrClient *self, GAsyncResult *result, guint64 *ret_total, GError **error);

void mr_client_list_ids_async (MrClient *self, const MrListFilter *filter, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data);
/* (transfer full) a variant of type "as". */
GVariant *mr_client_list_ids_finish (MrClient *self, GAsyncResult *result, GError **error);

void mr_client_get_message_async (MrClient *self, const char *id, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* Both (transfer full); attempts: MrAttemptRecord, oldest first. */
gboolean mr_client_get_message_finish (MrClient *self, GAsyncResult *result, MrMessageRecord **ret_message,
                                       GPtrArray **ret_attempts, GError **error);

void mr_client_get_body_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer data);
/* (transfer full) the message as it is sent. */
GBytes *mr_client_get_body_finish (MrClient *self, GAsyncResult *result, GError **error);

/* fd is read by the service up to its end; it is duplicated for the call and stays the caller's. program: who submits. */
void
mr_client_submit_async (MrClient *self, int fd, const char *reverse_path, const char *const *recipients,
                        const char *program, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) queue id: the message is on the disk. */
char *mr_client_submit_finish (MrClient *self, GAsyncResult *result, GError **error);

/* Actions: *ret_count tells how many messages were in a state for it. ids: NULL-terminated; empty: all, where the service
 * allows that (not for cancel and delete). */
void mr_client_retry_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_retry_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
void mr_client_hold_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_hold_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
void mr_client_release_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_release_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
void mr_client_cancel_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_cancel_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
void mr_client_delete_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_delete_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
/* recipient G_MAXUINT32: every possibly delivered one. */
void mr_client_mark_delivered_async (MrClient *self, const char *id, guint recipient, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_mark_delivered_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);
void mr_client_send_through_async (MrClient *self, const char *id, const char *account, gboolean always,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_send_through_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);

/* ---- accounts ---- */

void
mr_client_list_accounts_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrAccountRecord. */
GPtrArray *mr_client_list_accounts_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_add_account_async (MrClient *self, const MrAccountRecord *record, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_add_account_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_update_account_async (MrClient *self, const MrAccountRecord *record, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_update_account_finish (MrClient *self, GAsyncResult *result, GError **error);
/* Add or Update, as there is an account of that id already or not. */
void mr_client_save_account_async (MrClient *self, const MrAccountRecord *record, gboolean exists,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_save_account_finish (MrClient *self, GAsyncResult *result, GError **error);
/* move_to NULL: its waiting mail is kept back until another account fits. */
void mr_client_remove_account_async (MrClient *self, const char *id, const char *move_to, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_remove_account_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_set_default_account_async (MrClient *self, const char *id, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_set_default_account_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_set_password_async (MrClient *self, const char *id, MrSecret *secret, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_set_password_finish (MrClient *self, GAsyncResult *result, GError **error);

/* A part of a test that is over; strings are borrowed for the callback, never NULL. */
typedef MrTraceStep MrClientTestStep;
typedef void (*MrClientTestStepFunc) (const MrClientTestStep *step, gpointer data);

/* record: what stands on the page, or only the id of an account that exists. secret NULL: the stored one. step is called for each step, in order,
 * until callback was called. Cancelling stops the test in the service. */
void mr_client_test_account_async (MrClient *self, const MrAccountRecord *record, MrSecret *secret,
                                   MrClientTestStepFunc step, gpointer step_data, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
/* FALSE with error: the test could not be made, or (MR_ERROR) why it failed. *ret_transcript (transfer full) is set in every case in which the test
 * ran. */
gboolean mr_client_test_account_finish (MrClient *self, GAsyncResult *result, char **ret_transcript, GError **error);

/* ---- programs ---- */

void
mr_client_list_programs_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrProgramRecord. */
GPtrArray *mr_client_list_programs_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_add_program_async (MrClient *self, const char *name, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* Both (transfer full); the password is told this once. */
gboolean mr_client_add_program_finish (MrClient *self, GAsyncResult *result, char **ret_id, MrSecret **ret_password,
                                       GError **error);
void mr_client_remove_program_async (MrClient *self, const char *id, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_remove_program_finish (MrClient *self, GAsyncResult *result, GError **error);
void
mr_client_list_refusals_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrRefusalRecord, newest first. */
GPtrArray *mr_client_list_refusals_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_allow_user_async (MrClient *self, gint64 uid, gboolean allow, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_allow_user_finish (MrClient *self, GAsyncResult *result, GError **error);
void
mr_client_clear_refusals_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_clear_refusals_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
