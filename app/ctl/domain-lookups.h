/* What the verbs of mail-relayctl domain share: evaluations over look-ups, without the service. */
#pragma once

#include "ctl/ctl.h"
#include "mailauth/lookup.h"
#include "net/resolver.h"

G_BEGIN_DECLS

/* dns: servers to ask, NULL: those of the configuration, else the system's. (transfer full) */
MrResolver *mr_domain_resolver_new (const char *dns, GError **error);
/* Asks what the table wants and waits for it. FALSE: nothing was wanted. */
gboolean mr_domain_answer (MrResolver *resolver, MrLookupTable *table);
/* Seconds since 1970, or ISO 8601. Error: MR_ERROR_INVALID. */
gboolean mr_domain_parse_time (const char *text, gint64 *ret, GError **error);

G_END_DECLS
