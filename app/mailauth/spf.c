/* check_host() of RFC 7208 4 over a look-up table: see spf.h.
 *
 * A missing answer does not stop a term that asks for several names: all of them become wanted at once, so that they are fetched in parallel.
 */
#include <config.h>

#include "mailauth/spf.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "mailauth/spf-macro.h"

#define MAX_LOOK_UPS    10
#define MAX_VOID        2
#define MAX_NAMES       10 /* of one mx or ptr */
#define MAX_STEPS       1000
#define MAX_EXPLANATION 500

static const char *const nicks[]
    = { "none", "neutral", "pass", "fail", "softfail", "temperror", "permerror", "pending" };
G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MR_SPF_N_RESULTS);

typedef enum { MATCH_NO, MATCH_YES, MATCH_TEMPORARY, MATCH_PERMANENT, MATCH_PENDING } Match;

typedef struct {
  MrLookupTable *lookups;
  MrSpfReport *report;
  guint8 address[16]; /* IPv4 mapped */
  gboolean is_ip4;
  char client[INET6_ADDRSTRLEN];
  char *sender;
  const char *helo;
  const char *receiver;
  gint64 now;
  char *exp; /* domain-spec of the record that said fail */
  char *exp_domain;
} Check;

static MrSpfResult check_host (Check *check, const char *domain, guint depth, gboolean included);

const char *
mr_spf_result_nick (MrSpfResult result)
{
  return (guint)result < G_N_ELEMENTS (nicks) ? nicks[result] : "unknown";
}

static void
step_free (gpointer data)
{
  MrSpfStep *step = data;

  g_free (step->domain);
  g_free (step->term);
  g_free (step);
}

void
mr_spf_report_clear (MrSpfReport *report)
{
  g_clear_pointer (&report->explanation, g_free);
  g_clear_pointer (&report->problem, g_free);
  g_clear_pointer (&report->problem_domain, g_free);
  g_clear_pointer (&report->steps, g_ptr_array_unref);
}

/* The first problem is the one that is told. */
static void G_GNUC_PRINTF (3, 4) tell_problem (Check *check, const char *domain, const char *format, ...)
{
  va_list arguments;

  if (check->report->problem != NULL)
    return;
  va_start (arguments, format);
  check->report->problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  check->report->problem_domain = g_strdup (domain);
}

/* ---- look-ups ---- */

/* A look-up of a term: an answer without records counts as void (4.6.4). */
static Match
ask (Check *check, const char *name, MrLookupType type, const char *const **ret_records)
{
  switch (mr_lookup_table_ask (check->lookups, name, type, ret_records)) {
  case MR_LOOKUP_FOUND:
    return MATCH_YES;
  case MR_LOOKUP_TEMPORARY:
    tell_problem (check, name, _ ("%s of %s could not be looked up"), mr_lookup_type_name (type), name);
    return MATCH_TEMPORARY;
  case MR_LOOKUP_PENDING:
    return MATCH_PENDING;
  case MR_LOOKUP_NOTHING:
  default:
    break;
  }
  if (++check->report->void_look_ups <= MAX_VOID)
    return MATCH_NO;
  tell_problem (check, name, _ ("More than %d look-ups found nothing"), MAX_VOID);
  return MATCH_PERMANENT;
}

static gboolean
read_address (const char *text, guint8 address[16])
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  memcpy (address, mapped, sizeof mapped);
  return inet_pton (AF_INET, text, address + 12) == 1 || inet_pton (AF_INET6, text, address) == 1;
}

static gboolean
same_network (const guint8 *a, const guint8 *b, guint prefix)
{
  guint bytes = prefix / 8, bits = prefix % 8;

  return memcmp (a, b, bytes) == 0 && (bits == 0 || ((a[bytes] ^ b[bytes]) >> (8 - bits)) == 0);
}

/* Whether the client is in the network of address, with the prefix of its family. */
static gboolean
client_is_in (Check *check, const char *address, const MrSpfTerm *term)
{
  guint8 other[16];

  if (!read_address (address, other))
    return FALSE;
  return check->is_ip4 ? same_network (check->address + 12, other + 12, term->prefix4)
                       : same_network (check->address, other, term->prefix6);
}

static Match
match_host (Check *check, const char *name, const MrSpfTerm *term)
{
  const char *const *addresses;
  Match found = ask (check, name, check->is_ip4 ? MR_LOOKUP_A : MR_LOOKUP_AAAA, &addresses);

  for (; found == MATCH_YES && *addresses != NULL; addresses++)
    if (client_is_in (check, *addresses, term))
      return MATCH_YES;
  return found == MATCH_YES ? MATCH_NO : found;
}

