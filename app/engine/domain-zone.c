/* Check of the name servers: each is asked itself, so that a change is seen before caches expire, and two that differ are found. */
#include "config.h"

#include "engine/domain-private.h"

#include <string.h>

#define CHECK       "name-servers"
#define SERVERS_MAX 13
#define UP_MAX      4 /* labels that are gone up to find the zone */

typedef struct {
  const char *name;    /* of the server */
  const char *address; /* NULL: none was found */
  char *serial;        /* NULL: no answer that counts */
  char *texts;         /* what it says, one text for comparing */
  gboolean silent, lame, failing;
} Server;

static void
server_clear (gpointer data)
{
  Server *server = data;

  g_free (server->serial);
  g_free (server->texts);
}

MrAskedState
mr_domain_find_zone (MrDomainJob *job, const char *name, const char **ret_zone, const MrDnsAnswer **ret_answer)
{
  const char *zone = name;

  *ret_zone = name;
  *ret_answer = NULL;
  for (guint i = 0; i < UP_MAX && zone != NULL && strchr (zone, '.') != NULL; i++) {
    MrAsked asked = mr_domain_ask (job, zone, MR_DNS_NS);

    if (asked.state != MR_ASKED_ANSWERED)
      return asked.state;
    if (asked.answer->outcome == MR_DNS_FOUND) {
      *ret_zone = zone;
      *ret_answer = asked.answer;
      return MR_ASKED_ANSWERED;
    }
    zone = strchr (zone, '.');
    zone = zone != NULL ? zone + 1 : NULL;
  }
  return MR_ASKED_ANSWERED;
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* What the server says about the name, sorted. FALSE: pending. */
static gboolean
add_texts (MrDomainJob *job, Server *server, const char *name, MrDnsType type, GString *out)
{
  MrAsked asked = mr_domain_ask_server (job, server->address, name, type);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  if (asked.state == MR_ASKED_PENDING)
    return FALSE;
  for (guint i = 0; asked.state == MR_ASKED_ANSWERED && i < asked.answer->records->len; i++)
    g_ptr_array_add (texts, ((const MrDnsRecord *)g_ptr_array_index (asked.answer->records, i))->text);
  g_ptr_array_sort (texts, compare_texts);
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (out, "%s %d %s\n", name, (int)type, (const char *)g_ptr_array_index (texts, i));
  return TRUE;
}

/* FALSE: pending. */
static gboolean
ask_server (MrDomainJob *job, const char *zone, Server *server)
{
  g_autofree char *dmarc = g_strconcat ("_dmarc.", job->domain, NULL);
  g_autoptr (GString) texts = g_string_new (NULL);
  MrAsked soa = mr_domain_ask_server (job, server->address, zone, MR_DNS_SOA);
  gboolean answered;

  if (soa.state == MR_ASKED_PENDING)
    return FALSE;
  if (soa.state == MR_ASKED_FAILED) {
    server->failing = g_error_matches (soa.error, MR_ERROR, MR_ERROR_REFUSED);
    server->silent = !server->failing;
    return TRUE;
  }
  server->lame = !soa.answer->authoritative || soa.answer->outcome != MR_DNS_FOUND;
  if (server->lame)
    return TRUE;
  g_auto (GStrv) parts = g_strsplit (((const MrDnsRecord *)g_ptr_array_index (soa.answer->records, 0))->text, " ", 4);
  server->serial = g_strdup (g_strv_length (parts) == 4 ? parts[2] : "?");
  answered = add_texts (job, server, job->domain, MR_DNS_TXT, texts);
  answered = add_texts (job, server, job->domain, MR_DNS_MX, texts) && answered;
  answered = add_texts (job, server, dmarc, MR_DNS_TXT, texts) && answered;
  server->texts = g_strdup (texts->str);
  return answered;
}

/* The first one of either family. What could not be looked up is no fault of the server's: it counts as silent. FALSE: pending. */
static gboolean
find_address (MrDomainJob *job, Server *server)
{
  const char *const *a, *const *aaaa;
  MrLookupStatus status4 = mr_lookup_table_ask (job->table, server->name, MR_LOOKUP_A, &a);
  MrLookupStatus status6 = mr_lookup_table_ask (job->table, server->name, MR_LOOKUP_AAAA, &aaaa);

  if (status4 == MR_LOOKUP_PENDING || status6 == MR_LOOKUP_PENDING)
    return FALSE;
  server->address = a[0] != NULL ? a[0] : aaaa[0];
  server->silent = server->address == NULL && (status4 == MR_LOOKUP_TEMPORARY || status6 == MR_LOOKUP_TEMPORARY);
  return TRUE;
}

/* FALSE: pending. */
static gboolean
ask_all (MrDomainJob *job, const char *zone, const MrDnsAnswer *names, GArray *servers)
{
  gboolean pending = FALSE;

  for (guint i = 0; i < names->records->len && i < SERVERS_MAX; i++) {
    Server server = { .name = ((const MrDnsRecord *)g_ptr_array_index (names->records, i))->text };

    if (!find_address (job, &server)) {
      pending = TRUE;
      continue;
    }
    if (server.address != NULL)
      pending = !ask_server (job, zone, &server) || pending;
    g_array_append_val (servers, server);
  }
  return !pending;
}

static const Server *
first_that (GArray *servers, gboolean (*is) (const Server *server, const Server *first))
{
  for (guint i = 0; i < servers->len; i++)
    if (is (&g_array_index (servers, Server, i), &g_array_index (servers, Server, 0)))
      return &g_array_index (servers, Server, i);
  return NULL;
}

static gboolean
is_lame (const Server *server, const Server *first)
{
  return server->lame;
}

static gboolean
is_failing (const Server *server, const Server *first)
{
  return server->failing;
}

static gboolean
is_silent (const Server *server, const Server *first)
{
  return server->silent;
}

static gboolean
is_nowhere (const Server *server, const Server *first)
{
  return server->address == NULL && !server->silent;
}

static gboolean
is_other (const Server *server, const Server *first)
{
  return server->texts != NULL && first->texts != NULL && strcmp (server->texts, first->texts) != 0;
}

static gboolean
is_other_version (const Server *server, const Server *first)
{
  return server->serial != NULL && first->serial != NULL && strcmp (server->serial, first->serial) != 0;
}

static guint
count_answering (GArray *servers)
{
  guint n = 0;

  for (guint i = 0; i < servers->len; i++)
    n += g_array_index (servers, Server, i).serial != NULL;
  return n;
}

/* Those that answer come first, so that the first one is what the others are compared with. */
static gint
compare (gconstpointer a, gconstpointer b)
{
  const Server *one = a, *other = b;

  if ((one->serial != NULL) != (other->serial != NULL))
    return one->serial != NULL ? -1 : 1;
  return strcmp (one->name, other->name);
}

static MrDomainFinding *
judge (const char *zone, GArray *servers, GPtrArray *findings)
{
  static const struct {
    gboolean (*is) (const Server *server, const Server *first);
    MrFindingState state;
    const char *code;
  } faults[] = {
    { is_other, MR_FINDING_WRONG, "servers-differ" },      { is_lame, MR_FINDING_WRONG, "servers-lame" },
    { is_failing, MR_FINDING_WRONG, "servers-failing" },   { is_nowhere, MR_FINDING_ATTENTION, "servers-nowhere" },
    { is_silent, MR_FINDING_ATTENTION, "servers-silent" }, { is_other_version, MR_FINDING_ATTENTION, "servers-version" }
  };
  g_autofree char *count = g_strdup_printf ("%u", count_answering (servers));

  if (count_answering (servers) == 0 && first_that (servers, is_lame) == NULL
      && first_that (servers, is_failing) == NULL)
    return mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "servers-unreachable", "zone", zone, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    const Server *server = first_that (servers, faults[i].is);

    if (server != NULL)
      return mr_domain_find (findings, CHECK, "", faults[i].state, faults[i].code, "server", server->name, "zone", zone,
                             NULL);
  }
  if (servers->len == 1)
    return mr_domain_find (findings, CHECK, "", MR_FINDING_ATTENTION, "servers-one", "zone", zone, "server",
                           g_array_index (servers, Server, 0).name, NULL);
  return mr_domain_find (findings, CHECK, "", MR_FINDING_GOOD, "servers-good", "zone", zone, "count", count, NULL);
}

