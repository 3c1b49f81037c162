/* msmtp: ~/.msmtprc. Lines "command argument"; "defaults" and "account NAME [: OTHER, ...]" begin sections, and an
 * account starts with what the defaults and the others say. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define STAND_IN "# The password is in the keyring of Mail Relay now."

enum { HOST, PORT, TLS, STARTTLS, CERTCHECK, AUTH, USER, PASSWORD, EVAL, FROM, TRUST, FINGERPRINT, PROXY, N_SETTINGS };

static const char *const commands[N_SETTINGS]
    = { "host",     "port",         "tls",  "tls_starttls",   "tls_certcheck",   "auth",      "user",
        "password", "passwordeval", "from", "tls_trust_file", "tls_fingerprint", "proxy_host" };

typedef struct {
  char *name;
  gboolean plain_copy; /* "account default : other" with nothing of its own */
  char *values[N_SETTINGS];
  MrImportLine password; /* the line it stands in */
} Section;

static void
set_value (Section *self, guint i, const char *text, gsize len)
{
  /* What is left out takes an earlier one with it. */
  if (i == PASSWORD && self->values[i] != NULL) {
    mr_wipe (self->values[i], strlen (self->values[i]));
    g_clear_pointer (&self->values[i], g_free);
  }
  mr_import_set (&self->values[i], text, (gssize)len);
}

static void
section_free (gpointer data)
{
  Section *self = data;

  set_value (self, PASSWORD, "", 0);
  for (guint i = 0; i < N_SETTINGS; i++)
    g_free (self->values[i]);
  g_free (self->name);
  g_free (self);
}

static void
inherit (Section *self, const Section *from)
{
  for (guint i = 0; i < N_SETTINGS; i++)
    if (from->values[i] != NULL)
      set_value (self, i, from->values[i], strlen (from->values[i]));
  if (from->values[PASSWORD] != NULL)
    self->password = from->password;
}

static const Section *
find_section (GPtrArray *sections, const MrImportLine *name)
{
  for (guint i = sections->len; i-- > 0;) {
    const Section *section = sections->pdata[i];

    if (section->name != NULL && strlen (section->name) == name->len
        && memcmp (section->name, name->text, name->len) == 0)
      return section;
  }
  return NULL;
}

/* "NAME : OTHER, OTHER" */
static Section *
begin_account (GPtrArray *sections, MrImportLine *rest)
{
  Section *self = g_new0 (Section, 1);
  MrImportLine word;

  inherit (self, sections->pdata[0]);
  if (mr_import_take_word (rest, ':', &word))
    mr_import_set (&self->name, word.text, (gssize)word.len);
  while (mr_import_take_word (rest, ',', &word)) {
    const Section *other = find_section (sections, &word);

    if (other != NULL) {
      inherit (self, other);
      self->plain_copy = TRUE;
    }
  }
  g_ptr_array_add (sections, self);
  return self;
}

static void
take_setting (Section *self, const MrImportLine *line, const MrImportLine *command, MrImportLine value)
{
  guint i = 0;

  while (
      i < N_SETTINGS
      && (strlen (commands[i]) != command->len || g_ascii_strncasecmp (commands[i], command->text, command->len) != 0))
    i++;
  if (i == N_SETTINGS)
    return;
  if (value.len >= 2 && value.text[0] == '"' && value.text[value.len - 1] == '"') {
    value.text++;
    value.len -= 2;
  }
  set_value (self, i, value.text, value.len);
  self->plain_copy = FALSE;
  if (i == PASSWORD)
    self->password = *line;
}

static gboolean
is_on (const char *value, gboolean otherwise)
{
  return value != NULL ? g_ascii_strcasecmp (value, "off") != 0 : otherwise;
}

