/* Making of reports: one message after the other, from the store's list of what is due. */
#include "engine/reports.h"

#include <string.h>
#include <unistd.h>

#include "base/catalogue.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/log.h"
#include "engine/accounts.h"
#include "engine/scheduler.h"
#include "mail/address.h"
#include "ndr/write-report.h"
#include "policy/report.h"

#define BATCH        20
#define WHOLE_MAX    (1024 * 1024) /* a bigger message goes back as its header */
#define HEADER_MAX   (64 * 1024)
#define WINDOW_START "reports-window"
#define WINDOW_COUNT "reports-count"
#define RETRY_MS     60000

struct _MrReports {
  MrEngine *engine;
  gboolean busy, again;
  guint timer;
  GPtrArray *messages; /* MrMessageRecord, to be done */
  /* the one that is being done: the first */
  MrReport kind;
  guint next_chunk, n_chunks;
  GByteArray *original;
};

MrReports *
mr_reports_new (MrEngine *engine)
{
  MrReports *self = g_new0 (MrReports, 1);

  self->engine = engine;
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  return self;
}

void
mr_reports_free (MrReports *self)
{
  if (self == NULL)
    return;
  mr_store_cancel (self->engine->store, self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->original, g_byte_array_unref);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

void
mr_reports_note (MrEngine *engine, const MrMessageRecord *message, MrRecipientRecord *recipient)
{
  MrConfig *config = mr_engine_get_config (engine);
  MrReportFacts facts = {
    .setting = mr_policy_mail_reports (mr_config_get_string (config, "reports", "mail")),
    .reverse_path = message->reverse_path,
    .is_report = message->report_for != NULL,
    .notify = recipient->notify,
    .reported = recipient->reported | recipient->report_due,
    .state = recipient->state,
    .online_age = (mr_engine_online_now (engine) - message->online_at) / G_USEC_PER_SEC,
    .delay_after = mr_config_get_integer (config, "reports", "delay-after"),
  };

  recipient->report_due |= mr_policy_report (&facts);
}

/* ---- to whom, from whom, how many ---- */

/* "*" names nobody: a stranger's address that a program put there is no address of an account. */
static gboolean
names (const MrAccountRecord *account, const char *address)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (strcmp (account->addresses[i], "*") != 0 && mr_address_matches (address, account->addresses[i]))
      return TRUE;
  return account->user != NULL && mr_address_equal (account->user, address);
}

/* (transfer full) The address that the report comes from; NULL: the sender is none of ours. */
static char *
dup_from (MrReports *self, const char *sender)
{
  GPtrArray *accounts = mr_accounts_get_all (self->engine->accounts);

  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = g_ptr_array_index (accounts, i);

    if (!names (account, sender))
      continue;
    for (guint k = 0; account->addresses[k] != NULL; k++)
      if (strchr (account->addresses[k], '*') == NULL && mr_address_is_valid (account->addresses[k]))
        return g_strdup (account->addresses[k]);
    return g_strdup (sender);
  }
  return NULL;
}

gboolean
mr_reports_may_mail (MrReports *self, const MrMessageRecord *message)
{
  g_autofree char *from = message->reverse_path != NULL && message->reverse_path[0] != '\0'
                                  && message->report_for == NULL
                              ? dup_from (self, message->reverse_path)
                              : NULL;

  return from != NULL;
}

/* 0: one may be made now; else milliseconds until then. The count survives a restart. */
static guint
wait_for_room (MrReports *self)
{
  MrStore *store = self->engine->store;
  gint64 now = mr_clock_wall (self->engine->clock) / G_USEC_PER_SEC;
  gint64 start = mr_store_get_value (store, WINDOW_START, 0), count = mr_store_get_value (store, WINDOW_COUNT, 0);

  if (now < start || now - start >= 3600) {
    mr_store_set_value (store, WINDOW_START, now);
    mr_store_set_value (store, WINDOW_COUNT, 0);
    return 0;
  }
  if (count < mr_config_get_integer (mr_engine_get_config (self->engine), "reports", "per-hour"))
    return 0;
  return (guint)(start + 3600 - now) * 1000;
}

static void
count_one (MrReports *self)
{
  mr_store_set_value (self->engine->store, WINDOW_COUNT, mr_store_get_value (self->engine->store, WINDOW_COUNT, 0) + 1);
}

/* ---- writing ---- */

static MrMessageRecord *
current (MrReports *self)
{
  return self->messages->len > 0 ? g_ptr_array_index (self->messages, 0) : NULL;
}

static char *
random_word (void)
{
  guint64 words[2];

  mr_random_bytes (words, sizeof words);
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", words[0], words[1]);
}

