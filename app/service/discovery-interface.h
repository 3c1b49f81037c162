/* The part of com.example.MailRelay.Accounts that finds settings: Discover and CancelDiscover. */
#pragma once

#include <mailrelay/engine.h>

#include "data/dbus/mailrelay-dbus.h"

G_BEGIN_DECLS

/* Handles its methods on the skeleton, as long as that lives. */
void mr_discovery_interface_connect (MrDBusAccounts *skeleton, MrEngine *engine);
/* As mr_accounts_interface_forget(). */
void mr_discovery_interface_forget (MrDBusAccounts *skeleton, GDBusConnection *connection);

G_END_DECLS
