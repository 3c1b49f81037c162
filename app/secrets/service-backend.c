/* The desktop's keyring through libsecret.
 *
 * It never prompts: a look-up is a search without unlocking, then the secret of an unlocked item; a locked item
 * says *locked* and the mail waits. Before anything is stored the default collection is looked at, since storing
 * into a locked one would prompt and, where there is no prompter, never return. A call that takes too long is left
 * to end by itself and not cancelled: libsecret 0.20 returns from some of them twice then, and from others never.
 * The collections (collections.c) and the owner of the bus name are watched.
 *
 * Items are handled by their paths and never loaded as objects: libsecret 0.20 ends a search twice where an item is
 * deleted while it is being loaded.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

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
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    return g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("The keyring does not answer"));
  /* What a bus says for who left it with a question open; waiting too long is found on this side. */
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return g_error_new_literal (MR_ERROR, MR_ERROR_NO_KEYRING, _ ("The keyring ended while it was asked"));
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

static SecretService *
service_of (MrSecretsCall *call)
{
  Keyring *k = call->secrets != NULL ? mr_secrets_get_backend_data (call->secrets) : NULL;

  return k != NULL ? mr_collections_get_service (k->collections) : NULL;
}

/* TRUE, and the end of the chain: answered already, by the time limit, or the provider went away meanwhile. Nothing more
 * is changed. */
static gboolean
is_over (MrSecretsCall *call)
{
  if (call->secrets == NULL)
    mr_secrets_call_unref (call);
  else if (service_of (call) == NULL)
    fail_with (call, MR_ERROR_NO_KEYRING, MR_SECRETS_NO_SERVICE, _ ("There is no keyring in this session"));
  else
    return FALSE;
  return TRUE;
}

static void search (MrSecretsCall *call);
static void resolve_place (MrSecretsCall *call);

/* The item was deleted between the search and the look at it. */
static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

/* ---- which items ---- */

/* Passwords of older versions have the kind "smtp". */
#define OLD_KIND "smtp"

static gboolean
has_old_kind (MrSecretsCall *call)
{
  return g_strcmp0 (call->kind, MR_SECRET_KIND_PASSWORD) == 0;
}

/* Where the place is locked or gone, nothing found does not say that there is nothing: KeePassXC cannot search a locked
 * database. */
static void
found_nothing (MrSecretsCall *call)
{
  if (has_old_kind (call) && !call->old_kind && (call->op != MR_SECRETS_STORE || call->verified)) {
    call->old_kind = TRUE;
    call->n_items = G_MAXUINT;
    search (call);
  } else if (call->op == MR_SECRETS_STORE && !call->verified)
    end_call (call, NULL,
              g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, _ ("The keyring did not keep the password; try again")));
  else if (call->verified || call->deleted)
    end_call (call, NULL, NULL);
  else
    resolve_place (call);
}

/* Read back after a store: what the keyring holds must be what was given. Then the item of an older version goes, which
 * would come back where the new one is deleted. */
static void
check_stored (MrSecretsCall *call, MrSecret *secret)
{
  if (secret == NULL || mr_secret_length (secret) != mr_secret_length (call->secret)
      || memcmp (mr_secret_get (secret), mr_secret_get (call->secret), mr_secret_length (secret)) != 0) {
    end_call (call, NULL,
              g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, _ ("The keyring did not keep the password; try again")));
    return;
  }
  call->verified = TRUE;
  found_nothing (call);
}

static void
retrieved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  SecretValue *value = secret_service_get_secret_for_dbus_path_finish (SECRET_SERVICE (object), result, &error);
  g_autoptr (MrSecret) secret = NULL;
  const char *bytes;
  gsize len = 0;

  if (error != NULL && !is_gone (error)) {
    fail (call, error);
    return;
  }
  g_clear_error (&error);
  bytes = value != NULL ? secret_value_get (value, &len) : NULL;
  secret = bytes != NULL ? mr_secret_new_long (bytes, len) : NULL;
  g_clear_pointer (&value, secret_value_unref);
  if (is_over (call))
    return;
  if (call->op == MR_SECRETS_STORE)
    check_stored (call, secret);
  else if (secret == NULL)
    found_nothing (call);
  else
    end_call (call, g_steal_pointer (&secret), NULL);
}

