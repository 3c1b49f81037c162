/* The guide for a domain with a service that plays what is published: answers and options, the cards with their buttons, the watch, the proof; narrow, dark. */
#include <adwaita.h>
#include <string.h>

#include "audit.h"
#include "base/records-variant.h"
#include "shot.h"
#include "tests/unit/client/fake-service.h"
#include "ui/copy-button.h"
#include "ui/domain-guide-answers.h"
#include "ui/domain-guide-prove.h"
#include "ui/domain-guide-zone.h"
#include "ui/domain-guide.h"

#define PLAN                                                                                                           \
  "{'domain': <'own.example'>, 'zone': <'own.example'>, 'servers': <['ns1.cloud.example']>, 'provider': <''>,"         \
  " 'provider-name': <'Cloud'>, 'provider-url': <'https://dash.cloud.example/'>, 'provider-menu': <'DNS > Add'>,"      \
  " 'look-ups': <uint32 12>, 'records': <[%s]>, 'reverse': <[{'address': <'192.0.2.7'>, 'state': <'add'>,"             \
  " 'wanted': <'mail.own.example'>, 'whom': <'Ask your provider.'>, 'subject': <'Name'>, 'text': <'Please'>}]>,"       \
  " 'costs': <[('include:a.example', uint32 12)]>, 'tls-reports': <{'address': <''>, 'proposed': "                     \
  "<'tls-reports@own.example'>, 'words': <'Senders report.'>}>,"                                                       \
  " 'policy-file': <@a{sv} {}>, 'dmarc': <{'current': <'none'>, 'words': <'Go on observing.'>, 'evidence': "           \
  "<{'reports': <uint32 3>,"                                                                                           \
  " 'sources': <[{'source': <'192.0.2.9'>, 'messages': <uint64 9>, 'passed': <uint64 4>, 'foreign': <false>}]>}>}>}"
#define SPF                                                                                                            \
  "{'kind': <'spf'>, 'state': <'replace'>, 'type': <'TXT'>, 'name': <'own.example'>, 'field-name': <'@'>,"             \
  " 'value': <'v=spf1 include:a.example -all'>, 'field-value': <'v=spf1 include:a.example -all'>,"                     \
  " 'zone-line': <'own.example. 3600 IN TXT \"v=spf1\"'>, 'existing': <['v=spf1 ?include:a.example -all']>}"
#define DMARC                                                                                                          \
  "{'kind': <'dmarc'>, 'state': <'done'>, 'type': <'TXT'>, 'name': <'_dmarc.own.example'>,"                            \
  " 'value': <'v=DMARC1; p=none; rua=mailto:r@own.example'>, 'zone-line': <'no'>,"                                     \
  " 'existing': <['v=DMARC1; p=none; rua = mailto:r@own.example!10m, mailto:x@y.example']>}"
#define SERVICES                                                                                                       \
  "[{'id': <'a'>, 'name': <'Alpha'>, 'term': <'include:a.example'>}, {'id': <'b'>, 'name': <'Beta'>, 'term': <''>}]"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static GVariant *
make_plan (void)
{
  g_autofree char *text = g_strdup_printf (PLAN, SPF "," DMARC);

  return parse ("a{sv}", text);
}

/* ---- answers ---- */

/* What is published tells the answers, the answers are options, and options are answers again. */
static void
test_answers (void)
{
  g_autoptr (MrGuideAnswers) answers = mr_guide_answers_new (), again = mr_guide_answers_new ();
  g_autoptr (GVariant) plan = make_plan (), services = parse ("aa{sv}", SERVICES);

  mr_guide_answers_take_published (answers, plan, services);
  g_assert_true (mr_guide_answers_has_service (answers, "a"));
  g_assert_false (mr_guide_answers_has_service (answers, "b"));
  g_assert_cmpstr (answers->reports, ==, "r@own.example");
  mr_guide_answers_set_service (answers, "b", TRUE);
  mr_guide_answers_set (&answers->senders, " ip4:192.0.2.1,  mx ");
  mr_guide_answers_set (&answers->step, "quarantine");
  answers->lists = TRUE;
  g_autoptr (GVariant) options = g_variant_ref_sink (mr_guide_answers_to_options (answers));
  g_autofree char *printed = g_variant_print (options, FALSE);
  g_assert_cmpstr (printed, ==,
                   "{'services': <['a', 'b']>, 'senders': <['ip4:192.0.2.1', 'mx']>, 'reports': <'r@own.example'>, "
                   "'dmarc': <'quarantine'>, 'mailing-lists': <true>}");
  mr_guide_answers_take_options (again, options);
  g_autoptr (GVariant) same = g_variant_ref_sink (mr_guide_answers_to_options (again));
  g_assert_true (g_variant_equal (options, same));
}

