/* Replies in words of our own → cause, actor, hint, remedy, parameters. */
#include "ndr/diagnosis.h"

#include <string.h>

static MrDiagnosis *diagnosis;

typedef struct {
  const char *cause;
  guint code;
  const char *enhanced, *text;
  MrStage stage;
} Row;

static const Row rows[] = {
  { "address-unknown", 550, "5.1.1", "<lou@example.net>: User unknown here", MR_STAGE_RCPT },
  { "address-unknown", 550, NULL, "There is no such mailbox at this place", MR_STAGE_RCPT },
  { "address-unknown", 550, NULL, NULL, MR_STAGE_RCPT },
  { "address-unknown", 553, "5.3.0", "sorry: no such user on this machine", MR_STAGE_RCPT },
  { "address-invalid", 501, "5.1.3", "Bad address syntax, look at the dots", MR_STAGE_RCPT },
  { "address-moved", 551, "5.1.6", "lou@example.net has been replaced by lou@example.com", MR_STAGE_RCPT },
  { "domain-unknown", 550, "5.1.2", "Host unknown (nobody knows it)", MR_STAGE_RCPT },
  { "domain-no-mail", 556, "5.1.10", "the domain does not accept mail (null MX)", MR_STAGE_RESOLVE },
  { "mailbox-full", 452, "4.2.2", "this mailbox is full to the brim", MR_STAGE_RCPT },
  { "mailbox-full", 552, NULL, "quota exceeded for lou", MR_STAGE_DOT },
  { "mailbox-disabled", 550, "5.2.1", "This account has been disabled by its owner", MR_STAGE_RCPT },
  { "recipient-restricted", 550, "5.7.1", "members only: you are not allowed to post to this list", MR_STAGE_RCPT },
  { "too-big", 552, "5.3.4", "Message too big, size limit is 20971520", MR_STAGE_DOT },
  { "too-many-recipients", 452, "4.5.3", "Too many recipients in one go", MR_STAGE_RCPT },
  { "attachment-blocked", 552, "5.7.0", "We found an illegal attachment in it", MR_STAGE_DOT },
  { "virus", 554, "5.7.1", "Virus detected, go and scan", MR_STAGE_DOT },
  { "spam-content", 554, "5.7.1", "Our filter thinks that this is spam", MR_STAGE_DOT },
  { "malformed", 550, "5.7.1", "The message is not RFC 5322 compliant, two Subject lines", MR_STAGE_DOT },
  { "login-failed", 535, "5.7.8", "Incorrect password for this user", MR_STAGE_AUTH },
  { "login-failed", 535, NULL, NULL, MR_STAGE_AUTH },
  { "login-method", 534, "5.7.9", "Application-specific password required", MR_STAGE_AUTH },
  { "relay-denied", 554, "5.7.1", "<lou@example.net>: Relay access denied", MR_STAGE_RCPT },
  { "relay-denied", 530, "5.7.0", "Authentication required before MAIL", MR_STAGE_MAIL },
  { "sender-not-allowed", 553, "5.7.1", "Sender address anna@example.com not owned by user ben", MR_STAGE_MAIL },
  { "sender-invalid", 450, "4.1.8", "Sender address rejected: Domain not found", MR_STAGE_MAIL },
  { "account-blocked", 550, "5.1.8", "Access denied, bad outbound sender", MR_STAGE_MAIL },
  { "sending-limit", 550, "5.4.5", "Daily user sending limit exceeded", MR_STAGE_DOT },
  { "auth-dns", 550, "5.7.26", "Not accepted due to the DMARC policy of example.com", MR_STAGE_DOT },
  { "server-identity", 550, "5.7.25", "Your address has no PTR record", MR_STAGE_MAIL },
  { "ip-blocklisted", 554, "5.7.1", "Client host [192.0.2.7] blocked using zen.spamhaus.org", MR_STAGE_RCPT },
  { "domain-blocklisted", 554, "5.7.1", "Sender domain example.com found in dbl.spamhaus.org", MR_STAGE_MAIL },
  { "low-reputation", 421, "4.7.0", "[TSS04] put off because of user complaints", MR_STAGE_MAIL },
  { "policy", 550, "5.7.1", "Refused for policy reasons", MR_STAGE_DOT },
  { "greylisted", 451, "4.7.1", "Greylisted, come back in 5 minutes", MR_STAGE_RCPT },
  { "rate-limited", 421, "4.7.0", "Too many connections from 192.0.2.7", MR_STAGE_EHLO },
  { "server-busy", 421, "4.3.2", "System is busy", MR_STAGE_EHLO },
  { "server-busy", 451, NULL, "Temporary failure, try again later", MR_STAGE_MAIL },
  { "unreachable", 0, NULL, "Connection timed out", MR_STAGE_CONNECT },
  { "expired", 0, "4.4.7", "Message expired", MR_STAGE_NONE },
  { "tls", 530, "5.7.0", "Must issue a STARTTLS command first", MR_STAGE_MAIL },
  { "mail-loop", 554, "5.4.6", "Too many hops, giving it back", MR_STAGE_DOT },
  { "server-fault", 451, "4.3.5", "Local configuration error", MR_STAGE_RCPT },
  { "unknown", 0, NULL, "Xyzzy", MR_STAGE_NONE },
  { "unknown", 0, NULL, NULL, MR_STAGE_NONE },
  /* what is easily mistaken */
  { "auth-dns", 550, "5.5.0", "SPF: example.com may not send from there", MR_STAGE_MAIL },
  { "malformed", 550, "5.7.1",
    "Messages with multiple addresses in From: are not taken. To reduce the amount of spam, it was blocked",
    MR_STAGE_DOT },
  { "mailbox-disabled", 550, "5.2.1", "The mailbox is disabled", MR_STAGE_RCPT },
  { "address-unknown", 550, "5.0.0", "550-5.1.1 The mailbox does not\n550-5.1.1 exist at all", MR_STAGE_RCPT },
};

