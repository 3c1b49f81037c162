/* Pages are made when they are read. */
#include "config.h"

#include "ui/help-window.h"

#include <glib/gi18n-lib.h>

#include "ui/help-page.h"

struct _MrHelpWindow {
  AdwWindow parent_instance;
  GtkStack *stack;
  GtkWidget *back;
  GtkListBox *list;
  AdwClamp *page;
  GtkScrolledWindow *scroller;
};

G_DEFINE_FINAL_TYPE (MrHelpWindow, mr_help_window, ADW_TYPE_WINDOW)

/* The way back has the focus, or the first text of a page would get it and be selected. GTK 4.8 tells screen readers nothing of a window whose
 * part had the focus before it was shown. */
static void
take_focus (MrHelpWindow *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (
        gtk_widget_get_visible (self->back) ? self->back : GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0)));
}

static void
show_list (MrHelpWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, "list");
  gtk_widget_set_visible (self->back, FALSE);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Help"));
  take_focus (self);
}

static gboolean
show_page (MrHelpWindow *self, const char *id)
{
  GtkWidget *page = mr_help_page_new (id);
  g_autofree char *title = mr_help_dup_title (id);

  if (page == NULL)
    return FALSE;
  adw_clamp_set_child (self->page, page);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_widget_set_visible (self->back, TRUE);
  gtk_window_set_title (GTK_WINDOW (self), title);
  take_focus (self);
  gtk_stack_set_visible_child_name (self->stack, "page");
  return TRUE;
}

static void
row_activated_cb (MrHelpWindow *self, GtkListBoxRow *row)
{
  show_page (self, mr_help_list_pages ()[gtk_list_box_row_get_index (row)]);
}

static void
fill_list (MrHelpWindow *self)
{
  const char *const *pages = mr_help_list_pages ();

  for (guint i = 0; pages[i] != NULL; i++) {
    GtkWidget *row = adw_action_row_new ();
    g_autofree char *title = mr_help_dup_title (pages[i]);

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
    gtk_list_box_append (self->list, row);
  }
}

static void
mr_help_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mr_help_window_parent_class)->map (widget);
  take_focus (MR_HELP_WINDOW (widget));
}

static void
mr_help_window_init (MrHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_list (self);
}

static void
mr_help_window_class_init (MrHelpWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->map = mr_help_window_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrHelpWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MrHelpWindow, back);
  gtk_widget_class_bind_template_child (widget_class, MrHelpWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MrHelpWindow, page);
  gtk_widget_class_bind_template_child (widget_class, MrHelpWindow, scroller);
  gtk_widget_class_bind_template_callback (widget_class, show_list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_help_window_new (GtkWindow *parent, const char *page)
{
  MrHelpWindow *self = g_object_new (MR_TYPE_HELP_WINDOW, "transient-for", parent, NULL);

  if (page == NULL || !show_page (self, page))
    show_list (self);
  return GTK_WIDGET (self);
}
