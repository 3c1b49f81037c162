/* Accounts that sign in with their provider: an engine, a scripted provider over HTTPS, a scripted mail server, and a clock
 * that is moved. */
#include "engine-fixture.h"

#include <arpa/inet.h>
#include <mailrelay/engine-accounts.h>
#include <string.h>
#include <unistd.h>

#include "base/signature.h"
#include "engine/engine-private.h"
#include "engine/sign-in.h"
#include "../net/https-server.h"
#undef wait_for
#include "../net/net-test.h"

typedef struct {
  EngineFixture base;
  HttpsServer *provider;
  char *ca_file;
  /* what the provider says */
  const char *status, *answer; /* NULL: tokens */
  guint pending, slow;         /* devices: so many times not yet */
  gboolean rotates, metadata;
  /* what it was asked */
  guint issued, revoked, registered;
  GString *forms; /* all of them, a line each */
  /* the sign-in */
  guint number, steps;
  char *state, *url, *user_code;
  EngineAnswer signed_in;
} World;

/* ---- the provider ---- */

static char *
say (const char *status, const char *json)
{
  return g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
                          strlen (json), json);
}

static char *
tokens (World *w, const char *form)
{
  g_autofree char *refresh = NULL, *json = NULL;
  gboolean first = strstr (form, "grant_type=refresh_token") == NULL;

  w->issued++;
  if (strstr (form, "client_credentials") == NULL && (first || w->rotates))
    refresh = g_strdup_printf (",\"refresh_token\":\"lasting-%u\"", w->issued);
  json = g_strdup_printf ("{\"access_token\":\"access-%u\",\"token_type\":\"Bearer\",\"expires_in\":3600%s}", w->issued,
                          refresh != NULL ? refresh : "");
  return say ("200 OK", json);
}

static char *
describe (World *w)
{
  g_autofree char *base = g_strdup_printf ("https://127.0.0.1:%u", w->provider->port);
  g_autofree char *json = g_strdup_printf (
      "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/authorize\",\"token_endpoint\":\"%s/token\","
      "\"registration_endpoint\":\"%s/register\"}",
      base, base, base, base);

  return say ("200 OK", json);
}

static char *
answer_token (World *w, const char *form)
{
  gboolean device = strstr (form, "device_code") != NULL;

  if (device && w->pending > 0) {
    w->pending--;
    return say ("400 Bad Request", "{\"error\":\"authorization_pending\"}");
  }
  if (device && w->slow > 0) {
    w->slow--;
    return say ("400 Bad Request", "{\"error\":\"slow_down\"}");
  }
  return w->answer != NULL ? say (w->status, w->answer) : tokens (w, form);
}

static char *
provider_cb (HttpsServer *server, const char *request, gboolean *ret_stall, gpointer data)
{
  World *w = data;
  const char *form = strstr (request, "\r\n\r\n");

  form = form != NULL ? form + 4 : "";
  g_string_append_printf (w->forms, "%.*s %s\n", (int)strcspn (request, "\r"), request, form);
  if (g_str_has_prefix (request, "POST /token "))
    return answer_token (w, form);
  if (g_str_has_prefix (request, "POST /revoke ")) {
    w->revoked++;
    return say ("200 OK", "");
  }
  if (g_str_has_prefix (request, "POST /device "))
    return say ("200 OK", "{\"device_code\":\"dc\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":"
                          "\"https://id.example/device\",\"expires_in\":600,\"interval\":1}");
  if (g_str_has_prefix (request, "POST /register ")) {
    w->registered++;
    return say ("201 Created", "{\"client_id\":\"registered-1\",\"client_secret\":\"registered-secret\"}");
  }
  if (w->metadata && g_str_has_prefix (request, "GET /.well-known/oauth-authorization-server "))
    return describe (w);
  return say ("404 Not Found", "");
}

