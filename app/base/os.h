/* libc with GError: each call once, no raw errno above base. Messages name the file and what to do next.
 * ENOSPC and EDQUOT map to MR_ERROR_FULL, ENOENT to MR_ERROR_NOT_FOUND, EEXIST to MR_ERROR_EXISTS,
 * EWOULDBLOCK of a lock to MR_ERROR_BUSY, all others to MR_ERROR_FAILED. */
#pragma once

#include <mailrelay/types.h>
#include <sys/types.h>

G_BEGIN_DECLS

void mr_set_errno_error (GError **error, int err, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* At most max bytes: a larger file is MR_ERROR_TOO_BIG. *ret is NUL-terminated. */
gboolean mr_os_read_file (const char *path, gsize max, char **ret, gsize *ret_len, GError **error);
/* Reads each file of folder whose name ends with suffix, by name, at most max bytes of each and 100 files. read: bytes
 * NULL: the error tells why not. A folder that is not there has no files. */
typedef void (*MrOsFileFunc) (const char *path, GBytes *bytes, const GError *error, gpointer user_data);
void mr_os_read_folder (const char *folder, const char *suffix, gsize max, MrOsFileFunc read, gpointer user_data);
/* Atomic: temporary file in the same folder with mode, fsync, rename, fsync of the folder. */
gboolean mr_os_write_file (const char *path, const void *data, gsize len, mode_t mode, GError **error);
/* Makes missing parents too; the last one gets mode; refused where it exists and is not ours. */
gboolean mr_os_make_dir (const char *path, mode_t mode, GError **error);
/* Advisory exclusive lock held until the returned fd is closed; MR_ERROR_BUSY where another process has it, with its
 * process id in the message. -1 on error. */
int mr_os_lock_file (const char *path, GError **error);
/* Free bytes for this user on the file system of path; G_MAXUINT64 where that cannot be told. */
guint64 mr_os_free_space (const char *path);
/* TRUE for NFS, SMB, 9p and other file systems where SQLite's WAL is not safe; *ret_name its name. */
gboolean mr_os_is_network_fs (const char *path, const char **ret_name);
/* Executable name of a process ("git"), NULL where the kernel does not tell. (transfer full) */
char *mr_os_process_name (gint64 pid);

G_END_DECLS
