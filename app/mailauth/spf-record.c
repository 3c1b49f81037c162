/* The grammar of SPF records (RFC 7208 4.5, 4.6, 5, 6). A record with one wrong term is wrong as a whole. */
#include <config.h>

#include "mailauth/spf.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "mailauth/spf-macro.h"

#define VERSION    "v=spf1"
#define MAX_RECORD 8192
#define MAX_TERMS  512

typedef enum { NO_DOMAIN, MAY_DOMAIN, NEEDS_DOMAIN, NEEDS_ADDRESS } Argument;

typedef struct {
  const char *name;
  MrSpfKind kind;
  Argument argument;
  gboolean cidr; /* dual-cidr-length may follow */
} Mechanism;

static const Mechanism mechanisms[] = {
  { "all", MR_SPF_ALL, NO_DOMAIN, FALSE },     { "include", MR_SPF_INCLUDE, NEEDS_DOMAIN, FALSE },
  { "a", MR_SPF_A, MAY_DOMAIN, TRUE },         { "mx", MR_SPF_MX, MAY_DOMAIN, TRUE },
  { "ptr", MR_SPF_PTR, MAY_DOMAIN, FALSE },    { "ip4", MR_SPF_IP4, NEEDS_ADDRESS, FALSE },
  { "ip6", MR_SPF_IP6, NEEDS_ADDRESS, FALSE }, { "exists", MR_SPF_EXISTS, NEEDS_DOMAIN, FALSE },
};

static void
term_free (gpointer data)
{
  MrSpfTerm *term = data;

  if (term == NULL)
    return;
  g_free (term->text);
  g_free (term->domain);
  g_free (term);
}

void
mr_spf_record_free (MrSpfRecord *record)
{
  if (record == NULL)
    return;
  g_ptr_array_unref (record->terms);
  term_free (record->redirect);
  term_free (record->exp);
  g_free (record);
}

gboolean
mr_spf_is_record (const char *text)
{
  gsize len = strlen (VERSION);

  return g_ascii_strncasecmp (text, VERSION, len) == 0 && (text[len] == ' ' || text[len] == '\0');
}

/* "0" or digits without a leading zero, at most max. FALSE: not so. */
static gboolean
read_prefix (const char *text, gsize len, guint max, guint *ret)
{
  guint value = 0;

  if (len == 0 || len > 3 || (text[0] == '0' && len > 1))
    return FALSE;
  for (gsize i = 0; i < len; i++) {
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
    value = value * 10 + (guint)(text[i] - '0');
  }
  if (value > max)
    return FALSE;
  *ret = value;
  return TRUE;
}

/* Takes [ "/" n ] [ "//" n ] off the end of text, in place. */
static gboolean
take_dual_cidr (char *text, MrSpfTerm *term)
{
  char *slash = strrchr (text, '/');

  if (slash != NULL && slash > text && slash[-1] == '/') {
    if (!read_prefix (slash + 1, strlen (slash + 1), 128, &term->prefix6))
      return FALSE;
    slash[-1] = '\0';
    slash = strrchr (text, '/');
  }
  /* A slash that digits do not follow belongs to the domain-spec, whose own grammar then decides. */
  if (slash == NULL || strspn (slash + 1, "0123456789") != strlen (slash + 1))
    return TRUE;
  if (!read_prefix (slash + 1, strlen (slash + 1), 32, &term->prefix4))
    return FALSE;
  *slash = '\0';
  return TRUE;
}

static gboolean
read_network (const char *text, MrSpfTerm *term)
{
  gboolean ip4 = term->kind == MR_SPF_IP4;
  g_autofree char *address = g_strdup (text);
  char *slash = strchr (address, '/');
  guint *prefix = ip4 ? &term->prefix4 : &term->prefix6;

  if (slash != NULL) {
    if (!read_prefix (slash + 1, strlen (slash + 1), ip4 ? 32 : 128, prefix))
      return FALSE;
    *slash = '\0';
  }
  return inet_pton (ip4 ? AF_INET : AF_INET6, address, term->network) == 1;
}

static gboolean
read_argument (const Mechanism *mechanism, const char *argument, MrSpfTerm *term)
{
  g_autofree char *rest = g_strdup (argument);

  if (mechanism->argument == NO_DOMAIN)
    return *rest == '\0';
  if (mechanism->argument == NEEDS_ADDRESS)
    return *rest == ':' && read_network (rest + 1, term);
  if (mechanism->cidr && !take_dual_cidr (rest, term))
    return FALSE;
  if (*rest == '\0')
    return mechanism->argument == MAY_DOMAIN;
  if (*rest != ':' || !mr_spf_macro_is_valid (rest + 1, MR_SPF_MACRO_DOMAIN))
    return FALSE;
  term->domain = g_strdup (rest + 1);
  return TRUE;
}

