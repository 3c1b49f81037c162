/* The HTTPS client over the resolver, against a scripted server and scripted DNS. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns-server.h"
#include "https-server.h"
#include "net-test.h"
#include "net/gio-resolver.h"
#include "net/http.h"

typedef struct {
  DnsServer *dns;
  MrResolver *resolver;
  HttpsServer *server, *other; /* the other's certificate is for other.test */
  char *ca_file;
  MrHttp *http;
  char *location; /* of the next redirect */
  char *other_location;
  const char *status;
} World;

typedef struct {
  guint calls;
  guint status, redirects;
  gboolean host_changed;
  char *body, *content_type, *url;
  GError *error;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->body);
  g_free (result->content_type);
  g_free (result->url);
  g_clear_error (&result->error);
  memset (result, 0, sizeof *result);
}

static void
answered_cb (const MrHttpAnswer *answer, const GError *error, gpointer data)
{
  Result *result = data;

  result->calls++;
  g_assert_true ((answer != NULL) == (error == NULL));
  if (answer != NULL) {
    result->status = answer->status;
    result->redirects = answer->redirects;
    result->host_changed = answer->host_changed;
    result->body = g_strndup (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
    result->content_type = g_strdup (answer->content_type);
    result->url = g_strdup (answer->url);
  } else
    result->error = g_error_copy (error);
}

/* ---- what is there ---- */

static GByteArray *
say (DnsServer *server, const DnsQuery *query, gpointer data)
{
  GByteArray *wire;

  if (g_str_has_suffix (query->name, "gone.test")) {
    wire = wire_new (0x8183, query->name, query->type);
    wire_soa (wire, "test");
    return wire;
  }
  if (g_str_has_suffix (query->name, "mute.test"))
    return NULL;
  wire = wire_new (strcmp (query->name, "broken.test") == 0 ? 0x8182 : 0x8180, query->name, query->type);
  if (query->type == MR_DNS_SRV)
    wire_srv (wire, query->name, 0, 0, 465, "smtp.host.test");
  else if (query->type == MR_DNS_A)
    wire_address (wire, query->name, "127.0.0.1");
  else
    wire_soa (wire, "test");
  return wire;
}

static char *
with_body (const char *status, const char *headers, const char *body)
{
  return g_strdup_printf ("HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen (body), headers, body);
}

static char *
handle (HttpsServer *server, const char *request, gboolean *ret_stall, gpointer data)
{
  World *world = data;

  if (strstr (request, " /mute ") != NULL)
    return NULL;
  if (strstr (request, " /half ") != NULL) {
    *ret_stall = TRUE;
    return g_strdup ("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it");
  }
  if (strstr (request, " /cut ") != NULL)
    return g_strdup ("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it");
  if (strstr (request, " /noise ") != NULL)
    return g_strdup ("220 mail.example ESMTP\r\n");
  if (strstr (request, " /big ") != NULL) {
    g_autofree char *body = g_strnfill (70000, 'x');
    return with_body ("200 OK", "", body);
  }
  if (strstr (request, " /endless ") != NULL) {
    g_autofree char *body = g_strnfill (70000, 'x');
    *ret_stall = TRUE;
    return g_strconcat ("HTTP/1.1 200 OK\r\n\r\n", body, NULL);
  }
  if (strstr (request, " /zipped ") != NULL)
    return with_body ("200 OK", "Content-Encoding: gzip\r\n", "not zipped at all");
  if (strstr (request, " /go ") != NULL) {
    g_autofree char *headers = g_strconcat ("Location: ", world->location, "\r\n", NULL);
    return with_body (world->status != NULL ? world->status : "302 Found", headers, "elsewhere");
  }
  if (strstr (request, " /nowhere ") != NULL)
    return with_body ("302 Found", "", "elsewhere");
  if (strstr (request, " /missing ") != NULL)
    return with_body ("404 Not Found", "", "no");
  return with_body ("200 OK", "Content-Type: Text/XML; charset=utf-8\r\n", "<hello/>");
}

static void
world_set_up (World *world, gconstpointer data)
{
  g_autofree char *certificate = make_certificate ("DNS:*.host.test,DNS:localhost", 10);
  g_autofree char *other = make_certificate ("DNS:other.test", 10);
  g_autofree char *both = g_strconcat (strstr (certificate, "-----BEGIN CERT"), strstr (other, "-----BEGIN CERT"),
                                       NULL);

  world->dns = dns_server_new (say, NULL);
  world->resolver = mr_resolver_new (world->dns->address, 300, 1, NULL);
  mr_gio_resolver_install (world->resolver);
  world->server = https_server_new (certificate, handle, world);
  world->other = https_server_new (other, handle, world);
  world->ca_file = make_ca_file (both);
  world->http = mr_http_new (world->ca_file, NULL);
  g_assert_nonnull (world->http);
}

static void
world_tear_down (World *world, gconstpointer data)
{
  /* What was cancelled is freed by the callbacks of libsoup: connections that are gone tell that it is done. */
  wait_for (https_server_open (world->server) == 0 && https_server_open (world->other) == 0);
  settle ();
  mr_http_unref (world->http);
  https_server_free (world->server);
  https_server_free (world->other);
  mr_gio_resolver_remove (world->resolver);
  mr_resolver_free (world->resolver);
  dns_server_free (world->dns);
  remove_folder (g_path_get_dirname (world->ca_file));
  g_free (world->ca_file);
  g_free (world->location);
}

static char *
url_of (World *world, const char *host, const char *path)
{
  return g_strdup_printf ("https://%s:%u%s", host,
                          strcmp (host, "other.test") == 0 ? world->other->port : world->server->port, path);
}

static void
fetch (World *world, const char *host, const char *path, const MrHttpOptions *options, Result *result)
{
  g_autofree char *url = url_of (world, host, path);
  MrHttpOptions copy = *options;

  copy.url = url;
  result_clear (result);
  mr_http_start (world->http, &copy, answered_cb, result);
  g_assert_cmpuint (result->calls, ==, 0);
  wait_for (result->calls > 0);
}

#define NO_OPTIONS (&(MrHttpOptions){ 0 })

/* ---- tests ---- */

static void
test_get (World *world, gconstpointer data)
{
  static const char *const headers[] = { "Accept", "text/xml", "Authorization", "Bearer abc", NULL };
  Result result = { 0 };
  g_autofree char *url = url_of (world, "a.host.test", "/x?q=1");

  fetch (world, "a.host.test", "/x?q=1", &(MrHttpOptions){ .headers = headers }, &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.status, ==, 200);
  g_assert_cmpstr (result.body, ==, "<hello/>");
  g_assert_cmpstr (result.content_type, ==, "text/xml");
  g_assert_cmpstr (result.url, ==, url);
  g_assert_false (result.host_changed);
  g_assert_true (g_str_has_prefix (world->server->last->str, "GET /x?q=1 HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (world->server->last->str, "Accept: text/xml\r\n"));
  g_assert_nonnull (strstr (world->server->last->str, "Authorization: Bearer abc\r\n"));
  g_assert_null (strstr (world->server->last->str, "Accept-Encoding"));
  g_assert_cmpuint (world->dns->queries, >, 0);
  /* Any status is an answer, and nothing is unpacked. */
  fetch (world, "a.host.test", "/missing", NO_OPTIONS, &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.status, ==, 404);
  fetch (world, "a.host.test", "/zipped", NO_OPTIONS, &result);
  g_assert_no_error (result.error);
  g_assert_cmpstr (result.body, ==, "not zipped at all");
  result_clear (&result);
}

static void
test_post (World *world, gconstpointer data)
{
  g_autoptr (MrHttpForm) form = mr_http_form_new ();
  g_autoptr (MrSecret) secret = mr_secret_new ("p&=% é\n", 8);
  g_autoptr (GBytes) body = NULL;
  Result result = { 0 };

  mr_http_form_add (form, "grant_type", "refresh token");
  mr_http_form_add_secret (form, "refresh_token", secret);
  body = mr_http_form_end (form, NULL);
  fetch (world, "a.host.test", "/token",
         &(MrHttpOptions){ .body = body, .content_type = "application/x-www-form-urlencoded", .max_redirects = 3 },
         &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.status, ==, 200);
  g_assert_true (g_str_has_prefix (world->server->last->str, "POST /token HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (world->server->last->str, "Content-Type: application/x-www-form-urlencoded\r\n"));
  g_assert_true (g_str_has_suffix (world->server->last->str,
                                   "\r\n\r\ngrant_type=refresh%20token&refresh_token=p%26%3D%25%20%C3%A9%0A"));
  /* A body is not sent to a second place. */
  world->location = g_strdup ("/elsewhere");
  fetch (world, "a.host.test", "/go",
         &(MrHttpOptions){ .body = body, .content_type = "application/x-www-form-urlencoded", .max_redirects = 3 },
         &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.status, ==, 302);
  g_assert_cmpuint (world->server->requests, ==, 2);
  result_clear (&result);
}

static void
test_form_too_long (void)
{
  g_autoptr (MrHttpForm) form = mr_http_form_new ();
  g_autofree char *long_text = g_strnfill (40000, '%');
  g_autoptr (GError) error = NULL;

  mr_http_form_add (form, "a", long_text);
  g_assert_null (mr_http_form_end (form, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);
}

static void
test_redirects (World *world, gconstpointer data)
{
  static const char *const headers[] = { "Authorization", "Bearer abc", NULL };
  static const char *const statuses[] = { "301 a", "302 b", "303 c", "307 d", "308 e" };
  const MrHttpOptions options = { .headers = headers, .max_redirects = 2 };
  Result result = { 0 };

  world->location = g_strdup ("/there");
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    world->status = statuses[i];
    fetch (world, "a.host.test", "/go", &options, &result);
    g_assert_no_error (result.error);
    g_assert_cmpuint (result.redirects, ==, 1);
    g_assert_false (result.host_changed);
    g_assert_cmpstr (result.body, ==, "<hello/>");
    g_assert_nonnull (strstr (world->server->last->str, "GET /there "));
    g_assert_nonnull (strstr (world->server->last->str, "Bearer abc"));
  }
  /* Another host: told, and the caller's headers stay behind. */
  g_free (world->location);
  world->location = url_of (world, "other.test", "/there");
  fetch (world, "a.host.test", "/go", &options, &result);
  g_assert_no_error (result.error);
  g_assert_true (result.host_changed);
  g_assert_cmpstr (result.url, ==, world->location);
  g_assert_nonnull (strstr (world->other->last->str, "GET /there "));
  g_assert_null (strstr (world->other->last->str, "Bearer abc"));
  /* Not followed where nobody asked for it. */
  world->status = NULL;
  fetch (world, "a.host.test", "/go", NO_OPTIONS, &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.status, ==, 302);
  result_clear (&result);
}

static void
test_bad_redirects (World *world, gconstpointer data)
{
  static const struct {
    const char *location;
    MrError code;
  } rows[] = { { "http://a.host.test/there", MR_ERROR_REFUSED },
               { "file:///etc/passwd", MR_ERROR_REFUSED },
               { "https://user@a.host.test/", MR_ERROR_REFUSED },
               { "/go", MR_ERROR_REFUSED }, /* round and round */
               { "https://", MR_ERROR_REFUSED },
               { "https://[::1", MR_ERROR_PROTOCOL },
               { "https://a.host.test:99999/", MR_ERROR_PROTOCOL } };
  const MrHttpOptions options = { .max_redirects = 3 };
  Result result = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_free (world->location);
    world->location = g_strdup (rows[i].location);
    fetch (world, "a.host.test", "/go", &options, &result);
    g_assert_error (result.error, MR_ERROR, (int)rows[i].code);
  }
  fetch (world, "a.host.test", "/nowhere", &options, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_PROTOCOL);
  g_assert_cmpuint (world->server->requests, ==, G_N_ELEMENTS (rows) + 3 + 1);
  result_clear (&result);
}

static void
test_certificates (World *world, gconstpointer data)
{
  g_autofree char *expired = make_certificate ("DNS:a.host.test", -1);
  g_autofree char *good = make_certificate ("DNS:a.host.test", 10);
  g_autofree char *expired_ca = make_ca_file (expired);
  HttpsServer *server = https_server_new (expired, handle, world);
  HttpsServer *unknown = https_server_new (good, handle, world);
  g_autoptr (MrHttp) strict = mr_http_new (NULL, NULL);
  g_autoptr (MrHttp) lenient = mr_http_new (expired_ca, NULL);
  g_autofree char *url = g_strdup_printf ("https://a.host.test:%u/", server->port);
  g_autofree char *unknown_url = g_strdup_printf ("https://a.host.test:%u/", unknown->port);
  const struct {
    MrHttp *http;
    const char *url;
    const char *words;
  } rows[] = { { strict, unknown_url, "authority" },
               { world->http, unknown_url, "refused" }, /* that authority's name, another key */
               { lenient, unknown_url, "expired" },     /* that one is */
               { lenient, url, "expired" } };
  Result result = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    result_clear (&result);
    mr_http_start (rows[i].http, &(MrHttpOptions){ .url = rows[i].url }, answered_cb, &result);
    wait_for (result.calls > 0);
    g_assert_error (result.error, MR_ERROR, MR_ERROR_TLS);
    g_assert_nonnull (strstr (result.error->message, rows[i].words));
  }
  /* Trusted, but for another name. */
  fetch (world, "wrong.test", "/", NO_OPTIONS, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TLS);
  g_assert_nonnull (strstr (result.error->message, "another name"));
  g_assert_cmpuint (server->requests + unknown->requests + world->server->requests, ==, 0);
  wait_for (https_server_open (server) == 0 && https_server_open (unknown) == 0);
  https_server_free (server);
  https_server_free (unknown);
  remove_folder (g_path_get_dirname (expired_ca));
  result_clear (&result);
}

static void
test_answers (World *world, gconstpointer data)
{
  Result result = { 0 };

  fetch (world, "a.host.test", "/big", &(MrHttpOptions){ .max_size = 70000 }, &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (strlen (result.body), ==, 70000);
  fetch (world, "a.host.test", "/big", &(MrHttpOptions){ .max_size = 69999 }, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TOO_BIG);
  fetch (world, "a.host.test", "/endless", &(MrHttpOptions){ .max_size = 60000 }, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TOO_BIG);
  fetch (world, "a.host.test", "/cut", NO_OPTIONS, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_PROTOCOL);
  fetch (world, "a.host.test", "/noise", NO_OPTIONS, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_PROTOCOL);
  /* Slow: no answer, and half of one. */
  fetch (world, "a.host.test", "/mute", &(MrHttpOptions){ .timeout_ms = 200 }, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TIMED_OUT);
  fetch (world, "a.host.test", "/half", &(MrHttpOptions){ .timeout_ms = 200 }, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TIMED_OUT);
  result_clear (&result);
}

static void
test_hosts (World *world, gconstpointer data)
{
  Result result = { 0 };
  guint16 port;

  fetch (world, "localhost", "/", NO_OPTIONS, &result);
  g_assert_no_error (result.error);
  fetch (world, "gone.test", "/", NO_OPTIONS, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND);
  fetch (world, "broken.test", "/", NO_OPTIONS, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_TEMPORARY);
  fetch (world, "mute.test", "/", NO_OPTIONS, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_TEMPORARY);
  fetch (world, "mute.test", "/", &(MrHttpOptions){ .timeout_ms = 20 }, &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TIMED_OUT);
  close (listen_on (AF_INET, &port));
  g_autofree char *url = g_strdup_printf ("https://a.host.test:%u/", port);
  result_clear (&result);
  mr_http_start (world->http, &(MrHttpOptions){ .url = url }, answered_cb, &result);
  wait_for (result.calls > 0);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_NETWORK);
  result_clear (&result);
}

static void
test_bad_urls (World *world, gconstpointer data)
{
  static const char *const urls[] = { "",         "a.host.test",   "http://a.host.test/",
                                      "https://", "https:///path", "https://u:p@a.host.test/",
                                      "ftp://x/" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    Result result = { 0 };

    mr_http_start (world->http, &(MrHttpOptions){ .url = urls[i] }, answered_cb, &result);
    g_assert_cmpuint (result.calls, ==, 0);
    wait_for (result.calls > 0);
    g_assert_error (result.error, MR_ERROR, MR_ERROR_INVALID);
    result_clear (&result);
    mr_http_cancel (mr_http_start (world->http, &(MrHttpOptions){ .url = urls[i] }, answered_cb, &result));
    settle ();
    g_assert_cmpuint (result.calls, ==, 0);
  }
}

static void
targets_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Result *told = data;
  GList *targets = g_resolver_lookup_service_finish (G_RESOLVER (source), result, &told->error);

  told->calls++;
  for (GList *l = targets; l != NULL; l = l->next) {
    g_autofree char *before = told->body;
    told->body = g_strdup_printf ("%s%s:%u ", before != NULL ? before : "", g_srv_target_get_hostname (l->data),
                                  g_srv_target_get_port (l->data));
  }
  g_resolver_free_targets (targets);
}

/* What else GIO may ask of the resolver. */
static void
test_gio (World *world, gconstpointer data)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result = { 0 };

  g_resolver_lookup_service_async (resolver, "submissions", "tcp", "host.test", NULL, targets_cb, &result);
  wait_for (result.calls > 0);
  g_assert_no_error (result.error);
  g_assert_cmpstr (result.body, ==, "smtp.host.test:465 ");
  result_clear (&result);
  g_resolver_lookup_service_async (resolver, "submissions", "tcp", "gone.test", NULL, targets_cb, &result);
  wait_for (result.calls > 0);
  g_assert_error (result.error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  result_clear (&result);
  g_resolver_lookup_service_async (resolver, "submissions", "tcp", "mute.test", cancellable, targets_cb, &result);
  g_cancellable_cancel (cancellable);
  wait_for (result.calls > 0);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  result_clear (&result);
  g_assert_null (g_resolver_lookup_by_name (resolver, "a.host.test", NULL, &result.error));
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  result_clear (&result);
}

/* Given up at each turn of the loop that a whole request takes: nobody is told, nothing is left. */
static void
test_cancel (World *world, gconstpointer data)
{
  static const char *const paths[] = { "/go", "/half", "/mute" };
  Result result = { 0 };

  world->location = g_strdup ("/there");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *url = url_of (world, "a.host.test", paths[i]);

    for (guint turns = 0; turns < 40 && result.calls == 0; turns += 2) {
      MrHttpRequest *request = mr_http_start (world->http, &(MrHttpOptions){ .url = url, .max_redirects = 1 },
                                              answered_cb, &result);
      guint asked = world->server->requests;

      for (guint n = 0; n < turns && result.calls == 0 && world->server->requests == asked; n++)
        g_main_context_iteration (NULL, TRUE);
      if (result.calls == 0)
        mr_http_cancel (request);
    }
    wait_for (https_server_open (world->server) == 0);
    settle ();
    result_clear (&result);
  }
}

static void
test_ca_file_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_http_new ("/nonexistent/ca.pem", &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

#define add(name, func) g_test_add (name, World, NULL, world_set_up, func, world_tear_down)

int
main (int argc, char **argv)
{
  /* What the environment names as a proxy is not asked. */
  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/http/get", test_get);
  add ("/http/post", test_post);
  g_test_add_func ("/http/form-too-long", test_form_too_long);
  add ("/http/redirects", test_redirects);
  add ("/http/bad-redirects", test_bad_redirects);
  add ("/http/certificates", test_certificates);
  add ("/http/answers", test_answers);
  add ("/http/hosts", test_hosts);
  add ("/http/bad-urls", test_bad_urls);
  add ("/http/gio", test_gio);
  add ("/http/cancel", test_cancel);
  g_test_add_func ("/http/ca-file-missing", test_ca_file_missing);
  return g_test_run ();
}
