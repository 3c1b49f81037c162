/* mail-relayd: paths and configuration (no GIO yet), netlink socket, the child that finds programs, sandbox, then the main loop. */
#include <config.h>

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/config.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "net/peer.h"
#include "service/daemon.h"
#include "service/signals.h"

/* Files outside the folders of the service that the configuration names. */
static void
allow_configured_files (MrConfig *config)
{
  g_auto (GStrv) accounts = mr_config_dup_ids (config, "account");

  if (*mr_config_get_string (config, "tls", "ca-file") != '\0')
    mr_sandbox_allow_read (mr_config_get_string (config, "tls", "ca-file"));
  for (guint i = 0; accounts[i] != NULL; i++) {
    g_autofree char *group = g_strconcat ("account ", accounts[i], NULL);
    const char *file = mr_config_get_string (config, group, "ca-file");
    if (*file != '\0')
      mr_sandbox_allow_read (file);
  }
}

static gboolean
prepare (const MrPaths *paths, const MrServiceOptions *options, GError **error)
{
  if (!mr_paths_ensure (paths, error))
    return FALSE;

  /* A configuration with an error is the engine's to tell; here the defaults will do. */
  g_autoptr (MrConfig) read = mr_config_load (paths->config_file, NULL);
  g_autoptr (MrConfig) config = read != NULL ? mr_config_ref (read) : mr_config_new_default ();
  if (options->has_log_level)
    mr_log_set_level (options->log_level);
  allow_configured_files (config);
  mr_peer_init ();
  if (options->no_sandbox)
    return TRUE;
  /* Without it messages are taken all the same, and say less about who sent them. */
  g_autoptr (GError) helpless = NULL;
  if (!mr_peer_start_helper (&helpless))
    mr_warning ("service", "%s", helpless->message);
  return mr_sandbox_apply (paths, NULL, error);
}

static void
signal_cb (int number, gpointer data)
{
  mr_daemon_stop (data);
}

static gboolean
run (const MrServiceOptions *options, GError **error)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();

  if (!prepare (paths, options, error))
    return FALSE;

  g_autoptr (MrClock) clock = mr_clock_new_real ();
  g_autoptr (MrDaemon) daemon = mr_daemon_new (paths, options, clock);
  if (!mr_signals_watch (signal_cb, daemon, error))
    return FALSE;
  gboolean ok = mr_daemon_run (daemon, error);
  mr_signals_unwatch ();
  return ok;
}

int
main (int argc, char **argv)
{
  MrServiceOptions options;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MR_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  /* One arena for the loop, one for the rest: each further one keeps pages that are never given back. */
  mallopt (M_ARENA_MAX, 2);
  /* Nothing here needs virtual file systems or a proxy's opinion; both would load modules and open connections. */
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_setenv ("GIO_USE_VOLUME_MONITOR", "unix", TRUE);
  umask (0077);
  mr_crypto_keep_to_the_end ();

  if (!mr_service_options_parse (&argc, &argv, &options, &error)) {
    fprintf (stderr, "mail-relayd: %s\n", error->message);
    return 2;
  }
  if (options.version) {
    puts ("mail-relayd " MR_VERSION);
    return 0;
  }
  if (!run (&options, &error)) {
    fprintf (stderr, "mail-relayd: %s\n", error->message);
    return 1;
  }
  return 0;
}
