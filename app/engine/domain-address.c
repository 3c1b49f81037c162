/* Checks of direct delivery: the public address of this computer, its name, and the name in the greeting. Behind a provider none of them applies.
 *
 * How the address is learnt: typed; the address that this computer sends from, where that is a public one; the answer that the server of a sending account
 * gives to our greeting; and, where the person agreed, an answer of a third party's name server to whoever asks it.
 */
#include "config.h"

#include "engine/domain-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/host-name.h"
#include "mailauth/reverse-name.h"
#include "net/connect.h"

#define CHECK_ADDRESS "public-address"

static gboolean
has (GPtrArray *addresses, const char *address)
{
  return g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL);
}

static void
add (GPtrArray *addresses, const char *address)
{
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);
  g_autofree char *text = parsed != NULL ? g_inet_address_to_string (parsed) : NULL;

  /* As answers of the DNS write it. */
  if (text != NULL && !has (addresses, text))
    g_ptr_array_add (addresses, g_steal_pointer (&text));
}

static gboolean
is_public (MrDomainJob *job, const char *address)
{
  return !mr_address_is_private (address) || job->all->allow_private;
}

/* The address of a name server by name. FALSE: pending. */
static gboolean
server_address (MrDomainJob *job, const char *server, const char **ret_address)
{
  const char *const *addresses;

  *ret_address = NULL;
  if (mr_address_is_numeric (server)) {
    *ret_address = server;
    return TRUE;
  }
  if (mr_lookup_table_ask (job->table, server, MR_LOOKUP_A, &addresses) == MR_LOOKUP_PENDING)
    return FALSE;
  *ret_address = addresses[0];
  return TRUE;
}

/* "NAME@SERVER". FALSE: pending. */
static gboolean
ask_service (MrDomainJob *job, GPtrArray *addresses)
{
  const char *service = mr_config_get_string (mr_engine_get_config (job->all->engine), "domains", "address-service");
  g_auto (GStrv) parts = g_strsplit (service, "@", 2);
  const char *server;
  MrAsked asked;

  if (parts[0] == NULL || parts[1] == NULL)
    return TRUE;
  if (!server_address (job, parts[1], &server))
    return FALSE;
  if (server == NULL)
    return TRUE;
  asked = mr_domain_ask_server (job, server, parts[0], MR_DNS_TXT);
  if (asked.state == MR_ASKED_PENDING)
    return FALSE;
  for (guint i = 0; asked.state == MR_ASKED_ANSWERED && i < asked.answer->records->len; i++)
    add (addresses, ((const MrDnsRecord *)g_ptr_array_index (asked.answer->records, i))->text);
  return TRUE;
}

gboolean
mr_domain_addresses_check (const char *typed, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (typed, ",; ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !g_hostname_is_ip_address (words[i])) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                   _ ("“%s” is not an address of the internet: write it like 192.0.2.7 or 2001:db8::7"), words[i]);
      return FALSE;
    }
  return TRUE;
}

