/* Each sends its call and says in a toast what came of it; the list follows the service's own word. "Never write to" can be undone in the toast. */
#include "config.h"

#include "ui/messages-recipient.h"

#include <glib/gi18n-lib.h>

#include "client/edit-calls.h"
#include "client/returned-calls.h"
#include "ui/answer-check.h"
#include "ui/messages-page-private.h"
#include "ui/toast.h"

static MrClient *
client_of (MrMessagesPage *self)
{
  return mr_desk_get_client (self->desk);
}

/* ---- sending again ---- */

typedef gboolean (*FinishFunc) (MrClient *client, GAsyncResult *result, guint *ret_count, GError **error);

static void
finish (GObject *source, GAsyncResult *result, gpointer page, FinishFunc func, const char *words)
{
  g_autoptr (GError) error = NULL;
  guint count = 0;
  gboolean ok = func (MR_CLIENT (source), result, &count, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ok)
    mr_toast_show_error (page, _ ("That did not work"), error);
  else
    mr_toast_show (page, count > 0 ? words : _ ("Nothing to do: the messages are past that"));
}

static void
edited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  finish (source, result, data, mr_client_edit_recipients_finish, _ ("It is sent again"));
}

static void
account_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  finish (source, result, data, mr_client_change_account_finish, _ ("It is sent through the other account"));
}

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  MrRecipientEdit edit = { .kind = MR_EDIT_REVIVE };
  const char *id;

  g_variant_get (parameter, "(&su)", &id, &edit.n);
  mr_client_edit_recipients_async (client_of (self), id, &edit, 1, self->cancellable, edited_cb, self);
}

static void
account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const char *ids[] = { NULL, NULL };
  const char *account;

  g_variant_get (parameter, "(&s&s)", &ids[0], &account);
  mr_client_change_account_async (client_of (self), ids, account, self->cancellable, account_cb, self);
}

/* ---- correcting ---- */

typedef struct {
  MrMessagesPage *page; /* owned: the dialog may outlive the page's window */
  GtkWidget *entry;
  char *id, *old;
  guint n;
} Correction;

static void
correction_free (Correction *correction)
{
  g_object_unref (correction->page);
  g_free (correction->id);
  g_free (correction->old);
  g_free (correction);
}

static char *
dup_typed (Correction *correction)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (correction->entry))));
}

/* The old address is what the person comes to correct: no mistake, but nothing to send to. */
static gboolean
check_typed (gpointer data, char **ret_mistake)
{
  Correction *correction = data;
  g_autofree char *address = dup_typed (correction);
  char *words[] = { address, NULL };

  if (*address == '\0' || g_str_equal (address, correction->old))
    return FALSE;
  *ret_mistake = mr_answer_dup_wrong_address (words);
  return *ret_mistake == NULL;
}

static void
correct_response_cb (Correction *correction, const char *response)
{
  MrMessagesPage *self = correction->page;
  g_autofree char *address = dup_typed (correction);
  MrRecipientEdit edit = { .kind = MR_EDIT_CORRECT, .n = correction->n, .address = address };

  if (g_str_equal (response, "send") && self->desk != NULL)
    mr_client_edit_recipients_async (client_of (self), correction->id, &edit, 1, self->cancellable, edited_cb, self);
}

static void
correct_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Correct the Address"),
      _ ("The same message goes to the corrected address. Recipients who already have it do not get it again."));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  Correction *correction = g_new0 (Correction, 1);

  correction->page = g_object_ref (self);
  correction->entry = gtk_entry_new ();
  g_variant_get (parameter, "(sus)", &correction->id, &correction->n, &correction->old);
  gtk_editable_set_text (GTK_EDITABLE (correction->entry), correction->old);
  gtk_entry_set_input_purpose (GTK_ENTRY (correction->entry), GTK_INPUT_PURPOSE_EMAIL);
  gtk_entry_set_activates_default (GTK_ENTRY (correction->entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (correction->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Corrected address"), -1);
  gtk_box_append (GTK_BOX (box), correction->entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "send", _ ("Send Again"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "send", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "send");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "correction", correction, (GDestroyNotify)correction_free);
  mr_answer_check_add (ADW_MESSAGE_DIALOG (dialog), GTK_BOX (box), "send", check_typed, correction);
  mr_answer_check_follow (ADW_MESSAGE_DIALOG (dialog), GTK_EDITABLE (correction->entry));
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (correct_response_cb), correction);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (correction->entry);
}

/* ---- never write to ---- */

#define UNDO_DATA "never-write-to"

static void
taken_back_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (mr_client_remove_never_finish (MR_CLIENT (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  mr_toast_show_error (data, _ ("Could not remove the address"), error);
}

static void
undo_clicked_cb (MrMessagesPage *self)
{
  g_autofree char *address = g_object_steal_data (G_OBJECT (self), UNDO_DATA);

  if (address != NULL && self->desk != NULL)
    mr_client_remove_never_async (client_of (self), address, self->cancellable, taken_back_cb, self);
}

static void
never_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_add_never_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ok) {
    mr_toast_show_error (data, _ ("Could not add the address"), error);
    return;
  }
  g_autofree char *text = g_strdup_printf (_ ("Mail to %s is kept back from now on"),
                                           (const char *)g_object_get_data (data, UNDO_DATA));
  mr_toast_show_button (data, text, _ ("Undo"), G_CALLBACK (undo_clicked_cb), data);
}

static void
never_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const char *address, *reason, *id;

  g_variant_get (parameter, "(&s&s&s)", &address, &reason, &id);
  g_object_set_data_full (G_OBJECT (self), UNDO_DATA, g_strdup (address), g_free);
  mr_client_add_never_async (client_of (self), address, reason, id, self->cancellable, never_cb, self);
}

void
mr_messages_page_install_recipient_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "messages.recipient-again", "(su)", again_action);
  gtk_widget_class_install_action (widget_class, "messages.recipient-account", "(ss)", account_action);
  gtk_widget_class_install_action (widget_class, "messages.recipient-correct", "(sus)", correct_action);
  gtk_widget_class_install_action (widget_class, "messages.recipient-never", "(sss)", never_action);
}
