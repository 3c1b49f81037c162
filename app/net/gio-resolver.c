/* A GResolver over MrResolver.
 *
 * A look-up belongs to the resolver's thread; its GTask gives the result in the thread that asked. Cancelling is taken
 * up in the loop of the resolver, because a GCancellable may be cancelled from anywhere.
 */
#include "config.h"

#include "net/gio-resolver.h"

#include <gio/gio.h>

#define MR_TYPE_GIO_RESOLVER (mr_gio_resolver_get_type ())
G_DECLARE_FINAL_TYPE (MrGioResolver, mr_gio_resolver, MR, GIO_RESOLVER, GResolver)

struct _MrGioResolver {
  GResolver parent;
  MrResolver *resolver; /* NULL: not installed any more. Of the thread that runs context. */
  GMainContext *context;
};

G_DEFINE_FINAL_TYPE (MrGioResolver, mr_gio_resolver, G_TYPE_RESOLVER)

typedef struct {
  GTask *task;
  char *name;
  gboolean service;
  GResolverNameLookupFlags flags;
  MrResolver *resolver; /* that was asked */
  GSource *cancelled;
} Lookup;

static MrGioResolver *installed;
static GResolver *before;

static void
lookup_free (Lookup *lookup)
{
  if (lookup->cancelled != NULL)
    g_source_destroy (lookup->cancelled);
  g_clear_pointer (&lookup->cancelled, g_source_unref);
  g_object_unref (lookup->task);
  g_free (lookup->name);
  g_free (lookup);
}

static void
free_addresses (gpointer data)
{
  g_resolver_free_addresses (data);
}

static gboolean
is_wanted (const Lookup *lookup, GInetAddress *address)
{
  GSocketFamily family = g_inet_address_get_family (address);

  if (lookup->flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY)
    return family == G_SOCKET_FAMILY_IPV4;
  if (lookup->flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    return family == G_SOCKET_FAMILY_IPV6;
  return TRUE;
}

static GList *
wanted_addresses (const Lookup *lookup, const char *const *addresses)
{
  GList *list = NULL;

  for (guint i = 0; addresses[i] != NULL; i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (addresses[i]);

    if (address != NULL && is_wanted (lookup, address))
      list = g_list_prepend (list, g_steal_pointer (&address));
  }
  return g_list_reverse (list);
}

static void
return_error (GTask *task, const GError *error)
{
  gboolean not_found = g_error_matches (error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND);

  g_task_return_new_error (task, G_RESOLVER_ERROR,
                           not_found ? G_RESOLVER_ERROR_NOT_FOUND : G_RESOLVER_ERROR_TEMPORARY_FAILURE, "%s",
                           error->message);
}

static void
addresses_cb (const char *const *addresses, const GError *error, gpointer data)
{
  Lookup *lookup = data;
  GList *list = error == NULL ? wanted_addresses (lookup, addresses) : NULL;

  if (error != NULL)
    return_error (lookup->task, error);
  else if (list != NULL)
    g_task_return_pointer (lookup->task, list, free_addresses);
  else
    g_task_return_new_error (lookup->task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                             "%s has no address of this kind", lookup->name);
  lookup_free (lookup);
}

static void
free_targets (gpointer data)
{
  g_resolver_free_targets (data);
}

static void
targets_cb (GPtrArray *records, const GError *error, gpointer data)
{
  Lookup *lookup = data;
  GList *list = NULL;

  for (guint i = records != NULL ? records->len : 0; i-- > 0;) {
    const MrSrvRecord *record = g_ptr_array_index (records, i);

    if (*record->target != '\0')
      list = g_list_prepend (
          list, g_srv_target_new (record->target, record->port, (guint16)record->priority, (guint16)record->weight));
  }
  if (error != NULL)
    return_error (lookup->task, error);
  else if (list != NULL)
    g_task_return_pointer (lookup->task, list, free_targets);
  else
    g_task_return_new_error (lookup->task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "%s is not offered",
                             lookup->name);
  lookup_free (lookup);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Lookup *lookup = data;

  mr_resolver_cancel (lookup->resolver, lookup);
  g_task_return_error_if_cancelled (lookup->task);
  lookup_free (lookup);
  return G_SOURCE_REMOVE;
}

/* In the resolver's thread. */
static gboolean
begin_cb (gpointer data)
{
  Lookup *lookup = data;
  MrGioResolver *self = g_task_get_source_object (lookup->task);
  GCancellable *cancellable = g_task_get_cancellable (lookup->task);

  if (self->resolver == NULL || g_task_return_error_if_cancelled (lookup->task)) {
    if (self->resolver == NULL)
      g_task_return_new_error (lookup->task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "The service ends");
    lookup_free (lookup);
    return G_SOURCE_REMOVE;
  }
  lookup->resolver = self->resolver;
  if (cancellable != NULL) {
    lookup->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (lookup->cancelled, G_SOURCE_FUNC (cancelled_cb), lookup, NULL);
    g_source_attach (lookup->cancelled, self->context);
  }
  if (lookup->service)
    mr_resolver_lookup_srv (self->resolver, lookup->name, targets_cb, lookup);
  else
    mr_resolver_lookup_addresses (self->resolver, lookup->name, addresses_cb, lookup);
  return G_SOURCE_REMOVE;
}

static void
by_name_with_flags_async (GResolver *resolver, const char *name, GResolverNameLookupFlags flags,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->task = g_task_new (resolver, cancellable, callback, data);
  lookup->name = g_strdup (name);
  lookup->flags = flags;
  g_main_context_invoke (MR_GIO_RESOLVER (resolver)->context, begin_cb, lookup);
}

static void
by_name_async (GResolver *resolver, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
               gpointer data)
{
  by_name_with_flags_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback, data);
}

