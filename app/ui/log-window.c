/* The log is asked for again while the window is there: that alone makes the service keep what is said on its connections. At most
 * MR_LOG_WINDOW_LINES lines are kept, whatever the filter shows of them.
 */
#include "config.h"

#include "ui/log-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/os.h"
#include "client/log-lines.h"
#include "ui/toast.h"

#define FETCH_MS     500
#define FETCH_LINES  2000
#define SESSIONS_MAX 100

struct _MrLogWindow {
  AdwWindow parent_instance;
  GtkSearchEntry *search;
  GtkDropDown *level, *session;
  GtkToggleButton *pause;
  GtkScrolledWindow *scroller;
  GtkTextView *view;
  GtkStack *stack;

  MrDesk *desk;
  GQueue lines; /* char * */
  GtkStringList *sessions;
  guint shown; /* lines in the view */
  guint64 last;
  guint timer;
  gboolean fetching;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrLogWindow, mr_log_window, ADW_TYPE_WINDOW)

/* ---- filter ---- */

static MrLogLevel
wanted_level (MrLogWindow *self)
{
  static const MrLogLevel levels[] = { MR_LOG_DEBUG, MR_LOG_INFO, MR_LOG_WARNING, MR_LOG_ERROR };
  guint i = gtk_drop_down_get_selected (self->level);

  return i < G_N_ELEMENTS (levels) ? levels[i] : MR_LOG_DEBUG;
}

static const char *
wanted_session (MrLogWindow *self)
{
  guint i = gtk_drop_down_get_selected (self->session);

  return i > 0 && i != GTK_INVALID_LIST_POSITION ? gtk_string_list_get_string (self->sessions, i) : NULL;
}

static gboolean
is_wanted (MrLogWindow *self, const char *line)
{
  return mr_log_line_matches (line, wanted_level (self), wanted_session (self),
                              gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
note_session (MrLogWindow *self, const char *line)
{
  g_autofree char *session = mr_log_line_dup_session (line);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sessions));

  /* A name comes in many lines in a row: the newest stand at the end. */
  for (guint i = n; session != NULL && i-- > 1;)
    if (g_str_equal (gtk_string_list_get_string (self->sessions, i), session))
      return;
  if (session == NULL)
    return;
  gtk_string_list_append (self->sessions, session);
  if (n > SESSIONS_MAX && gtk_drop_down_get_selected (self->session) != 1)
    gtk_string_list_remove (self->sessions, 1);
}

/* ---- lines ---- */

static void
append_to_view (MrLogWindow *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, text, -1);
}

static void
trim_view (MrLogWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  if (self->shown <= MR_LOG_WINDOW_LINES)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_line (buffer, &end, (int)(self->shown - MR_LOG_WINDOW_LINES));
  gtk_text_buffer_delete (buffer, &start, &end);
  self->shown = MR_LOG_WINDOW_LINES;
}

static void
update_stack (MrLogWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, self->shown > 0 ? "lines" : "none");
}

static gboolean
is_at_end (MrLogWindow *self)
{
  GtkAdjustment *a = gtk_scrolled_window_get_vadjustment (self->scroller);

  return gtk_adjustment_get_value (a) + gtk_adjustment_get_page_size (a) >= gtk_adjustment_get_upper (a) - 40;
}

static void
scroll_to_end (MrLogWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  GtkTextMark *mark = gtk_text_buffer_get_mark (buffer, "end");
  if (mark == NULL)
    mark = gtk_text_buffer_create_mark (buffer, "end", &end, FALSE);
  gtk_text_view_scroll_to_mark (self->view, mark, 0, TRUE, 0, 1);
}

static void
take_lines (MrLogWindow *self, char **lines)
{
  gboolean follows = is_at_end (self);
  g_autoptr (GString) text = g_string_new (NULL);

  if (lines[0] == NULL)
    return;
  for (guint i = 0; lines[i] != NULL; i++) {
    note_session (self, lines[i]);
    if (is_wanted (self, lines[i])) {
      g_string_append_printf (text, "%s\n", lines[i]);
      self->shown++;
    }
    g_queue_push_tail (&self->lines, g_strdup (lines[i]));
    if (g_queue_get_length (&self->lines) > MR_LOG_WINDOW_LINES)
      g_free (g_queue_pop_head (&self->lines));
  }
  append_to_view (self, text->str);
  trim_view (self);
  update_stack (self);
  if (follows)
    scroll_to_end (self);
}

