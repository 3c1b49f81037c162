/* Where things are. The environment is read at each call, not cached as GLib does: tests change it. */
#include "base/paths.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"

#define FOLDER      "mail-relay"
#define FOLDER_MODE 0700

/* The variable where it is absolute, else NULL (XDG base directory specification). */
static const char *
absolute_env (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && g_path_is_absolute (value) ? value : NULL;
}

static char *
xdg_folder (const char *variable, const char *below_home)
{
  const char *base = absolute_env (variable);

  if (base != NULL)
    return g_build_filename (base, FOLDER, NULL);

  const char *home = absolute_env ("HOME");
  return g_build_filename (home != NULL ? home : g_get_home_dir (), below_home, FOLDER, NULL);
}

static char *
runtime_folder (const char *state_dir)
{
  const char *base = absolute_env ("XDG_RUNTIME_DIR");

  if (base != NULL)
    return g_build_filename (base, FOLDER, NULL);

  /* Cron and sudo drop the variable; the folder is there while the user has a session. */
  g_autofree char *run_user = g_strdup_printf ("/run/user/%lu", (unsigned long)geteuid ());
  struct stat st;
  if (lstat (run_user, &st) == 0 && S_ISDIR (st.st_mode) && st.st_uid == geteuid ())
    return g_build_filename (run_user, FOLDER, NULL);
  return g_build_filename (state_dir, "run", NULL);
}

MrPaths *
mr_paths_new (void)
{
  MrPaths *paths = g_new0 (MrPaths, 1);

  paths->state_dir = xdg_folder ("XDG_STATE_HOME", ".local/state");
  paths->config_dir = xdg_folder ("XDG_CONFIG_HOME", ".config");
  paths->config_file = g_build_filename (paths->config_dir, "mail-relay.conf", NULL);
  paths->runtime_dir = runtime_folder (paths->state_dir);
  paths->bus_socket = g_build_filename (paths->runtime_dir, "bus", NULL);
  paths->store_file = g_build_filename (paths->state_dir, "queue.sqlite", NULL);
  paths->lock_file = g_build_filename (paths->state_dir, "lock", NULL);
  paths->tls_dir = g_build_filename (paths->state_dir, "tls", NULL);
  paths->secrets_file = g_build_filename (paths->state_dir, "secrets", NULL);
  paths->maildrop_dir = g_build_filename (paths->state_dir, "maildrop", NULL);
  return paths;
}

MrPaths *
mr_paths_copy (const MrPaths *paths)
{
  MrPaths *copy = g_new0 (MrPaths, 1);

  copy->state_dir = g_strdup (paths->state_dir);
  copy->config_dir = g_strdup (paths->config_dir);
  copy->config_file = g_strdup (paths->config_file);
  copy->runtime_dir = g_strdup (paths->runtime_dir);
  copy->bus_socket = g_strdup (paths->bus_socket);
  copy->store_file = g_strdup (paths->store_file);
  copy->lock_file = g_strdup (paths->lock_file);
  copy->tls_dir = g_strdup (paths->tls_dir);
  copy->secrets_file = g_strdup (paths->secrets_file);
  copy->maildrop_dir = g_strdup (paths->maildrop_dir);
  return copy;
}

void
mr_paths_free (MrPaths *paths)
{
  if (paths == NULL)
    return;
  g_free (paths->state_dir);
  g_free (paths->config_dir);
  g_free (paths->config_file);
  g_free (paths->runtime_dir);
  g_free (paths->bus_socket);
  g_free (paths->store_file);
  g_free (paths->lock_file);
  g_free (paths->tls_dir);
  g_free (paths->secrets_file);
  g_free (paths->maildrop_dir);
  g_free (paths);
}

gboolean
mr_paths_ensure (const MrPaths *paths, GError **error)
{
  const char *const folders[] = { paths->state_dir, paths->config_dir, paths->runtime_dir, paths->tls_dir,
                                  paths->maildrop_dir };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (!mr_os_make_dir (folders[i], FOLDER_MODE, error))
      return FALSE;
  return TRUE;
}
