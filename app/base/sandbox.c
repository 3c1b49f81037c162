/* Landlock and seccomp for the service.
 *
 * seccomp is a list of calls that are refused, not of those that are allowed: the latter would break with each update
 * of GLib, OpenSSL or libc. Landlock is asked for no more than the running kernel knows (its ABI number), because an
 * unknown right makes the whole call fail. A system without either still delivers mail; the report says what is missing.
 */
#include <config.h>

#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/os.h"

/* Debian 12's linux/landlock.h knows ABI 2; newer rights are named here by their bit. */
#define FS_ABI_1     ((1ull << 13) - 1)
#define FS_REFER     (1ull << 13) /* ABI 2 */
#define FS_TRUNCATE  (1ull << 14) /* ABI 3 */
#define FS_IOCTL_DEV (1ull << 15) /* ABI 5 */
#define SCOPE_SIGNAL (1ull << 1)  /* ABI 6 */

#define FS_READ  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_NEVER (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define FS_OF_FILES                                                                                                    \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE             \
   | FS_IOCTL_DEV)

/* The kernel's struct of ABI 6; an older kernel is given the part that it knows. */
typedef struct {
  guint64 fs;
  guint64 net;
  guint64 scoped;
} RulesetAttr;

static GPtrArray *extra_readable; /* char *, owned */
static char *report;

static int
landlock_abi (void)
{
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

  return abi < 0 ? -errno : (int)abi;
}

/* A path that is not there needs no rule. FALSE, errno set, where the kernel refuses one that is. */
static gboolean
allow (int ruleset, const char *path, guint64 rights)
{
  struct stat st;
  int fd = open (path, O_PATH | O_CLOEXEC);

  if (fd < 0)
    return TRUE;
  if (fstat (fd, &st) == 0 && !S_ISDIR (st.st_mode))
    rights &= FS_OF_FILES;

  struct landlock_path_beneath_attr attr = { .allowed_access = rights, .parent_fd = fd };
  int err = syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) != 0 ? errno : 0;
  close (fd);
  errno = err;
  return err == 0;
}

static gboolean
allow_all (int ruleset, const char *const *folders, guint n, guint64 rights)
{
  for (guint i = 0; i < n; i++)
    if (!allow (ruleset, folders[i], rights))
      return FALSE;
  return TRUE;
}

/* The folder of the program itself: run from a build folder it finds its schema and catalogue beside it. */
static char *
program_folder (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL ? g_path_get_dirname (exe) : NULL;
}

static gboolean
add_rules (int ruleset, guint64 known, const MrPaths *paths, const char *const *extra_writable)
{
  static const char *const readable[] = {
    "/usr",
    "/etc",
    "/lib",
    "/lib64",
    "/run",
    "/proc",
    "/sys/devices/system/cpu",
    "/var/lib/dbus",
    "/dev/urandom",
    MR_BUILD_DIR,
#if MR_SANITIZED
    MR_SOURCE_DIR "/tests/lsan.supp", /* the leak checker reads it when the process ends */
#endif
  };
  static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/tty" };
  const char *const writable[] = { paths->state_dir, paths->config_dir, paths->runtime_dir };
  const guint64 write = known & ~(guint64)FS_NEVER;
  g_autofree char *own = program_folder ();

  if (!allow_all (ruleset, readable, G_N_ELEMENTS (readable), FS_READ)
      || !allow_all (ruleset, devices, G_N_ELEMENTS (devices), known & (FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE))
      || !allow_all (ruleset, writable, G_N_ELEMENTS (writable), write))
    return FALSE;
  if (own != NULL && !allow (ruleset, own, FS_READ))
    return FALSE;
  for (guint i = 0; extra_readable != NULL && i < extra_readable->len; i++)
    if (!allow (ruleset, g_ptr_array_index (extra_readable, i), FS_READ))
      return FALSE;
  for (guint i = 0; extra_writable != NULL && extra_writable[i] != NULL; i++)
    if (!allow (ruleset, extra_writable[i], write))
      return FALSE;
  return TRUE;
}

