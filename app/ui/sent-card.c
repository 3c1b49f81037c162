/* One question after the other, a recipient each: the first answer that names a message decides, the others mark their recipients. All questions of a
 * report share one GCancellable, which the next report and dispose cancel.
 *
 * Without the service the card says so; the explanation beside it needs none.
 */
#include "config.h"

#include "ui/sent-card.h"

#include <glib/gi18n-lib.h>

#include "client/returned-calls.h"
#include "ui/format.h"
#include "ui/open-message.h"

struct _MrSentCard {
  GtkWidget parent_instance;
  GtkWidget *box, *show;
  GtkImage *icon;
  GtkLabel *title, *sentence, *subject, *people, *marked;

  MrDesk *desk;
  char *id; /* the message, NULL: none found yet */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrSentCard, mr_sent_card, GTK_TYPE_WIDGET)

typedef struct {
  char *recipient, *cause;
  gboolean failed;
} Facts;

typedef struct {
  MrSentCard *card; /* valid only while the questions are not cancelled */
  char *message_id, *envid, *queue_id;
  GPtrArray *facts; /* of Facts, one at least */
  guint next;
  gboolean complaint;
} Lookup;

static void
facts_free (gpointer data)
{
  Facts *facts = data;

  g_free (facts->recipient);
  g_free (facts->cause);
  g_free (facts);
}

static void
lookup_free (Lookup *lookup)
{
  g_free (lookup->message_id);
  g_free (lookup->envid);
  g_free (lookup->queue_id);
  g_ptr_array_unref (lookup->facts);
  g_free (lookup);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lookup, lookup_free)

/* ---- faces ---- */

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  if (text != NULL && gtk_label_get_selectable (label))
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
show_face (MrSentCard *self, const char *icon, const char *title, const char *sentence)
{
  gtk_image_set_from_icon_name (self->icon, icon);
  set_label (self->title, title);
  set_label (self->sentence, sentence);
  set_label (self->subject, NULL);
  set_label (self->people, NULL);
  set_label (self->marked, NULL);
  gtk_widget_set_visible (self->show, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static guint
count_bounced (const MrMessageRecord *message)
{
  guint n = 0;

  for (guint i = 0; i < message->recipients->len; i++)
    n += ((const MrRecipientRecord *)message->recipients->pdata[i])->bounced > 0;
  return n;
}

static void
show_message (MrSentCard *self, const MrMessageRecord *message)
{
  g_autofree char *people = mr_format_people (message);
  g_autofree char *when = mr_format_time (message->created);
  g_autofree char *sentence = g_strdup_printf (_ ("It came to Mail Relay on %s."), when);
  guint n = count_bounced (message);
  g_autofree char *marked = g_strdup_printf (ngettext ("%u recipient is marked as returned in the history.",
                                                       "%u recipients are marked as returned in the history.", n),
                                             n);

  show_face (self, "document-open-recent-symbolic", _ ("You sent this message from here"), sentence);
  set_label (self->subject, mr_format_subject (message));
  set_label (self->people, people);
  set_label (self->marked, n > 0 ? marked : NULL);
  gtk_widget_set_visible (self->show, mr_open_message_can (GTK_WIDGET (self)));
}

static void
show_not_sent (MrSentCard *self)
{
  show_face (self, "dialog-information-symbolic", _ ("This mail was not sent from here"),
             _ ("Another device or program sent it, it is too old for the history, or a stranger wrote your address as "
                "the sender. In that last case there is nothing for you to do."));
}

static void
show_no_answer (MrSentCard *self, const GError *error)
{
  if (mr_client_is_unreachable (error))
    show_face (self, "dialog-information-symbolic", _ ("Not compared with the history"),
               _ ("Whether the message was sent from here is known once the mail service runs."));
  else
    show_face (self, "dialog-warning-symbolic", _ ("Could not look into the history"), error->message);
}

/* ---- questions ---- */

static void ask_next (Lookup *lookup);

static void
message_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;
  gboolean ok = mr_client_get_message_finish (MR_CLIENT (source), result, &message, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSentCard *self = data;
  if (ok)
    show_message (self, message);
  else
    show_no_answer (self, error);
}

static void
linked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Lookup) lookup = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  guint recipient;
  gboolean ok = mr_client_link_report_finish (MR_CLIENT (source), result, &id, &recipient, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSentCard *self = lookup->card;
  if (!ok) {
    show_no_answer (self, error);
    return;
  }
  if (id == NULL) {
    show_not_sent (self);
    return;
  }
  if (self->id == NULL)
    self->id = g_steal_pointer (&id);
  if (++lookup->next < lookup->facts->len)
    ask_next (g_steal_pointer (&lookup));
  else
    mr_client_get_message_async (mr_desk_get_client (self->desk), self->id, self->cancellable, message_cb, self);
}

static void
ask_next (Lookup *lookup)
{
  MrSentCard *self = lookup->card;
  const Facts *facts = lookup->facts->pdata[lookup->next];
  const MrClientReport report = { .message_id = lookup->message_id,
                                  .envid = lookup->envid,
                                  .queue_id = lookup->queue_id,
                                  .recipient = facts->recipient,
                                  .cause = facts->cause,
                                  .when = mr_desk_now (self->desk),
                                  .failed = facts->failed,
                                  .complaint = lookup->complaint };

  mr_client_link_report_async (mr_desk_get_client (self->desk), &report, self->cancellable, linked_cb, lookup);
}

static Lookup *
lookup_new (MrSentCard *self, const MrReturned *report)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->card = self;
  lookup->message_id = g_strdup (report->message_id);
  lookup->envid = g_strdup (report->envelope_id);
  lookup->queue_id = g_strdup (report->queue_id);
  lookup->complaint = report->outcome == MR_RETURNED_COMPLAINT;
  lookup->facts = g_ptr_array_new_with_free_func (facts_free);
  for (guint i = 0; i < report->recipients->len || i == 0; i++) {
    Facts *facts = g_new0 (Facts, 1);
    const MrReturnedRecipient *r = i < report->recipients->len ? report->recipients->pdata[i] : NULL;
    if (r != NULL) {
      facts->recipient = g_strdup (r->recipient);
      facts->cause = g_strdup (r->diagnosis.cause);
      facts->failed = r->outcome == MR_RETURNED_FAILED || r->gave_up;
    }
    g_ptr_array_add (lookup->facts, facts);
  }
  return lookup;
}

