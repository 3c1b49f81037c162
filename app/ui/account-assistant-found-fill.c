/* What the page shows of the settings that were found.
 *
 * Everything follows from the choice, in this order: the choice of a server name decides on its doors, the door on regions and ways, the way on the fields.
 * While rows are filled their own signals are not listened to (filling): each change is shown once, and what a person typed is not taken away by it.
 */
#include "config.h"

#include "ui/account-assistant-found-private.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"

/* ---- what depends on the choice ---- */

static void
fill_combo (AdwComboRow *row, GPtrArray *texts)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < texts->len; i++)
    gtk_string_list_append (list, g_ptr_array_index (texts, i));
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
  gtk_widget_set_visible (GTK_WIDGET (row), texts->len > 1);
}

static void
show_server (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);
  g_autofree char *host = mr_assistant_found_dup_host (self);
  g_autoptr (MrDiscoveryRecord) shown = mr_discovery_record_copy (record);

  if (host != NULL) {
    g_free (shown->host);
    shown->host = g_steal_pointer (&host);
  }
  g_autofree char *server = mr_assistant_dup_server (shown);
  g_autofree char *markup = g_markup_escape_text (server, -1);
  adw_action_row_set_subtitle (self->server_row, markup);
  gtk_widget_set_visible (self->insecure, !record->secure || record->tls == MR_TLS_NONE);
}

static const char *
way_hint (MrAssistantFound *self, const MrDiscoveryRecord *record)
{
  switch (mr_assistant_found_get_way (self)) {
  case MR_WAY_SIGN_IN:
    return _ ("The next step opens your provider's page in the browser. Mail Relay never sees the password.");
  case MR_WAY_DESKTOP:
    return _ (
        "The account stays the desktop's: it gives access only while you are logged in to the desktop, and it has "
        "to sign in again when the provider asks. After a restart mail waits until you have logged in.");
  case MR_WAY_NONE:
    return _ ("This server asks for no user name and no password.");
  case MR_WAY_APP_PASSWORD:
  case MR_WAY_PASSWORD:
  case MR_WAY_API_KEY:
  case MR_WAY_N_WAYS:
  default:
    return mr_found_is_text (record->help) ? _ (record->help) : "";
  }
}

static void
show_way (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);
  MrWay way = mr_assistant_found_get_way (self);
  gboolean secret = mr_found_needs_secret (way);
  const char *hint = way_hint (self, record);

  gtk_widget_set_visible (GTK_WIDGET (self->user), secret);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), secret);
  gtk_widget_set_visible (GTK_WIDGET (self->desktop_row), way == MR_WAY_DESKTOP && self->fitting->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  gtk_widget_set_visible (self->help_button, secret && mr_found_is_text (record->help_url));
  if (secret)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->secret), mr_found_secret_title (way, record));
  gtk_label_set_text (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), *hint != '\0');
  g_signal_emit_by_name (self, "changed");
}

static void
fill_regions (MrAssistantFound *self, const MrDiscoveryRecord *record)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  guint own = 0;

  for (guint i = 0; record->regions != NULL && record->regions[i] != NULL; i++) {
    char *name = mr_found_dup_region_part (record, i, 1);
    g_autofree char *host = mr_found_dup_region_part (record, i, 2);
    g_ptr_array_add (texts, name != NULL ? name : g_strdup (record->regions[i]));
    if (g_strcmp0 (host, record->host) == 0)
      own = i;
  }
  fill_combo (self->region, texts);
  adw_combo_row_set_selected (self->region, texts->len > 0 ? own : GTK_INVALID_LIST_POSITION);
}

static void
fill_doors (MrAssistantFound *self)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *records = mr_found_get_records (self);

  for (guint i = 0; i < records->len; i++) {
    const MrDiscoveryRecord *record = g_ptr_array_index (records, i);
    g_ptr_array_add (texts, g_strdup_printf (_ ("Port %u, %s"), record->port, mr_format_tls_mode (record->tls)));
  }
  fill_combo (self->door, texts);
}

static void
fill_ways (MrAssistantFound *self, const MrDiscoveryRecord *record)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func (g_free);

  self->n_ways = mr_assistant_list_ways (record, self->desktop, self->ways);
  for (guint i = 0; i < self->n_ways; i++)
    g_ptr_array_add (texts, g_strdup (mr_assistant_way_title (self->ways[i])));
  fill_combo (self->way, texts);
  g_clear_pointer (&self->fitting, g_ptr_array_unref);
  self->fitting = mr_assistant_fitting_accounts (record, self->desktop, self->address);
  for (guint i = 0; i < self->fitting->len; i++) {
    const MrDesktopAccountRecord *account = g_ptr_array_index (self->fitting, i);
    g_ptr_array_add (accounts, account->needs_attention
                                   ? g_strdup_printf (_ ("%s (the desktop has to sign in again)"), account->address)
                                   : g_strdup (account->address));
  }
  fill_combo (self->desktop_row, accounts);
}

static void
show_admin_text (MrAssistantFound *self, const MrDiscoveryRecord *record)
{
  const char *text = mr_found_is_text (record->admin_text) ? _ (record->admin_text) : NULL;

  gtk_widget_set_visible (self->admin_box, text != NULL);
  gtk_label_set_text (self->admin_text, text != NULL ? text : "");
  mr_copy_button_set_text (self->admin_copy, text);
}

