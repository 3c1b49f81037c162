/* Messages as .eml files (RFC 5322, as they are sent), one or many into a folder. */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* "Invoice 12.eml" out of the subject, else the id; safe as a name on any file system. (transfer full) */
char *mr_save_dup_file_name (const char *id, const char *subject);
/* Whole or not at all, readable by its owner alone. Error: MR_ERROR_EXISTS unless replace. */
gboolean mr_save_write_file (const char *path, GBytes *bytes, gboolean replace, GError **error);
/* folder: a path. Each message under the name of its subject, with a number where that is taken. Those without a text any more are left out.
 * Cancelling leaves what was saved. */
typedef void (*MrSaveProgressFunc) (guint done, guint total, gpointer data);
void
mr_save_messages_async (MrClient *client, const char *const *ids, const char *folder, MrSaveProgressFunc progress,
                        gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* *ret_saved is set in every case. */
gboolean mr_save_messages_finish (MrClient *client, GAsyncResult *result, guint *ret_saved, GError **error);

G_END_DECLS