static void
filter_changed_cb (MrLogWindow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  self->shown = 0;
  for (GList *l = self->lines.head; l != NULL; l = l->next)
    if (is_wanted (self, l->data)) {
      g_string_append_printf (text, "%s\n", (char *)l->data);
      self->shown++;
    }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text->str, (int)text->len);
  update_stack (self);
  scroll_to_end (self);
}

/* Escape: first the search, then the window. */
static void
stop_search_cb (MrLogWindow *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* ---- fetching ---- */

static void
log_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 last = 0;
  g_auto (GStrv) lines = mr_client_get_log_finish (MR_CLIENT (source), result, &last, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrLogWindow *self = data;
  self->fetching = FALSE;
  if (lines == NULL) /* the service went; the window behind this one says so */
    return;
  self->last = last;
  take_lines (self, lines);
}

static gboolean
fetch_cb (gpointer data)
{
  MrLogWindow *self = data;
  MrClient *client = mr_desk_get_client (self->desk);

  if (self->fetching || !mr_client_is_connected (client) || gtk_toggle_button_get_active (self->pause))
    return G_SOURCE_CONTINUE;
  self->fetching = TRUE;
  mr_client_get_log_async (client, self->last, FETCH_LINES, self->cancellable, log_cb, self);
  return G_SOURCE_CONTINUE;
}

/* ---- copy and save ---- */

static char *
dup_shown (MrLogWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
copy_clicked_cb (MrLogWindow *self)
{
  g_autofree char *text = dup_shown (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  mr_toast_show (GTK_WIDGET (self->view), _ ("The lines shown are in the clipboard"));
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, MrLogWindow *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                                           : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL, *text = NULL;
  g_autoptr (GError) error = NULL;

  if (path != NULL && self->desk != NULL) {
    text = dup_shown (self);
    if (mr_os_write_file (path, text, strlen (text), 0600, &error))
      mr_toast_show (GTK_WIDGET (self->view), _ ("The log was saved"));
    else
      mr_toast_show_error (GTK_WIDGET (self->view), _ ("Could not save the log"), error);
  }
  g_object_unref (self);
  g_object_unref (dialog);
}

static void
save_clicked_cb (MrLogWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save the Log"), GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "mail-relay.log");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), g_object_ref (self));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- life ---- */

static void
mr_log_window_dispose (GObject *object)
{
  MrLogWindow *self = MR_LOG_WINDOW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  g_queue_clear_full (&self->lines, g_free);
  G_OBJECT_CLASS (mr_log_window_parent_class)->dispose (object);
}

static void
mr_log_window_finalize (GObject *object)
{
  MrLogWindow *self = MR_LOG_WINDOW (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->sessions);
  G_OBJECT_CLASS (mr_log_window_parent_class)->finalize (object);
}

static void
mr_log_window_init (MrLogWindow *self)
{
  const char *const all[] = { _ ("All connections"), NULL };

  self->cancellable = g_cancellable_new ();
  self->sessions = gtk_string_list_new (all);
  gtk_widget_init_template (GTK_WIDGET (self));
  /* What a program writes goes from left to right, also where people read the other way. */
  gtk_widget_set_direction (GTK_WIDGET (self->view), GTK_TEXT_DIR_LTR);
  gtk_drop_down_set_model (self->session, G_LIST_MODEL (self->sessions));
  g_signal_connect_object (self->level, "notify::selected", G_CALLBACK (filter_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::selected", G_CALLBACK (filter_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
mr_log_window_class_init (MrLogWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_log_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_log_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/log-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, search);
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, level);
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, session);
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, pause);
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, view);
  gtk_widget_class_bind_template_child (widget_class, MrLogWindow, stack);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_clicked_cb);
}

GtkWidget *
mr_log_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrLogWindow *self = g_object_new (MR_TYPE_LOG_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  self->timer = g_timeout_add (FETCH_MS, fetch_cb, self);
  fetch_cb (self);
  return GTK_WIDGET (self);
}
