/* Making and filling items: for the model only. */
#pragma once

#include "client/message-model.h"

#include "base/records-variant.h"

G_BEGIN_DECLS

MrMessageItem *mr_message_item_new (const char *id);
/* What it shows may be out of date. */
void mr_message_item_set_stale (MrMessageItem *self);
gboolean mr_message_item_wants_row (MrMessageItem *self);
/* variant: a message record in serialised form. Notifies "loaded" where it differs from what was there. */
void mr_message_item_load (MrMessageItem *self, GVariant *variant);

G_END_DECLS
