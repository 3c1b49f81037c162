/* The card above the recipients of a message that is kept back. */
#include "config.h"

#include "ui/hold-card.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/format.h"
#include "ui/record-item.h"

struct _MrHoldCard {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkLabel *sentence;
  GtkMenuButton *through;
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

void
mr_hold_card_set_message (MrHoldCard *self, const MrMessageRecord *message, GListModel *accounts)
{
  g_return_if_fail (MR_IS_HOLD_CARD (self));

  gboolean held = message->hold != MR_HOLD_NONE && message->finished == 0;
  gtk_widget_set_visible (GTK_WIDGET (self), held);
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
  gtk_widget_class_bind_template_child (widget_class, MrHoldCard, through);
}