static void
test_accounts (void)
{
  static const struct {
    const char *pattern;
    gboolean fits;
    const char *address;
  } table[] = { { "me@own.example", TRUE, "me@own.example" },
                { "*@OWN.example", TRUE, NULL },
                { "*", TRUE, NULL },
                { "me@sub.own.example", FALSE, NULL },
                { "own.example", FALSE, NULL },
                { "@", FALSE, NULL },
                { "*@xn--bcher-kva.example", FALSE, NULL },
                { "*@b\303\274cher.example", FALSE, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    const char *addresses[] = { table[i].pattern, NULL };
    const MrAccountRecord account = { .addresses = (char **)addresses };

    g_assert_cmpint (mr_guide_account_fits (&account, "own.example"), ==, table[i].fits);
    g_assert_cmpstr (mr_guide_account_address (&account, "own.example"), ==, table[i].address);
  }
  const char *addresses[] = { "*@b\303\274cher.example", NULL };
  const MrAccountRecord account = { .addresses = (char **)addresses };
  g_assert_true (mr_guide_account_fits (&account, "xn--bcher-kva.example"));
}

/* Dearest first; a plan that does not tell has none. */
static void
test_costs (void)
{
  g_autoptr (GVariant) plan = parse ("a{sv}", "{'costs': <[('mx', uint32 1), ('include:big.example', 3), ('a', 1)]>}");
  g_autoptr (GVariant) bare = parse ("a{sv}", "@a{sv} {}");
  g_autofree char *costs = mr_guide_dup_costs (plan), *none = mr_guide_dup_costs (bare);

  g_assert_cmpstr (costs, ==, "include:big.example: 3\nmx: 1\na: 1");
  g_assert_cmpstr (none, ==, "");
}

/* A mode that an old watch did not name is the careful one. */
static void
test_modes (void)
{
  g_autoptr (MrGuideAnswers) answers = mr_guide_answers_new ();
  g_autoptr (GVariant) wished = parse ("a{sv}", "{'mta-sts': <true>}");
  g_autoptr (GVariant) strict = parse ("a{sv}", "{'mta-sts': <true>, 'sts-mode': <'enforce'>}");
  g_autoptr (GVariant) none = parse ("a{sv}", "{'sts-mode': <'enforce'>}");

  mr_guide_answers_take_options (answers, wished);
  g_assert_cmpstr (answers->sts_mode, ==, "testing");
  mr_guide_answers_take_options (answers, strict);
  g_autoptr (GVariant) options = g_variant_ref_sink (mr_guide_answers_to_options (answers));
  g_assert_true (mr_guide_is_set (options, "mta-sts"));
  g_assert_cmpstr (mr_guide_text (options, "sts-mode"), ==, "enforce");
  mr_guide_answers_take_options (answers, none);
  g_assert_cmpstr (answers->sts_mode, ==, "");
}

static void
test_lines (void)
{
  g_autoptr (GVariant) plan = make_plan ();
  g_autofree char *lines = mr_guide_zone_dup_lines (plan);

  g_assert_cmpstr (lines, ==, "own.example. 3600 IN TXT \"v=spf1\"\n"); /* what is done is left out */
}

/* ---- the window ---- */

typedef struct {
  FakeService *fake;
  char *planned; /* options of the last plan */
  guint watched, verified, foreign;
  MrClient *client;
  Answer connected;
  MrDesk *desk;
  GtkWidget *window;
} Play;

static gboolean
list_services_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, Play *play)
{
  mr_dbus_domains_complete_list_services (domains, invocation, parse ("aa{sv}", SERVICES));
  return TRUE;
}

