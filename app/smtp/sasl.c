/* SASL PLAIN (RFC 4616) and LOGIN on the lines of RFC 4954 4; the client's messages of XOAUTH2 and OAUTHBEARER (RFC 7628).
 *
 * What was decoded stands in one buffer on the stack that every way out wipes; the password leaves it only as an
 * MrSecret. An authorization identity other than the authentication identity is refused here: nobody acts for
 * somebody else.
 */
#include "smtp/sasl.h"

#include <string.h>

#define DECODED_MAX  9216 /* of the 12288 bytes of RFC 4954 4 */
#define IDENTITY_MAX 255

static const char login_user_prompt[] = "VXNlcm5hbWU6"; /* "Username:": some devices look for these very words */
static const char login_password_prompt[] = "UGFzc3dvcmQ6";

MrSaslMechanism
mr_sasl_mechanism (const char *name)
{
  if (g_ascii_strcasecmp (name, "PLAIN") == 0)
    return MR_SASL_PLAIN;
  return g_ascii_strcasecmp (name, "LOGIN") == 0 ? MR_SASL_LOGIN : MR_SASL_NONE;
}

void
mr_sasl_server_start (MrSaslServer *sasl, MrSaslMechanism mechanism)
{
  mr_sasl_server_clear (sasl);
  sasl->mechanism = mechanism;
}

void
mr_sasl_server_clear (MrSaslServer *sasl)
{
  g_free (sasl->authcid);
  g_free (sasl->authzid);
  g_clear_pointer (&sasl->password, mr_secret_unref);
  *sasl = (MrSaslServer){ 0 };
}

static int
digit_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : (c == '/' ? 63 : -1);
}

gboolean
mr_sasl_decode (const char *text, guint8 *ret, gsize *ret_len)
{
  gsize len = strlen (text);
  gsize pad = 0;
  gsize out = 0;

  if (len % 4 != 0)
    return FALSE;
  while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
    pad++;
  for (gsize i = 0; i < len; i += 4) {
    guint32 bits = 0;
    gsize chars = i + 4 == len ? 4 - pad : 4;

    for (gsize k = 0; k < 4; k++) {
      int value = k < chars ? digit_value (text[i + k]) : 0;

      if (value < 0)
        return FALSE;
      bits = bits << 6 | (guint32)value;
    }
    /* Bits that padding leaves over must be zero: one message has one encoding. */
    if ((chars == 2 && (bits & 0xffff) != 0) || (chars == 3 && (bits & 0xff) != 0))
      return FALSE;
    for (gsize k = 0; k + 1 < chars; k++)
      ret[out++] = (guint8)(bits >> (16 - 8 * k));
  }
  *ret_len = out;
  return TRUE;
}

/* UTF-8 without controls, 1 to 255 bytes. */
static char *
dup_identity (const guint8 *bytes, gsize len)
{
  if (len < 1 || len > IDENTITY_MAX || !g_utf8_validate ((const char *)bytes, (gssize)len, NULL))
    return NULL;
  for (gsize i = 0; i < len; i++) {
    if (bytes[i] < 0x20 || bytes[i] == 0x7f)
      return NULL;
  }
  return g_strndup ((const char *)bytes, len);
}

static MrSaslStep
take_password (MrSaslServer *sasl, const guint8 *bytes, gsize len)
{
  if (len > 0)
    sasl->password = mr_secret_new (bytes, len);
  return sasl->password != NULL && sasl->authcid != NULL ? MR_SASL_COMPLETE : MR_SASL_REFUSED;
}

static MrSaslStep
take_plain (MrSaslServer *sasl, const guint8 *bytes, gsize len)
{
  const guint8 *end = bytes + len;
  const guint8 *authcid = memchr (bytes, '\0', len);
  const guint8 *password = authcid != NULL ? memchr (authcid + 1, '\0', (gsize)(end - authcid - 1)) : NULL;
  gsize authzid_len;

  if (password == NULL || memchr (password + 1, '\0', (gsize)(end - password - 1)) != NULL)
    return MR_SASL_BAD_ENCODING;
  authzid_len = (gsize)(authcid - bytes);
  authcid++;
  sasl->authcid = dup_identity (authcid, (gsize)(password - authcid));
  sasl->authzid = authzid_len > 0 ? dup_identity (bytes, authzid_len) : g_strdup ("");
  password++;
  if (sasl->authcid == NULL || sasl->authzid == NULL)
    return MR_SASL_REFUSED;
  if (sasl->authzid[0] != '\0' && strcmp (sasl->authzid, sasl->authcid) != 0)
    return MR_SASL_REFUSED;
  return take_password (sasl, password, (gsize)(end - password));
}

