/* A row of a message list. */
#include <config.h>

#include "client/message-item-private.h"

struct _MrMessageItem {
  GObject parent_instance;
  char *id;
  MrMessageRecord *record;
  gboolean stale;
  GVariant *loaded_from; /* what the record was read from: tells whether it differs when it is loaded anew */
};

enum { PROP_0, PROP_ID, PROP_LOADED, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MrMessageItem, mr_message_item, G_TYPE_OBJECT)

const char *
mr_message_item_get_id (MrMessageItem *self)
{
  g_return_val_if_fail (MR_IS_MESSAGE_ITEM (self), NULL);
  return self->id;
}

const MrMessageRecord *
mr_message_item_get_record (MrMessageItem *self)
{
  g_return_val_if_fail (MR_IS_MESSAGE_ITEM (self), NULL);
  return self->record;
}

void
mr_message_item_set_stale (MrMessageItem *self)
{
  self->stale = TRUE;
}

gboolean
mr_message_item_wants_row (MrMessageItem *self)
{
  return self->stale || self->record == NULL;
}

void
mr_message_item_load (MrMessageItem *self, GVariant *variant)
{
  self->stale = FALSE;
  if (self->loaded_from != NULL && g_variant_equal (self->loaded_from, variant))
    return;

  MrMessageRecord *record = mr_message_record_from_variant (variant);
  if (record == NULL)
    return;
  g_clear_pointer (&self->record, mr_message_record_free);
  g_clear_pointer (&self->loaded_from, g_variant_unref);
  self->record = record;
  self->loaded_from = g_variant_ref (variant);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

static void
mr_message_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MrMessageItem *self = MR_MESSAGE_ITEM (object);

  if (id == PROP_ID)
    g_value_set_string (value, self->id);
  else if (id == PROP_LOADED)
    g_value_set_boolean (value, self->record != NULL);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mr_message_item_finalize (GObject *object)
{
  MrMessageItem *self = MR_MESSAGE_ITEM (object);

  g_free (self->id);
  g_clear_pointer (&self->record, mr_message_record_free);
  g_clear_pointer (&self->loaded_from, g_variant_unref);
  G_OBJECT_CLASS (mr_message_item_parent_class)->finalize (object);
}

static void
mr_message_item_init (MrMessageItem *self)
{
}

static void
mr_message_item_class_init (MrMessageItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mr_message_item_get_property;
  object_class->finalize = mr_message_item_finalize;
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

MrMessageItem *
mr_message_item_new (const char *id)
{
  MrMessageItem *self = g_object_new (MR_TYPE_MESSAGE_ITEM, NULL);

  self->id = g_strdup (id);
  return self;
}
