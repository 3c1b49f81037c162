/* What the pages of the guide share: the domain, the answers, and what the service last told (report, plan, watch, keys, lists). GTK-free.
 *
 * Every call is one of its kind at a time; a newer one of a plan takes the place of an older one. Signal "changed" with a detail tells what came:
 * "report" (also while a check runs), "plan", "watch", "keys", "lists", "answers". Signal "failed" (what, GError): words for a toast.
 */
#pragma once

#include <mailrelay/records.h>

#include "client/domain-calls.h"
#include "ui/desk.h"
#include "ui/domain-guide-answers.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_SESSION (mr_guide_session_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideSession, mr_guide_session, MR, GUIDE_SESSION, GObject)

/* domain: as typed or listed; it is judged by the service. */
MrGuideSession *mr_guide_session_new (MrDesk *desk, const char *domain);
/* Everything under way is cancelled, and nothing is told any more. */
void mr_guide_session_close (MrGuideSession *self);

/* Borrowed, all of them; NULL where it has not come. */
MrDesk *mr_guide_session_get_desk (MrGuideSession *self);
const char *mr_guide_session_get_domain (MrGuideSession *self); /* A-labels as soon as the service has told them */
MrGuideAnswers *mr_guide_session_get_answers (MrGuideSession *self);
const MrDomainReport *mr_guide_session_get_report (MrGuideSession *self);
GPtrArray *mr_guide_session_get_findings (MrGuideSession *self); /* MrDomainFinding: of the check that runs */
GVariant *mr_guide_session_get_plan (MrGuideSession *self);
GVariant *mr_guide_session_get_published (MrGuideSession *self); /* a plan without wishes: what is there */
GVariant *mr_guide_session_get_watch (MrGuideSession *self);
GVariant *mr_guide_session_get_services (MrGuideSession *self);
GVariant *mr_guide_session_get_providers (MrGuideSession *self);
GPtrArray *mr_guide_session_get_keys (MrGuideSession *self); /* MrDkimKeyRecord of this domain that are not old */

/* Lists, keys, what is published, and a watch that runs. Restores the answers. "changed::answers" follows once they are there. */
void mr_guide_session_load (MrGuideSession *self);
/* The account that the answers speak of: the chosen one, else the first that fits. NULL: none, or direct without one. Borrowed. */
const MrAccountRecord *mr_guide_session_get_account (MrGuideSession *self);
/* TRUE: this computer stands before the world itself, so our own key signs. */
gboolean mr_guide_session_is_direct (MrGuideSession *self);

/* Takes the place of one that runs. options may be NULL; account and direct come from the answers. */
void mr_guide_session_check (MrGuideSession *self, const MrClientDomainCheck *options);
void mr_guide_session_stop_check (MrGuideSession *self);
gboolean mr_guide_session_is_checking (MrGuideSession *self, double *ret_fraction);
/* Makes the keys that the answers want and there are not, then plans. */
void mr_guide_session_plan (MrGuideSession *self);
gboolean mr_guide_session_is_planning (MrGuideSession *self);
/* Waits from now on, or looks at once where it waits already. */
void mr_guide_session_watch (MrGuideSession *self);
void mr_guide_session_stop_watch (MrGuideSession *self);

G_END_DECLS
