/* Keys that sign: see dkim.h. A key that was read once stays parsed in memory for as long as [secrets] keep says. */
#include <config.h>

#include "engine/dkim.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "engine/scheduler.h"
#include "mail/address.h"

#define RECHECK_SECONDS 60
/* How long an old key's record stays after its last signature. Who takes mail looks at it at once or when it is passed on, within some days; a provider may
 * try for five days before others look at it. */
#define DAY_SECONDS       (24 * 3600)
#define DELIVERED_SECONDS (3 * DAY_SECONDS)
#define HANDED_ON_SECONDS (7 * DAY_SECONDS)
#define PREFIX            "dkim:"

typedef struct {
  MrDkimKey *key;
  gint64 read; /* monotonic */
} Loaded;

typedef struct {
  MrDkim *dkim;
  char **ids;
  guint next;
  GPtrArray *keys;
  MrDkimKeysFunc func;
  gpointer data;
} Load;

struct _MrDkim {
  MrEngine *engine;
  GPtrArray *records;
  GHashTable *loaded; /* id → Loaded */
  GPtrArray *loads;   /* Load, owned */
  MrWaitReason wait;  /* NONE: the keyring answered last time */
  gint64 retry_at;    /* wall */
};

static void load_next (Load *load);

static void
loaded_free (gpointer data)
{
  mr_dkim_key_free (((Loaded *)data)->key);
  g_free (data);
}

static void
load_free (gpointer data)
{
  Load *load = data;

  mr_secrets_cancel (load->dkim->engine->secrets, load);
  g_strfreev (load->ids);
  g_ptr_array_unref (load->keys);
  g_free (load);
}

MrDkim *
mr_dkim_new (MrEngine *engine)
{
  MrDkim *self = g_new0 (MrDkim, 1);

  self->engine = engine;
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_key_record_free);
  self->loaded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, loaded_free);
  self->loads = g_ptr_array_new_with_free_func (load_free);
  mr_dkim_reload (self);
  return self;
}

void
mr_dkim_free (MrDkim *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->loads);
  g_hash_table_unref (self->loaded);
  g_ptr_array_unref (self->records);
  g_free (self);
}

/* ---- the configuration ---- */

static char *
dup_value_name (const char *id, gboolean handed_on)
{
  return g_strconcat (handed_on ? "dkim-handed-on:" : "dkim-used:", id, NULL);
}

/* Seconds; 0: never; -1: not counted. */
static gint64
last_use (MrDkim *self, const char *id, gboolean handed_on)
{
  g_autofree char *name = dup_value_name (id, handed_on);

  return mr_store_get_value (self->engine->store, name, -1);
}

/* When its record may go, and why then. Of a time that was not counted the worst is assumed. */
static void
judge_age (MrDkim *self, MrDkimKeyRecord *r)
{
  gint64 delivered = last_use (self, r->id, FALSE), handed_on = last_use (self, r->id, TRUE), until;

  g_free (r->reason);
  r->used = MAX (MAX (delivered, handed_on), 0) * G_USEC_PER_SEC;
  r->reason = g_strdup ("");
  r->removable = 0;
  if (r->state != MR_DKIM_KEY_OLD)
    return;
  g_free (r->reason);
  if (delivered < 0 || handed_on < 0) {
    r->reason = g_strdup ("unknown");
    r->removable = r->retired + (gint64)HANDED_ON_SECONDS * G_USEC_PER_SEC;
    return;
  }
  until = MAX (delivered > 0 ? delivered + DELIVERED_SECONDS : 0, handed_on > 0 ? handed_on + HANDED_ON_SECONDS : 0);
  r->reason = g_strdup (until == 0                                                ? "never-used"
                        : handed_on > 0 && until == handed_on + HANDED_ON_SECONDS ? "handed-on"
                                                                                  : "delivered");
  r->removable = MAX (until * G_USEC_PER_SEC, r->retired);
}

void
mr_dkim_note_use (MrDkim *self, const char *const *ids, gboolean handed_on)
{
  gint64 now = mr_clock_wall (self->engine->clock) / G_USEC_PER_SEC;

  for (guint i = 0; ids[i] != NULL; i++) {
    g_autofree char *name = dup_value_name (ids[i], handed_on);
    MrDkimKeyRecord *record = (MrDkimKeyRecord *)mr_dkim_find (self, ids[i]);

    /* A key that signed before anybody counted stays not counted: what is not known is not made up. */
    if (last_use (self, ids[i], handed_on) < 0 || last_use (self, ids[i], handed_on) >= now)
      continue;
    mr_store_set_value (self->engine->store, name, now);
    if (record != NULL)
      judge_age (self, record);
  }
}

void
mr_dkim_count_uses (MrDkim *self, const char *id)
{
  for (guint i = 0; i < 2; i++) {
    g_autofree char *name = dup_value_name (id, i == 1);

    mr_store_set_value (self->engine->store, name, 0);
  }
}

