/* What a domain has to publish: finds the zone and who keeps it, looks at what is there, merges (mailauth/publish.h). Everything is asked at once where it
 * can be; an answer that does not come leaves the entry as "could not be looked up".
 */
#include <config.h>

#include "engine/publisher-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/dkim.h"
#include "engine/domain-private.h"
#include "mail/address.h"
#include "mailauth/spf-edit.h"
#include "mailauth/spf-tree.h"
#include "net/auth-lookups.h"
#include "policy/dns-providers.h"

#define MAX_ROUNDS 40 /* of look-ups: what an SPF record includes, ten deep at most */
#define MAX_TEXT   512

struct _MrPlan {
  MrPublisher *publisher;
  GVariant *options;
  char *domain, *zone;
  const char *candidate;    /* of the zone: a tail of domain */
  GPtrArray *servers;       /* char *: names, then NULL */
  MrResolver *own_resolver; /* NULL: the engine's */
  MrLookupTable *table;
  MrLookups *lookups;
  guint rounds;
  GPtrArray *senders; /* char *, then NULL */
  MrPublishWish wish;
  MrPublishKey *keys;
  MrPlanDoneFunc func;
  gpointer data;
};

static void evaluate (MrPlan *plan);

static MrResolver *
resolver_of (MrPlan *plan)
{
  return plan->own_resolver != NULL ? plan->own_resolver : plan->publisher->engine->resolver;
}

void
mr_plan_free (gpointer data)
{
  MrPlan *plan = data;

  mr_resolver_cancel (resolver_of (plan), plan);
  g_clear_pointer (&plan->lookups, mr_lookups_cancel);
  g_clear_pointer (&plan->own_resolver, mr_resolver_free);
  g_clear_pointer (&plan->options, g_variant_unref);
  mr_lookup_table_free (plan->table);
  g_ptr_array_unref (plan->servers);
  g_ptr_array_unref (plan->senders);
  g_free (plan->keys);
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

/* ---- wishes ---- */

/* NULL: absent or "". Borrowed from options. */
static const char *
text_of (MrPlan *plan, const char *key)
{
  const char *text = NULL;

  g_variant_lookup (plan->options, key, "&s", &text);
  return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean
check_address (const char *key, const char *address, GError **error)
{
  if (address == NULL || (mr_address_is_valid (address) && strpbrk (address, ";,!\"") == NULL))
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: “%s” is not an e-mail address"), key, address);
  return FALSE;
}

static void
add_sender (MrPlan *plan, const char *term)
{
  if (!g_ptr_array_find_with_equal_func (plan->senders, term, g_str_equal, NULL))
    g_ptr_array_add (plan->senders, g_strdup (term));
}

static gboolean
take_services (MrPlan *plan, GError **error)
{
  g_autofree const char **ids = NULL;
  GPtrArray *all = mr_sending_services_get ();

  g_variant_lookup (plan->options, "services", "^a&s", &ids);
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++) {
    const MrSendingService *found = NULL;

    for (guint k = 0; k < all->len && found == NULL; k++)
      if (strcmp (((MrSendingService *)all->pdata[k])->id, ids[i]) == 0)
        found = all->pdata[k];
    if (found == NULL) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("services: “%s” is not known"), ids[i]);
      return FALSE;
    }
    if (!found->own_return_path)
      add_sender (plan, found->term);
  }
  return TRUE;
}

/* The way that mail of the domain takes out of this program is among its allowed senders. */
static void
take_accounts (MrPlan *plan)
{
  GPtrArray *accounts = mr_accounts_get_all (plan->publisher->engine->accounts);
  MrConfig *config = mr_engine_get_config (plan->publisher->engine);
  g_auto (GStrv) addresses = mr_config_dup_list (config, "domains", "addresses");

  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = accounts->pdata[i];
    const MrSendingService *service = mr_sending_service_of_account (account->provider);

    if (!mr_domain_account_fits (account, plan->domain))
      continue;
    if (account->kind == MR_ACCOUNT_RELAY && service != NULL && !service->own_return_path)
      add_sender (plan, service->term);
    for (guint k = 0; account->kind == MR_ACCOUNT_DIRECT && addresses[k] != NULL; k++) {
      g_autofree char *term = g_strdup_printf (strchr (addresses[k], ':') != NULL ? "ip6:%s" : "ip4:%s", addresses[k]);

      add_sender (plan, term);
    }
  }
}

