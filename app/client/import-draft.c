/* From a draft to a found account, and the words and lines of files: see import-private.h. */
#include <config.h>

#include "client/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/address.h"
#include "mail/host-name.h"

#define ADDRESSES_MAX 50
#define ID_MAX        32

MrImportDraft *
mr_import_draft_new (void)
{
  MrImportDraft *draft = g_new0 (MrImportDraft, 1);

  draft->addresses = g_ptr_array_new_with_free_func (g_free);
  draft->warnings = g_ptr_array_new_with_free_func (g_free);
  return draft;
}

void
mr_import_draft_free (MrImportDraft *draft)
{
  if (draft == NULL)
    return;
  if (draft->password != NULL)
    mr_wipe (draft->password, strlen (draft->password));
  g_free (draft->password);
  g_free (draft->name);
  g_free (draft->host);
  g_free (draft->user);
  g_free (draft->ca_file);
  g_free (draft->fingerprint);
  g_free (draft->secret_file);
  g_ptr_array_unref (draft->addresses);
  g_ptr_array_unref (draft->warnings);
  g_free (draft);
}

void
mr_import_set (char **field, const char *text, gssize len)
{
  gsize n = len >= 0 ? (gsize)len : strlen (text);

  if (n > MR_IMPORT_TEXT_MAX || !g_utf8_validate_len (text, n, NULL))
    return;
  for (gsize i = 0; i < n; i++)
    if (g_ascii_iscntrl (text[i]))
      return;
  g_free (*field);
  *field = g_strndup (text, n);
}

void
mr_import_set_secret (MrImportDraft *draft, const char *text, gssize len, const MrImportLine *where,
                      const char *stand_in)
{
  if (draft->password != NULL)
    mr_wipe (draft->password, strlen (draft->password));
  g_clear_pointer (&draft->password, g_free);
  mr_import_set (&draft->password, text, len);
  draft->secret_at = where->at;
  draft->secret_len = where->len;
  draft->secret_stand_in = stand_in;
}

static gboolean
is_pattern (const char *address)
{
  if (g_str_equal (address, "*"))
    return TRUE;
  if (g_str_has_prefix (address, "*@"))
    return mr_host_name_is_valid (address + 2);
  return strpbrk (address, "*?") == NULL && mr_address_is_valid (address);
}

void
mr_import_add_address (MrImportDraft *draft, const char *address)
{
  if (address == NULL || draft->addresses->len >= ADDRESSES_MAX || !is_pattern (address)
      || g_ptr_array_find_with_equal_func (draft->addresses, address, g_str_equal, NULL))
    return;
  g_ptr_array_add (draft->addresses, g_strdup (address));
}

void
mr_import_warn (MrImportDraft *draft, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (draft->warnings, g_strdup_vprintf (format, args));
  va_end (args);
}

static guint
read_port (const char *text)
{
  static const struct {
    const char *name;
    guint port;
  } services[] = { { "smtp", 25 }, { "submission", 587 }, { "submissions", 465 }, { "smtps", 465 }, { "urd", 465 } };
  guint64 port = 0;

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_ascii_strcasecmp (text, services[i].name) == 0)
      return services[i].port;
  return g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL) ? (guint)port : 0;
}

void
mr_import_set_server (MrImportDraft *draft, const char *text)
{
  const char *host = text, *end = strrchr (text, ':');
  const char *bracket = *text == '[' ? strchr (text, ']') : NULL;

  if (bracket != NULL) {
    host = text + 1;
    end = bracket;
    text = bracket[1] == ':' ? bracket + 2 : NULL;
  } else if (end != NULL && strchr (text, ':') == end) {
    text = end + 1;
  } else { /* none, or an address of IPv6 */
    end = host + strlen (host);
    text = NULL;
  }
  mr_import_set (&draft->host, host, end - host);
  if (text != NULL && *text != '\0')
    draft->port = read_port (text);
}

/* ---- the found account ---- */

void
mr_import_found_free (MrImportFound *found)
{
  if (found == NULL)
    return;
  g_free (found->source);
  g_free (found->file);
  mr_account_record_free (found->account);
  g_strfreev (found->warnings);
  g_clear_pointer (&found->secret, mr_secret_unref);
  g_free (found->secret_file);
  g_free (found->secret_stand_in);
  g_free (found);
}

