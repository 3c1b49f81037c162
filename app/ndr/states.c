/* Words for states: see states.h. A value outside of its enum (a newer store) has no words rather than wrong ones. */
#include "config.h"

#include "ndr/states.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ndr/returned.h"

#define PICK(table, value) ((guint)(value) < G_N_ELEMENTS (table) && (table)[value] != NULL ? (table)[value] : "")

static const char *
translated (const char *text)
{
  /* The translation of "" is the head of the catalogue. */
  return *text == '\0' ? "" : g_dgettext (GETTEXT_PACKAGE, text);
}

const char *
mr_state_word (MrRecipientState state)
{
  static const char *const words[MR_RECIPIENT_N_STATES] = {
    [MR_RECIPIENT_WAITING] = N_ ("Waiting"),
    [MR_RECIPIENT_SENDING] = N_ ("Being sent"),
    [MR_RECIPIENT_UNCERTAIN] = N_ ("Possibly delivered"),
    [MR_RECIPIENT_NEEDS_PERSON] = N_ ("Needs you"),
    [MR_RECIPIENT_DELIVERED] = N_ ("Handed over"),
    [MR_RECIPIENT_RELAYED] = N_ ("Passed on"),
    [MR_RECIPIENT_FAILED] = N_ ("Not delivered"),
    [MR_RECIPIENT_EXPIRED] = N_ ("Gave up"),
    [MR_RECIPIENT_CANCELLED] = N_ ("Stopped by you"),
    [MR_RECIPIENT_RETURNED] = N_ ("Returned"),
  };

  return translated (PICK (words, state));
}

const char *
mr_wait_reason_sentence (MrWaitReason reason)
{
  static const char *const sentences[MR_WAIT_N_REASONS] = {
    [MR_WAIT_RETRY_TIME] = N_ ("It is tried again later."),
    [MR_WAIT_ACCOUNT_PAUSED] = N_ ("It waits until its sending account works again."),
    [MR_WAIT_KEYRING_LOCKED] = N_ ("It waits until your saved passwords are unlocked."),
    [MR_WAIT_NO_KEYRING] = N_ ("It waits for the place where your passwords are saved."),
    [MR_WAIT_OFFLINE] = N_ ("It waits for the network."),
    [MR_WAIT_PAUSED] = N_ ("It waits because sending is paused."),
    [MR_WAIT_CAPACITY] = N_ ("It waits for other messages to be sent first."),
    [MR_WAIT_NO_ACCOUNT] = N_ ("It waits for a sending account."),
    [MR_WAIT_ACCOUNT_LIMIT] = N_ ("It waits because the account may send no more for now."),
    [MR_WAIT_METERED] = N_ (
        "It is large and waits for a network that does not count what you send; “Try Now” sends it anyway."),
  };

  return translated (PICK (sentences, reason));
}

const char *
mr_hold_reason_sentence (MrHoldReason reason)
{
  static const char *const sentences[MR_HOLD_N_REASONS] = {
    [MR_HOLD_PERSON] = N_ ("You kept this message back."),
    [MR_HOLD_NO_ACCOUNT] = N_ ("No sending account may send for this sender."),
    [MR_HOLD_OLD] = N_ ("This message is older than seven days: send or discard it."),
    [MR_HOLD_DAMAGED] = N_ ("The saved message is damaged and cannot be sent."),
    [MR_HOLD_RULE] = N_ ("One of your rules keeps it back for review."),
    [MR_HOLD_NEVER_WRITE] = N_ ("It goes to an address on your list “never write to”."),
  };

  return translated (PICK (sentences, reason));
}