static Match
match_mx (Check *check, const char *domain, const MrSpfTerm *term)
{
  const char *const *names;
  Match found = ask (check, domain, MR_LOOKUP_MX, &names);
  Match result = MATCH_NO;

  if (found != MATCH_YES)
    return found;
  if (g_strv_length ((char **)names) > MAX_NAMES) {
    tell_problem (check, domain, _ ("%s has more than %d mail servers (MX)"), domain, MAX_NAMES);
    return MATCH_PERMANENT;
  }
  for (; *names != NULL; names++) {
    Match match = **names != '\0' ? match_host (check, *names, term) : MATCH_NO;
    if (match == MATCH_PENDING)
      result = MATCH_PENDING;
    else if (match != MATCH_NO && result != MATCH_PENDING)
      return match;
  }
  return result;
}

/* ---- the client's validated name (5.5, 7.3 p) ---- */

static char *
dup_reverse_name (Check *check)
{
  const guint8 *a = check->address;
  GString *name;

  if (check->is_ip4)
    return g_strdup_printf ("%u.%u.%u.%u.in-addr.arpa", a[15], a[14], a[13], a[12]);
  name = g_string_new (NULL);
  for (guint i = 16; i > 0; i--)
    g_string_append_printf (name, "%x.%x.", a[i - 1] & 15, a[i - 1] >> 4);
  g_string_append (name, "ip6.arpa");
  return g_string_free (name, FALSE);
}

static gboolean
is_below (const char *name, const char *domain)
{
  gsize name_len = strlen (name), len = strlen (domain);

  if (name_len > 0 && name[name_len - 1] == '.')
    name_len--;
  if (len > 0 && domain[len - 1] == '.')
    len--;
  return name_len >= len && g_ascii_strncasecmp (name + name_len - len, domain, len) == 0
         && (name_len == len || name[name_len - len - 1] == '.');
}

/* Names of the client's address whose own addresses lead back to it. An error makes a name unproven, nothing else.
 * (transfer full) NULL: pending, or, with *ret_match set otherwise, what ends the check. */
static GPtrArray *
find_validated (Check *check, Match *ret_match)
{
  static const MrSpfTerm exact = { .prefix4 = 32, .prefix6 = 128 };
  g_autofree char *reverse = dup_reverse_name (check);
  g_autoptr (GPtrArray) validated = g_ptr_array_new_with_free_func (g_free);
  const char *const *names;
  Match found = ask (check, reverse, MR_LOOKUP_PTR, &names);

  *ret_match = MATCH_PENDING;
  if (found == MATCH_PENDING)
    return NULL;
  gboolean pending = FALSE;
  for (guint i = 0; found == MATCH_YES && names[i] != NULL && i < MAX_NAMES; i++) {
    const char *const *addresses;
    MrLookupStatus status = mr_lookup_table_ask (check->lookups, names[i], check->is_ip4 ? MR_LOOKUP_A : MR_LOOKUP_AAAA,
                                                 &addresses);
    pending |= status == MR_LOOKUP_PENDING;
    gboolean back = FALSE;
    for (; status == MR_LOOKUP_FOUND && *addresses != NULL; addresses++)
      back |= client_is_in (check, *addresses, &exact);
    if (back)
      g_ptr_array_add (validated, g_strdup (names[i]));
  }
  if (pending)
    return NULL;
  *ret_match = found == MATCH_PERMANENT ? MATCH_PERMANENT : MATCH_NO;
  return g_steal_pointer (&validated);
}

static Match
match_ptr (Check *check, const char *domain)
{
  Match match;
  g_autoptr (GPtrArray) names = find_validated (check, &match);

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (is_below (names->pdata[i], domain))
      return MATCH_YES;
  return match;
}

/* The domain itself, else a name below it, else any. */
static const char *
choose_validated (GPtrArray *names, const char *domain)
{
  const char *best = NULL;

  for (guint i = 0; i < names->len; i++)
    if (g_ascii_strcasecmp (names->pdata[i], domain) == 0)
      return names->pdata[i];
  for (guint i = 0; i < names->len && best == NULL; i++)
    if (is_below (names->pdata[i], domain))
      best = names->pdata[i];
  return best != NULL || names->len == 0 ? best : names->pdata[0];
}

/* NULL: *ret_match tells why. (transfer full) */
static char *
expand (Check *check, const char *text, MrSpfMacroKind kind, const char *domain, Match *ret_match)
{
  g_autoptr (GPtrArray) validated = NULL;
  MrSpfMacroValues values = { check->sender, domain,     check->helo, check->receiver, check->client, check->address,
                              check->is_ip4, check->now, NULL };

  if (mr_spf_macro_needs_validated (text)) {
    validated = find_validated (check, ret_match);
    if (validated == NULL || *ret_match == MATCH_PERMANENT)
      return NULL;
    values.validated = choose_validated (validated, domain);
  }
  return mr_spf_macro_expand (text, kind, &values);
}

