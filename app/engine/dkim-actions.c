/* Keys as a person changes them: made in the pool, stored in the keyring, then named in the configuration, in this order: a key that the
 * configuration names can sign.
 */
#include <config.h>

#include <mailrelay/engine-dkim.h>

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/config.h"
#include "base/log.h"
#include "engine/answer.h"
#include "engine/configuration.h"
#include "engine/dkim.h"
#include "engine/scheduler.h"
#include "mail/address.h"
#include "mailauth/dkim-sign.h"
#include "mailauth/lookup.h"

#define LETTERS      "abcdefghijklmnopqrstuvwxyz0123456789-"
#define SELECTOR_MAX 63
#define KEYS_MAX     100 /* of all domains: more is a mistake of a script */

/* ---- listing ---- */

static void
free_records (gpointer data)
{
  mr_dkim_key_record_free (data);
}

void
mr_engine_list_dkim_keys (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  GPtrArray *all = mr_dkim_get_all (engine->dkim);
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (free_records);

  for (guint i = 0; i < all->len; i++) {
    g_autoptr (GVariant) dict = g_variant_ref_sink (mr_dkim_key_record_to_variant (all->pdata[i]));

    g_ptr_array_add (copies, mr_dkim_key_record_from_variant (dict));
  }
  mr_answer_records (func, copies, NULL, data);
}

/* ---- making ---- */

typedef struct {
  MrEngine *engine; /* alive: boxed */
  MrDkimKeyRecord *record;
  MrDkimKey *key;
  MrSecret *secret;
  GError *error;
  MrDkimKeyRecordFunc func;
  gpointer data;
} Making;

static void
making_end (Making *m)
{
  if (m->error == NULL)
    mr_engine_notify (m->engine, MR_CHANGED_ACCOUNTS);
  m->func (m->error == NULL ? m->record : NULL, m->error, m->data);
  mr_dkim_key_record_free (m->record);
  mr_dkim_key_free (m->key);
  g_clear_pointer (&m->secret, mr_secret_unref);
  g_clear_error (&m->error);
  g_rc_box_release (m->engine);
  g_free (m);
}

static gboolean
making_end_cb (gpointer data)
{
  making_end (data);
  return G_SOURCE_REMOVE;
}

static gboolean
is_free_selector (MrDkim *dkim, const char *domain, const char *selector)
{
  GPtrArray *all = mr_dkim_get_all (dkim);

  for (guint i = 0; i < all->len; i++) {
    const MrDkimKeyRecord *r = all->pdata[i];

    if (strcmp (r->domain, domain) == 0 && g_ascii_strcasecmp (r->selector, selector) == 0)
      return FALSE;
  }
  return TRUE;
}

/* "mr20261127", and with a letter where the day has more than one. */
static char *
dup_selector (MrEngine *engine, const char *domain)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (mr_clock_wall (engine->clock) / G_USEC_PER_SEC);
  g_autofree char *day = g_date_time_format (now, "mr%Y%m%d");

  if (is_free_selector (engine->dkim, domain, day))
    return g_steal_pointer (&day);
  for (char letter = 'b'; letter <= 'z'; letter++) {
    char *name = g_strdup_printf ("%s%c", day, letter);

    if (is_free_selector (engine->dkim, domain, name))
      return name;
    g_free (name);
  }
  return g_steal_pointer (&day); /* refused as taken */
}

/* The first word of the domain and the selector; a number where that is taken. */
static char *
dup_id (MrDkim *dkim, const char *domain, const char *selector)
{
  g_autofree char *word = g_strndup (domain, strcspn (domain, "."));
  g_autofree char *base = g_strdup_printf ("%.14s-%.14s", word, selector);
  g_autofree char *lower = g_ascii_strdown (base, -1);

  g_strcanon (lower, LETTERS, '-');
  for (guint n = 1;; n++) {
    char *id = n == 1 ? g_strdup (lower) : g_strdup_printf ("%.28s-%u", lower, n);

    if (mr_config_id_is_valid (id) && mr_dkim_find (dkim, id) == NULL)
      return id;
    g_free (id);
    if (n > KEYS_MAX)
      return g_strdup ("key"); /* not reached: there are not so many keys */
  }
}

