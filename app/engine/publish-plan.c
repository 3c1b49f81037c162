/* What a domain has to publish: finds the zone and who keeps it, looks at what is there, merges (mailauth/publish.h). Everything is asked at once where it
 * can be; an answer that does not come leaves the entry as "could not be looked up".
 */
#include <config.h>

#include "engine/publisher-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "engine/domain-private.h"
#include "mailauth/spf-tree.h"
#include "policy/dns-providers.h"

#define MAX_ROUNDS 40 /* of look-ups: what an SPF record includes, ten deep at most */

static void evaluate (MrPlan *plan);

MrResolver *
mr_plan_get_resolver (MrPlan *plan)
{
  return plan->own_resolver != NULL ? plan->own_resolver : plan->publisher->engine->resolver;
}

void
mr_plan_free (gpointer data)
{
  MrPlan *plan = data;

  mr_resolver_cancel (mr_plan_get_resolver (plan), plan);
  for (guint i = 0; plan->reverse != NULL && i < plan->reverse->len; i++)
    mr_resolver_cancel (mr_plan_get_resolver (plan), plan->reverse->pdata[i]);
  g_clear_pointer (&plan->lookups, mr_lookups_cancel);
  g_clear_pointer (&plan->own_resolver, mr_resolver_free);
  g_clear_pointer (&plan->options, g_variant_unref);
  mr_lookup_table_free (plan->table);
  g_ptr_array_unref (plan->servers);
  g_ptr_array_unref (plan->senders);
  g_clear_pointer (&plan->load, mr_evidence_load_cancel);
  g_clear_pointer (&plan->records, g_ptr_array_unref);
  g_clear_pointer (&plan->reverse, g_ptr_array_unref);
  g_clear_pointer (&plan->costs, g_variant_unref);
  g_free (plan->sts_id);
  g_free (plan->sts_text);
  g_free (plan->keys);
  g_clear_pointer (&plan->key_texts, g_ptr_array_unref);
  g_free (plan->domain);
  g_free (plan->zone);
  g_free (plan);
}

static void
end (MrPlan *plan, const MrPlanResult *result, const GError *error)
{
  guint index;

  if (g_ptr_array_find (plan->publisher->plans, plan, &index))
    g_ptr_array_steal_index_fast (plan->publisher->plans, index);
  plan->func (result, error, plan->data);
  mr_plan_free (plan);
}

void
mr_plans_cancel (MrPublisher *self, gpointer data)
{
  for (guint i = self->plans->len; i > 0; i--)
    if (((MrPlan *)self->plans->pdata[i - 1])->data == data)
      g_ptr_array_remove_index_fast (self->plans, i - 1);
}

/* ---- the dictionary ---- */

