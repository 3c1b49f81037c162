/* The submission server: listeners, sessions, who may submit, limits. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrSubmission *mr_submission_new (MrEngine *engine);
void mr_submission_free (MrSubmission *submission);
/* Opens what the configuration names and closes the rest. A port that is taken is tried again every 30 s. */
void mr_submission_reload (MrSubmission *submission);
/* No new sessions. Open ones get 421 now; one whose message is being stored gets its answer first. */
void mr_submission_stop (MrSubmission *submission);
/* func: the last session has ended; NULL: nobody is told. */
void mr_submission_set_empty_func (MrSubmission *submission, void (*func) (gpointer data), gpointer data);
/* MrListenerStatus (transfer full). */
GPtrArray *mr_submission_dup_status (MrSubmission *submission);
guint mr_submission_get_sessions (MrSubmission *submission);

G_END_DECLS
