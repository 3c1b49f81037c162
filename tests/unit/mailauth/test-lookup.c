/* The table of answers: what is not there is wanted, once. */
#include "mailauth/lookup.h"

#include <string.h>

static void
test_wanted_once (void)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  const char *const *records;
  g_autofree char *name = NULL;
  MrLookupType type = MR_LOOKUP_A;

  g_assert_cmpint (mr_lookup_table_ask (table, "Example.COM.", MR_LOOKUP_TXT, &records), ==, MR_LOOKUP_PENDING);
  g_assert_null (records[0]);
  g_assert_cmpint (mr_lookup_table_ask (table, "example.com", MR_LOOKUP_TXT, NULL), ==, MR_LOOKUP_PENDING);
  g_assert_true (mr_lookup_table_take_wanted (table, &name, &type));
  g_assert_cmpstr (name, ==, "example.com");
  g_assert_cmpint (type, ==, MR_LOOKUP_TXT);
  g_assert_false (mr_lookup_table_take_wanted (table, &name, &type));

  mr_lookup_table_answer (table, name, type, MR_LOOKUP_FOUND, (const char *const[]){ "one", "two", NULL });
  g_assert_cmpint (mr_lookup_table_ask (table, "EXAMPLE.com", MR_LOOKUP_TXT, &records), ==, MR_LOOKUP_FOUND);
  g_assert_cmpstr (records[1], ==, "two");
  g_assert_cmpint (mr_lookup_table_ask (table, "example.com", MR_LOOKUP_MX, &records), ==, MR_LOOKUP_PENDING);
}

static void
test_states (void)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();

  mr_lookup_table_answer (table, "a.example", MR_LOOKUP_A, MR_LOOKUP_FOUND, NULL);
  g_assert_cmpint (mr_lookup_table_ask (table, "a.example", MR_LOOKUP_A, NULL), ==, MR_LOOKUP_NOTHING);
  mr_lookup_table_answer (table, "a.example", MR_LOOKUP_A, MR_LOOKUP_TEMPORARY, NULL);
  g_assert_cmpint (mr_lookup_table_ask (table, "a.example", MR_LOOKUP_A, NULL), ==, MR_LOOKUP_TEMPORARY);
  g_assert_cmpint (mr_lookup_table_ask (table, "a..example", MR_LOOKUP_A, NULL), ==, MR_LOOKUP_NOTHING);
}

static void
test_bounds (void)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autoptr (GPtrArray) many = g_ptr_array_new ();
  const char *const *records;

  for (guint i = 0; i < 2 * MR_LOOKUP_MAX_RECORDS; i++)
    g_ptr_array_add (many, (gpointer) "x");
  g_ptr_array_add (many, NULL);
  mr_lookup_table_answer (table, "many.example", MR_LOOKUP_TXT, MR_LOOKUP_FOUND, (const char *const *)many->pdata);
  mr_lookup_table_ask (table, "many.example", MR_LOOKUP_TXT, &records);
  g_assert_cmpuint (g_strv_length ((char **)records), ==, MR_LOOKUP_MAX_RECORDS);
  for (guint i = 0; i < MR_LOOKUP_MAX_ANSWERS; i++) {
    g_autofree char *name = g_strdup_printf ("n%u.example", i);
    mr_lookup_table_answer (table, name, MR_LOOKUP_A, MR_LOOKUP_NOTHING, NULL);
  }
  g_assert_cmpint (mr_lookup_table_ask (table, "one.more.example", MR_LOOKUP_A, NULL), ==, MR_LOOKUP_TEMPORARY);
}

static void
test_names (void)
{
  static const char *const fits[] = { "a", "example.com", "example.com.", "_dmarc.example.com", NULL };
  static const char *const not [] = { "", ".", "..", "a..b", ".a", NULL };
  g_autofree char *label = g_strnfill (64, 'a');
  g_autofree char *name = g_strnfill (300, 'a');

  for (guint i = 0; fits[i] != NULL; i++)
    g_assert_true (mr_dns_name_fits (fits[i]));
  for (guint i = 0; not [i] != NULL; i++)
    g_assert_false (mr_dns_name_fits (not [i]));
  g_assert_false (mr_dns_name_fits (label));
  g_assert_true (mr_dns_name_fits (label + 1));
  for (gsize i = 50; i < 300; i += 50)
    name[i] = '.';
  g_assert_false (mr_dns_name_fits (name));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lookup/wanted-once", test_wanted_once);
  g_test_add_func ("/lookup/states", test_states);
  g_test_add_func ("/lookup/bounds", test_bounds);
  g_test_add_func ("/lookup/names", test_names);
  return g_test_run ();
}
