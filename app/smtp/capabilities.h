/* What a server offers in its answer to EHLO (RFC 5321 4.1.1.1). */
#pragma once

#include "smtp/client.h"

G_BEGIN_DECLS

/* Frees what caps holds and reads lines, the texts of the reply's lines (NULL-terminated; the first is the greeting).
 * lines NULL: nothing is offered. Unknown and malformed keywords are skipped. */
void mr_capabilities_set (MrSmtpCapabilities *caps, const char *const *lines);
void mr_capabilities_clear (MrSmtpCapabilities *caps);
gboolean mr_capabilities_has_mechanism (const MrSmtpCapabilities *caps, const char *name);

G_END_DECLS