const char *
mr_account_state_word (MrAccountState state)
{
  static const char *const words[MR_ACCOUNT_N_STATES] = {
    [MR_ACCOUNT_READY] = N_ ("Ready"),
    [MR_ACCOUNT_PASSWORD_REFUSED] = N_ ("Password not accepted"),
    [MR_ACCOUNT_NO_PASSWORD] = N_ ("Password missing"),
    [MR_ACCOUNT_KEYRING_LOCKED] = N_ ("Your saved passwords are locked"),
    [MR_ACCOUNT_NO_KEYRING] = N_ ("No place for passwords"),
    [MR_ACCOUNT_KEYRING_SLOW] = N_ ("Saved passwords do not answer"),
    [MR_ACCOUNT_HOST_UNKNOWN] = N_ ("Server not found"),
    [MR_ACCOUNT_TLS_TROUBLE] = N_ ("Connection not secure"),
    [MR_ACCOUNT_SENDER_REFUSED] = N_ ("Sender refused"),
    [MR_ACCOUNT_PAUSED] = N_ ("Paused by you"),
    [MR_ACCOUNT_NEEDS_SIGN_IN] = N_ ("Needs you to sign in"),
  };

  return translated (PICK (words, state));
}

const char *
mr_account_state_sentence (MrAccountState state)
{
  static const char *const sentences[MR_ACCOUNT_N_STATES] = {
    [MR_ACCOUNT_READY] = N_ ("Mail is sent through this account."),
    [MR_ACCOUNT_PASSWORD_REFUSED] = N_ ("The server does not accept the password. Enter it again; the mail waits."),
    [MR_ACCOUNT_NO_PASSWORD] = N_ ("No password is saved for this account. Enter it; the mail waits."),
    [MR_ACCOUNT_KEYRING_LOCKED] = N_ ("Unlock them and sending goes on by itself."),
    [MR_ACCOUNT_NO_KEYRING] = N_ (
        "No password service runs on this desktop. Start one, or choose another place for passwords in the settings."),
    [MR_ACCOUNT_KEYRING_SLOW] = N_ (
        "The password service gives no answer; a question of it may be waiting somewhere on the screen."),
    [MR_ACCOUNT_HOST_UNKNOWN] = N_ ("The server's name does not exist. Look for a typing mistake in the account."),
    [MR_ACCOUNT_TLS_TROUBLE] = N_ (
        "The server could not prove who it is, so nothing was sent. Check the server's name and the network."),
    [MR_ACCOUNT_SENDER_REFUSED] = N_ ("The server refused several messages in a row because of the account. Check the "
                                      "addresses and the sign-in of the account."),
    [MR_ACCOUNT_PAUSED] = N_ ("Mail for this account waits until you resume it."),
    [MR_ACCOUNT_NEEDS_SIGN_IN] = N_ ("Sign in with the provider again; the mail waits until then."),
  };

  return translated (PICK (sentences, state));
}

const char *
mr_stage_sentence (MrStage stage)
{
  static const char *const sentences[MR_STAGE_N_STAGES] = {
    [MR_STAGE_NONE] = N_ ("nothing was begun"),
    [MR_STAGE_RESOLVE] = N_ ("the server was being looked up: nothing was sent"),
    [MR_STAGE_CONNECT] = N_ ("the server could not be reached: nothing was sent"),
    [MR_STAGE_EHLO] = N_ ("it broke at the greeting: nothing was sent"),
    [MR_STAGE_STARTTLS] = N_ ("it broke while the connection was being secured: nothing was sent"),
    [MR_STAGE_AUTH] = N_ ("it broke while signing in: nothing was sent"),
    [MR_STAGE_MAIL] = N_ ("it broke at the sender's address: nothing was sent"),
    [MR_STAGE_RCPT] = N_ ("it broke at the recipient's address: nothing was sent"),
    [MR_STAGE_DATA] = N_ ("it broke within the message: it was not delivered"),
    [MR_STAGE_DOT] = N_ ("connection lost after the end of the message: it may have been delivered"),
    [MR_STAGE_QUIT] = N_ ("it broke after the message was taken"),
  };

  return translated (PICK (sentences, stage));
}

const char *
mr_stage_activity (MrStage stage)
{
  static const char *const activities[MR_STAGE_N_STAGES] = {
    [MR_STAGE_NONE] = N_ ("beginning"),
    [MR_STAGE_RESOLVE] = N_ ("looking up the server"),
    [MR_STAGE_CONNECT] = N_ ("connecting"),
    [MR_STAGE_EHLO] = N_ ("greeting the server"),
    [MR_STAGE_STARTTLS] = N_ ("securing the connection"),
    [MR_STAGE_AUTH] = N_ ("signing in"),
    [MR_STAGE_MAIL] = N_ ("announcing the message"),
    [MR_STAGE_RCPT] = N_ ("naming the recipients"),
    [MR_STAGE_DATA] = N_ ("sending"),
    [MR_STAGE_DOT] = N_ ("waiting for the server's answer"),
    [MR_STAGE_QUIT] = N_ ("saying goodbye"),
  };

  return translated (PICK (activities, stage));
}

