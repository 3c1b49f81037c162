/* A list item that owns one plain record, so that records can stand in a GListStore. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MR_TYPE_RECORD_ITEM (mr_record_item_get_type ())
G_DECLARE_FINAL_TYPE (MrRecordItem, mr_record_item, MR, RECORD_ITEM, GObject)

/* Takes record; free_func ends it with the item. */
MrRecordItem *mr_record_item_new (gpointer record, GDestroyNotify free_func);
/* Borrowed. */
gpointer mr_record_item_get (MrRecordItem *self);

G_END_DECLS
