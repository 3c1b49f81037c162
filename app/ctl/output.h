/* What is printed: aligned columns for people, one object for scripts. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* ---- words ---- */

/* Standard output and standard error. What was filled in may come from an argument, a file or a server: it is printed with mr_text_sanitize(). */
void mr_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
void mr_tell (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* ---- JSON ---- */

/* A line of JSON, in which json-glib leaves C1 controls and bidirectional overrides as they are: here they are escaped. */
void mr_print_json_text (const char *json);

/* dict (floating or not): a{sv}. Prints it as one object. */
void mr_print_json (GVariant *dict);
/* One of the mr_..._record_to_variant() of base/records-variant.h and its sisters, cast. */
typedef GVariant *(*MrRecordToVariant) (gconstpointer record);
/* An aa{sv} of them. (transfer floating) */
GVariant *mr_json_list (GPtrArray *records, MrRecordToVariant to_variant);
/* An object with this one list. */
void mr_print_json_list (const char *name, GPtrArray *records, MrRecordToVariant to_variant);

/* ---- columns ---- */

typedef struct _MrTable MrTable;

/* titles: NULL-terminated, translated. */
MrTable *mr_table_new (const char *const *titles);
void mr_table_free (MrTable *table);
/* As many cells as there are titles, then NULL; line breaks become spaces. colour: NULL or one of MR_COLOUR_. It is for the cell coloured_cell. */
void mr_table_add (MrTable *table, const char *const *cells, guint coloured_cell, const char *colour);
void mr_table_print (MrTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrTable, mr_table_free)

/* "" where standard output is no terminal or NO_COLOR is set. */
#define MR_COLOUR_GOOD    "\033[32m"
#define MR_COLOUR_WAITING "\033[33m"
#define MR_COLOUR_BAD     "\033[31m"
#define MR_COLOUR_DIM     "\033[2m"
gboolean mr_output_has_colour (void);
/* "Name:   text" with names of one width; nothing where text is NULL or "". */
void mr_print_field (const char *name, const char *text);
/* Indented and wrapped at word ends. */
void mr_print_paragraph (const char *text, guint indent);

/* "2026-11-24 18:11" in local time; "-" for 0. (transfer full) */
char *mr_format_time (gint64 wall_usec);

G_END_DECLS
