/* What the window costs over a long outbox: first frame, memory, opening, scrolling, and a thousand changes of state a second.
 *
 * ui-bench SERVICE_PID: the real window in this process against the service that runs (see ui-run). Frame times are those between the begin and
 * the end of a frame's work (GdkFrameClock), in processor time of the thread, so that what others do on the machine does not count. Changes are made
 * twice, before there is a window and with it: the difference is what the open outbox costs the service. A bench, not a test. */
#include <adwaita.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "client/calls.h"
#include "client/list-calls.h"
#include "client/message-model.h"
#include "ui/settings.h"
#include "ui/window.h"

#define SCROLL_FRAMES  400
#define CHANGE_SECONDS 8
#define CHANGE_STEP_MS 100

typedef struct {
  MrClock *clock;
  gint64 started, frame_begun;
  GArray *frames; /* gint64: microseconds of work */
  GtkWidget *window, *list;
  GtkAdjustment *adjustment;
  guint scrolled;
  MrClient *client;
  char **ids;
  guint changes, next;
} Bench;

/* Microseconds of processor time. */
static gint64
cpu (int who)
{
  struct rusage usage;

  getrusage (who, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec
         + usage.ru_stime.tv_usec;
}

static double
since (Bench *bench, gint64 begun)
{
  return (double)(mr_clock_monotonic (bench->clock) - begun) / 1e3;
}

static void
before_paint_cb (GdkFrameClock *frame_clock, Bench *bench)
{
  bench->frame_begun = cpu (RUSAGE_THREAD);
}

static void
after_paint_cb (GdkFrameClock *frame_clock, Bench *bench)
{
  gint64 took = cpu (RUSAGE_THREAD) - bench->frame_begun;

  g_array_append_val (bench->frames, took);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

static void
tell_frames (Bench *bench, const char *what)
{
  guint n = bench->frames->len, late = 0;

  g_array_sort (bench->frames, compare);
  for (guint i = 0; i < n; i++)
    late += g_array_index (bench->frames, gint64, i) > 16667;
  if (n > 0)
    g_print ("%s: %u frames, work p50 %.1f p95 %.1f p99 %.1f max %.1f ms, %u above 16.7 ms\n", what, n,
             (double)g_array_index (bench->frames, gint64, n / 2) / 1e3,
             (double)g_array_index (bench->frames, gint64, n * 95 / 100) / 1e3,
             (double)g_array_index (bench->frames, gint64, n * 99 / 100) / 1e3,
             (double)g_array_index (bench->frames, gint64, n - 1) / 1e3, late);
  g_array_set_size (bench->frames, 0);
}

/* KiB of private and shared memory in use. */
static long
get_rss (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) || (line = strstr (text, "VmRSS:")) == NULL)
    return 0;
  return atol (line + strlen ("VmRSS:"));
}

/* Microseconds of processor time of a process, all threads. */
static gint64
get_cpu (const char *pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%s/task", pid);
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
  const char *task;
  gint64 sum = 0;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL) {
    g_autofree char *path = g_build_filename (folder, task, "schedstat", NULL);
    g_autofree char *text = NULL;
    if (g_file_get_contents (path, &text, NULL, NULL))
      sum += g_ascii_strtoll (text, NULL, 10) / 1000;
  }
  return sum;
}

