/* Facts of a message as plain text for an administrator. */
#include "ndr/details.h"

#include <string.h>

static MrMessageRecord *
a_message (void)
{
  MrMessageRecord *message = mr_message_record_new ();
  MrRecipientRecord *r = mr_recipient_record_new (0, "bob@example.net");

  message->id = g_strdup ("01HF8ZQ6N2ABCDEF");
  message->message_id = g_strdup ("1@example.com");
  message->reverse_path = g_strdup ("ann@example.com");
  message->subject = g_strdup ("Two\nlines");
  message->size = 1234;
  message->created = G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC;
  r->state = MR_RECIPIENT_FAILED;
  r->attempts = 1;
  r->stage = MR_STAGE_RCPT;
  r->host = g_strdup ("mx.example.net");
  r->cause = g_strdup ("mailbox-full");
  mr_reply_record_set (&r->reply, 552, "5.2.2", "Mailbox full");
  g_ptr_array_add (message->recipients, r);
  message->n_recipients = 1;
  return message;
}

static GPtrArray *
attempts (guint n)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);

  for (guint i = 0; i < n; i++) {
    MrAttemptRecord *a = mr_attempt_record_new ();

    a->number = i + 1;
    a->started = (G_GINT64_CONSTANT (1700000000) + i) * G_USEC_PER_SEC;
    a->stage = MR_STAGE_RCPT;
    a->address = g_strdup ("192.0.2.1:25");
    a->error = g_strdup ("no route");
    a->transcript = g_strdup ("> EHLO x\n< 250 y\n");
    g_ptr_array_add (all, a);
  }
  return all;
}

static void
test_text (void)
{
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  g_autoptr (MrMessageRecord) message = a_message ();
  g_autoptr (GPtrArray) tried = attempts (1);
  g_autofree char *text = mr_details_dup_text (message, tried, diagnosis,
                                               G_GINT64_CONSTANT (1700000100) * G_USEC_PER_SEC);

  g_assert_nonnull (strstr (text, "Time: 2023-11-14T22:15:00Z\nQueue-Id: 01HF8ZQ6N2ABCDEF\nMessage-ID: 1@example.com\n"
                                  "Return-Path: <ann@example.com>\nSubject: Two lines\nSize: 1234\n"));
  g_assert_nonnull (strstr (text, "\nRecipient: <bob@example.net>\n  State: failed\n"));
  g_assert_nonnull (strstr (text, "  Reply: 552 5.2.2 Mailbox full\n  Cause: mailbox-full (The mailbox is full"));
  g_assert_nonnull (strstr (text, "\nAttempt: 0.1\n  Started: 2023-11-14T22:13:20Z\n"));
  g_assert_nonnull (strstr (text, "  Error: no route\n  Conversation:\n    > EHLO x\n    < 250 y\n"));
}

static void
test_bounds (void)
{
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  g_autoptr (MrMessageRecord) message = a_message ();
  g_autoptr (GPtrArray) tried = attempts (MR_DETAILS_ATTEMPTS_MAX + 5);

  for (guint i = 1; i <= MR_DETAILS_RECIPIENTS_MAX + 2; i++)
    g_ptr_array_add (message->recipients, mr_recipient_record_new (i, "x@example.net"));
  g_autofree char *text = mr_details_dup_text (message, tried, diagnosis, 0);
  g_assert_nonnull (strstr (text, "(3 more recipients)"));
  g_assert_null (strstr (text, "Attempt: 0.5\n"));
  g_assert_nonnull (strstr (text, "Attempt: 0.6\n"));
  g_assert_nonnull (strstr (text, "Attempt: 0.105\n"));
  g_autofree char *none = mr_details_dup_text (message, NULL, diagnosis, 0);
  g_assert_null (strstr (none, "Attempt:"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/details/text", test_text);
  g_test_add_func ("/details/bounds", test_bounds);
  return g_test_run ();
}
