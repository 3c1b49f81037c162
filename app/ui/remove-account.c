/* The question before an account is removed. Nothing is asked about mail where none waits for the account. */
#include "config.h"

#include "ui/remove-account.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"
#include "ui/record-item.h"
#include "ui/toast.h"

/* Lives as long as the dialog. */
typedef struct {
  MrDesk *desk;
  GtkWindow *parent; /* weak */
  char *id;
  GtkDropDown *choice; /* NULL: nothing waits */
  GPtrArray *targets;  /* ids, in the order of the choices after the first */
} Question;

static void
question_free (Question *question)
{
  g_clear_weak_pointer (&question->parent);
  g_object_unref (question->desk);
  g_ptr_array_unref (question->targets);
  g_free (question->id);
  g_free (question);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GObject) parent = g_weak_ref_get (data);
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_remove_account_finish (MR_CLIENT (source), result, &error);

  g_weak_ref_clear (data);
  g_free (data);
  if (parent == NULL)
    return;
  if (ok)
    mr_toast_show (GTK_WIDGET (parent), _ ("Account removed"));
  else
    mr_toast_show_error (GTK_WIDGET (parent), _ ("Could not remove the account"), error);
}

static void
remove_response_cb (AdwMessageDialog *dialog, const char *response, Question *question)
{
  guint selected = question->choice != NULL ? gtk_drop_down_get_selected (question->choice) : 0;
  const char *move_to = selected > 0 && selected <= question->targets->len
                            ? g_ptr_array_index (question->targets, selected - 1)
                            : NULL;
  GWeakRef *parent = g_new0 (GWeakRef, 1);

  g_weak_ref_init (parent, question->parent);
  mr_client_remove_account_async (mr_desk_get_client (question->desk), question->id, move_to, NULL, removed_cb, parent);
}

static void
add_choice (Question *question, AdwMessageDialog *dialog)
{
  GListModel *accounts = mr_desk_get_accounts (question->desk);
  GtkStringList *names = gtk_string_list_new ((const char *const[]){ _ ("Keep it back until an account fits"), NULL });

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);
    if (g_str_equal (account->id, question->id))
      continue;
    g_autofree char *name = g_strdup_printf (_ ("Send it through %s"), mr_format_account_name (account));
    gtk_string_list_append (names, name);
    g_ptr_array_add (question->targets, g_strdup (account->id));
  }
  question->choice = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (names), NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (question->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What happens to the mail that waits"), -1);
  adw_message_dialog_set_extra_child (dialog, GTK_WIDGET (question->choice));
}

void
mr_remove_account_ask (MrDesk *desk, GtkWindow *parent, const char *id)
{
  const MrAccountRecord *account = mr_desk_find_account (desk, id);

  if (account == NULL)
    return;
  Question *question = g_new0 (Question, 1);
  question->desk = g_object_ref (desk);
  g_set_weak_pointer (&question->parent, parent);
  question->id = g_strdup (id);
  question->targets = g_ptr_array_new_with_free_func (g_free);

  g_autofree char *title = g_strdup_printf (_ ("Remove %s?"), mr_format_account_name (account));
  g_autofree char *body
      = account->waiting > 0 ? g_strdup_printf (
            ngettext ("Its password is deleted too. Mail to %u recipient waits for it: what shall happen to that?",
                      "Its password is deleted too. Mail to %u recipients waits for it: what shall happen to that?",
                      account->waiting),
            account->waiting)
                             : g_strdup (_ ("Its password is deleted too. No mail waits for it."));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, title, body));
  if (account->waiting > 0)
    add_choice (question, dialog);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("Cancel"), "remove", _ ("Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "question", question, (GDestroyNotify)question_free);
  g_signal_connect (dialog, "response::remove", G_CALLBACK (remove_response_cb), question);
  gtk_window_present (GTK_WINDOW (dialog));
}
