/* libc with GError.
 *
 * Durability of mr_os_write_file(): the bytes are synced before the rename makes them visible, and the folder is synced
 * after it, so that after a power cut the name leads to the old file or to the new one, whole. A file left behind by a
 * crash before the rename ends in ".tmp-XXXXXX" and is never read.
 */
#include <config.h>

#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/text.h"

#define FOLDER_MAX 100 /* files of a folder that are read */

static MrError
code_of (int err)
{
  switch (err) {
  case ENOSPC:
  case EDQUOT:
    return MR_ERROR_FULL;
  case ENOENT:
    return MR_ERROR_NOT_FOUND;
  case EEXIST:
    return MR_ERROR_EXISTS;
  case EWOULDBLOCK:
    return MR_ERROR_BUSY;
  default:
    return MR_ERROR_FAILED;
  }
}

void
mr_set_errno_error (GError **error, int err, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MR_ERROR, code_of (err), "%s: %s", what, g_strerror (err));
}

/* -1 on error; a read or write that a signal cut short is taken up again. */
static gssize
read_some (int fd, void *data, gsize len)
{
  gssize n;

  do
    n = read (fd, data, len);
  while (n < 0 && errno == EINTR);
  return n;
}

static gboolean
write_all (int fd, const void *data, gsize len)
{
  const guint8 *next = data;

  while (len > 0) {
    gssize n = write (fd, next, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    next += n;
    len -= (gsize)n;
  }
  return TRUE;
}

/* Grows with what is really there: the size that stat tells is wrong for /proc and for a file that is being written. */
static gboolean
read_bounded (int fd, const char *path, gsize max, GString *into, GError **error)
{
  char chunk[16384];

  for (;;) {
    gssize n = read_some (fd, chunk, sizeof chunk);
    if (n < 0) {
      mr_set_errno_error (error, errno, _ ("%s cannot be read"), path);
      return FALSE;
    }
    if (n == 0)
      return TRUE;
    if ((gsize)n > max - into->len) {
      g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("%s is larger than %zu bytes"), path, max);
      return FALSE;
    }
    g_string_append_len (into, chunk, n);
  }
}

gboolean
mr_os_read_file (const char *path, gsize max, char **ret, gsize *ret_len, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0) {
    mr_set_errno_error (error, errno, _ ("%s cannot be opened"), path);
    return FALSE;
  }

  GString *text = g_string_new (NULL);
  gboolean ok = read_bounded (fd, path, max, text, error);
  close (fd);
  if (ok && ret_len != NULL)
    *ret_len = text->len;
  char *bytes = g_string_free (text, !ok);
  if (ok)
    *ret = bytes;
  return ok;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

void
mr_os_read_folder (const char *folder, const char *suffix, gsize max, MrOsFileFunc read, gpointer user_data)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && names->len < FOLDER_MAX && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, suffix) && *name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = NULL;
    char *text;
    gsize len;

    if (mr_os_read_file (path, max, &text, &len, &error))
      bytes = g_bytes_new_take (text, len);
    read (path, bytes, error, user_data);
  }
}

static gboolean
sync_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int err = fd < 0 || fsync (fd) != 0 ? errno : 0;

  if (fd >= 0)
    close (fd);
  /* Some file systems do not sync folders; they order renames by themselves. */
  if (err != 0 && err != EINVAL) {
    mr_set_errno_error (error, err, _ ("The folder %s cannot be synced to disk"), folder);
    return FALSE;
  }
  return TRUE;
}

gboolean
mr_os_write_file (const char *path, const void *data, gsize len, mode_t mode, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".tmp-XXXXXX", NULL);
  int fd = mkostemp (temporary, O_CLOEXEC);

  if (fd < 0) {
    mr_set_errno_error (error, errno, _ ("%s cannot be written"), path);
    return FALSE;
  }

  int err = 0;
  if (fchmod (fd, mode) != 0 || !write_all (fd, data, len) || fsync (fd) != 0)
    err = errno;
  if (close (fd) != 0 && err == 0)
    err = errno;
  if (err == 0 && rename (temporary, path) != 0)
    err = errno;
  if (err != 0) {
    unlink (temporary);
    mr_set_errno_error (error, err, _ ("%s cannot be written"), path);
    return FALSE;
  }
  return sync_folder_of (path, error);
}