static void
service_async (GResolver *resolver, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback,
               gpointer data)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->task = g_task_new (resolver, cancellable, callback, data);
  lookup->name = g_strdup (name);
  lookup->service = TRUE;
  g_main_context_invoke (MR_GIO_RESOLVER (resolver)->context, begin_cb, lookup);
}

static GList *
by_name_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- what blocks ---- */

static void
refuse (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Names are looked up asynchronously here");
}

static GList *
by_name_with_flags (GResolver *resolver, const char *name, GResolverNameLookupFlags flags, GCancellable *cancellable,
                    GError **error)
{
  refuse (error);
  return NULL;
}

static GList *
by_name (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  refuse (error);
  return NULL;
}

static GList *
service (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  refuse (error);
  return NULL;
}

static GList *
records (GResolver *resolver, const char *name, GResolverRecordType type, GCancellable *cancellable, GError **error)
{
  refuse (error);
  return NULL;
}

static char *
by_address (GResolver *resolver, GInetAddress *address, GCancellable *cancellable, GError **error)
{
  refuse (error);
  return NULL;
}

/* ---- class ---- */

static void
mr_gio_resolver_finalize (GObject *object)
{
  g_main_context_unref (MR_GIO_RESOLVER (object)->context);
  G_OBJECT_CLASS (mr_gio_resolver_parent_class)->finalize (object);
}

static void
mr_gio_resolver_class_init (MrGioResolverClass *class)
{
  GResolverClass *resolver = G_RESOLVER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = mr_gio_resolver_finalize;
  resolver->lookup_by_name = by_name;
  resolver->lookup_by_name_async = by_name_async;
  resolver->lookup_by_name_finish = by_name_finish;
  resolver->lookup_by_name_with_flags = by_name_with_flags;
  resolver->lookup_by_name_with_flags_async = by_name_with_flags_async;
  resolver->lookup_by_name_with_flags_finish = by_name_finish;
  resolver->lookup_by_address = by_address;
  resolver->lookup_service = service;
  resolver->lookup_service_async = service_async;
  resolver->lookup_service_finish = by_name_finish;
  resolver->lookup_records = records;
}

static void
mr_gio_resolver_init (MrGioResolver *self)
{
  self->context = g_main_context_ref_thread_default ();
}

static void
put_back (void)
{
  if (installed == NULL)
    return;
  installed->resolver = NULL;
  g_resolver_set_default (before);
  g_clear_object (&installed);
  g_clear_object (&before);
}

void
mr_gio_resolver_install (MrResolver *resolver)
{
  put_back ();
  before = g_resolver_get_default ();
  installed = g_object_new (MR_TYPE_GIO_RESOLVER, NULL);
  installed->resolver = resolver;
  g_resolver_set_default (G_RESOLVER (installed));
}

void
mr_gio_resolver_remove (MrResolver *resolver)
{
  if (installed != NULL && installed->resolver == resolver)
    put_back ();
}
