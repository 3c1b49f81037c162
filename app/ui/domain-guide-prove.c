/* The lines are explained here, as mail-relayctl domain explain-headers does it; signatures are the service's affair: they need the DNS. */
#include "config.h"

#include "ui/domain-guide-prove.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "client/prove-calls.h"
#include "client/read-file.h"
#include "mail/address.h"
#include "ndr/header-lines.h"
#include "ui/account-assistant-message.h"
#include "ui/domain-finding-row.h"
#include "ui/toast.h"

#define FILE_MAX  (64 * 1024 * 1024)
#define SHOWN_MAX 400 /* characters of a line */

struct _MrGuideProve {
  AdwBin parent_instance;
  AdwEntryRow *from, *to;
  GtkWidget *send, *explain, *open, *area, *answer, *checked;
  GtkLabel *sent, *verdict, *checked_words;
  GtkTextView *text;
  GtkListBox *lines, *signatures;

  MrGuideSession *session;
  GCancellable *cancellable; /* of the page */
  GCancellable *reading;     /* of the last text: its file, its signatures */
};

G_DEFINE_FINAL_TYPE (MrGuideProve, mr_guide_prove, ADW_TYPE_BIN)

/* ---- the test message ---- */

static char *
dup_address (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
addresses_changed_cb (MrGuideProve *self)
{
  g_autofree char *from = dup_address (self->from), *to = dup_address (self->to);

  gtk_widget_set_sensitive (self->send, mr_address_is_valid (from) && mr_address_is_valid (to));
}

static void
show_sent (MrGuideProve *self, const char *text)
{
  gtk_label_set_text (self->sent, text);
  gtk_widget_set_visible (GTK_WIDGET (self->sent), TRUE);
}

static void
submitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mr_client_submit_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideProve *self = data;
  addresses_changed_cb (self);
  if (id == NULL)
    mr_toast_show_error (GTK_WIDGET (self), _ ("The test message was not taken"), error);
  else
    show_sent (self, _ ("The test message is on its way. The outbox and the history show what becomes of it."));
}

static void
send_clicked_cb (MrGuideProve *self)
{
  g_autofree char *from = dup_address (self->from), *to = dup_address (self->to);
  const char *recipients[] = { to, NULL };
  g_autofree char *subject = g_strdup_printf (_ ("Test message for %s"), mr_guide_session_get_domain (self->session));
  g_autofree char *text = g_strconcat (_ ("This message was sent to see whether mail of the domain is believed."),
                                       "\r\n", _ ("Show its source, and paste it into the guide of Mail Relay."),
                                       "\r\n", NULL);
  g_autoptr (GError) error = NULL;

  if (!gtk_widget_get_sensitive (self->send))
    return;
  int fd = mr_assistant_open_message (from, to, subject, text, &error);
  if (fd < 0) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("The test message was not taken"), error);
    return;
  }
  gtk_widget_set_sensitive (self->send, FALSE);
  mr_client_submit_async (mr_desk_get_client (mr_guide_session_get_desk (self->session)), fd, from, recipients,
                          "mail-relay", self->cancellable, submitted_cb, self);
  close (fd);
}

/* ---- what the receiver found ---- */

/* Whoever wrote the header decided on its length; what is longer than this says nothing to a person, and takes the toolkit seconds. (transfer full) */
static char *
dup_cut (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, -1) <= SHOWN_MAX)
    return g_strdup (text);
  start = g_utf8_substring (text, 0, SHOWN_MAX);
  return g_strconcat (start, "…", NULL);
}

static GtkWidget *
new_line_row (MrFindingState state, const char *words_of_it, const char *quoted_text)
{
  g_autofree char *title = dup_cut (words_of_it), *subtitle = dup_cut (quoted_text);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *icon = mr_domain_state_icon_new (state);

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 10);
  gtk_widget_set_margin_bottom (box, 10);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (words), mr_domain_label_new (title, NULL));
  if (*subtitle != '\0') {
    GtkWidget *quoted = mr_domain_label_new (subtitle, "monospace");

    gtk_widget_add_css_class (quoted, "dim-label");
    gtk_box_append (GTK_BOX (words), quoted);
  }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return row;
}

