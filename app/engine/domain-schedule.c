/* Checks that run by themselves, what they find worse than before, and what of both survives a restart.
 *
 * One domain at a time: the one that is due longest, then a pause, so that a person's list is never asked about all at once. A drift is looked at again soon:
 * only what a second check sees as well is told.
 */
#include "config.h"

#include "engine/domain-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "base/records-variant.h"
#include "engine/answer.h"
#include "engine/domain-drift.h"
#include "store/notes.h"

#define STATES      "domain-state"
#define REPORTS     "domain-report"
#define FIRST_S     120  /* after the start: log-in is busy enough */
#define MAX_PAUSE_S 3600 /* between two domains */

/* ---- keeping ---- */

static void
kept_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    mr_warning ("domains", "a domain's last check does not survive a restart: %s", error->message);
}

static void
keep_texts (MrDomains *self, const char *domain, const MrDriftState *state, const MrDomainReport *report)
{
  g_autoptr (GVariant) told = g_variant_ref_sink (mr_domain_report_to_variant (report));
  g_autofree char *text = g_variant_print (told, TRUE), *state_text = mr_drift_state_to_text (state);

  mr_store_put_note (self->engine->store, STATES, domain, state_text, kept_cb, NULL);
  /* One with records beyond all measure is shown until the service ends. */
  mr_store_put_note (self->engine->store, REPORTS, domain, strlen (text) <= MR_NOTE_MAX_TEXT ? text : NULL, kept_cb,
                     NULL);
}

static MrDriftState *
state_of (MrDomains *self, const char *domain)
{
  MrDriftState *state = g_hash_table_lookup (self->states, domain);

  if (state == NULL) {
    state = mr_drift_state_new ();
    g_hash_table_insert (self->states, g_strdup (domain), state);
  }
  return state;
}

static void
take_report (MrDomains *self, const char *domain, GVariant *told)
{
  g_hash_table_replace (self->reports, g_strdup (domain), mr_domain_report_from_variant (told));
}

void
mr_domains_forget (MrDomains *self, const char *domain)
{
  g_hash_table_remove (self->reports, domain);
  g_hash_table_remove (self->states, domain);
  mr_store_put_note (self->engine->store, STATES, domain, NULL, kept_cb, NULL);
  mr_store_put_note (self->engine->store, REPORTS, domain, NULL, kept_cb, NULL);
  mr_domains_tell_drifts (self, domain);
}

/* ---- telling ---- */

void
mr_domains_tell_drifts (MrDomains *self, const char *domain)
{
  const MrDriftState *state = g_hash_table_lookup (self->states, domain);
  g_autoptr (GPtrArray) confirmed = g_ptr_array_new ();

  for (guint i = 0; state != NULL && i < state->drifts->len; i++)
    if (mr_drift_is_confirmed (state->drifts->pdata[i]))
      g_ptr_array_add (confirmed, ((MrDrift *)state->drifts->pdata[i])->finding);
  if (self->drift_func != NULL)
    self->drift_func (domain, confirmed, self->drift_data);
}

void
mr_engine_set_drift_func (MrEngine *engine, MrDriftFunc func, gpointer data)
{
  if (engine->domains == NULL) /* it has stopped */
    return;
  engine->domains->drift_func = func;
  engine->domains->drift_data = data;
}

static void
log_drifts (const char *domain, const MrDriftState *state)
{
  for (guint i = 0; i < state->drifts->len; i++) {
    const MrDrift *drift = state->drifts->pdata[i];

    if (drift->seen <= 2)
      mr_warning ("domains", "%s: %s %s: %s%s", domain, drift->finding->check, drift->finding->subject,
                  drift->finding->code, mr_drift_is_confirmed (drift) ? ", seen again" : "");
  }
}

/* ---- a check is over ---- */

static gboolean
recheck_cb (gpointer data)
{
  MrDomains *self = data;
  const char *domain = NULL;
  GHashTableIter iter;
  gpointer key, state;

  self->recheck = 0;
  g_hash_table_iter_init (&iter, self->states);
  while (domain == NULL && g_hash_table_iter_next (&iter, &key, &state))
    domain = mr_drift_wants_recheck (state) ? key : NULL;
  if (domain != NULL)
    mr_domains_check_scheduled (self, domain);
  return G_SOURCE_REMOVE;
}

static void
look_again (MrDomains *self)
{
  guint seconds = (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "domains", "recheck-after");

  if (self->recheck == 0)
    self->recheck = g_timeout_add_seconds (seconds, recheck_cb, self);
}

static gboolean
any_wants_recheck (MrDomains *self)
{
  GHashTableIter iter;
  gpointer state;

  g_hash_table_iter_init (&iter, self->states);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    if (mr_drift_wants_recheck (state))
      return TRUE;
  return FALSE;
}

void
mr_domains_keep (MrDomains *self, MrDomainJob *job)
{
  MrDriftState *state = state_of (self, job->domain);
  gboolean typed = g_strcmp0 (job->address_code, "address-typed") == 0;
  g_autoptr (GVariant) told = NULL;

  mr_drift_compare (state, job->report, typed);
  told = g_variant_ref_sink (mr_domain_report_to_variant (job->report));
  take_report (self, job->domain, told);
  keep_texts (self, job->domain, state, job->report);
  log_drifts (job->domain, state);
  if (any_wants_recheck (self))
    look_again (self);
  mr_domains_tell_drifts (self, job->domain);
  mr_engine_notify (self->engine, MR_CHANGED_DOMAINS);
}