static void
set_up (World *w, gconstpointer data)
{
  g_autofree char *pem = make_certificate ("IP:127.0.0.1", 30);

  engine_fixture_set_up (&w->base, NULL);
  g_free (w->base.peer->extensions);
  w->base.peer->extensions = g_strdup ("PIPELINING;8BITMIME;AUTH PLAIN XOAUTH2");
  w->forms = g_string_new (NULL);
  w->provider = https_server_new (pem, provider_cb, w);
  w->ca_file = make_ca_file (pem);
}

static void
tear_down (World *w, gconstpointer data)
{
  engine_fixture_tear_down (&w->base, NULL);
  https_server_free (w->provider);
  remove_folder (g_path_get_dirname (w->ca_file));
  g_free (w->ca_file);
  g_string_free (w->forms, TRUE);
  g_free (w->state);
  g_free (w->url);
  g_free (w->user_code);
  g_clear_error (&w->signed_in.error);
}

/* flow: more lines of the account. */
static void
start (World *w, const char *flow)
{
  g_autofree char *config = g_strdup_printf (
      "[delivery]\nidle-keep=0\n[tls]\nca-file=%s\n" ACCOUNT_LOGIN "auth=oauth2\noauth-client=cid\noauth-scope=mail\n"
      "oauth-authorize=https://127.0.0.1:%u/authorize?x=y\noauth-token=https://127.0.0.1:%u/token\n"
      "oauth-device=https://127.0.0.1:%u/device\noauth-revoke=https://127.0.0.1:%u/revoke\n%s",
      w->ca_file, w->base.peer->port, w->provider->port, w->provider->port, w->provider->port, w->provider->port, flow);

  engine_fixture_start (&w->base, config);
}

/* ---- the person ---- */

static void
step_cb (const MrSignInStep *step, gpointer data)
{
  World *w = data;

  w->steps++;
  g_free (w->state);
  w->state = g_strdup (step->state);
  if (step->url != NULL) {
    g_free (w->url);
    w->url = g_strdup (step->url);
  }
  if (step->user_code != NULL) {
    g_free (w->user_code);
    w->user_code = g_strdup (step->user_code);
  }
}

static void
done_cb (const GError *error, gpointer data)
{
  engine_done_cb (error, &((World *)data)->signed_in);
}

static void
begin (World *w)
{
  g_autoptr (MrAccountRecord) record = engine_account (&w->base, "main");

  g_clear_error (&w->signed_in.error);
  w->signed_in = (EngineAnswer){ 0 };
  g_clear_pointer (&w->url, g_free);
  w->number = mr_engine_sign_in (w->base.engine, record, step_cb, done_cb, w);
  g_assert_cmpuint (w->number, >, 0);
  wait_for (w->url != NULL || w->signed_in.done);
}

static char *
parameter (World *w, const char *name)
{
  g_autoptr (GUri) uri = g_uri_parse (w->url, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GHashTable) all = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  return g_strdup (g_hash_table_lookup (all, name));
}

