/* A child that looks into /proc for us: one question a datagram, one answer with the same number. */
#include <config.h>

#include "net/process-helper.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/os.h"
#include "base/text.h"

#define PATIENCE_MS 250
#define MAX_NAME    64

typedef struct {
  guint64 number;
  gint64 uid;
  guint64 inode;
} Question;

typedef struct {
  guint64 number;
  gint64 pid;
  char name[MAX_NAME + 1]; /* "" where it is unknown */
} Answer;

static GMutex lock; /* one question at a time */
static int helper_fd = -1;
static guint64 last_number;

/* Nothing of the service stays open in the helper, nor its terminal. */
static void
let_go (int fd)
{
  int null = open ("/dev/null", O_RDWR);

  for (int i = 0; null >= 0 && i < 3; i++)
    dup2 (null, i);
  dup2 (fd, 3);
  close_range (4, ~0u, 0);
}

static void
serve (int fd, MrProcessFindFunc find)
{
  Question question;

  let_go (fd);
  prctl (PR_SET_NAME, "mail-relay-proc", 0, 0, 0);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  while (recv (3, &question, sizeof question, 0) == (ssize_t)sizeof question) {
    g_autofree char *name = NULL;
    Answer answer = { .number = question.number };
    answer.pid = find (question.uid, question.inode, &name);
    if (name != NULL)
      g_strlcpy (answer.name, name, sizeof answer.name);
    if (send (3, &answer, sizeof answer, MSG_NOSIGNAL) < 0)
      break;
  }
  _exit (0);
}

gboolean
mr_process_helper_start (MrProcessFindFunc find, GError **error)
{
  int fds[2];

  g_return_val_if_fail (helper_fd < 0, FALSE);
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
    mr_set_errno_error (error, errno, _ ("No socket for the helper"));
    return FALSE;
  }
  pid_t child = fork ();
  if (child == 0)
    serve (fds[1], find);
  int err = errno;
  close (fds[1]);
  if (child < 0) {
    close (fds[0]);
    mr_set_errno_error (error, err, _ ("The helper could not be started"));
    return FALSE;
  }
  helper_fd = fds[0];
  return TRUE;
}

/* An answer that came too late for its question is passed over. */
static gboolean
await (guint64 number, gint64 *ret_pid, char **ret_name)
{
  struct pollfd poll_fd = { .fd = helper_fd, .events = POLLIN };
  Answer answer;

  while (poll (&poll_fd, 1, PATIENCE_MS) == 1) {
    if (recv (helper_fd, &answer, sizeof answer, MSG_DONTWAIT) != (ssize_t)sizeof answer)
      return FALSE;
    if (answer.number != number)
      continue;
    answer.name[MAX_NAME] = '\0';
    *ret_pid = answer.pid;
    *ret_name = answer.name[0] != '\0' ? mr_text_sanitize (answer.name, MAX_NAME) : NULL;
    return TRUE;
  }
  return FALSE;
}

gboolean
mr_process_helper_ask (gint64 uid, guint64 inode, gint64 *ret_pid, char **ret_name)
{
  if (helper_fd < 0)
    return FALSE;
  g_mutex_lock (&lock);
  const Question question = { ++last_number, uid, inode };
  gboolean ok = send (helper_fd, &question, sizeof question, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof question
                && await (question.number, ret_pid, ret_name);
  g_mutex_unlock (&lock);
  return ok;
}
