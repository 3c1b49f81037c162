/* Three ways, one of them chosen; a choice asks for a new plan. The file's text and where it has to stand come from the service. */
#include "config.h"

#include "ui/domain-guide-policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/domain-finding-row.h"
#include "ui/domain-guide-record.h"

#define N_MODES 3

struct _MrGuidePolicy {
  AdwPreferencesGroup parent_instance;
  GtkCheckButton *buttons[N_MODES];
  GtkBox *file;

  MrGuideSession *session;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (MrGuidePolicy, mr_guide_policy, ADW_TYPE_PREFERENCES_GROUP)

/* RFC 8461 5: what a sender does with each. */
static const struct {
  const char *mode, *title, *subtitle;
} modes[N_MODES] = {
  { "", N_ ("Not yet"), N_ ("Others encrypt mail to you where they can, and send it readable where they cannot.") },
  { "testing", N_ ("Try it (testing)"),
    N_ ("Mail arrives as before. Where others could not have encrypted it, their reports tell you: give an address "
        "for reports about encryption, and stay here for some weeks.") },
  { "enforce", N_ ("Insist (enforce)"),
    N_ ("Others keep mail back that they cannot encrypt to a server with a good certificate. Only where the reports "
        "told of no failure: a mistake here stops mail to you.") },
};

static void
toggled_cb (GtkCheckButton *button, MrGuidePolicy *self)
{
  if (self->filling || self->session == NULL || !gtk_check_button_get_active (button))
    return;
  for (guint i = 0; i < N_MODES; i++)
    if (self->buttons[i] == button)
      mr_guide_answers_set (&mr_guide_session_get_answers (self->session)->sts_mode, modes[i].mode);
  mr_guide_session_plan (self->session);
}

static void
append_text (GtkBox *box, const char *text, const char *style)
{
  if (*text != '\0')
    gtk_box_append (box, mr_domain_label_new (text, style));
}

static void
show_file (MrGuidePolicy *self, GVariant *file)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->file))) != NULL)
    gtk_box_remove (self->file, child);
  append_text (self->file, mr_guide_text (file, "problem"), "error");
  append_text (self->file, mr_guide_text (file, "words"), NULL);
  if (*mr_guide_text (file, "text") == '\0')
    return;
  gtk_box_append (self->file, mr_guide_field_new (_ ("Address at which the file has to be found"),
                                                  mr_guide_text (file, "url"), _ ("Copy the address of the file")));
  gtk_box_append (self->file, mr_guide_field_new (_ ("Text of the file"), mr_guide_text (file, "text"),
                                                  _ ("Copy the text of the file")));
}

void
mr_guide_policy_show (MrGuidePolicy *self, GVariant *plan)
{
  g_autoptr (GVariant) file = g_variant_lookup_value (plan, "policy-file", G_VARIANT_TYPE_VARDICT);
  gboolean wished = file != NULL && g_variant_n_children (file) > 0;

  gtk_widget_set_visible (GTK_WIDGET (self), file != NULL);
  self->filling = TRUE;
  for (guint i = 0; i < N_MODES; i++)
    gtk_check_button_set_active (self->buttons[i],
                                 strcmp (mr_guide_session_get_answers (self->session)->sts_mode, modes[i].mode) == 0);
  self->filling = FALSE;
  if (wished)
    show_file (self, file);
  gtk_widget_set_visible (GTK_WIDGET (self->file), wished);
}

void
mr_guide_policy_set_session (MrGuidePolicy *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
}

static void
mr_guide_policy_dispose (GObject *object)
{
  g_clear_object (&MR_GUIDE_POLICY (object)->session);
  G_OBJECT_CLASS (mr_guide_policy_parent_class)->dispose (object);
}

static GtkWidget *
new_mode_row (MrGuidePolicy *self, guint i)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_check_button_new ();

  if (i > 0)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->buttons[0]);
  self->buttons[i] = GTK_CHECK_BUTTON (button);
  gtk_check_button_set_active (self->buttons[i], i == 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (modes[i].title), -1);
  g_signal_connect (button, "toggled", G_CALLBACK (toggled_cb), self);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (modes[i].title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (modes[i].subtitle));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  return row;
}

static void
mr_guide_policy_init (MrGuidePolicy *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  adw_preferences_group_set_title (group, _ ("Tell Others to Insist on Encryption (MTA-STS)?"));
  adw_preferences_group_set_description (
      group, _ ("Not needed for your mail to arrive. It takes a small file on a web server."));
  for (guint i = 0; i < N_MODES; i++)
    adw_preferences_group_add (group, new_mode_row (self, i));
  self->file = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 8));
  gtk_widget_set_margin_top (GTK_WIDGET (self->file), 12);
  adw_preferences_group_add (group, GTK_WIDGET (self->file));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
mr_guide_policy_class_init (MrGuidePolicyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mr_guide_policy_dispose;
}