static void
take_keys (MrPlan *plan)
{
  GPtrArray *all = mr_dkim_get_all (plan->publisher->engine->dkim);

  plan->keys = g_new0 (MrPublishKey, all->len + 1);
  for (guint i = 0; i < all->len; i++) {
    const MrDkimKeyRecord *key = all->pdata[i];

    if (key->state != MR_DKIM_KEY_OLD && strcmp (key->domain, plan->domain) == 0)
      plan->keys[plan->wish.n_keys++] = (MrPublishKey){ key->name, key->record };
  }
  plan->wish.keys = plan->keys;
}

static gboolean
take_policy (MrPlan *plan, GError **error)
{
  static const MrDmarcPolicy policies[] = { MR_DMARC_NONE, MR_DMARC_QUARANTINE, MR_DMARC_REJECT };
  const char *wanted = text_of (plan, "dmarc");

  plan->wish.step = MR_DMARC_UNSET;
  for (guint i = 0; wanted != NULL && i < G_N_ELEMENTS (policies); i++)
    if (strcmp (mr_dmarc_policy_nick (policies[i]), wanted) == 0)
      plan->wish.step = policies[i];
  if (wanted == NULL || plan->wish.step != MR_DMARC_UNSET)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("dmarc: “%s” is none of none, quarantine and reject"), wanted);
  return FALSE;
}

static gboolean
take_wishes (MrPlan *plan, GError **error)
{
  g_autofree const char **senders = NULL;

  plan->wish.domain = plan->domain;
  plan->wish.reports = text_of (plan, "reports");
  plan->wish.tls_reports = text_of (plan, "tls-reports");
  plan->wish.sts_id = text_of (plan, "sts-id");
  g_variant_lookup (plan->options, "senders", "^a&s", &senders);
  for (guint i = 0; senders != NULL && senders[i] != NULL; i++) {
    const char *terms[] = { senders[i], NULL };
    g_autofree char *merged = strlen (senders[i]) < MAX_TEXT ? mr_spf_merge (NULL, terms, error) : NULL;

    if (merged == NULL) {
      g_prefix_error (error, _ ("senders: “%s”: "), senders[i]);
      return FALSE;
    }
    add_sender (plan, senders[i]);
  }
  if (!take_services (plan, error) || !take_policy (plan, error)
      || !check_address ("reports", plan->wish.reports, error)
      || !check_address ("tls-reports", plan->wish.tls_reports, error))
    return FALSE;
  take_accounts (plan);
  g_ptr_array_add (plan->senders, NULL);
  plan->wish.senders = (const char *const *)plan->senders->pdata;
  take_keys (plan);
  return TRUE;
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
  const char *wanted = text_of (plan, "provider");
  GPtrArray *all = mr_dns_providers_get ();

  for (guint i = 0; wanted != NULL && i < all->len; i++)
    if (strcmp (((MrDnsProvider *)all->pdata[i])->id, wanted) == 0)
      return all->pdata[i];
  return plan->servers->len > 1 ? mr_dns_provider_match ((const char *const *)plan->servers->pdata) : NULL;
}

static GVariant *
plan_to_variant (MrPlan *plan, GPtrArray *records, guint look_ups)
{
  const MrDnsProvider *provider = provider_of (plan);
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, record_to_variant (records->pdata[i], provider, plan->zone));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "domain", "s", plan->domain);
  g_variant_dict_insert (&dict, "zone", "s", plan->zone);
  g_variant_dict_insert (&dict, "servers", "^as", plan->servers->pdata);
  g_variant_dict_insert (&dict, "provider", "s", provider != NULL ? provider->id : "");
  g_variant_dict_insert (&dict, "provider-name", "s", provider != NULL ? provider->name : "");
  g_variant_dict_insert (&dict, "provider-url", "s", provider != NULL ? provider->url : "");
  g_variant_dict_insert (&dict, "provider-menu", "s", provider != NULL ? provider->menu : "");
  g_variant_dict_insert (&dict, "has-keys", "b", plan->wish.n_keys > 0);
  g_variant_dict_insert (&dict, "look-ups", "u", look_ups);
  g_variant_dict_insert_value (&dict, "records", g_variant_builder_end (&builder));
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

