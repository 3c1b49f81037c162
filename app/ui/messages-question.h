/* A question about the selected messages with the answer beside it. The ids are those that were selected when it was asked; the answer runs only where the
 * page is still in use.
 */
#pragma once

#include "ui/messages-page-private.h"

G_BEGIN_DECLS

typedef struct _MrQuestion MrQuestion;
typedef void (*MrQuestionAnswer) (MrQuestion *q);

struct _MrQuestion {
  MrMessagesPage *page; /* owned: the dialog may outlive the page's window */
  AdwMessageDialog *dialog;
  char **ids;
  GtkEditable *entry;       /* addresses, or a time */
  GtkDropDown *choice;      /* an account, or a preset */
  GtkCheckButton *check;    /* keep, or report */
  MrMessageRecord *message; /* recipients: as it was */
  GPtrArray *rows;          /* recipients: an entry for each */
};

/* label: of the button that does it. Owned by its dialog. */
MrQuestion *
mr_question_new (MrMessagesPage *page, const char *title, const char *body, const char *label, MrQuestionAnswer answer);
void mr_question_ask (MrQuestion *q);

/* Below the body. Borrowed. */
GtkWidget *mr_question_add_box (MrQuestion *q);
/* What a screen reader says. */
void mr_question_name (gpointer widget, const char *name);
GtkWidget *mr_question_add_entry (GtkWidget *box, MrQuestion *q, const char *name, const char *placeholder);
void mr_question_add_check (GtkWidget *box, MrQuestion *q, const char *label);
/* names: (transfer full) */
void mr_question_add_choice (GtkWidget *box, MrQuestion *q, GtkStringList *names, const char *name);
/* The button can be pressed once the entry has nothing but addresses; what is none is told below. */
void mr_question_follow_addresses (MrQuestion *q, GtkWidget *box);

MrClient *mr_question_client (MrQuestion *q);
const char *const *mr_question_ids (MrQuestion *q);
/* "a@x, b@y; c@z": what stands between commas, semicolons and spaces. (transfer full) strv */
char **mr_question_split_addresses (const char *text);

G_END_DECLS
