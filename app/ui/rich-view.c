/* A text view with tags, and its links as rows: reachable by keyboard and by screen reader, which links inside a text view are not. */
#include "config.h"

#include "ui/rich-view.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/copy-button.h"
#include "ui/open-link.h"

#define LINKS_MAX 100

struct _MrRichView {
  GtkBox parent_instance;
  GtkTextView *view;
  GtkWidget *links_title;
  GtkListBox *links;
};

G_DEFINE_FINAL_TYPE (MrRichView, mr_rich_view, GTK_TYPE_BOX)

static const struct {
  guint style;
  const char *tag;
} styles[] = {
  { MR_STYLE_BOLD, "bold" },     { MR_STYLE_ITALIC, "italic" }, { MR_STYLE_UNDERLINE, "underline" },
  { MR_STYLE_STRIKE, "strike" }, { MR_STYLE_FIXED, "fixed" },   { MR_STYLE_HEADING, "heading" },
  { MR_STYLE_QUOTE, "quote" },
};

static void
make_tags (GtkTextBuffer *buffer)
{
  gtk_text_buffer_create_tag (buffer, "bold", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_create_tag (buffer, "italic", "style", PANGO_STYLE_ITALIC, NULL);
  gtk_text_buffer_create_tag (buffer, "underline", "underline", PANGO_UNDERLINE_SINGLE, NULL);
  gtk_text_buffer_create_tag (buffer, "strike", "strikethrough", TRUE, NULL);
  gtk_text_buffer_create_tag (buffer, "fixed", "family", "monospace", NULL);
  gtk_text_buffer_create_tag (buffer, "heading", "weight", PANGO_WEIGHT_BOLD, "scale", PANGO_SCALE_LARGE, NULL);
  gtk_text_buffer_create_tag (buffer, "quote", "style", PANGO_STYLE_ITALIC, "left-margin", 12, NULL);
  gtk_text_buffer_create_tag (buffer, "link", "underline", PANGO_UNDERLINE_SINGLE, NULL);
  gtk_text_buffer_create_tag (buffer, "target", "scale", PANGO_SCALE_SMALL, "weight", PANGO_WEIGHT_BOLD, NULL);
}

static gboolean
text_tells_target (const MrRichText *text, const MrTextSpan *span, const char *host)
{
  g_autofree char *shown = g_ascii_strdown (text->text + span->start, (gssize)(span->end - span->start));

  return host == NULL || (!span->deceives && strstr (shown, host) != NULL);
}

/* Characters up to a byte; counted on from the last one that was asked for, in either direction. */
typedef struct {
  const char *text, *at;
  glong characters;
} Place;

static int
characters_to (Place *place, gsize byte)
{
  const char *to = place->text + byte;

  place->characters += g_utf8_pointer_to_offset (place->at, to);
  place->at = to;
  return (int)place->characters;
}

static void
apply_span (GtkTextBuffer *buffer, Place *place, const MrTextSpan *span)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_offset (buffer, &start, characters_to (place, span->start));
  gtk_text_buffer_get_iter_at_offset (buffer, &end, characters_to (place, span->end));
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if ((span->style & styles[i].style) != 0)
      gtk_text_buffer_apply_tag_by_name (buffer, styles[i].tag, &start, &end);
  if (span->target != NULL)
    gtk_text_buffer_apply_tag_by_name (buffer, "link", &start, &end);
}

/* From the last to the first, so that the places of the others hold. */
static void
name_targets (GtkTextBuffer *buffer, const MrRichText *text)
{
  Place place = { text->text, text->text, 0 };
  guint named = 0;

  for (guint i = text->spans->len; i-- > 0 && named < LINKS_MAX;) {
    const MrTextSpan *span = text->spans->pdata[i];
    g_autofree char *host = span->target != NULL ? mr_link_dup_host (span->target) : NULL;
    GtkTextIter end;

    if (span->target == NULL || text_tells_target (text, span, host))
      continue;
    g_autofree char *note = g_strdup_printf (" (%s)", host);
    gtk_text_buffer_get_iter_at_offset (buffer, &end, characters_to (&place, span->end));
    gtk_text_buffer_insert_with_tags_by_name (buffer, &end, note, -1, "target", NULL);
    named++;
  }
}

static void
free_target (gpointer target, GClosure *closure)
{
  g_free (target);
}

static void
open_clicked_cb (GtkWidget *button, const char *target)
{
  mr_open_link (button, target);
}

static GtkWidget *
open_button_new (const char *target)
{
  GtkWidget *open = gtk_button_new_from_icon_name ("web-browser-symbolic");
  g_autofree char *name = g_strdup_printf (_ ("Open %s"), target);

  gtk_widget_set_valign (open, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (open, "flat");
  gtk_widget_set_tooltip_text (open, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (open), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_data (open, "clicked", G_CALLBACK (open_clicked_cb), g_strdup (target), free_target, 0);
  return open;
}

static char *
dup_title (const MrRichText *text, const MrTextSpan *span)
{
  g_autofree char *part = g_strndup (text->text + span->start, span->end - span->start);

  g_strdelimit (part, "\n\t", ' ');
  g_strstrip (part);
  return *part != '\0' ? g_steal_pointer (&part) : g_strdup (_ ("Link without a text"));
}

static void
add_link (MrRichView *self, const MrRichText *text, const MrTextSpan *span)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = dup_title (text, span);
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *target_markup = g_markup_escape_text (span->target, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), target_markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  if (span->deceives) {
    GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
    const char *warning = _ ("The text names another place than the link leads to");

    gtk_widget_add_css_class (icon, "warning");
    gtk_widget_set_tooltip_text (icon, warning);
    gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, warning, -1);
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  }
  GtkWidget *copy = mr_copy_button_new (span->target, _ ("Copy the link"));
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), copy);
  if (mr_link_may_be_opened (span->target))
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), open_button_new (span->target));
  gtk_list_box_append (self->links, row);
}

void
mr_rich_view_set_text (MrRichView *self, const MrRichText *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  Place place = { text->text, text->text, 0 };
  GtkListBoxRow *row;
  guint n = 0;

  g_return_if_fail (MR_IS_RICH_VIEW (self));
  while ((row = gtk_list_box_get_row_at_index (self->links, 0)) != NULL)
    gtk_list_box_remove (self->links, GTK_WIDGET (row));
  gtk_text_buffer_set_text (buffer, text->text, -1);
  for (guint i = 0; i < text->spans->len; i++) {
    const MrTextSpan *span = text->spans->pdata[i];

    apply_span (buffer, &place, span);
    if (span->target != NULL && n++ < LINKS_MAX)
      add_link (self, text, span);
  }
  name_targets (buffer, text);
  gtk_widget_set_visible (self->links_title, n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->links), n > 0);
}

static void
mr_rich_view_init (MrRichView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_tags (gtk_text_view_get_buffer (self->view));
}

static void
mr_rich_view_class_init (MrRichViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/rich-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MrRichView, view);
  gtk_widget_class_bind_template_child (widget_class, MrRichView, links_title);
  gtk_widget_class_bind_template_child (widget_class, MrRichView, links);
}
