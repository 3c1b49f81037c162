/* Who may submit: the one place that opens the door, denying by default (promise 2).
 *
 * Nothing here fails: what is not known counts against the peer.
 */
#include "policy/policy.h"

static gboolean
uid_is_welcome (const MrSubmitPeer *peer)
{
  if (peer->peer_uid == peer->own_uid)
    return TRUE;
  for (guint i = 0; i < peer->n_allowed_uids; i++)
    if (peer->allowed_uids[i] == peer->peer_uid)
      return TRUE;
  return FALSE;
}

MrSubmitDecision
mr_policy_may_submit (const MrSubmitPeer *peer)
{
  if (peer->authenticated)
    return MR_SUBMIT_ALLOWED;
  if (!peer->loopback && !peer->unix_socket)
    return MR_SUBMIT_DENIED_NOT_LOOPBACK;
  if (peer->require_auth)
    return MR_SUBMIT_DENIED_AUTH_REQUIRED;
  /* A peer that has closed, or a kernel that does not tell: -1 must never match a -1 in a list. */
  if (peer->peer_uid < 0)
    return MR_SUBMIT_DENIED_UNKNOWN_USER;
  return uid_is_welcome (peer) ? MR_SUBMIT_ALLOWED : MR_SUBMIT_DENIED_OTHER_USER;
}

const char *
mr_submit_decision_nick (MrSubmitDecision decision)
{
  static const char *const nicks[MR_SUBMIT_N] = {
    [MR_SUBMIT_ALLOWED] = "allowed",
    [MR_SUBMIT_DENIED_NOT_LOOPBACK] = "not-loopback",
    [MR_SUBMIT_DENIED_OTHER_USER] = "other-user",
    [MR_SUBMIT_DENIED_UNKNOWN_USER] = "unknown-user",
    [MR_SUBMIT_DENIED_AUTH_REQUIRED] = "auth-required",
  };

  if ((guint)decision >= MR_SUBMIT_N)
    return "unknown";
  return nicks[decision];
}

MrClearPolicy
mr_policy_clear_text (MrTlsMode tls, gboolean has_user, gboolean host_is_loopback)
{
  /* Opportunistic means that the connection may turn out to be in the clear. */
  gboolean may_be_clear = tls != MR_TLS_STARTTLS && tls != MR_TLS_IMPLICIT;

  if (may_be_clear && has_user && !host_is_loopback)
    return MR_CLEAR_REFUSED_PASSWORD;
  return MR_CLEAR_OK;
}

#define CERTIFICATE_WARNING (14 * G_TIME_SPAN_DAY)

gboolean
mr_policy_certificate_ends_soon (gint64 not_after, gint64 now)
{
  return not_after != 0 && not_after - now < CERTIFICATE_WARNING;
}
