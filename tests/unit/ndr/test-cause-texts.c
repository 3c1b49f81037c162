/* The words of causes: all there, filled in, and changed by a person's file in words only. */
#include "ndr/diagnosis-private.h"

#include <string.h>

static const char *const causes[] = {
  "address-unknown",
  "address-invalid",
  "address-moved",
  "domain-unknown",
  "domain-no-mail",
  "mailbox-full",
  "mailbox-disabled",
  "recipient-restricted",
  "too-big",
  "too-many-recipients",
  "attachment-blocked",
  "virus",
  "spam-content",
  "malformed",
  "login-failed",
  "login-method",
  "relay-denied",
  "sender-not-allowed",
  "sender-invalid",
  "account-blocked",
  "sending-limit",
  "auth-dns",
  "server-identity",
  "ip-blocklisted",
  "domain-blocklisted",
  "low-reputation",
  "policy",
  "greylisted",
  "rate-limited",
  "server-busy",
  "unreachable",
  "expired",
  "tls",
  "mail-loop",
  "server-fault",
  "unknown",
  "no-network",
  "server-name-unknown",
  "outcome-unknown",
  "keyring-locked",
  "no-keyring",
  "no-password",
  "needs-sign-in",
  "sign-in-down",
};

static const char *const names[] = { "recipient", "domain", "host", "sender", "limit",
                                     "size",      "list",   "url",  "wait",   "code" };

static GVariant *
all_params (void)
{
  return g_variant_ref_sink (g_variant_new_parsed (
      "{'recipient': 'lou@example.net', 'domain': 'example.net', 'host': 'mx.example.net', 'sender': "
      "'anna@example.com',"
      " 'limit': '20000000', 'size': '30000000', 'list': 'Spamhaus', 'url': 'https://example.net/', 'wait': '300',"
      " 'code': '550'}"));
}

static void
check (const char *text)
{
  g_assert_cmpuint (strlen (text), >, 2);
  g_assert_null (strpbrk (text, "{}[]"));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_false (g_str_has_suffix (text, " "));
  g_assert_null (strstr (text, "  "));
  g_assert_false (g_unichar_islower (g_utf8_get_char (text)) && strchr (text, '@') == NULL
                  && strstr (text, "mx.") == NULL && strstr (text, "example") == NULL);
}

/* Steps and a letter: all 36 causes of replies have both. */
static void
check_help (MrDiagnosis *d, const char *cause, GVariant *params)
{
  MrLetterFacts facts = { .client = "192.0.2.7", .reply = "550 5.7.1 no\nno", .message_id = "<a@example.com>" };
  MrActor to = MR_ACTOR_UNKNOWN;
  g_auto (GStrv) steps = mr_cause_dup_steps (d, cause, params);
  g_autofree char *letter = mr_cause_dup_letter (d, cause, params, &facts, &to);

  g_assert_nonnull (steps[0]);
  for (guint i = 0; steps[i] != NULL; i++)
    check (steps[i]);
  if (letter == NULL) {
    g_assert_true (g_str_has_prefix (cause, "no-") || g_str_equal (cause, "outcome-unknown")
                   || g_str_equal (cause, "server-name-unknown") || g_str_equal (cause, "keyring-locked")
                   || g_str_equal (cause, "needs-sign-in") || g_str_equal (cause, "sign-in-down"));
    return;
  }
  g_assert_true (to == MR_ACTOR_RECIPIENT || to == MR_ACTOR_RECIPIENT_ADMIN || to == MR_ACTOR_PROVIDER);
  g_assert_null (strpbrk (letter, "{}[]"));
  g_assert_true (g_str_has_prefix (letter, "Hello,"));
  /* The person who reads it needs no addresses of servers; an administrator does. */
  g_assert_true ((strstr (letter, "192.0.2.7") != NULL) == (to != MR_ACTOR_RECIPIENT));
  g_assert_true ((strstr (letter, "550 5.7.1 no no") != NULL) == (to != MR_ACTOR_RECIPIENT));
}

