/* Lines and updates. The key is read by the service: no widget has it. */
#include "config.h"

#include "ui/domain-guide-zone.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/os.h"
#include "client/prove-calls.h"
#include "ui/copy-button.h"
#include "ui/domain-guide-record.h"
#include "ui/toast.h"

struct _MrGuideZone {
  AdwPreferencesGroup parent_instance;
  GtkLabel *lines;
  MrCopyButton *copy;
  GtkWidget *save, *update, *choose;
  AdwExpanderRow *update_row;
  AdwEntryRow *server, *key_file;

  MrGuideSession *session;
  GCancellable *cancellable;
  guint to_do; /* entries that an update would change */
};

G_DEFINE_FINAL_TYPE (MrGuideZone, mr_guide_zone, ADW_TYPE_PREFERENCES_GROUP)

/* ---- lines ---- */

static gboolean
is_to_do (GVariant *record)
{
  return strcmp (mr_guide_text (record, "state"), "done") != 0 && *mr_guide_text (record, "value") != '\0';
}

char *
mr_guide_zone_dup_lines (GVariant *plan)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));
  GString *out = g_string_new (NULL);

  for (gsize i = 0; records != NULL && i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    if (is_to_do (record))
      g_string_append_printf (out, "%s\n", mr_guide_text (record, "zone-line"));
  }
  return g_string_free (out, FALSE);
}

static guint
count_changes (GVariant *plan)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (plan, "records", G_VARIANT_TYPE ("aa{sv}"));
  guint n = 0;

  for (gsize i = 0; records != NULL && i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    n += is_to_do (record) && strcmp (mr_guide_text (record, "state"), "unknown") != 0;
  }
  return n;
}

static void
saved_cb (GtkNativeDialog *dialog, int response, MrGuideZone *self)
{
  GVariant *plan = self->session != NULL ? mr_guide_session_get_plan (self->session) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && plan != NULL) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL, *text = mr_guide_zone_dup_lines (plan);
    g_autoptr (GError) error = NULL;

    if (path == NULL)
      g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID, _ ("Choose a folder of this computer"));
    if (path == NULL || !mr_os_write_file (path, text, strlen (text), 0644, &error))
      mr_toast_show_error (GTK_WIDGET (self), _ ("Could not save the lines"), error);
    else
      mr_toast_show (GTK_WIDGET (self), _ ("Lines saved"));
  }
  g_object_unref (dialog);
}

static void
save_clicked_cb (MrGuideZone *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save Lines for a Zone File"),
                                                              GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autofree char *name = g_strconcat (mr_guide_session_get_domain (self->session), ".zone", NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (saved_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- updates ---- */

static char *
dup_field (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
update_changed_cb (MrGuideZone *self)
{
  g_autofree char *server = dup_field (self->server), *key_file = dup_field (self->key_file);

  gtk_widget_set_sensitive (self->update, *server != '\0' && *key_file != '\0' && self->to_do > 0);
}

static void
updated_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;
  gboolean ok = mr_client_update_records_finish (MR_CLIENT (source), result, &n, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideZone *self = data;
  update_changed_cb (self);
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("The entries were not changed"), error);
    return;
  }
  g_autofree char *words = g_strdup_printf (ngettext ("%u entry was changed", "%u entries were changed", n), n);
  mr_toast_show (GTK_WIDGET (self), words);
  mr_guide_session_plan (self->session);
}

static void
agreed_cb (MrGuideZone *self)
{
  g_autofree char *server = dup_field (self->server), *key_file = dup_field (self->key_file);

  if (self->session == NULL)
    return;
  gtk_widget_set_sensitive (self->update, FALSE);
  mr_client_update_records_async (mr_desk_get_client (mr_guide_session_get_desk (self->session)),
                                  mr_guide_session_get_domain (self->session),
                                  mr_guide_answers_to_options (mr_guide_session_get_answers (self->session)), server,
                                  key_file, self->cancellable, updated_cb, self);
}

static void
update_clicked_cb (MrGuideZone *self)
{
  g_autofree char *server = dup_field (self->server);
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u entry of %s is changed at the name server %s, as it is shown on this page.",
                "%u entries of %s are changed at the name server %s, as they are shown on this page. All of them are "
                "changed, or none.",
                self->to_do),
      self->to_do, mr_guide_session_get_domain (self->session), server);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              _ ("Change the Entries?"), text);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "change", _ ("Change Them"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "change", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::change", G_CALLBACK (agreed_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, MrGuideZone *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

    if (path != NULL)
      gtk_editable_set_text (GTK_EDITABLE (self->key_file), path);
  }
  g_object_unref (dialog);
}

static void
choose_clicked_cb (MrGuideZone *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Key of the Name Server"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), GTK_FILE_CHOOSER_ACTION_OPEN,
      _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
mr_guide_zone_show (MrGuideZone *self, GVariant *plan)
{
  g_autofree char *text = mr_guide_zone_dup_lines (plan);

  gtk_label_set_text (self->lines, *text != '\0' ? text : _ ("Nothing is missing."));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lines), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (self->lines), -1);
  mr_copy_button_set_text (self->copy, *text != '\0' ? text : NULL);
  gtk_widget_set_sensitive (self->save, *text != '\0');
  self->to_do = count_changes (plan);
  update_changed_cb (self);
}

void
mr_guide_zone_set_session (MrGuideZone *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
}

/* ---- class ---- */

static void
mr_guide_zone_dispose (GObject *object)
{
  MrGuideZone *self = MR_GUIDE_ZONE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (mr_guide_zone_parent_class)->dispose (object);
}

static void
mr_guide_zone_finalize (GObject *object)
{
  g_clear_object (&MR_GUIDE_ZONE (object)->cancellable);
  G_OBJECT_CLASS (mr_guide_zone_parent_class)->finalize (object);
}

static void
mr_guide_zone_init (MrGuideZone *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  mr_guide_break_anywhere (self->lines);
}

static void
mr_guide_zone_class_init (MrGuideZoneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_guide_zone_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_guide_zone_finalize;
  g_type_ensure (MR_TYPE_COPY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-zone.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, lines);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, copy);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, save);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, update);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, choose);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, update_row);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, server);
  gtk_widget_class_bind_template_child (widget_class, MrGuideZone, key_file);
  gtk_widget_class_bind_template_callback (widget_class, save_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_clicked_cb);
}
