/* The course of a domain check: which checks there are, how they run side by side, when it ends. */
#include "config.h"

#include "engine/domain-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/text.h"
#include "engine/accounts.h"
#include "engine/providers.h"
#include "mail/address.h"
#include "mail/host-name.h"
#include "ndr/domain-texts.h"

#define JOBS_MAX       8
#define PARAM_MAX      1024
#define RESOLVER_MS    1500
#define RESOLVER_TRIES 2

/* In the order in which a person reads them. */
static const MrDomainCheckRow rows[] = {
  { "route", mr_domain_check_route },
  { "name-servers", mr_domain_check_zone },
  { "mx", mr_domain_check_mx },
  { "spf", mr_domain_check_spf },
  { "spf-route", mr_domain_check_cover },
  { "spf-helo", mr_domain_check_helo_spf },
  { "dkim", mr_domain_check_dkim },
  { "dmarc", mr_domain_check_dmarc },
  { "dmarc-older", mr_domain_check_older },
  { "dmarc-alignment", mr_domain_check_alignment },
  { "public-address", mr_domain_check_address },
  { "ptr", mr_domain_check_reverse },
  { "helo", mr_domain_check_helo },
  { "port-25", mr_domain_check_port },
  { "blocklists", mr_domain_check_lists },
  { "dnssec", mr_domain_check_dnssec },
  { "mta-sts", mr_domain_check_sts },
  { "tls-reports", mr_domain_check_tls_reports },
  { "dane", mr_domain_check_dane },
  { "bimi", mr_domain_check_bimi },
  { "caa", mr_domain_check_caa },
  { "choice", mr_domain_check_choice },
};

/* ---- findings ---- */

MrDomainFinding *
mr_domain_find (GPtrArray *findings, const char *check, const char *subject, MrFindingState state, const char *code,
                ...)
{
  MrDomainFinding *finding = mr_domain_finding_new (check, state, code);
  GVariantBuilder params;
  const char *name;
  guint n = 0;
  va_list args;

  g_free (finding->subject);
  finding->subject = g_strdup (subject);
  g_variant_builder_init (&params, G_VARIANT_TYPE ("a{ss}"));
  va_start (args, code);
  while ((name = va_arg (args, const char *)) != NULL) {
    const char *value = va_arg (args, const char *);
    g_variant_builder_add (&params, "{s@s}", name, g_variant_new_take_string (mr_text_sanitize (value, PARAM_MAX)));
    n++;
  }
  va_end (args);
  finding->params = g_variant_ref_sink (g_variant_builder_end (&params));
  if (n == 0)
    g_clear_pointer (&finding->params, g_variant_unref);
  g_ptr_array_add (findings, finding);
  return finding;
}

/* What was not told keeps its place among those of the rows before it. */
static guint
place_of (MrDomainJob *job, guint row)
{
  guint place = 0;

  for (guint i = 0; i <= row; i++)
    place += job->counts[i];
  return place;
}

static void
tell (MrDomainJob *job, guint row, GPtrArray *findings)
{
  job->finished[row] = TRUE;
  job->n_finished++;
  if (findings->len == 0 && job->finding != NULL)
    job->finding (NULL, job->n_finished, G_N_ELEMENTS (rows), job->data);
  for (guint i = 0; i < findings->len && !job->over; i++) {
    MrDomainFinding *finding = g_ptr_array_index (findings, i);

    finding->took = mr_clock_monotonic (job->all->engine->clock) - job->started;
    g_ptr_array_insert (job->report->findings, (gint)place_of (job, row), finding);
    job->counts[row]++;
    if (job->finding != NULL)
      job->finding (finding, job->n_finished, G_N_ELEMENTS (rows), job->data);
  }
}

/* ---- the course ---- */

static gboolean
is_all_told (const MrDomainJob *job)
{
  return job->n_finished == G_N_ELEMENTS (rows);
}

static void
look_at (MrDomainJob *job, guint row)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_finding_free);

  if (!rows[row].func (job, findings) || job->over)
    return;
  g_ptr_array_set_free_func (findings, NULL);
  tell (job, row, findings);
}

