/* "Start after log-in".
 *
 * systemd: `systemctl --user enable mail-relay.socket`, only for an installed program, because units name installed paths. That unit
 * names the usual ports; where others are set the service itself is started. Without systemd: an autostart entry of the desktop. Switching off takes both away, so that what an older version left behind goes too.
 *
 * In a sandbox neither can be reached: the desktop's portal is asked. It cannot be asked how things are, so that its last answer is remembered as a file.
 */
#include <config.h>

#include "client/autostart.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/os.h"
#include "base/paths.h"
#include "base/portal.h"
#include "client/background.h"
#include "client/launch.h"

#define SOCKET_UNIT  "mail-relay.socket"
#define SERVICE_UNIT "mail-relay.service"
#define ENTRY        MR_APP_ID ".Service.desktop"

static char *
dup_entry_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", ENTRY, NULL);
}

/* A user manager runs for us, and knows the unit. */
static gboolean
have_systemd (void)
{
  g_autofree char *manager = g_build_filename (g_get_user_runtime_dir (), "systemd", "private", NULL);

  return !mr_launch_is_build_folder () && g_file_test (manager, G_FILE_TEST_EXISTS);
}

static gboolean
write_entry (GError **error)
{
  g_autofree char *path = dup_entry_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *service = mr_launch_dup_service_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize len;

  /* The quoting of Exec is not that of a shell, but agrees with it for a path without reserved characters. */
  if (strpbrk (service, " \t\n\"'\\><~|&;$*?#()`%") != NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s cannot stand in an autostart entry"), service);
    return FALSE;
  }
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    mr_set_errno_error (error, errno, _ ("%s cannot be made"), folder);
    return FALSE;
  }
  g_key_file_set_string (file, "Desktop Entry", "Type", "Application");
  g_key_file_set_string (file, "Desktop Entry", "Name", "Mail Relay");
  g_key_file_set_string (file, "Desktop Entry", "Comment", _ ("Takes mail from programs and delivers it"));
  g_key_file_set_string (file, "Desktop Entry", "Exec", service);
  g_key_file_set_string (file, "Desktop Entry", "Icon", MR_APP_ID);
  g_key_file_set_boolean (file, "Desktop Entry", "NoDisplay", TRUE);
  g_key_file_set_boolean (file, "Desktop Entry", "Terminal", FALSE);
  g_autofree char *text = g_key_file_to_data (file, &len, NULL);
  return mr_os_write_file (path, text, len, 0600, error);
}

static gboolean
remove_entry (GError **error)
{
  g_autofree char *path = dup_entry_path ();

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  mr_set_errno_error (error, errno, _ ("%s cannot be removed"), path);
  return FALSE;
}

static gboolean
have_entry (void)
{
  g_autofree char *path = dup_entry_path ();

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* The unit whose ports are the configured ones. */
static const char *
choose_unit (void)
{
  const MrConfigKey *key = mr_config_find_key ("submission", "listen");
  g_autoptr (MrPaths) paths = mr_paths_new ();
  g_autoptr (MrConfig) config = mr_config_load (paths->config_file, NULL);

  if (config == NULL || g_str_equal (mr_config_get_string (config, "submission", "listen"), key->def))
    return SOCKET_UNIT;
  return SERVICE_UNIT;
}

static const char *
other_unit (const char *unit)
{
  return g_str_equal (unit, SOCKET_UNIT) ? SERVICE_UNIT : SOCKET_UNIT;
}

/* unit NULL: both. NULL where it cannot be run. (transfer full) */
static GSubprocess *
run_systemctl (const char *verb, const char *unit)
{
  const char *const argv[]
      = { "systemctl", "--user", verb, unit != NULL ? unit : SOCKET_UNIT, unit != NULL ? NULL : SERVICE_UNIT, NULL };

  return g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
}

/* ---- the portal ---- */

static char *
dup_mark_path (void)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();

  return g_build_filename (paths->state_dir, "autostart-by-portal", NULL);
}

static gboolean
set_mark (gboolean enabled, GError **error)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();
  g_autofree char *path = dup_mark_path ();

  if (enabled)
    return mr_paths_ensure (paths, error) && mr_os_write_file (path, "", 0, 0600, error);
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  mr_set_errno_error (error, errno, _ ("%s cannot be removed"), path);
  return FALSE;
}

