/* The presets of providers: those of the program are whole, and each is found by what belongs to it. */
#include "policy/presets.h"

#include <string.h>

#include "mail/host-name.h"

static MrPresets *builtin;

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* What the first version promised. */
static void
test_promised (void)
{
  static const char *const ids[] = {
    "gmail",   "google-workspace", "microsoft365", "outlook",  "yahoo",      "aol",           "icloud",
    "gmx",     "web-de",           "mail-ru",      "yandex",   "fastmail",   "zoho",          "proton",
    "posteo",  "mailbox-org",      "infomaniak",   "ovh",      "ionos",      "strato",        "hetzner",
    "gandi",   "orange-fr",        "free-fr",      "t-online", "libero",     "comcast",       "att",
    "verizon", "seznam",           "bluewin",      "sendgrid", "amazon-ses", "mailgun",       "postmark",
    "brevo",   "sparkpost",        "mailjet",      "resend",   "smtp2go",    "elastic-email", "mailchimp-transactional"
  };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (mr_presets_find (builtin, ids[i]) == NULL)
      g_error ("There is no preset “%s”", ids[i]);
  g_assert_cmpuint (mr_presets_get_count (builtin), >=, 60);
}

static void
check_facts (const MrPreset *preset)
{
  static const char *const words[] = { "ispdb", "provider", "clients", "known", NULL };
  g_auto (GStrv) facts = g_strsplit (preset->facts, ";", -1);

  for (guint i = 0; facts[i] != NULL; i++) {
    const char *colon = strchr (facts[i], ':');
    g_autofree char *word = colon != NULL ? g_strndup (colon + 1, strcspn (colon + 1, " ")) : NULL;

    if (word == NULL || !g_strv_contains (words, word))
      g_error ("%s: “%s” says not where a fact is known from", preset->id, facts[i]);
  }
  if (preset->servers->len > 0)
    g_assert_nonnull (strstr (preset->facts, "servers:"));
  g_assert_nonnull (strstr (preset->facts, "log-in:"));
  g_assert_true (preset->limit_day == 0 || strstr (preset->facts, "limits:") != NULL);
  g_assert_true (*preset->oauth_token == '\0' || strstr (preset->facts, "oauth:") != NULL);
  g_assert_true ((*preset->help == '\0' && *preset->help_url == '\0') || strstr (preset->facts, "help:") != NULL);
}

/* Every fact has its source, and no preset can only be reached by its id unless it is a service. */
static void
test_whole (void)
{
  for (guint i = 0; i < mr_presets_get_count (builtin); i++) {
    const MrPreset *preset = mr_presets_get_nth (builtin, i);

    g_assert_false (preset->own);
    check_facts (preset);
    if (preset->kind != MR_PRESET_SERVICE && preset->domains[0] == NULL && preset->mx[0] == NULL)
      g_error ("%s: nothing leads to it", preset->id);
    if (preset->kind == MR_PRESET_SERVICE && *preset->help == '\0')
      g_error ("%s: does not say where to find the key", preset->id);
    if (*preset->mx_user == '\0' && *preset->user_label == '\0' && preset->servers->len > 0)
      g_error ("%s: does not say what the user name is", preset->id);
    for (guint k = 0; k < preset->servers->len; k++) {
      const MrPresetServer *server = preset->servers->pdata[k];
      g_assert_true (server->tls == MR_TLS_IMPLICIT || server->tls == MR_TLS_STARTTLS);
    }
  }
  g_assert_null (mr_presets_get_nth (builtin, mr_presets_get_count (builtin)));
}

/* Two presets that name the same domain or ending would shadow each other. */
static void
test_distinct (void)
{
  for (guint i = 0; i < mr_presets_get_count (builtin); i++) {
    const MrPreset *preset = mr_presets_get_nth (builtin, i);

    for (guint k = 0; preset->domains[k] != NULL; k++) {
      g_autofree char *domain = g_str_has_prefix (preset->domains[k], "*.")
                                    ? g_strconcat ("x", preset->domains[k] + 1, NULL)
                                    : g_strdup (preset->domains[k]);
      if (mr_presets_find_domain (builtin, domain, NULL) != preset)
        g_error ("%s: %s leads to another preset", preset->id, domain);
    }
    for (guint k = 0; preset->mx[k] != NULL; k++) {
      g_autofree char *host = g_strconcat ("mx.", preset->mx[k], NULL);
      if (mr_presets_find_mx (builtin, host, NULL) != preset)
        g_error ("%s: %s leads to another preset", preset->id, host);
    }
  }
}

