/* DNS providers and sending services: see dns-providers.h. The files are the program's own: a mistake in them ends the tests, not the program. */
#include <config.h>

#include "policy/dns-providers.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "mr-dns-providers-resource.h"

#define FOLDER     "/com/example/MailRelay/dns-providers/"
#define TXT_STRING 255

static GKeyFile *
load (const char *name)
{
  g_autofree char *path = g_strconcat (FOLDER, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (mr_dns_providers_data_get_resource (), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  GKeyFile *file = g_key_file_new ();

  if (bytes != NULL)
    g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, NULL);
  return file;
}

static char *
dup_string (GKeyFile *file, const char *group, const char *key)
{
  char *text = g_key_file_get_string (file, group, key, NULL);

  return text != NULL ? text : g_strdup ("");
}

static char **
dup_list (GKeyFile *file, const char *group, const char *key)
{
  char **list = g_key_file_get_string_list (file, group, key, NULL, NULL);

  return list != NULL ? list : g_new0 (char *, 1);
}

static gboolean
is (GKeyFile *file, const char *group, const char *key, const char *value)
{
  g_autofree char *text = dup_string (file, group, key);

  return strcmp (text, value) == 0;
}

static MrDnsProvider *
read_provider (GKeyFile *file, const char *group)
{
  MrDnsProvider *p = g_new0 (MrDnsProvider, 1);

  p->id = g_strdup (strchr (group, ' ') + 1);
  p->name = dup_string (file, group, "name");
  p->url = dup_string (file, group, "url");
  p->menu = dup_string (file, group, "menu");
  p->servers = dup_list (file, group, "ns");
  p->dot = is (file, group, "field", "dot");
  p->whole = p->dot || is (file, group, "field", "whole");
  p->apex = is (file, group, "apex", "@")       ? MR_APEX_AT
            : is (file, group, "apex", "empty") ? MR_APEX_EMPTY
                                                : MR_APEX_WHOLE;
  p->quotes = is (file, group, "quotes", "yes");
  p->strings = is (file, group, "long", "strings");
  return p;
}

static MrSendingService *
read_service (GKeyFile *file, const char *group)
{
  MrSendingService *s = g_new0 (MrSendingService, 1);

  s->id = g_strdup (strchr (group, ' ') + 1);
  s->name = dup_string (file, group, "name");
  s->term = dup_string (file, group, "term");
  s->own_return_path = is (file, group, "return-path", "own");
  s->accounts = dup_list (file, group, "account");
  return s;
}

/* Made once and kept until the process ends. */
static GPtrArray *
read_all (const char *name, const char *prefix, gboolean providers)
{
  g_autoptr (GKeyFile) file = load (name);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  GPtrArray *all = g_ptr_array_new ();

  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], prefix))
      g_ptr_array_add (all, providers ? (gpointer)read_provider (file, groups[i])
                                      : (gpointer)read_service (file, groups[i]));
  return all;
}

GPtrArray *
mr_dns_providers_get (void)
{
  static GPtrArray *all;

  if (g_once_init_enter (&all))
    g_once_init_leave (&all, read_all ("providers.conf", "dns ", TRUE));
  return all;
}

GPtrArray *
mr_sending_services_get (void)
{
  static GPtrArray *all;

  if (g_once_init_enter (&all))
    g_once_init_leave (&all, read_all ("services.conf", "service ", FALSE));
  return all;
}

static gboolean
has_server (const MrDnsProvider *p, const char *name)
{
  for (guint i = 0; p->servers[i] != NULL; i++)
    if (g_pattern_match_simple (p->servers[i], name))
      return TRUE;
  return FALSE;
}

const MrDnsProvider *
mr_dns_provider_match (const char *const *names)
{
  GPtrArray *all = mr_dns_providers_get ();
  const MrDnsProvider *found = NULL;

  for (; names != NULL && *names != NULL; names++) {
    g_autofree char *lower = g_ascii_strdown (*names, -1);
    const MrDnsProvider *here = NULL;

    if (g_str_has_suffix (lower, "."))
      lower[strlen (lower) - 1] = '\0';
    for (guint i = 0; i < all->len && here == NULL; i++)
      if (has_server (all->pdata[i], lower))
        here = all->pdata[i];
    if (here == NULL || (found != NULL && here != found))
      return NULL;
    found = here;
  }
  return found;
}

const MrSendingService *
mr_sending_service_of_account (const char *preset)
{
  GPtrArray *all = mr_sending_services_get ();

  for (guint i = 0; preset != NULL && *preset != '\0' && i < all->len; i++)
    if (g_strv_contains ((const char *const *)((MrSendingService *)all->pdata[i])->accounts, preset))
      return all->pdata[i];
  return NULL;
}

/* ---- forms ---- */

static gboolean
is_apex (const char *name, const char *zone)
{
  return g_ascii_strcasecmp (name, zone) == 0;
}

static char *
dup_whole (const MrDnsProvider *provider, const char *name)
{
  return g_strconcat (name, provider != NULL && provider->dot ? "." : "", NULL);
}

char *
mr_dns_provider_dup_name (const MrDnsProvider *provider, const char *name, const char *zone)
{
  MrApexForm apex = provider != NULL ? provider->apex : MR_APEX_AT;
  gsize len = strlen (name), zone_len = strlen (zone);

  if (is_apex (name, zone))
    return apex == MR_APEX_AT ? g_strdup ("@") : apex == MR_APEX_EMPTY ? g_strdup ("") : dup_whole (provider, name);
  if ((provider != NULL && provider->whole) || len <= zone_len + 1 || name[len - zone_len - 1] != '.'
      || g_ascii_strcasecmp (name + len - zone_len, zone) != 0)
    return dup_whole (provider, name);
  return g_strndup (name, len - zone_len - 1);
}

char *
mr_dns_provider_dup_value (const MrDnsProvider *provider, const char *value)
{
  gboolean cut = provider != NULL && provider->strings && strlen (value) > TXT_STRING;
  g_autoptr (GString) out = g_string_new (NULL);

  if (provider == NULL || (!provider->quotes && !cut))
    return g_strdup (value);
  for (const char *p = value; *p != '\0' || out->len == 0;) {
    gsize piece = cut ? MIN (strlen (p), TXT_STRING) : strlen (p);

    g_string_append_printf (out, "%s\"%.*s\"", out->len > 0 ? " " : "", (int)piece, p);
    p += piece;
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
mr_dns_provider_dup_hint (const MrDnsProvider *provider, const char *name, const char *zone)
{
  g_autofree char *field = mr_dns_provider_dup_name (provider, name, zone);

  if (provider == NULL)
    return is_apex (name, zone)
               ? g_strdup_printf (_ ("For the name most pages take @; some want the field empty, or %s."), zone)
               : g_strdup_printf (_ ("Most pages add %s to the name by themselves. If yours does not, write %s."), zone,
                                  name);
  if (*field == '\0')
    return g_strdup_printf (_ ("At %s the field for the name stays empty."), provider->name);
  if (provider->whole)
    return g_strdup_printf (_ ("%s takes the whole name."), provider->name);
  if (is_apex (name, zone))
    return g_strdup_printf (_ ("At %s, %s stands for the domain itself."), provider->name, field);
  return g_strdup_printf (_ ("%s adds %s to the name by itself."), provider->name, zone);
}
