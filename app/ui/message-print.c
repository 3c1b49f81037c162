/* One Pango layout for all of it, cut into pages at its lines. */
#include "config.h"

#include "ui/message-print.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ndr/states.h"
#include "ui/format.h"

#define PAGES_MAX     500
#define FOOTER_POINTS 24

typedef struct {
  char *head; /* markup */
  char *text;
  PangoLayout *layout;
  GArray *pages; /* int: first line of each page */
} Paper;

static void
paper_free (gpointer data)
{
  Paper *paper = data;

  g_free (paper->head);
  g_free (paper->text);
  g_clear_object (&paper->layout);
  g_array_unref (paper->pages);
  g_free (paper);
}

static void
add_field (GString *out, const char *name, const char *value)
{
  g_autofree char *markup = value != NULL && *value != '\0' ? g_markup_printf_escaped ("<b>%s</b> %s\n", name, value)
                                                            : NULL;

  if (markup != NULL)
    g_string_append (out, markup);
}

static char *
dup_head (const MrMessageRecord *message, const MrPreview *preview, gint64 now)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *subject = g_markup_printf_escaped ("<span size='large' weight='bold'>%s</span>\n\n",
                                                      mr_format_subject (message));
  g_autofree char *created = mr_format_time (message->created);

  g_string_append (out, subject);
  add_field (out, _ ("From:"), mr_mail_fields_get (preview->fields, "From"));
  add_field (out, _ ("To:"), mr_mail_fields_get (preview->fields, "To"));
  add_field (out, _ ("Cc:"), mr_mail_fields_get (preview->fields, "Cc"));
  add_field (out, _ ("Handed in:"), created);
  add_field (out, _ ("Number:"), message->id);
  for (guint i = 0; i < MIN (message->recipients->len, 20); i++) {
    const MrRecipientRecord *r = message->recipients->pdata[i];
    g_autofree char *line = mr_state_dup_line (r, now);
    g_autofree char *name = g_strdup_printf ("%s:", r->address);

    add_field (out, name, line);
  }
  g_string_append_c (out, '\n');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Head and text in one layout; the head's markup comes first, so that its attributes keep their places. */
static PangoLayout *
make_layout (GtkPrintContext *context, const Paper *paper)
{
  PangoLayout *layout = gtk_print_context_create_pango_layout (context);
  g_autoptr (PangoAttrList) attributes = NULL;
  g_autofree char *head = NULL, *all = NULL;
  PangoFontDescription *font = pango_font_description_from_string ("Sans 10");

  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (layout, (int)(gtk_print_context_get_width (context) * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (pango_parse_markup (paper->head, -1, 0, &attributes, &head, NULL, NULL)) {
    all = g_strconcat (head, paper->text, NULL);
    pango_layout_set_text (layout, all, -1);
    pango_layout_set_attributes (layout, attributes);
  } else
    pango_layout_set_text (layout, paper->text, -1);
  return layout;
}

static void
begin_cb (GtkPrintOperation *operation, GtkPrintContext *context, Paper *paper)
{
  double room = gtk_print_context_get_height (context) - FOOTER_POINTS;
  int line = 0, first = 0, top = 0;
  PangoLayoutIter *iter;

  g_clear_object (&paper->layout);
  g_array_set_size (paper->pages, 0);
  g_array_append_val (paper->pages, first);
  paper->layout = make_layout (context, paper);
  iter = pango_layout_get_iter (paper->layout);
  do {
    PangoRectangle rect;

    pango_layout_iter_get_line_extents (iter, NULL, &rect);
    if (rect.y + rect.height - top > room * PANGO_SCALE
        && line > g_array_index (paper->pages, int, paper->pages->len - 1)) {
      top = rect.y;
      g_array_append_val (paper->pages, line);
    }
    line++;
  } while (pango_layout_iter_next_line (iter) && paper->pages->len < PAGES_MAX);
  pango_layout_iter_free (iter);
  gtk_print_operation_set_n_pages (operation, (int)paper->pages->len);
}

static void
draw_footer (GtkPrintContext *context, const Paper *paper, int page)
{
  cairo_t *cairo = gtk_print_context_get_cairo_context (context);
  g_autoptr (PangoLayout) layout = gtk_print_context_create_pango_layout (context);
  g_autofree char *text = g_strdup_printf (_ ("Page %d of %u"), page + 1, paper->pages->len);

  pango_layout_set_text (layout, text, -1);
  pango_layout_set_width (layout, (int)(gtk_print_context_get_width (context) * PANGO_SCALE));
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  cairo_move_to (cairo, 0, gtk_print_context_get_height (context) - FOOTER_POINTS / 2.0);
  pango_cairo_show_layout (cairo, layout);
}

static void
draw_cb (GtkPrintOperation *operation, GtkPrintContext *context, int page, Paper *paper)
{
  cairo_t *cairo = gtk_print_context_get_cairo_context (context);
  int first = g_array_index (paper->pages, int, (guint)page);
  int end = (guint)page + 1 < paper->pages->len ? g_array_index (paper->pages, int, (guint)page + 1) : G_MAXINT;
  PangoLayoutIter *iter = pango_layout_get_iter (paper->layout);
  int line = 0, top = 0;

  do {
    PangoRectangle rect;

    if (line >= end)
      break;
    if (line++ < first)
      continue;
    pango_layout_iter_get_line_extents (iter, NULL, &rect);
    if (line == first + 1)
      top = rect.y;
    cairo_move_to (cairo, (double)rect.x / PANGO_SCALE,
                   (double)(pango_layout_iter_get_baseline (iter) - top) / PANGO_SCALE);
    pango_cairo_show_layout_line (cairo, pango_layout_iter_get_line_readonly (iter));
  } while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
  draw_footer (context, paper, page);
}

GtkPrintOperation *
mr_message_print_new (const MrMessageRecord *message, const MrPreview *preview, gint64 now)
{
  GtkPrintOperation *operation = gtk_print_operation_new ();
  Paper *paper = g_new0 (Paper, 1);

  paper->head = dup_head (message, preview, now);
  paper->text = mr_rich_text_dup_plain (preview->text);
  paper->pages = g_array_new (FALSE, FALSE, sizeof (int));
  g_object_set_data_full (G_OBJECT (operation), "paper", paper, paper_free);
  gtk_print_operation_set_job_name (operation, mr_format_subject (message));
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (begin_cb), paper);
  g_signal_connect (operation, "draw-page", G_CALLBACK (draw_cb), paper);
  return operation;
}
