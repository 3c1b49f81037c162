/* What the first page tells of a search: who was asked and what they said, and at its end what has to be done, or can be tried, where it leads nowhere by
 * itself.
 *
 * A step is a row of its own for each source and host, made once and changed afterwards. Steps are shown once somebody outside this program is asked; what it
 * knows by itself takes no time. Every outcome sets each of the buttons below it, so that none is left from an outcome before.
 */
#include "config.h"

#include "ui/account-assistant-address-private.h"

#include <glib/gi18n-lib.h>

#include "ui/account-assistant-rules.h"

/* ---- steps ---- */

void
mr_address_page_clear_steps (MrAssistantAddress *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->steps, 0)) != NULL)
    gtk_list_box_remove (self->steps, GTK_WIDGET (row));
  g_hash_table_remove_all (self->rows);
  gtk_widget_set_visible (self->steps_group, FALSE);
}

typedef struct {
  const char *state, *icon, *style;
  const char *word; /* msgid */
} StepLook;

static const StepLook *
look_of (const char *state)
{
  static const StepLook looks[] = {
    { "trying", NULL, NULL, N_ ("Asking…") },
    { "found", "emblem-ok-symbolic", "success", N_ ("Found") },
    { "nothing", "list-remove-symbolic", "dim-label", N_ ("Nothing there") },
    { "failed", "dialog-warning-symbolic", "warning", N_ ("No answer") },
    { "skipped", "media-skip-forward-symbolic", "dim-label", N_ ("Not asked") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_str_equal (state, looks[i].state))
      return &looks[i];
  return &looks[2];
}

static GtkWidget *
make_step_row (MrAssistantAddress *self, const char *key, const char *title)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *stack = gtk_stack_new ();

  gtk_stack_add_named (GTK_STACK (stack), gtk_spinner_new (), "trying");
  gtk_stack_add_named (GTK_STACK (stack), gtk_image_new (), "done");
  gtk_widget_set_valign (stack, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), stack);
  g_object_set_data (G_OBJECT (row), "stack", stack);
  gtk_list_box_append (self->steps, row);
  g_hash_table_insert (self->rows, g_strdup (key), row);
  return row;
}

static void
set_step_look (GtkWidget *row, const StepLook *look)
{
  GtkStack *stack = g_object_get_data (G_OBJECT (row), "stack");
  GtkSpinner *spinner = GTK_SPINNER (gtk_stack_get_child_by_name (stack, "trying"));
  GtkWidget *image = gtk_stack_get_child_by_name (stack, "done");

  gtk_spinner_set_spinning (spinner, look->icon == NULL);
  gtk_stack_set_visible_child_name (stack, look->icon == NULL ? "trying" : "done");
  if (look->icon == NULL)
    return;
  gtk_image_set_from_icon_name (GTK_IMAGE (image), look->icon);
  gtk_widget_set_css_classes (image, (const char *[]){ look->style, NULL });
}

void
mr_address_page_step_cb (const MrClientDiscoverStep *step, gpointer data)
{
  MrAssistantAddress *self = data;
  const StepLook *look = look_of (step->state);
  const char *title = mr_assistant_source_title (step->source);
  g_autofree char *key = g_strdup_printf ("%s %s", mr_source_nick (step->source), step->host);
  g_autofree char *words = g_strdup_printf ("%s%s%s%s%s", _ (look->word), *step->host != '\0' ? " · " : "", step->host,
                                            *step->text != '\0' ? " · " : "", step->text);
  g_autofree char *markup = g_markup_escape_text (words, -1);
  g_autofree char *name = g_strdup_printf ("%s: %s", title, words);
  GtkWidget *row = g_hash_table_lookup (self->rows, key);

  if (row == NULL)
    row = make_step_row (self, key, title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  set_step_look (row, look);
  if (step->source != MR_SOURCE_PRESET)
    gtk_widget_set_visible (self->steps_group, TRUE);
}

/* ---- what came of it ---- */

void
mr_address_page_show_outcome (MrAssistantAddress *self, const char *title, const char *text)
{
  gtk_label_set_text (self->outcome_title, title);
  gtk_label_set_text (self->outcome_text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome_text), *text != '\0');
  gtk_widget_set_visible (self->outcome_group, TRUE);
}

static void
show_help (MrAssistantAddress *self, const char *url)
{
  gboolean has = url != NULL && *url != '\0';

  g_free (self->help_url);
  self->help_url = g_strdup (url);
  gtk_widget_set_visible (self->help_button, has);
  if (has)
    gtk_widget_set_tooltip_text (self->help_button, url);
}

/* Settings that cannot work yet: what has to be done first is said here and not after a password was typed in vain. */
void
mr_address_page_show_blocked (MrAssistantAddress *self, const MrDiscoveryRecord *record)
{
  gboolean wants_client = mr_assistant_wants_client (record);
  const char *notice = record->notice != NULL && *record->notice != '\0' ? _ (record->notice) : NULL;
  const char *admin = record->admin_text != NULL && *record->admin_text != '\0' ? _ (record->admin_text) : NULL;
  const char *provider = record->provider_name != NULL ? record->provider_name : "";
  g_autofree char *title = wants_client ? g_strdup_printf (_ ("%s Needs a Registered Application"), provider)
                                        : g_strdup_printf (_ ("%s Lets No Other Program Send"), provider);

  if (notice == NULL)
    notice = wants_client ? _ ("This provider takes no password from programs: you have to sign in with the browser, "
                               "and for that an application must be registered once.")
                          : _ ("Use its own program, or send through another account.");
  g_free (self->provider);
  self->provider = g_strdup (record->provider);
  gtk_widget_set_visible (self->register_button, wants_client);
  gtk_widget_set_visible (self->admin_box, admin != NULL);
  gtk_label_set_text (self->admin_text, admin != NULL ? admin : "");
  mr_copy_button_set_text (self->admin_copy, admin);
  gtk_widget_set_visible (self->microsoft_button, FALSE);
  gtk_widget_set_visible (self->probe_button, FALSE);
  show_help (self, record->help_url);
  mr_address_page_show_outcome (self, title, notice);
}

void
mr_address_page_show_nothing (MrAssistantAddress *self)
{
  gtk_widget_set_visible (self->register_button, FALSE);
  gtk_widget_set_visible (self->admin_box, FALSE);
  gtk_widget_set_visible (self->microsoft_button, TRUE);
  gtk_widget_set_visible (self->probe_button, TRUE);
  show_help (self, NULL);
  mr_address_page_show_outcome (
      self, _ ("No Settings Found"),
      _ ("Neither Mail Relay nor the domain says which server takes its outgoing mail. Your provider's help "
         "pages do: look for “SMTP”. Usual server names can be tried out, and Microsoft can be asked whether "
         "the domain is one of its organisations; it then learns the domain."));
}
