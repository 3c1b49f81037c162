/* Words for states: every value has some, and the line of a recipient says when. */
#include "ndr/states.h"

#include <string.h>

#define NOW    (G_GINT64_CONSTANT (1795528800) * G_USEC_PER_SEC) /* 24 November 2026, 14:00 UTC */
#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static void
test_complete (void)
{
  for (guint i = 0; i < MR_RECIPIENT_N_STATES; i++)
    g_assert_cmpstr (mr_state_word (i), !=, "");
  for (guint i = 1; i < MR_WAIT_N_REASONS; i++)
    g_assert_cmpstr (mr_wait_reason_sentence (i), !=, "");
  for (guint i = 1; i < MR_HOLD_N_REASONS; i++)
    g_assert_cmpstr (mr_hold_reason_sentence (i), !=, "");
  for (guint i = 0; i < MR_ACCOUNT_N_STATES; i++) {
    g_assert_cmpstr (mr_account_state_word (i), !=, "");
    g_assert_cmpstr (mr_account_state_sentence (i), !=, "");
  }
  for (guint i = 0; i < MR_STAGE_N_STAGES; i++)
    g_assert_cmpstr (mr_stage_sentence (i), !=, "");
  g_assert_cmpstr (mr_wait_reason_sentence (MR_WAIT_NONE), ==, "");
  g_assert_cmpstr (mr_state_word (99), ==, "");
  g_assert_cmpstr (mr_state_word ((MrRecipientState)-1), ==, "");
}

static void
check_line (MrRecipientState state, MrWaitReason reason, gint64 next, gint64 changed, const char *host,
            const char *expected)
{
  g_autoptr (MrRecipientRecord) recipient = mr_recipient_record_new (0, "lou@example.net");
  g_autofree char *line = NULL;

  recipient->state = state;
  recipient->wait_reason = reason;
  recipient->next_attempt = next;
  recipient->changed = changed;
  recipient->host = g_strdup (host);
  line = mr_state_dup_line (recipient, NOW);
  g_assert_cmpstr (line, ==, expected);
}

static void
test_line (void)
{
  check_line (MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, NOW + 10 * MINUTE, 0, NULL, "Waiting, next try 14:10");
  check_line (MR_RECIPIENT_WAITING, MR_WAIT_NONE, 0, 0, NULL, "Waiting");
  check_line (MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, NOW - MINUTE, 0, NULL, "Waiting");
  check_line (MR_RECIPIENT_DELIVERED, MR_WAIT_NONE, 0, NOW - 8 * MINUTE, "smtp.example.com",
              "Handed to smtp.example.com, 13:52");
  check_line (MR_RECIPIENT_RELAYED, MR_WAIT_NONE, 0, 0, "smtp.example.com", "Handed to smtp.example.com");
  check_line (MR_RECIPIENT_DELIVERED, MR_WAIT_NONE, 0, NOW, NULL, "Handed over");
  check_line (MR_RECIPIENT_UNCERTAIN, MR_WAIT_NONE, 0, NOW, NULL, "Possibly delivered");
  check_line (MR_RECIPIENT_UNCERTAIN, MR_WAIT_RETRY_TIME, NOW + MINUTE, NOW, NULL,
              "Possibly delivered, next try 14:01");
  check_line (MR_RECIPIENT_CANCELLED, MR_WAIT_NONE, 0, NOW, NULL, "Stopped by you");
  check_line (MR_RECIPIENT_WAITING, MR_WAIT_OFFLINE, NOW + MINUTE, NOW, NULL,
              mr_wait_reason_sentence (MR_WAIT_OFFLINE));
}

/* Straight to the recipient's server: it is that server that has it. What came back later says so. */
static void
test_direct_and_bounced (void)
{
  g_autoptr (MrRecipientRecord) recipient = mr_recipient_record_new (0, "lou@example.net");
  g_autofree char *timeless = NULL, *accepted = NULL, *bounced = NULL;

  recipient->state = MR_RECIPIENT_DELIVERED;
  recipient->host = g_strdup ("mx1.hoster.example");
  recipient->direct = TRUE;
  timeless = mr_state_dup_line (recipient, NOW);
  g_assert_cmpstr (timeless, ==, "Accepted by example.net's server");
  recipient->changed = NOW - 8 * MINUTE;
  accepted = mr_state_dup_line (recipient, NOW);
  g_assert_cmpstr (accepted, ==, "Accepted by example.net's server, 13:52");
  recipient->bounced = NOW - MINUTE;
  bounced = mr_state_dup_line (recipient, NOW);
  g_assert_cmpstr (bounced, ==, "Returned later, 13:59");
}

