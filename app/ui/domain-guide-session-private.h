/* Shared by domain-guide-session.c (what is known), domain-guide-session-check.c and domain-guide-session-records.c (what is asked of the service).
 *
 * The end of every call comes first to mr_guide_session_has_failed() or mr_guide_session_answer_cb(): after close() a session may be gone when its
 * calls end, so nobody looks at it before these have.
 */
#pragma once

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

struct _MrGuideSession {
  GObject parent_instance;
  MrDesk *desk;
  MrClient *client; /* NULL: closed */
  GCancellable *cancellable;
  GCancellable *check; /* of the check that runs; NULL: none */
  char *domain;
  MrGuideAnswers *answers;
  gboolean answered; /* the answers were restored, or are the person's */

  MrDomainReport *report;
  GPtrArray *findings; /* MrDomainFinding */
  double fraction;
  GVariant *services, *providers, *published, *plan, *watch;
  GPtrArray *keys;
  GQueue wanted_keys; /* static char *: algorithms that are still to be made */
  guint planning;     /* number of the last plan; 0: none is under way */
  guint plans;
  guint follow;
};

/* Emits "changed" with that detail; a static string. */
void mr_guide_session_tell (MrGuideSession *self, const char *what);
/* The service spells the domain as it goes on the wire. "": it stays. */
void mr_guide_session_take_domain (MrGuideSession *self, const char *domain);

/* What a call ended with. TRUE: the guide was closed, and self is not to be looked at; or it failed, which "failed" has told with the words what. */
gboolean mr_guide_session_has_failed (MrGuideSession *self, const char *what, const GError *error);

/* What is done with an answer; it is borrowed. */
typedef void (*MrGuideTake) (MrGuideSession *self, GVariant *answer);
/* The data of a call that ends in mr_guide_session_answer_cb(). failed: what is told then, translated, static; NULL: failing is an answer too,
 * and take() gets NULL for it. self is not kept alive. (transfer full), to the callback */
gpointer mr_guide_session_call (MrGuideSession *self, MrGuideTake take, const char *failed);
/* For everything that mr_client_records_finish() finishes. */
void mr_guide_session_answer_cb (GObject *client, GAsyncResult *result, gpointer call);

G_END_DECLS
