/* The engine as a whole: makes its parts in order, tells them of changes, stops them in the opposite order. */
#include "engine/engine-private.h"

#include <malloc.h>

#include "base/log.h"
#include "base/os.h"
#include "engine/account-test.h"
#include "engine/accounts.h"
#include "engine/answer.h"
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
#include "store/statistics.h"

#define NOTIFY_MS    100
#define POOL_THREADS 2

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

/* ---- the pool ---- */

typedef struct {
  void (*func) (gpointer data);
  void (*done) (gpointer data);
  gpointer data;
  GMainContext *context;
} PoolJob;

static gboolean
pool_done_cb (gpointer data)
{
  PoolJob *job = data;

  job->done (job->data);
  g_main_context_unref (job->context);
  g_free (job);
  return G_SOURCE_REMOVE;
}

static void
pool_run (gpointer data, gpointer user_data)
{
  PoolJob *job = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  job->func (job->data);
  /* Never g_main_context_invoke(): while nobody runs the loop it would call from this thread. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, pool_done_cb, job, NULL);
  g_source_attach (source, job->context);
}

void
mr_engine_run_in_pool (void (*func) (gpointer data), void (*done) (gpointer data), gpointer data)
{
  static GThreadPool *pool;
  PoolJob *job = g_new0 (PoolJob, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (pool_run, NULL, POOL_THREADS, FALSE, NULL);
  job->func = func;
  job->done = done;
  job->data = data;
  job->context = g_main_context_ref_thread_default ();
  g_thread_pool_push (pool, job, NULL);
}

/* ---- trust, secrets ---- */

MrTlsTrust *
mr_engine_dup_trust (MrEngine *self, const char *ca_file, GError **error)
{
  const char *file = mr_config_get_string (mr_engine_get_config (self), "tls", "ca-file");

  if (ca_file != NULL && *ca_file != '\0')
    return mr_tls_trust_new (ca_file, error);
  if (self->trust == NULL || g_strcmp0 (self->trust_file, file) != 0) {
    MrTlsTrust *trust = mr_tls_trust_new (file, error);

    if (trust == NULL)
      return NULL;
    g_clear_pointer (&self->trust, mr_tls_trust_unref);
    self->trust = trust;
    g_free (self->trust_file);
    self->trust_file = g_strdup (file);
  }
  return mr_tls_trust_ref (self->trust);
}

MrHttp *
mr_engine_dup_http (MrEngine *self, GError **error)
{
  const char *file = mr_config_get_string (mr_engine_get_config (self), "tls", "ca-file");

  if (self->http == NULL || g_strcmp0 (self->http_file, file) != 0) {
    MrHttp *http = mr_http_new (file, error);

    if (http == NULL)
      return NULL;
    g_clear_pointer (&self->http, mr_http_unref);
    self->http = http;
    g_free (self->http_file);
    self->http_file = g_strdup (file);
  }
  return mr_http_ref (self->http);
}

static void
secrets_changed_cb (MrSecrets *secrets, gpointer data)
{
  MrEngine *self = data;

  mr_engine_notify (self, MR_CHANGED_STATUS);
  if (mr_secrets_get_state (secrets) == MR_SECRETS_OK && self->accounts != NULL) {
    mr_oauth_keyring_changed (self->oauth);
    mr_dkim_keyring_changed (self->dkim);
    mr_accounts_recheck_keyring (self->accounts);
  }
}

static void
item_changed_cb (const char *id, const char *kind, gboolean present, gpointer data)
{
  MrEngine *self = data;

  if (!self->running)
    return;
  mr_accounts_secret_changed (self->accounts, id, kind, present);
  mr_dkim_secret_changed (self->dkim, id);
}

static void
set_keep (MrEngine *self)
{
  MrConfig *config = mr_engine_get_config (self);
  const char *keep = mr_config_get_string (config, "secrets", "keep");

  mr_secrets_set_keep (self->secrets, strcmp (keep, "never") == 0 ? MR_SECRETS_KEEP_NEVER
                                      : strcmp (keep, "until-logout") == 0
                                          ? MR_SECRETS_KEEP_UNTIL_END
                                          : (int)mr_config_get_integer (config, "secrets", "keep-seconds"));
}

gboolean
mr_engine_open_secrets (MrEngine *self, GError **error)
{
  const char *backend = mr_config_get_string (mr_engine_get_config (self), "secrets", "backend");
  MrSecrets *secrets = mr_secrets_new (backend, self->paths->secrets_file, error);

  if (secrets == NULL)
    return FALSE;
  /* Who waits for an answer of the old one is told that it is cancelled, and may ask the new one. */
  MrSecrets *old = self->secrets;

  self->secrets = secrets;
  mr_secrets_free (old);
  mr_secrets_watch (secrets, secrets_changed_cb, self);
  mr_secrets_watch_items (secrets, item_changed_cb, self);
  set_keep (self);
  return TRUE;
}

static void
probed_cb (const GError *error, gpointer data)
{
  mr_engine_notify (data, MR_CHANGED_STATUS);
}

void
mr_engine_keyring_changed (MrEngine *self)
{
  mr_secrets_probe (self->secrets, probed_cb, self);
  mr_dkim_keyring_changed (self->dkim);
  mr_accounts_recheck_keyring (self->accounts);
}

/* ---- configuration ---- */

static guint
log_level (MrConfig *config)
{
  const char *level = mr_config_get_string (config, "log", "level");

  return strcmp (level, "debug") == 0     ? MR_LOG_DEBUG
         : strcmp (level, "warning") == 0 ? MR_LOG_WARNING
         : strcmp (level, "error") == 0   ? MR_LOG_ERROR
                                          : MR_LOG_INFO;
}

static guint64
min_free (MrConfig *config)
{
  return (guint64)mr_config_get_integer (config, "store", "min-free-mib") * 1024 * 1024;
}

static void
reopen_secrets (MrEngine *self)
{
  g_autoptr (GError) error = NULL;
  const char *wanted = mr_config_get_string (mr_engine_get_config (self), "secrets", "backend");

  if (strcmp (wanted, mr_secrets_get_backend (self->secrets)) == 0)
    return;
  if (mr_engine_open_secrets (self, &error))
    mr_engine_keyring_changed (self);
  else
    mr_warning ("engine", "passwords stay where they were kept: %s", error->message);
}

static gboolean
open_resolver (MrEngine *self, GError **error)
{
  MrConfig *config = mr_engine_get_config (self);
  MrResolver *resolver = mr_resolver_new (mr_config_get_string (config, "dns", "servers"),
                                          (guint)mr_config_get_integer (config, "dns", "timeout-ms"),
                                          (guint)mr_config_get_integer (config, "dns", "tries"), error);

  if (resolver == NULL)
    return FALSE;
  self->resolver = resolver;
  mr_gio_resolver_install (resolver);
  return TRUE;
}

static void
set_audit (MrEngine *self)
{
  MrConfig *config = mr_engine_get_config (self);

  mr_store_set_audit (self->store, mr_config_get_boolean (config, "audit", "enabled"),
                      mr_config_get_boolean (config, "audit", "subjects"),
                      (guint)mr_config_get_integer (config, "audit", "keep-days"));
}

static void
configuration_cb (MrConfiguration *configuration, gpointer data)
{
  MrEngine *self = data;
  MrConfig *config = mr_configuration_get (configuration);

  if (!self->running)
    return;
  mr_log_set_level (log_level (config));
  mr_store_set_retention (self->store, (guint)mr_config_get_integer (config, "store", "keep-bodies-days"),
                          (guint)mr_config_get_integer (config, "store", "keep-failed-days"),
                          (guint)mr_config_get_integer (config, "store", "keep-history-days"), min_free (config));
  set_audit (self);
  reopen_secrets (self);
  set_keep (self);
  mr_dkim_reload (self->dkim);
  mr_accounts_reload (self->accounts);
  mr_domains_reload (self->domains);
  mr_submission_reload (self->submission);
  mr_scheduler_pause_changed (self->scheduler);
  mr_scheduler_metered_changed (self->scheduler);
  mr_holds_reload (self->holds);
  mr_engine_notify (self, MR_CHANGED_CONFIG | MR_CHANGED_STATUS | MR_CHANGED_PROGRAMS);
}

/* ---- start ---- */

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

static gboolean
open_store (MrEngine *self, GError **error)
{
  MrConfig *config = mr_engine_get_config (self);
  MrStoreOptions options = {
    .path = self->paths->store_file,
    .lock_path = self->paths->lock_file,
    .clock = self->clock,
    .min_free = min_free (config),
    .keep_bodies_days = (guint)mr_config_get_integer (config, "store", "keep-bodies-days"),
    .keep_failed_days = (guint)mr_config_get_integer (config, "store", "keep-failed-days"),
    .keep_history_days = (guint)mr_config_get_integer (config, "store", "keep-history-days"),
  };

  self->store = mr_store_open (&options, NULL, error);
  if (self->store == NULL)
    return FALSE;
  set_audit (self);
  return TRUE;
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

/* A person's own files change words, never verdicts; one with an error is told and left out. */
static void
own_words_cb (const char *path, GBytes *bytes, const GError *error, gpointer user_data)
{
  MrEngine *self = user_data;
  g_autoptr (GError) local = NULL;

  if (bytes != NULL)
    mr_diagnosis_add_rules (self->diagnosis, path, bytes, FALSE, &local);
  if (error != NULL || local != NULL)
    mr_warning ("engine", "%s", (error != NULL ? error : local)->message);
}

static void
load_diagnosis (MrEngine *self)
{
  g_autofree char *folder = g_build_filename (self->paths->config_dir, MR_DIAGNOSIS_FOLDER, NULL);

  self->diagnosis = mr_diagnosis_new_builtin ();
  mr_os_read_folder (folder, MR_DIAGNOSIS_SUFFIX, MR_DIAGNOSIS_FILE_MAX, own_words_cb, self);
}

gboolean
mr_engine_start (MrEngine *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!mr_paths_ensure (self->paths, error))
    return FALSE;
  self->configuration = mr_configuration_new (self->paths->config_file, configuration_cb, self);
  mr_log_set_level (log_level (mr_engine_get_config (self)));
  load_diagnosis (self);
  if (!open_store (self, error))
    return FALSE;
  self->network = mr_network_watch_new (network_cb, self);
  mr_engine_load_online (self);
  if (!mr_engine_open_secrets (self, &local)) {
    mr_warning ("engine", "%s", local->message);
    self->secrets = mr_secrets_new ("memory", NULL, error);
    if (self->secrets == NULL)
      return FALSE;
  }
  if (!open_resolver (self, error))
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
  mr_secrets_probe (self->secrets, probed_cb, self);
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

/* ---- configuration as a person changes it ---- */

static void
apply_one (MrEngine *self, const char *group, const char *key, const char *value, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  const MrConfigurationEdit edit = { group, key, value };

  mr_configuration_apply (self->configuration, &edit, 1, NULL, &error);
  mr_answer_done (func, error, data);
}

static gboolean
known_key (const char *group, const char *key, GError **error)
{
  g_autofree char *kind = g_strndup (group, strcspn (group, " "));

  if (mr_config_find_key (kind, key) != NULL)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
               "There is no setting “%s” in [%s]; `mail-relayctl config list` shows all", key, group);
  return FALSE;
}

void
mr_engine_set_config (MrEngine *self, const char *group, const char *key, const char *value, MrEngineDoneFunc func,
                      gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kind = g_strndup (group, strcspn (group, " "));

  if (!known_key (group, key, &error) || !mr_config_check_value (mr_config_find_key (kind, key), value, &error))
    mr_answer_done (func, error, data);
  else
    apply_one (self, group, key, value, func, data);
}

void
mr_engine_reset_config (MrEngine *self, const char *group, const char *key, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!known_key (group, key, &error))
    mr_answer_done (func, error, data);
  else
    apply_one (self, group, key, NULL, func, data);
}

