/* The five interfaces, each an adapter in a file of its own: check, call the engine, convert, answer. None decides
 * anything. Skeletons are exported on every connection that there is; the engine must outlive them. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* Called when a client asked the service to end. */
typedef void (*MrQuitFunc) (gpointer data);

/* (transfer full) */
GDBusInterfaceSkeleton *
mr_service_interface_new (MrEngine *engine, const char *bus_socket, MrQuitFunc quit, gpointer quit_data);
GDBusInterfaceSkeleton *mr_outbox_interface_new (MrEngine *engine);
/* The part of Outbox that lists messages. */
void mr_lists_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine);
/* The part of Outbox about what a person changes. */
void mr_edits_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine);
/* The parts of Service and Outbox about pauses and rules that keep mail back. */
void mr_holds_interface_attach_service (GDBusInterfaceSkeleton *service, MrEngine *engine);
void mr_holds_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine);
/* The part of Outbox about what comes back. */
void mr_returned_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine);
/* The part of Outbox about statistics and the audit log. */
void mr_statistics_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine);
/* The part of Outbox about what is being sent right now. */
void mr_activity_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine);
GDBusInterfaceSkeleton *mr_accounts_interface_new (MrEngine *engine);
GDBusInterfaceSkeleton *mr_programs_interface_new (MrEngine *engine);
GDBusInterfaceSkeleton *mr_domains_interface_new (MrEngine *engine);
/* The part of Domains about keys, entries to publish and waiting for them. */
void mr_publish_interface_attach (GDBusInterfaceSkeleton *domains, MrEngine *engine);
/* The part of Domains about changing entries and checking what came back. */
void mr_prove_interface_attach (GDBusInterfaceSkeleton *domains, MrEngine *engine);
/* A watch has looked again: everybody is told. */
void mr_publish_interface_watch_changed (GDBusInterfaceSkeleton *domains, const char *domain, GVariant *watch);

/* The engine told of a change: emits Changed and keeps the properties true. */
void mr_service_interface_changed (GDBusInterfaceSkeleton *skeleton, MrChanged what, guint64 revision);
/* A connection is gone: tests that it had started are stopped. NULL: the service ends, and no further test is started. */
void mr_accounts_interface_forget (GDBusInterfaceSkeleton *skeleton, GDBusConnection *connection);
/* The same for domain checks. */
void mr_domains_interface_forget (GDBusInterfaceSkeleton *skeleton, GDBusConnection *connection);
/* Signing in, on the skeleton of the accounts. A sign-in belongs to the connection and the sender that started it. */
void mr_sign_in_interface_attach (GDBusInterfaceSkeleton *accounts, MrEngine *engine);
void mr_sign_in_interface_forget (GDBusInterfaceSkeleton *accounts, GDBusConnection *connection);

G_END_DECLS
