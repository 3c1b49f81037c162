/* The front of the secrets room: calls, their time limit, the state, and what is kept in memory above the back end.
 *
 * Invariants: each call is answered exactly once and never inside the function that made it; after 5 s it is
 * answered MR_ERROR_TIMED_OUT even where the keyring's own call never comes back (libsecret 0.20 does not return
 * from a prompt that nobody answers). A look-up asks the keyring first, so that a password changed there counts at
 * once, and takes what is in memory where the keyring cannot give it; only one that did not answer, or is not there,
 * is not waited for again: the memory answers, and a probe finds out whether it is back.
 */
#include "config.h"

#include "secrets/secrets-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "secrets/cache.h"

#define CALL_LIMIT_MS 5000
#define LOOK_AGAIN_MS 200 /* changes come in bursts */
#define MAX_LOOKS     3   /* in a row, for what is said while we look */

struct _MrSecrets {
  const MrSecretsBackend *backend;
  gpointer backend_data;
  MrSecretsState state;
  guint limit_ms;
  MrSecretCache *cache; /* NULL: nothing is kept */
  guint look_source;    /* secrets are about to be looked at again */
  guint n_silent;       /* such looks under way */
  guint n_looks;        /* in a row */
  gboolean heard_more;  /* while they were under way */
  gboolean probing;
  GPtrArray *calls; /* not yet answered */
  MrSecretsChangedFunc changed;
  gpointer changed_data;
  MrSecretsItemFunc item_changed;
  gpointer item_data;
};

MrSecretsCall *
mr_secrets_call_ref (MrSecretsCall *call)
{
  g_atomic_ref_count_inc (&call->refs);
  return call;
}

void
mr_secrets_call_unref (MrSecretsCall *call)
{
  if (!g_atomic_ref_count_dec (&call->refs))
    return;
  g_free (call->id);
  g_free (call->kind);
  g_free (call->label);
  g_clear_pointer (&call->secret, mr_secret_unref);
  g_clear_pointer (&call->found, mr_secret_unref);
  g_clear_error (&call->error);
  g_free (call);
}

/* ---- the end of a call ---- */

static MrSecretsState
state_after (MrSecretsCall *call)
{
  if (call->state != MR_SECRETS_N_STATES)
    return call->state;
  switch (call->error != NULL ? call->error->code : -1) {
  case -1:
    return MR_SECRETS_OK;
  case MR_ERROR_KEYRING_LOCKED:
    return MR_SECRETS_LOCKED;
  case MR_ERROR_NO_KEYRING:
    return MR_SECRETS_NO_SERVICE;
  case MR_ERROR_TIMED_OUT:
    return MR_SECRETS_TIMED_OUT;
  case MR_ERROR_REFUSED:
    return MR_SECRETS_REFUSED;
  default:
    return call->secrets->state;
  }
}

/* Look-ups that were under way while a secret was stored or cleared may come with what it was before. */
static void
overtake (MrSecrets *self, MrSecretsCall *change)
{
  for (guint i = 0; i < self->calls->len; i++) {
    MrSecretsCall *call = g_ptr_array_index (self->calls, i);

    if (call->op == MR_SECRETS_LOOKUP && strcmp (call->id, change->id) == 0)
      call->overtaken = TRUE;
  }
}

static void
learn_change (MrSecrets *self, MrSecretsCall *call)
{
  overtake (self, call);
  if (call->op == MR_SECRETS_CLEAR)
    mr_secret_cache_forget (self->cache, call->id, call->kind);
  if (call->op == MR_SECRETS_CLEAR && call->kind == NULL && call->error != NULL
      && mr_secrets_error_is_passing (call->error))
    mr_secret_cache_clear_later (self->cache, call->id);
  if (call->op == MR_SECRETS_STORE && call->error == NULL) {
    mr_secret_cache_clear_not (self->cache, call->id);
    mr_secret_cache_see (self->cache, call->id, call->kind, call->secret);
  }
}

static void
learn_lookup (MrSecrets *self, MrSecretsCall *call)
{
  if (call->error != NULL) {
    MrSecret *kept = mr_secret_cache_get (self->cache, call->id, call->kind);

    if (kept == NULL || !mr_secrets_error_is_passing (call->error))
      return;
    g_clear_error (&call->error);
    call->found = mr_secret_ref (kept);
    return;
  }
  if (call->overtaken)
    return;
  if (mr_secret_cache_see (self->cache, call->id, call->kind, call->found) == MR_SEEN_CHANGED
      && self->item_changed != NULL)
    self->item_changed (call->id, call->kind, call->found != NULL, self->item_data);
}

