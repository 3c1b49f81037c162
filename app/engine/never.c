/* Never write to; and reports that a person opened: both are a look into the store. */
#include <config.h>

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-reports.h>

#include "engine/engine-private.h"

#include <string.h>

#include "engine/answer.h"
#include "mail/address.h"
#include "smtp/dsn.h"
#include "store/statistics.h"

#define REASON_MAX 500

/* ---- public calls ---- */

typedef struct {
  MrEngine *engine;
  MrRecordsFunc records;
  MrEngineDoneFunc done;
  gpointer data;
} Call;

static void
listed_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Call *call = data;

  call->records (rows, error, call->data);
  g_free (call);
}

void
mr_engine_list_never (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  Call *call = g_new0 (Call, 1);

  call->records = func;
  call->data = data;
  mr_store_list_never (engine->store, listed_cb, call);
}

void
mr_engine_list_groups (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  Call *call = g_new0 (Call, 1);

  call->records = func;
  call->data = data;
  mr_store_list_groups (engine->store, listed_cb, call);
}

static void
stored_cb (const GError *error, gpointer data)
{
  Call *call = data;

  call->done (error, call->data);
  mr_engine_notify (call->engine, MR_CHANGED_QUEUE);
  g_free (call);
}

static Call *
new_change (MrEngine *engine, MrEngineDoneFunc func, gpointer data)
{
  Call *call = g_new0 (Call, 1);

  call->engine = engine;
  call->done = func;
  call->data = data;
  return call;
}

void
mr_engine_add_never (MrEngine *engine, const char *address, const char *reason, const char *message_id,
                     MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  MrNeverRecord *record;

  if (!mr_address_is_valid (address))
    g_set_error (&error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.200s” is not an e-mail address"), address);
  else if (reason != NULL && (strlen (reason) > REASON_MAX || !g_utf8_validate (reason, -1, NULL)))
    g_set_error (&error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("reason: at most %d characters"), REASON_MAX);
  if (error != NULL) {
    mr_answer_done (func, error, data);
    return;
  }
  record = mr_never_record_new (address);
  record->reason = reason != NULL && *reason != '\0' ? g_strdup (reason) : NULL;
  record->message_id = message_id != NULL && *message_id != '\0' ? g_strdup (message_id) : NULL;
  mr_store_add_never (engine->store, record, stored_cb, new_change (engine, func, data));
}

void
mr_engine_remove_never (MrEngine *engine, const char *address, MrEngineDoneFunc func, gpointer data)
{
  mr_store_remove_never (engine->store, address, stored_cb, new_change (engine, func, data));
}

/* ---- reports that a person opened ---- */

typedef struct {
  MrEngine *engine;
  char *id, *cause;
  guint recipient;
  gboolean failed, complaint;
  gint64 when;
  MrLinkFunc func;
  gpointer data;
} Link;

static void
link_end (Link *link, const GError *error)
{
  link->func (error == NULL ? link->id : NULL, link->recipient, error, link->data);
  g_free (link->id);
  g_free (link->cause);
  g_free (link);
}

static void
marked_cb (const GError *error, gpointer data)
{
  Link *link = data;

  mr_engine_notify (link->engine, MR_CHANGED_QUEUE);
  link_end (link, error);
}

static void
found_cb (const char *id, guint recipient, const GError *error, gpointer data)
{
  Link *link = data;

  link->id = g_strdup (id);
  link->recipient = recipient;
  if (error == NULL && id != NULL && link->complaint) {
    mr_store_count_complaint (link->engine->store, id, recipient, marked_cb, link);
    return;
  }
  if (error != NULL || id == NULL || recipient == G_MAXUINT || !link->failed) {
    link_end (link, error);
    return;
  }
  mr_store_mark_bounced (link->engine->store, id, recipient, link->when, link->cause, marked_cb, link);
}

void
mr_engine_link_report (MrEngine *engine, const MrReportLink *report, MrLinkFunc func, gpointer data)
{
  Link *link = g_new0 (Link, 1);
  g_autofree char *envid = report->envid != NULL ? mr_xtext_encode (report->envid) : NULL;

  link->engine = engine;
  link->cause = g_strdup (report->cause);
  link->failed = report->failed;
  link->complaint = report->complaint;
  link->when = report->when;
  link->func = func;
  link->data = data;
  mr_store_find_reported (engine->store, report->queue_id, envid, report->message_id, report->recipient, found_cb,
                          link);
}