static void
append_server (MrGuideProve *self, const MrHeaderLine *line)
{
  g_autofree char *server = dup_cut (line->server);
  g_autofree char *words = g_strdup_printf (line->arc ? _ ("%s, which passed it on, says:") : _ ("%s says:"), server);
  GtkWidget *row = gtk_list_box_row_new (), *label = mr_domain_label_new (words, "heading");

  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_top (label, 10);
  gtk_widget_set_margin_bottom (label, 10);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_list_box_append (self->lines, row);
}

static void
show_lines (MrGuideProve *self, GPtrArray *lines)
{
  static const MrFindingState states[] = { [MR_HEADER_LINE_GOOD] = MR_FINDING_GOOD,
                                           [MR_HEADER_LINE_BAD] = MR_FINDING_WRONG,
                                           [MR_HEADER_LINE_NEUTRAL] = MR_FINDING_NOT_APPLICABLE };
  const char *server = "";
  guint bad = 0;

  mr_domain_clear_list (self->lines);
  for (guint i = 0; i < lines->len; i++) {
    const MrHeaderLine *line = lines->pdata[i];

    if (strcmp (server, line->server) != 0)
      append_server (self, line);
    server = line->server;
    bad += !line->arc && line->state == MR_HEADER_LINE_BAD;
    gtk_list_box_append (self->lines, new_line_row (states[line->state], line->words, line->quoted));
  }
  gtk_label_set_text (
      self->verdict,
      lines->len == 0 ? _ ("The receiver wrote nothing about it: there is no line Authentication-Results. Copy the "
                           "whole header, from the first line on, or ask the message of another provider.")
      : bad == 0      ? _ ("The receiver believes that this message is yours.")
                      : _ ("The receiver doubts that this message is yours. The lines that are marked say why."));
  gtk_widget_set_visible (GTK_WIDGET (self->lines), lines->len > 0);
  gtk_widget_set_visible (self->answer, TRUE);
}

/* ---- signatures ---- */

static void
append_signature (MrGuideProve *self, GVariant *signature)
{
  const char *domain = mr_guide_text (signature, "domain"), *reason = mr_guide_text (signature, "reason");
  const char *result = mr_guide_text (signature, "result"), *selector = mr_guide_text (signature, "selector");
  gboolean pass = strcmp (result, "pass") == 0, later = strcmp (result, "temperror") == 0;
  gboolean own = g_ascii_strcasecmp (domain, mr_guide_session_get_domain (self->session)) == 0;
  g_autofree char *title = g_strdup_printf (pass && own ? _ ("The signature of your domain, %s, is good.")
                                            : pass      ? _ ("The signature of %s is good.")
                                            : later     ? _ ("The key of %s could not be looked up just now.")
                                                        : _ ("The signature of %s does not fit."),
                                            domain);
  g_autofree char *subtitle = *reason != '\0' ? g_strdup_printf ("%s: %s", result, reason)
                                              : g_strdup_printf ("%s._domainkey.%s", selector, domain);

  gtk_list_box_append (self->signatures, new_line_row (pass    ? MR_FINDING_GOOD
                                                       : later ? MR_FINDING_UNKNOWN
                                                               : MR_FINDING_WRONG,
                                                       title, subtitle));
}

static void
show_checked (MrGuideProve *self, const char *words, gboolean list)
{
  gtk_label_set_text (self->checked_words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->checked_words), *words != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->signatures), list);
  gtk_widget_set_visible (self->checked, TRUE);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) signatures = mr_client_verify_message_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideProve *self = data;
  if (signatures == NULL) {
    show_checked (self, error->message, FALSE);
    return;
  }
  for (gsize i = 0; i < g_variant_n_children (signatures); i++) {
    g_autoptr (GVariant) signature = g_variant_get_child_value (signatures, i);

    append_signature (self, signature);
  }
  if (g_variant_n_children (signatures) == 0)
    show_checked (self, _ ("The message has no signature (DKIM)."), FALSE);
  else
    show_checked (self, _ ("With the keys that are published now:"), TRUE);
}

static void
renew_reading (MrGuideProve *self)
{
  g_cancellable_cancel (self->reading);
  g_object_unref (self->reading);
  self->reading = g_cancellable_new ();
}

