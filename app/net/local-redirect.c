/* The listener of a sign-in: a few connections, each with a request of bounded size and time.
 *
 * Both families have the same port, because "localhost" may be either: where the port of one is taken by somebody else
 * on the other, a browser could be led there, so another port is tried.
 */
#include "config.h"

#include "net/local-redirect.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/secret.h"
#include "net/listener.h"
#include "net/redirect-request.h"
#include "net/sockaddr.h"
#include "net/stream.h"

#define VISITORS_MAX 8
#define TIMEOUT_MS   10000
#define PORTS_TRIED  8
#define ANSWER_MAX   4096

typedef struct {
  MrLocalRedirect *redirect;
  MrStream *stream;
  MrBuffer *input, *output;
  guint timer; /* for the whole request: dribbling does not prolong it */
} Visitor;

struct _MrLocalRedirect {
  char *path;
  MrLocalRedirectFunc func; /* NULL once called */
  gpointer data;
  MrListener *listeners[2];
  guint16 port;
  GPtrArray *visitors;
};

static void
visitor_free (gpointer data)
{
  Visitor *visitor = data;

  g_clear_handle_id (&visitor->timer, g_source_remove);
  mr_stream_free (visitor->stream);
  mr_buffer_wipe (visitor->input);
  mr_buffer_free (visitor->input);
  mr_buffer_free (visitor->output);
  g_free (visitor);
}

static void
drop (Visitor *visitor)
{
  g_ptr_array_remove_fast (visitor->redirect->visitors, visitor);
}

static void
close_doors (MrLocalRedirect *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    g_clear_pointer (&self->listeners[i], mr_listener_free);
}

/* ---- what is answered ---- */

static char *
dup_page (const char *title, const char *text)
{
  g_autofree char *title_html = g_markup_escape_text (title, -1), *text_html = g_markup_escape_text (text, -1);

  return g_strdup_printf ("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%s</title></head>"
                          "<body style=\"font-family: sans-serif; margin: 4em auto; max-width: 30em\">"
                          "<h1>%s</h1><p>%s</p></body></html>\n",
                          title_html, title_html, text_html);
}

/* The last that this visitor hears. */
static void
answer (Visitor *visitor, const char *status, const char *title, const char *text)
{
  g_autofree char *page = dup_page (title, text);

  if (mr_buffer_printf (visitor->output,
                        "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
                        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n%s",
                        status, strlen (page), page))
    mr_stream_close_after_flush (g_steal_pointer (&visitor->stream));
  drop (visitor);
}

static void
end_with (Visitor *visitor, char *query)
{
  MrLocalRedirect *self = visitor->redirect;
  MrLocalRedirectFunc func = g_steal_pointer (&self->func);
  gpointer data = self->data;

  close_doors (self);
  answer (visitor, "200 OK", _ ("Back to Mail Relay"),
          _ ("Mail Relay has the answer and goes on by itself. You can close this page."));
  g_ptr_array_set_size (self->visitors, 0);
  func (query, data);
  mr_wipe (query, strlen (query));
  g_free (query);
}

/* ---- the visitor's stream ---- */

static gsize
input_cb (MrStream *stream, const guint8 *data, gsize len, gpointer owner)
{
  Visitor *visitor = owner;
  gsize used = MIN (len, mr_buffer_room (visitor->input)), have;
  const guint8 *all;
  char *query = NULL;

  if (!mr_buffer_append (visitor->input, data, used))
    g_assert_not_reached ();
  all = mr_buffer_peek (visitor->input, &have);
  switch (mr_redirect_request_parse (all, have, visitor->redirect->path, &query)) {
  case MR_REDIRECT_MORE:
    return len;
  case MR_REDIRECT_ANSWER:
    end_with (visitor, query);
    return len;
  case MR_REDIRECT_ELSEWHERE:
    answer (visitor, "404 Not Found", _ ("Nothing is here"), _ ("Go back to Mail Relay."));
    return len;
  case MR_REDIRECT_METHOD:
    answer (visitor, "405 Method Not Allowed", _ ("Nothing is here"), _ ("Go back to Mail Relay."));
    return len;
  case MR_REDIRECT_BAD:
  default:
    answer (visitor, "400 Bad Request", _ ("Nothing is here"), _ ("Go back to Mail Relay."));
    return len;
  }
}

