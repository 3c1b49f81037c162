/* The desktop's keyring through libsecret.
 *
 * It never prompts: a look-up is a search without unlocking, then the secret of an unlocked item; a locked item says *locked* and the mail
 * waits. Before anything is stored the default collection is looked at, since storing into a locked one would prompt and, where there is no
 * prompter, never return. The collections' `locked` property and the owner of the bus name are watched.
 */
#include <libsecret/secret.h>
#include <string.h>

#include "base/log.h"
#include "secrets/secrets-private.h"

static const SecretSchema schema = {
  "com.example.MailRelay.Account",
  SECRET_SCHEMA_NONE,
  { { "account", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

typedef struct {
  MrSecrets *secrets;
  SecretService *service; /* NULL: not connected */
  GPtrArray *watched;     /* SecretCollection */
  guint name_watch;
  GCancellable *cancellable;
} Keyring;

static void
set_service (Keyring *k, SecretService *service)
{
  for (guint i = 0; i < k->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (k->watched, i), k);
  g_ptr_array_set_size (k->watched, 0);
  if (k->service != NULL)
    g_signal_handlers_disconnect_by_data (k->service, k);
  g_set_object (&k->service, service);
}

/* Errors of libsecret and the bus in our words. */
static GError *
explain (const GError *error)
{
  if (error->domain == SECRET_ERROR && error->code == SECRET_ERROR_IS_LOCKED)
    return g_error_new_literal (MR_ERROR, MR_ERROR_KEYRING_LOCKED, "Your saved passwords are locked");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    return g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT, "The keyring does not answer");
  return g_error_new (MR_ERROR, MR_ERROR_NO_KEYRING, "There is no usable keyring: %s", error->message);
}

static gboolean
default_is_locked (Keyring *k)
{
  GList *collections = k->service != NULL ? secret_service_get_collections (k->service) : NULL;
  gboolean locked = FALSE, any = FALSE;

  /* libsecret keeps no cached alias: a single locked collection of the log-in kind is what every desktop has. */
  for (GList *l = collections; l != NULL; l = l->next) {
    g_autofree char *path = NULL;

    g_object_get (l->data, "g-object-path", &path, NULL);
    if (path != NULL && g_str_has_suffix (path, "/session"))
      continue;
    any = TRUE;
    locked |= secret_collection_get_locked (l->data);
  }
  g_list_free_full (collections, g_object_unref);
  return any && locked;
}

static void
locked_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  Keyring *k = data;

  mr_secrets_set_state (k->secrets, default_is_locked (k) ? MR_SECRETS_LOCKED : MR_SECRETS_OK);
}

static void watch_collections (Keyring *k);

static void
collections_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  watch_collections (data);
}

static void
watch_collections (Keyring *k)
{
  GList *collections = secret_service_get_collections (k->service);

  for (guint i = 0; i < k->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (k->watched, i), k);
  g_ptr_array_set_size (k->watched, 0);
  for (GList *l = collections; l != NULL; l = l->next) {
    g_signal_connect (l->data, "notify::locked", G_CALLBACK (locked_cb), k);
    g_ptr_array_add (k->watched, g_object_ref (l->data));
  }
  g_list_free_full (collections, g_object_unref);
}

/* ---- one call ---- */

static void
fail (MrSecretsCall *call, GError *error)
{
  mr_secrets_call_done (call, NULL, explain (error));
  g_error_free (error);
  mr_secrets_call_unref (call);
}

static void
retrieved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  SecretValue *value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (object), result, &error);
  gsize len = 0;
  const char *bytes;
  MrSecret *secret;

  if (error != NULL) {
    fail (call, error);
    return;
  }
  bytes = value != NULL ? secret_value_get (value, &len) : NULL;
  secret = bytes != NULL ? mr_secret_new (bytes, len) : NULL;
  if (value != NULL)
    secret_value_unref (value);
  /* Read back after a store: what the keyring holds must be what was given. */
  if (call->op == MR_SECRETS_STORE) {
    gboolean same = secret != NULL && mr_secret_length (secret) == mr_secret_length (call->secret)
                    && memcmp (mr_secret_get (secret), mr_secret_get (call->secret), mr_secret_length (secret)) == 0;

    g_clear_pointer (&secret, mr_secret_unref);
    mr_secrets_call_done (
        call, NULL,
        same ? NULL
             : g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, "The keyring did not keep the password; try again"));
  } else
    mr_secrets_call_done (call, secret, NULL);
  mr_secrets_call_unref (call);
}