static void
add_facts (MrDomainFinding *finding, GArray *servers)
{
  for (guint i = 0; i < servers->len; i++) {
    const Server *server = &g_array_index (servers, Server, i);
    g_autofree char *line = g_strdup_printf ("%s %s %s", server->name, server->address != NULL ? server->address : "-",
                                             server->serial != NULL ? server->serial
                                             : server->silent       ? "(no answer)"
                                             : server->failing      ? "(fails)"
                                             : server->lame         ? "(does not serve the zone)"
                                                                    : "-");

    mr_domain_finding_add_fact (finding, "server", line);
  }
}

/* FALSE: pending. */
static gboolean
judge_failure (MrDomainJob *job, GPtrArray *findings)
{
  gboolean bogus;

  if (mr_domain_ask_bogus (job, job->domain, MR_DNS_NS, &bogus) == MR_ASKED_PENDING)
    return FALSE;
  if (bogus)
    mr_domain_find (findings, CHECK, "", MR_FINDING_WRONG, "servers-bogus", "domain", job->domain, NULL);
  else
    mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", job->domain, NULL);
  return TRUE;
}

gboolean
mr_domain_check_zone (MrDomainJob *job, GPtrArray *findings)
{
  g_autoptr (GArray) servers = g_array_new (FALSE, FALSE, sizeof (Server));
  const MrDnsAnswer *names;
  const char *zone = job->domain;
  MrDomainFinding *finding;

  g_array_set_clear_func (servers, server_clear);
  switch (mr_domain_find_zone (job, job->domain, &zone, &names)) {
  case MR_ASKED_PENDING:
    return FALSE;
  case MR_ASKED_FAILED:
    return judge_failure (job, findings);
  case MR_ASKED_ANSWERED:
  default:
    break;
  }
  if (mr_domain_ask (job, job->domain, MR_DNS_NS).answer->outcome == MR_DNS_NX_DOMAIN) {
    mr_domain_find (findings, CHECK, "", MR_FINDING_WRONG, "domain-missing", "domain", job->domain, NULL);
    return TRUE;
  }
  if (names == NULL) {
    mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "servers-none", "domain", job->domain, NULL);
    return TRUE;
  }
  if (!ask_all (job, zone, names, servers))
    return FALSE;
  g_array_sort (servers, compare);
  finding = judge (zone, servers, findings);
  add_facts (finding, servers);
  return TRUE;
}
