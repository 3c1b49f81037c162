/* What people look at: lists, one message, its body, the status. Recipients that are being sent right now are known here only, not in the store:
 * they are shown as sending. */
#include <config.h>

#include "engine/dkim.h"
#include "engine/accounts.h"
#include "engine/configuration.h"
#include "engine/holds.h"
#include "engine/account-limits.h"
#include "engine/programs.h"
#include "engine/providers.h"
#include "engine/scheduler.h"
#include "engine/submission.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-lists.h>

#include <string.h>

#include "base/id.h"
#include "mail/address.h"
#include "store/lists.h"

typedef struct {
  MrEngine *engine;
  union {
    MrListFunc list;
    MrMessageFunc message;
    MrStatusFunc status;
    MrBytesFunc bytes;
    MrRecordsFunc records;
  } func;
  gpointer data;
  /* body */
  char *id;
  GByteArray *bytes;
  guint next, n_chunks;
} View;

static View *
view_new (MrEngine *engine, gpointer data)
{
  View *view = g_new0 (View, 1);

  view->engine = engine;
  view->data = data;
  return view;
}

static void
view_free (View *view)
{
  g_free (view->id);
  g_clear_pointer (&view->bytes, g_byte_array_unref);
  g_free (view);
}

static void
show_sending (MrEngine *engine, MrMessageRecord *message)
{
  if (engine->scheduler == NULL)
    return;
  for (guint i = 0; i < message->recipients->len; i++) {
    MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);

    if (!mr_recipient_state_is_final (r->state) && mr_scheduler_is_sending (engine->scheduler, message->id, r->n))
      r->state = MR_RECIPIENT_SENDING;
  }
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  View *view = data;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    show_sending (view->engine, g_ptr_array_index (rows, i));
  view->func.list (rows, total, error, view->data);
  view_free (view);
}

void
mr_engine_list (MrEngine *engine, const MrListFilter *filter, const char *after, guint limit, MrListFunc func,
                gpointer data)
{
  View *view = view_new (engine, data);

  view->func.list = func;
  mr_store_list (engine->store, filter, after, CLAMP (limit, 1, 500), list_cb, view);
}

void
mr_engine_list_ids (MrEngine *engine, const MrListFilter *filter, MrIdsFunc func, gpointer data)
{
  mr_store_list_ids (engine->store, filter, func, data);
}

void
mr_engine_pack_ids (MrEngine *engine, const MrListFilter *filter, MrBytesFunc func, gpointer data)
{
  mr_store_pack_ids (engine->store, filter, func, data);
}

GBytes *
mr_engine_get_changes (MrEngine *engine, guint64 since, guint64 *ret_serial)
{
  return mr_store_get_changes (engine->store, since, ret_serial);
}

void
mr_engine_list_rows (MrEngine *engine, const char *const *ids, MrListFunc func, gpointer data)
{
  View *view = view_new (engine, data);

  view->func.list = func;
  mr_store_list_rows (engine->store, ids, list_cb, view);
}

void
mr_engine_list_facets (MrEngine *engine, const MrListFilter *filter, MrFacet facet, MrRecordsFunc func, gpointer data)
{
  mr_store_list_facets (engine->store, filter, facet, func, data);
}

/* The ids go straight through to the store, with the caller's data. */
void
mr_engine_cancel_list (MrEngine *engine, gpointer data)
{
  mr_store_cancel (engine->store, data);
}

static void
message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  View *view = data;

  if (message != NULL)
    show_sending (view->engine, message);
  view->func.message (message, attempts, error, view->data);
  view_free (view);
}

void
mr_engine_get_message (MrEngine *engine, const char *id, MrMessageFunc func, gpointer data)
{
  View *view = view_new (engine, data);

  view->func.message = func;
  mr_store_get_message (engine->store, id, message_cb, view);
}

/* ---- body ---- */

static void
body_chunk_cb (GBytes *chunk, const GError *error, gpointer data)
{
  View *view = data;

  if (error != NULL) {
    view->func.bytes (NULL, error, view->data);
    view_free (view);
    return;
  }
  g_byte_array_append (view->bytes, g_bytes_get_data (chunk, NULL), (guint)g_bytes_get_size (chunk));
  if (++view->next < view->n_chunks) {
    mr_store_load_chunk (view->engine->store, view->id, view->next, body_chunk_cb, view);
    return;
  }
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&view->bytes));
  view->func.bytes (bytes, NULL, view->data);
  view_free (view);
}

static void
body_message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  View *view = data;
  g_autoptr (GError) gone = NULL;

  if (message != NULL && message->has_body && message->n_chunks > 0) {
    view->n_chunks = message->n_chunks;
    view->bytes = g_byte_array_new ();
    mr_store_load_chunk (view->engine->store, view->id, 0, body_chunk_cb, view);
    return;
  }
  if (message != NULL)
    gone = g_error_new_literal (MR_ERROR, MR_ERROR_NOT_FOUND, _ ("The text of this message is no longer kept"));
  view->func.bytes (NULL, message != NULL ? gone : error, view->data);
  view_free (view);
}

