/* The HTTPS client: one libsoup session for each step of a request, so that giving one up touches no other.
 *
 * A request has one operation of libsoup open at a time and is freed in the callback of the last one. Its owner is told
 * at once where the time is over or the answer too big: libsoup may take a while to come back from what was cancelled.
 */
#include "config.h"

#include "net/http.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "net/http-words.h"

#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_MAX_SIZE   (256 * 1024)
#define CHUNK              4096

struct _MrHttp {
  GTlsDatabase *extra; /* of the CA file */
};

struct _MrHttpRequest {
  MrHttp *http;
  MrHttpFunc func; /* NULL once told or cancelled */
  gpointer data;
  char *method, *content_type;
  GStrv headers;
  GBytes *request_body;
  guint redirects, max_redirects;
  gboolean host_changed;
  GSource *timer;
  MrBuffer *body;
  guint8 chunk[CHUNK];
  /* of the step: one for each redirect */
  GUri *uri;
  SoupSession *session;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;
  GTlsCertificateFlags certificate_errors;
};

MrHttp *
mr_http_new (const char *ca_file, GError **error)
{
  g_autoptr (GTlsDatabase) extra = NULL;
  g_autoptr (GError) local = NULL;
  MrHttp *http;

  if (ca_file != NULL && *ca_file != '\0') {
    extra = g_tls_file_database_new (ca_file, &local);
    if (extra == NULL) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The CA file %s cannot be used: %s."), ca_file,
                   local->message);
      return NULL;
    }
  }
  http = g_rc_box_new0 (MrHttp);
  http->extra = g_steal_pointer (&extra);
  return http;
}

MrHttp *
mr_http_ref (MrHttp *http)
{
  return g_rc_box_acquire (http);
}

static void
http_clear (gpointer data)
{
  MrHttp *http = data;

  g_clear_object (&http->extra);
}

void
mr_http_unref (MrHttp *http)
{
  if (http != NULL)
    g_rc_box_release_full (http, http_clear);
}

/* ---- life of a request ---- */

static void
end_step (MrHttpRequest *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->session != NULL)
    soup_session_abort (self->session);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
}

static void
stop_timer (MrHttpRequest *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* There may be a token in them. */
static void
clear_headers (MrHttpRequest *self)
{
  for (guint i = 0; self->headers != NULL && self->headers[i] != NULL; i++)
    mr_wipe (self->headers[i], strlen (self->headers[i]));
  g_clear_pointer (&self->headers, g_strfreev);
}

static void
request_free (MrHttpRequest *self)
{
  stop_timer (self);
  end_step (self);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->request_body, g_bytes_unref);
  clear_headers (self);
  mr_buffer_wipe (self->body);
  mr_buffer_free (self->body);
  mr_wipe (self->chunk, sizeof self->chunk);
  g_free (self->method);
  g_free (self->content_type);
  mr_http_unref (self->http);
  g_free (self);
}

static void
tell (MrHttpRequest *self, const MrHttpAnswer *answer, const GError *error)
{
  MrHttpFunc func = self->func;

  stop_timer (self);
  self->func = NULL;
  if (func != NULL)
    func (answer, error, self->data);
}

static void
fail (MrHttpRequest *self, const GError *error)
{
  g_autoptr (GError) told = NULL;

  if (self->func != NULL)
    told = mr_http_error_new (error, g_uri_get_host (self->uri), self->certificate_errors);
  tell (self, NULL, told);
  request_free (self);
}

static void
fail_with (MrHttpRequest *self, GError *error)
{
  tell (self, NULL, error);
  g_error_free (error);
  request_free (self);
}

static gboolean
time_over_cb (gpointer data)
{
  MrHttpRequest *self = data;
  g_autoptr (GError) error = NULL;

  error = g_error_new (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("%s did not answer in time."), g_uri_get_host (self->uri));
  tell (self, NULL, error);
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
arm (MrHttpRequest *self, guint ms, GSourceFunc func)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->timer = g_timeout_source_new (ms);
  g_source_set_static_name (self->timer, "http");
  g_source_set_callback (self->timer, func, self, NULL);
  g_source_attach (self->timer, context);
}

/* ---- the answer ---- */

static void
tell_answer (MrHttpRequest *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autofree char *lower = g_ascii_strdown (type != NULL ? type : "", -1);
  g_autofree char *url = g_uri_to_string (self->uri);
  gsize len;
  const guint8 *data = mr_buffer_peek (self->body, &len);
  g_autoptr (GBytes) body = mr_http_wiped_bytes (data, len);
  MrHttpAnswer answer = { .status = soup_message_get_status (self->message),
                          .body = body,
                          .content_type = lower,
                          .url = url,
                          .redirects = self->redirects,
                          .host_changed = self->host_changed };

  tell (self, &answer, NULL);
  request_free (self);
}

static void read_more (MrHttpRequest *self);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MrHttpRequest *self = data;
  g_autoptr (GError) error = NULL;
  gssize len = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (len < 0)
    fail (self, error);
  else if (self->func == NULL)
    request_free (self);
  else if (len == 0)
    tell_answer (self);
  else if (mr_buffer_append (self->body, self->chunk, (gsize)len))
    read_more (self);
  else
    fail_with (self, g_error_new (MR_ERROR, MR_ERROR_TOO_BIG, _ ("The answer of %s is too long to be what was asked."),
                                  g_uri_get_host (self->uri)));
}

static void
read_more (MrHttpRequest *self)
{
  g_input_stream_read_async (self->stream, self->chunk, sizeof self->chunk, G_PRIORITY_DEFAULT, self->cancellable,
                             read_cb, self);
}

