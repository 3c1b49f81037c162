/* A row for a finding: see domain-finding-row.h. */
#include "config.h"

#include "ui/domain-finding-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ndr/domain-texts.h"
#include "ui/copy-button.h"

#define GIANT_WORD 300 /* bytes */

typedef struct {
  const char *icon, *style;
} Look;

static const Look looks[MR_FINDING_N_STATES] = {
  [MR_FINDING_GOOD] = { "emblem-ok-symbolic", "success" },
  [MR_FINDING_ATTENTION] = { "dialog-warning-symbolic", "warning" },
  [MR_FINDING_WRONG] = { "dialog-error-symbolic", "error" },
  [MR_FINDING_NOT_APPLICABLE] = { "content-loading-symbolic", "dim-label" },
  [MR_FINDING_UNKNOWN] = { "dialog-question-symbolic", "dim-label" },
};

void
mr_domain_clear_list (GtkListBox *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
}

GtkWidget *
mr_domain_state_icon_new (MrFindingState state)
{
  const Look *look = &looks[state < MR_FINDING_N_STATES ? state : MR_FINDING_UNKNOWN];
  GtkWidget *icon = gtk_image_new_from_icon_name (look->icon);

  gtk_widget_add_css_class (icon, look->style);
  gtk_accessible_update_state (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return icon;
}

/* The toolkit tries the width of a label many times, and looks for the ends of words each time: with a word of thousands of characters, as a stranger's
 * record or header may have one, that takes seconds. Broken anywhere it takes none. */
static gboolean
has_giant_word (const char *text)
{
  for (gsize len; *text != '\0'; text += len + (text[len] != '\0')) {
    len = strcspn (text, " \n");
    if (len > GIANT_WORD)
      return TRUE;
  }
  return FALSE;
}

GtkWidget *
mr_domain_label_new (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), has_giant_word (text) ? PANGO_WRAP_CHAR : PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
append_label (GtkBox *box, const char *text, const char *style)
{
  if (text != NULL && *text != '\0')
    gtk_box_append (box, mr_domain_label_new (text, style));
}

/* What it means, what helps, and what was seen: to be copied as it stands. */
static GtkWidget *
new_details (const MrDomainFinding *finding)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autofree char *meaning = mr_domain_dup_meaning (finding);
  g_autofree char *remedy = mr_domain_dup_remedy (finding);
  g_autofree char *facts = mr_domain_dup_facts (finding);

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 10);
  gtk_widget_set_margin_bottom (box, 10);
  append_label (GTK_BOX (box), meaning, NULL);
  append_label (GTK_BOX (box), remedy, "heading");
  append_label (GTK_BOX (box), facts, "reply");
  if (*facts != '\0') {
    GtkWidget *copy = mr_copy_button_new (facts, _ ("Copy what was seen"));
    gtk_widget_set_halign (copy, GTK_ALIGN_START);
    gtk_box_append (GTK_BOX (box), copy);
  }
  return box;
}

GtkWidget *
mr_domain_finding_row_new (const MrDomainFinding *finding)
{
  GtkWidget *row = adw_expander_row_new (), *holder = gtk_list_box_row_new ();
  g_autofree char *sentence = mr_domain_dup_sentence (finding);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", mr_domain_check_name (finding->check),
                                               mr_finding_state_word (finding->state));
  g_autofree char *title_markup = g_markup_escape_text (sentence, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), mr_domain_state_icon_new (finding->state));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle_markup);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (holder), new_details (finding));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (holder), FALSE);
  gtk_widget_set_focusable (holder, FALSE);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), holder);
  return row;
}
