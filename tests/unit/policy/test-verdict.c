/* Verdicts as a table: stage, scope, reply, way and history → what becomes of the recipient. */
#include "policy/policy.h"

#define DAY  86400
#define LIFE (5 * DAY)

static const MrRetrySettings settings = {
  .first = 60,
  .factor_percent = 200,
  .max = 7200,
  .jitter_percent = 0,
  .life = LIFE,
  .person_life = LIFE,
  .resend_uncertain = 2,
};

/* What a row expects, as one word. */
typedef enum {
  RETRY,     /* waiting, counts, after delay */
  NEXT_HOST, /* at once, nothing recorded */
  PAUSED,    /* account-paused, does not count */
  LIMITED,   /* account-limit, does not count */
  OFFLINE,   /* does not count */
  LOCKED,    /* keyring-locked, does not count */
  PERSON,
  FAILED,
  EXPIRED,
  UNCERTAIN, /* tried again */
  RESTS,     /* possibly delivered, not tried again */
  SPLIT,     /* too many recipients */
  DELIVERED
} Expect;

typedef struct {
  const char *name;
  MrFailure failure;
  Expect expect;
  guint delay; /* RETRY, UNCERTAIN */
} Row;

#define F(...)                                                                                                         \
  {                                                                                                                    \
    .attempts = 1, .online_age = 60, __VA_ARGS__                                                                       \
  }
#define HOST       .scope = MR_SCOPE_HOST
#define MSG        .scope = MR_SCOPE_MESSAGE
#define RCPT       .scope = MR_SCOPE_RECIPIENT
#define AT(s)      .stage = MR_STAGE_##s
#define SAYS(c, e) .code = c, .enhanced = e
#define RELAY      .relay = TRUE
#define MORE       .more_hosts = TRUE
#define PERSONAL   .person_remedy = TRUE
#define LIMIT(n)   .sending_limit = TRUE, .limits_in_a_row = n
#define RULE(c)    .rule_may_retry_5xx = TRUE, .confidence = c, .hint = MR_RETRY_YES

