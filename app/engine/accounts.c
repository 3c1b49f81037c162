/* Accounts: one clear state each.
 *
 * A state other than ready stops the account's lane: its mail waits as `account-paused` (or for the keyring) and bounces nothing. States
 * that deliveries meet are kept in memory only: after a restart the first delivery finds out again.
 */
#include "engine/accounts.h"

#include "base/log.h"
#include "engine/scheduler.h"
#include "mail/address.h"
#include "net/listener.h"

#define TROUBLE_RECHECK_SECONDS 300
#define KEYRING_RECHECK_SECONDS 60
#define SECRET_LOOK_SECONDS     30

typedef struct {
  MrAccountRecord *record;
  guint login_refusals;  /* in a row */
  guint person_refusals; /* in a row */
  guint64 max_size;
  gboolean proven;
} Account;

struct _MrAccounts {
  MrEngine *engine;
  GPtrArray *records;   /* borrowed from accounts, in order */
  GHashTable *accounts; /* id → Account */
  MrPolicyAccount *policy;
  char *host_name;
  guint look_source; /* while an account waits for another secret */
};

static void
account_free (gpointer data)
{
  Account *account = data;

  mr_account_record_free (account->record);
  g_free (account);
}

MrAccounts *
mr_accounts_new (MrEngine *engine)
{
  MrAccounts *self = g_new0 (MrAccounts, 1);

  self->engine = engine;
  self->records = g_ptr_array_new ();
  self->accounts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, account_free);
  self->host_name = g_strdup (g_get_host_name ());
  mr_accounts_reload (self);
  return self;
}

void
mr_accounts_free (MrAccounts *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_ptr_array_unref (self->records);
  g_hash_table_unref (self->accounts);
  g_free (self->policy);
  g_free (self->host_name);
  g_free (self);
}

static void
read_sign_in (MrConfig *config, const char *group, MrAccountRecord *record)
{
  mr_auth_kind_from_nick (mr_config_get_string (config, group, "auth"), &record->auth);
  mr_oauth_flow_from_nick (mr_config_get_string (config, group, "oauth-flow"), &record->oauth_flow);
  record->oauth_client = g_strdup (mr_config_get_string (config, group, "oauth-client"));
  record->oauth_tenant = g_strdup (mr_config_get_string (config, group, "oauth-tenant"));
  record->oauth_scope = g_strdup (mr_config_get_string (config, group, "oauth-scope"));
  record->oauth_authorize = g_strdup (mr_config_get_string (config, group, "oauth-authorize"));
  record->oauth_token = g_strdup (mr_config_get_string (config, group, "oauth-token"));
  record->oauth_device = g_strdup (mr_config_get_string (config, group, "oauth-device"));
  record->oauth_revoke = g_strdup (mr_config_get_string (config, group, "oauth-revoke"));
  record->desktop_account = g_strdup (mr_config_get_string (config, group, "desktop-account"));
}

static MrAccountRecord *
record_from_config (MrConfig *config, const char *id)
{
  MrAccountRecord *record = mr_account_record_new ();
  g_autofree char *group = g_strconcat ("account ", id, NULL);

  record->id = g_strdup (id);
  record->name = g_strdup (mr_config_get_string (config, group, "name"));
  mr_account_kind_from_nick (mr_config_get_string (config, group, "kind"), &record->kind);
  record->addresses = mr_config_dup_list (config, group, "addresses");
  record->host = g_strdup (mr_config_get_string (config, group, "host"));
  record->port = (guint)mr_config_get_integer (config, group, "port");
  mr_tls_mode_from_nick (mr_config_get_string (config, group, "tls"), &record->tls);
  record->user = g_strdup (mr_config_get_string (config, group, "user"));
  record->fingerprint = g_strdup (mr_config_get_string (config, group, "fingerprint"));
  record->ca_file = g_strdup (mr_config_get_string (config, group, "ca-file"));
  record->provider = g_strdup (mr_config_get_string (config, group, "provider"));
  record->colour = g_strdup (mr_config_get_string (config, group, "colour"));
  record->limit_minute = (guint)mr_config_get_integer (config, group, "limit-minute");
  record->limit_day = (guint)mr_config_get_integer (config, group, "limit-day");
  read_sign_in (config, group, record);
  record->paused = mr_config_get_boolean (config, group, "paused");
  record->paused_until = record->paused ? mr_config_get_integer (config, group, "paused-until") * G_USEC_PER_SEC : 0;
  record->order = (gint)mr_config_get_integer (config, group, "order");
  record->is_default = g_strcmp0 (mr_config_get_string (config, "general", "default-account"), id) == 0;
  record->state = record->paused ? MR_ACCOUNT_PAUSED : MR_ACCOUNT_READY;
  if (record->kind == MR_ACCOUNT_DIRECT)
    record->tls = MR_TLS_OPPORTUNISTIC;
  return record;
}

