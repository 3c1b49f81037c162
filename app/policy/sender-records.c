/* What providers want in the DNS: see sender-records.h. */
#include "policy/sender-records.h"

static const MrSenderRecords rows[] = {
  { "google-workspace", "_spf.google.com", { "google" } },
  { "gmail", "_spf.google.com", { "google" } },
  { "microsoft365", "spf.protection.outlook.com", { "selector1", "selector2" } },
  { "fastmail", "spf.messagingengine.com", { "fm1", "fm2", "fm3" } },
  { "zoho-domain", "zohomail.com", { NULL } },
  { "zoho", "zohomail.com", { NULL } },
  { "icloud", "icloud.com", { "sig1" } },
  { "proton", "_spf.protonmail.ch", { "protonmail", "protonmail2", "protonmail3" } },
  { "proton-token", "_spf.protonmail.ch", { "protonmail", "protonmail2", "protonmail3" } },
  { "tuta", "spf.tutanota.de", { "s1", "s2" } },
  { "mailbox-org", "mailbox.org", { "mbo0001", "mbo0002", "mbo0003" } },
  { "ionos", "_spf-eu.ionos.com", { "s1-ionos", "s2-ionos" } },
  { "ovh", "mx.ovh.com", { NULL } },
  { "gandi", "_mailcust.gandi.net", { "gm1", "gm2", "gm3" } },
  { "infomaniak", "spf.infomaniak.ch", { NULL } },
  { "migadu", "spf.migadu.com", { "key1", "key2", "key3" } },
  { "yandex", "_spf.yandex.net", { "mail" } },
  { "amazon-ses", "amazonses.com", { NULL } },
  { "sendgrid", "sendgrid.net", { "s1", "s2" } },
  { "mailgun", "mailgun.org", { NULL } },
  { "brevo", "spf.brevo.com", { "brevo1", "brevo2" } },
  { "mailjet", "spf.mailjet.com", { "mailjet" } },
  { "rackspace", "emailsrvr.com", { NULL } },
  { "privateemail", "spf.privateemail.com", { "default" } },
  { "hostinger", "_spf.mail.hostinger.com", { "hostingermail1" } },
  { NULL, NULL, { NULL } },
};

const MrSenderRecords *
mr_sender_records_all (void)
{
  return rows;
}

const MrSenderRecords *
mr_sender_records_find (const char *provider)
{
  for (const MrSenderRecords *row = rows; row->provider != NULL && provider != NULL; row++)
    if (g_str_equal (row->provider, provider))
      return row;
  return NULL;
}
