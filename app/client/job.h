/* What the service does for one caller over a while: a call that gives a number, step signals with that number, and a last signal. */
#pragma once

#include "client/client-private.h"

G_BEGIN_DECLS

typedef struct {
  const char *interface;
  const char *method, *cancel; /* cancel takes the number alone */
  const char *step, *done;     /* signals; step: "(ua{sv})" */
  const char *done_type;       /* its first member is the number */
} MrClientJobKind;

/* dict: borrowed for the callback. */
typedef void (*MrClientJobStepFunc) (GVariant *dict, guint number, gpointer data);

/* kind must outlive the job; parameters: floating; fds: descriptors that they name, NULL: none. step_data is freed with free_step when the job has ended (NULL: not). Cancelling stops it in the service.
 * No step is given after the callback. */
void mr_client_job_async (MrClient *self, const MrClientJobKind *kind, GVariant *parameters, GUnixFDList *fds,
                          MrClientJobStepFunc step, gpointer step_data, GDestroyNotify free_step,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) parameters of the last signal. Error: the job did not come to its own end. */
GVariant *mr_client_job_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
