/* Typed calls about pauses and rules that keep mail back (data/dbus). The same rules as in calls.h. */
#pragma once

#include <mailrelay/side-records.h>

#include "client/client.h"

G_BEGIN_DECLS

/* account NULL: all. until: wall time in microseconds, 0: until resumed. */
void mr_client_pause_async (MrClient *self, const char *account, gint64 until, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_pause_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_resume_async (MrClient *self, const char *account, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_resume_finish (MrClient *self, GAsyncResult *result, GError **error);

void mr_client_list_hold_rules_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer data);
/* (transfer full) of MrHoldRuleRecord. */
GPtrArray *mr_client_list_hold_rules_finish (MrClient *self, GAsyncResult *result, GError **error);
/* id NULL: a new rule. */
void mr_client_set_hold_rule_async (MrClient *self, const MrHoldRuleRecord *rule, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
/* (transfer full) its id. */
char *mr_client_set_hold_rule_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_remove_hold_rule_async (MrClient *self, const char *id, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_remove_hold_rule_finish (MrClient *self, GAsyncResult *result, GError **error);

/* The rule as a sentence, translated: "Mail to example.com is kept back for review". (transfer full) */
char *mr_hold_rule_dup_sentence (const MrHoldRuleRecord *rule);

G_END_DECLS
