/* Limits of an account: what may go now, when the next may, what a provider's own "no more" leads to. */
#include "policy/policy.h"

#define S       G_TIME_SPAN_SECOND
#define MINUTE  G_TIME_SPAN_MINUTE
#define HOUR    G_TIME_SPAN_HOUR
#define DAY     G_TIME_SPAN_DAY
#define NOW     (G_GINT64_CONSTANT (1790000000) * S)
#define MAX_USE 4

typedef struct {
  guint minute, day;
  MrPolicyUse used[MAX_USE]; /* times relative to now; recipients 0 ends it */
  MrPolicyUse promised[MAX_USE];
  guint in_flight;
  gint64 not_before; /* relative; 0: none */
  guint room;
  gint64 next; /* relative */
  MrLimitKind kind;
} Row;

static const Row rows[] = {
  /* no limit */
  { .used = { { -S, 1000 } }, .room = G_MAXUINT },
  /* a minute: what went 59 s ago counts, what went 60 s ago does not */
  { .minute = 10, .room = 10 },
  { .minute = 10, .used = { { -59 * S, 4 } }, .room = 6 },
  { .minute = 10, .used = { { -60 * S, 4 }, { -S, 1 } }, .room = 9 },
  { .minute = 10, .used = { { -59 * S, 10 } }, .next = S, .kind = MR_LIMIT_MINUTE },
  { .minute = 10, .used = { { -59 * S, 25 } }, .next = S, .kind = MR_LIMIT_MINUTE },
  { .minute = 10, .used = { { -50 * S, 1 }, { -20 * S, 9 } }, .next = 10 * S, .kind = MR_LIMIT_MINUTE },
  /* more than the limit is there (it was lowered): so many must leave the window first */
  { .minute = 2, .used = { { -50 * S, 1 }, { -20 * S, 2 } }, .next = 40 * S, .kind = MR_LIMIT_MINUTE },
  /* a day */
  { .day = 500, .used = { { -23 * HOUR, 499 } }, .room = 1 },
  { .day = 500, .used = { { -24 * HOUR, 499 }, { -HOUR, 100 } }, .room = 400 },
  { .day = 500, .used = { { -23 * HOUR, 300 }, { -HOUR, 200 } }, .next = HOUR, .kind = MR_LIMIT_DAY },
  /* both: the stricter one decides, the day's is named where both stand in the way */
  { .minute = 10, .day = 500, .used = { { -HOUR, 498 } }, .room = 2 },
  { .minute = 10, .day = 500, .used = { { -HOUR, 100 }, { -30 * S, 7 } }, .room = 3 },
  { .minute = 10, .day = 20, .used = { { -23 * HOUR, 10 }, { -30 * S, 10 } }, .next = HOUR, .kind = MR_LIMIT_DAY },
  /* the minute is over, the day is not */
  { .minute = 10, .day = 12, .used = { { -2 * HOUR, 2 }, { -30 * S, 10 } }, .next = 22 * HOUR, .kind = MR_LIMIT_DAY },
  /* what is under way counts as done now */
  { .minute = 10, .in_flight = 4, .room = 6 },
  { .minute = 10, .in_flight = 10, .next = MINUTE, .kind = MR_LIMIT_MINUTE },
  { .minute = 10, .used = { { -30 * S, 5 } }, .in_flight = 5, .next = 30 * S, .kind = MR_LIMIT_MINUTE },
  /* promises do not take from what is free now, but push back who comes after them */
  { .minute = 10, .promised = { { 30 * S, 10 } }, .room = 10 },
  { .minute = 10,
    .used = { { -30 * S, 10 } },
    .promised = { { 30 * S, 10 } },
    .next = 90 * S,
    .kind = MR_LIMIT_MINUTE },
  { .minute = 10, .used = { { -30 * S, 10 } }, .promised = { { 30 * S, 9 } }, .next = 30 * S, .kind = MR_LIMIT_MINUTE },
  { .minute = 10,
    .used = { { -30 * S, 10 } },
    .promised = { { 30 * S, 10 }, { 90 * S, 10 } },
    .next = 150 * S,
    .kind = MR_LIMIT_MINUTE },
  { .day = 5, .used = { { -HOUR, 5 } }, .promised = { { 23 * HOUR, 5 } }, .next = 47 * HOUR, .kind = MR_LIMIT_DAY },
  /* a promise that came due is none any more */
  { .minute = 10, .promised = { { -S, 10 }, { 0, 5 } }, .room = 10 },
  /* the provider's own word */
  { .not_before = HOUR, .next = HOUR, .kind = MR_LIMIT_PROVIDER },
  { .not_before = -HOUR, .room = G_MAXUINT },
  { .minute = 10, .used = { { -30 * S, 10 } }, .not_before = 10 * S, .next = 30 * S, .kind = MR_LIMIT_PROVIDER },
  { .day = 10, .used = { { -30 * S, 3 } }, .not_before = HOUR, .next = HOUR, .kind = MR_LIMIT_PROVIDER },
  /* the clock was set back an hour: what was done counts from now */
  { .minute = 10, .used = { { HOUR, 10 } }, .next = MINUTE, .kind = MR_LIMIT_MINUTE },
  { .minute = 10, .used = { { HOUR, 3 } }, .room = 7 },
  /* nothing further away than the horizon */
  { .day = 1,
    .used = { { -HOUR, 1 } },
    .promised = { { 23 * HOUR, 1 }, { 47 * HOUR, 1 }, { 71 * HOUR, 1 }, { 95 * HOUR, 1 } },
    .next = 119 * HOUR,
    .kind = MR_LIMIT_DAY },
  { .day = 1, .not_before = 9 * DAY, .next = 5 * DAY, .kind = MR_LIMIT_PROVIDER },
  /* sums beyond 32 bits */
  { .minute = 10, .used = { { -3 * S, G_MAXUINT }, { -2 * S, G_MAXUINT } }, .next = 58 * S, .kind = MR_LIMIT_MINUTE },
};

