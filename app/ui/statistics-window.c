/* Statistics: asks for the span and the kind that are chosen, draws and lists what comes; again when the queue changes, one question at a time. */
#include "config.h"

#include "ui/statistics-window.h"

#include <glib/gi18n-lib.h>

#include "client/statistics-calls.h"
#include "ui/chart.h"
#include "ui/format.h"
#include "ui/record-item.h"
#include "ui/statistics-export.h"
#include "ui/statistics-words.h"
#include "ui/toast.h"

#define AGAIN_MS 2000 /* a busy queue changes ten times a second */

struct _MrStatisticsWindow {
  AdwWindow parent_instance;
  GtkWidget *export, *queue_group, *times_group, *rows_group;
  GtkToggleButton *day, *month, *year;
  GtkLabel *summary;
  GtkStack *stack;
  MrChart *chart;
  AdwExpanderRow *times;
  AdwComboRow *kind;
  GtkListBox *rows, *queue;
  GtkSwitch *audit;

  MrDesk *desk;
  GCancellable *cancellable; /* of the questions on their way */
  guint timer;
  GPtrArray *slots, *names; /* as last answered; NULL */
  GPtrArray *time_rows;     /* of the expander, borrowed from it */
  GListStore *row_items, *queue_items;
  gboolean setting_audit;
};

G_DEFINE_FINAL_TYPE (MrStatisticsWindow, mr_statistics_window, ADW_TYPE_WINDOW)

static MrSpan
get_span (MrStatisticsWindow *self)
{
  return gtk_toggle_button_get_active (self->year)    ? MR_SPAN_YEAR
         : gtk_toggle_button_get_active (self->month) ? MR_SPAN_MONTH
                                                      : MR_SPAN_DAY;
}

/* The list begins with the kind after "all". */
static MrStatisticKind
get_kind (MrStatisticsWindow *self)
{
  guint selected = adw_combo_row_get_selected (self->kind);

  return selected + 1 < MR_STATISTIC_N_KINDS ? (MrStatisticKind)(selected + 1) : MR_STATISTIC_ACCOUNT;
}

/* ---- rows ---- */

static GtkWidget *
new_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  return row;
}

static char *
dup_row_name (MrStatisticsWindow *self, const MrStatisticRecord *record)
{
  MrStatisticKind kind = get_kind (self);
  const MrAccountRecord *account = kind == MR_STATISTIC_ACCOUNT && record->name != NULL
                                       ? mr_desk_find_account (self->desk, record->name)
                                       : NULL;

  return mr_statistics_dup_name (mr_desk_get_diagnosis (self->desk), kind, record->name,
                                 account != NULL ? mr_format_account_name (account) : NULL);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  MrStatisticsWindow *self = data;
  const MrStatisticRecord *record = mr_record_item_get (item);
  g_autofree char *name = dup_row_name (self, record);
  g_autofree char *counts = mr_statistics_dup_counts (record);
  GtkWidget *row = new_row (name, counts);
  g_autofree char *acceptance = get_kind (self) != MR_STATISTIC_CAUSE ? mr_statistics_dup_acceptance (record) : NULL;

  if (acceptance != NULL) {
    GtkWidget *label = gtk_label_new (acceptance);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_xalign (GTK_LABEL (label), 1);
    gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_RIGHT);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
    gtk_widget_add_css_class (label, record->falling ? "warning" : "dim-label");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  }
  return row;
}

static GtkWidget *
create_queue_row_cb (gpointer item, gpointer data)
{
  const MrQueueAgeRecord *record = mr_record_item_get (item);
  g_autofree char *ages = mr_statistics_dup_ages (record);
  g_autofree char *total = g_strdup_printf ("%u", record->total);
  GtkWidget *row = new_row (g_str_equal (record->domain, MR_STATISTIC_REST) ? _ ("All others") : record->domain, ages);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_label_new (total));
  return row;
}