static MrDkimKeyRecord *
record_from_config (MrDkim *self, MrConfig *config, const char *id)
{
  MrDkimKeyRecord *r = mr_dkim_key_record_new ();
  g_autofree char *group = g_strconcat ("dkim ", id, NULL);

  r->id = g_strdup (id);
  r->domain = g_ascii_strdown (mr_config_get_string (config, group, "domain"), -1);
  r->selector = g_strdup (mr_config_get_string (config, group, "selector"));
  r->algorithm = g_strdup (mr_config_get_string (config, group, "algorithm"));
  r->name = g_strconcat (r->selector, "._domainkey.", r->domain, NULL);
  r->record = g_strdup (mr_config_get_string (config, group, "record"));
  r->replaces = g_strdup (mr_config_get_string (config, group, "replaces"));
  mr_dkim_key_state_from_nick (mr_config_get_string (config, group, "state"), &r->state);
  r->behind_provider = mr_config_get_boolean (config, group, "behind-provider");
  r->lifetime = (guint)mr_config_get_integer (config, group, "lifetime");
  r->created = mr_config_get_integer (config, group, "created") * G_USEC_PER_SEC;
  r->retired = mr_config_get_integer (config, group, "retired") * G_USEC_PER_SEC;
  judge_age (self, r);
  return r;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const MrDkimKeyRecord *ra = *(MrDkimKeyRecord *const *)a, *rb = *(MrDkimKeyRecord *const *)b;
  gint order = strcmp (ra->domain, rb->domain);

  if (order == 0 && ra->created != rb->created)
    order = ra->created < rb->created ? -1 : 1;
  return order != 0 ? order : strcmp (ra->selector, rb->selector);
}

void
mr_dkim_reload (MrDkim *self)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  g_auto (GStrv) ids = mr_config_dup_ids (config, "dkim");
  GHashTableIter iter;
  gpointer id;

  g_ptr_array_set_size (self->records, 0);
  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (self->records, record_from_config (self, config, ids[i]));
  g_ptr_array_sort (self->records, compare);
  g_hash_table_iter_init (&iter, self->loaded);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (mr_dkim_find (self, id) == NULL)
      g_hash_table_iter_remove (&iter);
}

const MrDkimKeyRecord *
mr_dkim_find (MrDkim *self, const char *id)
{
  for (guint i = 0; i < self->records->len; i++)
    if (g_strcmp0 (((MrDkimKeyRecord *)self->records->pdata[i])->id, id) == 0)
      return self->records->pdata[i];
  return NULL;
}

GPtrArray *
mr_dkim_get_all (MrDkim *self)
{
  return self->records;
}

char *
mr_dkim_dup_secret_id (const char *id)
{
  return g_strconcat (PREFIX, id, NULL);
}

/* ---- who signs ---- */

static gboolean
signs (const MrDkimKeyRecord *r, const char *domain, gboolean direct, const char *setting)
{
  if (r->state != MR_DKIM_KEY_ACTIVE || strcmp (r->domain, domain) != 0 || strcmp (setting, "never") == 0)
    return FALSE;
  return direct || r->behind_provider || strcmp (setting, "always") == 0;
}

char **
mr_dkim_dup_signers (MrDkim *self, const char *account, gboolean direct, const char *from)
{
  g_autofree char *domain = from != NULL && self->records->len > 0 ? mr_address_dup_ascii_domain (from) : NULL;
  g_autofree char *group = g_strconcat ("account ", account, NULL);
  const char *setting = mr_config_get_string (mr_engine_get_config (self->engine), group, "dkim");
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (domain == NULL)
    return NULL;
  /* A key of a domain above signs only where one label more than a top-level name is left. */
  for (const char *name = domain; name != NULL && strchr (name, '.') != NULL && ids->len == 0;
       name = strchr (name, '.') + 1)
    for (guint i = 0; i < self->records->len; i++) {
      const MrDkimKeyRecord *r = self->records->pdata[i];

      if (signs (r, name, direct, setting))
        g_ptr_array_add (ids, g_strdup (r->id));
    }
  if (ids->len == 0)
    return NULL;
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}

/* ---- the keyring ---- */

static gboolean
is_fresh (MrDkim *self, const Loaded *loaded)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  const char *keep = mr_config_get_string (config, "secrets", "keep");

  if (strcmp (keep, "for-a-time") != 0)
    return strcmp (keep, "never") != 0;
  return mr_clock_monotonic (self->engine->clock) - loaded->read
         < mr_config_get_integer (config, "secrets", "keep-seconds") * G_USEC_PER_SEC;
}

static gboolean
are_loaded (MrDkim *self, const char *const *ids)
{
  for (guint i = 0; ids[i] != NULL; i++) {
    const Loaded *loaded = g_hash_table_lookup (self->loaded, ids[i]);

    if (loaded == NULL || !is_fresh (self, loaded))
      return FALSE;
  }
  return TRUE;
}

gboolean
mr_dkim_may_sign (MrDkim *self, const char *const *ids, MrWaitReason *ret_wait, gint64 *ret_next)
{
  if (self->wait == MR_WAIT_NONE || self->retry_at <= mr_clock_wall (self->engine->clock) || are_loaded (self, ids))
    return TRUE;
  *ret_wait = self->wait;
  *ret_next = self->retry_at;
  return FALSE;
}