void
mr_engine_accept_drifts (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data)
{
  MrDomains *self = engine->domains;
  g_autoptr (GError) error = NULL;
  g_autofree char *ascii = mr_domain_dup_ascii (domain, &error);
  MrDomainReport *report = ascii != NULL ? g_hash_table_lookup (self->reports, ascii) : NULL;

  if (ascii != NULL && report == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s has not been checked yet"), ascii);
  if (report != NULL) {
    MrDriftState *state = state_of (self, ascii);

    mr_drift_accept (state, report);
    keep_texts (self, ascii, state, report);
    mr_domains_tell_drifts (self, ascii);
    mr_engine_notify (engine, MR_CHANGED_DOMAINS);
  }
  mr_answer_done (func, error, data);
}

/* ---- the schedule ---- */

static gint64
check_every (MrDomains *self)
{
  return mr_config_get_integer (mr_engine_get_config (self->engine), "domains", "check-every");
}

static void
scheduled_cb (const MrDomainReport *report, const GError *error, gpointer data)
{
  MrDomains *self = data;

  self->scheduled = FALSE;
  if (error != NULL)
    mr_info ("domains", "a check was not finished: %s", error->message);
}

void
mr_domains_check_scheduled (MrDomains *self, const char *domain)
{
  if (self->scheduled)
    return;
  self->scheduled = TRUE;
  mr_engine_check_domain (self->engine, &(MrDomainCheckOptions){ .domain = domain, .keep = TRUE }, NULL, scheduled_cb,
                          self);
}

/* NULL: none. (transfer full) */
static char *
dup_due (MrDomains *self)
{
  g_autoptr (GPtrArray) records = mr_domains_dup_list (self);
  gint64 now = mr_clock_wall (self->engine->clock), every = check_every (self);
  const MrDomainRecord *due = NULL;

  for (guint i = 0; i < records->len; i++) {
    const MrDomainRecord *record = g_ptr_array_index (records, i);

    /* A clock that was set back does not put a check off for years. */
    if ((record->checked + every * G_USEC_PER_SEC <= now || record->checked > now)
        && (due == NULL || record->checked < due->checked))
      due = record;
  }
  return due != NULL ? g_strdup (due->domain) : NULL;
}

static gboolean
due_cb (gpointer data)
{
  MrDomains *self = data;
  g_autofree char *domain = check_every (self) > 0 && !self->engine->offline ? dup_due (self) : NULL;

  self->timer = 0;
  if (domain != NULL)
    mr_domains_check_scheduled (self, domain);
  mr_domains_schedule (self);
  return G_SOURCE_REMOVE;
}

void
mr_domains_schedule (MrDomains *self)
{
  gint64 every = check_every (self);
  guint seconds = (guint)CLAMP (every, 1, self->looked ? MAX_PAUSE_S : FIRST_S);

  /* A change of something else does not put the next look off. */
  if (self->timer != 0 && self->every == every)
    return;
  self->every = every;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (every <= 0)
    return;
  self->looked = TRUE;
  self->timer = g_timeout_add_seconds (seconds, due_cb, self);
}

/* ---- the start ---- */

static void
states_cb (GPtrArray *notes, const GError *error, gpointer data)
{
  MrDomains *self = data;

  for (guint i = 0; error == NULL && i < notes->len; i++) {
    const MrStoreNote *note = notes->pdata[i];
    MrDriftState *state = mr_drift_state_from_text (note->text);

    if (state == NULL)
      mr_warning ("domains", "%s: how it stood cannot be read any more", note->key);
    else if (g_hash_table_contains (self->states, note->key))
      mr_drift_state_free (state); /* it has been checked meanwhile */
    else
      g_hash_table_insert (self->states, g_strdup (note->key), state);
  }
  if (any_wants_recheck (self))
    look_again (self);
}

static void
reports_cb (GPtrArray *notes, const GError *error, gpointer data)
{
  MrDomains *self = data;

  if (error != NULL)
    mr_warning ("domains", "the last checks could not be read: %s", error->message);
  for (guint i = 0; error == NULL && i < notes->len; i++) {
    const MrStoreNote *note = notes->pdata[i];
    g_autoptr (GVariant) told = g_variant_parse (G_VARIANT_TYPE_VARDICT, note->text, NULL, NULL, NULL);

    if (told != NULL && !g_hash_table_contains (self->reports, note->key))
      take_report (self, note->key, told);
  }
  mr_engine_notify (self->engine, MR_CHANGED_DOMAINS);
  mr_domains_schedule (self);
}

void
mr_domains_load (MrDomains *self)
{
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)mr_drift_state_free);
  mr_store_list_notes (self->engine->store, STATES, "", states_cb, self);
  mr_store_list_notes (self->engine->store, REPORTS, "", reports_cb, self);
}

void
mr_domains_unload (MrDomains *self)
{
  mr_store_cancel (self->engine->store, self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->recheck, g_source_remove);
  g_hash_table_unref (self->states);
}