static gboolean
list_providers_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, Play *play)
{
  mr_dbus_domains_complete_list_dns_providers (
      domains, invocation, parse ("aa{sv}", "[{'id': <'cloud'>, 'name': <'Cloud'>, 'url': <''>, 'menu': <''>}]"));
  return TRUE;
}

static gboolean
list_keys_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, Play *play)
{
  mr_dbus_domains_complete_list_keys (domains, invocation, parse ("aa{sv}", "@aa{sv} []"));
  return TRUE;
}

static gboolean
plan_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, GVariant *options, Play *play)
{
  g_free (play->planned);
  play->planned = g_variant_print (options, FALSE);
  mr_dbus_domains_complete_plan_records (domains, invocation, make_plan ());
  return TRUE;
}

static GVariant *
make_watch (const char *state)
{
  g_autofree char *text = g_strdup_printf ("{'domain': <'own.example'>, 'done': <%s>, 'checked': <int64 "
                                           "1790000000000000>, 'options': <{'services': <['b']>}>,"
                                           " 'records': <[{'kind': <'spf'>, 'name': <'own.example'>, 'state': <'%s'>,"
                                           " 'servers': <[('192.0.2.53', '%s')]>}]>}",
                                           g_str_equal (state, "live") ? "true" : "false", state, state);

  return parse ("a{sv}", text);
}

static gboolean
watch_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, GVariant *options, Play *play)
{
  play->watched++;
  mr_dbus_domains_complete_watch_records (domains, invocation, make_watch ("absent"));
  return TRUE;
}

static gboolean
get_watch_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, Play *play)
{
  if (play->watched > 0)
    mr_dbus_domains_complete_get_watch (domains, invocation, make_watch ("absent"));
  else
    g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, MR_ERROR_NOT_FOUND, "it is not watched");
  return TRUE;
}

static gboolean
check_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, GVariant *options, Play *play)
{
  g_autoptr (MrDomainReport) report = mr_domain_report_new (domain);
  MrDomainFinding *finding = mr_domain_finding_new ("spf", MR_FINDING_WRONG, "spf-two");

  finding->params = parse ("a{ss}", "{'domain': 'own.example'}");
  g_ptr_array_add (report->findings, finding);
  mr_dbus_domains_complete_start_check (domains, invocation, 1);
  mr_dbus_domains_emit_check_done (domains, 1, "", mr_domain_report_to_variant (report));
  return TRUE;
}

static gboolean
foreign_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, const char *domain, const char *source,
            gboolean foreign, Play *play)
{
  g_assert_cmpstr (source, ==, "192.0.2.9");
  g_assert_true (foreign);
  play->foreign++;
  mr_dbus_domains_complete_set_source_foreign (domains, invocation);
  return TRUE;
}

static gboolean
verify_cb (MrDBusDomains *domains, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle, Play *play)
{
  play->verified++;
  mr_dbus_domains_complete_verify_message (
      domains, invocation, NULL,
      parse ("aa{sv}", "[{'domain': <'own.example'>, 'selector': <'mr1'>, 'result': <'pass'>, 'reason': <''>}]"));
  return TRUE;
}

static void
open_guide (Play *play)
{
  play->window = mr_domain_guide_new (play->desk, NULL, "own.example");
  gtk_window_present (GTK_WINDOW (play->window));
}

static void
set_up (Play *play, gconstpointer unused)
{
  play->fake = fake_service_new ();
  g_signal_connect (play->fake->domains, "handle-list-services", G_CALLBACK (list_services_cb), play);
  g_signal_connect (play->fake->domains, "handle-list-dns-providers", G_CALLBACK (list_providers_cb), play);
  g_signal_connect (play->fake->domains, "handle-list-keys", G_CALLBACK (list_keys_cb), play);
  g_signal_connect (play->fake->domains, "handle-plan-records", G_CALLBACK (plan_cb), play);
  g_signal_connect (play->fake->domains, "handle-watch-records", G_CALLBACK (watch_cb), play);
  g_signal_connect (play->fake->domains, "handle-get-watch", G_CALLBACK (get_watch_cb), play);
  g_signal_connect (play->fake->domains, "handle-start-check", G_CALLBACK (check_cb), play);
  g_signal_connect (play->fake->domains, "handle-set-source-foreign", G_CALLBACK (foreign_cb), play);
  g_signal_connect (play->fake->domains, "handle-verify-message", G_CALLBACK (verify_cb), play);
  fake_service_start (play->fake);
  play->client = mr_client_new (FALSE);
  play->desk = mr_desk_new (play->client);
  mr_client_connect_async (play->client, NULL, answer_cb, &play->connected);
  answer_wait (&play->connected);
  wait_until (mr_client_is_connected (play->client));
  open_guide (play);
  shot_settle (play->window);
}