void
mr_engine_get_body (MrEngine *engine, const char *id, MrBytesFunc func, gpointer data)
{
  View *view = view_new (engine, data);

  view->func.bytes = func;
  view->id = g_strdup (id);
  mr_store_get_message (engine->store, id, body_message_cb, view);
}

/* ---- status ---- */

static void
listener_status_free (gpointer data)
{
  MrListenerStatus *s = data;

  g_free (s->address);
  g_free (s->error);
  g_free (s);
}

static void
counts_cb (const MrStoreCounts *counts, const GError *error, gpointer data)
{
  View *view = data;
  MrEngine *engine = view->engine;

  /* The store answers what is pending when it closes: then most of what is asked below is gone already. */
  if (error != NULL || engine->submission == NULL || engine->scheduler == NULL || engine->holds == NULL) {
    g_autoptr (GError) ending = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is about to end"));

    view->func.status (NULL, error != NULL ? error : ending, view->data);
    view_free (view);
    return;
  }
  MrConfig *config = mr_engine_get_config (engine);
  MrStatus status = {
    .online = !engine->offline,
    .online_now = mr_engine_online_now (engine),
    .paused = mr_config_get_boolean (config, "general", "paused"),
    .paused_until = mr_holds_paused_until (engine->holds),
    .keeps_everything = mr_holds_everything (engine->holds),
    .secrets_backend = (char *)mr_secrets_get_backend (engine->secrets),
    .secrets_state = (char *)mr_secrets_state_nick (mr_secrets_get_state (engine->secrets)),
    .secrets_needed = mr_accounts_need_keyring (engine->accounts) || mr_dkim_is_waiting (engine->dkim),
    .listeners = mr_submission_dup_status (engine->submission),
    .n_accounts = mr_accounts_count (engine->accounts),
    .sessions = mr_submission_get_sessions (engine->submission),
    .sending = mr_scheduler_get_sending (engine->scheduler),
    .config_file = (char *)mr_configuration_get_path (engine->configuration),
    .config_error = (char *)mr_configuration_get_error (engine->configuration),
    .config_warnings = mr_engine_dup_warnings (engine),
    .store_notice = (char *)mr_store_get_notice (engine->store),
    .tls_fingerprint = engine->tls_server != NULL ? (char *)mr_tls_server_get_fingerprint (engine->tls_server) : NULL,
    .captive = mr_network_watch_is_captive (engine->network),
    .metered = mr_network_watch_is_metered (engine->network),
    .audit = mr_config_get_boolean (config, "audit", "enabled"),
    .revision = engine->revision,
  };

  g_ptr_array_set_free_func (status.listeners, listener_status_free);
  if (counts != NULL)
    status.counts = *counts;
  view->func.status (&status, NULL, view->data);
  g_strfreev (status.config_warnings);
  g_ptr_array_unref (status.listeners);
  view_free (view);
}

void
mr_engine_get_status (MrEngine *engine, MrStatusFunc func, gpointer data)
{
  View *view = view_new (engine, data);

  view->func.status = func;
  mr_store_count (engine->store, counts_cb, view);
}

static void
refusals_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  View *view = data;

  view->func.records (rows, error, view->data);
  view_free (view);
}

void
mr_engine_list_refusals (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  View *view = view_new (engine, data);

  view->func.records = func;
  mr_store_list_refusals (engine->store, refusals_cb, view);
}

/* Whose records in the DNS the person can be expected to change. */
static void
fill_own_domain (MrPresets *presets, MrAccountRecord *record)
{
  const char *at = NULL;

  for (guint i = 0; record->addresses != NULL && record->addresses[i] != NULL && at == NULL; i++)
    at = strchr (record->addresses[i], '@');
  g_clear_pointer (&record->own_domain, g_free);
  if (at == NULL || strchr (at, '*') != NULL)
    return;
  g_autofree char *address = g_strconcat ("x", at, NULL); /* of a pattern only the domain counts */
  g_autofree char *domain = mr_address_dup_ascii_domain (address);
  if (domain != NULL && *domain != '[' && !mr_address_domain_is_local (address, NULL)
      && mr_presets_find_domain (presets, domain, NULL) == NULL)
    record->own_domain = g_steal_pointer (&domain);
}

static void
waiting_cb (GHashTable *waiting, const GError *error, gpointer data)
{
  View *view = data;
  GPtrArray *records = mr_accounts_get_all (view->engine->accounts);
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (view->engine);

  /* The accounts are known whatever the store says. */
  for (guint i = 0; i < records->len; i++) {
    MrAccountRecord *record = g_ptr_array_index (records, i);

    record->waiting = error == NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (waiting, record->id)) : 0;
    mr_limits_fill (view->engine->limits, record);
    fill_own_domain (presets, record);
  }
  view->func.records (records, NULL, view->data);
  view_free (view);
}

void
mr_engine_list_accounts (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  View *view = view_new (engine, data);

  view->func.records = func;
  mr_store_count_accounts (engine->store, waiting_cb, view);
}
