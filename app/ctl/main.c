/* mail-relayctl: one verb a file, found in a table. */
#include <config.h>

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>

#include "base/log.h"
#include "ctl/ctl.h"

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MR_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  mr_log_set_stderr (FALSE);

  if (argc > 1 && g_str_equal (argv[1], "--version")) {
    puts ("mail-relayctl " MR_VERSION);
    return MR_EXIT_DONE;
  }
  g_autoptr (MrCtl) ctl = mr_ctl_new ();
  return mr_verb_dispatch (ctl, "mail-relayctl", mr_verbs, argc - 1, argv + 1);
}
