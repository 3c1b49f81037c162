/* com.example.MailRelay.Outbox: queue, history and what a person can do with messages. */
#include <config.h>

#include "service/interfaces.h"

#include <gio/gunixfdlist.h>
#include <mailrelay/engine-signatures.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/records-variant.h"
#include "base/text.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"
#include "service/memfd.h"

#define MAX_PATH       512
#define MAX_RECIPIENTS 100000
#define MAX_PROGRAM    64

/* ---- one message ---- */

static void
message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  GVariantBuilder builder;

  if (error != NULL) {
    mr_call_fail (data, error);
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; attempts != NULL && i < attempts->len; i++)
    g_variant_builder_add_value (&builder, mr_attempt_record_to_variant (g_ptr_array_index (attempts, i)));
  g_dbus_method_invocation_return_value (
      data, g_variant_new ("(@a{sv}aa{sv})", mr_message_record_to_variant (message, TRUE), &builder));
}

static gboolean
handle_get_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, MrEngine *engine)
{
  if (mr_call_check_id (invocation, id))
    mr_engine_get_message (engine, id, message_cb, invocation);
  return TRUE;
}

static void
body_cb (GBytes *bytes, const GError *error, gpointer data)
{
  g_autoptr (GError) failed = NULL;
  int fd = error == NULL ? mr_memfd_new_sealed (bytes, &failed) : -1;

  if (fd < 0)
    mr_call_fail (data, error != NULL ? error : failed);
  else
    mr_call_return_fd (data, NULL, fd);
}

static gboolean
handle_get_body_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
                    MrEngine *engine)
{
  if (mr_call_check_id (invocation, id))
    mr_engine_get_body (engine, id, body_cb, invocation);
  return TRUE;
}

static GVariant *
convert_signature (gconstpointer record)
{
  return mr_signature_record_to_variant (record);
}

static void
signatures_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_signature);
}

static gboolean
handle_list_signatures_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, gboolean check,
                           MrEngine *engine)
{
  if (mr_call_check_id (invocation, id))
    mr_engine_list_signatures (engine, id, check, signatures_cb, invocation);
  return TRUE;
}

static void
submit_cb (const char *id, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(s)", id));
}

static gboolean
envelope_fits (const char *reverse_path, const char *const *recipients)
{
  guint n = 0;

  if (strlen (reverse_path) > MAX_PATH)
    return FALSE;
  for (; recipients[n] != NULL; n++)
    if (n >= MAX_RECIPIENTS || strlen (recipients[n]) > MAX_PATH)
      return FALSE;
  return n > 0;
}

static gboolean
handle_submit_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
                  const char *reverse_path, const char *const *recipients, const char *program, MrEngine *engine)
{
  g_autofree char *name = mr_text_sanitize (program, MAX_PROGRAM);

  if (!envelope_fits (reverse_path, recipients)) {
    mr_call_refuse (invocation, MR_ERROR_INVALID,
                    _ ("The message has no recipient, too many, or an address is too long"));
    return TRUE;
  }
  int fd = mr_call_take_fd (invocation, fds, handle);
  if (fd >= 0)
    mr_engine_submit (engine, fd, reverse_path, recipients, name, submit_cb, invocation);
  return TRUE;
}

/* ---- actions ---- */

typedef void (*ActionFunc) (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);

static void
act (GDBusMethodInvocation *invocation, const char *const *ids, gboolean may_be_empty, ActionFunc action,
     MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, may_be_empty))
    action (engine, ids[0] != NULL ? ids : NULL, mr_call_count_cb, invocation);
}

static gboolean
handle_retry_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, MrEngine *engine)
{
  act (invocation, ids, TRUE, mr_engine_retry, engine);
  return TRUE;
}

static gboolean
handle_hold_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, MrEngine *engine)
{
  act (invocation, ids, TRUE, mr_engine_hold, engine);
  return TRUE;
}

static gboolean
handle_release_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, MrEngine *engine)
{
  act (invocation, ids, TRUE, mr_engine_release, engine);
  return TRUE;
}

static gboolean
handle_cancel_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, MrEngine *engine)
{
  act (invocation, ids, FALSE, mr_engine_cancel, engine);
  return TRUE;
}

static gboolean
handle_delete_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, MrEngine *engine)
{
  act (invocation, ids, FALSE, mr_engine_delete, engine);
  return TRUE;
}

static gboolean
handle_mark_delivered_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, guint recipient,
                          MrEngine *engine)
{
  if (mr_call_check_id (invocation, id))
    mr_engine_mark_delivered (engine, id, recipient == G_MAXUINT32 ? G_MAXUINT : recipient, mr_call_count_cb,
                              invocation);
  return TRUE;
}

static gboolean
handle_send_through_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, const char *account,
                        gboolean always, MrEngine *engine)
{
  if (mr_call_check_id (invocation, id) && mr_call_check_name (invocation, account))
    mr_engine_send_through (engine, id, account, always, mr_call_count_cb, invocation);
  return TRUE;
}

GDBusInterfaceSkeleton *
mr_outbox_interface_new (MrEngine *engine)
{
  MrDBusOutbox *skeleton = mr_dbus_outbox_skeleton_new ();

  g_signal_connect (skeleton, "handle-get", G_CALLBACK (handle_get_cb), engine);
  g_signal_connect (skeleton, "handle-list-signatures", G_CALLBACK (handle_list_signatures_cb), engine);
  g_signal_connect (skeleton, "handle-get-body", G_CALLBACK (handle_get_body_cb), engine);
  g_signal_connect (skeleton, "handle-submit", G_CALLBACK (handle_submit_cb), engine);
  g_signal_connect (skeleton, "handle-retry", G_CALLBACK (handle_retry_cb), engine);
  g_signal_connect (skeleton, "handle-hold", G_CALLBACK (handle_hold_cb), engine);
  g_signal_connect (skeleton, "handle-release", G_CALLBACK (handle_release_cb), engine);
  g_signal_connect (skeleton, "handle-cancel", G_CALLBACK (handle_cancel_cb), engine);
  g_signal_connect (skeleton, "handle-delete", G_CALLBACK (handle_delete_cb), engine);
  g_signal_connect (skeleton, "handle-mark-delivered", G_CALLBACK (handle_mark_delivered_cb), engine);
  g_signal_connect (skeleton, "handle-send-through", G_CALLBACK (handle_send_through_cb), engine);
  mr_lists_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_holds_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_edits_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_statistics_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_activity_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_returned_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
