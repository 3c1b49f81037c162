/* The card above the outbox, with a service that plays what waits: it comes, changes and goes with the queue, and its button does what it says. */
#include <adwaita.h>

#include "audit.h"
#include "base/records-variant.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/messages-page.h"
#include "ui/wait-card.h"

#define NARROW 360

typedef struct {
  FakeService *fake;
  guint waiting;        /* messages in the one group; 0: no group */
  MrAccountState state; /* of the one account */
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *window;
  MrMessagesPage *page;
  MrWaitCard *card;
  char *edited; /* what win.edit-account was given */
} Play;

static gboolean
list_groups_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, Play *play)
{
  GVariantBuilder builder;
  MrGroupRecord group = { .cause = (char *)"login-failed",
                          .wait_reason = MR_WAIT_ACCOUNT_PAUSED,
                          .account = (char *)"work",
                          .messages = play->waiting,
                          .recipients = play->waiting };

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  if (play->waiting > 0)
    g_variant_builder_add_value (&builder, mr_group_record_to_variant (&group));
  mr_dbus_outbox_complete_list_groups (outbox, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
list_accounts_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, Play *play)
{
  g_autoptr (MrAccountRecord) account = mr_account_record_new ();
  GVariantBuilder builder;

  account->id = g_strdup ("work");
  account->name = g_strdup ("Work");
  account->host = g_strdup ("smtp.example.com");
  account->state = play->state;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_add_value (&builder, mr_account_record_to_variant (account));
  mr_dbus_accounts_complete_list (accounts, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static void
edit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Play *play = data;

  g_free (play->edited);
  play->edited = g_variant_dup_string (parameter, NULL);
}

static void
set_up (Play *play, gconstpointer unused)
{
  static const GActionEntry entries[] = { { .name = "edit-account", .activate = edit_cb, .parameter_type = "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  play->fake = fake_service_new ();
  play->state = MR_ACCOUNT_PASSWORD_REFUSED;
  fake_service_fill (play->fake, 17);
  g_signal_connect (play->fake->outbox, "handle-list-groups", G_CALLBACK (list_groups_cb), play);
  g_signal_connect (play->fake->accounts, "handle-list", G_CALLBACK (list_accounts_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  play->page = g_object_new (MR_TYPE_MESSAGES_PAGE, "history", FALSE, NULL);
  mr_messages_page_set_desk (play->page, play->desk);
  play->card = MR_WAIT_CARD (audit_find (GTK_WIDGET (play->page), MR_TYPE_WAIT_CARD, NULL));
  g_assert_nonnull (play->card);

  play->window = adw_window_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), play);
  gtk_widget_insert_action_group (play->window, "win", G_ACTION_GROUP (actions));
  adw_window_set_content (ADW_WINDOW (play->window), GTK_WIDGET (play->page));
  gtk_window_set_default_size (GTK_WINDOW (play->window), NARROW, 640);
  gtk_window_present (GTK_WINDOW (play->window));
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (mr_client_is_connected (play->client) && mr_desk_knows_accounts (play->desk));
  shot_settle (play->window);
}

static void
tear_down (Play *play, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (play->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  answer_clear (&play->connected);
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
  g_free (play->edited);
}

static gboolean
is_shown (Play *play)
{
  return gtk_widget_get_visible (GTK_WIDGET (play->card));
}

static void
set_waiting (Play *play, guint waiting)
{
  play->waiting = waiting;
  fake_service_emit (play->fake, "queue");
}

static void
assert_fits (Play *play)
{
  int minimum = 0;

  gtk_widget_measure (GTK_WIDGET (play->card), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum + 24, <=, NARROW);
  gtk_widget_measure (GTK_WIDGET (play->page), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW);
}

static void
test_follows (Play *play, gconstpointer unused)
{
  const char *text = "17 messages wait for one reason: your password was refused";

  g_assert_false (is_shown (play));
  set_waiting (play, 17);
  wait_until (is_shown (play));
  shot_save (play->window, "wait-card");
  audit_names (play->window, "wait card");
  assert_fits (play);
  g_assert_nonnull (audit_find (GTK_WIDGET (play->card), GTK_TYPE_LABEL, text));
  g_assert_nonnull (audit_find (GTK_WIDGET (play->card), GTK_TYPE_LABEL, "Account: Work"));
  gtk_test_accessible_assert_property (play->card, GTK_ACCESSIBLE_PROPERTY_LABEL, text);

  GtkWidget *button = audit_find (GTK_WIDGET (play->card), GTK_TYPE_BUTTON, "Enter the Password…");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (play->edited, ==, "work");

  set_waiting (play, 2);
  wait_until (audit_find (GTK_WIDGET (play->card), GTK_TYPE_LABEL,
                          "2 messages wait for one reason: your password was refused"));
  set_waiting (play, 0);
  wait_until (!is_shown (play));
}

/* The outbox was last asked for these. The history, which has a page of its own, is not here. */
static gboolean
asked_for (Play *play, const char *reason, const char *account)
{
  const char *given_reason = NULL, *given_account = NULL;

  g_variant_lookup (play->fake->filter, "wait-reason", "&s", &given_reason);
  g_variant_lookup (play->fake->filter, "account", "&s", &given_account);
  return g_strcmp0 (given_reason, reason) == 0 && g_strcmp0 (given_account, account) == 0;
}

/* Only those that are told are listed, until all are asked for again or nothing is told any more. */
static void
test_show (Play *play, gconstpointer unused)
{
  set_waiting (play, 17);
  wait_until (is_shown (play));
  GtkWidget *show = audit_find (GTK_WIDGET (play->card), GTK_TYPE_TOGGLE_BUTTON, "Show Only These");
  g_assert_nonnull (show);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (show), TRUE);
  wait_until (asked_for (play, "account-paused", "work"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (show)), ==, "Show All");
  shot_save (play->window, "wait-card-show");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (show), FALSE);
  wait_until (asked_for (play, NULL, NULL));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (show), TRUE);
  wait_until (asked_for (play, "account-paused", "work"));
  set_waiting (play, 0);
  wait_until (asked_for (play, NULL, NULL));
}

/* The account tells before the queue does that the password was right. */
static void
test_account_works (Play *play, gconstpointer unused)
{
  set_waiting (play, 17);
  wait_until (is_shown (play));
  play->state = MR_ACCOUNT_READY;
  fake_service_emit (play->fake, "accounts");
  wait_until (!is_shown (play));
}

static void
test_dark (Play *play, gconstpointer unused)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_window_set_default_size (GTK_WINDOW (play->window), 1000, 640);
  set_waiting (play, 17);
  wait_until (is_shown (play));
  shot_save (play->window, "wait-card-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
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
  g_test_add ("/waits/follows", Play, NULL, set_up, test_follows, tear_down);
  g_test_add ("/waits/show", Play, NULL, set_up, test_show, tear_down);
  g_test_add ("/waits/account-works", Play, NULL, set_up, test_account_works, tear_down);
  g_test_add ("/waits/dark", Play, NULL, set_up, test_dark, tear_down);
  return g_test_run ();
}
