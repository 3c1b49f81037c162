/* What a domain check asks of the DNS: each question once, the answers kept for all checks of the job. */
#include "config.h"

#include "engine/domain-private.h"

#include <glib/gi18n-lib.h>

#define QUESTIONS_MAX 2000 /* of one job: more is a domain that leads in circles */
#define SERVER_MS     1500
#define SERVER_TRIES  2

/* The job goes before its questions do: those still open find `job` NULL. */
typedef struct {
  MrDomainJob *job;
  char *name;
  MrLookupType type;
} Wanted;

typedef struct {
  MrDomainJob *job;
  MrAskedState state;
  MrDnsAnswer *answer;
  GError *error;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  mr_dns_answer_free (kept->answer);
  g_clear_error (&kept->error);
  g_free (kept);
}

void
mr_domain_asks_init (MrDomainJob *job)
{
  job->table = mr_lookup_table_new ();
  job->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  job->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, kept_free);
  job->servers = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dns_server_free);
}

/* The job is over: what is in flight tells that it was cancelled, to functions that see that. */
void
mr_domain_asks_clear (MrDomainJob *job)
{
  g_clear_pointer (&job->servers, g_ptr_array_unref);
  g_clear_pointer (&job->resolver, mr_resolver_free);
  g_clear_pointer (&job->answers, g_hash_table_unref);
  g_clear_pointer (&job->table, mr_lookup_table_free);
  g_clear_pointer (&job->wanted, g_hash_table_unref);
}

/* ---- the table of mailauth ---- */

static void
records_cb (const char *const *records, gboolean nxdomain, const GError *error, gpointer data)
{
  Wanted *wanted = data;
  MrDomainJob *job = wanted->job;
  MrLookupStatus status = MR_LOOKUP_FOUND;

  if (error != NULL)
    status = g_error_matches (error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND) ? MR_LOOKUP_NOTHING : MR_LOOKUP_TEMPORARY;
  if (!job->over) {
    mr_lookup_table_answer (job->table, wanted->name, wanted->type, status, records);
    mr_domain_job_wake (job);
  }
  g_free (wanted->name);
  g_free (wanted);
}

void
mr_domain_ask_wanted (MrDomainJob *job)
{
  static const MrDnsType types[] = { MR_DNS_A, MR_DNS_AAAA, MR_DNS_MX, MR_DNS_PTR, MR_DNS_TXT };
  G_STATIC_ASSERT (G_N_ELEMENTS (types) == MR_LOOKUP_N_TYPES);
  MrLookupType type;
  char *name;

  while (mr_lookup_table_take_wanted (job->table, &name, &type)) {
    Wanted *wanted;

    /* A question under way is wanted again by each look at it. */
    if (!g_hash_table_add (job->wanted, g_strdup_printf ("%s %d", name, (int)type))) {
      g_free (name);
      continue;
    }
    wanted = g_new (Wanted, 1);
    *wanted = (Wanted){ job, name, type };
    mr_resolver_lookup_records (job->resolver, name, types[type], records_cb, wanted);
  }
}

/* ---- answers as they came ---- */

static void
keep_answer (Kept *kept, const MrDnsAnswer *answer, const GError *error)
{
  if (answer != NULL)
    kept->answer = mr_dns_answer_copy (answer);
  else
    kept->error = g_error_copy (error);
  kept->state = answer != NULL ? MR_ASKED_ANSWERED : MR_ASKED_FAILED;
  mr_domain_job_wake (kept->job);
}

static void
answer_cb (const MrDnsAnswer *answer, const GError *error, gpointer data)
{
  Kept *kept = data;

  if (!kept->job->over)
    keep_answer (kept, answer, error);
}

static MrAsked
asked_of (const Kept *kept)
{
  return (MrAsked){ kept->state, kept->answer, kept->error };
}

/* TRUE: it is new and has to be asked. */
static gboolean
find_kept (MrDomainJob *job, char *key, Kept **ret)
{
  g_autofree char *owned = key;
  Kept *kept = g_hash_table_lookup (job->answers, key);

  *ret = kept;
  if (kept != NULL)
    return FALSE;
  *ret = kept = g_new0 (Kept, 1);
  kept->job = job;
  g_hash_table_insert (job->answers, g_steal_pointer (&owned), kept);
  if (g_hash_table_size (job->answers) <= QUESTIONS_MAX)
    return TRUE;
  kept->state = MR_ASKED_FAILED;
  kept->error = g_error_new_literal (MR_ERROR, MR_ERROR_TOO_BIG, _ ("too many questions"));
  return FALSE;
}

MrAsked
mr_domain_ask (MrDomainJob *job, const char *name, MrDnsType type)
{
  Kept *kept;

  if (find_kept (job, g_strdup_printf ("%s %d", name, (int)type), &kept))
    mr_resolver_lookup_answer (job->resolver, name, type, answer_cb, kept);
  return asked_of (kept);
}

/* The resolver fails: because it finds the signatures wrong? Then it answers where it need not look at them, and asked once more, still not where it does. */
MrAskedState
mr_domain_ask_bogus (MrDomainJob *job, const char *name, MrDnsType type, gboolean *ret_bogus)
{
  Kept *unchecked, *again;

  *ret_bogus = FALSE;
  if (find_kept (job, g_strdup_printf ("%s %d unchecked", name, (int)type), &unchecked))
    mr_resolver_lookup_unchecked (job->resolver, name, type, answer_cb, unchecked);
  if (unchecked->state != MR_ASKED_ANSWERED)
    return unchecked->state;
  if (find_kept (job, g_strdup_printf ("%s %d again", name, (int)type), &again))
    mr_resolver_lookup_answer (job->resolver, name, type, answer_cb, again);
  *ret_bogus = again->state == MR_ASKED_FAILED;
  return again->state == MR_ASKED_PENDING ? MR_ASKED_PENDING : MR_ASKED_ANSWERED;
}

MrAskedState
mr_domain_ask_alias (MrDomainJob *job, const char *name, const char **ret_target)
{
  MrAsked asked = mr_domain_ask (job, name, MR_DNS_CNAME);

  *ret_target = asked.state == MR_ASKED_ANSWERED && asked.answer->outcome == MR_DNS_FOUND
                    ? ((const MrDnsRecord *)g_ptr_array_index (asked.answer->records, 0))->text
                    : NULL;
  return asked.state;
}

static MrDnsServer *
find_server (MrDomainJob *job, const char *address, GError **error)
{
  gint64 port = mr_config_get_integer (mr_engine_get_config (job->all->engine), "dns", "authoritative-port");
  MrDnsServer *server;

  for (guint i = 0; i < job->servers->len; i++) {
    server = g_ptr_array_index (job->servers, i);
    if (g_str_equal (mr_dns_server_get_address (server), address))
      return server;
  }
  server = mr_dns_server_new (address, (guint16)port, SERVER_MS, SERVER_TRIES, error);
  if (server != NULL)
    g_ptr_array_add (job->servers, server);
  return server;
}

MrAsked
mr_domain_ask_server (MrDomainJob *job, const char *address, const char *name, MrDnsType type)
{
  Kept *kept;

  if (find_kept (job, g_strdup_printf ("%s %d @%s", name, (int)type, address), &kept)) {
    MrDnsServer *server = find_server (job, address, &kept->error);

    if (server != NULL)
      mr_dns_server_ask (server, name, type, answer_cb, kept);
    else
      kept->state = MR_ASKED_FAILED;
  }
  return asked_of (kept);
}
