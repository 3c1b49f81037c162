/* What an empty list says: why there is nothing, and the next step. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/messages-page-private.h"
#include "ui/record-item.h"

typedef struct {
  const char *icon, *title, *text, *button, *action; /* button NULL: none */
} Words;

static const Words no_account
    = { "avatar-default-symbolic", N_ ("No Sending Account Yet"),
        N_ ("Mail that programs hand in is kept safely and waits for an account that sends it."),
        N_ ("Add a Sending Account"), "win.add-account" };
static const Words outbox = { "mail-send-symbolic", N_ ("Nothing Waits"),
                              N_ ("Messages that programs hand in show up here until they are sent."),
                              N_ ("Connect Programs…"), "win.connect-programs" };
static const Words history = { "document-open-recent-symbolic", N_ ("No History Yet"),
                               N_ ("Messages are listed here once they were handed over, refused or stopped."),
                               N_ ("Send Me a Test Message"), "win.test-message" };
static const Words held = { "media-playback-pause-symbolic", N_ ("Nothing Is Kept Back"),
                            N_ ("Messages that you or your rules keep back wait here until you send them, send them to "
                                "others, or stop them."),
                            N_ ("Rules for Keeping Back…"), "win.hold-rules" };

/* The default account's id; NULL: there is none. Borrowed. */
static const char *
usual_account (MrMessagesPage *self)
{
  GListModel *accounts = self->desk != NULL ? mr_desk_get_accounts (self->desk) : NULL;
  const char *id = NULL;

  for (guint i = 0; accounts != NULL && i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    if (id == NULL || account->is_default)
      id = account->id;
  }
  return id;
}

void
mr_messages_page_update_empty (MrMessagesPage *self)
{
  const char *account = usual_account (self);
  gboolean none = self->desk != NULL && mr_desk_knows_accounts (self->desk) && account == NULL;
  const Words *words = self->held ? &held : none ? &no_account : self->history ? &history : &outbox;
  gboolean is_test = words == &history;

  adw_status_page_set_icon_name (self->empty_page, words->icon);
  adw_status_page_set_title (self->empty_page, _ (words->title));
  adw_status_page_set_description (self->empty_page, _ (words->text));
  gtk_button_set_label (self->empty_button, _ (words->button));
  gtk_widget_set_visible (GTK_WIDGET (self->empty_button), !is_test || account != NULL);
  /* Never a name with the target of another. */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button), NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->empty_button),
                                          is_test && account != NULL ? g_variant_new_string (account) : NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button),
                                  is_test && account == NULL ? NULL : words->action);
}
