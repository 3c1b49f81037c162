/* Secrets and wiping. */
#include "base/secret.h"

#include <string.h>

static void
test_content (void)
{
  g_autoptr (MrSecret) secret = mr_secret_new ("hunter2xyz", 7);
  MrSecret *second = mr_secret_ref (secret);

  g_assert_cmpstr (mr_secret_get (secret), ==, "hunter2");
  g_assert_cmpuint (mr_secret_length (secret), ==, 7);
  mr_secret_unref (second);
  g_assert_cmpstr (mr_secret_get (secret), ==, "hunter2");
  mr_secret_unref (NULL);
}

static void
test_bounds (void)
{
  g_autofree char *longest = g_strnfill (MR_SECRET_MAX + 1, 'p');
  g_autoptr (MrSecret) empty = mr_secret_new ("", 0);
  g_autoptr (MrSecret) full = mr_secret_new (longest, MR_SECRET_MAX);

  g_assert_cmpstr (mr_secret_get (empty), ==, "");
  g_assert_cmpuint (mr_secret_length (full), ==, MR_SECRET_MAX);
  g_assert_cmpuint (strlen (mr_secret_get (full)), ==, MR_SECRET_MAX);
  g_assert_null (mr_secret_new (longest, MR_SECRET_MAX + 1));

  g_autofree char *token = g_strnfill (MR_SECRET_LONG_MAX + 1, 't');
  g_autoptr (MrSecret) full_long = mr_secret_new_long (token, MR_SECRET_LONG_MAX);
  g_assert_cmpuint (mr_secret_length (full_long), ==, MR_SECRET_LONG_MAX);
  g_assert_cmpuint (strlen (mr_secret_get (full_long)), ==, MR_SECRET_LONG_MAX);
  g_assert_null (mr_secret_new_long (token, MR_SECRET_LONG_MAX + 1));
  g_assert_null (mr_secret_new_long ("a\0b", 3));
  g_assert_null (mr_secret_new ("a\0b", 3));
  g_assert_null (mr_secret_new ("ab\0", 3));
}

static void
test_wipe (void)
{
  char bytes[] = "secret";

  mr_wipe (bytes, 3);
  g_assert_cmpmem (bytes, 6, "\0\0\0ret", 6);
  mr_wipe (NULL, 0);
}

/* The line of /proc/self/smaps with the flags of the mapping around this address. */
static char *
dup_flags (const void *address)
{
  g_autofree char *text = NULL;
  gboolean inside = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *end = NULL;
    guint64 from = g_ascii_strtoull (lines[i], &end, 16);

    if (end != lines[i] && *end == '-')
      inside = (guintptr)address >= from && (guintptr)address < g_ascii_strtoull (end + 1, NULL, 16);
    else if (inside && g_str_has_prefix (lines[i], "VmFlags:"))
      return g_strconcat (lines[i] + strlen ("VmFlags:"), " ", NULL);
  }
  g_assert_not_reached ();
}

/* Kept for hours: not in a core dump, not on the swap disk. */
static void
test_memory (void)
{
  g_autoptr (MrSecret) secret = mr_secret_new ("hunter2", 7);
  g_autofree char *flags = dup_flags (mr_secret_get (secret));

  g_assert_nonnull (strstr (flags, " dd "));
#ifndef __SANITIZE_ADDRESS__ /* which makes mlock() do nothing */
  g_assert_nonnull (strstr (flags, " lo "));
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/content", test_content);
  g_test_add_func ("/secret/bounds", test_bounds);
  g_test_add_func ("/secret/wipe", test_wipe);
  g_test_add_func ("/secret/memory", test_memory);
  return g_test_run ();
}
