/* The handlers of fake-service.c for accounts and outbox are taken away, because here each answer follows from what the test has laid out. */
#include "set-up-service.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "base/records-variant.h"

static void
set (char **field, char *value)
{
  g_free (*field);
  *field = value;
}

MrDiscoveryRecord *
set_up_record (const char *provider, const char *name, const char *host, const char *log_ins)
{
  MrDiscoveryRecord *record = mr_discovery_record_new ();

  record->source = MR_SOURCE_PRESET;
  record->secure = TRUE;
  record->provider = g_strdup (provider);
  record->provider_name = g_strdup (name);
  record->host = g_strdup (host);
  record->port = 465;
  record->tls = MR_TLS_IMPLICIT;
  record->user = g_strdup ("%EMAILADDRESS%");
  record->log_ins = g_strsplit (log_ins, ";", -1);
  return record;
}

/* ---- finding ---- */

static GVariant *
pack (GPtrArray *records, gboolean known_only, gboolean ready)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++) {
    MrDiscoveryRecord *record = records->pdata[i];
    record->oauth_ready = record->oauth_ready || ready;
    if (!known_only || record->source == MR_SOURCE_PRESET)
      g_variant_builder_add_value (&builder, mr_discovery_record_to_variant (record));
  }
  return g_variant_builder_end (&builder);
}

static void
tell_step (SetUp *self, const char *source, const char *state, const char *host, const char *text)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "source", "s", source);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "host", "s", host);
  g_variant_dict_insert (&dict, "text", "s", text);
  mr_dbus_accounts_emit_discover_step (self->fake->accounts, self->number, g_variant_dict_end (&dict));
}

static gboolean
discover_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, const char *address, GVariant *options,
             SetUp *self)
{
  gboolean known = self->results->len > 0 && ((MrDiscoveryRecord *)self->results->pdata[0])->source == MR_SOURCE_PRESET;

  gboolean known_only = FALSE;

  g_variant_lookup (options, "known", "b", &known_only);
  self->n_searches++;
  self->number++;
  set (&self->options, g_variant_print (options, FALSE));
  mr_dbus_accounts_complete_discover (accounts, invocation, self->number);
  tell_step (self, "preset", known ? "found" : "nothing", "", "");
  if (!known) {
    tell_step (self, "autoconfig", "trying", "autoconfig.example.org", "");
    tell_step (self, "autoconfig", "failed", "autoconfig.example.org", "The certificate is for another name");
    tell_step (self, "ispdb", "skipped", "v1.ispdb.net", "You did not agree to it");
    tell_step (self, "srv", self->hang ? "trying" : "nothing", "_submissions._tcp.example.org", "");
  }
  if (!self->hang)
    mr_dbus_accounts_emit_discover_done (accounts, self->number, "",
                                         pack (self->results, known && known_only, self->ready_client));
  return TRUE;
}

static gboolean
cancel_discover_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, guint number, SetUp *self)
{
  self->n_cancelled++;
  mr_dbus_accounts_complete_cancel_discover (accounts, invocation);
  return TRUE;
}

static gboolean
list_providers_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, SetUp *self)
{
  mr_dbus_accounts_complete_list_providers (accounts, invocation, pack (self->providers, FALSE, FALSE));
  return TRUE;
}

static gboolean
list_desktop_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, SetUp *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->desktop->len; i++)
    g_variant_builder_add_value (&builder, mr_desktop_account_record_to_variant (self->desktop->pdata[i]));
  mr_dbus_accounts_complete_list_desktop_accounts (accounts, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

/* ---- signing in ---- */

static gboolean
sign_in_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GVariant *account, SetUp *self)
{
  self->n_sign_ins++;
  self->number++;
  set (&self->account, g_variant_print (account, FALSE));
  mr_dbus_accounts_complete_sign_in (accounts, invocation, self->number);
  return TRUE;
}

void
set_up_sign_in_step (SetUp *self, const char *state, const char *url, const char *code)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "url", "s", url);
  g_variant_dict_insert (&dict, "user-code", "s", code);
  mr_dbus_accounts_emit_sign_in_step (self->fake->accounts, self->number, g_variant_dict_end (&dict));
}

