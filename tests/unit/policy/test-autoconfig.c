/* Autoconfig files: what is read, what is dropped, what is refused. */
#include "policy/autoconfig.h"

#include <string.h>

#define HEAD  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n"
#define TAIL  "</clientConfig>\n"
#define HOST  "<hostname>smtp.example.com</hostname>"
#define PORT  "<port>465</port>"
#define SSL   "<socketType>SSL</socketType>"
#define USER  "<username>%EMAILADDRESS%</username>"
#define PLAIN "<authentication>password-cleartext</authentication>"

static GPtrArray *
parse (const char *text, GError **error)
{
  return mr_autoconfig_parse (text, strlen (text), "anna.berg@example.com", error);
}

/* A provider with one server for sending that holds body. */
static GPtrArray *
parse_server (const char *body, GError **error)
{
  g_autofree char *text = g_strconcat (HEAD "<emailProvider id=\"example.com\"><domain>example.com</domain>"
                                            "<outgoingServer type=\"smtp\">",
                                       body, "</outgoingServer></emailProvider>" TAIL, NULL);

  return parse (text, error);
}

static const char whole[] = HEAD
    "<emailProvider id=\"example.com\">\n"
    "  <domain>example.com</domain>\n"
    "  <displayName>Example &amp; Sons</displayName><displayShortName>Ex</displayShortName>\n"
    "  <incomingServer type=\"imap\">" HOST PORT SSL USER PLAIN "</incomingServer>\n"
    "  <outgoingServer type=\"smtp\">\n"
    "    <hostname> SMTP.%EMAILDOMAIN% </hostname>\n    <port>465</port>\n    <socketType>SSL</socketType>\n"
    "    <username>%EMAILLOCALPART%</username>\n"
    "    <authentication>OAuth2</authentication>\n    <authentication>password-cleartext</authentication>\n"
    "    <authentication>GSSAPI</authentication>\n"
    "    <addThisServer>true</addThisServer><useGlobalPreferredServer>false</useGlobalPreferredServer>\n"
    "  </outgoingServer>\n"
    "  <outgoingServer type=\"smtp\">" HOST "<port>587</port><socketType>STARTTLS</socketType>" USER PLAIN
    "</outgoingServer>\n"
    "  <outgoingServer type=\"smtp\">" HOST "<port>25</port><socketType>plain</socketType>" USER PLAIN
    "</outgoingServer>\n"
    "  <documentation url=\"http://www.example.com/\"><descr lang=\"en\">Help</descr></documentation>\n"
    "</emailProvider>\n"
    "<oAuth2>\n  <issuer>login.example.com</issuer>\n  <scope>mail-w offline</scope>\n"
    "  <authURL>https://login.example.com/auth</authURL>\n  <tokenURL>https://login.example.com/token</tokenURL>\n"
    "  <clientID>mail-programs</clientID>\n</oAuth2>\n"
    "<clientConfigUpdate url=\"https://www.example.com/config\"/>\n" TAIL;

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = parse (whole, &error);
  const MrDiscoveryRecord *first, *third;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 3);
  first = found->pdata[0];
  third = found->pdata[2];
  g_assert_cmpstr (first->provider_name, ==, "Example & Sons");
  g_assert_cmpstr (first->host, ==, "SMTP.example.com");
  g_assert_cmpuint (first->port, ==, 465);
  g_assert_cmpint (first->tls, ==, MR_TLS_IMPLICIT);
  g_assert_cmpstr (first->user, ==, "anna.berg");
  g_assert_cmpuint (g_strv_length (first->log_ins), ==, 2);
  g_assert_cmpstr (first->log_ins[0], ==, "oauth2");
  g_assert_cmpstr (first->log_ins[1], ==, "password");
  g_assert_cmpstr (first->oauth_issuer, ==, "https://login.example.com");
  g_assert_cmpstr (first->oauth_authorize, ==, "https://login.example.com/auth");
  g_assert_cmpstr (first->oauth_token, ==, "https://login.example.com/token");
  g_assert_cmpstr (first->oauth_scope, ==, "mail-w offline");
  g_assert_cmpstr (first->oauth_client, ==, "mail-programs");
  g_assert_false (first->secure);
  g_assert_cmpstr (first->notice, ==, "");
  g_assert_cmpint (((MrDiscoveryRecord *)found->pdata[1])->tls, ==, MR_TLS_STARTTLS);
  g_assert_cmpint (third->tls, ==, MR_TLS_NONE);
  g_assert_cmpstr (third->user, ==, "anna.berg@example.com");
}

typedef struct {
  const char *body;
  const char *user, *log_ins; /* NULL: the section is dropped */
} Row;

