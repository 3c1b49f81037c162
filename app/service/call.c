/* Answers to method calls. */
#include <config.h>

#include "service/call.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/config.h"
#include "base/id.h"

/* Words may quote what was asked, cut at a byte; a bus takes valid UTF-8 only, and without it nobody would be answered. */
static void
refuse (GDBusMethodInvocation *invocation, int code, const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);

  g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, code, valid);
}

void
mr_call_fail (GDBusMethodInvocation *invocation, const GError *error)
{
  refuse (invocation, error->domain == MR_ERROR ? error->code : MR_ERROR_FAILED, error->message);
}

void
mr_call_refuse (GDBusMethodInvocation *invocation, MrError code, const char *message)
{
  refuse (invocation, (int)code, message);
}

void
mr_call_done_cb (const GError *error, gpointer invocation)
{
  if (error != NULL)
    mr_call_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

void
mr_call_count_cb (guint count, const GError *error, gpointer invocation)
{
  if (error != NULL)
    mr_call_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", count));
}

void
mr_call_return_fd (GDBusMethodInvocation *invocation, const char *id, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);
  GVariant *value = id != NULL ? g_variant_new ("(sh)", id, 0) : g_variant_new ("(h)", 0);

  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, value, fds);
}

gboolean
mr_call_check_id (GDBusMethodInvocation *invocation, const char *id)
{
  if (mr_id_is_valid (id))
    return TRUE;
  mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("That is not the id of a message: it has 16 letters and digits"));
  return FALSE;
}

gboolean
mr_call_check_ids (GDBusMethodInvocation *invocation, const char *const *ids, gboolean may_be_empty)
{
  if (ids[0] == NULL && !may_be_empty) {
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("Name the messages: this cannot be done to all at once"));
    return FALSE;
  }
  for (guint i = 0; ids[i] != NULL; i++)
    if (!mr_call_check_id (invocation, ids[i]))
      return FALSE;
  return TRUE;
}

gboolean
mr_call_check_name (GDBusMethodInvocation *invocation, const char *id)
{
  if (mr_config_id_is_valid (id))
    return TRUE;
  mr_call_refuse (invocation, MR_ERROR_INVALID,
                  _ ("An id has 1 to 32 small letters, digits, “-” or “_” and starts with a letter or digit"));
  return FALSE;
}

int
mr_call_take_fd (GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle)
{
  gint32 index = g_variant_get_handle (handle);
  int fd = -1;

  if (fds != NULL && index >= 0 && index < g_unix_fd_list_get_length (fds))
    fd = g_unix_fd_list_get (fds, index, NULL);
  if (fd < 0)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("The call carries no file descriptor"));
  return fd;
}

void
mr_call_return_records (GDBusMethodInvocation *invocation, GPtrArray *records, const GError *error,
                        MrCallConvertFunc convert)
{
  GVariantBuilder builder;

  if (error != NULL) {
    mr_call_fail (invocation, error);
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, convert (g_ptr_array_index (records, i)));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &builder));
}
