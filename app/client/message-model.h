/* The outbox or the history as a lazy GListModel of MrMessageItem.
 *
 * The model knows the ids of all rows (one PackIds) and loads records around what is asked for; an item lives as long as somebody holds
 * it. When the queue changes it asks what changed, at most twice a second, tells exactly the rows that came and went, and loads anew only what changed
 * of items that are held (and in view, once somebody said what is). Where the order or a filter makes that impossible it lists the ids again, less often where that
 * takes long. So 100,000 rows cost no more than 100.
 */
#pragma once

#include <mailrelay/records.h>

#include "client/client.h"

G_BEGIN_DECLS

#define MR_TYPE_MESSAGE_ITEM (mr_message_item_get_type ())
G_DECLARE_FINAL_TYPE (MrMessageItem, mr_message_item, MR, MESSAGE_ITEM, GObject)

/* Properties, read-only: "id" (string), "loaded" (gboolean). "notify::loaded" is also emitted when the record was loaded anew and differs. */
const char *mr_message_item_get_id (MrMessageItem *self);
/* NULL until it is loaded; borrowed, valid until the next notify::loaded. Holds the one recipient that stands for all. */
const MrMessageRecord *mr_message_item_get_record (MrMessageItem *self);

#define MR_TYPE_MESSAGE_MODEL (mr_message_model_get_type ())
G_DECLARE_FINAL_TYPE (MrMessageModel, mr_message_model, MR, MESSAGE_MODEL, GObject)

/* Properties, read-only: "loaded" (gboolean): the ids were listed at least once since the filter was set. Signal "messages-changed" (GHashTable *ids):
 * these, of whatever list, changed; NULL: nobody knows which.
 * Lists nothing before the client is connected; does so by itself then. Newest first. active: see mr_message_model_set_active(). */
MrMessageModel *mr_message_model_new (MrClient *client, MrListKind kind, gboolean active);
/* Copied; the list becomes what it says with the next answer. */
void mr_message_model_set_filter (MrMessageModel *self, const MrListFilter *filter);
/* Changes only the search text of the filter; NULL or "": none. */
void mr_message_model_set_search (MrMessageModel *self, const char *search);
gboolean mr_message_model_is_loaded (MrMessageModel *self);
/* Loaded, and nothing is known that would change it. */
gboolean mr_message_model_is_current (MrMessageModel *self);
/* FALSE: nobody looks, and nothing is asked of the service until somebody does. */
void mr_message_model_set_active (MrMessageModel *self, gboolean active);
/* Though nobody looks: brings the list up to date once. */
void mr_message_model_refresh_once (MrMessageModel *self);
/* The rows that are to be seen. From the first call on only rows around them are loaded and kept true. */
void mr_message_model_set_view (MrMessageModel *self, guint first, guint last);
/* Borrowed until the model changes; NULL beyond the end. Loads nothing. */
const char *mr_message_model_get_id (MrMessageModel *self, guint position);
/* Where the message stands. FALSE: it is not in the list. */
gboolean mr_message_model_find (MrMessageModel *self, const char *id, guint *ret_position);

G_END_DECLS
