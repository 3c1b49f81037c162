/* The desktop's keyring through libsecret.
 *
 * It never prompts: a look-up is a search without unlocking, then the secret of an unlocked item; a locked item
 * says *locked* and the mail waits. Before anything is stored the default collection is looked at, since storing
 * into a locked one would prompt and, where there is no prompter, never return. A call that takes too long is left
 * to end by itself and not cancelled: libsecret 0.20 returns from some of them twice then, and from others never.
 * The collections' `locked` property and the owner of the bus name are watched.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
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
  char *default_path;     /* of the default collection, NULL: not known */
  guint name_watch;
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
    return g_error_new_literal (MR_ERROR, MR_ERROR_KEYRING_LOCKED, _ ("Your saved passwords are locked"));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    return g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("The keyring does not answer"));
  return g_error_new (MR_ERROR, MR_ERROR_NO_KEYRING, _ ("There is no usable keyring: %s"), error->message);
}

/* As last seen: the default collection, or where that is not known yet, any of them. */
static gboolean
default_is_locked (Keyring *k)
{
  gboolean locked = FALSE;

  for (guint i = 0; i < k->watched->len; i++) {
    SecretCollection *collection = g_ptr_array_index (k->watched, i);
    const char *path = g_dbus_proxy_get_object_path (G_DBUS_PROXY (collection));

    if (g_strcmp0 (path, k->default_path) == 0)
      return secret_collection_get_locked (collection);
    locked |= !g_str_has_suffix (path, "/session") && secret_collection_get_locked (collection);
  }
  return locked;
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

/* Answers, and lets go of the reference that the chain of callbacks held. error is taken. */
static void
end_call (MrSecretsCall *call, MrSecret *found, GError *error)
{
  mr_secrets_call_done (call, found, error);
  mr_secrets_call_unref (call);
}

static void
fail (MrSecretsCall *call, GError *error)
{
  GError *explained = explain (error);

  g_error_free (error);
  end_call (call, NULL, explained);
}

static GError *
locked_error (void)
{
  return g_error_new_literal (MR_ERROR, MR_ERROR_KEYRING_LOCKED, _ ("Your saved passwords are locked"));
}

static void
retrieved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  SecretValue *value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (object), result, &error);
  g_autoptr (MrSecret) secret = NULL;
  const char *bytes;
  gsize len = 0;

  if (error != NULL) {
    fail (call, error);
    return;
  }
  bytes = value != NULL ? secret_value_get (value, &len) : NULL;
  secret = bytes != NULL ? mr_secret_new (bytes, len) : NULL;
  if (value != NULL)
    secret_value_unref (value);
  if (call->op == MR_SECRETS_LOOKUP) {
    end_call (call, g_steal_pointer (&secret), NULL);
    return;
  }
  /* Read back after a store: what the keyring holds must be what was given. */
  if (secret == NULL || mr_secret_length (secret) != mr_secret_length (call->secret)
      || memcmp (mr_secret_get (secret), mr_secret_get (call->secret), mr_secret_length (secret)) != 0)
    error = g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, _ ("The keyring did not keep the password; try again"));
  end_call (call, NULL, error);
}

static void search (MrSecretsCall *call);

static void
deleted_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;

  if (!secret_item_delete_finish (SECRET_ITEM (object), result, &error))
    fail (call, error);
  else
    search (call);
}

/* How well an item's kind fits what is asked for; items of older versions have no kind or "smtp". */
typedef enum { FIT_NOT, FIT_OLD, FIT_EXACT } Fit;

static Fit
fit_of (MrSecretsCall *call, gpointer item)
{
  g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (SECRET_RETRIEVABLE (item));
  const char *kind = attributes != NULL ? g_hash_table_lookup (attributes, "kind") : NULL;

  if (call->kind == NULL || g_strcmp0 (kind, call->kind) == 0)
    return FIT_EXACT;
  if (strcmp (call->kind, MR_SECRET_KIND_PASSWORD) == 0 && (kind == NULL || strcmp (kind, "smtp") == 0))
    return FIT_OLD;
  return FIT_NOT;
}

static GList *
keep_fitting (MrSecretsCall *call, GList *items)
{
  GList *next;

  for (GList *l = items; l != NULL; l = next) {
    next = l->next;
    if (fit_of (call, l->data) != FIT_NOT)
      continue;
    g_object_unref (l->data);
    items = g_list_delete_link (items, l);
  }
  return items;
}

static gboolean
is_locked (gpointer item)
{
  return SECRET_IS_ITEM (item) && secret_item_get_locked (item);
}

