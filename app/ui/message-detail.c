/* Detail of one message. It shows what it is given and starts actions by name; the page that owns it fetches and decides.
 *
 * Recipients and attempts are list models. A message with very many recipients shows the first ones until more are asked for.
 */
#include "config.h"

#include "ui/message-detail.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/attempt-row.h"
#include "ui/facts-row.h"
#include "ui/format.h"
#include "ui/hold-card.h"
#include "ui/message-preview.h"
#include "ui/message-relatives.h"
#include "ui/recipient-card.h"
#include "ui/record-item.h"
#include "ui/signature-row.h"

#define FIRST_RECIPIENTS 20
#define MORE_RECIPIENTS  200
#define MAX_ATTEMPTS     100

struct _MrMessageDetail {
  GtkWidget parent_instance;
  GtkStack *stack;
  AdwStatusPage *none_page;
  gboolean quiet; /* nothing is said where nothing is shown */
  GtkScrolledWindow *scroller;
  GtkLabel *subject, *people, *origin;
  MrHoldCard *hold_card;
  GtkListBox *recipients, *attempts, *relatives;
  GtkButton *more_recipients;
  GtkWidget *attempts_group;
  MrFactsRow *facts;
  MrMessagePreview *preview;
  MrSignatureRow *signature;
  GtkWidget *try_child, *send_child, *keep_child, *stop_child, *remove_child;

  MrDiagnosis *diagnosis; /* borrowed */
  GListModel *accounts;
  GListStore *recipient_items; /* MrRecordItem, records borrowed from message */
  GListStore *attempt_items;   /* MrRecordItem with MrAttemptRecord, newest first */
  MrMessageRecord *message;
  guint n_attempts; /* that have been put into attempt_items */
  guint limit;      /* recipients to show */
  gint64 now;
};

G_DEFINE_FINAL_TYPE (MrMessageDetail, mr_message_detail, GTK_TYPE_WIDGET)

static gboolean
account_is_direct (MrMessageDetail *self, const char *id)
{
  if (self->accounts == NULL || id == NULL)
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (self->accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (self->accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);
    if (g_strcmp0 (account->id, id) == 0)
      return account->kind == MR_ACCOUNT_DIRECT;
  }
  return FALSE;
}

static const MrRecipientRecord *
nth_recipient (MrMessageDetail *self, guint i)
{
  return g_ptr_array_index (self->message->recipients, i);
}

static void
fill_card (MrMessageDetail *self, MrRecipientCard *card, guint i)
{
  const MrRecipientRecord *recipient = nth_recipient (self, i);

  mr_recipient_card_set (card, self->message, recipient, account_is_direct (self, recipient->account), self->diagnosis,
                         self->now);
}

static GtkWidget *
create_card_cb (gpointer item, gpointer data)
{
  MrMessageDetail *self = data;
  GtkWidget *card = mr_recipient_card_new ();
  guint position = 0;

  mr_recipient_card_set_accounts (MR_RECIPIENT_CARD (card), self->accounts);
  if (g_list_store_find (self->recipient_items, item, &position) && position < self->message->recipients->len)
    fill_card (self, MR_RECIPIENT_CARD (card), position);
  return card;
}

static GtkWidget *
create_attempt_cb (gpointer item, gpointer data)
{
  MrMessageDetail *self = data;
  const MrAttemptRecord *attempt = mr_record_item_get (item);
  const char *recipient = NULL;

  if (self->message != NULL && self->message->recipients->len > 1
      && attempt->recipient < self->message->recipients->len)
    recipient = nth_recipient (self, attempt->recipient)->address;
  return mr_attempt_row_new (attempt, recipient, self->diagnosis);
}

/* Items stand for positions; the rows that exist already are only filled again. */
static void
sync_recipients (MrMessageDetail *self)
{
  guint total = self->message->recipients->len;
  guint want = MIN (total, self->limit);
  guint have = g_list_model_get_n_items (G_LIST_MODEL (self->recipient_items));

  for (guint i = 0; i < MIN (have, want); i++)
    fill_card (self, MR_RECIPIENT_CARD (gtk_list_box_get_row_at_index (self->recipients, (int)i)), i);
  if (want < have)
    g_list_store_splice (self->recipient_items, want, have - want, NULL, 0);
  for (guint i = have; i < want; i++) {
    g_autoptr (MrRecordItem) item = mr_record_item_new (NULL, NULL);
    g_list_store_append (self->recipient_items, item);
  }

  gtk_widget_set_visible (GTK_WIDGET (self->more_recipients), want < total);
  g_autofree char *label = g_strdup_printf (
      ngettext ("Show %u More Recipient", "Show %u More Recipients", total - want), total - want);
  gtk_button_set_label (self->more_recipients, label);
}

