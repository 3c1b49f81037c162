/* The assistant in process against a service that plays its part: every way through it, what a person is asked, what is sent. With MR_UI_SHOTS set,
 * pictures are written there.
 */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "audit.h"
#include "set-up-service.h"
#include "shot.h"
#include "ui/account-assistant.h"
#include "ui/import-window.h"
#include "ui/oauth-client-steps.h"
#include "ui/oauth-client-window.h"
#include "ui/open-link.h"
#include "ui/sign-in-window.h"

#define NARROW 360

typedef struct {
  SetUp *service;
  MrDesk *desk;
  GtkWidget *assistant;
  MrAccountRecord *draft; /* given to the account page */
  char *saved, *after;
} Stage;

static void
saved_cb (Stage *stage, const char *id)
{
  g_free (stage->saved);
  stage->saved = g_strdup (id);
}

static void
closed_cb (Stage *stage, const char *after)
{
  g_free (stage->after);
  stage->after = g_strdup (after);
}

static void
by_hand_cb (Stage *stage, const MrAccountRecord *draft)
{
  stage->draft = mr_account_record_copy (draft);
}

static void
stage_open (Stage *stage)
{
  g_autoptr (MrClient) client = mr_client_new (FALSE);

  *stage = (Stage){ .service = set_up_new () };
  stage->desk = mr_desk_new (client);
}

static void
stage_show (Stage *stage)
{
  stage->assistant = mr_account_assistant_new (stage->desk, NULL);
  g_signal_connect_swapped (stage->assistant, "saved", G_CALLBACK (saved_cb), stage);
  g_signal_connect_swapped (stage->assistant, "closed-after", G_CALLBACK (closed_cb), stage);
  g_signal_connect_swapped (stage->assistant, "by-hand", G_CALLBACK (by_hand_cb), stage);
  gtk_window_present (GTK_WINDOW (stage->assistant));
  shot_settle (stage->assistant);
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

static void
stage_close (Stage *stage)
{
  destroy_windows ();
  g_object_unref (stage->desk);
  set_up_free (stage->service);
  g_clear_pointer (&stage->draft, mr_account_record_free);
  g_free (stage->saved);
  g_free (stage->after);
}

/* ---- hands and eyes ---- */

static gboolean
is_shown (GtkWidget *widget)
{
  return widget != NULL && gtk_widget_get_mapped (widget);
}

/* The one that is on the screen: hidden pages hold others of that name. */
static GtkWidget *
find_shown (GtkWidget *root, GType type, const char *text)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && is_shown (root) && audit_find (root, type, text) == root)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_shown (child, type, text);
  return found;
}

static void
click (GtkWidget *root, const char *label)
{
  wait_until (find_shown (root, GTK_TYPE_BUTTON, label) != NULL);
  GtkWidget *button = find_shown (root, GTK_TYPE_BUTTON, label);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
wait_for_label (GtkWidget *root, const char *text)
{
  wait_until (find_shown (root, GTK_TYPE_LABEL, text) != NULL);
}

static void
type_into (GtkWidget *root, const char *title, const char *text)
{
  wait_until (find_shown (root, ADW_TYPE_ENTRY_ROW, title) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (find_shown (root, ADW_TYPE_ENTRY_ROW, title)), text);
}

/* The entry's own Enter. */
static void
enter (GtkWidget *root, const char *title)
{
  g_signal_emit_by_name (find_shown (root, ADW_TYPE_ENTRY_ROW, title), "entry-activated");
}

static void
look (GtkWidget *window, const char *name)
{
  GtkWidget *content = adw_window_get_content (ADW_WINDOW (window));
  int minimum = 0;

  shot_save (window, name);
  audit_names (window, name);
  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
}

static GtkWidget *
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) && is_shown (window))
      return window;
  }
  return NULL;
}

static GtkWidget *
wait_for_window (GType type)
{
  wait_until (find_window (type) != NULL);
  GtkWidget *window = find_window (type);
  shot_settle (window);
  return window;
}

static void
find_settings (Stage *stage, const char *address)
{
  type_into (stage->assistant, "Email address", address);
  enter (stage->assistant, "Email address");
}

static void
add_result (Stage *stage, MrDiscoveryRecord *record)
{
  g_ptr_array_add (stage->service->results, record);
}