static void
learn (MrSecrets *self, MrSecretsCall *call)
{
  if (self->cache == NULL)
    return;
  if (call->op == MR_SECRETS_LOOKUP)
    learn_lookup (self, call);
  else if (call->op == MR_SECRETS_STORE || call->op == MR_SECRETS_CLEAR)
    learn_change (self, call);
}

/* A provider that says "changed" for a mere look would make us look for ever: a few times in a row is enough. */
static void
after_looks (MrSecrets *self)
{
  if (self->heard_more && ++self->n_looks < MAX_LOOKS)
    mr_secrets_may_have_changed (self);
  else
    self->n_looks = 0;
  self->heard_more = FALSE;
}

/* Answers and lets go: the one way out of a call. */
static void
finish_call (MrSecretsCall *call)
{
  MrSecrets *self = call->secrets;

  g_clear_handle_id (&call->timer, g_source_remove);
  g_clear_handle_id (&call->answer_source, g_source_remove);
  if (call->silent && --self->n_silent == 0)
    after_looks (self);
  if (call->op == MR_SECRETS_PROBE)
    self->probing = FALSE;
  if (!call->from_memory && (call->error == NULL || call->error->code != MR_ERROR_CANCELLED)) {
    mr_secrets_set_state (self, state_after (call));
    learn (self, call);
  }
  /* Only now: who is told of the state may cancel this very call. */
  g_ptr_array_remove_fast (self->calls, call);
  call->secrets = NULL;
  if (call->lookup_func != NULL)
    call->lookup_func (call->found, call->error, call->data);
  else if (call->done_func != NULL)
    call->done_func (call->error, call->data);
  mr_secrets_call_unref (call);
}

static gboolean
answer_cb (gpointer data)
{
  MrSecretsCall *call = data;

  call->answer_source = 0;
  finish_call (call);
  return G_SOURCE_REMOVE;
}

void
mr_secrets_call_done (MrSecretsCall *call, MrSecret *found, GError *error)
{
  if (call->secrets == NULL || call->answer_source != 0) {
    g_clear_pointer (&found, mr_secret_unref);
    g_clear_error (&error);
    return;
  }
  call->found = found;
  call->error = error;
  call->answer_source = g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, call, NULL);
}

static gboolean
limit_cb (gpointer data)
{
  MrSecretsCall *call = data;

  call->timer = 0;
  if (call->answer_source != 0)
    return G_SOURCE_REMOVE;
  g_clear_error (&call->error);
  g_clear_pointer (&call->found, mr_secret_unref);
  call->error = g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT,
                                     _ ("The keyring does not answer; a prompt of it may be waiting"));
  finish_call (call);
  return G_SOURCE_REMOVE;
}

/* ---- its beginning ---- */

static MrSecretsCall *
call_new (MrSecrets *self, MrSecretsOp op, const char *id, const char *kind, gpointer data)
{
  MrSecretsCall *call = g_new0 (MrSecretsCall, 1);

  g_atomic_ref_count_init (&call->refs);
  call->secrets = self;
  call->op = op;
  call->state = MR_SECRETS_N_STATES;
  call->n_items = G_MAXUINT;
  call->id = g_strdup (id);
  call->kind = g_strdup (kind);
  call->data = data;
  g_ptr_array_add (self->calls, call);
  return call;
}

static void
run (MrSecretsCall *call)
{
  MrSecrets *self = call->secrets;

  call->timer = g_timeout_add (self->limit_ms, limit_cb, call);
  if (call->op == MR_SECRETS_PROBE)
    self->probing = TRUE;
  self->backend->run (self, call);
}

static void
run_done (MrSecrets *self, MrSecretsOp op, MrSecretsDoneFunc func, gpointer data)
{
  MrSecretsCall *call = call_new (self, op, "", NULL, data);

  call->done_func = func;
  run (call);
}