static gboolean
is_told (MrDomainJob *job, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].name, name))
      return job->finished[i];
  return TRUE;
}

static gboolean
look_cb (gpointer data)
{
  g_autoptr (MrDomainJob) job = mr_domain_job_ref (data);

  job->idle = 0;
  for (guint i = 0; i < G_N_ELEMENTS (rows) && !job->over; i++) {
    job->basics_told = is_told (job, "spf-route") && is_told (job, "dkim");
    job->others_told = job->n_finished == G_N_ELEMENTS (rows) - 1;
    if (!job->finished[i])
      look_at (job, i);
  }
  if (job->over)
    return G_SOURCE_REMOVE;
  mr_domain_ask_wanted (job);
  if (is_all_told (job))
    mr_domain_job_end (job, NULL);
  return G_SOURCE_REMOVE;
}

void
mr_domain_job_wake (MrDomainJob *job)
{
  if (!job->over && job->idle == 0)
    job->idle = g_idle_add (look_cb, job);
}

/* Whatever is still open stays untold. */
static gboolean
time_over_cb (gpointer data)
{
  g_autoptr (MrDomainJob) job = mr_domain_job_ref (data);

  job->timer = 0;
  for (guint i = 0; i < G_N_ELEMENTS (rows) && !job->over; i++) {
    g_autoptr (GPtrArray) findings = g_ptr_array_new ();

    if (job->finished[i])
      continue;
    mr_domain_find (findings, rows[i].name, "", MR_FINDING_UNKNOWN, "no-answer-in-time", NULL);
    tell (job, i, findings);
  }
  if (!job->over)
    mr_domain_job_end (job, NULL);
  return G_SOURCE_REMOVE;
}

static void
judge (MrDomainReport *report)
{
  report->worst = MR_FINDING_GOOD;
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (report->findings, i);

    if (finding->state <= MR_FINDING_WRONG && !mr_domain_check_is_further (finding->check))
      report->worst = MAX (report->worst, finding->state);
  }
}

void
mr_domain_job_end (MrDomainJob *job, const GError *error)
{
  MrDomainReport *report = job->report;

  if (job->over)
    return;
  mr_domain_job_ref (job);
  job->over = TRUE;
  g_clear_handle_id (&job->timer, g_source_remove);
  g_clear_handle_id (&job->idle, g_source_remove);
  g_clear_pointer (&job->port, mr_domain_port_free);
  g_clear_pointer (&job->sts, mr_domain_sts_free);
  g_clear_pointer (&job->echo, mr_domain_echo_free);
  mr_domain_asks_clear (job);
  report->took = mr_clock_monotonic (job->all->engine->clock) - job->started;
  report->stopped = error != NULL;
  judge (report);
  if (error == NULL && job->keep)
    mr_domains_keep (job->all, job);
  job->done (report, error, job->data);
  g_ptr_array_remove_fast (job->all->jobs, job);
  mr_domain_job_unref (job);
}

/* ---- the route ---- */

static gboolean
is_at_domain (const char *pattern, const char *domain)
{
  const char *at = strrchr (pattern, '@');
  g_autofree char *address = at != NULL ? g_strconcat ("x", at, NULL) : NULL;
  g_autofree char *ascii = address != NULL ? mr_address_dup_ascii_domain (address) : NULL;

  return ascii != NULL && g_ascii_strcasecmp (ascii, domain) == 0;
}

gboolean
mr_domain_account_fits (const MrAccountRecord *account, const char *domain)
{
  for (guint i = 0; account->addresses[i] != NULL; i++)
    if (is_at_domain (account->addresses[i], domain))
      return TRUE;
  return FALSE;
}

/* The account that names the domain; else one for all senders, the default one first. */
static const MrAccountRecord *
find_account (MrDomainJob *job)
{
  GPtrArray *accounts = mr_accounts_get_all (job->all->engine->accounts);
  const MrAccountRecord *any = NULL;

  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = g_ptr_array_index (accounts, i);

    if (mr_domain_account_fits (account, job->domain))
      return account;
    if (g_strv_contains ((const char *const *)account->addresses, "*") && (any == NULL || account->is_default))
      any = account;
  }
  return any;
}

