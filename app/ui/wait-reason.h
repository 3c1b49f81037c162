/* Which one reason, of those that messages wait for, is told above the outbox: the one that most of them wait for, that a person can end with one
 * action. Pure. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/records.h>
#include <mailrelay/side-records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

/* Fewer messages speak for themselves in the list. */
#define MR_WAIT_REASON_LEAST 2

typedef struct {
  char *text;         /* "17 messages wait for one reason: your password was refused"; NULL: there is nothing to tell */
  char *account;      /* name of the account that they wait for, NULL: none, or it does not matter */
  const char *button; /* translated */
  const char *icon;
  char *action; /* detailed action name */
  /* What finds them in the list */
  char *cause;              /* cause id, NULL: the wait reason finds them */
  MrWaitReason wait_reason; /* none: the cause finds them */
  char *account_id;
} MrWaitReasonNotice;

/* groups: MrGroupRecord, the largest first. accounts: list of MrRecordItem with MrAccountRecord. Fills ret. */
void mr_wait_reason_choose (GPtrArray *groups, MrDiagnosis *diagnosis, GListModel *accounts, MrWaitReasonNotice *ret);
void mr_wait_reason_clear (MrWaitReasonNotice *notice);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrWaitReasonNotice, mr_wait_reason_clear)

G_END_DECLS