typedef struct {
  const char *name, *id, *region;
} Row;

static void
test_find (void)
{
  static const Row domains[] = {
    { "gmail.com", "gmail", NULL },
    { "GMail.COM.", "gmail", NULL },
    { "contoso.onmicrosoft.com", "microsoft365", NULL },
    { "onmicrosoft.com", "microsoft365", NULL },
    { "hotmail.co.uk", "outlook", NULL },
    { "zoho.eu", "zoho", "eu" },
    { "zohomail.com.au", "zoho", "au" },
    { "example.com", NULL, NULL },
    { "notgmail.com", NULL, NULL },
    { "mail.gmail.com", NULL, NULL },
    { "", NULL, NULL },
    { "gmail.com\n", NULL, NULL },
  };
  static const Row hosts[] = {
    { "aspmx.l.google.com", "google-workspace", NULL },
    { "ASPMX2.GOOGLEMAIL.com.", "google-workspace", NULL },
    { "contoso-com.mail.protection.outlook.com", "microsoft365", NULL },
    { "hotmail-com.olc.protection.outlook.com", "outlook", NULL },
    { "mx-aol.mail.gm0.yahoodns.net", "aol", NULL },
    { "mta5.am0.yahoodns.net", "yahoo", NULL },
    { "mx.zoho.eu", "zoho-domain", "eu" },
    { "mx01.kundenserver.de", "ionos", "de" },
    { "in1-smtp.messagingengine.com", "fastmail", NULL },
    { "fakegoogle.com", NULL, NULL },
    { "mx.example.com", NULL, NULL },
    { ".", NULL, NULL },
  };
  const MrPresetRegion *region = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++) {
    const MrPreset *preset = mr_presets_find_domain (builtin, domains[i].name, &region);
    g_assert_cmpstr (preset != NULL ? preset->id : NULL, ==, domains[i].id);
    g_assert_cmpstr (region != NULL ? region->id : NULL, ==, domains[i].region);
  }
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    const MrPreset *preset = mr_presets_find_mx (builtin, hosts[i].name, &region);
    g_assert_cmpstr (preset != NULL ? preset->id : NULL, ==, hosts[i].id);
    g_assert_cmpstr (region != NULL ? region->id : NULL, ==, hosts[i].region);
  }
}

static void
test_records (void)
{
  const MrPreset *preset = mr_presets_find (builtin, "web-de");
  g_autoptr (GPtrArray) records = mr_preset_dup_records (preset, NULL, "anna.berg@web.de", FALSE);
  const MrDiscoveryRecord *first = records->pdata[0], *second = records->pdata[1];

  g_assert_cmpuint (records->len, ==, 2);
  g_assert_cmpint (first->source, ==, MR_SOURCE_PRESET);
  g_assert_true (first->secure);
  g_assert_cmpstr (first->host, ==, "smtp.web.de");
  g_assert_cmpuint (first->port, ==, 465);
  g_assert_cmpint (first->tls, ==, MR_TLS_IMPLICIT);
  g_assert_cmpint (second->tls, ==, MR_TLS_STARTTLS);
  g_assert_cmpstr (first->user, ==, "anna.berg");
  g_assert_cmpstr (first->provider, ==, "web-de");
  g_assert_cmpstr (first->log_ins[0], ==, "password");
  g_assert_cmpstr (first->oauth_client, ==, "");
}

