/* The order of importance is the order of the checks: what stops mail from being taken in comes before what stops it from leaving, and that
 * before what a person has chosen. */
#include "config.h"

#include "ui/notice.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"

static void
set_notice (MrNotice *ret, MrNoticeLevel level, const char *icon, char *text, const char *button, const char *action)
{
  ret->level = level;
  ret->icon = icon;
  ret->text = text;
  ret->button = button;
  ret->action = action;
}

static gboolean
choose_connection (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (facts->connected)
    return FALSE;
  if (facts->connecting)
    set_notice (ret, MR_NOTICE_INFO, "content-loading-symbolic", g_strdup (_ ("Connecting to the mail service…")), NULL,
                NULL);
  else
    set_notice (ret, MR_NOTICE_ERROR, "computer-fail-symbolic",
                g_strdup_printf (_ ("The mail service does not answer: %s"),
                                 facts->connect_error != NULL ? facts->connect_error : _ ("it has ended")),
                _ ("Start Again"), "win.start-service");
  return TRUE;
}

static gboolean
choose_intake (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (facts->config_error != NULL)
    set_notice (ret, MR_NOTICE_ERROR, "dialog-error-symbolic",
                g_strdup_printf (_ ("The configuration file has an error; the settings before it stay in force. %s"),
                                 facts->config_error),
                _ ("Open the File"), "win.open-config");
  else if (facts->port_error != NULL)
    set_notice (ret, facts->listens ? MR_NOTICE_WARNING : MR_NOTICE_ERROR, "network-error-symbolic",
                g_strdup_printf (_ ("Programs cannot hand in mail at %s: %s"), facts->port_address, facts->port_error),
                _ ("Use Another Port…"), "win.choose-port");
  else
    return FALSE;
  return TRUE;
}

/* ---- keyring ---- */

typedef struct {
  const char *state, *icon, *text, *button, *action;
} KeyringRow;

static const KeyringRow keyring_rows[] = {
  { "locked", "changes-prevent-symbolic", N_ ("Your saved passwords are locked."), N_ ("Unlock…"),
    "win.unlock-keyring" },
  { "no-service", "dialog-password-symbolic", N_ ("There is no keyring here to keep passwords in."),
    N_ ("Choose Where…"), "win.choose-secrets" },
  { "timed-out", "dialog-password-symbolic",
    N_ ("The keyring does not answer. Perhaps it asks you something: look for its window."), N_ ("Try Again"),
    "win.check-keyring" },
  { "no-place", "dialog-password-symbolic",
    N_ ("The keyring has no place for passwords. Make one, or open your password database."),
    N_ ("Make a Place for Passwords…"), "win.create-keyring" },
  { "asks-each-time", "dialog-password-symbolic",
    N_ ("Your password program wants to ask you each time a password is used. Switch that off there (KeePassXC: "
        "Settings, Secret Service Integration)."),
    N_ ("Try Again"), "win.check-keyring" },
  { "refused", "dialog-password-symbolic", N_ ("The file with the passwords can be read by others and is not used."),
    N_ ("Choose Another Place…"), "win.choose-secrets" },
};

static const KeyringRow *
find_keyring_row (const MrNoticeFacts *facts)
{
  if (facts->secrets_state == NULL || facts->n_accounts == 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (keyring_rows); i++)
    if (g_str_equal (keyring_rows[i].state, facts->secrets_state))
      return &keyring_rows[i];
  return NULL;
}

/* What the person has just tried comes before the state that it was tried for. */
static gboolean
choose_talk (const MrNoticeFacts *facts, MrNotice *ret)
{
  switch (facts->keyring_talk) {
  case MR_TALK_ASKING:
    set_notice (
        ret, MR_NOTICE_INFO, "dialog-password-symbolic",
        g_strdup (_ ("The keyring asks in a window of its own. It may be behind others, or wait for another program's "
                     "question.")),
        _ ("Stop Waiting"), "win.cancel-unlock");
    return TRUE;
  case MR_TALK_CLOSED:
    set_notice (ret, MR_NOTICE_WARNING, "changes-prevent-symbolic",
                g_strdup (_ ("The keyring's question was closed. Mail waits until you answer it.")), _ ("Ask Again…"),
                "win.unlock-keyring");
    return TRUE;
  case MR_TALK_BUSY:
    set_notice (ret, MR_NOTICE_WARNING, "changes-prevent-symbolic",
                g_strdup (_ ("The keyring is asking for another program just now. Answer that first, then try again.")),
                _ ("Try Again"), "win.unlock-keyring");
    return TRUE;
  case MR_TALK_NONE:
    break;
  }
  return FALSE;
}

static gboolean
choose_keyring (const MrNoticeFacts *facts, MrNotice *ret)
{
  const KeyringRow *row = find_keyring_row (facts);

  if (row == NULL || !facts->secrets_needed)
    return FALSE;
  if (!choose_talk (facts, ret))
    set_notice (ret, MR_NOTICE_WARNING, row->icon,
                g_strdup_printf (_ ("%s Mail that needs a password waits."), _ (row->text)), _ (row->button),
                row->action);
  return TRUE;
}

static gboolean
choose_idle_keyring (const MrNoticeFacts *facts, MrNotice *ret)
{
  const KeyringRow *row = find_keyring_row (facts);

  if (row == NULL)
    return FALSE;
  if (facts->keyring_talk != MR_TALK_ASKING || !choose_talk (facts, ret))
    set_notice (ret, MR_NOTICE_INFO, row->icon,
                g_strdup_printf (_ ("%s Mail goes on with the passwords in memory."), _ (row->text)), _ (row->button),
                row->action);
  return TRUE;
}

