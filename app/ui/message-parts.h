/* The parts of a message as a tree, each to be saved by itself. */
#pragma once

#include <gtk/gtk.h>

#include "mail/preview.h"

G_BEGIN_DECLS

#define MR_TYPE_MESSAGE_PARTS (mr_message_parts_get_type ())
G_DECLARE_FINAL_TYPE (MrMessageParts, mr_message_parts, MR, MESSAGE_PARTS, GtkBox)

/* preview is borrowed until another one, or NULL, is set. */
void mr_message_parts_set_preview (MrMessageParts *self, const MrPreview *preview);

G_END_DECLS
