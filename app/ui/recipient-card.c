/* A recipient's card. One suggested action at most, and only one that works: what a person has to do elsewhere is said in words. */
#include "config.h"

#include "ui/recipient-card.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/copy-button.h"
#include "ui/format.h"
#include "ui/recipient-actions.h"
#include "ui/toast.h"

struct _MrRecipientCard {
  GtkListBoxRow parent_instance;
  GtkImage *icon;
  GtkLabel *address, *state, *sentence, *explanation, *size_hint, *steps, *move, *letter, *reply_source, *reply;
  GtkWidget *explanation_box, *move_box, *writing, *reply_box;
  GtkButton *suggested, *mark_delivered;
  GtkMenuButton *other_ways;
  MrCopyButton *letter_copy;

  const char *style; /* the state's, static */
  MrSuggestion suggestion;
  GListModel *accounts; /* NULL: none can be chosen */
  char *message_id, *account, *recipient, *text;
  char *menu_key; /* what the menu was made for */
  MrActor text_to;
  guint n;
};

G_DEFINE_FINAL_TYPE (MrRecipientCard, mr_recipient_card, GTK_TYPE_LIST_BOX_ROW)

static const char *
copied_words (MrActor to)
{
  switch (to) {
  case MR_ACTOR_RECIPIENT:
    return _ ("Copied. Send it to the recipient in another way.");
  case MR_ACTOR_PROVIDER:
    return _ ("Copied. Paste it into a message to your provider.");
  case MR_ACTOR_YOU:
  case MR_ACTOR_RECIPIENT_ADMIN:
  case MR_ACTOR_NOBODY:
  case MR_ACTOR_UNKNOWN:
  case MR_ACTOR_N_ACTORS:
  default:
    return _ ("Copied. Paste it into a message to the administrator.");
  }
}

static void
suggested_clicked_cb (MrRecipientCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  switch (self->suggestion) {
  case MR_SUGGEST_ACCOUNT:
    gtk_widget_activate_action (widget, "win.edit-account", "s", self->account);
    break;
  case MR_SUGGEST_TRY:
  case MR_SUGGEST_SEND_AGAIN:
    gtk_widget_activate_action (widget, "messages.try-now", NULL);
    break;
  case MR_SUGGEST_CORRECT:
    gtk_widget_activate_action (widget, "messages.recipient-correct", "(sus)", self->message_id, self->n,
                                self->recipient);
    break;
  case MR_SUGGEST_COPY:
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->text);
    mr_toast_show (widget, copied_words (self->text_to));
    break;
  case MR_SUGGEST_NOTHING:
  default:
    break;
  }
}

static void
mark_delivered_clicked_cb (MrRecipientCard *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "messages.mark-delivered", "(su)", self->message_id, self->n);
}

