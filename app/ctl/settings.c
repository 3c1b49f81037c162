/* mail-relayctl config: get and list read the file themselves, set and reset ask the service, which is the only writer. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/paths.h"
#include "client/autostart.h"
#include "ctl/output.h"

/* "retry.first", or "retry" "first", or "account work" "host". NULL: neither. */
static const MrConfigKey *
find_key (char **argv, int n, char **ret_group, char **ret_key)
{
  const char *dot = n == 1 ? strrchr (argv[0], '.') : NULL;

  if (n == 2) {
    *ret_group = g_strdup (argv[0]);
    *ret_key = g_strdup (argv[1]);
  } else if (dot != NULL) {
    *ret_group = g_strndup (argv[0], (gsize)(dot - argv[0]));
    *ret_key = g_strdup (dot + 1);
  } else {
    return NULL;
  }
  return mr_config_find_key (*ret_group, *ret_key);
}

static MrConfig *
load (GError **error)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();

  return mr_config_load (paths->config_file, error);
}

static int
unknown (int n, char **argv)
{
  g_autofree char *words = g_strjoinv (" ", argv);

  return mr_ctl_usage (_ ("there is no setting “%s”: see mail-relayctl config list"), words);
}

static GVariant *
setting_to_variant (const char *group, const char *key, const char *value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "group", "s", group);
  g_variant_dict_insert (&dict, "key", "s", key);
  g_variant_dict_insert (&dict, "value", "s", value);
  return g_variant_dict_end (&dict);
}

