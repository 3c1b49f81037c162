/* The engine as a whole: makes its parts in order, tells them of changes, stops them in the opposite order.
 *
 * Before the start, and from the moment at which the first part goes, `running` is FALSE: what comes in then (a new configuration, the network, the
 * keyring) would find parts missing and is left alone. A stop waits for deliveries, for sessions that have not been answered and for tokens that
 * are being stored, at most for its grace; the store closes when no part is left that asks it for anything.
 */
#include "engine/engine-means.h"

#include <malloc.h>

#include "base/log.h"
#include "engine/account-test.h"
#include "engine/accounts.h"
#include "engine/command-line.h"
#include "engine/configuration.h"
#include "engine/dkim.h"
#include "engine/account-limits.h"
#include "engine/holds.h"
#include "engine/oauth.h"
#include "engine/discovery.h"
#include "engine/domains.h"
#include "engine/programs.h"
#include "engine/publisher.h"
#include "engine/record.h"
#include "engine/reports.h"
#include "engine/scheduler.h"
#include "engine/sign-in.h"
#include "engine/submission.h"
#include "net/gio-resolver.h"
#include "store/store-edits.h"

#define NOTIFY_MS 100

MrEngine *
mr_engine_new (const MrPaths *paths, MrClock *clock)
{
  MrEngine *self = g_rc_box_new0 (MrEngine);

  self->paths = mr_paths_copy (paths);
  self->clock = mr_clock_ref (clock);
  return self;
}

/* What is asked of the store while it answers for the last time is still done: the pointer stays until then. */
static void
close_store (MrEngine *self)
{
  g_clear_handle_id (&self->purge_source, g_source_remove);
  mr_engine_end_readings (self);
  g_clear_pointer (&self->holds, mr_holds_free);
  g_clear_pointer (&self->reports, mr_reports_free);
  g_clear_pointer (&self->scheduler, mr_scheduler_free);
  mr_record_flush (self);
  mr_store_close (self->store);
  self->store = NULL;
}

void
mr_engine_free (MrEngine *self)
{
  if (self == NULL)
    return;
  self->running = FALSE;
  g_clear_handle_id (&self->changed_source, g_source_remove);
  g_clear_handle_id (&self->hourly_source, g_source_remove);
  g_clear_pointer (&self->tests, mr_tests_free);
  g_clear_pointer (&self->sign_ins, mr_sign_ins_free);
  g_clear_pointer (&self->discoveries, mr_discoveries_free);
  g_clear_pointer (&self->publisher, mr_publisher_free);
  g_clear_pointer (&self->domains, mr_domains_free);
  g_clear_pointer (&self->submission, mr_submission_free);
  g_clear_pointer (&self->programs, mr_programs_free);
  if (self->store != NULL)
    mr_engine_save_online (self);
  close_store (self);
  g_clear_pointer (&self->limits, mr_limits_free);
  g_clear_pointer (&self->dkim, mr_dkim_free);
  g_clear_pointer (&self->oauth, mr_oauth_free);
  g_clear_pointer (&self->accounts, mr_accounts_free);
  g_clear_pointer (&self->network, mr_network_watch_free);
  g_clear_pointer (&self->http, mr_http_unref);
  g_free (self->http_file);
  mr_gio_resolver_remove (self->resolver);
  g_clear_pointer (&self->resolver, mr_resolver_free);
  g_clear_pointer (&self->secrets, mr_secrets_free);
  g_clear_pointer (&self->diagnosis, mr_diagnosis_free);
  g_clear_pointer (&self->presets, mr_presets_unref);
  g_free (self->presets_stamp);
  g_clear_pointer (&self->presets_errors, g_ptr_array_unref);
  g_clear_pointer (&self->trust, mr_tls_trust_unref);
  g_clear_pointer (&self->tls_server, mr_tls_server_unref);
  g_clear_pointer (&self->configuration, mr_configuration_free);
  g_free (self->trust_file);
  g_clear_pointer (&self->paths, mr_paths_free);
  g_clear_pointer (&self->clock, mr_clock_unref);
  g_rc_box_release (self);
}

