/* Envelopes from headers, and the maildrop file. */
#include "client/message-input.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "client/maildrop.h"
#include "client/never-text.h"

static GBytes *
read_text (const char *text, gboolean dot_ends)
{
  int fds[2];
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], text, strlen (text)), ==, (gssize)strlen (text));
  close (fds[1]);
  GBytes *bytes = mr_message_input_read (fds[0], dot_ends, &error);
  close (fds[0]);
  g_assert_no_error (error);
  return bytes;
}

static void
check_recipients (const char *text, const char *expected)
{
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) recipients = mr_message_input_dup_recipients (message, "host.example", NULL, &error);

  if (expected == NULL) {
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    return;
  }
  g_assert_no_error (error);
  g_autofree char *all = g_strjoinv (" ", recipients);
  g_assert_cmpstr (all, ==, expected);
}

static void
test_recipients (void)
{
  check_recipients ("To: a@x.example\nCc: B <b@x.example>, root\nBcc: c@x.example\n\nTo: no@x.example\n",
                    "a@x.example b@x.example root@host.example c@x.example");
  check_recipients ("To: a@x.example,\r\n  b@x.example\r\nTo: a@x.example\r\n\r\nx", "a@x.example b@x.example");
  check_recipients ("To: a@x.example\nResent-To: r@x.example\nResent-Bcc: s@x.example\n\n", "r@x.example s@x.example");
  check_recipients ("Subject: none\n\nTo: no@x.example\n", NULL);
  check_recipients ("", NULL);
  check_recipients ("To: a@x.example", "a@x.example");
}

/* What is no address is told, what names nobody is not. */
static void
test_bad_recipients (void)
{
  static const struct {
    const char *text;
    gboolean bad;
  } rows[] = { { "To: a@x.example\nBcc: \n\n", FALSE },
               { "To: a@x.example, undisclosed-recipients:;\n\n", FALSE },
               { "To: \"Doe, J\" <a@x.example>\nCc: (nobody)\n\n", FALSE },
               { "To: a@x.example\nBcc: broken <\n\n", TRUE },
               { "To: b@x..example\nCc: a@x.example\n\n", TRUE },
               { "Subject: none\n\n", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) message = g_bytes_new_static (rows[i].text, strlen (rows[i].text));
    gboolean bad = !rows[i].bad;
    g_auto (GStrv) found = mr_message_input_dup_recipients (message, "host.example", &bad, NULL);
    g_test_message ("%s", rows[i].text);
    g_assert_cmpint (bad, ==, rows[i].bad);
  }
}

static void
test_sender (void)
{
  static const struct {
    const char *text, *sender;
  } rows[] = { { "From: Ann <ann@x.example>\n\n", "ann@x.example" },
               { "From: ann@x.example\nResent-From: bob@x.example\n\n", "bob@x.example" },
               { "Subject: x\n\nFrom: no@x.example\n", NULL },
               { "From: nonsense\n\n", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) message = g_bytes_new_static (rows[i].text, strlen (rows[i].text));
    g_autofree char *sender = mr_message_input_dup_sender (message);
    g_assert_cmpstr (sender, ==, rows[i].sender);
  }
}

static void
test_dot (void)
{
  static const struct {
    const char *text;
    gboolean dot_ends;
    const char *expected;
  } rows[] = { { "a\n.\nb\n", TRUE, "a\n" },
               { "a\n.\nb\n", FALSE, "a\n.\nb\n" },
               { "a\r\n.\r\nb", TRUE, "a\r\n" },
               { "a\n..\nb", TRUE, "a\n..\nb" },
               { ".\n", TRUE, "" },
               { "a\n.", TRUE, "a\n" },
               { "", TRUE, "" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) bytes = read_text (rows[i].text, rows[i].dot_ends);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), rows[i].expected,
                     strlen (rows[i].expected));
  }
}

static void
test_maildrop (void)
{
  g_autofree char *base = g_dir_make_tmp ("mr-maildrop-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (base, "maildrop", NULL);
  g_autoptr (MrClock) clock = mr_clock_new_fake (1764000000000000);
  g_autoptr (GBytes) message = g_bytes_new_static ("Subject: x\n\nbody\n", 17);
  g_autoptr (GError) error = NULL;
  const char *const good[] = { "b@y.example", "c@y.example", NULL };
  const char *const bad[] = { "b@y.example\nR evil@y.example", NULL };

  g_assert_false (mr_maildrop_write (folder, clock, "a@x.example", bad, NULL, message, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));

  const MrMaildropWishes broken = { .envid = "1\nR evil@y.example" };
  g_assert_false (mr_maildrop_write (folder, clock, "a@x.example", good, &broken, message, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));

  const MrMaildropWishes wishes = { .notify = "SUCCESS,FAILURE", .ret = "HDRS", .envid = "a+2Bb" };
  g_assert_true (mr_maildrop_write (folder, clock, "", good, &wishes, message, &error));
  g_assert_no_error (error);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *path = g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_assert_null (g_dir_read_name (dir));
  g_assert_true (g_str_has_suffix (path, ".msg"));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "F \nR b@y.example\nR c@y.example\nN SUCCESS,FAILURE\nT HDRS\nV a+2Bb\n\nSubject: x\n\nbody\n");
  g_unlink (path);
  g_rmdir (folder);
  g_rmdir (base);
}

static void
test_never_text (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_never_record_free);
  MrNeverRecord *first = mr_never_record_new ("bob@example.org");
  MrNeverRecord *second = mr_never_record_new ("=cmd@example.org");

  first->reason = g_strdup ("said \"no\", twice\nand again");
  first->message_id = g_strdup ("0123456789ABCDEF");
  first->added = 1764000000000000;
  g_ptr_array_add (records, first);
  g_ptr_array_add (records, second);
  g_autofree char *since = mr_clock_format_iso8601 (first->added);
  g_autofree char *plain = mr_never_dup_text (records, mr_never_format_of_name ("/tmp/x.csv.txt"));
  g_autofree char *csv = mr_never_dup_text (records, mr_never_format_of_name ("list.CSV"));
  g_autofree char *expected = g_strdup_printf ("address,since,reason,message\r\n\"bob@example.org\",\"%s\",\"said "
                                               "\"\"no\"\", twice\nand again\",\"0123456789ABCDEF\"\r\n"
                                               "\"'=cmd@example.org\",\"\",\"\",\"\"\r\n",
                                               since);

  g_assert_cmpstr (plain, ==, "bob@example.org\n=cmd@example.org\n");
  g_assert_cmpstr (csv, ==, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/message-input/recipients", test_recipients);
  g_test_add_func ("/client/message-input/bad-recipients", test_bad_recipients);
  g_test_add_func ("/client/message-input/sender", test_sender);
  g_test_add_func ("/client/message-input/dot", test_dot);
  g_test_add_func ("/client/maildrop/write", test_maildrop);
  g_test_add_func ("/client/never-text", test_never_text);
  return g_test_run ();
}
