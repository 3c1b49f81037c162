/* mail-relayctl domain check: what the DNS says about a domain, and whether it fits the way its mail goes out. Through the service. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/records-variant.h"
#include "client/domain-calls.h"
#include "ctl/output.h"
#include "ndr/domain-texts.h"

/* Beside those of all verbs: exit codes that say the worst state, for scripts. */
enum { EXIT_WRONG = 1, EXIT_ATTENTION = 4, EXIT_UNKNOWN = 5 };

typedef struct {
  char *account, *addresses, *helo, *dns;
  gboolean direct, ask_service, blocklists, keep, all, last;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->account);
  g_free (options->addresses);
  g_free (options->helo);
  g_free (options->dns);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* ---- what is printed ---- */

static void
print_facts (const MrDomainFinding *finding)
{
  g_autofree char *facts = mr_domain_dup_facts (finding);
  g_auto (GStrv) lines = g_strsplit (facts, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      mr_say ("      %s\n", lines[i]);
}

static void
print_finding (const MrDomainFinding *finding, gboolean all)
{
  static const char *const marks[] = { "✓", "!", "✗", "-", "?" };
  static const char *const colours[] = { MR_COLOUR_GOOD, MR_COLOUR_WAITING, MR_COLOUR_BAD, MR_COLOUR_DIM,
                                         MR_COLOUR_DIM };
  MrFindingState state = MIN (finding->state, MR_FINDING_UNKNOWN);
  gboolean colour = mr_output_has_colour ();
  g_autofree char *sentence = mr_domain_dup_sentence (finding);
  g_autofree char *meaning = mr_domain_dup_meaning (finding);
  g_autofree char *remedy = mr_domain_dup_remedy (finding);

  printf ("%s%s%s ", colour ? colours[state] : "", marks[state], colour ? "\033[0m" : "");
  mr_say ("%s%s%s (%s): %s\n", mr_domain_check_name (finding->check), *finding->subject != '\0' ? " " : "",
          finding->subject, mr_finding_state_word (state), sentence);
  if (all && state != MR_FINDING_ATTENTION && state != MR_FINDING_WRONG)
    print_facts (finding);
  /* How the public address was learnt is told even where all is well. */
  if (state == MR_FINDING_GOOD && *meaning != '\0' && strcmp (finding->check, "public-address") == 0)
    mr_print_paragraph (meaning, 4);
  if (state != MR_FINDING_ATTENTION && state != MR_FINDING_WRONG)
    return;
  if (*meaning != '\0')
    mr_print_paragraph (meaning, 4);
  if (*remedy != '\0')
    mr_print_paragraph (remedy, 4);
  print_facts (finding);
}

static void
print_report (const MrDomainReport *report, gboolean all)
{
  guint left_out = 0;

  if (report->drifts->len > 0)
    puts (_ ("Worse than before:"));
  for (guint i = 0; i < report->drifts->len; i++)
    print_finding (g_ptr_array_index (report->drifts, i), FALSE);
  if (report->drifts->len > 0)
    puts (_ ("If that is as it should be: mail-relayctl domain accept\n"));
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (report->findings, i);

    if (all || finding->state != MR_FINDING_NOT_APPLICABLE)
      print_finding (finding, all);
    else
      left_out++;
  }
  if (left_out > 0)
    mr_say (g_dngettext (GETTEXT_PACKAGE, "%u check does not apply; --all shows it\n",
                         "%u checks do not apply; --all shows them\n", left_out),
            left_out);
}

/* The report as it crosses the bus, each finding with its texts. */
static GVariant *
with_texts (const MrDomainFinding *finding)
{
  g_autoptr (GVariant) told = g_variant_ref_sink (mr_domain_finding_to_variant (finding));
  g_autofree char *sentence = mr_domain_dup_sentence (finding), *meaning = mr_domain_dup_meaning (finding);
  g_autofree char *remedy = mr_domain_dup_remedy (finding);
  GVariantDict dict;

  g_variant_dict_init (&dict, told);
  g_variant_dict_insert (&dict, "sentence", "s", sentence);
  g_variant_dict_insert (&dict, "meaning", "s", meaning);
  g_variant_dict_insert (&dict, "remedy", "s", remedy);
  return g_variant_dict_end (&dict);
}