static gboolean
parse_algorithm (const char *text, MrDkimAlgorithm *ret, guint *ret_bits, GError **error)
{
  static const struct {
    const char *name;
    MrDkimAlgorithm algorithm;
    guint bits;
  } table[] = { { "rsa-2048", MR_DKIM_RSA, 2048 },
                { "rsa-3072", MR_DKIM_RSA, 3072 },
                { "rsa-4096", MR_DKIM_RSA, 4096 },
                { "ed25519", MR_DKIM_ED25519, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, text) == 0) {
      *ret = table[i].algorithm;
      *ret_bits = table[i].bits;
      return TRUE;
    }
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
               _ ("algorithm: “%s” is none of rsa-2048, rsa-3072, rsa-4096 and ed25519"), text);
  return FALSE;
}

static char *
check_domain (const char *text, GError **error)
{
  g_autofree char *address = g_strconcat ("x@", text != NULL ? text : "", NULL);
  char *domain = mr_address_is_valid (address) ? mr_address_dup_ascii_domain (address) : NULL;

  if (domain != NULL && strchr (domain, '.') != NULL && *domain != '[')
    return domain;
  g_free (domain);
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("domain: “%s” is not the name of a domain"),
               text != NULL ? text : "");
  return NULL;
}

/* What the new key is to be; NULL with error. */
static MrDkimKeyRecord *
plan (MrEngine *engine, const char *domain, const char *selector, const char *algorithm, const char *replaces,
      GError **error)
{
  g_autoptr (MrDkimKeyRecord) r = mr_dkim_key_record_new ();
  const MrDkimKeyRecord *before = replaces != NULL && *replaces != '\0' ? mr_dkim_find (engine->dkim, replaces) : NULL;
  MrDkimAlgorithm kind;
  guint bits;

  r->domain = check_domain (domain, error);
  if (r->domain == NULL)
    return NULL;
  if (replaces != NULL && *replaces != '\0' && (before == NULL || strcmp (before->domain, r->domain) != 0)) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s has no key “%s”"), r->domain, replaces);
    return NULL;
  }
  r->algorithm = g_strdup (algorithm != NULL && *algorithm != '\0' ? algorithm
                           : before != NULL                        ? before->algorithm
                                                                   : "rsa-2048");
  r->selector = selector != NULL && *selector != '\0' ? g_ascii_strdown (selector, -1)
                                                      : dup_selector (engine, r->domain);
  r->name = g_strconcat (r->selector, "._domainkey.", r->domain, NULL);
  if (!parse_algorithm (r->algorithm, &kind, &bits, error))
    return NULL;
  if (strlen (r->selector) > SELECTOR_MAX || !mr_dns_name_fits (r->name)
      || strspn (r->selector, LETTERS ".") != strlen (r->selector)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("selector: “%s” cannot be used; letters, digits and hyphens are allowed"), r->selector);
    return NULL;
  }
  if (!is_free_selector (engine->dkim, r->domain, r->selector) || mr_dkim_get_all (engine->dkim)->len >= KEYS_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_EXISTS, _ ("selector: %s has a key “%s” already"), r->domain, r->selector);
    return NULL;
  }
  r->id = dup_id (engine->dkim, r->domain, r->selector);
  r->replaces = g_strdup (before != NULL ? before->id : "");
  r->behind_provider = before != NULL && before->behind_provider;
  r->lifetime = before != NULL ? before->lifetime : 0;
  r->created = mr_clock_wall (engine->clock);
  return g_steal_pointer (&r);
}

static void
generate (gpointer data)
{
  Making *m = data;
  MrDkimAlgorithm algorithm = MR_DKIM_RSA;
  guint bits = 2048;

  parse_algorithm (m->record->algorithm, &algorithm, &bits, NULL);
  m->key = mr_dkim_key_generate (algorithm, bits, &m->error);
  m->secret = m->key != NULL ? mr_dkim_key_to_secret (m->key, &m->error) : NULL;
  if (m->secret != NULL)
    m->record->record = mr_dkim_key_dup_record (m->key);
  mr_dkim_thread_done ();
}

