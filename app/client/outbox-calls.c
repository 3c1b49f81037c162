/* Calls of com.example.MailRelay.Outbox. */
#include <config.h>

#include "client/calls.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "base/records-variant.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

static void
call (MrClient *self, const char *method, GVariant *parameters, const char *reply_type, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = {
    .interface = MR_BUS_OUTBOX, .method = method, .parameters = parameters, .reply_type = G_VARIANT_TYPE (reply_type)
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_attempt (GVariant *variant)
{
  return mr_attempt_record_from_variant (variant);
}

/* ---- reading ---- */

void
mr_client_get_message_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer data)
{
  call (self, "Get", g_variant_new ("(s)", id), "(a{sv}aa{sv})", cancellable, callback, data);
}

gboolean
mr_client_get_message_finish (MrClient *self, GAsyncResult *result, MrMessageRecord **ret_message,
                              GPtrArray **ret_attempts, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) message = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_autoptr (GVariant) attempts = reply != NULL ? g_variant_get_child_value (reply, 1) : NULL;

  if (reply == NULL)
    return FALSE;
  g_autoptr (MrMessageRecord) record = mr_message_record_from_variant (message);
  if (record == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("The service's answer cannot be understood"));
    return FALSE;
  }
  if (ret_message != NULL)
    *ret_message = g_steal_pointer (&record);
  if (ret_attempts != NULL)
    *ret_attempts = mr_client_convert_records (attempts, convert_attempt, (GDestroyNotify)mr_attempt_record_free);
  return TRUE;
}

void
mr_client_get_body_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer data)
{
  call (self, "GetBody", g_variant_new ("(s)", id), "(h)", cancellable, callback, data);
}

typedef struct {
  void *address;
  gsize size;
} Mapping;

static void
unmap (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->address, mapping->size);
  g_free (mapping);
}

/* The file is sealed, so the mapping cannot be pulled away from under its reader. */
static GBytes *
map_file (int fd, GError **error)
{
  struct stat st;

  if (fstat (fd, &st) != 0 || st.st_size <= 0)
    return g_bytes_new (NULL, 0);

  void *address = mmap (NULL, (gsize)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) {
    mr_set_errno_error (error, ENOMEM, _ ("The message could not be read"));
    return NULL;
  }
  Mapping *mapping = g_new (Mapping, 1);
  mapping->address = address;
  mapping->size = (gsize)st.st_size;
  return g_bytes_new_with_free_func (address, mapping->size, unmap, mapping);
}

GBytes *
mr_client_get_body_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, &fds, error);
  int fd = reply != NULL && fds != NULL ? g_unix_fd_list_get (fds, 0, NULL) : -1;

  if (reply == NULL)
    return NULL;
  if (fd < 0) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("The service's answer cannot be understood"));
    return NULL;
  }
  GBytes *bytes = map_file (fd, error);
  close (fd);
  return bytes;
}

/* ---- submitting ---- */

void
mr_client_submit_async (MrClient *self, int fd, const char *reverse_path, const char *const *recipients,
                        const char *program, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;

  if (g_unix_fd_list_append (fds, fd, &error) < 0) {
    g_task_report_new_error (self, callback, data, mr_client_submit_async, MR_ERROR, MR_ERROR_INVALID, "%s",
                             error->message);
    return;
  }
  const MrClientCall wanted = { .interface = MR_BUS_OUTBOX,
                                .method = "Submit",
                                .parameters = g_variant_new ("(hs^ass)", 0, reverse_path, recipients, program),
                                .fds = fds,
                                .reply_type = G_VARIANT_TYPE ("(s)"),
                                .may_take_long = TRUE };
  mr_client_call (self, &wanted, cancellable, callback, data);
}

char *
mr_client_submit_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  char *id = NULL;

  if (g_async_result_is_tagged (result, mr_client_submit_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  if (reply != NULL)
    g_variant_get (reply, "(s)", &id);
  return id;
}

/* ---- actions ---- */

static gboolean
finish_count (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);

  if (reply != NULL && ret_count != NULL)
    g_variant_get (reply, "(u)", ret_count);
  return reply != NULL;
}

#define ACTION(name, method)                                                                                           \
  void mr_client_##name##_async (MrClient *self, const char *const *ids, GCancellable *cancellable,                    \
                                 GAsyncReadyCallback callback, gpointer data)                                          \
  {                                                                                                                    \
    call (self, method, g_variant_new ("(^as)", ids), "(u)", cancellable, callback, data);                             \
  }                                                                                                                    \
  gboolean mr_client_##name##_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error)          \
  {                                                                                                                    \
    return finish_count (self, result, ret_count, error);                                                              \
  }

ACTION (retry, "Retry")
ACTION (hold, "Hold")
ACTION (release, "Release")
ACTION (cancel, "Cancel")
ACTION (delete, "Delete")

void
mr_client_mark_delivered_async (MrClient *self, const char *id, guint recipient, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  call (self, "MarkDelivered", g_variant_new ("(su)", id, recipient), "(u)", cancellable, callback, data);
}

gboolean
mr_client_mark_delivered_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error)
{
  return finish_count (self, result, ret_count, error);
}

void
mr_client_send_through_async (MrClient *self, const char *id, const char *account, gboolean always,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "SendThrough", g_variant_new ("(ssb)", id, account, always), "(u)", cancellable, callback, data);
}

gboolean
mr_client_send_through_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error)
{
  return finish_count (self, result, ret_count, error);
}