static void
print_json_report (const MrDomainReport *report)
{
  g_autoptr (GVariant) told = g_variant_ref_sink (mr_domain_report_to_variant (report));
  GVariantBuilder findings;
  GVariantDict dict;

  g_variant_builder_init (&findings, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < report->findings->len; i++)
    g_variant_builder_add_value (&findings, with_texts (g_ptr_array_index (report->findings, i)));
  g_variant_dict_init (&dict, told);
  g_variant_dict_insert_value (&dict, "findings", g_variant_builder_end (&findings));
  mr_print_json (g_variant_dict_end (&dict));
}

/* ---- the verb ---- */

static int
exit_code (const MrDomainReport *report)
{
  if (report->worst == MR_FINDING_WRONG)
    return EXIT_WRONG;
  if (report->worst == MR_FINDING_ATTENTION)
    return EXIT_ATTENTION;
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (report->findings, i);

    if (finding->state == MR_FINDING_UNKNOWN && !mr_domain_check_is_further (finding->check))
      return EXIT_UNKNOWN;
  }
  return MR_EXIT_DONE;
}

static int
run_check (MrCtl *ctl, const char *domain, const Options *options)
{
  MrClientDomainCheck wanted = { .account = options->account,
                                 .direct = options->direct,
                                 .addresses = options->addresses,
                                 .helo = options->helo,
                                 .dns = options->dns,
                                 .ask_service = options->ask_service,
                                 .blocklists = options->blocklists,
                                 .keep = options->keep };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrDomainReport) report = NULL;

  if (options->last)
    mr_client_get_domain_report_async (ctl->client, domain, NULL, mr_ctl_ready_cb, ctl);
  else
    mr_client_check_domain_async (ctl->client, domain, &wanted, NULL, NULL, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  report = options->last ? mr_client_get_domain_report_finish (ctl->client, result, &error)
                         : mr_client_check_domain_finish (ctl->client, result, &error);
  if (report == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    print_json_report (report);
  else
    print_report (report, options->all);
  return exit_code (report);
}

int
mr_verb_domain_check (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Options) options = { NULL };
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &options.account, N_ ("Account that sends for the domain"), N_ ("ID") },
    { "direct", 0, 0, G_OPTION_ARG_NONE, &options.direct, N_ ("As if its mail were delivered without a provider"),
      NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &options.addresses, N_ ("Public addresses of this computer"),
      N_ ("ADDRESS,…") },
    { "helo", 0, 0, G_OPTION_ARG_STRING, &options.helo, N_ ("Name in the greeting"), N_ ("NAME") },
    { "dns", 0, 0, G_OPTION_ARG_STRING, &options.dns, N_ ("DNS server to ask instead of the system's"),
      N_ ("SERVER:PORT") },
    { "ask-service", 0, 0, G_OPTION_ARG_NONE, &options.ask_service,
      N_ ("A third party's name server may be asked for the public address"), NULL },
    { "blocklists", 0, 0, G_OPTION_ARG_NONE, &options.blocklists,
      N_ ("Block lists may be asked about the public address"), NULL },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &options.keep, N_ ("Remember the result as the last one of the domain"), NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.all,
      N_ ("Show checks that do not apply too, and what was seen where all is well"), NULL },
    { "last", 0, 0, G_OPTION_ARG_NONE, &options.last, N_ ("Show the last result that was kept, and check nothing"),
      NULL },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "domain check", "DOMAIN",
                     N_ ("Checks what the DNS says about a domain, and whether it fits the way its mail goes out."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (options.direct && options.account != NULL)
    return mr_ctl_usage ("%s", _ ("--direct and --account exclude each other"));
  return run_check (ctl, argv[1], &options);
}
