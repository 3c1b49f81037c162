/* The message itself, what is being sent, the log and a print, with a service that plays them. */
#include <adwaita.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/activity-window.h"
#include "ui/log-window.h"
#include "ui/message-preview.h"
#include "ui/message-print.h"
#include "ui/message-relatives.h"
#include "ui/signature-row.h"

#define NARROW 360

typedef struct {
  FakeService *fake;
  const char *file; /* of the message */
  gboolean silent;  /* the body never comes */
  guint sending;    /* messages on their way */
  guint lines;      /* of the log */
  guint activity_calls;
  MrSignatureKind signed_as; /* MR_SIGNATURE_N_KINDS: not signed */
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *window;
} Play;

/* Before it is checked, two keys; then what the DNS says of them. */
static gboolean
list_signatures_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *id, gboolean check, Play *play)
{
  static const char *const algorithms[] = { "rsa-sha256", "ed25519-sha256" };
  GVariantBuilder builder;

  fake_service_set_last (play->fake, check ? "check" : "list");
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < G_N_ELEMENTS (algorithms) && play->signed_as < MR_SIGNATURE_N_KINDS; i++) {
    g_autoptr (MrSignatureRecord) record = mr_signature_record_new (play->signed_as, "sender.example", "mr20261127",
                                                                    algorithms[i]);
    if (check) {
      record->result = g_strdup (i == 0 ? "pass" : "fail");
      record->problem = i == 0 ? NULL : g_strdup ("Another key signed than the one in the DNS");
      record->bits = i == 0 ? 2048 : 256;
    }
    g_variant_builder_add_value (&builder, mr_signature_record_to_variant (record));
  }
  mr_dbus_outbox_complete_list_signatures (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static GBytes *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  char *data;
  gsize len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  return g_bytes_new_take (data, len);
}

static gboolean
get_body_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id, Play *play)
{
  g_autoptr (GBytes) bytes = load (play->file);
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  int fd = memfd_create ("body", MFD_CLOEXEC);
  g_autoptr (GUnixFDList) list = NULL;

  if (play->silent) {
    close (fd);
    return TRUE;
  }
  g_assert_cmpint (write (fd, data, len), ==, (gssize)len);
  list = g_unix_fd_list_new_from_array (&fd, 1);
  mr_dbus_outbox_complete_get_body (outbox, invocation, list, g_variant_new_handle (0));
  return TRUE;
}

static gboolean
list_activity_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, Play *play)
{
  GVariantBuilder builder;

  play->activity_calls++;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < play->sending; i++) {
    g_autofree char *session = g_strdup_printf ("c%u", i + 1);
    g_autofree char *id = g_strdup_printf ("%016u", i + 1);
    MrActivityRecord record = { .session = session,
                                .message_id = id,
                                .subject = (char *)(i == 0 ? "Drawings of the new house" : "Minutes"),
                                .from = (char *)"ann@example.com",
                                .recipient = (char *)"bob@example.org",
                                .n_recipients = i + 1,
                                .account = (char *)"work",
                                .destination = (char *)"smtp.example.com",
                                .stage = i == 0 ? MR_STAGE_DATA : MR_STAGE_DOT,
                                .done = i == 0 ? 3500000 : 2000,
                                .total = i == 0 ? 14000000 : 2000,
                                .sending = 2 * G_USEC_PER_SEC,
                                .may_stop = i == 0 };
    g_variant_builder_add_value (&builder, mr_activity_record_to_variant (&record));
  }
  mr_dbus_outbox_complete_list_activity (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
stop_sending_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *id, Play *play)
{
  fake_service_set_last (play->fake, id);
  play->sending = 0;
  mr_dbus_outbox_complete_stop_sending (outbox, invocation, 1);
  return TRUE;
}

