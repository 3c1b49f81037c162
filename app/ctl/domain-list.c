/* mail-relayctl domain list, add, remove and accept: the domains that are checked by themselves, and how they stood last. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/records-variant.h"
#include "client/domain-calls.h"
#include "ctl/output.h"
#include "ndr/domain-texts.h"

static void
print_table (GPtrArray *domains)
{
  const char *const titles[] = { _ ("Domain"), _ ("Accounts"), _ ("Checked"), _ ("State"), _ ("Worse"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  for (guint i = 0; i < domains->len; i++) {
    const MrDomainRecord *d = domains->pdata[i];
    g_autofree char *checked = mr_format_time (d->checked);
    g_autofree char *accounts = g_strjoinv (", ", d->accounts), *drifts = g_strdup_printf ("%u", d->drifts);
    const char *cells[] = {
      d->domain, accounts, checked, d->checked > 0 ? mr_finding_state_word (d->worst) : "", d->drifts > 0 ? drifts : "",
      NULL
    };

    mr_table_add (table, cells, d->drifts > 0 ? 4 : 3,
                  d->checked == 0                                 ? NULL
                  : d->drifts > 0 || d->worst == MR_FINDING_WRONG ? MR_COLOUR_BAD
                  : d->worst == MR_FINDING_ATTENTION              ? MR_COLOUR_WAITING
                                                                  : MR_COLOUR_GOOD);
  }
  if (domains->len == 0)
    puts (_ ("No account sends for a domain of yours, and none was added."));
  else
    mr_table_print (table);
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (
          ctl, "domain list", NULL,
          N_ ("Domains that mail is sent from, how they stood when they were checked last, and what has become "
              "worse since."),
          NULL, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_list_domains_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) domains = mr_client_list_domains_finish (ctl->client, result, &error);
  if (domains == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json_list ("domains", domains, (MrRecordToVariant)mr_domain_record_to_variant);
  else
    print_table (domains);
  return MR_EXIT_DONE;
}

/* ---- changing ---- */

typedef void (*ChangeFunc) (MrClient *client, const char *domain, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data);

static int
change (MrCtl *ctl, int argc, char **argv, const char *title, const char *summary, ChangeFunc func, const char *words)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, title, N_ ("DOMAIN"), summary, NULL, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  func (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_change_domain_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  return mr_ctl_done (ctl, _ (words));
}

int
mr_verb_domain_list (MrCtl *ctl, int argc, char **argv)
{
  if (strcmp (argv[0], "add") == 0)
    return change (ctl, argc, argv, "domain add", N_ ("Checks a domain by itself, though no account sends for it."),
                   mr_client_add_domain_async, N_ ("The domain is checked from now on."));
  if (strcmp (argv[0], "remove") == 0)
    return change (ctl, argc, argv, "domain remove", N_ ("Takes back what add did."), mr_client_remove_domain_async,
                   N_ ("The domain is no longer checked by itself."));
  if (strcmp (argv[0], "accept") == 0)
    return change (ctl, argc, argv, "domain accept",
                   N_ ("What the last check found is as it should be: it is compared with from now on."),
                   mr_client_accept_drifts_async, N_ ("Later checks are compared with how the domain is now."));
  return list (ctl, argc, argv);
}