static void
portal_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (mr_background_request_finish (result, &error) && set_mark (GPOINTER_TO_INT (g_task_get_task_data (task)), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
set_by_portal (GTask *task, gboolean enabled)
{
  g_autofree char *service = mr_launch_dup_service_path ();
  const char *const commandline[] = { service, NULL };

  g_task_set_task_data (task, GINT_TO_POINTER (enabled), NULL);
  mr_background_request_async (enabled, commandline, g_task_get_cancellable (task), portal_cb, g_object_ref (task));
}

/* ---- query ---- */

static void
return_entry (GTask *task)
{
  g_task_return_int (task, have_entry () ? MR_AUTOSTART_ENTRY : MR_AUTOSTART_OFF);
}

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  /* "is-enabled" succeeds where at least one of the units is. */
  if (g_subprocess_get_successful (G_SUBPROCESS (object)))
    g_task_return_int (task, MR_AUTOSTART_SYSTEMD);
  else
    return_entry (task);
}

void
mr_autostart_query_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (GSubprocess) process = NULL;

  g_task_set_source_tag (task, mr_autostart_query_async);
  if (mr_portal_is_wanted ()) {
    g_autofree char *mark = dup_mark_path ();
    g_task_return_int (task, g_file_test (mark, G_FILE_TEST_EXISTS) ? MR_AUTOSTART_PORTAL : MR_AUTOSTART_OFF);
    return;
  }
  process = have_systemd () ? run_systemctl ("is-enabled", NULL) : NULL;
  if (process != NULL)
    g_subprocess_wait_async (process, cancellable, asked_cb, g_steal_pointer (&task));
  else
    return_entry (task);
}

gboolean
mr_autostart_query_finish (GAsyncResult *result, MrAutostart *ret, GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  gssize value = g_task_propagate_int (G_TASK (result), &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *ret = (MrAutostart)value;
  return TRUE;
}

/* ---- set ---- */

static void
return_written (GTask *task, gboolean enabled)
{
  GError *error = NULL;

  if (enabled ? write_entry (&error) : remove_entry (&error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
enabled_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  /* A unit that is not installed, or a manager that refuses: the entry does the job too. */
  return_written (task, !g_subprocess_get_successful (G_SUBPROCESS (object)));
}

static void
disabled_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  if (!g_task_return_error_if_cancelled (task))
    return_written (task, FALSE);
}

/* The unit of other ports goes first: both would want the store. */
static void
other_disabled_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_autoptr (GSubprocess) process = run_systemctl ("enable", choose_unit ());
  if (process != NULL)
    g_subprocess_wait_async (process, cancellable, enabled_cb, g_steal_pointer (&task));
  else
    return_written (task, TRUE);
}

void
mr_autostart_set_async (gboolean enabled, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (GSubprocess) process = NULL;

  g_task_set_source_tag (task, mr_autostart_set_async);
  if (mr_portal_is_wanted ()) {
    set_by_portal (task, enabled);
    return;
  }
  /* Without --now: the service that runs has the ports; systemd takes them over at the next log-in. */
  if (have_systemd ())
    process = run_systemctl ("disable", enabled ? other_unit (choose_unit ()) : NULL);
  if (process != NULL)
    g_subprocess_wait_async (process, cancellable, enabled ? other_disabled_cb : disabled_cb, g_steal_pointer (&task));
  else
    return_written (task, enabled);
}

gboolean
mr_autostart_set_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- refresh ---- */

static void
refreshed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (mr_autostart_set_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
queried_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  MrAutostart now = MR_AUTOSTART_OFF;
  GError *error = NULL;

  if (!mr_autostart_query_finish (result, &now, &error))
    g_task_return_error (task, error);
  else if (now != MR_AUTOSTART_SYSTEMD)
    g_task_return_boolean (task, TRUE);
  else
    mr_autostart_set_async (TRUE, cancellable, refreshed_cb, g_steal_pointer (&task));
}

void
mr_autostart_refresh_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_source_tag (task, mr_autostart_refresh_async);
  mr_autostart_query_async (cancellable, queried_cb, task);
}

gboolean
mr_autostart_refresh_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
