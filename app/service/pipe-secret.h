/* Passwords as they cross the bus: through pipes, never in a message. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* secret NULL with error: MR_ERROR_INVALID (empty, too long, a NUL byte), MR_ERROR_TIMED_OUT, MR_ERROR_FAILED. Borrowed. */
typedef void (*MrPipeSecretFunc) (MrSecret *secret, const GError *error, gpointer data);
/* Reads fd (transfer full) to its end in the main loop: at most MR_SECRET_MAX bytes, at most 10 s. func may be called before this returns. */
void mr_pipe_secret_read (int fd, MrPipeSecretFunc func, gpointer data);
/* The same for what may be long or missing: up to MR_SECRET_LONG_MAX bytes; nothing at all is secret NULL without an error. */
void mr_pipe_secret_read_long (int fd, MrPipeSecretFunc func, gpointer data);
/* A read end from which the password can be read once; -1 on error. (transfer full) */
int mr_pipe_secret_offer (MrSecret *secret, GError **error);

G_END_DECLS
