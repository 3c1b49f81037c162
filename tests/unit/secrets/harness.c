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

void
harness_look_up (MrSecrets *secrets, const char *id, Answer *answer)
{
  mr_secrets_lookup (secrets, id, lookup_cb, answer);
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
harness_store (MrSecrets *secrets, const char *id, const char *password)
{
  g_autoptr (MrSecret) secret = mr_secret_new (password, strlen (password));
  Answer answer = { 0 };

  mr_secrets_store (secrets, id, "Mail Relay: test", secret, done_cb, &answer);
  harness_await (&answer);
  return answer.code;
}

int
harness_clear (MrSecrets *secrets, const char *id)
{
  Answer answer = { 0 };

  mr_secrets_clear (secrets, id, done_cb, &answer);
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

char *
harness_dup_lookup (MrSecrets *secrets, const char *id)
{
  Answer answer = { 0 };

  harness_look_up (secrets, id, &answer);
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
