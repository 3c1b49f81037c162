/* Addresses as SMTP writes them (RFC 5321 4.1.2, RFC 6531 3.3); see address.h.
 *
 * The grammar is the strict one: what passes here may be put into a command or a header field as it is. Two liberties:
 * '_' in a domain (hosts with such names receive mail) and local parts longer than 64 bytes.
 */
#include "config.h"

#include "mail/address.h"

#include <arpa/inet.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <idn2.h>

/* RFC 5322 3.2.3, with RFC 6532 3.2: bytes above 127 (the whole was checked to be UTF-8). */
static gboolean
is_atext (guchar c)
{
  return c > 127 || g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static gboolean
check_quoted (const char *local, gsize len)
{
  if (len < 2 || local[len - 1] != '"')
    return FALSE;
  for (gsize i = 1; i < len - 1; i++) {
    if (local[i] == '\\') {
      i++;
      if (i >= len - 1)
        return FALSE;
    } else if (local[i] == '"') {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_local (const char *local, gsize len, GError **error)
{
  gboolean atom = FALSE;

  if (len == 0 || len > MR_LOCAL_PART_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 len == 0 ? _ ("The part before the @ is missing.") : _ ("The part before the @ is too long."));
    return FALSE;
  }
  if (local[0] == '"') {
    if (!check_quoted (local, len)) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The quotation marks before the @ do not match."));
      return FALSE;
    }
    return TRUE;
  }
  for (gsize i = 0; i < len; i++) {
    if (local[i] == '.' ? !atom : !is_atext ((guchar)local[i])) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                   _ ("“%c” may not stand there in the part before the @; put that part in quotation marks."),
                   local[i]);
      return FALSE;
    }
    atom = local[i] != '.';
  }
  if (!atom) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("The part before the @ may not end with a dot; put it in quotation marks."));
    return FALSE;
  }
  return TRUE;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 4.1.3): family and address in network order. */
static gboolean
parse_literal (const char *domain, gsize len, int *ret_family, guint8 ret_bytes[16])
{
  char text[64];

  if (len < 3 || len - 2 >= sizeof text || domain[0] != '[' || domain[len - 1] != ']')
    return FALSE;
  memcpy (text, domain + 1, len - 2);
  text[len - 2] = '\0';
  if (g_ascii_strncasecmp (text, "IPv6:", 5) == 0) {
    *ret_family = AF_INET6;
    return inet_pton (AF_INET6, text + 5, ret_bytes) == 1;
  }
  *ret_family = AF_INET;
  return inet_pton (AF_INET, text, ret_bytes) == 1;
}

static gboolean
check_labels (const char *domain, gsize len)
{
  gsize label = 0;

  for (gsize i = 0; i <= len; i++) {
    guchar c = i < len ? (guchar)domain[i] : '.';
    if (c == '.') {
      if (label == 0 || label > 63 || domain[i - 1] == '-' || domain[i - label] == '-')
        return FALSE;
      label = 0;
    } else if (c > 127 || g_ascii_isalnum (c) || c == '-' || c == '_') {
      label++;
    } else {
      return FALSE;
    }
  }
  return TRUE;
}

static char *
domain_to_ascii (const char *domain, gsize len)
{
  g_autofree char *name = g_strndup (domain, len);
  char *ascii = NULL, *copy;

  if (g_str_is_ascii (name))
    return g_ascii_strdown (name, -1);
  if (idn2_to_ascii_8z (name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
    return NULL;
  copy = strlen (ascii) <= MR_DOMAIN_MAX ? g_ascii_strdown (ascii, -1) : NULL;
  idn2_free (ascii);
  return copy;
}

static gboolean
check_domain (const char *domain, gsize len, GError **error)
{
  const char *last;
  int family;
  guint8 bytes[16];
  g_autofree char *ascii = NULL;

  if (len == 0 || len > MR_DOMAIN_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 len == 0 ? _ ("The domain after the @ is missing.") : _ ("The domain after the @ is too long."));
    return FALSE;
  }
  if (domain[0] == '[') {
    if (parse_literal (domain, len, &family, bytes))
      return TRUE;
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("What stands in brackets after the @ is no IP address; write [192.0.2.1] or [IPv6:2001:db8::1]."));
    return FALSE;
  }
  last = g_strrstr_len (domain, (gssize)len, ".");
  last = last != NULL ? last + 1 : domain;
  if (check_labels (domain, len) && strspn (last, "0123456789") < len - (gsize)(last - domain)) {
    ascii = domain_to_ascii (domain, len);
    if (ascii != NULL)
      return TRUE;
  }
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("What stands after the @ is not the name of a domain."));
  return FALSE;
}

/* Offset of the @ between local part and domain: the first one outside quotes; -1 where there is none. */
static gssize
find_at (const char *text)
{
  gboolean quoted = FALSE;

  for (gsize i = 0; text[i] != '\0'; i++) {
    if (quoted && text[i] == '\\' && text[i + 1] != '\0')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (text[i] == '@' && !quoted)
      return (gssize)i;
  }
  return -1;
}

