/* A message on its way: to whom, where it is, a bar, a button. */
#include "config.h"

#include "ui/activity-row.h"

#include <glib/gi18n-lib.h>

#include "ndr/states.h"
#include "ui/format.h"

struct _MrActivityRow {
  AdwPreferencesRow parent_instance;
  GtkLabel *title, *where, *amount;
  GtkProgressBar *bar;
  GtkWidget *stop;
  char *id;
};

G_DEFINE_FINAL_TYPE (MrActivityRow, mr_activity_row, ADW_TYPE_PREFERENCES_ROW)

enum { SIGNAL_STOP, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
dup_amount (const MrActivityRecord *record)
{
  guint64 rate = record->stage == MR_STAGE_DATA ? mr_activity_record_get_rate (record) : 0;
  g_autofree char *done = g_format_size (record->done), *total = g_format_size (record->total);
  g_autofree char *speed = g_format_size (rate);

  if (rate > 0)
    return g_strdup_printf (_ ("%s of %s, %s a second"), done, total, speed);
  if (record->done > 0)
    return g_strdup_printf (_ ("%s of %s"), done, total);
  return g_steal_pointer (&total);
}

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

void
mr_activity_row_set (MrActivityRow *self, const MrActivityRecord *record, const MrAccountRecord *account)
{
  const char *subject = record->subject != NULL && *record->subject != '\0' ? record->subject : _ ("(no subject)");
  g_autofree char *to = record->n_recipients > 1
                            ? g_strdup_printf ("%s +%u", record->recipient, record->n_recipients - 1)
                            : g_strdup (record->recipient);
  g_autofree char *title = g_strdup_printf ("%s → %s", subject, to);
  g_autofree char *where = g_strdup_printf (
      "%s · %s · %s", account != NULL ? mr_format_account_name (account) : record->account,
      record->destination != NULL ? record->destination : "", mr_stage_activity (record->stage));
  g_autofree char *amount = dup_amount (record), *name = g_strdup_printf ("%s. %s. %s", title, where, amount);
  g_autofree char *stop_name = g_strdup_printf (_ ("End the transmission of “%s” and keep it back"), subject);

  g_return_if_fail (MR_IS_ACTIVITY_ROW (self));
  g_free (self->id);
  self->id = g_strdup (record->message_id);
  set_text (self->title, title);
  set_text (self->where, where);
  set_text (self->amount, amount);
  gtk_progress_bar_set_fraction (self->bar, record->total > 0 ? (double)record->done / (double)record->total : 0);
  gtk_widget_set_sensitive (self->stop, record->may_stop);
  gtk_widget_set_tooltip_text (self->stop, stop_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stop), GTK_ACCESSIBLE_PROPERTY_LABEL, stop_name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, amount, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
stop_clicked_cb (MrActivityRow *self)
{
  g_autofree char *id = g_strdup (self->id);

  g_signal_emit (self, signals[SIGNAL_STOP], 0, id);
}

static void
mr_activity_row_finalize (GObject *object)
{
  g_free (MR_ACTIVITY_ROW (object)->id);
  G_OBJECT_CLASS (mr_activity_row_parent_class)->finalize (object);
}

static void
mr_activity_row_init (MrActivityRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_activity_row_class_init (MrActivityRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mr_activity_row_finalize;
  signals[SIGNAL_STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/activity-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrActivityRow, title);
  gtk_widget_class_bind_template_child (widget_class, MrActivityRow, where);
  gtk_widget_class_bind_template_child (widget_class, MrActivityRow, amount);
  gtk_widget_class_bind_template_child (widget_class, MrActivityRow, bar);
  gtk_widget_class_bind_template_child (widget_class, MrActivityRow, stop);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
}

GtkWidget *
mr_activity_row_new (void)
{
  return g_object_new (MR_TYPE_ACTIVITY_ROW, NULL);
}
