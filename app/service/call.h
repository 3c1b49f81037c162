/* Answers to method calls: what the interface files share. The invocation is the data of the engine's callbacks; each of
 * these functions answers it and takes the reference that the handler was given. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* Any error leaves as one of MR_ERROR. */
void mr_call_fail (GDBusMethodInvocation *invocation, const GError *error);
void mr_call_refuse (GDBusMethodInvocation *invocation, MrError code, const char *message);
/* MrEngineDoneFunc: an empty answer. */
void mr_call_done_cb (const GError *error, gpointer invocation);
/* MrCountFunc: (u). */
void mr_call_count_cb (guint count, const GError *error, gpointer invocation);
/* The answer (aa{sv}): every record through convert, or the error. */
typedef GVariant *(*MrCallConvertFunc) (gconstpointer record);
void mr_call_return_records (GDBusMethodInvocation *invocation, GPtrArray *records, const GError *error,
                             MrCallConvertFunc convert);
/* fd (transfer full) as the last value of the answer; id: the value before it, or NULL. */
void mr_call_return_fd (GDBusMethodInvocation *invocation, const char *id, int fd);

/* FALSE: answered with MR_ERROR_INVALID. Queue ids; an empty list only where may_be_empty. */
gboolean mr_call_check_ids (GDBusMethodInvocation *invocation, const char *const *ids, gboolean may_be_empty);
gboolean mr_call_check_id (GDBusMethodInvocation *invocation, const char *id);
/* Id of an account or a program. */
gboolean mr_call_check_name (GDBusMethodInvocation *invocation, const char *id);
/* The descriptor that handle names, duplicated; -1: answered. (transfer full) */
int mr_call_take_fd (GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *handle);

G_END_DECLS
