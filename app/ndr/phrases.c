/* All phrases of the rules in one pass over a text (Aho and Corasick's machine).
 *
 * A phrase is made of pieces that stand in this order with anything between. The pass finds the pieces; only a
 * phrase of
 * several pieces that were all seen is looked at again. Built once, then read by any thread.
 */
#include "ndr/diagnosis-private.h"

#include <string.h>

#define NODES_MAX  65000
#define PHRASE_MAX 200
#define PIECES_MAX 8
#define ROW_FROM   4 /* more children than this: a row */

typedef struct {
  guint n;
  guint pieces[PIECES_MAX];
  guint next; /* 1 + another phrase that ends with the same piece, 0: none */
} Phrase;

/* A node's children are a list by way of the next sibling; a node with many of them has a row of its own. */
typedef struct {
  guint16 child, sibling; /* 0: none */
  guint16 fail;           /* the longest other piece that begins here */
  guint16 suffix;         /* nearest node on the way of failing that ends a piece */
  guint16 row;            /* 1 + number of the row, 0: none */
  guint16 end;            /* 1 + piece, 0: none */
  guint8 byte, n_children;
} Node;

struct _MrPhraseSet {
  GHashTable *known_pieces, *known_phrases; /* text → number + 1 */
  GPtrArray *pieces;                        /* char * */
  GArray *phrases;
  guint *phrase_of;     /* by piece: 1 + the first phrase that ends with it, 0: none */
  guint8 class_of[256]; /* 0: a byte that no piece has */
  guint n_classes;
  GArray *nodes; /* Node */
  guint16 *rows; /* row * n_classes + class: child, 0: none */
  guint n_rows;
};