static gboolean
check (const char *text, gssize *ret_at, GError **error)
{
  gsize len = strlen (text);

  if (len > MR_PATH_MAX || !g_utf8_validate (text, (gssize)len, NULL)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 len > MR_PATH_MAX ? _ ("The address is too long.") : _ ("The address is not valid UTF-8."));
    return FALSE;
  }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p))) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The address has a line break or another control character."));
      return FALSE;
    }
  }
  *ret_at = find_at (text);
  if (*ret_at < 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The @ is missing; an address looks like name@example.com."));
    return FALSE;
  }
  return check_local (text, (gsize)*ret_at, error)
         && check_domain (text + *ret_at + 1, len - (gsize)*ret_at - 1, error);
}

MrAddress *
mr_address_parse (const char *text, GError **error)
{
  MrAddress *address;
  gssize at;

  if (!check (text, &at, error))
    return NULL;
  address = g_new (MrAddress, 1);
  address->local = g_strndup (text, (gsize)at);
  address->domain = g_strdup (text + at + 1);
  return address;
}

void
mr_address_free (MrAddress *address)
{
  if (address == NULL)
    return;
  g_free (address->local);
  g_free (address->domain);
  g_free (address);
}

char *
mr_address_to_string (const MrAddress *address)
{
  return g_strconcat (address->local, "@", address->domain, NULL);
}

gboolean
mr_address_is_valid (const char *text)
{
  gssize at;

  return check (text, &at, NULL);
}

char *
mr_address_dup_ascii_domain (const char *text)
{
  gssize at;

  if (!check (text, &at, NULL))
    return NULL;
  if (text[at + 1] == '[')
    return g_strdup (text + at + 1);
  return domain_to_ascii (text + at + 1, strlen (text + at + 1));
}

/* domain: what stands behind an @; both may be in either form. */
static gboolean
domain_equal (const char *a, const char *b)
{
  g_autofree char *ascii_a = NULL, *ascii_b = NULL;

  if (g_ascii_strcasecmp (a, b) == 0)
    return TRUE;
  if (g_str_is_ascii (a) && g_str_is_ascii (b))
    return FALSE;
  ascii_a = domain_to_ascii (a, strlen (a));
  ascii_b = domain_to_ascii (b, strlen (b));
  return ascii_a != NULL && g_strcmp0 (ascii_a, ascii_b) == 0;
}

gboolean
mr_address_equal (const char *a, const char *b)
{
  gssize at_a = find_at (a), at_b = find_at (b);

  return at_a >= 0 && at_a == at_b && memcmp (a, b, (gsize)at_a) == 0 && domain_equal (a + at_a + 1, b + at_b + 1);
}

gboolean
mr_address_matches (const char *text, const char *pattern)
{
  gssize at = find_at (text), at_pattern;

  if (at < 0)
    return FALSE;
  if (strcmp (pattern, "*") == 0)
    return TRUE;
  if (g_str_has_prefix (pattern, "*@"))
    return domain_equal (text + at + 1, pattern + 2);
  at_pattern = find_at (pattern);
  return at == at_pattern && g_ascii_strncasecmp (text, pattern, (gsize)at) == 0
         && domain_equal (text + at + 1, pattern + at + 1);
}

/* RFC 1122 3.2.1.3, RFC 1918, RFC 3927, RFC 6598; RFC 4291 2.5, RFC 4193. */
static gboolean
literal_is_private (const char *domain)
{
  guint8 b[16];
  int family;

  if (!parse_literal (domain, strlen (domain), &family, b))
    return FALSE;
  if (family == AF_INET6) {
    static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
    static const guint8 zero[15] = { 0 };
    if (memcmp (b, mapped, sizeof mapped) != 0)
      return (memcmp (b, zero, sizeof zero) == 0 && b[15] <= 1) || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
             || (b[0] & 0xfe) == 0xfc;
    memmove (b, b + 12, 4);
  }
  return b[0] == 0 || b[0] == 10 || b[0] == 127 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168)
         || (b[0] == 169 && b[1] == 254) || (b[0] == 100 && (b[1] & 0xc0) == 64);
}

gboolean
mr_address_domain_is_local (const char *text, const char *const *own_names)
{
  static const char *const local_suffixes[] = { ".local",    ".localdomain", ".localhost",
                                                ".internal", ".lan",         ".home.arpa" };
  gssize at = find_at (text);
  const char *domain = at >= 0 ? text + at + 1 : "";
  g_autofree char *lower = g_ascii_strdown (domain, -1);

  if (domain[0] == '[')
    return literal_is_private (domain);
  if (strchr (domain, '.') == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (local_suffixes); i++) {
    if (g_str_has_suffix (lower, local_suffixes[i]) || strcmp (lower, local_suffixes[i] + 1) == 0)
      return TRUE;
  }
  for (guint i = 0; own_names != NULL && own_names[i] != NULL; i++) {
    if (domain_equal (domain, own_names[i]))
      return TRUE;
  }
  return FALSE;
}
