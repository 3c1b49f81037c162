/* The list of accounts: read from the configuration, in a person's order, and handed to policy for the choice of one.
 *
 * What was found out about an account lives through a reload as long as the settings that it depends on are the same; where they are not, the
 * account begins anew, its mail is woken, and a secret in memory that was for another server or user is forgotten. Records that were handed out go
 * with the reload.
 */
#include "engine/accounts-private.h"

#include "engine/account-settings.h"
#include "engine/scheduler.h"

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
forget_secrets (MrAccounts *self, GHashTable *old)
{
  GHashTableIter iter;
  gpointer id, before;

  if (old == NULL || self->engine->secrets == NULL)
    return;
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &id, &before)) {
    Account *now = g_hash_table_lookup (self->accounts, id);

    if (now == NULL || !mr_account_login_is_same (((Account *)before)->record, now->record))
      mr_secrets_forget (self->engine->secrets, id);
  }
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

    account->record = mr_account_settings_read (config, ids[i]);
    if (self->engine->store != NULL)
      account->max_size = (guint64)mr_store_get_value (self->engine->store, size_name, 0);
    if (before != NULL && mr_account_settings_are_same (before->record, account->record))
      keep_state (account, before);
    else if (before != NULL || !account->record->paused) /* since when it has been paused is not known after a start */
      account->record->state_since = mr_clock_wall (self->engine->clock);
    if (before == NULL || !mr_account_settings_are_same (before->record, account->record)
        || !mr_account_limits_are_same (before->record, account->record))
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

Account *
mr_accounts_get (MrAccounts *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->accounts, id) : NULL;
}

const MrAccountRecord *
mr_accounts_find (MrAccounts *self, const char *id)
{
  Account *account = mr_accounts_get (self, id);

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
