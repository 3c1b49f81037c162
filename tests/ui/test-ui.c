/* The window's classes in process: every template, every face, names for a screen reader, 360 pixels, dark.
 *
 * No service: the client is never connected, and the widgets are given records as the service would send them. What needs the service is in
 * journeys.py. With MR_UI_SHOTS set, pictures are written there.
 */
#include <adwaita.h>
#include <string.h>

#include "audit.h"
#include "shot.h"
#include "ndr/states.h"
#include "ui/account-editor-private.h"
#include "ui/account-form.h"
#include "ui/account-row.h"
#include "ui/account-test.h"
#include "ui/connect-window.h"
#include "ui/copy-button.h"
#include "ui/filter-popover.h"
#include "ui/format.h"
#include "ui/list-bar.h"
#include "ui/message-detail.h"
#include "ui/message-row.h"
#include "ui/password-dialog.h"
#include "ui/record-item.h"
#include "ui/recipient-card.h"
#include "ui/secrets-dialog.h"
#include "ui/senders-window.h"
#include "ui/status-bar.h"
#include "ui/toast.h"
#include "ui/trace-row.h"
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

  mr_message_row_set_message (MR_MESSAGE_ROW (row), NULL, NULL, mr_desk_get_diagnosis (desk), NOW);
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, NULL, mr_desk_get_diagnosis (desk), NOW);
  g_autofree char *name = mr_message_row_describe (message, NULL, mr_desk_get_diagnosis (desk), NOW);
  g_assert_true (g_str_has_prefix (name, "Invoice <2026> & more, anna@example.com → bob0@example.org +2, "));
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "20 min"));
  message->hold = MR_HOLD_PERSON;
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, NULL, mr_desk_get_diagnosis (desk), NOW);
  g_assert_cmpstr (mr_message_row_get_state_text (MR_MESSAGE_ROW (row)), !=, "");
  destroy_windows ();
}

/* ---- search, filter, order ---- */

static guint n_changed;

static void
bar_changed_cb (MrListBar *bar)
{
  n_changed++;
}

static GtkWidget *
find_drop_down (GtkWidget *widget, const char *id)
{
  return GTK_WIDGET (
      gtk_widget_get_template_child (audit_find (widget, MR_TYPE_FILTER_POPOVER, NULL), MR_TYPE_FILTER_POPOVER, id));
}

static void
test_list_bar (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  MrListBar *bar = g_object_new (MR_TYPE_LIST_BAR, NULL);
  GtkWidget *window = show_in_window (GTK_WIDGET (bar), NARROW);
  const MrListFilter *filter = mr_list_bar_get_filter (bar);

  mr_list_bar_set_desk (bar, desk, MR_LIST_OUTBOX);
  g_signal_connect (bar, "changed", G_CALLBACK (bar_changed_cb), NULL);
  g_assert_false (mr_list_filter_is_narrow (filter));
  audit_names (window, "list bar");

  GtkMenuButton *button = GTK_MENU_BUTTON (audit_find (window, GTK_TYPE_MENU_BUTTON, NULL));
  gtk_menu_button_popup (button);
  shot_settle (window);
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (button));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find_drop_down (window, "state")), 2);
  g_assert_cmpint (filter->state, ==, MR_RECIPIENT_NEEDS_PERSON);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find_drop_down (window, "state")), 4);
  g_assert_true (filter->held_only);
  g_assert_cmpint (filter->state, ==, -1);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (audit_find (popover, GTK_TYPE_CHECK_BUTTON, NULL)), TRUE);
  g_assert_true (filter->needs_person);
  g_assert_cmpuint (n_changed, ==, 3);
  audit_names (popover, "filter popover");
  shot_save (popover, "filter-popover");
  gtk_menu_button_popdown (button);

  /* A chip takes its filter away. */
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "Kept back"));
  shot_save (window, "list-bar-chips");
  assert_fits_phone (window);
  GtkWidget *chip = gtk_widget_get_ancestor (audit_find (window, GTK_TYPE_LABEL, "Needs a decision"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (chip, "clicked");
  g_assert_false (filter->needs_person);
  g_assert_true (filter->held_only);
  gtk_widget_activate_action (GTK_WIDGET (audit_find (window, GTK_TYPE_SEARCH_ENTRY, NULL)), "list.sort", "s",
                              "subject");
  g_assert_cmpint (filter->sort, ==, MR_LIST_SORT_SUBJECT);
  g_assert_true (filter->ascending);
  gtk_widget_activate_action (GTK_WIDGET (audit_find (window, GTK_TYPE_SEARCH_ENTRY, NULL)), "list.reverse", NULL);
  g_assert_false (filter->ascending);
  mr_list_bar_clear (bar);
  g_assert_false (mr_list_filter_is_narrow (filter));
  g_assert_cmpint (filter->sort, ==, MR_LIST_SORT_SUBJECT);
  destroy_windows ();
}

/* The colour of an account and the time that is left stand in the row. */
static void
test_row_account_and_countdown (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  GtkWidget *row = mr_message_row_new ();
  GtkWidget *window = show_in_window (row, NARROW);
  g_autoptr (MrMessageRecord) message = make_message (1, MR_RECIPIENT_WAITING);
  g_autoptr (MrAccountRecord) account = make_account ();

  account->colour = g_strdup ("green");
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, account, mr_desk_get_diagnosis (desk), NOW);
  GtkWidget *tag = audit_find (window, GTK_TYPE_LABEL, "Work");
  g_assert_nonnull (tag);
  g_assert_true (gtk_widget_has_css_class (tag, "badge-green"));
  g_assert_nonnull (strstr (mr_message_row_get_state_text (MR_MESSAGE_ROW (row)), "in 4 minutes"));
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, account, mr_desk_get_diagnosis (desk), NOW + 2 * MINUTE);
  g_assert_nonnull (strstr (mr_message_row_get_state_text (MR_MESSAGE_ROW (row)), "in 2 minutes"));
  shot_save (window, "row-account");
  assert_fits_phone (window);
  mr_message_row_set_message (MR_MESSAGE_ROW (row), message, NULL, mr_desk_get_diagnosis (desk), NOW);
  g_assert_false (gtk_widget_get_visible (tag));
  destroy_windows ();
}

