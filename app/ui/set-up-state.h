/* How far the first start has come, and what comes next. What is remembered stands in GSettings: a person may close everything half-way, and goes on where
 * she was. NULL for settings: nothing is remembered.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  MR_SET_UP_NOTHING,
  MR_SET_UP_ACCOUNT,  /* the first page was skipped: there is no account yet */
  MR_SET_UP_PROGRAMS, /* the account is there; no program was connected */
  MR_SET_UP_DOMAIN    /* all of it is done; the sender's domain is the person's own, and was never checked */
} MrSetUpNext;

typedef struct {
  guint n_accounts;
  gboolean accounts_known;
  gboolean mail_waits;    /* for an account: the banner says what is to be done */
  const char *own_domain; /* NULL: none that was not checked */
} MrSetUpFacts;

MrSetUpNext mr_set_up_next (GSettings *settings, const MrSetUpFacts *facts);

/* While the first account is being added. */
void mr_set_up_remember (GSettings *settings, const char *address, const char *name);
/* (transfer full) NULL: none. */
char *mr_set_up_dup_address (GSettings *settings);
char *mr_set_up_dup_name (GSettings *settings);
/* The first account is there. */
void mr_set_up_account_added (GSettings *settings);
/* A program was connected, or the person needs no more of it. */
void mr_set_up_finish (GSettings *settings);
/* For good. */
void mr_set_up_dismiss_domain (GSettings *settings, const char *domain);

G_END_DECLS
