/* A dialog's answer while it is typed: its button can be pressed where the answer can be carried out, and what is wrong stands below the fields once typing
 * rests. A dialog closes when it is answered; so what is wrong is told before, while the text is still there to be mended.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* TRUE: it can be done. *ret_mistake (transfer full): a sentence that says what to do; stays NULL where only nothing was entered yet. */
typedef gboolean (*MrAnswerCheck) (gpointer data, char **ret_mistake);

/* Puts the sentence below what box has. response: of the button. data lives as long as the dialog. */
void
mr_answer_check_add (AdwMessageDialog *dialog, GtkBox *box, const char *response, MrAnswerCheck check, gpointer data);
/* Looks again whenever the text changes. */
void mr_answer_check_follow (AdwMessageDialog *dialog, GtkEditable *editable);
/* Looks again now; the sentence appears after a rest. */
void mr_answer_check_look (AdwMessageDialog *dialog);

/* What is wrong with the first word that is no address, as a sentence. (transfer full) NULL: all of them are addresses. */
char *mr_answer_dup_wrong_address (char **words);
/* text for a sentence: one line, not longer than a line of the window. (transfer full) */
char *mr_answer_dup_short (const char *text);

G_END_DECLS
