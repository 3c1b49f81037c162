/* What service and client must agree on. The error names are the nicks in camel case, so that the table of nicks stays the only list. */
#include "names.h"

#include <gio/gio.h>

#define PREFIX "com.example.MailRelay.Error."

static char *
dup_error_name (MrError code)
{
  GString *name = g_string_new (PREFIX);
  gboolean upper = TRUE;

  for (const char *p = mr_error_nick (code); *p != '\0'; p++) {
    if (*p != '-')
      g_string_append_c (name, upper ? g_ascii_toupper (*p) : *p);
    upper = *p == '-';
  }
  return g_string_free (name, FALSE);
}

void
mr_bus_register_errors (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  for (int code = 0; code < MR_ERROR_N_CODES; code++) {
    g_autofree char *name = dup_error_name ((MrError)code);
    g_dbus_error_register_error (MR_ERROR, code, name);
  }
  g_once_init_leave (&once, 1);
}

char *
mr_bus_dup_session_address (void)
{
  const char *given = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");

  if (given != NULL && *given != '\0' && !g_str_has_prefix (given, "autolaunch:"))
    return g_strdup (given);
  if (runtime == NULL || !g_path_is_absolute (runtime))
    return NULL;
  g_autofree char *path = g_build_filename (runtime, "bus", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  return g_strconcat ("unix:path=", escaped, NULL);
}
