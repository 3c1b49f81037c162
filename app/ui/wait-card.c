/* Grouping reads all that waits, so it is asked for at most once a second, less often the longer it takes, and only one question is open at a time. */
#include "config.h"

#include "ui/wait-card.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "client/returned-calls.h"

#define FIRST_MS     300
#define PAUSE_MS     1000
#define PAUSE_MAX_MS 15000
#define SHARE        40 /* so many times as long as the answer took nothing is asked */

struct _MrWaitCard {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkImage *icon;
  GtkLabel *text, *account;
  GtkButton *button;
  GtkToggleButton *show;

  MrDesk *desk;
  GPtrArray *groups; /* the last answer, NULL: none yet */
  char *action;
  /* of the group that is told */
  char *cause, *account_id;
  MrWaitReason wait_reason;
  GCancellable *cancellable;
  MrClock *clock;
  gint64 asked; /* monotonic */
  guint pause;
  gboolean again; /* something changed since the last question */
};

enum { SIGNAL_SHOW_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrWaitCard, mr_wait_card, GTK_TYPE_WIDGET)

static void ask (MrWaitCard *self);

/* Another group, or none any more: the whole list is shown again. */
static void
set_group (MrWaitCard *self, const MrWaitReasonNotice *notice)
{
  if (notice->text != NULL && notice->wait_reason == self->wait_reason && g_strcmp0 (notice->cause, self->cause) == 0
      && g_strcmp0 (notice->account_id, self->account_id) == 0)
    return;
  gtk_toggle_button_set_active (self->show, FALSE);
  g_free (self->cause);
  g_free (self->account_id);
  self->cause = g_strdup (notice->cause);
  self->account_id = g_strdup (notice->account_id);
  self->wait_reason = notice->wait_reason;
}

gboolean
mr_wait_card_get_filter (MrWaitCard *self, MrListFilter *filter)
{
  g_return_val_if_fail (MR_IS_WAIT_CARD (self), FALSE);

  if (!gtk_toggle_button_get_active (self->show))
    return FALSE;
  filter->cause = self->cause;
  filter->account = self->account_id;
  filter->wait_reason = self->wait_reason;
  return TRUE;
}

void
mr_wait_card_set_notice (MrWaitCard *self, const MrWaitReasonNotice *notice)
{
  g_return_if_fail (MR_IS_WAIT_CARD (self));

  set_group (self, notice);
  gtk_widget_set_visible (GTK_WIDGET (self), notice->text != NULL);
  if (notice->text == NULL)
    return;
  gtk_image_set_from_icon_name (self->icon, notice->icon);
  gtk_label_set_text (self->text, notice->text);
  gtk_widget_set_visible (GTK_WIDGET (self->account), notice->account != NULL);
  if (notice->account != NULL) {
    g_autofree char *account = g_strdup_printf (_ ("Account: %s"), notice->account);
    gtk_label_set_text (self->account, account);
  }
  gtk_button_set_label (self->button, notice->button);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, notice->text, -1);
  g_free (self->action);
  self->action = g_strdup (notice->action);
}

static void
update (MrWaitCard *self)
{
  g_auto (MrWaitReasonNotice) notice = { 0 };

  if (self->groups != NULL)
    mr_wait_reason_choose (self->groups, mr_desk_get_diagnosis (self->desk), mr_desk_get_accounts (self->desk),
                           &notice);
  mr_wait_card_set_notice (self, &notice);
}

static gboolean
pause_over_cb (gpointer data)
{
  MrWaitCard *self = data;

  self->pause = 0;
  if (self->again)
    ask (self);
  return G_SOURCE_REMOVE;
}

static void
groups_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = mr_client_list_groups_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrWaitCard *self = data;
  /* An older service does not know the question: then there is no card. What else is wrong the status bar says. */
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  self->groups = g_steal_pointer (&groups);
  g_clear_object (&self->cancellable);
  update (self);
  gint64 took_ms = (mr_clock_monotonic (self->clock) - self->asked) / 1000;
  self->pause = g_timeout_add ((guint)CLAMP (took_ms * SHARE, PAUSE_MS, PAUSE_MAX_MS), pause_over_cb, self);
}

static void
ask (MrWaitCard *self)
{
  self->again = self->cancellable != NULL || self->pause != 0;
  if (self->again)
    return;
  self->cancellable = g_cancellable_new ();
  self->asked = mr_clock_monotonic (self->clock);
  mr_client_list_groups_async (mr_desk_get_client (self->desk), self->cancellable, groups_cb, self);
}

void
mr_wait_card_set_desk (MrWaitCard *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_WAIT_CARD (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  g_signal_connect_object (desk, "queue-changed", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (desk, "accounts-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* The list itself comes first. */
  self->again = mr_client_is_connected (mr_desk_get_client (desk));
  self->pause = g_timeout_add (FIRST_MS, pause_over_cb, self);
}

static void
button_clicked_cb (MrWaitCard *self)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (self->action != NULL && g_action_parse_detailed_name (self->action, &name, &target, NULL))
    gtk_widget_activate_action_variant (GTK_WIDGET (self), name, target);
}

static void
show_toggled_cb (MrWaitCard *self)
{
  gtk_button_set_label (GTK_BUTTON (self->show),
                        gtk_toggle_button_get_active (self->show) ? _ ("Show All") : _ ("Show Only These"));
  g_signal_emit (self, signals[SIGNAL_SHOW_CHANGED], 0);
}

static void
mr_wait_card_dispose (GObject *object)
{
  MrWaitCard *self = MR_WAIT_CARD (object);

  g_clear_handle_id (&self->pause, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->action, g_free);
  g_clear_pointer (&self->cause, g_free);
  g_clear_pointer (&self->account_id, g_free);
  g_clear_pointer (&self->clock, mr_clock_unref);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_wait_card_parent_class)->dispose (object);
}

static void
mr_wait_card_init (MrWaitCard *self)
{
  self->clock = mr_clock_new_real ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_wait_card_class_init (MrWaitCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_wait_card_dispose;
  signals[SIGNAL_SHOW_CHANGED] = g_signal_new ("show-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/wait-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MrWaitCard, box);
  gtk_widget_class_bind_template_child (widget_class, MrWaitCard, icon);
  gtk_widget_class_bind_template_child (widget_class, MrWaitCard, text);
  gtk_widget_class_bind_template_child (widget_class, MrWaitCard, account);
  gtk_widget_class_bind_template_child (widget_class, MrWaitCard, button);
  gtk_widget_class_bind_template_child (widget_class, MrWaitCard, show);
  gtk_widget_class_bind_template_callback (widget_class, button_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_toggled_cb);
}
