/* Shared by writer.c (the thread, its queue, and what it does between transactions) and writer-commit.c (the transactions). */
#pragma once

#include "store/private.h"

G_BEGIN_DECLS

#define MR_WRITER_BATCH_MAX 512 /* requests in one transaction */

typedef enum { IDLE_NOTHING, IDLE_CHECKPOINT, IDLE_SCRUB } IdleTask;

struct _MrWriter {
  MrSession session;
  MrStore *store;
  MrClock *clock; /* real: how long a ride waits is no matter of the store's clock */
  pthread_t thread;
  gint64 reserved_num; /* numbers below are reserved in the file */
  int wal_pages;
  gboolean room_is_short; /* an upload was refused: what the log holds twice is given back now */
  guint checkpoint_pages;
  IdleTask idle_task;
  gint64 idle_due;
  GHashTable *upload_errors; /* id → GError */
  gint64 room_checked;
  guint64 room;

  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t wake, idle;
  MrRequestList queue;
  guint n_hard;    /* requests in the queue that wait for an answer */
  gint64 ride_due; /* the first ride has waited long enough at this time */
  gboolean sleeping, busy, draining, stopping;
};

typedef struct {
  char id[MR_ID_LENGTH + 1];
  MrListPlace place;
} Touched;

/* Runs the requests, in one transaction where that works, and hands them out once they are on disk or have failed. Empties batch. */
void mr_writer_run_batch (MrWriter *writer, MrRequestList *batch);
/* What waited for a transaction that has more to count gets one of its own. */
void mr_writer_write_kept_statistics (MrWriter *writer);

G_END_DECLS
