/* All phrases of the rules in one pass over a text (Aho and Corasick's machine over the few bytes that phrases use).
 *
 * A phrase is made of pieces that stand in this order with anything between. The pass finds the pieces; only a
 * phrase of
 * several pieces that were all seen is looked at again. Built once, then read by any thread.
 */
#include "ndr/diagnosis-private.h"

#include <string.h>

#define NODES_MAX  60000
#define PHRASE_MAX 200
#define PIECES_MAX 8

typedef struct {
  guint n;
  guint pieces[PIECES_MAX];
} Phrase;

struct _MrPhraseSet {
  GHashTable *known_pieces, *known_phrases; /* text → number + 1 */
  GPtrArray *pieces;                        /* char * */
  GArray *phrases;
  guint8 class_of[256]; /* 0: a byte that no piece has */
  guint n_classes;
  guint16 *next;   /* node * n_classes + class */
  guint16 *suffix; /* nearest node on the way of failing that ends a piece */
  int *ends;       /* piece, -1: none */
  guint n_nodes;
};

MrPhraseSet *
mr_phrase_set_new (void)
{
  MrPhraseSet *self = g_new0 (MrPhraseSet, 1);

  self->known_pieces = g_hash_table_new (g_str_hash, g_str_equal);
  self->known_phrases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->pieces = g_ptr_array_new_with_free_func (g_free);
  self->phrases = g_array_new (FALSE, FALSE, sizeof (Phrase));
  return self;
}

void
mr_phrase_set_free (MrPhraseSet *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->known_pieces);
  g_hash_table_unref (self->known_phrases);
  g_ptr_array_unref (self->pieces);
  g_array_unref (self->phrases);
  g_free (self->next);
  g_free (self->suffix);
  g_free (self->ends);
  g_free (self);
}

static guint
add_piece (MrPhraseSet *self, const char *text)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (self->known_pieces, text));

  if (known == 0) {
    char *copy = g_strdup (text);

    g_ptr_array_add (self->pieces, copy);
    known = self->pieces->len;
    g_hash_table_insert (self->known_pieces, copy, GUINT_TO_POINTER (known));
  }
  return known - 1;
}

int
mr_phrase_set_add (MrPhraseSet *self, const char *text)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (self->known_phrases, text));
  g_auto (GStrv) parts = NULL;
  Phrase phrase = { 0 };

  if (known > 0)
    return (int)known - 1;
  if (strlen (text) > PHRASE_MAX)
    return -1;
  parts = g_strsplit (text, "*", PIECES_MAX);
  for (guint i = 0; parts[i] != NULL; i++) {
    if (strlen (parts[i]) < 2)
      return -1; /* would stand in nearly every text */
    phrase.pieces[phrase.n++] = add_piece (self, parts[i]);
  }
  if (phrase.n == 0)
    return -1;
  g_array_append_val (self->phrases, phrase);
  g_hash_table_insert (self->known_phrases, g_strdup (text), GUINT_TO_POINTER (self->phrases->len));
  return (int)self->phrases->len - 1;
}

guint
mr_phrase_set_size (const MrPhraseSet *self)
{
  return self->phrases->len;
}

/* Returns an upper bound of the nodes. */
static gsize
find_classes (MrPhraseSet *self)
{
  gsize bound = 1;

  memset (self->class_of, 0, sizeof self->class_of);
  self->n_classes = 1;
  for (guint i = 0; i < self->pieces->len; i++)
    for (const guchar *p = g_ptr_array_index (self->pieces, i); *p != '\0'; p++, bound++)
      if (self->class_of[*p] == 0)
        self->class_of[*p] = (guint8)self->n_classes++;
  return bound;
}

static void
add_to_tree (MrPhraseSet *self, guint piece)
{
  guint node = 0;

  for (const guchar *p = g_ptr_array_index (self->pieces, piece); *p != '\0'; p++) {
    guint16 *next = &self->next[node * self->n_classes + self->class_of[*p]];

    if (*next == 0)
      *next = (guint16)self->n_nodes++;
    node = *next;
  }
  self->ends[node] = (int)piece;
}

/* Breadth first: a node's way of failing is shorter, so it is complete by then. */
static void
add_failures (MrPhraseSet *self)
{
  g_autofree guint16 *fail = g_new0 (guint16, self->n_nodes);
  g_autofree guint16 *queue = g_new0 (guint16, self->n_nodes);
  guint head = 0, tail = 0;

  for (guint c = 0; c < self->n_classes; c++)
    if (self->next[c] != 0)
      queue[tail++] = self->next[c];
  while (head < tail) {
    guint node = queue[head++];
    guint16 back = fail[node];

    self->suffix[node] = self->ends[back] >= 0 ? back : self->suffix[back];
    for (guint c = 0; c < self->n_classes; c++) {
      guint16 *next = &self->next[node * self->n_classes + c];
      guint16 other = self->next[back * self->n_classes + c];

      if (*next != 0) {
        fail[*next] = other;
        queue[tail++] = *next;
      } else
        *next = other;
    }
  }
}

gboolean
mr_phrase_set_compile (MrPhraseSet *self)
{
  gsize bound = find_classes (self);

  g_clear_pointer (&self->next, g_free);
  g_clear_pointer (&self->suffix, g_free);
  g_clear_pointer (&self->ends, g_free);
  if (bound > NODES_MAX)
    return FALSE;
  self->next = g_new0 (guint16, bound * self->n_classes);
  self->suffix = g_new0 (guint16, bound);
  self->ends = g_new (int, bound);
  for (gsize i = 0; i < bound; i++)
    self->ends[i] = -1;
  self->n_nodes = 1;
  for (guint i = 0; i < self->pieces->len; i++)
    add_to_tree (self, i);
  add_failures (self);
  return TRUE;
}

static gboolean
in_order (const MrPhraseSet *self, const Phrase *phrase, const char *text)
{
  for (guint i = 0; i < phrase->n; i++) {
    const char *piece = g_ptr_array_index (self->pieces, phrase->pieces[i]);

    text = strstr (text, piece);
    if (text == NULL)
      return FALSE;
    text += strlen (piece);
  }
  return TRUE;
}

void
mr_phrase_set_match (const MrPhraseSet *self, const char *text, gsize len, guint8 *found)
{
  g_autofree guint8 *seen = g_malloc0 (MAX (self->pieces->len, 1));
  guint node = 0;

  for (gsize i = 0; i < len; i++) {
    node = self->next[node * self->n_classes + self->class_of[(guchar)text[i]]];
    for (guint end = self->ends[node] >= 0 ? node : self->suffix[node]; end != 0; end = self->suffix[end])
      seen[self->ends[end]] = 1;
  }
  for (guint i = 0; i < self->phrases->len; i++) {
    const Phrase *phrase = &g_array_index (self->phrases, Phrase, i);
    gboolean all = TRUE;

    for (guint k = 0; k < phrase->n && all; k++)
      all = seen[phrase->pieces[k]] != 0;
    found[i] = all && (phrase->n == 1 || in_order (self, phrase, text));
  }
}
