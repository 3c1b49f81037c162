/* A message is fetched and taken apart off the main loop, with a cancellable that another message, closing and Cancel use alike. What is shown is
 * text: nothing is fetched from anywhere, a link is only opened by a person who has its real target before her eyes.
 */
#include "config.h"

#include "ui/message-preview.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/calls.h"
#include "mail/preview.h"
#include "ui/message-parts.h"
#include "ui/rich-view.h"

#define SOURCE_PAGE (64 * 1024)

struct _MrMessagePreview {
  AdwExpanderRow parent_instance;
  GtkStack *stack, *pages;
  GtkProgressBar *progress;
  GtkLabel *problem, *note, *headers;
  GtkWidget *form_box, *more_source;
  GtkToggleButton *plain_form, *html_form;
  MrRichView *text;
  GtkTextView *source;
  MrMessageParts *parts;

  MrClient *client;
  char *id; /* NULL: there is nothing to show */
  guint64 size;
  GCancellable *cancellable; /* of what is under way; NULL: nothing is */
  guint pulse;
  MrPreview *preview;
  gsize next_source;
};

G_DEFINE_FINAL_TYPE (MrMessagePreview, mr_message_preview, ADW_TYPE_EXPANDER_ROW)

static void
end_fetch (MrMessagePreview *self)
{
  g_clear_handle_id (&self->pulse, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
show_problem (MrMessagePreview *self, const char *text)
{
  gtk_label_set_text (self->problem, text);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

/* ---- what is shown ---- */

static void
show_form (MrMessagePreview *self)
{
  gboolean html = self->preview->html != NULL && gtk_toggle_button_get_active (self->html_form);

  mr_rich_view_set_text (self->text, html ? self->preview->html : self->preview->text);
}

static void
form_toggled_cb (MrMessagePreview *self)
{
  if (self->preview != NULL)
    show_form (self);
}

static const char *
note_for (const MrPreview *preview)
{
  if (preview->is_encrypted)
    return _ ("The text is encrypted: only its recipients can read it.");
  if (preview->truncated)
    return _ (
        "This is a part of it: the message is longer, or has more parts, than is shown here. Save it to see all.");
  if (preview->is_html)
    return _ ("The message is a web page; this is its text. Nothing was fetched for it.");
  if (*preview->text->text == '\0')
    return _ ("There is no text in it.");
  return NULL;
}

static char *
dup_headers (const MrPreview *preview)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < preview->fields->len; i++) {
    const MrMailField *field = preview->fields->pdata[i];
    g_autofree char *name = g_utf8_make_valid (field->name, -1);
    g_autofree char *markup = g_markup_printf_escaped ("%s<b>%s</b>: %s", i > 0 ? "\n" : "", name, field->value);

    g_string_append (out, markup);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
add_source (MrMessagePreview *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->source);
  g_autofree char *page = mr_preview_dup_source (self->preview, self->next_source, SOURCE_PAGE, &self->next_source);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, page, -1);
  gtk_widget_set_visible (self->more_source, self->next_source != 0);
}

static void
more_source_cb (MrMessagePreview *self)
{
  add_source (self);
  if (self->next_source == 0)
    gtk_widget_grab_focus (GTK_WIDGET (self->source));
}

static void
show_preview (MrMessagePreview *self)
{
  const char *note = note_for (self->preview);
  g_autofree char *headers = dup_headers (self->preview);

  gtk_toggle_button_set_active (self->plain_form, TRUE);
  gtk_widget_set_visible (self->form_box, self->preview->html != NULL);
  show_form (self);
  gtk_label_set_text (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
  gtk_label_set_markup (self->headers, headers);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->source), "", 0);
  self->next_source = 0;
  add_source (self);
  mr_message_parts_set_preview (self->parts, self->preview);
  gtk_stack_set_visible_child_name (self->pages, "text");
  gtk_stack_set_visible_child_name (self->stack, "message");
}