static void
taken_back_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("dkim", "a key could not be removed from the keyring: %s", error->message);
}

static gboolean
write_record (MrEngine *engine, const MrDkimKeyRecord *r, GError **error)
{
  g_autofree char *group = g_strconcat ("dkim ", r->id, NULL);
  g_autofree char *created = g_strdup_printf ("%" G_GINT64_FORMAT, r->created / G_USEC_PER_SEC);
  g_autofree char *lifetime = r->lifetime > 0 ? g_strdup_printf ("%u", r->lifetime) : NULL;
  const MrConfigurationEdit edits[] = {
    { group, "domain", r->domain },
    { group, "selector", r->selector },
    { group, "algorithm", r->algorithm },
    { group, "record", r->record },
    { group, "state", mr_dkim_key_state_nick (r->state) },
    { group, "created", created },
    { group, "replaces", *r->replaces != '\0' ? r->replaces : NULL },
    { group, "behind-provider", r->behind_provider ? "true" : NULL },
    { group, "lifetime", lifetime },
  };

  return mr_configuration_apply (engine->configuration, edits, G_N_ELEMENTS (edits), NULL, error);
}

static void
stored_cb (const GError *error, gpointer data)
{
  Making *m = data;

  if (error != NULL)
    m->error = g_error_copy (error);
  else if (!m->engine->running)
    m->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));
  if (m->error == NULL)
    mr_dkim_count_uses (m->engine->dkim, m->record->id);
  if (m->error == NULL && !write_record (m->engine, m->record, &m->error)) {
    g_autofree char *secret_id = mr_dkim_dup_secret_id (m->record->id);

    mr_secrets_clear (m->engine->secrets, secret_id, MR_SECRET_KIND_DKIM_KEY, taken_back_cb, NULL);
  }
  making_end (m);
}

static void
generated_cb (gpointer data)
{
  Making *m = data;

  if (m->error == NULL && !m->engine->running)
    m->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));
  if (m->error != NULL) {
    making_end (m);
    return;
  }
  g_autofree char *secret_id = mr_dkim_dup_secret_id (m->record->id);
  g_autofree char *label = g_strdup_printf ("Mail Relay: %s (DKIM)", m->record->name);

  mr_secrets_store (m->engine->secrets, secret_id, MR_SECRET_KIND_DKIM_KEY, label, m->secret, stored_cb, m);
}

void
mr_engine_new_dkim_key (MrEngine *engine, const char *domain, const char *selector, const char *algorithm,
                        const char *replaces, MrDkimKeyRecordFunc func, gpointer data)
{
  Making *m = g_new0 (Making, 1);

  m->engine = g_rc_box_acquire (engine);
  m->func = func;
  m->data = data;
  m->record = plan (engine, domain, selector, algorithm, replaces, &m->error);
  if (m->record == NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT, making_end_cb, m, NULL);
  else
    mr_engine_run_in_pool (generate, generated_cb, m);
}

/* ---- states ---- */

#define MAX_EDITS 8

typedef struct {
  MrConfigurationEdit edits[MAX_EDITS];
  guint n;
  char *groups[2], *now;
} Edits;

static void
add_state (Edits *e, guint which, const char *id, MrDkimKeyState state)
{
  e->groups[which] = g_strconcat ("dkim ", id, NULL);
  e->edits[e->n++] = (MrConfigurationEdit){ e->groups[which], "state", mr_dkim_key_state_nick (state) };
  e->edits[e->n++] = (MrConfigurationEdit){ e->groups[which], "retired", state == MR_DKIM_KEY_OLD ? e->now : NULL };
}

