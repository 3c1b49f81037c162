/* Macros of SPF records: see spf-macro.h. */
#include <config.h>

#include "mailauth/spf-macro.h"

#include <string.h>

#define MAX_DOMAIN   253
#define MAX_EXPANDED 8192
#define DELIMITERS   ".-+,/_="

typedef struct {
  char letter;
  guint keep; /* labels from the right, 0: all */
  gboolean reverse;
  const char *delimiters; /* points into the text */
  gsize n_delimiters;
  const char *end; /* after the brace */
} Macro;

/* p stands at "%{". FALSE: not a macro. */
static gboolean
read_macro (const char *p, MrSpfMacroKind kind, Macro *ret)
{
  guint64 keep = 0;
  gboolean digits = FALSE;

  ret->letter = p[2];
  if (ret->letter == '\0' || strchr ("slodiphvcrt", g_ascii_tolower (ret->letter)) == NULL)
    return FALSE;
  if (kind != MR_SPF_MACRO_EXPLAIN && strchr ("crt", g_ascii_tolower (ret->letter)) != NULL)
    return FALSE;
  for (p += 3; g_ascii_isdigit (*p); p++) {
    digits = TRUE;
    /* More labels than a name can have are all of them. */
    keep = MIN (keep * 10 + (guint64)(*p - '0'), 1000);
  }
  if (digits && keep == 0)
    return FALSE;
  ret->keep = (guint)keep;
  ret->reverse = g_ascii_tolower (*p) == 'r';
  p += ret->reverse ? 1 : 0;
  ret->delimiters = p;
  ret->n_delimiters = strspn (p, DELIMITERS);
  p += ret->n_delimiters;
  ret->end = p + 1;
  return *p == '}';
}

/* "." toplabel [ "." ]: alphanumeric with hyphens inside, and not only digits. */
static gboolean
has_toplabel (const char *text)
{
  gsize len = strlen (text);
  gboolean letter = FALSE;

  if (len > 0 && text[len - 1] == '.')
    len--;
  gsize start = len;
  while (start > 0 && text[start - 1] != '.')
    start--;
  if (start == 0 || start == len || text[start] == '-' || text[len - 1] == '-')
    return FALSE;
  for (gsize i = start; i < len; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '-')
      return FALSE;
    letter |= !g_ascii_isdigit (text[i]);
  }
  return letter;
}

gboolean
mr_spf_macro_is_valid (const char *text, MrSpfMacroKind kind)
{
  gboolean ends_in_macro = FALSE;

  for (const char *p = text; *p != '\0';) {
    Macro macro;
    ends_in_macro = FALSE;
    if (*p != '%') {
      if ((*p < 0x21 || *p > 0x7e) && !(*p == ' ' && kind == MR_SPF_MACRO_EXPLAIN))
        return FALSE;
      p++;
    } else if (p[1] == '{' && read_macro (p, kind, &macro)) {
      p = macro.end;
      ends_in_macro = TRUE;
    } else if (p[1] == '%' || p[1] == '_' || p[1] == '-') {
      p += 2;
    } else {
      return FALSE;
    }
  }
  return kind != MR_SPF_MACRO_DOMAIN || ends_in_macro || has_toplabel (text);
}

gboolean
mr_spf_macro_needs_validated (const char *text)
{
  for (const char *p = strchr (text, '%'); p != NULL && p[1] != '\0'; p = strchr (p + 2, '%'))
    if (p[1] == '{' && (p[2] == 'p' || p[2] == 'P'))
      return TRUE;
  return FALSE;
}

static void
append_address (GString *out, const MrSpfMacroValues *values)
{
  const guint8 *a = values->address;

  if (values->is_ip4) {
    g_string_append_printf (out, "%u.%u.%u.%u", a[12], a[13], a[14], a[15]);
    return;
  }
  for (guint i = 0; i < 16; i++)
    g_string_append_printf (out, "%s%X.%X", i > 0 ? "." : "", a[i] >> 4, a[i] & 15);
}

