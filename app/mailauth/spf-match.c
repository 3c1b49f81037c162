/* What a client matches: its address against networks, hosts, mail servers and names (RFC 7208 5), and macros, whose names depend on it. See spf-private.h.
 *
 * Each look-up of a term goes through ask(), which counts the void ones (4.6.4); the addresses that prove a name are not counted, and an error there leaves a
 * name unproven, nothing else. A missing answer does not stop a term that asks for several names: all of them become wanted at once, so that they are
 * fetched in parallel.
 */
#include <config.h>

#include "mailauth/spf-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mailauth/reverse-name.h"

#define MAX_VOID  2
#define MAX_NAMES 10 /* of one mx or ptr */

static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

void
mr_spf_check_tell (MrSpfCheck *check, const char *domain, const char *format, ...)
{
  va_list arguments;

  if (check->report->problem != NULL)
    return;
  va_start (arguments, format);
  check->report->problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  check->report->problem_domain = g_strdup (domain);
}

/* ---- the client's address ---- */

static gboolean
read_address (const char *text, guint8 address[16])
{
  memcpy (address, mapped, sizeof mapped);
  return inet_pton (AF_INET, text, address + 12) == 1 || inet_pton (AF_INET6, text, address) == 1;
}

gboolean
mr_spf_check_set_client (MrSpfCheck *check, const char *text)
{
  if (!read_address (text, check->address))
    return FALSE;
  check->is_ip4 = memcmp (check->address, mapped, sizeof mapped) == 0;
  if (check->is_ip4)
    inet_ntop (AF_INET, check->address + 12, check->client, sizeof check->client);
  else
    inet_ntop (AF_INET6, check->address, check->client, sizeof check->client);
  return TRUE;
}

static gboolean
same_network (const guint8 *a, const guint8 *b, guint prefix)
{
  guint bytes = prefix / 8, bits = prefix % 8;

  return memcmp (a, b, bytes) == 0 && (bits == 0 || ((a[bytes] ^ b[bytes]) >> (8 - bits)) == 0);
}

/* Whether the client is in the network of address, with the prefix of its family. */
static gboolean
client_is_in (MrSpfCheck *check, const char *address, const MrSpfTerm *term)
{
  guint8 other[16];

  if (!read_address (address, other))
    return FALSE;
  return check->is_ip4 ? same_network (check->address + 12, other + 12, term->prefix4)
                       : same_network (check->address, other, term->prefix6);
}

MrSpfMatch
mr_spf_match_network (const MrSpfCheck *check, const MrSpfTerm *term)
{
  if (check->is_ip4 != (term->kind == MR_SPF_IP4))
    return MR_SPF_MATCH_NO;
  gboolean same = check->is_ip4 ? same_network (check->address + 12, term->network, term->prefix4)
                                : same_network (check->address, term->network, term->prefix6);
  return same ? MR_SPF_MATCH_YES : MR_SPF_MATCH_NO;
}

/* ---- look-ups ---- */

/* A look-up of a term: an answer without records counts as void (4.6.4). */
static MrSpfMatch
ask (MrSpfCheck *check, const char *name, MrLookupType type, const char *const **ret_records)
{
  switch (mr_lookup_table_ask (check->lookups, name, type, ret_records)) {
  case MR_LOOKUP_FOUND:
    return MR_SPF_MATCH_YES;
  case MR_LOOKUP_TEMPORARY:
    mr_spf_check_tell (check, name, _ ("%s of %s could not be looked up"), mr_lookup_type_name (type), name);
    return MR_SPF_MATCH_TEMPORARY;
  case MR_LOOKUP_PENDING:
    return MR_SPF_MATCH_PENDING;
  case MR_LOOKUP_NOTHING:
  default:
    break;
  }
  if (++check->report->void_look_ups <= MAX_VOID)
    return MR_SPF_MATCH_NO;
  mr_spf_check_tell (check, name, _ ("More than %d look-ups found nothing"), MAX_VOID);
  return MR_SPF_MATCH_PERMANENT;
}

