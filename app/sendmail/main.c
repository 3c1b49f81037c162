/* mail-relay-sendmail */
#include <config.h>

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>

#include "base/log.h"
#include "sendmail/sendmail.h"

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MR_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  mr_log_set_stderr (FALSE);
  signal (SIGPIPE, SIG_IGN);
  return mr_sendmail_main (argc, argv);
}
