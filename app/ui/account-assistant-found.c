/* One choice is always marked; where sources disagree, or nobody vouches for what was said, the page says so above the choice. */
#include "config.h"

#include "ui/account-assistant-found.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/copy-button.h"
#include "ui/format.h"
#include "ui/open-link.h"

struct _MrAssistantFound {
  GtkWidget parent_instance;
  GtkWidget *page;
  AdwPreferencesGroup *provider_group;
  GtkWidget *choices_group, *conflict, *notice_box, *insecure, *microsoft_row;
  GtkLabel *notice;
  GtkListBox *choices_list;
  AdwActionRow *server_row;
  AdwComboRow *region, *door, *way, *desktop_row;
  GtkEditable *user, *secret;
  GtkLabel *hint, *mistake;
  GtkWidget *help_button, *register_row, *admin_box;
  GtkLabel *admin_text;
  MrCopyButton *admin_copy;

  GPtrArray *results, *desktop, *choices;
  GPtrArray *fitting; /* MrDesktopAccountRecord, borrowed from desktop */
  char *address;
  guint choice;
  MrWay ways[MR_WAY_N_WAYS];
  guint n_ways;
  gboolean filling;
};

enum { CHANGED, ACTIVATED, BY_HAND, CHECK_MICROSOFT, REGISTER, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAssistantFound, mr_assistant_found, GTK_TYPE_WIDGET)

static gboolean
is_text (const char *text)
{
  return text != NULL && *text != '\0';
}

/* ---- what is chosen ---- */

static GPtrArray *
records_of_choice (MrAssistantFound *self)
{
  MrChoice *choice = g_ptr_array_index (self->choices, self->choice);

  return choice->records;
}

const MrDiscoveryRecord *
mr_assistant_found_get_record (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);

  if (self->choices == NULL || self->choices->len == 0)
    return NULL;
  GPtrArray *records = records_of_choice (self);
  guint door = adw_combo_row_get_selected (self->door);
  return g_ptr_array_index (records, door < records->len ? door : 0);
}

MrWay
mr_assistant_found_get_way (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), MR_WAY_NONE);

  guint selected = adw_combo_row_get_selected (self->way);
  return selected < self->n_ways ? self->ways[selected] : MR_WAY_NONE;
}

static char *
dup_region_part (const MrDiscoveryRecord *record, guint region, guint part)
{
  if (record->regions == NULL || region >= g_strv_length (record->regions))
    return NULL;
  g_auto (GStrv) parts = g_strsplit (record->regions[region], "|", 4);
  return g_strv_length (parts) > part && *parts[part] != '\0' ? g_strdup (parts[part]) : NULL;
}

char *
mr_assistant_found_dup_host (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);

  return record != NULL ? dup_region_part (record, adw_combo_row_get_selected (self->region), 2) : NULL;
}

char *
mr_assistant_found_dup_user (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);
  return g_strstrip (g_strdup (gtk_editable_get_text (self->user)));
}

static gboolean
needs_secret (MrWay way)
{
  return way == MR_WAY_APP_PASSWORD || way == MR_WAY_PASSWORD || way == MR_WAY_API_KEY;
}

MrSecret *
mr_assistant_found_dup_secret (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);

  const char *text = gtk_editable_get_text (self->secret);
  if (!needs_secret (mr_assistant_found_get_way (self)) || *text == '\0')
    return NULL;
  if (mr_assistant_found_get_way (self) == MR_WAY_APP_PASSWORD && mr_assistant_is_in_groups (text)) {
    /* The gaps are for the eye only. */
    g_auto (GStrv) groups = g_strsplit (text, " ", -1);
    char *bare = g_strjoinv (NULL, groups);
    MrSecret *secret = mr_secret_new (bare, strlen (bare));
    mr_wipe (bare, strlen (bare));
    g_free (bare);
    for (guint i = 0; groups[i] != NULL; i++)
      mr_wipe (groups[i], strlen (groups[i]));
    return secret;
  }
  return mr_secret_new (text, strlen (text));
}