/* Negative errno where the kernel has no Landlock or it is switched off at boot; else its ABI. */
static int
confine_files (const MrPaths *paths, const char *const *extra_writable, GError **error)
{
  int abi = landlock_abi ();
  guint64 known = FS_ABI_1;

  if (abi < 1)
    return abi;
  known |= abi >= 2 ? FS_REFER : 0;
  known |= abi >= 3 ? FS_TRUNCATE : 0;
  known |= abi >= 5 ? FS_IOCTL_DEV : 0;

  RulesetAttr attr = { .fs = known, .net = 0, .scoped = abi >= 6 ? SCOPE_SIGNAL : 0 };
  gsize size = abi >= 6 ? sizeof attr : abi >= 4 ? 2 * sizeof (guint64) : sizeof (guint64);
  int ruleset = (int)syscall (SYS_landlock_create_ruleset, &attr, size, 0);
  if (ruleset < 0)
    return -errno;

  gboolean ok = add_rules (ruleset, known, paths, extra_writable) && prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && syscall (SYS_landlock_restrict_self, ruleset, 0) == 0;
  if (!ok)
    mr_set_errno_error (error, errno, _ ("The service could not confine its access to files"));
  close (ruleset);
  return ok ? abi : 0;
}

/* FALSE where the rule cannot be added; a call that this kernel or architecture does not have is no error. */
static gboolean
refuse_call (scmp_filter_ctx filter, const char *name)
{
  int number = seccomp_syscall_resolve_name (name);
  int rc = number != __NR_SCMP_ERROR ? seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), number, 0) : 0;

  return rc == 0 || rc == -EDOM;
}

static gboolean
add_refusals (scmp_filter_ctx filter)
{
  static const char *const calls[] = {
    "process_vm_readv",
    "process_vm_writev",
    "execve",
    "execveat",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "setns",
    "unshare",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "keyctl",
    "add_key",
    "request_key",
    "personality",
    "acct",
    "swapon",
    "swapoff",
    "reboot",
    "settimeofday",
    "clock_settime",
    "name_to_handle_at",
    "open_by_handle_at",
    "pidfd_getfd",
    "kcmp",
    "setuid",
    "setgid",
    "setresuid",
    "setresgid",
    "setgroups",
    "mknod",
    "mknodat",
#if !MR_SANITIZED
    "ptrace", /* the leak checker looks at its own threads with it */
#endif
  };
  static const int families[] = { AF_PACKET, AF_BLUETOOTH, AF_VSOCK, AF_ALG };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    if (!refuse_call (filter, calls[i]))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1,
                          SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t)families[i]))
        != 0)
      return FALSE;
  return seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (mmap), 1,
                           SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE))
             == 0
         && seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (ioctl), 1,
                              SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI))
                == 0;
}

static gboolean
confine_calls (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

  if (filter == NULL)
    return FALSE;
  gboolean ok = add_refusals (filter) && seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0
                && seccomp_load (filter) == 0;
  seccomp_release (filter);
  return ok;
}

/* Neither a debugger of the same user nor a core file gets at the passwords in memory. */
static gboolean
hide_memory (void)
{
#if MR_SANITIZED
  return FALSE;
#else
  const struct rlimit none = { 0, 0 };

  return prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit (RLIMIT_CORE, &none) == 0;
#endif
}

void
mr_sandbox_allow_read (const char *path)
{
  if (extra_readable == NULL)
    extra_readable = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (extra_readable, g_strdup (path));
}

gboolean
mr_sandbox_apply (const MrPaths *paths, const char *const *extra_writable, GError **error)
{
  g_return_val_if_fail (report == NULL, FALSE);

  GString *told = g_string_new (NULL);
  gboolean hidden = hide_memory ();
  int abi = confine_files (paths, extra_writable, error);
  if (abi == 0) {
    g_string_free (told, TRUE);
    return FALSE;
  }
  if (abi > 0)
    g_string_append_printf (told, "landlock %d", abi);
  else
    g_string_append (told, "no landlock");
  g_string_append (told, confine_calls () ? ", seccomp" : ", no seccomp");
  g_string_append (told, hidden ? ", not dumpable" : MR_SANITIZED ? ", dumpable (sanitizer build)" : ", dumpable");
  report = g_string_free (told, FALSE);
  g_clear_pointer (&extra_readable, g_ptr_array_unref);
  return TRUE;
}

const char *
mr_sandbox_report (void)
{
  return report != NULL ? report : "none";
}