/* As a browser that was sent back; the kernel keeps the bytes until the loop turns. */
static void
browse (World *w, const char *query)
{
  g_autofree char *redirect = parameter (w, "redirect_uri");
  g_autofree char *request = NULL;
  g_autoptr (GUri) uri = g_uri_parse (redirect, G_URI_FLAGS_NONE, NULL);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16)g_uri_get_port (uri)),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  request = g_strdup_printf ("GET /?%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", query, g_uri_get_port (uri));
  g_assert_cmpint (connect (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  write_all (fd, request);
  wait_for (w->signed_in.done);
  close (fd);
}

static void
consent (World *w)
{
  g_autofree char *state = parameter (w, "state");
  g_autofree char *query = g_strdup_printf ("code=the%%20code&state=%s", state);

  g_assert_cmpstr (w->state, ==, "open");
  browse (w, query);
}

static void
sign_in (World *w)
{
  begin (w);
  consent (w);
  g_assert_no_error (w->signed_in.error);
}

/* ---- looking ---- */

static void
found_cb (MrSecret *secret, const GError *error, gpointer data)
{
  char **found = data;

  g_assert_no_error (error);
  *found = g_strdup (secret != NULL ? mr_secret_get (secret) : "");
}

static void
expect_secret (World *w, const char *id, const char *kind, const char *expected)
{
  g_autofree char *found = NULL;

  mr_secrets_lookup (w->base.engine->secrets, id, kind, found_cb, &found);
  wait_for (found != NULL);
  g_assert_cmpstr (found, ==, expected);
}

static gboolean
was_used (World *w, const char *token)
{
  g_autofree char *message = g_strdup_printf ("user=me\001auth=Bearer %s\001\001", token);
  g_autofree char *coded = g_base64_encode ((const guchar *)message, strlen (message));
  g_autofree char *command = g_strconcat ("AUTH XOAUTH2 ", coded, NULL);

  return smtp_peer_count (w->base.peer, command) > 0;
}

static void
deliver (World *w)
{
  g_autofree char *id = engine_submit (&w->base, "me@example.com", "you@example.net");

  mr_message_record_free (engine_wait_state (&w->base, id, 0, MR_RECIPIENT_DELIVERED));
}

/* Submitted, and waiting for the account. */
static char *
submit_waiting (World *w, MrAccountState state)
{
  char *id = engine_submit (&w->base, "me@example.com", "you@example.net");

  engine_wait_account (&w->base, "main", state);
  mr_message_record_free (engine_wait_reason (&w->base, id, 0, MR_WAIT_ACCOUNT_PAUSED));
  return id;
}

/* ---- tests ---- */

static void
test_life (World *w, gconstpointer data)
{
  w->rotates = TRUE;
  start (w, "");
  g_autofree char *id = submit_waiting (w, MR_ACCOUNT_NEEDS_SIGN_IN);
  g_assert_cmpuint (w->provider->requests, ==, 0);
  sign_in (w);
  g_assert_cmpstr (w->state, ==, "storing");
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "lasting-1");
  mr_message_record_free (engine_wait_state (&w->base, id, 0, MR_RECIPIENT_DELIVERED));
  g_assert_true (was_used (w, "access-1"));
  /* What the exchange said. */
  g_assert_nonnull (
      strstr (w->forms->str, "grant_type=authorization_code&code=the%20code&redirect_uri=http%3A%2F%2F127"));
  g_assert_nonnull (strstr (w->forms->str, "&code_verifier="));
  g_assert_nonnull (strstr (w->forms->str, "&client_id=cid\n"));
  deliver (w);
  g_assert_cmpuint (w->issued, ==, 1);

  /* Near its end it is renewed, once, and the new lasting token takes the old one's place. */
  engine_fixture_advance (&w->base, 3500);
  deliver (w);
  g_assert_cmpuint (w->issued, ==, 2);
  g_assert_true (was_used (w, "access-2"));
  g_assert_nonnull (strstr (w->forms->str, "grant_type=refresh_token&refresh_token=lasting-1&client_id=cid"));
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "lasting-2");

  /* After a restart memory is empty and the keyring of this test too. */
  engine_fixture_restart (&w->base);
  g_free (submit_waiting (w, MR_ACCOUNT_NEEDS_SIGN_IN));
}

