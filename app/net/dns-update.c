/* Dynamic updates: see dns-update.h. */
#include <config.h>

#include "net/dns-update.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/crypto.h"
#include "net/dns-message.h"

#define OPCODE_UPDATE 5
#define TYPE_SOA      6
#define TYPE_TXT      16
#define TYPE_TSIG     250
#define CLASS_IN      1
#define CLASS_NONE    254
#define CLASS_ANY     255
#define TTL           3600
#define FUDGE         300
#define MAC_LEN       32
#define HEADER_LEN    12
#define MAX_ANSWER    65535
#define TIMEOUT_S     10
#define ALGORITHM     "hmac-sha256"
#define MAX_KEY       256

void
mr_dns_update_key_clear (MrDnsUpdateKey *key)
{
  g_clear_pointer (&key->name, g_free);
  g_clear_pointer (&key->secret, mr_secret_unref);
}

/* The word behind a keyword, quoted or not. (transfer full) */
static char *
word_behind (const char *text, const char *keyword)
{
  g_autofree char *pattern = g_strdup_printf ("\\b%s\\s+\"?([^\"\\s;{]+)\"?", keyword);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, text, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

gboolean
mr_dns_update_key_parse (const char *text, MrDnsUpdateKey *ret, GError **error)
{
  g_autofree char *name = word_behind (text, "key"), *algorithm = word_behind (text, "algorithm");
  char *secret = word_behind (text, "secret");
  gboolean ok = name != NULL && secret != NULL && algorithm != NULL && mr_dns_owner_is_valid (name)
                && (g_ascii_strcasecmp (algorithm, ALGORITHM) == 0
                    || g_ascii_strcasecmp (algorithm, ALGORITHM ".") == 0);

  if (ok) {
    ret->secret = mr_secret_new (secret, strlen (secret));
    ret->name = g_ascii_strdown (name, -1);
  } else
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The file holds no key for updates with hmac-sha256, as tsig-keygen writes it"));
  if (secret != NULL)
    mr_wipe (secret, strlen (secret));
  g_free (secret);
  return ok;
}

/* ---- writing ---- */

static void
put (GByteArray *out, guint64 value, guint bytes)
{
  for (guint i = bytes; i > 0; i--) {
    guint8 byte = (guint8)(value >> (8 * (i - 1)));
    g_byte_array_append (out, &byte, 1);
  }
}

/* In small letters, as TSIG wants them (RFC 8945 4.3.3); the zone's names are compared without case anyway. FALSE: no name. */
static gboolean
put_name (GByteArray *out, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (!mr_dns_owner_is_valid (lower))
    return FALSE;
  for (const char *p = lower; *p != '\0';) {
    gsize len = strcspn (p, ".");

    put (out, len, 1);
    g_byte_array_append (out, (const guint8 *)p, (guint)len);
    p += len + (p[len] == '.');
  }
  put (out, 0, 1);
  return TRUE;
}

static gboolean
put_text (GByteArray *out, const char *name, guint class, guint32 ttl, const char *text)
{
  gsize len = strlen (text), strings = MAX ((len + 254) / 255, 1);

  if (!put_name (out, name) || len > 4096)
    return FALSE;
  put (out, TYPE_TXT, 2);
  put (out, class, 2);
  put (out, ttl, 4);
  put (out, len + strings, 2);
  do {
    gsize piece = MIN (len, 255);

    put (out, piece, 1);
    g_byte_array_append (out, (const guint8 *)text, (guint)piece);
    text += piece;
    len -= piece;
  } while (len > 0);
  return TRUE;
}

/* What the MAC covers behind the message (RFC 8945 4.3.3). */
static void
put_variables (GByteArray *out, const char *key, gint64 now, guint error)
{
  put_name (out, key);
  put (out, CLASS_ANY, 2);
  put (out, 0, 4);
  put_name (out, ALGORITHM);
  put (out, (guint64)now, 6);
  put (out, FUDGE, 2);
  put (out, error, 2);
  put (out, 0, 2);
}

static gboolean
make_mac (const MrDnsUpdateKey *key, const GByteArray *data, guint8 *ret)
{
  gsize len = 0, digest_len = MAC_LEN;
  guchar *secret = g_base64_decode (mr_secret_get (key->secret), &len);
  gboolean ok = len > 0 && len <= MAX_KEY;

  if (ok) {
    GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, secret, len);

    g_hmac_update (hmac, data->data, data->len);
    g_hmac_get_digest (hmac, ret, &digest_len);
    g_hmac_unref (hmac);
  }
  mr_wipe (secret, len);
  g_free (secret);
  return ok;
}