/* Only where mail is kept by it: whoever sends nothing has no need of the network. */
static gboolean
choose_sign_in_page (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (!facts->captive || facts->paused || (facts->online && facts->n_waiting == 0))
    return FALSE;
  set_notice (ret, MR_NOTICE_WARNING, "network-wireless-acquiring-symbolic",
              g_strdup (_ ("This network wants you to sign in first. Mail waits and goes out by itself afterwards.")),
              _ ("Open Sign-in Page of the Network"), "win.open-network-page");
  return TRUE;
}

static gboolean
choose_accounts (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (facts->n_accounts == 0 && facts->n_waiting > 0)
    set_notice (ret, MR_NOTICE_WARNING, "avatar-default-symbolic",
                g_strdup_printf (ngettext ("%u message waits: add a sending account.",
                                           "%u messages wait: add a sending account.", (gulong)facts->n_waiting),
                                 (guint)facts->n_waiting),
                _ ("Add Account…"), "win.add-account");
  else if (facts->n_accounts_in_trouble == 1)
    set_notice (ret, MR_NOTICE_WARNING, "dialog-warning-symbolic",
                g_strdup_printf (_ ("The account %s needs you; its mail waits."), facts->account_in_trouble),
                _ ("Show Accounts"), "win.show-page::accounts");
  else if (facts->n_accounts_in_trouble > 1)
    set_notice (ret, MR_NOTICE_WARNING, "dialog-warning-symbolic",
                g_strdup_printf (_ ("%u accounts need you; their mail waits."), facts->n_accounts_in_trouble),
                _ ("Show Accounts"), "win.show-page::accounts");
  else
    return FALSE;
  return TRUE;
}

static gboolean
choose_refusal (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (facts->refused_program == NULL)
    return FALSE;
  set_notice (ret, MR_NOTICE_INFO, "action-unavailable-symbolic",
              facts->refused_user != NULL
                  ? g_strdup_printf (_ ("%s, user %s, tried to send and was refused."), facts->refused_program,
                                     facts->refused_user)
                  : g_strdup_printf (_ ("%s tried to send and was refused."), facts->refused_program),
              _ ("Who May Send…"), "win.senders");
  return TRUE;
}

/* "until 14:05", "until tomorrow, 08:00": as the rows say it. */
static char *
dup_paused_text (const MrNoticeFacts *facts)
{
  g_autofree char *when = facts->paused_until > 0 ? mr_format_time (facts->paused_until) : NULL;

  return when != NULL ? g_strdup_printf (_ ("Sending is paused until %s. Mail is taken and waits."), when)
                      : g_strdup (_ ("Sending is paused. Programs can still hand in mail; it waits."));
}

static gboolean
choose_rest (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (facts->paused)
    set_notice (ret, MR_NOTICE_INFO, "media-playback-pause-symbolic", dup_paused_text (facts), _ ("Go On"),
                "win.toggle-paused");
  else if (facts->keeps_everything)
    set_notice (ret, MR_NOTICE_INFO, "media-playback-pause-symbolic",
                facts->n_held > 0 ? g_strdup_printf (ngettext ("All new mail is kept back for review: %u message.",
                                                               "All new mail is kept back for review: %u messages.",
                                                               (guint)MIN (facts->n_held, G_MAXUINT)),
                                                     (guint)MIN (facts->n_held, G_MAXUINT))
                                  : g_strdup (_ ("All new mail is kept back for review.")),
                _ ("Send New Mail Again"), "win.send-everything");
  else if (!facts->online)
    set_notice (ret, MR_NOTICE_INFO, "network-offline-symbolic",
                g_strdup (_ ("No network. Mail goes out when it is back.")), NULL, NULL);
  else if (facts->service_version != NULL && facts->own_version != NULL
           && !g_str_equal (facts->service_version, facts->own_version))
    set_notice (ret, MR_NOTICE_INFO, "software-update-available-symbolic",
                g_strdup_printf (_ ("The mail service is of version %s, this window of %s."), facts->service_version,
                                 facts->own_version),
                _ ("Restart the Service"), "win.restart-service");
  else if (choose_idle_keyring (facts, ret))
    return TRUE;
  else if (facts->config_warning != NULL)
    set_notice (ret, MR_NOTICE_INFO, "dialog-information-symbolic", g_strdup (facts->config_warning),
                _ ("Open the File"), "win.open-config");
  else if (facts->store_notice != NULL)
    set_notice (ret, MR_NOTICE_INFO, "drive-harddisk-symbolic", g_strdup (facts->store_notice), _ ("What to Do…"),
                "win.help::stuck");
  else
    return FALSE;
  return TRUE;
}

void
mr_notice_choose (const MrNoticeFacts *facts, MrNotice *ret)
{
  *ret = (MrNotice){ 0 };
  if (!choose_connection (facts, ret) && !choose_intake (facts, ret) && !choose_keyring (facts, ret)
      && !choose_sign_in_page (facts, ret) && !choose_accounts (facts, ret) && !choose_refusal (facts, ret))
    choose_rest (facts, ret);
}

void
mr_notice_clear (MrNotice *notice)
{
  g_clear_pointer (&notice->text, g_free);
  *notice = (MrNotice){ 0 };
}