static void
set_label (GtkLabel *label, const char *text)
{
  /* Setting the same text would clear a selection that a person has made. */
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
  if (gtk_label_get_selectable (label))
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* ---- what can be done ---- */

static char *
dup_suggested_label (MrRecipientCard *self, MrDiagnosis *diagnosis, const char *action)
{
  switch (self->suggestion) {
  case MR_SUGGEST_SEND_AGAIN:
    return g_strdup (_ ("Send Again"));
  case MR_SUGGEST_TRY:
    return g_strdup (_ ("Try Now"));
  case MR_SUGGEST_CORRECT:
    return g_strdup (_ ("Correct the Address…"));
  case MR_SUGGEST_COPY:
    return g_strdup (self->text_to == MR_ACTOR_RECIPIENT  ? _ ("Copy a Text for the Recipient")
                     : self->text_to == MR_ACTOR_PROVIDER ? _ ("Copy a Text for Your Provider")
                                                          : _ ("Copy a Text for Their Administrator"));
  case MR_SUGGEST_ACCOUNT:
    return mr_cause_dup_action_label (diagnosis, action);
  case MR_SUGGEST_NOTHING:
  default:
    return g_strdup ("");
  }
}

static gboolean
knows_domains (MrRecipientCard *self)
{
  GApplication *application = g_application_get_default ();

  return application != NULL && g_action_group_has_action (G_ACTION_GROUP (application), "open-domain");
}

/* Made anew only where it would be another one: it may be open. */
static void
set_menu (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
          MrDiagnosis *diagnosis)
{
  const char *cause = mr_state_get_cause (recipient);
  g_autofree char *key = g_strdup_printf ("%s %u %d %d %d %d %s %s %u", message->id, recipient->n, recipient->state,
                                          message->hold, message->has_body, message->finished > 0, recipient->address,
                                          cause != NULL ? cause : "",
                                          self->accounts != NULL ? g_list_model_get_n_items (self->accounts) : 0);

  gtk_widget_set_visible (GTK_WIDGET (self->other_ways), recipient->state != MR_RECIPIENT_SENDING);
  if (g_strcmp0 (key, self->menu_key) == 0)
    return;
  g_free (self->menu_key);
  self->menu_key = g_steal_pointer (&key);
  g_autoptr (GMenuModel) menu = mr_recipient_new_menu (message, recipient, diagnosis, self->accounts,
                                                       knows_domains (self));
  gtk_menu_button_set_menu_model (self->other_ways, menu);
}

static void
set_buttons (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
             MrDiagnosis *diagnosis)
{
  const char *cause = mr_state_get_cause (recipient);

  self->suggestion = mr_recipient_suggest (message, recipient, diagnosis);
  if (self->suggestion == MR_SUGGEST_COPY && self->text == NULL)
    self->suggestion = MR_SUGGEST_NOTHING;
  g_autofree char *label = dup_suggested_label (self, diagnosis,
                                                cause != NULL ? mr_cause_get_action (diagnosis, cause) : "none");
  gtk_widget_set_visible (GTK_WIDGET (self->suggested), self->suggestion != MR_SUGGEST_NOTHING);
  if (*label != '\0')
    gtk_button_set_label (self->suggested, label);
  gtk_widget_set_visible (GTK_WIDGET (self->mark_delivered), recipient->state == MR_RECIPIENT_UNCERTAIN);
  set_menu (self, message, recipient, diagnosis);
}

/* ---- words ---- */

static void
set_letter (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
            MrDiagnosis *diagnosis)
{
  g_free (self->text);
  self->text = mr_recipient_dup_letter (message, recipient, diagnosis, &self->text_to);
  gtk_widget_set_visible (self->writing, self->text != NULL);
  set_label (self->letter, self->text != NULL ? self->text : "");
  mr_copy_button_set_text (self->letter_copy, self->text != NULL ? self->text : "");
}

static char *
dup_steps (MrDiagnosis *diagnosis, const char *cause, GVariant *params)
{
  g_auto (GStrv) steps = mr_cause_dup_steps (diagnosis, cause, params);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; steps != NULL && steps[i] != NULL; i++)
    g_string_append_printf (list, "%s%u. %s", i > 0 ? "\n" : "", i + 1, steps[i]);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
set_explanation (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
                 gboolean direct, MrDiagnosis *diagnosis)
{
  const char *cause = mr_state_get_cause (recipient);

  gtk_widget_set_visible (self->explanation_box, cause != NULL);
  if (cause == NULL)
    return;
  MrSpeaker speaker = recipient->bounced > 0       ? MR_SPEAKER_RECIPIENT_SERVER
                      : recipient->reply.code == 0 ? MR_SPEAKER_LOCAL
                      : direct                     ? MR_SPEAKER_RECIPIENT_SERVER
                                                   : MR_SPEAKER_ACCOUNT;
  g_autoptr (GVariant) params = mr_state_dup_params (recipient);
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, cause, params);
  g_autofree char *explanation = mr_cause_dup_explanation (diagnosis, cause, params);
  g_autofree char *size_hint = mr_recipient_dup_size_hint (message, recipient, diagnosis);
  g_autofree char *steps = dup_steps (diagnosis, cause, params);
  const char *move = mr_format_actor (mr_cause_get_actor (diagnosis, cause, speaker));

  set_label (self->sentence, sentence);
  set_label (self->explanation, explanation);
  set_label (self->size_hint, size_hint != NULL ? size_hint : "");
  set_label (self->steps, steps);
  gtk_widget_set_visible (self->move_box, move != NULL);
  if (move != NULL)
    gtk_label_set_text (self->move, move);
}

