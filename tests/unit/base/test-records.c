/* Records: copies own what they hold, replies are made harmless, one state stands for a message. */
#include <mailrelay/records.h>

#include <string.h>

static void
test_reply (void)
{
  MrReplyRecord reply = { 0 }, copy = { 0 };

  mr_reply_record_set (&reply, 550, "5.1.1", "no such\r\nuser\033[0m \xff");
  g_assert_cmpuint (reply.code, ==, 550);
  g_assert_cmpstr (reply.enhanced, ==, "5.1.1");
  g_assert_cmpstr (reply.text, ==, "no such \nuser [0m \xef\xbf\xbd");

  /* with its own strings */
  mr_reply_record_set (&reply, 551, reply.enhanced, reply.text);
  g_assert_cmpstr (reply.enhanced, ==, "5.1.1");
  g_assert_true (g_str_has_prefix (reply.text, "no such"));

  mr_reply_record_copy_into (&reply, &copy);
  mr_reply_record_copy_into (&copy, &copy);
  g_assert_cmpuint (copy.code, ==, 551);
  g_assert_true (copy.text != reply.text);
  mr_reply_record_clear (&reply);
  g_assert_null (reply.text);
  g_assert_cmpuint (reply.code, ==, 0);
  mr_reply_record_clear (&copy);
  mr_reply_record_clear (&copy);

  mr_reply_record_set (&reply, 0, NULL, NULL);
  g_assert_null (reply.text);
}

static void
test_reply_bounds (void)
{
  g_autofree char *endless = g_strnfill (10000, 'x');
  g_autofree char *wide = g_strdup_printf ("%.2047s\xc3\xbc", endless);
  MrReplyRecord reply = { 0 };

  mr_reply_record_set (&reply, 450, NULL, endless);
  g_assert_cmpuint (strlen (reply.text), ==, 2048);
  mr_reply_record_set (&reply, 450, NULL, wide);
  g_assert_cmpuint (strlen (reply.text), <=, 2048);
  g_assert_true (g_utf8_validate (reply.text, -1, NULL));
  mr_reply_record_clear (&reply);
}

