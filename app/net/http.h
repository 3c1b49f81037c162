/* An HTTPS client for the few small answers that are fetched (autoconfig, OAuth 2.0, policies): libsoup 3 in the loop of the
 * thread that asks.
 *
 * Only https. The certificate is always verified: by the system's trust, else by the CA file. Every answer has a
 * largest size and a total time. A redirect is followed for GET alone, never to http, and without the caller's headers
 * once it leads to another host. No cookies, no cache, no compression, no proxy: the names are looked up by whatever
 * resolver GIO has (see gio-resolver.h).
 */
#pragma once

#include <gio/gio.h>

#include "base/secret.h"

G_BEGIN_DECLS

typedef struct _MrHttp MrHttp;
typedef struct _MrHttpRequest MrHttpRequest;
typedef struct _MrHttpForm MrHttpForm;

typedef struct {
  const char *method;         /* NULL: GET, or POST where there is a body */
  const char *url;            /* https://HOST[:PORT]/...; MR_ERROR_INVALID for anything else */
  const char *const *headers; /* name, value, name, value ..., NULL; may be NULL */
  GBytes *body;               /* may be NULL; a reference is taken */
  const char *content_type;   /* of the body */
  guint timeout_ms;           /* for everything together; 0: 30,000 */
  gsize max_size;             /* of the answer's body; 0: 256 KiB */
  guint max_redirects;        /* 0: an answer that redirects is given as it is */
} MrHttpOptions;

typedef struct {
  guint status;             /* any: a status that is not 200 is no error here */
  GBytes *body;             /* wiped with its last reference */
  const char *content_type; /* lower case, without parameters; "" where there is none */
  const char *url;          /* where it came from in the end */
  guint redirects;
  gboolean host_changed; /* a redirect led to another host */
} MrHttpAnswer;

/* Exactly one of answer and error. Both, and all inside, are borrowed. Errors: MR_ERROR_INVALID, _DNS_NOT_FOUND,
 * _DNS_TEMPORARY, _NETWORK, _TIMED_OUT, _TLS, _TOO_BIG, _REFUSED (a redirect that is not followed), _PROTOCOL. */
typedef void (*MrHttpFunc) (const MrHttpAnswer *answer, const GError *error, gpointer data);

/* ca_file: trusted beside the system's; NULL or "": none. MR_ERROR_INVALID where it cannot be read. */
MrHttp *mr_http_new (const char *ca_file, GError **error);
MrHttp *mr_http_ref (MrHttp *http);
void mr_http_unref (MrHttp *http); /* requests under way go on */

/* func is never called before this returns, once afterwards, and never after mr_http_cancel(). */
MrHttpRequest *mr_http_start (MrHttp *http, const MrHttpOptions *options, MrHttpFunc func, gpointer data);
/* Only before func was called. */
void mr_http_cancel (MrHttpRequest *request);

/* The registrable domain of a host, "example.co.uk" for "mx.example.co.uk" (public suffix list); NULL where there is none. (transfer full) */
char *mr_http_dup_base_domain (const char *host);

/* ---- bodies ---- */

/* application/x-www-form-urlencoded, at most 64 KiB; what does not fit makes mr_http_form_end() give NULL. */
MrHttpForm *mr_http_form_new (void);
void mr_http_form_free (MrHttpForm *form); /* wipes */
void mr_http_form_add (MrHttpForm *form, const char *name, const char *value);
void mr_http_form_add_secret (MrHttpForm *form, const char *name, MrSecret *value);
/* (transfer full) wiped with its last reference */
GBytes *mr_http_form_end (MrHttpForm *form, GError **error);
/* A copy that is wiped with its last reference. */
GBytes *mr_http_wiped_bytes (const void *data, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrHttp, mr_http_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrHttpForm, mr_http_form_free)

G_END_DECLS
