/* The index of the full-text search: SQLite FTS5 over addresses, subjects, ids and Message-IDs.
 *
 * It is a by-product that only its reader thread knows: a file beside the store, made when somebody searches for the first time, kept up with the
 * store between requests, and removed when nobody has searched for a while, when a message was deleted or an address was corrected (so that
 * nothing of it stays behind), when it is damaged, and at every start. So mail that comes and goes never pays for it, and a search that finds no
 * index, or one that lags behind, looks at the rows themselves.
 *
 * The index holds trigrams of folded texts (mr_text_fold()): parts of words match, as one types. It only narrows: every row that it names is looked
 * at again, so that it need not know in which field a word stands.
 */
#pragma once

#include "store/request.h"

G_BEGIN_DECLS

MrSearch *mr_search_new (const char *path);
void mr_search_free (MrSearch *self); /* removes the file */
/* What was left behind by a process that ended in the middle. */
void mr_search_remove_file (const char *store_path);

/* The words of what a person typed, folded; at most 8. (transfer full) */
char **mr_search_split (const char *text);
/* Numbers of the messages that may hold all words, as a JSON array, complete for numbers up to *ret_mark; NULL: look at all rows. (transfer full) In a
 * snapshot of session. */
char *mr_search_narrow (MrSearch *self, MrSession *session, const char *const *words, gint64 *ret_mark);
/* Between requests: indexes some more. FALSE: nothing is left to do. */
gboolean mr_search_step (MrSearch *self, MrSession *session);
/* Seconds until the file is to be removed by mr_search_rest() if nobody searches; -1: there is none. */
int mr_search_get_rest (MrSearch *self);
void mr_search_rest (MrSearch *self);

/* holds (word, text, ...): TRUE where a folded word is part of one of the texts. */
gboolean mr_search_register (MrDb *db, GError **error);

G_END_DECLS