static const Row rows[] = {
  /* something here comes first: however old the message, it waits for that */
  { "keys locked", F (MSG, AT (MAIL), .wait = MR_WAIT_KEYRING_LOCKED), LOCKED },
  { "keys locked for long", F (MSG, AT (MAIL), .wait = MR_WAIT_KEYRING_LOCKED, .online_age = 2 * LIFE), LOCKED },
  /* before a reply: the host, then the next one, then later */
  { "dns does not answer", F (HOST, AT (RESOLVE)), RETRY, 60 },
  { "no such domain", F (HOST, AT (RESOLVE), .null_mx = TRUE), FAILED },
  { "no such domain, second try", F (HOST, AT (RESOLVE), .null_mx = TRUE, .attempts = 2), FAILED },
  { "relay host name unknown", F (HOST, AT (RESOLVE), .null_mx = TRUE, RELAY), PAUSED },
  { "connect times out", F (HOST, AT (CONNECT)), RETRY, 60 },
  { "connect times out, second attempt", F (HOST, AT (CONNECT), .attempts = 2), RETRY, 120 },
  { "connect times out, more hosts", F (HOST, AT (CONNECT), MORE), NEXT_HOST },
  { "no way to the host", F (HOST, AT (CONNECT), .no_route = TRUE), OFFLINE },
  { "no way to this host, more hosts", F (HOST, AT (CONNECT), .no_route = TRUE, MORE), NEXT_HOST },
  { "no way, long after the give-up time", F (HOST, AT (CONNECT), .no_route = TRUE, .online_age = 9 * LIFE), OFFLINE },
  { "more hosts although it is too late", F (HOST, AT (CONNECT), MORE, .online_age = LIFE), NEXT_HOST },
  { "given up while connecting", F (HOST, AT (CONNECT), .online_age = LIFE), EXPIRED },
  { "a second before giving up", F (HOST, AT (CONNECT), .online_age = LIFE - 1), RETRY, 60 },
  /* greeting and EHLO */
  { "4xx greeting", F (HOST, AT (EHLO), SAYS (450, NULL)), RETRY, 60 },
  { "5xx greeting, more hosts", F (HOST, AT (EHLO), SAYS (554, NULL), MORE), NEXT_HOST },
  { "5xx greeting, last host", F (HOST, AT (EHLO), SAYS (554, NULL)), RETRY, 60 },
  { "5xx greeting, last host, person could help", F (HOST, AT (EHLO), SAYS (554, "5.7.1"), PERSONAL), RETRY, 60 },
  { "5xx at connect with a message scope", F (MSG, AT (CONNECT), SAYS (554, NULL)), RETRY, 60 },
  { "5xx greeting, given up", F (HOST, AT (EHLO), SAYS (554, NULL), .online_age = LIFE), EXPIRED },
  /* TLS */
  { "handshake of a direct host", F (HOST, AT (STARTTLS)), RETRY, 60 },
  { "STARTTLS refused, more hosts", F (HOST, AT (STARTTLS), SAYS (502, NULL), MORE), NEXT_HOST },
  { "certificate of the account", F (HOST, AT (STARTTLS), RELAY, .account_trouble = TRUE), PAUSED },
  { "certificate, other address of the account", F (HOST, AT (STARTTLS), RELAY, .account_trouble = TRUE, MORE),
    PAUSED },
  /* log-in: never a bounce */
  { "535", F (.scope = MR_SCOPE_ACCOUNT, AT (AUTH), SAYS (535, "5.7.8"), RELAY), PAUSED },
  { "535 seen as the host's", F (HOST, AT (AUTH), SAYS (535, NULL), RELAY), PAUSED },
  { "535 after the give-up time",
    F (.scope = MR_SCOPE_ACCOUNT, AT (AUTH), SAYS (535, NULL), RELAY, .online_age = 9 * LIFE), PAUSED },
  { "454 at log-in", F (HOST, AT (AUTH), SAYS (454, "4.7.0"), RELAY), RETRY, 60 },
  { "connection lost at log-in", F (HOST, AT (AUTH), RELAY), RETRY, 60 },
  /* MAIL */
  { "4xx to MAIL", F (MSG, AT (MAIL), SAYS (451, "4.7.1")), RETRY, 60 },
  { "4xx to MAIL is the message's: no other host", F (MSG, AT (MAIL), SAYS (451, "4.7.1"), MORE), RETRY, 60 },
  { "5xx to MAIL", F (MSG, AT (MAIL), SAYS (550, "5.7.1")), FAILED },
  { "sender refused by the account", F (MSG, AT (MAIL), SAYS (553, "5.7.1"), RELAY, PERSONAL), PERSON },
  { "sender refused, five days on", F (MSG, AT (MAIL), SAYS (553, "5.7.1"), RELAY, PERSONAL, .online_age = LIFE),
    FAILED },
  { "lost at MAIL", F (MSG, AT (MAIL)), RETRY, 60 },
  { "lost at MAIL, more hosts", F (MSG, AT (MAIL), MORE), NEXT_HOST },
  /* RCPT */
  { "greylisted", F (RCPT, AT (RCPT), SAYS (450, "4.2.0")), RETRY, 60 },
  { "greylisted for five minutes", F (RCPT, AT (RCPT), SAYS (450, "4.2.0"), .retry_after = 300), RETRY, 300 },
  { "greylisted for a second", F (RCPT, AT (RCPT), SAYS (450, "4.2.0"), .retry_after = 1), RETRY, 60 },
  { "greylisted for a week", F (RCPT, AT (RCPT), SAYS (450, "4.2.0"), .retry_after = 7 * DAY), RETRY, DAY },
  { "4xx to one RCPT, more hosts", F (RCPT, AT (RCPT), SAYS (450, "4.2.0"), MORE), RETRY, 60 },
  { "4xx, will probably not succeed", F (RCPT, AT (RCPT), SAYS (450, "4.1.1"), .hint = MR_RETRY_NO, .confidence = 1.0),
    RETRY, 60 },
  { "4xx with a known remedy", F (RCPT, AT (RCPT), SAYS (450, "4.7.1"), PERSONAL), RETRY, 60 },
  { "4xx, given up", F (RCPT, AT (RCPT), SAYS (452, "4.2.2"), .online_age = LIFE), EXPIRED },
  { "no such user", F (RCPT, AT (RCPT), SAYS (550, "5.1.1")), FAILED },
  { "no such user, more hosts", F (RCPT, AT (RCPT), SAYS (550, "5.1.1"), MORE), FAILED },
  { "no such user at an account", F (RCPT, AT (RCPT), SAYS (550, "5.1.1"), RELAY), FAILED },
  { "relaying denied by the account", F (RCPT, AT (RCPT), SAYS (554, "5.7.1"), RELAY, PERSONAL), PERSON },
  { "421 to RCPT", F (RCPT, AT (RCPT), SAYS (421, "4.3.2")), RETRY, 60 },
  { "421 to RCPT, more hosts", F (RCPT, AT (RCPT), SAYS (421, "4.3.2"), MORE), NEXT_HOST },
  { "too many recipients", F (RCPT, AT (RCPT), SAYS (452, "4.5.3")), SPLIT },
  { "too many recipients, old way", F (RCPT, AT (RCPT), SAYS (552, NULL)), SPLIT },
  { "too many recipients, 552 5.5.3", F (RCPT, AT (RCPT), SAYS (552, "5.5.3")), SPLIT },
  { "too many recipients after the give-up time", F (RCPT, AT (RCPT), SAYS (452, "4.5.3"), .online_age = LIFE),
    EXPIRED },
  { "mailbox full is not too many", F (RCPT, AT (RCPT), SAYS (552, "5.2.2")), FAILED },
  { "452 4.2.2 is not too many", F (RCPT, AT (RCPT), SAYS (452, "4.2.2")), RETRY, 60 },
  { "552 at the dot is not too many", F (MSG, AT (DOT), SAYS (552, NULL), .dot_sent = TRUE), FAILED },
  { "552 to MAIL is not too many", F (MSG, AT (MAIL), SAYS (552, "5.3.4")), FAILED },
  /* 5xx that a rule calls temporary */
  { "rule, sure", F (RCPT, AT (RCPT), SAYS (550, "5.7.1"), RULE (0.9)), RETRY, 60 },
  { "rule, just sure", F (RCPT, AT (RCPT), SAYS (550, "5.7.1"), RULE (0.8)), RETRY, 60 },
  { "rule, unsure", F (RCPT, AT (RCPT), SAYS (550, "5.7.1"), RULE (0.79)), FAILED },
  { "rule, the fourth time", F (RCPT, AT (RCPT), SAYS (550, "5.7.1"), RULE (0.9), .policy_retries = 3, .attempts = 4),
    RETRY, 480 },
  { "rule, four times were enough", F (RCPT, AT (RCPT), SAYS (550, "5.7.1"), RULE (0.9), .policy_retries = 4), FAILED },
  { "rule, given up", F (RCPT, AT (RCPT), SAYS (550, "5.7.1"), RULE (0.9), .online_age = LIFE), EXPIRED },
  { "rule says when", F (MSG, AT (DOT), SAYS (550, "5.4.5"), RULE (0.9), .retry_after = 3600), RETRY, 3600 },
  { "hint without the mark", F (RCPT, AT (RCPT), SAYS (550, "5.2.2"), .hint = MR_RETRY_YES, .confidence = 1.0),
    FAILED },
  { "a person's remedy outranks the rule", F (MSG, AT (MAIL), SAYS (550, "5.7.1"), RULE (0.9), PERSONAL), PERSON },
  /* DATA */
  { "4xx to DATA", F (MSG, AT (DATA), SAYS (451, NULL)), RETRY, 60 },
  { "5xx to DATA", F (MSG, AT (DATA), SAYS (554, NULL)), FAILED },
  { "lost within the data", F (MSG, AT (DATA)), RETRY, 60 },
  { "354 when something else was due", F (MSG, AT (MAIL), SAYS (354, NULL)), RETRY, 60 },
  /* the final dot */
  { "taken", F (MSG, AT (DOT), SAYS (250, "2.0.0"), .dot_sent = TRUE), DELIVERED },
  { "4xx to the dot", F (MSG, AT (DOT), SAYS (451, NULL), .dot_sent = TRUE), RETRY, 60 },
  { "421 to the dot", F (MSG, AT (DOT), SAYS (421, NULL), .dot_sent = TRUE), RETRY, 60 },
  { "5xx to the dot", F (MSG, AT (DOT), SAYS (554, "5.7.1"), .dot_sent = TRUE), FAILED },
  { "lost after the dot", F (MSG, AT (DOT), .dot_sent = TRUE), UNCERTAIN, 60 },
  { "lost after the dot, other hosts are no help", F (HOST, AT (DOT), .dot_sent = TRUE, MORE), UNCERTAIN, 60 },
  { "lost after the dot again", F (MSG, AT (DOT), .dot_sent = TRUE, .uncertain = 1, .attempts = 2), UNCERTAIN, 120 },
  { "lost after the dot a third time", F (MSG, AT (DOT), .dot_sent = TRUE, .uncertain = 2, .attempts = 3), RESTS },
  { "lost after the dot, too late", F (MSG, AT (DOT), .dot_sent = TRUE, .online_age = LIFE), RESTS },
  { "no way any more after the dot", F (MSG, AT (DOT), .dot_sent = TRUE, .no_route = TRUE), UNCERTAIN, 60 },
  /* what may have been delivered is never failed */
  { "refused at the second try", F (RCPT, AT (RCPT), SAYS (550, "5.1.1"), .uncertain = 1), RESTS },
  { "expired after an unknown outcome", F (RCPT, AT (RCPT), SAYS (450, NULL), .uncertain = 1, .online_age = LIFE),
    RESTS },
  { "deferred after an unknown outcome", F (RCPT, AT (RCPT), SAYS (450, NULL), .uncertain = 1), RETRY, 60 },
  /* the account's limit at its provider: the account waits, however often, until the give-up time */
  { "daily limit", F (RCPT, AT (RCPT), SAYS (550, "5.4.5"), RELAY, RULE (0.9), LIMIT (1)), LIMITED, 900 },
  { "daily limit, third time", F (RCPT, AT (RCPT), SAYS (550, "5.4.5"), RELAY, RULE (0.9), LIMIT (3)), LIMITED, 14400 },
  { "daily limit, more often than a rule may retry",
    F (MSG, AT (DOT), SAYS (550, "5.4.5"), RELAY, RULE (0.9), LIMIT (2), .policy_retries = 9, .dot_sent = TRUE),
    LIMITED, 3600 },
  { "limit with a time", F (MSG, AT (MAIL), SAYS (451, "4.7.0"), RELAY, LIMIT (2), .retry_after = 1200), LIMITED,
    1200 },
  { "limit and 421", F (HOST, AT (MAIL), SAYS (421, "4.7.0"), RELAY, LIMIT (1)), LIMITED, 900 },
  { "limit, too late", F (RCPT, AT (RCPT), SAYS (451, NULL), RELAY, LIMIT (1), .online_age = LIFE), EXPIRED },
  { "limit, the rule is not sure", F (RCPT, AT (RCPT), SAYS (550, "5.4.5"), RELAY, RULE (0.5), LIMIT (1)), FAILED },
  { "limit of the recipient's server", F (RCPT, AT (RCPT), SAYS (451, NULL), LIMIT (1)), RETRY, 60 },
  { "limit at log-in", F (HOST, AT (AUTH), SAYS (454, NULL), RELAY, LIMIT (1)), RETRY, 60 },
  /* found here */
  { "bigger than the server takes", F (MSG, AT (MAIL), .local_permanent = TRUE), FAILED },
  { "bigger than the account takes", F (MSG, AT (MAIL), .local_permanent = TRUE, RELAY, PERSONAL), PERSON },
  { "cannot be converted, more hosts", F (MSG, AT (MAIL), .local_permanent = TRUE, MORE), FAILED },
};