const char *
mr_assistant_found_get_desktop_account (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);

  guint selected = adw_combo_row_get_selected (self->desktop_row);
  if (mr_assistant_found_get_way (self) != MR_WAY_DESKTOP || self->fitting == NULL || selected >= self->fitting->len)
    return NULL;
  return ((MrDesktopAccountRecord *)g_ptr_array_index (self->fitting, selected))->id;
}

/* ---- the parts of the page ---- */

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
    return is_text (record->help) ? _ (record->help) : "";
  }
}

static const char *
secret_title (MrWay way, const MrDiscoveryRecord *record)
{
  if (is_text (record->secret_label))
    return _ (record->secret_label);
  return way == MR_WAY_APP_PASSWORD ? _ ("App password") : way == MR_WAY_API_KEY ? _ ("Key") : _ ("Password");
}

static void
show_way (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);
  MrWay way = mr_assistant_found_get_way (self);
  gboolean secret = needs_secret (way);
  const char *hint = way_hint (self, record);

  gtk_widget_set_visible (GTK_WIDGET (self->user), secret);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), secret);
  gtk_widget_set_visible (GTK_WIDGET (self->desktop_row), way == MR_WAY_DESKTOP && self->fitting->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  gtk_widget_set_visible (self->help_button, secret && is_text (record->help_url));
  if (secret)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->secret), secret_title (way, record));
  gtk_label_set_text (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), *hint != '\0');
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fill_regions (MrAssistantFound *self, const MrDiscoveryRecord *record)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  guint own = 0;

  for (guint i = 0; record->regions != NULL && record->regions[i] != NULL; i++) {
    char *name = dup_region_part (record, i, 1);
    g_autofree char *host = dup_region_part (record, i, 2);
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
  GPtrArray *records = records_of_choice (self);

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
  const char *text = is_text (record->admin_text) ? _ (record->admin_text) : NULL;

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
  g_autofree char *title = g_markup_escape_text (is_text (record->provider_name) ? record->provider_name : record->host,
                                                 -1);
  g_autofree char *user = mr_assistant_fill (record->user != NULL ? record->user : "", self->address);

  adw_preferences_group_set_title (self->provider_group, title);
  adw_preferences_group_set_description (self->provider_group, source_markup);
  gtk_widget_set_visible (self->notice_box, is_text (record->notice));
  gtk_label_set_text (self->notice, is_text (record->notice) ? _ (record->notice) : "");
  gtk_widget_set_visible (self->microsoft_row, record->source != MR_SOURCE_PRESET);
  gtk_widget_set_visible (self->register_row, mr_assistant_wants_client (record) && is_text (record->provider));
  fill_regions (self, record);
  fill_ways (self, record);
  show_admin_text (self, record);
  gtk_editable_set_text (self->user, user);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->user),
                                 is_text (record->user_label) ? _ (record->user_label) : _ ("User name"));
  self->filling = FALSE;
  show_server (self);
  show_way (self);
}

static void
region_changed_cb (MrAssistantFound *self)
{
  if (!self->filling && self->choices != NULL)
    show_server (self);
}

static void
way_changed_cb (MrAssistantFound *self)
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
  g_autofree char *title = g_markup_escape_text (is_text (record->provider_name) ? record->provider_name : record->host,
                                                 -1);

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
  adw_combo_row_set_selected (self->door, door < records_of_choice (self)->len ? door : 0);
  self->filling = FALSE;
}

/* ---- checks ---- */

static gboolean
complain (MrAssistantFound *self, GtkEditable *row, const char *sentence)
{
  gtk_label_set_text (self->mistake, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), TRUE);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  gtk_widget_grab_focus (GTK_WIDGET (row));
  return FALSE;
}

static void
field_changed_cb (MrAssistantFound *self)
{
  GtkEditable *rows[] = { self->user, self->secret };

  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gtk_widget_remove_css_class (GTK_WIDGET (rows[i]), "error");
    gtk_accessible_update_state (GTK_ACCESSIBLE (rows[i]), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_FALSE,
                                 -1);
  }
}