/* What has no counterpart here is told. */
static void
take_log_in (MrImportDraft *draft, const Section *section)
{
  const char *auth = section->values[AUTH];

  if (!is_on (auth, FALSE))
    return;
  mr_import_set (&draft->user, section->values[USER] != NULL ? section->values[USER] : "", -1);
  if (g_ascii_strcasecmp (auth, "oauthbearer") == 0 || g_ascii_strcasecmp (auth, "xoauth2") == 0) {
    draft->auth = MR_AUTH_OAUTH2;
    mr_import_warn (draft, _ ("It signs in with OAuth 2.0: sign in once here"));
    return;
  }
  if (g_ascii_strcasecmp (auth, "external") == 0 || g_ascii_strcasecmp (auth, "gssapi") == 0
      || g_ascii_strcasecmp (auth, "ntlm") == 0)
    mr_import_warn (draft, _ ("Its way to log in (%s) is not known here; a password is used"), auth);
  if (section->values[PASSWORD] != NULL) {
    mr_import_set_secret (draft, section->values[PASSWORD], -1, &section->password, STAND_IN);
  } else if (section->values[EVAL] != NULL) {
    mr_import_warn (draft, _ ("A command gives it the password; the command is not run: enter the password once"));
  }
}

/* ':' between the bytes is left out. */
static void
take_fingerprint (MrImportDraft *draft, const char *text)
{
  g_autoptr (GString) hex = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p != ':')
      g_string_append_c (hex, g_ascii_tolower (*p));
  if (hex->len == 64 && strspn (hex->str, "0123456789abcdef") == 64)
    mr_import_set (&draft->fingerprint, hex->str, -1);
  else
    mr_import_warn (draft, _ ("Its fingerprint of a certificate is not of the kind that is used here (SHA-256)"));
}

static void
take_encryption (MrImportDraft *draft, const Section *section)
{
  const char *trust = section->values[TRUST];

  if (is_on (section->values[TLS], FALSE))
    draft->tls = is_on (section->values[STARTTLS], TRUE) ? MR_TLS_STARTTLS : MR_TLS_IMPLICIT;
  if (section->values[FINGERPRINT] != NULL)
    take_fingerprint (draft, section->values[FINGERPRINT]);
  else if (!is_on (section->values[CERTCHECK], TRUE))
    mr_import_warn (draft, _ ("It does not check the server's certificate; here it is checked"));
  if (trust != NULL && *trust == '/' && !g_str_has_prefix (trust, "/etc/ssl/"))
    mr_import_set (&draft->ca_file, trust, -1);
}

static void
finish (const Section *section, const char *file, GPtrArray *found)
{
  MrImportDraft *draft = mr_import_draft_new ();
  const char *from = section->values[FROM];

  if (section->name != NULL && !g_str_equal (section->name, "default"))
    mr_import_set (&draft->name, section->name, -1);
  mr_import_set (&draft->host, section->values[HOST], -1);
  if (section->values[PORT] != NULL)
    draft->port = (guint)CLAMP (g_ascii_strtoll (section->values[PORT], NULL, 10), 0, 65535);
  take_encryption (draft, section);
  /* Without a port it uses 25, which providers close to their customers. */
  take_log_in (draft, section);
  mr_import_add_address (draft, from);
  if (from != NULL && draft->addresses->len == 0)
    mr_import_warn (draft, _ ("Its sender “%s” is a pattern that is not known here"), from);
  if (draft->addresses->len == 0)
    mr_import_add_address (draft, draft->user);
  if (section->values[PROXY] != NULL && *section->values[PROXY] != '\0')
    mr_import_warn (draft, _ ("It goes through a proxy; here the connection is made straight"));
  mr_import_finish (draft, MR_IMPORT_MSMTP, file, found);
}

void
mr_import_parse_msmtp (const char *text, gsize len, const char *file, GPtrArray *found)
{
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func (section_free);
  Section *current = g_new0 (Section, 1); /* the defaults */
  gsize cursor = 0;
  MrImportLine line;

  g_ptr_array_add (sections, current);
  while (mr_import_next_line (text, len, &cursor, &line)) {
    MrImportLine rest = line, command;

    if (!mr_import_take_word (&rest, '\0', &command) || *command.text == '#')
      continue;
    if (command.len == 8 && memcmp (command.text, "defaults", 8) == 0)
      current = sections->pdata[0];
    else if (command.len == 7 && memcmp (command.text, "account", 7) == 0 && sections->len > MR_IMPORT_ACCOUNTS_MAX)
      break;
    else if (command.len == 7 && memcmp (command.text, "account", 7) == 0)
      current = begin_account (sections, &rest);
    else
      take_setting (current, &line, &command, rest);
  }
  for (guint i = 1; i < sections->len; i++) {
    const Section *section = sections->pdata[i];

    if (!section->plain_copy && section->values[HOST] != NULL)
      finish (section, file, found);
  }
}
