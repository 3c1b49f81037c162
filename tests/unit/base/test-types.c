/* Nicks, error domain and the edges of a recipient's state. */
#include <mailrelay/types.h>

#include <string.h>

/* Every value has a nick of its own, in the spelling of the bus, which leads back to it. */
#define CHECK_NICKS(Type, prefix, n)                                                                                   \
  do {                                                                                                                 \
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);                                          \
    for (int i = 0; i < (int)(n); i++) {                                                                               \
      const char *nick = prefix##_nick ((Type)i);                                                                      \
      Type back;                                                                                                       \
      check_spelling (nick);                                                                                           \
      g_assert_true (g_hash_table_add (seen, (gpointer)nick));                                                         \
      g_assert_true (prefix##_from_nick (nick, &back));                                                                \
      g_assert_cmpint ((int)back, ==, i);                                                                              \
    }                                                                                                                  \
    Type untouched = (Type)1;                                                                                          \
    g_assert_false (prefix##_from_nick ("no-such-nick", &untouched));                                                  \
    g_assert_false (prefix##_from_nick ("", &untouched));                                                              \
    g_assert_false (prefix##_from_nick (NULL, &untouched));                                                            \
    g_assert_cmpint ((int)untouched, ==, 1);                                                                           \
    g_assert_cmpstr (prefix##_nick ((Type)(n)), ==, "unknown");                                                        \
    g_assert_cmpstr (prefix##_nick ((Type)-1), ==, "unknown");                                                         \
  } while (0)

static void
check_spelling (const char *nick)
{
  g_assert_cmpuint (strlen (nick), >, 0);
  g_assert_cmpuint (strspn (nick, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen (nick));
}

static void
test_nicks (void)
{
  CHECK_NICKS (MrRecipientState, mr_recipient_state, MR_RECIPIENT_N_STATES);
  CHECK_NICKS (MrWaitReason, mr_wait_reason, MR_WAIT_N_REASONS);
  CHECK_NICKS (MrHoldReason, mr_hold_reason, MR_HOLD_N_REASONS);
  CHECK_NICKS (MrStage, mr_stage, MR_STAGE_N_STAGES);
  CHECK_NICKS (MrTracePart, mr_trace_part, MR_TRACE_N_PARTS);
  CHECK_NICKS (MrTlsMode, mr_tls_mode, MR_TLS_N_MODES);
  CHECK_NICKS (MrAccountKind, mr_account_kind, MR_ACCOUNT_N_KINDS);
  CHECK_NICKS (MrAccountState, mr_account_state, MR_ACCOUNT_N_STATES);
  CHECK_NICKS (MrAuthKind, mr_auth_kind, MR_AUTH_N_KINDS);
  CHECK_NICKS (MrOauthFlow, mr_oauth_flow, MR_OAUTH_N_FLOWS);
  CHECK_NICKS (MrSource, mr_source, MR_SOURCE_N_SOURCES);
  CHECK_NICKS (MrActor, mr_actor, MR_ACTOR_N_ACTORS);
  CHECK_NICKS (MrRetryHint, mr_retry_hint, MR_RETRY_N_HINTS);
  CHECK_NICKS (MrSpeaker, mr_speaker, MR_SPEAKER_N_SPEAKERS);
  CHECK_NICKS (MrVerdictKind, mr_verdict_kind, MR_VERDICT_N_VERDICTS);
}

/* The words that scripts, the store and the design rely on. */
static void
test_spelling (void)
{
  g_assert_cmpstr (mr_recipient_state_nick (MR_RECIPIENT_NEEDS_PERSON), ==, "needs-person");
  g_assert_cmpstr (mr_recipient_state_nick (MR_RECIPIENT_RETURNED), ==, "returned");
  g_assert_cmpstr (mr_wait_reason_nick (MR_WAIT_RETRY_TIME), ==, "retry-time");
  g_assert_cmpstr (mr_wait_reason_nick (MR_WAIT_NO_ACCOUNT), ==, "no-account");
  g_assert_cmpstr (mr_hold_reason_nick (MR_HOLD_DAMAGED), ==, "damaged");
  g_assert_cmpstr (mr_stage_nick (MR_STAGE_DOT), ==, "dot");
  g_assert_cmpstr (mr_scope_nick (MR_SCOPE_RECIPIENT), ==, "recipient");
  g_assert_cmpstr (mr_tls_mode_nick (MR_TLS_IMPLICIT), ==, "implicit");
  g_assert_cmpstr (mr_account_state_nick (MR_ACCOUNT_SENDER_REFUSED), ==, "sender-refused");
  g_assert_cmpstr (mr_account_state_nick (MR_ACCOUNT_NEEDS_SIGN_IN), ==, "needs-sign-in");
  g_assert_cmpstr (mr_auth_kind_nick (MR_AUTH_OAUTH2), ==, "oauth2");
  g_assert_cmpstr (mr_oauth_flow_nick (MR_OAUTH_DESKTOP), ==, "desktop");
  g_assert_cmpstr (mr_source_nick (MR_SOURCE_PROBE), ==, "probe");
  g_assert_cmpstr (mr_actor_nick (MR_ACTOR_RECIPIENT_ADMIN), ==, "recipient-admin");
  g_assert_cmpstr (mr_error_nick (MR_ERROR_DNS_TEMPORARY), ==, "dns-temporary");
  g_assert_cmpstr (mr_error_nick (MR_ERROR_CANCELLED), ==, "cancelled");
  g_assert_cmpstr (mr_error_nick (MR_ERROR_N_CODES), ==, "unknown");
  g_assert_cmpstr (mr_scope_nick (MR_SCOPE_N_SCOPES), ==, "unknown");
}

static void
test_error_domain (void)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_FULL, "full");

  g_assert_true (g_error_matches (error, MR_ERROR, MR_ERROR_FULL));
  g_assert_cmpstr (g_quark_to_string (MR_ERROR), !=, NULL);
}

/* Rows are from, columns to, both in the order of the enum. */
static void
test_edges (void)
{
  static const char *const legal[MR_RECIPIENT_N_STATES] = {
    /* w  s  u  n  d  r  f  e  c  r */
    "1101001111", /* waiting */
    "1011111110", /* sending */
    "1110100010", /* uncertain */
    "1101001111", /* needs-person */
    "0000000000", /* delivered */
    "0000000000", /* relayed */
    "1000000001", /* failed */
    "1000000001", /* expired */
    "1010000000", /* cancelled */
    "0000000000", /* returned */
  };

  for (int from = 0; from < MR_RECIPIENT_N_STATES; from++)
    for (int to = 0; to < MR_RECIPIENT_N_STATES; to++)
      g_assert_cmpint (mr_recipient_state_may_become ((MrRecipientState)from, (MrRecipientState)to), ==,
                       legal[from][to] == '1');
  g_assert_false (mr_recipient_state_may_become (MR_RECIPIENT_N_STATES, MR_RECIPIENT_WAITING));
  g_assert_false (mr_recipient_state_may_become (MR_RECIPIENT_WAITING, MR_RECIPIENT_N_STATES));
  g_assert_false (mr_recipient_state_may_become ((MrRecipientState)-1, (MrRecipientState)-1));
}

static void
test_final (void)
{
  static const char final[] = "0000111111";

  for (int state = 0; state < MR_RECIPIENT_N_STATES; state++)
    g_assert_cmpint (mr_recipient_state_is_final ((MrRecipientState)state), ==, final[state] == '1');
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/nicks", test_nicks);
  g_test_add_func ("/types/spelling", test_spelling);
  g_test_add_func ("/types/error-domain", test_error_domain);
  g_test_add_func ("/types/edges", test_edges);
  g_test_add_func ("/types/final", test_final);
  return g_test_run ();
}
