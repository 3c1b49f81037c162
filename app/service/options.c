/* Command line of mail-relayd: GLib's parser, no GIO (the sandbox does not stand yet). */
#include <config.h>

#include "service/options.h"

#include <glib/gi18n-lib.h>

static gboolean
read_level (const char *word, MrServiceOptions *options, GError **error)
{
  static const char *const levels[] = { "debug", "info", "warning", "error" };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (word, levels[i])) {
      options->has_log_level = TRUE;
      options->log_level = (MrLogLevel)i;
      return TRUE;
    }
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not a log level: use debug, info, warning or error"),
               word);
  return FALSE;
}

gboolean
mr_service_options_parse (int *argc, char ***argv, MrServiceOptions *ret, GError **error)
{
  MrServiceOptions options = { 0 };
  g_autofree char *level = NULL;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &options.version, N_ ("Print the version and end"), NULL },
    { "foreground-info", 0, 0, G_OPTION_ARG_NONE, &options.foreground_info,
      N_ ("Print where it listens, how to send a first message and how to add an account"), NULL },
    { "log-level", 0, 0, G_OPTION_ARG_STRING, &level, N_ ("Least important lines to log"), "debug|info|warning|error" },
    { "no-sandbox", 0, 0, G_OPTION_ARG_NONE, &options.no_sandbox,
      N_ ("Do not confine the process (for debuggers and tracing tools)"), NULL },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context,
                                _ ("Mail Relay's service: takes mail from programs, keeps it and delivers it."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not understood: see mail-relayd --help"), (*argv)[1]);
    return FALSE;
  }
  if (level != NULL && !read_level (level, &options, error))
    return FALSE;
  *ret = options;
  return TRUE;
}