static void
sync_attempts (MrMessageDetail *self, GPtrArray *attempts)
{
  guint known = self->n_attempts;

  self->n_attempts = attempts->len;
  while (attempts->len > known) {
    g_autoptr (MrRecordItem) item = mr_record_item_new (g_ptr_array_steal_index (attempts, known),
                                                        (GDestroyNotify)mr_attempt_record_free);
    g_list_store_insert (self->attempt_items, 0, item);
  }
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->attempt_items));
  if (n > MAX_ATTEMPTS)
    g_list_store_splice (self->attempt_items, MAX_ATTEMPTS, n - MAX_ATTEMPTS, NULL, 0);
  gtk_widget_set_visible (self->attempts_group, n > 0);
}

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
show_head (MrMessageDetail *self)
{
  const MrMessageRecord *message = self->message;
  g_autofree char *people = mr_format_people (message);
  g_autofree char *size = g_format_size (message->size);
  g_autofree char *when = mr_format_time (message->created);
  g_autofree char *origin = g_strdup_printf ("%s · %s · %s", mr_format_program (message), size, when);

  set_text (self->subject, mr_format_subject (message));
  set_text (self->people, people);
  set_text (self->origin, origin);
}

/* Actions that cannot be meant for this message are not shown at all; the actions themselves say whether they can be used now. */
static void
show_actions (MrMessageDetail *self)
{
  gboolean active = self->message->finished == 0;
  gboolean held = self->message->hold != MR_HOLD_NONE;

  gtk_widget_set_visible (self->try_child, active && !held);
  gtk_widget_set_visible (self->keep_child, active && !held);
  /* Sending on would change nothing where no account fits: the card below offers the accounts. */
  gtk_widget_set_visible (self->send_child, active && held && self->message->hold != MR_HOLD_NO_ACCOUNT
                                                && self->message->hold != MR_HOLD_DAMAGED);
  gtk_widget_set_visible (self->stop_child, active);
  gtk_widget_set_visible (self->remove_child, !active);
}

static void
reset_for_new_message (MrMessageDetail *self)
{
  g_list_store_remove_all (self->recipient_items);
  g_list_store_remove_all (self->attempt_items);
  self->n_attempts = 0;
  self->limit = FIRST_RECIPIENTS;
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->facts), FALSE);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static gboolean
same_relatives (const MrMessageRecord *a, const MrMessageRecord *b)
{
  return (a->copies == NULL) == (b->copies == NULL)
         && (a->copies == NULL || g_strv_equal ((const char *const *)a->copies, (const char *const *)b->copies));
}

