/* What mail-relayctl show tells of the signatures of a message. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

/* Asks the service; check: with the keys in the DNS. (transfer full) of MrSignatureRecord, NULL with error. */
GPtrArray *mr_ctl_fetch_signatures (MrCtl *ctl, const char *id, gboolean check, GError **error);
void mr_ctl_print_signatures (GPtrArray *signatures);
/* Floating aa{sv}. */
GVariant *mr_ctl_signatures_to_variant (GPtrArray *signatures);

G_END_DECLS
