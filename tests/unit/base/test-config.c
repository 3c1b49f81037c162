/* Reading of mail-relay.conf. */
#include "base/config.h"

#include <glib/gstdio.h>
#include <string.h>

static MrConfig *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MrConfig *config = mr_config_parse ("test.conf", text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (config);
  return config;
}

/* Sorted, without doubles, and each default is a value that the key takes. */
static void
test_table (void)
{
  for (const MrConfigKey *key = mr_config_keys (); key->group != NULL; key++) {
    g_autoptr (GError) error = NULL;
    const MrConfigKey *next = key + 1;

    if (!mr_config_check_value (key, key->def, &error))
      g_error ("[%s] %s: %s", key->group, key->key, error->message);
    g_assert_nonnull (key->help);
    g_assert_null (strchr (key->help, '\n'));
    g_assert_true (mr_config_find_key (key->group, key->key) == key);
    g_assert_cmpint (key->type == MR_CONFIG_ENUM, ==, key->choices != NULL);
    if (next->group == NULL)
      continue;
    int order = strcmp (key->group, next->group);
    if (order > 0 || (order == 0 && strcmp (key->key, next->key) >= 0))
      g_error ("[%s] %s stands before [%s] %s", key->group, key->key, next->group, next->key);
  }
}

static void
test_find_key (void)
{
  g_assert_nonnull (mr_config_find_key ("account work", "host"));
  g_assert_nonnull (mr_config_find_key ("program git", "verifier"));
  g_assert_null (mr_config_find_key ("submission x", "listen"));
  g_assert_null (mr_config_find_key ("submission", "host"));
  g_assert_null (mr_config_find_key ("", "host"));
  g_assert_null (mr_config_find_key ("accounts", "host"));
}

static void
test_defaults (void)
{
  g_autoptr (MrConfig) config = mr_config_new_default ();
  g_auto (GStrv) listen = mr_config_dup_list (config, "submission", "listen");
  g_auto (GStrv) servers = mr_config_dup_list (config, "dns", "servers");
  g_auto (GStrv) accounts = mr_config_dup_ids (config, "account");

  g_assert_cmpuint (g_strv_length (listen), ==, 2);
  g_assert_cmpstr (listen[0], ==, "127.0.0.1:2525");
  g_assert_cmpstr (listen[1], ==, "[::1]:2525");
  g_assert_cmpuint (g_strv_length (servers), ==, 0);
  g_assert_cmpuint (g_strv_length (accounts), ==, 0);
  g_assert_cmpint (mr_config_get_integer (config, "retry", "life"), ==, 432000);
  g_assert_cmpstr (mr_config_get_string (config, "secrets", "backend"), ==, "secret-service");
  g_assert_false (mr_config_get_boolean (config, "submission", "require-auth"));
  g_assert_true (mr_config_get_boolean (config, "delivery", "keep-transcripts"));
  g_assert_cmpint (mr_config_get_integer (config, "account any", "port"), ==, 587);
  g_assert_false (mr_config_is_set (config, "retry", "life"));
  g_assert_cmpuint (mr_config_get_line (config, "retry", "life"), ==, 0);
  g_assert_null (mr_config_get_warnings (config)[0]);
}