static MrDiagnosisInput
input_of (const Row *row)
{
  return (MrDiagnosisInput){ .stage = row->stage,
                             .speaker = MR_SPEAKER_RECIPIENT_SERVER,
                             .code = row->code,
                             .enhanced = row->enhanced,
                             .text = row->text,
                             .error = -1 };
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrDiagnosisInput input = input_of (&rows[i]);
    g_auto (MrDiagnosisResult) result = { 0 };

    mr_diagnosis_run (diagnosis, &input, &result);
    if (g_strcmp0 (result.cause, rows[i].cause) != 0)
      g_test_message ("row %u, %u %s: rule %s", i, rows[i].code, rows[i].text, result.rule);
    g_assert_cmpstr (result.cause, ==, rows[i].cause);
    g_assert_true (mr_cause_is_known (diagnosis, result.cause));
    g_assert_cmpfloat (result.confidence, >=, 0.0);
    g_assert_cmpfloat (result.confidence, <=, 1.0);
    g_assert_nonnull (result.action);
    g_assert_true (g_variant_is_of_type (result.params, G_VARIANT_TYPE ("a{ss}")));
  }
}

/* Each row again and again, and through a second set of rules: nothing depends on addresses or order of hashing. */
static void
test_determinism (void)
{
  g_autoptr (MrDiagnosis) other = mr_diagnosis_new_builtin ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrDiagnosisInput input = input_of (&rows[i]);
    g_auto (MrDiagnosisResult) a = { 0 };
    g_auto (MrDiagnosisResult) b = { 0 };

    mr_diagnosis_run (diagnosis, &input, &a);
    mr_diagnosis_run (other, &input, &b);
    g_assert_true (a.cause == b.cause); /* interned */
    g_assert_true (a.rule == b.rule);
    g_assert_true (g_variant_equal (a.params, b.params));
  }
}

static void
run_local (MrError error, MrStage stage, gboolean direct, gboolean no_route, const char *expected)
{
  MrDiagnosisInput input = { .stage = stage,
                             .speaker = MR_SPEAKER_LOCAL,
                             .error = (gint)error,
                             .direct = direct,
                             .no_route = no_route,
                             .text = "550 5.1.1 user unknown, mailbox full" };
  g_auto (MrDiagnosisResult) result = { 0 };

  mr_diagnosis_run (diagnosis, &input, &result);
  g_assert_cmpstr (result.cause, ==, expected);
  /* Words of this program's own are no reply. */
  g_assert_cmpuint (result.retry_after, ==, 0);
}

static void
test_local (void)
{
  run_local (MR_ERROR_NETWORK, MR_STAGE_CONNECT, TRUE, TRUE, "no-network");
  run_local (MR_ERROR_NETWORK, MR_STAGE_CONNECT, TRUE, FALSE, "unreachable");
  run_local (MR_ERROR_TIMED_OUT, MR_STAGE_DATA, FALSE, FALSE, "unreachable");
  run_local (MR_ERROR_NETWORK, MR_STAGE_DOT, FALSE, FALSE, "outcome-unknown");
  run_local (MR_ERROR_DNS_NOT_FOUND, MR_STAGE_RESOLVE, TRUE, FALSE, "domain-unknown");
  run_local (MR_ERROR_DNS_NOT_FOUND, MR_STAGE_RESOLVE, FALSE, FALSE, "server-name-unknown");
  run_local (MR_ERROR_DNS_TEMPORARY, MR_STAGE_RESOLVE, TRUE, FALSE, "unreachable");
  run_local (MR_ERROR_TLS, MR_STAGE_STARTTLS, FALSE, FALSE, "tls");
  run_local (MR_ERROR_KEYRING_LOCKED, MR_STAGE_AUTH, FALSE, FALSE, "keyring-locked");
  run_local (MR_ERROR_TOO_BIG, MR_STAGE_MAIL, FALSE, FALSE, "too-big");
}