static void
deleted_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  gboolean ok = secret_service_delete_item_dbus_path_finish (SECRET_SERVICE (object), result, &error);

  if (!ok && error != NULL && !is_gone (error)) {
    fail (call, error);
    return;
  }
  g_clear_error (&error);
  call->deleted = TRUE;
  if (!is_over (call))
    search (call);
}

/* Items are deleted one by one, each followed by a look whether it is gone: secret_password_clear() says nothing where an
 * item is locked. */
static void
clear_item (MrSecretsCall *call, const char *path, guint n_items)
{
  if (n_items < call->n_items) {
    call->n_items = n_items;
    secret_service_delete_item_dbus_path (service_of (call), path, NULL, deleted_cb, call);
    return;
  }
  end_call (call, NULL,
            call->verified ? NULL
                           : g_error_new_literal (MR_ERROR, MR_ERROR_FAILED,
                                                  _ ("The keyring did not remove the password; try again")));
}

/* KeePassXC has a setting by which an unlocked database still asks for each entry that a program wants; what is answered
 * counts for the asking program only, so nobody can do it for us, and we never prompt. */
static void
fail_locked_items (MrSecretsCall *call, char **paths)
{
  Keyring *k = mr_secrets_get_backend_data (call->secrets);

  for (guint i = 0; paths[i] != NULL; i++)
    if (mr_collections_is_open_around (k->collections, paths[i])) {
      fail_with (call, MR_ERROR_KEYRING_LOCKED, MR_SECRETS_ASKS_EACH,
                 _ ("The program that keeps your passwords wants to ask you each time one is used; switch that off "
                    "there (KeePassXC: Settings, Secret Service Integration)"));
      return;
    }
  fail_locked (call);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;
  g_auto (GStrv) unlocked = NULL;
  g_auto (GStrv) locked = NULL;
  gboolean ok = secret_service_search_for_dbus_paths_finish (SECRET_SERVICE (object), result, &unlocked, &locked,
                                                             &error);

  if (!ok)
    fail (call, error);
  else if (is_over (call))
    return;
  else if (unlocked[0] == NULL && locked[0] == NULL)
    found_nothing (call);
  else if (unlocked[0] == NULL && call->verified) /* an old item that cannot be removed now */
    end_call (call, NULL, NULL);
  else if (unlocked[0] == NULL)
    fail_locked_items (call, locked);
  else if (call->op == MR_SECRETS_CLEAR || call->verified)
    clear_item (call, unlocked[0], g_strv_length (unlocked) + g_strv_length (locked));
  else
    secret_service_get_secret_for_dbus_path (SECRET_SERVICE (object), unlocked[0], NULL, retrieved_cb, call);
}

static void
search (MrSecretsCall *call)
{
  const char *kind = call->old_kind ? OLD_KIND : call->kind;
  g_autoptr (GHashTable) attributes = kind != NULL
                                          ? secret_attributes_build (&schema, "account", call->id, "kind", kind, NULL)
                                          : secret_attributes_build (&schema, "account", call->id, NULL);

  secret_service_search_for_dbus_paths (service_of (call), &schema, attributes, NULL, found_cb, call);
}

static void
stored_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MrSecretsCall *call = data;
  GError *error = NULL;

  if (!secret_password_store_finish (result, &error))
    fail (call, error);
  else if (!is_over (call))
    search (call);
}

/* ---- the place ---- */

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
  if (error != NULL) {
    fail (call, error);
    return;
  }
  if (is_over (call))
    return;
  k = mr_secrets_get_backend_data (call->secrets);
  mr_collections_set_default (k->collections, collection);
  place_known (call, k);
}

static void
resolve_place (MrSecretsCall *call)
{
  secret_collection_for_alias (service_of (call), SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, default_cb,
                               call);
}

/* ---- the service ---- */

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
