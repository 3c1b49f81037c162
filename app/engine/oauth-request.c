/* The address that the browser opens, and the one it comes back to.
 *
 * What comes back may have been made by anybody: nothing in it counts before its state is ours, and words of the
 * other side are cut and cleaned before they are shown.
 */
#include <config.h>

#include "engine/oauth-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/signature.h"

#define URL_MAX         2048
#define CODE_MAX        4096
#define DESCRIPTION_MAX 200
#define WORD_BYTES      32 /* 43 letters: what RFC 7636 4.1 asks of a verifier */

MrOauthAttempt *
mr_oauth_attempt_new (const char *redirect_uri)
{
  MrOauthAttempt *attempt = g_new0 (MrOauthAttempt, 1);
  char *verifier = mr_random_word (WORD_BYTES);

  attempt->redirect_uri = g_strdup (redirect_uri);
  attempt->state = mr_random_word (WORD_BYTES);
  attempt->nonce = mr_random_word (WORD_BYTES);
  attempt->verifier = mr_secret_new (verifier, strlen (verifier));
  mr_wipe (verifier, strlen (verifier));
  g_free (verifier);
  return attempt;
}

void
mr_oauth_attempt_free (MrOauthAttempt *attempt)
{
  if (attempt == NULL)
    return;
  mr_secret_unref (attempt->verifier);
  g_free (attempt->redirect_uri);
  g_free (attempt->state);
  g_free (attempt->nonce);
  g_free (attempt);
}

gboolean
mr_oauth_scope_has (const char *scope, const char *word)
{
  g_auto (GStrv) words = g_strsplit (scope != NULL ? scope : "", " ", -1);

  return g_strv_contains ((const char *const *)words, word);
}