/* A reply beats what was noted beside it: no rule for local trouble may take it. */
static void
test_reply_beats_error (void)
{
  MrDiagnosisInput input = { .stage = MR_STAGE_RCPT,
                             .code = 452,
                             .enhanced = "4.2.2",
                             .text = "mailbox full",
                             .error = MR_ERROR_NETWORK,
                             .no_route = TRUE };
  g_auto (MrDiagnosisResult) result = { 0 };

  mr_diagnosis_run (diagnosis, &input, &result);
  g_assert_cmpstr (result.cause, ==, "mailbox-full");
}

static gboolean
needs_person (MrSpeaker speaker, guint code, const char *text, MrStage stage)
{
  MrDiagnosisInput input = { .stage = stage, .speaker = speaker, .code = code, .text = text, .error = -1 };
  g_auto (MrDiagnosisResult) result = { 0 };

  mr_diagnosis_run (diagnosis, &input, &result);
  return result.person_remedy;
}

/* Design section 5: the remedy is known and is the sender's or the account's. */
static void
test_person_remedy (void)
{
  const char *relay = "Relay access denied", *big = "message too big", *dmarc = "rejected by DMARC policy";

  g_assert_true (needs_person (MR_SPEAKER_ACCOUNT, 554, relay, MR_STAGE_RCPT));
  g_assert_false (needs_person (MR_SPEAKER_RECIPIENT_SERVER, 554, relay, MR_STAGE_RCPT));
  g_assert_true (needs_person (MR_SPEAKER_ACCOUNT, 552, big, MR_STAGE_DOT));
  g_assert_false (needs_person (MR_SPEAKER_RECIPIENT_SERVER, 552, big, MR_STAGE_DOT));
  g_assert_true (needs_person (MR_SPEAKER_RECIPIENT_SERVER, 550, dmarc, MR_STAGE_DOT));
  g_assert_true (needs_person (MR_SPEAKER_ACCOUNT, 553, "Sender address not owned by user ben", MR_STAGE_MAIL));
  g_assert_true (needs_person (MR_SPEAKER_ACCOUNT, 535, "wrong password", MR_STAGE_AUTH));
  g_assert_false (needs_person (MR_SPEAKER_ACCOUNT, 550, "User unknown", MR_STAGE_RCPT));
  g_assert_false (needs_person (MR_SPEAKER_ACCOUNT, 550, "spam detected", MR_STAGE_DOT));
  g_assert_false (needs_person (MR_SPEAKER_ACCOUNT, 550, NULL, MR_STAGE_DOT));
}

static void
test_actor (void)
{
  g_assert_cmpint (mr_cause_get_actor (diagnosis, "relay-denied", MR_SPEAKER_ACCOUNT), ==, MR_ACTOR_YOU);
  g_assert_cmpint (mr_cause_get_actor (diagnosis, "relay-denied", MR_SPEAKER_RECIPIENT_SERVER), ==,
                   MR_ACTOR_RECIPIENT_ADMIN);
  g_assert_cmpint (mr_cause_get_actor (diagnosis, "mailbox-full", MR_SPEAKER_ACCOUNT), ==, MR_ACTOR_RECIPIENT);
  g_assert_cmpint (mr_cause_get_actor (diagnosis, NULL, MR_SPEAKER_ACCOUNT), ==, MR_ACTOR_UNKNOWN);
  g_assert_cmpstr (mr_cause_get_action (diagnosis, "login-failed"), ==, "enter-password");
  g_assert_cmpstr (mr_cause_get_action (diagnosis, NULL), ==, "none");
  g_assert_cmpstr (mr_cause_get_action (diagnosis, "of a later version"), ==,
                   mr_cause_get_action (diagnosis, "unknown"));
}

/* Only limits that pass by themselves may turn a 5xx into a retry. */
static void
test_retry_of_5xx (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrDiagnosisInput input = input_of (&rows[i]);
    g_auto (MrDiagnosisResult) result = { 0 };

    mr_diagnosis_run (diagnosis, &input, &result);
    g_assert_cmpint (result.may_retry_5xx, ==, g_str_equal (rows[i].cause, "sending-limit"));
    if (result.may_retry_5xx)
      g_assert_cmpint (result.retry, ==, MR_RETRY_YES);
  }
}

