/* The public address as the server of a sending account tells it: many name, in their answer to EHLO, the address that they see. The account's provider
 * knows that address from every message; nobody else is asked, nobody logs in and nothing is sent.
 */
#include "config.h"

#include "engine/domain-private.h"

#include "engine/accounts.h"
#include "engine/connection.h"
#include "mail/host-name.h"

#define ECHO_MS 5000

struct _MrDomainEcho {
  MrDomainJob *job;
  MrConnection *connection; /* NULL: over */
  guint timer;
  guint idle; /* the connection goes outside of its own callbacks */
  char *host, *address;
};

void
mr_domain_echo_free (MrDomainEcho *echo)
{
  if (echo == NULL)
    return;
  g_clear_handle_id (&echo->timer, g_source_remove);
  g_clear_handle_id (&echo->idle, g_source_remove);
  g_clear_pointer (&echo->connection, mr_connection_free);
  g_free (echo->host);
  g_free (echo->address);
  g_free (echo);
}

static gboolean
over_cb (gpointer data)
{
  MrDomainEcho *echo = data;

  echo->idle = 0;
  g_clear_pointer (&echo->connection, mr_connection_free);
  mr_domain_job_wake (echo->job);
  return G_SOURCE_REMOVE;
}

static void
settle (MrDomainEcho *echo)
{
  g_clear_handle_id (&echo->timer, g_source_remove);
  if (echo->idle == 0)
    echo->idle = g_idle_add (over_cb, echo);
}

static void
take (MrDomainEcho *echo)
{
  const MrSmtpCapabilities *caps = mr_smtp_client_get_capabilities (mr_connection_get_client (echo->connection));

  if (echo->address == NULL && caps->seen != NULL && mr_address_is_numeric (caps->seen))
    echo->address = g_strdup (caps->seen);
  settle (echo);
}

static void
ready_cb (MrConnection *connection, gpointer owner)
{
  take (owner);
}

static void
failed_cb (MrConnection *connection, const MrConnectionFailure *failure, gpointer owner)
{
  settle (owner);
}

static gboolean
late_cb (gpointer data)
{
  MrDomainEcho *echo = data;

  echo->timer = 0;
  settle (echo);
  return G_SOURCE_REMOVE;
}

static const MrConnectionFuncs echo_funcs = { .ready = ready_cb, .failed = failed_cb };

/* The default account before others; a server on this computer sees no public address. */
static const MrAccountRecord *
find_relay (MrDomainJob *job)
{
  GPtrArray *accounts = mr_accounts_get_all (job->all->engine->accounts);
  const MrAccountRecord *found = NULL;

  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = g_ptr_array_index (accounts, i);

    if (account->kind != MR_ACCOUNT_DIRECT && !mr_host_name_is_loopback (account->host)
        && (found == NULL || account->is_default))
      found = account;
  }
  return found;
}

/* Without a connection where there is nobody to ask. */
static MrDomainEcho *
start (MrDomainJob *job)
{
  const MrAccountRecord *account = find_relay (job);
  MrDomainEcho *echo = g_new0 (MrDomainEcho, 1);

  echo->job = job;
  if (account != NULL) {
    MrConnectionTarget target = { .account = account->id,
                                  .host = account->host,
                                  .port = (guint16)account->port,
                                  .tls = account->tls,
                                  .fingerprint = account->fingerprint,
                                  .ca_file = account->ca_file };

    echo->host = g_strdup (account->host);
    echo->timer = g_timeout_add (ECHO_MS, late_cb, echo);
    echo->connection = mr_connection_new (job->all->engine, &target, &echo_funcs, echo);
  }
  return echo;
}

gboolean
mr_domain_ask_echo (MrDomainJob *job, const char **ret_address, const char **ret_host)
{
  if (job->echo == NULL)
    job->echo = start (job);
  *ret_address = job->echo->address;
  *ret_host = job->echo->host;
  return job->echo->connection == NULL;
}
