/* The window's classes in process: every template, every face, names for a screen reader, 360 pixels, dark.
 *
 * No service: the client is never connected, and the widgets are given records as the service would send them. What needs the service is in
 * journeys.py. With MR_UI_SHOTS set, pictures are written there.
 */
#include <adwaita.h>

#include "audit.h"
#include "shot.h"
#include "ui/account-editor.h"
#include "ui/account-row.h"
#include "ui/account-test.h"
#include "ui/connect-window.h"
#include "ui/copy-button.h"
#include "ui/format.h"
#include "ui/message-detail.h"
#include "ui/message-row.h"
#include "ui/password-dialog.h"
#include "ui/record-item.h"
#include "ui/recipient-card.h"
#include "ui/secrets-dialog.h"
#include "ui/senders-window.h"
#include "ui/status-bar.h"
#include "ui/toast.h"
#include "ui/window.h"

#define NOW    (G_GINT64_CONSTANT (1795546800) * 1000000)
#define MINUTE (G_GINT64_CONSTANT (60) * 1000000)
#define NARROW 360

static MrDesk *
make_desk (void)
{
  g_autoptr (MrClient) client = mr_client_new (FALSE);

  return mr_desk_new (client);
}

static void
destroy_windows (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  while (g_list_model_get_n_items (windows) > 0) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, 0);
    gtk_window_destroy (window);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static MrAccountRecord *
make_account (void)
{
  MrAccountRecord *account = mr_account_record_new ();

  account->id = g_strdup ("work");
  account->name = g_strdup ("Work");
  account->addresses = g_strsplit ("anna@example.com;*@example.com", ";", -1);
  account->host = g_strdup ("smtp.example.com");
  account->port = 587;
  account->tls = MR_TLS_STARTTLS;
  account->user = g_strdup ("anna");
  account->state = MR_ACCOUNT_PASSWORD_REFUSED;
  account->waiting = 2;
  mr_reply_record_set (&account->reply, 535, "5.7.8", "Username and password not accepted");
  return account;
}

static MrMessageRecord *
make_message (guint n_recipients, MrRecipientState state)
{
  MrMessageRecord *message = mr_message_record_new ();

  message->id = g_strdup ("01HX2K3M4N5P6Q7R");
  message->created = NOW - 20 * MINUTE;
  message->subject = g_strdup ("Invoice <2026> & more");
  message->from = g_strdup ("anna@example.com");
  message->reverse_path = g_strdup ("anna@example.com");
  message->message_id = g_strdup ("1@example.com");
  message->program = g_strdup ("git");
  message->size = 4711;
  message->uid = 1000;
  message->n_recipients = n_recipients;
  for (guint i = 0; i < n_recipients; i++) {
    g_autofree char *address = g_strdup_printf ("bob%u@example.org", i);
    MrRecipientRecord *recipient = mr_recipient_record_new (i, address);
    recipient->state = state;
    recipient->next_attempt = NOW + 4 * MINUTE;
    recipient->account = g_strdup ("work");
    recipient->host = g_strdup ("smtp.example.com");
    recipient->cause = g_strdup ("mailbox-full");
    mr_reply_record_set (&recipient->reply, 452, "4.2.2", "Mailbox full");
    g_ptr_array_add (message->recipients, recipient);
  }
  if (mr_recipient_state_is_final (state))
    message->finished = NOW - MINUTE;
  return message;
}

static GPtrArray *
make_attempts (guint n)
{
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);

  for (guint i = 0; i < n; i++) {
    MrAttemptRecord *attempt = mr_attempt_record_new ();
    attempt->number = i + 1;
    attempt->started = NOW - (gint64)(n - i) * MINUTE;
    attempt->finished = attempt->started + 1200000;
    attempt->host = g_strdup ("smtp.example.com");
    attempt->verdict = MR_VERDICT_RETRY;
    attempt->transcript = g_strdup ("S: 220 smtp.example.com\nC: EHLO [192.0.2.1]\n");
    mr_reply_record_set (&attempt->reply, 452, "4.2.2", "Mailbox full");
    g_ptr_array_add (attempts, attempt);
  }
  return attempts;
}

static GtkWidget *
show_in_window (GtkWidget *child, int width)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *overlay = adw_toast_overlay_new ();

  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), child);
  adw_window_set_content (ADW_WINDOW (window), overlay);
  gtk_window_set_default_size (GTK_WINDOW (window), width, 700);
  gtk_window_present (GTK_WINDOW (window));
  shot_settle (window);
  return window;
}