static MrDiscoveryRecord *
gmail (void)
{
  MrDiscoveryRecord *record = set_up_record ("gmail", "Gmail", "smtp.gmail.com", "oauth2;app-password");

  record->help = g_strdup ("Turn on 2-Step Verification, then make an app password there.");
  record->help_url = g_strdup ("https://myaccount.google.com/apppasswords");
  record->secret_label = g_strdup ("App password");
  record->limit_day = 500;
  return record;
}

/* ---- ways through ---- */

/* A known provider: address, app password, test, done, a message to oneself. */
static void
test_known_provider (void)
{
  Stage stage;

  stage_open (&stage);
  add_result (&stage, gmail ());
  stage_show (&stage);
  look (stage.assistant, "assistant-address");
  find_settings (&stage, "anna@gmail.com");

  /* No client id: there is no way to sign in, and no button for it; the app password is explained. */
  wait_for_label (stage.assistant, "App password");
  g_assert_null (find_shown (stage.assistant, GTK_TYPE_BUTTON, "Sign In…"));
  g_assert_nonnull (find_shown (stage.assistant, GTK_TYPE_BUTTON, "Register…"));
  look (stage.assistant, "assistant-app-password");
  click (stage.assistant, "Next");
  wait_for_label (stage.assistant, "Enter this: App password");
  stage.service->good_password = "abcdefghijklmnop";
  type_into (stage.assistant, "App password", "abcd efgh ijkl mnop");
  enter (stage.assistant, "App password");

  wait_until (stage.saved != NULL);
  g_assert_cmpstr (stage.saved, ==, "gmail");
  g_assert_nonnull (strstr (stage.service->account, "'user': <'anna@gmail.com'>"));
  g_assert_nonnull (strstr (stage.service->account, "'provider': <'gmail'>"));
  g_assert_nonnull (strstr (stage.service->account, "'limit-day': <uint32 500>"));
  g_assert_nonnull (strstr (stage.service->account, "'auth': <'password'>"));
  wait_for_label (stage.assistant, "anna@gmail.com Can Send");
  click (stage.assistant, "Send");
  wait_until (stage.service->message != NULL);
  g_assert_true (
      g_str_has_prefix (stage.service->message, "anna@gmail.com>anna@gmail.com\nFrom: <anna@gmail.com>\r\n"));
  wait_until (find_shown (stage.assistant, GTK_TYPE_BUTTON, "Show") != NULL);
  look (stage.assistant, "assistant-done");
  click (stage.assistant, "Show");
  wait_until (stage.after != NULL);
  g_assert_cmpstr (stage.after, ==, "0123456789ABCDEF");
  stage_close (&stage);
}

static void
test_wrong_password (void)
{
  Stage stage;

  stage_open (&stage);
  add_result (&stage, gmail ());
  stage_show (&stage);
  find_settings (&stage, "anna@gmail.com");
  type_into (stage.assistant, "App password", "wrong");
  click (stage.assistant, "Next");
  wait_for_label (stage.assistant, "That Did Not Work Yet");
  look (stage.assistant, "assistant-refused");
  g_assert_null (stage.saved);
  /* Back keeps what was typed; the second try adds the account. */
  click (stage.assistant, "Back");
  type_into (stage.assistant, "App password", "right");
  click (stage.assistant, "Next");
  wait_until (stage.saved != NULL);
  g_assert_cmpuint (stage.service->n_tests, ==, 2);
  click (stage.assistant, "Done");
  wait_until (stage.after != NULL);
  g_assert_cmpstr (stage.after, ==, "");
  stage_close (&stage);
}

/* A provider that works only after a sign-in, without a registered application: said on the first page, with the way out. */
static void
test_needs_application (void)
{
  Stage stage;
  MrDiscoveryRecord *record = set_up_record ("outlook", "Outlook.com", "smtp-mail.outlook.com", "oauth2");

  stage_open (&stage);
  record->notice = g_strdup ("Outlook.com takes no passwords from programs.");
  record->help_url = g_strdup ("https://support.microsoft.com/");
  add_result (&stage, record);
  stage_show (&stage);
  find_settings (&stage, "anna@outlook.com");
  wait_for_label (stage.assistant, "Outlook.com Needs a Registered Application");
  look (stage.assistant, "assistant-needs-application");
  click (stage.assistant, "Register an Application…");

  GtkWidget *window = wait_for_window (MR_TYPE_OAUTH_CLIENT_WINDOW);
  look (window, "assistant-register-microsoft");
  g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, "http://localhost"));
  click (window, "Save");
  g_assert_true (is_shown (window));
  type_into (window, "Client ID", "12345678-90ab-cdef-1234-567890abcdef");
  click (window, "Save");

  /* With it, the search leads on, and the button that can work is there. */
  wait_until (find_shown (stage.assistant, GTK_TYPE_BUTTON, "Sign In…") != NULL);
  g_assert_cmpstr (stage.service->client_owner, ==, "outlook");
  g_assert_cmpstr (stage.service->client_id, ==, "12345678-90ab-cdef-1234-567890abcdef");
  g_assert_cmpuint (stage.service->n_searches, >=, 2);
  click (stage.assistant, "Sign In…");
  wait_for_window (MR_TYPE_SIGN_IN_WINDOW);
  wait_until (stage.service->n_sign_ins == 1);
  set_up_sign_in_done (stage.service, "");
  wait_until (stage.saved != NULL);
  g_assert_null (find_window (MR_TYPE_SIGN_IN_WINDOW));
  g_assert_nonnull (strstr (stage.service->account, "'auth': <'oauth2'>"));
  stage_close (&stage);
}