static void
put_tsig (GByteArray *out, const MrDnsUpdateKey *key, guint16 id, gint64 now, const guint8 *mac)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  put_name (data, ALGORITHM);
  put (data, (guint64)now, 6);
  put (data, FUDGE, 2);
  put (data, MAC_LEN, 2);
  g_byte_array_append (data, mac, MAC_LEN);
  put (data, id, 2);
  put (data, 0, 2);
  put (data, 0, 2);
  put_name (out, key->name);
  put (out, TYPE_TSIG, 2);
  put (out, CLASS_ANY, 2);
  put (out, 0, 4);
  put (out, data->len, 2);
  g_byte_array_append (out, data->data, data->len);
  out->data[HEADER_LEN - 1] = 1; /* ARCOUNT */
}

GByteArray *
mr_dns_update_build (const char *zone, const MrDnsChange *changes, guint n_changes, guint16 id, gint64 now,
                     const MrDnsUpdateKey *key, guint8 *ret_mac, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new (), covered = g_byte_array_new ();
  gboolean ok = TRUE;
  guint n = 0;

  put (out, id, 2);
  put (out, OPCODE_UPDATE << 11, 2);
  put (out, 1, 2); /* ZOCOUNT */
  put (out, 0, 6);
  ok = put_name (out, zone);
  put (out, TYPE_SOA, 2);
  put (out, CLASS_IN, 2);
  for (guint i = 0; i < n_changes; i++) {
    for (guint k = 0; changes[i].remove != NULL && changes[i].remove[k] != NULL; k++, n++)
      ok = ok && put_text (out, changes[i].name, CLASS_NONE, 0, changes[i].remove[k]);
    if (changes[i].add != NULL) {
      ok = ok && put_text (out, changes[i].name, CLASS_IN, TTL, changes[i].add);
      n++;
    }
  }
  out->data[8] = (guint8)(n >> 8); /* UPCOUNT */
  out->data[9] = (guint8)n;
  g_byte_array_append (covered, out->data, out->len);
  put_variables (covered, key->name, now, 0);
  if (!ok || !make_mac (key, covered, ret_mac)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("A name or the key for updates cannot be used"));
    return NULL;
  }
  put_tsig (out, key, id, now, ret_mac);
  return g_steal_pointer (&out);
}

/* ---- the answer ---- */

static guint
get (const guint8 *p)
{
  return (guint)p[0] << 8 | p[1];
}

/* Behind the name at p, NULL: broken. */
static const guint8 *
skip_name (const guint8 *p, const guint8 *end)
{
  while (p < end && *p != 0) {
    if ((*p & 0xc0) == 0xc0)
      return end - p >= 2 ? p + 2 : NULL;
    if ((gsize)(end - p) <= (gsize)*p + 1)
      return NULL;
    p += *p + 1;
  }
  return p < end ? p + 1 : NULL;
}

/* The last record, where it is a TSIG: *ret_start its beginning. Its RDATA; NULL: there is none. */
static const guint8 *
find_tsig (const guint8 *data, gsize len, const guint8 **ret_start, gsize *ret_len)
{
  const guint8 *p = data + HEADER_LEN, *end = data + len;
  guint records = get (data + 6) + get (data + 8) + get (data + 10);

  for (guint i = 0; p != NULL && i < get (data + 4); i++) {
    p = skip_name (p, end);
    p = p != NULL && end - p >= 4 ? p + 4 : NULL;
  }
  for (guint i = 0; p != NULL && i < records; i++) {
    const guint8 *start = p;

    p = skip_name (p, end);
    if (p == NULL || end - p < 10 || end - p - 10 < (gssize)get (p + 8))
      return NULL;
    if (i + 1 == records && get (p) == TYPE_TSIG) {
      *ret_start = start;
      *ret_len = get (p + 8);
      return p + 10;
    }
    p += 10 + get (p + 8);
  }
  return NULL;
}

