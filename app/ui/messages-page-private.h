/* The page's parts, for the files messages-*.c only. */
#pragma once

#include <adwaita.h>

#include "client/message-model.h"
#include "ui/desk.h"
#include "ui/group-list.h"
#include "ui/list-bar.h"
#include "ui/message-detail.h"
#include "ui/messages-page.h"
#include "ui/selection.h"
#include "ui/set-up-card.h"
#include "ui/wait-card.h"

G_BEGIN_DECLS

struct _MrMessagesPage {
  GtkWidget parent_instance;
  AdwLeaflet *leaflet;
  GtkWidget *list_side;
  MrListBar *bar;
  MrWaitCard *wait_card; /* stays hidden in the history */
  MrSetUpCard *set_up_card;
  GtkStack *list_stack;
  MrGroupList *groups;
  GtkWidget *group_head, *group_back; /* of the group that is open */
  GtkLabel *group_title, *group_count;
  gboolean select_group; /* all of it, once it is listed */
  GtkListView *list;
  AdwStatusPage *empty_page;
  GtkButton *empty_button;
  GtkActionBar *selection_bar;
  GtkLabel *selection_label;
  GtkWidget *bar_stop, *bar_keep, *bar_send, *bar_try, *bar_remove;
  MrMessageDetail *detail;
  GMenuModel *context_menu;
  GtkWidget *context_popover;

  gboolean history;
  MrDesk *desk;
  MrMessageModel *model;
  MrSelection *selection;
  GHashTable *bound; /* GtkListItem that are on the screen */
  guint tick, widen;
  gboolean wide;
  GCancellable *cancellable; /* of all calls but the detail's */

  char *detail_id; /* the one selected message */
  GCancellable *fetch_cancellable;
  gboolean fetching, fetch_again;
  char **undo_ids;          /* messages that "Undo" is about */
  gboolean undo_is_release; /* it sends them; else it brings them back */
  gboolean held;            /* only what is kept back */
};

guint mr_messages_page_count_selected (MrMessagesPage *self);
/* (transfer full) in the order of the list. */
char **mr_messages_page_dup_selected_ids (MrMessagesPage *self);
void mr_messages_page_update_actions (MrMessagesPage *self);
/* messages-keep.c: to a file, the clipboard, paper. */
void mr_messages_page_update_keep_actions (MrMessagesPage *self);
void mr_messages_page_install_keep_actions (GtkWidgetClass *widget_class);
void mr_messages_page_install_actions (GtkWidgetClass *widget_class);

/* messages-actions.c: the end of a call that counts messages. dup_words: what the toast says. undo_ids (transfer full) or NULL: with "Undo". */
typedef gboolean (*MrCountFinish) (MrClient *client, GAsyncResult *result, guint *ret_count, GError **error);
gpointer
mr_messages_call_new (MrMessagesPage *self, MrCountFinish finish, char *(*dup_words) (guint count), char **undo_ids);
void mr_messages_call_done_cb (GObject *source, GAsyncResult *result, gpointer call);

/* messages-empty.c: the next step of a list with nothing in it. */
void mr_messages_page_update_empty (MrMessagesPage *self);
/* messages-edits.c; the second is part of the first */
void mr_messages_page_install_edits (GtkWidgetClass *widget_class);
void mr_messages_page_install_again (GtkWidgetClass *widget_class);
void mr_messages_page_update_edits (MrMessagesPage *self, gboolean active, gboolean finished);
/* messages-detail.c: what is selected is shown beside the list. */
void mr_messages_page_selection_changed_cb (MrMessagesPage *self);
/* Brings what is shown up to date. */
void mr_messages_page_fetch_detail (MrMessagesPage *self);
/* On a narrow page the detail takes the place of the list. Only for one message. */
void mr_messages_page_open_detail (MrMessagesPage *self);
/* messages-groups.c */
gboolean mr_messages_page_shows_groups (MrMessagesPage *self);
void mr_messages_page_update_groups (MrMessagesPage *self, const MrListFilter *filter);
void mr_messages_page_count_group (MrMessagesPage *self);
void mr_messages_page_group_chosen_cb (MrMessagesPage *self, const char *value, gboolean all);
void mr_messages_page_group_back_cb (MrMessagesPage *self);
/* messages-rows.c */
void mr_messages_page_set_up_rows (MrMessagesPage *self);
/* The list gets its model with the first look at it. */
void mr_messages_page_attach_list (MrMessagesPage *self);
void mr_messages_page_popup_menu (MrMessagesPage *self, double x, double y);

G_END_DECLS
