/* What comes next in the first start, and what is remembered of it. */
#include "config.h"

#include <glib.h>

#include "ui/set-up-state.h"

static GSettings *
new_settings (void)
{
  g_autoptr (GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory (
      MR_BUILD_DIR "/data", g_settings_schema_source_get_default (), TRUE, NULL);
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (source, "com.example.MailRelay", TRUE);
  GSettings *settings = g_settings_new_full (schema, NULL, NULL);
  static const char *const keys[] = { "set-up-step", "set-up-address", "set-up-name", "dismissed-domains" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
  return settings;
}

static void
test_forward (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  MrSetUpFacts facts = { 0 };

  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_NOTHING); /* the accounts are not known */
  facts.accounts_known = TRUE;
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_ACCOUNT);
  facts.mail_waits = TRUE; /* the banner asks for an account */
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_NOTHING);
  facts.mail_waits = FALSE;
  mr_set_up_remember (settings, "ann@example.org", "Ann");
  g_autofree char *address = mr_set_up_dup_address (settings);
  g_autofree char *name = mr_set_up_dup_name (settings);
  g_assert_cmpstr (address, ==, "ann@example.org");
  g_assert_cmpstr (name, ==, "Ann");
  mr_set_up_account_added (settings);
  g_assert_null (mr_set_up_dup_address (settings));
  facts.n_accounts = 1;
  facts.own_domain = "example.org";
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_PROGRAMS);
  mr_set_up_finish (settings);
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_DOMAIN);
  mr_set_up_dismiss_domain (settings, "example.org");
  mr_set_up_dismiss_domain (settings, "example.org");
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_NOTHING);
  facts.own_domain = "example.net";
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_DOMAIN);
  facts.own_domain = NULL;
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_NOTHING);
  /* All accounts are gone again: who was done once is not led by the hand. */
  facts.n_accounts = 0;
  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_NOTHING);
}

/* An outbox from before anything was remembered, and one where nothing can be. */
static void
test_without (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  const MrSetUpFacts facts = { .accounts_known = TRUE, .n_accounts = 2 };

  g_assert_cmpint (mr_set_up_next (settings, &facts), ==, MR_SET_UP_NOTHING);
  g_assert_cmpint (mr_set_up_next (NULL, &facts), ==, MR_SET_UP_NOTHING);
  mr_set_up_remember (NULL, "ann@example.org", "");
  mr_set_up_account_added (NULL);
  mr_set_up_finish (NULL);
  mr_set_up_dismiss_domain (NULL, "example.org");
  g_assert_null (mr_set_up_dup_address (NULL));
}

int
main (int argc, char **argv)
{
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/set-up-state/forward", test_forward);
  g_test_add_func ("/set-up-state/without", test_without);
  return g_test_run ();
}
