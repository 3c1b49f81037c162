/* Finding settings and signing in, against a service of the test's own: steps before and after the number, other people's, cancelling, ends. */
#include "client/set-up-calls.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "base/records-variant.h"
#include "fake-service.h"

#define NUMBER 7

typedef struct {
  FakeService *fake;
  gboolean silent;
  guint n_cancelled;
} Service;

static GVariant *
make_step (const char *first, const char *value, const char *state)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, first, "s", value);
  g_variant_dict_insert (&dict, "state", "s", state);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_results (const char *host)
{
  g_autoptr (MrDiscoveryRecord) record = mr_discovery_record_new ();
  GVariantBuilder builder;

  record->source = MR_SOURCE_SRV;
  record->host = g_strdup (host);
  record->port = 465;
  record->tls = MR_TLS_IMPLICIT;
  record->secure = TRUE;
  record->log_ins = g_strsplit ("app-password;password", ";", -1);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_add_value (&builder, mr_discovery_record_to_variant (record));
  return g_variant_builder_end (&builder);
}

static gboolean
discover_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, const char *address, GVariant *options,
             Service *service)
{
  g_autofree char *text = g_variant_print (options, FALSE);
  g_autofree char *all = g_strdup_printf ("%s %s", address, text);
  gboolean fails = g_str_has_suffix (address, "fails.example");

  fake_service_set_last (service->fake, all);
  if (!service->silent)
    mr_dbus_accounts_emit_discover_step (accounts, NUMBER, make_step ("source", "preset", "nothing"));
  mr_dbus_accounts_emit_discover_step (accounts, NUMBER + 1, make_step ("source", "mx", "found"));
  mr_dbus_accounts_complete_discover (accounts, invocation, NUMBER);
  if (service->silent)
    return TRUE;
  mr_dbus_accounts_emit_discover_step (accounts, NUMBER, make_step ("source", "srv", "found"));
  mr_dbus_accounts_emit_discover_done (accounts, NUMBER, fails ? "No network" : "", make_results ("mail.x.example"));
  return TRUE;
}

static gboolean
cancel_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, guint number, Service *service)
{
  g_assert_cmpuint (number, ==, NUMBER);
  service->n_cancelled++;
  g_dbus_method_invocation_return_value (invocation, NULL);
  return TRUE;
}

static gboolean
sign_in_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GVariant *account, Service *service)
{
  g_autofree char *text = g_variant_print (account, FALSE);
  GVariantDict dict;

  fake_service_set_last (service->fake, text);
  mr_dbus_accounts_complete_sign_in (accounts, invocation, NUMBER);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "state", "s", "paste");
  g_variant_dict_insert (&dict, "url", "s", "https://login.x.example/");
  mr_dbus_accounts_emit_sign_in_step (accounts, NUMBER, g_variant_dict_end (&dict));
  return TRUE;
}

static gboolean
answer_sign_in_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, guint number, const char *pasted,
                   Service *service)
{
  gboolean good = g_str_equal (pasted, "good");

  g_assert_cmpuint (number, ==, NUMBER);
  mr_dbus_accounts_complete_answer_sign_in (accounts, invocation);
  mr_dbus_accounts_emit_sign_in_done (accounts, NUMBER, good, good ? "" : "The provider said no");
  return TRUE;
}

static gboolean
set_client_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *owner,
               const char *client, GVariant *handle, Service *service)
{
  int fd = g_unix_fd_list_get (fds, g_variant_get_handle (handle), NULL);
  char bytes[100] = "";
  gssize n = read (fd, bytes, sizeof bytes - 1);

  close (fd);
  g_autofree char *all = g_strdup_printf ("%s %s %s %d", owner, client, bytes, (int)n);
  fake_service_set_last (service->fake, all);
  mr_dbus_accounts_complete_set_oauth_client (accounts, invocation, NULL);
  return TRUE;
}

