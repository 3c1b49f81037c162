/* The rows are made anew with each answer: there are as many as keys. Nobody is asked on the network before the button is pressed. */
#include "config.h"

#include "ui/signature-row.h"

#include <glib/gi18n-lib.h>

#include "client/signature-calls.h"
#include "ui/toast.h"

struct _MrSignatureRow {
  AdwExpanderRow parent_instance;
  MrClient *client;
  GCancellable *cancellable; /* of the call; NULL: none */
  char *id;
  guint n_attempts;
  gboolean known, checked;
  GPtrArray *rows; /* borrowed widgets */
  AdwActionRow *check_row;
  GtkWidget *check_button, *spinner;
};

G_DEFINE_FINAL_TYPE (MrSignatureRow, mr_signature_row, ADW_TYPE_EXPANDER_ROW)

static void
set_row_text (GtkWidget *row, const char *title, const char *subtitle)
{
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
}

static void
add_row (MrSignatureRow *self, const char *title, const char *subtitle, const char *icon_name, const char *style)
{
  GtkWidget *row = adw_action_row_new ();

  set_row_text (row, title, subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  if (icon_name != NULL) {
    GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);

    gtk_widget_add_css_class (icon, style);
    /* The words say it. */
    gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  }
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
add_signature (MrSignatureRow *self, const MrSignatureRecord *record)
{
  g_autofree char *title = mr_signature_dup_title (record);
  g_autofree char *key = mr_signature_dup_key (record);
  g_autofree char *finding = mr_signature_dup_finding (record);
  g_autofree char *subtitle = finding != NULL ? g_strdup_printf ("%s\n%s", key, finding) : g_strdup (key);
  gboolean good = g_strcmp0 (record->result, "pass") == 0, unknown = g_strcmp0 (record->result, "temperror") == 0;

  add_row (self, title, subtitle,
           record->result == NULL ? NULL
           : good                 ? "emblem-ok-symbolic"
           : unknown              ? "dialog-question-symbolic"
                                  : "dialog-warning-symbolic",
           good      ? "success"
           : unknown ? "dim-label"
                     : "warning");
}

static void
clear_rows (MrSignatureRow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->check_row), FALSE);
}

static void
show_busy (MrSignatureRow *self, gboolean busy)
{
  gtk_widget_set_visible (self->spinner, busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_sensitive (self->check_button, !busy);
}

static void
show (MrSignatureRow *self, GPtrArray *records)
{
  clear_rows (self);
  for (guint i = 0; i < records->len; i++)
    add_signature (self, g_ptr_array_index (records, i));
  if (records->len == 0)
    add_row (self, _ ("Not signed here"),
             _ ("No key of this computer signs mail of this sender. A provider signs what goes through it by itself."),
             NULL, NULL);
  /* The question stands below what it is about. */
  g_object_ref (self->check_row);
  adw_expander_row_remove (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->check_row));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->check_row));
  g_object_unref (self->check_row);
  gtk_widget_set_visible (GTK_WIDGET (self->check_row), records->len > 0);
  gtk_button_set_label (GTK_BUTTON (self->check_button), self->checked ? _ ("Check Again") : _ ("Check"));
}

static void
end_call (MrSignatureRow *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = mr_client_list_signatures_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSignatureRow *self = data;
  g_clear_object (&self->cancellable);
  show_busy (self, FALSE);
  if (records == NULL) {
    mr_toast_show_error (data, _ ("Could not look at the signatures"), error);
    return;
  }
  self->known = TRUE;
  show (self, records);
}

static void
fetch (MrSignatureRow *self, gboolean check)
{
  end_call (self);
  self->cancellable = g_cancellable_new ();
  self->checked = check;
  show_busy (self, check);
  mr_client_list_signatures_async (self->client, self->id, check, self->cancellable, listed_cb, self);
}

static void
check_clicked_cb (MrSignatureRow *self)
{
  if (self->client != NULL && self->id != NULL)
    fetch (self, TRUE);
}

static void
expanded_cb (MrSignatureRow *self)
{
  if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)) && !self->known && self->client != NULL
      && self->id != NULL && self->cancellable == NULL)
    fetch (self, FALSE);
}

void
mr_signature_row_set_client (MrSignatureRow *self, MrClient *client)
{
  g_return_if_fail (MR_IS_SIGNATURE_ROW (self));
  g_set_object (&self->client, client);
}

void
mr_signature_row_set_message (MrSignatureRow *self, const char *id, guint n_attempts)
{
  g_return_if_fail (MR_IS_SIGNATURE_ROW (self));

  gboolean same = g_strcmp0 (self->id, id) == 0;
  if (same && self->n_attempts == n_attempts)
    return;
  end_call (self);
  show_busy (self, FALSE);
  self->n_attempts = n_attempts;
  self->known = FALSE;
  if (!same) {
    g_free (self->id);
    self->id = g_strdup (id);
    clear_rows (self);
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), FALSE);
  }
  expanded_cb (self);
}

/* ---- class ---- */

static void
mr_signature_row_dispose (GObject *object)
{
  MrSignatureRow *self = MR_SIGNATURE_ROW (object);

  end_call (self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (mr_signature_row_parent_class)->dispose (object);
}

static void
mr_signature_row_finalize (GObject *object)
{
  MrSignatureRow *self = MR_SIGNATURE_ROW (object);

  g_ptr_array_unref (self->rows);
  g_free (self->id);
  G_OBJECT_CLASS (mr_signature_row_parent_class)->finalize (object);
}

static void
mr_signature_row_init (MrSignatureRow *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (expanded_cb), NULL);
}

static void
mr_signature_row_class_init (MrSignatureRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_signature_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_signature_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/signature-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrSignatureRow, check_row);
  gtk_widget_class_bind_template_child (widget_class, MrSignatureRow, check_button);
  gtk_widget_class_bind_template_child (widget_class, MrSignatureRow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, check_clicked_cb);
}
