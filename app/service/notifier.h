/* Notes on the desktop, over the session bus: by the notification service (org.freedesktop.Notifications), in a sandbox and where that one is missing
 * by the portal (org.freedesktop.portal.Notification); notify-ways.c knows how.
 *
 * A note has a key; showing the same key again replaces what is on the screen. Where no notification service runs nothing is shown and nothing fails;
 * when one appears (or comes back) it gets the notes that stand. A click opens the window, which the bus starts where it is not running.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MrNotifier MrNotifier;

/* A person closed the note, clicked on it, or it faded away: it is forgotten here and may be shown again. */
typedef void (*MrNotifierGoneFunc) (const char *key, gpointer data);
MrNotifier *mr_notifier_new (MrNotifierGoneFunc gone, gpointer data);
/* Takes what is on the screen away: without us its button would do nothing. */
void mr_notifier_free (MrNotifier *notifier);
/* NULL: the session bus is gone. */
void mr_notifier_set_connection (MrNotifier *notifier, GDBusConnection *connection);
/* title and body: plain text. message: id of the message that a click opens, NULL: the window as it is. */
void mr_notifier_show (MrNotifier *notifier, const char *key, const char *title, const char *body, const char *message);
/* The same; a click opens the window about that domain. */
void mr_notifier_show_domain (MrNotifier *notifier, const char *key, const char *title, const char *body,
                              const char *domain);
/* The same with a button of its own, which is told to MrNotifierButtonFunc; button NULL: none. */
void mr_notifier_show_button (MrNotifier *notifier, const char *key, const char *title, const char *body,
                              const char *message, const char *button);
/* The button of the note was pressed; it is forgotten after that. The service does what it says: the window may be closed. */
typedef void (*MrNotifierButtonFunc) (const char *key, gpointer data);
void mr_notifier_set_button_func (MrNotifier *notifier, MrNotifierButtonFunc func, gpointer data);
/* A key that is not shown is no error. */
void mr_notifier_close (MrNotifier *notifier, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrNotifier, mr_notifier_free)

G_END_DECLS
