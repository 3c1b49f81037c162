/* The hosts file. */
#include <glib.h>
#include <glib/gstdio.h>

#include "net/hosts-file.h"

static void
test_read (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mail-relay-net-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "hosts", NULL);
  MrHostsFile *hosts = mr_hosts_file_new (path);
  const char *const *found;

  g_assert_null (mr_hosts_file_find (hosts, "printer"));
  g_assert_true (g_file_set_contents (path,
                                      "# comment\n192.0.2.1\tprinter  Printer.Office.example # behind\r\n"
                                      "bad line here\n2001:db8::1 printer\n\n192.0.2.9\nno newline",
                                      -1, NULL));
  found = mr_hosts_file_find (hosts, "PRINTER.");
  g_assert_nonnull (found);
  g_assert_cmpstr (found[0], ==, "192.0.2.1");
  g_assert_cmpstr (found[1], ==, "2001:db8::1");
  g_assert_null (found[2]);
  g_assert_nonnull (mr_hosts_file_find (hosts, "printer.office.example"));
  g_assert_null (mr_hosts_file_find (hosts, "line"));
  g_assert_null (mr_hosts_file_find (hosts, "behind"));
  /* Seen without being told. */
  g_assert_true (g_file_set_contents (path, "192.0.2.200 printer other\n", -1, NULL));
  found = mr_hosts_file_find (hosts, "printer");
  g_assert_cmpstr (found[0], ==, "192.0.2.200");
  g_assert_null (found[1]);
  g_unlink (path);
  g_assert_null (mr_hosts_file_find (hosts, "printer"));
  mr_hosts_file_free (hosts);
  g_rmdir (folder);
}

static void
test_bounded (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mail-relay-net-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "hosts", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  MrHostsFile *hosts = mr_hosts_file_new (path);
  const char *const *found;
  guint n = 0;

  for (guint i = 1; i < 100; i++)
    g_string_append_printf (text, "192.0.2.%u many\n", i);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  found = mr_hosts_file_find (hosts, "many");
  while (found[n] != NULL)
    n++;
  g_assert_cmpuint (n, ==, 16);
  while (text->len <= 1024 * 1024)
    g_string_append (text, "192.0.2.1 another\n");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_assert_null (mr_hosts_file_find (hosts, "many"));
  mr_hosts_file_free (hosts);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hosts-file/read", test_read);
  g_test_add_func ("/hosts-file/bounded", test_bounded);
  return g_test_run ();
}