gboolean
mr_os_make_dir (const char *path, mode_t mode, GError **error)
{
  struct stat st;

  if (g_mkdir_with_parents (path, mode | S_IRWXU) != 0) {
    mr_set_errno_error (error, errno, _ ("The folder %s cannot be made"), path);
    return FALSE;
  }
  if (stat (path, &st) != 0) {
    mr_set_errno_error (error, errno, _ ("The folder %s cannot be looked at"), path);
    return FALSE;
  }
  if (st.st_uid != geteuid ()) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("The folder %s belongs to another user: remove it or choose another place"), path);
    return FALSE;
  }
  if ((st.st_mode & 07777 & ~mode) != 0 && chmod (path, mode) != 0) {
    mr_set_errno_error (error, errno, _ ("The rights of the folder %s cannot be narrowed"), path);
    return FALSE;
  }
  return TRUE;
}

int
mr_os_lock_file (const char *path, GError **error)
{
  char pid[32] = "";
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0) {
    mr_set_errno_error (error, errno, _ ("The lock file %s cannot be opened"), path);
    return -1;
  }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    int err = errno;
    gssize n = read_some (fd, pid, sizeof pid - 1);
    close (fd);
    if (err != EWOULDBLOCK)
      mr_set_errno_error (error, err, _ ("The lock file %s cannot be locked"), path);
    else
      g_set_error (error, MR_ERROR, MR_ERROR_BUSY, _ ("Another process (%s) uses %s: stop it first"),
                   n > 0 ? g_strstrip (pid) : "?", path);
    return -1;
  }

  /* Only told to people: a process id that cannot be written does not weaken the lock. */
  g_snprintf (pid, sizeof pid, "%ld\n", (long)getpid ());
  if (ftruncate (fd, 0) == 0)
    (void)!pwrite (fd, pid, strlen (pid), 0);
  return fd;
}

guint64
mr_os_free_space (const char *path)
{
  struct statvfs st;
  g_autofree char *folder = g_path_get_dirname (path);

  /* A file that is still to be made lies on its folder's file system. */
  if (statvfs (path, &st) != 0 && statvfs (folder, &st) != 0)
    return G_MAXUINT64;
  return (guint64)st.f_bavail * st.f_frsize;
}

gboolean
mr_os_is_network_fs (const char *path, const char **ret_name)
{
  /* Magic numbers of statfs(2). FUSE is among them because sshfs and its like cannot be told from local ones. */
  static const struct {
    guint32 magic;
    const char *name;
  } kinds[] = {
    { 0x6969, "NFS" },      { 0x517b, "SMB" },       { 0xff534d42, "CIFS" },   { 0xfe534d42, "SMB2" },
    { 0x01021997, "9p" },   { 0x5346414f, "AFS" },   { 0x73757245, "Coda" },   { 0x65735546, "FUSE" },
    { 0x00c36400, "Ceph" }, { 0x7461636f, "OCFS2" }, { 0x0bd00bd0, "Lustre" }, { 0x01161970, "GFS2" },
  };
  struct statfs st;
  g_autofree char *folder = g_path_get_dirname (path);

  if (statfs (path, &st) != 0 && statfs (folder, &st) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if ((guint32)st.f_type == kinds[i].magic) {
      if (ret_name != NULL)
        *ret_name = kinds[i].name;
      return TRUE;
    }
  return FALSE;
}

char *
mr_os_process_name (gint64 pid)
{
  char target[PATH_MAX];
  g_autofree char *exe = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/exe", pid);
  gssize n = pid > 0 ? readlink (exe, target, sizeof target - 1) : -1;

  if (n > 0) {
    target[n] = '\0';
    /* The kernel's mark on a program that was replaced while it ran. */
    if (g_str_has_suffix (target, " (deleted)"))
      target[n - (gssize)strlen (" (deleted)")] = '\0';
    g_autofree char *name = g_path_get_basename (target);
    return mr_text_sanitize (name, 64);
  }

  /* Another user's process hides its executable, not its name. */
  g_autofree char *comm = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/comm", pid);
  g_autofree char *name = NULL;
  if (pid <= 0 || !mr_os_read_file (comm, 256, &name, NULL, NULL) || *g_strstrip (name) == '\0')
    return NULL;
  return mr_text_sanitize (name, 64);
}
