/* mail-relayctl domain: the entries of a mail domain. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>

int
mr_verb_domain (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "check", N_ ("What is right and wrong with a domain's entries"), mr_verb_domain_check },
    { "list", N_ ("Domains that are checked by themselves"), mr_verb_domain_list },
    { "add", N_ ("Check a further domain by itself"), mr_verb_domain_list },
    { "remove", N_ ("Take back what add did"), mr_verb_domain_list },
    { "accept", N_ ("Take a domain's state as it is as right"), mr_verb_domain_list },
    { "spf", N_ ("Whether a server may send for a domain"), mr_verb_domain_spf },
    { "verify", N_ ("The signatures of a message in a file"), mr_verb_domain_verify },
    { "explain-headers", N_ ("What the receiver of a test message found"), mr_verb_domain_explain_headers },
    { "reports", N_ ("Reports of others about a domain's mail (DMARC)"), mr_verb_domain_reports },
    { "evidence", N_ ("What kept reports say of a domain"), mr_verb_domain_evidence },
    { "records", N_ ("What a domain has to publish"), mr_verb_domain_records },
    { "watch", N_ ("Wait until it is published"), mr_verb_domain_watch },
    { "dkim-list", N_ ("Keys that sign mail"), mr_verb_domain_dkim },
    { "dkim-new", N_ ("Make a key that signs mail of a domain"), mr_verb_domain_dkim },
    { "dkim-rotate", N_ ("Make a key that takes over from the one that signs"), mr_verb_domain_dkim },
    { "dkim-use", N_ ("Let a key sign now"), mr_verb_domain_dkim },
    { "dkim-remove", N_ ("Delete a key"), mr_verb_domain_dkim },
    { "dkim-export", N_ ("Write a key into a file, for use elsewhere"), mr_verb_domain_dkim },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl domain", verbs, argc - 1, argv + 1);
}
