/* The submission server: listeners, sessions, who may submit, limits. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrSubmission *mr_submission_new (MrEngine *engine);
void mr_submission_free (MrSubmission *submission);
/* Opens what the configuration names and closes the rest. A port that is taken is tried again every 30 s. */
void mr_submission_reload (MrSubmission *submission);
/* No new sessions; open ones get 421 at their next command. */
void mr_submission_stop (MrSubmission *submission);
/* MrListenerStatus (transfer full). */
GPtrArray *mr_submission_dup_status (MrSubmission *submission);
guint mr_submission_get_sessions (MrSubmission *submission);

G_END_DECLS
