/* The one HTTP request that a browser sends to the loopback address of a sign-in (RFC 8252 7.3). Pure: bytes in, verdict out. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_REDIRECT_REQUEST_MAX (16 * 1024)

typedef enum {
  MR_REDIRECT_MORE,      /* the head is not complete yet */
  MR_REDIRECT_ANSWER,    /* a GET of the path: its query is there */
  MR_REDIRECT_ELSEWHERE, /* a request for something else (404) */
  MR_REDIRECT_METHOD,    /* not GET (405) */
  MR_REDIRECT_BAD        /* no HTTP/1, too long, or not meant for this machine (400) */
} MrRedirectVerdict;

/* path: "/x", compared exactly. *ret_query: what stands behind '?', still escaped, "" without one; only with MR_REDIRECT_ANSWER. (transfer full) */
MrRedirectVerdict mr_redirect_request_parse (const guint8 *data, gsize len, const char *path, char **ret_query);

G_END_DECLS
