/* SASL PLAIN (RFC 4616) and LOGIN, the server's and the client's side, on the lines of RFC 4954 4; XOAUTH2 and
 * OAUTHBEARER (RFC 7628), the client's side. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

typedef enum { MR_SASL_NONE, MR_SASL_PLAIN, MR_SASL_LOGIN } MrSaslMechanism;

typedef enum {
  MR_SASL_CHALLENGE,    /* say 334 with the challenge and wait for a response */
  MR_SASL_COMPLETE,     /* authcid, authzid and password are there */
  MR_SASL_CANCELLED,    /* the client said "*" */
  MR_SASL_BAD_ENCODING, /* no base64, or not the parts of the mechanism */
  MR_SASL_REFUSED       /* well-formed, but nobody may log in like this */
} MrSaslStep;

typedef struct {
  MrSaslMechanism mechanism;
  char *authcid;
  char *authzid; /* "" where none was given */
  MrSecret *password;
} MrSaslServer;

MrSaslMechanism mr_sasl_mechanism (const char *name);
void mr_sasl_server_start (MrSaslServer *sasl, MrSaslMechanism mechanism);
/* response: the client's line, NULL for an AUTH command without one. *ret_challenge is base64, borrowed. */
MrSaslStep mr_sasl_server_step (MrSaslServer *sasl, const char *response, const char **ret_challenge);
/* Also wipes; may be called twice. */
void mr_sasl_server_clear (MrSaslServer *sasl);

/* base64 of the message of PLAIN without authzid, and of any secret. NULL: longer than a secret may be. */
MrSecret *mr_sasl_plain_response (const char *user, MrSecret *password);
MrSecret *mr_sasl_encode (const char *data, gsize len);
/* "user=U^Aauth=Bearer TOKEN^A^A" in base64, as Google and Microsoft describe it. NULL: too long, or a control in it. */
MrSecret *mr_sasl_xoauth2_response (const char *user, MrSecret *token);
/* "n,a=U,^Ahost=H^Aport=P^Aauth=Bearer TOKEN^A^A" in base64 (RFC 7628 3.1); host NULL: without host and port. NULL as
 * above. */
MrSecret *mr_sasl_oauthbearer_response (const char *user, const char *host, guint port, MrSecret *token);
/* Strict RFC 4648 4: padding needed, nothing else between. ret has room for strlen (text) / 4 * 3 bytes. FALSE: not
 * base64. */
gboolean mr_sasl_decode (const char *text, guint8 *ret, gsize *ret_len);

G_END_DECLS