/* A label whose text begins with this. */
static GtkWidget *
find_prefix (GtkWidget *widget, const char *prefix)
{
  if (GTK_IS_LABEL (widget) && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), prefix))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_prefix (child, prefix);
    if (found != NULL)
      return found;
  }
  return NULL;
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
    account->state_since = NOW - 5 * MINUTE;
    account->paused = state == MR_ACCOUNT_PAUSED;
    account->colour = g_strdup (mr_account_form_colour (state));
    account->used_day = 12;
    account->limit_day = state == MR_ACCOUNT_READY ? 12 : 500;
    account->limit_until = state == MR_ACCOUNT_READY ? NOW + 90 * MINUTE : 0;
    gtk_list_box_append (GTK_LIST_BOX (list), mr_account_row_new (account, NOW));
  }
  GtkWidget *window = show_in_window (list, 560);
  audit_names (window, "accounts");
  g_autofree char *refused = g_strdup_printf ("Paused: %s, since", mr_account_state_word (MR_ACCOUNT_PASSWORD_REFUSED));
  g_assert_nonnull (find_prefix (window, refused));
  g_assert_nonnull (find_prefix (window, "Ready; daily limit reached, next at "));
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "12 of 500 recipients in the last 24 hours"));
  assert_fits_phone (window);
  shot_save (window, "account-states");
  g_assert_cmpstr (mr_account_row_get_id (MR_ACCOUNT_ROW (audit_find (list, MR_TYPE_ACCOUNT_ROW, NULL))), ==, "work");
  destroy_windows ();
}

