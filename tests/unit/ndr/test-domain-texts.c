/* What findings say: every code has whole sentences, values are put in, the look-ups are drawn as a tree. */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "ndr/domain-texts.h"
#include "ndr/domain-words.h"

static const MrDomainWords *const tables[] = { mr_domain_words_dns, mr_domain_words_policy, mr_domain_words_address };

/* Braces are closed and hold a name. */
static void
check_places (const char *code, const char *text)
{
  for (const char *open = strchr (text, '{'); open != NULL; open = strchr (open + 1, '{')) {
    gsize len = strspn (open + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");

    g_test_message ("%s: %s", code, text);
    g_assert_cmpuint (len, >, 0);
    g_assert_cmpint (open[len + 1], ==, '}');
  }
}

static void
test_words (void)
{
  g_autoptr (GHashTable) codes = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const MrDomainWords *row = tables[i]; row->code != NULL; row++) {
      gsize len = strlen (row->sentence);

      g_test_message ("%s", row->code);
      g_assert_true (g_hash_table_add (codes, (gpointer)row->code));
      g_assert_true (mr_domain_code_is_known (row->code));
      g_assert_true (len > 0 && strchr (".}", row->sentence[len - 1]) != NULL);
      check_places (row->code, row->sentence);
      check_places (row->code, row->meaning);
      check_places (row->code, row->remedy);
    }
  g_assert_cmpuint (g_hash_table_size (codes), >, 150);
  g_assert_false (mr_domain_code_is_known ("no-such-code"));
}

static void
test_names (void)
{
  const char *const *names = mr_domain_check_names ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (; *names != NULL; names++) {
    g_assert_true (g_hash_table_add (seen, (gpointer)*names));
    g_assert_cmpstr (mr_domain_check_name (*names), !=, *names);
  }
  g_assert_cmpstr (mr_domain_check_name ("unknown"), ==, "unknown");
  g_assert_cmpstr (mr_domain_fact_label ("alias"), ==, "Alias of");
  g_assert_cmpstr (mr_domain_fact_label ("unknown"), ==, "unknown");
  g_assert_cmpstr (mr_finding_state_word (MR_FINDING_WRONG), ==, "wrong");
  g_assert_cmpstr (mr_finding_state_word ((MrFindingState)99), ==, "could not tell");
  g_assert_true (mr_domain_check_is_further ("dane"));
  g_assert_false (mr_domain_check_is_further ("spf"));
}

static void
test_values (void)
{
  g_autoptr (MrDomainFinding) finding = mr_domain_finding_new ("mx", MR_FINDING_WRONG, "mx-unresolved");
  g_autoptr (MrDomainFinding) unknown = mr_domain_finding_new ("mx", MR_FINDING_WRONG, "no-such-code");
  g_autofree char *without = mr_domain_dup_sentence (finding), *with = NULL, *code = mr_domain_dup_sentence (unknown);
  g_autofree char *nothing = mr_domain_dup_remedy (unknown);
  GVariantBuilder params;

  g_assert_cmpstr (without, ==, "The mail server {host} of {domain} does not exist.");
  g_variant_builder_init (&params, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&params, "{ss}", "host", "mx.{domain}.example");
  g_variant_builder_add (&params, "{ss}", "domain", "a.example");
  finding->params = g_variant_ref_sink (g_variant_builder_end (&params));
  with = mr_domain_dup_sentence (finding);
  /* A value that looks like a place is none. */
  g_assert_cmpstr (with, ==, "The mail server mx.{domain}.example of a.example does not exist.");
  g_assert_cmpstr (code, ==, "no-such-code");
  g_assert_cmpstr (nothing, ==, "");
}

static void
test_tree (void)
{
  g_autoptr (MrDomainFinding) finding = mr_domain_finding_new ("spf-look-ups", MR_FINDING_GOOD, "spf-look-ups-good");
  g_autofree char *facts = NULL;

  mr_domain_finding_add_fact (finding, "look-ups", "3");
  mr_domain_finding_add_term (finding, 0, "a.example", "include:b.example", TRUE, FALSE);
  mr_domain_finding_add_term (finding, 1, "b.example", "include:c.example", TRUE, FALSE);
  mr_domain_finding_add_term (finding, 2, "c.example", "ip4:192.0.2.1", FALSE, FALSE);
  mr_domain_finding_add_term (finding, 1, "b.example", "a", TRUE, TRUE);
  mr_domain_finding_add_term (finding, 0, "a.example", "~all", FALSE, FALSE);
  facts = mr_domain_dup_facts (finding);
  g_assert_cmpstr (facts, ==,
                   "Look-ups: 3\n"
                   "├─ include:b.example  (1)\n"
                   "│  ├─ include:c.example  (2)\n"
                   "│  │  └─ ip4:192.0.2.1\n"
                   "│  └─ a  (3)  ✓\n"
                   "└─ ~all\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain-texts/words", test_words);
  g_test_add_func ("/domain-texts/names", test_names);
  g_test_add_func ("/domain-texts/values", test_values);
  g_test_add_func ("/domain-texts/tree", test_tree);
  return g_test_run ();
}
