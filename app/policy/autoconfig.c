/* Autoconfig files: see autoconfig.h. GMarkup knows no entities of its own and includes nothing, so that the usual
 * attacks on readers of XML have no place here. */
#include <config.h>

#include "policy/autoconfig.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/text.h"
#include "mail/address.h"
#include "mail/host-name.h"
#include "policy/presets.h"

#define DEPTH_MAX      16
#define SERVERS_MAX    16
#define LOG_INS_MAX    8
#define TEXT_MAX_BYTES 2048
#define NAME_MAX_BYTES 128
#define SCOPE_MAX      1024
#define CLIENT_MAX     512

typedef enum { IN_NOTHING, IN_SERVER, IN_OAUTH } Section;

typedef struct {
  const char *address;
  char *ascii_address; /* the same with the domain as A-labels, for host names */
  guint depth;
  guint section_depth;
  gboolean is_config; /* the root is clientConfig */
  Section section;
  GString *text; /* of the element that is open */
  gboolean too_long;
  GPtrArray *found; /* MrDiscoveryRecord */
  char *name;       /* displayName */
  /* the section that is open */
  char *host, *user;
  guint port;
  int tls; /* MrTlsMode, -1: not understood */
  gboolean has_log_in;
  GPtrArray *log_ins; /* const char * */
  /* oAuth2 */
  char *issuer, *scope, *authorize, *token, *client;
} Reader;

/* ---- sections ---- */

static void
begin_server (Reader *self)
{
  self->section = IN_SERVER;
  self->section_depth = self->depth;
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->user, g_free);
  self->port = 0;
  self->tls = -1;
  self->has_log_in = FALSE;
  g_ptr_array_set_size (self->log_ins, 0);
}

static gboolean
has_placeholder (const char *text)
{
  const char *first = strchr (text, '%');

  return first != NULL && strchr (first + 1, '%') != NULL;
}

/* "" where only the person can know it. (transfer full) */
static char *
fill_user (Reader *self)
{
  g_autofree char *user = mr_preset_fill (self->user != NULL ? self->user : "%EMAILADDRESS%", self->address);

  if (user == NULL || has_placeholder (user))
    return g_strdup ("");
  return g_steal_pointer (&user);
}

/* (transfer full) NULL where it is none. */
static char *
fill_host (Reader *self)
{
  g_autofree char *host = self->host == NULL                 ? NULL
                          : strchr (self->host, '%') == NULL ? g_strdup (self->host)
                                                             : mr_preset_fill (self->host, self->ascii_address);

  if (host == NULL || !mr_host_name_is_valid (host))
    return NULL;
  return g_steal_pointer (&host);
}

static void
end_server (Reader *self)
{
  g_autofree char *host = fill_host (self);
  MrDiscoveryRecord *record;

  self->section = IN_NOTHING;
  /* Without any word on logging in a password is what everybody takes. */
  if (!self->has_log_in)
    g_ptr_array_add (self->log_ins, (gpointer) "password");
  if (host == NULL || self->port == 0 || self->tls < 0 || self->log_ins->len == 0 || self->found->len >= SERVERS_MAX)
    return;
  record = mr_discovery_record_new ();
  record->host = g_steal_pointer (&host);
  record->port = self->port;
  record->tls = (MrTlsMode)self->tls;
  record->user = fill_user (self);
  g_ptr_array_add (self->log_ins, NULL);
  record->log_ins = g_strdupv ((char **)self->log_ins->pdata);
  g_ptr_array_add (self->found, record);
}

/* ---- the values of elements ---- */

static void
take_log_in (Reader *self, const char *text)
{
  static const struct {
    const char *word, *log_in;
  } known[] = {
    { "password-cleartext", "password" },
    { "password-encrypted", "password" }, /* the connection is encrypted, so the password may go as it is */
    { "plain", "password" },
    { "secure", "password" },
    { "OAuth2", "oauth2" },
    { "none", "none" },
    { "client-IP-address", "none" },
  };

  self->has_log_in = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (known[i].word, text) == 0 && self->log_ins->len < LOG_INS_MAX
        && !g_ptr_array_find_with_equal_func (self->log_ins, known[i].log_in, g_str_equal, NULL))
      g_ptr_array_add (self->log_ins, (gpointer)known[i].log_in);
}

