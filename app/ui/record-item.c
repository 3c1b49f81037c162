/* See the header. Immutable: a changed record is a new item. */
#include "ui/record-item.h"

struct _MrRecordItem {
  GObject parent_instance;
  gpointer record;
  GDestroyNotify free_func;
};

G_DEFINE_FINAL_TYPE (MrRecordItem, mr_record_item, G_TYPE_OBJECT)

static void
mr_record_item_finalize (GObject *object)
{
  MrRecordItem *self = MR_RECORD_ITEM (object);

  if (self->record != NULL && self->free_func != NULL)
    self->free_func (self->record);
  G_OBJECT_CLASS (mr_record_item_parent_class)->finalize (object);
}

static void
mr_record_item_init (MrRecordItem *self)
{
}

static void
mr_record_item_class_init (MrRecordItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mr_record_item_finalize;
}

MrRecordItem *
mr_record_item_new (gpointer record, GDestroyNotify free_func)
{
  MrRecordItem *self = g_object_new (MR_TYPE_RECORD_ITEM, NULL);

  self->record = record;
  self->free_func = free_func;
  return self;
}

gpointer
mr_record_item_get (MrRecordItem *self)
{
  g_return_val_if_fail (MR_IS_RECORD_ITEM (self), NULL);
  return self->record;
}
