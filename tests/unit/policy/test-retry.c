/* Retry times: growth, cap, jitter, what the server said, log-ins. */
#include "policy/policy.h"

static const MrRetrySettings settings = {
  .first = 60,
  .factor_percent = 200,
  .max = 7200,
  .jitter_percent = 20,
  .life = 432000,
  .person_life = 432000,
  .resend_uncertain = 2,
};

typedef struct {
  guint attempts, destination, retry_after;
  double random;
  guint expect;
} Row;

static const Row rows[] = {
  /* no jitter at 0.5 */
  { 1, 0, 0, 0.5, 60 },
  { 0, 0, 0, 0.5, 60 },
  { 2, 0, 0, 0.5, 120 },
  { 3, 0, 0, 0.5, 240 },
  { 7, 0, 0, 0.5, 3840 },
  { 8, 0, 0, 0.5, 7200 },
  { G_MAXUINT, 0, 0, 0.5, 7200 },
  /* the destination's failures count for a fresh message, the message's own at a destination that works again */
  { 1, 4, 0, 0.5, 480 },
  { 4, 1, 0, 0.5, 480 },
  { 1, G_MAXUINT, 0, 0.5, 7200 },
  /* jitter is 20 percent each way */
  { 1, 0, 0, 0.0, 48 },
  { 1, 0, 0, 0.9999999, 72 },
  { 8, 0, 0, 0.0, 5760 },
  { 8, 0, 0, 0.9999999, 8640 },
  /* "try again in N": between a minute and a day, never earlier than said */
  { 1, 0, 300, 0.0, 300 },
  { 9, 9, 300, 0.0, 300 },
  { 1, 0, 300, 0.5, 330 },
  { 1, 0, 1, 0.0, 60 },
  { 1, 0, 60, 0.0, 60 },
  { 1, 0, 86400, 0.0, 86400 },
  { 1, 0, 86401, 0.0, 86400 },
  { 1, 0, G_MAXUINT, 0.9999999, 86400 },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("row %u", i);
    g_assert_cmpuint (
        mr_policy_retry_delay (&settings, rows[i].attempts, rows[i].destination, rows[i].retry_after, rows[i].random),
        ==, rows[i].expect);
  }
}

static void
test_odd_settings (void)
{
  MrRetrySettings odd = settings;

  odd.factor_percent = 100;
  g_assert_cmpuint (mr_policy_retry_delay (&odd, G_MAXUINT, 0, 0, 0.5), ==, 60);
  odd.factor_percent = 50;
  g_assert_cmpuint (mr_policy_retry_delay (&odd, 10, 0, 0, 0.5), ==, 60);
  odd.first = 0;
  g_assert_cmpuint (mr_policy_retry_delay (&odd, 1, 0, 0, 0.5), ==, 1);
  odd.first = 100;
  odd.max = 50;
  g_assert_cmpuint (mr_policy_retry_delay (&odd, 1, 0, 0, 0.5), ==, 50);
  odd.jitter_percent = 100;
  g_assert_cmpuint (mr_policy_retry_delay (&odd, 1, 0, 0, 0.0), ==, 1);
}

static void
test_monotonic (void)
{
  guint last = 0;

  for (guint n = 1; n < 40; n++) {
    guint delay = mr_policy_retry_delay (&settings, n, 0, 0, 0.5);

    g_assert_cmpuint (delay, >=, last);
    last = delay;
  }
}

static void
test_login (void)
{
  g_assert_cmpuint (mr_policy_login_delay (0), ==, 3600);
  g_assert_cmpuint (mr_policy_login_delay (1), ==, 3600);
  g_assert_cmpuint (mr_policy_login_delay (2), ==, 21600);
  g_assert_cmpuint (mr_policy_login_delay (G_MAXUINT), ==, 21600);
}

static void
test_limits (void)
{
  g_assert_false (mr_policy_refusals_blame_account (2));
  g_assert_true (mr_policy_refusals_blame_account (3));
  g_assert_false (mr_policy_is_old (7 * 86400, 7 * 86400));
  g_assert_true (mr_policy_is_old (7 * 86400 + 1, 7 * 86400));
  g_assert_false (mr_policy_is_old (-1, 7 * 86400));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/retry/table", test_table);
  g_test_add_func ("/policy/retry/odd-settings", test_odd_settings);
  g_test_add_func ("/policy/retry/monotonic", test_monotonic);
  g_test_add_func ("/policy/retry/login", test_login);
  g_test_add_func ("/policy/retry/limits", test_limits);
  return g_test_run ();
}