/* The parts of a test as they are shown: also with a certificate that ends, and hostile text from the server. */
static void
test_trace_rows (gconstpointer data)
{
  const MrTraceStep steps[] = {
    { .part = MR_TRACE_LOOK_UP, .ok = TRUE, .took = 12000 },
    { .part = MR_TRACE_CONNECT,
      .goes_on = TRUE,
      .cause = "connect-refused",
      .text = "Connection refused",
      .took = 800 },
    { .part = MR_TRACE_GREETING, .ok = TRUE, .code = 220, .text = "<b>mail</b> & ESMTP", .took = 31000 },
    { .part = MR_TRACE_ENCRYPTION, .ok = TRUE, .warning = "certificate-ends", .took = 84000 },
    { .part = MR_TRACE_CAPABILITIES, .ok = TRUE, .took = 22000 },
    { .part = MR_TRACE_LOG_IN,
      .code = 535,
      .enhanced = "5.7.8",
      .text = "no",
      .cause = "login-failed",
      .took = 4200000 },
  };
  static const char tls[]
      = "{'protocol': <'TLSv1.3'>, 'cipher': <'TLS_AES_256_GCM_SHA384'>, 'certificates': <[{'subject': "
        "<'CN=smtp.example.com'>, 'issuer': <'CN=Example CA,O=Example Trust Services,C=CH'>, 'names': "
        "<['smtp.example.com', 'mail.example.com']>, 'until': <int64 1795900000000000>}]>}";
  static const char offers[] = "{'offers': <['PIPELINING', 'SIZE 36700160', 'AUTH PLAIN LOGIN XOAUTH2', '8BITMIME', "
                               "'ENHANCEDSTATUSCODES', 'DSN', 'CHUNKING']>}";
  const char *details[] = {
    "{'addresses': <['192.0.2.1', '2001:db8::1']>}",
    "{'address': <'2001:db8::1'>, 'port': <uint32 465>}",
    "{'x': <1>}",
    tls,
    offers,
    "{'mechanism': <'PLAIN'>, 'user': <'anna'>}",
  };
  gboolean narrow = GPOINTER_TO_INT (data);
  g_autoptr (MrDesk) desk = make_desk ();
  GtkWidget *list = gtk_list_box_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Steps", -1);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (details[i]));
    MrTraceStep step = steps[i];
    step.details = value;
    gtk_list_box_append (GTK_LIST_BOX (list), mr_trace_row_new (mr_desk_get_diagnosis (desk), &step));
  }
  GtkWidget *window = show_in_window (list, narrow ? NARROW : 560);
  audit_names (window, "trace");
  shot_save (window, narrow ? "trace-narrow" : "trace");
  assert_fits_phone (window);
  g_assert_nonnull (find_prefix (window, "0.08 s"));
  GtkWidget *greeting = find_prefix (window, "A mail server answers.");
  g_assert_nonnull (greeting);
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (greeting)), "220 <b>mail</b> & ESMTP"));
  GtkWidget *encryption = find_prefix (window, "Nobody on the way");
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (encryption)), "A certificate of the server ends on"));
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

  account->state_since = NOW - 5 * MINUTE;
  account->limit_day = 500;
  account->used_day = 12;
  account->colour = g_strdup ("purple");
  account->provider = g_strdup ("gmail");
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
  g_assert_nonnull (find_prefix (editor, "Paused: Password not accepted, since"));
  g_assert_cmpstr (gtk_editable_get_text (entry (editor, "Most recipients in 24 hours (empty: no limit)")), ==, "500");
  AdwComboRow *colour = ADW_COMBO_ROW (audit_find (editor, ADW_TYPE_COMBO_ROW, "Colour"));
  g_assert_cmpuint (adw_combo_row_get_selected (colour), ==, 6);
  /* A limit that is none is told at its row, which opens for it. */
  gtk_editable_set_text (entry (editor, "Most recipients in 24 hours (empty: no limit)"), "many");
  g_signal_emit_by_name (audit_find (editor, GTK_TYPE_BUTTON, "Save"), "clicked");
  shot_save (editor, "account-limit-mistake");
  g_assert_true (
      gtk_widget_has_css_class (GTK_WIDGET (entry (editor, "Most recipients in 24 hours (empty: no limit)")), "error"));
  assert_fits_phone (editor);
  destroy_windows ();
}

/* What the page does not show stays as it is when the page is saved. */
static void
test_editor_keeps (void)
{
  g_autoptr (MrDesk) desk = make_desk ();
  g_autoptr (MrAccountRecord) account = make_account ();

  account->auth = MR_AUTH_OAUTH2;
  account->oauth_flow = MR_OAUTH_DEVICE;
  account->oauth_client = g_strdup ("client");
  account->provider = g_strdup ("gmail");
  account->order = 7;
  account->limit_minute = 20;
  GtkWidget *editor = mr_account_editor_new (desk, account);
  gtk_window_present (GTK_WINDOW (editor));
  gtk_editable_set_text (entry (editor, "Server name"), "smtp.example.net");
  gtk_editable_set_text (entry (editor, "Most recipients in a minute (empty: no limit)"), "");
  g_autoptr (MrAccountRecord) read = mr_account_editor_read (MR_ACCOUNT_EDITOR (editor));
  g_assert_cmpstr (read->id, ==, "work");
  g_assert_cmpstr (read->host, ==, "smtp.example.net");
  g_assert_cmpstr (read->provider, ==, "gmail");
  g_assert_cmpstr (read->oauth_client, ==, "client");
  g_assert_cmpint (read->auth, ==, MR_AUTH_OAUTH2);
  g_assert_cmpint (read->oauth_flow, ==, MR_OAUTH_DEVICE);
  g_assert_cmpint (read->order, ==, 7);
  g_assert_cmpuint (read->limit_minute, ==, 0);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (MR_ACCOUNT_EDITOR (editor)->password)));
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
  g_test_add_func ("/ui/rows/account-and-countdown", test_row_account_and_countdown);
  g_test_add_func ("/ui/list-bar", test_list_bar);
  g_test_add_data_func ("/ui/rows/trace", GINT_TO_POINTER (FALSE), test_trace_rows);
  g_test_add_data_func ("/ui/rows/trace-narrow", GINT_TO_POINTER (TRUE), test_trace_rows);
  g_test_add_func ("/ui/status-bar", test_status_bar);
  g_test_add_func ("/ui/editor/new", test_editor_new);
  g_test_add_func ("/ui/editor/old", test_editor_old);
  g_test_add_func ("/ui/editor/keeps", test_editor_keeps);
  g_test_add_func ("/ui/windows", test_further_windows);
  g_test_add_func ("/ui/shortcuts", test_shortcuts);
  g_test_add_func ("/ui/dark", test_dark);
  return g_test_run ();
}
