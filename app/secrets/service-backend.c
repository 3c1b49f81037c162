/* The desktop's keyring through libsecret.
 *
 * It never prompts: a look-up is a search without unlocking, then the secret of an unlocked item; a locked item
 * says *locked* and the mail waits. Before anything is stored the default collection is looked at, since storing
 * into a locked one would prompt and, where there is no prompter, never return. A call that takes too long is left
 * to end by itself and not cancelled: libsecret 0.20 returns from some of them twice then, and from others never.
 * The collections (collections.c) and the owner of the bus name are watched.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>

#include "secrets/collections.h"
#include "secrets/secrets-private.h"

static const SecretSchema schema = {
  "com.example.MailRelay.Account",
  SECRET_SCHEMA_NONE,
  { { "account", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

typedef struct {
  MrSecrets *secrets;
  MrCollections *collections;
  guint name_watch;
} Keyring;

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

static void
fail_with (MrSecretsCall *call, MrError code, MrSecretsState state, const char *words)
{
  call->state = state;
  end_call (call, NULL, g_error_new_literal (MR_ERROR, (int)code, words));
}

static void
fail_locked (MrSecretsCall *call)
{
  fail_with (call, MR_ERROR_KEYRING_LOCKED, MR_SECRETS_LOCKED, _ ("Your saved passwords are locked"));
}

static void search (MrSecretsCall *call);
static void resolve_place (MrSecretsCall *call);
static void found_nothing (MrSecretsCall *call);

/* The item was deleted between the search and the look at it. */
static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
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

  if (error != NULL && is_gone (error)) {
    g_error_free (error);
    found_nothing (call);
    return;
  }
  if (error != NULL) {
    fail (call, error);
    return;
  }
  bytes = value != NULL ? secret_value_get (value, &len) : NULL;
  secret = bytes != NULL ? mr_secret_new_long (bytes, len) : NULL;
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

/* Where the place is locked or gone, nothing found does not say that there is nothing: KeePassXC cannot search a locked
 * database. */
static void
found_nothing (MrSecretsCall *call)
{
  if (call->op == MR_SECRETS_STORE)
    end_call (call, NULL,
              g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, _ ("The keyring did not keep the password; try again")));
  else if (call->n_items != G_MAXUINT) /* deleted */
    end_call (call, NULL, NULL);
  else
    resolve_place (call);
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

/* KeePassXC has a setting by which an unlocked database still asks for each entry that a program wants; what is answered
 * counts for the asking program only, so nobody can do it for us, and we never prompt. */
static void
fail_locked_items (MrSecretsCall *call, GList *items)
{
  Keyring *k = call->secrets != NULL ? mr_secrets_get_backend_data (call->secrets) : NULL;

  for (GList *l = items; k != NULL && l != NULL; l = l->next)
    if (mr_collections_is_open_around (k->collections, g_dbus_proxy_get_object_path (G_DBUS_PROXY (l->data)))) {
      fail_with (call, MR_ERROR_KEYRING_LOCKED, MR_SECRETS_ASKS_EACH,
                 _ ("The program that keeps your passwords wants to ask you each time one is used; switch that off "
                    "there (KeePassXC: Settings, Secret Service Integration)"));
      return;
    }
  fail_locked (call);
}

static void
found_items (MrSecretsCall *call, GList *items)
{
  SecretRetrievable *item = best_item (call, items);

  if (item == NULL) {
    fail_locked_items (call, items);
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

/* Storing where there is no collection would prompt for one to be made, into a locked one for it to be unlocked. */
static void
place_known (MrSecretsCall *call, Keyring *k)
{
  SecretCollection *place = mr_collections_get_place (k->collections);

  if (place == NULL)
    fail_with (call, MR_ERROR_NO_KEYRING, MR_SECRETS_NO_PLACE,
               _ ("The keyring has no place for passwords; make one, or open your password database"));
  else if (secret_collection_get_locked (place))
    fail_locked (call);
  else if (call->op != MR_SECRETS_STORE)
    end_call (call, NULL, NULL);
  else /* by its path: where the alias is missing, libsecret would have one made */
    secret_password_store (&schema, g_dbus_proxy_get_object_path (G_DBUS_PROXY (place)), call->label,
                           mr_secret_get (call->secret), NULL, stored_cb, call, "account", call->id, "kind", call->kind,
                           NULL);
}

static void
default_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);
  Keyring *k;

  if (error != NULL && is_gone (error)) /* an alias that leads to nothing */
    g_clear_error (&error);
  if (error != NULL || call->secrets == NULL) {
    fail (call, error != NULL ? error : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "too late"));
    return;
  }
  k = mr_secrets_get_backend_data (call->secrets);
  mr_collections_set_default (k->collections, collection);
  place_known (call, k);
}

