/* mail-relay: the window. */
#include "config.h"

#include "ui/application.h"

int
main (int argc, char **argv)
{
  mr_application_init_locale ();
  g_autoptr (MrApplication) application = mr_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
