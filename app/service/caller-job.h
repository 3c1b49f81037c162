/* Something that the service does for one caller over a while, told by signals that only this caller hears: a test, a search, a sign-in.
 *
 * It belongs to the connection and the sender that started it and is stopped when they go. Whoever begins one frees it when the engine has told
 * its end.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MrCallerJobs MrCallerJobs;
typedef struct _MrCallerJob MrCallerJob;

/* Ends the engine's job of that number; it is told as any other end. */
typedef void (*MrCallerJobCancelFunc) (guint number, gpointer data);

/* interface: of the signals; must outlive the jobs. */
MrCallerJobs *mr_caller_jobs_new (const char *interface, guint max, MrCallerJobCancelFunc cancel, gpointer data);
void mr_caller_jobs_free (MrCallerJobs *jobs);
/* NULL: answered, because too many run or the service ends. */
MrCallerJob *mr_caller_job_new (MrCallerJobs *jobs, GDBusMethodInvocation *invocation);
/* Answers the invocation with (u). number 0: the engine refused inside its call, told the end and so freed the job; that is answered too. */
void mr_caller_job_started (MrCallerJob *job, GDBusMethodInvocation *invocation, guint number);
void mr_caller_job_free (MrCallerJob *job);
guint mr_caller_job_get_number (MrCallerJob *job);
gpointer mr_caller_job_get_data (MrCallerJob *job); /* of mr_caller_jobs_new() */
/* A signal of the jobs' interface. parameters: floating. */
void mr_caller_job_emit (MrCallerJob *job, const char *name, GVariant *parameters);
/* Only where invocation comes from the caller of that job; anything else changes nothing. FALSE: there is no such job. */
gboolean mr_caller_jobs_cancel (MrCallerJobs *jobs, GDBusMethodInvocation *invocation, guint number);
gboolean mr_caller_jobs_owns (MrCallerJobs *jobs, GDBusMethodInvocation *invocation, guint number);
/* A connection is gone; NULL: the service ends, and no further job is started. */
void mr_caller_jobs_forget (MrCallerJobs *jobs, GDBusConnection *connection);

G_END_DECLS
