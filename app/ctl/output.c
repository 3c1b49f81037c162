/* Printing. Everything that comes from mail or from servers has been made fit to be shown by those who stored it; a terminal's controls are taken out here
 * once more, because this is where they would act. */
#include <config.h>

#include "ctl/output.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

#define MAX_CELL     200
#define FIELD_WIDTH  16
#define USUAL_WIDTH  100
#define COLOUR_RESET "\033[0m"

static void G_GNUC_PRINTF (2, 0) print_clean (FILE *out, const char *format, va_list args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autofree char *clean = mr_text_sanitize (text, G_MAXSSIZE);

  fputs (clean, out);
}

void
mr_say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  print_clean (stdout, format, args);
  va_end (args);
}

void
mr_tell (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  print_clean (stderr, format, args);
  va_end (args);
}

/* ---- JSON ---- */

void
mr_print_json_text (const char *json)
{
  g_autofree char *valid = g_utf8_make_valid (json, -1);
  g_autoptr (GString) clean = g_string_sized_new (strlen (valid));

  /* Outside of strings JSON is ASCII without controls but line breaks, so that an escape always stands in a string. */
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (mr_text_is_harmful (c))
      g_string_append_printf (clean, "\\u%04x", c);
    else
      g_string_append_len (clean, p, g_utf8_next_char (p) - p);
  }
  puts (clean->str);
}

void
mr_print_json (GVariant *dict)
{
  g_autoptr (GVariant) own = g_variant_ref_sink (dict);
  g_autoptr (JsonNode) node = json_gvariant_serialize (own);
  g_autofree char *text = json_to_string (node, TRUE);

  mr_print_json_text (text);
}

GVariant *
mr_json_list (GPtrArray *records, MrRecordToVariant to_variant)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, to_variant (records->pdata[i]));
  return g_variant_builder_end (&builder);
}

void
mr_print_json_list (const char *name, GPtrArray *records, MrRecordToVariant to_variant)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, name, mr_json_list (records, to_variant));
  mr_print_json (g_variant_dict_end (&dict));
}

gboolean
mr_output_has_colour (void)
{
  const char *term = g_getenv ("TERM");

  return isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL && term != NULL && !g_str_equal (term, "dumb");
}

static guint
terminal_width (void)
{
  struct winsize size;

  if (isatty (STDOUT_FILENO) && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
    return size.ws_col;
  return USUAL_WIDTH;
}

/* Columns that text takes on a terminal. */
static guint
display_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);
    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static char *
dup_clean (const char *text, gsize max)
{
  char *clean = mr_text_sanitize (text != NULL ? text : "", max);

  g_strdelimit (clean, "\n", ' ');
  return clean;
}

/* ---- columns ---- */

typedef struct {
  char **cells;
  guint coloured;
  const char *colour;
} Row;

struct _MrTable {
  guint n;
  char **titles;
  GArray *rows;
};

MrTable *
mr_table_new (const char *const *titles)
{
  MrTable *table = g_new0 (MrTable, 1);

  table->titles = g_strdupv ((char **)titles);
  table->n = g_strv_length (table->titles);
  table->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  return table;
}

void
mr_table_free (MrTable *table)
{
  for (guint i = 0; i < table->rows->len; i++)
    g_strfreev (g_array_index (table->rows, Row, i).cells);
  g_array_unref (table->rows);
  g_strfreev (table->titles);
  g_free (table);
}

void
mr_table_add (MrTable *table, const char *const *cells, guint coloured_cell, const char *colour)
{
  Row row = { g_new0 (char *, table->n + 1), coloured_cell, colour };

  for (guint i = 0; i < table->n; i++)
    row.cells[i] = dup_clean (cells[i], MAX_CELL);
  g_array_append_val (table->rows, row);
}

static void
print_row (MrTable *table, char **cells, const guint *widths, guint coloured, const char *colour)
{
  for (guint i = 0; i < table->n; i++) {
    gboolean paint = colour != NULL && i == coloured;
    guint padding = i + 1 < table->n ? widths[i] - display_width (cells[i]) + 2 : 0;

    printf ("%s%s%s%*s", paint ? colour : "", cells[i], paint ? COLOUR_RESET : "", (int)padding, "");
  }
  putchar ('\n');
}

void
mr_table_print (MrTable *table)
{
  g_autofree guint *widths = g_new0 (guint, table->n);
  gboolean colour = mr_output_has_colour ();

  for (guint i = 0; i < table->n; i++) {
    widths[i] = display_width (table->titles[i]);
    for (guint r = 0; r < table->rows->len; r++)
      widths[i] = MAX (widths[i], display_width (g_array_index (table->rows, Row, r).cells[i]));
  }
  print_row (table, table->titles, widths, G_MAXUINT, NULL);
  for (guint r = 0; r < table->rows->len; r++) {
    const Row *row = &g_array_index (table->rows, Row, r);
    print_row (table, row->cells, widths, row->coloured, colour ? row->colour : NULL);
  }
}

/* ---- fields and paragraphs ---- */

void
mr_print_field (const char *name, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *clean = dup_clean (text, 4096);
  guint width = display_width (name);
  printf ("%s:%*s%s\n", name, width < FIELD_WIDTH ? (int)(FIELD_WIDTH - width) : 1, "", clean);
}

void
mr_print_paragraph (const char *text, guint indent)
{
  g_autofree char *clean = dup_clean (text, 16384);
  g_auto (GStrv) words = g_strsplit (clean, " ", -1);
  guint column = 0, width = MIN (terminal_width (), USUAL_WIDTH);

  for (guint i = 0; words[i] != NULL; i++) {
    guint len = display_width (words[i]);
    if (len == 0)
      continue;
    if (column > 0 && column + 1 + len > width) {
      putchar ('\n');
      column = 0;
    }
    printf ("%*s%s", column == 0 ? (int)indent : 1, "", words[i]);
    column += (column == 0 ? indent : 1) + len;
  }
  putchar ('\n');
}

char *
mr_format_time (gint64 wall_usec)
{
  g_autoptr (GDateTime) time = wall_usec > 0 ? g_date_time_new_from_unix_local (wall_usec / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("-");
}
