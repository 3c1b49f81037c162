/* One header field made 7 bit; see convert-field.h.
 *
 * Four kinds of field: lists of addresses (phrases and comments are encoded, domains become A-labels), fields with
 * parameters, fields with a strict syntax that has no place for text (a byte above 127 is an error there and
 * becomes '?'), and all others, which are text. /
 */
#include "config.h"

#include "mail/convert-field.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "mail/address-list.h"
#include "mail/address.h"
#include "mail/encode.h"
#include "mail/field.h"

/* Where a line is folded (RFC 5322 2.1.1 recommends 78). */
#define FOLD_AT 76

static gboolean
is_wsp (char c)
{
  return c == ' ' || c == '\t';
}

static gboolean
name_in (const char *name, gsize len, const char *const *list)
{
  for (; *list != NULL; list++) {
    if (mr_field_name_is (name, len, *list))
      return TRUE;
  }
  return FALSE;
}

/* 7-bit text word by word, folded before a word that does not fit. */
static void
append_folded (GString *out, const char *text, gsize len)
{
  gsize column = mr_encode_column (out);

  for (gsize pos = 0, space, end; pos < len; pos = end) {
    for (space = pos; space < len && is_wsp (text[space]);)
      space++;
    for (end = space; end < len && !is_wsp (text[end]);)
      end++;
    if (space > pos && end > space && column > 1 && column + (end - pos) > FOLD_AT) {
      g_string_append (out, "\r\n");
      column = 0;
    }
    g_string_append_len (out, text + pos, (gssize)(end - pos));
    column += end - pos;
  }
}

static void
append_scrubbed (GString *out, const char *text, gsize len)
{
  g_autofree char *clean = g_strndup (text, len);

  for (gsize i = 0; i < len; i++) {
    if ((guchar)clean[i] > 127)
      clean[i] = '?';
  }
  append_folded (out, clean, len);
}

/* From the first word with such a byte to the last: white space between two encoded words would be dropped by
 * readers. */
static void
convert_text (GString *out, const char *text, gsize len)
{
  g_autofree char *decoded = NULL;
  gsize first = 0, last = len;

  if (g_strstr_len (text, (gssize)len, "=?") != NULL) {
    g_autofree char *whole = g_strndup (text, len);
    decoded = mr_field_decode (whole);
    mr_encode_words (out, decoded, strlen (decoded));
    return;
  }
  while (first < len && (guchar)text[first] < 128)
    first++;
  while (first > 0 && !is_wsp (text[first - 1]))
    first--;
  while (last > first && (guchar)text[last - 1] < 128)
    last--;
  while (last < len && !is_wsp (text[last]))
    last++;
  append_folded (out, text, first);
  mr_encode_words (out, text + first, last - first);
  append_folded (out, text + last, len - last);
}

/* An addr-spec with bytes above 127. */
static gboolean
convert_spec (GString *out, const char *text, gsize len, GError **error)
{
  g_autofree char *spec = g_strndup (text, len);
  char *at = strrchr (g_strstrip (spec), '@');
  g_autofree char *probe = at != NULL ? g_strconcat ("x@", at + 1, NULL) : NULL;
  g_autofree char *domain = probe != NULL ? mr_address_dup_ascii_domain (probe) : NULL;

  if (at == NULL) {
    append_scrubbed (out, text, len);
    return TRUE;
  }
  if (domain == NULL || mr_bytes_have_8bit (spec, (gsize)(at - spec))) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("The header has an address that cannot be written in 7 bit; send the message through a server that "
                    "takes 8-bit mail and international addresses."));
    return FALSE;
  }
  g_string_append_len (out, spec, at + 1 - spec);
  g_string_append (out, domain);
  return TRUE;
}

/* Quotes and backslashes taken off: an encoded word needs none. */
static void
append_unquoted (GString *out, const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    if (text[i] == '\\' && i + 1 < len)
      g_string_append_c (out, text[++i]);
    else if (text[i] != '"')
      g_string_append_c (out, text[i]);
  }
}

/* Words up to a special: a phrase, or an address without brackets. */
static gboolean
convert_words (GString *out, const char *text, gsize len, gboolean in_angle, GError **error)
{
  gsize end = len;
  gboolean is_spec = in_angle;

  while (end > 0 && is_wsp (text[end - 1]))
    end--;
  for (gsize i = 0; i < end && !is_spec; i++) {
    if (text[i] == '"')
      i = mr_address_skip_token (text, end, i) - 1;
    else
      is_spec = text[i] == '@';
  }
  if (!mr_bytes_have_8bit (text, end)) {
    append_folded (out, text, end);
  } else if (is_spec) {
    if (!convert_spec (out, text, end, error))
      return FALSE;
  } else {
    g_autoptr (GString) phrase = g_string_sized_new (end);
    append_unquoted (phrase, text, end);
    convert_text (out, phrase->str, phrase->len);
  }
  g_string_append_len (out, text + end, (gssize)(len - end));
  return TRUE;
}

/* text: with its parentheses. */
static void
convert_comment (GString *out, const char *text, gsize len)
{
  g_autoptr (GString) inner = g_string_sized_new (len);

  if (!mr_bytes_have_8bit (text, len)) {
    append_folded (out, text, len);
    return;
  }
  append_unquoted (inner, text + 1, len - 1 - (len > 1 && text[len - 1] == ')' ? 1 : 0));
  g_string_append_c (out, '(');
  mr_encode_words (out, inner->str, inner->len);
  g_string_append_c (out, ')');
}

