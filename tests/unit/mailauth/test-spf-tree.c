/* The whole of an SPF record: what counts, what leads nowhere, what leads in circles. */
#include "mailauth/spf-tree.h"

#include <string.h>

typedef struct {
  const char *name;
  MrLookupType type;
  const char *record; /* NULL: time-out */
} Row;

static const Row rows[] = {
  { "_spf.one.example", MR_LOOKUP_TXT, "v=spf1 include:_spf.two.example ip4:192.0.2.0/24 ?all" },
  { "_spf.two.example", MR_LOOKUP_TXT, "v=spf1 a:mail.example mx ~all" },
  { "_spf.two.example", MR_LOOKUP_MX, "mail.example" },
  { "_spf.loop.example", MR_LOOKUP_TXT, "v=spf1 include:_spf.back.example -all" },
  { "_spf.back.example", MR_LOOKUP_TXT, "v=spf1 redirect=_spf.loop.example" },
  { "_spf.broken.example", MR_LOOKUP_TXT, "v=spf1 ip4:1.2.3.4~all" },
  { "_spf.slow.example", MR_LOOKUP_TXT, NULL },
  { "mail.example", MR_LOOKUP_A, "192.0.2.7" },
};

/* Everything that is wanted is answered from the rows, until nothing is open. */
static void
walk (const char *record, MrSpfTree *ret)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autoptr (GError) error = NULL;
  MrLookupType type;
  char *name;

  for (;;) {
    gboolean ok = mr_spf_tree_walk (table, "own.example", record, ret, &error);

    g_assert_no_error (error);
    g_assert_true (ok);
    if (!ret->pending)
      return;
    mr_spf_tree_clear (ret);
    while (mr_lookup_table_take_wanted (table, &name, &type)) {
      MrLookupStatus status = MR_LOOKUP_NOTHING;
      const char *records[] = { NULL, NULL };

      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        if (rows[i].type == type && strcmp (rows[i].name, name) == 0) {
          status = rows[i].record != NULL ? MR_LOOKUP_FOUND : MR_LOOKUP_TEMPORARY;
          records[0] = rows[i].record;
        }
      mr_lookup_table_answer (table, name, type, status, records);
      g_free (name);
    }
  }
}

static char *
drawn (const MrSpfTree *tree)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < tree->steps->len; i++) {
    const MrSpfStep *step = g_ptr_array_index (tree->steps, i);
    g_string_append_printf (text, "%u%s%s ", step->depth, step->term, step->looks_up ? "!" : "");
  }
  return g_string_free (text, FALSE);
}

static void
test_counts (void)
{
  g_auto (MrSpfTree) tree = { 0 };
  g_autofree char *text = NULL;

  walk ("v=spf1 include:_spf.one.example exists:%{i}.x.example -all ip4:203.0.113.1", &tree);
  text = drawn (&tree);
  g_assert_cmpstr (text, ==,
                   "0include:_spf.one.example! 1include:_spf.two.example! 2a:mail.example! 2mx! 2~all "
                   "1ip4:192.0.2.0/24 1?all 0exists:%{i}.x.example! 0-all ");
  g_assert_cmpuint (tree.look_ups, ==, 5);
  g_assert_cmpuint (tree.voids4, ==, 0);
  g_assert_cmpuint (tree.voids6, ==, 2);
  g_assert_cmpint (tree.flags, ==, MR_SPF_TREE_NONE);
}

static void
expect (const char *record, MrSpfTreeFlags flags, const char *culprit)
{
  g_auto (MrSpfTree) tree = { 0 };

  walk (record, &tree);
  g_assert_cmpint (tree.flags, ==, flags);
  g_assert_cmpstr (tree.culprit, ==, culprit);
}

static void
test_flags (void)
{
  expect ("v=spf1 include:_spf.loop.example ~all", MR_SPF_TREE_LOOP, "_spf.loop.example");
  expect ("v=spf1 include:own.example ~all", MR_SPF_TREE_LOOP, "own.example");
  expect ("v=spf1 include:none.example ~all", MR_SPF_TREE_INCLUDE_NONE, "none.example");
  expect ("v=spf1 redirect=mail.example", MR_SPF_TREE_INCLUDE_NONE, "mail.example");
  expect ("v=spf1 include:_spf.broken.example ~all", MR_SPF_TREE_INCLUDE_BROKEN, "_spf.broken.example");
  expect ("v=spf1 ptr include:_spf.slow.example ~all", MR_SPF_TREE_PTR | MR_SPF_TREE_TEMPORARY, NULL);
  /* Behind all nothing is read, a redirect neither. */
  expect ("v=spf1 ~all include:none.example redirect=none.example", MR_SPF_TREE_NONE, NULL);
}

static void
test_bounds (void)
{
  g_autoptr (GString) record = g_string_new ("v=spf1");
  g_auto (MrSpfTree) tree = { 0 };
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 510; i++)
    g_string_append (record, " mx");
  walk (record->str, &tree);
  g_assert_cmpuint (tree.look_ups, ==, 510);
  g_assert_cmpuint (tree.steps->len, ==, 500);
  mr_spf_tree_clear (&tree);
  g_assert_false (mr_spf_tree_walk (table, "own.example", "v=spf1 ip4:x", &tree, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spf-tree/counts", test_counts);
  g_test_add_func ("/spf-tree/flags", test_flags);
  g_test_add_func ("/spf-tree/bounds", test_bounds);
  return g_test_run ();
}