/* ---- redirects ---- */

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static gboolean
is_https (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  return strcmp (g_uri_get_scheme (uri), "https") == 0 && host != NULL && *host != '\0'
         && g_uri_get_userinfo (uri) == NULL;
}

static gboolean
same_origin (GUri *a, GUri *b)
{
  return g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 && g_uri_get_port (a) == g_uri_get_port (b);
}

static void start_step (MrHttpRequest *self);

/* The next place, which may be asked. NULL with error. */
static GUri *
next_uri (MrHttpRequest *self, GError **error)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location");
  const char *host = g_uri_get_host (self->uri);
  g_autoptr (GUri) uri = location != NULL ? g_uri_parse_relative (self->uri, location, SOUP_HTTP_URI_FLAGS, NULL)
                                          : NULL;

  if (uri == NULL)
    g_set_error (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("%s sends on to another place without naming it."), host);
  else if (self->redirects >= self->max_redirects)
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED, _ ("%s sends from one place to the next without end."), host);
  else if (!is_https (uri))
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("%s sends on to a place that is not encrypted: nothing is taken from there."), host);
  else
    return g_steal_pointer (&uri);
  return NULL;
}

static void
follow (MrHttpRequest *self)
{
  GError *error = NULL;
  GUri *next = next_uri (self, &error);

  if (next == NULL) {
    fail_with (self, error);
    return;
  }
  end_step (self);
  if (!same_origin (self->uri, next))
    clear_headers (self);
  self->host_changed = self->host_changed
                       || g_ascii_strcasecmp (g_uri_get_host (self->uri), g_uri_get_host (next)) != 0;
  self->redirects++;
  g_uri_unref (self->uri);
  self->uri = next;
  start_step (self);
}

/* ---- one step ---- */

/* What the system does not trust may be signed by the configured CA: then everything else must be right as well. */
static gboolean
accept_certificate_cb (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  MrHttpRequest *self = data;
  g_autoptr (GSocketConnectable) identity = g_network_address_new (g_uri_get_host (self->uri), 443);

  self->certificate_errors = flags;
  if (self->http->extra == NULL)
    return FALSE;
  self->certificate_errors = g_tls_database_verify_chain (self->http->extra, certificate,
                                                          G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity, NULL,
                                                          G_TLS_DATABASE_VERIFY_NONE, NULL, NULL);
  return self->certificate_errors == 0;
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MrHttpRequest *self = data;
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    fail (self, error);
  else if (self->func == NULL)
    request_free (self);
  else if (is_redirect (soup_message_get_status (self->message)) && self->max_redirects > 0
           && strcmp (self->method, "GET") == 0)
    follow (self);
  else
    read_more (self);
}

static void
start_step (MrHttpRequest *self)
{
  SoupMessageHeaders *headers;

  self->certificate_errors = 0;
  self->cancellable = g_cancellable_new ();
  self->session = soup_session_new_with_options ("user-agent", "mail-relay", "proxy-resolver", NULL, "timeout", 0,
                                                 NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  self->message = soup_message_new_from_uri (self->method, self->uri);
  soup_message_set_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (self->message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  headers = soup_message_get_request_headers (self->message);
  for (guint i = 0; self->headers != NULL && self->headers[i] != NULL && self->headers[i + 1] != NULL; i += 2)
    soup_message_headers_replace (headers, self->headers[i], self->headers[i + 1]);
  if (self->request_body != NULL)
    soup_message_set_request_body_from_bytes (self->message, self->content_type, self->request_body);
  mr_debug ("net", "%s https://%s%s", self->method, g_uri_get_host (self->uri), g_uri_get_path (self->uri));
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT, self->cancellable, sent_cb, self);
}

static gboolean
bad_url_cb (gpointer data)
{
  fail_with (data, g_error_new_literal (MR_ERROR, MR_ERROR_INVALID,
                                        _ ("That is not the address of an encrypted web page: it begins with "
                                           "https:// and the name of a host.")));
  return G_SOURCE_REMOVE;
}

MrHttpRequest *
mr_http_start (MrHttp *http, const MrHttpOptions *options, MrHttpFunc func, gpointer data)
{
  MrHttpRequest *self = g_new0 (MrHttpRequest, 1);
  const char *method = options->method != NULL ? options->method : options->body != NULL ? "POST" : "GET";

  self->http = mr_http_ref (http);
  self->func = func;
  self->data = data;
  self->method = g_strdup (method);
  self->content_type = g_strdup (options->content_type);
  self->headers = g_strdupv ((char **)options->headers);
  self->request_body = options->body != NULL ? g_bytes_ref (options->body) : NULL;
  self->max_redirects = options->max_redirects;
  self->body = mr_buffer_new (options->max_size > 0 ? options->max_size : DEFAULT_MAX_SIZE);
  self->uri = g_uri_parse (options->url, SOUP_HTTP_URI_FLAGS, NULL);
  if (self->uri == NULL || !is_https (self->uri)) {
    arm (self, 0, bad_url_cb);
    return self;
  }
  arm (self, options->timeout_ms > 0 ? options->timeout_ms : DEFAULT_TIMEOUT_MS, time_over_cb);
  start_step (self);
  return self;
}

void
mr_http_cancel (MrHttpRequest *request)
{
  if (request == NULL)
    return;
  request->func = NULL;
  stop_timer (request);
  if (request->cancellable != NULL)
    g_cancellable_cancel (request->cancellable); /* its callback frees */
  else
    request_free (request);
}

char *
mr_http_dup_base_domain (const char *host)
{
  return g_strdup (soup_tld_get_base_domain (host, NULL));
}
