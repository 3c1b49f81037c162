/* Takes out of a reply what can be shown: time to wait, size limit, address of a page, codes. Hostile input
 * throughout. */
#include "ndr/diagnosis-private.h"

#include <string.h>

#define URL_MAX  200
#define WAIT_MAX (7 * 86400)

static gboolean
is_code_char (char c)
{
  return g_ascii_isdigit (c) || c == '.';
}

/* d.d.d at p, with nothing like it on either side. Returns its length, 0: none. */
static gsize
enhanced_at (const char *start, const char *p, guint ret[3])
{
  const char *q = p;

  if ((*p != '2' && *p != '4' && *p != '5') || p[1] != '.'
      || (p > start && (is_code_char (p[-1]) || g_ascii_isalpha (p[-1]))))
    return 0;
  for (guint part = 0; part < 3; part++) {
    guint value = 0, digits = 0;

    if (part > 0 && *q++ != '.')
      return 0;
    for (; g_ascii_isdigit (*q) && digits < 3; q++, digits++)
      value = value * 10 + (guint)(*q - '0');
    if (digits == 0)
      return 0;
    ret[part] = value;
  }
  if (g_ascii_isdigit (*q) || (*q == '.' && g_ascii_isdigit (q[1])))
    return 0;
  return (gsize)(q - p);
}