static gboolean
list_desktop_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, Service *service)
{
  MrDesktopAccountRecord record = { .id = (char *)"account_1",
                                    .provider = (char *)"gmail",
                                    .address = (char *)"anna@gmail.com",
                                    .name = (char *)"Google" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_add_value (&builder, mr_desktop_account_record_to_variant (&record));
  mr_dbus_accounts_complete_list_desktop_accounts (accounts, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
list_providers_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, Service *service)
{
  mr_dbus_accounts_complete_list_providers (accounts, invocation, make_results ("smtp.x.example"));
  return TRUE;
}

static gboolean
order_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, const char *const *ids, Service *service)
{
  g_autofree char *all = g_strjoinv (",", (char **)ids);

  fake_service_set_last (service->fake, all);
  mr_dbus_accounts_complete_order (accounts, invocation);
  return TRUE;
}

static void
service_start (Service *service)
{
  service->fake = fake_service_new ();
  MrDBusAccounts *accounts = service->fake->accounts;

  g_signal_connect (accounts, "handle-discover", G_CALLBACK (discover_cb), service);
  g_signal_connect (accounts, "handle-cancel-discover", G_CALLBACK (cancel_cb), service);
  g_signal_connect (accounts, "handle-sign-in", G_CALLBACK (sign_in_cb), service);
  g_signal_connect (accounts, "handle-answer-sign-in", G_CALLBACK (answer_sign_in_cb), service);
  g_signal_connect (accounts, "handle-cancel-sign-in", G_CALLBACK (cancel_cb), service);
  g_signal_connect (accounts, "handle-set-oauth-client", G_CALLBACK (set_client_cb), service);
  g_signal_connect (accounts, "handle-list-desktop-accounts", G_CALLBACK (list_desktop_cb), service);
  g_signal_connect (accounts, "handle-list-providers", G_CALLBACK (list_providers_cb), service);
  g_signal_connect (accounts, "handle-order", G_CALLBACK (order_cb), service);
  fake_service_start (service->fake);
}

static void
discover_step_cb (const MrClientDiscoverStep *step, gpointer data)
{
  g_string_append_printf (data, "%s=%s ", mr_source_nick (step->source), step->state);
}

static void
test_discover (void)
{
  Service service = { NULL };
  g_autoptr (GString) steps = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  service_start (&service);
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  {
    g_auto (Answer) answer = { NULL };
    mr_client_discover_async (client, "anna@x.example", MR_CLIENT_DISCOVER_PROBE, discover_step_cb, steps, NULL,
                              answer_cb, &answer);
    g_autoptr (GPtrArray) found = mr_client_discover_finish (client, answer_wait (&answer), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (found->len, ==, 1);
    const MrDiscoveryRecord *record = found->pdata[0];
    g_assert_cmpstr (record->host, ==, "mail.x.example");
    g_assert_true (record->secure);
    g_assert_cmpstr (record->log_ins[1], ==, "password");
    g_assert_cmpstr (steps->str, ==, "preset=nothing srv=found ");
    g_assert_nonnull (strstr (service.fake->last, "'probe': <true>"));
    g_assert_nonnull (strstr (service.fake->last, "'third-party': <false>"));
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_discover_async (client, "fails.example", 0, NULL, NULL, NULL, answer_cb, &answer);
    g_assert_null (mr_client_discover_finish (client, answer_wait (&answer), &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_FAILED);
    g_assert_cmpstr (error->message, ==, "No network");
  }
  g_clear_object (&client);
  fake_service_free (service.fake);
}

/* Stopped by the person, and because the service went away. */
static void
test_discover_ends_early (void)
{
  Service service = { .silent = TRUE };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  service_start (&service);
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  {
    g_auto (Answer) answer = { NULL };
    mr_client_discover_async (client, "x.example", 0, NULL, NULL, cancellable, answer_cb, &answer);
    wait_until (service.fake->last != NULL);
    g_cancellable_cancel (cancellable);
    g_assert_null (mr_client_discover_finish (client, answer_wait (&answer), &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    wait_until (service.n_cancelled == 1);
    g_clear_error (&error);
  }
  {
    g_auto (Answer) answer = { NULL };
    fake_service_set_last (service.fake, NULL);
    mr_client_discover_async (client, "x.example", 0, NULL, NULL, NULL, answer_cb, &answer);
    wait_until (service.fake->last != NULL);
    fake_service_stop (service.fake);
    g_assert_null (mr_client_discover_finish (client, answer_wait (&answer), &error));
    g_assert_true (mr_client_is_unreachable (error));
  }
  g_clear_object (&client);
  fake_service_free (service.fake);
}

typedef struct {
  guint number;
  char *text;
} SignInSeen;

static void
sign_in_step_cb (const MrClientSignInStep *step, gpointer data)
{
  SignInSeen *seen = data;

  seen->number = step->number;
  g_free (seen->text);
  seen->text = g_strdup_printf ("%s %s", step->state, step->url);
}

static void
sign_in (MrClient *client, const char *pasted, GError **error)
{
  g_auto (Answer) answer = { NULL };
  g_auto (Answer) pasting = { NULL };
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();
  SignInSeen seen = { 0 };

  record->id = g_strdup ("work");
  mr_client_sign_in_async (client, record, sign_in_step_cb, &seen, NULL, answer_cb, &answer);
  wait_until (seen.number != 0);
  g_assert_cmpstr (seen.text, ==, "paste https://login.x.example/");
  mr_client_answer_sign_in_async (client, seen.number, pasted, NULL, answer_cb, &pasting);
  g_assert_true (mr_client_answer_sign_in_finish (client, answer_wait (&pasting), NULL));
  g_assert_cmpint (mr_client_sign_in_finish (client, answer_wait (&answer), error), ==, g_str_equal (pasted, "good"));
  g_free (seen.text);
}

static void
test_sign_in (void)
{
  Service service = { NULL };
  g_autoptr (GError) error = NULL;

  service_start (&service);
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  sign_in (client, "good", &error);
  g_assert_no_error (error);
  /* Only the id is known, so only the id is told. */
  g_assert_cmpstr (service.fake->last, ==, "{'id': <'work'>}");
  sign_in (client, "bad", &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "The provider said no");
  g_clear_object (&client);
  fake_service_free (service.fake);
}

static void
test_small_calls (void)
{
  Service service = { NULL };
  const char *const ids[] = { "b", "a", NULL };
  g_autoptr (MrSecret) secret = mr_secret_new ("s3cret", 6);

  service_start (&service);
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  {
    g_auto (Answer) answer = { NULL };
    mr_client_set_oauth_client_async (client, "gmail", "id.example", secret, NULL, answer_cb, &answer);
    g_assert_true (mr_client_set_oauth_client_finish (client, answer_wait (&answer), NULL));
    g_assert_cmpstr (service.fake->last, ==, "gmail id.example s3cret 6");
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_set_oauth_client_async (client, "gmail", "", NULL, NULL, answer_cb, &answer);
    g_assert_true (mr_client_set_oauth_client_finish (client, answer_wait (&answer), NULL));
    g_assert_cmpstr (service.fake->last, ==, "gmail   0");
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_list_desktop_accounts_async (client, NULL, answer_cb, &answer);
    g_autoptr (GPtrArray) list = mr_client_list_desktop_accounts_finish (client, answer_wait (&answer), NULL);
    g_assert_cmpuint (list->len, ==, 1);
    g_assert_cmpstr (((MrDesktopAccountRecord *)list->pdata[0])->address, ==, "anna@gmail.com");
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_list_providers_async (client, NULL, answer_cb, &answer);
    g_autoptr (GPtrArray) list = mr_client_list_providers_finish (client, answer_wait (&answer), NULL);
    g_assert_cmpstr (((MrDiscoveryRecord *)list->pdata[0])->host, ==, "smtp.x.example");
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_order_accounts_async (client, ids, NULL, answer_cb, &answer);
    g_assert_true (mr_client_order_accounts_finish (client, answer_wait (&answer), NULL));
    g_assert_cmpstr (service.fake->last, ==, "b,a");
  }
  g_clear_object (&client);
  fake_service_free (service.fake);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/set-up/discover", test_discover);
  g_test_add_func ("/client/set-up/discover-ends-early", test_discover_ends_early);
  g_test_add_func ("/client/set-up/sign-in", test_sign_in);
  g_test_add_func ("/client/set-up/small-calls", test_small_calls);
  return g_test_run ();
}
