/* What the verbs of mail-relayctl share: options, waiting for an answer, exit codes. */
#pragma once

#include <gio/gio.h>

#include "client/calls.h"
#include "client/client.h"
#include "ndr/diagnosis.h"

G_BEGIN_DECLS

enum { MR_EXIT_DONE = 0, MR_EXIT_REFUSED = 1, MR_EXIT_USAGE = 2, MR_EXIT_UNREACHABLE = 3 };

typedef struct {
  MrClient *client; /* not connected yet */
  gboolean json;
  gint64 now;
  GMainLoop *loop;
  GAsyncResult *result;
  MrDiagnosis *diagnosis; /* made when it is first needed */
} MrCtl;

typedef struct {
  const char *name;
  const char *summary; /* N_() */
  /* argv[0] is the verb's name. Gives the exit code. */
  int (*run) (MrCtl *ctl, int argc, char **argv);
} MrVerb;

/* The tables end with a row whose name is NULL. */
extern const MrVerb mr_verbs[];
const MrVerb *mr_verb_find (const MrVerb *verbs, const char *name);
/* Runs the verb that argv[0] names; where there is none, tells so. title: "mail-relayctl account" */
int mr_verb_dispatch (MrCtl *ctl, const char *title, const MrVerb *verbs, int argc, char **argv);

MrCtl *mr_ctl_new (void);
void mr_ctl_free (MrCtl *ctl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrCtl, mr_ctl_free)

/* Reads options (entries may be NULL; --json and --help are always known) and checks the number of arguments left, the name not counted. On FALSE
 * the caller returns MR_EXIT_USAGE: the reason was told. max < 0: any number. */
gboolean mr_ctl_parse (MrCtl *ctl, const char *title, const char *usage, const char *summary,
                       const GOptionEntry *entries, int min, int max, int *argc, char ***argv);
/* Callback for every call; mr_ctl_wait() gives the result it was called with. (transfer full) */
void mr_ctl_ready_cb (GObject *source, GAsyncResult *result, gpointer ctl);
GAsyncResult *mr_ctl_wait (MrCtl *ctl);
/* Tells the error and gives the exit code that belongs to it. */
int mr_ctl_fail (MrCtl *ctl, const GError *error);
/* Prints words, with --json {"ok": true}, and gives MR_EXIT_DONE. */
int mr_ctl_done (MrCtl *ctl, const char *words);
typedef gboolean (*MrCtlCountFunc) (MrClient *client, GAsyncResult *result, guint *ret_count, GError **error);
/* Waits for a call whose answer is how many messages were in a state for it, prints that (dup_words; with --json the number) and returns the exit
 * code. Where none was: MR_EXIT_REFUSED, unless none_is_fine (all of none were asked for). */
int mr_ctl_answer_count (MrCtl *ctl, gboolean none_is_fine, MrCtlCountFunc finish, char *(*dup_words) (guint count));
int mr_ctl_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* The rules of the program and the person's own. Borrowed. */
MrDiagnosis *mr_ctl_get_diagnosis (MrCtl *ctl);

G_END_DECLS