void
mr_engine_set_changed_func (MrEngine *self, MrEngineChangedFunc func, gpointer data)
{
  self->changed_func = func;
  self->changed_data = data;
}

MrConfig *
mr_engine_get_config (MrEngine *self)
{
  return mr_configuration_get (self->configuration);
}

static gboolean
changed_cb (gpointer data)
{
  MrEngine *self = data;
  MrChanged what = self->changed;

  self->changed_source = 0;
  self->changed = 0;
  self->revision++;
  if (self->changed_func != NULL)
    self->changed_func (self, what, self->revision, self->changed_data);
  return G_SOURCE_REMOVE;
}

void
mr_engine_notify (MrEngine *self, MrChanged what)
{
  self->changed |= what;
  if (self->changed_source == 0 && self->running)
    self->changed_source = g_timeout_add (NOTIFY_MS, changed_cb, self);
}

/* ---- start ---- */

static void
configuration_cb (MrConfiguration *configuration, gpointer data)
{
  MrEngine *self = data;

  if (!self->running)
    return;
  mr_engine_follow_means (self);
  mr_dkim_reload (self->dkim);
  mr_accounts_reload (self->accounts);
  mr_domains_reload (self->domains);
  mr_submission_reload (self->submission);
  mr_scheduler_pause_changed (self->scheduler);
  mr_scheduler_metered_changed (self->scheduler);
  mr_holds_reload (self->holds);
  mr_engine_notify (self, MR_CHANGED_CONFIG | MR_CHANGED_STATUS | MR_CHANGED_PROGRAMS);
}

static void
network_cb (gboolean available, gpointer data)
{
  MrEngine *self = data;

  mr_engine_notify (self, MR_CHANGED_STATUS);
  if (!available || !self->running)
    return;
  mr_engine_saw_network (self);
  mr_accounts_recheck (self->accounts, NULL);
  mr_scheduler_network_changed (self->scheduler);
}

static gboolean
hourly_cb (gpointer data)
{
  MrEngine *self = data;

  mr_store_clean (self->store, NULL, NULL);
  mr_store_purge_removed (self->store, mr_clock_wall (self->clock), NULL, NULL);
  mr_engine_save_online (self);
  mr_scheduler_clean (self->scheduler);
  malloc_trim (0);
  return G_SOURCE_CONTINUE;
}

/* Nothing is delivered before it is known what the accounts have sent today. */
static void
limits_loaded_cb (gpointer data)
{
  MrEngine *self = data;

  if (self->scheduler == NULL || self->stopping)
    return;
  mr_scheduler_start (self->scheduler);
  mr_reports_kick (self->reports);
}

gboolean
mr_engine_start (MrEngine *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!mr_paths_ensure (self->paths, error))
    return FALSE;
  self->configuration = mr_configuration_new (self->paths->config_file, configuration_cb, self);
  mr_engine_follow_log_level (self);
  mr_engine_load_diagnosis (self);
  if (!mr_engine_open_store (self, error))
    return FALSE;
  self->network = mr_network_watch_new (network_cb, self);
  mr_engine_load_online (self);
  if (!mr_engine_open_secrets (self, &local)) {
    mr_warning ("engine", "%s", local->message);
    self->secrets = mr_secrets_new ("memory", NULL, error);
    if (self->secrets == NULL)
      return FALSE;
  }
  if (!mr_engine_open_resolver (self, error))
    return FALSE;
  g_clear_error (&local);
  self->tls_server = mr_tls_server_new (self->paths->tls_dir, mr_clock_wall (self->clock), &local);
  if (self->tls_server == NULL)
    mr_warning ("engine", "no encryption for programs on this computer: %s", local->message);
  self->running = TRUE;
  self->oauth = mr_oauth_new (self);
  self->dkim = mr_dkim_new (self);
  self->accounts = mr_accounts_new (self);
  self->limits = mr_limits_new (self);
  self->programs = mr_programs_new (self);
  self->scheduler = mr_scheduler_new (self);
  self->reports = mr_reports_new (self);
  self->holds = mr_holds_new (self);
  self->tests = mr_tests_new (self);
  self->sign_ins = mr_sign_ins_new (self);
  self->discoveries = mr_discoveries_new (self);
  self->publisher = mr_publisher_new (self);
  self->domains = mr_domains_new (self);
  self->submission = mr_submission_new (self);
  mr_limits_load (self->limits, limits_loaded_cb, self);
  mr_engine_take_maildrop (self);
  mr_submission_reload (self->submission);
  mr_engine_probe_secrets (self);
  mr_store_purge_removed (self->store, mr_clock_wall (self->clock), NULL, NULL);
  self->hourly_source = g_timeout_add_seconds (3600, hourly_cb, self);
  return TRUE;
}

