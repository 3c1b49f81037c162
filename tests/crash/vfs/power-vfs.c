/* The power-cut VFS: pass-through, bookkeeping of what is not durable, and the wreck afterwards. */
#include "power-vfs.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define SECTOR 512

typedef enum { OP_WRITE, OP_TRUNCATE, OP_DELETE } OpType;

typedef struct {
  OpType type;
  gint64 offset; /* OP_TRUNCATE: the new size */
  GBytes *data;
} Op;

typedef struct {
  char *path;
  gboolean exists; /* durably */
  GByteArray *durable;
  GPtrArray *pending;
} Shadow;

typedef struct {
  sqlite3_file base;
  Shadow *shadow;          /* NULL: a temporary file */
  gboolean is_new_journal; /* its first sync is followed by one of the folder, as in SQLite's own VFS */
  sqlite3_file *real;
} PowerFile;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static GHashTable *shadows;
static guint operations, cut_at;
static gboolean is_cut;
static sqlite3_vfs *real_vfs;

/* ---- bookkeeping, with the lock held ---- */

static void
free_op (gpointer data)
{
  Op *op = data;

  if (op->data != NULL)
    g_bytes_unref (op->data);
  g_free (op);
}

static void
free_shadow (gpointer data)
{
  Shadow *shadow = data;

  g_free (shadow->path);
  g_byte_array_unref (shadow->durable);
  g_ptr_array_unref (shadow->pending);
  g_free (shadow);
}

static Shadow *
get_shadow (const char *path)
{
  Shadow *shadow = g_hash_table_lookup (shadows, path);
  char *contents = NULL;
  gsize len = 0;

  if (shadow != NULL)
    return shadow;
  shadow = g_new0 (Shadow, 1);
  shadow->path = g_strdup (path);
  shadow->durable = g_byte_array_new ();
  shadow->pending = g_ptr_array_new_with_free_func (free_op);
  shadow->exists = g_file_get_contents (path, &contents, &len, NULL);
  if (shadow->exists)
    g_byte_array_append (shadow->durable, (const guint8 *)contents, (guint)len);
  g_free (contents);
  g_hash_table_insert (shadows, shadow->path, shadow);
  return shadow;
}

static void
add_op (Shadow *shadow, OpType type, gint64 offset, const void *data, gsize len)
{
  Op *op = g_new0 (Op, 1);

  op->type = type;
  op->offset = offset;
  op->data = data != NULL ? g_bytes_new (data, len) : NULL;
  g_ptr_array_add (shadow->pending, op);
}

/* TRUE: the power is gone, or goes with this operation. */
static gboolean
counts_down (void)
{
  operations++;
  if (cut_at > 0 && operations >= cut_at)
    is_cut = TRUE;
  return is_cut;
}

/* ---- applying ---- */

static void
grow (GByteArray *bytes, gsize size, GRand *rand)
{
  gsize old = bytes->len;

  if (size <= old)
    return;
  g_byte_array_set_size (bytes, (guint)size);
  memset (bytes->data + old, 0, size - old);
  for (gsize i = old; rand != NULL && i + 4 <= size; i += 4) {
    guint32 word = g_rand_int (rand);
    memcpy (bytes->data + i, &word, 4);
  }
}

/* keep: of 100 sectors so many arrive. */
static void
apply_write (Shadow *shadow, const Op *op, GRand *rand, gint keep, gboolean garbage)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (op->data, &len);
  gsize offset = (gsize)op->offset;

  grow (shadow->durable, offset + len, garbage ? rand : NULL);
  for (gsize done = 0, part; done < len; done += part) {
    part = MIN (len - done, SECTOR - (offset + done) % SECTOR);
    if (rand == NULL || g_rand_int_range (rand, 0, 100) < keep)
      memcpy (shadow->durable->data + offset + done, data + done, part);
  }
}

static void
apply (Shadow *shadow, const Op *op, GRand *rand, gint keep, gboolean garbage)
{
  if (op->type == OP_WRITE) {
    shadow->exists = TRUE;
    apply_write (shadow, op, rand, keep, garbage);
  } else if (op->type == OP_TRUNCATE) {
    grow (shadow->durable, (gsize)op->offset, NULL);
    g_byte_array_set_size (shadow->durable, (guint)op->offset);
  } else {
    shadow->exists = FALSE;
    g_byte_array_set_size (shadow->durable, 0);
  }
}

static void
make_durable (Shadow *shadow)
{
  for (guint i = 0; i < shadow->pending->len; i++)
    apply (shadow, g_ptr_array_index (shadow->pending, i), NULL, 100, FALSE);
  g_ptr_array_set_size (shadow->pending, 0);
  shadow->exists = TRUE;
}

