/* Who may submit, as a table; passwords over connections in the clear. */
#include "policy/policy.h"

#define OWN 1000

typedef struct {
  const char *name;
  gboolean loopback, unix_socket;
  gint64 uid;
  gboolean authenticated, require_auth;
  MrSubmitDecision expect;
} Row;

static const gint64 allowed[] = { 33, -1 };

static const Row rows[] = {
  { "own program over loopback", TRUE, FALSE, OWN, FALSE, FALSE, MR_SUBMIT_ALLOWED },
  { "own program over a socket", FALSE, TRUE, OWN, FALSE, FALSE, MR_SUBMIT_ALLOWED },
  { "own uid from afar", FALSE, FALSE, OWN, FALSE, FALSE, MR_SUBMIT_DENIED_NOT_LOOPBACK },
  { "allowed uid from afar", FALSE, FALSE, 33, FALSE, FALSE, MR_SUBMIT_DENIED_NOT_LOOPBACK },
  { "other user", TRUE, FALSE, 1001, FALSE, FALSE, MR_SUBMIT_DENIED_OTHER_USER },
  { "root is another user", TRUE, FALSE, 0, FALSE, FALSE, MR_SUBMIT_DENIED_OTHER_USER },
  { "allowed by a click", TRUE, FALSE, 33, FALSE, FALSE, MR_SUBMIT_ALLOWED },
  { "unknown user", TRUE, FALSE, -1, FALSE, FALSE, MR_SUBMIT_DENIED_UNKNOWN_USER },
  { "unknown user over a socket", FALSE, TRUE, -1, FALSE, FALSE, MR_SUBMIT_DENIED_UNKNOWN_USER },
  { "unknown user with a password", TRUE, FALSE, -1, TRUE, FALSE, MR_SUBMIT_ALLOWED },
  { "from afar with a password", FALSE, FALSE, -1, TRUE, TRUE, MR_SUBMIT_ALLOWED },
  { "other user with a password", TRUE, FALSE, 1001, TRUE, FALSE, MR_SUBMIT_ALLOWED },
  { "own program, passwords demanded", TRUE, FALSE, OWN, FALSE, TRUE, MR_SUBMIT_DENIED_AUTH_REQUIRED },
  { "allowed user, passwords demanded", TRUE, FALSE, 33, FALSE, TRUE, MR_SUBMIT_DENIED_AUTH_REQUIRED },
};

static MrSubmitPeer
peer_of (const Row *row)
{
  return (MrSubmitPeer){
    .loopback = row->loopback,
    .unix_socket = row->unix_socket,
    .peer_uid = row->uid,
    .own_uid = OWN,
    .allowed_uids = allowed,
    .n_allowed_uids = G_N_ELEMENTS (allowed),
    .authenticated = row->authenticated,
    .require_auth = row->require_auth,
  };
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrSubmitPeer peer = peer_of (&rows[i]);

    g_test_message ("%s", rows[i].name);
    g_assert_cmpstr (mr_submit_decision_nick (mr_policy_may_submit (&peer)), ==,
                     mr_submit_decision_nick (rows[i].expect));
  }
}

/* A zeroed struct is what a caller has who forgot everything. */
static void
test_zeroed_is_denied (void)
{
  MrSubmitPeer peer = { 0 };

  g_assert_cmpint (mr_policy_may_submit (&peer), !=, MR_SUBMIT_ALLOWED);
}

static void
test_unknown_owner (void)
{
  MrSubmitPeer peer = { .loopback = TRUE, .peer_uid = -1, .own_uid = -1 };

  g_assert_cmpint (mr_policy_may_submit (&peer), ==, MR_SUBMIT_DENIED_UNKNOWN_USER);
}

static void
test_nicks (void)
{
  for (guint i = 0; i < MR_SUBMIT_N; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (mr_submit_decision_nick (i), !=, mr_submit_decision_nick (j));
  g_assert_cmpstr (mr_submit_decision_nick (MR_SUBMIT_N), ==, "unknown");
}

static void
test_clear_text (void)
{
  g_assert_cmpint (mr_policy_clear_text (MR_TLS_NONE, TRUE, FALSE), ==, MR_CLEAR_REFUSED_PASSWORD);
  g_assert_cmpint (mr_policy_clear_text (MR_TLS_NONE, TRUE, TRUE), ==, MR_CLEAR_OK);
  g_assert_cmpint (mr_policy_clear_text (MR_TLS_NONE, FALSE, FALSE), ==, MR_CLEAR_OK);
  g_assert_cmpint (mr_policy_clear_text (MR_TLS_OPPORTUNISTIC, TRUE, FALSE), ==, MR_CLEAR_REFUSED_PASSWORD);
  g_assert_cmpint (mr_policy_clear_text (MR_TLS_STARTTLS, TRUE, FALSE), ==, MR_CLEAR_OK);
  g_assert_cmpint (mr_policy_clear_text (MR_TLS_IMPLICIT, TRUE, FALSE), ==, MR_CLEAR_OK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/submit/table", test_table);
  g_test_add_func ("/policy/submit/zeroed", test_zeroed_is_denied);
  g_test_add_func ("/policy/submit/unknown-owner", test_unknown_owner);
  g_test_add_func ("/policy/submit/nicks", test_nicks);
  g_test_add_func ("/policy/submit/clear-text", test_clear_text);
  return g_test_run ();
}
