/* The public suite of RFC 7208, whole: every case, no exception list (spf/LICENSE). Each scenario has its zones and its cases. */
#include "mailauth/spf.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
  JsonObject *zones;
} World;

/* Strings of one text are joined without spaces. NULL: no text. Bytes beyond ASCII stand in the file as the characters of their value. */
static char *
text_of (JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node))
    return g_strdup (json_node_get_string (node));
  GString *text = g_string_new (NULL);
  JsonArray *parts = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (parts); i++)
    g_string_append (text, json_array_get_string_element (parts, i));
  return g_string_free (text, FALSE);
}

static JsonArray *
find_zone (World *world, const char *name)
{
  g_autoptr (GList) names = json_object_get_members (world->zones);

  for (GList *l = names; l != NULL; l = l->next)
    if (g_ascii_strcasecmp (l->data, name) == 0)
      return json_object_get_array_member (world->zones, l->data);
  return NULL;
}

static gboolean
has (JsonArray *zone, const char *type)
{
  for (guint i = 0; i < json_array_get_length (zone); i++) {
    JsonNode *row = json_array_get_element (zone, i);
    if (JSON_NODE_HOLDS_OBJECT (row) && json_object_has_member (json_node_get_object (row), type))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_fact (JsonNode *value)
{
  return !(JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING
           && g_str_equal (json_node_get_string (value), "NONE"));
}

static gint
by_preference (gconstpointer a, gconstpointer b)
{
  return atoi (*(char *const *)a) - atoi (*(char *const *)b);
}

static void
add_record (GPtrArray *records, MrLookupType type, JsonNode *value)
{
  if (!is_fact (value))
    return;
  if (type == MR_LOOKUP_TXT)
    g_ptr_array_add (records, text_of (value));
  else if (type == MR_LOOKUP_MX)
    g_ptr_array_add (records,
                     g_strdup_printf ("%05d%s", (int)json_array_get_int_element (json_node_get_array (value), 0),
                                      json_array_get_string_element (json_node_get_array (value), 1)));
  else
    g_ptr_array_add (records, g_strdup (json_node_get_string (value)));
}

static void
answer (MrLookupTable *table, World *world, const char *asked, MrLookupType type, const char *name, guint depth)
{
  JsonArray *zone = find_zone (world, name);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  gboolean timeout = FALSE;
  const char *key = mr_lookup_type_name (type);

  if (type == MR_LOOKUP_TXT && zone != NULL && !has (zone, "TXT"))
    key = "SPF"; /* those are to be served as TXT */
  for (guint i = 0; zone != NULL && i < json_array_get_length (zone); i++) {
    JsonNode *row = json_array_get_element (zone, i);
    if (!JSON_NODE_HOLDS_OBJECT (row)) {
      timeout = records->len == 0; /* for every type that was not listed before */
      continue;
    }
    JsonObject *object = json_node_get_object (row);
    if (json_object_has_member (object, "CNAME") && depth < 10) {
      answer (table, world, asked, type, json_object_get_string_member (object, "CNAME"), depth + 1);
      return;
    }
    if (json_object_has_member (object, key))
      add_record (records, type, json_object_get_member (object, key));
  }
  if (type == MR_LOOKUP_MX) {
    g_ptr_array_sort (records, by_preference);
    for (guint i = 0; i < records->len; i++)
      memmove (records->pdata[i], (char *)records->pdata[i] + 5, strlen ((char *)records->pdata[i] + 5) + 1);
  }
  g_ptr_array_add (records, NULL);
  MrLookupStatus status = timeout || g_str_has_prefix (name, "error.") ? MR_LOOKUP_TEMPORARY
                          : records->len > 1                           ? MR_LOOKUP_FOUND
                                                                       : MR_LOOKUP_NOTHING;
  mr_lookup_table_answer (table, asked, type, status, (const char *const *)records->pdata);
}

static MrSpfResult
check_until_known (World *world, const MrSpfQuery *query, MrSpfReport *report)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();

  for (guint round = 0; round < 200; round++) {
    char *name;
    MrLookupType type;
    guint wanted = 0;
    if (mr_spf_check (table, query, report) != MR_SPF_PENDING)
      return report->result;
    for (; mr_lookup_table_take_wanted (table, &name, &type); wanted++) {
      answer (table, world, name, type, name, 0);
      g_free (name);
    }
    g_assert_cmpuint (wanted, >, 0);
    mr_spf_report_clear (report);
  }
  g_assert_not_reached ();
}

static gboolean
is_expected (JsonNode *expected, const char *result)
{
  if (JSON_NODE_HOLDS_VALUE (expected))
    return g_str_equal (json_node_get_string (expected), result);
  JsonArray *any = json_node_get_array (expected);
  for (guint i = 0; i < json_array_get_length (any); i++)
    if (g_str_equal (json_array_get_string_element (any, i), result))
      return TRUE;
  return FALSE;
}

static const char *
first_expected (JsonNode *expected)
{
  return JSON_NODE_HOLDS_VALUE (expected) ? json_node_get_string (expected)
                                          : json_array_get_string_element (json_node_get_array (expected), 0);
}

static guint n_cases, n_other;

static void
run_case (World *world, const char *name, JsonObject *test)
{
  g_auto (MrSpfReport) report = { 0 };
  const MrSpfQuery query = {
    .address = json_object_get_string_member (test, "host"),
    .mailfrom = json_object_get_string_member (test, "mailfrom"),
    .helo = json_object_get_string_member (test, "helo"),
    .receiver = json_object_get_string_member_with_default (test, "receiver", NULL),
  };
  JsonNode *expected = json_object_get_member (test, "result");
  const char *words = json_object_get_string_member_with_default (test, "explanation", NULL);
  const char *result = mr_spf_result_nick (check_until_known (world, &query, &report));

  n_cases++;
  if (!is_expected (expected, result)) {
    g_test_message ("%s: %s, expected %s (%s)", name, result, first_expected (expected), report.problem);
    g_test_fail ();
  }
  if (!g_str_equal (first_expected (expected), result)) {
    g_test_message ("%s: %s is allowed, %s preferred", name, result, first_expected (expected));
    n_other++;
  }
  if (words != NULL && g_strcmp0 (report.explanation, g_str_equal (words, "DEFAULT") ? NULL : words) != 0) {
    g_test_message ("%s: explanation “%s”, expected “%s”", name, report.explanation, words);
    g_test_fail ();
  }
}

static void
test_scenario (gconstpointer data)
{
  JsonObject *scenario = (JsonObject *)data;
  World world = { .zones = json_object_get_object_member (scenario, "zonedata") };
  JsonObject *tests = json_object_get_object_member (scenario, "tests");
  g_autoptr (GList) names = json_object_get_members (tests);

  for (GList *l = names; l != NULL; l = l->next)
    run_case (&world, l->data, json_object_get_object_member (tests, l->data));
}

static void
test_all_were_run (void)
{
  g_assert_cmpuint (n_cases, ==, 203);
  g_assert_cmpuint (n_other, ==, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;
  g_autofree char *text = NULL;

  g_test_init (&argc, &argv, NULL);
  file = g_test_build_filename (G_TEST_DIST, "spf", "rfc7208-tests.json", NULL);
  g_file_get_contents (file, &text, NULL, &error);
  g_assert_no_error (error);
  /* A text of the DNS may hold NUL; whoever hands texts in has made another control of it, as here. */
  g_autoptr (GString) whole = g_string_new (text);
  g_string_replace (whole, "\\u0000", "\\u0001", 0);
  json_parser_load_from_data (parser, whole->str, -1, &error);
  g_assert_no_error (error);
  JsonArray *scenarios = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (scenarios); i++) {
    JsonObject *scenario = json_array_get_object_element (scenarios, i);
    g_autofree char *path = g_strdup_printf ("/spf-suite/%02u-%s", i,
                                             json_object_get_string_member (scenario, "description"));
    g_strdelimit (path + strlen ("/spf-suite/"), "/ ,", '-');
    g_test_add_data_func (path, scenario, test_scenario);
  }
  g_test_add_func ("/spf-suite/zz-all", test_all_were_run);
  return g_test_run ();
}
