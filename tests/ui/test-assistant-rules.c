/* What the assistant decides without a window: addresses, choices, ways to log in, links, the message to oneself. */
#include <string.h>

#include "set-up-service.h"
#include "ui/account-assistant-message.h"
#include "ui/account-assistant-rules.h"
#include "ui/open-link.h"

static void
test_addresses (void)
{
  static const struct {
    const char *address;
    gboolean good;
  } table[] = {
    { "anna@example.org", TRUE },
    { "a.b+c@sub.example.org", TRUE },
    { "jörg@müller.example", TRUE },
    { "", FALSE },
    { "anna", FALSE },
    { "anna@", FALSE },
    { "@example.org", FALSE },
    { "anna@example", FALSE },
    { "anna @example.org", FALSE },
    { "anna@example.", FALSE },
    { "anna@.org", FALSE },
    { "*@example.org", FALSE },
    { "<anna@x.org>", FALSE },
    { "a,b@x.org", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (mr_assistant_address_is_plausible (table[i].address), ==, table[i].good);
  g_assert_true (mr_assistant_is_in_groups ("abcd efgh ijkl mnop"));
  g_assert_false (mr_assistant_is_in_groups ("abcd efgh ijkl mno"));
  g_assert_false (mr_assistant_is_in_groups ("abc defgh ijkl mnop"));
  g_assert_false (mr_assistant_is_in_groups ("two words"));
  g_autofree char *filled = mr_assistant_fill ("%EMAILLOCALPART%/%EMAILDOMAIN%/%EMAILADDRESS%", "anna@example.org");
  g_assert_cmpstr (filled, ==, "anna/example.org/anna@example.org");
}

static void
test_choices (void)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  static const struct {
    const char *host;
    guint port;
    MrTlsMode tls;
    gboolean secure, conflicts;
  } table[] = {
    { "bad.example", 465, MR_TLS_IMPLICIT, FALSE, FALSE }, { "good.example", 465, MR_TLS_IMPLICIT, TRUE, FALSE },
    { "GOOD.example", 587, MR_TLS_STARTTLS, TRUE, FALSE }, { "good.example", 465, MR_TLS_IMPLICIT, TRUE, FALSE },
    { "good.example", 25, MR_TLS_NONE, TRUE, FALSE },      { "plain.example", 25, MR_TLS_NONE, TRUE, FALSE },
    { "other.example", 465, MR_TLS_IMPLICIT, TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    MrDiscoveryRecord *record = set_up_record ("", "", table[i].host, "password");
    record->port = table[i].port;
    record->tls = table[i].tls;
    record->secure = table[i].secure;
    record->conflicts = table[i].conflicts;
    g_ptr_array_add (results, record);
  }
  g_autoptr (GPtrArray) choices = mr_assistant_make_choices (results);
  g_assert_cmpuint (choices->len, ==, 4);
  g_assert_cmpuint (mr_assistant_pick_choice (choices), ==, 1);
  g_assert_true (mr_assistant_has_conflict (choices));
  /* One server, two doors; the one without encryption is not offered beside them. */
  g_assert_cmpuint (((MrChoice *)choices->pdata[1])->records->len, ==, 2);
}

static void
test_ways (void)
{
  static const struct {
    const char *log_ins, *host;
    gboolean ready, desktop;
    MrWay ways[3];
    guint n;
  } table[] = {
    { "oauth2;app-password", "h", FALSE, FALSE, { MR_WAY_APP_PASSWORD }, 1 },
    { "oauth2;app-password", "h", TRUE, FALSE, { MR_WAY_SIGN_IN, MR_WAY_APP_PASSWORD }, 2 },
    { "oauth2;app-password", "h", FALSE, TRUE, { MR_WAY_DESKTOP, MR_WAY_APP_PASSWORD }, 2 },
    { "oauth2;password", "h", TRUE, TRUE, { MR_WAY_SIGN_IN, MR_WAY_DESKTOP, MR_WAY_PASSWORD }, 3 },
    { "oauth2", "h", FALSE, FALSE, { MR_WAY_NONE }, 0 },
    { "api-key", "h", FALSE, TRUE, { MR_WAY_API_KEY }, 1 },
    { "none", "h", FALSE, FALSE, { MR_WAY_NONE }, 1 },
    { "", "h", FALSE, FALSE, { MR_WAY_PASSWORD }, 1 },
    { "password", "", FALSE, FALSE, { MR_WAY_NONE }, 0 },
  };
  MrDesktopAccountRecord account = { .id = (char *)"1", .provider = (char *)"gmail", .address = (char *)"x@gmail.com" };
  g_autoptr (GPtrArray) desktop = g_ptr_array_new ();

  g_ptr_array_add (desktop, &account);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (MrDiscoveryRecord) record = set_up_record ("gmail", "Gmail", table[i].host, table[i].log_ins);
    MrWay ways[MR_WAY_N_WAYS];
    record->oauth_ready = table[i].ready;
    g_assert_cmpuint (mr_assistant_list_ways (record, table[i].desktop ? desktop : NULL, ways), ==, table[i].n);
    for (guint j = 0; j < table[i].n; j++)
      g_assert_cmpint (ways[j], ==, table[i].ways[j]);
  }
}

static void
test_links (void)
{
  g_assert_true (mr_link_may_be_opened ("https://example.org/x?y=z"));
  g_assert_true (mr_link_may_be_opened ("http://127.0.0.1:8080/x"));
  g_assert_true (mr_link_may_be_opened ("http://[::1]:8080/x"));
  g_assert_false (mr_link_may_be_opened ("http://example.org/"));
  g_assert_false (mr_link_may_be_opened ("http://127.0.0.1.example.org/"));
  g_assert_false (mr_link_may_be_opened ("file:///etc/passwd"));
  g_assert_false (mr_link_may_be_opened ("https:///nohost"));
  g_assert_false (mr_link_may_be_opened ("javascript:alert(1)"));
  g_assert_false (mr_link_may_be_opened (""));
  g_assert_false (mr_link_may_be_opened (NULL));
}

static void
test_message (void)
{
  g_autoptr (GBytes) bytes = mr_assistant_make_test_message ("anna@example.org",
                                                             "Jörgs lange Adresse für die Überweisungen");
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  g_autofree char *text = g_strndup (data, len);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_assert_true (g_str_has_prefix (text, "From: <anna@example.org>\r\nTo: <anna@example.org>\r\nSubject: =?utf-8?b?"));
  for (guint i = 0; lines[i] != NULL; i++) {
    g_assert_cmpuint (strlen (lines[i]), <=, 78);
    g_assert_null (strchr (lines[i], '\n'));
    g_assert_true (g_str_is_ascii (lines[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assistant/rules/addresses", test_addresses);
  g_test_add_func ("/assistant/rules/choices", test_choices);
  g_test_add_func ("/assistant/rules/ways", test_ways);
  g_test_add_func ("/assistant/rules/links", test_links);
  g_test_add_func ("/assistant/rules/message", test_message);
  return g_test_run ();
}
