/* Telling the service manager how far we are (sd_notify(3)); does nothing where no manager asked for it. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* state: "READY=1", "STOPPING=1", "STATUS=..." */
void mr_service_notify (const char *state);

G_END_DECLS