/* Without the frame and shadow, which a phone's window does not have. */
static void
assert_fits_phone (GtkWidget *window)
{
  GtkWidget *content = ADW_IS_APPLICATION_WINDOW (window)
                           ? adw_application_window_get_content (ADW_APPLICATION_WINDOW (window))
                           : adw_window_get_content (ADW_WINDOW (window));
  int minimum = 0;

  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
}

/* ---- the main window ---- */

static void
test_window_faces (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  GtkWidget *window = mr_window_new (NULL, desk);

  gtk_window_present (GTK_WINDOW (window));
  shot_save (window, "starting");
  audit_names (window, "main window");
  GtkWidget *starting = audit_find (window, ADW_TYPE_STATUS_PAGE, NULL);
  g_assert_nonnull (starting);
  g_assert_true (gtk_widget_activate_action (window, "win.show-page", "s", "accounts"));
  g_assert_true (gtk_widget_activate_action (window, "win.show-page", "s", "history"));
  destroy_windows ();
}

static void
test_window_narrow (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  GtkWidget *window = mr_window_new (NULL, desk);

  gtk_widget_activate_action (window, "win.skip-welcome", NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), NARROW, 640);
  gtk_window_present (GTK_WINDOW (window));
  shot_settle (window);
  assert_fits_phone (window);
  destroy_windows ();
}

/* ---- the detail ---- */

static MrMessageDetail *
make_detail (MrDesk *desk)
{
  MrMessageDetail *detail = g_object_new (MR_TYPE_MESSAGE_DETAIL, NULL);

  mr_message_detail_setup (detail, mr_desk_get_diagnosis (desk), mr_desk_get_accounts (desk));
  return detail;
}

static void
test_detail_states (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  MrMessageDetail *detail = make_detail (desk);
  GtkWidget *window = show_in_window (GTK_WIDGET (detail), 700);

  for (guint state = 0; state < MR_RECIPIENT_N_STATES; state++) {
    MrMessageRecord *message = make_message (2, state);
    g_free (message->id);
    message->id = g_strdup_printf ("01HX2K3M4N5P6Q%02u", state);
    mr_message_detail_show (detail, message, make_attempts (3), NOW);
    g_autofree char *name = g_strdup_printf ("detail-%s", mr_recipient_state_nick (state));
    shot_save (window, name);
    audit_names (window, name);
  }
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "bob1@example.org"));
  /* What a stranger wrote is shown as it is and never as markup. */
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "Invoice <2026> & more"));
  mr_message_detail_clear (detail, 3);
  g_assert_null (mr_message_detail_get_id (detail));
  destroy_windows ();
}

/* The same message again keeps what a person has opened, and adds only the new attempt. */
static void
test_detail_update (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  MrMessageDetail *detail = make_detail (desk);
  GtkWidget *window = show_in_window (GTK_WIDGET (detail), 700);

  mr_message_detail_show (detail, make_message (1, MR_RECIPIENT_WAITING), make_attempts (1), NOW);
  shot_settle (window);
  GtkWidget *row = audit_find (window, ADW_TYPE_EXPANDER_ROW, NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  mr_message_detail_show (detail, make_message (1, MR_RECIPIENT_SENDING), make_attempts (2), NOW + MINUTE);
  shot_settle (window);
  g_assert_true (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)));
  GtkWidget *newest = audit_find (window, ADW_TYPE_EXPANDER_ROW, NULL);
  g_assert_true (newest != row);
  g_assert_false (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (newest)));
  destroy_windows ();
}

static void
test_detail_many (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  MrMessageDetail *detail = make_detail (desk);
  GtkWidget *window = show_in_window (GTK_WIDGET (detail), 700);

  mr_message_detail_show (detail, make_message (100, MR_RECIPIENT_WAITING), make_attempts (0), NOW);
  g_assert_null (audit_find (window, GTK_TYPE_LABEL, "bob99@example.org"));
  GtkWidget *more = audit_find (window, GTK_TYPE_BUTTON, "Show 80 More Recipients");
  g_assert_nonnull (more);
  g_signal_emit_by_name (more, "clicked");
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "bob99@example.org"));
  g_assert_false (gtk_widget_get_visible (more));
  destroy_windows ();
}

