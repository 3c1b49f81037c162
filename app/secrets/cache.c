/* The cache above the back ends.
 *
 * An entry has the secret for as long as the setting says, and a digest of it, under a key of this process, for good: so
 * that a change made elsewhere is told from a keyring that merely says "changed" (a log-in that was refused must not be
 * tried again because somebody looked at the password). Secrets lie in locked memory (base/secret) and are wiped when
 * their time is over, when they are forgotten and at the end.
 */
#include "config.h"

#include "secrets/cache.h"

#include <string.h>

#include "base/crypto.h"

#define DIGEST_KEY_SIZE 32

typedef struct {
  char *id, *kind;
  MrSecret *secret; /* NULL: not kept */
  guint timer;
  char *digest; /* "" while there is none in the keyring */
} Entry;

struct _MrSecretCache {
  GPtrArray *entries; /* a few: two or three an account */
  GPtrArray *clears;  /* ids */
  int keep;
  guint8 key[DIGEST_KEY_SIZE];
};

static void
drop_secret (Entry *entry)
{
  g_clear_handle_id (&entry->timer, g_source_remove);
  g_clear_pointer (&entry->secret, mr_secret_unref);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  drop_secret (entry);
  g_free (entry->id);
  g_free (entry->kind);
  g_free (entry->digest);
  g_free (entry);
}

MrSecretCache *
mr_secret_cache_new (void)
{
  MrSecretCache *self = g_new0 (MrSecretCache, 1);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->clears = g_ptr_array_new_with_free_func (g_free);
  self->keep = MR_SECRETS_KEEP_UNTIL_END;
  mr_random_bytes (self->key, sizeof self->key);
  return self;
}

void
mr_secret_cache_free (MrSecretCache *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->clears);
  mr_wipe (self->key, sizeof self->key);
  g_free (self);
}

static gboolean
expired_cb (gpointer data)
{
  Entry *entry = data;

  entry->timer = 0;
  drop_secret (entry);
  return G_SOURCE_REMOVE;
}

static void
start_timer (MrSecretCache *self, Entry *entry)
{
  g_clear_handle_id (&entry->timer, g_source_remove);
  if (entry->secret != NULL && self->keep > 0)
    entry->timer = g_timeout_add_seconds ((guint)self->keep, expired_cb, entry);
}

void
mr_secret_cache_set_keep (MrSecretCache *self, int seconds)
{
  if (seconds == self->keep)
    return;
  self->keep = seconds;
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (seconds == MR_SECRETS_KEEP_NEVER)
      drop_secret (entry);
    else
      start_timer (self, entry);
  }
}

static Entry *
find (MrSecretCache *self, const char *id, const char *kind)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    if (strcmp (entry->id, id) == 0 && strcmp (entry->kind, kind) == 0)
      return entry;
  }
  return NULL;
}

MrSecret *
mr_secret_cache_get (MrSecretCache *self, const char *id, const char *kind)
{
  Entry *entry = find (self, id, kind);

  return entry != NULL ? entry->secret : NULL;
}

static char *
dup_digest (MrSecretCache *self, MrSecret *secret)
{
  if (secret == NULL)
    return g_strdup ("");
  return g_compute_hmac_for_data (G_CHECKSUM_SHA256, self->key, sizeof self->key,
                                  (const guchar *)mr_secret_get (secret), mr_secret_length (secret));
}

MrSeen
mr_secret_cache_see (MrSecretCache *self, const char *id, const char *kind, MrSecret *secret)
{
  g_autofree char *digest = dup_digest (self, secret);
  Entry *entry = find (self, id, kind);
  MrSeen seen = entry == NULL ? MR_SEEN_FIRST : strcmp (entry->digest, digest) == 0 ? MR_SEEN_SAME : MR_SEEN_CHANGED;

  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->id = g_strdup (id);
    entry->kind = g_strdup (kind);
    g_ptr_array_add (self->entries, entry);
  }
  g_free (entry->digest);
  entry->digest = g_steal_pointer (&digest);
  if (seen == MR_SEEN_SAME && entry->secret != NULL)
    return seen; /* its time goes on */
  drop_secret (entry);
  if (secret != NULL && self->keep != MR_SECRETS_KEEP_NEVER)
    entry->secret = mr_secret_ref (secret);
  start_timer (self, entry);
  return seen;
}

void
mr_secret_cache_forget (MrSecretCache *self, const char *id, const char *kind)
{
  for (guint i = self->entries->len; i > 0; i--) {
    Entry *entry = g_ptr_array_index (self->entries, i - 1);

    if (strcmp (entry->id, id) == 0 && (kind == NULL || strcmp (entry->kind, kind) == 0))
      g_ptr_array_remove_index (self->entries, i - 1);
  }
}

void
mr_secret_cache_foreach (MrSecretCache *self, MrSecretCacheFunc func, gpointer data)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = g_ptr_array_index (self->entries, i);

    func (entry->id, entry->kind, data);
  }
}

/* ---- cleared later ---- */

void
mr_secret_cache_clear_later (MrSecretCache *self, const char *id)
{
  if (!g_ptr_array_find_with_equal_func (self->clears, id, g_str_equal, NULL))
    g_ptr_array_add (self->clears, g_strdup (id));
}

void
mr_secret_cache_clear_not (MrSecretCache *self, const char *id)
{
  guint place;

  if (g_ptr_array_find_with_equal_func (self->clears, id, g_str_equal, &place))
    g_ptr_array_remove_index (self->clears, place);
}

void
mr_secret_cache_clear_now (MrSecretCache *self, MrSecretCacheFunc func, gpointer data)
{
  g_autoptr (GPtrArray) clears = g_steal_pointer (&self->clears);

  self->clears = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < clears->len; i++)
    func (g_ptr_array_index (clears, i), NULL, data);
}
