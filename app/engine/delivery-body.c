/* The bytes of a message on their way out: from memory, from the store chunk by chunk, or converted as a whole.
 *
 * Memory does not grow with the message unless the hop needs a conversion (no 8BITMIME) or the sender's name must be replaced; then the
 * whole message is read and the work is done in the pool.
 */
#include "engine/delivery-private.h"

#include "base/log.h"
#include "mail/convert.h"

static void
local_trouble (MrDelivery *self, gint error, const char *what, guint code, const char *enhanced)
{
  MrReplyRecord reply = { 0 };
  Trouble trouble = { .stage = MR_STAGE_MAIL,
                      .scope = MR_SCOPE_MESSAGE,
                      .error = error,
                      .what = what,
                      .local_permanent = TRUE,
                      .account_state = MR_ACCOUNT_READY };

  if (code != 0) {
    mr_reply_record_set (&reply, code, enhanced, what);
    trouble.reply = &reply;
  }
  mr_delivery_trouble (self, &trouble);
  mr_reply_record_clear (&reply);
}

void
mr_delivery_damaged (MrDelivery *self, const GError *error)
{
  /* The store cannot give the bytes: the message is set aside by the attempt's record, other mail goes on over a new connection. */
  Trouble trouble = { .stage = MR_STAGE_MAIL,
                      .scope = MR_SCOPE_MESSAGE,
                      .error = error->code,
                      .what = error->message,
                      .account_state = MR_ACCOUNT_READY };

  mr_error ("engine", "%s: the stored message cannot be read: %s", self->task->job->record->id, error->message);
  if (error->code == MR_ERROR_CORRUPT) {
    mr_store_set_message (self->engine->store, self->task->job->record->id, MR_STORE_HOLD, MR_HOLD_DAMAGED, 0, NULL,
                          NULL, NULL);
  }
  mr_delivery_trouble (self, &trouble);
}

/* ---- conversion ---- */

static void
conversion_work (gpointer data)
{
  Conversion *c = data;
  g_autoptr (GBytes) bytes = g_bytes_ref (c->in);

  if (c->rewrite_to != NULL && c->from != NULL) {
    GBytes *next = mr_convert_rewrite_sender (bytes, c->from, c->rewrite_to, &c->error);

    if (next == NULL)
      return;
    g_bytes_unref (bytes);
    bytes = next;
  }
  if (c->to_7bit)
    c->out = mr_convert_to_7bit (bytes, &c->error);
  else
    c->out = g_steal_pointer (&bytes);
}

static void
conversion_free (Conversion *c)
{
  g_bytes_unref (c->in);
  g_clear_pointer (&c->out, g_bytes_unref);
  g_clear_error (&c->error);
  g_free (c->from);
  g_free (c->rewrite_to);
  g_free (c);
}

static void
conversion_done (gpointer data)
{
  Conversion *c = data;
  MrDelivery *self = c->delivery;

  if (self != NULL) {
    self->conversion = NULL;
    if (c->out != NULL) {
      g_clear_pointer (&self->body, g_bytes_unref);
      self->body = g_steal_pointer (&c->out);
      self->size = g_bytes_get_size (self->body);
      mr_delivery_sign (self);
    } else
      local_trouble (self, c->error->code, c->error->message, 554,
                     c->error->code == MR_ERROR_REFUSED ? "5.6.3" : "5.6.0");
  }
  conversion_free (c);
}

static void
convert (MrDelivery *self, GBytes *whole)
{
  const MrMessageRecord *record = self->task->job->record;
  Conversion *c = g_new0 (Conversion, 1);

  c->delivery = self;
  c->in = g_bytes_ref (whole);
  c->rewrite_to = g_strdup (self->task->rewrite_to);
  c->from = g_strdup (record->from != NULL ? record->from : record->reverse_path);
  c->to_7bit = record->has_8bit
               && !mr_smtp_client_get_capabilities (mr_connection_get_client (self->connection))->eightbitmime;
  self->conversion = c;
  mr_engine_run_in_pool (conversion_work, conversion_done, c);
}

