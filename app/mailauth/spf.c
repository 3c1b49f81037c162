/* check_host() of RFC 7208 4 over a look-up table: records, their terms in order, and the result: see spf.h. What a client matches is in spf-match.c.
 *
 * A record is read whole before any of its terms counts. Depth needs no limit of its own: every include and redirect is one of the ten look-ups. Whatever
 * cannot be said yet ends the check as pending, and it is run again from the start when the answers have come: nothing is kept between.
 */
#include <config.h>

#include "mailauth/spf-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LOOK_UPS    10
#define MAX_STEPS       1000
#define MAX_EXPLANATION 500

static const char *const nicks[]
    = { "none", "neutral", "pass", "fail", "softfail", "temperror", "permerror", "pending" };
G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MR_SPF_N_RESULTS);

static MrSpfResult check_host (MrSpfCheck *check, const char *domain, guint depth, gboolean included);

const char *
mr_spf_result_nick (MrSpfResult result)
{
  return (guint)result < G_N_ELEMENTS (nicks) ? nicks[result] : "unknown";
}

void
mr_spf_report_clear (MrSpfReport *report)
{
  g_clear_pointer (&report->explanation, g_free);
  g_clear_pointer (&report->problem, g_free);
  g_clear_pointer (&report->problem_domain, g_free);
  g_clear_pointer (&report->steps, g_ptr_array_unref);
}

/* ---- terms ---- */

static MrSpfMatch
match_include (MrSpfCheck *check, const char *domain, guint depth)
{
  switch (check_host (check, domain, depth + 1, TRUE)) {
  case MR_SPF_PASS:
    return MR_SPF_MATCH_YES;
  case MR_SPF_FAIL:
  case MR_SPF_SOFTFAIL:
  case MR_SPF_NEUTRAL:
    return MR_SPF_MATCH_NO;
  case MR_SPF_TEMPERROR:
    return MR_SPF_MATCH_TEMPORARY;
  case MR_SPF_PENDING:
    return MR_SPF_MATCH_PENDING;
  case MR_SPF_NONE:
    mr_spf_check_tell (check, domain, _ ("%s is included and has no SPF record"), domain);
    return MR_SPF_MATCH_PERMANENT;
  case MR_SPF_PERMERROR:
  case MR_SPF_N_RESULTS:
  default:
    return MR_SPF_MATCH_PERMANENT;
  }
}

static MrSpfMatch
match_target (MrSpfCheck *check, const MrSpfTerm *term, const char *target, guint depth)
{
  switch (term->kind) {
  case MR_SPF_INCLUDE:
    return match_include (check, target, depth);
  case MR_SPF_A:
    return mr_spf_match_host (check, target, term);
  case MR_SPF_MX:
    return mr_spf_match_mx (check, target, term);
  case MR_SPF_PTR:
    return mr_spf_match_ptr (check, target);
  case MR_SPF_EXISTS:
    return mr_spf_match_exists (check, target);
  case MR_SPF_ALL:
  case MR_SPF_IP4:
  case MR_SPF_IP6:
  case MR_SPF_REDIRECT:
  case MR_SPF_EXP:
  case MR_SPF_OTHER:
  default:
    g_return_val_if_reached (MR_SPF_MATCH_NO);
  }
}

static MrSpfMatch
match_term (MrSpfCheck *check, const MrSpfTerm *term, const char *domain, guint depth)
{
  MrSpfMatch match = MR_SPF_MATCH_NO;

  if (term->kind == MR_SPF_ALL)
    return MR_SPF_MATCH_YES;
  if (term->kind == MR_SPF_IP4 || term->kind == MR_SPF_IP6)
    return mr_spf_match_network (check, term);
  if (term->kind == MR_SPF_OTHER)
    return MR_SPF_MATCH_NO;
  g_autofree char *target = term->domain != NULL
                                ? mr_spf_check_expand (check, term->domain, MR_SPF_MACRO_DOMAIN, domain, &match)
                                : g_strdup (domain);
  return target != NULL ? match_target (check, term, target, depth) : match;
}