static void
test_detail_narrow (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  MrMessageDetail *detail = make_detail (desk);
  GtkWidget *window = show_in_window (GTK_WIDGET (detail), NARROW);
  MrMessageRecord *message = make_message (1, MR_RECIPIENT_NEEDS_PERSON);

  g_free (message->subject);
  message->subject = g_strnfill (300, 'W');
  mr_message_detail_show (detail, message, make_attempts (2), NOW);
  shot_save (window, "detail-narrow");
  assert_fits_phone (window);
  destroy_windows ();
}

/* ---- rows ---- */

static void
test_message_row (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  GtkWidget *row = mr_message_row_new ();
  GtkWidget *window = show_in_window (row, 420);
  g_autoptr (MrMessageRecord) message = make_message (3, MR_RECIPIENT_WAITING);

  mr_message_row_set_message (MR_MESSAGE_ROW (row), NULL, mr_desk_get_diagnosis (desk), NOW);
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, mr_desk_get_diagnosis (desk), NOW);
  g_autofree char *name = mr_message_row_dup_name (MR_MESSAGE_ROW (row));
  g_assert_true (g_str_has_prefix (name, "Invoice <2026> & more, anna@example.com → bob0@example.org +2, "));
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "20 min"));
  message->hold = MR_HOLD_PERSON;
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, mr_desk_get_diagnosis (desk), NOW);
  g_assert_cmpstr (mr_message_row_get_state_text (MR_MESSAGE_ROW (row)), !=, "");
  destroy_windows ();
}

static void
test_account_rows (void)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Accounts", -1);
  for (guint state = 0; state < MR_ACCOUNT_N_STATES; state++) {
    g_autoptr (MrAccountRecord) account = make_account ();
    account->state = state;
    account->is_default = state == MR_ACCOUNT_READY;
    gtk_list_box_append (GTK_LIST_BOX (list), mr_account_row_new (account));
  }
  GtkWidget *window = show_in_window (list, 560);
  audit_names (window, "accounts");
  shot_save (window, "account-states");
  g_assert_cmpstr (mr_account_row_get_id (MR_ACCOUNT_ROW (audit_find (list, MR_TYPE_ACCOUNT_ROW, NULL))), ==, "work");
  destroy_windows ();
}

static void
test_status_bar (void)
{
  MrStatusBar *bar = g_object_new (MR_TYPE_STATUS_BAR, NULL);
  GtkWidget *window = show_in_window (GTK_WIDGET (bar), NARROW);
  MrNoticeFacts facts
      = { .connected = TRUE, .secrets_state = "locked", .secrets_needed = TRUE, .n_accounts = 1, .online = TRUE };
  g_auto (MrNotice) notice = { 0 };

  mr_notice_choose (&facts, &notice);
  mr_status_bar_set_notice (bar, &notice);
  shot_settle (window);
  GtkWidget *button = audit_find (window, GTK_TYPE_BUTTON, "Unlock…");
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_visible (button));
  mr_notice_clear (&notice);
  mr_status_bar_set_notice (bar, &notice);
  g_assert_false (gtk_widget_get_visible (button));
  destroy_windows ();
}

/* ---- the account page ---- */

static GtkEditable *
entry (GtkWidget *window, const char *title)
{
  GtkWidget *row = audit_find (window, ADW_TYPE_ENTRY_ROW, title);

  g_assert_nonnull (row);
  return GTK_EDITABLE (row);
}

static void
test_editor_new (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  GtkWidget *editor = mr_account_editor_new (desk, NULL);

  gtk_window_present (GTK_WINDOW (editor));
  audit_names (editor, "new account");
  shot_save (editor, "account-new");
  assert_fits_phone (editor);

  /* The port follows the mode until a person has chosen one. */
  AdwComboRow *tls = ADW_COMBO_ROW (audit_find (editor, ADW_TYPE_COMBO_ROW, "Connection"));
  GtkEditable *port = entry (editor, "Port");
  adw_combo_row_set_selected (tls, 1);
  g_assert_cmpstr (gtk_editable_get_text (port), ==, "587");
  gtk_editable_set_text (port, "2587");
  adw_combo_row_set_selected (tls, 0);
  g_assert_cmpstr (gtk_editable_get_text (port), ==, "2587");

  /* Nothing is sent while a field is wrong, and the field says why. */
  GtkWidget *save = audit_find (editor, GTK_TYPE_BUTTON, "Add");
  g_signal_emit_by_name (save, "clicked");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (entry (editor, "Sender addresses")), "error"));
  gtk_editable_set_text (entry (editor, "Sender addresses"), "anna@example.com");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (entry (editor, "Sender addresses")), "error"));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (entry (editor, "Server name")), "error"));
  g_assert_true (gtk_widget_get_sensitive (save));
  shot_save (editor, "account-mistake");

  /* Without a provider there is no server to name. */
  GtkWidget *direct_row = audit_find (editor, ADW_TYPE_ACTION_ROW, "Deliver without a provider");
  GtkWidget *direct = audit_find (direct_row, GTK_TYPE_SWITCH, NULL);
  gtk_switch_set_active (GTK_SWITCH (direct), TRUE);
  shot_settle (editor);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (port)));
  destroy_windows ();
}

