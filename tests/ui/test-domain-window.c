/* The domain window with a service that plays what became worse: the word that it is right, the switch for regular checks, a service that comes later. */
#include <adwaita.h>
#include <string.h>

#include "audit.h"
#include "base/records-variant.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/domain-finding-row.h"
#include "ui/domain-window.h"

typedef struct {
  FakeService *fake;
  MrClient *client;
  MrDesk *desk;
  GtkWidget *window;
  gboolean added, of_account, worse, refuse;
  guint checked, accepted;
} Play;

static gboolean
list_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, Play *play)
{
  static const char *const accounts[] = { "work", NULL };
  g_autoptr (MrDomainRecord) record = mr_domain_record_new ("own.example");
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  record->added = play->added;
  if (play->of_account) {
    g_strfreev (record->accounts);
    record->accounts = g_strdupv ((char **)accounts);
  }
  if (play->added || play->of_account)
    g_variant_builder_add_value (&rows, mr_domain_record_to_variant (record));
  mr_dbus_domains_complete_list (domains, invocation, g_variant_builder_end (&rows));
  return TRUE;
}

static gboolean
check_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, GVariant *options, Play *play)
{
  g_autoptr (MrDomainReport) report = mr_domain_report_new (domain);

  play->checked++;
  g_ptr_array_add (report->findings, mr_domain_finding_new ("spf", MR_FINDING_WRONG, "spf-none"));
  if (play->worse)
    g_ptr_array_add (report->drifts, mr_domain_finding_new ("spf", MR_FINDING_WRONG, "spf-none"));
  mr_dbus_domains_complete_start_check (domains, invocation, play->checked);
  mr_dbus_domains_emit_check_done (domains, play->checked, "", mr_domain_report_to_variant (report));
  return TRUE;
}

static gboolean
accept_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, Play *play)
{
  g_assert_cmpstr (domain, ==, "own.example");
  play->accepted++;
  if (play->refuse)
    g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, MR_ERROR_FAILED, "no");
  else
    mr_dbus_domains_complete_accept_drifts (domains, invocation);
  return TRUE;
}

static gboolean
add_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, Play *play)
{
  g_assert_cmpstr (domain, ==, "own.example");
  if (play->refuse) {
    g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, MR_ERROR_TOO_BIG, "too many");
    return TRUE;
  }
  play->added = TRUE;
  mr_dbus_domains_complete_add (domains, invocation);
  return TRUE;
}

static gboolean
remove_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, Play *play)
{
  play->added = FALSE;
  mr_dbus_domains_complete_remove (domains, invocation);
  return TRUE;
}

