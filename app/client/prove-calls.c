/* Calls of com.example.MailRelay.Domains about providers, updates and signatures. */
#include <config.h>

#include "client/prove-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/os.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

void
mr_client_list_dns_providers_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer data)
{
  mr_client_call_domains (self, "ListDnsProviders", NULL, NULL, "(aa{sv})", cancellable, callback, data);
}

/* ---- update ---- */

static GUnixFDList *
open_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    mr_set_errno_error (error, errno, _ ("%s cannot be read"), path);
  return fd >= 0 ? g_unix_fd_list_new_from_array (&fd, 1) : NULL; /* takes it */
}

void
mr_client_update_records_async (MrClient *self, const char *domain, GVariant *options, const char *server,
                                const char *key_file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = open_file (key_file, &error);

  if (fds == NULL)
    g_task_report_error (self, callback, data, mr_client_update_records_async, g_steal_pointer (&error));
  else
    mr_client_call_domains (self, "UpdateRecords", g_variant_new ("(s@a{sv}sh)", domain, wanted, server, 0), fds, "(u)",
                            cancellable, callback, data);
}

gboolean
mr_client_update_records_finish (MrClient *self, GAsyncResult *result, guint *ret_changed, GError **error)
{
  if (g_async_result_is_tagged (result, mr_client_update_records_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(u)", ret_changed);
  return TRUE;
}

/* ---- signatures ---- */

static GUnixFDList *
put_message (const char *message, gsize len, GError **error)
{
  int fd = memfd_create ("mail-relay message", MFD_CLOEXEC);
  gsize done = 0;
  gssize n = 0;

  while (fd >= 0 && done < len && ((n = write (fd, message + done, len - done)) > 0 || errno == EINTR))
    done += n > 0 ? (gsize)n : 0;
  if (fd >= 0 && done == len)
    return g_unix_fd_list_new_from_array (&fd, 1); /* takes it */
  mr_set_errno_error (error, errno, _ ("No memory for the message"));
  if (fd >= 0)
    close (fd);
  return NULL;
}

void
mr_client_verify_message_async (MrClient *self, const char *message, gsize len, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = put_message (message, len, &error);

  if (fds == NULL)
    g_task_report_error (self, callback, data, mr_client_verify_message_async, g_steal_pointer (&error));
  else
    mr_client_call_domains (self, "VerifyMessage", g_variant_new ("(h)", 0), fds, "(aa{sv})", cancellable, callback,
                            data);
}

GVariant *
mr_client_verify_message_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  if (g_async_result_is_tagged (result, mr_client_verify_message_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}