static gboolean
get_log_cb (MrDBusService *service, GDBusMethodInvocation *invocation, guint64 after, guint limit, Play *play)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint64 n = after;

  for (; n < play->lines && lines->len < limit; n++)
    g_ptr_array_add (
        lines, n % 10 == 0 ? g_strdup_printf ("2026-11-27T10:00:00Z warning engine: trouble %u", (guint)n)
                           : g_strdup_printf ("2026-11-27T10:00:00Z debug smtp: c%u: > RCPT TO:<bob%u@example.org>",
                                              (guint)(n % 3), (guint)n));
  g_ptr_array_add (lines, NULL);
  mr_dbus_service_complete_get_log (service, invocation, (const char *const *)lines->pdata, n);
  return TRUE;
}

static void
replace (gpointer object, const char *signal, GCallback callback, Play *play)
{
  g_signal_handlers_disconnect_matched (object, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA,
                                        g_signal_lookup (signal, G_OBJECT_TYPE (object)), 0, NULL, NULL, play->fake);
  g_signal_connect (object, signal, callback, play);
}

static void
set_up (Play *play, gconstpointer unused)
{
  play->file = "newsletter.eml";
  play->fake = fake_service_new ();
  replace (play->fake->outbox, "handle-get-body", G_CALLBACK (get_body_cb), play);
  replace (play->fake->outbox, "handle-list-activity", G_CALLBACK (list_activity_cb), play);
  replace (play->fake->outbox, "handle-list-signatures", G_CALLBACK (list_signatures_cb), play);
  replace (play->fake->outbox, "handle-stop-sending", G_CALLBACK (stop_sending_cb), play);
  replace (play->fake->service, "handle-get-log", G_CALLBACK (get_log_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (mr_client_is_connected (play->client));
}

static void
tear_down (Play *play, gconstpointer unused)
{
  if (play->window != NULL)
    gtk_window_destroy (GTK_WINDOW (play->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  answer_clear (&play->connected);
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
}

static void
show_row (Play *play, GtkWidget *row, int width, int height)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  play->window = adw_window_new ();
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, "List", -1);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  adw_window_set_content (ADW_WINDOW (play->window), scroller);
  gtk_window_set_default_size (GTK_WINDOW (play->window), width, height);
  gtk_window_present (GTK_WINDOW (play->window));
}

static GtkWidget *
show_preview (Play *play, int width, int height)
{
  GtkWidget *preview = g_object_new (MR_TYPE_MESSAGE_PREVIEW, NULL);

  mr_message_preview_set_client (MR_MESSAGE_PREVIEW (preview), play->client);
  show_row (play, preview, width, height);
  return preview;
}

static char *
text_of (GtkWidget *preview, const char *name)
{
  GtkTextView *view = GTK_TEXT_VIEW (gtk_widget_get_template_child (preview, MR_TYPE_MESSAGE_PREVIEW, name));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (view), &start, &end);
  return gtk_text_buffer_get_text (gtk_text_view_get_buffer (view), &start, &end, FALSE);
}

static void
show_page (GtkWidget *preview, const char *name)
{
  gtk_stack_set_visible_child_name (
      GTK_STACK (gtk_widget_get_template_child (preview, MR_TYPE_MESSAGE_PREVIEW, "pages")), name);
}

static gboolean
is_loaded (GtkWidget *preview)
{
  GtkStack *stack = GTK_STACK (gtk_widget_get_template_child (preview, MR_TYPE_MESSAGE_PREVIEW, "stack"));

  return g_strcmp0 (gtk_stack_get_visible_child_name (stack), "message") == 0;
}

static void
assert_narrow (GtkWidget *widget)
{
  int minimum = 0;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW - 24);
}