static void
evaluate (MrPlan *plan)
{
  g_autoptr (GPtrArray) records = mr_publish_plan (&plan->wish, look, plan);
  g_autoptr (GVariant) dict = NULL;
  guint look_ups = 0;
  gboolean complete = count_look_ups (plan, records, &look_ups);

  if (plan->rounds++ < MAX_ROUNDS) {
    plan->lookups = mr_lookups_fetch (resolver_of (plan), plan->table, fetched_cb, plan);
    if (plan->lookups != NULL)
      return;
  }
  dict = plan_to_variant (plan, records, complete ? look_ups : 0);
  const MrPlanResult result = { .domain = plan->domain,
                                .zone = plan->zone,
                                .servers = (char **)plan->servers->pdata,
                                .records = records,
                                .dict = dict };
  end (plan, &result, NULL);
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
    mr_resolver_lookup_answer (resolver_of (plan), plan->candidate, MR_DNS_NS, zone_cb, plan);
    return;
  }
  g_ptr_array_add (plan->servers, NULL);
  evaluate (plan);
}

static gboolean
open_resolver (MrPlan *plan, GError **error)
{
  MrConfig *config = mr_engine_get_config (plan->publisher->engine);
  const char *dns = text_of (plan, "dns");

  if (dns == NULL)
    return TRUE;
  plan->own_resolver = mr_resolver_new (dns, (guint)mr_config_get_integer (config, "dns", "timeout-ms"),
                                        (guint)mr_config_get_integer (config, "dns", "tries"), error);
  return plan->own_resolver != NULL;
}

void
mr_plan_start (MrPublisher *self, const char *domain, GVariant *options, MrPlanDoneFunc func, gpointer data)
{
  MrPlan *plan = g_new0 (MrPlan, 1);
  g_autoptr (GError) error = NULL;

  plan->publisher = self;
  plan->options = g_variant_ref_sink (options);
  plan->table = mr_lookup_table_new ();
  plan->servers = g_ptr_array_new_with_free_func (g_free);
  plan->senders = g_ptr_array_new_with_free_func (g_free);
  plan->func = func;
  plan->data = data;
  g_ptr_array_add (self->plans, plan);
  plan->domain = mr_domain_dup_ascii (domain, &error);
  if (plan->domain == NULL || !open_resolver (plan, &error) || !take_wishes (plan, &error)) {
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
} Caller;

typedef struct {
  Caller caller;
  GError *error;
} Late;

static gboolean
late_cb (gpointer data)
{
  Late *late = data;

  late->caller.func (NULL, late->error, late->caller.data);
  g_error_free (late->error);
  g_free (late);
  return G_SOURCE_REMOVE;
}

static void
planned_cb (const MrPlanResult *result, const GError *error, gpointer data)
{
  Caller *caller = data;

  if (result != NULL)
    caller->func (result->dict, NULL, caller->data);
  else { /* maybe at once: it is told from the loop */
    Late *late = g_new0 (Late, 1);

    late->caller = *caller;
    late->error = g_error_copy (error);
    g_idle_add_full (G_PRIORITY_DEFAULT, late_cb, late, NULL);
  }
  g_free (caller);
}

void
mr_engine_plan_records (MrEngine *engine, const char *domain, GVariant *options, MrPlanFunc func, gpointer data)
{
  Caller *caller = g_new0 (Caller, 1);

  caller->func = func;
  caller->data = data;
  mr_plan_start (engine->publisher, domain, options, planned_cb, caller);
}

MrPublisher *
mr_publisher_new (MrEngine *engine)
{
  MrPublisher *self = g_new0 (MrPublisher, 1);

  self->engine = engine;
  self->plans = g_ptr_array_new_with_free_func (mr_plan_free);
  self->watches = g_ptr_array_new_with_free_func (mr_watch_free);
  return self;
}

void
mr_publisher_free (MrPublisher *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));

  if (self == NULL)
    return;
  g_ptr_array_set_size (self->watches, 0); /* their plans go with them */
  while (self->plans->len > 0)
    end (self->plans->pdata[0], NULL, error);
  g_ptr_array_unref (self->plans);
  g_ptr_array_unref (self->watches);
  g_free (self);
}
