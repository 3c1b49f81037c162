/* Tab-separated tables of the corpus, and counting how often the diagnosis is right, by cause. Shared by the test with
 * its floors and by the command of tests/bench that prints the table. */
#pragma once

#include "ndr/returned.h"

G_BEGIN_DECLS

typedef struct {
  GPtrArray *rows; /* of GStrv */
  char **names;    /* of the columns */
} MrTsv;

/* NULL: the file cannot be read. */
MrTsv *mr_tsv_read (const char *path, GError **error);
void mr_tsv_free (MrTsv *self);
/* "" where there is no such column. */
const char *mr_tsv_get (const MrTsv *self, guint row, const char *name);
/* TRUE where word is an entry of the comma list. */
gboolean mr_tsv_list_has (const char *list, const char *word);

typedef struct {
  guint n, acceptable, strict, actor;
} MrCount;

typedef struct {
  MrCount all;
  GHashTable *causes; /* right cause → MrCount */
  GPtrArray *wrong;   /* lines for people */
} MrAccuracy;

MrAccuracy *mr_accuracy_new (void);
void mr_accuracy_free (MrAccuracy *self);
/* cause: what came out; actor: whom it names; speaker: who said it. where: for the list of what is wrong. */
void mr_accuracy_add (MrAccuracy *self, MrDiagnosis *diagnosis, const char *right, const char *also_right,
                      const char *cause, MrActor actor, MrSpeaker speaker, const char *where);
/* Mean over the causes of the acceptable share, in percent. */
double mr_accuracy_mean (const MrAccuracy *self);
double mr_percent (guint part, guint whole);
void mr_accuracy_print (const MrAccuracy *self, const char *title);

/* Runs the rows of replies.tsv; part: -1 all, 0 to 2 the rows whose number has this rest. */
MrAccuracy *mr_accuracy_of_replies (MrDiagnosis *diagnosis, const MrTsv *replies, int part);
/* The rows of wild.tsv that stand in this part: "held" is kept aside when rules are written. */
MrAccuracy *mr_accuracy_of_part (MrDiagnosis *diagnosis, const MrTsv *replies, const char *part);

typedef struct {
  guint rows, recipient, outcome; /* of index.tsv, and how many of them are right */
  guint nothing, noise;           /* files from which nothing may come, and those from which something came */
  MrAccuracy *causes;             /* wrong: also recipients and outcomes */
} MrBounceAccuracy;

/* folder: with index.tsv and the files it names. */
MrBounceAccuracy *mr_accuracy_of_bounces (MrDiagnosis *diagnosis, const char *folder, GError **error);
void mr_bounce_accuracy_free (MrBounceAccuracy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrBounceAccuracy, mr_bounce_accuracy_free)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrTsv, mr_tsv_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrAccuracy, mr_accuracy_free)

G_END_DECLS