void
set_up_sign_in_done (SetUp *self, const char *error)
{
  mr_dbus_accounts_emit_sign_in_done (self->fake->accounts, self->number, *error == '\0', error);
}

static gboolean
answer_cb_ (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, guint number, const char *pasted, SetUp *self)
{
  if (!g_str_has_prefix (pasted, "http://127.0.0.1")) {
    g_dbus_method_invocation_return_error_literal (invocation, MR_ERROR, MR_ERROR_INVALID,
                                                   "This is not the address that the sign-in ends at");
    return TRUE;
  }
  mr_dbus_accounts_complete_answer_sign_in (accounts, invocation);
  mr_dbus_accounts_emit_sign_in_done (accounts, number, TRUE, "");
  return TRUE;
}

static gboolean
cancel_sign_in_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, guint number, SetUp *self)
{
  self->n_cancelled++;
  mr_dbus_accounts_complete_cancel_sign_in (accounts, invocation);
  return TRUE;
}

static gboolean
sign_out_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, const char *id, SetUp *self)
{
  self->n_signed_out++;
  mr_dbus_accounts_complete_sign_out (accounts, invocation);
  return TRUE;
}

static gboolean
set_client_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *owner,
               const char *client, GVariant *handle, SetUp *self)
{
  set (&self->client_owner, g_strdup (owner));
  set (&self->client_id, g_strdup (client));
  self->ready_client = TRUE;
  mr_dbus_accounts_complete_set_oauth_client (accounts, invocation, NULL);
  return TRUE;
}

/* ---- the account ---- */

static char *
read_secret (GUnixFDList *fds, GVariant *handle)
{
  int fd = g_unix_fd_list_get (fds, g_variant_get_handle (handle), NULL);
  char bytes[200] = "";
  gssize n = read (fd, bytes, sizeof bytes - 1);

  g_assert_cmpint (n, >=, 0);
  close (fd);
  return g_strdup (bytes);
}

static void
tell_test_step (SetUp *self, const char *stage, gboolean ok, guint code, const char *text)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "stage", "s", stage);
  g_variant_dict_insert (&dict, "ok", "b", ok);
  g_variant_dict_insert (&dict, "code", "u", code);
  g_variant_dict_insert (&dict, "text", "s", text);
  mr_dbus_accounts_emit_test_step (self->fake->accounts, self->number, g_variant_dict_end (&dict));
}

static gboolean
test_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *account,
         gboolean has_secret, GVariant *handle, SetUp *self)
{
  g_autofree char *secret = read_secret (fds, handle);
  gboolean ok = !has_secret || g_str_equal (secret, self->good_password);

  self->n_tests++;
  self->number++;
  set (&self->account, g_variant_print (account, FALSE));
  mr_dbus_accounts_complete_test (accounts, invocation, NULL, self->number);
  tell_test_step (self, "connect", TRUE, 0, "192.0.2.25 port 465");
  tell_test_step (self, "auth", ok, ok ? 235 : 535, ok ? "2.7.0 Accepted" : "5.7.8 Username and Password not accepted");
  mr_dbus_accounts_emit_test_done (accounts, self->number, ok, ok ? "" : "The log-in was refused", "S: 220 hello");
  return TRUE;
}

static gboolean
add_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GVariant *account, SetUp *self)
{
  const char *id = "";

  g_variant_lookup (account, "id", "&s", &id);
  set (&self->added_id, g_strdup (id));
  set (&self->account, g_variant_print (account, FALSE));
  mr_dbus_accounts_complete_add (accounts, invocation);
  return TRUE;
}

static gboolean
set_password_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
                 GVariant *handle, SetUp *self)
{
  g_autofree char *secret = read_secret (fds, handle);

  g_assert_cmpstr (id, ==, self->added_id);
  g_assert_cmpstr (secret, ==, self->good_password);
  mr_dbus_accounts_complete_set_password (accounts, invocation, NULL);
  return TRUE;
}

