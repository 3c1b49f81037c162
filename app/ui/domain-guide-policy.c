/* The switch asks for a new plan; the file's text and where it has to stand come from the service. */
#include "config.h"

#include "ui/domain-guide-policy.h"

#include <glib/gi18n-lib.h>

#include "ui/domain-finding-row.h"
#include "ui/domain-guide-record.h"

struct _MrGuidePolicy {
  AdwPreferencesGroup parent_instance;
  GtkSwitch *wish;
  GtkBox *file;

  MrGuideSession *session;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (MrGuidePolicy, mr_guide_policy, ADW_TYPE_PREFERENCES_GROUP)

static void
wish_changed_cb (MrGuidePolicy *self)
{
  if (self->filling || self->session == NULL)
    return;
  mr_guide_session_get_answers (self->session)->mta_sts = gtk_switch_get_active (self->wish);
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
  gtk_switch_set_active (self->wish, mr_guide_session_get_answers (self->session)->mta_sts);
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

static void
mr_guide_policy_init (MrGuidePolicy *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_group_set_title (group, _ ("Encryption of Incoming Mail"));
  self->wish = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->wish), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->wish), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Tell others to insist on encryption (MTA-STS)"), -1);
  g_signal_connect_swapped (self->wish, "notify::active", G_CALLBACK (wish_changed_cb), self);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Tell others to insist on encryption (MTA-STS)"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               _ ("Not needed for your mail to arrive. It takes a small file on a web server."));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->wish));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (self->wish));
  adw_preferences_group_add (group, row);
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