char *
mr_engine_dup_config (MrEngine *self, const char *group, const char *key, GError **error)
{
  if (!known_key (group, key, error))
    return NULL;
  return g_strdup (mr_config_get_string (mr_engine_get_config (self), group, key));
}

void
mr_engine_set_secrets_backend (MrEngine *self, const char *backend, MrEngineDoneFunc func, gpointer data)
{
  mr_engine_set_config (self, "secrets", "backend", backend, func, data);
}

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

void
mr_engine_allow_uid (MrEngine *self, gint64 uid, gboolean allow, MrEngineDoneFunc func, gpointer data)
{
  g_auto (GStrv) uids = mr_config_dup_list (mr_engine_get_config (self), "submission", "allow-uids");
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *wanted = g_strdup_printf ("%" G_GINT64_FORMAT, uid);
  g_autoptr (GError) error = NULL;

  if (uid < 0 || uid > G_MAXUINT32) {
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID,
                         "That program's user is not known; make a password for the program instead");
    mr_answer_done (func, error, data);
    return;
  }
  for (guint i = 0; uids[i] != NULL; i++)
    if (strcmp (uids[i], wanted) != 0)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ";" : "", uids[i]);
  if (allow)
    g_string_append_printf (list, "%s%s", list->len > 0 ? ";" : "", wanted);
  if (allow)
    mr_store_clear_refusals (self->store, uid, NULL, NULL);
  apply_one (self, "submission", "allow-uids", list->str, func, data);
}

void
mr_engine_clear_refusals (MrEngine *self, MrEngineDoneFunc func, gpointer data)
{
  mr_store_clear_refusals (self->store, -1, func, data);
  mr_engine_notify (self, MR_CHANGED_PROGRAMS);
}
