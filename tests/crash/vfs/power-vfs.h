/* A SQLite VFS for tests that can lose its power.
 *
 * It stands over the real one and passes everything through, so that the program sees a working disk. Beside that it keeps for
 * each file what is durable (its content at its last sync) and, in order, what has been written since. At the chosen operation
 * the power goes: nothing that changes a file works any more, and what the disk holds afterwards is the durable part
 * plus any part of the rest: each write kept, dropped or torn by sectors of 512 bytes, each on its own and so in any order;
 * what a file had grown over lost writes is zeros or garbage. Shared memory is not a file that survives.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Becomes the default VFS of the process. */
void power_vfs_register (void);
/* Forgets all files and switches the power on. countdown: the power goes at that many writing operations (writes, syncs, truncations,
 * deletions) from now; 0: never. */
void power_vfs_reset (guint countdown);
void power_vfs_cut (void);
gboolean power_vfs_is_cut (void);
/* Writing operations since the reset. */
guint power_vfs_operations (void);
/* Replaces every file by what the disk may hold after the cut. The program must have closed them. */
void power_vfs_settle (GRand *rand);

G_END_DECLS
