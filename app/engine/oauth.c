/* Access tokens of accounts: who has one, who waits for one. */
#include <config.h>

#include "engine/oauth.h"

#include <mailrelay/engine-accounts.h>

#include "engine/accounts.h"
#include "engine/oauth-private.h"

static void
waiter_free (gpointer data)
{
  MrOauthWaiter *waiter = data;

  g_clear_pointer (&waiter->refused, mr_secret_unref);
  g_free (waiter);
}

static void
keep_free (gpointer data)
{
  MrOauthKeep *keep = data;

  mr_oauth_renew_stop (keep);
  mr_oauth_store_stop (keep);
  g_clear_handle_id (&keep->answer, g_source_remove);
  g_queue_clear_full (&keep->waiters, waiter_free);
  g_clear_pointer (&keep->access, mr_secret_unref);
  g_clear_pointer (&keep->refresh, mr_secret_unref);
  g_clear_error (&keep->error);
  g_free (keep->mark);
  g_free (keep->id);
  g_free (keep);
}

static void
metadata_free (gpointer data)
{
  mr_oauth_metadata_clear (data);
  g_free (data);
}

/* The desktop signed in again, or has to: its accounts are looked at anew. */
static void
desktop_cb (MrDesktopAccounts *desktop, gpointer data)
{
  MrOauth *self = data;
  GPtrArray *all = self->engine->accounts != NULL ? mr_accounts_get_all (self->engine->accounts) : NULL;

  for (guint i = 0; all != NULL && i < all->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (all, i);

    if (record->auth == MR_AUTH_OAUTH2 && record->oauth_flow == MR_OAUTH_DESKTOP
        && record->state == MR_ACCOUNT_NEEDS_SIGN_IN) {
      mr_oauth_drop (self, record->id);
      mr_accounts_recheck (self->engine->accounts, record->id);
    }
  }
  mr_engine_notify (self->engine, MR_CHANGED_ACCOUNTS);
}

MrOauth *
mr_oauth_new (MrEngine *engine)
{
  MrOauth *self = g_new0 (MrOauth, 1);

  self->engine = engine;
  self->keeps = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, keep_free);
  self->outs = g_ptr_array_new ();
  self->desktop = mr_desktop_accounts_new ();
  mr_desktop_accounts_watch (self->desktop, desktop_cb, self);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, metadata_free);
  return self;
}

void
mr_oauth_free (MrOauth *self)
{
  if (self == NULL)
    return;
  mr_oauth_outs_free (self);
  g_hash_table_unref (self->keeps);
  g_hash_table_unref (self->metadata);
  mr_desktop_accounts_free (self->desktop);
  g_free (self);
}

MrOauthKeep *
mr_oauth_keep_get (MrOauth *self, const char *id)
{
  MrOauthKeep *keep = g_hash_table_lookup (self->keeps, id);

  if (keep != NULL)
    return keep;
  keep = g_new0 (MrOauthKeep, 1);
  keep->oauth = self;
  keep->id = g_strdup (id);
  g_hash_table_insert (self->keeps, keep->id, keep);
  return keep;
}

static gboolean
is_same (MrSecret *a, MrSecret *b)
{
  return a != NULL && b != NULL && strcmp (mr_secret_get (a), mr_secret_get (b)) == 0;
}

/* ---- answers ---- */

/* A callback may ask for another token: that one waits for the next round. */
static gboolean
answer_cb (gpointer data)
{
  MrOauthKeep *keep = data;
  g_autoptr (MrSecret) token = keep->access != NULL ? mr_secret_ref (keep->access) : NULL;
  g_autoptr (GError) error = g_steal_pointer (&keep->error);
  GQueue waiters = keep->waiters;
  MrAccountState trouble = keep->trouble;
  MrOauthWaiter *waiter;

  keep->answer = 0;
  g_queue_init (&keep->waiters);
  if (error == NULL && token == NULL) /* dropped meanwhile */
    error = g_error_new_literal (MR_ERROR, MR_ERROR_NETWORK, "the sign-in changed meanwhile");
  while ((waiter = g_queue_pop_head (&waiters)) != NULL) {
    g_autoptr (GError) old = NULL;

    if (waiter->func != NULL && error == NULL && is_same (token, waiter->refused)) {
      old = g_error_new_literal (MR_ERROR, MR_ERROR_NETWORK, "the token is being renewed");
      waiter->func (NULL, MR_ACCOUNT_READY, old, waiter->data);
    } else if (waiter->func != NULL)
      waiter->func (error == NULL ? token : NULL, error == NULL ? MR_ACCOUNT_READY : trouble, error, waiter->data);
    waiter_free (waiter);
  }
  return G_SOURCE_REMOVE;
}

