/* The machine that finds all phrases in one pass, against strstr. */
#include "ndr/diagnosis-private.h"

#include <string.h>

static gboolean
naive (const char *phrase, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (phrase, "*", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    text = strstr (text, parts[i]);
    if (text == NULL)
      return FALSE;
    text += strlen (parts[i]);
  }
  return TRUE;
}

static void
test_overlaps (void)
{
  static const char *const phrases[] = { "he", "she", "his", "hers", "her*she", "ushers", "sh*rs", "xx" };
  MrPhraseSet *set = mr_phrase_set_new ();
  guint8 found[G_N_ELEMENTS (phrases)] = { 0 };
  guint hits[G_N_ELEMENTS (phrases)], n;

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    g_assert_cmpint (mr_phrase_set_add (set, phrases[i]), ==, (int)i);
  g_assert_cmpint (mr_phrase_set_add (set, "she"), ==, 1);
  g_assert_true (mr_phrase_set_compile (set));
  n = mr_phrase_set_match (set, "ushers", 6, found, hits);
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    g_assert_cmpint (found[i], ==, naive (phrases[i], "ushers"));
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    n -= found[i];
  g_assert_cmpuint (n, ==, 0); /* each of them once, and no other */
  mr_phrase_set_free (set);
}

static char *
random_text (GRand *random, gsize max, const char *alphabet)
{
  gsize len = (gsize)g_rand_int_range (random, 2, (gint32)max);
  char *text = g_malloc (len + 1);

  for (gsize i = 0; i < len; i++)
    text[i] = alphabet[g_rand_int_range (random, 0, (gint32)strlen (alphabet))];
  text[len] = '\0';
  return text;
}

static void
test_random (void)
{
  GRand *random = g_rand_new_with_seed (42);

  for (guint round = 0; round < 200; round++) {
    MrPhraseSet *set = mr_phrase_set_new ();
    g_autoptr (GPtrArray) phrases = g_ptr_array_new_with_free_func (g_free);
    g_autofree guint8 *found = NULL;
    g_autofree guint *hits = NULL;

    for (guint i = 0; i < 20; i++) {
      g_autofree char *a = random_text (random, 6, "ab c");
      g_autofree char *b = random_text (random, 4, "ab c");
      char *phrase = i % 3 == 0 ? g_strconcat (a, "*", b, NULL) : g_strdup (a);

      if (mr_phrase_set_add (set, phrase) == (int)phrases->len)
        g_ptr_array_add (phrases, phrase);
      else
        g_free (phrase);
    }
    g_assert_true (mr_phrase_set_compile (set));
    found = g_malloc (mr_phrase_set_size (set));
    hits = g_new (guint, mr_phrase_set_size (set));
    for (guint t = 0; t < 20; t++) {
      g_autofree char *text = random_text (random, 40, "abc d\xff");

      memset (found, 0, mr_phrase_set_size (set));
      for (guint k = mr_phrase_set_match (set, text, strlen (text), found, hits); k > 0; k--)
        g_assert_cmpint (found[hits[k - 1]], ==, 1);
      for (guint i = 0; i < phrases->len; i++)
        g_assert_cmpint (found[i], ==, naive (g_ptr_array_index (phrases, i), text));
    }
    mr_phrase_set_free (set);
  }
  g_rand_free (random);
}

static void
test_refused (void)
{
  MrPhraseSet *set = mr_phrase_set_new ();
  g_autofree char *much = g_strnfill (201, 'a');

  g_assert_cmpint (mr_phrase_set_add (set, ""), ==, -1);
  g_assert_cmpint (mr_phrase_set_add (set, "a"), ==, -1);
  g_assert_cmpint (mr_phrase_set_add (set, "*"), ==, -1);
  g_assert_cmpint (mr_phrase_set_add (set, "abc*"), ==, -1);
  g_assert_cmpint (mr_phrase_set_add (set, much), ==, -1);
  g_assert_true (mr_phrase_set_compile (set));
  g_assert_cmpuint (mr_phrase_set_match (set, "abc", 3, NULL, NULL), ==, 0);
  mr_phrase_set_free (set);
}

static void
test_too_many (void)
{
  MrPhraseSet *set = mr_phrase_set_new ();

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *phrase = g_strdup_printf ("%u%0100u", i, i);

    mr_phrase_set_add (set, phrase);
  }
  g_assert_false (mr_phrase_set_compile (set));
  mr_phrase_set_free (set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ndr/phrases/overlaps", test_overlaps);
  g_test_add_func ("/ndr/phrases/random", test_random);
  g_test_add_func ("/ndr/phrases/refused", test_refused);
  g_test_add_func ("/ndr/phrases/too-many", test_too_many);
  return g_test_run ();
}
