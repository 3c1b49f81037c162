/* A request on its way: queued by the main thread, run by the writer or a reader thread, answered in the main context.
 *
 * Each kind of request is a struct that begins with MrRequest and a table of what is done with it. run() may be called again
 * after a rolled-back transaction, so it changes nothing but the database, the session's staged counters and its own result,
 * which it resets first. It checks what can be checked before its first write: an error without an SQL error leaves the
 * transaction good for the neighbours.
 */
#pragma once

#include "store/counts.h"
#include "store/db.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct _MrRequest MrRequest;
typedef struct _MrStatistics MrStatistics; /* statistics.c */
typedef struct _MrSearch MrSearch;

/* What a thread of the store works with. */
typedef struct {
  MrStore *store;
  MrDb *db;
  gint64 now;               /* wall time of this transaction */
  gint64 next_num;          /* writer: number of the next message */
  MrCounts delta;           /* writer: change of the counters by this transaction */
  MrStatistics *statistics; /* writer: the same for the statistics */
  GArray *touched;          /* writer: what this transaction changes of messages */
  gboolean audit, audit_subjects;
  /* reader: the last filtered list that was counted */
  MrListFilter counted_filter;
  gint64 counted_version;
  guint64 counted_total;
  MrSearch *search; /* reader of lists; else NULL */
} MrSession;

typedef struct {
  const char *name;
  gboolean (*run) (MrSession *session, MrRequest *request, GError **error);
  /* The request failed (request->error), writer thread, outside SQL. May be called again for the same one when its
   * transaction is repeated. May be NULL. */
  void (*failed) (MrSession *session, MrRequest *request);
  /* The step that ran is committed (request->again): go on from there. NULL for kinds with one step. */
  void (*advance) (MrRequest *request);
  /* Calls the caller's function, if there is one. */
  void (*deliver) (MrRequest *request);
  /* Frees the struct and what hangs on it. */
  void (*release) (MrRequest *request);
} MrRequestKind;

struct _MrRequest {
  const MrRequestKind *kind;
  MrRequest *next;
  MrRequest *open_prev, *open_next; /* main thread: requests that have not been answered */
  gboolean is_open, cancelled;      /* main thread */
  int moot;                         /* atomic: nobody waits for it any more; a reader leaves it out */
  gboolean is_write;                /* counts in mr_store_get_pending() */
  gboolean ride;                    /* starts no commit by itself */
  gboolean again; /* set by run(): one step is done, more are left; it is queued anew after the commit */
  gsize cost;     /* bytes of bodies, bounds a transaction */
  GError *error;
  char id[MR_ID_LENGTH + 1];
  MrStoreFunc func;
  gpointer data;
};

/* Zeroed, with the first fields filled; id may be NULL. */
gpointer mr_request_new (gsize size, const MrRequestKind *kind, const char *id);
/* For kinds whose answer is a plain MrStoreFunc. */
void mr_request_deliver (MrRequest *request);
/* For kinds that own nothing more. */
void mr_request_release (MrRequest *request);

/* First in, first out. */
typedef struct {
  MrRequest *head, *tail;
  guint n;
} MrRequestList;
void mr_request_list_push (MrRequestList *list, MrRequest *request);
MrRequest *mr_request_list_pop (MrRequestList *list);
void mr_request_list_append (MrRequestList *list, MrRequestList *from); /* empties from */

G_END_DECLS