static GtkWidget *
find_list (GtkWidget *widget)
{
  if (GTK_IS_LIST_VIEW (widget) && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_list (child);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static void
wait_for_list (Bench *bench)
{
  GtkSelectionModel *model = NULL;

  while (bench->list == NULL || model == NULL || g_list_model_get_n_items (G_LIST_MODEL (model)) == 0) {
    g_main_context_iteration (NULL, TRUE);
    bench->list = find_list (bench->window);
    model = bench->list != NULL ? gtk_list_view_get_model (GTK_LIST_VIEW (bench->list)) : NULL;
  }
  g_print ("rows: %u\n", g_list_model_get_n_items (G_LIST_MODEL (model)));
  bench->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (bench->list));
}

/* Until the first row was drawn with what it says. */
static void
wait_for_rows (Bench *bench)
{
  GtkSelectionModel *model = gtk_list_view_get_model (GTK_LIST_VIEW (bench->list));
  g_autoptr (MrMessageItem) first = g_list_model_get_item (G_LIST_MODEL (model), 0);

  while (mr_message_item_get_record (first) == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (guint n = bench->frames->len; bench->frames->len == n;)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
timeout_cb (gpointer flag)
{
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, timeout_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* A fast scroll over the whole list, some screens a frame. */
static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer data)
{
  Bench *bench = data;
  double upper = gtk_adjustment_get_upper (bench->adjustment) - gtk_adjustment_get_page_size (bench->adjustment);

  gtk_adjustment_set_value (bench->adjustment, upper * bench->scrolled / SCROLL_FRAMES);
  return ++bench->scrolled > SCROLL_FRAMES ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* As a finger does: some rows a frame. */
static gboolean
glide_cb (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer data)
{
  Bench *bench = data;

  gtk_adjustment_set_value (bench->adjustment, gtk_adjustment_get_value (bench->adjustment) + 60);
  return ++bench->scrolled > SCROLL_FRAMES ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
scroll (Bench *bench, const char *what, GtkTickCallback callback)
{
  bench->scrolled = 0;
  g_array_set_size (bench->frames, 0);
  gint64 begun = mr_clock_monotonic (bench->clock);
  gtk_widget_add_tick_callback (bench->list, callback, bench, NULL);
  while (bench->scrolled <= SCROLL_FRAMES)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%s: %.1f frames a second\n", what, SCROLL_FRAMES * 1e3 / since (bench, begun));
  tell_frames (bench, what);
}

static void
ids_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Bench *bench = data;
  g_autoptr (GVariant) list = mr_client_list_ids_finish (MR_CLIENT (source), result, NULL);

  bench->ids = g_variant_dup_strv (list, NULL);
}

static void
held_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  guint count = 0;

  mr_client_hold_finish (MR_CLIENT (source), result, &count, NULL);
  ((Bench *)data)->changes += count;
}

static void
released_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  guint count = 0;

  mr_client_release_finish (MR_CLIENT (source), result, &count, NULL);
  ((Bench *)data)->changes += count;
}

/* The first thousand rows, a hundred at a time: kept back in one round, let go in the next. */
static gboolean
change_cb (gpointer data)
{
  Bench *bench = data;
  const char *ids[101] = { NULL };
  guint first = bench->next % 10 * 100;

  for (guint i = 0; i < 100 && bench->ids[first + i] != NULL; i++)
    ids[i] = bench->ids[first + i];
  if (bench->next / 10 % 2 == 0)
    mr_client_hold_async (bench->client, ids, NULL, held_cb, bench);
  else
    mr_client_release_async (bench->client, ids, NULL, released_cb, bench);
  bench->next++;
  return G_SOURCE_CONTINUE;
}

static void
get_ids (Bench *bench)
{
  const MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };

  mr_client_list_ids_async (bench->client, &filter, NULL, ids_cb, bench);
  while (bench->ids == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Whole rounds, so that all is as it was. */
static void
change (Bench *bench, const char *pid, const char *what)
{
  gint64 begun, took;

  run_for (1500);
  g_array_set_size (bench->frames, 0);
  bench->changes = bench->next = 0;
  took = get_cpu (pid);
  begun = mr_clock_monotonic (bench->clock);
  guint source = g_timeout_add (CHANGE_STEP_MS, change_cb, bench);
  while (bench->next < CHANGE_SECONDS * 1000 / CHANGE_STEP_MS)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  run_for (500);
  took = get_cpu (pid) - took;
  double ms = since (bench, begun);
  g_print ("%s: %.0f a second, the service took %.1f %% of a processor, %.3f ms a change\n", what,
           bench->changes * 1e3 / ms, (double)took / 10 / ms, (double)took / 1e3 / MAX (bench->changes, 1));
  tell_frames (bench, what);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  if (!mr_client_connect_finish (MR_CLIENT (source), result, NULL))
    g_error ("the service does not answer");
}

static void
activate_cb (GtkApplication *application, Bench *bench)
{
  g_autoptr (MrDesk) desk = mr_desk_new (bench->client);

  bench->window = GTK_WIDGET (mr_window_new (application, desk));
  gtk_window_set_default_size (GTK_WINDOW (bench->window), 1000, 760);
  gtk_window_present (GTK_WINDOW (bench->window));
  GdkFrameClock *frame_clock = gdk_surface_get_frame_clock (gtk_native_get_surface (GTK_NATIVE (bench->window)));
  g_signal_connect (frame_clock, "before-paint", G_CALLBACK (before_paint_cb), bench);
  g_signal_connect_after (frame_clock, "after-paint", G_CALLBACK (after_paint_cb), bench);
}

int
main (int argc, char **argv)
{
  Bench bench = { .clock = mr_clock_new_real () };
  g_autoptr (AdwApplication) application = adw_application_new ("com.example.MailRelay.Bench",
                                                                G_APPLICATION_NON_UNIQUE);

  if (argc < 2) {
    g_printerr ("ui-bench SERVICE_PID\n");
    return 2;
  }
  /* There is no account: the window would begin with its welcome. */
  g_autoptr (GSettings) settings = mr_settings_new ();
  if (settings == NULL) {
    fputs ("ui-bench: the settings' schema is missing; tests/bench/ui-run builds it\n", stderr);
    return 1;
  }
  g_settings_set_boolean (settings, "first-run-done", TRUE);
  bench.started = mr_clock_monotonic (bench.clock);
  bench.frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  bench.client = mr_client_new (FALSE);
  mr_client_connect_async (bench.client, NULL, connected_cb, NULL);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &bench);
  g_application_register (G_APPLICATION (application), NULL, NULL);
  get_ids (&bench);
  change (&bench, argv[1], "changes without a window");
  bench.started = mr_clock_monotonic (bench.clock);
  gint64 cpu_begun = cpu (RUSAGE_SELF), service_begun = get_cpu (argv[1]);
  g_application_activate (G_APPLICATION (application));
  while (bench.frames->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_print ("first frame: %.0f ms after the start, %.0f ms of processor, %ld KiB\n", since (&bench, bench.started),
           (double)(cpu (RUSAGE_SELF) - cpu_begun) / 1e3, get_rss ());
  wait_for_list (&bench);
  g_print ("listed: %.0f ms after the start, %.0f ms of processor\n", since (&bench, bench.started),
           (double)(cpu (RUSAGE_SELF) - cpu_begun) / 1e3);
  wait_for_rows (&bench);
  g_print ("opened: %.0f ms after the start, %.0f ms of processor, %.0f ms of the service\n",
           since (&bench, bench.started), (double)(cpu (RUSAGE_SELF) - cpu_begun) / 1e3,
           (double)(get_cpu (argv[1]) - service_begun) / 1e3);
  run_for (1000);
  g_print ("memory: %ld KiB\n", get_rss ());
  scroll (&bench, "glide", glide_cb);
  scroll (&bench, "jump", scroll_cb);
  g_print ("memory: %ld KiB\n", get_rss ());
  gtk_adjustment_set_value (bench.adjustment, 0);
  change (&bench, argv[1], "changes with the outbox open");
  g_print ("memory: %ld KiB\n", get_rss ());
  gtk_window_destroy (GTK_WINDOW (bench.window));
  g_strfreev (bench.ids);
  g_array_unref (bench.frames);
  g_object_unref (bench.client);
  mr_clock_unref (bench.clock);
  return 0;
}