static void
test_consent_withdrawn (World *w, gconstpointer data)
{
  start (w, "");
  sign_in (w);
  deliver (w);
  w->status = "400 Bad Request";
  w->answer = "{\"error\":\"invalid_grant\"}";
  engine_fixture_advance (&w->base, 3600);
  g_autofree char *id = submit_waiting (w, MR_ACCOUNT_NEEDS_SIGN_IN);
  /* Nothing is tried again before somebody signs in. */
  engine_fixture_advance (&w->base, 86400);
  g_assert_cmpint (engine_state (&w->base, id, 0), ==, MR_RECIPIENT_WAITING);
  g_assert_cmpuint (w->base.peer->messages->len, ==, 1);
  w->answer = NULL;
  sign_in (w);
  mr_message_record_free (engine_wait_state (&w->base, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_provider_down (World *w, gconstpointer data)
{
  start (w, "");
  sign_in (w);
  w->status = "503 Service Unavailable";
  w->answer = "<html>";
  engine_fixture_advance (&w->base, 3600);
  g_autofree char *id = engine_submit (&w->base, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (&w->base, id, 0, MR_WAIT_RETRY_TIME));
  g_autoptr (MrAccountRecord) account = engine_account (&w->base, "main");
  g_assert_cmpint (account->state, ==, MR_ACCOUNT_READY);
  w->answer = NULL;
  engine_fixture_advance (&w->base, 600);
  mr_message_record_free (engine_wait_state (&w->base, id, 0, MR_RECIPIENT_DELIVERED));
}

/* A token that the mail server does not take is renewed once within the same delivery. */
static void
test_token_refused (World *w, gconstpointer data)
{
  start (w, "");
  sign_in (w);
  smtp_peer_reply (w->base.peer, "AUTH", "535 5.7.8 refused", 1);
  deliver (w);
  g_assert_cmpuint (w->issued, ==, 2);
  g_assert_true (was_used (w, "access-1"));
  g_assert_true (was_used (w, "access-2"));

  /* Twice: it is the account's trouble, looked at again after an hour. */
  smtp_peer_clear_replies (w->base.peer);
  smtp_peer_reply (w->base.peer, "AUTH", "535 5.7.139 SmtpClientAuthentication is disabled", 2);
  g_autofree char *id = submit_waiting (w, MR_ACCOUNT_NEEDS_SIGN_IN);
  g_autoptr (MrAccountRecord) account = engine_account (&w->base, "main");
  g_assert_cmpuint (account->reply.code, ==, 535);
  g_assert_cmpint (account->next_login, >, mr_clock_wall (w->base.clock));
  g_assert_cmpuint (w->issued, ==, 3);
  engine_fixture_advance (&w->base, 3601);
  mr_message_record_free (engine_wait_state (&w->base, id, 0, MR_RECIPIENT_DELIVERED));
}

/* Many wait for one renewal. */
static void
test_one_renewal (World *w, gconstpointer data)
{
  g_auto (GStrv) ids = g_new0 (char *, 9);

  start (w, "");
  sign_in (w);
  deliver (w);
  engine_fixture_advance (&w->base, 3600);
  for (guint i = 0; i < 8; i++)
    ids[i] = engine_submit (&w->base, "me@example.com", "you@example.net");
  for (guint i = 0; i < 8; i++)
    mr_message_record_free (engine_wait_state (&w->base, ids[i], 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (w->issued, ==, 2);
}

static void
test_refused_answers (World *w, gconstpointer data)
{
  g_autofree char *state = NULL, *query = NULL;

  start (w, "");
  begin (w);
  browse (w, "code=x&state=somebody-elses");
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_INVALID);
  begin (w);
  state = parameter (w, "state");
  query = g_strdup_printf ("error=access_denied&state=%s", state);
  browse (w, query);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_REFUSED);
  /* The code does not exist, or the verifier is wrong. */
  w->status = "400 Bad Request";
  w->answer = "{\"error\":\"invalid_grant\"}";
  begin (w);
  consent (w);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_REFUSED);
  /* No lasting token: not enough. */
  w->status = "200 OK";
  w->answer = "{\"access_token\":\"a\"}";
  begin (w);
  consent (w);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_REFUSED);
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "");
}

static void
test_nonce (World *w, gconstpointer data)
{
  g_autofree char *nonce = NULL, *claims = NULL, *coded = NULL, *answer = NULL;

  start (w, "");
  EngineAnswer set = { 0 };
  mr_engine_set_config (w->base.engine, "account main", "oauth-scope", "mail openid", engine_done_cb, &set);
  engine_answer_ok (&set);
  w->status = "200 OK";
  w->answer = "{\"access_token\":\"a\",\"refresh_token\":\"r\"}";
  begin (w);
  consent (w);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_PROTOCOL);
  w->answer = "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"id_token\":\"e30.eyJub25jZSI6IngifQ.s\"}";
  begin (w);
  consent (w);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_PROTOCOL);
  begin (w);
  nonce = parameter (w, "nonce");
  claims = g_strdup_printf ("{\"nonce\":\"%s\",\"aud\":\"cid\"}", nonce);
  coded = mr_base64url_encode (claims, strlen (claims));
  answer = g_strdup_printf ("{\"access_token\":\"a\",\"refresh_token\":\"r\",\"id_token\":\"e30.%s.s\"}", coded);
  w->answer = answer;
  consent (w);
  g_assert_no_error (w->signed_in.error);
}

