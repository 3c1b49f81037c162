/* DMARC as RFC 7489 had it beside RFC 9989: what each finds, and how they differ. */
#include "mailauth/dmarc-older.h"

#include <string.h>

#include "mailauth/public-suffix.h"

/* "name record|name record"; names stand below _dmarc. All others have nothing. */
static void
answer_from (MrLookupTable *table, const char *zone)
{
  g_auto (GStrv) rows = g_strsplit (zone, "|", -1);
  MrLookupType type;
  char *name;

  while (mr_lookup_table_take_wanted (table, &name, &type)) {
    g_autoptr (GPtrArray) texts = g_ptr_array_new ();

    g_assert_cmpint (type, ==, MR_LOOKUP_TXT);
    g_assert_true (g_str_has_prefix (name, "_dmarc."));
    for (guint i = 0; rows[i] != NULL; i++) {
      gsize len = strlen (name + 7);

      if (strncmp (rows[i], name + 7, len) == 0 && rows[i][len] == ' ')
        g_ptr_array_add (texts, rows[i] + len + 1);
    }
    g_ptr_array_add (texts, NULL);
    mr_lookup_table_answer (table, name, type, texts->len > 1 ? MR_LOOKUP_FOUND : MR_LOOKUP_NOTHING,
                            (const char *const *)texts->pdata);
    g_free (name);
  }
}

typedef struct {
  const char *domain, *zone;
  const char *organisation, *at; /* by the older rules; at NULL: no record */
  MrDmarcPolicy policy;
  guint percent;
  MrDmarcDifference difference;
} Case;

