/* Message bytes as they cross the bus: a sealed memory file. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* A descriptor at offset 0 of a memory file that nobody can change any more; -1 on error. (transfer full) */
int mr_memfd_new_sealed (GBytes *bytes, GError **error);

G_END_DECLS
