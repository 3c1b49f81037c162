/* What a person is told on the desktop: see notifications.h.
 *
 * A round asks the engine for the accounts, for its counters, and only where those moved for the messages that failed or need a person. Rounds are
 * at least GATHER_MS apart, so that a burst of failures of one cause is one note and what resolves itself at once is none.
 */
#include <config.h>

#include "service/notifications.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "ndr/diagnosis.h"
#include "ndr/states.h"
#include "service/notifier.h"
#include "service/reminders.h"

#define GATHER_MS 1000
#define PROOF_S   60   /* an account whose mail still waits works when it did so for this long */
#define PAGE      500  /* newest messages of a state that are looked at */
#define SEEN_MAX  4096 /* messages that are remembered as dealt with */

typedef struct {
  MrListKind kind;
  MrRecipientState state;
} Step;

static const Step steps[] = {
  { MR_LIST_OUTBOX, MR_RECIPIENT_NEEDS_PERSON }, { MR_LIST_OUTBOX, MR_RECIPIENT_FAILED },
  { MR_LIST_OUTBOX, MR_RECIPIENT_EXPIRED },      { MR_LIST_HISTORY, MR_RECIPIENT_FAILED },
  { MR_LIST_HISTORY, MR_RECIPIENT_EXPIRED },
};

/* The messages of one cause. */
typedef struct {
  char *title, *body; /* of the newest */
  char *recipient;    /* its address */
  GPtrArray *ids;     /* newest first, owned */
} Group;

struct _MrNotifications {
  MrEngine *engine;
  MrClock *clock;
  MrNotifier *notifier;
  MrReminders *reminders;
  MrDomainNotes *domain_notes;
  MrDiagnosis *diagnosis;
  gboolean stopped;
  gboolean silent; /* nobody wants to be told */
  gint64 since;    /* what changed before is not told */
  guint timer, proof;
  MrChanged due;
  gboolean running;
  gboolean all_told; /* FALSE: an account needs a person, but has no mail yet */
  MrStoreCounts counts;
  gboolean counted;
  GHashTable *told; /* key → what was told, owned: nick of the state, or the ids */
  GHashTable *seen; /* ids that a person was told of and put away, owned */
  GHashTable *groups;
  guint step;
};

static void next_list (MrNotifications *self);
static void schedule (MrNotifications *self);

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->title);
  g_free (group->body);
  g_free (group->recipient);
  g_ptr_array_unref (group->ids);
  g_free (group);
}

static void
clear (gpointer data)
{
  MrNotifications *self = data;

  mr_clock_unref (self->clock);
  mr_diagnosis_free (self->diagnosis);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->groups);
}

static void
unref (MrNotifications *self)
{
  g_rc_box_release_full (self, clear);
}

/* ---- telling ---- */

/* Once for each change of what is told under the key. */
static void
tell (MrNotifications *self, const char *key, const char *what, const char *title, const char *body,
      const char *message)
{
  if (self->silent || g_strcmp0 (g_hash_table_lookup (self->told, key), what) == 0)
    return;
  mr_debug ("service", "notification %s: %s", key, what);
  g_hash_table_replace (self->told, g_strdup (key), g_strdup (what));
  mr_notifier_show (self->notifier, key, title, body, message);
}

/* Takes away what begins with prefix and is not among keys. */
static void
take_back (MrNotifications *self, const char *prefix, GHashTable *keys)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (!g_str_has_prefix (key, prefix) || (keys != NULL && g_hash_table_contains (keys, key)))
      continue;
    mr_notifier_close (self->notifier, key);
    g_hash_table_iter_remove (&iter);
  }
}

static void
pressed_cb (const char *key, gpointer data)
{
  MrNotifications *self = data;

  mr_reminders_act (self->reminders, key);
}

