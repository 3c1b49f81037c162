/* The list of domains and their last reports; checks that run by themselves are in domain-schedule.c. */
#include "config.h"

#include "engine/domain-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/records-variant.h"
#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/configuration.h"
#include "engine/providers.h"
#include "mail/address.h"
#include "ndr/domain-texts.h"

#define PATIENCE_MS 20000
#define NAMES_MAX   200

/* ---- the list ---- */

static MrDomainRecord *
find_or_add (GPtrArray *records, const char *domain)
{
  MrDomainRecord *record;

  for (guint i = 0; i < records->len; i++) {
    record = g_ptr_array_index (records, i);
    if (g_str_equal (record->domain, domain))
      return record;
  }
  record = mr_domain_record_new (domain);
  g_ptr_array_add (records, record);
  return record;
}

static void
add_account (MrDomainRecord *record, const char *id)
{
  guint n = g_strv_length (record->accounts);

  if (g_strv_contains ((const char *const *)record->accounts, id))
    return;
  record->accounts = g_renew (char *, record->accounts, n + 2);
  record->accounts[n] = g_strdup (id);
  record->accounts[n + 1] = NULL;
}

/* Domains that an account names; those of a provider for everybody are not the person's to set up. */
static void
add_of_account (MrDomains *self, GPtrArray *records, MrPresets *presets, const MrAccountRecord *account)
{
  for (guint i = 0; account->addresses[i] != NULL; i++) {
    const char *at = strrchr (account->addresses[i], '@');
    g_autofree char *domain = at != NULL ? mr_domain_dup_ascii (at, NULL) : NULL;
    g_autofree char *address = domain != NULL ? g_strconcat ("x@", domain, NULL) : NULL;

    if (domain != NULL && !mr_address_domain_is_local (address, NULL)
        && mr_presets_find_domain (presets, domain, NULL) == NULL)
      add_account (find_or_add (records, domain), account->id);
  }
}

static void
add_report (MrDomains *self, MrDomainRecord *record)
{
  const MrDomainReport *report = g_hash_table_lookup (self->reports, record->domain);

  if (report == NULL)
    return;
  record->checked = report->started;
  record->worst = report->worst;
  record->drifts = report->drifts->len;
  mr_domain_report_count (report, &record->wrong, &record->attention);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const MrDomainRecord *one = *(MrDomainRecord *const *)a, *other = *(MrDomainRecord *const *)b;

  return strcmp (one->domain, other->domain);
}

GPtrArray *
mr_domains_dup_list (MrDomains *self)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_record_free);
  GPtrArray *accounts = mr_accounts_get_all (self->engine->accounts);
  g_auto (GStrv) names = mr_config_dup_list (mr_engine_get_config (self->engine), "domains", "names");
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (self->engine);

  for (guint i = 0; i < accounts->len; i++)
    add_of_account (self, records, presets, g_ptr_array_index (accounts, i));
  for (guint i = 0; names[i] != NULL && i < NAMES_MAX; i++) {
    g_autofree char *domain = mr_domain_dup_ascii (names[i], NULL);

    if (domain != NULL)
      find_or_add (records, domain)->added = TRUE;
  }
  for (guint i = 0; i < records->len; i++)
    add_report (self, g_ptr_array_index (records, i));
  g_ptr_array_sort (records, compare);
  return records;
}

void
mr_engine_list_domains (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  g_autoptr (GPtrArray) records = mr_domains_dup_list (engine->domains);

  mr_answer_records (func, records, NULL, data);
}

/* ---- changing it ---- */

static gboolean
write_names (MrDomains *self, char **names, GError **error)
{
  g_autofree char *list = g_strjoinv (";", names);
  const MrConfigurationEdit edit = { "domains", "names", *list != '\0' ? list : NULL };

  if (!mr_configuration_apply (self->engine->configuration, &edit, 1, NULL, error))
    return FALSE;
  mr_engine_notify (self->engine, MR_CHANGED_DOMAINS);
  return TRUE;
}

