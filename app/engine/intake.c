/* Intake: from the submission server's (or command line's) bytes to a queued message.
 *
 * Order that makes it durable: chunks of a long upload ride in earlier commits under an `incoming` message; the last chunk, the envelope and
 * the state `queued` are one transaction; its sync comes before the 250. After a crash an incoming message is deleted at start-up: it was
 * never acknowledged.
 */
#include "engine/intake.h"

#include "base/crypto.h"
#include "base/id.h"
#include "base/log.h"
#include "engine/accounts.h"
#include "engine/holds.h"
#include "engine/scheduler.h"
#include "mail/convert.h"
#include "mail/fixup.h"
#include "policy/policy.h"

#define BACKLOG_MAX (4 * MR_STORE_CHUNK)

struct _MrIntake {
  MrEngine *engine;
  MrMessageRecord *record; /* NULL after it went to the store */
  MrHeaderReader *reader;  /* NULL once the header is done */
  MrFixupContext fixup;
  char *helo, *peer_address, *id;
  GByteArray *chunk;
  guint n_chunks;
  guint64 size, limit;
  gsize backlog; /* bytes given to the store and not yet committed */
  guint n_received;
  gboolean reserved; /* a place in the scheduler */
  gboolean finishing, forgotten, header_too_big;
  guint pending;          /* chunks */
  GError *error;          /* of a chunk or of the header */
  GBytes *body;           /* kept for the scheduler: the whole of a small message */
  MrMessageRecord *fresh; /* copy for the scheduler */
  void (*drained) (gpointer data);
  gpointer drained_data;
  MrIntakeFunc func;
  gpointer data;
};

static void conclude (MrIntake *self);

static void
fill_record (MrIntake *self, const MrIntakeSource *source)
{
  MrMessageRecord *r = self->record;
  gint64 now = mr_clock_wall (self->engine->clock);

  r->id = g_strdup (self->id);
  r->created = now;
  r->online_at = mr_engine_online_now (self->engine);
  r->next_attempt = now;
  r->reverse_path = g_strdup (source->reverse_path);
  r->program = g_strdup (source->identity != NULL ? source->identity : source->program);
  r->uid = source->uid;
  r->pid = source->pid;
  r->socket = g_strdup (source->socket);
  r->helo = g_strdup (source->helo);
  r->auth_identity = g_strdup (source->identity);
  r->peer = g_strdup (source->peer_address);
  r->ret = source->ret;
  r->envid = g_strdup (source->envid);
  r->has_8bit = FALSE;
  r->has_body = TRUE;
  for (guint i = 0; source->recipients[i] != NULL; i++) {
    MrRecipientRecord *recipient = mr_recipient_record_new (i, source->recipients[i]);

    recipient->next_attempt = now;
    recipient->changed = now;
    recipient->notify = source->notify != NULL ? source->notify[i] : 0;
    recipient->orcpt = g_strdup (source->orcpt != NULL ? source->orcpt[i] : NULL);
    g_ptr_array_add (r->recipients, recipient);
  }
  r->n_recipients = r->recipients->len;
}

MrIntake *
mr_intake_new (MrEngine *engine, const MrIntakeSource *source)
{
  MrIntake *self = g_new0 (MrIntake, 1);
  MrConfig *config = mr_engine_get_config (engine);

  self->engine = engine;
  self->id = mr_id_new (engine->clock);
  self->record = mr_message_record_new ();
  fill_record (self, source);
  self->helo = g_strdup (source->helo);
  self->peer_address = g_strdup (source->peer_address);
  self->reader = mr_header_reader_new ((gsize)mr_config_get_integer (config, "submission", "max-header-size"));
  self->chunk = g_byte_array_new ();
  self->limit = (guint64)mr_config_get_integer (config, "submission", "max-message-size");
  self->fixup = (MrFixupContext){
    .id = self->id,
    .helo = self->helo,
    .esmtp = source->esmtp,
    .tls = source->tls,
    .authenticated = source->identity != NULL,
    .loopback = source->loopback,
    .peer_address = self->peer_address,
    .reverse_path = self->record->reverse_path,
    .single_recipient = self->record->n_recipients == 1
                            ? ((MrRecipientRecord *)g_ptr_array_index (self->record->recipients, 0))->address
                            : NULL,
    .now = self->record->created,
  };
  mr_random_bytes (&self->fixup.random, sizeof self->fixup.random);
  return self;
}

