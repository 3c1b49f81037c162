/* What the files of the diagnosis share: causes, rules and the machine that finds all phrases in one pass. */
#pragma once

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_NDR_TEXT_MAX 2048 /* bytes of a reply that are looked at */

#define MR_NDR_STEPS_MAX 3

typedef struct _MrPhraseSet MrPhraseSet;

/* Whose remedy makes a refused message wait for a person. */
typedef enum { MR_PERSON_NEVER, MR_PERSON_ACCOUNT, MR_PERSON_ALWAYS, MR_PERSON_N } MrPersonRemedy;

/* How much the words of a rule prove. */
typedef enum { MR_WEIGHT_SURE, MR_WEIGHT_USUAL, MR_WEIGHT_WEAK, MR_WEIGHT_N } MrWeight;

typedef struct {
  const char *id; /* interned */
  MrActor actor, actor_account;
  MrRetryHint retry;
  MrPersonRemedy person;
  const char *action; /* interned */
  char *title, *sentence, *explanation;
  char *steps[MR_NDR_STEPS_MAX]; /* NULL: no more */
  char *letter;                  /* NULL: none */
  MrActor letter_to;
} MrCause;

typedef struct {
  guint16 low, high;
} MrRange;

typedef struct {
  MrRange part[3]; /* class, subject, detail */
} MrCodePattern;

/* Everything that is set has to hold; within one key any of the list. */
typedef struct {
  const char *id; /* interned */
  const MrCause *cause;
  int provider;       /* index, -1: any */
  GArray *codes;      /* MrRange, NULL: any */
  GArray *enhanced;   /* MrCodePattern, NULL: any */
  GArray *phrases;    /* guint: phrase of the set; NULL: any */
  GArray *also;       /* guint: any of these as well; NULL: any */
  GArray *all;        /* guint: every one of these as well */
  GArray *without;    /* guint: none of these may stand there */
  guint32 stages;     /* bits, 0: any */
  guint32 speakers;   /* bits, 0: any */
  guint32 errors;     /* bits, 0: any; a rule with errors is for outcomes without a reply, and only for those */
  gint8 direct;       /* -1: any */
  gint8 no_route;     /* -1: any */
  gint8 retry;        /* MrRetryHint, -1: the cause's */
  gboolean may_retry; /* temporary although 5xx */
  int weight;         /* MrWeight */
  double confidence;
  guint rank, order;
} MrRule;

typedef struct {
  const char *id;
  char **hosts;    /* endings of the host name, NULL: none */
  GArray *phrases; /* guint, NULL: none */
} MrProvider;

/* The name of a blocklist and the words it is known by. */
typedef struct {
  char *name;
  GArray *phrases;
} MrListName;

/* Which of a rule's lists of phrases has one that stands in the text. */
enum { MR_RULE_SAYS = 1, MR_RULE_AND = 2, MR_RULE_WITHOUT = 4 };

/* That a phrase is in a list of a rule. */
typedef struct {
  guint16 rule; /* index */
  guint8 list;
} MrPhraseUse;

struct _MrDiagnosis {
  GHashTable *causes;    /* id → MrCause */
  GHashTable *actions;   /* id → label */
  GHashTable *fallbacks; /* parameter → words for where it is not known */
  GPtrArray *rules;      /* MrRule, most specific first */
  GPtrArray *providers;
  GPtrArray *lists; /* MrListName */
  MrPhraseSet *phrases;
  GArray *uses;  /* MrPhraseUse, ordered by phrase */
  guint *use_of; /* by phrase: its first use; one more at the end */
  const MrCause *unknown;
};

/* ---- phrases.c ---- */

MrPhraseSet *mr_phrase_set_new (void);
void mr_phrase_set_free (MrPhraseSet *self);
/* text: lower case, at most 200 bytes; '*' stands for anything between. Returns the number of the phrase, the same
 * for the same text; -1: not a phrase. */
int mr_phrase_set_add (MrPhraseSet *self, const char *text);
/* After the last phrase. FALSE: too many of them. */
gboolean mr_phrase_set_compile (MrPhraseSet *self);
/* One pass. text: lower case, NUL-terminated. found: mr_phrase_set_size() bytes, all 0 before; 1 where the phrase stands
 * in the text. hits: as many numbers; gets those of the phrases that stand there. Returns how many. */
guint mr_phrase_set_match (const MrPhraseSet *self, const char *text, gsize len, guint8 *found, guint *hits);
guint mr_phrase_set_size (const MrPhraseSet *self);

/* ---- rules.c ---- */

/* trusted: any group; otherwise words of causes that exist. */
gboolean mr_rules_load (MrDiagnosis *self, const char *name, GBytes *bytes, gboolean trusted, GError **error);
gboolean mr_rules_finish (MrDiagnosis *self, GError **error);
void mr_rule_free (MrRule *rule);
void mr_cause_free (MrCause *cause);

/* ---- rule-keys.c ---- */

/* Each reads one key of a group; an absent key leaves ret as it is. Error: MR_ERROR_INVALID "KEY: ...". */
gboolean mr_rule_key_codes (GKeyFile *file, const char *group, GArray **ret, GError **error);
gboolean mr_rule_key_enhanced (GKeyFile *file, const char *group, GArray **ret, GError **error);
gboolean mr_rule_key_phrases (GKeyFile *file, const char *group, const char *key, MrPhraseSet *set, GArray **ret,
                              GError **error);
gboolean mr_rule_key_bits (GKeyFile *file, const char *group, const char *key, const char *(*nick) (guint), guint n,
                           guint32 *ret, GError **error);
gboolean mr_rule_key_boolean (GKeyFile *file, const char *group, const char *key, gint8 *ret, GError **error);

/* ---- cause-texts.c ---- */

/* Never NULL: what is not known is "unknown". */
const MrCause *mr_cause_find (MrDiagnosis *self, const char *cause);
/* In the reader's language and filled in. (transfer full) */
char *mr_cause_fill (MrDiagnosis *self, const char *text, GVariant *params);

/* ---- extract.c ---- */

/* Lower case, Latin letters without accents, typographic quotes as plain ones. (transfer full) */
char *mr_extract_fold (const char *text);
/* Folded, runs of blanks as one, a blank at both ends, repeated "550-5.1.1 " of folded replies and local parts of
 * addresses removed. ret: MR_NDR_TEXT_MAX + 12 bytes. Returns the length. */
gsize mr_extract_normalize (const char *text, char *ret);
/* The first enhanced code within the text that says more than x.0.0. */
gboolean mr_extract_enhanced (const char *text, guint ret[3]);
/* The first reply code, 0: none. text as received or as normalized. */
guint mr_extract_code (const char *text);
/* What the reply answered, where the text tells; MR_STAGE_NONE: it does not. text as normalized. */
MrStage mr_extract_stage (const char *text);
/* Seconds, 0: none. text as normalized. */
guint mr_extract_wait (const char *text);
/* Bytes, 0: none. */
guint64 mr_extract_limit (const char *text);
/* (transfer full) http or https, printable ASCII, at most 200 bytes; NULL: none. text as received. */
char *mr_extract_url (const char *text);

G_END_DECLS