/* The folder is synced: what was unlinked in it is gone for good. */
static void
sync_folder (void)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, shadows);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Shadow *shadow = value;
    guint n = 0;

    for (guint i = 0; i < shadow->pending->len; i++)
      if (((const Op *)g_ptr_array_index (shadow->pending, i))->type == OP_DELETE)
        n = i + 1;
    if (n == 0)
      continue;
    g_ptr_array_remove_range (shadow->pending, 0, n);
    g_byte_array_set_size (shadow->durable, 0);
    shadow->exists = FALSE;
  }
}

/* ---- the methods that change files ---- */

static int
power_write (sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
  PowerFile *self = (PowerFile *)file;

  if (self->shadow != NULL) {
    pthread_mutex_lock (&mutex);
    gboolean was_cut = is_cut;
    if (!was_cut)
      add_op (self->shadow, OP_WRITE, offset, data, (gsize)len);
    gboolean cut = counts_down ();
    pthread_mutex_unlock (&mutex);
    if (cut)
      return SQLITE_IOERR_WRITE;
  }
  return self->real->pMethods->xWrite (self->real, data, len, offset);
}

static int
power_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  PowerFile *self = (PowerFile *)file;

  if (self->shadow != NULL) {
    pthread_mutex_lock (&mutex);
    if (!is_cut)
      add_op (self->shadow, OP_TRUNCATE, size, NULL, 0);
    gboolean cut = counts_down ();
    pthread_mutex_unlock (&mutex);
    if (cut)
      return SQLITE_IOERR_TRUNCATE;
  }
  return self->real->pMethods->xTruncate (self->real, size);
}

/* The real sync is left out: only the model decides what is durable. */
static int
power_sync (sqlite3_file *file, int flags)
{
  PowerFile *self = (PowerFile *)file;

  if (self->shadow == NULL)
    return SQLITE_OK;
  pthread_mutex_lock (&mutex);
  gboolean cut = counts_down ();
  if (!cut)
    make_durable (self->shadow);
  if (!cut && self->is_new_journal)
    sync_folder ();
  self->is_new_journal = FALSE;
  pthread_mutex_unlock (&mutex);
  return cut ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
power_delete (sqlite3_vfs *vfs, const char *path, int syncs_folder)
{
  pthread_mutex_lock (&mutex);
  Shadow *shadow = get_shadow (path);
  if (!is_cut)
    add_op (shadow, OP_DELETE, 0, NULL, 0);
  gboolean cut = counts_down ();
  if (!cut && syncs_folder != 0)
    sync_folder ();
  pthread_mutex_unlock (&mutex);
  return cut ? SQLITE_IOERR_DELETE : real_vfs->xDelete (real_vfs, path, syncs_folder);
}

/* ---- the methods that only pass on ---- */

#define REAL(file) (((PowerFile *)(file))->real)

static int
power_close (sqlite3_file *file)
{
  PowerFile *self = (PowerFile *)file;
  int rc = self->real->pMethods != NULL ? self->real->pMethods->xClose (self->real) : SQLITE_OK;

  g_free (self->real);
  return rc;
}

static int
power_read (sqlite3_file *file, void *data, int len, sqlite3_int64 offset)
{
  return REAL (file)->pMethods->xRead (REAL (file), data, len, offset);
}

static int
power_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return REAL (file)->pMethods->xFileSize (REAL (file), size);
}

static int
power_lock (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xLock (REAL (file), level);
}

static int
power_unlock (sqlite3_file *file, int level)
{
  return REAL (file)->pMethods->xUnlock (REAL (file), level);
}

static int
power_check_reserved_lock (sqlite3_file *file, int *ret)
{
  return REAL (file)->pMethods->xCheckReservedLock (REAL (file), ret);
}

static int
power_file_control (sqlite3_file *file, int op, void *data)
{
  /* A size hint writes past the bookkeeping. */
  if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
    return SQLITE_NOTFOUND;
  return REAL (file)->pMethods->xFileControl (REAL (file), op, data);
}

static int
power_sector_size (sqlite3_file *file)
{
  return SECTOR;
}

static int
power_characteristics (sqlite3_file *file)
{
  return REAL (file)->pMethods->xDeviceCharacteristics (REAL (file));
}

static int
power_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
  return REAL (file)->pMethods->xShmMap (REAL (file), page, size, extend, ret);
}

static int
power_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return REAL (file)->pMethods->xShmLock (REAL (file), offset, n, flags);
}