/* ---- fetching ---- */

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, mr_preview_read (data), (GDestroyNotify)mr_preview_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  MrPreview *preview = g_task_propagate_pointer (G_TASK (result), &error);

  if (preview == NULL) /* cancelled */
    return;
  MrMessagePreview *self = data;
  end_fetch (self);
  g_clear_pointer (&self->preview, mr_preview_free);
  self->preview = preview;
  show_preview (self);
}

static void
body_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mr_client_get_body_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrMessagePreview *self = data;
  if (bytes == NULL) {
    end_fetch (self);
    show_problem (self, error->message);
    return;
  }
  /* Without a source object: the row may be gone before the thread ends, and is only touched where nobody cancelled. */
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, read_cb, self);
  g_task_set_task_data (task, g_steal_pointer (&bytes), (GDestroyNotify)g_bytes_unref);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
pulse_cb (gpointer data)
{
  gtk_progress_bar_pulse (((MrMessagePreview *)data)->progress);
  return G_SOURCE_CONTINUE;
}

static void
fetch (MrMessagePreview *self)
{
  g_autofree char *size = g_format_size (self->size);
  g_autofree char *text = g_strdup_printf (_ ("Fetching the message (%s)…"), size);

  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_text (self->progress, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  self->pulse = g_timeout_add (100, pulse_cb, self);
  mr_client_get_body_async (self->client, self->id, self->cancellable, body_cb, self);
}

static void
expanded_cb (MrMessagePreview *self)
{
  gboolean open = adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self));

  if (open && self->id != NULL && self->client != NULL && self->preview == NULL && self->cancellable == NULL)
    fetch (self);
  else if (!open && self->cancellable != NULL)
    end_fetch (self);
}

static void
cancel_clicked_cb (MrMessagePreview *self)
{
  end_fetch (self);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), FALSE);
}

/* ---- life ---- */

void
mr_message_preview_set_client (MrMessagePreview *self, MrClient *client)
{
  g_return_if_fail (MR_IS_MESSAGE_PREVIEW (self));
  g_set_object (&self->client, client);
}

void
mr_message_preview_set_message (MrMessagePreview *self, const char *id, gboolean has_body, guint64 size)
{
  g_return_if_fail (MR_IS_MESSAGE_PREVIEW (self));

  if (!has_body)
    id = NULL;
  gtk_widget_set_sensitive (GTK_WIDGET (self), id != NULL);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), id != NULL ? _ ("Text, headers, source and attachments")
                                                                     : _ ("The text is no longer kept here"));
  if (g_strcmp0 (self->id, id) == 0)
    return;
  end_fetch (self);
  g_clear_pointer (&self->preview, mr_preview_free);
  mr_message_parts_set_preview (self->parts, NULL);
  g_free (self->id);
  self->id = g_strdup (id);
  self->size = size;
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), FALSE);
}

static void
mr_message_preview_dispose (GObject *object)
{
  MrMessagePreview *self = MR_MESSAGE_PREVIEW (object);

  end_fetch (self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (mr_message_preview_parent_class)->dispose (object);
}

static void
mr_message_preview_finalize (GObject *object)
{
  MrMessagePreview *self = MR_MESSAGE_PREVIEW (object);

  g_clear_pointer (&self->preview, mr_preview_free);
  g_free (self->id);
  G_OBJECT_CLASS (mr_message_preview_parent_class)->finalize (object);
}

static void
mr_message_preview_init (MrMessagePreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (expanded_cb), NULL);
}

static void
mr_message_preview_class_init (MrMessagePreviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_RICH_VIEW);
  g_type_ensure (MR_TYPE_MESSAGE_PARTS);
  G_OBJECT_CLASS (klass)->dispose = mr_message_preview_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_message_preview_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/message-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, stack);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, pages);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, progress);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, problem);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, note);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, headers);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, form_box);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, plain_form);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, html_form);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, text);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, source);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, more_source);
  gtk_widget_class_bind_template_child (widget_class, MrMessagePreview, parts);
  gtk_widget_class_bind_template_callback (widget_class, form_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_source_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}