/* ---- terms ---- */

static Match
match_include (Check *check, const char *domain, guint depth)
{
  switch (check_host (check, domain, depth + 1, TRUE)) {
  case MR_SPF_PASS:
    return MATCH_YES;
  case MR_SPF_FAIL:
  case MR_SPF_SOFTFAIL:
  case MR_SPF_NEUTRAL:
    return MATCH_NO;
  case MR_SPF_TEMPERROR:
    return MATCH_TEMPORARY;
  case MR_SPF_PENDING:
    return MATCH_PENDING;
  case MR_SPF_NONE:
    tell_problem (check, domain, _ ("%s is included and has no SPF record"), domain);
    return MATCH_PERMANENT;
  case MR_SPF_PERMERROR:
  case MR_SPF_N_RESULTS:
  default:
    return MATCH_PERMANENT;
  }
}

static gboolean
looks_up (MrSpfKind kind)
{
  return kind == MR_SPF_INCLUDE || kind == MR_SPF_A || kind == MR_SPF_MX || kind == MR_SPF_PTR || kind == MR_SPF_EXISTS
         || kind == MR_SPF_REDIRECT;
}

static Match
match_target (Check *check, const MrSpfTerm *term, const char *target, guint depth)
{
  switch (term->kind) {
  case MR_SPF_INCLUDE:
    return match_include (check, target, depth);
  case MR_SPF_A:
    return match_host (check, target, term);
  case MR_SPF_MX:
    return match_mx (check, target, term);
  case MR_SPF_PTR:
    return match_ptr (check, target);
  case MR_SPF_EXISTS:
    return ask (check, target, MR_LOOKUP_A, NULL);
  case MR_SPF_ALL:
  case MR_SPF_IP4:
  case MR_SPF_IP6:
  case MR_SPF_REDIRECT:
  case MR_SPF_EXP:
  case MR_SPF_OTHER:
  default:
    g_return_val_if_reached (MATCH_NO);
  }
}

static Match
match_term (Check *check, const MrSpfTerm *term, const char *domain, guint depth)
{
  Match match = MATCH_NO;

  if (term->kind == MR_SPF_ALL)
    return MATCH_YES;
  if (term->kind == MR_SPF_IP4)
    return check->is_ip4 && same_network (check->address + 12, term->network, term->prefix4) ? MATCH_YES : MATCH_NO;
  if (term->kind == MR_SPF_IP6)
    return !check->is_ip4 && same_network (check->address, term->network, term->prefix6) ? MATCH_YES : MATCH_NO;
  if (term->kind == MR_SPF_OTHER)
    return MATCH_NO;
  g_autofree char *target = term->domain != NULL ? expand (check, term->domain, MR_SPF_MACRO_DOMAIN, domain, &match)
                                                 : g_strdup (domain);
  return target != NULL ? match_target (check, term, target, depth) : match;
}

/* FALSE: the limit is reached. */
static gboolean
count (Check *check, const MrSpfTerm *term, const char *domain)
{
  if (!looks_up (term->kind) || ++check->report->look_ups <= MAX_LOOK_UPS)
    return TRUE;
  tell_problem (check, domain, _ ("The record needs more than %d look-ups"), MAX_LOOK_UPS);
  return FALSE;
}

static MrSpfStep *
add_step (Check *check, const MrSpfTerm *term, const char *domain, guint depth)
{
  MrSpfStep *step;

  if (check->report->steps->len >= MAX_STEPS)
    return NULL;
  step = g_new0 (MrSpfStep, 1);
  step->depth = depth;
  step->domain = g_strdup (domain);
  step->term = g_strdup (term->text);
  step->looks_up = looks_up (term->kind);
  g_ptr_array_add (check->report->steps, step);
  return step;
}

/* ---- records ---- */

/* NULL: *ret_result tells why. (transfer full) */
static MrSpfRecord *
find_record (Check *check, const char *domain, MrSpfResult *ret_result)
{
  const char *const *texts;
  const char *found = NULL;
  g_autoptr (GError) error = NULL;
  MrLookupStatus status = mr_lookup_table_ask (check->lookups, domain, MR_LOOKUP_TXT, &texts);

  *ret_result = status == MR_LOOKUP_PENDING     ? MR_SPF_PENDING
                : status == MR_LOOKUP_TEMPORARY ? MR_SPF_TEMPERROR
                                                : MR_SPF_NONE;
  if (status == MR_LOOKUP_TEMPORARY)
    tell_problem (check, domain, _ ("%s of %s could not be looked up"), "TXT", domain);
  for (; *texts != NULL; texts++) {
    if (!mr_spf_is_record (*texts))
      continue;
    if (found != NULL) {
      tell_problem (check, domain, _ ("%s has more than one SPF record"), domain);
      *ret_result = MR_SPF_PERMERROR;
      return NULL;
    }
    found = *texts;
  }
  if (found == NULL)
    return NULL;
  MrSpfRecord *record = mr_spf_record_parse (found, &error);
  if (record == NULL) {
    tell_problem (check, domain, "%s", error->message);
    *ret_result = MR_SPF_PERMERROR;
  }
  return record;
}