static void
close_guide (Play *play)
{
  gtk_window_destroy (GTK_WINDOW (play->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
tear_down (Play *play, gconstpointer unused)
{
  close_guide (play);
  answer_clear (&play->connected);
  g_object_unref (play->desk);
  g_object_unref (play->client);
  fake_service_free (play->fake);
  g_free (play->planned);
}

static gboolean
says (Play *play, const char *text)
{
  GtkWidget *label = audit_find (play->window, GTK_TYPE_LABEL, text);

  return label != NULL && gtk_widget_get_mapped (label);
}

static void
press (Play *play, const char *label)
{
  GtkWidget *button = audit_find (play->window, GTK_TYPE_BUTTON, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
choose (Play *play, const char *title)
{
  GtkWidget *row = audit_find (play->window, ADW_TYPE_ACTION_ROW, title);

  g_assert_nonnull (row);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (audit_find (row, GTK_TYPE_CHECK_BUTTON, NULL)), TRUE);
}

static GtkWidget *
find_tooltip (GtkWidget *widget, const char *tooltip)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_tooltip (child, tooltip);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static void
test_walk (Play *play, gconstpointer unused)
{
  wait_until (says (play, "Step 1 of 5: What is there") && says (play, "Look Again"));
  shot_save (play->window, "guide-find");
  press (play, "Next");
  wait_until (says (play, "Alpha"));
  shot_save (play->window, "guide-ask");
  g_assert_cmpstr (play->planned, ==, "{}"); /* only what is there was asked */
  g_assert_true (says (play, "Senders report."));
  GtkWidget *tls = audit_find (play->window, ADW_TYPE_ENTRY_ROW, "Address for reports about encryption (not needed)");
  g_signal_emit_by_name (audit_find (tls, GTK_TYPE_BUTTON, "Propose"), "clicked");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (tls)), ==, "tls-reports@own.example");
  press (play, "Next");
  wait_until (strstr (play->planned, "'services': <['a']>") != NULL && says (play, "Go on observing."));
  g_assert_nonnull (strstr (play->planned, "'tls-reports': <'tls-reports@own.example'>"));
  g_assert_null (strstr (play->planned, "mta-sts"));
  choose (play, "Try it (testing)");
  wait_until (strstr (play->planned, "'mta-sts': <true>, 'sts-mode': <'testing'>") != NULL);
  wait_until (says (play, "Go on observing."));
  choose (play, "Not yet");
  wait_until (strstr (play->planned, "mta-sts") == NULL && says (play, "Go on observing."));
  g_assert_true (says (play, "v=spf1 include:a.example -all"));
  g_assert_true (says (play, "v=spf1 ?include:a.example -all")); /* what is to go */
  g_assert_true (says (play, "Please"));                         /* the text for whoever gave the address */
  press (play, "Not Mine");                                      /* a source of the reports */
  wait_until (play->foreign == 1);
  g_assert_nonnull (audit_find (play->window, ADW_TYPE_EXPANDER_ROW, "What the reports say"));
  GtkWidget *copy = audit_find (play->window, MR_TYPE_COPY_BUTTON, NULL);
  g_assert_nonnull (copy);
  g_signal_emit_by_name (copy, "clicked");
  g_assert_cmpstr (gtk_button_get_icon_name (GTK_BUTTON (copy)), ==, "emblem-ok-symbolic");
  audit_names (play->window, "guide");
  shot_save (play->window, "guide-records");
  g_assert_cmpuint (play->watched, ==, 0);
  press (play, "I Have Entered Them");
  wait_until (says (play, "Allowed senders (SPF): not there yet"));
  mr_dbus_domains_emit_watch_changed (play->fake->domains, "own.example", make_watch ("live"));
  wait_until (says (play, "Allowed senders (SPF): there") && says (play, "Everything is published."));
  shot_save (play->window, "guide-wait");
}

/* Closed and opened again it is where it was, with the answers that the watch was asked for. */
static void
test_comes_back (Play *play, gconstpointer unused)
{
  wait_until (says (play, "Look Again"));
  play->watched = 1;
  close_guide (play);
  open_guide (play);
  wait_until (says (play, "Allowed senders (SPF): not there yet"));
  press (play, "Next");
  g_assert_true (says (play, "Step 5 of 5: Proof"));
  press (play, "Done");
  open_guide (play);
  wait_until (says (play, "Allowed senders (SPF): not there yet"));
  wait_until (g_strcmp0 (play->planned, "{}") == 0);
  shot_settle (play->window);
  g_signal_emit_by_name (find_tooltip (play->window, "One step back"), "clicked");
  wait_until (strstr (play->planned, "'b'") != NULL);
}

static void
test_proof (Play *play, gconstpointer unused)
{
  static const char header[]
      = "Authentication-Results: mx.example; spf=fail smtp.mailfrom=me@own.example\nSubject: x\n";
  g_autofree char *whole = g_strconcat (header, "\nbody\n", NULL);
  MrGuideProve *prove = MR_GUIDE_PROVE (audit_find (play->window, MR_TYPE_GUIDE_PROVE, NULL));

  wait_until (says (play, "Look Again"));
  for (guint i = 0; i < 4; i++)
    press (play, i == 2 ? "I Have Entered Them" : "Next");
  mr_guide_prove_explain (prove, header, strlen (header));
  g_assert_true (audit_find (play->window, GTK_TYPE_LABEL,
                             "The receiver doubts that this message is yours. The lines that are marked say why.")
                 != NULL);
  g_assert_cmpuint (play->verified, ==, 0);
  mr_guide_prove_explain (prove, whole, strlen (whole));
  wait_until (says (play, "The signature of your domain, own.example, is good."));
  g_assert_cmpuint (play->verified, ==, 1);
  audit_names (play->window, "proof");
  shot_save (play->window, "guide-prove");
}

static void
test_looks (Play *play, gconstpointer unused)
{
  static const char *const names[] = { "find", "ask", "records", "wait", "prove" };
  int minimum = 0;

  wait_until (says (play, "Look Again"));
  gtk_widget_measure (play->window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *narrow = g_strdup_printf ("guide-%s-narrow", names[i]);
    g_autofree char *dark = g_strdup_printf ("guide-%s-dark", names[i]);

    gtk_window_set_default_size (GTK_WINDOW (play->window), 360, 640);
    shot_settle (play->window);
    shot_save (play->window, narrow);
    gtk_widget_measure (play->window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
    g_assert_cmpint (minimum, <=, 360);
    gtk_window_set_default_size (GTK_WINDOW (play->window), 680, 740);
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
    shot_settle (play->window);
    shot_save (play->window, dark);
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
    if (i + 1 < G_N_ELEMENTS (names))
      press (play, i == 2 ? "I Have Entered Them" : "Next");
    if (i == 1)
      wait_until (says (play, "Go on observing."));
  }
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/domain-guide/answers", test_answers);
  g_test_add_func ("/domain-guide/accounts", test_accounts);
  g_test_add_func ("/domain-guide/costs", test_costs);
  g_test_add_func ("/domain-guide/modes", test_modes);
  g_test_add_func ("/domain-guide/lines", test_lines);
  g_test_add ("/domain-guide/walk", Play, NULL, set_up, test_walk, tear_down);
  g_test_add ("/domain-guide/comes-back", Play, NULL, set_up, test_comes_back, tear_down);
  g_test_add ("/domain-guide/proof", Play, NULL, set_up, test_proof, tear_down);
  g_test_add ("/domain-guide/looks", Play, NULL, set_up, test_looks, tear_down);
  return g_test_run ();
}
