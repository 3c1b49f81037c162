/* The command lines that programs really use. */
#include "sendmail/arguments.h"

#include <string.h>

/* "t:i:from:recipients" */
static char *
parse (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_auto (MrSendmailArguments) arguments = { 0 };
  g_autoptr (GError) error = NULL;

  if (!mr_sendmail_arguments_parse ((int)g_strv_length (words), words, &arguments, &error)) {
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    return g_strdup ("error");
  }
  g_ptr_array_add (arguments.recipients, NULL);
  g_autofree char *recipients = g_strjoinv (",", (char **)arguments.recipients->pdata);
  return g_strdup_printf ("%d:%d:%s:%s", arguments.recipients_from_header, arguments.dot_is_text,
                          arguments.from != NULL ? arguments.from : "-", recipients);
}

static void
test_lines (void)
{
  static const struct {
    const char *line, *expected;
  } rows[] = {
    { "sendmail a@x", "0:0:-:a@x" },
    { "sendmail -t -i", "1:1:-:" },
    { "sendmail -ti", "1:1:-:" },
    { "sendmail -i -f me@x.example a@x b@x", "0:1:me@x.example:a@x,b@x" },
    { "sendmail -fme@x a@x", "0:0:me@x:a@x" },
    { "sendmail -rme@x a@x", "0:0:me@x:a@x" },
    { "sendmail -f <> a@x", "0:0:<>:a@x" },
    { "sendmail -oi -oem -odb -- a@x", "0:1:-:a@x" },
    { "sendmail -FCronDaemon -B8BITMIME -oem root", "0:0:-:root" },
    { "sendmail -F Name -i a@x", "0:1:-:a@x" },
    { "sendmail -bm -em -m -v -U a@x", "0:0:-:a@x" },
    { "sendmail -N failure,delay -R hdrs -V env a@x", "0:0:-:a@x" },
    { "sendmail -O DeliveryMode=b -X /dev/null a@x", "0:0:-:a@x" },
    { "sendmail -i -- -odd@x", "0:1:-:-odd@x" },
    { "sendmail -", "0:0:-:-" },
    { "sendmail -bs", "error" },
    { "sendmail -bp", "error" },
    { "sendmail -f", "error" },
    { "sendmail -Z a@x", "error" },
    { "sendmail -N sometimes a@x", "error" },
    { "sendmail -N never,delay a@x", "error" },
    { "sendmail -R body a@x", "error" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *result = parse (rows[i].line);
    g_test_message ("%s", rows[i].line);
    g_assert_cmpstr (result, ==, rows[i].expected);
  }
}

static void
test_wishes (void)
{
  g_auto (GStrv) words = g_strsplit ("sendmail|-N|failure,delay|-Rhdrs|-V|Q 1|a@x", "|", -1);
  g_auto (MrSendmailArguments) arguments = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (mr_sendmail_arguments_parse (7, words, &arguments, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (arguments.notify, ==, MR_NOTIFY_FAILURE | MR_NOTIFY_DELAY);
  g_assert_cmpint (arguments.ret, ==, MR_RETURN_HEADERS);
  g_assert_cmpstr (arguments.envid, ==, "Q 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sendmail/arguments/lines", test_lines);
  g_test_add_func ("/sendmail/arguments/wishes", test_wishes);
  return g_test_run ();
}