/* FALSE: the limit is reached. */
static gboolean
count (MrSpfCheck *check, const MrSpfTerm *term, const char *domain)
{
  if (!mr_spf_kind_looks_up (term->kind) || ++check->report->look_ups <= MAX_LOOK_UPS)
    return TRUE;
  mr_spf_check_tell (check, domain, _ ("The record needs more than %d look-ups"), MAX_LOOK_UPS);
  return FALSE;
}

/* ---- records ---- */

/* NULL: *ret_result tells why. (transfer full) */
static MrSpfRecord *
find_record (MrSpfCheck *check, const char *domain, MrSpfResult *ret_result)
{
  const char *const *texts;
  const char *found = NULL;
  g_autoptr (GError) error = NULL;
  MrLookupStatus status = mr_lookup_table_ask (check->lookups, domain, MR_LOOKUP_TXT, &texts);

  *ret_result = status == MR_LOOKUP_PENDING     ? MR_SPF_PENDING
                : status == MR_LOOKUP_TEMPORARY ? MR_SPF_TEMPERROR
                                                : MR_SPF_NONE;
  if (status == MR_LOOKUP_TEMPORARY)
    mr_spf_check_tell (check, domain, _ ("%s of %s could not be looked up"), "TXT", domain);
  for (; *texts != NULL; texts++) {
    if (!mr_spf_is_record (*texts))
      continue;
    if (found != NULL) {
      mr_spf_check_tell (check, domain, _ ("%s has more than one SPF record"), domain);
      *ret_result = MR_SPF_PERMERROR;
      return NULL;
    }
    found = *texts;
  }
  if (found == NULL)
    return NULL;
  MrSpfRecord *record = mr_spf_record_parse (found, &error);
  if (record == NULL) {
    mr_spf_check_tell (check, domain, "%s", error->message);
    *ret_result = MR_SPF_PERMERROR;
  }
  return record;
}

static void
keep_explanation (MrSpfCheck *check, const MrSpfRecord *record, const char *domain)
{
  g_free (check->exp);
  g_free (check->exp_domain);
  check->exp = record->exp != NULL ? g_strdup (record->exp->domain) : NULL;
  check->exp_domain = g_strdup (domain);
}

static MrSpfResult
follow_redirect (MrSpfCheck *check, const MrSpfRecord *record, const char *domain, guint depth, gboolean included)
{
  MrSpfMatch match = MR_SPF_MATCH_NO;
  MrSpfResult result;

  mr_spf_steps_add (check->report->steps, MAX_STEPS, depth, domain, record->redirect);
  if (!count (check, record->redirect, domain))
    return MR_SPF_PERMERROR;
  g_autofree char *target = mr_spf_check_expand (check, record->redirect->domain, MR_SPF_MACRO_DOMAIN, domain, &match);
  if (target == NULL)
    return match == MR_SPF_MATCH_PENDING ? MR_SPF_PENDING : MR_SPF_PERMERROR;
  result = check_host (check, target, depth + 1, included);
  if (result != MR_SPF_NONE)
    return result;
  mr_spf_check_tell (check, target, _ ("%s is redirected to and has no SPF record"), target);
  return MR_SPF_PERMERROR;
}

static MrSpfResult
evaluate (MrSpfCheck *check, const MrSpfRecord *record, const char *domain, guint depth, gboolean included)
{
  for (guint i = 0; i < record->terms->len; i++) {
    const MrSpfTerm *term = g_ptr_array_index (record->terms, i);
    MrSpfStep *step = mr_spf_steps_add (check->report->steps, MAX_STEPS, depth, domain, term);
    MrSpfMatch match = count (check, term, domain) ? match_term (check, term, domain, depth) : MR_SPF_MATCH_PERMANENT;
    if (match == MR_SPF_MATCH_PENDING)
      return MR_SPF_PENDING;
    if (match == MR_SPF_MATCH_TEMPORARY)
      return MR_SPF_TEMPERROR;
    if (match == MR_SPF_MATCH_PERMANENT)
      return MR_SPF_PERMERROR;
    if (match == MR_SPF_MATCH_NO)
      continue;
    if (step != NULL)
      step->matched = TRUE;
    if (term->qualifier == MR_SPF_FAIL && !included)
      keep_explanation (check, record, domain);
    return term->qualifier;
  }
  return record->redirect != NULL ? follow_redirect (check, record, domain, depth, included) : MR_SPF_NEUTRAL;
}