static void
intake_free (MrIntake *self)
{
  mr_message_record_free (self->record);
  mr_message_record_free (self->fresh);
  mr_header_reader_free (self->reader);
  g_free (self->helo);
  g_free (self->peer_address);
  g_free (self->id);
  g_clear_pointer (&self->chunk, g_byte_array_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* ---- bytes ---- */

typedef struct {
  MrIntake *intake;
  gsize len;
} ChunkInFlight;

static void
chunk_cb (const GError *error, gpointer data)
{
  ChunkInFlight *flight = data;
  MrIntake *self = flight->intake;
  gboolean was_full = mr_intake_is_full (self);

  self->pending--;
  self->backlog -= flight->len;
  g_free (flight);
  if (error != NULL && self->error == NULL)
    self->error = g_error_copy (error);
  if (self->forgotten && !self->finishing) {
    if (self->pending == 0)
      intake_free (self);
    return;
  }
  if (self->finishing) {
    if (self->pending == 0)
      conclude (self);
    return;
  }
  if (was_full && !mr_intake_is_full (self) && self->drained != NULL)
    self->drained (self->drained_data);
}

static void
put_chunk (MrIntake *self)
{
  ChunkInFlight *flight = g_new (ChunkInFlight, 1);
  g_autoptr (GBytes) bytes = NULL;

  flight->intake = self;
  flight->len = self->chunk->len;
  self->backlog += flight->len;
  self->pending++;
  bytes = g_byte_array_free_to_bytes (self->chunk);
  self->chunk = g_byte_array_sized_new (MR_STORE_CHUNK);
  mr_store_put_chunk (self->engine->store, self->id, self->n_chunks++, bytes, chunk_cb, flight);
}

static void
append (MrIntake *self, const guint8 *data, gsize len)
{
  if (self->error != NULL) /* it will be refused */
    return;
  self->size += len;
  if (self->size > self->limit) {
    g_set_error_literal (&self->error, MR_ERROR, MR_ERROR_TOO_BIG, "the message is too big");
    return;
  }
  if (!self->record->has_8bit)
    self->record->has_8bit = mr_convert_needs (data, len);
  while (len > 0) {
    gsize n = MIN (len, MR_STORE_CHUNK - self->chunk->len);

    g_byte_array_append (self->chunk, data, (guint)n);
    data += n;
    len -= n;
    if (self->chunk->len == MR_STORE_CHUNK)
      put_chunk (self);
  }
}

static void
header_done (MrIntake *self)
{
  g_autoptr (MrFixupResult) result = mr_fixup_header (self->reader, &self->fixup, &self->error);
  const guint8 *rest;
  gsize rest_len, len;

  if (result != NULL) {
    const guint8 *bytes = g_bytes_get_data (result->header, &len);

    self->record->from = g_strdup (result->from);
    self->record->subject = g_strdup (result->subject);
    self->record->message_id = g_strdup (result->message_id);
    self->n_received = result->n_received;
    append (self, bytes, len);
    if (mr_header_reader_missing_blank (self->reader, &rest, &rest_len))
      append (self, rest, rest_len);
  }
  g_clear_pointer (&self->reader, mr_header_reader_free);
}

void
mr_intake_write (MrIntake *self, const void *data, gsize len)
{
  const guint8 *bytes = data;
  gsize used = 0;

  if (self->reader != NULL && self->error == NULL) {
    switch (mr_header_reader_feed (self->reader, bytes, len, &used)) {
    case MR_HEADER_MORE:
      return;
    case MR_HEADER_DONE:
      header_done (self);
      break;
    case MR_HEADER_TOO_BIG:
      self->header_too_big = TRUE;
      g_set_error_literal (&self->error, MR_ERROR, MR_ERROR_TOO_BIG, "the header is too big");
      break;
    }
  }
  append (self, bytes + used, len - used);
}

gboolean
mr_intake_is_full (MrIntake *self)
{
  return self->backlog >= BACKLOG_MAX;
}

void
mr_intake_set_drained (MrIntake *self, void (*func) (gpointer data), gpointer data)
{
  self->drained = func;
  self->drained_data = data;
}

/* ---- the end ---- */

static void
answer (MrIntake *self, guint code, const char *enhanced, const char *text)
{
  if (self->func != NULL && !self->forgotten)
    self->func (code, enhanced, text, code == 250 ? self->id : NULL, self->data);
}

static void
refuse (MrIntake *self, guint code, const char *enhanced, const char *text)
{
  mr_info ("engine", "%s: not taken: %u %s", self->id, code, enhanced);
  if (self->n_chunks > 0)
    mr_store_drop_incoming (self->engine->store, self->id);
  if (self->reserved && self->engine->scheduler != NULL)
    mr_scheduler_unreserve (self->engine->scheduler);
  answer (self, code, enhanced, text);
  intake_free (self);
}

static void
refuse_for (MrIntake *self, const GError *error)
{
  if (self->header_too_big)
    refuse (self, 552, "5.3.4", "The header of the message is too big");
  else if (error->code == MR_ERROR_FULL)
    refuse (self, 452, "4.3.1", "The disk is full; try again later");
  else if (error->code == MR_ERROR_TOO_BIG)
    refuse (self, 552, "5.3.4", "The message is too big");
  else if (error->code == MR_ERROR_INVALID)
    refuse (self, 550, "5.6.0", error->message);
  else
    refuse (self, 451, "4.3.0", "The message could not be stored; try again later");
}

static void
stored_cb (const GError *error, gpointer data)
{
  MrIntake *self = data;

  if (error != NULL) {
    mr_warning ("engine", "%s: not stored: %s", self->id, error->message);
    refuse_for (self, error);
    return;
  }
  g_autofree char *text = g_strconcat ("queued as ", self->id, NULL);
  mr_debug ("engine", "%s: queued", self->id);
  answer (self, 250, "2.0.0", text);
  mr_engine_notify (self->engine, MR_CHANGED_QUEUE);
  if (self->engine->scheduler == NULL) /* being stopped: the next start takes it up */
    ;
  else if (self->reserved)
    mr_scheduler_add (self->engine->scheduler, g_steal_pointer (&self->fresh), self->body);
  else
    mr_scheduler_kick (self->engine->scheduler);
  intake_free (self);
}

static gboolean
is_never_written_to (MrIntake *self)
{
  for (guint i = 0; i < self->record->recipients->len; i++)
    if (mr_store_is_never (self->engine->store,
                           ((MrRecipientRecord *)g_ptr_array_index (self->record->recipients, i))->address))
      return TRUE;
  return FALSE;
}

static void
choose_hold (MrIntake *self)
{
  if (is_never_written_to (self)) {
    self->record->hold = MR_HOLD_NEVER_WRITE;
    return;
  }
  if (mr_holds_keep (self->engine->holds, self->record))
    return;
  MrRoute route = mr_accounts_route (self->engine->accounts, self->record);

  MrWaitReason reason = MR_WAIT_NO_ACCOUNT;

  if (route.kind == MR_ROUTE_ACCOUNT) {
    if (!mr_config_get_boolean (mr_engine_get_config (self->engine), "general", "paused"))
      return;
    reason = MR_WAIT_PAUSED;
  } else
    self->record->hold = MR_HOLD_NO_ACCOUNT;
  for (guint i = 0; i < self->record->recipients->len; i++)
    ((MrRecipientRecord *)g_ptr_array_index (self->record->recipients, i))->wait_reason = reason;
}

static void
commit (MrIntake *self)
{
  g_autoptr (GBytes) last = NULL;

  if (self->chunk->len > 0 || self->n_chunks == 0) {
    last = g_byte_array_free_to_bytes (g_steal_pointer (&self->chunk));
    if (self->n_chunks == 0)
      self->body = g_bytes_ref (last);
    self->n_chunks++;
  }
  self->record->n_chunks = self->n_chunks;
  self->record->size = self->size;
  choose_hold (self);
  if (self->record->hold == MR_HOLD_NONE && mr_scheduler_has_room (self->engine->scheduler)) {
    mr_scheduler_reserve (self->engine->scheduler);
    self->reserved = TRUE;
    self->fresh = mr_message_record_copy (self->record);
  }
  mr_store_add_message (self->engine->store, g_steal_pointer (&self->record), last, self->reserved, stored_cb, self);
}

/* All chunks are committed, or one of them failed: take the message or refuse it. */
static void
conclude (MrIntake *self)
{
  MrConfig *config = mr_engine_get_config (self->engine);

  if (self->error != NULL)
    refuse_for (self, self->error);
  else if (self->engine->scheduler == NULL)
    refuse (self, 451, "4.3.2", "The service is being stopped; try again later");
  else if (self->n_received > (guint)mr_config_get_integer (config, "submission", "max-received"))
    refuse (self, 554, "5.4.6", "This message has passed too many servers: it is going round in a loop");
  else
    commit (self);
}

void
mr_intake_finish (MrIntake *self, MrIntakeFunc func, gpointer data)
{
  self->func = func;
  self->data = data;
  self->finishing = TRUE;
  self->drained = NULL;
  if (self->reader != NULL && self->error == NULL) {
    if (mr_header_reader_end (self->reader) == MR_HEADER_TOO_BIG) {
      self->header_too_big = TRUE;
      g_set_error_literal (&self->error, MR_ERROR, MR_ERROR_TOO_BIG, "the header is too big");
    } else
      header_done (self);
  }
  /* A chunk that fails after the message was queued would leave it without its bytes: wait for all of them. */
  if (self->pending == 0)
    conclude (self);
}

void
mr_intake_forget (MrIntake *self)
{
  if (self == NULL)
    return;
  self->forgotten = TRUE;
  self->func = NULL;
  self->drained = NULL;
  if (self->finishing)
    return;
  if (self->n_chunks > 0)
    mr_store_drop_incoming (self->engine->store, self->id);
  if (self->pending == 0)
    intake_free (self);
}
