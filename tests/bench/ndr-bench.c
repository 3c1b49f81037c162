/* How often the diagnosis is right on the corpus, by cause, and how long a reply and a bounce message take. Measures only: nothing fails.
 *
 *   ndr-bench FOLDER            FOLDER: tests/corpus/ndr
 *   ndr-bench FOLDER --wrong [PART]  also lists what is not strictly right; PART 0 to 2: only this third of the replies
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ndr-table.h"

static void
print_wild (const char *folder, MrDiagnosis *diagnosis)
{
  static const char *const parts[] = { "a", "b", "c", "d", "e", "held" };
  g_autofree char *path = g_build_filename (folder, "wild.tsv", NULL);
  g_autoptr (MrTsv) replies = mr_tsv_read (path, NULL);

  for (guint i = 0; replies != NULL && i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (MrAccuracy) accuracy = mr_accuracy_of_part (diagnosis, replies, parts[i]);
    const MrCount *all = &accuracy->all;

    printf ("other wordings, part %-5s %4u replies: acceptable %.1f, strict %.1f, actor %.1f, mean over causes %.1f\n",
            parts[i], all->n, mr_percent (all->acceptable, all->n), mr_percent (all->strict, all->n),
            mr_percent (all->actor, all->n), mr_accuracy_mean (accuracy));
  }
  printf ("\n");
}

/* Words of real replies, one behind the other: more of them may not cost more than their share. */
static void
print_long (MrDiagnosis *diagnosis, MrClock *clock, const MrTsv *replies)
{
  for (gsize len = 500; len <= 8000; len *= 2) {
    g_autoptr (GString) text = g_string_new ("550 5.7.1 ");
    gint64 start;

    for (guint i = 0; text->len < len && i < replies->rows->len; i++)
      g_string_append (text, mr_tsv_get (replies, i, "text"));
    g_string_truncate (text, len);
    start = mr_clock_monotonic (clock);
    for (guint i = 0; i < 1000; i++) {
      MrDiagnosisInput input = { .text = text->str, .error = -1 };
      g_auto (MrDiagnosisResult) result = { 0 };

      mr_diagnosis_run (diagnosis, &input, &result);
    }
    printf ("%5" G_GSIZE_FORMAT " bytes of text: %.1f us\n", len, (double)(mr_clock_monotonic (clock) - start) / 1000);
  }
  printf ("\n");
}

static void
print_times (const char *folder, const MrTsv *replies)
{
  MrClock *clock = mr_clock_new_real ();
  gint64 start = mr_clock_monotonic (clock);
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  gint64 loaded = mr_clock_monotonic (clock);
  guint runs = 20;

  for (guint k = 0; k < runs; k++) {
    g_autoptr (MrAccuracy) accuracy = mr_accuracy_of_replies (diagnosis, replies, -1);
  }
  gint64 asked = mr_clock_monotonic (clock);
  g_autoptr (MrBounceAccuracy) bounces = mr_accuracy_of_bounces (diagnosis, folder, NULL);
  gint64 read = mr_clock_monotonic (clock);

  printf ("rules loaded in %.1f ms; %.1f us a reply; %.2f ms a bounce message (reading the file included)\n\n",
          (double)(loaded - start) / 1000, (double)(asked - loaded) / runs / replies->rows->len,
          bounces != NULL && bounces->rows > 0 ? (double)(read - asked) / 1000 / bounces->rows : 0.0);
  print_long (diagnosis, clock, replies);
  mr_clock_unref (clock);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  g_autofree char *path = g_build_filename (argc > 1 ? argv[1] : ".", "replies.tsv", NULL);
  g_autoptr (MrTsv) replies = mr_tsv_read (path, &error);
  int part = argc > 3 ? atoi (argv[3]) : -1;

  if (replies == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  g_autoptr (MrAccuracy) accuracy = mr_accuracy_of_replies (diagnosis, replies, part);
  mr_accuracy_print (accuracy, "Replies");
  print_wild (argc > 1 ? argv[1] : ".", diagnosis);
  g_autofree char *folder = g_build_filename (argc > 1 ? argv[1] : ".", "bounces", NULL);
  g_autoptr (MrBounceAccuracy) bounces = part < 0 ? mr_accuracy_of_bounces (diagnosis, folder, NULL) : NULL;

  for (guint i = 0; argc > 2 && i < accuracy->wrong->len; i++)
    printf ("%s\n", (const char *)accuracy->wrong->pdata[i]);
  if (bounces != NULL) {
    mr_accuracy_print (bounces->causes, "Bounce messages");
    printf ("recipient right %.1f, outcome right %.1f of %u; something out of %u of %u files without a failure\n",
            mr_percent (bounces->recipient, bounces->rows), mr_percent (bounces->outcome, bounces->rows), bounces->rows,
            bounces->noise, bounces->nothing);
  }
  print_times (folder, replies);
  for (guint i = 0; bounces != NULL && argc > 2 && i < bounces->causes->wrong->len; i++)
    printf ("%s\n", (const char *)bounces->causes->wrong->pdata[i]);
  return 0;
}
