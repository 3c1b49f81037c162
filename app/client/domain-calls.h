/* Typed calls for domains (com.example.MailRelay.Domains): the check, the list, reports. The rules of calls.h hold. */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* ---- the check ---- */

/* All may be NULL, "" or FALSE: see MrDomainCheckOptions in <mailrelay/engine-domains.h>. */
typedef struct {
  const char *account;
  gboolean direct;
  const char *addresses;
  const char *helo;
  const char *dns;
  gboolean ask_service; /* the address service may be asked for the public address */
  gboolean blocklists;
  gboolean keep;
} MrClientDomainCheck;

/* finding: borrowed; NULL: only the count has changed. */
typedef void (*MrClientDomainFindingFunc) (const MrDomainFinding *finding, guint done, guint total, gpointer data);

/* options is read in the call. Cancelling stops the check in the service. */
void mr_client_check_domain_async (MrClient *self, const char *domain, const MrClientDomainCheck *options,
                                   MrClientDomainFindingFunc finding, gpointer finding_data, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
/* (transfer full) */
MrDomainReport *mr_client_check_domain_finish (MrClient *self, GAsyncResult *result, GError **error);

/* ---- the list ---- */

void
mr_client_list_domains_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrDomainRecord, by name. */
GPtrArray *mr_client_list_domains_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_add_domain_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_add_domain_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_remove_domain_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_remove_domain_finish (MrClient *self, GAsyncResult *result, GError **error);
/* What the last report says is as it should be. */
void mr_client_accept_drifts_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer data);
/* Of any of the three above. */
gboolean mr_client_change_domain_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_get_domain_report_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer data);
/* (transfer full) MR_ERROR_NOT_FOUND: none was kept. */
MrDomainReport *mr_client_get_domain_report_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
