/* Rules that keep messages back, and everything on purpose that ends at a time.
 *
 * A pause is in the configuration, with its end in seconds of wall time, so that it survives a restart. Its end has come when the wall clock says
 * so, or when as much time has passed since this process saw it first: a clock that is set back does not make an hour a year. Held messages with a
 * time are asked for in the store. One timer looks at least every minute while something is awaited.
 */
#include <config.h>

#include "engine/holds.h"

#include <glib/gi18n-lib.h>

#include "base/config.h"
#include "base/log.h"
#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/configuration.h"
#include "engine/scheduler.h"
#include "policy/hold.h"
#include "store/store-edits.h"

#define LOOK_SECONDS 60
#define IDS_MAX      1000

/* A pause that ends. */
typedef struct {
  gint64 until;     /* seconds of wall time */
  gint64 monotonic; /* the same moment on the other clock */
} End;

struct _MrHolds {
  MrEngine *engine;
  GPtrArray *rules; /* MrHoldRuleRecord */
  GHashTable *ends; /* group of the configuration → End */
  gint64 next;      /* held message with a time, wall time; 0 */
  guint timer;
  gboolean asking, changing;
};

static void look (MrHolds *self);

/* ---- rules ---- */

static MrHoldRuleRecord *
read_rule (MrConfig *config, const char *id)
{
  g_autofree char *group = g_strconcat ("hold ", id, NULL);
  MrHoldRuleRecord *rule = mr_hold_rule_record_new (id);

  mr_hold_rule_kind_from_nick (mr_config_get_string (config, group, "kind"), &rule->kind);
  g_strfreev (rule->match);
  rule->match = mr_config_dup_list (config, group, "match");
  rule->send = mr_config_get_boolean (config, group, "send");
  rule->disabled = !mr_config_get_boolean (config, group, "enabled");
  rule->release_after = mr_config_get_integer (config, group, "release-after");
  return rule;
}

static void
read_rules (MrHolds *self)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  g_auto (GStrv) ids = mr_config_dup_ids (config, "hold");

  g_ptr_array_set_size (self->rules, 0);
  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (self->rules, read_rule (config, ids[i]));
}

gboolean
mr_holds_keep (MrHolds *self, MrMessageRecord *record)
{
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();

  if (self->rules->len == 0)
    return FALSE;
  for (guint i = 0; i < record->recipients->len; i++)
    g_ptr_array_add (recipients, ((MrRecipientRecord *)g_ptr_array_index (record->recipients, i))->address);
  g_ptr_array_add (recipients, NULL);
  const MrHoldFacts facts = { .reverse_path = record->reverse_path,
                              .from = record->from,
                              .program = record->program,
                              .recipients = (const char *const *)recipients->pdata };
  const MrHoldRuleRecord *rule = mr_policy_hold (self->rules, &facts);
  if (rule == NULL)
    return FALSE;
  record->hold = MR_HOLD_RULE;
  record->hold_rule = g_strdup (rule->id);
  if (rule->release_after > 0) {
    record->hold_until = mr_clock_wall (self->engine->clock) + rule->release_after * G_USEC_PER_SEC;
    if (self->next == 0 || record->hold_until < self->next)
      self->next = record->hold_until;
    if (self->timer == 0)
      look (self);
  }
  mr_info ("engine", "%s: kept back by the rule %s", record->id, rule->id);
  return TRUE;
}

gboolean
mr_holds_everything (MrHolds *self)
{
  for (guint i = 0; i < self->rules->len; i++) {
    const MrHoldRuleRecord *rule = g_ptr_array_index (self->rules, i);

    if (rule->kind == MR_HOLD_RULE_EVERYTHING && !rule->disabled && !rule->send)
      return TRUE;
  }
  return FALSE;
}

MrHoldRuleRecord *
mr_holds_dup_rule (MrHolds *self, const char *id)
{
  for (guint i = 0; i < self->rules->len; i++)
    if (g_str_equal (((MrHoldRuleRecord *)g_ptr_array_index (self->rules, i))->id, id))
      return mr_hold_rule_record_copy (g_ptr_array_index (self->rules, i));
  return NULL;
}

/* ---- pauses that end ---- */

static void
note_end (MrHolds *self, GHashTable *ends, const char *group)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  gint64 until = mr_config_get_integer (config, group, "paused-until");
  const End *before = g_hash_table_lookup (self->ends, group);
  End *end;

  if (until == 0 || !mr_config_get_boolean (config, group, "paused"))
    return;
  end = g_new (End, 1);
  end->until = until;
  end->monotonic = before != NULL && before->until == until
                       ? before->monotonic
                       : mr_clock_monotonic (self->engine->clock)
                             + MAX (until * G_USEC_PER_SEC - mr_clock_wall (self->engine->clock), 0);
  g_hash_table_insert (ends, g_strdup (group), end);
}