static gboolean
same_sign_in (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return a->auth == b->auth && a->oauth_flow == b->oauth_flow && g_strcmp0 (a->provider, b->provider) == 0
         && g_strcmp0 (a->oauth_client, b->oauth_client) == 0 && g_strcmp0 (a->oauth_tenant, b->oauth_tenant) == 0
         && g_strcmp0 (a->oauth_scope, b->oauth_scope) == 0 && g_strcmp0 (a->oauth_authorize, b->oauth_authorize) == 0
         && g_strcmp0 (a->oauth_token, b->oauth_token) == 0 && g_strcmp0 (a->oauth_device, b->oauth_device) == 0
         && g_strcmp0 (a->desktop_account, b->desktop_account) == 0;
}

/* What a delivery found out stays true only while the settings that led to it are the same. */
static gboolean
same_settings (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return same_sign_in (a, b) && a->kind == b->kind && g_strcmp0 (a->host, b->host) == 0 && a->port == b->port
         && a->tls == b->tls && g_strcmp0 (a->user, b->user) == 0 && g_strcmp0 (a->fingerprint, b->fingerprint) == 0
         && g_strcmp0 (a->ca_file, b->ca_file) == 0 && a->paused == b->paused
         && g_strv_equal ((const char *const *)a->addresses, (const char *const *)b->addresses);
}

/* The server or the user is another one: the secret in memory is not for it. */
static gboolean
same_login (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return a->kind == b->kind && a->port == b->port && a->tls == b->tls && g_strcmp0 (a->host, b->host) == 0
         && g_strcmp0 (a->user, b->user) == 0;
}

static void
forget_secrets (MrAccounts *self, GHashTable *old)
{
  GHashTableIter iter;
  gpointer id, before;

  if (old == NULL || self->engine->secrets == NULL)
    return;
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &id, &before)) {
    Account *now = g_hash_table_lookup (self->accounts, id);

    if (now == NULL || !same_login (((Account *)before)->record, now->record))
      mr_secrets_forget (self->engine->secrets, id);
  }
}

static gboolean
same_limits (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return a->limit_minute == b->limit_minute && a->limit_day == b->limit_day;
}

static void
keep_state (Account *account, const Account *old)
{
  account->record->state = old->record->state;
  account->record->state_since = old->record->state_since;
  account->record->next_login = old->record->next_login;
  mr_reply_record_copy_into (&old->record->reply, &account->record->reply);
  g_free (account->record->offered_fingerprint);
  account->record->offered_fingerprint = g_strdup (old->record->offered_fingerprint);
  account->login_refusals = old->login_refusals;
  account->person_refusals = old->person_refusals;
  account->max_size = old->max_size;
  account->proven = old->proven;
}

static gint
compare_order (gconstpointer a, gconstpointer b)
{
  const MrAccountRecord *ra = *(MrAccountRecord *const *)a, *rb = *(MrAccountRecord *const *)b;

  if (ra->order != rb->order)
    return ra->order < rb->order ? -1 : 1;
  if (ra->is_default != rb->is_default)
    return ra->is_default ? -1 : 1;
  return g_strcmp0 (ra->id, rb->id);
}