void
mr_engine_set_dkim_key_state (MrEngine *engine, const char *id, MrDkimKeyState state, MrEngineDoneFunc func,
                              gpointer data)
{
  const MrDkimKeyRecord *record = mr_dkim_find (engine->dkim, id), *before;
  g_autoptr (GError) error = NULL;
  Edits e = { .n = 0 };

  if (record == NULL) {
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no key “%s”"), id);
    mr_answer_done (func, error, data);
    return;
  }
  e.now = g_strdup_printf ("%" G_GINT64_FORMAT, mr_clock_wall (engine->clock) / G_USEC_PER_SEC);
  mr_info ("dkim", "key %s of %s: %s -> %s", record->selector, record->domain, mr_dkim_key_state_nick (record->state),
           mr_dkim_key_state_nick (state));
  add_state (&e, 0, id, state);
  before = state == MR_DKIM_KEY_ACTIVE ? mr_dkim_find (engine->dkim, record->replaces) : NULL;
  if (before != NULL && before->state != MR_DKIM_KEY_OLD)
    add_state (&e, 1, before->id, MR_DKIM_KEY_OLD);
  if (mr_configuration_apply (engine->configuration, e.edits, e.n, NULL, &error)) {
    mr_engine_notify (engine, MR_CHANGED_ACCOUNTS);
    mr_scheduler_keys_changed (engine->scheduler, TRUE);
  }
  mr_answer_done (func, error, data);
  g_free (e.groups[0]);
  g_free (e.groups[1]);
  g_free (e.now);
}

/* ---- removing ---- */

static gboolean
may_remove (MrEngine *engine, const MrDkimKeyRecord *r, GError **error)
{
  if (r->state == MR_DKIM_KEY_ACTIVE) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("This key signs the mail of %s; make another one that replaces it first"), r->domain);
    return FALSE;
  }
  if (r->state == MR_DKIM_KEY_OLD && r->removable > mr_clock_wall (engine->clock)) {
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (r->removable / G_USEC_PER_SEC);
    g_autofree char *day = g_date_time_format (time, "%Y-%m-%d");

    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("Mail that this key signed may still be under way; its entry in the DNS is needed until %s"), day);
    return FALSE;
  }
  return TRUE;
}

void
mr_engine_remove_dkim_key (MrEngine *engine, const char *id, gboolean force, MrEngineDoneFunc func, gpointer data)
{
  const MrDkimKeyRecord *record = mr_dkim_find (engine->dkim, id);
  g_autofree char *group = g_strconcat ("dkim ", id, NULL), *secret_id = mr_dkim_dup_secret_id (id);
  g_autoptr (GError) error = NULL;

  if (record == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no key “%s”"), id);
  else if ((force || may_remove (engine, record, &error))
           && mr_configuration_apply (engine->configuration, NULL, 0, group, &error)) {
    mr_secrets_clear (engine->secrets, secret_id, NULL, taken_back_cb, NULL);
    mr_engine_notify (engine, MR_CHANGED_ACCOUNTS);
    mr_scheduler_keys_changed (engine->scheduler, TRUE);
  }
  mr_answer_done (func, error, data);
}

/* ---- export ---- */

typedef struct {
  char *id;
  MrExportFunc func;
  gpointer data;
} Export;

static void
exported_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Export *e = data;
  g_autoptr (GError) absent = NULL;

  if (secret == NULL && error == NULL)
    absent = g_error_new (MR_ERROR, MR_ERROR_NOT_FOUND, _ ("The key “%s” is not among the saved passwords"), e->id);
  if (secret != NULL)
    mr_info ("dkim", "key %s was exported", e->id);
  e->func (secret, error != NULL ? error : absent, e->data);
  g_free (e->id);
  g_free (e);
}

void
mr_engine_export_dkim_key (MrEngine *engine, const char *id, MrExportFunc func, gpointer data)
{
  g_autofree char *secret_id = mr_dkim_dup_secret_id (id);
  Export *e = g_new0 (Export, 1);

  e->id = g_strdup (id);
  e->func = func;
  e->data = data;
  mr_secrets_lookup (engine->secrets, secret_id, MR_SECRET_KIND_DKIM_KEY, exported_cb, e);
}
