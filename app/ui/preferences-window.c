/* Made from the tables of keys; see preference-keys.c. Values are asked for anew whenever the service tells of a change, so that
 * the window and a text editor can be open at the same time. */
#include "config.h"

#include "ui/preferences-window.h"

#include <glib/gi18n-lib.h>

#include "ui/preference-row.h"

struct _MrPreferencesWindow {
  AdwPreferencesWindow parent_instance;
  MrDesk *desk;
  GPtrArray *rows;                           /* of MrPreferenceRow, borrowed from their groups */
  GtkWidget *trouble[MR_PREFERENCE_N_PAGES]; /* group above each page */
  GtkWidget *open[MR_PREFERENCE_N_PAGES];
  AdwActionRow *cause[MR_PREFERENCE_N_PAGES];
};

G_DEFINE_FINAL_TYPE (MrPreferencesWindow, mr_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void
refresh (MrPreferencesWindow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    mr_preference_row_refresh (self->rows->pdata[i]);
}

static const char *
trouble_text (MrPreferencesWindow *self)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);

  if (!mr_client_is_connected (mr_desk_get_client (self->desk)))
    return _ ("The service is not running: nothing can be changed now");
  return status != NULL ? status->config_error : NULL;
}

static void
changed_cb (MrPreferencesWindow *self, guint what)
{
  if ((what & MR_CLIENT_CHANGED_CONFIG) != 0)
    refresh (self);
}

/* What cannot be changed now says why, above every page. */
static void
status_changed_cb (MrPreferencesWindow *self)
{
  const char *text = trouble_text (self);
  g_autofree char *markup = text != NULL ? g_markup_escape_text (text, -1) : NULL;

  for (guint i = 0; i < MR_PREFERENCE_N_PAGES; i++) {
    gtk_widget_set_visible (self->trouble[i], text != NULL);
    gtk_widget_set_visible (self->open[i], mr_client_is_connected (mr_desk_get_client (self->desk)));
    adw_action_row_set_subtitle (self->cause[i], markup != NULL ? markup : "");
  }
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_set_sensitive (self->rows->pdata[i], text == NULL);
  if (mr_client_is_connected (mr_desk_get_client (self->desk)))
    refresh (self);
}

static void
open_clicked_cb (MrPreferencesWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.open-config", NULL);
}

static void
add_trouble (MrPreferencesWindow *self, AdwPreferencesPage *page, guint i)
{
  GtkWidget *group = adw_preferences_group_new (), *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *button = gtk_button_new_with_label (_ ("Open the File"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("The settings cannot be changed"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Open the configuration file"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (open_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  gtk_widget_set_visible (group, FALSE);
  self->trouble[i] = group;
  self->open[i] = button;
  self->cause[i] = ADW_ACTION_ROW (row);
}

static AdwPreferencesPage *
add_page (MrPreferencesWindow *self, MrPreferencePage i)
{
  GtkWidget *page = adw_preferences_page_new ();

  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), mr_preference_page_title (i));
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (page), mr_preference_page_icon (i));
  add_trouble (self, ADW_PREFERENCES_PAGE (page), i);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), ADW_PREFERENCES_PAGE (page));
  return ADW_PREFERENCES_PAGE (page);
}

static void
add_rows (MrPreferencesWindow *self)
{
  g_autoptr (GPtrArray) list = mr_preferences_list ();
  AdwPreferencesPage *pages[MR_PREFERENCE_N_PAGES];
  AdwPreferencesGroup *group = NULL;
  const char *heading = NULL;

  for (guint i = 0; i < MR_PREFERENCE_N_PAGES; i++)
    pages[i] = add_page (self, i);
  for (guint i = 0; i < list->len; i++) {
    const MrPreference *preference = list->pdata[i];
    GtkWidget *row = mr_preference_row_new (self->desk, preference);

    if (g_strcmp0 (preference->heading, heading) != 0) {
      heading = preference->heading;
      group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
      adw_preferences_group_set_title (group, _ (heading));
      adw_preferences_page_add (pages[preference->page], group);
    }
    adw_preferences_group_add (group, row);
    g_ptr_array_add (self->rows, row);
  }
}

/* The toolkit leaves its own controls without a name. */
static void
name_search (MrPreferencesWindow *self)
{
  GObject *entry = gtk_widget_get_template_child (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_WINDOW, "search_entry");
  GObject *results = gtk_widget_get_template_child (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_WINDOW, "search_results");

  if (GTK_IS_ACCESSIBLE (entry))
    gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search the settings"),
                                    -1);
  if (GTK_IS_ACCESSIBLE (results))
    gtk_accessible_update_property (GTK_ACCESSIBLE (results), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Settings that were found"), -1);
}

static void
mr_preferences_window_dispose (GObject *object)
{
  MrPreferencesWindow *self = MR_PREFERENCES_WINDOW (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_preferences_window_parent_class)->dispose (object);
}

static void
mr_preferences_window_init (MrPreferencesWindow *self)
{
  self->rows = g_ptr_array_new ();
}

static void
mr_preferences_window_class_init (MrPreferencesWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mr_preferences_window_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_preferences_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrPreferencesWindow *self = g_object_new (MR_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "title",
                                            _ ("Preferences"), "default-width", 680, "default-height", 640, NULL);

  self->desk = g_object_ref (desk);
  add_rows (self);
  name_search (self);
  g_signal_connect_object (desk, "status-changed", G_CALLBACK (status_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mr_desk_get_client (desk), "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  status_changed_cb (self);
  return GTK_WIDGET (self);
}
