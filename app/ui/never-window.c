/* The list may be long (a hundred thousand addresses): it is fetched as a whole, filtered here, and only the first rows are shown; the search finds the
 * others. It is fetched anew at most once a second, and replaced only where it differs, so that the focus stays.
 */
#include "config.h"

#include "ui/never-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/never-text.h"
#include "client/returned-calls.h"
#include "ui/export-never.h"
#include "ui/format.h"
#include "ui/open-message.h"
#include "ui/record-item.h"
#include "ui/toast.h"

#define SHOWN_MAX     50
#define PAUSE_SECONDS 1
#define REFUSE_GROUP  "submission"
#define REFUSE_KEY    "refuse-never-write"

struct _MrNeverWindow {
  AdwWindow parent_instance;
  GtkStack *stack;
  GtkSearchEntry *search;
  GtkListBox *list;
  GtkWidget *add, *export, *no_match;
  GtkLabel *more;
  GtkEditable *address, *reason;
  GtkSwitch *refuse;

  MrDesk *desk;
  GListStore *records; /* of MrRecordItem with MrNeverRecord, newest first */
  GtkFilterListModel *found;
  GtkCustomFilter *filter;
  GtkSliceListModel *shown;
  MrNeverRecord *removed; /* that "Undo" puts back */
  GCancellable *cancellable;
  guint pause;
  gboolean fetching, again, loaded;
  gboolean setting_refuse; /* by us, not by the person */
};

G_DEFINE_FINAL_TYPE (MrNeverWindow, mr_never_window, ADW_TYPE_WINDOW)

static void fetch (MrNeverWindow *self);

/* ---- faces ---- */

static void
update (MrNeverWindow *self)
{
  guint all = g_list_model_get_n_items (G_LIST_MODEL (self->records));
  guint found = g_list_model_get_n_items (G_LIST_MODEL (self->found));

  gtk_stack_set_visible_child_name (self->stack, !self->loaded ? "loading" : all > 0 ? "list" : "empty");
  gtk_widget_set_sensitive (self->export, all > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->list), found > 0);
  gtk_widget_set_visible (self->no_match, all > 0 && found == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->more), found > SHOWN_MAX);
  if (found > SHOWN_MAX) {
    g_autofree char *text = g_strdup_printf (
        ngettext ("And %u more: search for it.", "And %u more: search for them.", found - SHOWN_MAX),
        found - SHOWN_MAX);
    gtk_label_set_text (self->more, text);
  }
}

static gboolean
matches (gpointer item, gpointer data)
{
  MrNeverWindow *self = data;
  const MrNeverRecord *record = mr_record_item_get (item);
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_autofree char *address = g_utf8_casefold (record->address, -1);
  g_autofree char *reason = g_utf8_casefold (record->reason != NULL ? record->reason : "", -1);

  g_strstrip (wanted);
  return strstr (address, wanted) != NULL || strstr (reason, wanted) != NULL;
}

static void
search_changed_cb (MrNeverWindow *self)
{
  if (self->desk == NULL)
    return;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

/* ---- fetching ---- */

static gboolean
is_same (MrNeverWindow *self, GPtrArray *records)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->records)) != records->len)
    return FALSE;
  for (guint i = 0; i < records->len; i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->records), i);
    const MrNeverRecord *old = mr_record_item_get (item), *new = records->pdata[i];
    if (old->added != new->added || g_strcmp0 (old->address, new->address) != 0
        || g_strcmp0 (old->reason, new->reason) != 0)
      return FALSE;
  }
  return TRUE;
}

static void
take_records (MrNeverWindow *self, GPtrArray *records)
{
  g_autoptr (GPtrArray) items = NULL;

  if (self->loaded && is_same (self, records))
    return;
  self->loaded = TRUE;
  items = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_set_free_func (records, NULL);
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (items, mr_record_item_new (records->pdata[i], (GDestroyNotify)mr_never_record_free));
  g_list_store_splice (self->records, 0, g_list_model_get_n_items (G_LIST_MODEL (self->records)), items->pdata,
                       items->len);
  update (self);
}

