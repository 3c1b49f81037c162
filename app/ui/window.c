/* The main window: which of its faces is shown, what the status bar says, how the header follows the pages. The actions are in
 * window-actions.c; the pages know nothing of the window but the names of its actions.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"
#include "ui/set-up-state.h"
#include "ui/settings.h"
#include "ui/toast.h"
#include "ui/window-private.h"

G_DEFINE_FINAL_TYPE (MrWindow, mr_window, ADW_TYPE_APPLICATION_WINDOW)

MrMessagesPage *
mr_window_current_messages (MrWindow *self)
{
  GtkWidget *child = adw_view_stack_get_visible_child (self->pages);

  return MR_IS_MESSAGES_PAGE (child) ? MR_MESSAGES_PAGE (child) : NULL;
}

static const char *
choose_face (MrWindow *self)
{
  gboolean connected = mr_client_is_connected (mr_desk_get_client (self->desk));

  if (mr_desk_knows_accounts (self->desk) && mr_desk_get_status (self->desk) != NULL) {
    if (g_list_model_get_n_items (mr_desk_get_accounts (self->desk)) > 0)
      self->had_account = TRUE;
    return self->had_account || self->welcome_skipped ? "main" : "welcome";
  }
  if (connected || mr_client_is_connecting (mr_desk_get_client (self->desk))
      || mr_client_get_connect_error (mr_desk_get_client (self->desk)) == NULL)
    return "starting";
  return "unreachable";
}

static void
update_header (MrWindow *self, const char *face)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);
  gboolean main_face = g_str_equal (face, "main");
  gboolean paused = status != NULL && status->paused;
  const char *label = paused ? _ ("Go on with sending") : _ ("Pause sending");
  MrMessagesPage *page = mr_window_current_messages (self);
  gboolean can_go_back = main_face && page != NULL && mr_messages_page_get_can_go_back (page);

  gtk_stack_set_visible_child_name (self->title_stack, main_face ? "switcher" : "plain");
  adw_view_switcher_bar_set_reveal (self->switcher_bar,
                                    main_face && adw_view_switcher_title_get_title_visible (self->switcher_title));
  gtk_widget_set_visible (self->back_button, can_go_back);
  gtk_widget_set_visible (GTK_WIDGET (self->pause_button), main_face && !can_go_back);
  gtk_button_set_icon_name (self->pause_button,
                            paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.toggle-paused", status != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back", can_go_back);
}

static void
update_tabs (MrWindow *self, const MrNoticeFacts *facts)
{
  adw_view_stack_page_set_badge_number (self->outbox_tab, (guint)MIN (facts->n_waiting, 9999));
  adw_view_stack_page_set_visible (self->held_tab, facts->n_held > 0 || facts->keeps_everything);
  adw_view_stack_page_set_badge_number (self->held_tab, (guint)MIN (facts->n_held, 9999));
  adw_view_stack_page_set_needs_attention (self->accounts_tab, facts->n_accounts_in_trouble > 0);
}

static void
update_notice (MrWindow *self, const char *face, const MrNoticeFacts *facts)
{
  g_auto (MrNotice) notice = { 0 };

  /* The other faces say themselves what is to be done. */
  if (g_str_equal (face, "main") || (g_str_equal (face, "welcome") && facts->connected))
    mr_notice_choose (facts, &notice);
  if (g_str_equal (face, "welcome") && g_strcmp0 (notice.action, "win.add-account") == 0)
    notice.button = NULL;
  mr_status_bar_set_notice (self->status_bar, &notice);
}

/* Who closed everything half-way goes on with the address that was entered. */
static void
update_welcome (MrWindow *self)
{
  g_autofree char *address = mr_set_up_dup_address (self->settings);
  g_autofree char *label = address != NULL ? g_strdup_printf (_ ("Go On With %s"), address) : NULL;

  gtk_button_set_label (self->welcome_add, label != NULL ? label : _ ("Add a Sending Account"));
}

void
mr_window_update (MrWindow *self)
{
  if (self->desk == NULL)
    return;
  const char *face = choose_face (self);
  MrNoticeFacts facts;

  mr_desk_get_notice_facts (self->desk, &facts);
  mr_window_saw_keyring (self, g_strcmp0 (facts.secrets_state, "ok") == 0);
  facts.keyring_talk = self->keyring_talk;
  gtk_stack_set_visible_child_name (self->top, face);
  if (g_str_equal (face, "welcome"))
    update_welcome (self);
  if (g_str_equal (face, "unreachable")) {
    g_autofree char *markup = g_markup_escape_text (facts.connect_error != NULL ? facts.connect_error : "", -1);
    adw_status_page_set_description (self->unreachable_page, markup);
  }
  update_header (self, face);
  update_tabs (self, &facts);
  mr_window_update_hold_actions (self);
  update_notice (self, face, &facts);
}

static gboolean
update_cb (gpointer data)
{
  MrWindow *self = data;

  self->updating = 0;
  mr_window_update (self);
  return G_SOURCE_REMOVE;
}

