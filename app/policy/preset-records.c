/* A preset as records that are shown and carried: see presets.h. */
#include "policy/presets.h"

#include <string.h>

#include "mail/address.h"

char *
mr_preset_fill (const char *template, const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = at != NULL ? g_strndup (address, (gsize)(at - address)) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (at == NULL || !mr_address_is_valid (address))
    return NULL;
  /* One pass: what an address holds is never taken for a placeholder. */
  for (const char *p = template; *p != '\0';) {
    static const char *const names[] = { "%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%" };
    const char *values[] = { address, local, at + 1 };
    guint i = 0;

    while (i < G_N_ELEMENTS (names) && !g_str_has_prefix (p, names[i]))
      i++;
    if (i < G_N_ELEMENTS (names))
      g_string_append (text, values[i]);
    else
      g_string_append_c (text, *p);
    p += i < G_N_ELEMENTS (names) ? strlen (names[i]) : 1;
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char **
dup_regions (const MrPreset *preset)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < preset->regions->len; i++) {
    const MrPresetRegion *region = preset->regions->pdata[i];
    g_autofree char *text = g_strconcat (region->id, "|", region->name, "|", region->host, NULL);

    g_strv_builder_add (builder, text);
  }
  return g_strv_builder_end (builder);
}

static void
set_words (MrDiscoveryRecord *record, const MrPreset *preset)
{
  record->provider = g_strdup (preset->id);
  record->provider_name = g_strdup (preset->name);
  record->user_label = g_strdup (preset->user_label);
  record->secret_label = g_strdup (preset->secret_label);
  record->help = g_strdup (preset->help);
  record->help_url = g_strdup (preset->help_url);
  record->notice = g_strdup (preset->notice);
  record->admin_text = g_strdup (preset->admin_text);
  record->oauth_issuer = g_strdup (preset->oauth_issuer);
  record->oauth_authorize = g_strdup (preset->oauth_authorize);
  record->oauth_token = g_strdup (preset->oauth_token);
  record->oauth_device = g_strdup (preset->oauth_device);
  record->oauth_revoke = g_strdup (preset->oauth_revoke);
  record->oauth_scope = g_strdup (preset->oauth_scope);
  record->fact = g_strdup (preset->facts);
}

static MrDiscoveryRecord *
record_new (const MrPreset *preset, const MrPresetServer *server, const MrPresetRegion *region, const char *user)
{
  MrDiscoveryRecord *record = mr_discovery_record_new ();

  record->source = MR_SOURCE_PRESET;
  record->secure = TRUE;
  set_words (record, preset);
  record->user = g_strdup (user);
  record->host = g_strdup (server == NULL ? "" : region != NULL ? region->host : server->host);
  record->port = server != NULL ? server->port : 0;
  record->tls = server != NULL ? server->tls : MR_TLS_IMPLICIT;
  record->log_ins = g_strdupv (preset->log_ins);
  record->regions = dup_regions (preset);
  record->limit_day = preset->limit_day;
  record->limit_minute = preset->limit_minute;
  mr_discovery_record_complete (record);
  return record;
}

GPtrArray *
mr_preset_dup_records (const MrPreset *preset, const MrPresetRegion *region, const char *address, gboolean hosted)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  const char *template = hosted ? preset->mx_user : preset->user;
  g_autofree char *filled = address != NULL ? mr_preset_fill (template, address) : g_strdup (template);
  const char *user = filled != NULL ? filled : "";

  for (guint i = 0; i < preset->servers->len; i++)
    g_ptr_array_add (records, record_new (preset, preset->servers->pdata[i], region, user));
  if (preset->servers->len == 0)
    g_ptr_array_add (records, record_new (preset, NULL, NULL, user));
  return records;
}