static MrSaslStep
take_response (MrSaslServer *sasl, const guint8 *bytes, gsize len, const char **ret_challenge)
{
  if (sasl->mechanism == MR_SASL_PLAIN)
    return take_plain (sasl, bytes, len);
  if (sasl->authzid != NULL)
    return take_password (sasl, bytes, len);
  /* A user name that cannot be one is refused after the password, like any other. */
  sasl->authcid = dup_identity (bytes, len);
  sasl->authzid = g_strdup ("");
  *ret_challenge = login_password_prompt;
  return MR_SASL_CHALLENGE;
}

MrSaslStep
mr_sasl_server_step (MrSaslServer *sasl, const char *response, const char **ret_challenge)
{
  guint8 decoded[DECODED_MAX];
  gsize len = 0;
  MrSaslStep step = MR_SASL_BAD_ENCODING;

  if (response == NULL) {
    *ret_challenge = sasl->mechanism == MR_SASL_LOGIN ? login_user_prompt : "";
    return MR_SASL_CHALLENGE;
  }
  if (strcmp (response, "*") == 0)
    return MR_SASL_CANCELLED;
  if (strlen (response) / 4 * 3 <= sizeof decoded && mr_sasl_decode (response, decoded, &len))
    step = take_response (sasl, decoded, len, ret_challenge);
  mr_wipe (decoded, sizeof decoded);
  return step;
}

MrSecret *
mr_sasl_encode (const char *data, gsize len)
{
  char *text = g_base64_encode ((const guchar *)data, len);
  MrSecret *secret = mr_secret_new (text, strlen (text));

  mr_wipe (text, strlen (text));
  g_free (text);
  return secret;
}

MrSecret *
mr_sasl_plain_response (const char *user, MrSecret *password)
{
  gsize user_len = strlen (user);
  gsize len = 2 + user_len + mr_secret_length (password);
  char *message = g_malloc (len);
  MrSecret *response;

  message[0] = '\0';
  memcpy (message + 1, user, user_len + 1);
  memcpy (message + 2 + user_len, mr_secret_get (password), mr_secret_length (password));
  response = mr_sasl_encode (message, len);
  mr_wipe (message, len);
  g_free (message);
  return response;
}

/* Neither may end a part of the message before its time. */
static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text < 0x20 || *text == 0x7f)
      return TRUE;
  return FALSE;
}

static MrSecret *
bearer_response (const char *before, MrSecret *token)
{
  static const char bearer[] = "auth=Bearer ";
  gsize before_len = strlen (before), bearer_len = strlen (bearer), token_len = mr_secret_length (token);
  gsize len = before_len + bearer_len + token_len + 2;
  char *message, *text;
  MrSecret *response;

  if (token_len == 0 || has_control (mr_secret_get (token)))
    return NULL;
  message = g_malloc (len);
  memcpy (message, before, before_len);
  memcpy (message + before_len, bearer, bearer_len);
  memcpy (message + before_len + bearer_len, mr_secret_get (token), token_len);
  memcpy (message + len - 2, "\001\001", 2);
  text = g_base64_encode ((const guchar *)message, len);
  response = mr_secret_new_long (text, strlen (text));
  mr_wipe (text, strlen (text));
  g_free (text);
  mr_wipe (message, len);
  g_free (message);
  return response;
}

MrSecret *
mr_sasl_xoauth2_response (const char *user, MrSecret *token)
{
  g_autofree char *before = g_strdup_printf ("user=%s\001", user);

  return has_control (user) ? NULL : bearer_response (before, token);
}

MrSecret *
mr_sasl_oauthbearer_response (const char *user, const char *host, guint port, MrSecret *token)
{
  g_autoptr (GString) before = g_string_new (user);

  if (has_control (user) || (host != NULL && has_control (host)))
    return NULL;
  /* saslname of RFC 5801 4 */
  g_string_replace (before, "=", "=3D", 0);
  g_string_replace (before, ",", "=2C", 0);
  g_string_prepend (before, "n,a=");
  g_string_append (before, ",\001");
  if (host != NULL)
    g_string_append_printf (before, "host=%s\001port=%u\001", host, port);
  return bearer_response (before->str, token);
}