static void
assembly_chunk_cb (GBytes *chunk, const GError *error, gpointer data)
{
  MrDelivery *self = data;

  self->loading = FALSE;
  if (error != NULL) {
    mr_delivery_damaged (self, error);
    return;
  }
  g_byte_array_append (self->assembly, g_bytes_get_data (chunk, NULL), (guint)g_bytes_get_size (chunk));
  if (++self->next_chunk < self->task->job->record->n_chunks) {
    self->loading = TRUE;
    mr_store_load_chunk (self->engine->store, self->task->job->record->id, self->next_chunk, assembly_chunk_cb, self);
    return;
  }
  g_autoptr (GBytes) whole = g_byte_array_free_to_bytes (g_steal_pointer (&self->assembly));
  convert (self, whole);
}

void
mr_delivery_prepare_body (MrDelivery *self)
{
  const MrJob *job = self->task->job;
  const MrSmtpCapabilities *caps = mr_smtp_client_get_capabilities (mr_connection_get_client (self->connection));

  self->size = job->record->size;
  self->next_chunk = 0;
  self->offset = 0;
  if (self->task->rewrite_to == NULL && (!job->record->has_8bit || caps->eightbitmime)) {
    if (job->body != NULL)
      self->body = g_bytes_ref (job->body);
    mr_delivery_sign (self);
    return;
  }
  if (job->body != NULL) {
    convert (self, job->body);
    return;
  }
  self->assembly = g_byte_array_new ();
  self->loading = TRUE;
  mr_store_load_chunk (self->engine->store, job->record->id, 0, assembly_chunk_cb, self);
}

/* ---- sending ---- */

/* Gives the machine what it has room for. TRUE: all of bytes was taken. */
static gboolean
give (MrDelivery *self, GBytes *bytes)
{
  MrSmtpClient *client = mr_connection_get_client (self->connection);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  while (self->offset < len) {
    gsize n = MIN (mr_smtp_client_body_room (client), len - self->offset);

    if (n == 0 || !mr_smtp_client_body (client, data + self->offset, n))
      return FALSE;
    self->offset += n;
    self->given += n;
  }
  return TRUE;
}

static void
end_of_body (MrDelivery *self)
{
  self->in_body = FALSE;
  self->dot_sent = TRUE;
  mr_smtp_client_body_end (mr_connection_get_client (self->connection));
  mr_connection_set_timeout (
      self->connection,
      (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "dot-timeout") * 1000);
}

static void
chunk_cb (GBytes *chunk, const GError *error, gpointer data)
{
  MrDelivery *self = data;

  self->loading = FALSE;
  if (error != NULL) {
    /* Half a message is on the wire: only closing the connection keeps it from being taken for a whole one. */
    mr_delivery_damaged (self, error);
    mr_delivery_end (self);
    return;
  }
  self->chunk = g_bytes_ref (chunk);
  self->offset = 0;
  self->next_chunk++;
  mr_delivery_send_body (self);
}

void
mr_delivery_send_body (MrDelivery *self)
{
  if (!self->in_body || self->loading)
    return;
  if (self->front != NULL) {
    if (!give (self, self->front)) {
      mr_connection_flush (self->connection);
      return;
    }
    g_clear_pointer (&self->front, g_bytes_unref);
    self->offset = 0;
  }
  if (self->body != NULL) {
    if (give (self, self->body))
      end_of_body (self);
  } else {
    if (self->chunk != NULL && give (self, self->chunk))
      g_clear_pointer (&self->chunk, g_bytes_unref);
    if (self->chunk == NULL && self->next_chunk >= self->task->job->record->n_chunks)
      end_of_body (self);
    else if (self->chunk == NULL) {
      self->loading = TRUE;
      mr_store_load_chunk (self->engine->store, self->task->job->record->id, self->next_chunk, chunk_cb, self);
    }
  }
  mr_connection_flush (self->connection);
}

void
mr_delivery_clear_body (MrDelivery *self)
{
  mr_delivery_stop_signing (self);
  g_clear_pointer (&self->front, g_bytes_unref);
  g_clear_pointer (&self->kept, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_pointer (&self->assembly, g_byte_array_unref);
  if (self->conversion != NULL)
    self->conversion->delivery = NULL;
  self->conversion = NULL;
  self->offset = 0;
  self->next_chunk = 0;
  self->given = 0;
  self->body_started = 0;
  self->in_body = FALSE;
}
