/* Which process holds a socket: the links below /proc/PID/fd are compared with its inode.
 *
 * Only processes of one user are opened, and those that were found lately are tried first: a program that sends many
 * messages over many connections costs one walk.
 */
#include "net/sock-diag.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "net/peer.h"
#include "net/process-helper.h"

#define RECENT_MAX    8
#define PROCESSES_MAX 65536
#define FILES_MAX     16384

static GMutex recent_lock;
static gint64 recent[RECENT_MAX]; /* the latest first */

static gboolean
process_holds (int proc_fd, const char *pid, gint64 uid, const char *wanted)
{
  g_autofree char *path = g_strdup_printf ("%s/fd", pid);
  struct dirent *entry;
  struct stat st;
  char target[64];
  gboolean found = FALSE;
  DIR *dir;
  int fd;

  if (fstatat (proc_fd, pid, &st, 0) != 0 || st.st_uid != uid)
    return FALSE;
  fd = openat (proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  dir = fdopendir (fd);
  if (dir == NULL) {
    close (fd);
    return FALSE;
  }
  for (guint i = 0; i < FILES_MAX && !found && (entry = readdir (dir)) != NULL; i++) {
    ssize_t n = readlinkat (fd, entry->d_name, target, sizeof target - 1);

    if (n <= 0)
      continue;
    target[n] = '\0';
    found = strcmp (target, wanted) == 0;
  }
  closedir (dir);
  return found;
}

static void
remember (gint64 pid)
{
  guint i;

  g_mutex_lock (&recent_lock);
  for (i = 0; i < RECENT_MAX - 1 && recent[i] != pid; i++)
    ;
  memmove (recent + 1, recent, i * sizeof *recent);
  recent[0] = pid;
  g_mutex_unlock (&recent_lock);
}

static gint64
find_recent (int proc_fd, gint64 uid, const char *wanted)
{
  gint64 pids[RECENT_MAX];

  g_mutex_lock (&recent_lock);
  memcpy (pids, recent, sizeof pids);
  g_mutex_unlock (&recent_lock);
  for (guint i = 0; i < RECENT_MAX && pids[i] != 0; i++) {
    char text[24];

    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, pids[i]);
    if (process_holds (proc_fd, text, uid, wanted))
      return pids[i];
  }
  return 0;
}

static gint64
walk (int proc_fd, DIR *proc, gint64 uid, const char *wanted)
{
  struct dirent *entry;

  for (guint i = 0; i < PROCESSES_MAX && (entry = readdir (proc)) != NULL; i++) {
    guint64 pid;

    if (g_ascii_string_to_unsigned (entry->d_name, 10, 1, G_MAXINT32, &pid, NULL)
        && process_holds (proc_fd, entry->d_name, uid, wanted))
      return (gint64)pid;
  }
  return 0;
}

static gint64
find_here (gint64 uid, guint64 inode, char **ret_name)
{
  char wanted[64];
  gint64 pid;
  DIR *proc;

  if (uid < 0 || inode == 0)
    return 0;
  proc = opendir ("/proc");
  if (proc == NULL)
    return 0;
  g_snprintf (wanted, sizeof wanted, "socket:[%" G_GUINT64_FORMAT "]", inode);
  pid = find_recent (dirfd (proc), uid, wanted);
  if (pid == 0)
    pid = walk (dirfd (proc), proc, uid, wanted);
  closedir (proc);
  if (pid != 0) {
    remember (pid);
    *ret_name = mr_os_process_name (pid);
  }
  return pid;
}

gboolean
mr_peer_start_helper (GError **error)
{
  return mr_process_helper_start (find_here, error);
}

gint64
mr_sock_diag_find_process (gint64 uid, guint64 inode, char **ret_name)
{
  gint64 pid = 0;

  return mr_process_helper_ask (uid, inode, &pid, ret_name) ? pid : find_here (uid, inode, ret_name);
}