/* A person put the note away. An account's state stays told; of a cause only what comes later is told. */
static void
gone_cb (const char *key, gpointer data)
{
  MrNotifications *self = data;
  const char *what = g_hash_table_lookup (self->told, key);

  if (what == NULL || !g_str_has_prefix (key, "cause:"))
    return;
  g_auto (GStrv) ids = g_strsplit (what, " ", -1);
  if (g_hash_table_size (self->seen) + g_strv_length (ids) > SEEN_MAX) {
    g_hash_table_remove_all (self->seen);
    self->since = mr_clock_wall (self->clock);
  }
  for (guint i = 0; ids[i] != NULL; i++)
    g_hash_table_add (self->seen, g_strdup (ids[i]));
  g_hash_table_remove (self->told, key);
}

/* ---- accounts ---- */

static gboolean
proof_cb (gpointer data)
{
  MrNotifications *self = data;

  self->proof = 0;
  mr_notifications_changed (self, MR_CHANGED_ACCOUNTS);
  return G_SOURCE_REMOVE;
}

/* A log-in that is only tried again makes an account ready for some seconds: its note stays until mail went, or it lasts. */
static gboolean
is_unproven (MrNotifications *self, const MrAccountRecord *account)
{
  g_autofree char *key = g_strconcat ("account:", account->id, NULL);
  gint64 age = mr_clock_wall (self->clock) - account->state_since;

  if (account->state != MR_ACCOUNT_READY || account->waiting == 0 || age >= PROOF_S * G_USEC_PER_SEC
      || !g_hash_table_contains (self->told, key))
    return FALSE;
  if (self->proof == 0)
    self->proof = g_timeout_add_seconds (PROOF_S, proof_cb, self);
  self->all_told = FALSE;
  return TRUE;
}

/* The keyring is one cause, however many accounts wait for it. (transfer full), NULL: the account needs nobody. */
static char *
dup_account_key (const MrAccountRecord *account)
{
  if (account->state == MR_ACCOUNT_READY || account->state == MR_ACCOUNT_PAUSED)
    return NULL;
  if (account->state == MR_ACCOUNT_KEYRING_LOCKED || account->state == MR_ACCOUNT_NO_KEYRING
      || account->state == MR_ACCOUNT_KEYRING_SLOW)
    return g_strdup ("account-keyring");
  return g_strconcat ("account:", account->id, NULL);
}

static void
tell_account (MrNotifications *self, const char *key, const MrAccountRecord *account)
{
  const char *word = mr_account_state_word (account->state), *name = account->name;

  if (name == NULL || *name == '\0')
    name = account->id;
  /* Translators: name of an account and what is wrong with it: "Work: Password not accepted" */
  g_autofree char *title = strcmp (key, "account-keyring") == 0
                               ? g_strdup (word)
                               : g_strdup_printf (C_ ("notification", "%s: %s"), name, word);
  tell (self, key, mr_account_state_nick (account->state), title, mr_account_state_sentence (account->state), NULL);
}

static void
tell_accounts (MrNotifications *self, GPtrArray *accounts)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->all_told = TRUE;
  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = g_ptr_array_index (accounts, i);
    char *key = dup_account_key (account);
    if (key == NULL) {
      if (is_unproven (self, account))
        g_hash_table_add (keys, g_strconcat ("account:", account->id, NULL));
      continue;
    }
    /* An account that is just being set up has no mail and is in front of the person already. */
    if (account->waiting > 0 && !g_hash_table_contains (keys, key))
      tell_account (self, key, account);
    else if (account->waiting == 0 && !g_hash_table_contains (self->told, key))
      self->all_told = FALSE;
    g_hash_table_add (keys, key);
  }
  take_back (self, "account", keys);
}

/* ---- messages ---- */