static void
read_pauses (MrHolds *self)
{
  g_auto (GStrv) ids = mr_config_dup_ids (mr_engine_get_config (self->engine), "account");
  GHashTable *ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  note_end (self, ends, "general");
  for (guint i = 0; ids[i] != NULL; i++) {
    g_autofree char *group = g_strconcat ("account ", ids[i], NULL);
    note_end (self, ends, group);
  }
  g_hash_table_unref (self->ends);
  self->ends = ends;
}

static gboolean
is_over (MrHolds *self, const End *end)
{
  return mr_clock_wall (self->engine->clock) >= end->until * G_USEC_PER_SEC
         || mr_clock_monotonic (self->engine->clock) >= end->monotonic;
}

/* All that are over, in one change of the configuration, which comes back as mr_holds_reload(). */
static void
end_pauses (MrHolds *self)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrConfigurationEdit));
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer group, end;

  g_hash_table_iter_init (&iter, self->ends);
  while (g_hash_table_iter_next (&iter, &group, &end))
    if (is_over (self, end)) {
      char *name = g_strdup (group);
      const MrConfigurationEdit both[] = { { name, "paused", NULL }, { name, "paused-until", NULL } };

      g_ptr_array_add (groups, name);
      g_array_append_vals (edits, both, 2);
    }
  if (edits->len == 0)
    return;
  mr_info ("engine", "the end of a pause has come");
  self->changing = TRUE;
  if (!mr_configuration_apply (self->engine->configuration, (const MrConfigurationEdit *)(gpointer)edits->data,
                               edits->len, NULL, &error))
    mr_warning ("engine", "a pause could not be ended: %s", error->message);
  self->changing = FALSE;
}

gint64
mr_holds_paused_until (MrHolds *self)
{
  const End *end = g_hash_table_lookup (self->ends, "general");

  return end != NULL ? end->until * G_USEC_PER_SEC : 0;
}

/* ---- the timer ---- */

static gboolean
timer_cb (gpointer data)
{
  MrHolds *self = data;

  self->timer = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
arm (MrHolds *self)
{
  gint64 wait = self->next > 0 ? self->next - mr_clock_wall (self->engine->clock) : G_MAXINT64;
  GHashTableIter iter;
  gpointer end;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_iter_init (&iter, self->ends);
  while (g_hash_table_iter_next (&iter, NULL, &end))
    wait = MIN (wait, ((End *)end)->monotonic - mr_clock_monotonic (self->engine->clock));
  if (wait != G_MAXINT64)
    self->timer = g_timeout_add ((guint)(CLAMP (wait, 0, LOOK_SECONDS * G_USEC_PER_SEC) / 1000) + 50, timer_cb, self);
}

static void
released_cb (gint64 next, const GError *error, gpointer data)
{
  MrHolds *self = data;

  self->asking = FALSE;
  if (error != NULL)
    mr_warning ("engine", "held mail could not be let go: %s", error->message);
  else
    self->next = next;
  if (self->engine->scheduler != NULL)
    mr_scheduler_kick (self->engine->scheduler);
  mr_engine_notify (self->engine, MR_CHANGED_QUEUE | MR_CHANGED_STATUS);
  arm (self);
}

static void
look (MrHolds *self)
{
  gint64 now = mr_clock_wall (self->engine->clock);

  end_pauses (self);
  if (self->next > 0 && now >= self->next && !self->asking) {
    self->asking = TRUE;
    mr_store_release_due (self->engine->store, now, released_cb, self);
  }
  arm (self);
}

void
mr_holds_reload (MrHolds *self)
{
  if (self == NULL)
    return;
  read_rules (self);
  read_pauses (self);
  if (!self->changing)
    look (self);
}

MrHolds *
mr_holds_new (MrEngine *engine)
{
  MrHolds *self = g_new0 (MrHolds, 1);

  self->engine = engine;
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_hold_rule_record_free);
  self->ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  read_rules (self);
  read_pauses (self);
  self->asking = TRUE; /* what was held before the start */
  mr_store_release_due (engine->store, mr_clock_wall (engine->clock), released_cb, self);
  arm (self);
  return self;
}

void
mr_holds_free (MrHolds *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  mr_store_cancel (self->engine->store, self);
  g_ptr_array_unref (self->rules);
  g_hash_table_unref (self->ends);
  g_free (self);
}