static void
test_params (void)
{
  MrDiagnosisInput input
      = { .stage = MR_STAGE_RCPT,
          .speaker = MR_SPEAKER_ACCOUNT,
          .code = 554,
          .error = -1,
          .text = "client [192.0.2.7] blocked using zen.spamhaus.org; see https://www.example.org/q/192.0.2.7.",
          .host = "mx.example.net\n",
          .recipient = "lou@example.net",
          .sender = "" };
  g_auto (MrDiagnosisResult) result = { 0 };
  const char *value = NULL;

  mr_diagnosis_run (diagnosis, &input, &result);
  g_assert_true (g_variant_lookup (result.params, "list", "&s", &value));
  g_assert_cmpstr (value, ==, "Spamhaus");
  g_assert_true (g_variant_lookup (result.params, "url", "&s", &value));
  g_assert_cmpstr (value, ==, "https://www.example.org/q/192.0.2.7");
  g_assert_true (g_variant_lookup (result.params, "domain", "&s", &value));
  g_assert_cmpstr (value, ==, "example.net");
  g_assert_true (g_variant_lookup (result.params, "host", "&s", &value));
  g_assert_null (strchr (value, '\n'));
  g_assert_false (g_variant_lookup (result.params, "sender", "&s", &value));
  g_assert_true (g_variant_lookup (result.params, "code", "&s", &value));
  g_assert_cmpstr (value, ==, "554");
}

static void
test_wait (void)
{
  MrDiagnosisInput input = { .stage = MR_STAGE_RCPT, .code = 451, .error = -1, .text = "Greylisted for 5 minutes" };
  g_auto (MrDiagnosisResult) late = { 0 };
  g_auto (MrDiagnosisResult) final = { 0 };

  mr_diagnosis_run (diagnosis, &input, &late);
  g_assert_cmpuint (late.retry_after, ==, 300);
  input.code = 550;
  input.text = "User unknown, try again in 5 minutes";
  mr_diagnosis_run (diagnosis, &input, &final);
  g_assert_cmpuint (final.retry_after, ==, 0);
}

/* Hostile text: long, not UTF-8, braces, controls. */
static void
test_bounds (void)
{
  g_autofree char *big = g_malloc (1024 * 1024 + 1);
  MrDiagnosisInput input = { .stage = MR_STAGE_DOT,
                             .code = 554,
                             .text = big,
                             .error = -1,
                             .host = big,
                             .recipient = big,
                             .sender = big,
                             .domain = big };
  GRand *random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 8; round++) {
    g_auto (MrDiagnosisResult) result = { 0 };
    g_autofree char *sentence = NULL;

    for (gsize i = 0; i < 1024 * 1024; i++)
      big[i] = round == 0 ? '{' : round == 1 ? ' ' : (char)g_rand_int_range (random, 1, 256);
    big[1024 * 1024] = '\0';
    mr_diagnosis_run (diagnosis, &input, &result);
    g_assert_true (g_variant_is_normal_form (result.params));
    g_assert_cmpuint (g_variant_get_size (result.params), <, 4096);
    sentence = mr_cause_dup_sentence (diagnosis, result.cause, result.params);
    g_assert_true (g_utf8_validate (sentence, -1, NULL));
    g_assert_cmpuint (strlen (sentence), <, 4096);
  }
  g_rand_free (random);
}

/* What stands beyond the first 2048 bytes is not looked at. */
static void
test_cut (void)
{
  g_autofree char *text = g_strnfill (2048, 'z');
  g_autofree char *long_text = g_strconcat (text, " mailbox full", NULL);
  MrDiagnosisInput input = { .stage = MR_STAGE_NONE, .text = long_text, .error = -1 };
  g_auto (MrDiagnosisResult) result = { 0 };

  mr_diagnosis_run (diagnosis, &input, &result);
  g_assert_cmpstr (result.cause, ==, "unknown");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  diagnosis = mr_diagnosis_new_builtin ();
  g_test_add_func ("/ndr/diagnosis/table", test_table);
  g_test_add_func ("/ndr/diagnosis/determinism", test_determinism);
  g_test_add_func ("/ndr/diagnosis/local", test_local);
  g_test_add_func ("/ndr/diagnosis/reply-beats-error", test_reply_beats_error);
  g_test_add_func ("/ndr/diagnosis/person-remedy", test_person_remedy);
  g_test_add_func ("/ndr/diagnosis/actor", test_actor);
  g_test_add_func ("/ndr/diagnosis/retry-of-5xx", test_retry_of_5xx);
  g_test_add_func ("/ndr/diagnosis/params", test_params);
  g_test_add_func ("/ndr/diagnosis/wait", test_wait);
  g_test_add_func ("/ndr/diagnosis/bounds", test_bounds);
  g_test_add_func ("/ndr/diagnosis/cut", test_cut);
  status = g_test_run ();
  mr_diagnosis_free (diagnosis);
  return status;
}