static void
test_editor_old (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  g_autoptr (MrAccountRecord) account = make_account ();
  GtkWidget *editor = mr_account_editor_new (desk, account);

  gtk_window_present (GTK_WINDOW (editor));
  audit_names (editor, "old account");
  shot_save (editor, "account-edit");
  g_assert_cmpstr (gtk_editable_get_text (entry (editor, "Server name")), ==, "smtp.example.com");
  g_assert_cmpstr (gtk_editable_get_text (entry (editor, "Port")), ==, "587");
  g_assert_cmpstr (gtk_editable_get_text (entry (editor, "Sender addresses")), ==, "anna@example.com, *@example.com");
  /* A stored password never comes back into a row. */
  GtkEditable *password = entry (editor, "Password (saved; type to replace it)");
  g_assert_true (ADW_IS_PASSWORD_ENTRY_ROW (password));
  g_assert_cmpstr (gtk_editable_get_text (password), ==, "");
  destroy_windows ();
}

/* ---- further windows ---- */

static void
test_further_windows (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  g_autoptr (MrSecret) secret = mr_secret_new ("k7fq-2mzx-p9ra-w3dt", 19);
  struct {
    const char *name;
    GtkWidget *window;
  } windows[] = {
    { "connect", mr_connect_window_new (desk, NULL, TRUE) },
    { "senders", mr_senders_window_new (desk, NULL) },
    { "secrets", mr_secrets_dialog_new (desk, NULL) },
    { "password", mr_password_dialog_new (NULL, "printer", secret) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++) {
    gtk_window_present (GTK_WINDOW (windows[i].window));
    audit_names (windows[i].window, windows[i].name);
    shot_save (windows[i].window, windows[i].name);
    assert_fits_phone (windows[i].window);
  }
  g_assert_nonnull (audit_find (windows[3].window, GTK_TYPE_LABEL, "k7fq-2mzx-p9ra-w3dt"));
  destroy_windows ();
}

static void
test_shortcuts (void)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/com/example/MailRelay/ui/shortcuts.ui");
  GtkWidget *window = GTK_WIDGET (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_present (GTK_WINDOW (window));
  shot_save (window, "shortcuts");
  destroy_windows ();
}

static void
test_dark (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  MrMessageDetail *detail = make_detail (desk);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_true (adw_style_manager_get_dark (adw_style_manager_get_default ()));
  GtkWidget *window = show_in_window (GTK_WIDGET (detail), 700);
  mr_message_detail_show (detail, make_message (1, MR_RECIPIENT_UNCERTAIN), make_attempts (2), NOW);
  shot_save (window, "detail-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  destroy_windows ();
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) css = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (css, "/com/example/MailRelay/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  load_style ();
  g_test_add_func ("/ui/window/faces", test_window_faces);
  g_test_add_func ("/ui/window/narrow", test_window_narrow);
  g_test_add_func ("/ui/detail/states", test_detail_states);
  g_test_add_func ("/ui/detail/update", test_detail_update);
  g_test_add_func ("/ui/detail/many", test_detail_many);
  g_test_add_func ("/ui/detail/narrow", test_detail_narrow);
  g_test_add_func ("/ui/rows/message", test_message_row);
  g_test_add_func ("/ui/rows/account", test_account_rows);
  g_test_add_func ("/ui/status-bar", test_status_bar);
  g_test_add_func ("/ui/editor/new", test_editor_new);
  g_test_add_func ("/ui/editor/old", test_editor_old);
  g_test_add_func ("/ui/windows", test_further_windows);
  g_test_add_func ("/ui/shortcuts", test_shortcuts);
  g_test_add_func ("/ui/dark", test_dark);
  return g_test_run ();
}