static void
resolve_place (MrSecretsCall *call)
{
  Keyring *k = call->secrets != NULL ? mr_secrets_get_backend_data (call->secrets) : NULL;
  SecretService *service = k != NULL ? mr_collections_get_service (k->collections) : NULL;

  if (service == NULL)
    fail (call, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "too late"));
  else
    secret_collection_for_alias (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, default_cb, call);
}

static void
connected (MrSecretsCall *call, SecretService *service)
{
  Keyring *k = mr_secrets_get_backend_data (call->secrets);

  mr_collections_set_service (k->collections, service);
  if (call->op == MR_SECRETS_LOOKUP || call->op == MR_SECRETS_CLEAR)
    search (call);
  else
    resolve_place (call);
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;

  if (!secret_service_load_collections_finish (SECRET_SERVICE (object), result, &error))
    fail (call, error);
  else if (call->secrets == NULL)
    mr_secrets_call_unref (call);
  else
    connected (call, SECRET_SERVICE (object));
}

static void connect_service (MrSecretsCall *call);

/* libsecret never answers where it does not know the list of collections: it met the provider while that was starting. */
static void
load_collections (MrSecretsCall *call, SecretService *service)
{
  g_autoptr (GVariant) list = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (service), "Collections");

  if (list != NULL) {
    secret_service_load_collections (service, NULL, loaded_cb, call);
    return;
  }
  secret_service_disconnect ();
  if (!call->connected_anew) {
    call->connected_anew = TRUE;
    connect_service (call);
  } else
    fail_with (call, MR_ERROR_NO_KEYRING, MR_SECRETS_NO_SERVICE, _ ("The keyring is not ready; try again"));
}

static void
service_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  g_autoptr (SecretService) service = secret_service_get_finish (result, &error);

  if (service == NULL)
    fail (call, error);
  else if (call->secrets == NULL) /* answered by the time limit */
    mr_secrets_call_unref (call);
  else if ((secret_service_get_flags (service) & SECRET_SERVICE_LOAD_COLLECTIONS) != 0)
    connected (call, service);
  else
    load_collections (call, service);
}

static void
connect_service (MrSecretsCall *call)
{
  secret_service_get (SECRET_SERVICE_OPEN_SESSION, NULL, service_cb, call);
}

static void
keyring_run (MrSecrets *secrets, MrSecretsCall *call)
{
  mr_secrets_call_ref (call);
  connect_service (call);
}

/* ---- life ---- */

static void
probed_cb (const GError *error, gpointer data)
{
}

static void
collections_cb (MrCollectionsEvent event, gpointer data)
{
  Keyring *k = data;

  switch (event) {
  case MR_COLLECTIONS_LOCKED:
    mr_secrets_set_state (k->secrets, mr_collections_get_state (k->collections));
    break;
  case MR_COLLECTIONS_LIST:
    mr_secrets_probe (k->secrets, probed_cb, NULL);
    mr_secrets_may_have_changed (k->secrets);
    break;
  case MR_COLLECTIONS_ITEM:
    mr_secrets_may_have_changed (k->secrets);
    break;
  }
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  Keyring *k = data;

  /* Without an owner the next call may still activate one; what went away, or a bus that is not there, is told. */
  if (mr_collections_get_service (k->collections) == NULL && bus != NULL)
    return;
  mr_collections_set_service (k->collections, NULL);
  secret_service_disconnect ();
  mr_secrets_set_state (k->secrets, MR_SECRETS_NO_SERVICE);
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
  k->collections = mr_collections_new (collections_cb, k);
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
  mr_collections_free (k->collections);
  g_free (k);
}

const MrSecretsBackend mr_secrets_backend_service = { "secret-service", TRUE, keyring_open, keyring_close,
                                                      keyring_run };
