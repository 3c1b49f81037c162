/* Three ways to treat forgeries, one of them chosen. A choice asks for a new plan; nothing is published by it. */
#include "config.h"

#include "ui/domain-guide-steps.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/domain-finding-row.h"

#define N_STEPS 3

struct _MrGuideSteps {
  AdwPreferencesGroup parent_instance;
  GtkLabel *words;
  GtkWidget *rows[N_STEPS];
  GtkCheckButton *buttons[N_STEPS];

  MrGuideSession *session;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (MrGuideSteps, mr_guide_steps, ADW_TYPE_PREFERENCES_GROUP)

static const struct {
  const char *policy, *title, *subtitle;
} steps[N_STEPS] = {
  { "none", N_ ("1. Observe"),
    N_ ("Forgeries are delivered as before, and reports tell who sends in your name. At least a month.") },
  { "quarantine", N_ ("2. Into the junk folder"),
    N_ ("Receivers put what looks forged among the junk. At least a month.") },
  { "reject", N_ ("3. Refuse"),
    N_ ("Receivers refuse what looks forged. Only where all of your own mail has a good signature.") },
};

static void
toggled_cb (GtkCheckButton *button, MrGuideSteps *self)
{
  if (self->filling || self->session == NULL || !gtk_check_button_get_active (button))
    return;
  for (guint i = 0; i < N_STEPS; i++)
    if (self->buttons[i] == button)
      mr_guide_answers_set (&mr_guide_session_get_answers (self->session)->step, steps[i].policy);
  mr_guide_session_plan (self->session);
}

/* The policy in force, from the record that is there. (transfer full) */
static char *
dup_current (GVariant *plan)
{
  g_autoptr (GVariant) dmarc = g_variant_lookup_value (plan, "dmarc", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) record = mr_guide_plan_find (plan, "dmarc");
  g_autofree const char **existing = NULL;
  g_auto (GStrv) tags = NULL;

  if (dmarc != NULL)
    return g_strdup (mr_guide_text (dmarc, "current"));
  if (record != NULL)
    g_variant_lookup (record, "existing", "^a&s", &existing);
  tags = g_strsplit (existing != NULL && existing[0] != NULL ? existing[0] : "", ";", -1);
  for (guint i = 0; tags[i] != NULL; i++)
    if (g_str_has_prefix (g_strstrip (tags[i]), "p="))
      return g_ascii_strdown (tags[i] + 2, -1);
  return g_strdup ("");
}

void
mr_guide_steps_show (MrGuideSteps *self, GVariant *plan)
{
  const MrGuideAnswers *answers = mr_guide_session_get_answers (self->session);
  g_autoptr (GVariant) dmarc = g_variant_lookup_value (plan, "dmarc", G_VARIANT_TYPE_VARDICT);
  const char *words = dmarc != NULL ? mr_guide_text (dmarc, "words") : "";
  g_autofree char *current = dup_current (plan);
  const char *chosen = *answers->step != '\0' ? answers->step : *current != '\0' ? current : "none";

  gtk_label_set_text (
      self->words, *words != '\0'     ? words
                   : *current == '\0' ? _ ("Begin with observing: nothing is lost, and after a month the reports show "
                                           "whether all of your own mail passes.")
                                      : _ ("Go one step further only when the reports of a month show that all of your "
                                           "own mail passes."));
  self->filling = TRUE;
  for (guint i = 0; i < N_STEPS; i++) {
    gboolean ends = answers->lists && strcmp (steps[i].policy, "reject") == 0;
    g_autofree char *now = g_strdup_printf ("%s %s", _ ("This is in force now."), _ (steps[i].subtitle));

    gtk_check_button_set_active (self->buttons[i], strcmp (steps[i].policy, chosen) == 0);
    gtk_widget_set_sensitive (self->rows[i], !ends || strcmp (current, "reject") == 0);
    adw_action_row_set_subtitle (
        ADW_ACTION_ROW (self->rows[i]),
        ends ? _ ("Not for this domain: its people write to mailing lists, and such mail would be refused.")
        : strcmp (steps[i].policy, current) == 0 ? now
                                                 : _ (steps[i].subtitle));
  }
  self->filling = FALSE;
}

void
mr_guide_steps_set_session (MrGuideSteps *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
}

static void
mr_guide_steps_dispose (GObject *object)
{
  g_clear_object (&MR_GUIDE_STEPS (object)->session);
  G_OBJECT_CLASS (mr_guide_steps_parent_class)->dispose (object);
}

static void
mr_guide_steps_init (MrGuideSteps *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  adw_preferences_group_set_title (group, _ ("Forgeries, Step by Step"));
  self->words = GTK_LABEL (mr_domain_label_new ("", NULL));
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->words), 12);
  adw_preferences_group_add (group, GTK_WIDGET (self->words));
  for (guint i = 0; i < N_STEPS; i++) {
    GtkWidget *row = adw_action_row_new (), *button = gtk_check_button_new ();

    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->buttons[0]);
    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (steps[i].title), -1);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (steps[i].title));
    adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
    g_signal_connect (button, "toggled", G_CALLBACK (toggled_cb), self);
    adw_preferences_group_add (group, row);
    self->buttons[i] = GTK_CHECK_BUTTON (button);
    self->rows[i] = row;
  }
}

static void
mr_guide_steps_class_init (MrGuideStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mr_guide_steps_dispose;
}