static void
test_paste (World *w, gconstpointer data)
{
  g_autofree char *state = NULL, *address = NULL;
  g_autoptr (GError) error = NULL;

  start (w, "oauth-flow=paste\n");
  begin (w);
  g_assert_cmpstr (w->state, ==, "paste");
  /* A wrong address leaves it waiting. */
  g_assert_false (mr_engine_answer_sign_in (w->base.engine, w->number, "https://www.example.com/", &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  g_clear_error (&error);
  state = parameter (w, "state");
  address = g_strdup_printf (" http://127.0.0.1:1/?state=%s&code=c \n", state);
  g_assert_true (mr_engine_answer_sign_in (w->base.engine, w->number, address, &error));
  g_assert_no_error (error);
  g_assert_false (mr_engine_answer_sign_in (w->base.engine, w->number, address, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  wait_for (w->signed_in.done);
  g_assert_no_error (w->signed_in.error);
  deliver (w);
}

static void
test_cancel (World *w, gconstpointer data)
{
  start (w, "");
  begin (w);
  mr_engine_cancel_sign_in (w->base.engine, w->number);
  g_assert_true (w->signed_in.done);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_CANCELLED);
  mr_engine_cancel_sign_in (w->base.engine, w->number);
  /* One that is open when the service stops. */
  begin (w);
  engine_fixture_stop (&w->base, 0);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_CANCELLED);
}

static void
test_nobody_comes (World *w, gconstpointer data)
{
  start (w, "");
  mr_sign_ins_set_second (w->base.engine->sign_ins, 1);
  begin (w);
  wait_for (w->signed_in.done);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_TIMED_OUT);
}

static void
test_device (World *w, gconstpointer data)
{
  start (w, "oauth-flow=device\n");
  mr_sign_ins_set_second (w->base.engine->sign_ins, 20);
  w->pending = 2;
  w->slow = 1;
  begin (w);
  g_assert_cmpstr (w->state, ==, "device");
  g_assert_cmpstr (w->url, ==, "https://id.example/device");
  g_assert_cmpstr (w->user_code, ==, "ABCD-EFGH");
  wait_for (w->signed_in.done);
  g_assert_no_error (w->signed_in.error);
  g_assert_cmpuint (w->pending + w->slow, ==, 0);
  deliver (w);
  w->status = "400 Bad Request";
  w->answer = "{\"error\":\"access_denied\"}";
  begin (w);
  wait_for (w->signed_in.done);
  g_assert_error (w->signed_in.error, MR_ERROR, MR_ERROR_REFUSED);
}

static void
test_sign_out (World *w, gconstpointer data)
{
  EngineAnswer answer = { 0 };

  start (w, "");
  sign_in (w);
  deliver (w);
  mr_engine_sign_out (w->base.engine, "main", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_assert_cmpuint (w->revoked, ==, 1);
  g_assert_nonnull (strstr (w->forms->str, "POST /revoke HTTP/1.1 token=lasting-1&token_type_hint=refresh_token"));
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "");
  g_autofree char *id = submit_waiting (w, MR_ACCOUNT_NEEDS_SIGN_IN);
  sign_in (w);
  mr_message_record_free (engine_wait_state (&w->base, id, 0, MR_RECIPIENT_DELIVERED));
  /* An account that goes gives its token back too. */
  mr_engine_remove_account (w->base.engine, "main", NULL, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  wait_for (w->revoked == 2);
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "");
}

/* An account that goes back to a password keeps no permission. */
static void
test_back_to_password (World *w, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = NULL;
  EngineAnswer answer = { 0 };

  start (w, "");
  sign_in (w);
  record = engine_account (&w->base, "main");
  g_free (record->name);
  record->name = g_strdup ("Other");
  mr_engine_update_account (w->base.engine, record, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "lasting-1");
  record->auth = MR_AUTH_PASSWORD;
  mr_engine_update_account (w->base.engine, record, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  wait_for (w->revoked == 1);
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_TOKEN, "");
}

static MrSecret *
load_certificate (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "base", "signature", "signer.pem", NULL);
  g_autofree char *text = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  return mr_secret_new_long (text, len);
}

