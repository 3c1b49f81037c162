/* What a person answers in the guide for a domain, and how it becomes the options of PlanRecords and WatchRecords. Pure.
 *
 * The answers are not kept by the window: what is published tells them (allowed senders, address for reports), or the options of a watch that runs.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  char *account;        /* id; "": the one that sends for the domain */
  gboolean direct;      /* judged as if its mail went without a provider */
  GHashTable *services; /* char *: ids of services that send for the domain */
  char *senders;        /* further terms of SPF, as typed */
  gboolean sign;        /* keys of our own are wanted */
  gboolean ed25519;     /* one of that kind beside the usual one */
  gboolean lists;       /* people of the domain write to mailing lists */
  char *reports;        /* address for reports about forgeries */
  char *tls_reports;    /* address for reports about encryption */
  char *provider;       /* id of the DNS provider; "": the recognised one */
  char *addresses;      /* public addresses, typed */
  char *sts_mode;       /* policy on encrypting incoming mail: "testing" "enforce"; "": none is wished */
  char *step;           /* "none" "quarantine" "reject"; "": what there is, else none */
} MrGuideAnswers;

MrGuideAnswers *mr_guide_answers_new (void);
void mr_guide_answers_free (MrGuideAnswers *answers);
void mr_guide_answers_set (char **field, const char *text);
void mr_guide_answers_set_service (MrGuideAnswers *answers, const char *id, gboolean sends);
gboolean mr_guide_answers_has_service (const MrGuideAnswers *answers, const char *id);

/* a{sv}, floating. */
GVariant *mr_guide_answers_to_options (const MrGuideAnswers *answers);
/* From what a watch was asked for. */
void mr_guide_answers_take_options (MrGuideAnswers *answers, GVariant *options);
/* From what is published: plan is one without options, services as ListServices tells them. */
void mr_guide_answers_take_published (MrGuideAnswers *answers, GVariant *plan, GVariant *services);

/* Borrowed; "" where absent. */
const char *mr_guide_text (GVariant *dict, const char *key);
gboolean mr_guide_is_set (GVariant *dict, const char *key);
/* The record of that kind in a plan. (transfer full) NULL: none. */
GVariant *mr_guide_plan_find (GVariant *plan, const char *kind);
/* TRUE where the account has a sender address of the domain (A-labels), or all. */
gboolean mr_guide_account_fits (const MrAccountRecord *account, const char *domain);
/* Its first whole address of the domain. Borrowed; NULL: none. */
const char *mr_guide_account_address (const MrAccountRecord *account, const char *domain);
/* What each term of the proposed record costs in look-ups, dearest first, one a line: "include:_spf.example.com: 4"; "" where the plan does not tell.
 * (transfer full) */
char *mr_guide_dup_costs (GVariant *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrGuideAnswers, mr_guide_answers_free)

G_END_DECLS
