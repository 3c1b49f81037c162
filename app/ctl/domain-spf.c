/* mail-relayctl domain spf: may an address send for a domain? Without the service. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/domain-lookups.h"
#include "ctl/output.h"
#include "mailauth/spf.h"

#define MAX_ROUNDS 100 /* more than the limits of RFC 7208 let come up */

typedef struct {
  char *ip, *helo, *mail_from, *dns, *at;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->ip);
  g_free (options->helo);
  g_free (options->mail_from);
  g_free (options->dns);
  g_free (options->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static GVariant *
report_to_variant (const MrSpfReport *report)
{
  GVariantDict dict;
  GVariantBuilder steps;

  g_variant_builder_init (&steps, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < report->steps->len; i++) {
    const MrSpfStep *step = g_ptr_array_index (report->steps, i);
    GVariantDict row;
    g_variant_dict_init (&row, NULL);
    g_variant_dict_insert (&row, "depth", "u", step->depth);
    g_variant_dict_insert (&row, "domain", "s", step->domain);
    g_variant_dict_insert (&row, "term", "s", step->term);
    g_variant_dict_insert (&row, "looks-up", "b", step->looks_up);
    g_variant_dict_insert (&row, "matched", "b", step->matched);
    g_variant_builder_add_value (&steps, g_variant_dict_end (&row));
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "result", "s", mr_spf_result_nick (report->result));
  g_variant_dict_insert (&dict, "explanation", "s", report->explanation != NULL ? report->explanation : "");
  g_variant_dict_insert (&dict, "problem", "s", report->problem != NULL ? report->problem : "");
  g_variant_dict_insert (&dict, "problem-domain", "s", report->problem_domain != NULL ? report->problem_domain : "");
  g_variant_dict_insert (&dict, "look-ups", "u", report->look_ups);
  g_variant_dict_insert (&dict, "void-look-ups", "u", report->void_look_ups);
  g_variant_dict_insert_value (&dict, "steps", g_variant_builder_end (&steps));
  return g_variant_dict_end (&dict);
}

static void
print_report (const MrSpfReport *report)
{
  mr_say ("%s\n", mr_spf_result_nick (report->result));
  if (report->explanation != NULL)
    mr_say ("%s\n", report->explanation);
  if (report->problem != NULL)
    mr_say (_ ("What is wrong at %s: %s\n"), report->problem_domain, report->problem);
  for (guint i = 0; i < report->steps->len; i++) {
    const MrSpfStep *step = g_ptr_array_index (report->steps, i);
    mr_say ("  %*s%s %s\n", (int)step->depth * 2, "", step->matched ? "*" : "-", step->term);
  }
  mr_say (_ ("Look-ups: %u of 10; found nothing: %u of 2\n"), report->look_ups, report->void_look_ups);
}

static void
evaluate (MrResolver *resolver, const MrSpfQuery *query, MrSpfReport *ret)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();

  for (guint round = 0; mr_spf_check (table, query, ret) == MR_SPF_PENDING; round++) {
    if (round == MAX_ROUNDS || !mr_domain_answer (resolver, table))
      return;
    mr_spf_report_clear (ret);
  }
}

static gboolean
check_options (MrCtl *ctl, const Options *options, MrSpfQuery *ret, GError **error)
{
  if (options->ip == NULL || !mr_address_is_numeric (options->ip)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("--ip needs the internet address of the sending server"));
    return FALSE;
  }
  if (options->mail_from == NULL && options->helo == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("give --mail-from, --helo or both"));
    return FALSE;
  }
  *ret = (MrSpfQuery){ .address = options->ip,
                       .mailfrom = options->mail_from != NULL ? options->mail_from : "",
                       .helo = options->helo != NULL ? options->helo : "",
                       .now = ctl->now / G_USEC_PER_SEC };
  return options->at == NULL || mr_domain_parse_time (options->at, &ret->now, error);
}

int
mr_verb_domain_spf (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Options) options = { NULL };
  const GOptionEntry entries[] = {
    { "ip", 0, 0, G_OPTION_ARG_STRING, &options.ip, N_ ("Internet address of the sending server"), N_ ("ADDRESS") },
    { "helo", 0, 0, G_OPTION_ARG_STRING, &options.helo, N_ ("Name with which it introduces itself"), N_ ("NAME") },
    { "mail-from", 0, 0, G_OPTION_ARG_STRING, &options.mail_from, N_ ("Return address of the mail; empty: none"),
      N_ ("ADDRESS") },
    { "dns", 0, 0, G_OPTION_ARG_STRING, &options.dns, N_ ("DNS server to ask instead of the system's"),
      N_ ("SERVER:PORT") },
    { "at", 0, 0, G_OPTION_ARG_STRING, &options.at, N_ ("As if it were that time"), N_ ("TIME") },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  MrSpfQuery query;

  if (!mr_ctl_parse (ctl, "domain spf", NULL, N_ ("Whether a server may send for a domain (SPF)."), entries, 0, 0,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  if (!check_options (ctl, &options, &query, &error))
    return mr_ctl_usage ("%s", error->message);
  g_autoptr (MrResolver) resolver = mr_domain_resolver_new (options.dns, &error);
  if (resolver == NULL)
    return mr_ctl_usage ("%s", error->message);
  g_auto (MrSpfReport) report = { 0 };
  evaluate (resolver, &query, &report);
  if (ctl->json)
    mr_print_json (report_to_variant (&report));
  else
    print_report (&report);
  return report.result == MR_SPF_PASS ? MR_EXIT_DONE : MR_EXIT_REFUSED;
}
