/* Three ways to treat forgeries, one of them chosen. A choice asks for a new plan; nothing is published by it. */
#include "config.h"

#include "ui/domain-guide-steps.h"

#include <glib/gi18n-lib.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/publish-calls.h"
#include "ui/domain-finding-row.h"
#include "ui/toast.h"

#define N_STEPS 3

struct _MrGuideSteps {
  AdwPreferencesGroup parent_instance;
  GtkLabel *words;
  GtkWidget *rows[N_STEPS];
  GtkCheckButton *buttons[N_STEPS];

  AdwExpanderRow *evidence;
  GPtrArray *sources; /* GtkWidget *: rows of evidence, borrowed */

  MrGuideSession *session;
  GCancellable *cancellable;
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

/* ---- reports ---- */

static void
changed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_change_key_finish (MR_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideSteps *self = data;
  if (!ok)
    mr_toast_show_error (GTK_WIDGET (self), _ ("This could not be noted"), error);
  mr_guide_session_plan (self->session);
}

static void
foreign_clicked_cb (GtkButton *button, MrGuideSteps *self)
{
  const char *source = g_object_get_data (G_OBJECT (button), "source");
  gboolean foreign = g_object_get_data (G_OBJECT (button), "foreign") != NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  mr_client_set_source_foreign_async (mr_desk_get_client (mr_guide_session_get_desk (self->session)),
                                      mr_guide_session_get_domain (self->session), source, !foreign, self->cancellable,
                                      changed_cb, self);
}

static guint64
count_of (GVariant *dict, const char *key)
{
  guint64 count = 0;

  g_variant_lookup (dict, key, "t", &count);
  return count;
}

/* A source of mail: how much of it passed, and whether the person knows it as none of their own. */
static void
append_source (MrGuideSteps *self, GVariant *source)
{
  const char *address = mr_guide_text (source, "source");
  gboolean foreign = mr_guide_is_set (source, "foreign");
  guint64 messages = count_of (source, "messages"), passed = count_of (source, "passed");
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (*address != '\0' ? address : _ ("All others"), -1);
  g_autofree char *subtitle = g_strdup_printf (foreign ? _ ("%u messages, %u of them passed; not yours")
                                                       : _ ("%u messages, %u of them passed"),
                                               (guint)messages, (guint)passed);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), mr_domain_state_icon_new (foreign ? MR_FINDING_NOT_APPLICABLE
                                                                             : passed == messages ? MR_FINDING_GOOD
                                                                                                  : MR_FINDING_WRONG));
  if (*address != '\0' && (foreign || passed < messages)) {
    GtkWidget *button = gtk_button_new_with_label (foreign ? _ ("It Is Mine") : _ ("Not Mine"));
    g_autofree char *what = g_strdup_printf ("%s: %s", address, gtk_button_get_label (GTK_BUTTON (button)));

    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
    g_object_set_data_full (G_OBJECT (button), "source", g_strdup (address), g_free);
    g_object_set_data (G_OBJECT (button), "foreign", foreign ? button : NULL);
    g_signal_connect (button, "clicked", G_CALLBACK (foreign_clicked_cb), self);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  }
  adw_expander_row_add_row (self->evidence, row);
  g_ptr_array_add (self->sources, row);
}

static void
show_evidence (MrGuideSteps *self, GVariant *evidence)
{
  g_autoptr (GVariant) sources = evidence != NULL
                                     ? g_variant_lookup_value (evidence, "sources", G_VARIANT_TYPE ("aa{sv}"))
                                     : NULL;
  guint reports = 0;

  for (guint i = 0; i < self->sources->len; i++)
    adw_expander_row_remove (self->evidence, self->sources->pdata[i]);
  g_ptr_array_set_size (self->sources, 0);
  if (evidence != NULL)
    g_variant_lookup (evidence, "reports", "u", &reports);
  for (gsize i = 0; sources != NULL && i < g_variant_n_children (sources); i++) {
    g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);

    append_source (self, source);
  }
  g_autofree char *words = g_strdup_printf (ngettext ("%u report was opened", "%u reports were opened", reports),
                                            reports);
  adw_expander_row_set_subtitle (self->evidence, words);
  adw_expander_row_set_enable_expansion (self->evidence, self->sources->len > 0);
}

static void
imported_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = mr_client_records_finish (MR_CLIENT (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGuideSteps *self = data;
  if (answer == NULL)
    mr_toast_show_error (GTK_WIDGET (self), _ ("The report could not be read"), error);
  else
    mr_guide_session_plan (self->session);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, MrGuideSteps *self)
{
  if (response == GTK_RESPONSE_ACCEPT && self->session != NULL) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
    int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;

    if (fd < 0)
      mr_toast_show (GTK_WIDGET (self), _ ("The report could not be read"));
    else {
      mr_client_import_reports_async (mr_desk_get_client (mr_guide_session_get_desk (self->session)), fd,
                                      self->cancellable, imported_cb, self);
      close (fd);
    }
  }
  g_object_unref (dialog);
}

static void
open_clicked_cb (MrGuideSteps *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Open a Report"),
                                                              GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
add_evidence (MrGuideSteps *self)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Open…"));

  self->evidence = ADW_EXPANDER_ROW (adw_expander_row_new ());
  self->sources = g_ptr_array_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->evidence), _ ("What the reports say"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open a report"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (open_clicked_cb), self);
  adw_expander_row_add_action (self->evidence, button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->evidence));
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
  g_autoptr (GVariant) evidence = dmarc != NULL ? g_variant_lookup_value (dmarc, "evidence", G_VARIANT_TYPE_VARDICT)
                                                : NULL;
  show_evidence (self, evidence);
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
  MrGuideSteps *self = MR_GUIDE_STEPS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (mr_guide_steps_parent_class)->dispose (object);
}

static void
mr_guide_steps_finalize (GObject *object)
{
  MrGuideSteps *self = MR_GUIDE_STEPS (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->sources);
  G_OBJECT_CLASS (mr_guide_steps_parent_class)->finalize (object);
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
  self->cancellable = g_cancellable_new ();
  add_evidence (self);
}

static void
mr_guide_steps_class_init (MrGuideStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mr_guide_steps_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_guide_steps_finalize;
}