static void
test_sections (void)
{
  static const Row rows[] = {
    { HOST PORT SSL USER PLAIN, "anna.berg@example.com", "password" },
    { HOST PORT SSL PLAIN, "anna.berg@example.com", "password" },
    { HOST PORT SSL USER, "anna.berg@example.com", "password" },
    { HOST PORT SSL "<username>u%EMAILLOCALPART%-%EMAILDOMAIN%</username>" PLAIN, "uanna.berg-example.com",
      "password" },
    { HOST PORT SSL "<username>%REALNAME%</username>" PLAIN, "", "password" },
    { HOST PORT SSL "<username>a\001b</username>" PLAIN, "", "password" },
    { HOST PORT SSL "<username>a&#10;b</username>" PLAIN, "", "password" },
    { HOST PORT SSL "<username><![CDATA[<x>]]></username>" PLAIN, "<x>", "password" },
    { HOST PORT SSL USER "<authentication>password-encrypted</authentication>" PLAIN, "anna.berg@example.com",
      "password" },
    { HOST PORT SSL USER "<authentication>none</authentication>", "anna.berg@example.com", "none" },
    { HOST PORT SSL USER "<authentication>client-IP-address</authentication>", "anna.berg@example.com", "none" },
    { HOST PORT SSL USER "<authentication>oauth2</authentication>" PLAIN, "anna.berg@example.com", "oauth2,password" },
    { HOST PORT SSL USER "<authentication>NTLM</authentication>", NULL, NULL },
    { HOST PORT SSL USER "<authentication>TLS-client-cert</authentication>", NULL, NULL },
    { PORT SSL USER PLAIN, NULL, NULL },
    { HOST SSL USER PLAIN, NULL, NULL },
    { HOST PORT USER PLAIN, NULL, NULL },
    { HOST "<port>0</port>" SSL PLAIN, NULL, NULL },
    { HOST "<port>65536</port>" SSL PLAIN, NULL, NULL },
    { HOST "<port>465x</port>" SSL PLAIN, NULL, NULL },
    { HOST PORT "<socketType>magic</socketType>" PLAIN, NULL, NULL },
    { "<hostname>smtp example.com</hostname>" PORT SSL PLAIN, NULL, NULL },
    { "<hostname>-x.example.com</hostname>" PORT SSL PLAIN, NULL, NULL },
    { "<hostname>smtp.example.com/path</hostname>" PORT SSL PLAIN, NULL, NULL },
    { "<hostname>%EMAILADDRESS%</hostname>" PORT SSL PLAIN, NULL, NULL },
    { "<hostname></hostname>" PORT SSL PLAIN, NULL, NULL },
    /* what lies deeper is not the server's */
    { "<x>" HOST "</x>" PORT SSL PLAIN, NULL, NULL },
    { HOST PORT SSL PLAIN "<x><hostname>evil.example</hostname></x>", "anna.berg@example.com", "password" },
    { HOST PORT SSL PLAIN "<outgoingServer type=\"smtp\"><port>1</port></outgoingServer>", "anna.berg@example.com",
      "password" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) found = parse_server (rows[i].body, &error);

    if ((found != NULL) != (rows[i].log_ins != NULL))
      g_error ("%s: %s", rows[i].body, error != NULL ? error->message : "was taken");
    if (found == NULL)
      continue;
    const MrDiscoveryRecord *record = found->pdata[0];
    g_autofree char *log_ins = g_strjoinv (",", record->log_ins);
    g_assert_cmpuint (found->len, ==, 1);
    g_assert_cmpstr (record->host, ==, "smtp.example.com");
    g_assert_cmpstr (record->user, ==, rows[i].user);
    g_assert_cmpstr (log_ins, ==, rows[i].log_ins);
  }
}