/* A sign-in of an account that is not added leaves nothing behind. */
static void
test_sign_in_taken_back (void)
{
  Stage stage;

  stage_open (&stage);
  stage.service->ready_client = TRUE;
  stage.service->good_password = "";
  add_result (&stage, gmail ());
  stage_show (&stage);
  find_settings (&stage, "anna@gmail.com");
  click (stage.assistant, "Sign In…");
  GtkWidget *window = wait_for_window (MR_TYPE_SIGN_IN_WINDOW);
  wait_until (stage.service->n_sign_ins == 1);
  set_up_sign_in_step (stage.service, "waiting", "", "");
  gtk_window_close (GTK_WINDOW (window));
  wait_until (stage.service->n_cancelled == 1);

  click (stage.assistant, "Sign In…");
  wait_until (stage.service->n_sign_ins == 2);
  /* The service does not test any more: the account is not added. */
  g_signal_handlers_disconnect_matched (stage.service->fake->accounts, G_SIGNAL_MATCH_DATA | G_SIGNAL_MATCH_ID,
                                        g_signal_lookup ("handle-test", MR_DBUS_TYPE_ACCOUNTS), 0, NULL, NULL,
                                        stage.service);
  set_up_sign_in_done (stage.service, "");
  wait_for_label (stage.assistant, "That Did Not Work Yet");
  gtk_window_close (GTK_WINDOW (stage.assistant));
  wait_until (stage.service->n_signed_out == 1);
  g_assert_null (stage.saved);
  stage_close (&stage);
}

static void
test_nothing_found (void)
{
  Stage stage;

  stage_open (&stage);
  stage_show (&stage);
  find_settings (&stage, "anna@");
  wait_for_label (stage.assistant, "“anna@” is not a whole address. Write it like anna@example.com.");
  g_assert_cmpuint (stage.service->n_searches, ==, 0);
  find_settings (&stage, "anna@example.org");
  wait_for_label (stage.assistant, "No Settings Found");
  g_assert_nonnull (strstr (stage.service->options, "'third-party': <true>"));
  g_assert_nonnull (strstr (stage.service->options, "'probe': <false>"));
  g_assert_nonnull (strstr (stage.service->options, "'autodiscover': <false>"));
  look (stage.assistant, "assistant-nothing");
  gtk_switch_set_active (GTK_SWITCH (find_shown (stage.assistant, GTK_TYPE_SWITCH, NULL)), FALSE);
  click (stage.assistant, "Try Usual Server Names");
  wait_until (stage.service->n_searches == 2);
  wait_for_label (stage.assistant, "No Settings Found");
  g_assert_nonnull (strstr (stage.service->options, "'probe': <true>"));
  g_assert_nonnull (strstr (stage.service->options, "'third-party': <false>"));
  click (stage.assistant, "Check for Microsoft 365");
  wait_until (stage.service->n_searches == 3);
  wait_for_label (stage.assistant, "No Settings Found");
  g_assert_nonnull (strstr (stage.service->options, "'autodiscover': <true>"));
  click (stage.assistant, "Enter…");
  wait_until (stage.draft != NULL);
  g_assert_cmpstr (stage.draft->addresses[0], ==, "anna@example.org");
  stage_close (&stage);
}

