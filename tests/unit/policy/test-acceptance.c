/* When a provider is said to take less of our mail than it did. */
#include "policy/acceptance.h"

typedef struct {
  guint delivered, failed, returned;
} Counts;

static const struct {
  const char *why;
  Counts recent, before;
  gboolean falls;
} rows[] = {
  { "nothing", { 0, 0, 0 }, { 0, 0, 0 }, FALSE },
  { "as before", { 100, 2, 0 }, { 1000, 20, 0 }, FALSE },
  { "a bad day", { 50, 50, 0 }, { 1000, 20, 0 }, TRUE },
  { "came back later", { 100, 0, 30 }, { 1000, 0, 0 }, TRUE },
  { "too few now", { 5, 10, 0 }, { 1000, 20, 0 }, FALSE },
  { "too few before", { 50, 50, 0 }, { 10, 0, 0 }, FALSE },
  { "bad all along", { 50, 50, 0 }, { 500, 500, 0 }, FALSE },
  { "nearly all", { 96, 4, 0 }, { 1000, 0, 0 }, FALSE },
  { "better", { 90, 10, 0 }, { 500, 500, 0 }, FALSE },
  { "more came back than was sent", { 20, 0, 40 }, { 1000, 0, 0 }, TRUE },
};

static MrStatisticRecord
record_of (Counts counts)
{
  MrStatisticRecord record = { .counts = { [MR_COUNT_DELIVERED] = counts.delivered,
                                           [MR_COUNT_FAILED] = counts.failed,
                                           [MR_COUNT_RETURNED] = counts.returned } };

  return record;
}

static void
test_falls (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrStatisticRecord recent = record_of (rows[i].recent), before = record_of (rows[i].before);

    g_test_message ("%s", rows[i].why);
    g_assert_cmpint (mr_policy_acceptance_falls (&recent, &before), ==, rows[i].falls);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/acceptance/falls", test_falls);
  return g_test_run ();
}