static void
power_shm_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
power_shm_unmap (sqlite3_file *file, int remove)
{
  return REAL (file)->pMethods->xShmUnmap (REAL (file), remove);
}

static const sqlite3_io_methods power_methods = {
  .iVersion = 2,
  .xClose = power_close,
  .xRead = power_read,
  .xWrite = power_write,
  .xTruncate = power_truncate,
  .xSync = power_sync,
  .xFileSize = power_file_size,
  .xLock = power_lock,
  .xUnlock = power_unlock,
  .xCheckReservedLock = power_check_reserved_lock,
  .xFileControl = power_file_control,
  .xSectorSize = power_sector_size,
  .xDeviceCharacteristics = power_characteristics,
  .xShmMap = power_shm_map,
  .xShmLock = power_shm_lock,
  .xShmBarrier = power_shm_barrier,
  .xShmUnmap = power_shm_unmap,
};

static int
power_open (sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
  PowerFile *self = (PowerFile *)file;

  self->base.pMethods = NULL;
  self->shadow = NULL;
  self->is_new_journal = (flags & SQLITE_OPEN_CREATE) != 0
                         && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0
                         && path != NULL && !g_file_test (path, G_FILE_TEST_EXISTS);
  self->real = g_malloc0 ((gsize)real_vfs->szOsFile);
  if (path != NULL) {
    pthread_mutex_lock (&mutex);
    self->shadow = get_shadow (path);
    pthread_mutex_unlock (&mutex);
  }
  int rc = real_vfs->xOpen (real_vfs, path, self->real, flags, ret_flags);
  if (rc != SQLITE_OK) {
    g_free (self->real);
    return rc;
  }
  self->base.pMethods = &power_methods;
  return SQLITE_OK;
}

/* ---- doors for the test ---- */

void
power_vfs_register (void)
{
  static sqlite3_vfs vfs;

  real_vfs = sqlite3_vfs_find (NULL);
  vfs = *real_vfs;
  vfs.zName = "power";
  vfs.pNext = NULL;
  vfs.szOsFile = (int)sizeof (PowerFile);
  vfs.xOpen = power_open;
  vfs.xDelete = power_delete;
  shadows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_shadow);
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}

void
power_vfs_reset (guint countdown)
{
  pthread_mutex_lock (&mutex);
  g_hash_table_remove_all (shadows);
  operations = 0;
  cut_at = countdown;
  is_cut = FALSE;
  pthread_mutex_unlock (&mutex);
}

void
power_vfs_cut (void)
{
  pthread_mutex_lock (&mutex);
  is_cut = TRUE;
  pthread_mutex_unlock (&mutex);
}

gboolean
power_vfs_is_cut (void)
{
  pthread_mutex_lock (&mutex);
  gboolean cut = is_cut;
  pthread_mutex_unlock (&mutex);
  return cut;
}

guint
power_vfs_operations (void)
{
  pthread_mutex_lock (&mutex);
  guint n = operations;
  pthread_mutex_unlock (&mutex);
  return n;
}

/* How a disk treats what it was not told to sync: all lost, all there, whole writes lost, or sectors lost. */
static void
wreck (Shadow *shadow, GRand *rand)
{
  gint mood = g_rand_int_range (rand, 0, 5);
  gboolean garbage = g_rand_boolean (rand);

  for (guint i = 0; i < shadow->pending->len; i++) {
    const Op *op = g_ptr_array_index (shadow->pending, i);
    gboolean last = i + 1 == shadow->pending->len;
    gint keep = mood == 0 ? 0 : mood == 1 ? 100 : g_rand_int_range (rand, 0, 101);

    if (mood == 2 || op->type != OP_WRITE)
      keep = g_rand_boolean (rand) ? 100 : 0;
    if (mood == 3)
      keep = last ? 50 : 100;
    if (op->type == OP_WRITE ? keep > 0 : keep == 100)
      apply (shadow, op, rand, keep, garbage);
    else if (op->type == OP_DELETE)
      break; /* the name still leads to the old file; what follows was written to another one */
  }
}

void
power_vfs_settle (GRand *rand)
{
  GHashTableIter iter;
  gpointer value;

  pthread_mutex_lock (&mutex);
  g_hash_table_iter_init (&iter, shadows);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Shadow *shadow = value;

    wreck (shadow, rand);
    g_unlink (shadow->path);
    if (shadow->exists)
      g_assert_true (g_file_set_contents_full (shadow->path, (const char *)shadow->durable->data,
                                               (gssize)shadow->durable->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }
  pthread_mutex_unlock (&mutex);
}
