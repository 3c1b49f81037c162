/* An account's limits: how many recipients may be handed over now, and when the next one may.
 *
 * Sliding windows: what was handed over counts for a minute and for a day after it. Times that were promised to recipients that wait count as
 * if these went then, so that each gets a time of its own and they do not all come back at once.
 */
#include "policy/policy-private.h"

#define MINUTE G_TIME_SPAN_MINUTE
#define DAY    G_TIME_SPAN_DAY

/* A provider that names no time is asked again after these (seconds): an hourly limit frees soon, a daily one does not. */
static const guint provider_delays[] = { 900, 3600, 4 * 3600 };

/* One line of time: what was handed over, what is being handed over, what is promised. Sorted. */
static guint
n_points (const MrPolicyLimits *limits)
{
  return limits->n_used + 1 + limits->n_promised;
}

static MrPolicyUse
point (const MrPolicyLimits *limits, gint64 now, guint i)
{
  MrPolicyUse use;

  if (i == limits->n_used)
    return (MrPolicyUse){ .time = now, .recipients = limits->in_flight };
  use = i < limits->n_used ? limits->used[i] : limits->promised[i - limits->n_used - 1];
  /* The clock was set back: what is done was not done later than now. */
  if (i < limits->n_used && use.time > now)
    use.time = now;
  /* A promise that came due is among those that wait, or was kept. */
  if (i > limits->n_used && use.time <= now)
    use.recipients = 0;
  return use;
}

static guint64
sum (const MrPolicyLimits *limits, gint64 now, gint64 after, gint64 until)
{
  guint64 n = 0;

  for (guint i = 0; i < n_points (limits); i++) {
    MrPolicyUse use = point (limits, now, i);

    if (use.time > after && use.time <= until)
      n += use.recipients;
  }
  return n;
}

/* The earliest time from t on at which this window has room for one more. */
static gint64
first_room (const MrPolicyLimits *limits, gint64 now, gint64 window, guint limit, gint64 t)
{
  guint64 n = sum (limits, now, t - window, t);

  for (guint i = 0; i < n_points (limits) && n >= limit; i++) {
    MrPolicyUse use = point (limits, now, i);

    if (use.recipients == 0 || use.time <= t - window || use.time > t)
      continue;
    n -= use.recipients;
    if (n < limit)
      return use.time + window;
  }
  return t;
}

static guint
room (const MrPolicyLimits *limits, gint64 now, gint64 window, guint limit)
{
  guint64 n;

  if (limit == 0)
    return G_MAXUINT;
  n = sum (limits, now, now - window, now);
  return n >= limit ? 0 : limit - (guint)n;
}

static gint64
next_time (const MrPolicyLimits *limits, gint64 now, gint64 from)
{
  gint64 t = from, before;

  /* Each turn passes at least one point of the line. */
  do {
    before = t;
    if (limits->minute > 0)
      t = first_room (limits, now, MINUTE, limits->minute, t);
    if (limits->day > 0)
      t = first_room (limits, now, DAY, limits->day, t);
  } while (t > before && t < now + MR_POLICY_LIMIT_HORIZON);
  return MIN (t, now + MR_POLICY_LIMIT_HORIZON);
}

MrLimitDecision
mr_policy_limit (const MrPolicyLimits *limits, gint64 now)
{
  guint minute = room (limits, now, MINUTE, limits->minute), day = room (limits, now, DAY, limits->day);
  MrLimitDecision decision = { .room = MIN (minute, day), .kind = MR_LIMIT_NONE };

  if (limits->not_before > now)
    decision = (MrLimitDecision){ .room = 0, .kind = MR_LIMIT_PROVIDER };
  else if (decision.room == 0)
    decision.kind = day == 0 ? MR_LIMIT_DAY : MR_LIMIT_MINUTE;
  if (decision.room == 0)
    decision.next = next_time (limits, now, MAX (now, limits->not_before));
  return decision;
}

guint64
mr_policy_limit_used (const MrPolicyLimits *limits, gboolean day, gint64 now)
{
  MrPolicyLimits done = { .used = limits->used, .n_used = limits->n_used };

  return sum (&done, now, now - (day ? DAY : MINUTE), now);
}

guint
mr_policy_provider_limit_delay (guint retry_after, guint in_a_row)
{
  if (retry_after > 0)
    return CLAMP (retry_after, MR_POLICY_RETRY_AFTER_MIN, MR_POLICY_RETRY_AFTER_MAX);
  return provider_delays[CLAMP (in_a_row, 1, G_N_ELEMENTS (provider_delays)) - 1];
}