static const MrPreset *
find_provider (MrPresets *presets, const MrAccountRecord *account)
{
  const MrPreset *preset = account->provider != NULL ? mr_presets_find (presets, account->provider) : NULL;

  if (mr_host_name_is_loopback (account->host))
    return preset;
  for (guint i = 0; preset == NULL && i < mr_presets_get_count (presets); i++) {
    const MrPreset *one = mr_presets_get_nth (presets, i);

    for (guint k = 0; k < one->servers->len && preset == NULL; k++)
      if (g_ascii_strcasecmp (((const MrPresetServer *)g_ptr_array_index (one->servers, k))->host, account->host) == 0)
        preset = one;
  }
  return preset;
}

static gboolean
take_route (MrDomainJob *job, const MrDomainCheckOptions *options, GError **error)
{
  const MrAccountRecord *account = NULL;
  gboolean named = options->account != NULL && *options->account != '\0';

  job->presets = mr_engine_dup_presets (job->all->engine);
  if (named)
    account = mr_accounts_find (job->all->engine->accounts, options->account);
  else if (!options->direct)
    account = find_account (job);
  if (named && account == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account of that id"));
    return FALSE;
  }
  job->report->route = options->direct ? MR_DOMAIN_ROUTE_DIRECT : MR_DOMAIN_ROUTE_NONE;
  if (account == NULL)
    return TRUE;
  job->account = mr_account_record_copy (account);
  job->report->route = account->kind == MR_ACCOUNT_DIRECT || options->direct ? MR_DOMAIN_ROUTE_DIRECT
                                                                             : MR_DOMAIN_ROUTE_RELAY;
  g_free (job->report->account);
  job->report->account = g_strdup (account->id);
  if (job->report->route == MR_DOMAIN_ROUTE_RELAY)
    job->provider = find_provider (job->presets, account);
  if (job->provider != NULL) {
    g_free (job->report->provider);
    job->report->provider = g_strdup (job->provider->id);
  }
  return TRUE;
}

/* ---- life ---- */

static void
job_clear (gpointer data)
{
  MrDomainJob *job = data;

  g_clear_handle_id (&job->timer, g_source_remove);
  g_clear_handle_id (&job->idle, g_source_remove);
  g_clear_pointer (&job->port, mr_domain_port_free);
  g_clear_pointer (&job->sts, mr_domain_sts_free);
  g_clear_pointer (&job->echo, mr_domain_echo_free);
  mr_domain_asks_clear (job);
  g_clear_pointer (&job->addresses, g_ptr_array_unref);
  g_free (job->address_private);
  mr_domain_report_free (job->report);
  g_clear_pointer (&job->account, mr_account_record_free);
  g_clear_pointer (&job->presets, mr_presets_unref);
  g_free (job->addresses_typed);
  g_free (job->helo);
  g_free (job->finished);
  g_free (job->counts);
}

MrDomainJob *
mr_domain_job_ref (MrDomainJob *job)
{
  return g_rc_box_acquire (job);
}

void
mr_domain_job_unref (MrDomainJob *job)
{
  g_rc_box_release_full (job, job_clear);
}

char *
mr_domain_dup_ascii (const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *at = strrchr (stripped, '@');
  g_autofree char *address = NULL, *ascii = NULL;
  gsize len;

  if (at != NULL)
    memmove (stripped, at + 1, strlen (at + 1) + 1);
  len = strlen (stripped);
  if (len > 0 && stripped[len - 1] == '.')
    stripped[len - 1] = '\0';
  address = g_strconcat ("x@", stripped, NULL);
  ascii = mr_address_is_valid (address) ? mr_address_dup_ascii_domain (address) : NULL;
  if (ascii != NULL && *ascii != '[' && mr_host_name_is_valid (ascii) && strchr (ascii, '.') != NULL)
    return g_steal_pointer (&ascii);
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not a domain: write it like example.com"), stripped);
  return NULL;
}