static GVariant *
record_to_variant (const MrPublishRecord *record, const MrDnsProvider *provider, const char *zone)
{
  g_autofree char *field = mr_dns_provider_dup_name (provider, record->name, zone);
  g_autofree char *text = mr_dns_provider_dup_value (provider, record->value);
  g_autofree char *hint = mr_dns_provider_dup_hint (provider, record->name, zone);
  g_autofree char *line = mr_publish_zone_line (record);
  g_auto (GStrv) existing = g_strdupv (record->existing);
  GVariantDict dict;

  for (guint i = 0; existing[i] != NULL; i++) { /* a stranger's bytes */
    char *valid = g_utf8_make_valid (existing[i], -1);
    g_free (existing[i]);
    existing[i] = valid;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", mr_publish_kind_nick (record->kind));
  g_variant_dict_insert (&dict, "state", "s", mr_publish_state_nick (record->state));
  g_variant_dict_insert (&dict, "type", "s", "TXT");
  g_variant_dict_insert (&dict, "name", "s", record->name);
  g_variant_dict_insert_value (&dict, "value", g_variant_new_take_string (g_utf8_make_valid (record->value, -1)));
  g_variant_dict_insert (&dict, "field-name", "s", field);
  g_variant_dict_insert_value (&dict, "field-value", g_variant_new_take_string (g_utf8_make_valid (text, -1)));
  g_variant_dict_insert (&dict, "hint", "s", hint);
  g_variant_dict_insert_value (&dict, "zone-line", g_variant_new_take_string (g_utf8_make_valid (line, -1)));
  g_variant_dict_insert (&dict, "existing", "^as", existing);
  g_variant_dict_insert (&dict, "problem", "s", record->problem != NULL ? record->problem : "");
  return g_variant_dict_end (&dict);
}

static const MrDnsProvider *
provider_of (MrPlan *plan)
{
  if (plan->provider != NULL)
    return plan->provider;
  return plan->servers->len > 1 ? mr_dns_provider_match ((const char *const *)plan->servers->pdata) : NULL;
}

static GVariant *
plan_to_variant (MrPlan *plan, const MrEvidence *evidence)
{
  const MrDnsProvider *provider = provider_of (plan);
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < plan->records->len; i++)
    g_variant_builder_add_value (&builder, record_to_variant (plan->records->pdata[i], provider, plan->zone));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "domain", "s", plan->domain);
  g_variant_dict_insert (&dict, "zone", "s", plan->zone);
  g_variant_dict_insert (&dict, "servers", "^as", plan->servers->pdata);
  g_variant_dict_insert (&dict, "provider", "s", provider != NULL ? provider->id : "");
  g_variant_dict_insert (&dict, "provider-name", "s", provider != NULL ? provider->name : "");
  g_variant_dict_insert (&dict, "provider-url", "s", provider != NULL ? provider->url : "");
  g_variant_dict_insert (&dict, "provider-menu", "s", provider != NULL ? provider->menu : "");
  g_variant_dict_insert (&dict, "has-keys", "b", plan->wish.n_keys > 0);
  g_variant_dict_insert (&dict, "look-ups", "u", plan->look_ups);
  if (plan->costs != NULL)
    g_variant_dict_insert_value (&dict, "costs", plan->costs);
  g_variant_dict_insert_value (&dict, "records", g_variant_builder_end (&builder));
  if (!plan->entries_only) {
    g_variant_dict_insert_value (&dict, "reverse", mr_plan_reverse_to_variant (plan));
    g_variant_dict_insert_value (&dict, "policy-file", mr_plan_policy_file_to_variant (plan));
    g_variant_dict_insert_value (&dict, "tls-reports", mr_plan_tls_reports_to_variant (plan));
    g_variant_dict_insert_value (&dict, "dmarc", mr_plan_dmarc_to_variant (plan, evidence));
  }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* ---- look-ups ---- */

static gboolean
look (const char *name, const char *const **ret_texts, gpointer data)
{
  MrPlan *plan = data;
  MrLookupStatus status = mr_lookup_table_ask (plan->table, name, MR_LOOKUP_TXT, ret_texts);

  return status == MR_LOOKUP_FOUND || status == MR_LOOKUP_NOTHING;
}

