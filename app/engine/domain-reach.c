/* Checks of direct delivery: the way to other mail servers, block lists, and whether it can work at all. */
#include "config.h"

#include "engine/domain-private.h"

#include <string.h>

#include "engine/connection.h"
#include "mailauth/reverse-name.h"

#define PORT_MS 10000

/* ---- port 25 ---- */

/* Some mail server that this domain has to do with: its own. Nothing is said there but the greeting. */
typedef enum { PORT_NEW, PORT_ASKING, PORT_OPEN, PORT_SILENT, PORT_REFUSED, PORT_NO_HOST, PORT_ODD } PortState;

struct _MrDomainPort {
  MrDomainJob *job;
  MrConnection *connection;
  guint timer;
  PortState state;
  char *host;
};

static void
settle (MrDomainPort *port, PortState state)
{
  if (port->state != PORT_ASKING)
    return;
  port->state = state;
  g_clear_handle_id (&port->timer, g_source_remove);
  mr_domain_job_wake (port->job);
}

static void
step_cb (MrConnection *connection, MrTracePart part, gpointer owner)
{
  MrDomainPort *port = owner;

  if (part == MR_TRACE_ENCRYPTION || part == MR_TRACE_CAPABILITIES || part == MR_TRACE_LOG_IN) {
    g_free (port->host);
    port->host = g_strdup (mr_connection_get_host (connection));
    settle (port, PORT_OPEN);
  }
}

static void
ready_cb (MrConnection *connection, gpointer owner)
{
  settle (owner, PORT_OPEN);
}

static void
failed_cb (MrConnection *connection, const MrConnectionFailure *failure, gpointer owner)
{
  if (failure->stage <= MR_STAGE_RESOLVE)
    settle (owner, PORT_NO_HOST);
  else if (failure->stage != MR_STAGE_CONNECT)
    settle (owner, failure->reply != NULL ? PORT_OPEN : PORT_ODD);
  else
    settle (owner, failure->error == MR_ERROR_TIMED_OUT || failure->no_route ? PORT_SILENT : PORT_REFUSED);
}

static gboolean
silent_cb (gpointer data)
{
  MrDomainPort *port = data;

  port->timer = 0;
  settle (port, PORT_SILENT);
  return G_SOURCE_REMOVE;
}

static const MrConnectionFuncs port_funcs = { .step = step_cb, .ready = ready_cb, .failed = failed_cb };

void
mr_domain_port_free (MrDomainPort *port)
{
  if (port == NULL)
    return;
  g_clear_handle_id (&port->timer, g_source_remove);
  g_clear_pointer (&port->connection, mr_connection_free);
  g_free (port->host);
  g_free (port);
}

static void
start_port (MrDomainJob *job)
{
  gint64 number = mr_config_get_integer (mr_engine_get_config (job->all->engine), "delivery", "mx-port");
  MrConnectionTarget target
      = { .account = "", .direct = TRUE, .host = job->domain, .port = (guint16)number, .tls = MR_TLS_OPPORTUNISTIC };

  job->port = g_new0 (MrDomainPort, 1);
  job->port->job = job;
  job->port->state = PORT_ASKING;
  job->port->timer = g_timeout_add (PORT_MS, silent_cb, job->port);
  job->port->connection = mr_connection_new (job->all->engine, &target, &port_funcs, job->port);
}

gboolean
mr_domain_check_port (MrDomainJob *job, GPtrArray *findings)
{
  if (mr_domain_not_direct (job, "port-25", findings))
    return TRUE;
  if (job->port == NULL)
    start_port (job);
  switch (job->port->state) {
  case PORT_NEW:
  case PORT_ASKING:
    return FALSE;
  case PORT_OPEN:
    mr_domain_find (findings, "port-25", "", MR_FINDING_GOOD, "port-open", "host",
                    job->port->host != NULL ? job->port->host : job->domain, NULL);
    return TRUE;
  case PORT_SILENT:
    mr_domain_find (findings, "port-25", "", MR_FINDING_WRONG, "port-blocked", "domain", job->domain, NULL);
    return TRUE;
  case PORT_REFUSED:
    mr_domain_find (findings, "port-25", "", MR_FINDING_UNKNOWN, "port-refused", "domain", job->domain, NULL);
    return TRUE;
  case PORT_ODD:
    mr_domain_find (findings, "port-25", "", MR_FINDING_ATTENTION, "port-odd", "domain", job->domain, NULL);
    return TRUE;
  case PORT_NO_HOST:
  default:
    mr_domain_find (findings, "port-25", "", MR_FINDING_UNKNOWN, "port-no-host", "domain", job->domain, NULL);
    return TRUE;
  }
}

