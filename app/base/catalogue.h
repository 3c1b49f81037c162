/* Translations of another language than the process speaks, for what is mailed: a catalogue handle, never setlocale(). */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrCatalogue MrCatalogue;

/* From FOLDER/LANGUAGE/LC_MESSAGES/mail-relay.mo; "de_AT.UTF-8" falls back to "de". folder NULL: where the program's own catalogues lie.
 * NULL: there is none, the texts stay as they are in the source (English). */
MrCatalogue *mr_catalogue_new (const char *language, const char *folder);
/* The bytes of a .mo file (GNU gettext manual, "The Format of GNU MO Files"); NULL where they are none. */
MrCatalogue *mr_catalogue_new_from_bytes (GBytes *bytes);
void mr_catalogue_free (MrCatalogue *catalogue);
/* The language that was found, such as "de"; NULL for bytes. */
const char *mr_catalogue_get_language (MrCatalogue *catalogue);
/* The translation, or msgid itself. Borrowed from the catalogue or msgid. catalogue NULL: msgid. */
const char *mr_catalogue_get (MrCatalogue *catalogue, const char *msgid);

/* Between begin and end mr_text() in this thread answers from the catalogue (NULL: English), not from the process's language. */
void mr_catalogue_begin (MrCatalogue *catalogue);
void mr_catalogue_end (void);
/* gettext() for texts that may be mailed as well as shown. */
const char *mr_text (const char *msgid) G_GNUC_FORMAT (1);
/* ngettext(); a catalogue's first form is for one, its second for all others. */
const char *mr_text_plural (const char *one, const char *many, gulong n) G_GNUC_FORMAT (1) G_GNUC_FORMAT (2);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrCatalogue, mr_catalogue_free)

G_END_DECLS
