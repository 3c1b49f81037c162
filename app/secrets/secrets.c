/* The front of the secrets room: calls, their time limit, the state.
 *
 * Invariants: each call is answered exactly once and never inside the function that made it; after 5 s it is
 * answered MR_ERROR_TIMED_OUT even where the keyring's own call never comes back (libsecret 0.20 does not return
 * from a prompt that nobody answers).
 */
#include "config.h"

#include "secrets/secrets-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"

#define CALL_LIMIT_MS 5000

struct _MrSecrets {
  const MrSecretsBackend *backend;
  gpointer backend_data;
  MrSecretsState state;
  guint limit_ms;
  GPtrArray *calls; /* not yet answered */
  MrSecretsChangedFunc changed;
  gpointer changed_data;
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

static void
state_from_error (MrSecrets *self, const GError *error)
{
  if (error == NULL)
    mr_secrets_set_state (self, MR_SECRETS_OK);
  else if (error->code == MR_ERROR_KEYRING_LOCKED)
    mr_secrets_set_state (self, MR_SECRETS_LOCKED);
  else if (error->code == MR_ERROR_NO_KEYRING)
    mr_secrets_set_state (self, MR_SECRETS_NO_SERVICE);
  else if (error->code == MR_ERROR_TIMED_OUT)
    mr_secrets_set_state (self, MR_SECRETS_TIMED_OUT);
  else if (error->code == MR_ERROR_REFUSED)
    mr_secrets_set_state (self, MR_SECRETS_REFUSED);
}

/* Answers and lets go: the one way out of a call. */
static void
finish_call (MrSecretsCall *call)
{
  MrSecrets *self = call->secrets;

  call->secrets = NULL;
  g_clear_handle_id (&call->timer, g_source_remove);
  g_clear_handle_id (&call->answer_source, g_source_remove);
  g_ptr_array_remove_fast (self->calls, call);
  if (call->error == NULL || call->error->code != MR_ERROR_CANCELLED)
    state_from_error (self, call->error);
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

static void
start_call (MrSecrets *self, MrSecretsOp op, const char *id, const char *kind, MrSecretsLookupFunc lookup_func,
            MrSecretsDoneFunc done_func, gpointer data, const char *label, MrSecret *secret)
{
  MrSecretsCall *call = g_new0 (MrSecretsCall, 1);

  g_atomic_ref_count_init (&call->refs);
  call->secrets = self;
  call->op = op;
  call->n_items = G_MAXUINT;
  call->id = g_strdup (id);
  call->kind = g_strdup (kind);
  call->label = g_strdup (label);
  call->secret = secret != NULL ? mr_secret_ref (secret) : NULL;
  call->lookup_func = lookup_func;
  call->done_func = done_func;
  call->data = data;
  call->timer = g_timeout_add (self->limit_ms, limit_cb, call);
  g_ptr_array_add (self->calls, call);
  self->backend->run (self, call);
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
  else if (self->backend->open (self, file_path, error))
    return self;
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
  while (self->calls->len > 0) {
    MrSecretsCall *call = g_ptr_array_index (self->calls, 0);

    g_clear_handle_id (&call->answer_source, g_source_remove);
    g_clear_error (&call->error);
    g_clear_pointer (&call->found, mr_secret_unref);
    call->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is being stopped"));
    finish_call (call);
  }
  self->backend->close (self);
  g_ptr_array_unref (self->calls);
  g_free (self);
}

void
mr_secrets_lookup (MrSecrets *self, const char *id, const char *kind, MrSecretsLookupFunc func, gpointer data)
{
  start_call (self, MR_SECRETS_LOOKUP, id, kind, func, NULL, data, NULL, NULL);
}

void
mr_secrets_store (MrSecrets *self, const char *id, const char *kind, const char *label, MrSecret *secret,
                  MrSecretsDoneFunc func, gpointer data)
{
  start_call (self, MR_SECRETS_STORE, id, kind, NULL, func, data, label, secret);
}

void
mr_secrets_clear (MrSecrets *self, const char *id, const char *kind, MrSecretsDoneFunc func, gpointer data)
{
  start_call (self, MR_SECRETS_CLEAR, id, kind, NULL, func, data, NULL, NULL);
}

void
mr_secrets_probe (MrSecrets *self, MrSecretsDoneFunc func, gpointer data)
{
  start_call (self, MR_SECRETS_PROBE, "", NULL, NULL, func, data, NULL, NULL);
}

void
mr_secrets_check_writable (MrSecrets *self, MrSecretsDoneFunc func, gpointer data)
{
  start_call (self, MR_SECRETS_WRITABLE, "", NULL, NULL, func, data, NULL, NULL);
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

void
mr_secrets_set_state (MrSecrets *self, MrSecretsState state)
{
  static const char *const states[] = { [MR_SECRETS_OK] = "ok",
                                        [MR_SECRETS_LOCKED] = "locked",
                                        [MR_SECRETS_NO_SERVICE] = "no service",
                                        [MR_SECRETS_TIMED_OUT] = "timed out",
                                        [MR_SECRETS_REFUSED] = "refused" };

  if (self->state == state)
    return;
  mr_info ("secrets", "%s: %s → %s", self->backend->name, states[self->state], states[state]);
  self->state = state;
  if (self->changed != NULL)
    self->changed (self, self->changed_data);
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