/* An unlocked item where there is one, of the exact kind where there is one. (transfer none) */
static SecretRetrievable *
best_item (MrSecretsCall *call, GList *items)
{
  SecretRetrievable *best = NULL;

  for (GList *l = items; l != NULL; l = l->next)
    if (!is_locked (l->data) && (best == NULL || fit_of (call, l->data) == FIT_EXACT))
      best = l->data;
  return best;
}

/* Stored anew under its kind: the item of an older version would only come back when the new one is deleted. */
static void
remove_old (MrSecretsCall *call, GList *items)
{
  for (GList *l = items; l != NULL; l = l->next)
    if (SECRET_IS_ITEM (l->data) && !is_locked (l->data) && fit_of (call, l->data) == FIT_OLD)
      secret_item_delete (l->data, NULL, NULL, NULL);
}

static void
found_nothing (MrSecretsCall *call)
{
  GError *error = NULL;

  if (call->op == MR_SECRETS_STORE)
    error = g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, _ ("The keyring did not keep the password; try again"));
  end_call (call, NULL, error);
}

/* Items are deleted one by one, each followed by a look whether it is gone. secret_password_clear() says nothing
 * where an item is locked, and libsecret 0.20 returns from it twice where the deleting fails. */
static void
clear_item (MrSecretsCall *call, SecretRetrievable *item, guint n_items)
{
  if (n_items >= call->n_items || !SECRET_IS_ITEM (item)) {
    end_call (
        call, NULL,
        g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, _ ("The keyring did not remove the password; try again")));
    return;
  }
  call->n_items = n_items;
  secret_item_delete (SECRET_ITEM (item), NULL, deleted_cb, call);
}

static void
found_items (MrSecretsCall *call, GList *items)
{
  SecretRetrievable *item = best_item (call, items);

  if (item == NULL) {
    end_call (call, NULL, locked_error ());
    return;
  }
  if (call->op == MR_SECRETS_STORE)
    remove_old (call, items);
  if (call->op == MR_SECRETS_CLEAR)
    clear_item (call, item, g_list_length (items));
  else
    secret_retrievable_retrieve_secret (item, NULL, retrieved_cb, call);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  GList *items = keep_fitting (call, secret_password_search_finish (result, &error));

  if (error != NULL)
    fail (call, error);
  else if (call->secrets == NULL) /* answered by the time limit: nothing more is changed */
    mr_secrets_call_unref (call);
  else if (items == NULL)
    found_nothing (call);
  else
    found_items (call, items);
  g_list_free_full (items, g_object_unref);
}

static void
search (MrSecretsCall *call)
{
  secret_password_search (&schema, SECRET_SEARCH_ALL, NULL, found_cb, call, "account", call->id, NULL);
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

/* Storing where there is no default collection would prompt for one to be made, into a locked one for it to be
 * unlocked. */
static void
default_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);
  Keyring *k;

  if (error != NULL || call->secrets == NULL) {
    fail (call, error != NULL ? error : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "too late"));
    return;
  }
  k = mr_secrets_get_backend_data (call->secrets);
  g_free (k->default_path);
  k->default_path = collection != NULL ? g_strdup (g_dbus_proxy_get_object_path (G_DBUS_PROXY (collection))) : NULL;
  if (collection == NULL)
    end_call (call, NULL,
              g_error_new_literal (MR_ERROR, MR_ERROR_NO_KEYRING, _ ("There is no default keyring; create one first")));
  else if (secret_collection_get_locked (collection))
    end_call (call, NULL, locked_error ());
  else if (call->op != MR_SECRETS_STORE)
    end_call (call, NULL, NULL);
  else
    secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, call->label, mr_secret_get (call->secret), NULL,
                           stored_cb, call, "account", call->id, "kind", call->kind, NULL);
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
  if (call->op == MR_SECRETS_LOOKUP || call->op == MR_SECRETS_CLEAR)
    search (call);
  else
    secret_collection_for_alias (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, default_cb, call);
}

static void
keyring_run (MrSecrets *secrets, MrSecretsCall *call)
{
  mr_secrets_call_ref (call);
  secret_service_get (SECRET_SERVICE_LOAD_COLLECTIONS | SECRET_SERVICE_OPEN_SESSION, NULL, service_cb, call);
}

/* ---- life ---- */

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  Keyring *k = data;

  /* Without an owner the next call may still activate one; what went away, or a bus that is not there, is told. */
  if (k->service == NULL && bus != NULL)
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
  g_free (k->default_path);
  g_ptr_array_unref (k->watched);
  g_free (k);
}

const MrSecretsBackend mr_secrets_backend_service = { "secret-service", keyring_open, keyring_close, keyring_run };
