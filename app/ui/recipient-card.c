/* A recipient's card. One suggested action at most, and only one that works: what a person has to do elsewhere is said in words. */
#include "config.h"

#include "ui/recipient-card.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "ndr/states.h"
#include "ui/format.h"
#include "ui/toast.h"

typedef enum { SUGGEST_NOTHING, SUGGEST_ACCOUNT, SUGGEST_TRY, SUGGEST_SEND_AGAIN, SUGGEST_COPY } Suggestion;

struct _MrRecipientCard {
  GtkListBoxRow parent_instance;
  GtkImage *icon;
  GtkLabel *address, *state, *sentence, *explanation, *move, *reply_source, *reply;
  GtkWidget *explanation_box, *move_box, *reply_box, *buttons;
  GtkButton *suggested, *mark_delivered;

  const char *style; /* the state's, static */
  Suggestion suggestion;
  char *message_id, *account, *report;
  guint n;
};

G_DEFINE_FINAL_TYPE (MrRecipientCard, mr_recipient_card, GTK_TYPE_LIST_BOX_ROW)

static void
suggested_clicked_cb (MrRecipientCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  switch (self->suggestion) {
  case SUGGEST_ACCOUNT:
    gtk_widget_activate_action (widget, "win.edit-account", "s", self->account);
    break;
  case SUGGEST_TRY:
  case SUGGEST_SEND_AGAIN:
    gtk_widget_activate_action (widget, "messages.try-now", NULL);
    break;
  case SUGGEST_COPY:
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->report);
    mr_toast_show (widget, _ ("Copied. Paste it into a message to the administrator."));
    break;
  case SUGGEST_NOTHING:
  default:
    break;
  }
}

static void
mark_delivered_clicked_cb (MrRecipientCard *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "messages.mark-delivered", "(su)", self->message_id, self->n);
}

/* What a postmaster asks for: when, who, to whom, which message, the whole reply. */
static char *
dup_report (const MrMessageRecord *message, const MrRecipientRecord *recipient)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *when = mr_clock_format_iso8601 (recipient->changed);

  g_string_append_printf (text, "Time: %s\n", when);
  g_string_append_printf (text, "Envelope sender: <%s>\n", message->reverse_path != NULL ? message->reverse_path : "");
  g_string_append_printf (text, "Envelope recipient: <%s>\n", recipient->address);
  g_string_append_printf (text, "Message-ID: <%s>\n", message->message_id != NULL ? message->message_id : "");
  g_string_append_printf (text, "Server: %s\n", recipient->host != NULL ? recipient->host : "");
  g_string_append_printf (text, "Reply: %u %s %s\n", recipient->reply.code,
                          recipient->reply.enhanced != NULL ? recipient->reply.enhanced : "",
                          recipient->reply.text != NULL ? recipient->reply.text : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static Suggestion
suggestion_for (const MrMessageRecord *message, const MrRecipientRecord *recipient, const char *action)
{
  gboolean has_account = recipient->account != NULL && *recipient->account != '\0';
  gboolean final = mr_recipient_state_is_final (recipient->state);

  if (recipient->state == MR_RECIPIENT_UNCERTAIN)
    return SUGGEST_SEND_AGAIN;
  if (g_str_equal (action, "copy-for-admin"))
    return SUGGEST_COPY;
  if (final || message->hold != MR_HOLD_NONE || recipient->state == MR_RECIPIENT_SENDING)
    return SUGGEST_NOTHING;
  if ((g_str_equal (action, "enter-password") || g_str_equal (action, "open-account")) && has_account)
    return SUGGEST_ACCOUNT;
  if (g_str_equal (action, "check-network"))
    return SUGGEST_TRY;
  return SUGGEST_NOTHING;
}

static void
set_buttons (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
             MrDiagnosis *diagnosis)
{
  const char *action = recipient->cause != NULL ? mr_cause_get_action (diagnosis, recipient->cause) : NULL;
  g_autofree char *label = NULL;
  gboolean uncertain = recipient->state == MR_RECIPIENT_UNCERTAIN;

  action = action != NULL ? action : "none";
  self->suggestion = suggestion_for (message, recipient, action);
  if (self->suggestion == SUGGEST_SEND_AGAIN)
    label = g_strdup (_ ("Send Again"));
  else if (self->suggestion == SUGGEST_TRY)
    label = g_strdup (_ ("Try Now"));
  else if (self->suggestion != SUGGEST_NOTHING)
    label = mr_cause_dup_action_label (diagnosis, action);

  gtk_widget_set_visible (GTK_WIDGET (self->suggested), self->suggestion != SUGGEST_NOTHING);
  gtk_button_set_label (self->suggested, label != NULL ? label : "");
  gtk_widget_set_visible (GTK_WIDGET (self->mark_delivered), uncertain);
  gtk_widget_set_visible (self->buttons, uncertain || self->suggestion != SUGGEST_NOTHING);
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

static void
set_explanation (MrRecipientCard *self, const MrRecipientRecord *recipient, gboolean direct, MrDiagnosis *diagnosis)
{
  gboolean has_cause = recipient->cause != NULL && *recipient->cause != '\0';
  gboolean sent = recipient->state == MR_RECIPIENT_DELIVERED || recipient->state == MR_RECIPIENT_RELAYED
                  || recipient->state == MR_RECIPIENT_CANCELLED;

  gtk_widget_set_visible (self->explanation_box, has_cause && !sent);
  if (!has_cause || sent)
    return;
  MrSpeaker speaker = recipient->reply.code == 0 ? MR_SPEAKER_LOCAL
                      : direct                   ? MR_SPEAKER_RECIPIENT_SERVER
                                                 : MR_SPEAKER_ACCOUNT;
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, recipient->cause, recipient->cause_params);
  g_autofree char *explanation = mr_cause_dup_explanation (diagnosis, recipient->cause, recipient->cause_params);
  const char *move = mr_format_actor (mr_cause_get_actor (diagnosis, recipient->cause, speaker));

  set_label (self->sentence, sentence);
  set_label (self->explanation, explanation);
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
  const char *style = mr_format_state_style (recipient->state, held);
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
  gtk_image_set_from_icon_name (self->icon, mr_format_state_icon (recipient->state, held));
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
  g_free (self->report);
  self->report = dup_report (message, recipient);
  self->n = recipient->n;
  set_state (self, message, recipient, now);
  set_explanation (self, recipient, direct, diagnosis);
  set_reply (self, recipient);
  set_buttons (self, message, recipient, diagnosis);
}

static void
mr_recipient_card_finalize (GObject *object)
{
  MrRecipientCard *self = MR_RECIPIENT_CARD (object);

  g_free (self->message_id);
  g_free (self->account);
  g_free (self->report);
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
  gtk_widget_class_bind_template_child (widget_class, MrRecipientCard, buttons);
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
