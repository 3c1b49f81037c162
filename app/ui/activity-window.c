/* The service is asked twice a second while the window is there, and never else: what is on its way costs nothing unless somebody looks. */
#include "config.h"

#include "ui/activity-window.h"

#include <glib/gi18n-lib.h>

#include "client/activity-calls.h"
#include "ui/activity-row.h"
#include "ui/toast.h"

#define FETCH_MS 500

struct _MrActivityWindow {
  AdwWindow parent_instance;
  GtkStack *stack;
  GtkListBox *list;

  MrDesk *desk;
  GHashTable *rows; /* "session id" → MrActivityRow, borrowed from the list */
  guint timer;
  gboolean fetching;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrActivityWindow, mr_activity_window, ADW_TYPE_WINDOW)

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint count = 0;
  gboolean ok = mr_client_stop_sending_finish (MR_CLIENT (source), result, &count, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrActivityWindow *self = data;
  if (!ok)
    mr_toast_show_error (GTK_WIDGET (self->stack), _ ("Could not end the transmission"), error);
  else
    mr_toast_show (GTK_WIDGET (self->stack),
                   count > 0 ? _ ("Ended. The message is kept back.") : _ ("Too late: all of it is out already"));
}

static void
stop_cb (MrActivityWindow *self, const char *id)
{
  mr_client_stop_sending_async (mr_desk_get_client (self->desk), id, self->cancellable, stopped_cb, self);
}

/* Rows stay while their message is on its way, so that the focus does. */
static void
show_records (MrActivityWindow *self, GPtrArray *records)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key, row;

  for (guint i = 0; i < records->len; i++) {
    const MrActivityRecord *record = records->pdata[i];
    g_autofree char *name = g_strconcat (record->session != NULL ? record->session : "", " ", record->message_id, NULL);
    const MrAccountRecord *account = mr_desk_find_account (self->desk, record->account);

    row = g_hash_table_lookup (self->rows, name);
    if (row == NULL) {
      row = mr_activity_row_new ();
      g_signal_connect_object (row, "stop", G_CALLBACK (stop_cb), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (self->list, row);
      g_hash_table_insert (self->rows, g_strdup (name), row);
    }
    mr_activity_row_set (row, record, account);
    g_hash_table_add (seen, g_steal_pointer (&name));
  }
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    if (!g_hash_table_contains (seen, key)) {
      gtk_list_box_remove (self->list, row);
      g_hash_table_iter_remove (&iter);
    }
  gtk_stack_set_visible_child_name (self->stack, records->len > 0 ? "rows" : "none");
}

static void
activity_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mr_client_list_activity_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrActivityWindow *self = data;
  self->fetching = FALSE;
  if (records != NULL)
    show_records (self, records);
}

static gboolean
fetch_cb (gpointer data)
{
  MrActivityWindow *self = data;
  MrClient *client = mr_desk_get_client (self->desk);

  if (self->fetching || !mr_client_is_connected (client))
    return G_SOURCE_CONTINUE;
  self->fetching = TRUE;
  mr_client_list_activity_async (client, self->cancellable, activity_cb, self);
  return G_SOURCE_CONTINUE;
}

static void
mr_activity_window_dispose (GObject *object)
{
  MrActivityWindow *self = MR_ACTIVITY_WINDOW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_activity_window_parent_class)->dispose (object);
}

static void
mr_activity_window_finalize (GObject *object)
{
  MrActivityWindow *self = MR_ACTIVITY_WINDOW (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->rows);
  G_OBJECT_CLASS (mr_activity_window_parent_class)->finalize (object);
}

static void
mr_activity_window_init (MrActivityWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_activity_window_class_init (MrActivityWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_activity_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_activity_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/activity-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrActivityWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MrActivityWindow, list);
}

GtkWidget *
mr_activity_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrActivityWindow *self = g_object_new (MR_TYPE_ACTIVITY_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  self->timer = g_timeout_add (FETCH_MS, fetch_cb, self);
  fetch_cb (self);
  return GTK_WIDGET (self);
}