void
mr_message_detail_show (MrMessageDetail *self, MrMessageRecord *message, GPtrArray *attempts, gint64 now)
{
  g_return_if_fail (MR_IS_MESSAGE_DETAIL (self));

  g_autoptr (MrMessageRecord) old = g_steal_pointer (&self->message);
  self->message = message;
  self->now = now;
  gboolean is_new = old == NULL || g_strcmp0 (old->id, message->id) != 0;
  if (is_new || attempts->len < self->n_attempts)
    reset_for_new_message (self);
  show_head (self);
  show_actions (self);
  mr_hold_card_set_message (self->hold_card, message, self->accounts, now);
  if (is_new || !same_relatives (old, message))
    mr_message_relatives_fill (self->relatives, message);
  sync_recipients (self);
  sync_attempts (self, attempts);
  mr_message_preview_set_message (self->preview, message->id, message->has_body, message->size);
  mr_signature_row_set_message (self->signature, message->id, self->n_attempts);
  mr_facts_row_set_message (self->facts, message);
  g_ptr_array_unref (attempts);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

void
mr_message_detail_tick (MrMessageDetail *self, gint64 now)
{
  g_return_if_fail (MR_IS_MESSAGE_DETAIL (self));
  if (self->message == NULL)
    return;
  self->now = now;
  sync_recipients (self);
  mr_hold_card_tick (self->hold_card, now);
}

static void
show_nothing (MrMessageDetail *self)
{
  gtk_stack_set_visible_child_name (self->stack, self->quiet ? "blank" : "none");
}

void
mr_message_detail_clear (MrMessageDetail *self, guint n_selected)
{
  g_return_if_fail (MR_IS_MESSAGE_DETAIL (self));

  g_list_store_remove_all (self->recipient_items);
  g_list_store_remove_all (self->attempt_items);
  g_clear_pointer (&self->message, mr_message_record_free);
  self->n_attempts = 0;
  if (n_selected > 1) {
    g_autofree char *title = g_strdup_printf (ngettext ("%u Message Selected", "%u Messages Selected", n_selected),
                                              n_selected);
    adw_status_page_set_title (self->none_page, title);
    adw_status_page_set_description (self->none_page, _ ("The buttons below the list act on all of them."));
  } else {
    adw_status_page_set_title (self->none_page, _ ("No Message Selected"));
    adw_status_page_set_description (self->none_page, _ ("Select a message to see what became of it."));
  }
  show_nothing (self);
}

void
mr_message_detail_set_quiet (MrMessageDetail *self, gboolean quiet)
{
  g_return_if_fail (MR_IS_MESSAGE_DETAIL (self));

  self->quiet = quiet;
  if (self->message == NULL)
    show_nothing (self);
}

const char *
mr_message_detail_get_id (MrMessageDetail *self)
{
  g_return_val_if_fail (MR_IS_MESSAGE_DETAIL (self), NULL);
  return self->message != NULL ? self->message->id : NULL;
}

const MrMessageRecord *
mr_message_detail_get_message (MrMessageDetail *self)
{
  g_return_val_if_fail (MR_IS_MESSAGE_DETAIL (self), NULL);
  return self->message;
}

void
mr_message_detail_setup (MrMessageDetail *self, MrDiagnosis *diagnosis, GListModel *accounts)
{
  g_return_if_fail (MR_IS_MESSAGE_DETAIL (self));
  self->diagnosis = diagnosis;
  g_set_object (&self->accounts, accounts);
}

void
mr_message_detail_set_client (MrMessageDetail *self, MrClient *client)
{
  g_return_if_fail (MR_IS_MESSAGE_DETAIL (self));
  mr_message_preview_set_client (self->preview, client);
  mr_signature_row_set_client (self->signature, client);
  mr_hold_card_set_client (self->hold_card, client);
}

static void
more_recipients_cb (MrMessageDetail *self)
{
  self->limit += MORE_RECIPIENTS;
  sync_recipients (self);
}

static void
mr_message_detail_dispose (GObject *object)
{
  MrMessageDetail *self = MR_MESSAGE_DETAIL (object);

  if (self->stack != NULL) {
    gtk_list_box_bind_model (self->recipients, NULL, NULL, NULL, NULL);
    gtk_list_box_bind_model (self->attempts, NULL, NULL, NULL, NULL);
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->stack)));
  }
  g_clear_object (&self->recipient_items);
  g_clear_object (&self->attempt_items);
  g_clear_object (&self->accounts);
  g_clear_pointer (&self->message, mr_message_record_free);
  G_OBJECT_CLASS (mr_message_detail_parent_class)->dispose (object);
}

static void
mr_message_detail_init (MrMessageDetail *self)
{
  self->limit = FIRST_RECIPIENTS;
  self->recipient_items = g_list_store_new (MR_TYPE_RECORD_ITEM);
  self->attempt_items = g_list_store_new (MR_TYPE_RECORD_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_bind_model (self->recipients, G_LIST_MODEL (self->recipient_items), create_card_cb, self, NULL);
  gtk_list_box_bind_model (self->attempts, G_LIST_MODEL (self->attempt_items), create_attempt_cb, self, NULL);
}

static void
mr_message_detail_class_init (MrMessageDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_HOLD_CARD);
  g_type_ensure (MR_TYPE_FACTS_ROW);
  g_type_ensure (MR_TYPE_MESSAGE_PREVIEW);
  g_type_ensure (MR_TYPE_SIGNATURE_ROW);
  G_OBJECT_CLASS (klass)->dispose = mr_message_detail_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/message-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, stack);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, none_page);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, scroller);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, subject);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, people);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, origin);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, hold_card);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, recipients);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, more_recipients);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, attempts);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, attempts_group);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, facts);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, preview);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, signature);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, relatives);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, try_child);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, send_child);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, keep_child);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, stop_child);
  gtk_widget_class_bind_template_child (widget_class, MrMessageDetail, remove_child);
  gtk_widget_class_bind_template_callback (widget_class, more_recipients_cb);
}