static void
test_preview (Play *play, gconstpointer unused)
{
  GtkWidget *preview = show_preview (play, 640, 900);

  mr_message_preview_set_message (MR_MESSAGE_PREVIEW (preview), "0000000000000001", TRUE, 5000);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (preview), TRUE);
  wait_until (is_loaded (preview));
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (gtk_widget_get_template_child (preview, MR_TYPE_MESSAGE_PREVIEW, "html_form")), TRUE);
  shot_save (play->window, "preview-text");
  audit_names (play->window, "preview");
  assert_narrow (preview);
  /* Where a link really leads, and what claims otherwise. */
  g_assert_nonnull (audit_find (preview, GTK_TYPE_LABEL, "see them"));
  g_assert_nonnull (audit_find (preview, GTK_TYPE_LABEL, "https://evil.example.com/login"));
  g_assert_nonnull (audit_find (preview, GTK_TYPE_LABEL, "Preisliste übersicht.pdf"));

  show_page (preview, "source");
  shot_save (play->window, "preview-source");
  g_autofree char *source = text_of (preview, "source");
  g_assert_nonnull (strstr (source, "Content-Type: multipart/mixed"));
  show_page (preview, "headers");
  shot_save (play->window, "preview-headers");
  show_page (preview, "parts");
  shot_save (play->window, "preview-parts");

  /* Another message closes it, and one without a text cannot be opened. */
  mr_message_preview_set_message (MR_MESSAGE_PREVIEW (preview), "0000000000000002", TRUE, 5000);
  g_assert_false (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (preview)));
  mr_message_preview_set_message (MR_MESSAGE_PREVIEW (preview), "0000000000000003", FALSE, 5000);
  g_assert_false (gtk_widget_get_sensitive (preview));
}

static void
test_preview_narrow (Play *play, gconstpointer unused)
{
  GtkWidget *preview = show_preview (play, NARROW, 700);

  play->file = "hebrew.eml";
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  mr_message_preview_set_message (MR_MESSAGE_PREVIEW (preview), "0000000000000001", TRUE, 5000);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (preview), TRUE);
  wait_until (is_loaded (preview));
  shot_save (play->window, "preview-narrow-dark-rtl");
  assert_narrow (preview);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* A large message that does not come: a person gives up, looks at another one, or closes the window. */
static void
test_preview_cancel (Play *play, gconstpointer unused)
{
  GtkWidget *preview = show_preview (play, 640, 400);
  GtkWidget *cancel;

  play->silent = TRUE;
  mr_message_preview_set_message (MR_MESSAGE_PREVIEW (preview), "0000000000000001", TRUE, 25000000);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (preview), TRUE);
  shot_settle (play->window);
  shot_save (play->window, "preview-loading");
  cancel = audit_find (preview, GTK_TYPE_BUTTON, "Cancel");
  g_assert_nonnull (cancel);
  g_signal_emit_by_name (cancel, "clicked");
  g_assert_false (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (preview)));
  play->silent = FALSE;
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (preview), TRUE);
  wait_until (is_loaded (preview));
}

