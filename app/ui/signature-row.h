/* Signatures (DKIM) of a message: what it will be signed with or was, and on a click whether the key in the DNS verifies it. Fetched when it is opened. */
#pragma once

#include <adwaita.h>

#include "client/client.h"

G_BEGIN_DECLS

#define MR_TYPE_SIGNATURE_ROW (mr_signature_row_get_type ())
G_DECLARE_FINAL_TYPE (MrSignatureRow, mr_signature_row, MR, SIGNATURE_ROW, AdwExpanderRow)

void mr_signature_row_set_client (MrSignatureRow *self, MrClient *client);
/* Another message closes it. n_attempts: it may have been signed since it was last fetched. */
void mr_signature_row_set_message (MrSignatureRow *self, const char *id, guint n_attempts);

G_END_DECLS