MrPhraseSet *
mr_phrase_set_new (void)
{
  MrPhraseSet *self = g_new0 (MrPhraseSet, 1);

  self->known_pieces = g_hash_table_new (g_str_hash, g_str_equal);
  self->known_phrases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->pieces = g_ptr_array_new_with_free_func (g_free);
  self->phrases = g_array_new (FALSE, FALSE, sizeof (Phrase));
  self->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
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
  g_array_unref (self->nodes);
  g_free (self->rows);
  g_free (self->phrase_of);
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

static void
find_classes (MrPhraseSet *self)
{
  memset (self->class_of, 0, sizeof self->class_of);
  self->n_classes = 1;
  for (guint i = 0; i < self->pieces->len; i++)
    for (const guchar *p = g_ptr_array_index (self->pieces, i); *p != '\0'; p++)
      if (self->class_of[*p] == 0)
        self->class_of[*p] = (guint8)self->n_classes++;
}

static Node *
node_at (const MrPhraseSet *self, guint i)
{
  return &g_array_index (self->nodes, Node, i);
}

/* 0: none. */
static guint
child_of (const MrPhraseSet *self, guint node, guint8 byte)
{
  const Node *n = node_at (self, node);
  guint child;

  if (n->row > 0)
    return self->rows[(gsize)(n->row - 1) * self->n_classes + self->class_of[byte]];
  for (child = n->child; child != 0; child = node_at (self, child)->sibling)
    if (node_at (self, child)->byte == byte)
      break;
  return child;
}

static gboolean
add_to_tree (MrPhraseSet *self, guint piece)
{
  guint node = 0;

  for (const guchar *p = g_ptr_array_index (self->pieces, piece); *p != '\0'; p++) {
    guint child = child_of (self, node, *p);

    if (child == 0) {
      Node *parent = node_at (self, node);
      Node added = { .byte = *p, .sibling = parent->child };

      if (self->nodes->len > NODES_MAX)
        return FALSE;
      child = parent->child = (guint16)self->nodes->len;
      parent->n_children++;
      g_array_append_val (self->nodes, added);
    }
    node = child;
  }
  node_at (self, node)->end = (guint16)(piece + 1);
  return TRUE;
}

static void
add_rows (MrPhraseSet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    n += i == 0 || node_at (self, i)->n_children > ROW_FROM;
  self->rows = g_new0 (guint16, (gsize)n * self->n_classes);
  n = 0;
  for (guint i = 0; i < self->nodes->len; i++) {
    Node *node = node_at (self, i);

    if (i > 0 && node->n_children <= ROW_FROM)
      continue;
    for (guint child = node->child; child != 0; child = node_at (self, child)->sibling)
      self->rows[(gsize)n * self->n_classes + self->class_of[node_at (self, child)->byte]] = (guint16)child;
    node->row = (guint16)++n;
  }
}

/* Where the machine goes from node with byte. */
static guint
step (const MrPhraseSet *self, guint node, guint8 byte)
{
  guint child;

  while ((child = child_of (self, node, byte)) == 0 && node != 0)
    node = node_at (self, node)->fail;
  return child;
}

/* Breadth first: a node's way of failing is shorter, so it is complete by then. */
static void
add_failures (MrPhraseSet *self)
{
  g_autofree guint16 *queue = g_new0 (guint16, self->nodes->len);
  guint head = 0, tail = 0;

  queue[tail++] = 0;
  while (head < tail) {
    guint parent = queue[head++];

    for (guint i = node_at (self, parent)->child; i != 0; i = node_at (self, i)->sibling) {
      Node *node = node_at (self, i);

      node->fail = parent == 0 ? 0 : (guint16)step (self, node_at (self, parent)->fail, node->byte);
      node->suffix = node_at (self, node->fail)->end > 0 ? node->fail : node_at (self, node->fail)->suffix;
      queue[tail++] = (guint16)i;
    }
  }
}

/* From a piece that was seen to the phrases that may stand there: only these are looked at. */
static void
add_phrases (MrPhraseSet *self)
{
  g_free (self->phrase_of);
  self->phrase_of = g_new0 (guint, MAX (self->pieces->len, 1));
  for (guint i = 0; i < self->phrases->len; i++) {
    Phrase *phrase = &g_array_index (self->phrases, Phrase, i);
    guint *first = &self->phrase_of[phrase->pieces[phrase->n - 1]];

    phrase->next = *first;
    *first = i + 1;
  }
}

gboolean
mr_phrase_set_compile (MrPhraseSet *self)
{
  g_clear_pointer (&self->rows, g_free);
  g_array_set_size (self->nodes, 0);
  g_array_set_size (self->nodes, 1); /* the root */
  find_classes (self);
  for (guint i = 0; i < self->pieces->len; i++)
    if (!add_to_tree (self, i))
      return FALSE;
  add_rows (self);
  add_failures (self);
  add_phrases (self);
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

static gboolean
stands_in (const MrPhraseSet *self, const Phrase *phrase, const guint8 *seen, const char *text)
{
  for (guint k = 0; k < phrase->n; k++)
    if (seen[phrase->pieces[k]] == 0)
      return FALSE;
  return phrase->n == 1 || in_order (self, phrase, text);
}

guint
mr_phrase_set_match (const MrPhraseSet *self, const char *text, gsize len, guint8 *found, guint *hits)
{
  g_autofree guint8 *seen = g_malloc0 (MAX (self->pieces->len, 1));
  g_autofree guint *pieces = g_new (guint, MAX (self->pieces->len, 1));
  guint node = 0, n_pieces = 0, n_hits = 0;

  for (gsize i = 0; i < len; i++) {
    node = step (self, node, (guint8)text[i]);
    for (guint end = node_at (self, node)->end > 0 ? node : node_at (self, node)->suffix; end != 0;
         end = node_at (self, end)->suffix) {
      guint piece = node_at (self, end)->end - 1u;

      if (seen[piece] == 0)
        pieces[n_pieces++] = piece;
      seen[piece] = 1;
    }
  }
  for (guint i = 0; i < n_pieces; i++)
    for (guint k = self->phrase_of[pieces[i]]; k != 0; k = g_array_index (self->phrases, Phrase, k - 1).next)
      if (stands_in (self, &g_array_index (self->phrases, Phrase, k - 1), seen, text)) {
        found[k - 1] = 1;
        hits[n_hits++] = k - 1;
      }
  return n_hits;
}
