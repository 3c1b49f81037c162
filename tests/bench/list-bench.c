/* What lists cost: opening, filters, orders, searches, over many messages, in processor time.
 *
 * list-bench FOLDER [ACTIVE [FINISHED]]: FOLDER/queue.sqlite is filled when it is not there, and kept: figures on standard output. With
 * --fill as the last argument it only fills. A bench, not a test. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "fill.h"
#include "store/lists.h"

typedef struct {
  MrStore *store;
  MrClock *clock;
  GMainLoop *loop;
  guint n;
} Bench;

static void
ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  Bench *bench = data;

  if (error != NULL)
    g_error ("%s", error->message);
  bench->n = g_strv_length ((char **)ids);
  g_main_loop_quit (bench->loop);
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  Bench *bench = data;

  if (error != NULL)
    g_error ("%s", error->message);
  bench->n = (guint)total;
  g_main_loop_quit (bench->loop);
}

/* Processor time, all threads: what others do on the machine does not count. */
static double
cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static double
best_of_three (Bench *bench, const MrListFilter *filter, gboolean ids)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < 3; i++) {
    double begun = cpu_ms ();

    if (ids)
      mr_store_list_ids (bench->store, filter, ids_cb, bench);
    else
      mr_store_list (bench->store, filter, NULL, 200, list_cb, bench);
    g_main_loop_run (bench->loop);
    best = MIN (best, cpu_ms () - begun);
  }
  return best;
}

static void
measure (Bench *bench, const char *name, MrListFilter filter)
{
  double ids[2], page[2];
  guint n[2];

  for (guint kind = 0; kind < 2; kind++) {
    filter.kind = (MrListKind)kind;
    ids[kind] = best_of_three (bench, &filter, TRUE);
    page[kind] = best_of_three (bench, &filter, FALSE);
    n[kind] = bench->n;
  }
  g_print ("%-28s outbox %6u found, ids %6.1f ms, page %6.1f ms | history %6u found, ids %6.1f ms, page %6.1f ms\n",
           name, n[0], ids[0], page[0], n[1], ids[1], page[1]);
}

/* The first search has it made, between the next ones. */
static double
make_index (Bench *bench)
{
  const MrListFilter filter = { .state = -1, .search = "nobody at all" };
  double begun = cpu_ms ();

  mr_store_list_ids (bench->store, &filter, ids_cb, bench);
  g_main_loop_run (bench->loop);
  for (double before = -1; cpu_ms () - before > 1;) {
    before = cpu_ms ();
    g_usleep (200000);
  }
  return cpu_ms () - begun;
}

static void
measure_all (Bench *bench)
{
  static const char *const searches[] = {
    "a",  "an",     "ann", "anna.mueller", "domain7.example", "invoice", "mueller rechnung", "17342", "nobody at all",
    "00", "example"
  };

  measure (bench, "everything", (MrListFilter){ .state = -1 });
  measure (bench, "needs a person", (MrListFilter){ .state = -1, .needs_person = TRUE });
  measure (bench, "state failed", (MrListFilter){ .state = MR_RECIPIENT_FAILED });
  measure (bench, "state waiting", (MrListFilter){ .state = MR_RECIPIENT_WAITING });
  measure (bench, "held", (MrListFilter){ .state = -1, .held_only = TRUE });
  measure (bench, "account", (MrListFilter){ .state = -1, .account = "work" });
  measure (bench, "program", (MrListFilter){ .state = -1, .program = "cron" });
  measure (bench, "domain", (MrListFilter){ .state = -1, .domain = "domain7.example" });
  measure (bench, "cause", (MrListFilter){ .state = -1, .cause = "mailbox-full" });
  measure (bench, "wait reason", (MrListFilter){ .state = -1, .wait_reason = MR_WAIT_OFFLINE });
  for (guint i = 0; i < MR_LIST_N_SORTS; i++) {
    g_autofree char *name = g_strdup_printf ("sort by %s", mr_list_sort_nick ((MrListSort)i));
    measure (
        bench, name,
        (MrListFilter){ .state = -1, .sort = (MrListSort)i, .ascending = mr_list_sort_is_ascending ((MrListSort)i) });
  }
  g_print ("the index of the search: %.0f ms\n", make_index (bench));
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++) {
    g_autofree char *name = g_strdup_printf ("search “%s”", searches[i]);
    measure (bench, name, (MrListFilter){ .state = -1, .search = searches[i] });
  }
}

int
main (int argc, char **argv)
{
  gboolean only_fill = argc > 2 && g_str_equal (argv[argc - 1], "--fill");
  const char *folder = argc > 1 ? argv[1] : NULL;
  guint n_active = argc > 2 ? (guint)atoi (argv[2]) : 100000, n_finished = argc > 3 ? (guint)atoi (argv[3]) : 100000;
  Bench bench = { .clock = mr_clock_new_real (), .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GError) error = NULL;

  if (folder == NULL) {
    g_printerr ("list-bench FOLDER [ACTIVE [FINISHED]] [--fill]\n");
    return 2;
  }
  g_autofree char *path = g_build_filename (folder, "queue.sqlite", NULL);
  g_autofree char *lock = g_build_filename (folder, "lock", NULL);
  gboolean is_new = !g_file_test (path, G_FILE_TEST_EXISTS);
  const MrStoreOptions options = { .path = path,
                                   .lock_path = lock,
                                   .clock = bench.clock,
                                   .keep_bodies_days = 7,
                                   .keep_failed_days = 30,
                                   .keep_history_days = 90 };
  gint64 begun = mr_clock_monotonic (bench.clock);
  bench.store = mr_store_open (&options, NULL, &error);
  if (bench.store == NULL)
    g_error ("%s", error->message);
  if (is_new)
    bench_fill (bench.store, bench.clock, n_active, n_finished);
  g_print ("%s in %.1f s\n", is_new ? "filled" : "opened", (double)(mr_clock_monotonic (bench.clock) - begun) / 1e6);
  if (!only_fill)
    measure_all (&bench);
  mr_store_close (bench.store);
  mr_clock_unref (bench.clock);
  g_main_loop_unref (bench.loop);
  return 0;
}
