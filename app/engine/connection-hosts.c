/* Where a connection goes: the account's host, or the MX hosts of a domain (RFC 5321 5.1, RFC 7505).
 *
 * MX hosts are sorted and shuffled by the resolver. The implicit MX is taken only where the domain exists and has no MX record; an error of the
 * look-up is temporary and never falls back to the address. Our own listeners are no MX, private addresses are none unless configured.
 */
#include "engine/connection-private.h"

#include "base/log.h"
#include "mail/address.h"
#include "net/listener.h"

#define MX_MAX 5

static gboolean
address_is_allowed (MrConnection *self, const char *address)
{
  gboolean allow_private;

  if (mr_listener_is_own (address, self->port)) {
    self->refused_own = TRUE;
    return FALSE;
  }
  if (!self->direct)
    return TRUE;
  allow_private = mr_config_get_boolean (mr_engine_get_config (self->engine), "delivery", "allow-private-mx");
  if (!allow_private && mr_address_is_private (address)) {
    self->refused_private = TRUE;
    return FALSE;
  }
  return TRUE;
}

static void
add_candidates (MrConnection *self, const char *host, const char *const *addresses)
{
  for (guint i = 0; addresses[i] != NULL && self->candidates->len < CANDIDATES_MAX; i++) {
    Candidate *candidate;

    if (!address_is_allowed (self, addresses[i]))
      continue;
    candidate = g_new0 (Candidate, 1);
    candidate->host = g_strdup (host);
    candidate->address = g_strdup (addresses[i]);
    g_ptr_array_add (self->candidates, candidate);
  }
}

/* No address is left that may be asked: say why. */
static void
no_candidates (MrConnection *self)
{
  if (self->refused_own && !self->direct) {
    self->failure.account_state = MR_ACCOUNT_HOST_UNKNOWN;
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, MR_ERROR_REFUSED, "the account's server is Mail Relay itself",
                                NULL);
  } else if (self->refused_own) {
    self->failure.permanent = TRUE;
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, MR_ERROR_REFUSED,
                                "the domain's mail server is this program: mail loops back", NULL);
  } else if (self->refused_private) {
    self->failure.permanent = TRUE;
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, MR_ERROR_REFUSED,
                                "the domain's mail servers have only private addresses", NULL);
  } else if (self->failure.stage == MR_STAGE_NONE)
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, MR_ERROR_DNS_TEMPORARY, "no address was found", NULL);
  mr_connection_give_up (self);
}

static void look_up_next_mx (MrConnection *self);

static void
mx_addresses_cb (const char *const *addresses, const GError *error, gpointer data)
{
  MrConnection *self = data;
  const char *host = g_ptr_array_index (self->mx, self->mx_next - 1);

  if (error != NULL)
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, error->code, error->message, NULL);
  else
    add_candidates (self, host, addresses);
  look_up_next_mx (self);
}

static void
look_up_next_mx (MrConnection *self)
{
  if (self->mx_next < self->mx->len && self->candidates->len < CANDIDATES_MAX) {
    const char *host = g_ptr_array_index (self->mx, self->mx_next++);

    mr_resolver_lookup_addresses (self->engine->resolver, host, mx_addresses_cb, self);
    return;
  }
  /* An MX that could not be found for good is temporary trouble of the domain as a whole: its administrator may mend it. */
  if (self->failure.error == MR_ERROR_DNS_NOT_FOUND)
    self->failure.error = MR_ERROR_DNS_TEMPORARY;
  if (self->candidates->len == 0)
    no_candidates (self);
  else
    mr_connection_try_next (self);
}

static void
implicit_mx_cb (const char *const *addresses, const GError *error, gpointer data)
{
  MrConnection *self = data;

  if (error != NULL) {
    self->failure.permanent = error->code == MR_ERROR_DNS_NOT_FOUND;
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, error->code, error->message, NULL);
    mr_connection_give_up (self);
    return;
  }
  add_candidates (self, self->host, addresses);
  if (self->candidates->len == 0)
    no_candidates (self);
  else
    mr_connection_try_next (self);
}

static void
null_mx (MrConnection *self)
{
  MrReplyRecord reply = { 0 };

  /* RFC 7505 section 4: the code a sender reports is 556 5.1.10. */
  mr_reply_record_set (&reply, 556, "5.1.10", "the domain does not accept mail (null MX)");
  self->failure.permanent = TRUE;
  mr_connection_note_failure (self, MR_STAGE_RESOLVE, -1, "null MX", &reply);
  mr_reply_record_clear (&reply);
  mr_connection_give_up (self);
}

static void
mx_cb (GPtrArray *records, gboolean nxdomain, const GError *error, gpointer data)
{
  MrConnection *self = data;

  if (error != NULL && error->code == MR_ERROR_DNS_NOT_FOUND && !nxdomain) {
    mr_resolver_lookup_addresses (self->engine->resolver, self->host, implicit_mx_cb, self);
    return;
  }
  if (error != NULL) {
    self->failure.permanent = error->code == MR_ERROR_DNS_NOT_FOUND;
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, error->code, error->message, NULL);
    mr_connection_give_up (self);
    return;
  }
  if (records->len == 1 && ((MrMxRecord *)g_ptr_array_index (records, 0))->name[0] == '\0') {
    null_mx (self);
    return;
  }
  for (guint i = 0; i < records->len && self->mx->len < MX_MAX; i++) {
    const MrMxRecord *record = g_ptr_array_index (records, i);

    if (record->name[0] != '\0')
      g_ptr_array_add (self->mx, g_strdup (record->name));
  }
  look_up_next_mx (self);
}

static void
relay_cb (const char *const *addresses, const GError *error, gpointer data)
{
  MrConnection *self = data;

  if (error != NULL) {
    if (error->code == MR_ERROR_DNS_NOT_FOUND)
      self->failure.account_state = MR_ACCOUNT_HOST_UNKNOWN;
    mr_connection_note_failure (self, MR_STAGE_RESOLVE, error->code, error->message, NULL);
    mr_connection_give_up (self);
    return;
  }
  add_candidates (self, self->host, addresses);
  if (self->candidates->len == 0)
    no_candidates (self);
  else
    mr_connection_try_next (self);
}

/* "[192.0.2.1]" and "[IPv6:2001:db8::1]" name the host itself (RFC 5321 4.1.3). */
static char *
dup_literal (const char *domain)
{
  gsize len = strlen (domain);
  const char *inner = domain + 1;
  g_autofree char *address = NULL;

  if (len < 3 || domain[0] != '[' || domain[len - 1] != ']')
    return NULL;
  address = g_strndup (inner, len - 2);
  if (g_ascii_strncasecmp (address, "IPv6:", 5) == 0)
    return g_strdup (address + 5);
  return g_steal_pointer (&address);
}

void
mr_connection_find_hosts (MrConnection *self)
{
  g_autofree char *literal = self->direct ? dup_literal (self->host) : NULL;

  self->stage = MR_STAGE_RESOLVE;
  mr_connection_step (self, MR_TRACE_LOOK_UP);
  if (literal != NULL)
    mr_resolver_lookup_addresses (self->engine->resolver, literal, implicit_mx_cb, self);
  else if (self->direct)
    mr_resolver_lookup_mx (self->engine->resolver, self->host, mx_cb, self);
  else
    mr_resolver_lookup_addresses (self->engine->resolver, self->host, relay_cb, self);
}
