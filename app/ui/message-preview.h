/* The message itself: its text, header, source and attachments. Fetched when it is opened, not before. */
#pragma once

#include <adwaita.h>

#include "client/client.h"

G_BEGIN_DECLS

#define MR_TYPE_MESSAGE_PREVIEW (mr_message_preview_get_type ())
G_DECLARE_FINAL_TYPE (MrMessagePreview, mr_message_preview, MR, MESSAGE_PREVIEW, AdwExpanderRow)

void mr_message_preview_set_client (MrMessagePreview *self, MrClient *client);
/* Another message closes it. has_body FALSE: its text is no longer kept. */
void mr_message_preview_set_message (MrMessagePreview *self, const char *id, gboolean has_body, guint64 size);

G_END_DECLS