static void
add_message (MrNotifications *self, const MrMessageRecord *message)
{
  const MrRecipientRecord *r = message->recipients->len > 0 ? g_ptr_array_index (message->recipients, 0) : NULL;

  if (r == NULL || r->changed <= self->since || g_hash_table_contains (self->seen, message->id)
      || (r->state != MR_RECIPIENT_NEEDS_PERSON && r->state != MR_RECIPIENT_FAILED && r->state != MR_RECIPIENT_EXPIRED))
    return;
  g_autofree char *key = g_strconcat ("cause:", r->cause != NULL ? r->cause : mr_recipient_state_nick (r->state), NULL);
  Group *group = g_hash_table_lookup (self->groups, key);
  if (group == NULL) {
    group = g_new0 (Group, 1);
    group->ids = g_ptr_array_new_with_free_func (g_free);
    group->title = mr_cause_dup_title (self->diagnosis, r->cause, r->cause_params);
    group->body = mr_cause_dup_sentence (self->diagnosis, r->cause, r->cause_params);
    group->recipient = g_strdup (r->address);
    if (*group->title == '\0') {
      g_free (group->title);
      group->title = g_strdup (mr_state_word (r->state));
    }
    g_hash_table_insert (self->groups, g_steal_pointer (&key), group);
  }
  if (!g_ptr_array_find_with_equal_func (group->ids, message->id, g_str_equal, NULL))
    g_ptr_array_add (group->ids, g_strdup (message->id));
}

static void
tell_group (MrNotifications *self, const char *key, const Group *group)
{
  guint n = group->ids->len;
  g_autofree char *body = NULL;

  if (n > 1)
    body = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u message to %s", "%u messages, the newest of them to %s", n), n,
        group->recipient);
  else if (strstr (group->body, group->recipient) != NULL)
    body = g_strdup (group->body);
  else
    body = g_strconcat (group->recipient, *group->body != '\0' ? "\n" : "", group->body, NULL);
  g_ptr_array_add (group->ids, NULL);
  g_autofree char *what = g_strjoinv (" ", (char **)group->ids->pdata);
  tell (self, key, what, group->title, body, n == 1 ? g_ptr_array_index (group->ids, 0) : NULL);
}

static void
finish (MrNotifications *self, gboolean complete)
{
  if (complete) {
    GHashTableIter iter;
    gpointer key, group;

    g_hash_table_iter_init (&iter, self->groups);
    while (g_hash_table_iter_next (&iter, &key, &group))
      tell_group (self, key, group);
    take_back (self, "cause:", self->groups);
  }
  g_hash_table_remove_all (self->groups);
  self->running = FALSE;
  if (self->due != 0)
    schedule (self);
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  MrNotifications *self = data;

  if (error != NULL) {
    self->counted = FALSE;
    finish (self, FALSE);
  } else if (!self->stopped) {
    for (guint i = 0; i < rows->len; i++)
      add_message (self, g_ptr_array_index (rows, i));
    self->step++;
    next_list (self);
  }
  unref (self);
}

static void
next_list (MrNotifications *self)
{
  if (self->step == G_N_ELEMENTS (steps)) {
    finish (self, TRUE);
    return;
  }
  const MrListFilter filter = { .kind = steps[self->step].kind, .state = steps[self->step].state };
  mr_engine_list (self->engine, &filter, NULL, PAGE, list_cb, g_rc_box_acquire (self));
}

/* ---- rounds ---- */

static gboolean
counts_moved (const MrStoreCounts *a, const MrStoreCounts *b)
{
  static const MrRecipientState watched[] = { MR_RECIPIENT_NEEDS_PERSON, MR_RECIPIENT_FAILED, MR_RECIPIENT_EXPIRED,
                                              MR_RECIPIENT_UNCERTAIN };

  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    if (a->recipients[watched[i]] != b->recipients[watched[i]])
      return TRUE;
  return a->failed_week != b->failed_week;
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  MrNotifications *self = data;

  if (!self->stopped) {
    if (error == NULL && (!self->counted || counts_moved (&status->counts, &self->counts))) {
      self->counts = status->counts;
      self->counted = TRUE;
      self->step = 0;
      next_list (self);
    } else
      finish (self, FALSE);
  }
  unref (self);
}