/* Everything that depends on the choice. */
static void
show_choice (MrAssistantFound *self)
{
  self->filling = TRUE;
  fill_doors (self);
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);
  g_autofree char *source = mr_assistant_dup_source (record);
  g_autofree char *source_markup = g_markup_escape_text (source, -1);
  g_autofree char *title = g_markup_escape_text (
      mr_found_is_text (record->provider_name) ? record->provider_name : record->host, -1);
  g_autofree char *user = mr_assistant_fill (record->user != NULL ? record->user : "", self->address);

  adw_preferences_group_set_title (self->provider_group, title);
  adw_preferences_group_set_description (self->provider_group, source_markup);
  gtk_widget_set_visible (self->notice_box, mr_found_is_text (record->notice));
  gtk_label_set_text (self->notice, mr_found_is_text (record->notice) ? _ (record->notice) : "");
  gtk_widget_set_visible (self->microsoft_row, record->source != MR_SOURCE_PRESET);
  gtk_widget_set_visible (self->register_row,
                          mr_assistant_wants_client (record) && mr_found_is_text (record->provider));
  fill_regions (self, record);
  fill_ways (self, record);
  show_admin_text (self, record);
  gtk_editable_set_text (self->user, user);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->user),
                                 mr_found_is_text (record->user_label) ? _ (record->user_label) : _ ("User name"));
  self->filling = FALSE;
  show_server (self);
  show_way (self);
}

void
mr_found_region_changed_cb (MrAssistantFound *self)
{
  if (!self->filling && self->choices != NULL)
    show_server (self);
}

void
mr_found_way_changed_cb (MrAssistantFound *self)
{
  if (!self->filling && self->choices != NULL)
    show_way (self);
}

static void
choice_toggled_cb (GtkCheckButton *button, MrAssistantFound *self)
{
  guint choice = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "choice"));

  if (!gtk_check_button_get_active (button) || self->filling || choice == self->choice)
    return;
  self->choice = choice;
  show_choice (self);
}

static GtkWidget *
make_choice_row (MrAssistantFound *self, guint n, GtkCheckButton *group)
{
  const MrChoice *choice = g_ptr_array_index (self->choices, n);
  const MrDiscoveryRecord *record = g_ptr_array_index (choice->records, 0);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *server = mr_assistant_dup_server (record);
  g_autofree char *source = mr_assistant_dup_source (record);
  g_autofree char *subtitle = g_strdup_printf ("%s\n%s", server, source);
  g_autofree char *markup = g_markup_escape_text (subtitle, -1);
  g_autofree char *title = g_markup_escape_text (
      mr_found_is_text (record->provider_name) ? record->provider_name : record->host, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), group);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), n == self->choice);
  g_object_set_data (G_OBJECT (check), "choice", GUINT_TO_POINTER (n));
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, subtitle, -1);
  g_signal_connect_object (check, "toggled", G_CALLBACK (choice_toggled_cb), self, 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  gtk_list_box_append (self->choices_list, row);
  return check;
}

static void
fill_choices (MrAssistantFound *self)
{
  GtkListBoxRow *row;
  GtkWidget *group = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->choices_list, 0)) != NULL)
    gtk_list_box_remove (self->choices_list, GTK_WIDGET (row));
  for (guint i = 0; i < self->choices->len; i++) {
    GtkWidget *check = make_choice_row (self, i, group != NULL ? GTK_CHECK_BUTTON (group) : NULL);
    if (group == NULL)
      group = check;
  }
  gtk_widget_set_visible (self->choices_group, self->choices->len > 1);
  gtk_widget_set_visible (self->conflict, mr_assistant_has_conflict (self->choices));
}

void
mr_assistant_found_show (MrAssistantFound *self, GPtrArray *results, GPtrArray *desktop, const char *address)
{
  g_return_if_fail (MR_IS_ASSISTANT_FOUND (self));
  g_return_if_fail (results->len > 0);

  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->fitting, g_ptr_array_unref);
  g_clear_pointer (&self->desktop, g_ptr_array_unref);
  self->results = g_ptr_array_ref (results);
  self->desktop = desktop != NULL ? g_ptr_array_ref (desktop) : NULL;
  g_free (self->address);
  self->address = g_strdup (address);
  self->choices = mr_assistant_make_choices (results);
  self->choice = mr_assistant_pick_choice (self->choices);
  mr_assistant_found_forget (self);
  self->filling = TRUE;
  fill_choices (self);
  self->filling = FALSE;
  show_choice (self);
}

void
mr_assistant_found_add (MrAssistantFound *self, GPtrArray *results)
{
  g_return_if_fail (MR_IS_ASSISTANT_FOUND (self));

  const MrDiscoveryRecord *chosen = mr_assistant_found_get_record (self);
  g_autoptr (GPtrArray) choices = mr_assistant_make_choices (results);
  guint choice = 0;
  while (choice < choices->len
         && (chosen == NULL
             || g_strcmp0 (mr_assistant_choice_get_host (g_ptr_array_index (choices, choice)), chosen->host) != 0))
    choice++;
  if (choice == choices->len)
    return;
  guint door = adw_combo_row_get_selected (self->door);
  self->filling = TRUE;
  g_ptr_array_unref (self->choices);
  g_ptr_array_unref (self->results);
  self->results = g_ptr_array_ref (results);
  self->choices = g_steal_pointer (&choices);
  self->choice = choice;
  fill_choices (self);
  fill_doors (self);
  adw_combo_row_set_selected (self->door, door < mr_found_get_records (self)->len ? door : 0);
  self->filling = FALSE;
}