static void
set_reply (MrRecipientCard *self, const MrRecipientRecord *recipient)
{
  gboolean has_reply = recipient->reply.code > 0;

  gtk_widget_set_visible (self->reply_box, has_reply);
  if (!has_reply)
    return;
  const char *host = recipient->host != NULL && *recipient->host != '\0' ? recipient->host : _ ("the server");
  g_autofree char *source = g_strdup_printf (_ ("%s said:"), host);
  const char *enhanced = recipient->reply.enhanced;
  g_autofree char *text = g_strdup_printf ("%u %s%s%s", recipient->reply.code, enhanced != NULL ? enhanced : "",
                                           enhanced != NULL ? " " : "",
                                           recipient->reply.text != NULL ? recipient->reply.text : "");

  set_label (self->reply_source, source);
  set_label (self->reply, text);
}

static void
set_state (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient, gint64 now)
{
  gboolean held = message->hold != MR_HOLD_NONE;
  MrRecipientState shown = recipient->bounced > 0 ? MR_RECIPIENT_FAILED : recipient->state;
  const char *style = mr_format_state_style (shown, held);
  g_autofree char *line = mr_state_dup_line (recipient, now);

  if (held && !mr_recipient_state_is_final (recipient->state)) {
    g_free (line);
    line = g_strdup (_ ("Kept back"));
  }
  if (self->style != NULL) {
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
    gtk_widget_remove_css_class (GTK_WIDGET (self->state), self->style);
  }
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  gtk_widget_add_css_class (GTK_WIDGET (self->state), style);
  self->style = style;
  gtk_image_set_from_icon_name (self->icon, mr_format_state_icon (shown, held));
  set_label (self->address, recipient->address);
  set_label (self->state, line);
}

void
mr_recipient_card_set (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
                       gboolean direct, MrDiagnosis *diagnosis, gint64 now)
{
  g_return_if_fail (MR_IS_RECIPIENT_CARD (self));

  g_free (self->message_id);
  self->message_id = g_strdup (message->id);
  g_free (self->account);
  self->account = g_strdup (recipient->account);
  g_free (self->recipient);
  self->recipient = g_strdup (recipient->address);
  self->n = recipient->n;
  set_state (self, message, recipient, now);
  set_explanation (self, message, recipient, direct, diagnosis);
  set_letter (self, message, recipient, diagnosis);
  set_reply (self, recipient);
  set_buttons (self, message, recipient, diagnosis);
}

void
mr_recipient_card_set_accounts (MrRecipientCard *self, GListModel *accounts)
{
  g_return_if_fail (MR_IS_RECIPIENT_CARD (self));
  g_set_object (&self->accounts, accounts);
}

static void
mr_recipient_card_finalize (GObject *object)
{
  MrRecipientCard *self = MR_RECIPIENT_CARD (object);

  g_free (self->message_id);
  g_free (self->account);
  g_free (self->recipient);
  g_free (self->text);
  g_free (self->menu_key);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (mr_recipient_card_parent_class)->finalize (object);
}

static void
mr_recipient_card_init (MrRecipientCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_recipient_card_class_init (MrRecipientCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  G_OBJECT_CLASS (klass)->finalize = mr_recipient_card_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/recipient-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, icon);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, address);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, state);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, sentence);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, explanation);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, move);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, reply_source);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, reply);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, explanation_box);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, move_box);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, reply_box);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, size_hint);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, steps);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, letter);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, writing);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, other_ways);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, letter_copy);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, suggested);
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, mark_delivered);
  gtk_widget_class_bind_template_callback (widget_class, suggested_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, mark_delivered_clicked_cb);
}

GtkWidget *
mr_recipient_card_new (void)
{
  return g_object_new (MR_TYPE_RECIPIENT_CARD, NULL);
}
