/* The audit asks GTK what an accessibility client would be told: an explicit label, a label relation, or a text of its own. */
#include "audit.h"

#include <adwaita.h>

static gboolean
is_text (const char *text)
{
  return text != NULL && *text != '\0';
}

static const char *
own_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_label (GTK_BUTTON (widget));
  if (GTK_IS_MENU_BUTTON (widget))
    return gtk_menu_button_get_label (GTK_MENU_BUTTON (widget));
  if (GTK_IS_EXPANDER (widget))
    return gtk_expander_get_label (GTK_EXPANDER (widget));
  if (ADW_IS_PREFERENCES_ROW (widget))
    return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));
  return NULL;
}

static gboolean
has_label_inside (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if ((GTK_IS_LABEL (child) && is_text (gtk_label_get_text (GTK_LABEL (child)))) || has_label_inside (child))
      return TRUE;
  return FALSE;
}

static gboolean
has_name (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  if (gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
      || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY)
      || is_text (own_text (widget)))
    return TRUE;
  return GTK_IS_BUTTON (widget) && has_label_inside (widget);
}

/* Parts of the platform's own widgets that carry the name of the widget around them. */
static gboolean
is_inner_part (GtkWidget *widget)
{
  /* A row that opens has a switch of its own, which is hidden unless asked for. */
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), "enable_switch") == 0)
    return TRUE;
  for (GtkWidget *w = gtk_widget_get_parent (widget); w != NULL; w = gtk_widget_get_parent (w))
    if (GTK_IS_SPIN_BUTTON (w) || GTK_IS_SEARCH_ENTRY (w) || ADW_IS_ENTRY_ROW (w) || ADW_IS_COMBO_ROW (w)
        || GTK_IS_DROP_DOWN (w) || GTK_IS_MENU_BUTTON (w) || GTK_IS_EXPANDER (w) || ADW_IS_VIEW_SWITCHER (w)
        || GTK_IS_POPOVER_MENU (w) || GTK_IS_WINDOW_CONTROLS (w))
      return TRUE;
  return FALSE;
}

static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_EDITABLE (widget) || GTK_IS_SWITCH (widget)
         || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_DROP_DOWN (widget) || GTK_IS_LIST_BOX (widget)
         || GTK_IS_LIST_VIEW (widget) || GTK_IS_EXPANDER (widget) || ADW_IS_PREFERENCES_ROW (widget)
         || (GTK_IS_LABEL (widget) && gtk_label_get_selectable (GTK_LABEL (widget)) && is_text (own_text (widget)))
         || (GTK_IS_LIST_BOX_ROW (widget) && gtk_widget_get_focusable (widget));
}

/* The lists inside rows that open and inside the platform's pages have no name of their own to give. */
static gboolean
is_platform_list (GtkWidget *widget)
{
  return GTK_IS_LIST_BOX (widget)
         && (gtk_widget_get_ancestor (widget, ADW_TYPE_EXPANDER_ROW) != NULL
             || (gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) != NULL
                 && gtk_widget_has_css_class (widget, "boxed-list")
                 && gtk_widget_get_ancestor (gtk_widget_get_parent (widget), GTK_TYPE_LIST_BOX) == NULL
                 && gtk_widget_get_template_child (gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP),
                                                   ADW_TYPE_PREFERENCES_GROUP, "listbox")
                        == G_OBJECT (widget)));
}

void
audit_names (GtkWidget *widget, const char *where)
{
  /* What is switched off is no control now. Pages behind another one are not switched off and are looked at. */
  if (!gtk_widget_get_visible (widget))
    return;
  if (is_control (widget) && !is_inner_part (widget) && !is_platform_list (widget) && !has_name (widget)) {
    g_test_message ("%s: a %s (%s) in a %s has no name", where, G_OBJECT_TYPE_NAME (widget),
                    gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)),
                    G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
    g_test_fail ();
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    audit_names (child, where);
}

GtkWidget *
audit_find (GtkWidget *widget, GType type, const char *text)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (text == NULL || g_strcmp0 (own_text (widget), text) == 0))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = audit_find (child, type, text);
    if (found != NULL)
      return found;
  }
  return NULL;
}
