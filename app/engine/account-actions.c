/* Accounts as a person changes them: configuration and keyring together.
 *
 * Order: the secret is stored before the configuration names the account, so that an account never appears without the password that was
 * typed for it; a configuration that cannot be written takes the secret back.
 */
#include <config.h>

#include "engine/answer.h"

#include <glib/gi18n-lib.h>
#include "engine/accounts.h"
#include "engine/configuration.h"
#include "engine/providers.h"
#include "engine/oauth.h"
#include "engine/scheduler.h"

#include "base/log.h"
#include "store/lists.h"

typedef struct {
  MrEngine *engine;
  MrAccountRecord *record;
  char *id, *move_to;
  gboolean had_secret;
  MrEngineDoneFunc func;
  gpointer data;
} Change;

static Change *
change_new (MrEngine *engine, MrEngineDoneFunc func, gpointer data)
{
  Change *c = g_new0 (Change, 1);

  c->engine = engine;
  c->func = func;
  c->data = data;
  return c;
}

static void
change_end (Change *c, const GError *error)
{
  mr_engine_notify (c->engine, MR_CHANGED_ACCOUNTS | MR_CHANGED_STATUS);
  mr_answer_done (c->func, error, c->data);
  mr_account_record_free (c->record);
  g_free (c->id);
  g_free (c->move_to);
  g_free (c);
}

#define MAX_EDITS 32

typedef struct {
  MrConfigurationEdit edits[MAX_EDITS];
  guint n;
} Edits;

static void
add_edit (Edits *edits, const char *group, const char *key, const char *value)
{
  g_assert (edits->n < MAX_EDITS);
  edits->edits[edits->n++] = (MrConfigurationEdit){ group, key, value != NULL && *value != '\0' ? value : NULL };
}

static void
add_oauth_edits (Edits *edits, const char *group, const MrAccountRecord *r)
{
  gboolean used = r->kind == MR_ACCOUNT_RELAY && r->auth == MR_AUTH_OAUTH2;

  add_edit (edits, group, "auth", used ? mr_auth_kind_nick (r->auth) : NULL);
  add_edit (edits, group, "oauth-flow",
            used && r->oauth_flow != MR_OAUTH_BROWSER ? mr_oauth_flow_nick (r->oauth_flow) : NULL);
  add_edit (edits, group, "oauth-client", used ? r->oauth_client : NULL);
  add_edit (edits, group, "oauth-tenant", used ? r->oauth_tenant : NULL);
  add_edit (edits, group, "oauth-scope", used ? r->oauth_scope : NULL);
  add_edit (edits, group, "oauth-authorize", used ? r->oauth_authorize : NULL);
  add_edit (edits, group, "oauth-token", used ? r->oauth_token : NULL);
  add_edit (edits, group, "oauth-device", used ? r->oauth_device : NULL);
  add_edit (edits, group, "oauth-revoke", used ? r->oauth_revoke : NULL);
  add_edit (edits, group, "desktop-account", used ? r->desktop_account : NULL);
}

/* Keys at their default are not written: the file stays short. */
static gboolean
write_record (MrEngine *engine, const MrAccountRecord *r, gboolean make_default, GError **error)
{
  g_autofree char *group = g_strconcat ("account ", r->id, NULL);
  g_autofree char *addresses = g_strjoinv (";", r->addresses);
  g_autofree char *port = r->port != 0 ? g_strdup_printf ("%u", r->port) : NULL;
  g_autofree char *order = r->order != 0 ? g_strdup_printf ("%d", r->order) : NULL;
  g_autofree char *limit_minute = r->limit_minute != 0 ? g_strdup_printf ("%u", r->limit_minute) : NULL;
  g_autofree char *limit_day = r->limit_day != 0 ? g_strdup_printf ("%u", r->limit_day) : NULL;
  g_autofree char *until = r->paused && r->paused_until > 0
                               ? g_strdup_printf ("%" G_GINT64_FORMAT, r->paused_until / G_USEC_PER_SEC)
                               : NULL;
  gboolean relay = r->kind == MR_ACCOUNT_RELAY;
  Edits edits = { .n = 0 };

  add_edit (&edits, group, "name", r->name);
  add_edit (&edits, group, "kind", mr_account_kind_nick (r->kind));
  edits.edits[edits.n++] = (MrConfigurationEdit){ group, "addresses", addresses };
  add_edit (&edits, group, "host", relay ? r->host : NULL);
  add_edit (&edits, group, "port", relay ? port : NULL);
  add_edit (&edits, group, "tls", relay ? mr_tls_mode_nick (r->tls) : NULL);
  add_edit (&edits, group, "user", relay ? r->user : NULL);
  add_oauth_edits (&edits, group, r);
  add_edit (&edits, group, "fingerprint", relay ? r->fingerprint : NULL);
  add_edit (&edits, group, "ca-file", relay ? r->ca_file : NULL);
  add_edit (&edits, group, "provider", r->provider);
  add_edit (&edits, group, "colour", r->colour);
  add_edit (&edits, group, "limit-minute", limit_minute);
  add_edit (&edits, group, "limit-day", limit_day);
  add_edit (&edits, group, "paused", r->paused ? "true" : NULL);
  add_edit (&edits, group, "paused-until", until);
  add_edit (&edits, group, "order", order);
  if (make_default)
    add_edit (&edits, "general", "default-account", r->id);
  return mr_configuration_apply (engine->configuration, edits.edits, edits.n, NULL, error);
}