static void
test_regions (void)
{
  const MrPreset *preset = mr_presets_find (builtin, "amazon-ses");
  const MrPresetRegion *region = mr_preset_get_region (preset, "eu-central-1");
  g_autoptr (GPtrArray) records = mr_preset_dup_records (preset, region, "a@example.com", FALSE);
  const MrDiscoveryRecord *first = records->pdata[0];

  g_assert_cmpstr (first->host, ==, "email-smtp.eu-central-1.amazonaws.com");
  g_assert_cmpstr (first->user, ==, "");
  g_assert_cmpstr (first->regions[0], ==, "us-east-1|N. Virginia|email-smtp.us-east-1.amazonaws.com");
  g_assert_null (mr_preset_get_region (preset, "moon-1"));
}

/* What only a person knows, and providers that let nobody in. */
static void
test_users (void)
{
  g_autoptr (GPtrArray) plain = mr_preset_dup_records (mr_presets_find (builtin, "icloud"), NULL, "anna@icloud.com",
                                                       FALSE);
  g_autoptr (GPtrArray) hosted = mr_preset_dup_records (mr_presets_find (builtin, "icloud"), NULL, "anna@example.com",
                                                        TRUE);
  g_autoptr (GPtrArray) fixed = mr_preset_dup_records (mr_presets_find (builtin, "sendgrid"), NULL, "anna@example.com",
                                                       FALSE);
  g_autoptr (GPtrArray) listed = mr_preset_dup_records (mr_presets_find (builtin, "gmail"), NULL, NULL, FALSE);
  g_autoptr (GPtrArray) closed = mr_preset_dup_records (mr_presets_find (builtin, "tuta"), NULL, "anna@tuta.com",
                                                        FALSE);

  g_assert_cmpstr (((MrDiscoveryRecord *)plain->pdata[0])->user, ==, "anna@icloud.com");
  g_assert_cmpstr (((MrDiscoveryRecord *)hosted->pdata[0])->user, ==, "");
  g_assert_cmpstr (((MrDiscoveryRecord *)fixed->pdata[0])->user, ==, "apikey");
  g_assert_cmpstr (((MrDiscoveryRecord *)listed->pdata[0])->user, ==, "%EMAILADDRESS%");
  g_assert_cmpuint (closed->len, ==, 1);
  g_assert_cmpstr (((MrDiscoveryRecord *)closed->pdata[0])->host, ==, "");
  g_assert_cmpstr (((MrDiscoveryRecord *)closed->pdata[0])->notice, !=, "");
}

static void
test_fill (void)
{
  g_autofree char *all = mr_preset_fill ("%EMAILLOCALPART%.%EMAILDOMAIN%<%EMAILADDRESS%", "a@b.example");
  g_autofree char *twice = mr_preset_fill ("%EMAILLOCALPART%", "%EMAILDOMAIN%@b.example");
  g_autofree char *other = mr_preset_fill ("100%%EMAIL%", "a@b.example");

  g_assert_cmpstr (all, ==, "a.b.example<a@b.example");
  g_assert_cmpstr (twice, ==, "%EMAILDOMAIN%");
  g_assert_cmpstr (other, ==, "100%%EMAIL%");
  g_assert_null (mr_preset_fill ("%EMAILADDRESS%", "nobody"));
  g_assert_null (mr_preset_fill ("%EMAILADDRESS%", "a\n@b.example"));
}

