/* mail-relay-sendmail: from the command line to an exit code. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

int mr_sendmail_main (int argc, char **argv);

G_END_DECLS
