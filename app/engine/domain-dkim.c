/* Checks of the signature's keys in the DNS (DKIM, RFC 6376 3.6, RFC 8301): ours against what is published, the provider's where it signs for the domain. */
#include "config.h"

#include <mailrelay/dkim-records.h>

#include "engine/domain-private.h"

#include <string.h>

#include "engine/dkim.h"
#include "mailauth/dkim-key.h"
#include "mailauth/spf.h"
#include "policy/sender-records.h"

#define CHECK     "dkim"
#define WEAK_BITS 2048
#define MIN_BITS  1024
#define CUT_AT    255 /* where forms of providers cut a long text off */

typedef struct {
  const char *selector;
  const char *wanted; /* our own record; NULL: somebody else's key */
  gboolean is_new;    /* ours, and it does not sign before its record is there */
  char *name;
  const char *const *texts;
  const char *alias; /* what the name is one of, as providers want it; NULL */
} Place;

/* The key part of a record, without white space. (transfer full) */
static char *
dup_key (const char *text)
{
  g_autoptr (MrTags) tags = mr_tags_parse_tolerant (text);

  return tags != NULL ? mr_tags_dup_compact (tags, "p") : NULL;
}

static gboolean
is_same_key (const char *one, const char *other)
{
  g_autofree char *a = dup_key (one), *b = dup_key (other);

  return a != NULL && g_strcmp0 (a, b) == 0;
}

/* A beginning of our own key and no more. */
static gboolean
is_cut (const Place *place, const char *text)
{
  g_autofree char *a = dup_key (text), *b = place->wanted != NULL ? dup_key (place->wanted) : NULL;

  if (strlen (text) == CUT_AT)
    return TRUE;
  return a != NULL && b != NULL && *a != '\0' && strlen (a) < strlen (b) && g_str_has_prefix (b, a);
}

static MrDomainFinding *
judge_record (const Place *place, const char *text, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDkimRecord) record = mr_dkim_record_parse (text, &error);
  g_autofree char *bits = NULL;

  if (is_cut (place, text) && (record == NULL || (place->wanted != NULL && !is_same_key (place->wanted, text))))
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-cut", "name", place->name, NULL);
  if (record == NULL && mr_spf_is_record (text))
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-wildcard", "name", place->name,
                           NULL);
  if (record == NULL)
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-syntax", "name", place->name,
                           "problem", error->message, NULL);
  if (mr_dkim_record_is_revoked (record))
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-revoked", "name", place->name,
                           NULL);
  if (place->wanted != NULL && !is_same_key (place->wanted, text))
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-differs", "name", place->name,
                           NULL);
  bits = g_strdup_printf ("%u", mr_dkim_record_get_bits (record));
  if (!mr_dkim_record_is_for_mail (record) || !mr_dkim_record_allows_hash (record, "sha256"))
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-unfit", "name", place->name, NULL);
  if (mr_dkim_record_get_algorithm (record) == MR_DKIM_RSA && mr_dkim_record_get_bits (record) < MIN_BITS)
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_WRONG, "dkim-short", "bits", bits, NULL);
  if (mr_dkim_record_is_testing (record))
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_ATTENTION, "dkim-testing", "name", place->name,
                           NULL);
  if (mr_dkim_record_get_algorithm (record) == MR_DKIM_RSA && mr_dkim_record_get_bits (record) < WEAK_BITS)
    return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_ATTENTION, "dkim-weak", "bits", bits, NULL);
  return mr_domain_find (findings, CHECK, place->selector, MR_FINDING_GOOD,
                         place->wanted != NULL ? "dkim-good" : "dkim-provider-good", "name", place->name, "bits", bits,
                         NULL);
}