/* A broken section does not take the others with it. */
static void
test_one_broken (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = parse (
      HEAD "<emailProvider><outgoingServer type=\"smtp\">" HOST "<port>x</port>" SSL PLAIN
           "</outgoingServer><outgoingServer type=\"smtp\">" HOST PORT SSL PLAIN "</outgoingServer>"
           "<outgoingServer type=\"exchange\">" HOST PORT SSL PLAIN
           "</outgoingServer><outgoingServer/></emailProvider>" TAIL,
      &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    MrError code;
  } rows[] = {
    { "", MR_ERROR_INVALID },
    { "no XML", MR_ERROR_INVALID },
    { "<!DOCTYPE html><html><body>404</body></html>", MR_ERROR_INVALID },
    { HEAD, MR_ERROR_INVALID },
    { HEAD TAIL, MR_ERROR_NOT_FOUND },
    { HEAD "<emailProvider><incomingServer type=\"imap\">" HOST PORT SSL PLAIN "</incomingServer></emailProvider>" TAIL,
      MR_ERROR_NOT_FOUND },
    { HEAD "<a>\xff\xfe</a>" TAIL, MR_ERROR_INVALID },
    { "<!DOCTYPE x [<!ENTITY a \"b\">]>" HEAD "<emailProvider><outgoingServer type=\"smtp\"><hostname>&a;</hostname>"
      "</outgoingServer></emailProvider>" TAIL,
      MR_ERROR_INVALID },
  };
  g_autofree char *huge = g_strnfill (MR_AUTOCONFIG_MAX + 1, ' ');
  g_autoptr (GString) deep = g_string_new (HEAD);
  g_autoptr (GError) too_big = NULL, too_deep = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (parse (rows[i].text, &error));
    g_assert_error (error, MR_ERROR, (int)rows[i].code);
  }
  g_assert_null (parse (huge, &too_big));
  g_assert_error (too_big, MR_ERROR, MR_ERROR_TOO_BIG);
  for (guint i = 0; i < 1000; i++)
    g_string_append (deep, "<a>");
  g_assert_null (parse (deep->str, &too_deep));
  g_assert_error (too_deep, MR_ERROR, MR_ERROR_INVALID);
}

/* Endpoints that are no https pages are not kept; the servers are. */
static void
test_oauth_broken (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = parse (
      HEAD "<oAuth2><issuer>http://a.example</issuer><authURL>http://a.example/</authURL>"
           "<tokenURL>https://user@a.example/</tokenURL><scope>a&#13;b</scope></oAuth2>"
           "<emailProvider><outgoingServer type=\"smtp\">" HOST PORT SSL PLAIN "</outgoingServer></emailProvider>" TAIL,
      &error);
  const MrDiscoveryRecord *record;

  g_assert_no_error (error);
  record = found->pdata[0];
  g_assert_cmpstr (record->oauth_issuer, ==, "");
  g_assert_cmpstr (record->oauth_authorize, ==, "");
  g_assert_cmpstr (record->oauth_token, ==, "");
  g_assert_cmpstr (record->oauth_scope, ==, "");
}

static void
test_bounds (void)
{
  g_autoptr (GString) many = g_string_new (HEAD "<emailProvider>");
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (5000, 'n');

  g_string_append_printf (many, "<displayName>%s</displayName>", name);
  for (guint i = 0; i < 200; i++)
    g_string_append (many, "<outgoingServer type=\"smtp\">" HOST PORT SSL PLAIN "</outgoingServer>");
  g_string_append (many, "</emailProvider>" TAIL);
  g_autoptr (GPtrArray) found = parse (many->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 16);
  g_assert_cmpstr (((MrDiscoveryRecord *)found->pdata[0])->provider_name, ==, "");
}

/* A domain beyond ASCII goes into host names as its A-label, into the user name as it was typed. */
static void
test_international (void)
{
  static const char text[]
      = "\xef\xbb\xbf" HEAD
        "<emailProvider><outgoingServer type=\"smtp\"><hostname>mail.%EMAILDOMAIN%</hostname>" PORT SSL USER
        "</outgoingServer></emailProvider>" TAIL;
  static const char latin[]
      = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><clientConfig><emailProvider><displayName>"
        "Caf\xe9</displayName><outgoingServer type=\"smtp\">" HOST PORT SSL
        "</outgoingServer></emailProvider></clientConfig>";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = mr_autoconfig_parse (text, strlen (text), "anna@bücher.example", &error);
  g_autoptr (GPtrArray) old = parse (latin, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (((MrDiscoveryRecord *)found->pdata[0])->host, ==, "mail.xn--bcher-kva.example");
  g_assert_cmpstr (((MrDiscoveryRecord *)found->pdata[0])->user, ==, "anna@bücher.example");
  g_assert_cmpstr (((MrDiscoveryRecord *)old->pdata[0])->provider_name, ==, "Café");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/autoconfig/whole", test_whole);
  g_test_add_func ("/policy/autoconfig/sections", test_sections);
  g_test_add_func ("/policy/autoconfig/one-broken", test_one_broken);
  g_test_add_func ("/policy/autoconfig/refused", test_refused);
  g_test_add_func ("/policy/autoconfig/oauth-broken", test_oauth_broken);
  g_test_add_func ("/policy/autoconfig/bounds", test_bounds);
  g_test_add_func ("/policy/autoconfig/international", test_international);
  return g_test_run ();
}