static const Case cases[] = {
  { "a.example", "", "a.example", NULL, MR_DMARC_UNSET, 100, MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; p=reject", "a.example", "a.example", MR_DMARC_REJECT, 100, MR_DMARC_OLDER_SAME },
  { "www.a.co.uk", "a.co.uk v=DMARC1; p=reject; sp=quarantine", "a.co.uk", "a.co.uk", MR_DMARC_QUARANTINE, 100,
    MR_DMARC_OLDER_SAME },
  /* A suffix that asks for it itself counts only with the walk. */
  { "a.co.uk", "co.uk v=DMARC1; p=reject; psd=y", "a.co.uk", NULL, MR_DMARC_UNSET, 100, MR_DMARC_OLDER_NO_RECORD },
  /* So does a record between the name and its organisation. */
  { "x.b.a.example", "b.a.example v=DMARC1; p=reject", "a.example", NULL, MR_DMARC_UNSET, 100,
    MR_DMARC_OLDER_NO_RECORD },
  { "x.b.a.example", "b.a.example v=DMARC1; p=reject; psd=n|a.example v=DMARC1; p=none", "a.example", "a.example",
    MR_DMARC_NONE, 100, MR_DMARC_OLDER_MILDER },
  { "b.a.example", "b.a.example v=DMARC1; p=reject; psd=n|a.example v=DMARC1; p=none", "a.example", "b.a.example",
    MR_DMARC_REJECT, 100, MR_DMARC_OLDER_ORGANISATION },
  /* Several end it, where the walk goes on. */
  { "b.a.example", "b.a.example v=DMARC1; p=none|b.a.example v=DMARC1; p=reject|a.example v=DMARC1; p=reject",
    "a.example", NULL, MR_DMARC_UNSET, 100, MR_DMARC_OLDER_NO_RECORD },
  { "a.example", "a.example v=DMARC1; p=reject; t=y", "a.example", "a.example", MR_DMARC_REJECT, 100,
    MR_DMARC_OLDER_STRICTER },
  { "a.example", "a.example v=DMARC1; p=none; t=y", "a.example", "a.example", MR_DMARC_NONE, 100, MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; p=reject; pct=20", "a.example", "a.example", MR_DMARC_REJECT, 20,
    MR_DMARC_OLDER_PART },
  { "a.example", "a.example v=DMARC1; p=none; pct=20", "a.example", "a.example", MR_DMARC_NONE, 20,
    MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; p=reject; pct=101", "a.example", "a.example", MR_DMARC_REJECT, 100,
    MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; p=reject; pct=x", "a.example", "a.example", MR_DMARC_REJECT, 100,
    MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; p=none; np=reject", "a.example", "a.example", MR_DMARC_NONE, 100,
    MR_DMARC_OLDER_NAMES },
  { "a.example", "a.example v=DMARC1; p=reject; np=reject", "a.example", "a.example", MR_DMARC_REJECT, 100,
    MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; adkim=s; p=reject", "a.example", "a.example", MR_DMARC_REJECT, 100,
    MR_DMARC_OLDER_ORDER },
  { "a.example", "a.example v=DMARC1; pct=20; p=reject", "a.example", "a.example", MR_DMARC_REJECT, 20,
    MR_DMARC_OLDER_PART },
  /* np is not looked at; a bad sp or p makes none of it where there is somebody to report to. */
  { "a.example", "a.example v=DMARC1; p=reject; np=x", "a.example", "a.example", MR_DMARC_REJECT, 100,
    MR_DMARC_OLDER_STRICTER },
  { "a.example", "a.example v=DMARC1; p=reject; sp=x", "a.example", NULL, MR_DMARC_UNSET, 100, MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; p=reject; sp=x; rua=mailto:d@a.example", "a.example", "a.example", MR_DMARC_NONE,
    100, MR_DMARC_OLDER_SAME },
  { "a.example", "a.example v=DMARC1; rua=mailto:d@a.example", "a.example", "a.example", MR_DMARC_NONE, 100,
    MR_DMARC_OLDER_SAME },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *one = &cases[i];
    g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
    g_auto (MrDmarcOlder) older = { 0 };
    g_auto (MrDmarcDiscovery) found = { 0 };

    g_test_message ("%s: %s", one->domain, one->zone);
    for (mr_dmarc_discover_older (table, one->domain, &older); older.status == MR_DMARC_PENDING;
         mr_dmarc_discover_older (table, one->domain, &older)) {
      answer_from (table, one->zone);
      mr_dmarc_older_clear (&older);
    }
    for (mr_dmarc_discover (table, one->domain, FALSE, &found); found.status == MR_DMARC_PENDING;
         mr_dmarc_discover (table, one->domain, FALSE, &found)) {
      answer_from (table, one->zone);
      mr_dmarc_discovery_clear (&found);
    }
    g_assert_cmpstr (older.organisation, ==, one->organisation);
    g_assert_cmpstr (older.record_domain, ==, one->at);
    g_assert_cmpint (older.status, ==, one->at != NULL ? MR_DMARC_FOUND : MR_DMARC_ABSENT);
    g_assert_cmpint (older.policy, ==, one->policy);
    g_assert_cmpuint (older.percent, ==, one->percent);
    g_assert_cmpint (mr_dmarc_compare_older (&found, &older), ==, one->difference);
  }
}

static void
test_trouble (void)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_auto (MrDmarcOlder) older = { 0 };

  mr_lookup_table_answer (table, "_dmarc.a.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  mr_lookup_table_answer (table, "_dmarc.b.a.example", MR_LOOKUP_TXT, MR_LOOKUP_TEMPORARY, NULL);
  mr_dmarc_discover_older (table, "b.a.example", &older);
  g_assert_cmpint (older.status, ==, MR_DMARC_TEMPORARY);
}

static void
test_suffixes (void)
{
  static const char *const pairs[][2] = { { "a.b.example.co.uk", "example.co.uk" },
                                          { "EXAMPLE.com.", "example.com" },
                                          { "co.uk", "co.uk" },
                                          { "com", "com" },
                                          { "a.b.unknown-suffix", "b.unknown-suffix" },
                                          { "www.xn--mnchen-3ya.de", "xn--mnchen-3ya.de" },
                                          { "x.y.github.io", "y.github.io" } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *found = mr_public_suffix_dup_registrable (pairs[i][0]);

    g_assert_cmpstr (found, ==, pairs[i][1]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dmarc-older/cases", test_cases);
  g_test_add_func ("/dmarc-older/trouble", test_trouble);
  g_test_add_func ("/dmarc-older/suffixes", test_suffixes);
  return g_test_run ();
}
