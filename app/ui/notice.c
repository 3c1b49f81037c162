/* The order of importance is the order of the checks: what stops mail from being taken in comes before what stops it from leaving, and that
 * before what a person has chosen. */
#include "config.h"

#include "ui/notice.h"

#include <glib/gi18n-lib.h>

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
  else if (facts->store_notice != NULL)
    set_notice (ret, MR_NOTICE_ERROR, "drive-harddisk-symbolic", g_strdup (facts->store_notice), NULL, NULL);
  else if (facts->port_error != NULL)
    set_notice (ret, facts->listens ? MR_NOTICE_WARNING : MR_NOTICE_ERROR, "network-error-symbolic",
                g_strdup_printf (_ ("Programs cannot hand in mail at %s: %s"), facts->port_address, facts->port_error),
                _ ("Use Another Port…"), "win.choose-port");
  else
    return FALSE;
  return TRUE;
}

static gboolean
choose_keyring (const MrNoticeFacts *facts, MrNotice *ret)
{
  const char *state = facts->secrets_state;

  if (state == NULL || g_str_equal (state, "ok") || *state == '\0' || facts->n_accounts == 0)
    return FALSE;
  if (g_str_equal (state, "locked"))
    set_notice (ret, MR_NOTICE_WARNING, "changes-prevent-symbolic",
                g_strdup (_ ("Your saved passwords are locked. Mail waits until you unlock them.")), _ ("Unlock…"),
                "win.unlock-keyring");
  else if (g_str_equal (state, "no-service"))
    set_notice (ret, MR_NOTICE_WARNING, "dialog-password-symbolic",
                g_strdup (_ ("There is no keyring here to keep passwords in. Mail that needs one waits.")),
                _ ("Choose Where…"), "win.choose-secrets");
  else if (g_str_equal (state, "timed-out"))
    set_notice (ret, MR_NOTICE_WARNING, "dialog-password-symbolic",
                g_strdup (_ ("The keyring does not answer. Mail that needs a password waits.")),
                _ ("Choose Another Place…"), "win.choose-secrets");
  else
    set_notice (
        ret, MR_NOTICE_WARNING, "dialog-password-symbolic",
        g_strdup (
            _ ("The file with the passwords can be read by others and is not used. Mail that needs a password waits.")),
        _ ("Choose Another Place…"), "win.choose-secrets");
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

static gboolean
choose_rest (const MrNoticeFacts *facts, MrNotice *ret)
{
  if (facts->paused)
    set_notice (ret, MR_NOTICE_INFO, "media-playback-pause-symbolic",
                g_strdup (_ ("Sending is paused. Programs can still hand in mail; it waits.")), _ ("Go On"),
                "win.toggle-paused");
  else if (!facts->online)
    set_notice (ret, MR_NOTICE_INFO, "network-offline-symbolic",
                g_strdup (_ ("No network. Mail goes out when it is back.")), NULL, NULL);
  else if (facts->service_version != NULL && facts->own_version != NULL
           && !g_str_equal (facts->service_version, facts->own_version))
    set_notice (ret, MR_NOTICE_INFO, "software-update-available-symbolic",
                g_strdup_printf (_ ("The mail service is of version %s, this window of %s."), facts->service_version,
                                 facts->own_version),
                _ ("Restart the Service"), "win.restart-service");
  else if (facts->config_warning != NULL)
    set_notice (ret, MR_NOTICE_INFO, "dialog-information-symbolic", g_strdup (facts->config_warning),
                _ ("Open the File"), "win.open-config");
  else
    return FALSE;
  return TRUE;
}

void
mr_notice_choose (const MrNoticeFacts *facts, MrNotice *ret)
{
  *ret = (MrNotice){ 0 };
  if (!choose_connection (facts, ret) && !choose_intake (facts, ret) && !choose_keyring (facts, ret)
      && !choose_accounts (facts, ret) && !choose_refusal (facts, ret))
    choose_rest (facts, ret);
}

void
mr_notice_clear (MrNotice *notice)
{
  g_clear_pointer (&notice->text, g_free);
  *notice = (MrNotice){ 0 };
}
