/* Calls of the secrets room as a test wants them: made, awaited, answered. */
#include "harness.h"

static void
lookup_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Answer *answer = data;

  answer->answers++;
  answer->code = error != NULL ? error->code : HARNESS_OK;
  g_free (answer->secret);
  answer->secret = secret != NULL ? g_strdup (mr_secret_get (secret)) : NULL;
  if (error != NULL)
    g_assert_true (error->domain == MR_ERROR);
}

static void
done_cb (const GError *error, gpointer data)
{
  lookup_cb (NULL, error, data);
}

/* "work" is a password, "work/oauth-token" a secret of that kind, "work/" and a star all kinds. */
static const char *
kind_of (const char *name, char **ret_id)
{
  const char *slash = strchr (name, '/');

  *ret_id = slash != NULL ? g_strndup (name, (gsize)(slash - name)) : g_strdup (name);
  if (slash == NULL)
    return MR_SECRET_KIND_PASSWORD;
  return g_str_equal (slash, "/*") ? NULL : slash + 1;
}

void
harness_look_up (MrSecrets *secrets, const char *name, Answer *answer)
{
  g_autofree char *id = NULL;
  const char *kind = kind_of (name, &id);

  mr_secrets_lookup (secrets, id, kind, lookup_cb, answer);
  g_assert_cmpuint (answer->answers, ==, 0); /* never inside the call */
}

void
harness_await (Answer *answer)
{
  while (answer->answers == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (answer->answers, ==, 1);
}

int
harness_store (MrSecrets *secrets, const char *name, const char *password)
{
  g_autofree char *id = NULL;
  const char *kind = kind_of (name, &id);
  g_autoptr (MrSecret) secret = mr_secret_new (password, strlen (password));
  Answer answer = { 0 };

  mr_secrets_store (secrets, id, kind, "Mail Relay: test", secret, done_cb, &answer);
  harness_await (&answer);
  return answer.code;
}

int
harness_clear (MrSecrets *secrets, const char *name)
{
  g_autofree char *id = NULL;
  const char *kind = kind_of (name, &id);
  Answer answer = { 0 };

  mr_secrets_clear (secrets, id, kind, done_cb, &answer);
  harness_await (&answer);
  return answer.code;
}

int
harness_probe (MrSecrets *secrets)
{
  Answer answer = { 0 };

  mr_secrets_probe (secrets, done_cb, &answer);
  harness_await (&answer);
  return answer.code;
}

int
harness_check_writable (MrSecrets *secrets)
{
  Answer answer = { 0 };

  mr_secrets_check_writable (secrets, done_cb, &answer);
  harness_await (&answer);
  return answer.code;
}

char *
harness_dup_lookup (MrSecrets *secrets, const char *name)
{
  Answer answer = { 0 };

  harness_look_up (secrets, name, &answer);
  harness_await (&answer);
  if (answer.code != HARNESS_OK)
    return g_strdup_printf ("!%s", mr_error_nick ((MrError)answer.code));
  return answer.secret != NULL ? answer.secret : g_strdup ("-");
}

void
harness_await_state (MrSecrets *secrets, MrSecretsState state)
{
  while (mr_secrets_get_state (secrets) != state)
    g_main_context_iteration (NULL, TRUE);
}

void
harness_check_kinds (MrSecrets *secrets)
{
  g_assert_cmpint (harness_store (secrets, "work", "word"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (secrets, "work/oauth-token", "token"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (secrets, "work/oauth-client", "client"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (secrets, "workshop", "other"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "word");
  harness_assert_lookup (secrets, "work/oauth-token", "token");
  harness_assert_lookup (secrets, "work/oauth-client", "client");
  g_assert_cmpint (harness_store (secrets, "work/oauth-token", "rotated"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work/oauth-token", "rotated");
  g_assert_cmpint (harness_clear (secrets, "work/oauth-client"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work/oauth-client", "-");
  harness_assert_lookup (secrets, "work", "word");
  g_assert_cmpint (harness_clear (secrets, "work/*"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "-");
  harness_assert_lookup (secrets, "work/oauth-token", "-");
  harness_assert_lookup (secrets, "workshop", "other");
  g_assert_cmpint (harness_clear (secrets, "workshop/*"), ==, HARNESS_OK);
}
