/* What went wrong with a request, in words that say what to do next. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* error: of GIO or libsoup; certificate_errors: what was wrong with the certificate of host. (transfer full), of MR_ERROR. */
GError *mr_http_error_new (const GError *error, const char *host, GTlsCertificateFlags certificate_errors);

G_END_DECLS