void
mr_oauth_keep_answer (MrOauthKeep *keep, MrAccountState trouble, GError *error)
{
  g_clear_error (&keep->error);
  keep->error = error;
  keep->trouble = trouble;
  if (keep->answer == 0)
    keep->answer = g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, keep, NULL);
}

void
mr_oauth_keep_take (MrOauthKeep *keep, const MrOauthProvider *provider, MrOauthTokens *tokens)
{
  g_clear_pointer (&keep->access, mr_secret_unref);
  keep->access = g_steal_pointer (&tokens->access_token);
  keep->good_until = mr_oauth_good_until (mr_clock_wall (keep->oauth->engine->clock), tokens->expires_in);
  g_free (keep->mark);
  keep->mark = mr_oauth_provider_dup_mark (provider);
  if (tokens->refresh_token != NULL && !is_same (tokens->refresh_token, keep->used)) {
    g_clear_pointer (&keep->refresh, mr_secret_unref);
    keep->refresh = g_steal_pointer (&tokens->refresh_token);
    mr_oauth_store_begin (keep);
  }
}

/* ---- asking ---- */

static gboolean
has_good_token (MrOauthKeep *keep, const char *mark, MrSecret *refused)
{
  return keep->access != NULL && g_strcmp0 (keep->mark, mark) == 0
         && keep->good_until > mr_clock_wall (keep->oauth->engine->clock) && !is_same (keep->access, refused);
}

void
mr_oauth_get_token (MrOauth *self, const MrAccountRecord *record, MrSecret *refused, MrOauthTokenFunc func,
                    gpointer data)
{
  MrOauthKeep *keep = mr_oauth_keep_get (self, record->id);
  g_autoptr (MrOauthProvider) provider = mr_oauth_provider_new (self->engine, record);
  g_autofree char *mark = mr_oauth_provider_dup_mark (provider);
  MrOauthWaiter *waiter = g_new0 (MrOauthWaiter, 1);

  waiter->refused = refused != NULL ? mr_secret_ref (refused) : NULL;
  waiter->func = func;
  waiter->data = data;
  g_queue_push_tail (&keep->waiters, waiter);
  if (keep->renewing || keep->answer != 0)
    return; /* whoever asks meanwhile gets what comes of that */
  if (has_good_token (keep, mark, refused))
    mr_oauth_keep_answer (keep, MR_ACCOUNT_READY, NULL);
  else
    mr_oauth_renew (keep, record);
}

void
mr_oauth_cancel (MrOauth *self, gpointer data)
{
  GHashTableIter iter;
  gpointer keep;

  g_hash_table_iter_init (&iter, self->keeps);
  while (g_hash_table_iter_next (&iter, NULL, &keep))
    for (GList *l = ((MrOauthKeep *)keep)->waiters.head; l != NULL; l = l->next)
      if (((MrOauthWaiter *)l->data)->data == data)
        ((MrOauthWaiter *)l->data)->func = NULL;
}

void
mr_oauth_drop (MrOauth *self, const char *id)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->keeps);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (id == NULL || strcmp (name, id) == 0)
      g_clear_pointer (&((MrOauthKeep *)value)->access, mr_secret_unref);
}

gboolean
mr_oauth_is_busy (MrOauth *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->keeps);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((MrOauthKeep *)value)->post != NULL || ((MrOauthKeep *)value)->storing)
      return TRUE;
  return FALSE;
}

void
mr_oauth_set_settled_func (MrOauth *self, void (*func) (gpointer data), gpointer data)
{
  self->settled = func;
  self->settled_data = data;
}

void
mr_oauth_check_settled (MrOauth *self)
{
  if (self->settled != NULL && !mr_oauth_is_busy (self))
    self->settled (self->settled_data);
}

void
mr_oauth_learn (MrOauth *self, const char *issuer, MrOauthMetadata *metadata)
{
  MrOauthMetadata *kept = g_new0 (MrOauthMetadata, 1);

  *kept = *metadata;
  *metadata = (MrOauthMetadata){ 0 };
  g_hash_table_replace (self->metadata, g_strdup (issuer), kept);
}

const MrOauthMetadata *
mr_oauth_known (MrOauth *self, const char *issuer)
{
  return issuer != NULL ? g_hash_table_lookup (self->metadata, issuer) : NULL;
}

void
mr_engine_list_desktop_accounts (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  mr_desktop_accounts_list (engine->oauth->desktop, func, data);
}