static MrVerdict
expected (const Row *row)
{
  MrVerdict v = { MR_VERDICT_RETRY, MR_RECIPIENT_WAITING, MR_WAIT_NONE, row->delay, TRUE, FALSE, FALSE };

  switch (row->expect) {
  case SPLIT:
    v.too_many_recipients = TRUE;
    v.delay = 60;
    v.wait_reason = MR_WAIT_RETRY_TIME;
    break;
  case RETRY:
    v.wait_reason = MR_WAIT_RETRY_TIME;
    break;
  case NEXT_HOST:
    v.next_host = TRUE;
    v.counts = FALSE;
    break;
  case PAUSED:
    v.wait_reason = MR_WAIT_ACCOUNT_PAUSED;
    v.delay = 3600;
    v.counts = FALSE;
    break;
  case LIMITED:
    v.wait_reason = MR_WAIT_ACCOUNT_LIMIT;
    v.counts = FALSE;
    break;
  case OFFLINE:
    v.wait_reason = MR_WAIT_OFFLINE;
    v.delay = 60;
    v.counts = FALSE;
    break;
  case LOCKED:
    v.wait_reason = MR_WAIT_KEYRING_LOCKED;
    v.delay = 60;
    v.counts = FALSE;
    break;
  case PERSON:
    v.kind = MR_VERDICT_NEEDS_PERSON;
    v.state = MR_RECIPIENT_NEEDS_PERSON;
    v.delay = G_MAXUINT;
    break;
  case FAILED:
  case EXPIRED:
    v.kind = MR_VERDICT_FAILED;
    v.state = row->expect == FAILED ? MR_RECIPIENT_FAILED : MR_RECIPIENT_EXPIRED;
    v.delay = G_MAXUINT;
    break;
  case UNCERTAIN:
    v.state = MR_RECIPIENT_UNCERTAIN;
    v.wait_reason = MR_WAIT_RETRY_TIME;
    break;
  case RESTS:
    v.state = MR_RECIPIENT_UNCERTAIN;
    v.delay = G_MAXUINT;
    break;
  case DELIVERED:
    v.kind = MR_VERDICT_DELIVERED;
    v.state = MR_RECIPIENT_DELIVERED;
    v.delay = 0;
    break;
  }
  return v;
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  MrVerdict got = mr_policy_verdict (&row->failure, &settings, 0, 0.5);
  MrVerdict want = expected (row);

  g_assert_cmpstr (mr_verdict_kind_nick (got.kind), ==, mr_verdict_kind_nick (want.kind));
  g_assert_cmpstr (mr_recipient_state_nick (got.state), ==, mr_recipient_state_nick (want.state));
  g_assert_cmpstr (mr_wait_reason_nick (got.wait_reason), ==, mr_wait_reason_nick (want.wait_reason));
  g_assert_cmpuint (got.delay, ==, want.delay);
  g_assert_cmpint (got.counts, ==, want.counts);
  g_assert_cmpint (got.next_host, ==, want.next_host);
  g_assert_cmpint (got.too_many_recipients, ==, want.too_many_recipients);
}