/* Of the slots only those in which something happened, the newest first. */
static void
fill_times (MrStatisticsWindow *self)
{
  for (guint i = 0; i < self->time_rows->len; i++)
    adw_expander_row_remove (self->times, g_ptr_array_index (self->time_rows, i));
  g_ptr_array_set_size (self->time_rows, 0);
  for (guint i = self->slots->len; i > 0; i--) {
    const MrStatisticRecord *slot = g_ptr_array_index (self->slots, i - 1);
    if (slot->counts[MR_COUNT_DELIVERED] + slot->counts[MR_COUNT_DEFERRED] + slot->counts[MR_COUNT_FAILED] == 0)
      continue;
    g_autofree char *time = mr_statistics_dup_slot (get_span (self), slot->time);
    g_autofree char *counts = mr_statistics_dup_counts (slot);
    GtkWidget *row = new_row (time, counts);
    adw_expander_row_add_row (self->times, row);
    g_ptr_array_add (self->time_rows, row);
  }
}

/* The records of an array become items of a list, which owns them from then on. */
static void
fill_store (GListStore *store, GPtrArray *records, GDestroyNotify free_func)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (items, mr_record_item_new (g_steal_pointer (&records->pdata[i]), free_func));
  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), items->pdata, items->len);
}

static void
free_statistic (gpointer record)
{
  mr_statistic_record_free (record);
}

static void
free_age (gpointer record)
{
  mr_queue_age_record_free (record);
}

/* ---- asking ---- */

static void
show_answer (MrStatisticsWindow *self)
{
  MrStatisticRecord sum;

  mr_statistics_sum (self->slots, &sum);
  g_autofree char *counts = mr_statistics_dup_counts (&sum);
  gboolean nothing = sum.counts[MR_COUNT_DELIVERED] + sum.counts[MR_COUNT_DEFERRED] + sum.counts[MR_COUNT_FAILED] == 0;

  gtk_label_set_text (self->summary, nothing ? "" : counts);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), !nothing);
  mr_chart_set_slots (self->chart, self->slots, get_span (self), counts);
  gtk_stack_set_visible_child_name (self->stack, nothing ? "empty" : "chart");
  gtk_widget_set_visible (self->times_group, !nothing);
  gtk_widget_set_visible (self->rows_group, !nothing);
  gtk_widget_set_sensitive (self->export, !nothing);
  fill_times (self);
}

static void
statistics_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *slots, *names;

  if (!mr_client_get_statistics_finish (MR_CLIENT (source), result, &slots, &names, &error)) {
    if (!g_error_matches (error, MR_ERROR, MR_ERROR_CANCELLED)
        && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      mr_toast_show_error (data, _ ("Could not read the statistics"), error);
    return;
  }
  MrStatisticsWindow *self = MR_STATISTICS_WINDOW (data);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  self->slots = slots;
  show_answer (self);
  fill_store (self->row_items, names, free_statistic);
  gtk_widget_set_visible (GTK_WIDGET (self->rows), names->len > 0);
  g_ptr_array_unref (names);
}

static void
ages_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ages = mr_client_list_queue_ages_finish (MR_CLIENT (source), result, &error);

  if (ages == NULL)
    return;
  MrStatisticsWindow *self = MR_STATISTICS_WINDOW (data);
  fill_store (self->queue_items, ages, free_age);
  gtk_widget_set_visible (self->queue_group, ages->len > 0);
}

/* What was asked before is not waited for any more: a later answer must not be written over by an earlier one. */
static void
refresh (MrStatisticsWindow *self)
{
  MrClient *client = mr_desk_get_client (self->desk);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  mr_client_get_statistics_async (client, get_span (self), get_kind (self), NULL, self->cancellable, statistics_cb,
                                  self);
  mr_client_list_queue_ages_async (client, self->cancellable, ages_cb, self);
}

static gboolean
timer_cb (gpointer data)
{
  MrStatisticsWindow *self = data;

  self->timer = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
queue_changed_cb (MrStatisticsWindow *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (AGAIN_MS, timer_cb, self);
}

static void
span_toggled_cb (MrStatisticsWindow *self, GtkToggleButton *button)
{
  if (self->desk != NULL && gtk_toggle_button_get_active (button))
    refresh (self);
}

static void
kind_selected_cb (MrStatisticsWindow *self)
{
  if (self->desk != NULL)
    refresh (self);
}

/* ---- files ---- */

static void
csv_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MrStatisticsWindow) self = data;
  g_autoptr (GPtrArray) slots = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) error = NULL;

  if (!mr_client_get_statistics_finish (MR_CLIENT (source), result, &slots, &names, &error)) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not read the statistics"), error);
    return;
  }
  /* One file with two tables: over time, an empty line, by name. */
  g_autofree char *times = mr_statistics_dup_csv (slots, MR_STATISTIC_ALL);
  g_autofree char *rows = mr_statistics_dup_csv (names, get_kind (self));
  g_autofree char *text = g_strconcat (times, "\r\n", rows, NULL);
  mr_export_text (GTK_WINDOW (self), _ ("Save Statistics"), "mail-relay-statistics.csv", text);
}