static void
build_policy (MrAccounts *self)
{
  gboolean has_default = FALSE;

  g_free (self->policy);
  self->policy = g_new0 (MrPolicyAccount, self->records->len + 1);
  for (guint i = 0; i < self->records->len; i++)
    has_default |= ((MrAccountRecord *)g_ptr_array_index (self->records, i))->is_default;
  for (guint i = 0; i < self->records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (self->records, i);

    self->policy[i].id = record->id;
    self->policy[i].kind = record->kind;
    self->policy[i].addresses = (const char *const *)record->addresses;
    self->policy[i].is_default = has_default ? record->is_default : i == 0;
  }
}

void
mr_accounts_reload (MrAccounts *self)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  g_auto (GStrv) ids = mr_config_dup_ids (config, "account");
  GHashTable *old = self->accounts;
  g_autoptr (GPtrArray) wake = g_ptr_array_new_with_free_func (g_free);

  self->accounts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, account_free);
  g_ptr_array_set_size (self->records, 0);
  for (guint i = 0; ids[i] != NULL; i++) {
    Account *account = g_new0 (Account, 1);
    Account *before = g_hash_table_lookup (old, ids[i]);
    g_autofree char *size_name = g_strconcat ("size:", ids[i], NULL);

    account->record = record_from_config (config, ids[i]);
    if (self->engine->store != NULL)
      account->max_size = (guint64)mr_store_get_value (self->engine->store, size_name, 0);
    if (before != NULL && same_settings (before->record, account->record))
      keep_state (account, before);
    else if (before != NULL || !account->record->paused) /* since when it has been paused is not known after a start */
      account->record->state_since = mr_clock_wall (self->engine->clock);
    if (before == NULL || !same_settings (before->record, account->record)
        || !same_limits (before->record, account->record))
      g_ptr_array_add (wake, g_strdup (ids[i]));
    g_hash_table_insert (self->accounts, account->record->id, account);
    g_ptr_array_add (self->records, account->record);
  }
  g_ptr_array_sort (self->records, compare_order);
  build_policy (self);
  forget_secrets (self, old);
  g_hash_table_unref (old);
  if (self->engine->scheduler != NULL)
    for (guint i = 0; i < wake->len; i++)
      mr_scheduler_account_changed (self->engine->scheduler, g_ptr_array_index (wake, i));
  mr_engine_notify (self->engine, MR_CHANGED_ACCOUNTS);
}

guint
mr_accounts_count (MrAccounts *self)
{
  return self->records->len;
}

static Account *
find (MrAccounts *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->accounts, id) : NULL;
}

const MrAccountRecord *
mr_accounts_find (MrAccounts *self, const char *id)
{
  Account *account = find (self, id);

  return account != NULL ? account->record : NULL;
}

GPtrArray *
mr_accounts_get_all (MrAccounts *self)
{
  return self->records;
}

MrRoute
mr_accounts_route (MrAccounts *self, const MrMessageRecord *message)
{
  const char *own_names[] = { self->host_name, NULL };

  return mr_policy_route (self->policy, self->records->len, message->reverse_path, message->from,
                          message->account_override, own_names);
}

static MrWaitReason
wait_of_state (MrAccountState state)
{
  switch (state) {
  case MR_ACCOUNT_READY:
    return MR_WAIT_NONE;
  case MR_ACCOUNT_KEYRING_LOCKED:
  case MR_ACCOUNT_KEYRING_SLOW:
    return MR_WAIT_KEYRING_LOCKED;
  case MR_ACCOUNT_NO_KEYRING:
    return MR_WAIT_NO_KEYRING;
  case MR_ACCOUNT_PASSWORD_REFUSED:
  case MR_ACCOUNT_NO_PASSWORD:
  case MR_ACCOUNT_HOST_UNKNOWN:
  case MR_ACCOUNT_TLS_TROUBLE:
  case MR_ACCOUNT_SENDER_REFUSED:
  case MR_ACCOUNT_NEEDS_SIGN_IN:
  case MR_ACCOUNT_PAUSED:
  case MR_ACCOUNT_N_STATES:
    break;
  }
  return MR_WAIT_ACCOUNT_PAUSED;
}