/* Small letters, digits, - and _ from the first address or the host. */
static char *
suggest_id (const MrImportDraft *draft)
{
  const char *base = draft->name != NULL && *draft->name != '\0' ? draft->name : draft->host != NULL ? draft->host : "";
  g_autoptr (GString) id = g_string_new (NULL);

  for (const char *p = base; *p != '\0' && id->len < ID_MAX; p++) {
    char c = g_ascii_tolower (*p);

    if (g_ascii_isalnum (c) || c == '_')
      g_string_append_c (id, c);
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c (id, '-');
  }
  while (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  return g_strdup (id->len > 0 ? id->str : "imported");
}

/* Passwords in the clear are refused by the service, so what was so becomes encrypted. */
static void
settle_encryption (MrImportDraft *draft)
{
  gboolean loopback = draft->host != NULL && mr_host_name_is_loopback (draft->host);

  if (draft->tls == MR_TLS_NONE && draft->port == 465)
    draft->tls = MR_TLS_IMPLICIT;
  if (draft->tls == MR_TLS_NONE && draft->user != NULL && *draft->user != '\0' && !loopback) {
    draft->tls = MR_TLS_STARTTLS;
    mr_import_warn (draft, _ ("The connection was not encrypted there; here it is"));
  }
  if (draft->port == 0)
    draft->port = draft->tls == MR_TLS_IMPLICIT ? 465 : draft->tls == MR_TLS_STARTTLS ? 587 : 25;
}

static gboolean
check (MrImportDraft *draft)
{
  gboolean complete = TRUE;

  if (draft->host == NULL || !mr_host_name_is_valid (draft->host)) {
    g_clear_pointer (&draft->host, g_free);
    mr_import_warn (draft, _ ("It names no server that can be used"));
    complete = FALSE;
  }
  if (draft->addresses->len == 0) {
    mr_import_warn (draft, _ ("It names no sender address: choose those that may be sent from"));
    complete = FALSE;
  }
  return complete;
}

static MrAccountRecord *
make_record (const MrImportDraft *draft)
{
  MrAccountRecord *record = mr_account_record_new ();
  const char *first = draft->addresses->len > 0 ? draft->addresses->pdata[0] : NULL;

  record->id = suggest_id (draft);
  record->name = g_strdup (draft->name != NULL && *draft->name != '\0' ? draft->name
                           : first != NULL && *first != '*'            ? first
                           : draft->host != NULL                       ? draft->host
                                                                       : record->id);
  record->kind = MR_ACCOUNT_RELAY;
  record->addresses = g_new0 (char *, draft->addresses->len + 1);
  for (guint i = 0; i < draft->addresses->len; i++)
    record->addresses[i] = g_strdup (draft->addresses->pdata[i]);
  record->host = g_strdup (draft->host != NULL ? draft->host : "");
  record->port = draft->port;
  record->tls = draft->tls;
  record->user = g_strdup (draft->user != NULL ? draft->user : "");
  record->ca_file = g_strdup (draft->ca_file != NULL ? draft->ca_file : "");
  record->fingerprint = g_strdup (draft->fingerprint != NULL ? draft->fingerprint : "");
  record->auth = draft->auth;
  record->provider = g_strdup ("");
  return record;
}

void
mr_import_finish (MrImportDraft *draft, MrImportKind kind, const char *file, GPtrArray *found)
{
  g_autoptr (MrImportDraft) own = draft;
  MrImportFound *result;
  gboolean complete;

  if (found->len >= MR_IMPORT_ACCOUNTS_MAX)
    return;
  settle_encryption (own);
  complete = check (own);
  result = g_new0 (MrImportFound, 1);
  result->kind = kind;
  result->source = g_strdup (file);
  result->file = g_strdup (file);
  result->account = make_record (own);
  result->complete = complete;
  if (own->password != NULL && *own->password != '\0' && own->auth == MR_AUTH_PASSWORD
      && *result->account->user != '\0')
    result->secret = mr_secret_new (own->password, strlen (own->password));
  result->secret_file = g_strdup (result->secret == NULL ? "" : own->secret_file != NULL ? own->secret_file : file);
  result->secret_at = own->secret_at;
  result->secret_len = own->secret_len;
  result->secret_stand_in = g_strdup (own->secret_stand_in != NULL ? own->secret_stand_in : "");
  g_ptr_array_add (own->warnings, NULL);
  result->warnings = g_strdupv ((char **)own->warnings->pdata);
  g_ptr_array_set_size (own->warnings, (int)own->warnings->len - 1);
  g_ptr_array_add (found, result);
}

/* ---- lines ---- */

gboolean
mr_import_next_line (const char *text, gsize len, gsize *cursor, MrImportLine *ret)
{
  const char *newline;

  if (*cursor >= len)
    return FALSE;
  newline = memchr (text + *cursor, '\n', len - *cursor);
  ret->at = *cursor;
  ret->text = text + *cursor;
  ret->len = (newline != NULL ? (gsize)(newline - text) : len) - *cursor;
  *cursor += ret->len + 1;
  if (ret->len > 0 && ret->text[ret->len - 1] == '\r')
    ret->len--;
  return TRUE;
}

void
mr_import_trim (MrImportLine *line)
{
  while (line->len > 0 && g_ascii_isspace (*line->text)) {
    line->text++;
    line->at++;
    line->len--;
  }
  while (line->len > 0 && g_ascii_isspace (line->text[line->len - 1]))
    line->len--;
}

gboolean
mr_import_take_word (MrImportLine *line, char sep, MrImportLine *ret)
{
  gsize n = 0;

  mr_import_trim (line);
  if (line->len == 0)
    return FALSE;
  while (n < line->len && !g_ascii_isspace (line->text[n]) && (sep == '\0' || line->text[n] != sep))
    n++;
  *ret = (MrImportLine){ line->text, n, line->at };
  line->text += n;
  line->at += n;
  line->len -= n;
  mr_import_trim (line);
  if (sep != '\0' && line->len > 0 && *line->text == sep) {
    line->text++;
    line->at++;
    line->len--;
    mr_import_trim (line);
  }
  return TRUE;
}