/* Each term of the record itself with all that it leads to, in the order of the record. */
static GVariant *
costs_to_variant (const MrSpfTree *tree)
{
  const char *term = NULL;
  guint look_ups = 0;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(su)"));
  for (guint i = 0; i < tree->steps->len; i++) {
    const MrSpfStep *step = tree->steps->pdata[i];

    if (step->depth == 0) {
      if (look_ups > 0)
        g_variant_builder_add (&builder, "(su)", term, look_ups);
      term = step->term;
      look_ups = 0;
    }
    look_ups += step->looks_up ? 1 : 0;
  }
  if (term != NULL && look_ups > 0)
    g_variant_builder_add (&builder, "(su)", term, look_ups);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* How many look-ups the merged record costs a receiver (RFC 7208 4.6.4). FALSE: pending. */
static gboolean
count_look_ups (MrPlan *plan, GPtrArray *records, guint *ret)
{
  for (guint i = 0; i < records->len; i++) {
    const MrPublishRecord *record = records->pdata[i];
    MrSpfTree tree = { 0 };
    gboolean pending;

    if (record->kind != MR_PUBLISH_SPF || *record->value == '\0')
      continue;
    if (!mr_spf_tree_walk (plan->table, plan->domain, record->value, &tree, NULL))
      continue;
    pending = tree.pending;
    *ret = tree.look_ups;
    g_clear_pointer (&plan->costs, g_variant_unref);
    if (!pending)
      plan->costs = costs_to_variant (&tree);
    mr_spf_tree_clear (&tree);
    return !pending;
  }
  return TRUE;
}

static void
fetched_cb (gpointer data)
{
  MrPlan *plan = data;

  plan->lookups = NULL;
  evaluate (plan);
}

/* evidence NULL: it could not be read, or was not wanted. */
static void
finish (MrPlan *plan, const MrEvidence *evidence)
{
  g_autoptr (GVariant) dict = plan_to_variant (plan, evidence);
  const MrPlanResult result = { .domain = plan->domain,
                                .zone = plan->zone,
                                .servers = (char **)plan->servers->pdata,
                                .records = plan->records,
                                .dict = dict };

  end (plan, &result, NULL);
}

static void
evidence_cb (const MrEvidence *evidence, const GError *error, gpointer data)
{
  MrPlan *plan = data;

  plan->load = NULL;
  if (error != NULL)
    mr_warning ("domains", "%s: kept reports could not be read: %s", plan->domain, error->message);
  finish (plan, evidence);
}

static void
load_evidence (MrPlan *plan)
{
  plan->load = mr_evidence_load (plan->publisher->engine, plan->domain, mr_plan_get_policy (plan), evidence_cb, plan);
}

/* What else has to be looked up for those who read the plan; the answers are used at its end. */
static void
look_for_readers (MrPlan *plan)
{
  g_autofree char *tls = g_strconcat ("_smtp._tls.", plan->domain, NULL);

  if (plan->entries_only)
    return;
  mr_plan_ask_reverse (plan);
  mr_lookup_table_ask (plan->table, tls, MR_LOOKUP_TXT, NULL);
}

static void
evaluate (MrPlan *plan)
{
  gboolean complete;

  mr_plan_take_policy_file (plan);
  look_for_readers (plan);
  g_clear_pointer (&plan->records, g_ptr_array_unref);
  plan->records = mr_publish_plan (&plan->wish, look, plan);
  complete = count_look_ups (plan, plan->records, &plan->look_ups);
  if (plan->rounds++ < MAX_ROUNDS) {
    plan->lookups = mr_lookups_fetch (mr_plan_get_resolver (plan), plan->table, fetched_cb, plan);
    if (plan->lookups != NULL)
      return;
  }
  if (!complete)
    plan->look_ups = 0;
  if (plan->entries_only)
    finish (plan, NULL);
  else
    mr_plan_find_operators (plan, load_evidence);
}

/* ---- the zone ---- */

static void find_zone (MrPlan *plan);

static void
zone_cb (const MrDnsAnswer *answer, const GError *error, gpointer data)
{
  MrPlan *plan = data;

  if (answer != NULL && answer->outcome == MR_DNS_FOUND && answer->records->len > 0) {
    g_free (plan->zone);
    plan->zone = g_strdup (plan->candidate);
    for (guint i = 0; i < answer->records->len; i++)
      g_ptr_array_add (plan->servers, g_strdup (((MrDnsRecord *)answer->records->pdata[i])->text));
    g_ptr_array_add (plan->servers, NULL);
    evaluate (plan);
    return;
  }
  plan->candidate = strchr (plan->candidate, '.') + 1;
  find_zone (plan);
}

static void
find_zone (MrPlan *plan)
{
  if (strchr (plan->candidate, '.') != NULL) {
    mr_resolver_lookup_answer (mr_plan_get_resolver (plan), plan->candidate, MR_DNS_NS, zone_cb, plan);
    return;
  }
  g_ptr_array_add (plan->servers, NULL);
  evaluate (plan);
}

static gboolean
open_resolver (MrPlan *plan, GError **error)
{
  MrConfig *config = mr_engine_get_config (plan->publisher->engine);
  const char *dns = mr_plan_text (plan, "dns");

  if (dns == NULL)
    return TRUE;
  plan->own_resolver = mr_resolver_new (dns, (guint)mr_config_get_integer (config, "dns", "timeout-ms"),
                                        (guint)mr_config_get_integer (config, "dns", "tries"), error);
  return plan->own_resolver != NULL;
}

void
mr_plan_start (MrPublisher *self, const char *domain, GVariant *options, gboolean entries_only, MrPlanDoneFunc func,
               gpointer data)
{
  MrPlan *plan = g_new0 (MrPlan, 1);
  g_autoptr (GError) error = NULL;

  plan->publisher = self;
  plan->options = g_variant_ref_sink (options);
  plan->table = mr_lookup_table_new ();
  plan->servers = g_ptr_array_new_with_free_func (g_free);
  plan->senders = g_ptr_array_new_with_free_func (g_free);
  plan->entries_only = entries_only;
  plan->func = func;
  plan->data = data;
  g_ptr_array_add (self->plans, plan);
  plan->domain = mr_domain_dup_ascii (domain, &error);
  if (plan->domain == NULL || !open_resolver (plan, &error) || !mr_plan_take_wishes (plan, &error)) {
    end (plan, NULL, error);
    return;
  }
  plan->zone = g_strdup (plan->domain);
  plan->candidate = plan->domain;
  find_zone (plan);
}

/* ---- the calls ---- */

GVariant *
mr_engine_dup_services (void)
{
  GPtrArray *all = mr_sending_services_get ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < all->len; i++) {
    const MrSendingService *s = all->pdata[i];
    GVariantDict row;

    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "id", "s", s->id);
    g_variant_dict_insert (&row, "name", "s", s->name);
    g_variant_dict_insert (&row, "term", "s", s->own_return_path ? "" : s->term);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&row));
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