static gboolean
pause_over_cb (gpointer data)
{
  MrNeverWindow *self = data;

  self->pause = 0;
  if (self->again)
    fetch (self);
  return G_SOURCE_REMOVE;
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mr_client_list_never_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrNeverWindow *self = data;
  self->fetching = FALSE;
  if (records != NULL)
    take_records (self, records);
  else
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not read the list"), error);
  self->pause = g_timeout_add_seconds (PAUSE_SECONDS, pause_over_cb, self);
}

static void
fetch (MrNeverWindow *self)
{
  self->again = self->fetching || self->pause != 0;
  if (self->again)
    return;
  self->fetching = TRUE;
  mr_client_list_never_async (mr_desk_get_client (self->desk), self->cancellable, fetched_cb, self);
}

/* What a person has just done shows at once. */
static void
fetch_now (MrNeverWindow *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  fetch (self);
}

/* ---- adding and removing ---- */

static char *
dup_stripped (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_add_never_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrNeverWindow *self = data;
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not add the address"), error);
    return;
  }
  gtk_editable_set_text (self->address, "");
  gtk_editable_set_text (self->reason, "");
  fetch_now (self);
}

static void
add_clicked_cb (MrNeverWindow *self)
{
  g_autofree char *address = dup_stripped (self->address);
  g_autofree char *reason = dup_stripped (self->reason);

  if (*address != '\0')
    mr_client_add_never_async (mr_desk_get_client (self->desk), address, reason, NULL, self->cancellable, added_cb,
                               self);
}

static void
address_changed_cb (MrNeverWindow *self)
{
  g_autofree char *address = dup_stripped (self->address);

  gtk_widget_set_sensitive (self->add, *address != '\0');
}

static void
put_back_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_add_never_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ok)
    mr_toast_show_error (data, _ ("Could not add the address"), error);
  fetch_now (data);
}

static void
undo_clicked_cb (MrNeverWindow *self)
{
  g_autoptr (MrNeverRecord) record = g_steal_pointer (&self->removed);

  if (record != NULL)
    mr_client_add_never_async (mr_desk_get_client (self->desk), record->address, record->reason, record->message_id,
                               self->cancellable, put_back_cb, self);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_remove_never_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrNeverWindow *self = data;
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not remove the address"), error);
  } else if (self->removed != NULL) {
    g_autofree char *text = g_strdup_printf (_ ("%s is off the list"), self->removed->address);
    mr_toast_show_button (GTK_WIDGET (self), text, _ ("Undo"), G_CALLBACK (undo_clicked_cb), G_OBJECT (self));
  }
  fetch_now (self);
}

static void
remove_clicked_cb (MrNeverWindow *self, GtkButton *button)
{
  const MrNeverRecord *record = mr_record_item_get (g_object_get_data (G_OBJECT (button), "item"));

  g_clear_pointer (&self->removed, mr_never_record_free);
  self->removed = mr_never_record_new (record->address);
  self->removed->reason = g_strdup (record->reason);
  self->removed->message_id = g_strdup (record->message_id);
  mr_client_remove_never_async (mr_desk_get_client (self->desk), record->address, self->cancellable, removed_cb, self);
}

/* ---- rows ---- */

static void
show_clicked_cb (MrNeverWindow *self, GtkButton *button)
{
  const MrNeverRecord *record = mr_record_item_get (g_object_get_data (G_OBJECT (button), "item"));

  if (mr_open_message (GTK_WIDGET (self), record->message_id))
    gtk_window_close (GTK_WINDOW (self));
}

static void
add_button (MrNeverWindow *self, GtkWidget *box, gpointer item, const char *icon, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "item", g_object_ref (item), g_object_unref);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
}

