/* The state of each account: what deliveries and the keyring make of it, and when it is looked at again.
 *
 * A state other than ready stops the account's lane: its mail waits as `account-paused` (or for the keyring) and bounces nothing. States
 * that deliveries meet are kept in memory only: after a restart the first delivery finds out again. Two functions change a state and log it, set_trouble()
 * and become_ready(); a person's pause is the configuration's and neither touches it.
 */
#include "engine/accounts-private.h"

#include "base/log.h"
#include "engine/scheduler.h"

#define TROUBLE_RECHECK_SECONDS 300
#define KEYRING_RECHECK_SECONDS 60
#define SECRET_LOOK_SECONDS     30

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
  Account *account = mr_accounts_get (self, id);
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
  Account *account = mr_accounts_get (self, id);
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
  Account *account = mr_accounts_get (self, id);

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
  Account *account = mr_accounts_get (self, id);

  return account != NULL && (account->proven || account->record->user == NULL || account->record->user[0] == '\0');
}

void
mr_accounts_person_refusal (MrAccounts *self, const char *id, const MrReplyRecord *reply)
{
  Account *account = mr_accounts_get (self, id);

  if (account != NULL && mr_policy_refusals_blame_account (++account->person_refusals))
    mr_accounts_set_trouble (self, id, MR_ACCOUNT_SENDER_REFUSED, reply, NULL);
}

void
mr_accounts_learn_size (MrAccounts *self, const char *id, guint64 max_size)
{
  Account *account = mr_accounts_get (self, id);
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
    Account *account = mr_accounts_get (self, ((MrAccountRecord *)g_ptr_array_index (self->records, i))->id);

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
      become_ready (self, mr_accounts_get (self, record->id));
  }
}

void
mr_accounts_recheck_keyring (MrAccounts *self)
{
  for (guint i = 0; i < self->records->len; i++) {
    MrAccountRecord *record = g_ptr_array_index (self->records, i);

    if (record->state == MR_ACCOUNT_KEYRING_LOCKED || record->state == MR_ACCOUNT_NO_KEYRING
        || record->state == MR_ACCOUNT_KEYRING_SLOW || record->state == MR_ACCOUNT_NO_PASSWORD)
      become_ready (self, mr_accounts_get (self, record->id));
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
  Account *account = mr_accounts_get (self, id);
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
