/* What a connection knows of the other side: for attempts, and for the trace of a test. */
#include "engine/connection-private.h"

const MrConnectionFailure *
mr_connection_get_failure (MrConnection *self)
{
  self->failure.what = self->failure_what;
  self->failure.reply = self->failure_reply.code != 0 ? &self->failure_reply : NULL;
  self->failure.fingerprint = self->failure_fingerprint;
  self->failure.was_ready = self->ready;
  return &self->failure;
}

const char *
mr_connection_get_host (MrConnection *self)
{
  if (self->next == 0 || self->next > self->candidates->len)
    return self->host;
  return ((Candidate *)g_ptr_array_index (self->candidates, self->next - 1))->host;
}

const char *
mr_connection_get_address (MrConnection *self)
{
  return self->peer;
}

const char *
mr_connection_get_name (MrConnection *self)
{
  return self->name;
}

MrStage
mr_connection_get_stage (MrConnection *self)
{
  return self->ready && self->client != NULL ? mr_smtp_client_get_stage (self->client) : self->stage;
}

const char *
mr_connection_get_tls (MrConnection *self)
{
  return self->tls_info;
}

GPtrArray *
mr_connection_dup_addresses (MrConnection *self)
{
  GPtrArray *addresses = g_ptr_array_new ();

  for (guint i = 0; i < self->candidates->len; i++)
    g_ptr_array_add (addresses, ((Candidate *)g_ptr_array_index (self->candidates, i))->address);
  return addresses;
}

const char *
mr_connection_get_candidate (MrConnection *self)
{
  if (self->next == 0 || self->next > self->candidates->len)
    return NULL;
  return ((Candidate *)g_ptr_array_index (self->candidates, self->next - 1))->address;
}

GPtrArray *
mr_connection_get_chain (MrConnection *self)
{
  return self->chain;
}
