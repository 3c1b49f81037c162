/* Ready-made settings for programs. Programs of this user need neither password nor encryption: the connection never leaves the computer. @HOST@ and
 * @PORT@ are filled in. */
#include <config.h>

#include "client/connect-texts.h"

#include <glib/gi18n-lib.h>

typedef struct {
  MrConnectText text;
  const char *body;
} Row;

static const Row rows[] = {
  { { "git", N_ ("git send-email"), N_ ("Run these once in a terminal") },
    "git config --global sendemail.smtpServer @HOST@\n"
    "git config --global sendemail.smtpServerPort @PORT@\n" },
  { { "msmtp", N_ ("msmtp"), N_ ("Put this into ~/.msmtprc") },
    "defaults\n"
    "account mail-relay\n"
    "host @HOST@\n"
    "port @PORT@\n"
    "auth off\n"
    "tls off\n"
    "from you@example.com\n"
    "account default : mail-relay\n" },
  { { "thunderbird", N_ ("Thunderbird"), N_ ("Enter this under Account Settings, Outgoing Server, Add") },
    "Server Name: @HOST@\n"
    "Port: @PORT@\n"
    "Connection security: None\n"
    "Authentication method: No authentication\n" },
  { { "php", N_ ("PHP"), N_ ("Put this into php.ini; mail() then sends through Mail Relay") },
    "sendmail_path = \"" MR_BINDIR "/mail-relay-sendmail -t -i\"\n" },
  { { "python", N_ ("Python"), N_ ("A message from a script") },
    "import smtplib\n"
    "from email.message import EmailMessage\n"
    "\n"
    "message = EmailMessage()\n"
    "message[\"From\"] = \"you@example.com\"\n"
    "message[\"To\"] = \"friend@example.org\"\n"
    "message[\"Subject\"] = \"Hello\"\n"
    "message.set_content(\"Sent by a script.\")\n"
    "with smtplib.SMTP(\"@HOST@\", @PORT@) as server:\n"
    "    server.send_message(message)\n" },
  { { "cron", N_ ("cron"), N_ ("As root, once: cron and other system programs then find it as sendmail") },
    "ln -s " MR_BINDIR "/mail-relay-sendmail /usr/sbin/sendmail\n" },
};

/* The texts in a row of their own, as the header hands them out. */
static MrConnectText texts[G_N_ELEMENTS (rows)];

const MrConnectText *
mr_connect_texts (guint *ret_n)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    texts[i] = rows[i].text;
  *ret_n = G_N_ELEMENTS (rows);
  return texts;
}

const char *
mr_connect_text_get_title (const MrConnectText *text)
{
  return g_dgettext (GETTEXT_PACKAGE, text->title);
}

const char *
mr_connect_text_get_hint (const MrConnectText *text)
{
  return g_dgettext (GETTEXT_PACKAGE, text->hint);
}

static const char *
find_body (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].text.id, id))
      return rows[i].body;
  return "";
}

char *
mr_connect_text_dup (const MrConnectText *text, const char *host, guint port)
{
  g_autofree char *number = g_strdup_printf ("%u", port);
  GString *body = g_string_new (find_body (text->id));

  g_string_replace (body, "@HOST@", host, 0);
  g_string_replace (body, "@PORT@", number, 0);
  return g_string_free (body, FALSE);
}