/* Promise 4 over the whole space: no 4xx and no silence fails before the give-up time, no verdict leaves sending by an
 * edge that is not legal. */
static void
test_space (void)
{
  static const guint codes[] = { 0, 250, 354, 421, 450, 451, 452, 499, 500, 535, 550, 552, 554, 599, 999 };

  for (guint stage = 0; stage < MR_STAGE_N_STAGES; stage++)
    for (guint scope = 0; scope < MR_SCOPE_N_SCOPES; scope++)
      for (guint c = 0; c < G_N_ELEMENTS (codes); c++)
        for (guint bits = 0; bits < 64; bits++) {
          MrFailure f = F (.stage = stage, .scope = scope, .code = codes[c], .relay = bits & 1,
                           .more_hosts = (bits & 2) != 0, .person_remedy = (bits & 4) != 0,
                           .hint = (bits & 8) != 0 ? MR_RETRY_NO : MR_RETRY_YES, .rule_may_retry_5xx = (bits & 16) != 0,
                           .confidence = 1.0, .dot_sent = (bits & 32) != 0);
          MrVerdict v = mr_policy_verdict (&f, &settings, 3, 0.5);

          if (codes[c] < 500 || codes[c] > 599)
            g_assert_cmpint (v.kind, !=, MR_VERDICT_FAILED);
          g_assert_true (mr_recipient_state_may_become (MR_RECIPIENT_SENDING, v.state));
          if (v.kind == MR_VERDICT_RETRY && v.state == MR_RECIPIENT_WAITING && !v.next_host)
            g_assert_cmpuint (v.delay, <, G_MAXUINT);
          if (scope == MR_SCOPE_ACCOUNT && codes[c] >= 400)
            g_assert_false (v.counts);
        }
}

static void
test_never_resend (void)
{
  MrRetrySettings never = settings;
  MrFailure f = F (AT (DOT), MSG, .dot_sent = TRUE);
  MrVerdict v;

  never.resend_uncertain = 0;
  v = mr_policy_verdict (&f, &never, 0, 0.5);
  g_assert_cmpint (v.state, ==, MR_RECIPIENT_UNCERTAIN);
  g_assert_cmpuint (v.delay, ==, G_MAXUINT);
}

static void
test_destination_failures (void)
{
  MrFailure f = F (AT (CONNECT), HOST);

  g_assert_cmpuint (mr_policy_verdict (&f, &settings, 5, 0.5).delay, ==, 960);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/policy/verdict/%s", rows[i].name);

    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/policy/verdict/space", test_space);
  g_test_add_func ("/policy/verdict/never-resend", test_never_resend);
  g_test_add_func ("/policy/verdict/destination-failures", test_destination_failures);
  return g_test_run ();
}