static void
ended_cb (MrStream *stream, gpointer owner)
{
  drop (owner);
}

static void
ignored_cb (MrStream *stream, gpointer owner)
{
}

static void
error_cb (MrStream *stream, const GError *error, gpointer owner)
{
  drop (owner);
}

static gboolean
time_over_cb (gpointer data)
{
  Visitor *visitor = data;

  visitor->timer = 0;
  drop (visitor);
  return G_SOURCE_REMOVE;
}

static const MrStreamFuncs funcs = {
  .on_input = input_cb, .on_eof = ended_cb, .on_drained = ignored_cb, .on_tls = ignored_cb, .on_error = error_cb
};

static void
accepted_cb (MrListener *listener, int fd, const MrPeer *peer, gpointer data)
{
  MrLocalRedirect *self = data;
  Visitor *visitor;

  if ((peer->uid >= 0 && peer->uid != (gint64)getuid ()) || self->visitors->len >= VISITORS_MAX) {
    mr_info ("net", "a visitor of the sign-in's address was turned away");
    close (fd);
    return;
  }
  visitor = g_new0 (Visitor, 1);
  visitor->redirect = self;
  visitor->input = mr_buffer_new (MR_REDIRECT_REQUEST_MAX);
  visitor->output = mr_buffer_new (ANSWER_MAX);
  visitor->stream = mr_stream_new (fd, visitor->output, &funcs, visitor);
  visitor->timer = g_timeout_add (TIMEOUT_MS, time_over_cb, visitor);
  g_ptr_array_add (self->visitors, visitor);
}

/* ---- life ---- */

/* FALSE without error: the port is taken in the other family. */
static gboolean
open_doors (MrLocalRedirect *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *v6 = NULL;
  MrSockaddr address;

  self->listeners[0] = mr_listener_new ("127.0.0.1:0", accepted_cb, self, error);
  if (self->listeners[0] == NULL)
    return FALSE;
  if (!mr_sockaddr_parse_with_port (mr_listener_get_address (self->listeners[0]), &address))
    g_assert_not_reached ();
  self->port = mr_sockaddr_port (&address);
  v6 = g_strdup_printf ("[::1]:%u", self->port);
  self->listeners[1] = mr_listener_new (v6, accepted_cb, self, &local);
  if (!g_error_matches (local, MR_ERROR, MR_ERROR_BUSY))
    return TRUE;
  close_doors (self);
  return FALSE;
}

MrLocalRedirect *
mr_local_redirect_new (const char *path, MrLocalRedirectFunc func, gpointer data, GError **error)
{
  MrLocalRedirect *self = g_new0 (MrLocalRedirect, 1);
  g_autoptr (GError) local = NULL;

  self->path = g_strdup (path);
  self->func = func;
  self->data = data;
  self->visitors = g_ptr_array_new_with_free_func (visitor_free);
  for (guint i = 0; i < PORTS_TRIED && local == NULL; i++)
    if (open_doors (self, &local))
      return self;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error_literal (error, MR_ERROR, MR_ERROR_BUSY, _ ("No free port was found for the answer of the browser."));
  mr_local_redirect_free (self);
  return NULL;
}

void
mr_local_redirect_free (MrLocalRedirect *redirect)
{
  if (redirect == NULL)
    return;
  close_doors (redirect);
  g_ptr_array_unref (redirect->visitors);
  g_free (redirect->path);
  g_free (redirect);
}

char *
mr_local_redirect_dup_uri (MrLocalRedirect *redirect, const char *host)
{
  return g_strdup_printf ("http://%s:%u%s", host, redirect->port, redirect->path);
}