/* ---- block lists ---- */

/* FALSE: pending. */
static gboolean
ask_list (MrDomainJob *job, const char *address, const char *zone, GPtrArray *findings)
{
  g_autofree char *name = mr_list_name (address, zone);
  g_autofree char *subject = g_strconcat (address, " ", zone, NULL);
  const char *const *answers, *const *words;
  MrLookupStatus status = mr_lookup_table_ask (job->table, name, MR_LOOKUP_A, &answers);
  MrListed worst = MR_LISTED_NO;
  MrDomainFinding *finding;

  if (status == MR_LOOKUP_PENDING)
    return FALSE;
  if (status == MR_LOOKUP_TEMPORARY) {
    mr_domain_find (findings, "blocklists", subject, MR_FINDING_UNKNOWN, "list-silent", "list", zone, NULL);
    return TRUE;
  }
  for (; *answers != NULL; answers++)
    worst = MAX (worst, mr_listed_from_answer (zone, *answers));
  if (worst == MR_LISTED_NO)
    return TRUE;
  if (worst == MR_LISTED_REFUSED) {
    mr_domain_find (findings, "blocklists", subject, MR_FINDING_UNKNOWN, "list-refused", "list", zone, NULL);
    return TRUE;
  }
  if (mr_lookup_table_ask (job->table, name, MR_LOOKUP_TXT, &words) == MR_LOOKUP_PENDING)
    return FALSE;
  finding = mr_domain_find (findings, "blocklists", subject, MR_FINDING_WRONG,
                            worst == MR_LISTED_POLICY ? "list-policy" : "list-listed", "list", zone, "address", address,
                            NULL);
  mr_domain_finding_add_fact (finding, "reason", words[0]);
  return TRUE;
}

gboolean
mr_domain_check_lists (MrDomainJob *job, GPtrArray *findings)
{
  g_auto (GStrv) zones = mr_config_dup_list (mr_engine_get_config (job->all->engine), "domains", "blocklists");
  g_autofree char *names = g_strjoinv (", ", zones);
  gboolean pending = FALSE;
  GPtrArray *addresses;

  if (mr_domain_not_direct (job, "blocklists", findings))
    return TRUE;
  if (!job->may_ask_lists) {
    mr_domain_find (findings, "blocklists", "", MR_FINDING_UNKNOWN, "list-not-asked", "list", names, NULL);
    return TRUE;
  }
  if (!mr_domain_addresses (job, &addresses))
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    for (guint k = 0; zones[k] != NULL; k++)
      pending = !ask_list (job, g_ptr_array_index (addresses, i), zones[k], findings) || pending;
  if (!pending && findings->len == 0 && addresses->len > 0)
    mr_domain_find (findings, "blocklists", "", MR_FINDING_GOOD, "list-clean", "list", names, NULL);
  return !pending;
}

/* ---- with or without a provider ---- */

static gboolean
has_found (MrDomainJob *job, const char *code)
{
  for (guint i = 0; i < job->report->findings->len; i++)
    if (g_str_equal (((const MrDomainFinding *)g_ptr_array_index (job->report->findings, i))->code, code))
      return TRUE;
  return FALSE;
}

/* Once the others are told: the weightiest reason against it, else that it can work. */
gboolean
mr_domain_check_choice (MrDomainJob *job, GPtrArray *findings)
{
  static const struct {
    const char *found, *code;
    MrFindingState state;
  } reasons[] = { { "port-blocked", "choice-port", MR_FINDING_WRONG },
                  { "address-private", "choice-private", MR_FINDING_WRONG },
                  { "address-behind", "choice-private", MR_FINDING_ATTENTION },
                  { "list-policy", "choice-policy", MR_FINDING_WRONG },
                  { "ptr-none", "choice-name", MR_FINDING_WRONG },
                  { "generic-looking", "choice-generic", MR_FINDING_WRONG },
                  { "fcrdns-other", "choice-name", MR_FINDING_WRONG },
                  { "list-listed", "choice-listed", MR_FINDING_WRONG },
                  { "address-none", "choice-unknown", MR_FINDING_UNKNOWN } };

  if (mr_domain_not_direct (job, "choice", findings))
    return TRUE;
  if (!job->others_told)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (has_found (job, reasons[i].found)) {
      mr_domain_find (findings, "choice", "", reasons[i].state, reasons[i].code, NULL);
      return TRUE;
    }
  mr_domain_find (findings, "choice", "", MR_FINDING_GOOD, "choice-works", NULL);
  return TRUE;
}
