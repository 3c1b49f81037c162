/* What can be done about one recipient of a message: the one suggestion, the other ways, a text to send. Pure but for the menu's type. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

typedef enum {
  MR_SUGGEST_NOTHING,
  MR_SUGGEST_ACCOUNT,    /* open the page of the account */
  MR_SUGGEST_TRY,        /* try now */
  MR_SUGGEST_SEND_AGAIN, /* possibly delivered: once more, all the same */
  MR_SUGGEST_CORRECT,    /* correct the address and send again */
  MR_SUGGEST_COPY        /* copy the text to whoever can end it */
} MrSuggestion;

/* (transfer full) NULL: there is nothing to write. *ret_to: to whom. */
char *mr_recipient_dup_letter (const MrMessageRecord *message, const MrRecipientRecord *recipient,
                               MrDiagnosis *diagnosis, MrActor *ret_to);
/* Its action id decides, as far as the message's state allows what it says. */
MrSuggestion
mr_recipient_suggest (const MrMessageRecord *message, const MrRecipientRecord *recipient, MrDiagnosis *diagnosis);
/* "The message has 14.2 MB. The server takes 10 MB." where its size is the trouble; else NULL. (transfer full) */
char *
mr_recipient_dup_size_hint (const MrMessageRecord *message, const MrRecipientRecord *recipient, MrDiagnosis *diagnosis);
/* Which check of the domain set-up the cause is about: "spf", "dkim", "dmarc", "ptr", "blocklists", "" (all of them). NULL: none. */
const char *mr_recipient_get_domain_check (const MrRecipientRecord *recipient);
/* Whoever may be asked for it: actions "messages.recipient-*" and, where has_domains, "app.open-domain". accounts: list of MrRecordItem with
 * MrAccountRecord, may be NULL. (transfer full) */
GMenuModel *mr_recipient_new_menu (const MrMessageRecord *message, const MrRecipientRecord *recipient,
                                   MrDiagnosis *diagnosis, GListModel *accounts, gboolean has_domains);

G_END_DECLS
