/* The facade: opening and closing, the way of requests to the threads and of answers to the main context.
 *
 * All answers come through one source: a thread puts what a commit has settled on the done list and sets the source's
 * ready time once, so that a commit of 200 requests costs one wake-up.
 */
#include "config.h"

#include "store/private.h"
#include "store/search.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/os.h"

#define WRITER_CACHE_KIB 2048
#define VALUE_NAME_MAX   64

/* ---- answers ---- */

static void
unref_store (MrStore *store)
{
  if (--store->ref_count > 0)
    return;
  g_clear_pointer (&store->context, g_main_context_unref);
  g_clear_pointer (&store->values, g_hash_table_unref);
  g_clear_pointer (&store->never, g_hash_table_unref);
  mr_clock_unref (store->clock);
  mr_changes_free (store->changes);
  pthread_mutex_destroy (&store->mutex);
  g_free (store->path);
  g_free (store->notice);
  g_free (store);
}

static void
open_request (MrStore *store, MrRequest *request)
{
  request->is_open = TRUE;
  request->open_next = store->open;
  if (store->open != NULL)
    store->open->open_prev = request;
  store->open = request;
}

static void
close_request (MrStore *store, MrRequest *request)
{
  if (request->open_prev != NULL)
    request->open_prev->open_next = request->open_next;
  else
    store->open = request->open_next;
  if (request->open_next != NULL)
    request->open_next->open_prev = request->open_prev;
  request->is_open = FALSE;
}

void
mr_store_cancel (MrStore *store, gpointer data)
{
  for (MrRequest *request = store->open; data != NULL && request != NULL; request = request->open_next)
    if (request->data == data) {
      request->cancelled = TRUE;
      g_atomic_int_set (&request->moot, TRUE);
      mr_reader_interrupt (store->bodies, request);
      mr_reader_interrupt (store->lists, request);
    }
}

/* Main context. A callback may make requests, or close the store. */
static void
deliver_all (MrStore *store)
{
  MrRequest *request;

  pthread_mutex_lock (&store->mutex);
  mr_request_list_append (&store->delivering, &store->done);
  pthread_mutex_unlock (&store->mutex);

  store->ref_count++;
  while ((request = mr_request_list_pop (&store->delivering)) != NULL) {
    if (request->is_open)
      close_request (store, request);
    if (!request->cancelled)
      request->kind->deliver (request);
    request->kind->release (request);
  }
  mr_store_fault_point ("answered");
  unref_store (store);
}

typedef struct {
  GSource source;
  MrStore *store;
} DoneSource;