static void
append_value (GString *out, char letter, const MrSpfMacroValues *values)
{
  const char *at = strrchr (values->sender, '@');

  switch (g_ascii_tolower (letter)) {
  case 's':
    g_string_append (out, values->sender);
    break;
  case 'l':
    g_string_append_len (out, values->sender, at - values->sender);
    break;
  case 'o':
    g_string_append (out, at + 1);
    break;
  case 'd':
    g_string_append (out, values->domain);
    break;
  case 'i':
    append_address (out, values);
    break;
  case 'p':
    g_string_append (out, values->validated != NULL ? values->validated : "unknown");
    break;
  case 'h':
    g_string_append (out, values->helo);
    break;
  case 'v':
    g_string_append (out, values->is_ip4 ? "in-addr" : "ip6");
    break;
  case 'c':
    g_string_append (out, values->client);
    break;
  case 'r':
    g_string_append (out, values->receiver);
    break;
  case 't':
    g_string_append_printf (out, "%" G_GINT64_FORMAT, values->now);
    break;
  default:
    g_assert_not_reached ();
  }
}

static GPtrArray *
split (const char *value, const Macro *macro)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  const char *start = value;

  for (const char *p = value;; p++) {
    gboolean cut = macro->n_delimiters > 0 ? *p != '\0' && memchr (macro->delimiters, *p, macro->n_delimiters) != NULL
                                           : *p == '.';
    if (!cut && *p != '\0')
      continue;
    g_ptr_array_add (parts, g_strndup (start, (gsize)(p - start)));
    if (*p == '\0')
      return parts;
    start = p + 1;
  }
}

/* Split, reverse, keep from the right, join with dots (7.3). */
static char *
transform (const char *value, const Macro *macro)
{
  g_autoptr (GPtrArray) parts = split (value, macro);
  GString *out = g_string_new (NULL);
  guint keep = macro->keep > 0 ? MIN (macro->keep, parts->len) : parts->len;

  for (guint i = parts->len - keep; i < parts->len; i++) {
    guint at = macro->reverse ? parts->len - 1 - i : i;
    if (out->len > 0 || i > parts->len - keep)
      g_string_append_c (out, '.');
    g_string_append (out, g_ptr_array_index (parts, at));
  }
  return g_string_free (out, FALSE);
}

static void
append_macro (GString *out, const Macro *macro, const MrSpfMacroValues *values)
{
  g_autoptr (GString) value = g_string_new (NULL);

  append_value (value, macro->letter, values);
  g_autofree char *transformed = transform (value->str, macro);
  if (g_ascii_isupper (macro->letter))
    g_string_append_uri_escaped (out, transformed, NULL, FALSE);
  else
    g_string_append (out, transformed);
}

static char *
shorten_domain (const char *domain)
{
  gsize len = strlen (domain);

  if (len > 0 && domain[len - 1] == '.')
    len--;
  const char *p = domain;
  while (len - (gsize)(p - domain) > MAX_DOMAIN) {
    const char *dot = strchr (p, '.');
    if (dot == NULL)
      break;
    p = dot + 1;
  }
  return g_strdup (p);
}

char *
mr_spf_macro_expand (const char *text, MrSpfMacroKind kind, const MrSpfMacroValues *values)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = text; *p != '\0' && out->len < MAX_EXPANDED;) {
    Macro macro;
    if (*p != '%') {
      g_string_append_c (out, *p++);
    } else if (p[1] == '{') {
      g_return_val_if_fail (read_macro (p, kind, &macro), NULL);
      append_macro (out, &macro, values);
      p = macro.end;
    } else {
      g_string_append (out, p[1] == '%' ? "%" : p[1] == '_' ? " " : "%20");
      p += 2;
    }
  }
  return kind == MR_SPF_MACRO_DOMAIN ? shorten_domain (out->str) : g_strdup (out->str);
}
