/* What a plan is wished to hold: the options of the call, the accounts that send for the domain, its keys. */
#include <config.h>

#include "engine/publisher-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/accounts.h"
#include "engine/dkim.h"
#include "engine/domain-private.h"
#include "mail/address.h"
#include "mailauth/mta-sts.h"
#include "mailauth/spf-edit.h"
#include "policy/dns-providers.h"

#define MAX_TEXT 512

const char *
mr_plan_text (MrPlan *plan, const char *key)
{
  const char *text = NULL;

  g_variant_lookup (plan->options, key, "&s", &text);
  return text != NULL && *text != '\0' ? text : NULL;
}

gboolean
mr_plan_is_set (MrPlan *plan, const char *key)
{
  gboolean set = FALSE;

  return g_variant_lookup (plan->options, key, "b", &set) && set;
}

/* RFC 8461 3.1: 1 to 32 letters and digits. */
static gboolean
check_sts (MrPlan *plan, GError **error)
{
  const char *id = mr_plan_text (plan, "sts-id"), *mode = mr_plan_text (plan, "sts-mode");
  g_autofree char *record = g_strdup_printf ("v=STSv1; id=%s;", id != NULL ? id : "1");
  g_autofree char *read = mr_sts_record_dup_id (record, NULL);

  if (g_strcmp0 (read, id != NULL ? id : "1") != 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("sts-id: “%s” is not made of 1 to 32 letters and digits"), id);
    return FALSE;
  }
  if (mode == NULL || strcmp (mode, mr_sts_mode_nick (MR_STS_TESTING)) == 0
      || strcmp (mode, mr_sts_mode_nick (MR_STS_ENFORCE)) == 0)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("sts-mode: “%s” is neither testing nor enforce"), mode);
  return FALSE;
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

static void
add_address (MrPlan *plan, const char *address)
{
  g_autofree char *term = g_strdup_printf (strchr (address, ':') != NULL ? "ip6:%s" : "ip4:%s", address);

  if (g_hostname_is_ip_address (address))
    add_sender (plan, term);
}

/* Typed ones take the place of the configured ones. */
static void
take_addresses (MrPlan *plan)
{
  MrConfig *config = mr_engine_get_config (plan->publisher->engine);
  const char *typed = mr_plan_text (plan, "addresses");
  g_auto (GStrv) addresses = typed != NULL ? g_strsplit_set (typed, ",; ", -1)
                                           : mr_config_dup_list (config, "domains", "addresses");

  for (guint i = 0; addresses[i] != NULL; i++)
    add_address (plan, addresses[i]);
}

/* The way that mail of the domain takes out of this program is among its allowed senders. */
static void
take_accounts (MrPlan *plan)
{
  GPtrArray *accounts = mr_accounts_get_all (plan->publisher->engine->accounts);

  plan->direct = mr_plan_is_set (plan, "direct");
  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = accounts->pdata[i];
    const MrSendingService *service = mr_sending_service_of_account (account->provider);

    if (!mr_domain_account_fits (account, plan->domain))
      continue;
    plan->direct = plan->direct || account->kind == MR_ACCOUNT_DIRECT;
    if (account->kind == MR_ACCOUNT_RELAY && service != NULL && !service->own_return_path)
      add_sender (plan, service->term);
  }
  if (plan->direct)
    take_addresses (plan);
}

/* Copies: keys come and go while the plan waits for the DNS. */
static void
take_keys (MrPlan *plan)
{
  GPtrArray *all = mr_dkim_get_all (plan->publisher->engine->dkim);

  plan->keys = g_new0 (MrPublishKey, all->len + 1);
  plan->key_texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < all->len; i++) {
    const MrDkimKeyRecord *key = all->pdata[i];

    if (key->state == MR_DKIM_KEY_OLD || strcmp (key->domain, plan->domain) != 0)
      continue;
    char *name = g_strdup (key->name), *record = g_strdup (key->record);
    g_ptr_array_add (plan->key_texts, name);
    g_ptr_array_add (plan->key_texts, record);
    plan->keys[plan->wish.n_keys++] = (MrPublishKey){ name, record };
  }
  plan->wish.keys = plan->keys;
}

static gboolean
take_policy (MrPlan *plan, GError **error)
{
  static const MrDmarcPolicy policies[] = { MR_DMARC_NONE, MR_DMARC_QUARANTINE, MR_DMARC_REJECT };
  const char *wanted = mr_plan_text (plan, "dmarc");

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
take_provider (MrPlan *plan, GError **error)
{
  const char *wanted = mr_plan_text (plan, "provider");
  GPtrArray *all = mr_dns_providers_get ();

  for (guint i = 0; wanted != NULL && plan->provider == NULL && i < all->len; i++)
    if (strcmp (((MrDnsProvider *)all->pdata[i])->id, wanted) == 0)
      plan->provider = all->pdata[i];
  if (wanted == NULL || plan->provider != NULL)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("provider: “%s” is not known"), wanted);
  return FALSE;
}

gboolean
mr_plan_take_wishes (MrPlan *plan, GError **error)
{
  g_autofree const char **senders = NULL;

  plan->wish.domain = plan->domain;
  plan->wish.reports = mr_plan_text (plan, "reports");
  plan->wish.tls_reports = mr_plan_text (plan, "tls-reports");
  g_variant_lookup (plan->options, "senders", "^a&s", &senders);
  for (guint i = 0; senders != NULL && senders[i] != NULL; i++) {
    const char *terms[] = { senders[i], NULL };
    g_autofree char *merged = NULL;

    if (strlen (senders[i]) >= MAX_TEXT) {
      g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("senders: “%.40s…” is too long"), senders[i]);
      return FALSE;
    }
    merged = mr_spf_merge (NULL, terms, error);
    if (merged == NULL) {
      g_prefix_error (error, _ ("senders: “%s”: "), senders[i]);
      return FALSE;
    }
    add_sender (plan, senders[i]);
  }
  if (!take_services (plan, error) || !take_provider (plan, error) || !take_policy (plan, error)
      || !check_sts (plan, error) || !check_address ("reports", plan->wish.reports, error)
      || !check_address ("tls-reports", plan->wish.tls_reports, error))
    return FALSE;
  take_accounts (plan);
  g_ptr_array_add (plan->senders, NULL);
  plan->wish.senders = (const char *const *)plan->senders->pdata;
  take_keys (plan);
  return TRUE;
}
