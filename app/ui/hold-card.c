/* The card above the recipients of a message that is kept back: why, by which rule, until when. A rule's words are asked for when a message of it is
 * shown; a rule that has gone since is named as such.
 */
#include "config.h"

#include "ui/hold-card.h"

#include <glib/gi18n-lib.h>

#include "client/hold-calls.h"
#include "ndr/states.h"
#include "ui/format.h"
#include "ui/record-item.h"

struct _MrHoldCard {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkLabel *sentence, *rule, *until;
  GtkButton *show_rule;
  GtkMenuButton *through;
  MrClient *client;
  GCancellable *cancellable; /* of the question for the rules; NULL: none */
  char *rule_id;             /* whose words are shown or asked for */
  gint64 hold_until;         /* 0: a person lets it go */
};

G_DEFINE_FINAL_TYPE (MrHoldCard, mr_hold_card, GTK_TYPE_WIDGET)

static void
append_choice (GMenu *menu, const MrMessageRecord *message, const MrAccountRecord *account, gboolean always)
{
  const char *name = mr_format_account_name (account);
  g_autoptr (GMenuItem) item = g_menu_item_new (name, NULL);

  g_menu_item_set_action_and_target (item, "messages.send-through", "(ssb)", message->id, account->id, always);
  g_menu_append_item (menu, item);
}

/* Two sections: for this message only, and for every message of this sender. */
static GMenuModel *
build_menu (const MrMessageRecord *message, GListModel *accounts)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) once = g_menu_new ();
  g_autoptr (GMenu) always = g_menu_new ();
  g_autofree char *always_title = g_strdup_printf (_ ("Always for mail from %s"), mr_format_sender (message));

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    append_choice (once, message, mr_record_item_get (item), FALSE);
    append_choice (always, message, mr_record_item_get (item), TRUE);
  }
  g_menu_append_section (menu, _ ("This message only"), G_MENU_MODEL (once));
  g_menu_append_section (menu, always_title, G_MENU_MODEL (always));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

/* ---- the rule ---- */

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  if (text == NULL || g_strcmp0 (gtk_label_get_text (label), text) == 0)
    return;
  gtk_label_set_text (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
rules_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = mr_client_list_hold_rules_finish (MR_CLIENT (source), result, &error);
  const MrHoldRuleRecord *found = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrHoldCard *self = data;
  g_clear_object (&self->cancellable);
  for (guint i = 0; rules != NULL && i < rules->len; i++)
    if (g_strcmp0 (((const MrHoldRuleRecord *)rules->pdata[i])->id, self->rule_id) == 0)
      found = rules->pdata[i];
  g_autofree char *sentence = found != NULL ? mr_hold_rule_dup_sentence (found) : NULL;
  set_label (self->rule, sentence != NULL ? sentence : rules != NULL ? _ ("The rule is no longer there.") : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->show_rule), found != NULL);
}

static void
show_rule (MrHoldCard *self, const char *id)
{
  if (g_strcmp0 (id, self->rule_id) == 0)
    return;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_free (self->rule_id);
  self->rule_id = g_strdup (id);
  set_label (self->rule, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->show_rule), FALSE);
  if (id == NULL || self->client == NULL)
    return;
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->show_rule), "s", id);
  self->cancellable = g_cancellable_new ();
  mr_client_list_hold_rules_async (self->client, self->cancellable, rules_cb, self);
}

void
mr_hold_card_set_client (MrHoldCard *self, MrClient *client)
{
  g_return_if_fail (MR_IS_HOLD_CARD (self));
  g_set_object (&self->client, client);
}

void
mr_hold_card_tick (MrHoldCard *self, gint64 now)
{
  g_return_if_fail (MR_IS_HOLD_CARD (self));

  if (self->hold_until == 0) {
    set_label (self->until, NULL);
    return;
  }
  g_autofree char *countdown = mr_format_countdown (self->hold_until, now);
  g_autofree char *when = mr_format_time (self->hold_until);
  g_autofree char *text = g_strdup_printf (_ ("It goes by itself %s (%s), unless you stop it."), countdown, when);
  set_label (self->until, text);
}

void
mr_hold_card_set_message (MrHoldCard *self, const MrMessageRecord *message, GListModel *accounts, gint64 now)
{
  g_return_if_fail (MR_IS_HOLD_CARD (self));

  gboolean held = message->hold != MR_HOLD_NONE && message->finished == 0;
  gtk_widget_set_visible (GTK_WIDGET (self), held);
  self->hold_until = held ? message->hold_until : 0;
  mr_hold_card_tick (self, now);
  show_rule (self, held && message->hold == MR_HOLD_RULE ? message->hold_rule : NULL);
  if (!held) {
    gtk_menu_button_set_menu_model (self->through, NULL);
    return;
  }

  if (message->hold == MR_HOLD_NO_ACCOUNT) {
    g_autofree char *text = g_strdup_printf (
        _ ("No account may send for %s. It leaves through none by itself: choose one."), mr_format_sender (message));
    gtk_label_set_text (self->sentence, text);
  } else
    gtk_label_set_text (self->sentence, mr_hold_reason_sentence (message->hold));

  /* Whoever kept a message back only sends it on; a choice is needed where no account fits. */
  gboolean may_choose = message->hold == MR_HOLD_NO_ACCOUNT && accounts != NULL
                        && g_list_model_get_n_items (accounts) > 0;
  gtk_widget_set_visible (GTK_WIDGET (self->through), may_choose);
  if (may_choose) {
    g_autoptr (GMenuModel) menu = build_menu (message, accounts);
    gtk_menu_button_set_menu_model (self->through, menu);
  }
}

static void
mr_hold_card_dispose (GObject *object)
{
  MrHoldCard *self = MR_HOLD_CARD (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->rule_id, g_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (mr_hold_card_parent_class)->dispose (object);
}

static void
mr_hold_card_init (MrHoldCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_hold_card_class_init (MrHoldCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_hold_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/hold-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, box);
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, sentence);
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, rule);
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, until);
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, show_rule);
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, through);
}