static guint
absolute (const MrPolicyUse *from, MrPolicyUse *to)
{
  guint n = 0;

  for (; n < MAX_USE && from[n].recipients > 0; n++)
    to[n] = (MrPolicyUse){ .time = NOW + from[n].time, .recipients = from[n].recipients };
  return n;
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    MrPolicyUse used[MAX_USE], promised[MAX_USE];
    MrPolicyLimits limits = { .minute = row->minute,
                              .day = row->day,
                              .used = used,
                              .n_used = absolute (row->used, used),
                              .promised = promised,
                              .n_promised = absolute (row->promised, promised),
                              .in_flight = row->in_flight,
                              .not_before = row->not_before != 0 ? NOW + row->not_before : 0 };
    MrLimitDecision decision = mr_policy_limit (&limits, NOW);

    g_test_message ("row %u", i);
    g_assert_cmpuint (decision.room, ==, row->room);
    g_assert_cmpint (decision.kind, ==, row->kind);
    g_assert_cmpint (decision.next, ==, row->room == 0 ? NOW + row->next : 0);
  }
}

/* Many that wait, one after the other: at no time does a window hold more than the limit, and each window is used up. */
static void
test_slots (void)
{
  MrPolicyUse used[] = { { NOW - 30 * S, 3 } }, promised[100];
  MrPolicyLimits limits = { .minute = 3, .day = 20, .used = used, .n_used = 1, .promised = promised };

  for (guint i = 0; i < G_N_ELEMENTS (promised); i++) {
    MrLimitDecision decision = mr_policy_limit (&limits, NOW);

    g_assert_cmpuint (decision.room, ==, 0);
    g_assert_true (i == 0 || decision.next >= promised[i - 1].time);
    promised[i] = (MrPolicyUse){ .time = decision.next, .recipients = 1 };
    limits.n_promised++;
  }
  for (guint i = 0; i < G_N_ELEMENTS (promised); i++) {
    guint minute = 0, day = promised[i].time - used[0].time < DAY ? 3 : 0;

    for (guint k = 0; k <= i; k++) {
      minute += promised[i].time - promised[k].time < MINUTE;
      day += promised[i].time - promised[k].time < DAY;
    }
    if (promised[i].time < NOW + MR_POLICY_LIMIT_HORIZON) {
      g_assert_cmpuint (minute, <=, 3);
      g_assert_cmpuint (day, <=, 20);
    }
  }
  g_assert_cmpint (promised[0].time, ==, NOW + 30 * S);
  g_assert_cmpint (promised[16].time, ==, NOW + 30 * S + 5 * MINUTE);
  g_assert_cmpint (promised[17].time, ==, used[0].time + DAY);
}

static void
test_used (void)
{
  const MrPolicyUse used[] = { { NOW - 25 * HOUR, 7 }, { NOW - 2 * HOUR, 5 }, { NOW - 10 * S, 2 }, { NOW + HOUR, 1 } };
  MrPolicyLimits limits = { .used = used, .n_used = G_N_ELEMENTS (used), .in_flight = 9 };

  g_assert_cmpuint (mr_policy_limit_used (&limits, FALSE, NOW), ==, 3);
  g_assert_cmpuint (mr_policy_limit_used (&limits, TRUE, NOW), ==, 8);
}

static void
test_provider_delay (void)
{
  const struct {
    guint retry_after, in_a_row, expect;
  } table[] = {
    { 0, 0, 900 },     { 0, 1, 900 },     { 0, 2, 3600 }, { 0, 3, 14400 },      { 0, 99, 14400 },
    { 1800, 1, 1800 }, { 1800, 9, 1800 }, { 5, 1, 60 },   { 999999, 1, 86400 }, { G_MAXUINT, G_MAXUINT, 86400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpuint (mr_policy_provider_limit_delay (table[i].retry_after, table[i].in_a_row), ==, table[i].expect);
}

static void
test_certificate (void)
{
  g_assert_false (mr_policy_certificate_ends_soon (0, NOW)); /* not told */
  g_assert_false (mr_policy_certificate_ends_soon (NOW + 14 * DAY, NOW));
  g_assert_true (mr_policy_certificate_ends_soon (NOW + 14 * DAY - S, NOW));
  g_assert_true (mr_policy_certificate_ends_soon (NOW - DAY, NOW));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limit/table", test_table);
  g_test_add_func ("/limit/slots", test_slots);
  g_test_add_func ("/limit/used", test_used);
  g_test_add_func ("/limit/provider-delay", test_provider_delay);
  g_test_add_func ("/limit/certificate", test_certificate);
  return g_test_run ();
}