gboolean
mr_extract_enhanced (const char *text, guint ret[3])
{
  guint found[3];

  for (const char *p = text; *p != '\0'; p++)
    if (enhanced_at (text, p, found) > 0 && (found[0] == 4 || found[0] == 5) && (found[1] != 0 || found[2] != 0)) {
      memcpy (ret, found, sizeof found);
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_reply_code (const char *p)
{
  return (*p == '4' || *p == '5') && g_ascii_isdigit (p[1]) && g_ascii_isdigit (p[2]) && !g_ascii_isalnum (p[3]);
}

guint
mr_extract_code (const char *text)
{
  for (const char *p = text; *p != '\0' && p - text < MR_NDR_TEXT_MAX; p++) {
    gboolean alone = p == text || g_ascii_isspace (p[-1]) || p[-1] == ':';

    if (alone && is_reply_code (p) && (p[3] == ' ' || p[3] == '-' || (p > text && p[-1] == ':' && p[3] == ',')))
      return (guint)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
  }
  return 0;
}

/* Length of "550-5.1.1 " or "550-" in the midst of a folded reply. */
static gsize
continuation (const char *start, const char *p)
{
  guint code[3];
  gsize len;

  if (!is_reply_code (p) || (p[3] != '-' && p[3] != ' ') || p == start || !g_ascii_isspace (p[-1]))
    return 0;
  len = enhanced_at (start, p + 4, code);
  if (p[3] == '-')
    return 4 + len;
  return len > 0 ? 4 + len : 0;
}

/* U+00C0 to U+017F without their accents. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* One character at p, folded; returns the bytes read. Bytes that are no UTF-8 stay as they are. */
static gsize
fold_one (const char *p, gsize left, char *out, gsize *ret_len)
{
  gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char_validated (p, (gssize)left);

  *ret_len = 1;
  if (c < 0x80) {
    *out = g_ascii_tolower ((char)c);
    return 1;
  }
  if (c >= 0x110000) {
    *out = *p;
    return 1;
  }
  if (c >= 0xc0 && c <= 0x17f)
    *out = latin[c - 0xc0];
  else if (c == 0x2018 || c == 0x2019 || c == 0xb4)
    *out = '\'';
  else if (c == 0x201c || c == 0x201d || c == 0xab || c == 0xbb)
    *out = '"';
  else if (c == 0xa0 || c == 0x3000)
    *out = ' ';
  else
    *ret_len = (gsize)g_unichar_to_utf8 (g_unichar_tolower (c), out);
  return (gsize)(g_utf8_next_char (p) - p);
}

char *
mr_extract_fold (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text, *end = text + strlen (text); p < end;) {
    char bytes[8];
    gsize len;

    p += fold_one (p, (gsize)(end - p), bytes, &len);
    g_string_append_len (out, bytes, (gssize)len);
  }
  return g_string_free (out, FALSE);
}

/* The local part of an address says nothing about the failure, whatever words it is made of. */
static gsize
mask_local_part (const char *text, gsize len)
{
  gsize start = len;

  while (start > 1 && strchr (" <>()[]\"',;:=", text[start - 1]) == NULL && len - start < 64)
    start--;
  return start == len ? len : start;
}

gsize
mr_extract_normalize (const char *text, char *ret)
{
  gsize len = 0;
  g_autofree char *cut = g_strndup (text, strnlen (text, MR_NDR_TEXT_MAX));
  const char *end = cut + strlen (cut);

  ret[len++] = ' ';
  for (const char *p = cut; p < end && len < MR_NDR_TEXT_MAX;) {
    gsize skip = continuation (cut, p), n;
    char bytes[8];

    if (skip > 0) {
      p += skip;
      continue;
    }
    p += fold_one (p, (gsize)(end - p), bytes, &n);
    if (g_ascii_isspace (bytes[0]) || g_ascii_iscntrl (bytes[0]))
      bytes[0] = ' ';
    if (bytes[0] == ' ' && ret[len - 1] == ' ')
      continue;
    if (bytes[0] == '@')
      len = mask_local_part (ret, len);
    memcpy (ret + len, bytes, n);
    len += n;
  }
  if (ret[len - 1] != ' ')
    ret[len++] = ' ';
  ret[len] = '\0';
  return len;
}

/* Where a reply was quoted together with what it answered. */
MrStage
mr_extract_stage (const char *text)
{
  static const struct {
    const char *says;
    MrStage stage;
  } signs[] = {
    { "in reply to rcpt to", MR_STAGE_RCPT },
    { "in reply to mail from", MR_STAGE_MAIL },
    { "in reply to end of data", MR_STAGE_DOT },
    { "in reply to data command", MR_STAGE_DATA },
    { "in reply to helo", MR_STAGE_EHLO },
    { "in reply to ehlo", MR_STAGE_EHLO },
    { "after rcpt to", MR_STAGE_RCPT },
    { "after mail from", MR_STAGE_MAIL },
    { "after end of data", MR_STAGE_DOT },
    { "after initial connection", MR_STAGE_CONNECT },
    { "after helo", MR_STAGE_EHLO },
    { "after ehlo", MR_STAGE_EHLO },
    { "like our rcpt to", MR_STAGE_RCPT },
    { "like our mail from", MR_STAGE_MAIL },
    { "like our final data", MR_STAGE_DOT },
    { "does not like recipient", MR_STAGE_RCPT },
    { "but sender was rejected", MR_STAGE_MAIL },
    { "but greeting failed", MR_STAGE_CONNECT },
    { "failed after i sent the message", MR_STAGE_DOT },
    { ">>> rcpt to", MR_STAGE_RCPT },
    { ">>> mail from", MR_STAGE_MAIL },
    { ">>> data", MR_STAGE_DATA },
    { "smtp:rcpt host", MR_STAGE_RCPT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (strstr (text, signs[i].says) != NULL)
      return signs[i].stage;
  return MR_STAGE_NONE;
}

static guint
unit_seconds (const char *p)
{
  static const struct {
    const char *name;
    guint seconds;
  } units[] = { { "second", 1 }, { "sec", 1 }, { "minute", 60 }, { "min", 60 }, { "hour", 3600 }, { "day", 86400 } };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_prefix (p, units[i].name))
      return units[i].seconds;
  if ((*p == 's' || *p == 'm' || *p == 'h') && !g_ascii_isalnum (p[1]))
    return *p == 's' ? 1 : *p == 'm' ? 60 : 3600;
  return 0;
}

/* "00:04:59" or "04:59" at p: seconds, 0: not a duration. */
static guint
clock_seconds (const char *p)
{
  guint parts[3], n = 0;

  while (n < 3 && g_ascii_isdigit (*p)) {
    guint value = 0;

    for (guint digits = 0; g_ascii_isdigit (*p) && digits < 2; digits++, p++)
      value = value * 10 + (guint)(*p - '0');
    parts[n++] = value;
    if (*p != ':')
      break;
    p++;
  }
  if (n < 2 || g_ascii_isalnum (*p))
    return 0;
  return n == 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
}

/* The number after a word that asks to wait. */
static guint
wait_at (const char *p)
{
  guint64 value = 0;
  guint unit, clock;
  const char *digits;

  while (*p == ' ' || *p == ':' || *p == '=')
    p++;
  clock = clock_seconds (p);
  if (clock > 0)
    return clock;
  digits = p;
  for (; g_ascii_isdigit (*p) && p - digits < 7; p++)
    value = value * 10 + (guint64)(*p - '0');
  if (p == digits || value == 0)
    return 0;
  while (*p == ' ' || *p == '-')
    p++;
  unit = unit_seconds (p);
  return unit == 0 ? 0 : (guint)MIN (value * unit, WAIT_MAX);
}

guint
mr_extract_wait (const char *text)
{
  static const char *const asks[]
      = { "retry in ", "try again in ",  "try again after ", "retry after ", "again within ",          "wait ",
          "wait for ", "wait at least ", "come back in ",    "listed for ",  "listing in effect for ", "retry-after",
          " in ",      " for ",          " after " };
  static const char *const signs[] = { "again", "retry", "wait", "listed", "listing", "later", "come back", "defer" };
  gboolean sign = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (signs) && !sign; i++)
    sign = strstr (text, signs[i]) != NULL;
  for (guint i = 0; sign && i < G_N_ELEMENTS (asks); i++) {
    const char *p = text;

    while ((p = strstr (p, asks[i])) != NULL) {
      guint seconds = wait_at (p + strlen (asks[i]));

      if (seconds > 0)
        return seconds;
      p += strlen (asks[i]);
    }
  }
  return 0;
}

guint64
mr_extract_limit (const char *text)
{
  static const char *const names[] = { "size limit", "size=",  "limit is",    "limit of", "more than",
                                       "maximum",    "limit:", "larger than", "exceeds" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *p = strstr (text, names[i]);
    guint64 value = 0;
    const char *digits;

    if (p == NULL)
      continue;
    p += strlen (names[i]);
    p += strspn (p, " =:(<>");
    if (g_str_has_prefix (p, "of ") || g_str_has_prefix (p, "is "))
      p += 3;
    digits = p;
    for (; g_ascii_isdigit (*p) && p - digits < 12; p++)
      value = value * 10 + (guint64)(*p - '0');
    if (p == digits || g_ascii_isdigit (*p))
      continue;
    p += *p == ' ';
    if (*p == 'k')
      value *= 1000;
    else if (*p == 'm')
      value *= 1000 * 1000;
    else if (*p == 'g')
      value *= 1000 * 1000 * 1000;
    if (value >= 10000)
      return value;
  }
  return 0;
}

char *
mr_extract_url (const char *text)
{
  for (const char *p = text; (p = strstr (p, "http")) != NULL; p += 4) {
    gsize len = 0, scheme = g_str_has_prefix (p, "https://") ? 8 : g_str_has_prefix (p, "http://") ? 7 : 0;

    if (scheme == 0)
      continue;
    while (len <= URL_MAX && g_ascii_isgraph (p[len]) && strchr ("<>\"'`\\^{|}", p[len]) == NULL)
      len++;
    if (len > URL_MAX || !g_ascii_isalnum (p[scheme]))
      continue;
    while (len > scheme && strchr (".,;:)]!?", p[len - 1]) != NULL)
      len--;
    return g_strndup (p, len);
  }
  return NULL;
}

MrSpeaker
mr_speaker_guess (MrStage stage, const char *text)
{
  static const char *const quoted[] = { "in reply to ",           "remote host said", "remote server",
                                        "remote mail server",     " said: ",          "did not like our",
                                        "does not like recipient" };

  if (stage == MR_STAGE_AUTH)
    return MR_SPEAKER_ACCOUNT;
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (quoted); i++)
    if (strcasestr (text, quoted[i]) != NULL)
      return MR_SPEAKER_RECIPIENT_SERVER;
  return MR_SPEAKER_ACCOUNT;
}
