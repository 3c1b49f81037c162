/* The ten commonest causes as a person meets them: in the explain window's card and in the recipient's card, with the one suggestion and the other ways
 * that each of them offers. With MR_UI_SHOTS the pictures of tests/ui/causes-page.py. */
#include <adwaita.h>
#include <string.h>

#include "audit.h"
#include "base/text.h"
#include "ndr/returned.h"
#include "shot.h"
#include "ui/explain-card.h"
#include "ui/recipient-actions.h"
#include "ui/recipient-card.h"
#include "ui/record-item.h"

#define NOW    (G_GINT64_CONSTANT (1764000000) * G_USEC_PER_SEC)
#define WIDTH  520
#define NARROW 360

typedef struct {
  const char *cause;
  guint code;
  const char *enhanced, *text;
  MrStage stage;
  MrSpeaker speaker;
  MrRecipientState state;
  MrSuggestion suggestion;
} Row;

/* What servers say, and what is offered. */
static const Row rows[] = {
  { "address-unknown", 550, "5.1.1", "The email account that you tried to reach does not exist.", MR_STAGE_RCPT,
    MR_SPEAKER_RECIPIENT_SERVER, MR_RECIPIENT_FAILED, MR_SUGGEST_CORRECT },
  { "mailbox-full", 452, "4.2.2", "The recipient's inbox is full", MR_STAGE_RCPT, MR_SPEAKER_RECIPIENT_SERVER,
    MR_RECIPIENT_WAITING, MR_SUGGEST_COPY },
  { "domain-unknown", 0, NULL,
    "Host or domain name not found. Name service error for name=exmaple.org type=AAAA: Host not found",
    MR_STAGE_RESOLVE, MR_SPEAKER_LOCAL, MR_RECIPIENT_FAILED, MR_SUGGEST_CORRECT },
  { "spam-content", 550, "5.7.1", "Our system has detected that this message is likely unsolicited mail.", MR_STAGE_DOT,
    MR_SPEAKER_RECIPIENT_SERVER, MR_RECIPIENT_FAILED, MR_SUGGEST_COPY },
  { "ip-blocklisted", 554, "5.7.1", "Service unavailable; Client host [198.51.100.42] blocked using zen.spamhaus.org",
    MR_STAGE_RCPT, MR_SPEAKER_RECIPIENT_SERVER, MR_RECIPIENT_FAILED, MR_SUGGEST_COPY },
  { "login-failed", 535, "5.7.8", "Username and Password not accepted", MR_STAGE_AUTH, MR_SPEAKER_ACCOUNT,
    MR_RECIPIENT_NEEDS_PERSON, MR_SUGGEST_ACCOUNT },
  { "greylisted", 450, "4.2.0", "Greylisted for 300 seconds", MR_STAGE_RCPT, MR_SPEAKER_RECIPIENT_SERVER,
    MR_RECIPIENT_WAITING, MR_SUGGEST_NOTHING },
  { "auth-dns", 550, "5.7.26", "This mail is unauthenticated: SPF and DKIM checks did not pass", MR_STAGE_DOT,
    MR_SPEAKER_RECIPIENT_SERVER, MR_RECIPIENT_FAILED, MR_SUGGEST_COPY },
  { "too-big", 552, "5.3.4", "Message size exceeds fixed maximum message size 10485760", MR_STAGE_MAIL,
    MR_SPEAKER_RECIPIENT_SERVER, MR_RECIPIENT_FAILED, MR_SUGGEST_COPY },
  { "unreachable", 0, NULL, "connect to mx.example.org[192.0.2.1]:25: Connection timed out", MR_STAGE_CONNECT,
    MR_SPEAKER_LOCAL, MR_RECIPIENT_WAITING, MR_SUGGEST_NOTHING },
};

static MrDiagnosis *diagnosis;

static void
diagnose (const Row *row, MrDiagnosisResult *ret)
{
  const MrDiagnosisInput input = { .stage = row->stage,
                                   .speaker = row->speaker,
                                   .direct = row->speaker == MR_SPEAKER_RECIPIENT_SERVER,
                                   .code = row->code,
                                   .enhanced = row->enhanced,
                                   .text = row->text,
                                   .host = "mx.example.org",
                                   .recipient = "bob@example.org",
                                   .domain = "example.org",
                                   .sender = "anna@example.com",
                                   .size = 14200000,
                                   .error = -1 };

  mr_diagnosis_run (diagnosis, &input, ret);
}

