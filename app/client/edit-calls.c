/* Calls of com.example.MailRelay.Outbox about what a person changes of messages. */
#include <config.h>

#include "client/edit-calls.h"

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

#define FINISH_COUNT(name)                                                                                             \
  gboolean mr_client_##name##_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error)          \
  {                                                                                                                    \
    g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);                                    \
                                                                                                                       \
    if (reply != NULL && ret_count != NULL)                                                                            \
      g_variant_get (reply, "(u)", ret_count);                                                                         \
    return reply != NULL;                                                                                              \
  }

FINISH_COUNT (edit_recipients)
FINISH_COUNT (change_account)
FINISH_COUNT (schedule)
FINISH_COUNT (return )
FINISH_COUNT (redirect)
FINISH_COUNT (restore)

static const char *
kind_word (MrEditKind kind)
{
  return kind == MR_EDIT_CORRECT ? "correct" : kind == MR_EDIT_ADD ? "add" : "remove";
}

void
mr_client_edit_recipients_async (MrClient *self, const char *id, const MrRecipientEdit *edits, guint n_edits,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sus)"));
  for (guint i = 0; i < n_edits; i++) {
    g_autofree char *address = g_utf8_make_valid (edits[i].address != NULL ? edits[i].address : "", -1);

    g_variant_builder_add (&builder, "(sus)", kind_word (edits[i].kind), edits[i].n, address);
  }
  call (self, "EditRecipients", g_variant_new ("(sa(sus))", id, &builder), "(u)", cancellable, callback, data);
}

void
mr_client_change_account_async (MrClient *self, const char *const *ids, const char *account, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ChangeAccount", g_variant_new ("(^ass)", ids, account != NULL ? account : ""), "(u)", cancellable,
        callback, data);
}

void
mr_client_schedule_async (MrClient *self, const char *const *ids, gint64 not_before, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Schedule", g_variant_new ("(^asx)", ids, not_before), "(u)", cancellable, callback, data);
}

void
mr_client_return_async (MrClient *self, const char *const *ids, gboolean report, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Return", g_variant_new ("(^asb)", ids, report), "(u)", cancellable, callback, data);
}

/* D-Bus carries UTF-8 only. */
static GVariant *
addresses (const char *const *list)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (; list != NULL && *list != NULL; list++)
    g_variant_builder_add_value (&builder, g_variant_new_take_string (g_utf8_make_valid (*list, -1)));
  return g_variant_builder_end (&builder);
}

void
mr_client_redirect_async (MrClient *self, const char *const *ids, const char *const *recipients, gboolean keep,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Redirect", g_variant_new ("(^as@asb)", ids, addresses (recipients), keep), "(u)", cancellable, callback,
        data);
}

void
mr_client_send_again_async (MrClient *self, const char *const *ids, const char *const *recipients,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "SendAgain", g_variant_new ("(^as@as)", ids, addresses (recipients)), "(as)", cancellable, callback,
        data);
}

char **
mr_client_send_again_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  char **ids = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(^as)", &ids);
  return ids;
}

void
mr_client_restore_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Restore", g_variant_new ("(^as)", ids), "(u)", cancellable, callback, data);
}
