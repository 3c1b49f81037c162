/* The assistant's rules. What the network said is only ever offered; what may be taken without asking is the record's own word (secure, conflicts). */
#include "config.h"

#include "ui/account-assistant-rules.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/account-form.h"
#include "ui/format.h"

static gboolean
is_text (const char *text)
{
  return text != NULL && *text != '\0';
}

/* ---- choices ---- */

static void
choice_free (gpointer data)
{
  MrChoice *choice = data;

  g_ptr_array_unref (choice->records);
  g_free (choice);
}

static const MrDiscoveryRecord *
first (const MrChoice *choice)
{
  return g_ptr_array_index (choice->records, 0);
}

/* Who said it does not make it another choice; the server and the provider do. */
static gboolean
same_choice (const MrDiscoveryRecord *a, const MrDiscoveryRecord *b)
{
  return g_ascii_strcasecmp (a->host != NULL ? a->host : "", b->host != NULL ? b->host : "") == 0
         && (is_text (a->host) || g_strcmp0 (a->provider, b->provider) == 0);
}

static gboolean
has_same_door (GPtrArray *records, const MrDiscoveryRecord *record)
{
  for (guint i = 0; i < records->len; i++) {
    const MrDiscoveryRecord *other = g_ptr_array_index (records, i);
    if (other->port == record->port && other->tls == record->tls)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_tls (GPtrArray *results, const MrDiscoveryRecord *record)
{
  for (guint i = 0; i < results->len; i++) {
    const MrDiscoveryRecord *other = g_ptr_array_index (results, i);
    if (same_choice (other, record) && (other->tls == MR_TLS_IMPLICIT || other->tls == MR_TLS_STARTTLS))
      return TRUE;
  }
  return FALSE;
}

static MrChoice *
find_choice (GPtrArray *choices, const MrDiscoveryRecord *record)
{
  for (guint i = 0; i < choices->len; i++)
    if (same_choice (first (g_ptr_array_index (choices, i)), record))
      return g_ptr_array_index (choices, i);
  MrChoice *choice = g_new0 (MrChoice, 1);
  choice->records = g_ptr_array_new ();
  g_ptr_array_add (choices, choice);
  return choice;
}

GPtrArray *
mr_assistant_make_choices (GPtrArray *results)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func (choice_free);

  for (guint i = 0; i < results->len; i++) {
    MrDiscoveryRecord *record = g_ptr_array_index (results, i);
    if (record->tls == MR_TLS_NONE && has_tls (results, record))
      continue;
    MrChoice *choice = find_choice (choices, record);
    if (!has_same_door (choice->records, record))
      g_ptr_array_add (choice->records, record);
  }
  return choices;
}

const char *
mr_assistant_choice_get_host (const MrChoice *choice)
{
  return first (choice)->host;
}

guint
mr_assistant_pick_choice (GPtrArray *choices)
{
  for (guint i = 0; i < choices->len; i++) {
    const MrDiscoveryRecord *record = first (g_ptr_array_index (choices, i));
    if (record->secure && !record->conflicts)
      return i;
  }
  return 0;
}

gboolean
mr_assistant_has_conflict (GPtrArray *choices)
{
  for (guint i = 0; i < choices->len; i++)
    if (first (g_ptr_array_index (choices, i))->conflicts)
      return TRUE;
  return FALSE;
}

/* ---- ways ---- */

static gboolean
offers (const MrDiscoveryRecord *record, const char *log_in)
{
  return record->log_ins != NULL && g_strv_contains ((const char *const *)record->log_ins, log_in);
}

static gboolean
fits_provider (const MrDiscoveryRecord *record, const MrDesktopAccountRecord *account)
{
  static const struct {
    const char *of_desktop, *of_record;
  } also[] = { { "gmail", "google-workspace" }, { "outlook", "microsoft365" }, { "microsoft365", "outlook" } };

  if (!is_text (account->provider) || !is_text (record->provider))
    return FALSE;
  if (g_str_equal (account->provider, record->provider))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (also); i++)
    if (g_str_equal (account->provider, also[i].of_desktop) && g_str_equal (record->provider, also[i].of_record))
      return TRUE;
  return FALSE;
}