static MrMessageRecord *
make_message (const Row *row, const MrDiagnosisResult *result)
{
  MrMessageRecord *message = mr_message_record_new ();
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "bob@example.org");

  message->id = g_strdup ("01HX2K3M4N5P6Q7R");
  message->reverse_path = g_strdup ("anna@example.com");
  message->message_id = g_strdup ("1@example.com");
  message->size = 14200000;
  message->has_body = TRUE;
  message->n_recipients = 1;
  message->finished = mr_recipient_state_is_final (row->state) ? NOW : 0;
  recipient->state = row->state;
  recipient->account = g_strdup ("work");
  recipient->host = g_strdup ("mx.example.org");
  recipient->changed = NOW;
  recipient->next_attempt = NOW + 240 * G_USEC_PER_SEC;
  recipient->cause = g_strdup (result->cause);
  recipient->cause_params = result->params != NULL ? g_variant_ref (result->params) : NULL;
  if (row->code > 0)
    mr_reply_record_set (&recipient->reply, row->code, row->enhanced, row->text);
  g_ptr_array_add (message->recipients, recipient);
  return message;
}

static GListStore *
make_accounts (void)
{
  static const char *const ids[] = { "work", "home" };
  GListStore *accounts = g_list_store_new (MR_TYPE_RECORD_ITEM);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    MrAccountRecord *account = mr_account_record_new ();
    account->id = g_strdup (ids[i]);
    g_autoptr (MrRecordItem) item = mr_record_item_new (account, (GDestroyNotify)mr_account_record_free);
    g_list_store_append (accounts, item);
  }
  return accounts;
}

static GtkWidget *
show_card (GtkWidget *card, const char *name)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *list = gtk_list_box_new ();
  int minimum = 0;

  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  gtk_widget_set_margin_start (list, 12);
  gtk_widget_set_margin_end (list, 12);
  gtk_widget_set_margin_top (list, 12);
  gtk_widget_set_margin_bottom (list, 12);
  gtk_list_box_append (GTK_LIST_BOX (list), card);
  adw_window_set_content (ADW_WINDOW (window), list);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, -1);
  gtk_window_present (GTK_WINDOW (window));
  shot_settle (window);
  shot_save (window, name);
  audit_names (card, name);
  gtk_widget_measure (list, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
  return window;
}

static gboolean
menu_has (GMenuModel *menu, const char *action)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autofree char *name = NULL;
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);

    g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &name);
    if (g_strcmp0 (name, action) == 0 || (section != NULL && menu_has (section, action))
        || (submenu != NULL && menu_has (submenu, action)))
      return TRUE;
  }
  return FALSE;
}

static void
test_explain_cards (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    MrReturnedRecipient recipient = { .recipient = (char *)"bob@example.org",
                                      .code = row->code,
                                      .enhanced = (char *)row->enhanced,
                                      .text = (char *)row->text,
                                      .remote_host = (char *)"mx.example.org",
                                      .speaker = row->speaker,
                                      .stage = row->stage };
    g_autofree char *name = g_strdup_printf ("cause-%02u-explained", i + 1);

    diagnose (row, &recipient.diagnosis);
    g_assert_cmpstr (recipient.diagnosis.cause, ==, row->cause);
    gtk_window_destroy (GTK_WINDOW (show_card (mr_explain_card_new (&recipient, diagnosis, "1@example.com"), name)));
    mr_diagnosis_result_clear (&recipient.diagnosis);
  }
}