static void
export_clicked_cb (MrStatisticsWindow *self)
{
  mr_client_get_statistics_async (mr_desk_get_client (self->desk), get_span (self), get_kind (self), NULL, NULL, csv_cb,
                                  g_object_ref (self));
}

static void
audit_export_clicked_cb (MrStatisticsWindow *self)
{
  mr_export_audit (self->desk, GTK_WINDOW (self));
}

/* ---- the switch of the audit log ---- */

static void
show_audit (MrStatisticsWindow *self)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);

  if (status == NULL)
    return;
  self->setting_audit = TRUE;
  gtk_switch_set_active (self->audit, status->audit);
  gtk_switch_set_state (self->audit, status->audit);
  self->setting_audit = FALSE;
}

static void
audit_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MrStatisticsWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (mr_client_set_config_finish (MR_CLIENT (source), result, &error))
    return;
  mr_toast_show_error (GTK_WIDGET (self), _ ("Could not change the audit log"), error);
  if (self->desk != NULL)
    show_audit (self);
}

/* The switch moves over when the service says that it is so. */
static gboolean
audit_set_cb (MrStatisticsWindow *self, gboolean on)
{
  if (self->setting_audit || self->desk == NULL)
    return FALSE;
  mr_client_set_config_async (mr_desk_get_client (self->desk), "audit", "enabled", on ? "true" : "false", NULL,
                              audit_done_cb, g_object_ref (self));
  return TRUE;
}

/* ---- class ---- */

static void
mr_statistics_window_dispose (GObject *object)
{
  MrStatisticsWindow *self = MR_STATISTICS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_statistics_window_parent_class)->dispose (object);
}

static void
mr_statistics_window_finalize (GObject *object)
{
  MrStatisticsWindow *self = MR_STATISTICS_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->row_items);
  g_clear_object (&self->queue_items);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_ptr_array_unref (self->time_rows);
  G_OBJECT_CLASS (mr_statistics_window_parent_class)->finalize (object);
}

static void
mr_statistics_window_init (MrStatisticsWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->time_rows = g_ptr_array_new ();
  self->row_items = g_list_store_new (MR_TYPE_RECORD_ITEM);
  self->queue_items = g_list_store_new (MR_TYPE_RECORD_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_bind_model (self->rows, G_LIST_MODEL (self->row_items), create_row_cb, self, NULL);
  gtk_list_box_bind_model (self->queue, G_LIST_MODEL (self->queue_items), create_queue_row_cb, self, NULL);
  gtk_widget_set_visible (self->queue_group, FALSE);
}

static void
bind (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, export);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, queue_group);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, times_group);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, rows_group);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, day);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, month);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, year);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, summary);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, stack);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, chart);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, times);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, kind);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, rows);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, queue);
  gtk_widget_class_bind_template_child (klass, MrStatisticsWindow, audit);
  gtk_widget_class_bind_template_callback (klass, span_toggled_cb);
  gtk_widget_class_bind_template_callback (klass, kind_selected_cb);
  gtk_widget_class_bind_template_callback (klass, export_clicked_cb);
  gtk_widget_class_bind_template_callback (klass, audit_export_clicked_cb);
  gtk_widget_class_bind_template_callback (klass, audit_set_cb);
}

static void
mr_statistics_window_class_init (MrStatisticsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_CHART);
  G_OBJECT_CLASS (klass)->dispose = mr_statistics_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_statistics_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/statistics-window.ui");
  bind (widget_class);
}

GtkWidget *
mr_statistics_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrStatisticsWindow *self = g_object_new (MR_TYPE_STATISTICS_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  g_signal_connect_object (desk, "queue-changed", G_CALLBACK (queue_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (desk, "status-changed", G_CALLBACK (show_audit), self, G_CONNECT_SWAPPED);
  show_audit (self);
  refresh (self);
  return GTK_WIDGET (self);
}