static gint
set_client (World *w, const char *owner, const char *client, MrSecret *secret)
{
  EngineAnswer answer = { 0 };

  mr_engine_set_oauth_client (w->base.engine, owner, client, secret, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static void
test_credentials (World *w, gconstpointer data)
{
  g_autoptr (MrSecret) secret = mr_secret_new ("s3cret&", 7), certificate = load_certificate ();
  g_autoptr (MrSecret) broken = mr_secret_new ("-----BEGIN CERTIFICATE-----", 27);

  start (w, "oauth-flow=client-credentials\n");
  g_assert_cmpint (set_client (w, "account main", "cid2", secret), ==, -1);
  deliver (w);
  g_assert_nonnull (
      strstr (w->forms->str, "grant_type=client_credentials&scope=mail&client_id=cid2&client_secret=s3cret%26\n"));
  g_assert_cmpint (set_client (w, "account main", "cid2", broken), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set_client (w, "account other", "cid2", NULL), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (set_client (w, "account main", "a b", NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set_client (w, "account main", "cid3", certificate), ==, -1);
  engine_fixture_advance (&w->base, 10);
  deliver (w);
  g_assert_nonnull (strstr (w->forms->str, "client_id=cid3&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                                           "client-assertion-type%3Ajwt-bearer&client_assertion=eyJhbGciOiJSUzI1NiI"));
  g_assert_cmpuint (w->issued, ==, 2);
  /* It ends in the year 2100. */
  engine_fixture_advance (&w->base, (gint64)80 * 366 * 86400);
  g_free (submit_waiting (w, MR_ACCOUNT_NEEDS_SIGN_IN));
  g_assert_cmpuint (w->issued, ==, 2);
  /* Taken away again. */
  g_assert_cmpint (set_client (w, "account main", "", NULL), ==, -1);
  expect_secret (w, "main", MR_SECRET_KIND_OAUTH_CLIENT, "");
}

/* Only an issuer is known: its metadata, then an application that it registers by itself. */
static void
test_metadata (World *w, gconstpointer data)
{
  g_autofree char *issuer = g_strdup_printf ("https://127.0.0.1:%u", w->provider->port);
  g_autofree char *config = g_strdup_printf (
      "[delivery]\nidle-keep=0\n[tls]\nca-file=%s\n[oauth local]\nissuer=%s\nscope=mail\n" ACCOUNT_LOGIN
      "auth=oauth2\nprovider=local\n",
      w->ca_file, issuer, w->base.peer->port);
  g_autoptr (MrDiscoveryRecord) found = mr_discovery_record_new ();
  g_autofree char *client = NULL;

  w->metadata = TRUE;
  engine_fixture_start (&w->base, config);
  g_free (found->provider);
  found->provider = g_strdup ("local");
  g_free (found->oauth_issuer);
  found->oauth_issuer = g_strdup (issuer);
  g_assert_false (mr_engine_oauth_ready (w->base.engine, found));
  sign_in (w);
  g_assert_true (mr_engine_oauth_ready (w->base.engine, found));
  g_assert_cmpuint (w->registered, ==, 1);
  client = mr_engine_dup_config (w->base.engine, "oauth local", "client-id", NULL);
  g_assert_cmpstr (client, ==, "registered-1");
  expect_secret (w, "oauth.local", MR_SECRET_KIND_OAUTH_CLIENT, "registered-secret");
  g_assert_nonnull (strstr (w->forms->str, "\"redirect_uris\":[\"http://127.0.0.1/\"]"));
  g_assert_nonnull (strstr (w->forms->str, "&client_id=registered-1&client_secret=registered-secret"));
  deliver (w);
  engine_fixture_advance (&w->base, 3600);
  deliver (w);
  sign_in (w);
  g_assert_cmpuint (w->registered, ==, 1);
}

static void
providers_cb (GPtrArray *records, const GError *error, gpointer data)
{
  GString *ready = data;

  g_assert_no_error (error);
  g_string_assign (ready, "|");
  for (guint i = 0; i < records->len; i++) {
    const MrDiscoveryRecord *record = g_ptr_array_index (records, i);

    if (record->oauth_ready)
      g_string_append_printf (ready, "%s|", record->provider);
  }
}

static void
expect_ready (World *w, const char *expected)
{
  g_autoptr (GString) ready = g_string_new (NULL);

  mr_engine_list_providers (w->base.engine, providers_cb, ready);
  wait_for (ready->len > 0);
  g_assert_cmpstr (ready->str, ==, expected);
}

static void
test_not_ready (World *w, gconstpointer data)
{
  g_autoptr (MrDiscoveryRecord) gmail = mr_discovery_record_new (), work = mr_discovery_record_new ();
  g_autoptr (MrAccountRecord) record = NULL;
  EngineAnswer answer = { 0 };

  start (w, "");
  gmail->provider = g_strdup ("gmail");
  work->provider = g_strdup ("google-workspace");
  gmail->oauth_authorize = g_strdup ("https://accounts.google.com/o/oauth2/v2/auth");
  gmail->oauth_token = g_strdup ("https://oauth2.googleapis.com/token");
  work->oauth_authorize = g_strdup (gmail->oauth_authorize);
  work->oauth_token = g_strdup (gmail->oauth_token);
  g_assert_false (mr_engine_oauth_ready (w->base.engine, gmail));
  /* Without a client the sign-in says what is missing, and opens nothing. */
  record = engine_account (&w->base, "main");
  g_free (record->oauth_client);
  record->oauth_client = NULL;
  mr_engine_sign_in (w->base.engine, record, step_cb, engine_done_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
  g_assert_cmpuint (w->steps, ==, 0);
  /* One application serves all that sign in at the same place. */
  g_assert_cmpint (set_client (w, "gmail", "google-client", NULL), ==, -1);
  g_assert_true (mr_engine_oauth_ready (w->base.engine, gmail));
  g_assert_true (mr_engine_oauth_ready (w->base.engine, work));
  expect_ready (w, "|gmail|google-workspace|");
  g_assert_cmpint (set_client (w, "gmail", "", NULL), ==, -1);
  g_assert_false (mr_engine_oauth_ready (w->base.engine, work));
  expect_ready (w, "|");
  /* An application of one organisation at Microsoft's does not serve the others. */
  g_assert_cmpint (set_client (w, "microsoft365", "tenant-client", NULL), ==, -1);
  expect_ready (w, "|microsoft365|");
  /* A provider that names one in its own configuration. */
  gmail->oauth_client = g_strdup ("offered");
  g_assert_true (mr_engine_oauth_ready (w->base.engine, gmail));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/engine/oauth/" name, World, NULL, set_up, func, tear_down)
  ADD ("life", test_life);
  ADD ("consent-withdrawn", test_consent_withdrawn);
  ADD ("provider-down", test_provider_down);
  ADD ("token-refused", test_token_refused);
  ADD ("one-renewal", test_one_renewal);
  ADD ("refused-answers", test_refused_answers);
  ADD ("nonce", test_nonce);
  ADD ("paste", test_paste);
  ADD ("cancel", test_cancel);
  ADD ("nobody-comes", test_nobody_comes);
  ADD ("device", test_device);
  ADD ("sign-out", test_sign_out);
  ADD ("back-to-password", test_back_to_password);
  ADD ("credentials", test_credentials);
  ADD ("metadata", test_metadata);
  ADD ("not-ready", test_not_ready);
  return g_test_run ();
}
