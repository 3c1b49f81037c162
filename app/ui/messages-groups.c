/* A page whose messages are told apart: first the groups; then, with one of them open, its messages below a head that names it and leads back. An open group
 * is a condition of the list like any other, so it has a chip too. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/messages-page-private.h"

gboolean
mr_messages_page_shows_groups (MrMessagesPage *self)
{
  MrFacet facet;
  const char *value;

  return mr_list_bar_get_group (self->bar, &facet, &value) && value == NULL;
}

void
mr_messages_page_update_groups (MrMessagesPage *self, const MrListFilter *filter)
{
  MrFacet facet = MR_FACET_DOMAIN;
  const char *value = NULL;
  gboolean grouped = mr_list_bar_get_group (self->bar, &facet, &value);

  gtk_widget_set_visible (self->group_head, grouped && value != NULL);
  if (grouped && value == NULL) {
    mr_group_list_show (self->groups, filter, facet);
    self->select_group = FALSE;
  } else if (grouped) {
    const char *back = facet == MR_FACET_CAUSE ? _ ("All causes") : _ ("All destinations");
    g_autofree char *title = mr_group_list_dup_title (self->desk, facet, value);

    gtk_label_set_text (self->group_title, title);
    gtk_widget_set_tooltip_text (self->group_back, back);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->group_back), GTK_ACCESSIBLE_PROPERTY_LABEL, back, -1);
  }
}

void
mr_messages_page_count_group (MrMessagesPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  g_autofree char *count = g_strdup_printf (ngettext ("%u message", "%u messages", n), n);

  gtk_label_set_text (self->group_count, mr_message_model_is_loaded (self->model) ? count : "");
  if (self->select_group && mr_message_model_is_loaded (self->model) && n > 0) {
    self->select_group = FALSE;
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
  }
}

void
mr_messages_page_group_chosen_cb (MrMessagesPage *self, const char *value, gboolean all)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  self->select_group = all;
  mr_list_bar_open_group (self->bar, value);
  gtk_widget_grab_focus (self->group_back);
}

void
mr_messages_page_group_back_cb (MrMessagesPage *self)
{
  mr_list_bar_open_group (self->bar, NULL);
  gtk_widget_child_focus (GTK_WIDGET (self->groups), GTK_DIR_TAB_FORWARD);
}
