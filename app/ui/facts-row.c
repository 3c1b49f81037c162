/* Labels and values in a grid; the grid is filled again only when a text changes, so that a selection survives updates. */
#include "config.h"

#include "ui/facts-row.h"

#include <glib/gi18n-lib.h>

#include "ui/copy-button.h"
#include "ui/desk.h"
#include "ui/format.h"

#define MAX_FACTS 16

struct _MrFactsRow {
  AdwExpanderRow parent_instance;
  GtkGrid *grid;
  MrCopyButton *copy;
  GtkLabel *names[MAX_FACTS], *values[MAX_FACTS];
  guint n;
};

G_DEFINE_FINAL_TYPE (MrFactsRow, mr_facts_row, ADW_TYPE_EXPANDER_ROW)

static GtkLabel *
make_label (MrFactsRow *self, int column, int row)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (column == 0) {
    gtk_label_set_width_chars (GTK_LABEL (label), 12);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 16);
    gtk_widget_add_css_class (label, "dim-label");
  } else {
    gtk_label_set_selectable (GTK_LABEL (label), TRUE);
    gtk_widget_set_hexpand (label, TRUE);
  }
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
  return GTK_LABEL (label);
}

static void
add_fact (MrFactsRow *self, GString *copy, const char *name, const char *value)
{
  guint i = self->n;

  if (value == NULL || *value == '\0' || i >= MAX_FACTS)
    return;
  if (self->names[i] == NULL) {
    self->names[i] = make_label (self, 0, (int)i);
    self->values[i] = make_label (self, 1, (int)i);
  }
  gtk_label_set_text (self->names[i], name);
  if (g_strcmp0 (gtk_label_get_text (self->values[i]), value) != 0)
    gtk_label_set_text (self->values[i], value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->values[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, value, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->names[i]), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->values[i]), TRUE);
  g_string_append_printf (copy, "%s: %s\n", name, value);
  self->n++;
}

static void
hide_from (MrFactsRow *self, guint n)
{
  for (guint i = n; i < MAX_FACTS && self->names[i] != NULL; i++) {
    gtk_widget_set_visible (GTK_WIDGET (self->names[i]), FALSE);
    gtk_widget_set_visible (GTK_WIDGET (self->values[i]), FALSE);
  }
}

static char *
dup_submitter (const MrMessageRecord *message)
{
  g_autoptr (GString) text = g_string_new (mr_format_program (message));
  g_autofree char *user = mr_desk_dup_user_name (message->uid);
  g_autofree char *pid = g_strdup_printf ("%" G_GINT64_FORMAT, message->pid);

  if (user != NULL) {
    g_string_append (text, ", ");
    g_string_append_printf (text, _ ("user %s"), user);
  }
  if (message->pid > 0) {
    g_string_append (text, ", ");
    g_string_append_printf (text, _ ("process %s"), pid);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_size (guint64 size)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, size);

  return g_strdup_printf (ngettext ("%s byte", "%s bytes", (gulong)size), number);
}

void
mr_facts_row_set_message (MrFactsRow *self, const MrMessageRecord *message)
{
  g_return_if_fail (MR_IS_FACTS_ROW (self));

  g_autoptr (GString) copy = g_string_new (NULL);
  g_autofree char *created = mr_format_time (message->created);
  g_autofree char *finished = mr_format_time (message->finished);
  g_autofree char *not_before = mr_format_time (message->not_before);
  g_autofree char *size = dup_size (message->size);
  g_autofree char *submitter = dup_submitter (message);
  const char *reverse_path = message->reverse_path != NULL && *message->reverse_path != '\0'
                                 ? message->reverse_path
                                 : _ ("none (nothing can be returned)");

  self->n = 0;
  add_fact (self, copy, _ ("ID here"), message->id);
  add_fact (self, copy, _ ("Message-ID"), message->message_id);
  add_fact (self, copy, _ ("Subject"), message->subject);
  add_fact (self, copy, _ ("From"), message->from);
  add_fact (self, copy, _ ("Return address"), reverse_path);
  add_fact (self, copy, _ ("Size"), size);
  add_fact (self, copy, _ ("Taken in"), created);
  add_fact (self, copy, _ ("Not before"), not_before);
  add_fact (self, copy, _ ("Finished"), finished);
  add_fact (self, copy, _ ("Handed in by"), submitter);
  add_fact (self, copy, _ ("Program's log-in"), message->auth_identity);
  add_fact (self, copy, _ ("Greeted as"), message->helo);
  add_fact (self, copy, _ ("Taken in at"), message->socket);
  add_fact (self, copy, _ ("Chosen account"), message->account_override);
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);
    g_autofree char *change = r->corrected_from != NULL
                                  ? g_strdup_printf (_ ("%s, corrected to %s"), r->corrected_from, r->address)
                                  : NULL;
    add_fact (self, copy, _ ("Handed in for"), change);
  }
  hide_from (self, self->n);
  mr_copy_button_set_text (self->copy, copy->str);
}

static void
mr_facts_row_init (MrFactsRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_facts_row_class_init (MrFactsRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/facts-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MrFactsRow, grid);
  gtk_widget_class_bind_template_child (widget_class, MrFactsRow, copy);
}
