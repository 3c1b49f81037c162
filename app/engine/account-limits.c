/* Use and limits of accounts: see account-limits.h.
 *
 * Minutes of the store count as if all of them had been handed over at their end: a restart never makes a limit seem further away than it is.
 * The provider's own word is a value in the store, until a message is taken, and survives a restart as well.
 */
#include "engine/account-limits.h"

#include "base/log.h"
#include "engine/accounts.h"

/* More points than this are made fewer: all of one minute become one. A day has 1440. */
#define POINTS_MAX 2000
/* The window shows today's use; it need not follow each message. */
#define TELL_SECONDS 3

typedef struct {
  char *id;
  GArray *used;     /* MrPolicyUse, oldest first */
  GArray *promised; /* MrPolicyUse, earliest first */
  guint in_flight;
  gint64 not_before;
  guint provider_said; /* in a row */
} Use;

struct _MrLimits {
  MrEngine *engine;
  GHashTable *uses; /* id → Use */
  guint tell;
  void (*loaded) (gpointer data);
  gpointer loaded_data;
};

static void
use_free (gpointer data)
{
  Use *use = data;

  g_array_unref (use->used);
  g_array_unref (use->promised);
  g_free (use->id);
  g_free (use);
}

MrLimits *
mr_limits_new (MrEngine *engine)
{
  MrLimits *self = g_new0 (MrLimits, 1);

  self->engine = engine;
  self->uses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, use_free);
  return self;
}

void
mr_limits_free (MrLimits *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->tell, g_source_remove);
  g_hash_table_unref (self->uses);
  g_free (self);
}

static char *
value_name (const char *account)
{
  return g_strconcat ("limit:", account, NULL);
}

static Use *
use_of (MrLimits *self, const char *account)
{
  Use *use = g_hash_table_lookup (self->uses, account);
  g_autofree char *name = NULL;

  if (use != NULL)
    return use;
  name = value_name (account);
  use = g_new0 (Use, 1);
  use->id = g_strdup (account);
  use->used = g_array_new (FALSE, FALSE, sizeof (MrPolicyUse));
  use->promised = g_array_new (FALSE, FALSE, sizeof (MrPolicyUse));
  if (self->engine->store != NULL)
    use->not_before = mr_store_get_value (self->engine->store, name, 0);
  use->provider_said = use->not_before != 0;
  g_hash_table_insert (self->uses, use->id, use);
  return use;
}

/* ---- points of time ---- */

/* What is older than the longest window says nothing any more; of what is left each minute becomes one point, at its latest time. */
static void
compact (GArray *used, gint64 now)
{
  guint kept = 0;

  for (guint i = 0; i < used->len; i++) {
    MrPolicyUse use = g_array_index (used, MrPolicyUse, i);
    MrPolicyUse *last = kept > 0 ? &g_array_index (used, MrPolicyUse, kept - 1) : NULL;

    if (use.time <= now - G_TIME_SPAN_DAY)
      continue;
    if (last != NULL && last->time / G_TIME_SPAN_MINUTE == use.time / G_TIME_SPAN_MINUTE) {
      last->time = use.time;
      last->recipients += use.recipients;
    } else
      g_array_index (used, MrPolicyUse, kept++) = use;
  }
  g_array_set_size (used, kept);
}

static void
add_point (GArray *points, gint64 time, guint recipients)
{
  MrPolicyUse *last = points->len > 0 ? &g_array_index (points, MrPolicyUse, points->len - 1) : NULL;
  MrPolicyUse use = { time, recipients };

  if (last != NULL && last->time / G_TIME_SPAN_SECOND >= time / G_TIME_SPAN_SECOND) {
    last->time = MAX (last->time, time);
    last->recipients += recipients;
  } else
    g_array_append_val (points, use);
}

static void
drop_past (GArray *promised, gint64 now)
{
  guint n = 0;

  while (n < promised->len && g_array_index (promised, MrPolicyUse, n).time <= now)
    n++;
  g_array_remove_range (promised, 0, n);
}

static MrPolicyLimits
limits_of (MrLimits *self, const Use *use)
{
  const MrAccountRecord *record = mr_accounts_find (self->engine->accounts, use->id);

  return (MrPolicyLimits){ .minute = record != NULL ? record->limit_minute : 0,
                           .day = record != NULL ? record->limit_day : 0,
                           .used = (const MrPolicyUse *)(gpointer)use->used->data,
                           .n_used = use->used->len,
                           .promised = (const MrPolicyUse *)(gpointer)use->promised->data,
                           .n_promised = use->promised->len,
                           .in_flight = use->in_flight,
                           .not_before = use->not_before };
}

/* ---- loading ---- */

static void
use_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  MrLimits *self = data;
  gint64 now = mr_clock_wall (self->engine->clock);

  if (error != NULL)
    mr_warning ("engine", "what the accounts have sent today could not be read: %s", error->message);
  for (guint i = 0; error == NULL && i < rows->len; i++) {
    const MrAccountUse *row = g_ptr_array_index (rows, i);

    if (row->account != NULL)
      add_point (use_of (self, row->account)->used, MIN (row->time + G_TIME_SPAN_MINUTE - 1, now), row->recipients);
  }
  self->loaded (self->loaded_data);
}