/* Up to and with the empty line; NULL: there is none within reason. */
static GBytes *
dup_header (GByteArray *bytes)
{
  const char *data = (const char *)bytes->data;
  const char *end = bytes->len > 0 ? g_strstr_len (data, (gssize)MIN (bytes->len, HEADER_MAX), "\r\n\r\n") : NULL;

  return end != NULL ? g_bytes_new (data, (gsize)(end + 4 - data)) : NULL;
}

/* The text is no longer kept: what the history knows of the header. */
static GBytes *
dup_known_header (const MrMessageRecord *message)
{
  g_autoptr (GString) header = g_string_new (NULL);
  const char *const fields[][2]
      = { { "From", message->from }, { "Subject", message->subject }, { "Message-ID", message->message_id } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i][1] != NULL && g_str_is_ascii (fields[i][1]) && strpbrk (fields[i][1], "\r\n") == NULL)
      g_string_append_printf (header, i == 2 ? "%s: <%s>\r\n" : "%s: %s\r\n", fields[i][0], fields[i][1]);
  g_string_append (header, "\r\n");
  return g_string_free_to_bytes (g_steal_pointer (&header));
}

static MrCatalogue *
open_catalogue (MrReports *self)
{
  const char *language = mr_config_get_string (mr_engine_get_config (self->engine), "reports", "language");

  return mr_catalogue_new (*language != '\0' ? language : g_get_language_names ()[0], NULL);
}

static GBytes *
write_mail (MrReports *self, MrMessageRecord *record, const char *from)
{
  MrMessageRecord *message = current (self);
  MrConfig *config = mr_engine_get_config (self->engine);
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autoptr (MrCatalogue) catalogue = open_catalogue (self);
  gboolean whole = self->original != NULL && self->kind == MR_REPORT_FAILED && message->ret == MR_RETURN_FULL
                   && message->size <= WHOLE_MAX;
  g_autoptr (GBytes) original = self->original == NULL ? dup_known_header (message)
                                : whole                ? g_bytes_new (self->original->data, self->original->len)
                                                       : dup_header (self->original);
  g_autofree char *boundary = random_word ();
  const char *name = mr_config_get_string (config, "delivery", "ehlo-name");

  for (guint i = 0; i < message->recipients->len; i++)
    if ((((MrRecipientRecord *)g_ptr_array_index (message->recipients, i))->report_due & self->kind) != 0)
      g_ptr_array_add (recipients, g_ptr_array_index (message->recipients, i));
  const MrReportText text = {
    .kind = self->kind,
    .message = message,
    .recipients = recipients,
    .from = from,
    .reporting_mta = *name != '\0' ? name : "localhost",
    .message_id = record->message_id,
    .boundary = boundary,
    .now = record->created,
    .retry_until = message->created + mr_config_get_integer (config, "retry", "life") * G_USEC_PER_SEC,
    .original = original,
    .whole = whole,
    .diagnosis = self->engine->diagnosis,
    .catalogue = catalogue,
  };
  record->subject = mr_report_dup_subject (&text);
  return mr_report_write (&text);
}

static MrMessageRecord *
new_record (MrReports *self, const char *from)
{
  MrMessageRecord *record = mr_message_record_new ();
  MrMessageRecord *message = current (self);
  MrRecipientRecord *recipient = mr_recipient_record_new (0, message->reverse_path);
  g_autofree char *word = random_word ();

  record->id = mr_id_new (self->engine->clock);
  record->created = mr_clock_wall (self->engine->clock);
  record->online_at = mr_engine_online_now (self->engine);
  record->next_attempt = record->created;
  record->reverse_path = g_strdup ("");
  record->from = g_strdup (from);
  record->message_id = g_strconcat (word, strrchr (from, '@'), NULL);
  record->program = g_strdup ("Mail Relay");
  record->uid = (gint64)getuid ();
  record->pid = (gint64)getpid ();
  record->n_chunks = 1;
  record->has_body = TRUE;
  record->report_for = g_strdup (message->id);
  recipient->next_attempt = record->created;
  recipient->changed = record->created;
  recipient->notify = MR_NOTIFY_NEVER; /* RFC 3461 7.1: nobody reports about a report */
  g_ptr_array_add (record->recipients, recipient);
  record->n_recipients = 1;
  return record;
}

/* ---- one after the other ---- */

static void go_on (MrReports *self);

static void
step_over (MrReports *self)
{
  g_clear_pointer (&self->original, g_byte_array_unref);
  g_ptr_array_remove_index (self->messages, 0);
  go_on (self);
}