static gboolean
list_accounts_cb (MrDBusAccounts *accounts, GDBusMethodInvocation *invocation, SetUp *self)
{
  mr_dbus_accounts_complete_list (accounts, invocation, g_variant_new_array (G_VARIANT_TYPE ("a{sv}"), NULL, 0));
  return TRUE;
}

/* ---- the message to oneself ---- */

static gboolean
submit_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle,
           const char *reverse_path, const char *const *recipients, const char *program, SetUp *self)
{
  int fd = g_unix_fd_list_get (fds, g_variant_get_handle (handle), NULL);
  char bytes[4000] = "";
  gssize n = read (fd, bytes, sizeof bytes - 1);

  g_assert_cmpint (n, >, 0);
  close (fd);
  set (&self->message, g_strdup_printf ("%s>%s\n%s", reverse_path, recipients[0], bytes));
  mr_dbus_outbox_complete_submit (outbox, invocation, NULL, "0123456789ABCDEF");
  return TRUE;
}

static gboolean
get_cb (MrDBusOutbox *outbox, GDBusMethodInvocation *invocation, const char *id, SetUp *self)
{
  g_autoptr (MrMessageRecord) message = mr_message_record_new ();
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "anna@example.org");

  message->id = g_strdup (id);
  message->n_recipients = 1;
  recipient->state = MR_RECIPIENT_RELAYED;
  recipient->host = g_strdup ("smtp.example.org");
  g_ptr_array_add (message->recipients, recipient);
  mr_dbus_outbox_complete_get (outbox, invocation, mr_message_record_to_variant (message, TRUE),
                               g_variant_new_array (G_VARIANT_TYPE ("a{sv}"), NULL, 0));
  return TRUE;
}

/* ---- lifetime ---- */

SetUp *
set_up_new (void)
{
  SetUp *self = g_new0 (SetUp, 1);

  self->fake = fake_service_new ();
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  self->providers = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  self->desktop = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_desktop_account_record_free);
  self->good_password = "right";
  const struct {
    gpointer object;
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { self->fake->accounts, "handle-discover", G_CALLBACK (discover_cb) },
    { self->fake->accounts, "handle-cancel-discover", G_CALLBACK (cancel_discover_cb) },
    { self->fake->accounts, "handle-list-providers", G_CALLBACK (list_providers_cb) },
    { self->fake->accounts, "handle-list-desktop-accounts", G_CALLBACK (list_desktop_cb) },
    { self->fake->accounts, "handle-sign-in", G_CALLBACK (sign_in_cb) },
    { self->fake->accounts, "handle-answer-sign-in", G_CALLBACK (answer_cb_) },
    { self->fake->accounts, "handle-cancel-sign-in", G_CALLBACK (cancel_sign_in_cb) },
    { self->fake->accounts, "handle-sign-out", G_CALLBACK (sign_out_cb) },
    { self->fake->accounts, "handle-set-oauth-client", G_CALLBACK (set_client_cb) },
    { self->fake->accounts, "handle-test", G_CALLBACK (test_cb) },
    { self->fake->accounts, "handle-add", G_CALLBACK (add_cb) },
    { self->fake->accounts, "handle-set-password", G_CALLBACK (set_password_cb) },
    { self->fake->accounts, "handle-list", G_CALLBACK (list_accounts_cb) },
    { self->fake->outbox, "handle-submit", G_CALLBACK (submit_cb) },
    { self->fake->outbox, "handle-get", G_CALLBACK (get_cb) },
  };
  g_signal_handlers_disconnect_matched (self->fake->accounts, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->fake);
  g_signal_handlers_disconnect_matched (self->fake->outbox, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->fake);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (handlers[i].object, handlers[i].signal, handlers[i].callback, self);
  fake_service_start (self->fake);
  return self;
}

void
set_up_free (SetUp *self)
{
  fake_service_free (self->fake);
  g_ptr_array_unref (self->results);
  g_ptr_array_unref (self->providers);
  g_ptr_array_unref (self->desktop);
  g_free (self->options);
  g_free (self->account);
  g_free (self->added_id);
  g_free (self->client_owner);
  g_free (self->client_id);
  g_free (self->message);
  g_free (self);
}
