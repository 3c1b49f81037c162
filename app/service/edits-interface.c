/* The part of com.example.MailRelay.Outbox about what a person changes of messages: recipients, account, time; again, back, undone. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-actions.h>
#include <string.h>

#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define MAX_ADDRESS 512

static gboolean
kind_from_word (const char *word, MrEditKind *ret)
{
  static const char *const words[]
      = { [MR_EDIT_CORRECT] = "correct", [MR_EDIT_ADD] = "add", [MR_EDIT_REMOVE] = "remove" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i])) {
      *ret = (MrEditKind)i;
      return TRUE;
    }
  return FALSE;
}

/* Addresses are borrowed from the variant. NULL: answered. */
static GArray *
read_edits (GDBusMethodInvocation *invocation, GVariant *variant)
{
  gsize n = g_variant_n_children (variant);
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));

  for (gsize i = 0; i < n && n <= MR_EDITS_MAX; i++) {
    MrRecipientEdit edit = { 0 };
    const char *word;

    g_variant_get_child (variant, i, "(&su&s)", &word, &edit.n, &edit.address);
    if (!kind_from_word (word, &edit.kind) || strlen (edit.address) > MAX_ADDRESS)
      break;
    g_array_append_val (edits, edit);
  }
  if (n > 0 && edits->len == n)
    return g_steal_pointer (&edits);
  mr_call_refuse (invocation, MR_ERROR_INVALID,
                  _ ("A recipient can be corrected, added or removed, at most 1000 of them at once"));
  return NULL;
}

static gboolean
handle_edit_recipients_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, GVariant *variant,
                           MrEngine *engine)
{
  if (!mr_call_check_id (invocation, id))
    return TRUE;
  g_autoptr (GArray) edits = read_edits (invocation, variant);
  if (edits != NULL)
    mr_engine_edit_recipients (engine, id, (const MrRecipientEdit *)(gpointer)edits->data, edits->len, mr_call_count_cb,
                               invocation);
  return TRUE;
}

static gboolean
handle_change_account_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids,
                          const char *account, MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, FALSE) && (*account == '\0' || mr_call_check_name (invocation, account)))
    mr_engine_change_account (engine, ids, *account != '\0' ? account : NULL, mr_call_count_cb, invocation);
  return TRUE;
}

static gboolean
handle_schedule_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids,
                    gint64 not_before, MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, FALSE))
    mr_engine_schedule (engine, ids, not_before, mr_call_count_cb, invocation);
  return TRUE;
}

static gboolean
handle_return_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, gboolean report,
                  MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, FALSE))
    mr_engine_return (engine, ids, report, mr_call_count_cb, invocation);
  return TRUE;
}

static gboolean
handle_redirect_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids,
                    const char *const *recipients, gboolean keep, MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, FALSE))
    mr_engine_redirect (engine, ids, recipients, keep, mr_call_count_cb, invocation);
  return TRUE;
}

static void
made_cb (const char *const *ids, const GError *error, gpointer data)
{
  /* What was made is made, also where another of the messages could not be. */
  if (error != NULL && ids[0] == NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(^as)", ids));
}

static gboolean
handle_send_again_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids,
                      const char *const *recipients, MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, FALSE))
    mr_engine_send_again (engine, ids, recipients[0] != NULL ? recipients : NULL, made_cb, invocation);
  return TRUE;
}

static gboolean
handle_restore_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, MrEngine *engine)
{
  if (mr_call_check_ids (invocation, ids, FALSE))
    mr_engine_restore (engine, ids, mr_call_count_cb, invocation);
  return TRUE;
}

void
mr_edits_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-edit-recipients", G_CALLBACK (handle_edit_recipients_cb), engine);
  g_signal_connect (outbox, "handle-change-account", G_CALLBACK (handle_change_account_cb), engine);
  g_signal_connect (outbox, "handle-schedule", G_CALLBACK (handle_schedule_cb), engine);
  g_signal_connect (outbox, "handle-return", G_CALLBACK (handle_return_cb), engine);
  g_signal_connect (outbox, "handle-redirect", G_CALLBACK (handle_redirect_cb), engine);
  g_signal_connect (outbox, "handle-send-again", G_CALLBACK (handle_send_again_cb), engine);
  g_signal_connect (outbox, "handle-restore", G_CALLBACK (handle_restore_cb), engine);
}