gboolean
mr_accounts_may_send (MrAccounts *self, const char *id, MrWaitReason *ret_wait, gint64 *ret_next)
{
  Account *account = find (self, id);
  gint64 now = mr_clock_wall (self->engine->clock);

  if (account == NULL) {
    *ret_wait = MR_WAIT_NO_ACCOUNT;
    *ret_next = 0;
    return FALSE;
  }
  *ret_wait = wait_of_state (account->record->state);
  *ret_next = account->record->next_login;
  if (account->record->state == MR_ACCOUNT_READY)
    return TRUE;
  return account->record->state != MR_ACCOUNT_PAUSED && account->record->next_login > 0
         && account->record->next_login <= now;
}

static guint
recheck_delay (Account *account, gboolean replied)
{
  switch (account->record->state) {
  case MR_ACCOUNT_PASSWORD_REFUSED:
    return mr_policy_login_delay (account->login_refusals);
  case MR_ACCOUNT_KEYRING_LOCKED:
  case MR_ACCOUNT_KEYRING_SLOW:
  case MR_ACCOUNT_NO_KEYRING:
    return KEYRING_RECHECK_SECONDS;
  case MR_ACCOUNT_HOST_UNKNOWN:
  case MR_ACCOUNT_TLS_TROUBLE:
  case MR_ACCOUNT_SENDER_REFUSED:
    return TROUBLE_RECHECK_SECONDS;
  case MR_ACCOUNT_NEEDS_SIGN_IN:
    /* What the mail server refused may be the administrator's switch; what the provider refused, only a person mends. */
    return replied ? mr_policy_login_delay (account->login_refusals) : 0;
  case MR_ACCOUNT_NO_PASSWORD: /* only a person can help; set-password wakes it */
  case MR_ACCOUNT_READY:
  case MR_ACCOUNT_PAUSED:
  case MR_ACCOUNT_N_STATES:
    break;
  }
  return 0;
}

static gboolean
waits_for_secret (MrAccountState state)
{
  return state == MR_ACCOUNT_PASSWORD_REFUSED || state == MR_ACCOUNT_NO_PASSWORD || state == MR_ACCOUNT_NEEDS_SIGN_IN;
}

/* A person may have changed it in the keyring, and not every keyring tells. */
static gboolean
look_cb (gpointer data)
{
  MrAccounts *self = data;

  for (guint i = 0; i < self->records->len; i++)
    if (waits_for_secret (((MrAccountRecord *)g_ptr_array_index (self->records, i))->state)) {
      mr_secrets_look_again (self->engine->secrets);
      return G_SOURCE_CONTINUE;
    }
  self->look_source = 0;
  return G_SOURCE_REMOVE;
}

void
mr_accounts_set_trouble (MrAccounts *self, const char *id, MrAccountState state, const MrReplyRecord *reply,
                         const char *fingerprint)
{
  Account *account = find (self, id);
  gint64 now = mr_clock_wall (self->engine->clock);
  guint delay;

  if (account == NULL || account->record->state == MR_ACCOUNT_PAUSED)
    return;
  account->proven = FALSE;
  if (state == MR_ACCOUNT_PASSWORD_REFUSED || (state == MR_ACCOUNT_NEEDS_SIGN_IN && reply != NULL))
    account->login_refusals++;
  if (account->record->state != state) {
    mr_warning ("engine", "account %s: %s -> %s", id, mr_account_state_nick (account->record->state),
                mr_account_state_nick (state));
    account->record->state = state;
    account->record->state_since = now;
  }
  if (waits_for_secret (state) && self->look_source == 0)
    self->look_source = g_timeout_add_seconds (SECRET_LOOK_SECONDS, look_cb, self);
  delay = recheck_delay (account, reply != NULL);
  account->record->next_login = delay > 0 ? now + (gint64)delay * G_USEC_PER_SEC : 0;
  if (reply != NULL)
    mr_reply_record_copy_into (reply, &account->record->reply);
  else
    mr_reply_record_clear (&account->record->reply);
  g_free (account->record->offered_fingerprint);
  account->record->offered_fingerprint = g_strdup (fingerprint);
  mr_engine_notify (self->engine, MR_CHANGED_ACCOUNTS | MR_CHANGED_STATUS);
}

