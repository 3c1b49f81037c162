/* The page's pane beside the list: the one selected message, or how many are selected.
 *
 * One fetch at a time; what changes meanwhile is fetched once afterwards. Each message has a GCancellable of its own, so that the answer for one that was
 * left never shows beside another.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/messages-page-private.h"

static void
detail_ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;
  gboolean ok = mr_client_get_message_finish (MR_CLIENT (source), result, &message, &attempts, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrMessagesPage *self = data;
  self->fetching = FALSE;
  if (!ok) {
    /* Gone meanwhile: removed from the history, or the service went. The list says so by itself. */
    mr_message_detail_clear (self->detail, 0);
    return;
  }
  mr_message_detail_show (self->detail, g_steal_pointer (&message), g_steal_pointer (&attempts),
                          mr_desk_now (self->desk));
  mr_messages_page_update_actions (self);
  if (self->fetch_again)
    mr_messages_page_fetch_detail (self);
}

void
mr_messages_page_fetch_detail (MrMessagesPage *self)
{
  if (self->detail_id == NULL)
    return;
  self->fetch_again = self->fetching;
  if (self->fetching)
    return;
  self->fetching = TRUE;
  mr_client_get_message_async (mr_desk_get_client (self->desk), self->detail_id, self->fetch_cancellable,
                               detail_ready_cb, self);
}

static void
set_detail_id (MrMessagesPage *self, const char *id)
{
  if (g_strcmp0 (self->detail_id, id) == 0)
    return;
  if (self->fetch_cancellable != NULL)
    g_cancellable_cancel (self->fetch_cancellable);
  g_clear_object (&self->fetch_cancellable);
  g_clear_pointer (&self->detail_id, g_free);
  self->fetching = FALSE;
  self->fetch_again = FALSE;
  if (id == NULL)
    return;
  self->detail_id = g_strdup (id);
  self->fetch_cancellable = g_cancellable_new ();
  mr_messages_page_fetch_detail (self);
}

void
mr_messages_page_open_detail (MrMessagesPage *self)
{
  if (mr_messages_page_count_selected (self) == 1)
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail));
}

void
mr_messages_page_selection_changed_cb (MrMessagesPage *self)
{
  guint n = mr_messages_page_count_selected (self);
  g_autofree char *label = g_strdup_printf (ngettext ("%u selected", "%u selected", n), n);

  if (n == 1) {
    g_auto (GStrv) ids = mr_messages_page_dup_selected_ids (self);
    set_detail_id (self, ids[0]);
  } else {
    set_detail_id (self, NULL);
    mr_message_detail_clear (self->detail, n);
  }
  gtk_label_set_text (self->selection_label, label);
  gtk_action_bar_set_revealed (self->selection_bar, n > 1);
  mr_messages_page_update_actions (self);
}