static void
test_enhanced_codes (void)
{
  static const char *const good[] = { "2.0.0", "4.7.1", "5.1.1", "5.7.999" };
  static const char *const bad[] = { "", "5", "5.1", "3.1.1", "5.1.1.1", "5.1.", "5..1", "5.1.1000", "5.1.1x", "x" };
  MrReplyRecord reply = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    mr_reply_record_set (&reply, 250, good[i], "ok");
    g_assert_cmpstr (reply.enhanced, ==, good[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    mr_reply_record_set (&reply, 250, bad[i], "ok");
    g_assert_null (reply.enhanced);
  }
  mr_reply_record_clear (&reply);
}

static MrRecipientRecord *
recipient_in (guint n, MrRecipientState state)
{
  g_autofree char *address = g_strdup_printf ("r%u@example.com", n);
  MrRecipientRecord *recipient = mr_recipient_record_new (n, address);

  recipient->state = state;
  return recipient;
}

static GVariant *
params (void)
{
  return g_variant_new_parsed ("{'limit': '10'}");
}

/* The sanitizer build is what finds a string that two records share. */
static void
test_message_copy (void)
{
  MrMessageRecord *record = mr_message_record_new ();
  MrRecipientRecord *recipient = recipient_in (0, MR_RECIPIENT_FAILED);

  g_assert_cmpint (record->uid, ==, -1);
  record->id = g_strdup ("0123456789ABCDEF");
  record->reverse_path = g_strdup ("");
  record->from = g_strdup ("a@example.com");
  record->subject = g_strdup ("Hello");
  record->message_id = g_strdup ("x@example.com");
  record->program = g_strdup ("git");
  record->socket = g_strdup ("127.0.0.1:2525");
  record->helo = g_strdup ("localhost");
  record->auth_identity = g_strdup ("git");
  record->account_override = g_strdup ("work");
  record->size = G_GUINT64_CONSTANT (0x100000001);
  recipient->host = g_strdup ("mx.example.com");
  recipient->account = g_strdup ("work");
  recipient->cause = g_strdup ("no-such-user");
  recipient->cause_params = params (); /* floating, as a careless caller leaves it */
  mr_reply_record_set (&recipient->reply, 550, "5.1.1", "no");
  g_ptr_array_add (record->recipients, recipient);

  g_autoptr (MrMessageRecord) copy = mr_message_record_copy (record);
  mr_message_record_free (record);
  g_assert_cmpstr (copy->id, ==, "0123456789ABCDEF");
  g_assert_cmpstr (copy->reverse_path, ==, "");
  g_assert_cmpstr (copy->account_override, ==, "work");
  g_assert_cmpuint (copy->size, ==, G_GUINT64_CONSTANT (0x100000001));
  g_assert_cmpuint (copy->recipients->len, ==, 1);
  const MrRecipientRecord *same = g_ptr_array_index (copy->recipients, 0);
  g_assert_cmpstr (same->address, ==, "r0@example.com");
  g_assert_cmpstr (same->reply.enhanced, ==, "5.1.1");
  g_assert_cmpstr (same->cause, ==, "no-such-user");
  g_autoptr (GVariant) expected = g_variant_ref_sink (params ());
  g_assert_true (g_variant_equal (same->cause_params, expected));
}

static void
test_account_copy (void)
{
  MrAccountRecord *record = mr_account_record_new ();

  record->id = g_strdup ("work");
  record->addresses = g_strsplit ("a@example.com *@example.org", " ", -1);
  record->host = g_strdup ("smtp.example.com");
  record->port = 465;
  mr_reply_record_set (&record->reply, 535, "5.7.8", "no");
  g_autoptr (MrAccountRecord) copy = mr_account_record_copy (record);
  mr_account_record_free (record);
  g_assert_cmpstr (copy->addresses[1], ==, "*@example.org");
  g_assert_cmpuint (copy->port, ==, 465);
  g_assert_cmpstr (copy->reply.text, ==, "no");
}

static void
test_empty (void)
{
  g_autoptr (MrAttemptRecord) attempt = mr_attempt_record_new ();
  g_autoptr (MrProgramRecord) program = mr_program_record_new ();
  g_autoptr (MrRefusalRecord) refusal = mr_refusal_record_new ();

  g_assert_cmpint (refusal->uid, ==, -1);
  mr_recipient_record_free (NULL);
  mr_message_record_free (NULL);
  mr_attempt_record_free (NULL);
  mr_account_record_free (NULL);
  mr_program_record_free (NULL);
  mr_refusal_record_free (NULL);
}

static void
test_summary (void)
{
  static const struct {
    MrRecipientState states[3];
    MrRecipientState expected;
  } rows[] = {
    { { MR_RECIPIENT_DELIVERED, MR_RECIPIENT_DELIVERED, MR_RECIPIENT_DELIVERED }, MR_RECIPIENT_DELIVERED },
    { { MR_RECIPIENT_DELIVERED, MR_RECIPIENT_WAITING, MR_RECIPIENT_RELAYED }, MR_RECIPIENT_WAITING },
    { { MR_RECIPIENT_WAITING, MR_RECIPIENT_SENDING, MR_RECIPIENT_DELIVERED }, MR_RECIPIENT_SENDING },
    { { MR_RECIPIENT_SENDING, MR_RECIPIENT_FAILED, MR_RECIPIENT_WAITING }, MR_RECIPIENT_FAILED },
    { { MR_RECIPIENT_FAILED, MR_RECIPIENT_UNCERTAIN, MR_RECIPIENT_EXPIRED }, MR_RECIPIENT_UNCERTAIN },
    { { MR_RECIPIENT_UNCERTAIN, MR_RECIPIENT_FAILED, MR_RECIPIENT_NEEDS_PERSON }, MR_RECIPIENT_NEEDS_PERSON },
    { { MR_RECIPIENT_CANCELLED, MR_RECIPIENT_DELIVERED, MR_RECIPIENT_RELAYED }, MR_RECIPIENT_CANCELLED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrMessageRecord) record = mr_message_record_new ();
    for (guint j = 0; j < 3; j++)
      g_ptr_array_add (record->recipients, recipient_in (j, rows[i].states[j]));
    g_assert_cmpint (mr_message_record_summary_state (record), ==, rows[i].expected);
  }

  /* Every state can stand for a message, also one that has no recipients loaded. */
  for (int state = 0; state < MR_RECIPIENT_N_STATES; state++) {
    g_autoptr (MrMessageRecord) record = mr_message_record_new ();
    g_assert_cmpint (mr_message_record_summary_state (record), ==, MR_RECIPIENT_WAITING);
    g_ptr_array_add (record->recipients, recipient_in (0, (MrRecipientState)state));
    g_assert_cmpint (mr_message_record_summary_state (record), ==, state);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/records/reply", test_reply);
  g_test_add_func ("/records/reply-bounds", test_reply_bounds);
  g_test_add_func ("/records/enhanced-codes", test_enhanced_codes);
  g_test_add_func ("/records/message-copy", test_message_copy);
  g_test_add_func ("/records/account-copy", test_account_copy);
  g_test_add_func ("/records/empty", test_empty);
  g_test_add_func ("/records/summary", test_summary);
  return g_test_run ();
}