/* Lines that do not wrap: fifty that do take GTK seconds to measure. */
static void
add_line (GtkWidget *lines, const char *text, const char *style, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  if (style != NULL) {
    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, style);
  }
  gtk_widget_set_tooltip_text (label, text);
  gtk_box_append (GTK_BOX (lines), label);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer data)
{
  MrNeverWindow *self = data;
  const MrNeverRecord *record = mr_record_item_get (item);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *when = mr_format_time (record->added);
  g_autofree char *since = g_strdup_printf (_ ("since %s"), when);
  g_autofree char *remove_name = g_strdup_printf (_ ("Write to %s again"), record->address);

  add_line (lines, record->address, NULL, PANGO_ELLIPSIZE_MIDDLE);
  if (record->reason != NULL && *record->reason != '\0')
    add_line (lines, record->reason, "dim-label", PANGO_ELLIPSIZE_END);
  add_line (lines, since, "dim-label", PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), lines);
  if (record->message_id != NULL && mr_open_message_can (GTK_WIDGET (self))) {
    g_autofree char *show_name = g_strdup_printf (_ ("Show the message to %s that led to it"), record->address);
    add_button (self, box, item, "mail-read-symbolic", show_name, G_CALLBACK (show_clicked_cb));
  }
  add_button (self, box, item, "user-trash-symbolic", remove_name, G_CALLBACK (remove_clicked_cb));
  gtk_widget_add_css_class (box, "list-heading");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, record->address, -1);
  return row;
}

/* ---- setting and export ---- */

static void
show_refuse (MrNeverWindow *self, gboolean refuse)
{
  self->setting_refuse = TRUE;
  gtk_switch_set_active (self->refuse, refuse);
  self->setting_refuse = FALSE;
}

static void
refuse_known_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = mr_client_get_config_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrNeverWindow *self = data;
  gtk_widget_set_sensitive (GTK_WIDGET (self->refuse), value != NULL);
  if (value != NULL)
    show_refuse (self, g_str_equal (value, "true"));
}

static void
refuse_set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (mr_client_set_config_finish (MR_CLIENT (source), result, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrNeverWindow *self = data;
  mr_toast_show_error (GTK_WIDGET (self), _ ("Could not change that"), error);
  show_refuse (self, !gtk_switch_get_active (self->refuse));
}

static void
refuse_changed_cb (MrNeverWindow *self)
{
  if (self->desk == NULL || self->setting_refuse)
    return;
  mr_client_set_config_async (mr_desk_get_client (self->desk), REFUSE_GROUP, REFUSE_KEY,
                              gtk_switch_get_active (self->refuse) ? "true" : "false", self->cancellable, refuse_set_cb,
                              self);
}

static void
export_clicked_cb (MrNeverWindow *self)
{
  mr_export_never (G_LIST_MODEL (self->records), GTK_WINDOW (self));
}

/* ---- class ---- */

static void
mr_never_window_dispose (GObject *object)
{
  MrNeverWindow *self = MR_NEVER_WINDOW (object);

  g_clear_handle_id (&self->pause, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->desk != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->shown);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);
  g_clear_object (&self->records);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_never_window_parent_class)->dispose (object);
}

static void
mr_never_window_finalize (GObject *object)
{
  MrNeverWindow *self = MR_NEVER_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->removed, mr_never_record_free);
  G_OBJECT_CLASS (mr_never_window_parent_class)->finalize (object);
}

static void
mr_never_window_init (MrNeverWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->records = g_list_store_new (MR_TYPE_RECORD_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->found = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->records)),
                                           g_object_ref (GTK_FILTER (self->filter)));
  self->shown = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->found)), 0, SHOWN_MAX);
}

static void
mr_never_window_class_init (MrNeverWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_never_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_never_window_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/never-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, search);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, add);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, export);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, no_match);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, more);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, address);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, reason);
  gtk_widget_class_bind_template_child (widget_class, MrNeverWindow, refuse);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, refuse_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_never_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrNeverWindow *self = g_object_new (MR_TYPE_NEVER_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), create_row_cb, self, NULL);
  g_signal_connect_object (desk, "queue-changed", G_CALLBACK (fetch), self, G_CONNECT_SWAPPED);
  update (self);
  fetch (self);
  mr_client_get_config_async (mr_desk_get_client (desk), REFUSE_GROUP, REFUSE_KEY, self->cancellable, refuse_known_cb,
                              self);
  return GTK_WIDGET (self);
}