void
mr_limits_load (MrLimits *self, void (*done) (gpointer data), gpointer data)
{
  self->loaded = done;
  self->loaded_data = data;
  mr_store_account_use (self->engine->store, NULL, mr_clock_wall (self->engine->clock) - G_TIME_SPAN_DAY, use_cb, self);
}

/* ---- for lanes ---- */

guint
mr_limits_room (MrLimits *self, const char *account)
{
  MrPolicyLimits limits = limits_of (self, use_of (self, account));

  return mr_policy_limit (&limits, mr_clock_wall (self->engine->clock)).room;
}

gboolean
mr_limits_is_busy (MrLimits *self, const char *account)
{
  MrPolicyLimits limits = limits_of (self, use_of (self, account));

  if (limits.in_flight == 0)
    return FALSE;
  limits.in_flight = 0;
  return mr_policy_limit (&limits, mr_clock_wall (self->engine->clock)).room > 0;
}

gboolean
mr_limits_is_probing (MrLimits *self, const char *account)
{
  return use_of (self, account)->provider_said > 0;
}

void
mr_limits_begin (MrLimits *self, const char *account, guint recipients)
{
  use_of (self, account)->in_flight += recipients;
}

static gboolean
tell_cb (gpointer data)
{
  MrLimits *self = data;

  self->tell = 0;
  mr_engine_notify (self->engine, MR_CHANGED_ACCOUNTS);
  return G_SOURCE_REMOVE;
}

static void
tell_soon (MrLimits *self)
{
  if (self->tell == 0)
    self->tell = g_timeout_add_seconds (TELL_SECONDS, tell_cb, self);
}

static void
set_not_before (MrLimits *self, Use *use, gint64 time)
{
  g_autofree char *name = value_name (use->id);

  use->not_before = time;
  if (self->engine->store != NULL)
    mr_store_set_value (self->engine->store, name, time);
}

static void
forget_provider (MrLimits *self, Use *use)
{
  use->provider_said = 0;
  if (use->not_before != 0)
    set_not_before (self, use, 0);
}

gboolean
mr_limits_end (MrLimits *self, const char *account, guint recipients, guint accepted)
{
  Use *use = use_of (self, account);
  gint64 now = mr_clock_wall (self->engine->clock);

  use->in_flight -= MIN (use->in_flight, recipients);
  if (accepted > 0) {
    if (use->used->len >= POINTS_MAX)
      compact (use->used, now);
    add_point (use->used, now, accepted);
    forget_provider (self, use);
    tell_soon (self);
  }
  MrPolicyLimits limits = limits_of (self, use);
  return limits.minute > 0 || limits.day > 0;
}

MrLimitDecision
mr_limits_promise (MrLimits *self, const char *account)
{
  Use *use = use_of (self, account);
  gint64 now = mr_clock_wall (self->engine->clock);
  MrPolicyLimits limits;
  MrLimitDecision decision;

  drop_past (use->promised, now);
  limits = limits_of (self, use);
  decision = mr_policy_limit (&limits, now);
  if (decision.room == 0 && (limits.minute > 0 || limits.day > 0))
    add_point (use->promised, decision.next, 1);
  tell_soon (self);
  return decision;
}

/* ---- the provider's own limit ---- */

guint
mr_limits_in_a_row (MrLimits *self, const char *account)
{
  const Use *use = use_of (self, account);

  /* Each recipient of a transaction gets the answer: it is one. */
  return use->not_before > mr_clock_wall (self->engine->clock) ? use->provider_said : use->provider_said + 1;
}

gint64
mr_limits_provider_said (MrLimits *self, const char *account, guint delay)
{
  Use *use = use_of (self, account);

  use->provider_said = mr_limits_in_a_row (self, account);
  set_not_before (self, use,
                  MAX (use->not_before, mr_clock_wall (self->engine->clock) + (gint64)delay * G_TIME_SPAN_SECOND));
  mr_info ("engine", "account %s: its provider takes no more for now, asked again in %u s", account, delay);
  mr_engine_notify (self->engine, MR_CHANGED_ACCOUNTS);
  return use->not_before;
}

void
mr_limits_forget (MrLimits *self, const char *account)
{
  Use *use = use_of (self, account);

  g_array_set_size (use->promised, 0);
  forget_provider (self, use);
}

void
mr_limits_fill (MrLimits *self, MrAccountRecord *record)
{
  MrPolicyLimits limits = limits_of (self, use_of (self, record->id));
  gint64 now = mr_clock_wall (self->engine->clock);
  MrLimitDecision decision;

  record->used_minute = (guint)MIN (mr_policy_limit_used (&limits, FALSE, now), G_MAXUINT);
  record->used_day = (guint)MIN (mr_policy_limit_used (&limits, TRUE, now), G_MAXUINT);
  /* When the limit frees, whatever was promised to whom. */
  limits.n_promised = 0;
  decision = mr_policy_limit (&limits, now);
  record->limit_until = decision.room == 0 ? decision.next : 0;
}
