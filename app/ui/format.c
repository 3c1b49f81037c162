/* Words and icons of the window. Pure: the clock's reading is handed in. */
#include "config.h"

#include "ui/format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static char *
format_local (gint64 when, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (when / SECOND);
  char *text = time != NULL ? g_date_time_format (time, format) : NULL;

  return text != NULL ? text : g_strdup ("");
}

char *
mr_format_age (gint64 then, gint64 now)
{
  gint64 age = now - then;

  if (then <= 0)
    return g_strdup ("");
  if (age < MINUTE)
    return g_strdup (C_ ("age of a message", "now"));
  if (age < HOUR)
    return g_strdup_printf (C_ ("age of a message", "%d min"), (int)(age / MINUTE));
  if (age < 18 * HOUR)
    return format_local (then, "%H:%M");
  /* Translators: a weekday and a time of day, see g_date_time_format() */
  if (age < 6 * DAY)
    return format_local (then, C_ ("time format", "%a %H:%M"));
  /* Translators: a day and a short month, see g_date_time_format() */
  return format_local (then, C_ ("time format", "%-d %b"));
}

char *
mr_format_time (gint64 when)
{
  /* Translators: a full date and time, see g_date_time_format() */
  return when > 0 ? format_local (when, C_ ("time format", "%-d %B %Y, %H:%M:%S")) : g_strdup ("");
}

char *
mr_format_clock_time (gint64 when)
{
  return when > 0 ? format_local (when, "%H:%M:%S") : g_strdup ("");
}

char *
mr_format_countdown (gint64 when, gint64 now)
{
  gint64 left = when - now;

  if (left < 10 * SECOND)
    return g_strdup (_ ("any moment"));
  if (left < MINUTE)
    return g_strdup (_ ("in less than a minute"));
  if (left < HOUR) {
    int minutes = (int)((left + MINUTE - 1) / MINUTE);
    return g_strdup_printf (ngettext ("in %d minute", "in %d minutes", (gulong)minutes), minutes);
  }
  if (left < 2 * DAY) {
    int hours = (int)((left + HOUR / 2) / HOUR);
    return g_strdup_printf (ngettext ("in %d hour", "in %d hours", (gulong)hours), hours);
  }
  int days = (int)((left + DAY / 2) / DAY);
  return g_strdup_printf (ngettext ("in %d day", "in %d days", (gulong)days), days);
}

const char *
mr_format_sender (const MrMessageRecord *message)
{
  if (message->from != NULL && *message->from != '\0')
    return message->from;
  if (message->reverse_path != NULL && *message->reverse_path != '\0')
    return message->reverse_path;
  return _ ("nobody (automatic mail)");
}

char *
mr_format_people (const MrMessageRecord *message)
{
  const char *first = _ ("nobody");
  guint n = MAX (message->n_recipients, message->recipients->len);

  if (message->recipients->len > 0)
    first = ((MrRecipientRecord *)g_ptr_array_index (message->recipients, 0))->address;
  if (n > 1)
    /* Translators: sender → first recipient +number of further recipients */
    return g_strdup_printf (_ ("%s → %s +%u"), mr_format_sender (message), first, n - 1);
  /* Translators: sender → recipient */
  return g_strdup_printf (_ ("%s → %s"), mr_format_sender (message), first);
}

const char *
mr_format_subject (const MrMessageRecord *message)
{
  return message->subject != NULL && *message->subject != '\0' ? message->subject : _ ("(no subject)");
}

const char *
mr_format_program (const MrMessageRecord *message)
{
  return message->program != NULL && *message->program != '\0' ? message->program : _ ("unknown program");
}

typedef struct {
  const char *icon, *style;
} Look;

