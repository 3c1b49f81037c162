/* A client that may start the service does so at first, and again after the service was killed; and does not start a second one
 * beside one that somebody else started meanwhile. Runs the mail-relayd of this build folder in a home of its own. */
#include "client/calls.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  GAsyncResult *result;
} Answer;

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Answer *)data)->result = g_object_ref (result);
}

#define wait_until(condition)                                                                                          \
  while (!(condition))                                                                                                 \
  g_main_context_iteration (NULL, TRUE)

static guint
get_pid (MrClient *client)
{
  Answer answer = { NULL };
  g_autoptr (GError) error = NULL;

  mr_client_get_status_async (client, NULL, answer_cb, &answer);
  wait_until (answer.result != NULL);
  g_autoptr (MrServiceStatus) status = mr_client_get_status_finish (client, answer.result, &error);
  g_object_unref (answer.result);
  g_assert_no_error (error);
  return status->pid;
}

static void
set_up_home (char *home)
{
  static const char *const variables[] = { "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
                                           "XDG_DATA_HOME" };
  g_autofree char *folder = g_build_filename (home, "mail-relay", NULL);
  g_autofree char *file = g_build_filename (folder, "mail-relay.conf", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_setenv (variables[i], home, TRUE);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_mkdir (folder, 0700);
  g_assert_true (g_file_set_contents (file, "[submission]\nlisten=127.0.0.1:0\n[secrets]\nbackend=memory\n", -1, NULL));
}

static void
test_restart (void)
{
  g_autoptr (MrClient) client = mr_client_new (TRUE);
  Answer answer = { NULL };
  g_autoptr (GError) error = NULL;
  guint first = get_pid (client);

  g_assert_cmpint (getsid ((pid_t)first), ==, (pid_t)first);
  g_assert_false (mr_client_version_differs (client));
  g_assert_cmpint (kill ((pid_t)first, SIGKILL), ==, 0);
  wait_until (!mr_client_is_connected (client));
  /* Two want it back at the same time; the lock of the store lets one in. */
  g_autoptr (MrClient) other = mr_client_new (TRUE);
  mr_client_connect_async (other, NULL, NULL, NULL);
  mr_client_connect_async (client, NULL, NULL, NULL);
  wait_until (mr_client_is_connected (client) && mr_client_is_connected (other));
  guint second = get_pid (client);
  g_assert_cmpuint (second, !=, first);
  g_assert_cmpuint (get_pid (other), ==, second);

  /* And by itself, without being asked. */
  g_assert_cmpint (kill ((pid_t)second, SIGKILL), ==, 0);
  wait_until (!mr_client_is_connected (client));
  wait_until (mr_client_is_connected (client));
  g_assert_cmpuint (get_pid (client), !=, second);

  mr_client_quit_service_async (client, NULL, answer_cb, &answer);
  wait_until (answer.result != NULL);
  g_assert_true (mr_client_quit_service_finish (client, answer.result, &error));
  g_object_unref (answer.result);
  wait_until (!mr_client_is_connected (client));
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("mr-XXXXXX", NULL);

  set_up_home (home);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/integration/restart", test_restart);
  int code = g_test_run ();
  const char *const command[] = { "rm", "-rf", home, NULL };
  g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  return code;
}
