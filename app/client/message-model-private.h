/* Shared by message-model.c (the list and its items), message-model-rows.c (records of what is looked at) and message-model-refresh.c (which messages
 * there are).
 */
#pragma once

#include "base/clock.h"
#include "client/id-list.h"
#include "client/message-item-private.h"
#include "client/message-model.h"

G_BEGIN_DECLS

struct _MrMessageModel {
  GObject parent_instance;
  MrClient *client;
  MrListFilter filter;  /* strings owned */
  GArray *ids;          /* MrIdEntry */
  GHashTable *items;    /* id → MrMessageItem that is alive, not owned */
  GHashTable *item_ids; /* MrMessageItem → its key in items */
  GHashTable *rows;     /* id → GVariant */
  gboolean loaded, active;
  gboolean has_view;
  guint first, last; /* rows in view */
  guint64 serial;    /* of the newest change that the list holds */
  gboolean knows;    /* it holds all up to there */
  guint number;      /* of its questions, for the service */

  GCancellable *cancellable; /* of everything asked for with this filter */
  gboolean listing;
  gboolean dirty;    /* something changed since the last question */
  gboolean once;     /* the next listing is wanted though nobody looks */
  guint refresh;     /* no new listing before this fires */
  gint64 list_begun; /* monotonic */
  MrClock *clock;
  GHashTable *wanted; /* page numbers */
  GHashTable *fetching;
  guint pump; /* idle source */
};

#define MR_MODEL_ID(self, i) (g_array_index ((self)->ids, MrIdEntry, i).text)

/* ---- message-model.c ---- */

/* TRUE: the list is in the order of its ids. *ret_descending: the largest first. */
gboolean mr_message_model_is_by_id (MrMessageModel *self, gboolean *ret_descending);
/* Notifies where it is another value. */
void mr_message_model_set_loaded (MrMessageModel *self, gboolean loaded);
/* Emits "messages-changed". */
void mr_message_model_tell_changed (MrMessageModel *self, GHashTable *ids);

/* ---- message-model-rows.c ---- */

/* The row of an item that was just made: at once where it is known, else it is asked for where somebody looks. */
void mr_message_model_fill (MrMessageModel *self, MrMessageItem *item, guint position);
/* The pages of all items that wait for their row. */
void mr_message_model_want_rows (MrMessageModel *self);
/* What is on the screen is loaded again; what is not, when it is asked for. */
void mr_message_model_forget_rows (MrMessageModel *self);
void mr_message_model_forget_row (MrMessageModel *self, const char *id);

/* ---- message-model-refresh.c ---- */

/* Brings the list up to date, now or as soon as it may. */
void mr_message_model_refresh (MrMessageModel *self);
/* The filter is another one: what was asked for is cancelled, what is listed stays until the answer comes. */
void mr_message_model_start_anew (MrMessageModel *self);

G_END_DECLS
