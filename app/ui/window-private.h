/* The window's parts, for window.c, window-actions.c and window-keyring.c only. */
#pragma once

#include "ui/accounts-page.h"
#include "ui/messages-page.h"
#include "ui/status-bar.h"
#include "ui/window.h"

G_BEGIN_DECLS

struct _MrWindow {
  AdwApplicationWindow parent_instance;
  AdwToastOverlay *toasts;
  GtkStack *title_stack;
  AdwViewSwitcherTitle *switcher_title;
  AdwViewSwitcherBar *switcher_bar;
  GtkWidget *back_button, *menu_button;
  GtkButton *pause_button;
  MrStatusBar *status_bar;
  GtkStack *top;
  AdwStatusPage *unreachable_page;
  GtkButton *welcome_add;
  AdwViewStack *pages;
  AdwViewStackPage *outbox_tab, *held_tab, *accounts_tab;
  MrMessagesPage *outbox, *held, *history;
  MrAccountsPage *accounts;

  MrDesk *desk;
  GSettings *settings; /* NULL: nothing is remembered */
  GCancellable *cancellable;
  MrKeyringTalk keyring_talk;
  GCancellable *keyring_question; /* NULL: none is open */
  gboolean keyring_is_open;       /* as last seen */
  GtkWidget *pause_popover;       /* NULL until it is first opened */
  guint updating;                 /* source */
  gboolean adding_first;          /* the account page that is open is for the first account */
  char *test_message;             /* queue id of the last message to oneself; NULL */
  char *followed;                 /* queue id of the message to be shown once the lists are known; NULL */
  gboolean welcome_skipped;
  gboolean had_account; /* since this window is open: the first-run page does not come back */
};

void mr_window_install_actions (GtkWidgetClass *widget_class);
void mr_window_install_account_actions (GtkWidgetClass *widget_class);
void mr_window_install_hold_actions (GtkWidgetClass *widget_class);
/* Says which of its actions can be used now. */
void mr_window_update_hold_actions (MrWindow *self);
void mr_window_install_keyring_actions (GtkWidgetClass *widget_class);
/* As the status says. Opened by somebody else: what was said about our question is over, and the question as well. */
void mr_window_saw_keyring (MrWindow *self, gboolean is_open);
/* Waits no longer for the keyring's question where one is open. */
void mr_window_cancel_keyring (MrWindow *self);
void mr_window_update (MrWindow *self);
MrMessagesPage *mr_window_current_messages (MrWindow *self);

G_END_DECLS