static void
test_stopping (void)
{
  Stage stage;

  stage_open (&stage);
  stage.service->hang = TRUE;
  stage_show (&stage);
  find_settings (&stage, "anna@example.org");
  wait_for_label (stage.assistant, "The domain's DNS entries");
  look (stage.assistant, "assistant-searching");
  click (stage.assistant, "Stop Searching");
  wait_until (stage.service->n_cancelled == 1);
  g_assert_nonnull (find_shown (stage.assistant, GTK_TYPE_BUTTON, "Find Settings"));
  stage_close (&stage);
}

/* The network names another server than the preset, and nobody vouches for it. */
static void
test_conflict (void)
{
  Stage stage;
  MrDiscoveryRecord *other = set_up_record ("", "", "mail.elsewhere.example", "password");

  stage_open (&stage);
  other->source = MR_SOURCE_SRV;
  other->source_host = g_strdup ("_submissions._tcp.web.de");
  other->conflicts = TRUE;
  other->secure = FALSE;
  add_result (&stage, set_up_record ("web-de", "WEB.DE", "smtp.web.de", "password"));
  add_result (&stage, other);
  stage_show (&stage);
  find_settings (&stage, "anna@web.de");
  /* The program's own word is there at once; the domain's comes a moment later and changes nothing that was typed. */
  wait_for_label (stage.assistant, "WEB.DE");
  type_into (stage.assistant, "Password", "right");
  wait_for_label (stage.assistant, "Choose the Settings");
  g_assert_cmpuint (stage.service->n_searches, ==, 2);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_shown (stage.assistant, ADW_TYPE_ENTRY_ROW, "Password"))),
                   ==, "right");
  look (stage.assistant, "assistant-conflict");
  g_assert_nonnull (find_shown (stage.assistant, GTK_TYPE_LABEL, "smtp.web.de · port 465 · Encrypted (recommended)"));

  GtkWidget *row = find_shown (stage.assistant, ADW_TYPE_ACTION_ROW, "mail.elsewhere.example");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (audit_find (row, GTK_TYPE_CHECK_BUTTON, NULL)), TRUE);
  type_into (stage.assistant, "Password", "right");
  click (stage.assistant, "Next");
  GtkWidget *question = wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  shot_save (question, "assistant-insecure");
  g_assert_cmpuint (stage.service->n_tests, ==, 0);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), "cancel");
  g_assert_cmpuint (stage.service->n_tests, ==, 0);
  gtk_window_destroy (GTK_WINDOW (question));
  click (stage.assistant, "Next");
  question = wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), "use");
  wait_until (stage.saved != NULL);
  g_assert_nonnull (strstr (stage.service->account, "mail.elsewhere.example"));
  stage_close (&stage);
}

/* A sending service from the list: its words for the fields, its region. */
static void
test_sending_service (void)
{
  Stage stage;
  MrDiscoveryRecord *ses = set_up_record ("amazon-ses", "Amazon SES", "email-smtp.us-east-1.amazonaws.com", "api-key");
  MrDiscoveryRecord *grid = set_up_record ("sendgrid", "SendGrid", "smtp.sendgrid.net", "api-key");

  stage_open (&stage);
  g_free (ses->user);
  ses->user = g_strdup ("");
  ses->user_label = g_strdup ("Access key id");
  ses->secret_label = g_strdup ("SMTP password");
  ses->regions = g_strsplit ("us-east-1|N. Virginia|email-smtp.us-east-1.amazonaws.com;"
                             "eu-central-1|Frankfurt|email-smtp.eu-central-1.amazonaws.com",
                             ";", -1);
  g_free (grid->user);
  grid->user = g_strdup ("apikey");
  g_ptr_array_add (stage.service->providers, ses);
  g_ptr_array_add (stage.service->providers, grid);
  g_ptr_array_add (stage.service->providers, gmail ());
  stage_show (&stage);
  click (stage.assistant, "Choose…");
  g_assert_null (find_shown (stage.assistant, GTK_TYPE_SEARCH_ENTRY, NULL));
  type_into (stage.assistant, "Email address", "shop@example.org");
  click (stage.assistant, "Choose…");
  wait_for_label (stage.assistant, "Sending services");
  look (stage.assistant, "assistant-providers");
  GtkWidget *search = find_shown (stage.assistant, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "amazon");
  g_signal_emit_by_name (search, "search-changed");
  g_signal_emit_by_name (search, "activate");
  wait_for_label (stage.assistant, "Region");
  AdwComboRow *region = ADW_COMBO_ROW (find_shown (stage.assistant, ADW_TYPE_COMBO_ROW, "Region"));
  adw_combo_row_set_selected (region, 1);
  look (stage.assistant, "assistant-service");
  type_into (stage.assistant, "SMTP password", "right");
  click (stage.assistant, "Next");
  wait_for_label (stage.assistant, "Enter this: Access key id");
  type_into (stage.assistant, "Access key id", "AKIAEXAMPLE");
  click (stage.assistant, "Next");
  wait_until (stage.saved != NULL);
  g_assert_nonnull (strstr (stage.service->account, "email-smtp.eu-central-1.amazonaws.com"));
  g_assert_nonnull (strstr (stage.service->account, "'user': <'AKIAEXAMPLE'>"));
  g_assert_nonnull (strstr (stage.service->account, "shop@example.org"));
  stage_close (&stage);
}

