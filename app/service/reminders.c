/* Reminders: see reminders.h.
 *
 * Rounds are GATHER_MS after a change and every TICK_S seconds, because waiting goes on without any change. One round asks for the status, for the
 * messages that wait, oldest first, and once in a while for providers that take less.
 */
#include <config.h>

#include "service/reminders.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-statistics.h>

#include "base/log.h"
#include "ndr/diagnosis.h"
#include "ndr/states.h"

#define GATHER_MS       1500
#define TICK_S          300
#define PAGE            500
#define HOUR            G_TIME_SPAN_HOUR
#define DAY             G_TIME_SPAN_DAY
#define PAUSED_TOO_LONG DAY
#define LATE            "late:"
#define LEFT            "left-over"
#define LEFT_WITHIN     (2 * G_TIME_SPAN_MINUTE)
#define PAUSED          "paused"
#define ACCEPTANCE      "acceptance:"

typedef enum { LEVEL_NONE, LEVEL_HOUR, LEVEL_DAY } Level;

/* The messages that wait for one cause. */
typedef struct {
  Level level;
  GPtrArray *ids; /* owned */
  char *why;      /* in words */
} Group;

struct _MrReminders {
  MrEngine *engine;
  MrClock *clock;
  MrNotifier *notifier;
  MrDiagnosis *diagnosis;
  gboolean stopped, silent, running, again;
  gint64 started;
  guint timer, tick;
  gint64 paused_since; /* wall time it was first seen; 0 */
  gint64 looked;       /* wall time at which providers were asked about; 0: never */
  gboolean paused_at_start, asked_before;
  gint64 online_now;
  guint64 waiting;
  GHashTable *told;   /* key → level that was told (GINT_TO_POINTER); stays when the note was put away */
  GHashTable *groups; /* of this round: key → Group */
  GPtrArray *left;    /* ids of what was here before us and has not left; owned */
};

static void schedule (MrReminders *self);

static void
group_free (gpointer data)
{
  Group *group = data;

  g_ptr_array_unref (group->ids);
  g_free (group->why);
  g_free (group);
}

static void
clear (gpointer data)
{
  MrReminders *self = data;

  mr_clock_unref (self->clock);
  mr_diagnosis_free (self->diagnosis);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->groups);
  g_ptr_array_unref (self->left);
}

static void
unref (MrReminders *self)
{
  g_rc_box_release_full (self, clear);
}

/* ---- telling ---- */

static void
tell (MrReminders *self, const char *key, int level, const char *title, const char *body, const char *message,
      const char *button)
{
  if (self->silent || GPOINTER_TO_INT (g_hash_table_lookup (self->told, key)) >= level)
    return;
  mr_debug ("service", "reminder %s", key);
  g_hash_table_replace (self->told, g_strdup (key), GINT_TO_POINTER (level));
  mr_notifier_show_button (self->notifier, key, title, body, message, button);
}

static void
take_back (MrReminders *self, const char *key)
{
  if (g_hash_table_remove (self->told, key))
    mr_notifier_close (self->notifier, key);
}

/* What was told under this prefix and is not among the keys that still hold. */
static void
take_back_others (MrReminders *self, const char *prefix, GHashTable *keys)
{
  g_autoptr (GList) told = g_hash_table_get_keys (self->told);

  for (GList *l = told; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, prefix) && (keys == NULL || !g_hash_table_contains (keys, l->data))) {
      g_autofree char *key = g_strdup (l->data);
      take_back (self, key);
    }
}

/* ---- what waits ---- */

/* An account that needs a person, the keyring and a pause have notes of their own. */
static gboolean
is_told_elsewhere (MrWaitReason reason)
{
  return reason == MR_WAIT_ACCOUNT_PAUSED || reason == MR_WAIT_KEYRING_LOCKED || reason == MR_WAIT_NO_KEYRING
         || reason == MR_WAIT_PAUSED;
}

static Level
level_of (gint64 age)
{
  return age >= DAY ? LEVEL_DAY : age >= HOUR ? LEVEL_HOUR : LEVEL_NONE;
}

static char *
dup_why (MrReminders *self, const MrRecipientRecord *r)
{
  g_autofree char *title = mr_cause_dup_title (self->diagnosis, r->cause, r->cause_params);

  return *title != '\0' ? g_steal_pointer (&title) : g_strdup (mr_wait_reason_sentence (r->wait_reason));
}