/* Nobody is asked before the row is opened, and the DNS only at a click; a message that was sent meanwhile is looked at again. */
static void
test_signature (Play *play, gconstpointer unused)
{
  GtkWidget *row = g_object_new (MR_TYPE_SIGNATURE_ROW, NULL), *check;

  mr_signature_row_set_client (MR_SIGNATURE_ROW (row), play->client);
  show_row (play, row, NARROW, 500);
  mr_signature_row_set_message (MR_SIGNATURE_ROW (row), "0000000000000001", 0);
  shot_settle (play->window);
  g_assert_null (play->fake->last);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_until (audit_find (row, GTK_TYPE_LABEL, "Will be signed for sender.example"));
  g_assert_cmpstr (play->fake->last, ==, "list");
  g_assert_nonnull (audit_find (row, GTK_TYPE_LABEL, "Key mr20261127, Ed25519"));
  shot_save (play->window, "signature-planned");
  audit_names (play->window, "signature");
  assert_narrow (row);
  play->signed_as = MR_SIGNATURE_SENT;
  mr_signature_row_set_message (MR_SIGNATURE_ROW (row), "0000000000000001", 1);
  wait_until (audit_find (row, GTK_TYPE_LABEL, "Signed for sender.example"));
  check = audit_find (row, GTK_TYPE_BUTTON, "Check");
  g_signal_emit_by_name (check, "clicked");
  wait_until (audit_find (row, GTK_TYPE_LABEL, "Key mr20261127, RSA with 2048 bits\nVerified with the key in the DNS"));
  g_assert_cmpstr (play->fake->last, ==, "check");
  g_assert_nonnull (
      audit_find (row, GTK_TYPE_LABEL, "Key mr20261127, Ed25519\nAnother key signed than the one in the DNS"));
  shot_save (play->window, "signature-checked");
  assert_narrow (row);
  /* Another message closes it. */
  play->signed_as = MR_SIGNATURE_N_KINDS;
  mr_signature_row_set_message (MR_SIGNATURE_ROW (row), "0000000000000002", 1);
  g_assert_false (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_until (audit_find (row, GTK_TYPE_LABEL, "Not signed here"));
}

static void
test_relatives (Play *play, gconstpointer unused)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  GtkWidget *list = gtk_list_box_new (), *button;

  g_object_ref_sink (list);
  mr_message_relatives_fill (GTK_LIST_BOX (list), message);
  g_assert_false (gtk_widget_get_visible (list));
  message->again_of = g_strdup ("06GC8M3C00DHYSNC");
  message->copies = g_strsplit ("06H1XBS9F9EJ7X7S 06H1XBS9F9EJ7X7T", " ", -1);
  mr_message_relatives_fill (GTK_LIST_BOX (list), message);
  g_assert_true (gtk_widget_get_visible (list));
  button = audit_find (list, GTK_TYPE_BUTTON, NULL);
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, "win.show-message");
  g_assert_cmpstr (g_variant_get_string (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button)), NULL), ==,
                   "06GC8M3C00DHYSNC");
  g_assert_nonnull (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 2));
  mr_message_relatives_fill (GTK_LIST_BOX (list), message);
  g_assert_null (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 3));
  g_object_unref (list);
}

static void
test_activity (Play *play, gconstpointer unused)
{
  GtkWidget *stop;

  play->sending = 2;
  play->window = mr_activity_window_new (play->desk, NULL);
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 420);
  gtk_window_present (GTK_WINDOW (play->window));
  wait_until (audit_find (play->window, GTK_TYPE_LABEL, "Drawings of the new house → bob@example.org"));
  g_assert_nonnull (audit_find (play->window, GTK_TYPE_LABEL, "Minutes → bob@example.org +1"));
  g_assert_nonnull (audit_find (play->window, GTK_TYPE_LABEL, "3.5\u00a0MB of 14.0\u00a0MB, 1.8\u00a0MB a second"));
  shot_save (play->window, "activity");
  audit_names (play->window, "activity");
  stop = audit_find (play->window, GTK_TYPE_LIST_BOX_ROW, NULL);
  stop = audit_find (stop, GTK_TYPE_BUTTON, NULL);
  g_signal_emit_by_name (stop, "clicked");
  wait_until (play->fake->last != NULL);
  g_assert_cmpstr (play->fake->last, ==, "0000000000000001");
  wait_until (audit_find (play->window, GTK_TYPE_LIST_BOX_ROW, NULL) == NULL);
  shot_save (play->window, "activity-none");
  /* Nobody looks any more: nothing is asked. */
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&play->window)));
  guint calls = play->activity_calls;
  Answer answer = { 0 };
  mr_client_get_status_async (play->client, NULL, answer_cb, &answer);
  answer_wait (&answer);
  answer_clear (&answer);
  g_assert_cmpuint (play->activity_calls, <=, calls + 1);
}

static guint
log_lines (Play *play)
{
  GtkTextView *view = GTK_TEXT_VIEW (gtk_widget_get_template_child (play->window, MR_TYPE_LOG_WINDOW, "view"));

  return (guint)gtk_text_buffer_get_line_count (gtk_text_view_get_buffer (view)) - 1;
}