void
mr_guide_prove_explain (MrGuideProve *self, const char *text, gsize len)
{
  g_autoptr (GString) normal = mr_header_text_normalise (text, len);
  gboolean has_body = FALSE;
  g_autoptr (GPtrArray) lines = mr_header_text_lines (normal, &has_body);

  renew_reading (self);
  show_lines (self, lines);
  mr_domain_clear_list (self->signatures);
  if (!has_body) {
    show_checked (self, _ ("To have the signatures checked here too, open the whole message, not only its header."),
                  FALSE);
    return;
  }
  show_checked (self, _ ("Looking up the keys…"), FALSE);
  mr_client_verify_message_async (mr_desk_get_client (mr_guide_session_get_desk (self->session)), normal->str,
                                  normal->len, self->reading, verified_cb, self);
}

/* ---- texts and files ---- */

static void
explain_clicked_cb (MrGuideProve *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  mr_guide_prove_explain (self, text, strlen (text));
}

static void
text_changed_cb (MrGuideProve *self)
{
  gtk_widget_set_sensitive (self->explain, gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->text)) > 0);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize len = 0;
  g_autofree char *contents = mr_read_file_finish (G_FILE (source), result, &len, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideProve *self = data;
  if (g_error_matches (error, MR_ERROR, MR_ERROR_TOO_BIG))
    mr_toast_show (GTK_WIDGET (self), _ ("This file is too big to be a test message"));
  else if (contents == NULL)
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not read the file"), error);
  else
    mr_guide_prove_explain (self, contents, len);
}

static void
read_file (MrGuideProve *self, GFile *file)
{
  renew_reading (self);
  mr_read_file_async (file, FILE_MAX, self->reading, loaded_cb, self);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, MrGuideProve *self)
{
  if (response == GTK_RESPONSE_ACCEPT && self->session != NULL) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    if (file != NULL)
      read_file (self, file);
  }
  g_object_unref (dialog);
}

static void
open_clicked_cb (MrGuideProve *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Open the Test Message"),
                                                              GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
drop_cb (MrGuideProve *self, const GValue *value)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST)) {
    g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

    if (files != NULL)
      read_file (self, files->data);
    return files != NULL;
  }
  if (!G_VALUE_HOLDS_STRING (value))
    return FALSE;
  mr_guide_prove_explain (self, g_value_get_string (value), strlen (g_value_get_string (value)));
  return TRUE;
}

/* Before the text view, which would take the name of a dropped file for its text. */
static void
take_drops (MrGuideProve *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->area, GTK_EVENT_CONTROLLER (target));
}

/* What the person typed stays. */
static void
fill_from (MrGuideProve *self)
{
  const MrAccountRecord *account = mr_guide_session_get_account (self->session);
  const char *address = account != NULL
                            ? mr_guide_account_address (account, mr_guide_session_get_domain (self->session))
                            : NULL;

  if (address != NULL && *gtk_editable_get_text (GTK_EDITABLE (self->from)) == '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->from), address);
}

void
mr_guide_prove_set_session (MrGuideProve *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed::report", G_CALLBACK (fill_from), self, G_CONNECT_SWAPPED);
  fill_from (self);
}

/* ---- class ---- */

static void
mr_guide_prove_dispose (GObject *object)
{
  MrGuideProve *self = MR_GUIDE_PROVE (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (mr_guide_prove_parent_class)->dispose (object);
}

static void
mr_guide_prove_finalize (GObject *object)
{
  g_clear_object (&MR_GUIDE_PROVE (object)->cancellable);
  g_clear_object (&MR_GUIDE_PROVE (object)->reading);
  G_OBJECT_CLASS (mr_guide_prove_parent_class)->finalize (object);
}

static void
mr_guide_prove_init (MrGuideProve *self)
{
  self->cancellable = g_cancellable_new ();
  self->reading = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
  take_drops (self);
}

static void
mr_guide_prove_class_init (MrGuideProveClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_guide_prove_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_guide_prove_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-prove.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, from);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, to);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, send);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, explain);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, open);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, area);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, answer);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, checked);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, sent);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, verdict);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, checked_words);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, text);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, lines);
  gtk_widget_class_bind_template_child (widget_class, MrGuideProve, signatures);
  gtk_widget_class_bind_template_callback (widget_class, addresses_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, explain_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_clicked_cb);
}