typedef struct {
  MrPlanFunc func;
  gpointer data;
  GVariant *dict;
  GError *error;
} Answer;

static gboolean
answer_cb (gpointer data)
{
  Answer *answer = data;

  answer->func (answer->dict, answer->error, answer->data);
  g_clear_pointer (&answer->dict, g_variant_unref);
  g_clear_error (&answer->error);
  g_free (answer);
  return G_SOURCE_REMOVE;
}

void
mr_plan_answer (MrPlanFunc func, GVariant *dict, const GError *error, gpointer data)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->func = func;
  answer->data = data;
  answer->dict = dict != NULL ? g_variant_ref_sink (dict) : NULL;
  answer->error = error != NULL ? g_error_copy (error) : NULL;
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, answer, NULL);
}

typedef struct {
  MrPlanFunc func;
  gpointer data;
} Caller;

/* Maybe at once: it is told from the loop. */
static void
planned_cb (const MrPlanResult *result, const GError *error, gpointer data)
{
  Caller *caller = data;

  mr_plan_answer (caller->func, result != NULL ? result->dict : NULL, error, caller->data);
  g_free (caller);
}

void
mr_engine_plan_records (MrEngine *engine, const char *domain, GVariant *options, MrPlanFunc func, gpointer data)
{
  Caller *caller = g_new0 (Caller, 1);

  caller->func = func;
  caller->data = data;
  mr_plan_start (engine->publisher, domain, options, FALSE, planned_cb, caller);
}

MrPublisher *
mr_publisher_new (MrEngine *engine)
{
  MrPublisher *self = g_new0 (MrPublisher, 1);

  self->engine = engine;
  self->plans = g_ptr_array_new_with_free_func (mr_plan_free);
  self->watches = g_ptr_array_new_with_free_func (mr_watch_free);
  self->proofs = g_ptr_array_new ();
  mr_watches_restore (self);
  return self;
}

void
mr_publisher_free (MrPublisher *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));

  if (self == NULL)
    return;
  mr_store_cancel (self->engine->store, self);
  g_ptr_array_set_size (self->watches, 0); /* their plans go with them */
  while (self->plans->len > 0)
    end (self->plans->pdata[0], NULL, error);
  while (self->proofs->len > 0)
    mr_proof_stop (g_ptr_array_steal_index_fast (self->proofs, 0));
  g_ptr_array_unref (self->proofs);
  g_ptr_array_unref (self->plans);
  g_ptr_array_unref (self->watches);
  g_free (self);
}
