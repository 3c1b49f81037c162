/* Command line of mail-relayd. */
#pragma once

#include <mailrelay/types.h>

#include "base/log.h"

G_BEGIN_DECLS

typedef struct {
  gboolean version;
  gboolean no_sandbox;
  gboolean foreground_info; /* tells on standard output how to go on, for a person who started it in a terminal */
  gboolean has_log_level;
  MrLogLevel log_level;
} MrServiceOptions;

/* --help prints and ends the process. Error: what is wrong with the arguments. */
gboolean mr_service_options_parse (int *argc, char ***argv, MrServiceOptions *ret, GError **error);

G_END_DECLS