static void
keep_explanation (Check *check, const MrSpfRecord *record, const char *domain)
{
  g_free (check->exp);
  g_free (check->exp_domain);
  check->exp = record->exp != NULL ? g_strdup (record->exp->domain) : NULL;
  check->exp_domain = g_strdup (domain);
}

static MrSpfResult
follow_redirect (Check *check, const MrSpfRecord *record, const char *domain, guint depth, gboolean included)
{
  Match match = MATCH_NO;
  MrSpfResult result;

  add_step (check, record->redirect, domain, depth);
  if (!count (check, record->redirect, domain))
    return MR_SPF_PERMERROR;
  g_autofree char *target = expand (check, record->redirect->domain, MR_SPF_MACRO_DOMAIN, domain, &match);
  if (target == NULL)
    return match == MATCH_PENDING ? MR_SPF_PENDING : MR_SPF_PERMERROR;
  result = check_host (check, target, depth + 1, included);
  if (result != MR_SPF_NONE)
    return result;
  tell_problem (check, target, _ ("%s is redirected to and has no SPF record"), target);
  return MR_SPF_PERMERROR;
}

static MrSpfResult
evaluate (Check *check, const MrSpfRecord *record, const char *domain, guint depth, gboolean included)
{
  for (guint i = 0; i < record->terms->len; i++) {
    const MrSpfTerm *term = g_ptr_array_index (record->terms, i);
    MrSpfStep *step = add_step (check, term, domain, depth);
    Match match = count (check, term, domain) ? match_term (check, term, domain, depth) : MATCH_PERMANENT;
    if (match == MATCH_PENDING)
      return MR_SPF_PENDING;
    if (match == MATCH_TEMPORARY)
      return MR_SPF_TEMPERROR;
    if (match == MATCH_PERMANENT)
      return MR_SPF_PERMERROR;
    if (match == MATCH_NO)
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
check_host (Check *check, const char *domain, guint depth, gboolean included)
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
explain (Check *check)
{
  const char *const *texts;
  Match match = MATCH_NO;

  if (check->exp == NULL)
    return TRUE;
  g_autofree char *name = expand (check, check->exp, MR_SPF_MACRO_DOMAIN, check->exp_domain, &match);
  if (name == NULL)
    return match != MATCH_PENDING;
  MrLookupStatus status = mr_lookup_table_ask (check->lookups, name, MR_LOOKUP_TXT, &texts);
  if (status != MR_LOOKUP_FOUND || texts[1] != NULL || !mr_spf_macro_is_valid (texts[0], MR_SPF_MACRO_EXPLAIN))
    return status != MR_LOOKUP_PENDING;
  g_autofree char *text = expand (check, texts[0], MR_SPF_MACRO_EXPLAIN, check->exp_domain, &match);
  if (text == NULL)
    return match != MATCH_PENDING;
  if (is_printable (text))
    check->report->explanation = g_strndup (text, MAX_EXPLANATION);
  return TRUE;
}

/* ---- the whole ---- */

/* FALSE: the address is none. */
static gboolean
prepare (Check *check, const MrSpfQuery *query)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const char *mailfrom = query->mailfrom != NULL ? query->mailfrom : "";
  const char *at = strrchr (mailfrom, '@');

  if (!read_address (query->address, check->address))
    return FALSE;
  check->is_ip4 = memcmp (check->address, mapped, sizeof mapped) == 0;
  if (check->is_ip4)
    inet_ntop (AF_INET, check->address + 12, check->client, sizeof check->client);
  else
    inet_ntop (AF_INET6, check->address, check->client, sizeof check->client);
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
  Check check = { .lookups = lookups, .report = ret };

  *ret = (MrSpfReport){ .steps = g_ptr_array_new_with_free_func (step_free) };
  if (prepare (&check, query))
    ret->result = check_host (&check, strrchr (check.sender, '@') + 1, 0, FALSE);
  else
    tell_problem (&check, "", _ ("“%.100s” is not an internet address"), query->address);
  if (ret->result == MR_SPF_FAIL && !explain (&check))
    ret->result = MR_SPF_PENDING;
  g_free (check.sender);
  g_free (check.exp);
  g_free (check.exp_domain);
  return ret->result;
}
