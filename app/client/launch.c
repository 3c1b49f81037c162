/* Starting mail-relayd.
 *
 * Its standard error is a pipe only as long as somebody waits for it to become ready: that is where it says why it could not start. SIGPIPE is ignored
 * from before its first instruction, so that letting go never ends it.
 */
#include <config.h>

#include "client/launch.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MAX_WORDS 2048

struct _MrLaunch {
  GPid pid;
  guint child_watch;
  int err;
  guint err_watch;
  GString *words;
  gboolean ended;
};

gboolean
mr_launch_is_build_folder (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL && g_str_has_prefix (exe, MR_BUILD_DIR "/");
}

char *
mr_launch_dup_service_path (void)
{
  if (mr_launch_is_build_folder ())
    return g_build_filename (MR_BUILD_DIR, "app", "service", "mail-relayd", NULL);
  return g_build_filename (MR_LIBEXECDIR, "mail-relayd", NULL);
}

static void
child_setup_cb (gpointer data)
{
  signal (SIGPIPE, SIG_IGN);
  setsid ();
}

static void
ended_cb (GPid pid, gint status, gpointer data)
{
  MrLaunch *self = data;

  self->ended = TRUE;
  self->child_watch = 0;
  g_spawn_close_pid (pid);
}

static gboolean
words_cb (gint fd, GIOCondition condition, gpointer data)
{
  MrLaunch *self = data;
  char bytes[512];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n <= 0) {
    self->err_watch = 0;
    return G_SOURCE_REMOVE;
  }
  g_string_append_len (self->words, bytes, n);
  if (self->words->len > MAX_WORDS)
    g_string_erase (self->words, 0, (gssize)(self->words->len - MAX_WORDS));
  return G_SOURCE_CONTINUE;
}

MrLaunch *
mr_launch_new (GError **error)
{
  g_autofree char *path = mr_launch_dup_service_path ();
  const char *const argv[] = { path, NULL };
  GPid pid;
  int err;
  g_autoptr (GError) local = NULL;

  if (!g_spawn_async_with_pipes ("/", (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                 child_setup_cb, NULL, &pid, NULL, NULL, &err, &local)) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s cannot be started: %s"), path, local->message);
    return NULL;
  }

  MrLaunch *self = g_new0 (MrLaunch, 1);
  self->pid = pid;
  self->err = err;
  self->words = g_string_new (NULL);
  self->child_watch = g_child_watch_add (pid, ended_cb, self);
  self->err_watch = g_unix_fd_add (err, G_IO_IN | G_IO_HUP, words_cb, self);
  return self;
}

/* The service is this program's child as long as both live. */
static void
reap_cb (GPid pid, gint status, gpointer data)
{
  g_spawn_close_pid (pid);
}

void
mr_launch_free (MrLaunch *self)
{
  if (self == NULL)
    return;
  if (self->child_watch != 0) {
    g_source_remove (self->child_watch);
    g_child_watch_add (self->pid, reap_cb, NULL);
  }
  g_clear_handle_id (&self->err_watch, g_source_remove);
  close (self->err);
  g_string_free (self->words, TRUE);
  g_free (self);
}

gboolean
mr_launch_has_failed (MrLaunch *self, char **ret_words)
{
  if (!self->ended)
    return FALSE;
  /* The last line is the reason; what stands before it is the log. */
  g_autofree char *valid = g_utf8_make_valid (self->words->str, -1);
  const char *last = strrchr (g_strchomp (valid), '\n');
  *ret_words = g_strdup (last != NULL ? last + 1 : valid);
  return TRUE;
}
