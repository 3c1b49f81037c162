/* mail-relayctl as scripts see it: exit codes, what works without the service, --json. The program's path is the environment's MR_CTL. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/config.h"

typedef struct {
  char *folder;
  char **environment;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  static const char *const variables[] = { "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };

  f->folder = g_dir_make_tmp ("mr-ctl-XXXXXX", NULL);
  f->environment = g_get_environ ();
  f->environment = g_environ_unsetenv (f->environment, "DBUS_SESSION_BUS_ADDRESS");
  f->environment = g_environ_setenv (f->environment, "LC_ALL", "C.UTF-8", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    f->environment = g_environ_setenv (f->environment, variables[i], f->folder, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->folder, "mail-relay", NULL);
  g_autofree char *file = g_build_filename (folder, "mail-relay.conf", NULL);

  g_unlink (file);
  g_rmdir (folder);
  g_rmdir (f->folder);
  g_free (f->folder);
  g_strfreev (f->environment);
}

/* Exit code; what it printed where ret_out is given. */
static int
run (Fixture *f, const char *line, char **ret_out, char **ret_err)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;
  int status;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;

  g_assert_true (*line == '\0' || g_shell_parse_argv (line, NULL, &words, &error));
  g_strv_builder_add (argv, g_getenv ("MR_CTL"));
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    g_strv_builder_add (argv, words[i]);
  all = g_strv_builder_end (argv);
  g_spawn_sync (NULL, all, f->environment, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s\n%s%s", line, out, err);
  g_assert_true (WIFEXITED (status));
  if (ret_out != NULL)
    *ret_out = g_steal_pointer (&out);
  if (ret_err != NULL)
    *ret_err = g_steal_pointer (&err);
  return WEXITSTATUS (status);
}

static void
write_config (Fixture *f, const char *text)
{
  g_autofree char *folder = g_build_filename (f->folder, "mail-relay", NULL);
  g_autofree char *file = g_build_filename (folder, "mail-relay.conf", NULL);

  g_mkdir (folder, 0700);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static void
test_usage (Fixture *f, gconstpointer data)
{
  static const char *const wrong[] = { "",
                                       "nonsense",
                                       "show",
                                       "list --nonsense",
                                       "list --state nonsense",
                                       "cancel",
                                       "retry",
                                       "retry --all X",
                                       "account",
                                       "account add",
                                       "account add --id x --address a@x.example",
                                       "account add --id x --address a@x.example --find --host h",
                                       "account discover",
                                       "account discover a@x.example b@x.example",
                                       "send",
                                       "config get x",
                                       "config nope",
                                       "explain --stage zzz text",
                                       "account add --id x --address '*' --direct --host h",
                                       "program",
                                       "program add",
                                       "program allow" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (run (f, wrong[i], NULL, NULL), ==, 2);
}

static void
test_help (Fixture *f, gconstpointer data)
{
  static const char *const verbs[] = { "status",       "list",         "show",           "retry",
                                       "hold",         "release",      "cancel",         "pause",
                                       "resume",       "explain",      "send",           "log",
                                       "account add",  "account test", "account remove", "account discover",
                                       "account list", "config list",  "config get",     "config set",
                                       "program list", "program add" };

  g_assert_cmpint (run (f, "--help", NULL, NULL), ==, 0);
  g_assert_cmpint (run (f, "--version", NULL, NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    g_autofree char *line = g_strconcat (verbs[i], " --help", NULL);
    g_autofree char *out = NULL;
    g_assert_cmpint (run (f, line, &out, NULL), ==, 0);
    g_assert_nonnull (strstr (out, "--json"));
  }
}

static void
test_config (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *set = NULL;
  g_autofree char *host = NULL;
  g_autofree char *wrong = NULL;

  g_assert_cmpint (run (f, "config get retry first", &first, NULL), ==, 0);
  g_assert_cmpstr (first, ==, "60\n");
  write_config (f, "[retry]\nfirst=90\n[account work]\nhost=smtp.example.com\n");
  g_assert_cmpint (run (f, "config get retry.first", &set, NULL), ==, 0);
  g_assert_cmpstr (set, ==, "90\n");
  g_assert_cmpint (run (f, "config get 'account work' host", &host, NULL), ==, 0);
  g_assert_cmpstr (host, ==, "smtp.example.com\n");

  /* Found out before the service is asked, which does not run here. */
  g_assert_cmpint (run (f, "config set retry first soon", NULL, NULL), ==, 2);
  g_assert_cmpint (run (f, "config set retry nonsense 1", NULL, NULL), ==, 2);

  write_config (f, "[retry]\nfirst=soon\n");
  g_assert_cmpint (run (f, "config list", NULL, &wrong), ==, 1);
  g_assert_nonnull (strstr (wrong, "mail-relay.conf:2"));
}

static void
test_config_json (Fixture *f, gconstpointer data)
{
  g_autofree char *out = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint n = 0;

  write_config (f, "[account work]\nhost=smtp.example.com\n");
  g_assert_cmpint (run (f, "config list --json", &out, NULL), ==, 0);
  g_assert_true (json_parser_load_from_data (parser, out, -1, NULL));
  JsonArray *settings = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "settings");
  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++)
    n += !mr_config_group_has_ids (row->group) || g_str_equal (row->group, "account");
  g_assert_cmpuint (json_array_get_length (settings), ==, n);
}

/* Every setting has its place on the manual page. */
static void
test_manual (Fixture *f, gconstpointer data)
{
  g_autofree char *out = NULL;

  g_assert_cmpint (run (f, "config list --man", &out, NULL), ==, 0);
  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++) {
    g_auto (GStrv) parts = g_strsplit (row->key, "-", -1);
    g_autofree char *escaped = g_strjoinv ("\\-", parts);
    g_autofree char *line = g_strdup_printf (".B %s\n", escaped);
    g_assert_nonnull (strstr (out, line));
  }
}

