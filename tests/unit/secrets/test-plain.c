/* The file and memory back ends, and what the front promises whatever is behind it. */
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

typedef struct {
  char *folder, *path;
} Place;

static void
place_make (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("mr-secrets-XXXXXX", NULL);
  g_assert_nonnull (place->folder);
  place->path = g_build_filename (place->folder, "secrets", NULL);
}

static void
place_remove (Place *place, gconstpointer data)
{
  g_unlink (place->path);
  g_rmdir (place->folder);
  g_free (place->path);
  g_free (place->folder);
}

static MrSecrets *
open_file (Place *place)
{
  g_autoptr (GError) error = NULL;
  MrSecrets *secrets = mr_secrets_new ("file", place->path, &error);

  g_assert_no_error (error);
  return secrets;
}

static void
check_life (MrSecrets *secrets)
{
  harness_assert_lookup (secrets, "work", "-");
  g_assert_cmpint (harness_store (secrets, "work", "first"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (secrets, "home", "zweites Kennwort, ü"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "first");
  g_assert_cmpint (harness_store (secrets, "work", "second"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "second");
  harness_assert_lookup (secrets, "home", "zweites Kennwort, ü");
  g_assert_cmpint (harness_clear (secrets, "work"), ==, HARNESS_OK);
  g_assert_cmpint (harness_clear (secrets, "work"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "-");
  g_assert_cmpint (harness_probe (secrets), ==, HARNESS_OK);
  g_assert_cmpint (mr_secrets_get_state (secrets), ==, MR_SECRETS_OK);
}

/* A file of a version that knew passwords only. */
static void
test_old_file (Place *place, gconstpointer data)
{
  g_autoptr (MrSecrets) secrets = NULL;

  g_assert_true (g_file_set_contents_full (place->path, "work c2VjcmV0\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  secrets = open_file (place);
  harness_assert_lookup (secrets, "work", "secret");
  harness_assert_lookup (secrets, "work/oauth-token", "-");
  g_assert_cmpint (harness_store (secrets, "work/oauth-token", "token"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "secret");
}

static void
test_writable (Place *place, gconstpointer data)
{
  g_autoptr (MrSecrets) secrets = open_file (place);

  g_assert_cmpint (harness_check_writable (secrets), ==, HARNESS_OK);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_assert_cmpint (harness_check_writable (secrets), ==, MR_ERROR_FAILED);
  g_assert_cmpint (mr_secrets_get_state (secrets), ==, MR_SECRETS_OK);
}

static void
test_passing_errors (void)
{
  static const struct {
    MrError code;
    gboolean passing;
  } rows[] = { { MR_ERROR_KEYRING_LOCKED, TRUE }, { MR_ERROR_NO_KEYRING, TRUE }, { MR_ERROR_TIMED_OUT, TRUE },
               { MR_ERROR_FAILED, TRUE },         { MR_ERROR_INVALID, FALSE },   { MR_ERROR_CANCELLED, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = g_error_new_literal (MR_ERROR, (int)rows[i].code, "x");

    g_assert_cmpint (mr_secrets_error_is_passing (error), ==, rows[i].passing);
  }
}

static void
test_memory (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("memory", NULL, NULL);

  g_assert_cmpstr (mr_secrets_get_backend (secrets), ==, "memory");
  check_life (secrets);
  harness_check_kinds (secrets);
  g_assert_cmpint (harness_check_writable (secrets), ==, HARNESS_OK);
}

static void
test_file (Place *place, gconstpointer data)
{
  g_autoptr (MrSecrets) secrets = open_file (place);
  g_autoptr (MrSecrets) again = NULL;
  g_autofree char *text = NULL;
  struct stat st;

  harness_check_kinds (secrets);
  check_life (secrets);
  g_assert_cmpint (stat (place->path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
  /* not plain to a glance over the shoulder, and still there for the next start */
  g_assert_true (g_file_get_contents (place->path, &text, NULL, NULL));
  g_assert_null (strstr (text, "Kennwort"));
  again = open_file (place);
  harness_assert_lookup (again, "home", "zweites Kennwort, ü");
}

static void
test_wide_rights (Place *place, gconstpointer data)
{
  static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0666 };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (place->path, "work c2VjcmV0\n", -1, NULL));
    g_assert_cmpint (chmod (place->path, modes[i]), ==, 0);
    g_assert_null (mr_secrets_new ("file", place->path, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
    g_assert_nonnull (strstr (error->message, place->path));
  }
  g_assert_cmpint (chmod (place->path, 0400), ==, 0);
  mr_secrets_free (open_file (place));
}

/* A link could lead to a file of somebody else's choice. */
static void
test_link (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("/dev/null", place->path), ==, 0);
  g_assert_null (mr_secrets_new ("file", place->path, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
}

static void
test_other_owner (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (geteuid () != 0) {
    g_test_skip ("only root can give a file away");
    return;
  }
  g_assert_true (g_file_set_contents_full (place->path, "work c2VjcmV0\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_cmpint (chown (place->path, 65534, (gid_t)-1), ==, 0);
  g_assert_null (mr_secrets_new ("file", place->path, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
}

/* Rights that become wider later count at the next call, and the state tells. */
static void
test_rights_change (Place *place, gconstpointer data)
{
  g_autoptr (MrSecrets) secrets = open_file (place);

  g_assert_cmpint (harness_store (secrets, "work", "secret"), ==, HARNESS_OK);
  g_assert_cmpint (chmod (place->path, 0644), ==, 0);
  harness_assert_lookup (secrets, "work", "!refused");
  g_assert_cmpint (mr_secrets_get_state (secrets), ==, MR_SECRETS_REFUSED);
  g_assert_cmpint (chmod (place->path, 0600), ==, 0);
  harness_assert_lookup (secrets, "work", "secret");
  g_assert_cmpint (mr_secrets_get_state (secrets), ==, MR_SECRETS_OK);
}

static void
test_damaged (Place *place, gconstpointer data)
{
  static const char text[] = "no-value\n work eA==\n\nbad !!!!\nwork c2VjcmV0\nlast bGFzdA==";
  g_autoptr (MrSecrets) secrets = NULL;

  g_assert_true (g_file_set_contents_full (place->path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  secrets = open_file (place);
  harness_assert_lookup (secrets, "work", "secret");
  harness_assert_lookup (secrets, "last", "last");
}

/* What could not be written is not kept in memory as if it had been. */
static void
test_unwritable (Place *place, gconstpointer data)
{
  g_autofree char *path = g_build_filename (place->folder, "missing", "secrets", NULL);
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("file", path, NULL);

  g_assert_cmpint (harness_store (secrets, "work", "secret"), !=, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "-");
}

static void
test_unknown_backend (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_secrets_new ("cloud", NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

static void
test_freed_with_calls (void)
{
  MrSecrets *secrets = mr_secrets_new ("memory", NULL, NULL);
  Answer answer = { 0 };

  harness_look_up (secrets, "work", &answer);
  mr_secrets_free (secrets);
  g_assert_cmpuint (answer.answers, ==, 1);
  g_assert_cmpint (answer.code, ==, MR_ERROR_CANCELLED);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (answer.answers, ==, 1);
}

static void
test_cancel (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("memory", NULL, NULL);
  Answer gone = { 0 }, kept = { 0 };

  harness_look_up (secrets, "work", &gone);
  harness_look_up (secrets, "work", &kept);
  mr_secrets_cancel (secrets, &gone);
  harness_await (&kept);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (gone.answers, ==, 0);
}

#define ADD(name, func) g_test_add ("/secrets/file/" name, Place, NULL, place_make, func, place_remove)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secrets/memory", test_memory);
  ADD ("life", test_file);
  ADD ("old-file", test_old_file);
  ADD ("writable", test_writable);
  g_test_add_func ("/secrets/passing-errors", test_passing_errors);
  ADD ("wide-rights", test_wide_rights);
  ADD ("link", test_link);
  ADD ("other-owner", test_other_owner);
  ADD ("rights-change", test_rights_change);
  ADD ("damaged", test_damaged);
  ADD ("unwritable", test_unwritable);
  g_test_add_func ("/secrets/unknown-backend", test_unknown_backend);
  g_test_add_func ("/secrets/freed-with-calls", test_freed_with_calls);
  g_test_add_func ("/secrets/cancel", test_cancel);
  return g_test_run ();
}