static gboolean
add_name (MrDomains *self, const char *text, GError **error)
{
  g_auto (GStrv) names = mr_config_dup_list (mr_engine_get_config (self->engine), "domains", "names");
  g_autofree char *domain = mr_domain_dup_ascii (text, error);
  guint n = g_strv_length (names);

  if (domain == NULL)
    return FALSE;
  if (g_strv_contains ((const char *const *)names, domain)) {
    g_set_error (error, MR_ERROR, MR_ERROR_EXISTS, _ ("%s is in the list already"), domain);
    return FALSE;
  }
  if (n >= NAMES_MAX) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("There are too many domains: remove one first"));
    return FALSE;
  }
  names = g_renew (char *, names, n + 2);
  names[n] = g_steal_pointer (&domain);
  names[n + 1] = NULL;
  return write_names (self, names, error);
}

static gboolean
of_account (MrDomains *self, const char *domain)
{
  g_autoptr (GPtrArray) records = mr_domains_dup_list (self);

  for (guint i = 0; i < records->len; i++)
    if (g_str_equal (((const MrDomainRecord *)records->pdata[i])->domain, domain))
      return TRUE;
  return FALSE;
}

static gboolean
remove_name (MrDomains *self, const char *text, GError **error)
{
  g_auto (GStrv) names = mr_config_dup_list (mr_engine_get_config (self->engine), "domains", "names");
  g_autofree char *domain = mr_domain_dup_ascii (text, error);
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  g_auto (GStrv) rest = NULL;

  if (domain == NULL)
    return FALSE;
  if (!g_strv_contains ((const char *const *)names, domain)) {
    if (of_account (self, domain))
      g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                   _ ("%s is there because an account sends for it; it goes when that address does"), domain);
    else
      g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s is not in the list"), domain);
    return FALSE;
  }
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_str_equal (names[i], domain))
      g_strv_builder_add (left, names[i]);
  rest = g_strv_builder_end (left);
  if (!write_names (self, rest, error))
    return FALSE;
  mr_domains_forget (self, domain);
  return TRUE;
}

void
mr_engine_add_domain (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  add_name (engine->domains, domain, &error);
  mr_answer_done (func, error, data);
}

void
mr_engine_remove_domain (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  remove_name (engine->domains, domain, &error);
  mr_answer_done (func, error, data);
}

/* ---- reports ---- */

typedef struct {
  MrDomainReport *report;
  GError *error;
  MrDomainReportFunc func;
  gpointer data;
} ReportCall;

static gboolean
report_cb (gpointer data)
{
  ReportCall *call = data;

  call->func (call->report, call->error, call->data);
  mr_domain_report_free (call->report);
  g_clear_error (&call->error);
  g_free (call);
  return G_SOURCE_REMOVE;
}

void
mr_engine_get_domain_report (MrEngine *engine, const char *domain, MrDomainReportFunc func, gpointer data)
{
  ReportCall *call = g_new0 (ReportCall, 1);
  g_autofree char *ascii = mr_domain_dup_ascii (domain, &call->error);
  const MrDomainReport *report = ascii != NULL ? g_hash_table_lookup (engine->domains->reports, ascii) : NULL;

  call->func = func;
  call->data = data;
  if (report != NULL) {
    g_autoptr (GVariant) told = g_variant_ref_sink (mr_domain_report_to_variant (report));
    call->report = mr_domain_report_from_variant (told);
  } else if (ascii != NULL) {
    call->error = g_error_new (MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s has not been checked yet"), ascii);
  }
  g_idle_add (report_cb, call);
}

/* ---- life ---- */

void
mr_domains_reload (MrDomains *self)
{
  mr_domains_schedule (self);
  mr_engine_notify (self->engine, MR_CHANGED_DOMAINS);
}

MrDomains *
mr_domains_new (MrEngine *engine)
{
  MrDomains *self = g_new0 (MrDomains, 1);

  self->engine = engine;
  self->patience_ms = PATIENCE_MS;
  self->allow_private = mr_config_get_boolean (mr_engine_get_config (engine), "delivery", "allow-private-mx");
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_job_unref);
  self->reports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)mr_domain_report_free);
  mr_domains_load (self);
  return self;
}

void
mr_domains_free (MrDomains *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

  if (self == NULL)
    return;
  mr_domains_unload (self);
  while (self->jobs->len > 0)
    mr_domain_job_end (g_ptr_array_index (self->jobs, 0), error);
  g_ptr_array_unref (self->jobs);
  g_hash_table_unref (self->reports);
  g_free (self);
}
