/* Fuzz target: SPF records, explanations and macros. The input is a text for every question: a record that may include itself. */
#include <stdint.h>

#include "fuzz.h"
#include "mailauth/spf-tree.h"

static void
answer (MrLookupTable *table, const char *name, MrLookupType type, const char *text)
{
  static const char *const addresses[] = { "192.0.2.1", NULL };
  const char *const texts[] = { text, NULL };
  const char *const names[] = { "host.example", name, NULL };

  switch (type) {
  case MR_LOOKUP_TXT:
    mr_lookup_table_answer (table, name, type, MR_LOOKUP_FOUND, texts);
    break;
  case MR_LOOKUP_MX:
  case MR_LOOKUP_PTR:
    mr_lookup_table_answer (table, name, type, MR_LOOKUP_FOUND, names);
    break;
  case MR_LOOKUP_A:
  case MR_LOOKUP_AAAA:
  case MR_LOOKUP_N_TYPES:
  default:
    mr_lookup_table_answer (table, name, type, *name == 'n' ? MR_LOOKUP_NOTHING : MR_LOOKUP_FOUND, addresses);
    break;
  }
}

/* The whole of the record, as the check of a domain counts it. */
static void
walk_tree (const char *text)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();

  for (guint rounds = 0;; rounds++) {
    g_auto (MrSpfTree) tree = { 0 };
    g_autoptr (GError) error = NULL;
    MrLookupType type = MR_LOOKUP_TXT;
    char *name;

    if (!mr_spf_tree_walk (table, "mail.example", text, &tree, &error)) {
      g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
      return;
    }
    g_assert_cmpuint (tree.steps->len, <=, 500);
    if (!tree.pending)
      return;
    g_assert_cmpuint (rounds, <, 300);
    while (mr_lookup_table_take_wanted (table, &name, &type)) {
      answer (table, name, type, text);
      g_free (name);
    }
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autofree char *text = g_strndup ((const char *)data, size);
  const MrSpfQuery query = { .address = size % 2 != 0 ? "192.0.2.1" : "2001:db8::1",
                             .mailfrom = "l.p-x@mail.example",
                             .helo = "h.example" };
  guint rounds = 0;

  walk_tree (text);
  for (;;) {
    g_auto (MrSpfReport) report = { 0 };
    MrLookupType type = MR_LOOKUP_TXT;
    char *name;
    if (mr_spf_check (table, &query, &report) != MR_SPF_PENDING) {
      g_assert_true (report.result != MR_SPF_PERMERROR || report.problem != NULL);
      return 0;
    }
    g_assert_cmpuint (rounds++, <, 300);
    while (mr_lookup_table_take_wanted (table, &name, &type)) {
      answer (table, name, type, text);
      g_free (name);
    }
  }
}