/* For what is told while sizes are handed out (folding, squeezing): the header must not change under that. */
static void
queue_update (MrWindow *self)
{
  if (self->updating == 0)
    self->updating = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_cb, self, NULL);
}

void
mr_window_show_page (MrWindow *self, const char *name)
{
  g_return_if_fail (MR_IS_WINDOW (self));
  adw_view_stack_set_visible_child_name (self->pages, name);
}

static gboolean
show_message (MrWindow *self, const char *id)
{
  MrMessagesPage *pages[] = { self->outbox, self->history };
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (mr_messages_page_show_message (pages[i], id)) {
      adw_view_stack_set_visible_child (self->pages, GTK_WIDGET (pages[i]));
      return TRUE;
    }
  return FALSE;
}

static void
listed_cb (MrWindow *self)
{
  if (self->followed == NULL)
    return;
  if (show_message (self, self->followed)
      || (mr_messages_page_is_loaded (self->outbox) && mr_messages_page_is_loaded (self->history)))
    g_clear_pointer (&self->followed, g_free);
}

/* A copy of long ago, or one that was removed. */
static void
followed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;

  if (mr_client_get_message_finish (MR_CLIENT (source), result, &message, &attempts, &error)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrWindow *self = data;
  g_clear_pointer (&self->followed, g_free);
  mr_toast_show_error (data, _ ("The message cannot be shown"), error);
}

void
mr_window_follow_message (MrWindow *self, const char *id)
{
  g_return_if_fail (MR_IS_WINDOW (self));

  g_clear_pointer (&self->followed, g_free);
  if (show_message (self, id))
    return;
  /* A search or a filter may hide it. */
  self->followed = g_strdup (id);
  mr_messages_page_show_all (self->outbox);
  mr_messages_page_show_all (self->history);
  if (mr_client_is_connected (mr_desk_get_client (self->desk)))
    mr_client_get_message_async (mr_desk_get_client (self->desk), id, self->cancellable, followed_cb, self);
}

static void
show_message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mr_window_follow_message (MR_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
mr_window_dispose (GObject *object)
{
  MrWindow *self = MR_WINDOW (object);

  g_clear_handle_id (&self->updating, g_source_remove);
  g_clear_pointer (&self->pause_popover, gtk_widget_unparent);
  g_clear_pointer (&self->test_message, g_free);
  g_clear_pointer (&self->followed, g_free);
  g_cancellable_cancel (self->cancellable);
  mr_window_cancel_keyring (self);
  g_clear_object (&self->desk);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (mr_window_parent_class)->dispose (object);
}

static void
mr_window_finalize (GObject *object)
{
  g_clear_object (&MR_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (mr_window_parent_class)->finalize (object);
}

static void
mr_window_init (MrWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->switcher_title, "notify::title-visible", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pages, "notify::visible-child", G_CALLBACK (mr_window_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outbox, "notify::can-go-back", G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->held, "notify::can-go-back", G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outbox, "listed", G_CALLBACK (listed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->history, "listed", G_CALLBACK (listed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->history, "notify::can-go-back", G_CALLBACK (queue_update), self, G_CONNECT_SWAPPED);
}

static void
mr_window_class_init (MrWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_STATUS_BAR);
  g_type_ensure (MR_TYPE_MESSAGES_PAGE);
  g_type_ensure (MR_TYPE_ACCOUNTS_PAGE);
  object_class->dispose = mr_window_dispose;
  object_class->finalize = mr_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, title_stack);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, switcher_title);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, status_bar);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, top);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, unreachable_page);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, welcome_add);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, outbox_tab);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, accounts_tab);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, outbox);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, held_tab);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, held);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, history);
  gtk_widget_class_bind_template_child (widget_class, MrWindow, accounts);
  gtk_widget_class_install_action (widget_class, "win.show-message", "s", show_message_action);
  mr_window_install_actions (widget_class);
  mr_window_install_keyring_actions (widget_class);
  mr_window_install_hold_actions (widget_class);
  mr_window_install_account_actions (widget_class);
}

static void
remember (MrWindow *self)
{
  self->settings = mr_settings_new ();
  if (self->settings == NULL)
    return;
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  self->welcome_skipped = g_settings_get_boolean (self->settings, "first-run-done");
}

GtkWidget *
mr_window_new (GtkApplication *application, MrDesk *desk)
{
  MrWindow *self = g_object_new (MR_TYPE_WINDOW, "application", application, NULL);

  self->desk = g_object_ref (desk);
  remember (self);
  mr_messages_page_set_desk (self->outbox, desk);
  mr_messages_page_set_desk (self->held, desk);
  mr_messages_page_set_desk (self->history, desk);
  mr_accounts_page_set_desk (self->accounts, desk);
  g_signal_connect_object (desk, "status-changed", G_CALLBACK (mr_window_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (desk, "accounts-changed", G_CALLBACK (mr_window_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (desk, "programs-changed", G_CALLBACK (mr_window_update), self, G_CONNECT_SWAPPED);
  mr_window_update (self);
  return GTK_WIDGET (self);
}
