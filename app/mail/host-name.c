/* Host names: see host-name.h. Syntax only, nothing is looked up (RFC 1123 2.1, RFC 3986 3.2.2 for URLs). */
#include "mail/host-name.h"

#include <arpa/inet.h>
#include <string.h>

#define NAME_MAX_BYTES  253
#define LABEL_MAX_BYTES 63
#define URL_MAX         2048

static gboolean
is_literal (const char *text)
{
  struct in_addr four;
  struct in6_addr six;

  return inet_pton (AF_INET, text, &four) == 1 || inet_pton (AF_INET6, text, &six) == 1;
}

static gboolean
label_is_valid (const char *label, gsize len)
{
  if (len == 0 || len > LABEL_MAX_BYTES || label[0] == '-' || label[len - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-')
      return FALSE;
  return TRUE;
}

gboolean
mr_host_name_is_valid (const char *text)
{
  const char *label = text;
  gboolean only_digits = TRUE;

  if (text == NULL || *text == '\0' || strlen (text) > NAME_MAX_BYTES)
    return FALSE;
  if (is_literal (text))
    return TRUE;
  for (;;) {
    gsize len = strcspn (label, ".");

    if (!label_is_valid (label, len))
      return FALSE;
    only_digits = strspn (label, "0123456789") == len;
    if (label[len] == '\0')
      break;
    label += len + 1;
  }
  /* What ends in a number would be read as a broken IPv4 literal by some and as a name by others. */
  return !only_digits;
}

gboolean
mr_host_name_is_below (const char *name, const char *suffix)
{
  gsize len = strlen (name), end = strlen (suffix);

  if (len < end || end == 0 || g_ascii_strcasecmp (name + len - end, suffix) != 0)
    return FALSE;
  return len == end || name[len - end - 1] == '.';
}

gboolean
mr_host_name_is_loopback (const char *text)
{
  struct in_addr four;
  struct in6_addr six;

  if (g_ascii_strcasecmp (text, "localhost") == 0)
    return TRUE;
  if (inet_pton (AF_INET, text, &four) == 1)
    return (ntohl (four.s_addr) >> 24) == 127;
  return inet_pton (AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK (&six);
}

gboolean
mr_https_url_is_valid (const char *text)
{
  const char *host = text != NULL && g_str_has_prefix (text, "https://") ? text + strlen ("https://") : NULL;
  gsize len;

  if (host == NULL || strlen (text) > URL_MAX)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || strchr ("\"<>\\^`{|}", *p) != NULL)
      return FALSE;
  len = strcspn (host, "/?#");
  /* "https://bank.example@elsewhere.example/" is made to be misread. */
  if (memchr (host, '@', len) != NULL)
    return FALSE;
  g_autofree char *authority = g_strndup (host, len);
  char *colon = strrchr (authority, ':');
  if (colon != NULL && colon[1] != '\0' && strspn (colon + 1, "0123456789") == strlen (colon + 1)
      && strlen (colon + 1) <= 5)
    *colon = '\0';
  return mr_host_name_is_valid (authority);
}