static void
set_up (Play *play, gconstpointer unused)
{
  Answer connected = { NULL };

  play->worse = TRUE;
  play->fake = fake_service_new ();
  g_signal_connect (play->fake->domains, "handle-list", G_CALLBACK (list_cb), play);
  g_signal_connect (play->fake->domains, "handle-start-check", G_CALLBACK (check_cb), play);
  g_signal_connect (play->fake->domains, "handle-accept-drifts", G_CALLBACK (accept_cb), play);
  g_signal_connect (play->fake->domains, "handle-add", G_CALLBACK (add_cb), play);
  g_signal_connect (play->fake->domains, "handle-remove", G_CALLBACK (remove_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  mr_client_connect_async (play->client, NULL, answer_cb, &connected);
  answer_wait (&connected);
  answer_clear (&connected);
  wait_until (mr_client_is_connected (play->client));
}

static void
tear_down (Play *play, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (play->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
}

static void
open_window (Play *play)
{
  play->window = mr_domain_window_new (play->desk, NULL);
  gtk_window_present (GTK_WINDOW (play->window));
  mr_domain_window_check (MR_DOMAIN_WINDOW (play->window), "own.example", "spf");
}

static GtkWidget *
find (Play *play, GType type, const char *text)
{
  GtkWidget *widget = audit_find (play->window, type, text);

  return widget != NULL && gtk_widget_get_mapped (widget) ? widget : NULL;
}

static GtkSwitch *
find_switch (Play *play)
{
  return GTK_SWITCH (audit_find (play->window, GTK_TYPE_SWITCH, NULL));
}

static void
test_accept (Play *play, gconstpointer unused)
{
  GtkWidget *button;

  open_window (play);
  wait_until ((button = find (play, GTK_TYPE_BUTTON, "That Is as It Should Be")) != NULL);
  shot_settle (play->window);
  audit_names (play->window, "worse");
  shot_save (play->window, "domain-worse");
  play->refuse = TRUE;
  g_signal_emit_by_name (button, "clicked");
  g_assert_false (gtk_widget_get_sensitive (button)); /* not twice */
  wait_until (play->accepted == 1 && gtk_widget_get_sensitive (button));
  g_assert_true (gtk_widget_get_mapped (button)); /* it was not noted: it stays */
  play->refuse = FALSE;
  g_signal_emit_by_name (button, "clicked");
  wait_until (play->accepted == 2 && !gtk_widget_get_mapped (button));
}

static void
test_nothing_worse (Play *play, gconstpointer unused)
{
  play->worse = FALSE;
  open_window (play);
  wait_until (play->checked == 1 && find (play, GTK_TYPE_SWITCH, NULL) != NULL);
  g_assert_null (find (play, GTK_TYPE_BUTTON, "That Is as It Should Be"));
}

static void
test_regular (Play *play, gconstpointer unused)
{
  open_window (play);
  wait_until (find (play, GTK_TYPE_SWITCH, NULL) != NULL);
  g_assert_false (gtk_switch_get_active (find_switch (play)));
  gtk_switch_set_active (find_switch (play), TRUE);
  wait_until (play->added);
  gtk_switch_set_active (find_switch (play), FALSE);
  wait_until (!play->added);
  play->refuse = TRUE;
  gtk_switch_set_active (find_switch (play), TRUE);
  wait_until (!gtk_switch_get_active (find_switch (play))); /* it tells how it is */
}

/* One that an account sends for is checked anyway. */
static void
test_of_account (Play *play, gconstpointer unused)
{
  play->of_account = TRUE;
  open_window (play);
  wait_until (find (play, GTK_TYPE_SWITCH, NULL) != NULL);
  g_assert_true (gtk_switch_get_active (find_switch (play)));
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (find_switch (play))));
}

/* Opened by a note on the desktop while the service is away: the check begins when it is back. */
static void
test_service_comes_later (Play *play, gconstpointer unused)
{
  fake_service_stop (play->fake);
  wait_until (!mr_client_is_connected (play->client));
  open_window (play);
  wait_until (find (play, GTK_TYPE_LABEL, "The service does not answer. The check begins when it does.") != NULL);
  g_assert_cmpuint (play->checked, ==, 0);
  fake_service_start (play->fake);
  wait_until (find (play, GTK_TYPE_BUTTON, "That Is as It Should Be") != NULL);
  g_assert_cmpuint (play->checked, ==, 1);
}

/* A record of one word takes the toolkit seconds where it looks for the ends of words. */
static void
test_giant_word (void)
{
  g_autofree char *giant = g_strnfill (3000, 'x');
  GtkWidget *broken = g_object_ref_sink (mr_domain_label_new (giant, NULL));
  GtkWidget *usual = g_object_ref_sink (mr_domain_label_new ("v=spf1 include:_spf.example.com -all", NULL));

  g_assert_cmpint (gtk_label_get_wrap_mode (GTK_LABEL (broken)), ==, PANGO_WRAP_CHAR);
  g_assert_cmpint (gtk_label_get_wrap_mode (GTK_LABEL (usual)), ==, PANGO_WRAP_WORD_CHAR);
  g_object_unref (broken);
  g_object_unref (usual);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/domain-window/accept", Play, NULL, set_up, test_accept, tear_down);
  g_test_add ("/domain-window/nothing-worse", Play, NULL, set_up, test_nothing_worse, tear_down);
  g_test_add ("/domain-window/regular", Play, NULL, set_up, test_regular, tear_down);
  g_test_add ("/domain-window/of-account", Play, NULL, set_up, test_of_account, tear_down);
  g_test_add ("/domain-window/service-comes-later", Play, NULL, set_up, test_service_comes_later, tear_down);
  g_test_add_func ("/domain-window/giant-word", test_giant_word);
  return g_test_run ();
}
