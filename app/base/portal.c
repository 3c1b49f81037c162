/* See portal.h. */
#include "base/portal.h"

gboolean
mr_portal_is_wanted (void)
{
  return g_strcmp0 (g_getenv ("GTK_USE_PORTAL"), "1") == 0 || g_getenv ("SNAP") != NULL
         || g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}