/* TRUE: it is late mail, of which is told as such. */
static gboolean
add_late (MrReminders *self, const MrMessageRecord *message, const MrRecipientRecord *r)
{
  Level level = level_of (self->online_now - message->online_at);
  Group *group;

  if (level == LEVEL_NONE || is_told_elsewhere (r->wait_reason))
    return FALSE;
  g_autofree char *key = g_strconcat (LATE, r->cause != NULL ? r->cause : mr_wait_reason_nick (r->wait_reason), NULL);
  group = g_hash_table_lookup (self->groups, key);
  if (group == NULL) {
    group = g_new0 (Group, 1);
    group->ids = g_ptr_array_new_with_free_func (g_free);
    group->why = dup_why (self, r);
    g_hash_table_insert (self->groups, g_steal_pointer (&key), group);
  }
  group->level = MAX (group->level, level);
  g_ptr_array_add (group->ids, g_strdup (message->id));
  return TRUE;
}

/* It was here before the service was, it could have gone by now, and it has not. */
static gboolean
is_left_over (MrReminders *self, const MrMessageRecord *message, const MrRecipientRecord *r, gint64 now)
{
  return message->created < self->started && (r->wait_reason > MR_WAIT_RETRY_TIME || r->next_attempt > now);
}

static void
add_message (MrReminders *self, const MrMessageRecord *message)
{
  const MrRecipientRecord *r = message->recipients->len > 0 ? g_ptr_array_index (message->recipients, 0) : NULL;
  gint64 now = mr_clock_wall (self->clock);

  if (r == NULL || message->hold != MR_HOLD_NONE || message->not_before > now)
    return;
  if (!add_late (self, message, r) && is_left_over (self, message, r, now))
    g_ptr_array_add (self->left, g_strdup (message->id));
}

static void
tell_late (MrReminders *self)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->groups);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Group *group = value;
    guint n = group->ids->len;
    const char *format = group->level == LEVEL_DAY
                             ? g_dngettext (GETTEXT_PACKAGE, "%u message has waited for more than a day",
                                            "%u messages have waited for more than a day", n)
                             : g_dngettext (GETTEXT_PACKAGE, "%u message has waited for more than an hour",
                                            "%u messages have waited for more than an hour", n);
    g_autofree char *number = g_strdup_printf ("%u", n);
    g_auto (GStrv) around = g_strsplit (format, "%u", 2);
    g_autofree char *title = g_strjoinv (number, around);

    tell (self, key, group->level, title, group->why, n == 1 ? group->ids->pdata[0] : NULL,
          C_ ("notification", "Try Now"));
  }
  take_back_others (self, LATE, self->groups);
}

static void
tell_left (MrReminders *self)
{
  guint n = self->left->len;

  if (n == 0) {
    take_back (self, LEFT);
    return;
  }
  /* Told once, when the first attempts are over: what is still there later is late mail. */
  if (mr_clock_wall (self->clock) - self->started > LEFT_WITHIN && !g_hash_table_contains (self->told, LEFT))
    return;
  g_autofree char *title = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u message has not left yet", "%u messages have not left yet", n), n);
  tell (self, LEFT, 1, title, _ ("They wait since before you logged in and are tried again by themselves."),
        n == 1 ? self->left->pdata[0] : NULL, C_ ("notification", "Try Now"));
}

static void
finish (MrReminders *self)
{
  self->running = FALSE;
  if (self->again)
    schedule (self);
}

static void
falling_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  MrReminders *self = data;
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; !self->stopped && error == NULL && i < rows->len; i++) {
    const MrStatisticRecord *row = g_ptr_array_index (rows, i);
    int share = mr_statistic_record_acceptance (row);
    char *key = g_strconcat (ACCEPTANCE, row->name, NULL);
    /* Translators: a provider */
    g_autofree char *title = g_strdup_printf (_ ("%s takes less of your mail than before"), row->name);
    g_autofree char *body = g_strdup_printf (
        _ ("%d.%d %% of the last day's recipients there were accepted. See what its servers answer."), share / 10,
        share % 10);

    g_hash_table_add (keys, key);
    tell (self, key, 1, title, body, NULL, NULL);
  }
  if (!self->stopped && error == NULL)
    take_back_others (self, ACCEPTANCE, keys);
  if (!self->stopped)
    finish (self);
  unref (self);
}

static void
look_at_providers (MrReminders *self)
{
  gint64 now = mr_clock_wall (self->clock);

  if (self->looked > now - HOUR && self->looked <= now) {
    finish (self);
    return;
  }
  self->looked = now;
  mr_engine_list_falling (self->engine, falling_cb, g_rc_box_acquire (self));
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  MrReminders *self = data;

  if (!self->stopped) {
    g_hash_table_remove_all (self->groups);
    g_ptr_array_set_size (self->left, 0);
    for (guint i = 0; error == NULL && i < rows->len; i++)
      add_message (self, g_ptr_array_index (rows, i));
    if (error == NULL) {
      tell_late (self);
      tell_left (self);
      self->asked_before = TRUE;
    }
    look_at_providers (self);
  }
  unref (self);
}