static gboolean
convert_addresses (GString *out, const char *text, gsize len, GError **error)
{
  gboolean angle = FALSE;

  for (gsize pos = 0, end; pos < len; pos = end) {
    char c = text[pos];

    end = pos + 1;
    if (c == '(') {
      end = mr_address_skip_token (text, len, pos);
      convert_comment (out, text + pos, end - pos);
    } else if (strchr ("<>,;: \t", c) != NULL) {
      angle = c == '<' || (angle && c != '>');
      if (c == ' ' && end < len && mr_encode_column (out) > FOLD_AT)
        g_string_append (out, "\r\n");
      g_string_append_c (out, c);
    } else {
      for (end = pos; end < len && strchr ("<>,;:(", text[end]) == NULL;)
        end = text[end] == '"' ? mr_address_skip_token (text, len, end) : end + 1;
      if (!convert_words (out, text + pos, end - pos, angle, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* One parameter, from behind its semicolon to the next. */
static void
convert_parameter (GString *out, const char *text, gsize len)
{
  gsize name = 0, name_end, value;
  const char *equals = memchr (text, '=', len);
  g_autoptr (GString) plain = g_string_sized_new (len);

  if (equals == NULL || !mr_bytes_have_8bit (text, len) || mr_bytes_have_8bit (text, (gsize)(equals - text))) {
    append_scrubbed (out, text, len);
    return;
  }
  while (is_wsp (text[name]))
    name++;
  for (name_end = (gsize)(equals - text); name_end > name && is_wsp (text[name_end - 1]);)
    name_end--;
  for (value = (gsize)(equals - text) + 1; value < len && is_wsp (text[value]);)
    value++;
  while (len > value && is_wsp (text[len - 1]))
    len--;
  g_string_append (out, "\r\n\t");
  if (memchr (text + name, '*', name_end - name) != NULL) {
    /* Extended already (RFC 2231): only its wrong bytes are escaped. */
    g_string_append_len (out, text + name, (gssize)(value - name));
    for (gsize i = value; i < len; i++)
      g_string_append_printf (out, (guchar)text[i] > 127 ? "%%%02X" : "%c", (guchar)text[i]);
    return;
  }
  if (value < len && text[value] == '"')
    append_unquoted (plain, text + value, mr_address_skip_token (text, len, value) - value);
  else
    g_string_append_len (plain, text + value, (gssize)(len - value));
  mr_encode_parameter (out, text + name, name_end - name, plain->str, plain->len);
}

static void
convert_parameters (GString *out, const char *text, gsize len)
{
  for (gsize pos = 0, end, i = 0; pos < len; pos = end, i++) {
    for (end = pos; end < len && text[end] != ';';)
      end = text[end] == '"' || text[end] == '(' ? mr_address_skip_token (text, len, end) : end + 1;
    if (i == 0)
      append_scrubbed (out, text, end);
    else
      convert_parameter (out, text + pos, end - pos);
    if (end < len)
      g_string_append_c (out, text[end++]);
  }
}

char *
mr_convert_field (const char *raw, gsize len, GError **error)
{
  static const char *const addresses[] = { "From",
                                           "Sender",
                                           "Reply-To",
                                           "To",
                                           "Cc",
                                           "Bcc",
                                           "Resent-From",
                                           "Resent-Sender",
                                           "Resent-Reply-To",
                                           "Resent-To",
                                           "Resent-Cc",
                                           "Resent-Bcc",
                                           "Disposition-Notification-To",
                                           "Return-Receipt-To",
                                           "Errors-To",
                                           "Mail-Followup-To",
                                           "Mail-Reply-To",
                                           "Delivered-To",
                                           "X-Original-To",
                                           NULL };
  static const char *const with_parameters[] = { "Content-Type", "Content-Disposition", NULL };
  static const char *const strict[] = { "Message-ID",
                                        "Resent-Message-ID",
                                        "In-Reply-To",
                                        "References",
                                        "Content-ID",
                                        "Date",
                                        "Resent-Date",
                                        "Received",
                                        "Return-Path",
                                        "MIME-Version",
                                        "Content-Transfer-Encoding",
                                        "Content-Language",
                                        "Content-Location",
                                        NULL };
  GString *out = g_string_sized_new (len * 2);
  const char *colon = memchr (raw, ':', len);
  gsize name_len = (gsize)(colon - raw), text_len;
  g_autofree char *text = mr_field_unfold (colon + 1, len - name_len - 1, &text_len);
  gboolean good = TRUE;

  /* RFC 5322 4: a NUL has no place in a header, and it would end the strings below. */
  for (char *nul; (nul = memchr (text, '\0', text_len)) != NULL;)
    *nul = '?';
  g_string_append_len (out, raw, (gssize)name_len);
  g_string_append (out, ": ");
  while (name_len > 0 && is_wsp (raw[name_len - 1]))
    name_len--;
  if (name_in (raw, name_len, addresses))
    good = convert_addresses (out, text, text_len, error);
  else if (name_in (raw, name_len, with_parameters))
    convert_parameters (out, text, text_len);
  else if (name_in (raw, name_len, strict))
    append_scrubbed (out, text, text_len);
  else
    convert_text (out, text, text_len);
  g_string_append (out, "\r\n");
  return g_string_free (out, !good);
}
