/* Calls of com.example.MailRelay.Programs. */
#include <config.h>

#include "client/calls.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
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
    .interface = MR_BUS_PROGRAMS, .method = method, .parameters = parameters, .reply_type = G_VARIANT_TYPE (reply_type)
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_program (GVariant *variant)
{
  return mr_program_record_from_variant (variant);
}

static gpointer
convert_refusal (GVariant *variant)
{
  return mr_refusal_record_from_variant (variant);
}

static GPtrArray *
finish_records (MrClient *self, GAsyncResult *result, MrClientConvert convert, GDestroyNotify free_func, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) list = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  return list != NULL ? mr_client_convert_records (list, convert, free_func) : NULL;
}

void
mr_client_list_programs_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "List", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_programs_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return finish_records (self, result, convert_program, (GDestroyNotify)mr_program_record_free, error);
}

void
mr_client_add_program_async (MrClient *self, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer data)
{
  call (self, "Add", g_variant_new ("(s)", name), "(sh)", cancellable, callback, data);
}

/* The service wrote all of it before it answered, so this does not wait. */
static MrSecret *
read_secret (int fd, GError **error)
{
  char bytes[MR_SECRET_MAX + 1];
  gsize len = 0;
  gssize n;

  while ((n = read (fd, bytes + len, sizeof bytes - len)) > 0)
    len += (gsize)n;
  int err = errno;
  MrSecret *secret = n == 0 && len > 0 ? mr_secret_new (bytes, len) : NULL;
  mr_wipe (bytes, sizeof bytes);
  if (secret == NULL)
    mr_set_errno_error (error, n < 0 ? err : EINVAL, _ ("The password could not be read"));
  return secret;
}

gboolean
mr_client_add_program_finish (MrClient *self, GAsyncResult *result, char **ret_id, MrSecret **ret_password,
                              GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, &fds, error);
  int fd = reply != NULL && fds != NULL ? g_unix_fd_list_get (fds, 0, NULL) : -1;

  if (reply == NULL)
    return FALSE;
  if (fd < 0) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("The service's answer cannot be understood"));
    return FALSE;
  }
  g_autoptr (MrSecret) secret = read_secret (fd, error);
  close (fd);
  if (secret == NULL)
    return FALSE;
  if (ret_id != NULL)
    g_variant_get_child (reply, 0, "s", ret_id);
  if (ret_password != NULL)
    *ret_password = g_steal_pointer (&secret);
  return TRUE;
}

void
mr_client_remove_program_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer data)
{
  call (self, "Remove", g_variant_new ("(s)", id), "()", cancellable, callback, data);
}

gboolean
mr_client_remove_program_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_list_refusals_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListRefusals", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_refusals_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return finish_records (self, result, convert_refusal, (GDestroyNotify)mr_refusal_record_free, error);
}

void
mr_client_allow_user_async (MrClient *self, gint64 uid, gboolean allow, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  call (self, "AllowUser", g_variant_new ("(xb)", uid, allow), "()", cancellable, callback, data);
}

gboolean
mr_client_allow_user_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_clear_refusals_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ClearRefusals", NULL, "()", cancellable, callback, data);
}

gboolean
mr_client_clear_refusals_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}