void
mr_sent_card_look_up (MrSentCard *self, const MrReturned *report)
{
  g_return_if_fail (MR_IS_SENT_CARD (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->id, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (report == NULL || report->outcome == MR_RETURNED_NOT_A_BOUNCE
      || (report->message_id == NULL && report->envelope_id == NULL && report->queue_id == NULL))
    return;
  ask_next (lookup_new (self, report));
}

static void
show_clicked_cb (MrSentCard *self)
{
  if (self->id != NULL)
    mr_open_message (GTK_WIDGET (self), self->id);
}

void
mr_sent_card_set_desk (MrSentCard *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_SENT_CARD (self));
  g_return_if_fail (self->desk == NULL);
  self->desk = g_object_ref (desk);
}

/* ---- class ---- */

static void
mr_sent_card_dispose (GObject *object)
{
  MrSentCard *self = MR_SENT_CARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_sent_card_parent_class)->dispose (object);
}

static void
mr_sent_card_finalize (GObject *object)
{
  MrSentCard *self = MR_SENT_CARD (object);

  g_clear_object (&self->cancellable);
  g_free (self->id);
  G_OBJECT_CLASS (mr_sent_card_parent_class)->finalize (object);
}

static void
mr_sent_card_init (MrSentCard *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_sent_card_class_init (MrSentCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_sent_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_sent_card_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/sent-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, box);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, show);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, icon);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, title);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, sentence);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, subject);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, people);
  gtk_widget_class_bind_template_child (widget_class, MrSentCard, marked);
  gtk_widget_class_bind_template_callback (widget_class, show_clicked_cb);
}
