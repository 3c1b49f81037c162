/* esmtp: ~/.esmtprc. Words with or without '=' between them, text in quotes; "identity = ADDRESS" begins the settings of
 * one sender, what stands before is for all others. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const char *text;
  gsize len, at;
  gsize pos;
} Scanner;

/* A word or the text between quotes. token->at and len are of the bytes as they stand, quotes included; *ret_text is what
 * they mean. (transfer full) NULL at the end. */
static char *
next_token (Scanner *self, MrImportLine *token)
{
  g_autoptr (GString) value = g_string_new (NULL);
  gsize begin;

  for (;;) {
    while (self->pos < self->len && (g_ascii_isspace (self->text[self->pos]) || self->text[self->pos] == '='))
      self->pos++;
    if (self->pos >= self->len || self->text[self->pos] != '#')
      break;
    while (self->pos < self->len && self->text[self->pos] != '\n')
      self->pos++;
  }
  if (self->pos >= self->len)
    return NULL;
  begin = self->pos;
  if (self->text[self->pos] == '"') {
    for (self->pos++; self->pos < self->len && self->text[self->pos] != '"'; self->pos++) {
      if (self->text[self->pos] == '\\' && self->pos + 1 < self->len)
        self->pos++;
      g_string_append_c (value, self->text[self->pos]);
    }
    self->pos = MIN (self->pos + 1, self->len);
  } else {
    while (self->pos < self->len && !g_ascii_isspace (self->text[self->pos]) && self->text[self->pos] != '=')
      g_string_append_c (value, self->text[self->pos++]);
  }
  *token = (MrImportLine){ self->text + begin, self->pos - begin, begin };
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static void
free_secret_text (char *text)
{
  if (text != NULL)
    mr_wipe (text, strlen (text));
  g_free (text);
}

static void
take (MrImportDraft *draft, const char *keyword, const char *value, const MrImportLine *token)
{
  if (g_str_equal (keyword, "hostname")) {
    mr_import_set_server (draft, value);
  } else if (g_str_equal (keyword, "username")) {
    mr_import_set (&draft->user, value, -1);
  } else if (g_str_equal (keyword, "password")) {
    mr_import_set_secret (draft, value, -1, token, "\"\"");
  } else if (g_str_equal (keyword, "starttls")) {
    draft->tls = g_str_equal (value, "disabled") ? MR_TLS_NONE : MR_TLS_STARTTLS;
  } else if (g_str_equal (keyword, "preconnect") || g_str_equal (keyword, "postconnect")) {
    mr_import_warn (draft, _ ("It runs a command around each connection; here none is run"));
  }
}

static void
finish (MrImportDraft *draft, gboolean identity, const char *file, GPtrArray *found)
{
  if (draft->host == NULL && !identity) {
    mr_import_draft_free (draft);
    return;
  }
  /* What stands before the identities is for every sender that has none. */
  if (!identity) {
    mr_import_add_address (draft, draft->user);
    mr_import_add_address (draft, "*");
  }
  mr_import_finish (draft, MR_IMPORT_ESMTP, file, found);
}

void
mr_import_parse_esmtp (const char *text, gsize len, const char *file, GPtrArray *found)
{
  static const char *const with_value[]
      = { "hostname",   "username",    "password", "starttls",      "certificate_passphrase",
          "preconnect", "postconnect", "identity", "qualifydomain", "helo",
          "mda",        NULL };
  Scanner scanner = { .text = text, .len = len };
  MrImportDraft *draft = mr_import_draft_new ();
  gboolean identity = FALSE;
  MrImportLine token;
  char *keyword;

  while (found->len < MR_IMPORT_ACCOUNTS_MAX && (keyword = next_token (&scanner, &token)) != NULL) {
    char *value = g_strv_contains (with_value, keyword) ? next_token (&scanner, &token) : NULL;

    if (value != NULL && g_str_equal (keyword, "identity")) {
      finish (draft, identity, file, found);
      draft = mr_import_draft_new ();
      identity = TRUE;
      mr_import_set (&draft->name, value, -1);
      mr_import_add_address (draft, value);
    } else if (value != NULL) {
      take (draft, keyword, value, &token);
    }
    free_secret_text (value);
    g_free (keyword);
  }
  finish (draft, identity, file, found);
}
