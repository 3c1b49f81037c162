/* mail-relayctl account discover: the settings for an address, told step by step. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/records-variant.h"
#include "client/set-up-calls.h"
#include "ctl/output.h"

typedef struct {
  MrCtl *ctl;
  GVariantBuilder steps;
} Run;

/* ---- steps ---- */

static const char *
source_word (MrSource source)
{
  switch (source) {
  case MR_SOURCE_PRESET:
    return _ ("known providers");
  case MR_SOURCE_AUTOCONFIG:
    return _ ("settings of the domain");
  case MR_SOURCE_WELL_KNOWN:
    return _ ("web site of the domain");
  case MR_SOURCE_ISPDB:
    return _ ("Mozilla's list of providers");
  case MR_SOURCE_SRV:
    return _ ("DNS");
  case MR_SOURCE_AUTODISCOVER:
    return _ ("Microsoft 365");
  case MR_SOURCE_MX:
    return _ ("who takes the domain's mail");
  case MR_SOURCE_PROBE:
    return _ ("usual server names");
  case MR_SOURCE_N_SOURCES:
    break;
  }
  return "";
}

static const char *
state_word (const char *state)
{
  if (strcmp (state, "found") == 0)
    return _ ("found");
  if (strcmp (state, "nothing") == 0)
    return _ ("nothing");
  if (strcmp (state, "failed") == 0)
    return _ ("no answer that can be used");
  return _ ("not asked");
}

static void
print_step (const MrClientDiscoverStep *step)
{
  gboolean found = strcmp (step->state, "found") == 0, failed = strcmp (step->state, "failed") == 0;
  const char *colour = found ? MR_COLOUR_GOOD : failed ? MR_COLOUR_BAD : MR_COLOUR_DIM;
  gboolean coloured = mr_output_has_colour ();

  if (strcmp (step->state, "trying") == 0)
    return;
  printf ("%s%s%s %s", coloured ? colour : "",
          found    ? "✓"
          : failed ? "✗"
                   : "·",
          coloured ? "\033[0m" : "", source_word (step->source));
  if (*step->host != '\0')
    mr_say (" (%s)", step->host);
  mr_say (": %s\n", state_word (step->state));
  if (*step->text != '\0')
    mr_print_paragraph (step->text, 2);
  fflush (stdout);
}

static void
step_cb (const MrClientDiscoverStep *step, gpointer data)
{
  Run *run = data;
  GVariantDict dict;

  if (!run->ctl->json) {
    print_step (step);
    return;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "source", "s", mr_source_nick (step->source));
  g_variant_dict_insert (&dict, "state", "s", step->state);
  g_variant_dict_insert (&dict, "host", "s", step->host);
  g_variant_dict_insert (&dict, "text", "s", step->text);
  g_variant_dict_insert (&dict, "elapsed", "x", step->elapsed);
  g_variant_builder_add_value (&run->steps, g_variant_dict_end (&dict));
}

/* ---- results ---- */

static const char *
encryption (const MrDiscoveryRecord *record)
{
  return record->tls == MR_TLS_IMPLICIT   ? _ ("encrypted")
         : record->tls == MR_TLS_STARTTLS ? _ ("encrypted, older way")
                                          : _ ("not encrypted");
}

/* Whether it may be taken as it is. */
static const char *
trust_word (const MrDiscoveryRecord *record)
{
  if (record->conflicts)
    return _ ("not what is known of the provider: ask it");
  return record->secure ? _ ("proven") : _ ("not proven: compare it");
}