static gboolean
is_own_resolver (const char *servers)
{
  return g_str_has_prefix (servers, "127.") || g_str_has_prefix (servers, "[::1]") || g_str_has_prefix (servers, "::1");
}

static gboolean
open_resolver (MrDomainJob *job, const char *wanted, GError **error)
{
  MrConfig *config = mr_engine_get_config (job->all->engine);
  const char *servers = wanted != NULL && *wanted != '\0' ? wanted : mr_config_get_string (config, "dns", "servers");
  guint ms = MIN (RESOLVER_MS, (guint)mr_config_get_integer (config, "dns", "timeout-ms"));

  job->trusts_resolver = is_own_resolver (servers);
  job->resolver = mr_resolver_new (servers, ms, RESOLVER_TRIES, error);
  return job->resolver != NULL;
}

static gboolean
prepare (MrDomainJob *job, const MrDomainCheckOptions *options, GError **error)
{
  MrConfig *config = mr_engine_get_config (job->all->engine);
  const char *helo = options->helo != NULL && *options->helo != '\0'
                         ? options->helo
                         : mr_config_get_string (config, "delivery", "ehlo-name");
  g_autofree char *domain = mr_domain_dup_ascii (options->domain, error);

  job->report = mr_domain_report_new (domain);
  job->domain = job->report->domain;
  if (domain == NULL || !open_resolver (job, options->dns, error) || !take_route (job, options, error))
    return FALSE;
  job->addresses_typed = options->addresses != NULL && *options->addresses != '\0'
                             ? g_strdup (options->addresses)
                             : g_strdup (mr_config_get_string (config, "domains", "addresses"));
  if (!mr_domain_addresses_check (job->addresses_typed, error))
    return FALSE;
  job->helo = g_strdup (helo);
  job->sources = options->sources;
  job->sources |= mr_config_get_boolean (config, "domains", "ask-service") ? MR_ADDRESS_DNS : 0;
  job->may_ask_lists = options->blocklists || mr_config_get_boolean (config, "domains", "ask-blocklists");
  job->keep = options->keep;
  mr_domain_asks_init (job);
  return TRUE;
}

static gboolean
refuse_cb (gpointer data)
{
  g_autoptr (MrDomainJob) job = mr_domain_job_ref (data);
  g_autoptr (GError) error = g_steal_pointer (&job->refusal);

  job->idle = 0;
  mr_domain_job_end (job, error);
  return G_SOURCE_REMOVE;
}

guint
mr_engine_check_domain (MrEngine *engine, const MrDomainCheckOptions *options, MrDomainFindingFunc finding,
                        MrDomainCheckDoneFunc done, gpointer data)
{
  MrDomains *all = engine->domains;
  g_autoptr (MrDomainJob) job = NULL;
  g_autoptr (GError) error = NULL;

  if (all == NULL || all->jobs->len >= JOBS_MAX) {
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_BUSY, _ ("Too many domains are checked at once: wait a little"));
    done (NULL, error, data);
    return 0;
  }
  job = g_rc_box_new0 (MrDomainJob);
  job->all = all;
  job->number = ++all->last;
  job->finding = finding;
  job->done = done;
  job->data = data;
  job->started = mr_clock_monotonic (engine->clock);
  job->finished = g_new0 (gboolean, G_N_ELEMENTS (rows));
  job->counts = g_new0 (guint, G_N_ELEMENTS (rows));
  if (!prepare (job, options, &job->refusal))
    job->idle = g_idle_add (refuse_cb, job);
  else {
    job->report->started = mr_clock_wall (engine->clock);
    job->timer = g_timeout_add (all->patience_ms, time_over_cb, job);
    mr_domain_job_wake (job);
  }
  g_ptr_array_add (all->jobs, mr_domain_job_ref (job));
  return job->number;
}

void
mr_engine_cancel_domain_check (MrEngine *engine, guint number)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The check was stopped"));

  for (guint i = 0; engine->domains != NULL && i < engine->domains->jobs->len; i++) {
    MrDomainJob *job = g_ptr_array_index (engine->domains->jobs, i);

    if (job->number == number) {
      mr_domain_job_end (job, error);
      return;
    }
  }
}
