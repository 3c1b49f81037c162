/* A store in a folder of its own, with a clock that stands still, and calls that wait for their answer. */
#pragma once

#include "base/id.h"
#include "store/private.h"

G_BEGIN_DECLS

#define START (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

typedef struct {
  char *folder, *path, *lock;
  MrClock *clock;
  MrStore *store;
  MrStoreOptions options;
  MrStoreTuning tuning;
} StoreFixture;

void store_fixture_set_up (StoreFixture *fixture, gconstpointer data);
void store_fixture_tear_down (StoreFixture *fixture, gconstpointer data);
void store_fixture_close (StoreFixture *fixture);
void store_fixture_open (StoreFixture *fixture);
/* As if the power had gone now: the files as they are on the disk, opened anew. */
void store_fixture_crash (StoreFixture *fixture);
/* Runs SQL on the closed file (it is closed and opened again around it). */
void store_fixture_exec (StoreFixture *fixture, const char *sql);
gint64 store_fixture_query (StoreFixture *fixture, const char *sql);

/* A callback for MrStoreFunc that keeps the error; wait for it with store_wait(). */
typedef struct {
  gboolean done;
  GError *error;
} StoreAnswer;
void store_answer_cb (const GError *error, gpointer data);
/* Returns when *done; takes the error out. */
void store_wait (StoreAnswer *answer, GError **error);
void store_wait_ok (StoreAnswer *answer);

MrMessageRecord *store_new_record (StoreFixture *fixture, guint n_recipients);
/* Adds and waits; the id (transfer full). */
char *store_add (StoreFixture *fixture, guint n_recipients, const char *body);
char *store_add_record (StoreFixture *fixture, MrMessageRecord *record, const char *body, gboolean lease);
/* Ids in the order they came; records owned by the array. */
GPtrArray *store_lease (StoreFixture *fixture, gint64 now, guint limit, gint64 *ret_next_due);
gboolean store_lease_one_ok (StoreFixture *fixture, const char *id);
MrMessageRecord *store_get (StoreFixture *fixture, const char *id, GPtrArray **ret_attempts, GError **error);
GBytes *store_load (StoreFixture *fixture, const char *id, guint seq, GError **error);
MrStoreCounts store_counts (StoreFixture *fixture);
/* One recipient to a state; error NULL: must work. */
void store_change (StoreFixture *fixture, const char *id, guint n, MrRecipientState state, MrWaitReason reason,
                   gint64 next_attempt, MrStoreUpdateFlags flags, GError **error);

G_END_DECLS
