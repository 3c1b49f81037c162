/* What a person who started the service in a terminal reads. */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* Where it listens, how to send a first message, how to add an account. (transfer full) */
char *mr_foreground_dup_text (const MrStatus *status);

G_END_DECLS