static void
test_log (Play *play, gconstpointer unused)
{
  GtkWidget *level, *session, *search, *pause;

  play->lines = 300;
  play->window = mr_log_window_new (play->desk, NULL);
  gtk_window_present (GTK_WINDOW (play->window));
  wait_until (log_lines (play) == 300);
  shot_save (play->window, "log");
  audit_names (play->window, "log");
  level = GTK_WIDGET (gtk_widget_get_template_child (play->window, MR_TYPE_LOG_WINDOW, "level"));
  session = GTK_WIDGET (gtk_widget_get_template_child (play->window, MR_TYPE_LOG_WINDOW, "session"));
  search = GTK_WIDGET (gtk_widget_get_template_child (play->window, MR_TYPE_LOG_WINDOW, "search"));
  pause = GTK_WIDGET (gtk_widget_get_template_child (play->window, MR_TYPE_LOG_WINDOW, "pause"));

  gtk_drop_down_set_selected (GTK_DROP_DOWN (level), 2);
  g_assert_cmpuint (log_lines (play), ==, 30);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (level), 0);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (session), 1);
  g_assert_cmpuint (log_lines (play), ==, 90);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (session), 0);
  gtk_editable_set_text (GTK_EDITABLE (search), "BOB123@");
  wait_until (log_lines (play) == 1);
  gtk_editable_set_text (GTK_EDITABLE (search), "");
  wait_until (log_lines (play) == 300);

  /* Bounded, whatever comes. */
  play->lines = 3 * MR_LOG_WINDOW_LINES;
  wait_until (log_lines (play) == MR_LOG_WINDOW_LINES);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pause), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 560);
  shot_save (play->window, "log-narrow");
}

static void
test_print (Play *play, gconstpointer unused)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  g_autoptr (GBytes) bytes = load ("newsletter.eml");
  g_autoptr (MrPreview) preview = mr_preview_read (bytes);
  g_autoptr (GtkPrintOperation) operation = NULL;
  g_autofree char *file = g_build_filename (play->fake->folder, "page.pdf", NULL), *data = NULL;
  g_autoptr (GString) many = g_string_new (preview->text->text);
  g_autoptr (GError) error = NULL;
  int pages = 0;
  gsize len;

  message->id = g_strdup ("0000000000000001");
  message->subject = g_strdup ("Autumn <offers>");
  g_ptr_array_add (message->recipients, mr_recipient_record_new (0, "lou@example.net"));
  for (guint i = 0; i < 200; i++)
    g_string_append_printf (many, "\nLine %u of a message that does not fit on one page", i);
  g_free (preview->text->text);
  preview->text->text = g_strdup (many->str);
  operation = mr_message_print_new (message, preview, mr_desk_now (play->desk));
  gtk_print_operation_set_export_filename (operation, file);
  g_assert_cmpint (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT, NULL, &error), ==,
                   GTK_PRINT_OPERATION_RESULT_APPLY);
  g_assert_no_error (error);
  g_object_get (operation, "n-pages", &pages, NULL);
  g_assert_cmpint (pages, >=, 3);
  g_assert_cmpint (pages, <, 10);
  g_assert_true (g_file_get_contents (file, &data, &len, NULL));
  g_assert_true (g_str_has_prefix (data, "%PDF-"));
  g_assert_cmpuint (len, >, 3000);
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) css = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (css, "/com/example/MailRelay/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

#define ADD(name, func) g_test_add ("/detail/" name, Play, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  load_style ();
  ADD ("preview", test_preview);
  ADD ("preview-narrow", test_preview_narrow);
  ADD ("preview-cancel", test_preview_cancel);
  ADD ("signature", test_signature);
  ADD ("relatives", test_relatives);
  ADD ("activity", test_activity);
  ADD ("log", test_log);
  ADD ("print", test_print);
  return g_test_run ();
}