/* "14:02", with the day where it is another one. */
static char *
dup_time (gint64 when, gint64 now)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (when / G_USEC_PER_SEC);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);

  if (then == NULL || today == NULL)
    return g_strdup ("?");
  if (g_date_time_get_year (then) == g_date_time_get_year (today)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (today))
    return g_date_time_format (then, "%H:%M");
  /* Within the next days the day of the week says which one, and leaves room for the rest of a row. */
  if (when > now && when - now < 6 * G_TIME_SPAN_DAY)
    return g_date_time_format (then, "%a %H:%M");
  return g_date_time_format (then, "%a %x %H:%M");
}

/* "Gmail's daily limit, next at 14:32". Of an account whose name is not known only the sentence. */
static char *
dup_limit (const MrRecipientRecord *recipient, gint64 now)
{
  const char *account = "", *kind = "";
  g_autofree char *time = dup_time (recipient->next_attempt, now);

  if (recipient->cause_params != NULL) {
    g_variant_lookup (recipient->cause_params, "account", "&s", &account);
    g_variant_lookup (recipient->cause_params, "limit-kind", "&s", &kind);
  }
  if (*account == '\0' || recipient->next_attempt <= now)
    return g_strdup (mr_wait_reason_sentence (recipient->wait_reason));
  if (g_str_equal (kind, "day"))
    return g_strdup_printf (_ ("%s's daily limit, next at %s"), account, time);
  if (g_str_equal (kind, "minute"))
    return g_strdup_printf (_ ("%s's limit per minute, next at %s"), account, time);
  return g_strdup_printf (_ ("%s takes no more for now, next try %s"), account, time);
}

static char *
dup_waiting (const MrRecipientRecord *recipient, gint64 now)
{
  g_autofree char *time = NULL;

  if (recipient->wait_reason == MR_WAIT_ACCOUNT_LIMIT)
    return dup_limit (recipient, now);
  if (recipient->wait_reason != MR_WAIT_NONE && recipient->wait_reason != MR_WAIT_RETRY_TIME) {
    const char *sentence = mr_wait_reason_sentence (recipient->wait_reason);

    return g_strdup (sentence);
  }
  if (recipient->next_attempt <= now)
    return g_strdup (mr_state_word (MR_RECIPIENT_WAITING));
  time = dup_time (recipient->next_attempt, now);
  return g_strdup_printf (_ ("Waiting, next try %s"), time);
}

/* Whoever took it has answered for it; the name says whether that was the recipient's own server. */
static char *
dup_handed (const MrRecipientRecord *recipient, gint64 now)
{
  g_autofree char *time = recipient->changed > 0 ? dup_time (recipient->changed, now) : NULL;
  const char *domain = recipient->address != NULL ? strrchr (recipient->address, '@') : NULL;
  gboolean has_host = recipient->host != NULL && *recipient->host != '\0';

  if (recipient->direct && domain != NULL && time != NULL)
    return g_strdup_printf (_ ("Accepted by %s's server, %s"), domain + 1, time);
  if (recipient->direct && domain != NULL)
    return g_strdup_printf (_ ("Accepted by %s's server"), domain + 1);
  if (has_host && time != NULL)
    return g_strdup_printf (_ ("Handed to %s, %s"), recipient->host, time);
  if (has_host)
    return g_strdup_printf (_ ("Handed to %s"), recipient->host);
  return g_strdup (mr_state_word (recipient->state));
}