/* What the desktop has needs neither a client id nor a password. */
static void
test_desktop_account (void)
{
  Stage stage;
  MrDesktopAccountRecord *account = mr_desktop_account_record_new ();

  stage_open (&stage);
  account->id = g_strdup ("account_17");
  account->provider = g_strdup ("gmail");
  account->address = g_strdup ("anna@gmail.com");
  account->name = g_strdup ("Google");
  g_ptr_array_add (stage.service->desktop, account);
  add_result (&stage, gmail ());
  stage_show (&stage);
  find_settings (&stage, "anna@gmail.com");
  wait_for_label (stage.assistant, "How to log in");
  look (stage.assistant, "assistant-desktop");
  g_assert_null (find_shown (stage.assistant, ADW_TYPE_PASSWORD_ENTRY_ROW, NULL));
  click (stage.assistant, "Next");
  wait_until (stage.saved != NULL);
  g_assert_nonnull (strstr (stage.service->account, "'desktop-account': <'account_17'>"));
  g_assert_nonnull (strstr (stage.service->account, "'oauth-flow': <'desktop'>"));
  stage_close (&stage);
}

/* ---- the sign-in ---- */

static void
test_sign_in_window (void)
{
  Stage stage;
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();
  gboolean signed_in = FALSE;

  stage_open (&stage);
  record->id = g_strdup ("work");
  record->name = g_strdup ("Work");
  GtkWidget *window = mr_sign_in_window_new (stage.desk, NULL, record);
  g_signal_connect_swapped (window, "signed-in", G_CALLBACK (g_atomic_int_inc), &signed_in);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (stage.service->n_sign_ins == 1);
  look (window, "sign-in-asking");

  /* An address that is no web page is not opened. */
  set_up_sign_in_step (stage.service, "open", "file:///etc/passwd", "");
  wait_for_label (window, "Not Signed In");
  wait_until (stage.service->n_cancelled == 1);
  click (window, "Try Again");
  wait_until (stage.service->n_sign_ins == 2);
  set_up_sign_in_step (stage.service, "open", "https://login.example.org/?state=x", "");
  wait_for_label (window, "Sign In in Your Browser");
  look (window, "sign-in-browser");
  click (window, "The Browser Is on Another Computer");
  wait_until (stage.service->n_sign_ins == 3);
  wait_until (stage.service->n_cancelled == 2);
  g_assert_nonnull (strstr (stage.service->account, "work"));
  set_up_sign_in_step (stage.service, "paste", "https://login.example.org/?code_challenge=x", "");
  wait_for_label (window, "Sign In Elsewhere");
  type_into (window, "Address that the browser shows at the end", "https://elsewhere.example/");
  click (window, "Go On");
  wait_for_label (window, "This is not the address that the sign-in ends at");
  look (window, "sign-in-paste");

  set_up_sign_in_step (stage.service, "device", "https://login.example.org/device", "WDJB-MJHT");
  wait_for_label (window, "WDJB-MJHT");
  look (window, "sign-in-device");
  set_up_sign_in_step (stage.service, "exchanging", "", "");
  wait_for_label (window, "Signing In");
  set_up_sign_in_done (stage.service, "Consent was refused. Sign in again and allow sending.");
  wait_for_label (window, "Not Signed In");
  look (window, "sign-in-failed");
  click (window, "Try Again");
  wait_until (stage.service->n_sign_ins == 4);
  set_up_sign_in_step (stage.service, "paste", "https://login.example.org/?code_challenge=y", "");
  type_into (window, "Address that the browser shows at the end", "http://127.0.0.1:4711/?code=c&state=s");
  click (window, "Go On");
  wait_until (signed_in);
  stage_close (&stage);
}