gboolean
mr_assistant_found_check (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), FALSE);

  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);
  g_autofree char *user = mr_assistant_found_dup_user (self);
  if (record == NULL || self->n_ways == 0)
    return FALSE;
  if (!needs_secret (mr_assistant_found_get_way (self)))
    return TRUE;
  if (*user == '\0') {
    g_autofree char *sentence = g_strdup_printf (
        _ ("Enter this: %s"), is_text (record->user_label) ? _ (record->user_label) : _ ("User name"));
    return complain (self, self->user, sentence);
  }
  g_autoptr (MrSecret) secret = mr_assistant_found_dup_secret (self);
  if (secret == NULL || mr_secret_length (secret) == 0) {
    g_autofree char *sentence = g_strdup_printf (_ ("Enter this: %s"),
                                                 secret_title (mr_assistant_found_get_way (self), record));
    return complain (self, self->secret, sentence);
  }
  if (record->tls == MR_TLS_NONE)
    return complain (self, self->secret,
                     _ ("A password is never sent over a connection that is not encrypted. Choose other settings."));
  return TRUE;
}

void
mr_assistant_found_focus (MrAssistantFound *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_FOUND (self));

  if (!needs_secret (mr_assistant_found_get_way (self)))
    return;
  g_autofree char *user = mr_assistant_found_dup_user (self);
  gtk_widget_grab_focus (GTK_WIDGET (*user == '\0' ? self->user : self->secret));
}

void
mr_assistant_found_forget (MrAssistantFound *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_FOUND (self));
  gtk_editable_set_text (self->secret, "");
}

/* ---- buttons ---- */

static void
help_clicked_cb (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);

  if (record != NULL)
    mr_open_link (GTK_WIDGET (self), record->help_url);
}

static void
register_clicked_cb (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);

  if (record != NULL)
    g_signal_emit (self, signals[REGISTER], 0, record->provider);
}

static void
by_hand_cb (MrAssistantFound *self)
{
  g_signal_emit (self, signals[BY_HAND], 0);
}

static void
check_microsoft_cb (MrAssistantFound *self)
{
  g_signal_emit (self, signals[CHECK_MICROSOFT], 0);
}

static void
activated_cb (MrAssistantFound *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

/* ---- class ---- */

static void
mr_assistant_found_dispose (GObject *object)
{
  MrAssistantFound *self = MR_ASSISTANT_FOUND (object);

  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  G_OBJECT_CLASS (mr_assistant_found_parent_class)->dispose (object);
}

static void
mr_assistant_found_finalize (GObject *object)
{
  MrAssistantFound *self = MR_ASSISTANT_FOUND (object);

  g_clear_pointer (&self->fitting, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->desktop, g_ptr_array_unref);
  g_free (self->address);
  G_OBJECT_CLASS (mr_assistant_found_parent_class)->finalize (object);
}

static void
mr_assistant_found_init (MrAssistantFound *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, page);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, provider_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, choices_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, conflict);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, insecure);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, microsoft_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, notice);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, notice_box);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, choices_list);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, server_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, region);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, door);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, way);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, desktop_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, user);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, secret);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, hint);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, mistake);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, help_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, register_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, admin_box);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, admin_text);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, admin_copy);
}

static void
mr_assistant_found_class_init (MrAssistantFoundClass *klass)
{
  static const char *const names[N_SIGNALS] = { "changed", "activated", "by-hand", "check-microsoft", NULL };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  object_class->dispose = mr_assistant_found_dispose;
  object_class->finalize = mr_assistant_found_finalize;
  for (guint i = 0; i < REGISTER; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               0);
  signals[REGISTER] = g_signal_new ("register", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-assistant-found.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, region_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, way_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, help_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, register_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, by_hand_cb);
  gtk_widget_class_bind_template_callback (widget_class, check_microsoft_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}
