/* mail-relayctl domain evidence: what kept reports (DMARC) say of a domain, and what a person says of their sources. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "client/publish-calls.h"
#include "ctl/domain-plan.h"
#include "ctl/output.h"

static gboolean
wait_done (MrCtl *ctl, GError **error)
{
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);

  return mr_client_change_key_finish (ctl->client, result, error);
}

static gboolean
mark (MrCtl *ctl, const char *domain, char **sources, gboolean foreign, GError **error)
{
  for (guint i = 0; sources != NULL && sources[i] != NULL; i++) {
    mr_client_set_source_foreign_async (ctl->client, domain, sources[i], foreign, NULL, mr_ctl_ready_cb, ctl);
    if (!wait_done (ctl, error))
      return FALSE;
  }
  return TRUE;
}

int
mr_verb_domain_evidence (MrCtl *ctl, int argc, char **argv)
{
  g_auto (GStrv) foreign = NULL, own = NULL;
  gboolean forget = FALSE;
  const GOptionEntry entries[] = {
    { "foreign", 0, 0, G_OPTION_ARG_STRING_ARRAY, &foreign,
      N_ ("Mail from this address is none of yours: that it fails is as it should be"), N_ ("ADDRESS") },
    { "own", 0, 0, G_OPTION_ARG_STRING_ARRAY, &own, N_ ("It is yours after all"), N_ ("ADDRESS") },
    { "forget", 0, 0, G_OPTION_ARG_NONE, &forget, N_ ("Forget the reports of the domain"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "domain evidence", N_ ("DOMAIN"),
                     N_ ("What the reports that were kept (DMARC) say of a domain since its policy is in force."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (!mark (ctl, argv[1], foreign, TRUE, &error) || !mark (ctl, argv[1], own, FALSE, &error))
    return mr_ctl_fail (ctl, error);
  if (forget) {
    mr_client_forget_reports_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
    if (!wait_done (ctl, &error))
      return mr_ctl_fail (ctl, error);
  }
  mr_client_get_evidence_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GVariant) evidence = mr_client_records_finish (ctl->client, result, &error);
  if (evidence == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json (evidence);
  else
    mr_ctl_print_evidence (evidence);
  return MR_EXIT_DONE;
}