/* Every cause has its texts, with and without values, and no brace is left. */
static void
test_complete (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autoptr (GVariant) all = all_params ();
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++) {
    GVariant *params[] = { all, none, NULL };

    g_assert_true (mr_cause_is_known (d, causes[i]));
    for (guint k = 0; k < G_N_ELEMENTS (params); k++) {
      g_autofree char *title = mr_cause_dup_title (d, causes[i], params[k]);
      g_autofree char *sentence = mr_cause_dup_sentence (d, causes[i], params[k]);
      g_autofree char *explanation = mr_cause_dup_explanation (d, causes[i], params[k]);

      check_help (d, causes[i], params[k]);
      check (title);
      check (sentence);
      check (explanation);
    }
  }
  g_assert_cmpuint (g_hash_table_size (d->causes), >=, G_N_ELEMENTS (causes));
}

/* Only names that are known stand in braces. */
static void
test_placeholders (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, d->causes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const MrCause *cause = value;
    const char *texts[] = { cause->title,    cause->sentence, cause->explanation, cause->steps[0],
                            cause->steps[1], cause->steps[2], cause->letter };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
      for (const char *p = texts[i]; p != NULL && (p = strchr (p, '{')) != NULL; p++) {
        g_autofree char *name = g_strndup (p + 1, strcspn (p + 1, "}"));
        gboolean known = FALSE;

        for (guint k = 0; k < G_N_ELEMENTS (names); k++)
          known = known || g_str_equal (names[k], name);
        g_assert_true (known);
      }
  }
}

static void
test_values_stay_text (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autoptr (GVariant) params = g_variant_ref_sink (g_variant_new_parsed ("{'recipient': '{host}[x]@example.net'}"));
  g_autofree char *sentence = mr_cause_dup_sentence (d, "mailbox-full", params);

  g_assert_nonnull (strstr (sentence, "{host}[x]@example.net"));
}

/* A damaged store hands over anything. */
static void
test_strange_params (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new_int32 (7));
  g_autoptr (GVariant) sized = g_variant_ref_sink (
      g_variant_new_parsed ("{'size': 'many', 'limit': '-1', 'wait': 'x'}"));
  g_autofree char *a = mr_cause_dup_sentence (d, "mailbox-full", number);
  g_autofree char *b = mr_cause_dup_sentence (d, "too-big", sized);
  g_autofree char *c = mr_cause_dup_title (d, NULL, NULL);
  g_autofree char *later = mr_cause_dup_title (d, "of a later version", NULL);
  g_autofree char *unknown = mr_cause_dup_title (d, "unknown", NULL);

  check (a);
  check (b);
  g_assert_cmpstr (c, ==, "");
  g_assert_cmpstr (later, ==, unknown);
  g_assert_false (mr_cause_is_known (d, NULL));
}

static void
test_brackets (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autoptr (GVariant) all = all_params ();
  g_autofree char *with = mr_cause_dup_sentence (d, "too-big", all);
  g_autofree char *without = mr_cause_dup_sentence (d, "too-big", NULL);
  g_autofree char *size = g_format_size (30000000);

  g_assert_nonnull (strstr (with, size));
  g_assert_null (strchr (without, '('));
}

static void
test_actions (void)
{
  static const char *const actions[] = { "fix-address",    "wait",           "enter-password",
                                         "open-account",   "check-network",  "shrink",
                                         "tell-recipient", "copy-for-admin", "none" };
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autofree char *unknown = mr_cause_dup_action_label (d, "dance");

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    g_autofree char *label = mr_cause_dup_action_label (d, actions[i]);

    check (label);
  }
  g_assert_cmpstr (unknown, ==, "");
}

static gboolean
add (MrDiagnosis *d, const char *text, gboolean trusted, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mr_diagnosis_add_rules (d, "mine.conf", bytes, trusted, error);
}