static void
take_socket_type (Reader *self, const char *text)
{
  self->tls = g_ascii_strcasecmp (text, "SSL") == 0 || g_ascii_strcasecmp (text, "TLS") == 0 ? MR_TLS_IMPLICIT
              : g_ascii_strcasecmp (text, "STARTTLS") == 0                                   ? MR_TLS_STARTTLS
              : g_ascii_strcasecmp (text, "plain") == 0                                      ? MR_TLS_NONE
                                                                                             : -1;
}

static gboolean
is_plain (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

static void
take_server_value (Reader *self, const char *element, const char *text)
{
  guint64 port = 0;

  if (g_str_equal (element, "hostname")) {
    g_free (self->host);
    self->host = g_ascii_strdown (text, -1);
    /* The placeholders are written in capitals; a name is compared without case. */
    if (strchr (text, '%') != NULL) {
      g_free (self->host);
      self->host = g_strdup (text);
    }
  } else if (g_str_equal (element, "port")) {
    self->port = g_ascii_string_to_unsigned (text, 10, 1, 65535, &port, NULL) ? (guint)port : 0;
  } else if (g_str_equal (element, "socketType")) {
    take_socket_type (self, text);
  } else if (g_str_equal (element, "username")) {
    g_free (self->user);
    self->user = is_plain (text) ? g_strdup (text) : g_strdup ("");
  } else if (g_str_equal (element, "authentication")) {
    take_log_in (self, text);
  }
}

static void
keep (char **field, const char *text, gsize max)
{
  if (strlen (text) > max || !is_plain (text))
    return;
  g_free (*field);
  *field = g_strdup (text);
}

static void
keep_url (char **field, const char *text)
{
  if (mr_https_url_is_valid (text))
    keep (field, text, TEXT_MAX_BYTES);
}

static void
take_oauth_value (Reader *self, const char *element, const char *text)
{
  if (g_str_equal (element, "issuer")) {
    g_autofree char *url = mr_host_name_is_valid (text) ? g_strconcat ("https://", text, NULL) : g_strdup (text);

    keep_url (&self->issuer, url);
  } else if (g_str_equal (element, "scope")) {
    keep (&self->scope, text, SCOPE_MAX);
  } else if (g_str_equal (element, "authURL")) {
    keep_url (&self->authorize, text);
  } else if (g_str_equal (element, "tokenURL")) {
    keep_url (&self->token, text);
  } else if (g_str_equal (element, "clientID")) {
    keep (&self->client, text, CLIENT_MAX);
  }
}

/* ---- GMarkup ---- */

static const char *
attribute (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return values[i];
  return NULL;
}

static void
start_cb (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data,
          GError **error)
{
  Reader *self = data;

  self->depth++;
  g_string_truncate (self->text, 0);
  self->too_long = FALSE;
  if (self->depth > DEPTH_MAX) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The settings file is nested too deeply"));
    return;
  }
  if (self->depth == 1)
    self->is_config = g_str_equal (element, "clientConfig");
  if (!self->is_config || self->section != IN_NOTHING)
    return;
  if (self->depth == 3 && g_str_equal (element, "outgoingServer")
      && g_strcmp0 (attribute (names, values, "type"), "smtp") == 0) {
    begin_server (self);
  } else if (self->depth <= 3 && g_str_equal (element, "oAuth2")) {
    self->section = IN_OAUTH;
    self->section_depth = self->depth;
  }
}

static void
end_cb (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  Reader *self = data;
  char *text = g_strstrip (self->text->str);

  if (!self->too_long && *text != '\0') {
    if (self->section == IN_SERVER && self->depth == self->section_depth + 1)
      take_server_value (self, element, text);
    else if (self->section == IN_OAUTH && self->depth == self->section_depth + 1)
      take_oauth_value (self, element, text);
    else if (self->is_config && self->depth == 3 && g_str_equal (element, "displayName") && self->name == NULL)
      self->name = mr_text_sanitize (text, NAME_MAX_BYTES);
  }
  g_string_truncate (self->text, 0);
  if (self->section != IN_NOTHING && self->depth == self->section_depth) {
    if (self->section == IN_SERVER)
      end_server (self);
    self->section = IN_NOTHING;
  }
  self->depth--;
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize len, gpointer data, GError **error)
{
  Reader *self = data;

  if (self->text->len + len > TEXT_MAX_BYTES)
    self->too_long = TRUE;
  else
    g_string_append_len (self->text, text, (gssize)len);
}

