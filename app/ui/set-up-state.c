/* The steps only go forward. An outbox that had accounts before anything was remembered is past all of them. */
#include "config.h"

#include "ui/set-up-state.h"

#define STEP_PROGRAMS "programs"
#define STEP_DONE     "done"
#define DOMAINS_MAX   50

static gboolean
is_at (GSettings *settings, const char *step)
{
  g_autofree char *now = settings != NULL ? g_settings_get_string (settings, "set-up-step") : NULL;

  return g_strcmp0 (now, step) == 0;
}

static gboolean
is_dismissed (GSettings *settings, const char *domain)
{
  g_auto (GStrv) domains = settings != NULL ? g_settings_get_strv (settings, "dismissed-domains") : NULL;

  return domains != NULL && g_strv_contains ((const char *const *)domains, domain);
}

MrSetUpNext
mr_set_up_next (GSettings *settings, const MrSetUpFacts *facts)
{
  if (settings == NULL || !facts->accounts_known)
    return MR_SET_UP_NOTHING;
  if (facts->n_accounts == 0)
    return is_at (settings, STEP_DONE) || facts->mail_waits ? MR_SET_UP_NOTHING : MR_SET_UP_ACCOUNT;
  if (is_at (settings, STEP_PROGRAMS))
    return MR_SET_UP_PROGRAMS;
  return facts->own_domain != NULL && !is_dismissed (settings, facts->own_domain) ? MR_SET_UP_DOMAIN
                                                                                  : MR_SET_UP_NOTHING;
}

void
mr_set_up_remember (GSettings *settings, const char *address, const char *name)
{
  if (settings == NULL)
    return;
  g_settings_set_string (settings, "set-up-address", address);
  g_settings_set_string (settings, "set-up-name", name);
}

static char *
dup_text (GSettings *settings, const char *key)
{
  g_autofree char *text = settings != NULL ? g_settings_get_string (settings, key) : NULL;

  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

char *
mr_set_up_dup_address (GSettings *settings)
{
  return dup_text (settings, "set-up-address");
}

char *
mr_set_up_dup_name (GSettings *settings)
{
  return dup_text (settings, "set-up-name");
}

void
mr_set_up_account_added (GSettings *settings)
{
  if (settings == NULL)
    return;
  mr_set_up_remember (settings, "", "");
  g_settings_set_string (settings, "set-up-step", STEP_PROGRAMS);
}

void
mr_set_up_finish (GSettings *settings)
{
  if (settings != NULL)
    g_settings_set_string (settings, "set-up-step", STEP_DONE);
}

void
mr_set_up_dismiss_domain (GSettings *settings, const char *domain)
{
  g_auto (GStrv) old = settings != NULL ? g_settings_get_strv (settings, "dismissed-domains") : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (settings == NULL || is_dismissed (settings, domain))
    return;
  for (guint i = 0; old[i] != NULL && i < DOMAINS_MAX; i++)
    g_strv_builder_add (builder, old[i]);
  g_strv_builder_add (builder, domain);
  g_auto (GStrv) all = g_strv_builder_end (builder);
  g_settings_set_strv (settings, "dismissed-domains", (const char *const *)all);
}