GPtrArray *
mr_assistant_fitting_accounts (const MrDiscoveryRecord *record, GPtrArray *desktop, const char *address)
{
  GPtrArray *fitting = g_ptr_array_new ();

  for (guint pass = 0; desktop != NULL && pass < 2; pass++)
    for (guint i = 0; i < desktop->len; i++) {
      MrDesktopAccountRecord *account = g_ptr_array_index (desktop, i);
      gboolean own = is_text (address) && is_text (account->address)
                     && g_ascii_strcasecmp (account->address, address) == 0;
      if (own == (pass == 0) && fits_provider (record, account))
        g_ptr_array_add (fitting, account);
    }
  return fitting;
}

gboolean
mr_assistant_wants_client (const MrDiscoveryRecord *record)
{
  return offers (record, "oauth2") && !record->oauth_ready;
}

guint
mr_assistant_list_ways (const MrDiscoveryRecord *record, GPtrArray *desktop, MrWay ret[MR_WAY_N_WAYS])
{
  static const struct {
    const char *log_in;
    MrWay way;
  } plain[] = { { "app-password", MR_WAY_APP_PASSWORD },
                { "api-key", MR_WAY_API_KEY },
                { "password", MR_WAY_PASSWORD },
                { "none", MR_WAY_NONE } };
  guint n = 0;

  if (!is_text (record->host))
    return 0;
  g_autoptr (GPtrArray) fitting = mr_assistant_fitting_accounts (record, desktop, NULL);
  for (guint i = 0; record->log_ins != NULL && record->log_ins[i] != NULL && n + 2 <= MR_WAY_N_WAYS; i++) {
    const char *log_in = record->log_ins[i];
    if (g_str_equal (log_in, "oauth2")) {
      if (record->oauth_ready)
        ret[n++] = MR_WAY_SIGN_IN;
      if (fitting->len > 0)
        ret[n++] = MR_WAY_DESKTOP;
    }
    for (guint j = 0; j < G_N_ELEMENTS (plain); j++)
      if (g_str_equal (log_in, plain[j].log_in))
        ret[n++] = plain[j].way;
  }
  /* A server of which nobody said how one logs in takes a password, as nearly all do. */
  if (n == 0 && (record->log_ins == NULL || record->log_ins[0] == NULL))
    ret[n++] = MR_WAY_PASSWORD;
  return n;
}

/* ---- texts ---- */

gboolean
mr_assistant_address_is_plausible (const char *address)
{
  const char *at = strrchr (address, '@');

  return at != NULL && at != address && strchr (at, '.') != NULL && at[1] != '.' && !g_str_has_suffix (at, ".")
         && strpbrk (address, " \t<>\"',;()\\*") == NULL && g_utf8_validate (address, -1, NULL);
}

char *
mr_assistant_fill (const char *text, const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = at != NULL ? g_strndup (address, (gsize)(at - address)) : g_strdup (address);
  g_autoptr (GString) filled = g_string_new (text);

  g_string_replace (filled, "%EMAILADDRESS%", address, 0);
  g_string_replace (filled, "%EMAILLOCALPART%", local, 0);
  g_string_replace (filled, "%EMAILDOMAIN%", at != NULL ? at + 1 : "", 0);
  return g_string_free (g_steal_pointer (&filled), FALSE);
}

gboolean
mr_assistant_is_in_groups (const char *password)
{
  gsize len = strlen (password);

  if (len != 19)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (i % 5 == 4 ? password[i] != ' ' : !g_ascii_isalpha (password[i]))
      return FALSE;
  return TRUE;
}

char *
mr_assistant_dup_source (const MrDiscoveryRecord *record)
{
  const char *host = is_text (record->source_host) ? record->source_host : record->host;

  switch (record->source) {
  case MR_SOURCE_PRESET:
    return g_strdup (_ ("Mail Relay knows this provider."));
  case MR_SOURCE_AUTOCONFIG:
  case MR_SOURCE_WELL_KNOWN:
    return g_strdup_printf (_ ("Said by the domain itself, at %s."), host);
  case MR_SOURCE_ISPDB:
    return g_strdup_printf (_ ("Said by Mozilla's database of providers, at %s."), host);
  case MR_SOURCE_SRV:
    return g_strdup_printf (_ ("Said by the domain's DNS entries, %s."), host);
  case MR_SOURCE_AUTODISCOVER:
    return g_strdup (_ ("Microsoft says that this domain is one of its organisations."));
  case MR_SOURCE_MX:
    return g_strdup_printf (_ ("A guess: mail for this domain arrives at %s."), host);
  case MR_SOURCE_PROBE:
    return g_strdup_printf (_ ("Tried out: %s answers like a server for outgoing mail."), host);
  case MR_SOURCE_N_SOURCES:
  default:
    return g_strdup ("");
  }
}