static void
test_values (void)
{
  g_autoptr (MrConfig) config = parse ("# comment\n"
                                       "\n"
                                       "[submission]\n"
                                       "listen = 127.0.0.1:25 ; [::1]:25;;\r\n"
                                       "require-auth=true\n"
                                       "\tmax-errors\t=\t7  \n"
                                       "[account work]\n"
                                       "name=Two\\sWords\\\\ \xc3\xbc # not a comment\n"
                                       "addresses=a@example.com;*@example.org;\n"
                                       "tls=implicit\n"
                                       "[program git]\n"
                                       "created=1795543877\n"
                                       "[account home]\n"
                                       "user=a=b\n"
                                       "[retry]\n"
                                       "first=5");
  g_auto (GStrv) listen = mr_config_dup_list (config, "submission", "listen");
  g_auto (GStrv) addresses = mr_config_dup_list (config, "account work", "addresses");
  g_auto (GStrv) accounts = mr_config_dup_ids (config, "account");
  g_auto (GStrv) programs = mr_config_dup_ids (config, "program");

  g_assert_cmpuint (g_strv_length (listen), ==, 2);
  g_assert_cmpstr (listen[0], ==, "127.0.0.1:25");
  g_assert_cmpstr (listen[1], ==, "[::1]:25");
  g_assert_true (mr_config_get_boolean (config, "submission", "require-auth"));
  g_assert_cmpint (mr_config_get_integer (config, "submission", "max-errors"), ==, 7);
  g_assert_cmpuint (mr_config_get_line (config, "submission", "max-errors"), ==, 6);
  g_assert_cmpstr (mr_config_get_string (config, "account work", "name"), ==, "Two Words\\ \xc3\xbc # not a comment");
  g_assert_cmpstr (addresses[1], ==, "*@example.org");
  g_assert_cmpstr (mr_config_get_string (config, "account work", "tls"), ==, "implicit");
  g_assert_cmpstr (mr_config_get_string (config, "account home", "user"), ==, "a=b");
  g_assert_cmpstr (mr_config_get_string (config, "account home", "tls"), ==, "starttls");
  g_assert_cmpint (mr_config_get_integer (config, "retry", "first"), ==, 5);
  g_assert_cmpuint (g_strv_length (accounts), ==, 2);
  g_assert_cmpstr (accounts[0], ==, "work");
  g_assert_cmpstr (accounts[1], ==, "home");
  g_assert_cmpuint (g_strv_length (programs), ==, 1);
  g_assert_true (mr_config_is_set (config, "account work", "tls"));
  g_assert_false (mr_config_is_set (config, "account home", "tls"));
  g_assert_null (mr_config_get_warnings (config)[0]);
}

static void
test_list_escapes (void)
{
  g_autoptr (MrConfig) config = parse ("[dns]\nservers=a\\;b;c\\\\;d\n");
  g_auto (GStrv) list = mr_config_dup_list (config, "dns", "servers");

  g_assert_cmpuint (g_strv_length (list), ==, 3);
  g_assert_cmpstr (list[0], ==, "a;b");
  g_assert_cmpstr (list[1], ==, "c\\");
  g_assert_cmpstr (list[2], ==, "d");
}

static void
test_warnings (void)
{
  g_autoptr (MrConfig) config = parse ("[future]\n"
                                       "anything=1\n"
                                       "[retry]\n"
                                       "frist=5\n"
                                       "first=5\n"
                                       "first=6\n"
                                       "[account]\n"
                                       "host=x\n");
  const char *const *warnings = mr_config_get_warnings (config);

  g_assert_cmpstr (warnings[0], ==, "test.conf:1: unknown group [future]");
  g_assert_cmpstr (warnings[1], ==, "test.conf:4: unknown key frist in [retry]");
  g_assert_cmpstr (warnings[2], ==, "test.conf:6: first stands in line 5 already; this one counts");
  g_assert_cmpstr (warnings[3], ==, "test.conf:7: unknown group [account]");
  g_assert_null (warnings[4]);
  g_assert_cmpint (mr_config_get_integer (config, "retry", "first"), ==, 6);
  g_assert_cmpuint (mr_config_get_line (config, "retry", "first"), ==, 6);
}

/* A file full of nonsense does not fill the memory with warnings. */
static void
test_warnings_bounded (void)
{
  g_autoptr (GString) text = g_string_new ("[retry]\n");

  for (int i = 0; i < 5000; i++)
    g_string_append (text, "nonsense=1\n");
  g_autoptr (MrConfig) config = parse (text->str);
  g_assert_cmpuint (g_strv_length ((char **)mr_config_get_warnings (config)), ==, 100);
}