static void
become_ready (MrAccounts *self, Account *account)
{
  mr_info ("engine", "account %s: %s -> ready", account->record->id, mr_account_state_nick (account->record->state));
  account->record->state = MR_ACCOUNT_READY;
  account->record->state_since = mr_clock_wall (self->engine->clock);
  account->record->next_login = 0;
  mr_reply_record_clear (&account->record->reply);
  g_clear_pointer (&account->record->offered_fingerprint, g_free);
  mr_engine_notify (self->engine, MR_CHANGED_ACCOUNTS | MR_CHANGED_STATUS);
  if (self->engine->scheduler != NULL)
    mr_scheduler_account_changed (self->engine->scheduler, account->record->id);
}

void
mr_accounts_success (MrAccounts *self, const char *id)
{
  Account *account = find (self, id);

  if (account == NULL)
    return;
  account->login_refusals = 0;
  account->person_refusals = 0;
  account->proven = TRUE;
  if (account->record->state != MR_ACCOUNT_READY && account->record->state != MR_ACCOUNT_PAUSED)
    become_ready (self, account);
}

gboolean
mr_accounts_is_proven (MrAccounts *self, const char *id)
{
  Account *account = find (self, id);

  return account != NULL && (account->proven || account->record->user == NULL || account->record->user[0] == '\0');
}

void
mr_accounts_person_refusal (MrAccounts *self, const char *id, const MrReplyRecord *reply)
{
  Account *account = find (self, id);

  if (account != NULL && mr_policy_refusals_blame_account (++account->person_refusals))
    mr_accounts_set_trouble (self, id, MR_ACCOUNT_SENDER_REFUSED, reply, NULL);
}

void
mr_accounts_learn_size (MrAccounts *self, const char *id, guint64 max_size)
{
  Account *account = find (self, id);
  g_autofree char *name = g_strconcat ("size:", id, NULL);

  if (account == NULL || account->max_size == max_size || max_size > G_MAXINT64)
    return;
  account->max_size = max_size;
  mr_store_set_value (self->engine->store, name, (gint64)max_size);
}

guint64
mr_accounts_announced_size (MrAccounts *self)
{
  guint64 limit = (guint64)mr_config_get_integer (mr_engine_get_config (self->engine), "submission",
                                                  "max-message-size");
  guint64 largest = 0;

  for (guint i = 0; i < self->records->len; i++) {
    Account *account = find (self, ((MrAccountRecord *)g_ptr_array_index (self->records, i))->id);

    if (account->max_size == 0)
      return limit;
    largest = MAX (largest, account->max_size);
  }
  if (largest == 0)
    return limit;
  return limit == 0 ? largest : MIN (limit, largest);
}

void
mr_accounts_recheck (MrAccounts *self, const char *id)
{
  for (guint i = 0; i < self->records->len; i++) {
    MrAccountRecord *record = g_ptr_array_index (self->records, i);

    if ((id == NULL || g_strcmp0 (record->id, id) == 0) && record->state != MR_ACCOUNT_READY
        && record->state != MR_ACCOUNT_PAUSED)
      become_ready (self, find (self, record->id));
  }
}

void
mr_accounts_recheck_keyring (MrAccounts *self)
{
  for (guint i = 0; i < self->records->len; i++) {
    MrAccountRecord *record = g_ptr_array_index (self->records, i);

    if (record->state == MR_ACCOUNT_KEYRING_LOCKED || record->state == MR_ACCOUNT_NO_KEYRING
        || record->state == MR_ACCOUNT_KEYRING_SLOW || record->state == MR_ACCOUNT_NO_PASSWORD)
      become_ready (self, find (self, record->id));
  }
}

/* The state of an account that has lost this secret; ready: it does not need it. */
static MrAccountState
state_without (const MrAccountRecord *record, const char *kind)
{
  if (record->user == NULL || *record->user == '\0' || record->kind != MR_ACCOUNT_RELAY)
    return MR_ACCOUNT_READY;
  if (record->auth == MR_AUTH_PASSWORD && strcmp (kind, MR_SECRET_KIND_PASSWORD) == 0)
    return MR_ACCOUNT_NO_PASSWORD;
  if (record->auth == MR_AUTH_OAUTH2 && strcmp (kind, MR_SECRET_KIND_OAUTH_TOKEN) == 0)
    return MR_ACCOUNT_NEEDS_SIGN_IN;
  return MR_ACCOUNT_READY;
}