static void
check_cause (Fixture *f, const char *line, const char *cause)
{
  g_autofree char *out = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_cmpint (run (f, line, &out, NULL), ==, 0);
  g_assert_true (json_parser_load_from_data (parser, out, -1, NULL));
  JsonObject *object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (object, "cause"), ==, cause);
  g_assert_cmpstr (json_object_get_string_member (object, "title"), !=, "");
}

static void
test_explain (Fixture *f, gconstpointer data)
{
  g_autofree char *out = NULL;

  check_cause (f, "explain --json '550 5.1.1 <x@y.example>: no such user'", "address-unknown");
  check_cause (f, "explain --json --code 550 --enhanced 5.1.1 'no such user'", "address-unknown");
  check_cause (f, "explain --json '452 4.2.2 mailbox full'", "mailbox-full");
  check_cause (f, "explain --json --code 535 --stage auth '5.7.8 Authentication failed'", "login-failed");
  g_assert_cmpint (run (f, "explain 550-5.1.1 nobody", &out, NULL), ==, 0);
  g_assert_cmpuint (strlen (out), >, 10);
}

static void
test_unreachable (Fixture *f, gconstpointer data)
{
  static const char *const lines[]
      = { "status", "list --json", "show 0123456789ABCDEF", "pause", "account list", "log" };
  g_autofree char *err = NULL;

  /* Neither found nor startable: it has no folder to keep its state in. */
  f->environment = g_environ_setenv (f->environment, "XDG_STATE_HOME", "/dev/null", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_clear_pointer (&err, g_free);
    g_assert_cmpint (run (f, lines[i], NULL, &err), ==, 3);
    g_assert_true (g_str_has_prefix (err, "mail-relayctl: "));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/ctl/commands/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("usage", test_usage);
  ADD ("help", test_help);
  ADD ("config", test_config);
  ADD ("config-json", test_config_json);
  ADD ("manual", test_manual);
  ADD ("explain", test_explain);
  ADD ("unreachable", test_unreachable);
  return g_test_run ();
}