static void
test_errors (void)
{
  static const struct {
    const char *text;
    const char *message;
  } rows[] = {
    { "first=1\n", "test.conf:1: a key stands before" },
    { "\n[retry\n", "test.conf:2: expected [group]" },
    { "[]\n", "test.conf:1: expected [group]" },
    { "[a]b]\n", "test.conf:1: expected [group]" },
    { "[retry]\nfirst\n", "test.conf:2: expected [group]" },
    { "[retry]\n=1\n", "test.conf:2: expected [group]" },
    { "[retry]\n\nfirst=soon\n", "test.conf:3: first: expected a whole number from 1 to 86400, not “soon”" },
    { "[retry]\nfirst=0\n", "test.conf:2: first: expected a whole number" },
    { "[retry]\nfirst=99999999999999999999\n", "test.conf:2: first: expected a whole number" },
    { "[retry]\nfirst=5x\n", "test.conf:2: first: expected a whole number" },
    { "[retry]\nfirst=\n", "test.conf:2: first: expected a whole number" },
    { "[general]\npaused=yes\n", "test.conf:2: paused: expected true or false, not “yes”" },
    { "[secrets]\nbackend=cloud\n", "test.conf:2: backend: expected one of secret-service|file|memory" },
    { "[account Work]\n", "test.conf:1: [account Work]: an id has" },
    { "[account a b]\n", "test.conf:1: [account a b]: an id has" },
    { "[program ]\n", "test.conf:1: [program ]: an id has" },
    { "[account w]\nname=a\\qb\n", "test.conf:2: name: a backslash" },
    { "[account w]\nname=a\\\n", "test.conf:2: name: a backslash" },
    { "[account w]\nname=a\\nb\n", "test.conf:2: name: the value must be one line" },
    { "[dns]\nservers=a\\qb\n", "test.conf:2: servers: a backslash" },
    { "[account w]\nname=\xff\n", "test.conf:2: the line is not UTF-8 text" },
    { "# \xff\n", "test.conf:1: the line is not UTF-8 text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_config_parse ("test.conf", rows[i].text, strlen (rows[i].text), &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    if (!g_str_has_prefix (error->message, rows[i].message))
      g_error ("“%s” gives “%s”", rows[i].text, error->message);
  }
}

static void
test_nul_byte (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_config_parse ("f", "[retry]\nfirst=1\0002\n", 18, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "f:2:"));
}

static void
test_byte_order_mark (void)
{
  g_autoptr (MrConfig) config = parse ("\xef\xbb\xbf[retry]\nfirst=9\n");

  g_assert_cmpint (mr_config_get_integer (config, "retry", "first"), ==, 9);
}

static void
test_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("mr-config-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "mail-relay.conf", NULL);

  g_autoptr (MrConfig) missing = mr_config_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mr_config_get_integer (missing, "retry", "first"), ==, 60);

  g_assert_true (g_file_set_contents (path, "[retry]\nfirst=61\n", -1, &error));
  g_autoptr (MrConfig) config = mr_config_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mr_config_get_integer (config, "retry", "first"), ==, 61);

  g_assert_true (g_file_set_contents (path, "[retry]\nfirst=x\n", -1, &error));
  g_assert_null (mr_config_load (path, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_autofree char *expected = g_strdup_printf ("%s:2: first: ", path);
  g_assert_true (g_str_has_prefix (error->message, expected));
  g_clear_error (&error);

  g_autofree char *huge = g_strnfill (1024 * 1024 + 1, '#');
  g_assert_true (g_file_set_contents (path, huge, -1, &error));
  g_assert_null (mr_config_load (path, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);
  g_clear_error (&error);

  g_unlink (path);
  g_mkdir (path, 0700);
  g_assert_null (mr_config_load (path, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_FAILED);
  g_rmdir (path);
  g_rmdir (folder);
}

static void
test_references (void)
{
  MrConfig *config = parse ("[retry]\nfirst=9\n");
  MrConfig *second = mr_config_ref (config);

  mr_config_unref (config);
  g_assert_cmpint (mr_config_get_integer (second, "retry", "first"), ==, 9);
  mr_config_unref (second);
  mr_config_unref (NULL);
}

/* Whatever bytes come in: a snapshot or an error with a line, never both, never neither. */
static void
test_random (void)
{
  static const char bytes[] = "[]=#;\\\n\r\t account retry first 15\xc3\xbc\xff";

  for (int round = 0; round < 20000; round++) {
    char text[40];
    g_autoptr (GError) error = NULL;
    gsize len = (gsize)g_test_rand_int_range (0, sizeof text);
    for (gsize i = 0; i < len; i++)
      text[i] = bytes[g_test_rand_int_range (0, sizeof bytes)];
    g_autoptr (MrConfig) config = mr_config_parse ("f", text, len, &error);
    g_assert_true ((config == NULL) == (error != NULL));
    if (error != NULL)
      g_assert_true (g_str_has_prefix (error->message, "f:"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/table", test_table);
  g_test_add_func ("/config/find-key", test_find_key);
  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/values", test_values);
  g_test_add_func ("/config/list-escapes", test_list_escapes);
  g_test_add_func ("/config/warnings", test_warnings);
  g_test_add_func ("/config/warnings-bounded", test_warnings_bounded);
  g_test_add_func ("/config/errors", test_errors);
  g_test_add_func ("/config/nul-byte", test_nul_byte);
  g_test_add_func ("/config/byte-order-mark", test_byte_order_mark);
  g_test_add_func ("/config/load", test_load);
  g_test_add_func ("/config/references", test_references);
  g_test_add_func ("/config/random", test_random);
  return g_test_run ();
}