void
mr_accounts_secret_changed (MrAccounts *self, const char *id, const char *kind, gboolean present)
{
  Account *account = find (self, id);
  MrAccountState state;

  if (account == NULL)
    return;
  mr_info ("engine", "account %s: its %s was %s in the keyring", id, kind, present ? "changed" : "deleted");
  account->proven = FALSE;
  state = present ? MR_ACCOUNT_READY : state_without (account->record, kind);
  if (state != MR_ACCOUNT_READY)
    mr_accounts_set_trouble (self, id, state, NULL, NULL);
  else if (present)
    mr_accounts_recheck (self, id);
}

/* An account of the desktop has its token from there. */
static gboolean
needs_secret (const MrAccountRecord *record)
{
  return record->kind == MR_ACCOUNT_RELAY && !record->paused && record->user != NULL && *record->user != '\0'
         && (record->auth != MR_AUTH_OAUTH2 || record->oauth_flow != MR_OAUTH_DESKTOP);
}

gboolean
mr_accounts_need_keyring (MrAccounts *self)
{
  for (guint i = 0; i < self->records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (self->records, i);

    if (needs_secret (record) && !mr_secrets_has_kept (self->engine->secrets, record->id))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_pattern (const char *pattern, GError **error)
{
  if (g_strcmp0 (pattern, "*") == 0)
    return TRUE;
  if (strchr (pattern, ';') != NULL) { /* it separates the addresses in the file */
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "addresses: “%s” cannot be used, it has a semicolon", pattern);
    return FALSE;
  }
  if (g_str_has_prefix (pattern, "*@")) {
    g_autofree char *probe = g_strconcat ("x", pattern + 1, NULL);

    return mr_address_is_valid (probe)
           || (g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "addresses: “%s” is not a domain", pattern), FALSE);
  }
  return mr_address_is_valid (pattern)
         || (g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                          "addresses: “%s” is not an e-mail address (write *@example.com for a whole domain)", pattern),
             FALSE);
}

static gboolean
check_relay (const MrAccountRecord *record, GError **error)
{
  if (record->host == NULL || *record->host == '\0' || strlen (record->host) > 255
      || strpbrk (record->host, " \t\r\n@/;") != NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         "host: the name of the provider's outgoing server is needed");
    return FALSE;
  }
  if (record->port < 1 || record->port > 65535) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, "port: a number from 1 to 65535 is needed");
    return FALSE;
  }
  if (record->auth == MR_AUTH_OAUTH2 && (record->user == NULL || *record->user == '\0')) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         "user: signing in with the provider needs the user name, mostly the e-mail address");
    return FALSE;
  }
  gboolean loopback = mr_address_is_loopback (record->host) || g_ascii_strcasecmp (record->host, "localhost") == 0;
  if (mr_policy_clear_text (record->tls, record->user != NULL && *record->user != '\0', loopback)
      == MR_CLEAR_REFUSED_PASSWORD) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         "tls: a password is never sent without encryption; choose an encrypted connection");
    return FALSE;
  }
  if (loopback
      && (mr_listener_is_own (mr_address_is_numeric (record->host) ? record->host : "127.0.0.1", (guint16)record->port)
          || (!mr_address_is_numeric (record->host) && mr_listener_is_own ("::1", (guint16)record->port)))) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         "host: this is Mail Relay itself; name your provider's server");
    return FALSE;
  }
  return TRUE;
}

gboolean
mr_accounts_check (const MrAccountRecord *record, GError **error)
{
  if (!mr_config_id_is_valid (record->id)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, "id: 1 to 32 of a-z, 0-9, - and _ are allowed");
    return FALSE;
  }
  if (record->addresses == NULL || record->addresses[0] == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, "addresses: at least one sender address is needed, or *");
    return FALSE;
  }
  for (guint i = 0; record->addresses[i] != NULL; i++)
    if (!check_pattern (record->addresses[i], error))
      return FALSE;
  return record->kind == MR_ACCOUNT_DIRECT || check_relay (record, error);
}