/* ---- pause ---- */

static void
tell_paused (MrReminders *self, const MrStatus *status)
{
  gint64 now = mr_clock_wall (self->clock);
  guint64 n = status->counts.messages_active - MIN (status->counts.messages_active, status->counts.messages_held);

  /* A pause that ends by itself needs nobody. */
  if (!status->paused || status->paused_until > 0) {
    self->paused_since = 0;
    self->paused_at_start = FALSE;
    take_back (self, PAUSED);
    return;
  }
  if (self->paused_since == 0) {
    self->paused_since = now;
    self->paused_at_start = !self->asked_before;
  }
  if (n == 0 || (!self->paused_at_start && now - self->paused_since < PAUSED_TOO_LONG))
    return;
  guint shown = (guint)MIN (n, G_MAXINT);
  g_autofree char *body = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u message waits until you go on.", "%u messages wait until you go on.", shown),
      shown);
  tell (self, PAUSED, 1, _ ("Sending is paused"), body, NULL, C_ ("notification", "Go On"));
}

/* ---- rounds ---- */

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  MrReminders *self = data;

  if (!self->stopped && error == NULL) {
    const MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = MR_RECIPIENT_WAITING, .ascending = TRUE };

    self->online_now = status->online_now;
    tell_paused (self, status);
    mr_engine_list (self->engine, &filter, NULL, PAGE, list_cb, g_rc_box_acquire (self));
  } else if (!self->stopped)
    finish (self);
  unref (self);
}

static gboolean
round_cb (gpointer data)
{
  MrReminders *self = data;

  self->timer = 0;
  self->again = FALSE;
  self->running = TRUE;
  mr_engine_get_status (self->engine, status_cb, g_rc_box_acquire (self));
  return G_SOURCE_REMOVE;
}

static void
schedule (MrReminders *self)
{
  if (self->stopped || self->silent)
    return;
  if (self->running)
    self->again = TRUE;
  else if (self->timer == 0)
    self->timer = g_timeout_add (GATHER_MS, round_cb, self);
}

static gboolean
tick_cb (gpointer data)
{
  schedule (data);
  return G_SOURCE_CONTINUE;
}

void
mr_reminders_changed (MrReminders *self)
{
  schedule (self);
}

void
mr_reminders_set_silent (MrReminders *self, gboolean silent)
{
  if (silent && !self->silent)
    take_back_others (self, "", NULL);
  self->silent = silent;
}

/* ---- buttons ---- */

static void
acted_cb (guint count, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("service", "what a notification's button asked for failed: %s", error->message);
}

static void
resumed_cb (const GError *error, gpointer data)
{
  acted_cb (0, error, NULL);
}

static void
retry (MrReminders *self, GPtrArray *ids)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (list, ids->pdata[i]);
  g_ptr_array_add (list, NULL);
  if (list->len > 1)
    mr_engine_retry (self->engine, (const char *const *)list->pdata, acted_cb, NULL);
}

gboolean
mr_reminders_act (MrReminders *self, const char *key)
{
  const Group *group = g_hash_table_lookup (self->groups, key);

  if (self->stopped)
    return FALSE;
  if (g_str_equal (key, PAUSED))
    mr_engine_set_paused (self->engine, FALSE, resumed_cb, NULL);
  else if (g_str_equal (key, LEFT))
    retry (self, self->left);
  else if (group != NULL)
    retry (self, group->ids);
  else
    return g_str_has_prefix (key, LATE);
  return TRUE;
}

/* ---- lifetime ---- */

MrReminders *
mr_reminders_new (MrEngine *engine, MrClock *clock, MrNotifier *notifier)
{
  MrReminders *self = g_rc_box_new0 (MrReminders);

  self->engine = engine;
  self->clock = mr_clock_ref (clock);
  self->notifier = notifier;
  self->started = mr_clock_wall (clock);
  self->diagnosis = mr_diagnosis_new_builtin ();
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, group_free);
  self->left = g_ptr_array_new_with_free_func (g_free);
  self->tick = g_timeout_add_seconds (TICK_S, tick_cb, self);
  schedule (self);
  return self;
}

void
mr_reminders_stop (MrReminders *self)
{
  self->stopped = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);
}

void
mr_reminders_free (MrReminders *self)
{
  if (self == NULL)
    return;
  mr_reminders_stop (self);
  unref (self);
}