const char *
mr_assistant_source_title (MrSource source)
{
  switch (source) {
  case MR_SOURCE_PRESET:
    return _ ("Providers that Mail Relay knows");
  case MR_SOURCE_AUTOCONFIG:
    return _ ("What the domain says about itself");
  case MR_SOURCE_WELL_KNOWN:
    return _ ("What the domain's web site says");
  case MR_SOURCE_ISPDB:
    return _ ("Mozilla's database of providers");
  case MR_SOURCE_SRV:
    return _ ("The domain's DNS entries");
  case MR_SOURCE_AUTODISCOVER:
    return _ ("Microsoft 365");
  case MR_SOURCE_MX:
    return _ ("Where the domain's mail arrives");
  case MR_SOURCE_PROBE:
    return _ ("Usual server names, tried out");
  case MR_SOURCE_N_SOURCES:
  default:
    return "";
  }
}

char *
mr_assistant_dup_server (const MrDiscoveryRecord *record)
{
  if (!is_text (record->host))
    return g_strdup (_ ("No server for other programs"));
  return g_strdup_printf (_ ("%s · port %u · %s"), record->host, record->port, mr_format_tls_mode (record->tls));
}

const char *
mr_assistant_way_title (MrWay way)
{
  switch (way) {
  case MR_WAY_SIGN_IN:
    return _ ("Sign in with the browser");
  case MR_WAY_DESKTOP:
    return _ ("Use an account of the desktop");
  case MR_WAY_APP_PASSWORD:
    return _ ("App password");
  case MR_WAY_PASSWORD:
    return _ ("Password");
  case MR_WAY_API_KEY:
    return _ ("Key of the sending service");
  case MR_WAY_NONE:
    return _ ("No log-in");
  case MR_WAY_N_WAYS:
  default:
    return "";
  }
}

/* ---- the account ---- */

static void
set_oauth (MrAccountRecord *account, const MrAssistantPlan *plan)
{
  const MrDiscoveryRecord *record = plan->record;
  /* What the provider's preset and its registered application know stays there and follows them. */
  gboolean own = !is_text (record->provider) || record->source != MR_SOURCE_PRESET;

  account->auth = MR_AUTH_OAUTH2;
  account->oauth_flow = plan->way == MR_WAY_DESKTOP ? MR_OAUTH_DESKTOP : MR_OAUTH_BROWSER;
  if (plan->way == MR_WAY_DESKTOP) {
    account->desktop_account = g_strdup (plan->desktop_account);
    return;
  }
  if (!own)
    return;
  account->oauth_client = g_strdup (record->oauth_client);
  account->oauth_scope = g_strdup (record->oauth_scope);
  account->oauth_authorize = g_strdup (record->oauth_authorize);
  account->oauth_token = g_strdup (record->oauth_token);
  account->oauth_device = g_strdup (record->oauth_device);
  account->oauth_revoke = g_strdup (record->oauth_revoke);
}

MrAccountRecord *
mr_assistant_make_account (const MrAssistantPlan *plan)
{
  MrAccountRecord *account = mr_account_record_new ();
  const MrDiscoveryRecord *record = plan->record;

  account->kind = MR_ACCOUNT_RELAY;
  account->name = g_strdup (is_text (plan->name)              ? plan->name
                            : is_text (record->provider_name) ? record->provider_name
                                                              : "");
  account->addresses = g_strsplit (plan->address, ",", 1);
  account->host = g_strdup (is_text (plan->host) ? plan->host : record->host);
  account->port = record->port;
  account->tls = record->tls;
  account->user = g_strdup (plan->way != MR_WAY_NONE && plan->user != NULL ? plan->user : "");
  account->provider = g_strdup (record->provider != NULL ? record->provider : "");
  account->limit_minute = record->limit_minute;
  account->limit_day = record->limit_day;
  if (plan->way == MR_WAY_SIGN_IN || plan->way == MR_WAY_DESKTOP)
    set_oauth (account, plan);
  account->id = mr_account_form_make_id (account, plan->taken);
  return account;
}