/* A person's file adds a provider and takes the place of one of ours. */
static void
test_own (void)
{
  MrPresets *presets = mr_presets_new_builtin ();
  guint before = mr_presets_get_count (presets);
  const MrPreset *old = mr_presets_find (presets, "gmail");
  g_autoptr (GBytes) file = bytes (
      "[provider club]\nname=Club\ndomains=club.example\nservers=implicit:mail.club.example:465\n"
      "log-in=password\nmx=club.example\n"
      "[provider gmail]\nname=Our Gmail\ndomains=gmail.com\n"
      "servers=starttls:relay.club.example:587\nlog-in=none\n"
      "[provider test]\nname=Test\nservers=none:localhost:2525\nlog-in=none\n");
  g_autoptr (GError) error = NULL;

  g_assert_true (mr_presets_add (presets, "own.conf", file, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mr_presets_get_count (presets), ==, before + 2);
  g_assert_true (mr_presets_find_domain (presets, "club.example", NULL)->own);
  g_assert_cmpstr (mr_presets_find_domain (presets, "gmail.com", NULL)->name, ==, "Our Gmail");
  g_assert_null (mr_presets_find_domain (presets, "googlemail.com", NULL));
  g_assert_cmpstr (old->name, ==, "Gmail"); /* who holds it may go on reading it */
  g_assert_cmpstr (mr_presets_find (presets, "club")->facts, ==, "all:person");
  mr_presets_unref (presets);
}

static void
test_errors (void)
{
  static const struct {
    const char *text, *words;
  } rows[] = {
    { "name=x\n", "own.conf: " },
    { "[gmail]\nname=x\n", "own.conf: [gmail] a group must" },
    { "[provider ]\nname=x\nnotice=y\n", "provider: the id" },
    { "[provider A]\nname=x\nnotice=y\n", "provider: the id" },
    { "[provider a]\nnotice=y\n", "name: is missing" },
    { "[provider a]\nname=x\n", "servers: without a server" },
    { "[provider a]\nname=x\nservers=implicit:h.example:465\n", "log-in: is missing" },
    { "[provider a]\nname=x\nservers=implicit:h.example:0\nlog-in=password\n", "servers: must" },
    { "[provider a]\nname=x\nservers=implicit:h_x.example:465\nlog-in=password\n", "servers: must" },
    { "[provider a]\nname=x\nservers=none:h.example:25\nlog-in=password\n", "servers: must" },
    { "[provider a]\nname=x\nservers=opportunistic:h.example:25\nlog-in=password\n", "servers: must" },
    { "[provider a]\nname=x\nnotice=y\nlog-in=magic\n", "log-in: must be of" },
    { "[provider a]\nname=x\nnotice=y\nlog-in=oauth2\n", "log-in: oauth2 needs" },
    { "[provider a]\nname=x\nnotice=y\noauth-token=http://a.example/\n", "oauth-token: must begin" },
    { "[provider a]\nname=x\nnotice=y\nhelp-url=javascript:x\n", "help-url: must begin" },
    { "[provider a]\nname=x\nnotice=y\ndomains=com\n", "domains: must" },
    { "[provider a]\nname=x\nnotice=y\nregions=a|b\n", "regions: must" },
    { "[provider a]\nname=x\nnotice=y\nlimit-day=many\n", "limit-day: must be a number" },
    { "[provider a]\nname=x\nnotice=y\nkind=odd\n", "kind: there is no such word" },
    { "[provider a]\nname=x\nnotice=y\nclient-id=odd\n", "client-id: there is no such key" },
    { "[provider a]\nname=x\nnotice=y\\nz\n", "notice: must be one line" },
  };
  MrPresets *presets = mr_presets_new_builtin ();
  guint before = mr_presets_get_count (presets);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    /* The first group of each file is right: all of it or nothing. */
    g_autofree char *text = g_strconcat (i == 0 ? "" : "[provider ok]\nname=x\nnotice=y\n", rows[i].text, NULL);
    g_autoptr (GBytes) file = bytes (text);
    g_autoptr (GError) error = NULL;

    g_assert_false (mr_presets_add (presets, "own.conf", file, TRUE, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    if (strstr (error->message, rows[i].words) == NULL)
      g_error ("“%s” does not say “%s”", error->message, rows[i].words);
  }
  g_assert_cmpuint (mr_presets_get_count (presets), ==, before);
  mr_presets_unref (presets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  builtin = mr_presets_new_builtin ();
  g_test_add_func ("/policy/presets/promised", test_promised);
  g_test_add_func ("/policy/presets/whole", test_whole);
  g_test_add_func ("/policy/presets/distinct", test_distinct);
  g_test_add_func ("/policy/presets/find", test_find);
  g_test_add_func ("/policy/presets/records", test_records);
  g_test_add_func ("/policy/presets/regions", test_regions);
  g_test_add_func ("/policy/presets/users", test_users);
  g_test_add_func ("/policy/presets/fill", test_fill);
  g_test_add_func ("/policy/presets/own", test_own);
  g_test_add_func ("/policy/presets/errors", test_errors);
  int code = g_test_run ();
  mr_presets_unref (builtin);
  return code;
}