static void
cleared_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL) {
    fail (call, error);
    return;
  }
  mr_secrets_call_done (call, NULL, NULL);
  mr_secrets_call_unref (call);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);

  if (error != NULL) {
    fail (call, error);
    return;
  }
  if (items == NULL) {
    mr_secrets_call_done (call, NULL,
                          call->op == MR_SECRETS_STORE ? g_error_new_literal (
                              MR_ERROR, MR_ERROR_FAILED, "The keyring did not keep the password; try again")
                                                       : NULL);
    mr_secrets_call_unref (call);
  } else if (SECRET_IS_ITEM (items->data) && secret_item_get_locked (items->data)) {
    /* clear on a locked item would say nothing and remove nothing */
    mr_secrets_call_done (call, NULL,
                          g_error_new_literal (MR_ERROR, MR_ERROR_KEYRING_LOCKED, "Your saved passwords are locked"));
    mr_secrets_call_unref (call);
  } else if (call->op == MR_SECRETS_CLEAR)
    secret_password_clear (&schema, call->cancellable, cleared_cb, call, "account", call->id, "kind", "smtp", NULL);
  else
    secret_retrievable_retrieve_secret (items->data, call->cancellable, retrieved_cb, call);
  g_list_free_full (items, g_object_unref);
}

static void
search (MrSecretsCall *call)
{
  secret_password_search (&schema, SECRET_SEARCH_NONE, call->cancellable, found_cb, call, "account", call->id, "kind",
                          "smtp", NULL);
}

static void
stored_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;

  if (!secret_password_store_finish (result, &error))
    fail (call, error);
  else
    search (call);
}

static void
connected_go_on (Keyring *k, MrSecretsCall *call)
{
  switch (call->op) {
  case MR_SECRETS_LOOKUP:
  case MR_SECRETS_CLEAR:
    search (call);
    return;
  case MR_SECRETS_STORE:
    if (!default_is_locked (k)) {
      secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, call->label, mr_secret_get (call->secret),
                             call->cancellable, stored_cb, call, "account", call->id, "kind", "smtp", NULL);
      return;
    }
    break;
  case MR_SECRETS_PROBE:
    if (!default_is_locked (k)) {
      mr_secrets_call_done (call, NULL, NULL);
      mr_secrets_call_unref (call);
      return;
    }
    break;
  }
  mr_secrets_call_done (call, NULL,
                        g_error_new_literal (MR_ERROR, MR_ERROR_KEYRING_LOCKED, "Your saved passwords are locked"));
  mr_secrets_call_unref (call);
}

static void
service_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  g_autoptr (SecretService) service = NULL;
  GError *error = NULL;
  Keyring *k;

  service = secret_service_get_finish (result, &error);
  if (service == NULL) {
    fail (call, error);
    return;
  }
  if (call->secrets == NULL) { /* answered by the time limit */
    mr_secrets_call_unref (call);
    return;
  }
  k = mr_secrets_get_backend_data (call->secrets);
  if (k->service != service) {
    set_service (k, service);
    g_signal_connect (service, "notify::collections", G_CALLBACK (collections_cb), k);
    watch_collections (k);
  }
  connected_go_on (k, call);
}

static void
keyring_run (MrSecrets *secrets, MrSecretsCall *call)
{
  mr_secrets_call_ref (call);
  secret_service_get (SECRET_SERVICE_LOAD_COLLECTIONS | SECRET_SERVICE_OPEN_SESSION, call->cancellable, service_cb,
                      call);
}

/* ---- life ---- */

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  Keyring *k = data;

  /* Without an owner the next call asks for activation anew; a service that went away while we were connected is told. */
  if (k->service == NULL)
    return;
  set_service (k, NULL);
  secret_service_disconnect ();
  mr_secrets_set_state (k->secrets, MR_SECRETS_NO_SERVICE);
}

static void
probed_cb (const GError *error, gpointer data)
{
}

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  Keyring *k = data;

  mr_secrets_probe (k->secrets, probed_cb, NULL);
}

static gboolean
keyring_open (MrSecrets *secrets, const char *file_path, GError **error)
{
  Keyring *k = g_new0 (Keyring, 1);

  k->secrets = secrets;
  k->watched = g_ptr_array_new_with_free_func (g_object_unref);
  mr_secrets_set_backend_data (secrets, k);
  k->name_watch = g_bus_watch_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets", G_BUS_NAME_WATCHER_FLAGS_NONE,
                                    appeared_cb, vanished_cb, k, NULL);
  return TRUE;
}

static void
keyring_close (MrSecrets *secrets)
{
  Keyring *k = mr_secrets_get_backend_data (secrets);

  g_bus_unwatch_name (k->name_watch);
  set_service (k, NULL);
  g_ptr_array_unref (k->watched);
  g_free (k);
}

const MrSecretsBackend mr_secrets_backend_service = { "secret-service", keyring_open, keyring_close, keyring_run };