static void
print_results (GPtrArray *results)
{
  const char *const titles[] = { _ ("Server"), _ ("Encryption"), _ ("User"), _ ("Log-in"), _ ("Known from"), "", NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  for (guint i = 0; i < results->len; i++) {
    const MrDiscoveryRecord *record = results->pdata[i];
    g_autofree char *server = *record->host != '\0' ? g_strdup_printf ("%s:%u", record->host, record->port)
                                                    : g_strdup (record->provider_name);
    g_autofree char *log_ins = g_strjoinv (", ", record->log_ins);
    const char *from = *record->source_host != '\0' ? record->source_host : record->provider_name;
    const char *cells[] = { server, encryption (record), record->user, log_ins, from, trust_word (record), NULL };

    mr_table_add (table, cells, 5, record->secure && !record->conflicts ? MR_COLOUR_GOOD : MR_COLOUR_WAITING);
  }
  putchar ('\n');
  mr_table_print (table);
}

static void
print_json (Run *run, const char *address, GPtrArray *results, const char *words)
{
  GVariantDict dict;
  GVariantBuilder found;

  g_variant_builder_init (&found, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; results != NULL && i < results->len; i++)
    g_variant_builder_add_value (&found, mr_discovery_record_to_variant (results->pdata[i]));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", address);
  g_variant_dict_insert (&dict, "error", "s", words);
  g_variant_dict_insert_value (&dict, "steps", g_variant_builder_end (&run->steps));
  g_variant_dict_insert_value (&dict, "results", g_variant_builder_end (&found));
  mr_print_json (g_variant_dict_end (&dict));
}

static int
discover (MrCtl *ctl, const char *address, MrClientDiscoverFlags flags)
{
  Run run = { .ctl = ctl };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = NULL;

  g_variant_builder_init (&run.steps, G_VARIANT_TYPE ("aa{sv}"));
  mr_client_discover_async (ctl->client, address, flags, step_cb, &run, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  results = mr_client_discover_finish (ctl->client, result, &error);
  if (results == NULL && (error->domain != MR_ERROR || !ctl->json)) {
    g_variant_builder_clear (&run.steps);
    return mr_ctl_fail (ctl, error);
  }
  if (ctl->json)
    print_json (&run, address, results, error != NULL ? error->message : "");
  else {
    g_variant_builder_clear (&run.steps);
    if (results->len > 0)
      print_results (results);
    else
      puts (_ ("No settings were found: ask your provider for its server for sending."));
  }
  return results != NULL && results->len > 0 ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}

int
mr_verb_account_discover (MrCtl *ctl, int argc, char **argv)
{
  gboolean third_party = FALSE, autodiscover = FALSE, probe = FALSE;
  const GOptionEntry entries[] = {
    { "third-party", 0, 0, G_OPTION_ARG_NONE, &third_party,
      N_ ("Also ask Mozilla's list of providers about the domain"), NULL },
    { "autodiscover", 0, 0, G_OPTION_ARG_NONE, &autodiscover,
      N_ ("Also ask Microsoft whether the domain belongs to Microsoft 365"), NULL },
    { "probe", 0, 0, G_OPTION_ARG_NONE, &probe, N_ ("Try the usual names of servers where nothing else is found"),
      NULL },
    { 0 },
  };
  MrClientDiscoverFlags flags = MR_CLIENT_DISCOVER_DEFAULT;

  if (!mr_ctl_parse (ctl, "account discover", N_ ("ADDRESS"),
                     N_ ("Finds the settings for an address. The part before the @ is sent to nobody. Asked are the "
                         "domain itself and whoever takes its mail; others only where an option says so."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  flags |= third_party ? MR_CLIENT_DISCOVER_THIRD_PARTY : 0;
  flags |= autodiscover ? MR_CLIENT_DISCOVER_AUTODISCOVER : 0;
  flags |= probe ? MR_CLIENT_DISCOVER_PROBE : 0;
  return discover (ctl, argv[1], flags);
}

int
mr_ctl_find_settings (MrCtl *ctl, const char *address, MrAccountRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = NULL;
  const MrDiscoveryRecord *best;

  mr_client_discover_async (ctl->client, address, MR_CLIENT_DISCOVER_DEFAULT, NULL, NULL, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  results = mr_client_discover_finish (ctl->client, result, &error);
  if (results == NULL)
    return mr_ctl_fail (ctl, error);
  best = results->len > 0 ? results->pdata[0] : NULL;
  if (best == NULL || !best->secure || best->conflicts || *best->host == '\0' || best->regions[0] != NULL) {
    mr_tell (_ ("No proven settings were found for %s. See what there is: mail-relayctl account discover %s\n"),
             address, address);
    return MR_EXIT_REFUSED;
  }
  g_free (record->host);
  record->host = g_strdup (best->host);
  record->port = best->port;
  record->tls = best->tls;
  g_free (record->user);
  record->user = g_strdup (best->user);
  g_free (record->provider);
  record->provider = g_strdup (best->provider);
  return MR_EXIT_DONE;
}
