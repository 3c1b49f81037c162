/* Fuzz target: mail-relay.conf, read and changed. */
#include <string.h>

#include "base/config.h"
#include "fuzz.h"

/* Every value that a getter gives is one that its key takes. */
static void
check_values (MrConfig *config, const char *group, const MrConfigKey *key)
{
  g_autoptr (GError) error = NULL;
  const char *value = mr_config_get_string (config, group, key->key);

  g_assert_true (mr_config_check_value (key, value, &error));
  if (key->type == MR_CONFIG_STRING_LIST) {
    g_auto (GStrv) list = mr_config_dup_list (config, group, key->key);
    g_assert_nonnull (list);
  } else if (key->type == MR_CONFIG_INTEGER) {
    gint64 number = mr_config_get_integer (config, group, key->key);
    g_assert_true (number >= key->min && number <= key->max);
  }
}

static void
check_all_values (MrConfig *config)
{
  g_auto (GStrv) accounts = mr_config_dup_ids (config, "account");

  for (const MrConfigKey *key = mr_config_keys (); key->group != NULL; key++) {
    if (!g_str_equal (key->group, "account")) {
      check_values (config, key->group, key);
      continue;
    }
    for (guint i = 0; accounts[i] != NULL; i++) {
      g_autofree char *group = g_strconcat ("account ", accounts[i], NULL);
      g_assert_true (mr_config_id_is_valid (accounts[i]));
      check_values (config, group, key);
    }
  }
}

/* A change is read back as it was given and touches no other key. */
static void
check_edit (const char *text, MrConfig *before)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *edited = mr_config_edit_text (text, "account fuzz", "user", " a\\b ", &error);
  g_assert_no_error (error);
  g_autoptr (MrConfig) after = mr_config_parse ("fuzz", edited, strlen (edited), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mr_config_get_string (after, "account fuzz", "user"), ==, " a\\b ");
  g_assert_cmpstr (mr_config_get_string (after, "retry", "first"), ==, mr_config_get_string (before, "retry", "first"));

  g_autofree char *removed = mr_config_remove_group_text (edited, "account fuzz");
  g_autoptr (MrConfig) without = mr_config_parse ("fuzz", removed, strlen (removed), &error);
  g_assert_no_error (error);
  g_assert_false (mr_config_is_set (without, "account fuzz", "user"));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrConfig) config = mr_config_parse ("fuzz", (const char *)data, size, &error);

  g_assert_true ((config == NULL) == (error != NULL));
  if (config == NULL)
    return 0;
  check_all_values (config);
  /* What was parsed has no NUL byte: it is valid UTF-8 text. */
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_assert_cmpuint (strlen (text), ==, size);
  check_edit (text, config);
  return 0;
}
