/* A page is text of a few shapes: "# title", "## heading", "- item", "1. step", paragraphs, and *words of the program* between
 * asterisks. Everything else is words. */
#include "config.h"

#include "ui/help-page.h"

#include <string.h>

#define FOLDER "/com/example/MailRelay/help/"

const char *const *
mr_help_list_pages (void)
{
  static const char *const pages[] = { "first-start", "connect", "stuck", "returned", "domains", "preferences", NULL };

  return pages;
}

/* The first of the reader's languages that there is. */
static char *
dup_text (const char *id)
{
  const char *const *languages = g_get_language_names ();

  for (guint i = 0; languages[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (FOLDER, id, ".", languages[i], ".md", NULL);
    g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    if (bytes != NULL)
      return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
  g_autofree char *path = g_strconcat (FOLDER, id, ".en.md", NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

char *
mr_help_dup_title (const char *id)
{
  g_autofree char *text = dup_text (id);

  if (text == NULL || !g_str_has_prefix (text, "# "))
    return NULL;
  return g_strndup (text + 2, strcspn (text + 2, "\n"));
}

static char *
dup_markup (const char *line)
{
  g_autofree char *escaped = g_markup_escape_text (line, -1);
  g_auto (GStrv) parts = g_strsplit (escaped, "*", -1);
  GString *markup = g_string_new (NULL);

  /* Every second piece stands between asterisks. */
  for (guint i = 0; parts[i] != NULL; i++)
    g_string_append_printf (markup, i % 2 == 1 ? "<b>%s</b>" : "%s", parts[i]);
  return g_string_free (markup, FALSE);
}

static GtkWidget *
label_new (const char *text, const char *css_class)
{
  g_autofree char *markup = dup_markup (text);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/* The sign of a list and what stands beside it. */
static GtkWidget *
item_new (const char *sign, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *mark = gtk_label_new (sign);

  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_widget_add_css_class (mark, "dim-label");
  gtk_widget_set_margin_start (box, 6);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), label_new (text, NULL));
  return box;
}

static GtkWidget *
line_new (const char *line)
{
  gsize digits = strspn (line, "0123456789");

  if (g_str_has_prefix (line, "# "))
    return label_new (line + 2, "title-2");
  if (g_str_has_prefix (line, "## "))
    return label_new (line + 3, "heading");
  if (g_str_has_prefix (line, "- "))
    return item_new ("•", line + 2);
  if (digits > 0 && g_str_has_prefix (line + digits, ". ")) {
    g_autofree char *sign = g_strndup (line, digits + 1);
    return item_new (sign, line + digits + 2);
  }
  return label_new (line, NULL);
}

GtkWidget *
mr_help_page_new (const char *id)
{
  g_autofree char *text = dup_text (id);
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  GtkWidget *box;

  if (text == NULL)
    return NULL;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  for (guint i = 0; lines[i] != NULL; i++) {
    GtkWidget *widget = *lines[i] != '\0' ? line_new (lines[i]) : NULL;

    if (widget == NULL)
      continue;
    if (g_str_has_prefix (lines[i], "## "))
      gtk_widget_set_margin_top (widget, 12);
    gtk_box_append (GTK_BOX (box), widget);
  }
  return box;
}
