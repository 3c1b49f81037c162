/* The redirect address has no port: providers let any port of this computer through for programs like this one (RFC 8252 7.3). Microsoft knows it only
 * by the name localhost.
 */
#include "config.h"

#include "ui/oauth-client-steps.h"

#include <glib/gi18n-lib.h>

static const char *const google_ids[] = { "gmail", "google-workspace", NULL };
static const char *const microsoft_ids[] = { "outlook", "microsoft365", NULL };

static const MrOauthClientStep google_steps[] = {
  { N_ ("Make a project in the Google Cloud console; any name will do."), NULL, NULL,
    "https://console.cloud.google.com/projectcreate" },
  { N_ ("Under Branding, give the application a name and your address."), NULL, NULL,
    "https://console.cloud.google.com/auth/branding" },
  { N_ ("Under Data Access, add this permission by hand."), "https://mail.google.com/", N_ ("Copy the permission"),
    "https://console.cloud.google.com/auth/scopes" },
  { N_ ("Under Audience, choose External and press “Publish app”. An application that stays in test mode lets you in "
        "for "
        "seven days only."),
    NULL, NULL, "https://console.cloud.google.com/auth/audience" },
  { N_ ("Under Clients, make a client of the type “Desktop app”. If it asks for a redirect address, this is it."),
    "http://127.0.0.1", N_ ("Copy the redirect address"), "https://console.cloud.google.com/auth/clients/create" },
  { N_ ("Copy the client ID and the client secret from there into the fields below. When you sign in, Google warns "
        "that it "
        "has not checked the application: it is your own, go on under Advanced."),
    NULL, NULL, NULL },
};

static const MrOauthClientStep microsoft_steps[] = {
  { N_ ("Open App Registrations in the Microsoft Entra admin center and press “New registration”; any name will do."),
    NULL, NULL, "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/CreateApplicationBlade" },
  { N_ ("Supported account types: any organizational directory and personal Microsoft accounts."), NULL, NULL, NULL },
  { N_ ("Redirect URI: the platform “Public client/native”, with this address."), "http://localhost",
    N_ ("Copy the redirect address"), NULL },
  { N_ ("Under Authentication, switch on “Allow public client flows”."), NULL, NULL, NULL },
  { N_ ("Under API permissions, add the delegated permissions of these names (APIs my organization uses, Office 365 "
        "Exchange Online)."),
    "SMTP.Send offline_access", N_ ("Copy the permissions"), NULL },
  { N_ ("Copy the application (client) ID from the overview into the field below. No secret is needed. An application "
        "of your own needs no test mode; an organisation's administrator may have to consent once."),
    NULL, NULL, NULL },
};

static const MrOauthClientStep other_steps[] = {
  { N_ ("Find the page for developers in your provider's settings and register an application for the desktop."), NULL,
    NULL, NULL },
  { N_ ("Redirect address:"), "http://127.0.0.1", N_ ("Copy the redirect address"), NULL },
  { N_ ("Allow it to send mail (SMTP), and to stay signed in (offline access). If there is a test mode, publish the "
        "application: in test mode a sign-in ends after some days."),
    NULL, NULL, NULL },
  { N_ ("Copy the client ID, and the secret if there is one, into the fields below."), NULL, NULL, NULL },
};

static const MrOauthClientGuide guides[] = {
  { google_ids,
    N_ ("Google lets programs send after a sign-in only if they are registered. It takes some ten minutes, costs "
        "nothing "
        "and is done once."),
    google_steps, G_N_ELEMENTS (google_steps), TRUE, N_ ("It ends in .apps.googleusercontent.com") },
  { microsoft_ids,
    N_ ("Microsoft lets programs send after a sign-in only if they are registered. It takes some ten minutes and is "
        "done "
        "once. In an organisation this is often the administrator's part."),
    microsoft_steps, G_N_ELEMENTS (microsoft_steps), FALSE, N_ ("It looks like 12345678-90ab-cdef-1234-567890abcdef") },
  { NULL, N_ ("This provider lets programs send after a sign-in if they are registered there. It is done once."),
    other_steps, G_N_ELEMENTS (other_steps), TRUE, NULL },
};

const MrOauthClientGuide *
mr_oauth_client_guide (const char *provider)
{
  for (guint i = 0; i < G_N_ELEMENTS (guides); i++)
    if (guides[i].providers == NULL || (provider != NULL && g_strv_contains (guides[i].providers, provider)))
      return &guides[i];
  return &guides[G_N_ELEMENTS (guides) - 1];
}