static gboolean
timer_cb (gpointer data)
{
  MrReports *self = data;

  self->timer = 0;
  mr_reports_kick (self);
  return G_SOURCE_REMOVE;
}

static void
rest (MrReports *self, guint ms)
{
  g_ptr_array_set_size (self->messages, 0);
  self->busy = FALSE;
  self->again = FALSE;
  if (self->timer == 0)
    self->timer = g_timeout_add (ms, timer_cb, self);
}

static void
added_cb (const GError *error, gpointer data)
{
  MrReports *self = data;

  g_clear_pointer (&self->original, g_byte_array_unref);
  if (error != NULL) {
    mr_warning ("engine", "a report could not be queued: %s", error->message);
    rest (self, RETRY_MS);
    return;
  }
  mr_scheduler_kick (self->engine->scheduler);
  mr_engine_notify (self->engine, MR_CHANGED_QUEUE);
  self->again = TRUE; /* another kind may be due about the same message */
  step_over (self);
}

static void
make (MrReports *self)
{
  MrMessageRecord *message = current (self);
  g_autofree char *from = dup_from (self, message->reverse_path);
  MrMessageRecord *record;
  g_autoptr (GBytes) mail = NULL;
  gsize len;

  if (from == NULL) { /* an account was changed meanwhile */
    mr_store_add_report (self->engine->store, NULL, NULL, message->id, self->kind, added_cb, self);
    return;
  }
  record = new_record (self, from);
  mail = write_mail (self, record, from);
  g_bytes_get_data (mail, &len);
  record->size = len;
  for (gsize i = 0; i < len && !record->has_8bit; i++)
    record->has_8bit = ((const guint8 *)g_bytes_get_data (mail, NULL))[i] >= 0x80;
  mr_info ("engine", "%s: report %s", message->id, record->id);
  count_one (self);
  mr_store_add_report (self->engine->store, record, mail, message->id, self->kind, added_cb, self);
}

static void
chunk_cb (GBytes *chunk, const GError *error, gpointer data)
{
  MrReports *self = data;

  if (error != NULL) {
    g_clear_pointer (&self->original, g_byte_array_unref);
    make (self);
    return;
  }
  g_byte_array_append (self->original, g_bytes_get_data (chunk, NULL), (guint)g_bytes_get_size (chunk));
  if (++self->next_chunk < self->n_chunks)
    mr_store_load_chunk (self->engine->store, current (self)->id, self->next_chunk, chunk_cb, self);
  else
    make (self);
}

/* The reports of one kind about one message are one mail. */
static void
begin (MrReports *self, MrMessageRecord *message)
{
  guint due = 0;

  for (guint i = 0; i < message->recipients->len; i++)
    due |= ((MrRecipientRecord *)g_ptr_array_index (message->recipients, i))->report_due;
  self->kind = (MrReport)(due & -due);
  if (self->kind == 0) {
    step_over (self);
    return;
  }
  g_autofree char *from = dup_from (self, message->reverse_path);
  if (from == NULL) {
    mr_info ("engine", "%s: no report is mailed: %s", message->id, "its sender is no account's address");
    mr_store_add_report (self->engine->store, NULL, NULL, message->id, self->kind, added_cb, self);
    return;
  }
  if (!message->has_body) {
    make (self);
    return;
  }
  self->original = g_byte_array_new ();
  self->next_chunk = 0;
  self->n_chunks = message->ret == MR_RETURN_FULL && message->size <= WHOLE_MAX ? message->n_chunks : 1;
  mr_store_load_chunk (self->engine->store, message->id, 0, chunk_cb, self);
}

static void
go_on (MrReports *self)
{
  guint wait;

  if (current (self) == NULL) {
    self->busy = FALSE;
    if (self->again)
      mr_reports_kick (self);
    return;
  }
  wait = wait_for_room (self);
  if (wait > 0) {
    mr_info ("engine", "enough reports were mailed within this hour: the rest waits");
    rest (self, wait);
    return;
  }
  begin (self, current (self));
}

static void
listed_cb (GPtrArray *messages, const GError *error, gpointer data)
{
  MrReports *self = data;

  if (error != NULL) {
    mr_warning ("engine", "which reports are due could not be read: %s", error->message);
    rest (self, RETRY_MS);
    return;
  }
  while (messages->len > 0)
    g_ptr_array_add (self->messages, g_ptr_array_steal_index (messages, 0));
  go_on (self);
}

void
mr_reports_kick (MrReports *self)
{
  if (self == NULL)
    return;
  if (self->busy) {
    self->again = TRUE;
    return;
  }
  self->busy = TRUE;
  self->again = FALSE;
  mr_store_list_reports_due (self->engine->store, BATCH, listed_cb, self);
}