static char *
secret_label (const MrAccountRecord *r)
{
  return g_strdup_printf ("Mail Relay: %s", r->name != NULL && *r->name != '\0' ? r->name : r->id);
}

static void
cleared_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("engine", "a password could not be removed from the keyring: %s", error->message);
}

static void
add_write (Change *c)
{
  g_autoptr (GError) error = NULL;
  gboolean first = mr_accounts_count (c->engine->accounts) == 0;

  if (!write_record (c->engine, c->record, first || c->record->is_default, &error) && c->had_secret)
    mr_secrets_clear (c->engine->secrets, c->record->id, MR_SECRET_KIND_PASSWORD, cleared_cb, NULL);
  change_end (c, error);
}

static void
add_stored_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    change_end (data, error);
  else
    add_write (data);
}

/* A file of certificates is read at each connection: the sandbox lets a running service see only the folders that it knew at its start. */
static gboolean
check_record (MrEngine *engine, const MrAccountRecord *record, GError **error)
{
  g_autoptr (MrTlsTrust) trust = NULL;

  if (!mr_accounts_check (record, error))
    return FALSE;
  if (record->kind != MR_ACCOUNT_RELAY || record->ca_file == NULL || *record->ca_file == '\0')
    return TRUE;
  trust = mr_tls_trust_new (record->ca_file, error);
  if (trust == NULL)
    g_prefix_error (error, _ ("ca-file: the file must be in %s, /etc or /usr, where the service may read. "),
                    engine->paths->config_dir);
  return trust != NULL;
}

/* A new account keeps to what is known of its provider, unless limits were given. */
static void
take_limits (MrEngine *engine, MrAccountRecord *record)
{
  g_autoptr (MrPresets) presets = NULL;
  const MrPreset *preset;

  if (record->provider == NULL || *record->provider == '\0' || record->limit_minute != 0 || record->limit_day != 0)
    return;
  presets = mr_engine_dup_presets (engine);
  preset = mr_presets_find (presets, record->provider);
  if (preset != NULL) {
    record->limit_minute = preset->limit_minute;
    record->limit_day = preset->limit_day;
  }
}

void
mr_engine_add_account (MrEngine *engine, const MrAccountRecord *record, MrSecret *secret, MrEngineDoneFunc func,
                       gpointer data)
{
  g_autoptr (GError) error = NULL;
  Change *c;

  if (!check_record (engine, record, &error)) {
    mr_answer_done (func, error, data);
    return;
  }
  if (mr_accounts_find (engine->accounts, record->id) != NULL) {
    g_set_error (&error, MR_ERROR, MR_ERROR_EXISTS, _ ("id: there is an account “%s” already"), record->id);
    mr_answer_done (func, error, data);
    return;
  }
  c = change_new (engine, func, data);
  c->record = mr_account_record_copy (record);
  take_limits (engine, c->record);
  if (secret != NULL && record->kind == MR_ACCOUNT_RELAY) {
    g_autofree char *label = secret_label (record);

    c->had_secret = TRUE;
    mr_secrets_store (engine->secrets, record->id, MR_SECRET_KIND_PASSWORD, label, secret, add_stored_cb, c);
  } else
    add_write (c);
}

static void
signed_out_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("engine", "a token could not be removed from the keyring: %s", error->message);
}

/* An account that signs in no longer keeps no permission to. */
static void
leave_provider (MrEngine *engine, const MrAccountRecord *before, const MrAccountRecord *record)
{
  if (before->auth == MR_AUTH_OAUTH2 && (record->auth != MR_AUTH_OAUTH2 || record->kind != MR_ACCOUNT_RELAY))
    mr_oauth_sign_out (engine->oauth, before, signed_out_cb, NULL);
}

void
mr_engine_update_account (MrEngine *engine, const MrAccountRecord *record, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  const MrAccountRecord *found = mr_accounts_find (engine->accounts, record->id);
  g_autoptr (MrAccountRecord) before = found != NULL ? mr_account_record_copy (found) : NULL;

  if (before == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), record->id);
  else if (check_record (engine, record, &error) && write_record (engine, record, record->is_default, &error))
    leave_provider (engine, before, record);
  mr_answer_done (func, error, data);
}

/* ---- removal ---- */

typedef struct {
  MrEngine *engine;
  char *id;
} Forget;

static void
given_back_cb (const GError *error, gpointer data)
{
  Forget *f = data;

  mr_secrets_clear (f->engine->secrets, f->id, NULL, cleared_cb, NULL);
  g_free (f->id);
  g_free (f);
}

