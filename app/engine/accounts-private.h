/* Shared by accounts.c (the list) and account-states.c (what deliveries and the keyring make of each). */
#pragma once

#include "engine/accounts.h"

G_BEGIN_DECLS

typedef struct {
  MrAccountRecord *record;
  guint login_refusals;  /* in a row */
  guint person_refusals; /* in a row */
  guint64 max_size;
  gboolean proven;
} Account;

struct _MrAccounts {
  MrEngine *engine;
  GPtrArray *records;   /* borrowed from accounts, in order */
  GHashTable *accounts; /* id → Account */
  MrPolicyAccount *policy;
  char *host_name;
  guint look_source; /* while an account waits for another secret */
};

/* accounts.c: NULL where it is unknown. Valid until the next reload. */
Account *mr_accounts_get (MrAccounts *self, const char *id);

G_END_DECLS
