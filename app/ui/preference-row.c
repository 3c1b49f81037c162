/* The value in force is what the service tells: a row shows what it asked for only once the service has taken it, and returns to
 * the last value that was taken when it was refused. */
#include "config.h"

#include "ui/preference-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/record-item.h"

#define REST_MS 600 /* an amount that is still being turned is none yet */

struct _MrPreferenceRow {
  AdwActionRow parent_instance;
  MrDesk *desk;
  MrPreference preference;
  GtkWidget *control, *reset;
  GtkLabel *unit; /* NULL: no amount */
  char **choices; /* as the file has them; NULL: no choices */
  char *value;    /* NULL: not known yet */
  gint64 factor;  /* of the unit */
  guint rest;     /* source, 0: none */
  gboolean filling;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrPreferenceRow, mr_preference_row, ADW_TYPE_ACTION_ROW)

static MrClient *
client_of (MrPreferenceRow *self)
{
  return mr_desk_get_client (self->desk);
}

/* ---- what is shown ---- */

static void
show_subtitle (MrPreferenceRow *self, const char *error)
{
  g_autofree char *words = mr_preference_dup_words (&self->preference, self->preference.key->def);
  g_autofree char *def = g_strdup_printf (_ ("Default: %s"), words);
  const char *about = self->preference.about != NULL ? _ (self->preference.about) : NULL;
  gboolean named = !g_str_equal (self->preference.title, self->preference.key->help);
  g_autofree char *text = error != NULL ? g_strdup (error)
                          : named       ? g_strconcat (about != NULL ? about : "", about != NULL ? "\n" : "", def, NULL)
                                        : g_strdup_printf ("%s.%s · %s", self->preference.key->group,
                                                           self->preference.key->key, def);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                               error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
fill_amount (MrPreferenceRow *self)
{
  const MrConfigKey *key = self->preference.key;
  gint64 number = g_ascii_strtoll (self->value, NULL, 10);
  const char *unit = mr_preference_get_scale (&self->preference, number, &self->factor);
  GtkAdjustment *adjustment = gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->control));
  gint64 low = (key->min + self->factor - 1) / self->factor;

  gtk_adjustment_configure (adjustment, (double)(number / self->factor), (double)low, (double)(key->max / self->factor),
                            1, 10, 0);
  gtk_label_set_text (self->unit, unit);
  gtk_widget_set_visible (GTK_WIDGET (self->unit), *unit != '\0');
}

static void
fill (MrPreferenceRow *self)
{
  self->filling = TRUE;
  if (GTK_IS_SWITCH (self->control))
    gtk_switch_set_active (GTK_SWITCH (self->control), g_str_equal (self->value, "true"));
  else if (GTK_IS_SPIN_BUTTON (self->control))
    fill_amount (self);
  else if (GTK_IS_DROP_DOWN (self->control)) {
    for (guint i = 0; self->choices[i] != NULL; i++)
      if (g_str_equal (self->choices[i], self->value))
        gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), i);
  } else
    gtk_editable_set_text (GTK_EDITABLE (self->control), self->value);
  self->filling = FALSE;
  gtk_widget_set_visible (self->reset, !g_str_equal (self->value, self->preference.key->def));
  gtk_widget_set_sensitive (self->control, TRUE);
}

static void
take_value (MrPreferenceRow *self, const char *value)
{
  char *copy = g_strdup (value);

  g_free (self->value);
  self->value = copy;
  fill (self);
}

/* ---- talking to the service ---- */

static void
got_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = mr_client_get_config_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* What a person is typing is not written over. */
  if (value != NULL && g_strcmp0 (value, MR_PREFERENCE_ROW (data)->value) != 0)
    take_value (data, value);
}

void
mr_preference_row_refresh (MrPreferenceRow *self)
{
  mr_client_get_config_async (client_of (self), self->preference.key->group, self->preference.key->key,
                              self->cancellable, got_cb, self);
}

static void
set_done (MrPreferenceRow *self, gboolean ok, const GError *error)
{
  if (ok) {
    show_subtitle (self, NULL);
    mr_preference_row_refresh (self);
    return;
  }
  show_subtitle (self, error->message);
  /* A text stays, so that it can be mended. */
  if (self->value != NULL && !GTK_IS_ENTRY (self->control))
    fill (self);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_config_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_done (data, ok, error);
}

static void
reset_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_reset_config_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_done (data, ok, error);
}

static void
apply (MrPreferenceRow *self, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (self->filling || self->value == NULL || g_str_equal (value, self->value))
    return show_subtitle (self, NULL);
  if (!mr_config_check_value (self->preference.key, value, &error))
    return show_subtitle (self, error->message);
  mr_client_set_config_async (client_of (self), self->preference.key->group, self->preference.key->key, value,
                              self->cancellable, set_cb, self);
}

/* ---- controls ---- */

static void
reset_clicked_cb (MrPreferenceRow *self)
{
  /* The button goes with the value that it takes away. */
  gtk_widget_grab_focus (self->control);
  mr_client_reset_config_async (client_of (self), self->preference.key->group, self->preference.key->key,
                                self->cancellable, reset_cb, self);
}

static void
switch_cb (MrPreferenceRow *self)
{
  apply (self, gtk_switch_get_active (GTK_SWITCH (self->control)) ? "true" : "false");
}

static void
selected_cb (MrPreferenceRow *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control));

  if (selected < g_strv_length (self->choices))
    apply (self, self->choices[selected]);
}

static gboolean
rested_cb (gpointer data)
{
  MrPreferenceRow *self = data;
  gint64 amount = (gint64)gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->control));
  g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, amount * self->factor);

  self->rest = 0;
  apply (self, value);
  return G_SOURCE_REMOVE;
}