static int
get (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *group = NULL;
  g_autofree char *key = NULL;

  if (!mr_ctl_parse (ctl, "config get", N_ ("GROUP KEY"), N_ ("The value in the file, else the default."), NULL, 1, 2,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  if (find_key (argv + 1, argc - 1, &group, &key) == NULL)
    return unknown (argc - 1, argv + 1);
  g_autoptr (MrConfig) config = load (&error);
  if (config == NULL)
    return mr_ctl_fail (ctl, error);
  const char *value = mr_config_get_string (config, group, key);
  if (ctl->json)
    mr_print_json (setting_to_variant (group, key, value));
  else
    mr_say ("%s\n", value);
  return MR_EXIT_DONE;
}

/* What starts after log-in has to listen at the new ports. */
static gboolean
follow_ports (MrCtl *ctl, GError **error)
{
  mr_autostart_refresh_async (NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  return mr_autostart_refresh_finish (result, error);
}

static int
set (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *group = NULL;
  g_autofree char *key = NULL;

  if (!mr_ctl_parse (ctl, "config set", N_ ("GROUP KEY VALUE"),
                     N_ ("Writes the file; the service takes it into force at once."), NULL, 2, 3, &argc, &argv))
    return MR_EXIT_USAGE;
  const char *value = argv[argc - 1];
  const MrConfigKey *row = find_key (argv + 1, argc - 2, &group, &key);
  if (row == NULL)
    return unknown (argc - 1, argv + 1);
  if (!mr_config_check_value (row, value, &error))
    return mr_ctl_usage ("%s", error->message);
  mr_client_set_config_async (ctl->client, group, key, value, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_set_config_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  if (g_str_equal (group, "submission") && g_str_equal (key, "listen") && !follow_ports (ctl, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json (setting_to_variant (group, key, value));
  return MR_EXIT_DONE;
}

/* ---- reset ---- */

/* Accounts, programs and keys are no settings that have a default, and their passwords are where the back end says. */
static gboolean
is_reset_by_all (const MrConfigKey *row)
{
  return !mr_config_group_has_ids (row->group)
         && !(g_str_equal (row->group, "secrets") && g_str_equal (row->key, "backend"));
}

static gboolean
reset_one (MrCtl *ctl, const char *group, const char *key, GVariantBuilder *done, GError **error)
{
  g_autofree char *kind = g_strndup (group, strcspn (group, " "));
  const MrConfigKey *row = mr_config_find_key (kind, key);

  mr_client_reset_config_async (ctl->client, group, key, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_reset_config_finish (ctl->client, result, error))
    return FALSE;
  g_variant_builder_add_value (done, setting_to_variant (group, key, row->def));
  if (!ctl->json)
    mr_say (_ ("[%s] %s is %s again.\n"), group, key, *row->def != '\0' ? row->def : _ ("empty"));
  return !g_str_equal (group, "submission") || !g_str_equal (key, "listen") || follow_ports (ctl, error);
}

static gboolean
reset_all (MrCtl *ctl, GVariantBuilder *done, GError **error)
{
  g_autoptr (MrConfig) config = load (error);

  if (config == NULL)
    return FALSE;
  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++)
    if (is_reset_by_all (row) && mr_config_is_set (config, row->group, row->key)
        && !reset_one (ctl, row->group, row->key, done, error))
      return FALSE;
  return TRUE;
}

static int
reset (MrCtl *ctl, int argc, char **argv)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all,
      N_ ("Every setting, but nothing of accounts, programs and keys, and not where passwords are kept"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *group = NULL, *key = NULL;
  GVariantBuilder done;

  if (!mr_ctl_parse (ctl, "config reset", N_ ("[GROUP KEY]"),
                     N_ ("Takes a setting out of the file, so that its default is in force."), entries, 0, 2, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  if (all == (argc > 1))
    return mr_ctl_usage (_ ("give a setting or --all"));
  if (!all && find_key (argv + 1, argc - 1, &group, &key) == NULL)
    return unknown (argc - 1, argv + 1);
  g_variant_builder_init (&done, G_VARIANT_TYPE ("aa{sv}"));
  if (all ? !reset_all (ctl, &done, &error) : !reset_one (ctl, group, key, &done, &error)) {
    g_variant_builder_clear (&done);
    return mr_ctl_fail (ctl, error);
  }
  g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_builder_end (&done));
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "reset", list);
    mr_print_json (g_variant_dict_end (&dict));
  } else if (g_variant_n_children (list) == 0)
    puts (_ ("Every setting is at its default already."));
  return MR_EXIT_DONE;
}

/* ---- list ---- */

static gboolean
is_of_each (const MrConfigKey *row)
{
  return mr_config_group_has_ids (row->group);
}

static void
add_settings (MrConfig *config, const char *group, const char *kind, MrTable *table, GVariantBuilder *builder)
{
  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++) {
    if (!g_str_equal (row->group, kind) || g_str_equal (row->key, "verifier"))
      continue;
    const char *value = mr_config_get_string (config, group, row->key);
    gboolean is_set = mr_config_is_set (config, group, row->key);
    g_autofree char *name = g_strdup_printf ("[%s] %s", group, row->key);
    const char *cells[] = { name, value, is_set ? "" : _ ("(default)"), NULL };
    mr_table_add (table, cells, 2, MR_COLOUR_DIM);

    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "group", "s", group);
    g_variant_dict_insert (&dict, "key", "s", row->key);
    g_variant_dict_insert (&dict, "value", "s", value);
    g_variant_dict_insert (&dict, "default", "s", row->def);
    g_variant_dict_insert (&dict, "is-set", "b", is_set);
    g_variant_dict_insert (&dict, "help", "s", _ (row->help));
    g_variant_builder_add_value (builder, g_variant_dict_end (&dict));
  }
}

static void
add_all (MrConfig *config, MrTable *table, GVariantBuilder *builder)
{
  static const char *const kinds[] = { "account", "dkim", "oauth", "program" };
  const char *last = "";

  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++) {
    if (!is_of_each (row) && !g_str_equal (row->group, last))
      add_settings (config, row->group, row->group, table, builder);
    last = row->group;
  }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_auto (GStrv) ids = mr_config_dup_ids (config, kinds[i]);
    for (guint j = 0; ids[j] != NULL; j++) {
      g_autofree char *group = g_strconcat (kinds[i], " ", ids[j], NULL);
      add_settings (config, group, kinds[i], table, builder);
    }
  }
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  gboolean man = FALSE;
  const GOptionEntry entries[] = {
    { "man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &man, "Print mail-relay.conf(5)", NULL },
    { 0 },
  };
  const char *const titles[] = { _ ("Setting"), _ ("Value"), "", NULL };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "config list", NULL, N_ ("All settings with their values."), entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  if (man) {
    mr_config_print_man ();
    return MR_EXIT_DONE;
  }
  g_autoptr (MrConfig) config = load (&error);
  if (config == NULL)
    return mr_ctl_fail (ctl, error);
  g_autoptr (MrTable) table = mr_table_new (titles);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  add_all (config, table, &builder);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "settings", g_variant_builder_end (&builder));
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    g_variant_builder_clear (&builder);
    mr_table_print (table);
  }
  return MR_EXIT_DONE;
}

int
mr_verb_config (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "get", N_ ("One setting"), get },
    { "set", N_ ("Change a setting"), set },
    { "reset", N_ ("Back to the default"), reset },
    { "list", N_ ("All settings"), list },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl config", verbs, argc - 1, argv + 1);
}