/* ---- public calls ---- */

static void
set_pause (MrEngine *engine, const char *account, gboolean paused, gint64 until, MrEngineDoneFunc func, gpointer data)
{
  g_autofree char *group = account != NULL ? g_strconcat ("account ", account, NULL) : g_strdup ("general");
  g_autofree char *end = until > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, until / G_USEC_PER_SEC) : NULL;
  const MrConfigurationEdit edits[] = { { group, "paused", paused ? "true" : NULL },
                                        { group, "paused-until", paused ? end : NULL } };
  g_autoptr (GError) error = NULL;
  gint64 now = mr_clock_wall (engine->clock);

  if (account != NULL && mr_accounts_find (engine->accounts, account) == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), account);
  else if (until != 0 && (until <= now || until > now + 366 * G_TIME_SPAN_DAY))
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("A pause ends within the next year, or when you say so"));
  else
    mr_configuration_apply (engine->configuration, edits, G_N_ELEMENTS (edits), NULL, &error);
  mr_answer_done (func, error, data);
}

void
mr_engine_pause (MrEngine *engine, const char *account, gint64 until, MrEngineDoneFunc func, gpointer data)
{
  set_pause (engine, account, TRUE, until, func, data);
}

void
mr_engine_resume (MrEngine *engine, const char *account, MrEngineDoneFunc func, gpointer data)
{
  set_pause (engine, account, FALSE, 0, func, data);
}

void
mr_engine_list_hold_rules (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  mr_answer_records (func, engine->holds->rules, NULL, data);
}

/* "rule-1", "rule-2": the first that is free. */
static char *
new_id (MrHolds *self)
{
  for (guint i = 1; i <= IDS_MAX; i++) {
    g_autofree char *id = g_strdup_printf ("rule-%u", i);
    g_autoptr (MrHoldRuleRecord) taken = mr_holds_dup_rule (self, id);

    if (taken == NULL)
      return g_steal_pointer (&id);
  }
  return NULL;
}

typedef struct {
  char *id;
  MrSubmitFunc func;
  gpointer data;
} Made;

static gboolean
made_cb (gpointer data)
{
  Made *made = data;

  made->func (made->id, NULL, made->data);
  g_free (made->id);
  g_free (made);
  return G_SOURCE_REMOVE;
}

static gboolean
write_rule (MrEngine *engine, const MrHoldRuleRecord *rule, const char *id, GError **error)
{
  g_autofree char *group = g_strconcat ("hold ", id, NULL);
  g_autofree char *match = rule->match != NULL ? g_strjoinv (";", rule->match) : NULL;
  g_autofree char *after = g_strdup_printf ("%" G_GINT64_FORMAT, rule->release_after);
  const MrConfigurationEdit edits[] = {
    { group, "kind", mr_hold_rule_kind_nick (rule->kind) },
    { group, "match", match != NULL && *match != '\0' ? match : NULL },
    { group, "send", rule->send ? "true" : NULL },
    { group, "enabled", rule->disabled ? "false" : NULL },
    { group, "release-after", rule->release_after > 0 ? after : NULL },
  };

  return mr_configuration_apply (engine->configuration, edits, G_N_ELEMENTS (edits), NULL, error);
}

void
mr_engine_set_hold_rule (MrEngine *engine, const MrHoldRuleRecord *rule, MrSubmitFunc func, gpointer data)
{
  g_autofree char *id = rule->id != NULL && *rule->id != '\0' ? g_strdup (rule->id) : new_id (engine->holds);
  g_autoptr (GError) error = NULL;

  if (id == NULL || !mr_config_id_is_valid (id))
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("A rule's id has 1 to 32 small letters, digits, “-” or “_”"));
  else if (mr_policy_hold_check (rule, &error))
    write_rule (engine, rule, id, &error);
  if (error != NULL) {
    mr_answer_no_id (func, error, data);
    return;
  }
  Made *made = g_new0 (Made, 1);
  made->id = g_steal_pointer (&id);
  made->func = func;
  made->data = data;
  g_idle_add_full (G_PRIORITY_DEFAULT, made_cb, made, NULL);
}

void
mr_engine_remove_hold_rule (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data)
{
  g_autofree char *group = g_strconcat ("hold ", id, NULL);
  g_autoptr (MrHoldRuleRecord) rule = mr_holds_dup_rule (engine->holds, id);
  g_autoptr (GError) error = NULL;

  if (rule == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no rule “%.40s”"), id);
  else
    mr_configuration_apply (engine->configuration, NULL, 0, group, &error);
  mr_answer_done (func, error, data);
}