static void
amount_cb (MrPreferenceRow *self)
{
  if (self->filling)
    return;
  g_clear_handle_id (&self->rest, g_source_remove);
  self->rest = g_timeout_add (REST_MS, rested_cb, self);
}

static void
text_cb (MrPreferenceRow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->control))));

  apply (self, text);
}

/* The accounts that there are. */
static void
list_accounts (MrPreferenceRow *self, GtkStringList *titles)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  gtk_string_list_append (titles, _ ("The first one"));
  g_ptr_array_add (ids, g_strdup (""));
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    gtk_string_list_append (titles, account->name != NULL && *account->name != '\0' ? account->name : account->id);
    g_ptr_array_add (ids, g_strdup (account->id));
  }
  g_ptr_array_add (ids, NULL);
  self->choices = (char **)g_ptr_array_steal (ids, NULL);
}

static gboolean
is_account (const MrConfigKey *key)
{
  return g_str_equal (key->group, "general") && g_str_equal (key->key, "default-account");
}

static void
setup_choice_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_list_item_set_child (item, label);
}

static void
bind_choice_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));

  gtk_label_set_text (label, gtk_string_object_get_string (GTK_STRING_OBJECT (gtk_list_item_get_item (item))));
}

/* The list keeps the toolkit's rows; what is chosen is shortened where there is little room, or the row's title would stand letter below letter. */
static void
let_choice_shrink (GtkDropDown *control)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_choice_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_choice_cb), NULL);
  gtk_drop_down_set_list_factory (control, gtk_drop_down_get_factory (control));
  gtk_drop_down_set_factory (control, factory);
}

static void
add_choices (MrPreferenceRow *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  if (is_account (self->preference.key))
    list_accounts (self, titles);
  else {
    self->choices = g_strsplit (self->preference.key->choices, "|", -1);
    for (guint i = 0; self->choices[i] != NULL; i++)
      gtk_string_list_take (titles, mr_preference_dup_choice (&self->preference, self->choices[i]));
  }
  self->control = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&titles)), NULL);
  let_choice_shrink (GTK_DROP_DOWN (self->control));
  g_signal_connect_object (self->control, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
}

static void
add_amount (MrPreferenceRow *self)
{
  self->control = gtk_spin_button_new_with_range (0, 1, 1);
  self->unit = GTK_LABEL (gtk_label_new (""));
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (self->control), TRUE);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->control), 7);
  g_signal_connect_object (self->control, "value-changed", G_CALLBACK (amount_cb), self, G_CONNECT_SWAPPED);
}

static void
add_text (MrPreferenceRow *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->control = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->control), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->control), 24);
  g_signal_connect_object (self->control, "activate", G_CALLBACK (text_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (text_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->control, focus);
}

static void
add_control (MrPreferenceRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));

  switch (self->preference.key->type) {
  case MR_CONFIG_BOOLEAN:
    self->control = gtk_switch_new ();
    g_signal_connect_object (self->control, "notify::active", G_CALLBACK (switch_cb), self, G_CONNECT_SWAPPED);
    break;
  case MR_CONFIG_ENUM:
    add_choices (self);
    break;
  case MR_CONFIG_INTEGER:
    add_amount (self);
    break;
  case MR_CONFIG_STRING:
  case MR_CONFIG_STRING_LIST:
  default:
    if (is_account (self->preference.key))
      add_choices (self);
    else
      add_text (self);
  }
  gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (self->control, FALSE); /* until the value is known */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  /* What has the focus is the text within. */
  if (GTK_IS_EDITABLE (self->control) && gtk_editable_get_delegate (GTK_EDITABLE (self->control)) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self->control))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->control);
  if (self->unit != NULL)
    adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->unit));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->control);
}

static void
add_reset (MrPreferenceRow *self)
{
  g_autofree char *name = g_strdup_printf (_ ("Back to the default: %s"),
                                           adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));

  self->reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  gtk_widget_set_valign (self->reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->reset, "flat");
  gtk_widget_set_visible (self->reset, FALSE);
  gtk_widget_set_tooltip_text (self->reset, _ ("Back to the default"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (self->reset, "clicked", G_CALLBACK (reset_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->reset);
}

/* ---- object ---- */

static void
mr_preference_row_dispose (GObject *object)
{
  MrPreferenceRow *self = MR_PREFERENCE_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_preference_row_parent_class)->dispose (object);
}

static void
mr_preference_row_finalize (GObject *object)
{
  MrPreferenceRow *self = MR_PREFERENCE_ROW (object);

  g_clear_object (&self->cancellable);
  g_strfreev (self->choices);
  g_free (self->value);
  G_OBJECT_CLASS (mr_preference_row_parent_class)->finalize (object);
}

static void
mr_preference_row_init (MrPreferenceRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->factor = 1;
}

static void
mr_preference_row_class_init (MrPreferenceRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mr_preference_row_dispose;
  object_class->finalize = mr_preference_row_finalize;
}

GtkWidget *
mr_preference_row_new (MrDesk *desk, const MrPreference *preference)
{
  MrPreferenceRow *self = g_object_new (MR_TYPE_PREFERENCE_ROW, "use-markup", FALSE, NULL);

  self->desk = g_object_ref (desk);
  self->preference = *preference;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ (preference->title));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  add_control (self);
  add_reset (self);
  show_subtitle (self, NULL);
  return GTK_WIDGET (self);
}

const MrPreference *
mr_preference_row_get_preference (MrPreferenceRow *self)
{
  return &self->preference;
}

const char *
mr_preference_row_get_value (MrPreferenceRow *self)
{
  return self->value;
}