/* ---- the whole ---- */

/* Old files say ISO-8859-1 in their first line. (transfer full) valid UTF-8, NULL where it cannot be made. */
static char *
dup_utf8 (const char *data, gsize len, gsize *ret_len)
{
  g_autofree char *head = g_ascii_strdown (data, (gssize)MIN (len, 100));
  const char *charset = strstr (head, "iso-8859-1") != NULL || strstr (head, "windows-1252") != NULL ? "WINDOWS-1252"
                                                                                                     : NULL;

  if (len >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0) {
    data += 3;
    len -= 3;
  }
  if (charset != NULL && !g_utf8_validate_len (data, len, NULL))
    return g_convert (data, (gssize)len, "UTF-8", charset, NULL, ret_len, NULL);
  *ret_len = len;
  return g_utf8_validate_len (data, len, NULL) ? g_strndup (data, len) : NULL;
}

static void
finish_record (Reader *self, MrDiscoveryRecord *record)
{
  struct {
    char **field;
    const char *text;
  } rows[] = {
    { &record->provider_name, self->name },        { &record->oauth_issuer, self->issuer },
    { &record->oauth_authorize, self->authorize }, { &record->oauth_token, self->token },
    { &record->oauth_scope, self->scope },         { &record->oauth_client, self->client },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    *rows[i].field = g_strdup (rows[i].text);
  mr_discovery_record_complete (record);
}

static void
reader_clear (Reader *self)
{
  g_string_free (self->text, TRUE);
  g_ptr_array_unref (self->log_ins);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_free (self->ascii_address);
  g_free (self->name);
  g_free (self->host);
  g_free (self->user);
  g_free (self->issuer);
  g_free (self->scope);
  g_free (self->authorize);
  g_free (self->token);
  g_free (self->client);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
read_markup (Reader *self, const char *text, gsize len, GError **error)
{
  static const GMarkupParser parser = { .start_element = start_cb, .end_element = end_cb, .text = text_cb };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, self,
                                                                        NULL);
  g_autoptr (GError) local = NULL;

  if (g_markup_parse_context_parse (context, text, (gssize)len, &local)
      && g_markup_parse_context_end_parse (context, &local))
    return TRUE;
  if (local->domain == MR_ERROR)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The settings file cannot be read: %s"), local->message);
  return FALSE;
}

GPtrArray *
mr_autoconfig_parse (const char *data, gsize len, const char *address, GError **error)
{
  g_auto (Reader) self = { .address = address, .text = g_string_new (NULL), .log_ins = g_ptr_array_new () };
  g_autofree char *text = NULL, *domain = mr_address_dup_ascii_domain (address);
  const char *at = strrchr (address, '@');

  self.found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  if (len > MR_AUTOCONFIG_MAX) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The settings file is too big"));
    return NULL;
  }
  text = dup_utf8 (data, len, &len);
  if (text == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The settings file is not text"));
    return NULL;
  }
  self.ascii_address = at != NULL && domain != NULL ? g_strdup_printf ("%.*s@%s", (int)(at - address), address, domain)
                                                    : g_strdup (address);
  if (!read_markup (&self, text, len, error))
    return NULL;
  if (self.found->len == 0) {
    g_set_error_literal (error, MR_ERROR, self.is_config ? MR_ERROR_NOT_FOUND : MR_ERROR_INVALID,
                         self.is_config ? _ ("The settings file names no server for sending that can be used")
                                        : _ ("This is no settings file for mail programs"));
    return NULL;
  }
  for (guint i = 0; i < self.found->len; i++)
    finish_record (&self, self.found->pdata[i]);
  return g_steal_pointer (&self.found);
}