MrSecrets *
mr_secrets_new (const char *backend, const char *file_path, GError **error)
{
  static const MrSecretsBackend *const backends[] = { &mr_secrets_backend_service, &mr_secrets_backend_file,
                                                      &mr_secrets_backend_memory };
  MrSecrets *self = g_new0 (MrSecrets, 1);

  self->calls = g_ptr_array_new ();
  self->limit_ms = CALL_LIMIT_MS;
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    if (g_strcmp0 (backends[i]->name, backend) == 0)
      self->backend = backends[i];
  if (self->backend == NULL)
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("“%s” is no place for passwords; choose secret-service, file or memory"), backend);
  else if (self->backend->open (self, file_path, error)) {
    self->cache = self->backend->is_kept ? mr_secret_cache_new () : NULL;
    return self;
  }
  g_ptr_array_unref (self->calls);
  g_free (self);
  return NULL;
}

void
mr_secrets_free (MrSecrets *self)
{
  if (self == NULL)
    return;
  self->changed = NULL;
  self->item_changed = NULL;
  while (self->calls->len > 0) {
    MrSecretsCall *call = g_ptr_array_index (self->calls, 0);

    g_clear_handle_id (&call->answer_source, g_source_remove);
    g_clear_error (&call->error);
    g_clear_pointer (&call->found, mr_secret_unref);
    call->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is being stopped"));
    finish_call (call);
  }
  self->backend->close (self);
  g_clear_handle_id (&self->look_source, g_source_remove); /* last: what ended just now may have asked for it */
  g_clear_pointer (&self->cache, mr_secret_cache_free);
  g_ptr_array_unref (self->calls);
  g_free (self);
}

void
mr_secrets_lookup (MrSecrets *self, const char *id, const char *kind, MrSecretsLookupFunc func, gpointer data)
{
  MrSecretsCall *call = call_new (self, MR_SECRETS_LOOKUP, id, kind, data);
  MrSecret *kept = self->cache != NULL ? mr_secret_cache_get (self->cache, id, kind) : NULL;

  call->lookup_func = func;
  if (kept == NULL || (self->state != MR_SECRETS_TIMED_OUT && self->state != MR_SECRETS_NO_SERVICE)) {
    run (call);
    return;
  }
  call->from_memory = TRUE;
  mr_secrets_call_done (call, mr_secret_ref (kept), NULL);
  if (!self->probing)
    run_done (self, MR_SECRETS_PROBE, NULL, NULL);
}

void
mr_secrets_store (MrSecrets *self, const char *id, const char *kind, const char *label, MrSecret *secret,
                  MrSecretsDoneFunc func, gpointer data)
{
  MrSecretsCall *call = call_new (self, MR_SECRETS_STORE, id, kind, data);

  call->label = g_strdup (label);
  call->secret = mr_secret_ref (secret);
  call->done_func = func;
  run (call);
}

void
mr_secrets_clear (MrSecrets *self, const char *id, const char *kind, MrSecretsDoneFunc func, gpointer data)
{
  MrSecretsCall *call = call_new (self, MR_SECRETS_CLEAR, id, kind, data);

  if (self->cache != NULL)
    mr_secret_cache_forget (self->cache, id, kind);
  call->done_func = func;
  run (call);
}

void
mr_secrets_probe (MrSecrets *self, MrSecretsDoneFunc func, gpointer data)
{
  run_done (self, MR_SECRETS_PROBE, func, data);
}

void
mr_secrets_check_writable (MrSecrets *self, MrSecretsDoneFunc func, gpointer data)
{
  run_done (self, MR_SECRETS_WRITABLE, func, data);
}

gboolean
mr_secrets_error_is_passing (const GError *error)
{
  return error->domain == MR_ERROR && error->code != MR_ERROR_INVALID && error->code != MR_ERROR_TOO_BIG
         && error->code != MR_ERROR_CANCELLED;
}

void
mr_secrets_cancel (MrSecrets *self, gpointer data)
{
  for (guint i = 0; i < self->calls->len; i++) {
    MrSecretsCall *call = g_ptr_array_index (self->calls, i);

    if (call->data == data) {
      call->lookup_func = NULL;
      call->done_func = NULL;
    }
  }
}

MrSecretsState
mr_secrets_get_state (MrSecrets *self)
{
  return self->state;
}