MrSpfMatch
mr_spf_match_host (MrSpfCheck *check, const char *name, const MrSpfTerm *term)
{
  const char *const *addresses;
  MrSpfMatch found = ask (check, name, check->is_ip4 ? MR_LOOKUP_A : MR_LOOKUP_AAAA, &addresses);

  for (; found == MR_SPF_MATCH_YES && *addresses != NULL; addresses++)
    if (client_is_in (check, *addresses, term))
      return MR_SPF_MATCH_YES;
  return found == MR_SPF_MATCH_YES ? MR_SPF_MATCH_NO : found;
}

MrSpfMatch
mr_spf_match_mx (MrSpfCheck *check, const char *domain, const MrSpfTerm *term)
{
  const char *const *names;
  MrSpfMatch found = ask (check, domain, MR_LOOKUP_MX, &names);
  MrSpfMatch result = MR_SPF_MATCH_NO;

  if (found != MR_SPF_MATCH_YES)
    return found;
  if (g_strv_length ((char **)names) > MAX_NAMES) {
    mr_spf_check_tell (check, domain, _ ("%s has more than %d mail servers (MX)"), domain, MAX_NAMES);
    return MR_SPF_MATCH_PERMANENT;
  }
  for (; *names != NULL; names++) {
    MrSpfMatch match = **names != '\0' ? mr_spf_match_host (check, *names, term) : MR_SPF_MATCH_NO;
    if (match == MR_SPF_MATCH_PENDING)
      result = MR_SPF_MATCH_PENDING;
    else if (match != MR_SPF_MATCH_NO && result != MR_SPF_MATCH_PENDING)
      return match;
  }
  return result;
}

MrSpfMatch
mr_spf_match_exists (MrSpfCheck *check, const char *target)
{
  return ask (check, target, MR_LOOKUP_A, NULL);
}

/* ---- the client's validated name (5.5, 7.3 p) ---- */

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
find_validated (MrSpfCheck *check, MrSpfMatch *ret_match)
{
  static const MrSpfTerm exact = { .prefix4 = 32, .prefix6 = 128 };
  g_autofree char *reverse = mr_reverse_name (check->client);
  g_autoptr (GPtrArray) validated = g_ptr_array_new_with_free_func (g_free);
  const char *const *names;
  MrSpfMatch found = ask (check, reverse, MR_LOOKUP_PTR, &names);

  *ret_match = MR_SPF_MATCH_PENDING;
  if (found == MR_SPF_MATCH_PENDING)
    return NULL;
  gboolean pending = FALSE;
  for (guint i = 0; found == MR_SPF_MATCH_YES && names[i] != NULL && i < MAX_NAMES; i++) {
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
  *ret_match = found == MR_SPF_MATCH_PERMANENT ? MR_SPF_MATCH_PERMANENT : MR_SPF_MATCH_NO;
  return g_steal_pointer (&validated);
}

MrSpfMatch
mr_spf_match_ptr (MrSpfCheck *check, const char *domain)
{
  MrSpfMatch match;
  g_autoptr (GPtrArray) names = find_validated (check, &match);

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (is_below (names->pdata[i], domain))
      return MR_SPF_MATCH_YES;
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

char *
mr_spf_check_expand (MrSpfCheck *check, const char *text, MrSpfMacroKind kind, const char *domain,
                     MrSpfMatch *ret_match)
{
  g_autoptr (GPtrArray) validated = NULL;
  MrSpfMacroValues values = { check->sender, domain,     check->helo, check->receiver, check->client, check->address,
                              check->is_ip4, check->now, NULL };

  if (mr_spf_macro_needs_validated (text)) {
    validated = find_validated (check, ret_match);
    if (validated == NULL || *ret_match == MR_SPF_MATCH_PERMANENT)
      return NULL;
    values.validated = choose_validated (validated, domain);
  }
  return mr_spf_macro_expand (text, kind, &values);
}