static gboolean
dispatch_cb (GSource *source, GSourceFunc callback, gpointer data)
{
  /* Before the list is taken: what arrives later sets it again. */
  g_source_set_ready_time (source, -1);
  deliver_all (((DoneSource *)source)->store);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs done_funcs = { NULL, NULL, dispatch_cb, NULL, NULL, NULL };

void
mr_store_complete (MrStore *store, MrRequestList *list)
{
  guint n_writes = 0;

  for (MrRequest *request = list->head; request != NULL; request = request->next) {
    n_writes += request->is_write;
    if (request->error != NULL && request->func == NULL)
      mr_warning ("store", "%s %s: %s", request->kind->name, request->id, request->error->message);
  }
  g_atomic_int_add (&store->pending, -(int)n_writes);

  pthread_mutex_lock (&store->mutex);
  gboolean was_empty = store->done.head == NULL;
  mr_request_list_append (&store->done, list);
  pthread_mutex_unlock (&store->mutex);
  if (was_empty)
    g_source_set_ready_time (store->source, 0);
}

/* ---- opening and closing ---- */

static MrStore *
new_store (const MrStoreOptions *options, GMainContext *context)
{
  MrStore *store = g_new0 (MrStore, 1);

  store->ref_count = 1;
  store->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  store->clock = mr_clock_ref (options->clock);
  store->path = g_strdup (options->path);
  store->lock_fd = -1;
  store->changes = mr_changes_new ();
  store->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  store->never = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pthread_mutex_init (&store->mutex, NULL);
  store->keep_bodies_days = options->keep_bodies_days;
  store->keep_failed_days = options->keep_failed_days;
  store->keep_history_days = options->keep_history_days;
  store->min_free = options->min_free;
  return store;
}

static gboolean
take_lock (MrStore *store, const char *lock_path, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  store->lock_fd = mr_os_lock_file (lock_path, &local_error);
  if (store->lock_fd >= 0)
    return TRUE;
  if (g_error_matches (local_error, MR_ERROR, MR_ERROR_BUSY))
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY,
                 _ ("Another Mail Relay service already works on this outbox (%s); stop it first"),
                 local_error->message);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static MrDb *
open_database (MrStore *store, const MrStoreTuning *tuning, gint64 *ret_next_num, GError **error)
{
  MrDbFlags flags = tuning->flags;
  const char *fs_name = NULL;
  guint n_migrations;
  const MrMigration *migrations = mr_schema_migrations (&n_migrations);

  if (mr_os_is_network_fs (store->path, &fs_name)) {
    flags |= MR_DB_ROLLBACK_JOURNAL;
    store->notice = g_strdup_printf (
        _ ("The outbox is on a network file system (%s): it is kept safely there, but slowly"), fs_name);
  }
  store->rollback_journal = (flags & MR_DB_ROLLBACK_JOURNAL) != 0;

  g_autoptr (MrDb) db = mr_db_open (store->path, flags, WRITER_CACHE_KIB, error);
  if (db == NULL || !mr_schema_migrate (db, migrations, n_migrations, error)
      || !mr_recover (db, mr_clock_wall (store->clock), error)
      || !mr_values_load (db, store->values, ret_next_num, error) || !mr_never_load (db, store->never, error)
      || !mr_counts_load (db, &store->counts, error))
    return NULL;
  if (tuning->max_pages > 0) {
    g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count=%u", tuning->max_pages);
    if (!mr_db_exec (db, sql, error))
      return NULL;
  }
  return g_steal_pointer (&db);
}

MrStore *
mr_store_open_tuned (const MrStoreOptions *options, const MrStoreTuning *tuning, GMainContext *context, GError **error)
{
  MrStore *store = new_store (options, context);
  MrDb *db = NULL;
  gint64 next_num = 0;

  if (take_lock (store, options->lock_path, error)) {
    mr_search_remove_file (store->path);
    db = open_database (store, tuning, &next_num, error);
  }
  if (db == NULL) {
    if (store->lock_fd >= 0)
      close (store->lock_fd);
    unref_store (store);
    return NULL;
  }

  store->source = g_source_new (&done_funcs, sizeof (DoneSource));
  ((DoneSource *)store->source)->store = store;
  g_source_set_name (store->source, "store");
  g_source_attach (store->source, store->context);
  store->writer = mr_writer_new (store, db, next_num, tuning->checkpoint_pages);
  store->bodies = mr_reader_new (store, "store-bodies", FALSE);
  store->lists = mr_reader_new (store, "store-lists", TRUE);
  return store;
}

MrStore *
mr_store_open (const MrStoreOptions *options, GMainContext *context, GError **error)
{
  const MrStoreTuning tuning = { 0 };

  return mr_store_open_tuned (options, &tuning, context, error);
}

static gboolean
has_answers (MrStore *store)
{
  pthread_mutex_lock (&store->mutex);
  gboolean has = store->done.head != NULL || store->delivering.head != NULL;
  pthread_mutex_unlock (&store->mutex);
  return has;
}

void
mr_store_close (MrStore *store)
{
  if (store == NULL || store->closing)
    return;
  store->closing = TRUE;

  /* A callback may ask for more; readers may report damage to the writer. */
  do {
    mr_reader_drain (store->bodies);
    mr_reader_drain (store->lists);
    mr_writer_drain (store->writer);
    deliver_all (store);
  } while (has_answers (store) || store->open != NULL || mr_store_get_pending (store) > 0);

  mr_reader_free (store->bodies);
  mr_reader_free (store->lists);
  mr_writer_free (store->writer);
  g_source_destroy (store->source);
  g_source_unref (store->source);
  close (store->lock_fd);
  unref_store (store);
}

const char *
mr_store_get_notice (MrStore *store)
{
  return store->notice;
}

void
mr_store_set_retention (MrStore *store, guint keep_bodies_days, guint keep_failed_days, guint keep_history_days,
                        guint64 min_free)
{
  pthread_mutex_lock (&store->mutex);
  store->keep_bodies_days = keep_bodies_days;
  store->keep_failed_days = keep_failed_days;
  store->keep_history_days = keep_history_days;
  store->min_free = min_free;
  pthread_mutex_unlock (&store->mutex);
}

guint
mr_store_get_pending (MrStore *store)
{
  return (guint)g_atomic_int_get (&store->pending);
}

void
mr_store_submit_internal (MrStore *store, gpointer request)
{
  MrRequest *base = request;

  base->is_write = TRUE;
  g_atomic_int_inc (&store->pending);
  mr_writer_push (store->writer, base);
}

void
mr_store_submit (MrStore *store, gpointer request)
{
  open_request (store, request);
  mr_store_submit_internal (store, request);
}

void
mr_store_submit_read (MrStore *store, MrReader *reader, gpointer request)
{
  open_request (store, request);
  mr_reader_push (reader, request);
}

GBytes *
mr_store_get_changes (MrStore *store, guint64 since, guint64 *ret_serial)
{
  pthread_mutex_lock (&store->mutex);
  GBytes *changes = mr_changes_get (store->changes, since, ret_serial);
  pthread_mutex_unlock (&store->mutex);
  return changes;
}

/* ---- values ---- */

typedef struct {
  MrRequest base;
  char name[VALUE_NAME_MAX + 1];
  gint64 value;
} ValueRequest;

static gboolean
run_value (MrSession *session, MrRequest *base, GError **error)
{
  ValueRequest *request = (ValueRequest *)base;
  g_auto (MrRow) row = mr_db_statement (session->db, "INSERT OR REPLACE INTO value (name, value) VALUES (?1, ?2)",
                                        error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->name);
  sqlite3_bind_int64 (row, 2, request->value);
  return mr_db_run (session->db, row, error);
}

static const MrRequestKind value_kind = { "set-value", run_value, NULL, NULL, mr_request_deliver, mr_request_release };

gint64
mr_store_get_value (MrStore *store, const char *name, gint64 def)
{
  const gint64 *value = g_hash_table_lookup (store->values, name);

  return value != NULL ? *value : def;
}

void
mr_store_set_value (MrStore *store, const char *name, gint64 value)
{
  ValueRequest *request;

  /* Names that begin with a dot are the store's own. */
  g_return_if_fail (name[0] != '.' && name[0] != '\0' && strlen (name) <= VALUE_NAME_MAX);

  request = mr_request_new (sizeof *request, &value_kind, NULL);
  request->base.ride = TRUE;
  g_strlcpy (request->name, name, sizeof request->name);
  request->value = value;
  g_hash_table_replace (store->values, g_strdup (name), g_memdup2 (&value, sizeof value));
  mr_store_submit (store, request);
}