/* Another day is named, a time that no calendar has does no harm. */
static void
test_other_days (void)
{
  g_autoptr (MrRecipientRecord) recipient = mr_recipient_record_new (0, "lou@example.net");
  g_autofree char *tomorrow = NULL, *never = NULL;

  recipient->state = MR_RECIPIENT_WAITING;
  recipient->next_attempt = NOW + 24 * 60 * MINUTE;
  tomorrow = mr_state_dup_line (recipient, NOW);
  g_assert_cmpstr (tomorrow, ==, "Waiting, next try Wed 14:00");
  g_autofree char *later = NULL;
  recipient->next_attempt = NOW + 7 * 24 * 60 * MINUTE;
  later = mr_state_dup_line (recipient, NOW);
  g_assert_cmpuint (strlen (later), >, strlen (tomorrow));
  recipient->next_attempt = G_MAXINT64;
  never = mr_state_dup_line (recipient, NOW);
  g_assert_nonnull (never);
}

static void
test_limit (void)
{
  g_autoptr (MrRecipientRecord) recipient = mr_recipient_record_new (0, "lou@example.net");
  const struct {
    const char *params, *expected;
  } table[] = {
    { "{'account': 'Gmail', 'limit-kind': 'day'}", "Gmail's daily limit, next at 14:32" },
    { "{'account': 'Work', 'limit-kind': 'minute'}", "Work's limit per minute, next at 14:32" },
    { "{'account': 'Work', 'limit-kind': 'provider', 'wait': '3 h'}", "Work takes no more for now, next try 14:32" },
    { "@a{ss} {}", mr_wait_reason_sentence (MR_WAIT_ACCOUNT_LIMIT) },
  };

  recipient->wait_reason = MR_WAIT_ACCOUNT_LIMIT;
  recipient->next_attempt = NOW + 32 * MINUTE;
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_clear_pointer (&recipient->cause_params, g_variant_unref);
    recipient->cause_params = g_variant_ref_sink (g_variant_new_parsed (table[i].params));
    g_autofree char *line = mr_state_dup_line (recipient, NOW);
    g_assert_cmpstr (line, ==, table[i].expected);
  }
}

static void
test_signature (void)
{
  const struct {
    MrAccountRecord account;
    const char *expected;
  } table[] = {
    { { .state = MR_ACCOUNT_READY, .state_since = NOW - MINUTE }, "Ready" },
    { { .limit_day = 5, .used_day = 5, .limit_until = NOW + MINUTE }, "Ready; daily limit reached, next at 14:01" },
    { { .limit_minute = 5, .used_minute = 5, .limit_day = 9, .used_day = 5, .limit_until = NOW + MINUTE },
      "Ready; limit per minute reached, next at 14:01" },
    { { .limit_day = 9, .used_day = 5, .limit_until = NOW + MINUTE },
      "Ready; the provider takes no more for now, next try 14:01" },
    { { .limit_until = NOW - MINUTE }, "Ready" },
    { { .state = MR_ACCOUNT_PAUSED, .state_since = NOW - 5 * MINUTE }, "Paused by you since 13:55" },
    { { .state = MR_ACCOUNT_PAUSED, .state_since = NOW - 5 * MINUTE, .paused_until = NOW + 55 * MINUTE },
      "Paused by you until 14:55" },
    { { .state = MR_ACCOUNT_PAUSED, .state_since = NOW - 5 * MINUTE, .paused_until = NOW - MINUTE },
      "Paused by you since 13:55" },
    { { .state = MR_ACCOUNT_PASSWORD_REFUSED, .state_since = NOW - 5 * MINUTE },
      "Paused: Password not accepted, since 13:55" },
    { { .state = MR_ACCOUNT_NEEDS_SIGN_IN }, "Needs you to sign in" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *line = mr_account_dup_signature (&table[i].account, NOW);
    g_assert_cmpstr (line, ==, table[i].expected);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ndr/states/complete", test_complete);
  g_test_add_func ("/ndr/states/line", test_line);
  g_test_add_func ("/ndr/states/direct-and-bounced", test_direct_and_bounced);
  g_test_add_func ("/ndr/states/other-days", test_other_days);
  g_test_add_func ("/ndr/states/limit", test_limit);
  g_test_add_func ("/ndr/states/signature", test_signature);
  return g_test_run ();
}