static void
take_typed (MrDomainJob *job, GPtrArray *addresses)
{
  g_auto (GStrv) words = g_strsplit_set (job->addresses_typed, ",; ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    add (addresses, words[i]);
}

/* Where the person typed none: this computer's own, then what an account's server says, then the service's. FALSE: pending. *ret_private: an address of this computer that is not public. */
static gboolean
find_addresses (MrDomainJob *job, GPtrArray *addresses, const char **ret_code, char **ret_private)
{
  const char *seen;

  take_typed (job, addresses);
  *ret_code = "address-typed";
  if (addresses->len > 0)
    return TRUE;
  *ret_code = "address-own";
  for (guint i = 0; i < 2; i++) {
    g_autofree char *own = mr_connect_dup_source_address (i == 1);

    if (own != NULL && !mr_address_is_private (own))
      add (addresses, own);
    else if (own != NULL && *ret_private == NULL)
      *ret_private = g_steal_pointer (&own);
  }
  if (addresses->len > 0)
    return TRUE;
  *ret_code = "address-relay";
  if (!mr_domain_ask_echo (job, &seen, &job->address_host))
    return FALSE;
  if (seen != NULL && is_public (job, seen))
    add (addresses, seen);
  if (addresses->len > 0 || (job->sources & MR_ADDRESS_DNS) == 0)
    return TRUE;
  *ret_code = "address-service";
  return ask_service (job, addresses);
}

gboolean
mr_domain_addresses (MrDomainJob *job, GPtrArray **ret_addresses)
{
  g_autofree char *private = NULL;
  const char *code;

  if (job->addresses == NULL) {
    g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

    if (!find_addresses (job, addresses, &code, &private))
      return FALSE;
    job->addresses = g_steal_pointer (&addresses);
    job->address_code = code;
    job->address_private = g_steal_pointer (&private);
  }
  *ret_addresses = job->addresses;
  return TRUE;
}

gboolean
mr_domain_not_direct (MrDomainJob *job, const char *check, GPtrArray *findings)
{
  if (job->report->route == MR_DOMAIN_ROUTE_DIRECT)
    return FALSE;
  mr_domain_find (findings, check, "", MR_FINDING_NOT_APPLICABLE, "not-direct", NULL);
  return TRUE;
}

static void
take_into_report (MrDomainJob *job)
{
  g_strfreev (job->report->addresses);
  job->report->addresses = g_new0 (char *, job->addresses->len + 1);
  for (guint i = 0; i < job->addresses->len; i++)
    job->report->addresses[i] = g_strdup (g_ptr_array_index (job->addresses, i));
}

gboolean
mr_domain_check_address (MrDomainJob *job, GPtrArray *findings)
{
  GPtrArray *addresses;

  if (mr_domain_not_direct (job, CHECK_ADDRESS, findings))
    return TRUE;
  if (!mr_domain_addresses (job, &addresses))
    return FALSE;
  take_into_report (job);
  for (guint i = 0; i < addresses->len; i++) {
    const char *address = g_ptr_array_index (addresses, i);
    gboolean good = is_public (job, address);

    mr_domain_find (findings, CHECK_ADDRESS, address, good ? MR_FINDING_GOOD : MR_FINDING_WRONG,
                    good ? job->address_code : "address-private", "address", address, "host",
                    job->address_host != NULL ? job->address_host : "", NULL);
  }
  if (addresses->len == 0 && job->address_private != NULL)
    mr_domain_find (findings, CHECK_ADDRESS, "", MR_FINDING_UNKNOWN, "address-behind", "address", job->address_private,
                    NULL);
  else if (addresses->len == 0)
    mr_domain_find (findings, CHECK_ADDRESS, "", MR_FINDING_UNKNOWN, "address-none", NULL);
  return TRUE;
}

/* ---- names ---- */

/* The names of an address. FALSE: pending. */
static gboolean
names_of (MrDomainJob *job, const char *address, MrLookupStatus *ret_status, const char *const **ret_names)
{
  g_autofree char *reverse = mr_reverse_name (address);

  *ret_status = mr_lookup_table_ask (job->table, reverse, MR_LOOKUP_PTR, ret_names);
  return *ret_status != MR_LOOKUP_PENDING;
}

/* Does the name have that address? PENDING where it is not known yet. */
static MrLookupStatus
leads_back (MrDomainJob *job, const char *name, const char *address)
{
  const char *const *addresses;
  MrLookupType type = strchr (address, ':') != NULL ? MR_LOOKUP_AAAA : MR_LOOKUP_A;
  MrLookupStatus status = mr_lookup_table_ask (job->table, name, type, &addresses);

  if (status != MR_LOOKUP_FOUND)
    return status;
  return g_strv_contains (addresses, address) ? MR_LOOKUP_FOUND : MR_LOOKUP_NOTHING;
}

static void
judge_generic (const char *address, const char *name, GPtrArray *findings)
{
  gboolean generic = mr_host_name_looks_generic (name, address);

  mr_domain_find (findings, "generic-name", address, generic ? MR_FINDING_WRONG : MR_FINDING_GOOD,
                  generic ? "generic-looking" : "generic-not", "name", name, "address", address, NULL);
}

/* FALSE: pending. */
static gboolean
judge_back (MrDomainJob *job, const char *address, const char *const *names, GPtrArray *findings)
{
  gboolean found = FALSE, pending = FALSE, temporary = FALSE;

  for (guint i = 0; names[i] != NULL; i++) {
    MrLookupStatus status = leads_back (job, names[i], address);

    found = found || status == MR_LOOKUP_FOUND;
    pending = pending || status == MR_LOOKUP_PENDING;
    temporary = temporary || status == MR_LOOKUP_TEMPORARY;
  }
  if (pending)
    return FALSE;
  if (found)
    mr_domain_find (findings, "fcrdns", address, MR_FINDING_GOOD, "fcrdns-good", "name", names[0], "address", address,
                    NULL);
  else if (temporary)
    mr_domain_find (findings, "fcrdns", address, MR_FINDING_UNKNOWN, "not-looked-up", "name", names[0], NULL);
  else
    mr_domain_find (findings, "fcrdns", address, MR_FINDING_WRONG, "fcrdns-other", "name", names[0], "address", address,
                    NULL);
  return TRUE;
}

static gboolean
judge_name (MrDomainJob *job, const char *address, GPtrArray *findings)
{
  const char *const *names;
  MrLookupStatus status;
  MrDomainFinding *finding;

  if (!names_of (job, address, &status, &names))
    return FALSE;
  if (status == MR_LOOKUP_TEMPORARY) {
    mr_domain_find (findings, "ptr", address, MR_FINDING_UNKNOWN, "not-looked-up", "name", address, NULL);
    return TRUE;
  }
  if (status == MR_LOOKUP_NOTHING) {
    mr_domain_find (findings, "ptr", address, MR_FINDING_WRONG, "ptr-none", "address", address, NULL);
    return TRUE;
  }
  finding = mr_domain_find (findings, "ptr", address, names[1] != NULL ? MR_FINDING_ATTENTION : MR_FINDING_GOOD,
                            names[1] != NULL ? "ptr-many" : "ptr-good", "address", address, "name", names[0], NULL);
  for (guint i = 0; names[i] != NULL; i++)
    mr_domain_finding_add_fact (finding, "name", names[i]);
  if (!judge_back (job, address, names, findings))
    return FALSE;
  judge_generic (address, names[0], findings);
  return TRUE;
}

gboolean
mr_domain_check_reverse (MrDomainJob *job, GPtrArray *findings)
{
  gboolean pending = FALSE;
  GPtrArray *addresses;

  if (job->report->route != MR_DOMAIN_ROUTE_DIRECT) {
    mr_domain_not_direct (job, "ptr", findings);
    mr_domain_not_direct (job, "fcrdns", findings);
    return mr_domain_not_direct (job, "generic-name", findings);
  }
  if (!mr_domain_addresses (job, &addresses))
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    pending = !judge_name (job, g_ptr_array_index (addresses, i), findings) || pending;
  return !pending;
}

/* ---- the greeting ---- */

static gboolean
judge_greeting (MrDomainJob *job, const char *address, GPtrArray *findings)
{
  const char *const *names;
  MrLookupStatus status, back = leads_back (job, job->helo, address);
  gboolean named = FALSE;

  if (!names_of (job, address, &status, &names) || back == MR_LOOKUP_PENDING)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    named = named || g_ascii_strcasecmp (names[i], job->helo) == 0;
  if (back == MR_LOOKUP_TEMPORARY)
    mr_domain_find (findings, "helo", address, MR_FINDING_UNKNOWN, "not-looked-up", "name", job->helo, NULL);
  else if (back == MR_LOOKUP_NOTHING)
    mr_domain_find (findings, "helo", address, MR_FINDING_WRONG, "helo-other", "name", job->helo, "address", address,
                    NULL);
  else if (!named)
    mr_domain_find (findings, "helo", address, MR_FINDING_ATTENTION, "helo-not-ptr", "name", job->helo, "address",
                    address, NULL);
  else
    mr_domain_find (findings, "helo", address, MR_FINDING_GOOD, "helo-good", "name", job->helo, NULL);
  return TRUE;
}

gboolean
mr_domain_check_helo (MrDomainJob *job, GPtrArray *findings)
{
  gboolean pending = FALSE;
  GPtrArray *addresses;

  if (mr_domain_not_direct (job, "helo", findings))
    return TRUE;
  if (!mr_domain_addresses (job, &addresses))
    return FALSE;
  g_free (job->report->helo);
  job->report->helo = g_strdup (job->helo);
  if (*job->helo == '\0') {
    mr_domain_find (findings, "helo", "", MR_FINDING_ATTENTION, "helo-literal", NULL);
    return TRUE;
  }
  if (!mr_host_name_is_valid (job->helo) || strchr (job->helo, '.') == NULL) {
    mr_domain_find (findings, "helo", "", MR_FINDING_WRONG, "helo-invalid", "name", job->helo, NULL);
    return TRUE;
  }
  for (guint i = 0; i < addresses->len; i++)
    pending = !judge_greeting (job, g_ptr_array_index (addresses, i), findings) || pending;
  return !pending;
}