static const Look state_looks[MR_RECIPIENT_N_STATES] = {
  [MR_RECIPIENT_WAITING] = { "alarm-symbolic", "dim-label" },
  [MR_RECIPIENT_SENDING] = { "mail-send-symbolic", "accent" },
  [MR_RECIPIENT_UNCERTAIN] = { "dialog-question-symbolic", "warning" },
  [MR_RECIPIENT_NEEDS_PERSON] = { "dialog-warning-symbolic", "warning" },
  [MR_RECIPIENT_DELIVERED] = { "emblem-ok-symbolic", "success" },
  [MR_RECIPIENT_RELAYED] = { "emblem-ok-symbolic", "success" },
  [MR_RECIPIENT_FAILED] = { "dialog-error-symbolic", "error" },
  [MR_RECIPIENT_EXPIRED] = { "task-past-due-symbolic", "error" },
  [MR_RECIPIENT_CANCELLED] = { "process-stop-symbolic", "dim-label" },
  [MR_RECIPIENT_RETURNED] = { "mail-replied-symbolic", "error" },
};

static const Look held_look = { "media-playback-pause-symbolic", "accent" };

static const Look *
look_for (MrRecipientState state, gboolean held)
{
  if (held && !mr_recipient_state_is_final (state))
    return &held_look;
  return &state_looks[(guint)state < MR_RECIPIENT_N_STATES ? state : MR_RECIPIENT_WAITING];
}

const char *
mr_format_state_icon (MrRecipientState state, gboolean held)
{
  return look_for (state, held)->icon;
}

const char *
mr_format_state_style (MrRecipientState state, gboolean held)
{
  return look_for (state, held)->style;
}

const char *
mr_format_account_name (const MrAccountRecord *account)
{
  if (account->name != NULL && *account->name != '\0')
    return account->name;
  if (account->addresses != NULL && account->addresses[0] != NULL && strchr (account->addresses[0], '@') != NULL)
    return account->addresses[0];
  return account->id;
}

gboolean
mr_format_account_needs_person (MrAccountState state)
{
  return state != MR_ACCOUNT_READY && state != MR_ACCOUNT_PAUSED;
}

const char *
mr_format_account_icon (MrAccountState state)
{
  if (state == MR_ACCOUNT_READY)
    return "emblem-ok-symbolic";
  if (state == MR_ACCOUNT_PAUSED)
    return "media-playback-pause-symbolic";
  if (state == MR_ACCOUNT_KEYRING_LOCKED || state == MR_ACCOUNT_NO_KEYRING || state == MR_ACCOUNT_KEYRING_SLOW
      || state == MR_ACCOUNT_NO_PASSWORD)
    return "dialog-password-symbolic";
  return "dialog-warning-symbolic";
}

const char *
mr_format_account_style (MrAccountState state)
{
  if (state == MR_ACCOUNT_READY)
    return "success";
  return state == MR_ACCOUNT_PAUSED ? "dim-label" : "warning";
}

const char *
mr_format_actor (MrActor actor)
{
  switch (actor) {
  case MR_ACTOR_YOU:
    return _ ("Your move");
  case MR_ACTOR_PROVIDER:
    return _ ("Your provider's move");
  case MR_ACTOR_RECIPIENT:
    return _ ("The recipient's move");
  case MR_ACTOR_RECIPIENT_ADMIN:
    return _ ("The move of the recipient's mail administrator");
  case MR_ACTOR_NOBODY:
    return _ ("Nobody has to do anything");
  case MR_ACTOR_UNKNOWN:
  case MR_ACTOR_N_ACTORS:
  default:
    return NULL;
  }
}

const char *
mr_format_tls_mode (MrTlsMode mode)
{
  switch (mode) {
  case MR_TLS_IMPLICIT:
    return _ ("Encrypted (recommended)");
  case MR_TLS_STARTTLS:
    return _ ("Encrypted, older way");
  case MR_TLS_OPPORTUNISTIC:
    return _ ("Encrypted where the other side can");
  case MR_TLS_NONE:
  case MR_TLS_N_MODES:
  default:
    return _ ("Not encrypted");
  }
}

char *
mr_format_account_use (const MrAccountRecord *account)
{
  g_autofree char *day = account->limit_day > 0
                             ? g_strdup_printf (_ ("%u of %u recipients in the last 24 hours"), account->used_day,
                                                account->limit_day)
                             : g_strdup_printf (ngettext ("%u recipient in the last 24 hours",
                                                          "%u recipients in the last 24 hours", account->used_day),
                                                account->used_day);

  if (account->limit_minute == 0)
    return g_steal_pointer (&day);
  return g_strdup_printf (_ ("%s, %u of %u in the last minute"), day, account->used_minute, account->limit_minute);
}
