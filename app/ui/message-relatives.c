/* An id tells when its message came; the message itself may be gone from the history by now, which is said when its button is pressed. */
#include "config.h"

#include "ui/message-relatives.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "base/id.h"
#include "ui/format.h"

static char *
dup_when (const char *id)
{
  gint64 when = mr_id_get_time (id);

  return when > 0 ? mr_format_time (when) : g_strdup (id);
}

/* own_title: (transfer full) */
static void
add (GtkListBox *list, char *own_title, const char *id)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_with_label (_ ("Show"));
  g_autofree char *title = own_title;
  g_autofree char *markup = g_markup_escape_text (title, -1);
  g_autofree char *name = g_strdup_printf (_ ("Show: %s"), title);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, id);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-message");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (list, row);
}

void
mr_message_relatives_fill (GtkListBox *list, const MrMessageRecord *message)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
  if (message->again_of != NULL) {
    g_autofree char *when = dup_when (message->again_of);
    add (list, g_strdup_printf (_ ("Copy of the message of %s"), when), message->again_of);
  }
  if (message->report_for != NULL) {
    g_autofree char *when = dup_when (message->report_for);
    add (list, g_strdup_printf (_ ("Report about the message of %s"), when), message->report_for);
  }
  for (guint i = 0; message->copies != NULL && message->copies[i] != NULL; i++) {
    g_autofree char *when = dup_when (message->copies[i]);
    add (list, g_strdup_printf (_ ("Sent once more as a copy: %s"), when), message->copies[i]);
  }
  gtk_widget_set_visible (GTK_WIDGET (list), gtk_widget_get_first_child (GTK_WIDGET (list)) != NULL);
}
