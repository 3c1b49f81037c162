/* Typed calls for accounts that set themselves up (com.example.MailRelay.Accounts): finding settings, signing in, order. The rules of calls.h hold. */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* ---- finding settings ---- */

/* Strings borrowed for the callback, never NULL. */
typedef struct {
  MrSource source;
  const char *state; /* "trying" "found" "nothing" "failed" "skipped" */
  const char *host, *text;
  gint64 elapsed; /* microseconds since the start */
} MrClientDiscoverStep;
typedef void (*MrClientDiscoverStepFunc) (const MrClientDiscoverStep *step, gpointer data);

typedef enum {
  MR_CLIENT_DISCOVER_DEFAULT = 0,
  MR_CLIENT_DISCOVER_THIRD_PARTY = 1 << 0,
  MR_CLIENT_DISCOVER_AUTODISCOVER = 1 << 1,
  MR_CLIENT_DISCOVER_PROBE = 1 << 2,
  MR_CLIENT_DISCOVER_KNOWN = 1 << 3 /* where the service knows the provider itself, nobody else is asked */
} MrClientDiscoverFlags;

/* Cancelling stops the search in the service. */
void mr_client_discover_async (MrClient *self, const char *address, MrClientDiscoverFlags flags,
                               MrClientDiscoverStepFunc step, gpointer step_data, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrDiscoveryRecord, best first. */
GPtrArray *mr_client_discover_finish (MrClient *self, GAsyncResult *result, GError **error);

void
mr_client_list_providers_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrDiscoveryRecord, by name. */
GPtrArray *mr_client_list_providers_finish (MrClient *self, GAsyncResult *result, GError **error);

/* ---- signing in ---- */

typedef struct {
  const char *state; /* "open" "paste" "device" "waiting" "exchanging" "storing" */
  const char *url, *user_code;
  gint64 expires; /* wall time, 0 */
  guint number;   /* for mr_client_answer_sign_in_async() */
} MrClientSignInStep;
typedef void (*MrClientSignInStepFunc) (const MrClientSignInStep *step, gpointer data);

/* record: what stands on the page, or only the id of an account that exists. Opening the browser is the caller's. Cancelling ends it. */
void
mr_client_sign_in_async (MrClient *self, const MrAccountRecord *record, MrClientSignInStepFunc step, gpointer step_data,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_sign_in_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_answer_sign_in_async (MrClient *self, guint number, const char *pasted, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_answer_sign_in_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_sign_out_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer data);
gboolean mr_client_sign_out_finish (MrClient *self, GAsyncResult *result, GError **error);
/* owner: preset id or "account ID". client "": removes it. secret NULL: none. */
void mr_client_set_oauth_client_async (MrClient *self, const char *owner, const char *client, MrSecret *secret,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_set_oauth_client_finish (MrClient *self, GAsyncResult *result, GError **error);

void mr_client_list_desktop_accounts_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer data);
/* (transfer full) of MrDesktopAccountRecord. */
GPtrArray *mr_client_list_desktop_accounts_finish (MrClient *self, GAsyncResult *result, GError **error);

/* ---- order ---- */

void mr_client_order_accounts_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_order_accounts_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
