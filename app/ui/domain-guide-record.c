/* A card for an entry: see domain-guide-record.h. */
#include "config.h"

#include "ui/domain-guide-record.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/copy-button.h"
#include "ui/domain-finding-row.h"
#include "ui/domain-guide-answers.h"
#include "ndr/domain-texts.h"

struct _MrGuideRecord {
  GtkListBoxRow parent_instance;
  GtkImage *icon;
  GtkLabel *title, *state, *problem, *hint;
  GtkBox *existing, *fields;
};

G_DEFINE_FINAL_TYPE (MrGuideRecord, mr_guide_record, GTK_TYPE_LIST_BOX_ROW)

static const struct {
  const char *state, *words, *icon, *style;
} looks[] = {
  { "done", N_ ("stands there as it has to"), "emblem-ok-symbolic", "success" },
  { "add", N_ ("to be added"), "list-add-symbolic", "accent" },
  { "replace", N_ ("to be put in place of what is there"), "document-edit-symbolic", "warning" },
  { "unknown", N_ ("could not be looked up just now; if there is none yet:"), "dialog-question-symbolic", "dim-label" },
};

/* The tick stays: so a person sees which field was taken already. */
static void
copied_cb (GtkButton *button)
{
  gtk_button_set_icon_name (button, "emblem-ok-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (button), "success");
}

void
mr_guide_break_anywhere (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_CHAR);
}

GtkWidget *
mr_guide_field_new (const char *caption, const char *text, const char *what)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *head = gtk_label_new (caption);
  GtkWidget *label = mr_domain_label_new (*text != '\0' ? text : _ ("(leave it empty)"), "monospace");
  GtkWidget *copy = mr_copy_button_new (text, what);

  gtk_label_set_xalign (GTK_LABEL (head), 0);
  gtk_widget_add_css_class (head, "caption-heading");
  gtk_widget_add_css_class (label, "reply");
  mr_guide_break_anywhere (GTK_LABEL (label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), head);
  gtk_box_append (GTK_BOX (words), label);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_set_valign (copy, GTK_ALIGN_END);
  gtk_widget_set_sensitive (copy, *text != '\0');
  g_signal_connect (copy, "clicked", G_CALLBACK (copied_cb), NULL);
  gtk_box_append (GTK_BOX (box), copy);
  return box;
}

static void
append_field (MrGuideRecord *self, const char *title, const char *caption, const char *text, const char *format)
{
  g_autofree char *what = g_strdup_printf ("%s: %s", title, format);

  gtk_box_append (self->fields, mr_guide_field_new (caption, text, what));
}

static void
show_look (MrGuideRecord *self, const char *state)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (looks) && strcmp (looks[i].state, state) != 0)
    i++;
  gtk_image_set_from_icon_name (self->icon, looks[i].icon);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[i].style);
  gtk_label_set_text (self->state, _ (looks[i].words));
}

static void
show_existing (MrGuideRecord *self, GVariant *record)
{
  g_autofree const char **existing = NULL;

  g_variant_lookup (record, "existing", "^a&s", &existing);
  for (guint i = 0; existing != NULL && existing[i] != NULL; i++) {
    GtkWidget *label = mr_domain_label_new (existing[i], "monospace");

    gtk_widget_add_css_class (label, "reply");
    mr_guide_break_anywhere (GTK_LABEL (label));
    gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, existing[i], -1);
    gtk_box_append (self->existing, label);
  }
}

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

GtkWidget *
mr_guide_record_new (GVariant *record)
{
  MrGuideRecord *self = g_object_new (MR_TYPE_GUIDE_RECORD, NULL);
  const char *state = mr_guide_text (record, "state"), *title = mr_domain_entry_name (mr_guide_text (record, "kind"));
  const char *value = mr_guide_text (record, "field-value");
  gboolean to_do = strcmp (state, "done") != 0 && *value != '\0';

  gtk_label_set_text (self->title, title);
  show_look (self, state);
  show_text (self->problem, mr_guide_text (record, "problem"));
  show_text (self->hint, to_do ? mr_guide_text (record, "hint") : "");
  gtk_widget_set_visible (GTK_WIDGET (self->existing), strcmp (state, "replace") == 0);
  if (strcmp (state, "replace") == 0)
    show_existing (self, record);
  gtk_widget_set_visible (GTK_WIDGET (self->fields), to_do);
  if (to_do) {
    append_field (self, title, _ ("Name"), mr_guide_text (record, "field-name"), _ ("copy the name"));
    append_field (self, title, _ ("Type"), mr_guide_text (record, "type"), _ ("copy the type"));
    append_field (self, title, _ ("Value"), value, _ ("copy the value"));
  }
  return GTK_WIDGET (self);
}

static void
mr_guide_record_init (MrGuideRecord *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_guide_record_class_init (MrGuideRecordClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-record.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, icon);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, title);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, state);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, problem);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, hint);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, existing);
  gtk_widget_class_bind_template_child (widget_class, MrGuideRecord, fields);
}
