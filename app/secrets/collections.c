/* Collections, watched through libsecret's proxies: `locked`, the list, and the item signals of each.
 *
 * Tolerant of what providers do: KeePassXC has no collection while no database is open, and may show collections without
 * a default one; gnome-keyring has one named "session" that forgets everything at log-out and is never used.
 */
#include "config.h"

#include "secrets/collections.h"

#include <string.h>

struct _MrCollections {
  SecretService *service;
  GPtrArray *watched;           /* SecretCollection */
  SecretCollection *by_default; /* NULL: not known, or none */
  MrCollectionsFunc func;
  gpointer data;
};

static const char *
path_of (gpointer collection)
{
  return g_dbus_proxy_get_object_path (G_DBUS_PROXY (collection));
}

static gboolean
lasts (gpointer collection)
{
  return !g_str_has_suffix (path_of (collection), "/session");
}

static void
locked_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  MrCollections *self = data;

  self->func (MR_COLLECTIONS_LOCKED, self->data);
}

static void
signal_cb (GDBusProxy *proxy, const char *sender, const char *name, GVariant *parameters, gpointer data)
{
  MrCollections *self = data;

  if (g_str_has_prefix (name, "Item")) /* ItemCreated, ItemChanged, ItemDeleted */
    self->func (MR_COLLECTIONS_ITEM, self->data);
}

static void
unwatch (MrCollections *self)
{
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->watched, i), self);
  g_ptr_array_set_size (self->watched, 0);
}

static void
watch (MrCollections *self)
{
  GList *collections = secret_service_get_collections (self->service);

  unwatch (self);
  for (GList *l = collections; l != NULL; l = l->next) {
    g_signal_connect (l->data, "notify::locked", G_CALLBACK (locked_cb), self);
    g_signal_connect (l->data, "g-signal", G_CALLBACK (signal_cb), self);
    g_ptr_array_add (self->watched, g_object_ref (l->data));
  }
  g_list_free_full (collections, g_object_unref);
}

static char *
dup_paths (MrCollections *self)
{
  GString *paths = g_string_new (NULL);

  for (guint i = 0; i < self->watched->len; i++)
    g_string_append_printf (paths, "%s ", path_of (g_ptr_array_index (self->watched, i)));
  return g_string_free (paths, FALSE);
}

/* libsecret notifies each time it has looked, changed or not. */
static void
list_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  MrCollections *self = data;
  g_autofree char *before = dup_paths (self);
  g_autofree char *after = NULL;

  watch (self);
  after = dup_paths (self);
  if (strcmp (before, after) == 0)
    return;
  g_clear_object (&self->by_default);
  self->func (MR_COLLECTIONS_LIST, self->data);
}

MrCollections *
mr_collections_new (MrCollectionsFunc func, gpointer data)
{
  MrCollections *self = g_new0 (MrCollections, 1);

  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->func = func;
  self->data = data;
  return self;
}

void
mr_collections_set_service (MrCollections *self, SecretService *service)
{
  if (service == self->service)
    return;
  unwatch (self);
  g_clear_object (&self->by_default);
  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_set_object (&self->service, service);
  if (service == NULL)
    return;
  g_signal_connect (service, "notify::collections", G_CALLBACK (list_cb), self);
  watch (self);
}

SecretService *
mr_collections_get_service (MrCollections *self)
{
  return self->service;
}

void
mr_collections_free (MrCollections *self)
{
  if (self == NULL)
    return;
  mr_collections_set_service (self, NULL);
  g_ptr_array_unref (self->watched);
  g_free (self);
}

/* Prefers the watched object of the same path: only that one hears of changes. */
void
mr_collections_set_default (MrCollections *self, SecretCollection *collection)
{
  for (guint i = 0; collection != NULL && i < self->watched->len; i++)
    if (strcmp (path_of (g_ptr_array_index (self->watched, i)), path_of (collection)) == 0) {
      g_set_object (&self->by_default, g_ptr_array_index (self->watched, i));
      return;
    }
  g_set_object (&self->by_default, collection);
}

SecretCollection *
mr_collections_get_place (MrCollections *self)
{
  SecretCollection *first = NULL;

  if (self->by_default != NULL)
    return self->by_default;
  for (guint i = 0; i < self->watched->len; i++) {
    SecretCollection *collection = g_ptr_array_index (self->watched, i);

    if (lasts (collection) && !secret_collection_get_locked (collection))
      return collection;
    if (lasts (collection) && first == NULL)
      first = collection;
  }
  return first;
}

MrSecretsState
mr_collections_get_state (MrCollections *self)
{
  SecretCollection *place = mr_collections_get_place (self);

  if (place == NULL)
    return MR_SECRETS_NO_PLACE;
  return secret_collection_get_locked (place) ? MR_SECRETS_LOCKED : MR_SECRETS_OK;
}

gboolean
mr_collections_is_open_around (MrCollections *self, const char *item_path)
{
  for (guint i = 0; i < self->watched->len; i++) {
    SecretCollection *collection = g_ptr_array_index (self->watched, i);
    const char *path = path_of (collection);
    gsize len = strlen (path);

    if (strncmp (item_path, path, len) == 0 && item_path[len] == '/')
      return !secret_collection_get_locked (collection);
  }
  return FALSE;
}