/* The answer's MAC builds on the request's (RFC 8945 5.3). */
static gboolean
is_signed (const guint8 *answer, gsize len, const MrDnsUpdateKey *key, const guint8 *request_mac)
{
  const guint8 *start = NULL, *p, *end;
  gsize data_len = 0;
  g_autoptr (GByteArray) covered = g_byte_array_new ();
  guint8 mac[MAC_LEN], differs = 0;

  p = find_tsig (answer, len, &start, &data_len);
  end = p != NULL ? p + data_len : NULL;
  p = p != NULL ? skip_name (p, end) : NULL;
  if (p == NULL || end - p < 10 + MAC_LEN + 6 || get (p + 8) != MAC_LEN)
    return FALSE;
  put (covered, MAC_LEN, 2);
  g_byte_array_append (covered, request_mac, MAC_LEN);
  gsize head = covered->len;
  g_byte_array_append (covered, answer, (guint)(start - answer));
  covered->data[head + 11] -= 1; /* ARCOUNT without the TSIG */
  put_variables (covered, key->name, (gint64)get (p) << 32 | (gint64)get (p + 2) << 16 | get (p + 4),
                 get (p + 10 + MAC_LEN + 2));
  if (!make_mac (key, covered, mac))
    return FALSE;
  for (guint i = 0; i < MAC_LEN; i++)
    differs |= mac[i] ^ p[10 + i];
  return differs == 0;
}

gboolean
mr_dns_update_judge (const guint8 *answer, gsize len, guint16 id, const MrDnsUpdateKey *key, const guint8 *request_mac,
                     GError **error)
{
  guint rcode = len >= HEADER_LEN ? answer[3] & 15 : 0;

  if (len < HEADER_LEN || get (answer) != id || (answer[2] & 0x80) == 0) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("The name server's answer cannot be understood"));
    return FALSE;
  }
  if (rcode != 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 rcode == 9 ? _ ("The name server does not take this key, or the clocks differ (reply %u)")
                            : _ ("The name server refuses the change (reply %u)"),
                 rcode);
    return FALSE;
  }
  if (is_signed (answer, len, key, request_mac))
    return TRUE;
  g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL,
                       _ ("The name server's answer is not signed with the key: somebody else may have given it"));
  return FALSE;
}

gboolean
mr_dns_update_send (const char *server, const char *zone, const MrDnsChange *changes, guint n_changes, gint64 now,
                    const MrDnsUpdateKey *key, GError **error)
{
  guint8 mac[MAC_LEN], head[2];
  guint16 id;
  gsize done = 0;

  mr_random_bytes (&id, sizeof id);
  g_autoptr (GByteArray) message = mr_dns_update_build (zone, changes, n_changes, id, now, key, mac, error);
  if (message == NULL)
    return FALSE;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (client, server, 53, NULL, error);
  if (connection == NULL)
    return FALSE;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  head[0] = (guint8)(message->len >> 8);
  head[1] = (guint8)message->len;
  g_byte_array_prepend (message, head, 2);
  if (!g_output_stream_write_all (out, message->data, message->len, NULL, NULL, error)
      || !g_input_stream_read_all (in, head, 2, &done, NULL, error))
    return FALSE;
  g_autofree guint8 *answer = g_malloc (MAX_ANSWER);
  if (done < 2 || !g_input_stream_read_all (in, answer, get (head), &done, NULL, error))
    done = 0;
  if (error != NULL && *error != NULL)
    return FALSE;
  return mr_dns_update_judge (answer, done, id, key, mac, error);
}