/* Its token is given back to the provider first, where it has one. */
static void
forget_secrets (MrEngine *engine, const MrAccountRecord *removed, const char *id)
{
  Forget *f;

  if (removed == NULL || removed->auth != MR_AUTH_OAUTH2) {
    mr_secrets_clear (engine->secrets, id, NULL, cleared_cb, NULL);
    return;
  }
  f = g_new0 (Forget, 1);
  f->engine = engine;
  f->id = g_strdup (id);
  mr_oauth_sign_out (engine->oauth, removed, given_back_cb, f);
}

static void
moved_cb (guint count, const GError *error, gpointer data)
{
  Change *c = data;
  g_autofree char *group = g_strconcat ("account ", c->id, NULL);
  g_autoptr (GError) local = NULL;
  const MrAccountRecord *record;
  const MrConfigurationEdit edit = { "general", "default-account", c->move_to };

  if (error != NULL) { /* perhaps that the engine is gone */
    change_end (c, error);
    return;
  }
  record = mr_accounts_find (c->engine->accounts, c->id);
  g_autoptr (MrAccountRecord) removed = record != NULL ? mr_account_record_copy (record) : NULL;
  if (mr_configuration_apply (c->engine->configuration, &edit, record != NULL && record->is_default ? 1 : 0, group,
                              &local))
    forget_secrets (c->engine, removed, c->id);
  /* What waits and has not been moved is routed anew: it is held, or goes where another account fits. */
  mr_store_wake (c->engine->store,
                 1u << MR_WAIT_ACCOUNT_PAUSED | 1u << MR_WAIT_KEYRING_LOCKED | 1u << MR_WAIT_NO_KEYRING, TRUE, c->id,
                 mr_clock_wall (c->engine->clock), NULL, NULL);
  if (c->engine->scheduler != NULL)
    mr_scheduler_kick (c->engine->scheduler);
  change_end (c, local);
}

static void
all_moved_cb (guint count, const GError *error, gpointer data)
{
  Change *c = data;

  moved_cb (count, error, c);
}

typedef struct {
  Change *change;
  char **ids;
  guint next;
} Move;

static void
move_next_cb (guint count, const GError *error, gpointer data)
{
  Move *m = data;

  if (error == NULL && m->ids[m->next] != NULL) {
    mr_engine_send_through (m->change->engine, m->ids[m->next++], m->change->move_to, FALSE, move_next_cb, m);
    return;
  }
  all_moved_cb (m->next, error, m->change);
  g_strfreev (m->ids);
  g_free (m);
}

static void
waiting_ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  Change *c = data;
  Move *m;

  if (error != NULL) {
    change_end (c, error);
    return;
  }
  m = g_new0 (Move, 1);
  m->change = c;
  m->ids = g_strdupv ((char **)ids);
  move_next_cb (0, NULL, m);
}

void
mr_engine_remove_account (MrEngine *engine, const char *id, const char *move_to, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1, .account = id };
  Change *c;

  if (mr_accounts_find (engine->accounts, id) == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), id);
  else if (move_to != NULL && *move_to != '\0'
           && (strcmp (move_to, id) == 0 || mr_accounts_find (engine->accounts, move_to) == NULL))
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("Its mail cannot go through “%s”"), move_to);
  if (error != NULL) {
    mr_answer_done (func, error, data);
    return;
  }
  c = change_new (engine, func, data);
  c->id = g_strdup (id);
  c->move_to = move_to != NULL && *move_to != '\0' ? g_strdup (move_to) : NULL;
  if (c->move_to != NULL)
    mr_store_list_ids (engine->store, &filter, waiting_ids_cb, c);
  else
    moved_cb (0, NULL, c);
}

/* ---- password, default ---- */

static void
password_stored_cb (const GError *error, gpointer data)
{
  Change *c = data;

  if (error == NULL)
    mr_accounts_recheck (c->engine->accounts, c->id);
  change_end (c, error);
}

void
mr_engine_set_password (MrEngine *engine, const char *id, MrSecret *secret, MrEngineDoneFunc func, gpointer data)
{
  const MrAccountRecord *record = mr_accounts_find (engine->accounts, id);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  Change *c;

  if (record == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), id);
  else if (record->user == NULL || *record->user == '\0')
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID, _ ("user: this account has no user name; set one first"));
  if (error != NULL) {
    mr_answer_done (func, error, data);
    return;
  }
  c = change_new (engine, func, data);
  c->id = g_strdup (id);
  label = secret_label (record);
  mr_secrets_store (engine->secrets, id, MR_SECRET_KIND_PASSWORD, label, secret, password_stored_cb, c);
}

void
mr_engine_set_default_account (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  const MrConfigurationEdit edit = { "general", "default-account", id };

  if (mr_accounts_find (engine->accounts, id) == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), id);
  else
    mr_configuration_apply (engine->configuration, &edit, 1, NULL, &error);
  mr_answer_done (func, error, data);
}