gboolean
mr_dkim_is_waiting (MrDkim *self)
{
  return self->wait != MR_WAIT_NONE;
}

gboolean
mr_dkim_error_waits (const GError *error, MrWaitReason *ret_wait)
{
  if (error->code == MR_ERROR_NOT_FOUND || error->code == MR_ERROR_INVALID)
    return FALSE;
  *ret_wait = error->code == MR_ERROR_NO_KEYRING || error->code == MR_ERROR_REFUSED ? MR_WAIT_NO_KEYRING
                                                                                    : MR_WAIT_KEYRING_LOCKED;
  return TRUE;
}

static void
load_end (Load *load, const GError *error)
{
  MrDkim *self = load->dkim;

  for (guint i = 0; i < self->loads->len; i++)
    if (self->loads->pdata[i] == load) {
      g_ptr_array_steal_index_fast (self->loads, i);
      break;
    }
  load->func (error == NULL ? load->keys : NULL, error, load->data);
  load_free (load);
}

static void
note_trouble (MrDkim *self, const GError *error)
{
  MrWaitReason wait = MR_WAIT_NONE;

  if (error != NULL)
    mr_dkim_error_waits (error, &wait);
  if (wait != self->wait)
    mr_info ("dkim", "keys for signatures: %s", wait == MR_WAIT_NONE ? "at hand" : mr_wait_reason_nick (wait));
  if (wait != self->wait)
    mr_engine_notify (self->engine, MR_CHANGED_STATUS);
  self->wait = wait;
  self->retry_at = mr_clock_wall (self->engine->clock) + (gint64)RECHECK_SECONDS * G_USEC_PER_SEC;
}

static MrDkimKey *
key_from_secret (MrSecret *secret, const MrDkimKeyRecord *record, GError **error)
{
  if (secret != NULL)
    return mr_dkim_key_from_secret (secret, error);
  g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND,
               _ ("The key %s of %s is not among the saved passwords; make a new one for the domain"), record->selector,
               record->domain);
  return NULL;
}

static void
looked_up_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Load *load = data;
  MrDkim *self = load->dkim;
  const char *id = load->ids[load->next];
  const MrDkimKeyRecord *record = mr_dkim_find (self, id);
  g_autoptr (GError) local = NULL;
  MrDkimKey *key = NULL;

  note_trouble (self, error);
  if (error != NULL)
    local = g_error_copy (error);
  else if (record == NULL)
    local = g_error_new (MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no key “%s”"), id);
  else
    key = key_from_secret (secret, record, &local);
  if (key == NULL) {
    load_end (load, local);
    return;
  }
  Loaded *loaded = g_new0 (Loaded, 1);
  loaded->key = key;
  loaded->read = mr_clock_monotonic (self->engine->clock);
  g_ptr_array_add (load->keys, mr_dkim_key_ref (key));
  if (is_fresh (self, loaded))
    g_hash_table_replace (self->loaded, g_strdup (id), loaded);
  else
    loaded_free (loaded);
  load->next++;
  load_next (load);
}

static void
load_next (Load *load)
{
  for (; load->ids[load->next] != NULL; load->next++) {
    const char *id = load->ids[load->next];
    const Loaded *loaded = g_hash_table_lookup (load->dkim->loaded, id);
    g_autofree char *secret_id = mr_dkim_dup_secret_id (id);

    if (loaded == NULL || !is_fresh (load->dkim, loaded)) {
      g_hash_table_remove (load->dkim->loaded, id);
      mr_secrets_lookup (load->dkim->engine->secrets, secret_id, MR_SECRET_KIND_DKIM_KEY, looked_up_cb, load);
      return;
    }
    g_ptr_array_add (load->keys, mr_dkim_key_ref (loaded->key));
  }
  load_end (load, NULL);
}

void
mr_dkim_load (MrDkim *self, const char *const *ids, MrDkimKeysFunc func, gpointer data)
{
  Load *load = g_new0 (Load, 1);

  load->dkim = self;
  load->ids = g_strdupv ((char **)ids);
  load->keys = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_key_free);
  load->func = func;
  load->data = data;
  g_ptr_array_add (self->loads, load);
  load_next (load);
}

void
mr_dkim_cancel (MrDkim *self, gpointer data)
{
  for (guint i = self->loads->len; i > 0; i--)
    if (((Load *)self->loads->pdata[i - 1])->data == data)
      g_ptr_array_remove_index_fast (self->loads, i - 1);
}

void
mr_dkim_keyring_changed (MrDkim *self)
{
  gboolean waited = self->wait != MR_WAIT_NONE;

  self->wait = MR_WAIT_NONE;
  if (waited && self->engine->scheduler != NULL)
    mr_scheduler_keys_changed (self->engine->scheduler, FALSE);
}

void
mr_dkim_secret_changed (MrDkim *self, const char *secret_id)
{
  if (!g_str_has_prefix (secret_id, PREFIX))
    return;
  g_hash_table_remove (self->loaded, secret_id + strlen (PREFIX));
  if (self->engine->scheduler != NULL)
    mr_scheduler_keys_changed (self->engine->scheduler, TRUE);
}
