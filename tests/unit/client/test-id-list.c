/* Splices turn one list into the other, exactly and with as few rows as possible. */
#include "client/id-list.h"

#include <string.h>

static GArray *
make_list (const char *letters)
{
  g_autoptr (GString) bytes = g_string_new (NULL);

  for (; *letters != '\0'; letters++)
    g_string_append_printf (bytes, "000000000000000%c", *letters);
  g_autoptr (GBytes) ids = g_bytes_new (bytes->str, bytes->len);
  return mr_id_list_from_bytes (ids);
}

/* "at 3 -1 +2; ..." */
static char *
apply (GArray *list, const GArray *to, const GArray *splices)
{
  GString *told = g_string_new (NULL);

  for (guint i = 0; i < splices->len; i++) {
    const MrIdSplice *splice = &g_array_index (splices, MrIdSplice, i);
    g_string_append_printf (told, "%u-%u+%u;", splice->position, splice->removed, splice->added);
    g_assert_cmpuint (splice->position + splice->removed, <=, list->len);
    if (splice->removed > 0)
      g_array_remove_range (list, splice->position, splice->removed);
    if (splice->added > 0)
      g_array_insert_vals (list, splice->position, &g_array_index (to, MrIdEntry, splice->position), splice->added);
  }
  g_assert_cmpuint (list->len, ==, to->len);
  g_assert_true (list->len == 0 || memcmp (list->data, to->data, list->len * sizeof (MrIdEntry)) == 0);
  return g_string_free (told, FALSE);
}

static void
check (const char *from, const char *to, guint max, const char *expected)
{
  g_autoptr (GArray) a = make_list (from);
  g_autoptr (GArray) b = make_list (to);
  g_autoptr (GArray) splices = mr_id_list_diff (a, b, max);
  g_autofree char *told = apply (a, b, splices);

  g_assert_cmpstr (told, ==, expected);
}

static void
test_table (void)
{
  check ("", "", 10, "");
  check ("cba", "cba", 10, "");
  check ("", "cba", 10, "0-0+3;");
  check ("cba", "", 10, "0-3+0;");
  check ("cba", "dcba", 10, "0-0+1;");
  check ("dcba", "dba", 10, "1-1+0;");
  check ("fdcb", "fecba", 10, "1-1+1;4-0+1;");
  check ("fdb", "eca", 10, "0-3+3;");
  check ("abc", "abcd", 10, "3-0+1;");
  check ("a", "b", 10, "0-1+1;");
  /* more differences than allowed, and an order that is none: one splice between the common ends */
  check ("hgfedcba", "hfdba", 1, "1-5+2;");
  check ("bca", "bda", 10, "1-1+1;");
}

static void
test_random (void)
{
  for (guint round = 0; round < 500; round++) {
    GString *from = g_string_new (NULL), *to = g_string_new (NULL);
    for (char letter = 'z'; letter >= 'a'; letter--) {
      if (g_test_rand_bit ())
        g_string_append_c (from, letter);
      if (g_test_rand_bit ())
        g_string_append_c (to, letter);
    }
    g_autoptr (GArray) a = make_list (from->str);
    g_autoptr (GArray) b = make_list (to->str);
    g_autoptr (GArray) splices = mr_id_list_diff (a, b, (guint)g_test_rand_int_range (1, 20));
    g_autofree char *told = apply (a, b, splices);
    g_assert_nonnull (told);
    g_string_free (from, TRUE);
    g_string_free (to, TRUE);
  }
}

static void
test_find (void)
{
  g_autoptr (GArray) down = make_list ("zyxb");
  g_autoptr (GArray) up = make_list ("bxyz");
  guint position = 99;

  g_assert_true (mr_id_list_find (down, "000000000000000x", &position));
  g_assert_cmpuint (position, ==, 2);
  g_assert_true (mr_id_list_find (up, "000000000000000b", &position));
  g_assert_cmpuint (position, ==, 0);
  g_assert_false (mr_id_list_find (up, "000000000000000c", &position));
  g_assert_false (mr_id_list_find (down, "0", &position));
  g_assert_cmpuint (position, ==, 0);
  g_assert_true (mr_id_list_search (down, "000000000000000b", &position));
  g_assert_cmpuint (position, ==, 3);
  g_assert_false (mr_id_list_search (down, "000000000000000c", &position));
}

static void
test_strange_ids (void)
{
  static const char text[] = "0000000000000001\n000000000000002000000000000000\000ABCDEFGHJKMNPQRS000";
  g_autoptr (GBytes) ids = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GArray) list = mr_id_list_from_bytes (ids);

  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (g_array_index (list, MrIdEntry, 1).text, ==, "ABCDEFGHJKMNPQRS");
}

/* changes: a letter and a place each: "=" as before, "o", "h", "-". */
static void
check_apply (const char *from, const char *changes, gboolean descending, const char *expected)
{
  static const char places[] = "=oh-";
  g_autoptr (GArray) list = make_list (from);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (; *changes != '\0'; changes += 2) {
    g_autofree char *id = g_strdup_printf ("000000000000000%c", changes[0]);
    guint8 place = (guint8)(strchr (places, changes[1]) - places);
    g_byte_array_append (bytes, (const guint8 *)id, MR_ID_LENGTH);
    g_byte_array_append (bytes, &place, 1);
  }
  g_autoptr (GBytes) packed = g_bytes_new (bytes->data, bytes->len);
  g_autoptr (GArray) to = mr_id_list_apply (list, packed, MR_LIST_PLACE_OUTBOX, descending);
  if (expected == NULL) {
    g_assert_null (to);
    return;
  }
  g_autoptr (GArray) wanted = make_list (expected);
  g_assert_nonnull (to);
  g_assert_cmpmem (to->data, to->len * sizeof (MrIdEntry), wanted->data, wanted->len * sizeof (MrIdEntry));
}

static void
test_apply (void)
{
  check_apply ("cba", "", TRUE, NULL);
  check_apply ("cba", "b=x=", TRUE, NULL);
  check_apply ("cba", "boxhy-", TRUE, NULL);
  check_apply ("cba", "do", TRUE, "dcba");
  check_apply ("abc", "do", FALSE, "abcd");
  check_apply ("db", "aocoeo", TRUE, "edcba");
  check_apply ("bd", "eoaoco", FALSE, "abcde");
  check_apply ("edcba", "ehch", TRUE, "dba");
  check_apply ("edcba", "e-a-fo", TRUE, "fdcb");
  check_apply ("", "aobo", TRUE, "ba");
  check_apply ("", "boao", FALSE, "ab");
  check_apply ("a", "ah", TRUE, "");
  check_apply ("a", "bobo", TRUE, "ba");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/id-list/table", test_table);
  g_test_add_func ("/client/id-list/random", test_random);
  g_test_add_func ("/client/id-list/find", test_find);
  g_test_add_func ("/client/id-list/apply", test_apply);
  g_test_add_func ("/client/id-list/strange-ids", test_strange_ids);
  return g_test_run ();
}