static void
test_recipient_cards (void)
{
  g_autoptr (GListStore) accounts = make_accounts ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    g_auto (MrDiagnosisResult) result = { 0 };
    g_autofree char *name = g_strdup_printf ("cause-%02u-recipient", i + 1);
    GtkWidget *card = mr_recipient_card_new ();

    diagnose (row, &result);
    g_autoptr (MrMessageRecord) message = make_message (row, &result);
    const MrRecipientRecord *recipient = message->recipients->pdata[0];
    g_autoptr (GMenuModel) menu = mr_recipient_new_menu (message, recipient, diagnosis, G_LIST_MODEL (accounts), FALSE);
    gboolean active = message->finished == 0;

    g_test_message ("%s", row->cause);
    g_assert_cmpint (mr_recipient_suggest (message, recipient, diagnosis), ==, row->suggestion);
    g_assert_true (menu_has (menu, "messages.recipient-never"));
    g_assert_true (menu_has (menu, "messages.recipient-correct"));
    g_assert_true (menu_has (menu, "messages.recipient-account"));
    g_assert_true (menu_has (menu, "messages.recipient-again") == !active);
    mr_recipient_card_set_accounts (MR_RECIPIENT_CARD (card), G_LIST_MODEL (accounts));
    mr_recipient_card_set (MR_RECIPIENT_CARD (card), message, recipient, TRUE, diagnosis, NOW);
    gtk_window_destroy (GTK_WINDOW (show_card (card, name)));
  }
}

/* What cannot work is not offered. */
static void
test_limits (void)
{
  g_autoptr (GListStore) accounts = make_accounts ();
  g_auto (MrDiagnosisResult) result = { 0 };

  diagnose (&rows[0], &result);
  g_autoptr (MrMessageRecord) message = make_message (&rows[0], &result);
  MrRecipientRecord *recipient = message->recipients->pdata[0];
  message->has_body = FALSE;
  g_assert_cmpint (mr_recipient_suggest (message, recipient, diagnosis), ==, MR_SUGGEST_NOTHING);
  g_autoptr (GMenuModel) bare = mr_recipient_new_menu (message, recipient, diagnosis, G_LIST_MODEL (accounts), TRUE);
  g_assert_false (menu_has (bare, "messages.recipient-correct") || menu_has (bare, "messages.recipient-again")
                  || menu_has (bare, "messages.recipient-account") || menu_has (bare, "app.open-domain"));

  g_auto (MrDiagnosisResult) refused = { 0 };
  diagnose (&rows[7], &refused);
  g_autoptr (MrMessageRecord) second = make_message (&rows[7], &refused);
  g_autoptr (GMenuModel) with = mr_recipient_new_menu (second, second->recipients->pdata[0], diagnosis, NULL, TRUE);
  g_autoptr (GMenuModel) without = mr_recipient_new_menu (second, second->recipients->pdata[0], diagnosis, NULL, FALSE);
  g_assert_true (menu_has (with, "app.open-domain"));
  g_assert_false (menu_has (without, "app.open-domain") || menu_has (without, "messages.recipient-account"));
  g_assert_cmpstr (mr_recipient_get_domain_check (second->recipients->pdata[0]), ==, "spf");
}

/* What came back after it was handed over says so, with the report's cause. */
static void
test_returned_later (void)
{
  g_auto (MrDiagnosisResult) result = { 0 };

  diagnose (&rows[0], &result);
  g_autoptr (MrMessageRecord) message = make_message (&rows[0], &result);
  MrRecipientRecord *recipient = message->recipients->pdata[0];
  GtkWidget *card = mr_recipient_card_new ();
  recipient->state = MR_RECIPIENT_DELIVERED;
  g_clear_pointer (&recipient->cause, g_free);
  g_clear_pointer (&recipient->cause_params, g_variant_unref);
  recipient->bounced = NOW;
  recipient->bounced_cause = g_strdup ("mailbox-full");
  mr_recipient_card_set (MR_RECIPIENT_CARD (card), message, recipient, FALSE, diagnosis, NOW);
  GtkWidget *window = show_card (card, "cause-returned-later");
  g_assert_nonnull (audit_find (card, GTK_TYPE_LABEL, "The mailbox of bob@example.org is full."));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  diagnosis = mr_diagnosis_new_builtin ();
  g_autoptr (GtkCssProvider) css = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (css, "/com/example/MailRelay/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_test_add_func ("/cards/explain", test_explain_cards);
  g_test_add_func ("/cards/recipient", test_recipient_cards);
  g_test_add_func ("/cards/limits", test_limits);
  g_test_add_func ("/cards/returned-later", test_returned_later);
  int result = g_test_run ();
  mr_diagnosis_free (diagnosis);
  return result;
}