static void
test_registration (void)
{
  static const char *const providers[] = { "gmail", "microsoft365", "fastmail" };
  static const char *const values[] = { "https://mail.google.com/", "SMTP.Send offline_access", "http://127.0.0.1" };
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_autoptr (MrDesk) desk = mr_desk_new (client);

  for (guint i = 0; i < G_N_ELEMENTS (providers); i++) {
    g_autofree char *name = g_strdup_printf ("register-%s", providers[i]);
    GtkWidget *window = mr_oauth_client_window_new (desk, NULL, providers[i]);
    gtk_window_present (GTK_WINDOW (window));
    look (window, name);
    g_assert_nonnull (audit_find (window, GTK_TYPE_LABEL, values[i]));
    const MrOauthClientGuide *guide = mr_oauth_client_guide (providers[i]);
    for (guint step = 0; step < guide->n_steps; step++)
      g_assert_true (guide->steps[step].link == NULL || mr_link_may_be_opened (guide->steps[step].link));
  }
  destroy_windows ();
}

/* Two accounts of msmtp: one with its password, one of which the address is missing. */
static void
test_import (void)
{
  static const char text[]
      = "defaults\ntls on\nauth on\n\naccount old\nhost smtp.example.org\nport 587\nfrom anna@example.org\n"
        "user anna@example.org\npassword \"right\"\n\naccount half\nhost smtp.example.net\n";
  Stage stage;
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_source_free);
  MrImportSource *source = g_new0 (MrImportSource, 1);

  stage_open (&stage);
  source->kind = MR_IMPORT_MSMTP;
  source->path = g_build_filename (stage.service->fake->folder, "home", ".msmtprc", NULL);
  g_ptr_array_add (sources, source);
  g_assert_true (g_file_set_contents (source->path, text, -1, NULL));
  GtkWidget *window = mr_import_window_new_for (stage.desk, NULL, sources);
  gtk_window_present (GTK_WINDOW (window));
  wait_for_label (window, "anna@example.org");
  g_assert_nonnull (find_shown (window, GTK_TYPE_BUTTON, "Fill In What Is Missing…"));
  look (window, "import");
  click (window, "Import");
  GtkWidget *question = wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_cmpstr (stage.service->added_id, !=, NULL);
  g_assert_nonnull (find_shown (window, GTK_TYPE_LABEL, "Added, with its password"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), "forget");
  wait_for_label (window, "Added, with its password, which no longer stands in the old file");
  gtk_window_destroy (GTK_WINDOW (question));
  look (window, "import-done");
  g_autofree char *now = NULL;
  g_assert_true (g_file_get_contents (source->path, &now, NULL, NULL));
  g_assert_null (strstr (now, "right"));
  g_assert_nonnull (strstr (now, "smtp.example.org"));
  stage_close (&stage);
}

static void
test_narrow_dark (void)
{
  Stage stage;

  stage_open (&stage);
  add_result (&stage, gmail ());
  stage_show (&stage);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_window_set_default_size (GTK_WINDOW (stage.assistant), NARROW, 640);
  look (stage.assistant, "assistant-narrow-address");
  find_settings (&stage, "anna@gmail.com");
  wait_for_label (stage.assistant, "App password");
  look (stage.assistant, "assistant-narrow-found");
  type_into (stage.assistant, "App password", "right");
  click (stage.assistant, "Next");
  wait_until (stage.saved != NULL);
  look (stage.assistant, "assistant-narrow-done");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  stage_close (&stage);
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
  g_test_add_func ("/assistant/known-provider", test_known_provider);
  g_test_add_func ("/assistant/wrong-password", test_wrong_password);
  g_test_add_func ("/assistant/needs-application", test_needs_application);
  g_test_add_func ("/assistant/sign-in-taken-back", test_sign_in_taken_back);
  g_test_add_func ("/assistant/nothing-found", test_nothing_found);
  g_test_add_func ("/assistant/stopping", test_stopping);
  g_test_add_func ("/assistant/conflict", test_conflict);
  g_test_add_func ("/assistant/sending-service", test_sending_service);
  g_test_add_func ("/assistant/desktop-account", test_desktop_account);
  g_test_add_func ("/assistant/sign-in-window", test_sign_in_window);
  g_test_add_func ("/assistant/registration", test_registration);
  g_test_add_func ("/assistant/import", test_import);
  g_test_add_func ("/assistant/narrow-dark", test_narrow_dark);
  return g_test_run ();
}
