/* The help: short pages that are part of the program, in English and German, so that they need neither a network nor another program. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Ids of all pages in the order in which they are read, NULL-terminated. Borrowed. */
const char *const *mr_help_list_pages (void);
/* Title of a page in the reader's language. (transfer full) NULL: there is no such page. */
char *mr_help_dup_title (const char *id);
/* The page as a box of labels; NULL: there is no such page. (transfer floating) */
GtkWidget *mr_help_page_new (const char *id);

G_END_DECLS
