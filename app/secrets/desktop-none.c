/* Built without libgoa: the desktop has no accounts. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "secrets/desktop-accounts-private.h"

MrDesktopSource *
mr_desktop_source_open (MrDesktopAccounts *desktop)
{
  return NULL;
}

void
mr_desktop_source_close (MrDesktopSource *source)
{
}

void
mr_desktop_source_run (MrDesktopSource *source, MrDesktopCall *call)
{
  GError *error = NULL;

  if (call->id != NULL)
    error = g_error_new_literal (MR_ERROR, MR_ERROR_NOT_FOUND,
                                 _ ("This Mail Relay was built without GNOME Online Accounts"));
  else
    call->accounts = g_ptr_array_new ();
  mr_desktop_call_done (call, error);
}
