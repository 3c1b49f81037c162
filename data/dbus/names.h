/* Names on the bus, where the bus is, and the errors of MR_ERROR as D-Bus errors: com.example.MailRelay.Error.NotFound and so on. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_BUS_NAME     "com.example.MailRelay.Service"
#define MR_BUS_PATH     "/com/example/MailRelay/Service"
#define MR_BUS_SERVICE  "com.example.MailRelay.Service"
#define MR_BUS_OUTBOX   "com.example.MailRelay.Outbox"
#define MR_BUS_ACCOUNTS "com.example.MailRelay.Accounts"
#define MR_BUS_DOMAINS  "com.example.MailRelay.Domains"
#define MR_BUS_PROGRAMS "com.example.MailRelay.Programs"

/* Both sides call this once, before the first message: then an MR_ERROR of the service arrives as MR_ERROR with its code. */
void mr_bus_register_errors (void);
/* Address of the session bus; NULL where there is none: nothing is ever started to get one. (transfer full) */
char *mr_bus_dup_session_address (void);

G_END_DECLS
