/* An account as Add, Update and Test take it. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* Floating. All settings, the empty ones too. */
GVariant *mr_client_account_to_variant (const MrAccountRecord *record);

G_END_DECLS
