/* Tests of the rewriting of a sender that is not public. */
#include <string.h>

#include "mail/convert.h"
#include "messages.h"

static char *
rewrite (const char *text, const char *old_address, const char *new_address)
{
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) result = mr_convert_rewrite_sender (message, old_address, new_address, &error);

  g_assert_no_error (error);
  return g_strndup (g_bytes_get_size (result) > 0 ? g_bytes_get_data (result, NULL) : "", g_bytes_get_size (result));
}

static void
test_fields (void)
{
  static const struct {
    const char *text, *expected;
  } cases[] = {
    { "From: root@desk\r\n\r\nroot@desk\r\n", "From: me@example.org\r\n\r\nroot@desk\r\n" },
    { "From: \"R, oot\" <root@DESK>\r\n\r\n", "From: \"R, oot\" <me@example.org>\r\n\r\n" },
    { "from :\r\n\t=?utf-8?q?R=C3=B6?=\r\n\t<root@desk> (root@desk)\r\nX: y\r\n\r\nb",
      "from :\r\n\t=?utf-8?q?R=C3=B6?=\r\n\t<me@example.org> (root@desk)\r\nX: y\r\n\r\nb" },
    { "Sender: root@desk\r\nReply-To: root@desk, other@desk\r\nFrom: a@example.org\r\nTo: root@desk\r\nCc: "
      "root@desk\r\n\r\n",
      "Sender: me@example.org\r\nReply-To: me@example.org, other@desk\r\nFrom: a@example.org\r\nTo: root@desk\r\nCc: "
      "root@desk\r\n\r\n" },
    { "From: root (Cron Daemon)\r\n\r\n", "From: me@example.org (Cron Daemon)\r\n\r\n" },
    { "From: roo, rooted, Root@desk, root@desk.example\r\n\r\n",
      "From: roo, rooted, Root@desk, root@desk.example\r\n\r\n" },
    { "From: root@desk, x@y.example, <root@desk>\r\n\r\n",
      "From: me@example.org, x@y.example, <me@example.org>\r\n\r\n" },
    { "Subject: x\r\nno header\r\nFrom: root@desk\r\n", "Subject: x\r\nno header\r\nFrom: root@desk\r\n" },
    { "From: root@desk", "From: me@example.org" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *found = rewrite (cases[i].text, "root@desk", "me@example.org");
    g_assert_cmpstr (found, ==, cases[i].expected);
  }
}

static void
test_public_bare (void)
{
  /* A bare local part stands for an address of this machine only. */
  g_autofree char *found = rewrite ("From: ada\r\n\r\n", "ada@example.org", "me@example.org");

  g_assert_cmpstr (found, ==, "From: ada\r\n\r\n");
}

static void
test_unchanged (void)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("From: a@b.example\r\n\r\nx", 22);
  g_autoptr (GBytes) result = mr_convert_rewrite_sender (message, "root@desk", "me@example.org", NULL);

  g_assert_true (result == message);
}

static void
test_bad_address (void)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("From: root@desk\r\n\r\n", 19);
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_convert_rewrite_sender (message, "root@desk", "me@example.org\r\nBcc: x@y.example", &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/rewrite/fields", test_fields);
  g_test_add_func ("/mail/rewrite/public-bare", test_public_bare);
  g_test_add_func ("/mail/rewrite/unchanged", test_unchanged);
  g_test_add_func ("/mail/rewrite/bad-address", test_bad_address);
  return g_test_run ();
}