/* FALSE: pending. optional: nothing there is no fault of this selector alone. *ret_found: a record stands there. */
static gboolean
judge_place (MrDomainJob *job, const char *selector, const MrDkimKeyRecord *own, gboolean optional, gboolean *ret_found,
             GPtrArray *findings)
{
  g_autofree char *name = g_strdup_printf ("%s._domainkey.%s", selector, job->domain);
  Place place = { .selector = selector,
                  .wanted = own != NULL ? own->record : NULL,
                  .is_new = own != NULL && own->state == MR_DKIM_KEY_NEW,
                  .name = name };
  MrLookupStatus status = mr_lookup_table_ask (job->table, name, MR_LOOKUP_TXT, &place.texts);
  MrAskedState alias = mr_domain_ask_alias (job, name, &place.alias);
  MrDomainFinding *finding = NULL;

  if (status == MR_LOOKUP_PENDING || alias == MR_ASKED_PENDING)
    return FALSE;
  if (status == MR_LOOKUP_TEMPORARY)
    finding = mr_domain_find (findings, CHECK, selector, MR_FINDING_UNKNOWN, "not-looked-up", "name", name, NULL);
  else if (status == MR_LOOKUP_NOTHING && place.alias != NULL && !optional)
    finding = mr_domain_find (findings, CHECK, selector, MR_FINDING_WRONG, "dkim-alias", "name", name, "alias",
                              place.alias, NULL);
  else if (status == MR_LOOKUP_NOTHING && optional)
    return TRUE;
  else if (status == MR_LOOKUP_NOTHING && place.is_new)
    finding = mr_domain_find (findings, CHECK, selector, MR_FINDING_ATTENTION, "dkim-not-yet", "name", name, NULL);
  else if (status == MR_LOOKUP_NOTHING)
    finding = mr_domain_find (findings, CHECK, selector, MR_FINDING_WRONG, "dkim-none", "name", name, NULL);
  else if (place.texts[1] != NULL)
    finding = mr_domain_find (findings, CHECK, selector, MR_FINDING_WRONG, "dkim-two", "name", name, NULL);
  else
    finding = judge_record (&place, place.texts[0], findings);
  *ret_found = TRUE;
  mr_domain_finding_add_fact (finding, "name", name);
  mr_domain_finding_add_fact (finding, "alias", place.alias);
  for (guint i = 0; place.texts[i] != NULL; i++)
    mr_domain_finding_add_fact (finding, "record", place.texts[i]);
  mr_domain_finding_add_fact (finding, "wanted", place.wanted);
  return TRUE;
}

/* ---- which keys ---- */

static gboolean
check_own (MrDomainJob *job, gboolean *ret_any, GPtrArray *findings)
{
  GPtrArray *keys = mr_dkim_get_all (job->all->engine->dkim);
  gboolean pending = FALSE, found;

  for (guint i = 0; i < keys->len; i++) {
    const MrDkimKeyRecord *key = g_ptr_array_index (keys, i);

    if (g_ascii_strcasecmp (key->domain, job->domain) != 0 || key->state == MR_DKIM_KEY_OLD)
      continue;
    if (job->report->route == MR_DOMAIN_ROUTE_RELAY && !key->behind_provider)
      continue;
    *ret_any = TRUE;
    pending = !judge_place (job, key->selector, key, FALSE, &found, findings) || pending;
  }
  return !pending;
}

static gboolean
is_alias (MrDomainJob *job, const char *selector)
{
  g_autofree char *name = g_strdup_printf ("%s._domainkey.%s", selector, job->domain);
  const char *target;

  mr_domain_ask_alias (job, name, &target);
  return target != NULL;
}

static gboolean
check_provider (MrDomainJob *job, GPtrArray *findings)
{
  const MrSenderRecords *known = mr_sender_records_find (job->report->provider);
  const char *name = job->provider != NULL ? job->provider->name : "";
  gboolean found = FALSE, pending = FALSE;

  if (job->provider != NULL && g_str_equal (job->provider->dkim, "provider")) {
    mr_domain_find (findings, CHECK, "", MR_FINDING_NOT_APPLICABLE, "dkim-provider-itself", "provider", name, NULL);
    return TRUE;
  }
  for (guint i = 0; known != NULL && known->selectors[i] != NULL; i++)
    pending = !judge_place (job, known->selectors[i], NULL, TRUE, &found, findings) || pending;
  if (pending)
    return FALSE;
  if (found)
    return TRUE;
  /* Of two selectors one may lead nowhere until keys change; where all do, the provider has not switched it on. */
  for (guint i = 0; known != NULL && known->selectors[i] != NULL && !found; i++)
    if (is_alias (job, known->selectors[i]))
      judge_place (job, known->selectors[i], NULL, FALSE, &found, findings);
  if (found)
    return TRUE;
  if (known != NULL && known->selectors[0] != NULL)
    mr_domain_find (findings, CHECK, "", MR_FINDING_ATTENTION, "dkim-provider-none", "provider", name, NULL);
  else
    mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "dkim-provider-unknown", "provider",
                    *name != '\0' ? name : job->account->host, NULL);
  return TRUE;
}

gboolean
mr_domain_check_dkim (MrDomainJob *job, GPtrArray *findings)
{
  gboolean any = FALSE;

  if (!check_own (job, &any, findings))
    return FALSE;
  if (job->report->route == MR_DOMAIN_ROUTE_RELAY && !any)
    return check_provider (job, findings);
  if (!any && job->report->route == MR_DOMAIN_ROUTE_DIRECT)
    mr_domain_find (findings, CHECK, "", MR_FINDING_ATTENTION, "dkim-no-key", "domain", job->domain, NULL);
  else if (!any)
    mr_domain_find (findings, CHECK, "", MR_FINDING_NOT_APPLICABLE, "dkim-no-route", NULL);
  return TRUE;
}