static void
test_own_words (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL, *label = NULL;

  g_assert_true (
      add (d, "[cause mailbox-full]\ntitle=No room for {recipient}\n[actions]\nwait=Just wait\n", FALSE, &error));
  g_assert_no_error (error);
  title = mr_cause_dup_title (d, "mailbox-full", NULL);
  label = mr_cause_dup_action_label (d, "wait");
  g_assert_cmpstr (title, ==, "No room for the recipient");
  g_assert_cmpstr (label, ==, "Just wait");
  g_assert_true (add (d, "", FALSE, &error));
}

/* A file that wants more than words is refused as a whole. */
static void
test_own_verdicts (void)
{
  static const char *const bad[] = {
    "[cause mailbox-full]\ntitle=Changed\nretry=no\n",
    "[cause mailbox-full]\ntitle=Changed\n[cause new-one]\ntitle=X\n",
    "[cause mailbox-full]\ntitle=Changed\n[rule mailbox-full.mine]\nsays=anything\n",
    "[cause mailbox-full]\ntitle=Changed\n[basic]\n550=mailbox-full\n",
    "[cause mailbox-full]\ntitle=Changed\n[actions]\ndance=Dance\n",
    "[cause mailbox-full]\ntitle=Changed\n[provider x]\nsays=abc\n",
    "[cause mailbox-full]\ntitle=Changed\nno equals sign\n",
    "[cause mailbox-full]\ntitle=Changed\naction=none\n",
  };
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autofree char *before = mr_cause_dup_title (d, "mailbox-full", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *after = NULL;

    g_assert_false (add (d, bad[i], FALSE, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (error->message, "mine.conf: "));
    after = mr_cause_dup_title (d, "mailbox-full", NULL);
    g_assert_cmpstr (after, ==, before);
  }
}

static void
test_trusted_rules (void)
{
  g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
  g_autoptr (GError) error = NULL;
  MrDiagnosisInput input = { .code = 550, .text = "Quux frobnicated", .error = -1 };
  g_auto (MrDiagnosisResult) result = { 0 };

  g_assert_true (add (d, "[rule virus.mine]\nsays=quux*frobnicated\nconfidence=0.9\n", TRUE, &error));
  g_assert_no_error (error);
  mr_diagnosis_run (d, &input, &result);
  g_assert_cmpstr (result.cause, ==, "virus");
  g_assert_cmpstr (result.rule, ==, "virus.mine");
}

static void
test_broken_rules (void)
{
  static const char *const bad[] = {
    "[rule nowhere.x]\nsays=abc\n",      "[rule virus.x]\nsays=a\n",
    "[rule virus.x]\ncode=99\n",         "[rule virus.x]\ncode=5yx\n",
    "[rule virus.x]\nenhanced=5.1\n",    "[rule virus.x]\nenhanced=5.1.9999\n",
    "[rule virus.x]\nstage=somewhere\n", "[rule virus.x]\nerror=no\n",
    "[rule virus.x]\nprovider=nobody\n", "[rule virus.x]\nmay-retry=perhaps\n",
    "[rule virus.x]\nretry=perhaps\n",   "[basic]\n700=nowhere\n",
    "[cause x]\ntitle=only a title\n",   "[surprise]\na=b\n",
    "[rule virus.x]\nsays=\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (MrDiagnosis) d = mr_diagnosis_new_builtin ();
    g_autoptr (GError) error = NULL;

    g_assert_false (add (d, bad[i], TRUE, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ndr/cause-texts/complete", test_complete);
  g_test_add_func ("/ndr/cause-texts/placeholders", test_placeholders);
  g_test_add_func ("/ndr/cause-texts/values-stay-text", test_values_stay_text);
  g_test_add_func ("/ndr/cause-texts/strange-params", test_strange_params);
  g_test_add_func ("/ndr/cause-texts/brackets", test_brackets);
  g_test_add_func ("/ndr/cause-texts/actions", test_actions);
  g_test_add_func ("/ndr/cause-texts/own-words", test_own_words);
  g_test_add_func ("/ndr/cause-texts/own-verdicts", test_own_verdicts);
  g_test_add_func ("/ndr/cause-texts/trusted-rules", test_trusted_rules);
  g_test_add_func ("/ndr/cause-texts/broken-rules", test_broken_rules);
  return g_test_run ();
}
