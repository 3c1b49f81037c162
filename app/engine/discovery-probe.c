/* Trying the usual names of servers: the domain's smtp., mail. and the domain itself, at the ports of RFC 8314.
 *
 * Our own connection as far as the capabilities, encrypted and verified by name, without a log-in. A server that offers no log-in is none for sending.
 */
#include "config.h"

#include "engine/discovery-private.h"

#include <string.h>

static void
add_log_in (GStrvBuilder *log_ins, char **mechanisms, const char *const *known, const char *word)
{
  for (guint i = 0; known[i] != NULL; i++) {
    if (mechanisms != NULL && g_strv_contains ((const char *const *)mechanisms, known[i])) {
      g_strv_builder_add (log_ins, word);
      return;
    }
  }
}

/* What we can do of what is offered; may be empty. (transfer full) */
static char **
dup_log_ins (const MrSmtpCapabilities *capabilities)
{
  static const char *const password[] = { "PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", NULL };
  static const char *const oauth2[] = { "OAUTHBEARER", "XOAUTH2", NULL };
  g_autoptr (GStrvBuilder) log_ins = g_strv_builder_new ();

  add_log_in (log_ins, capabilities->auth_mechanisms, password, "password");
  add_log_in (log_ins, capabilities->auth_mechanisms, oauth2, "oauth2");
  return g_strv_builder_end (log_ins);
}

static void
ready_cb (MrConnection *connection, gpointer owner)
{
  MrInquiry *inquiry = owner;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);
  g_auto (GStrv) log_ins = dup_log_ins (mr_smtp_client_get_capabilities (mr_connection_get_client (connection)));
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);

  if (log_ins[0] != NULL) {
    MrDiscoveryRecord *record = mr_discovery_record_new ();

    record->host = g_strdup (inquiry->host);
    record->port = inquiry->port;
    record->tls = inquiry->tls;
    record->user = g_strdup (job->address);
    record->log_ins = g_steal_pointer (&log_ins);
    g_ptr_array_add (records, record);
  }
  mr_inquiry_found (inquiry, records);
}

static void
event_cb (MrConnection *connection, const MrSmtpClientEvent *event, gpointer owner)
{
}

static void
drained_cb (MrConnection *connection, gpointer owner)
{
}

static void
failed_cb (MrConnection *connection, const MrConnectionFailure *failure, gpointer owner)
{
  MrInquiry *inquiry = owner;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);
  const char *words = failure->reply != NULL ? failure->reply->text : failure->what;

  /* Nobody there is how it mostly ends. */
  if (failure->reply == NULL && (failure->stage == MR_STAGE_RESOLVE || failure->stage == MR_STAGE_CONNECT)
      && failure->error != MR_ERROR_TIMED_OUT && failure->error != MR_ERROR_DNS_TEMPORARY)
    mr_inquiry_nothing (inquiry);
  else
    mr_inquiry_failed (inquiry, words != NULL ? words : "");
}

static const MrConnectionFuncs funcs
    = { .ready = ready_cb, .event = event_cb, .drained = drained_cb, .failed = failed_cb };

static void
probe (MrDiscovery *job, guint n, const char *host, guint16 port, MrTlsMode tls)
{
  const MrConnectionTarget target = { .account = "", .host = host, .port = port, .tls = tls };
  MrInquiry *inquiry = mr_discovery_ask (job, MR_SOURCE_PROBE, n, host);

  if (inquiry == NULL)
    return;
  inquiry->port = port;
  inquiry->tls = tls;
  inquiry->connection = mr_connection_new (job->all->engine, &target, &funcs, inquiry);
}

void
mr_discovery_probe (MrDiscovery *job)
{
  static const char *const prefixes[] = { "smtp.", "mail.", "" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    g_autofree char *host = g_strconcat (prefixes[i], job->domain, NULL);

    probe (job, 2 * i, host, job->all->submissions_port, MR_TLS_IMPLICIT);
    probe (job, 2 * i + 1, host, job->all->submission_port, MR_TLS_STARTTLS);
  }
}
