/* A password from standard input, or from a terminal without showing it. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* The first line of standard input, without its end. On a terminal it is asked for. (transfer full) */
MrSecret *mr_password_read (GError **error);
/* All of standard input without the line ends at its end, up to MR_SECRET_LONG_MAX: a certificate with its key. (transfer full) */
MrSecret *mr_password_read_all (GError **error);

G_END_DECLS