/* ---- stop ---- */

typedef struct {
  MrEngine *engine;
  guint timer;
  gboolean drained;
  MrEngineDoneFunc func;
  gpointer data;
} Stop;

static void
stop_end (Stop *stop)
{
  MrEngine *self = stop->engine;

  g_clear_handle_id (&stop->timer, g_source_remove);
  mr_oauth_set_settled_func (self->oauth, NULL, NULL);
  self->running = FALSE; /* from here on a change of the configuration or the network finds parts missing */
  g_clear_pointer (&self->submission, mr_submission_free);
  g_clear_pointer (&self->tests, mr_tests_free);
  g_clear_pointer (&self->sign_ins, mr_sign_ins_free);
  g_clear_pointer (&self->discoveries, mr_discoveries_free);
  g_clear_pointer (&self->publisher, mr_publisher_free);
  g_clear_pointer (&self->domains, mr_domains_free);
  mr_engine_save_online (self);
  close_store (self);
  stop->func (NULL, stop->data);
  g_free (stop);
}

static gboolean
stop_idle_cb (gpointer data)
{
  stop_end (data);
  return G_SOURCE_REMOVE;
}

/* A client whose message was stored and who was not told would send it again: sessions are waited for as well. */
static void
stop_go_on (Stop *stop)
{
  if (!stop->drained || mr_submission_get_sessions (stop->engine->submission) > 0
      || mr_oauth_is_busy (stop->engine->oauth))
    return;
  mr_oauth_set_settled_func (stop->engine->oauth, NULL, NULL);
  mr_submission_set_empty_func (stop->engine->submission, NULL, NULL);
  g_clear_handle_id (&stop->timer, g_source_remove);
  g_idle_add (stop_idle_cb, stop);
}

static void
empty_cb (gpointer data)
{
  stop_go_on (data);
}

static void
drained_cb (gpointer data)
{
  Stop *stop = data;

  stop->drained = TRUE;
  stop_go_on (stop);
}

static gboolean
grace_over_cb (gpointer data)
{
  Stop *stop = data;

  stop->timer = 0;
  mr_info ("engine", "stopping with messages in flight: they are tried again at the next start");
  mr_scheduler_drain (stop->engine->scheduler, NULL, NULL);
  stop_end (stop);
  return G_SOURCE_REMOVE;
}

void
mr_engine_stop (MrEngine *self, guint grace_ms, MrEngineDoneFunc func, gpointer data)
{
  Stop *stop = g_new0 (Stop, 1);

  stop->engine = self;
  stop->func = func;
  stop->data = data;
  self->stopping = TRUE;
  g_clear_handle_id (&self->hourly_source, g_source_remove);
  mr_submission_stop (self->submission);
  mr_submission_set_empty_func (self->submission, empty_cb, stop);
  mr_oauth_set_settled_func (self->oauth, empty_cb, stop);
  stop->timer = g_timeout_add (grace_ms, grace_over_cb, stop);
  mr_scheduler_drain (self->scheduler, drained_cb, stop);
}

/* ---- what a person switches ---- */

void
mr_engine_set_asleep (MrEngine *self, gboolean asleep)
{
  if (!self->running || self->stopping)
    return;
  mr_scheduler_set_asleep (self->scheduler, asleep);
  if (!asleep)
    network_cb (TRUE, self);
}

void
mr_engine_set_paused (MrEngine *self, gboolean paused, MrEngineDoneFunc func, gpointer data)
{
  if (paused)
    mr_engine_pause (self, NULL, 0, func, data);
  else
    mr_engine_resume (self, NULL, func, data);
}
