/* When to try again.
 *
 * The delay grows with the attempts of the message and with the failures in a row of its destination, whichever asks
 * for more; jitter keeps what failed together from coming back together.
 */
#include "policy/policy-private.h"

#include <math.h>

#define LOGIN_FIRST 3600
#define LOGIN_LATER (6 * 3600)

static double
grown (const MrRetrySettings *settings, guint n)
{
  double delay = settings->first;
  double factor = settings->factor_percent / 100.0;

  /* A factor of one or less never reaches the cap: the loop must not run for as long as a hostile count says. */
  if (factor > 1.0)
    for (guint i = 1; i < n && delay < settings->max; i++)
      delay *= factor;
  return MIN (delay, (double)settings->max);
}

guint
mr_policy_retry_delay (const MrRetrySettings *settings, guint attempts, guint destination_failures, guint retry_after,
                       double random)
{
  double jitter = settings->jitter_percent / 100.0;
  double delay;

  if (retry_after > 0) {
    /* Never earlier than the server said. */
    delay = CLAMP (retry_after, MR_POLICY_RETRY_AFTER_MIN, MR_POLICY_RETRY_AFTER_MAX);
    return (guint)MIN (floor (delay * (1.0 + jitter * random)), (double)MR_POLICY_RETRY_AFTER_MAX);
  }
  delay = grown (settings, MAX (attempts, destination_failures));
  return (guint)MAX (1.0, floor (delay * (1.0 + jitter * (2.0 * random - 1.0)) + 0.5));
}

guint
mr_policy_login_delay (guint refusals)
{
  /* Providers have outages, so a refused password is tried again; more often would lock the account. */
  return refusals <= 1 ? LOGIN_FIRST : LOGIN_LATER;
}