const char *
mr_secrets_state_nick (MrSecretsState state)
{
  static const char *const nicks[MR_SECRETS_N_STATES] = { [MR_SECRETS_OK] = "ok",
                                                          [MR_SECRETS_LOCKED] = "locked",
                                                          [MR_SECRETS_NO_SERVICE] = "no-service",
                                                          [MR_SECRETS_TIMED_OUT] = "timed-out",
                                                          [MR_SECRETS_REFUSED] = "refused",
                                                          [MR_SECRETS_NO_PLACE] = "no-place",
                                                          [MR_SECRETS_ASKS_EACH] = "asks-each-time" };

  return state < MR_SECRETS_N_STATES ? nicks[state] : nicks[MR_SECRETS_NO_SERVICE];
}

static void
clear_cb (const char *id, const char *kind, gpointer data)
{
  mr_secrets_clear (data, id, NULL, NULL, NULL);
}

void
mr_secrets_set_state (MrSecrets *self, MrSecretsState state)
{
  if (self->state == state)
    return;
  mr_info ("secrets", "%s: %s → %s", self->backend->name, mr_secrets_state_nick (self->state),
           mr_secrets_state_nick (state));
  self->state = state;
  if (state == MR_SECRETS_OK) { /* what was changed meanwhile was not seen, what was to be removed is still there */
    mr_secrets_may_have_changed (self);
    if (self->cache != NULL)
      mr_secret_cache_clear_now (self->cache, clear_cb, self);
  }
  if (self->changed != NULL)
    self->changed (self, self->changed_data);
}

/* ---- memory ---- */

void
mr_secrets_set_keep (MrSecrets *self, int seconds)
{
  if (self->cache != NULL)
    mr_secret_cache_set_keep (self->cache, seconds);
}

void
mr_secrets_forget (MrSecrets *self, const char *id)
{
  if (self->cache != NULL)
    mr_secret_cache_forget (self->cache, id, NULL);
}

typedef struct {
  MrSecrets *secrets;
  const char *id;
  gboolean kept;
} Kept;

static void
kept_cb (const char *id, const char *kind, gpointer data)
{
  Kept *kept = data;

  if (strcmp (id, kept->id) == 0 && mr_secret_cache_get (kept->secrets->cache, id, kind) != NULL)
    kept->kept = TRUE;
}

gboolean
mr_secrets_has_kept (MrSecrets *self, const char *id)
{
  Kept kept = { .secrets = self, .id = id };

  if (self->cache == NULL)
    return TRUE;
  mr_secret_cache_foreach (self->cache, kept_cb, &kept);
  return kept.kept;
}

static void
add_look_cb (const char *id, const char *kind, gpointer data)
{
  MrSecretsCall *call = call_new (data, MR_SECRETS_LOOKUP, id, kind, NULL);

  call->silent = TRUE;
  call->secrets->n_silent++;
}

static gboolean
look_cb (gpointer data)
{
  MrSecrets *self = data;
  guint first = self->calls->len;
  g_autoptr (GPtrArray) looks = NULL;

  self->look_source = 0;
  mr_secret_cache_foreach (self->cache, add_look_cb, self);
  looks = g_ptr_array_copy (self->calls, NULL, NULL);
  for (guint i = first; i < looks->len; i++)
    run (g_ptr_array_index (looks, i));
  return G_SOURCE_REMOVE;
}

void
mr_secrets_may_have_changed (MrSecrets *self)
{
  if (self->n_silent > 0)
    self->heard_more = TRUE;
  else if (self->cache != NULL && self->look_source == 0)
    self->look_source = g_timeout_add (LOOK_AGAIN_MS, look_cb, self);
}

const char *
mr_secrets_get_backend (MrSecrets *self)
{
  return self->backend->name;
}

void
mr_secrets_watch (MrSecrets *self, MrSecretsChangedFunc func, gpointer data)
{
  self->changed = func;
  self->changed_data = data;
}

void
mr_secrets_look_again (MrSecrets *self)
{
  mr_secrets_may_have_changed (self);
}

void
mr_secrets_watch_items (MrSecrets *self, MrSecretsItemFunc func, gpointer data)
{
  self->item_changed = func;
  self->item_data = data;
}

void
mr_secrets_set_limit (MrSecrets *self, guint milliseconds)
{
  self->limit_ms = milliseconds;
}

gpointer
mr_secrets_get_backend_data (MrSecrets *self)
{
  return self->backend_data;
}

void
mr_secrets_set_backend_data (MrSecrets *self, gpointer data)
{
  self->backend_data = data;
}