static void
accounts_cb (GPtrArray *accounts, const GError *error, gpointer data)
{
  MrNotifications *self = data;

  if (!self->stopped) {
    if (error == NULL)
      tell_accounts (self, accounts);
    mr_engine_get_status (self->engine, status_cb, g_rc_box_acquire (self));
  }
  unref (self);
}

static gboolean
round_cb (gpointer data)
{
  MrNotifications *self = data;
  MrChanged due = self->due;

  self->timer = 0;
  self->due = 0;
  self->running = TRUE;
  if ((due & ~MR_CHANGED_QUEUE) != 0 || !self->all_told)
    mr_engine_list_accounts (self->engine, accounts_cb, g_rc_box_acquire (self));
  else
    mr_engine_get_status (self->engine, status_cb, g_rc_box_acquire (self));
  return G_SOURCE_REMOVE;
}

static void
schedule (MrNotifications *self)
{
  if (self->timer == 0 && !self->running && !self->stopped)
    self->timer = g_timeout_add (GATHER_MS, round_cb, self);
}

/* Switched on again, what happened meanwhile is not told. */
static void
be_silent (MrNotifications *self)
{
  take_back (self, "", NULL);
  self->since = mr_clock_wall (self->clock);
  self->counted = FALSE;
  self->due = 0;
  g_clear_handle_id (&self->timer, g_source_remove);
}

MrDomainNotes *
mr_notifications_get_domain_notes (MrNotifications *self)
{
  return self->domain_notes;
}

void
mr_notifications_changed (MrNotifications *self, MrChanged what)
{
  if (self->stopped)
    return;
  g_autofree char *wanted = mr_engine_dup_config (self->engine, "general", "notifications", NULL);
  gboolean silent = g_strcmp0 (wanted, "false") == 0;
  if (silent || self->silent)
    be_silent (self);
  if (silent != self->silent)
    mr_info ("service", silent ? "the desktop is told nothing" : "the desktop is told what needs a person");
  self->silent = silent;
  mr_reminders_set_silent (self->reminders, silent);
  mr_domain_notes_set_silent (self->domain_notes, silent);
  if (silent)
    return;
  mr_reminders_changed (self->reminders);
  self->due |= what & (MR_CHANGED_QUEUE | MR_CHANGED_ACCOUNTS | MR_CHANGED_STATUS | MR_CHANGED_CONFIG);
  if (self->due != 0)
    schedule (self);
}

/* ---- lifetime ---- */

MrNotifications *
mr_notifications_new (MrEngine *engine, MrClock *clock)
{
  MrNotifications *self = g_rc_box_new0 (MrNotifications);

  self->engine = engine;
  self->clock = mr_clock_ref (clock);
  self->since = mr_clock_wall (clock);
  self->diagnosis = mr_diagnosis_new_builtin ();
  self->notifier = mr_notifier_new (gone_cb, self);
  mr_notifier_set_button_func (self->notifier, pressed_cb, self);
  self->reminders = mr_reminders_new (engine, clock, self->notifier);
  self->domain_notes = mr_domain_notes_new (self->notifier);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, group_free);
  mr_notifications_changed (self, MR_CHANGED_ACCOUNTS);
  return self;
}

void
mr_notifications_stop (MrNotifications *self)
{
  self->stopped = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->proof, g_source_remove);
  g_clear_pointer (&self->reminders, mr_reminders_free);
  g_clear_pointer (&self->domain_notes, mr_domain_notes_free);
  g_clear_pointer (&self->notifier, mr_notifier_free);
}

void
mr_notifications_free (MrNotifications *self)
{
  if (self == NULL)
    return;
  mr_notifications_stop (self);
  unref (self);
}

void
mr_notifications_set_connection (MrNotifications *self, GDBusConnection *connection)
{
  if (!self->stopped)
    mr_notifier_set_connection (self->notifier, connection);
}