gboolean
mr_oauth_url_is_valid (const char *url)
{
  g_autoptr (GUri) uri = NULL;

  if (url == NULL || strlen (url) > URL_MAX || !g_str_is_ascii (url))
    return FALSE;
  for (const char *p = url; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  return uri != NULL && strcmp (g_uri_get_scheme (uri), "https") == 0 && g_uri_get_host (uri) != NULL
         && *g_uri_get_host (uri) != '\0' && g_uri_get_userinfo (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

static void
add_parameter (GString *url, const char *name, const char *value)
{
  char last = url->str[url->len - 1];
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  if (last != '?' && last != '&')
    g_string_append_c (url, strchr (url->str, '?') != NULL ? '&' : '?');
  g_string_append_printf (url, "%s=%s", name, escaped);
}

/* Google gives a lasting token only where it is asked for in words of its own. */
static gboolean
is_google (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "https://accounts.google.com/");
}

char *
mr_oauth_build_url (const MrOauthAuthorization *a, const MrOauthAttempt *attempt)
{
  GString *url = g_string_new (a->endpoint);
  g_autofree char *challenge = mr_base64url_sha256 (mr_secret_get (attempt->verifier));

  add_parameter (url, "response_type", "code");
  add_parameter (url, "client_id", a->client_id);
  add_parameter (url, "redirect_uri", attempt->redirect_uri);
  if (a->scope != NULL && *a->scope != '\0')
    add_parameter (url, "scope", a->scope);
  add_parameter (url, "state", attempt->state);
  add_parameter (url, "code_challenge", challenge);
  add_parameter (url, "code_challenge_method", "S256");
  if (mr_oauth_scope_has (a->scope, "openid"))
    add_parameter (url, "nonce", attempt->nonce);
  if (a->user != NULL && *a->user != '\0')
    add_parameter (url, "login_hint", a->user);
  if (is_google (a->endpoint)) {
    add_parameter (url, "access_type", "offline");
    add_parameter (url, "prompt", "consent");
  }
  return g_string_free (url, FALSE);
}

/* ---- what comes back ---- */

typedef struct {
  char *code, *state, *error, *description, *iss;
} Answer;

static void
answer_clear (Answer *answer)
{
  if (answer->code != NULL)
    mr_wipe (answer->code, strlen (answer->code));
  g_free (answer->code);
  g_free (answer->state);
  g_free (answer->error);
  g_free (answer->description);
  g_free (answer->iss);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static gboolean
say_invalid (GError **error, const char *words)
{
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, words);
  return FALSE;
}

/* From behind the first "?" up to a fragment. */
static char *
dup_query (const char *address)
{
  const char *query = strchr (address, '?');
  char *copy = g_strdup (query != NULL ? query + 1 : address);

  copy[strcspn (copy, "#")] = '\0';
  return g_strstrip (copy);
}

/* Parameters that we do not know are left alone (RFC 6749 4.1.2); one that comes twice is a fault (3.1). */
static gboolean
read_parameters (const char *query, Answer *answer)
{
  GUriParamsIter iter;
  char *name, *value;
  gboolean ok = TRUE;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_WWW_FORM);
  while (ok && g_uri_params_iter_next (&iter, &name, &value, NULL)) {
    char **slot = strcmp (name, "code") == 0                ? &answer->code
                  : strcmp (name, "state") == 0             ? &answer->state
                  : strcmp (name, "error") == 0             ? &answer->error
                  : strcmp (name, "error_description") == 0 ? &answer->description
                  : strcmp (name, "iss") == 0               ? &answer->iss
                                                            : NULL;

    if (slot != NULL && *slot == NULL)
      *slot = g_steal_pointer (&value);
    else if (slot != NULL)
      ok = FALSE;
    g_free (name);
    g_free (value);
  }
  return ok;
}

static gboolean
origin_matches (const char *ours, const char *theirs)
{
  g_autoptr (GUri) a = g_uri_parse (ours, G_URI_FLAGS_ENCODED, NULL), b = NULL;

  b = g_uri_parse (theirs, G_URI_FLAGS_ENCODED, NULL);
  return a != NULL && b != NULL && strcmp (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
         && g_ascii_strcasecmp (g_uri_get_host (a) != NULL ? g_uri_get_host (a) : "",
                                g_uri_get_host (b) != NULL ? g_uri_get_host (b) : "?")
                == 0
         && g_uri_get_port (a) == g_uri_get_port (b);
}

gboolean
mr_oauth_issuer_matches (const char *ours, const char *theirs)
{
  static const char *const shared[] = { "/common/", "/organizations/", "/consumers/" };

  if (strcmp (ours, theirs) == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    if (strstr (ours, shared[i]) != NULL)
      return origin_matches (ours, theirs);
  return FALSE;
}

static gboolean
say_refused (const Answer *answer, GError **error)
{
  g_autofree char *words = g_utf8_make_valid (answer->description != NULL ? answer->description : answer->error, -1);

  if (strcmp (answer->error, "access_denied") == 0) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_REFUSED,
                         _ ("The sign-in was refused or cancelled in the browser; nothing was changed"));
    return FALSE;
  }
  for (char *p = words; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  if (g_utf8_strlen (words, -1) > DESCRIPTION_MAX)
    *g_utf8_offset_to_pointer (words, DESCRIPTION_MAX) = '\0';
  g_set_error (error, MR_ERROR, MR_ERROR_REFUSED, _ ("The provider refused the sign-in: %s"), words);
  return FALSE;
}

gboolean
mr_oauth_read_redirect (const MrOauthAttempt *attempt, const char *issuer, const char *address, MrSecret **ret_code,
                        GError **error)
{
  g_auto (Answer) answer = { 0 };
  g_autofree char *query = NULL;
  gboolean readable;

  if (strlen (address) > MR_OAUTH_REDIRECT_MAX)
    return say_invalid (error, _ ("The address is too long to be the one that the browser was sent to"));
  query = dup_query (address);
  readable = read_parameters (query, &answer);
  mr_wipe (query, strlen (query));
  if (!readable)
    return say_invalid (error, _ ("The address cannot be read; copy it whole from the browser's address line"));
  if (answer.state == NULL || (answer.code == NULL && answer.error == NULL))
    return say_invalid (error,
                        _ ("The address has no answer of the provider in it; copy it whole, after you signed in"));
  if (!mr_equal_constant_time (answer.state, attempt->state))
    return say_invalid (error, _ ("The answer belongs to another sign-in; use the page that was opened last"));
  if (issuer != NULL && *issuer != '\0' && answer.iss != NULL && !mr_oauth_issuer_matches (issuer, answer.iss))
    return say_invalid (error, _ ("The answer comes from another provider than the one you signed in with"));
  if (answer.error != NULL)
    return say_refused (&answer, error);
  if (*answer.code == '\0' || strlen (answer.code) > CODE_MAX)
    return say_invalid (error, _ ("The provider's answer has no usable code in it"));
  *ret_code = mr_secret_new (answer.code, strlen (answer.code));
  return TRUE;
}
