/* A row for each address, which opens where something is to be done. The texts are the service's. */
#include "config.h"

#include "ui/domain-guide-reverse.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/domain-finding-row.h"
#include "ui/domain-guide-answers.h"
#include "ui/domain-guide-record.h"

struct _MrGuideReverse {
  AdwPreferencesGroup parent_instance;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (MrGuideReverse, mr_guide_reverse, ADW_TYPE_PREFERENCES_GROUP)

static GtkWidget *
new_details (GVariant *reverse)
{
  const char *contact = mr_guide_text (reverse, "contact"), *subject = mr_guide_text (reverse, "subject");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *holder = gtk_list_box_row_new ();

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 10);
  gtk_widget_set_margin_bottom (box, 10);
  gtk_box_append (GTK_BOX (box), mr_domain_label_new (mr_guide_text (reverse, "whom"), NULL));
  gtk_box_append (GTK_BOX (box), mr_guide_field_new (_ ("The name that it should have"),
                                                     mr_guide_text (reverse, "wanted"), _ ("Copy the wanted name")));
  if (*contact != '\0')
    gtk_box_append (GTK_BOX (box), mr_guide_field_new (_ ("Mail address"), contact, _ ("Copy the mail address")));
  if (*subject != '\0')
    gtk_box_append (GTK_BOX (box), mr_guide_field_new (_ ("Subject"), subject, _ ("Copy the subject")));
  gtk_box_append (GTK_BOX (box), mr_guide_field_new (_ ("Text to send"), mr_guide_text (reverse, "text"),
                                                     _ ("Copy the text to send")));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (holder), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (holder), FALSE);
  gtk_widget_set_focusable (holder, FALSE);
  return holder;
}

static GtkWidget *
new_row (GVariant *reverse)
{
  const char *state = mr_guide_text (reverse, "state"), *address = mr_guide_text (reverse, "address");
  gboolean done = strcmp (state, "done") == 0, unknown = strcmp (state, "unknown") == 0;
  GtkWidget *row = done ? adw_action_row_new () : adw_expander_row_new ();
  GtkWidget *icon = mr_domain_state_icon_new (done ? MR_FINDING_GOOD : unknown ? MR_FINDING_UNKNOWN : MR_FINDING_WRONG);
  g_autofree const char **existing = NULL;

  g_variant_lookup (reverse, "existing", "^a&s", &existing);
  g_autofree char *names = existing != NULL ? g_strjoinv (", ", (char **)existing) : g_strdup ("");
  g_autofree char *subtitle = done             ? g_markup_printf_escaped (_ ("is called %s, as it should"), names)
                              : unknown        ? g_strdup (_ ("could not be looked up just now"))
                              : *names != '\0' ? g_markup_printf_escaped (_ ("is called %s"), names)
                                               : g_strdup (_ ("has no name"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  if (done) {
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  } else {
    adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
    adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), icon);
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row), new_details (reverse));
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), !unknown);
  }
  return row;
}

void
mr_guide_reverse_show (MrGuideReverse *self, GVariant *plan)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (plan, "reverse", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  mr_domain_clear_list (self->list);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) reverse = g_variant_get_child_value (list, i);

    gtk_list_box_append (self->list, new_row (reverse));
  }
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
mr_guide_reverse_init (MrGuideReverse *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  adw_preferences_group_set_title (group, _ ("Name of Your Internet Address"));
  adw_preferences_group_set_description (
      group, _ ("It is set by whoever gave you the address, not on the page of the domain (reverse DNS)."));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Public addresses and their names"), -1);
  adw_preferences_group_add (group, GTK_WIDGET (self->list));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
mr_guide_reverse_class_init (MrGuideReverseClass *klass)
{
}