/* A name that cannot have a record: one label, a literal, labels that do not fit (4.3). */
static gboolean
can_have_record (const char *domain)
{
  const char *dot = strchr (domain, '.');

  return *domain != '[' && dot != NULL && dot[1] != '\0' && mr_dns_name_fits (domain);
}

static MrSpfResult
check_host (MrSpfCheck *check, const char *domain, guint depth, gboolean included)
{
  MrSpfResult result = MR_SPF_NONE;

  if (!can_have_record (domain))
    return MR_SPF_NONE;
  g_autoptr (MrSpfRecord) record = find_record (check, domain, &result);
  return record != NULL ? evaluate (check, record, domain, depth, included) : result;
}

/* ---- explanation ---- */

static gboolean
is_printable (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text < 0x20 || *text > 0x7e)
      return FALSE;
  return TRUE;
}

/* FALSE: pending. Whatever is wrong with an explanation leaves it out (6.2). */
static gboolean
explain (MrSpfCheck *check)
{
  const char *const *texts;
  MrSpfMatch match = MR_SPF_MATCH_NO;

  if (check->exp == NULL)
    return TRUE;
  g_autofree char *name = mr_spf_check_expand (check, check->exp, MR_SPF_MACRO_DOMAIN, check->exp_domain, &match);
  if (name == NULL)
    return match != MR_SPF_MATCH_PENDING;
  MrLookupStatus status = mr_lookup_table_ask (check->lookups, name, MR_LOOKUP_TXT, &texts);
  if (status != MR_LOOKUP_FOUND || texts[1] != NULL || !mr_spf_macro_is_valid (texts[0], MR_SPF_MACRO_EXPLAIN))
    return status != MR_LOOKUP_PENDING;
  g_autofree char *text = mr_spf_check_expand (check, texts[0], MR_SPF_MACRO_EXPLAIN, check->exp_domain, &match);
  if (text == NULL)
    return match != MR_SPF_MATCH_PENDING;
  if (is_printable (text))
    check->report->explanation = g_strndup (text, MAX_EXPLANATION);
  return TRUE;
}

/* ---- the whole ---- */

/* FALSE: the address is none. */
static gboolean
prepare (MrSpfCheck *check, const MrSpfQuery *query)
{
  const char *mailfrom = query->mailfrom != NULL ? query->mailfrom : "";
  const char *at = strrchr (mailfrom, '@');

  if (!mr_spf_check_set_client (check, query->address))
    return FALSE;
  check->helo = query->helo != NULL ? query->helo : "";
  check->receiver = query->receiver != NULL ? query->receiver : "unknown";
  check->now = query->now;
  if (*mailfrom == '\0')
    check->sender = g_strconcat ("postmaster@", check->helo, NULL);
  else if (at == NULL || at == mailfrom)
    check->sender = g_strconcat ("postmaster@", at != NULL ? at + 1 : mailfrom, NULL);
  else
    check->sender = g_strdup (mailfrom);
  return TRUE;
}

MrSpfResult
mr_spf_check (MrLookupTable *lookups, const MrSpfQuery *query, MrSpfReport *ret)
{
  MrSpfCheck check = { .lookups = lookups, .report = ret };

  *ret = (MrSpfReport){ .steps = mr_spf_steps_new () };
  if (prepare (&check, query))
    ret->result = check_host (&check, strrchr (check.sender, '@') + 1, 0, FALSE);
  else
    mr_spf_check_tell (&check, "", _ ("“%.100s” is not an internet address"), query->address);
  if (ret->result == MR_SPF_FAIL && !explain (&check))
    ret->result = MR_SPF_PENDING;
  g_free (check.sender);
  g_free (check.exp);
  g_free (check.exp_domain);
  return ret->result;
}