char *
mr_state_dup_line (const MrRecipientRecord *recipient, gint64 now)
{
  if (recipient->state == MR_RECIPIENT_WAITING)
    return dup_waiting (recipient, now);
  if (recipient->state == MR_RECIPIENT_DELIVERED && recipient->bounced > 0) {
    g_autofree char *time = dup_time (recipient->bounced, now);

    return g_strdup_printf (_ ("Returned later, %s"), time);
  }
  if (recipient->state == MR_RECIPIENT_DELIVERED || recipient->state == MR_RECIPIENT_RELAYED)
    return dup_handed (recipient, now);
  if (recipient->state == MR_RECIPIENT_UNCERTAIN && recipient->next_attempt > now) {
    g_autofree char *time = dup_time (recipient->next_attempt, now);

    return g_strdup_printf (_ ("Possibly delivered, next try %s"), time);
  }
  return g_strdup (mr_state_word (recipient->state));
}

const char *
mr_state_get_cause (const MrRecipientRecord *recipient)
{
  gboolean sent = recipient->state == MR_RECIPIENT_DELIVERED || recipient->state == MR_RECIPIENT_RELAYED
                  || recipient->state == MR_RECIPIENT_CANCELLED;
  const char *cause = recipient->bounced > 0 ? recipient->bounced_cause : sent ? NULL : recipient->cause;

  return cause != NULL && *cause != '\0' ? cause : NULL;
}

GVariant *
mr_state_dup_params (const MrRecipientRecord *recipient)
{
  const char *domain = recipient->address != NULL ? strrchr (recipient->address, '@') : NULL;
  GVariantBuilder builder;

  if (recipient->bounced == 0)
    return recipient->cause_params != NULL ? g_variant_ref (recipient->cause_params) : NULL;
  /* Of a report that came later only the cause was kept. */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  if (domain != NULL) {
    g_variant_builder_add (&builder, "{ss}", "recipient", recipient->address);
    g_variant_builder_add (&builder, "{ss}", "domain", domain + 1);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static char *
dup_ready (const MrAccountRecord *account, gint64 now)
{
  g_autofree char *time = NULL;

  if (account->limit_until <= now)
    return g_strdup (mr_account_state_word (MR_ACCOUNT_READY));
  time = dup_time (account->limit_until, now);
  if (account->limit_day > 0 && account->used_day >= account->limit_day)
    return g_strdup_printf (_ ("Ready; daily limit reached, next at %s"), time);
  if (account->limit_minute > 0 && account->used_minute >= account->limit_minute)
    return g_strdup_printf (_ ("Ready; limit per minute reached, next at %s"), time);
  return g_strdup_printf (_ ("Ready; the provider takes no more for now, next try %s"), time);
}

char *
mr_account_dup_signature (const MrAccountRecord *account, gint64 now)
{
  const char *word = mr_account_state_word (account->state);
  g_autofree char *time = NULL;

  if (account->state == MR_ACCOUNT_READY)
    return dup_ready (account, now);
  if (account->state == MR_ACCOUNT_PAUSED && account->paused_until > now) {
    time = dup_time (account->paused_until, now);
    return g_strdup_printf (_ ("Paused by you until %s"), time);
  }
  if (account->state_since <= 0)
    return g_strdup (word);
  time = dup_time (account->state_since, now);
  if (account->state == MR_ACCOUNT_PAUSED)
    return g_strdup_printf (_ ("Paused by you since %s"), time);
  return g_strdup_printf (_ ("Paused: %s, since %s"), word, time);
}

const char *
mr_returned_outcome_sentence (MrReturnedOutcome outcome)
{
  switch (outcome) {
  case MR_RETURNED_FAILED:
    return _ ("This is returned mail: a message could not be delivered.");
  case MR_RETURNED_DELAYED:
    return _ ("This tells that a message could not be delivered yet.");
  case MR_RETURNED_DELIVERED:
    return _ ("This confirms that a message was delivered.");
  case MR_RETURNED_RELAYED:
    return _ ("This tells that a message was passed on to a server that promises no report.");
  case MR_RETURNED_EXPANDED:
    return _ ("This tells that a message was passed on to the members of a list.");
  case MR_RETURNED_AUTOREPLY:
    return _ ("This is an automatic answer. The message it answers was delivered.");
  case MR_RETURNED_COMPLAINT:
    return _ ("This is a complaint: a recipient marked a message as unwanted.");
  case MR_RETURNED_NOT_A_BOUNCE:
  case MR_RETURNED_N_OUTCOMES:
  default:
    return _ ("This is an ordinary message, not returned mail.");
  }
}