static gboolean
read_qualifier (char c, MrSpfResult *ret)
{
  switch (c) {
  case '+':
    *ret = MR_SPF_PASS;
    return TRUE;
  case '-':
    *ret = MR_SPF_FAIL;
    return TRUE;
  case '~':
    *ret = MR_SPF_SOFTFAIL;
    return TRUE;
  case '?':
    *ret = MR_SPF_NEUTRAL;
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
read_mechanism (const char *text, MrSpfTerm *term)
{
  term->qualifier = MR_SPF_PASS;
  text += read_qualifier (*text, &term->qualifier) ? 1 : 0;
  gsize len = strcspn (text, ":/");
  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++) {
    if (strlen (mechanisms[i].name) != len || g_ascii_strncasecmp (mechanisms[i].name, text, len) != 0)
      continue;
    term->kind = mechanisms[i].kind;
    return read_argument (&mechanisms[i], text + len, term);
  }
  return FALSE;
}

/* Length of the name of a modifier, 0: no modifier. */
static gsize
modifier_name (const char *text)
{
  gsize len = 0;

  if (!g_ascii_isalpha (text[0]))
    return 0;
  while (g_ascii_isalnum (text[len]) || (text[len] != '\0' && strchr ("-_.", text[len]) != NULL))
    len++;
  return text[len] == '=' ? len : 0;
}

static gboolean
read_modifier (const char *text, gsize name_len, MrSpfTerm *term)
{
  const char *value = text + name_len + 1;

  if (name_len == strlen ("redirect") && g_ascii_strncasecmp (text, "redirect", name_len) == 0)
    term->kind = MR_SPF_REDIRECT;
  else if (name_len == strlen ("exp") && g_ascii_strncasecmp (text, "exp", name_len) == 0)
    term->kind = MR_SPF_EXP;
  else
    term->kind = MR_SPF_OTHER;
  term->domain = g_strdup (value);
  return mr_spf_macro_is_valid (value, term->kind == MR_SPF_OTHER ? MR_SPF_MACRO_VALUE : MR_SPF_MACRO_DOMAIN);
}

static gboolean
keep_once (MrSpfTerm **place, MrSpfTerm *term)
{
  if (*place != NULL)
    return FALSE;
  *place = term;
  return TRUE;
}

/* Takes term on success. FALSE: a second redirect or exp, or too many terms. */
static gboolean
keep (MrSpfRecord *record, MrSpfTerm *term)
{
  if (term->kind == MR_SPF_REDIRECT)
    return keep_once (&record->redirect, term);
  if (term->kind == MR_SPF_EXP)
    return keep_once (&record->exp, term);
  if (record->terms->len >= MAX_TERMS)
    return FALSE;
  g_ptr_array_add (record->terms, term);
  return TRUE;
}

static gboolean
read_term (MrSpfRecord *record, const char *text)
{
  MrSpfTerm *term = g_new0 (MrSpfTerm, 1);
  gsize name_len = modifier_name (text);

  term->text = g_strdup (text);
  term->prefix4 = 32;
  term->prefix6 = 128;
  if ((name_len > 0 ? read_modifier (text, name_len, term) : read_mechanism (text, term)) && keep (record, term))
    return TRUE;
  term_free (term);
  return FALSE;
}

MrSpfRecord *
mr_spf_record_parse (const char *text, GError **error)
{
  g_autoptr (MrSpfRecord) record = g_new0 (MrSpfRecord, 1);

  record->terms = g_ptr_array_new_with_free_func (term_free);
  if (!mr_spf_is_record (text) || strlen (text) > MAX_RECORD) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The text is not an SPF record: it does not begin with v=spf1"));
    return NULL;
  }
  g_auto (GStrv) terms = g_strsplit (text + strlen (VERSION), " ", -1);
  for (guint i = 0; terms[i] != NULL; i++) {
    if (*terms[i] == '\0' || read_term (record, terms[i]))
      continue;
    g_autofree char *shown = g_str_to_ascii (terms[i], "C");
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.200s” is not written as an SPF record allows"), shown);
    return NULL;
  }
  return g_steal_pointer (&record);
}
