/* "Start after log-in" without a systemd user manager: an entry of the desktop, written and taken away. */
#include "client/autostart.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fake-service.h"

static MrAutostart
query (void)
{
  g_auto (Answer) answer = { NULL };
  MrAutostart state = MR_AUTOSTART_SYSTEMD;
  g_autoptr (GError) error = NULL;

  mr_autostart_query_async (NULL, answer_cb, &answer);
  g_assert_true (mr_autostart_query_finish (answer_wait (&answer), &state, &error));
  return state;
}

static void
set (gboolean enabled)
{
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  mr_autostart_set_async (enabled, NULL, answer_cb, &answer);
  g_assert_true (mr_autostart_set_finish (answer_wait (&answer), &error));
  g_assert_no_error (error);
}

static void
test_entry (void)
{
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "autostart",
                                            "com.example.MailRelay.Service.desktop", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *exec = NULL;

  g_assert_cmpint (query (), ==, MR_AUTOSTART_OFF);
  set (FALSE);
  set (TRUE);
  set (TRUE);
  g_assert_cmpint (query (), ==, MR_AUTOSTART_ENTRY);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  exec = g_key_file_get_string (file, "Desktop Entry", "Exec", NULL);
  g_assert_true (g_path_is_absolute (exec));
  g_assert_true (g_str_has_suffix (exec, "/mail-relayd"));
  set (FALSE);
  g_assert_cmpint (query (), ==, MR_AUTOSTART_OFF);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  /* GLib reads the folders once: they are pointed away from the person's own before anything asks. */
  FakeService *fake = fake_service_new ();
  int code;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/autostart/entry", test_entry);
  code = g_test_run ();
  fake_service_free (fake);
  return code;
}
