/* Returned mail in words of our own; the corpus has what servers really write. */
#include "ndr/returned-private.h"

#include <string.h>

static MrDiagnosis *diagnosis;

static MrReturned *
take (const char *text)
{
  return mr_returned_read (diagnosis, text, strlen (text));
}

static const MrReturnedRecipient *
recipient (const MrReturned *report, guint i)
{
  g_assert_cmpuint (i, <, report->recipients->len);
  return report->recipients->pdata[i];
}

#define HEAD                                                                                                           \
  "From: MAILER-DAEMON@mx.example.org\nTo: anna@example.com\nSubject: Returned mail\nContent-Type: multipart/report; " \
  "report-type=delivery-status; boundary=b\n\n--b\n\n"
#define STATUS   "\n--b\nContent-Type: message/delivery-status\n\n"
#define ORIGINAL "\n--b\nContent-Type: message/rfc822\n\n"

static void
test_status (void)
{
  g_autoptr (MrReturned) report = take (
      HEAD
      "words\n" STATUS "Reporting-MTA: dns; mx.example.org\nOriginal-Envelope-Id: a+2Bb\n\nFinal-Recipient: rfc822; "
      "lou@example.net\nOriginal-Recipient: rfc822;l+2Bx@example.net\nAction: failed\nStatus: 5.0.0\nRemote-MTA: dns; "
      "mx.example.net\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox\nfull\nFinal-Recipient: rfc822; "
      "kim@example.net\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient: utf-8;j\\x{F6}rg@example.net\nAction: "
      "relayed\nStatus: 2.0.0\n" ORIGINAL
      "Received: by x id 0001JDXW3B7QZK4M; now\nMessage-ID: <one@example.com>\nFrom: anna@example.com\n\n--b--\n");

  g_assert_cmpint (report->outcome, ==, MR_RETURNED_FAILED);
  g_assert_cmpstr (report->envelope_id, ==, "a+b");
  g_assert_cmpstr (report->message_id, ==, "one@example.com");
  g_assert_cmpuint (report->recipients->len, ==, 3);
  g_assert_cmpstr (recipient (report, 0)->recipient, ==, "l+x@example.net");
  g_assert_cmpstr (recipient (report, 0)->final_recipient, ==, "lou@example.net");
  g_assert_cmpstr (recipient (report, 0)->status, ==, "5.2.2");
  g_assert_cmpuint (recipient (report, 0)->code, ==, 552);
  g_assert_cmpstr (recipient (report, 0)->text, ==, "552 5.2.2 Mailbox full");
  g_assert_cmpstr (recipient (report, 0)->remote_host, ==, "mx.example.net");
  g_assert_cmpstr (recipient (report, 0)->reporting_host, ==, "mx.example.org");
  g_assert_cmpstr (recipient (report, 0)->diagnosis.cause, ==, "mailbox-full");
  g_assert_cmpint (recipient (report, 1)->outcome, ==, MR_RETURNED_DELAYED);
  g_assert_cmpstr (recipient (report, 1)->diagnosis.cause, ==, "unreachable");
  g_assert_cmpstr (recipient (report, 2)->recipient, ==, "jörg@example.net");
  g_assert_cmpint (recipient (report, 2)->outcome, ==, MR_RETURNED_RELAYED);
}

typedef struct {
  const char *name, *text, *recipient, *cause;
  MrReturnedOutcome outcome;
} Row;

static const Row rows[] = {
  { "qmail",
    "From: MAILER-DAEMON@x\nSubject: failure notice\n\nHi. This is the qmail-send program at x.\nI'm afraid I wasn't "
    "able to "
    "deliver your message to the following addresses.\n\n<lou@example.net>:\nSorry, no mailbox here by that "
    "name.\n\n--- "
    "Below this line is a copy of the message.\n\nTo: kim@example.net\n",
    "lou@example.net", "address-unknown", MR_RETURNED_FAILED },
  { "exim",
    "From: Mailer-Daemon@x\nSubject: Mail delivery failed: returning message to sender\n\nA message that you sent "
    "could not be "
    "delivered.\nThe following address(es) failed:\n\n  lou@example.net\n    SMTP error from remote mail server after "
    "RCPT "
    "TO:<lou@example.net>:\n    host mx.example.net [192.0.2.7]: 550 mailbox full\n\n------ This is a copy of the "
    "message. "
    "------\n\nReceived: x\n",
    "lou@example.net", "mailbox-full", MR_RETURNED_FAILED },
  { "sendmail",
    "From: Mail Delivery Subsystem <MAILER-DAEMON>\nSubject: Returned mail: User unknown\n\n   ----- The following "
    "addresses "
    "had permanent fatal errors -----\n<lou@example.net>\n\n   ----- Transcript of session follows -----\n... while "
    "talking "
    "to mx.example.net.:\n>>> RCPT To:<lou@example.net>\n<<< 550 <lou@example.net>... User unknown\n",
    "lou@example.net", "address-unknown", MR_RETURNED_FAILED },
  { "exchange",
    "From: System Administrator <postmaster@example.net>\nSubject: Undeliverable: Hello\n\nYour message\n\n  To: "
    "lou@example.net\n  Subject: Hello\n\ndid not reach the following recipient(s):\n\nlou@example.net on Thu, 1 Jan "
    "2026 "
    "10:00:00 +0100\n    The recipient name is not recognized\n",
    "lou@example.net", "address-unknown", MR_RETURNED_FAILED },
  { "domino",
    "From: Postmaster@example.net\nSubject: DELIVERY FAILURE: User lou (lou@example.net) not listed in Domino "
    "Directory\n\nYour message\n\nwas not delivered to:\n\n  lou@example.net\n\nbecause:\n\n  User lou "
    "(lou@example.net) not "
    "listed in Domino Directory\n",
    "lou@example.net", "address-unknown", MR_RETURNED_FAILED },
  { "gmail",
    "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: lou@example.net\nSubject: "
    "Delivery "
    "Status Notification (Failure)\n\nDelivery to the following recipient failed permanently:\n\n     "
    "lou@example.net\n\nTechnical details of permanent failure:\nThe error that the other server returned was: 552 "
    "5.3.4 "
    "Message too big\n\n----- Original message -----\n\nReceived: x\n",
    "lou@example.net", "too-big", MR_RETURNED_FAILED },
  { "html",
    "From: postmaster@example.net\nSubject: Delivery failure\nContent-Type: text/html; charset=utf-8\n\n<p>Your "
    "message "
    "could not be delivered to these people:</p><p>lou@example.net<br>550 5.1.1 User unknown &amp; gone</p>\n",
    "lou@example.net", "address-unknown", MR_RETURNED_FAILED },
  { "delay",
    "From: MAILER-DAEMON@x\nSubject: Delayed Mail (still being retried)\n\nYou do not need to resend your "
    "message.\n\n<lou@example.net>: connect to mx.example.net[192.0.2.7]:25: Connection timed out\n",
    "lou@example.net", "unreachable", MR_RETURNED_DELAYED },
  { "gave-up",
    "From: MAILER-DAEMON@x\nSubject: Failure Notice\n\nSorry, we were unable to deliver your "
    "message.\n\n<lou@example.net>:\nUnable to deliver message after multiple retries, giving up.\n",
    "lou@example.net", "expired", MR_RETURNED_DELAYED },
  { "feedback",
    "From: fbl@example.net\nSubject: x\nContent-Type: multipart/report; report-type=feedback-report; "
    "boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: "
    "lou@example.net\n\n--b--\n",
    "lou@example.net", "notice-complaint", MR_RETURNED_COMPLAINT },
  { "forwarded",
    "From: Kim <kim@example.com>\nSubject: What is this?\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nSee "
    "below.\n--o\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@x\nSubject: Returned mail\n\n<lou@example.net>: "
    "550 "
    "User unknown\n--o--\n",
    "lou@example.net", "address-unknown", MR_RETURNED_FAILED },
  { "autoreply", "From: lou@example.net\nAuto-Submitted: auto-replied\nSubject: Re: Hello\n\nI am away.\n", NULL, NULL,
    MR_RETURNED_AUTOREPLY },
  { "vacation", "From: lou@example.net\nSubject: Out of office\n\nBack on Monday.\n", NULL, NULL,
    MR_RETURNED_AUTOREPLY },
  { "ordinary",
    "From: lou@example.net\nSubject: Re: Undeliverable: your order\n\nHello,\n550 people could not be delivered to "
    "kim@example.net.\n",
    NULL, NULL, MR_RETURNED_NOT_A_BOUNCE },
  { "postmaster", "From: postmaster@example.net\nSubject: Lunch\n\nAt noon, ask lou@example.net.\n", NULL, NULL,
    MR_RETURNED_NOT_A_BOUNCE },
  { "receipt",
    "From: lou@example.net\nSubject: Read: x\nContent-Type: multipart/report; report-type=disposition-notification; "
    "boundary=b\n\n--b\n\nread\n--b--\n",
    NULL, NULL, MR_RETURNED_NOT_A_BOUNCE },
  { "empty", "", NULL, NULL, MR_RETURNED_NOT_A_BOUNCE },
};

static void
test_formats (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrReturned) report = take (rows[i].text);

    g_test_message ("%s: %s", rows[i].name, mr_returned_outcome_nick (report->outcome));
    g_assert_cmpint (report->outcome, ==, rows[i].outcome);
    g_assert_cmpuint (report->recipients->len, ==, rows[i].recipient != NULL ? 1 : 0);
    if (rows[i].recipient == NULL)
      continue;
    g_assert_cmpstr (recipient (report, 0)->recipient, ==, rows[i].recipient);
    g_assert_cmpstr (recipient (report, 0)->diagnosis.cause, ==, rows[i].cause);
    g_assert_true (recipient (report, 0)->gave_up == g_str_equal (rows[i].name, "gave-up"));
  }
}

/* What another recipient met says nothing about this one. */
static void
test_several (void)
{
  g_autoptr (MrReturned) report = take (
      "From: MAILER-DAEMON@x\nTo: anna@example.com\nSubject: Returned mail\n\nThese failed "
      "for anna@example.com:\n\n<lou@example.net>: 550 User unknown\n\n<kim@example.net>: "
      "552 Mailbox full\n\n");

  g_assert_cmpuint (report->recipients->len, ==, 2);
  g_assert_cmpstr (recipient (report, 0)->diagnosis.cause, ==, "address-unknown");
  g_assert_cmpstr (recipient (report, 1)->diagnosis.cause, ==, "mailbox-full");
}

static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("From: MAILER-DAEMON@x\nSubject: Returned mail\n\n");

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "<u%u@example.net>: 550 User unknown\n", i);
  g_autoptr (MrReturned) report = take (text->str);

  g_assert_cmpuint (report->recipients->len, ==, MR_RETURNED_RECIPIENTS_MAX);
}

static void
test_addresses (void)
{
  static const char *const values[][2] = { { "rfc822; <lou@example.net>", "lou@example.net" },
                                           { "lou@example.net (Lou)", "lou@example.net" },
                                           { "utf-8;j\\x{F6}rg@example.net", "jörg@example.net" },
                                           { "rfc822;\"a b\"@example.net", "\"a b\"@example.net" },
                                           { "rfc822; root", "root" },
                                           { "rfc822;lou@[192.0.2.7]", "lou@[192.0.2.7]" } };
  g_autofree char *none = mr_notice_dup_address ("rfc822; ");
  g_autofree char *plain = mr_returned_dup_xtext ("a+2Bb+3dc+zz+20");

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *address = mr_notice_dup_address (values[i][0]);

    g_assert_cmpstr (address, ==, values[i][1]);
  }
  g_assert_null (none);
  g_assert_cmpstr (plain, ==, "a+b=c+zz+20");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  diagnosis = mr_diagnosis_new_builtin ();
  g_test_add_func ("/ndr/returned/status", test_status);
  g_test_add_func ("/ndr/returned/formats", test_formats);
  g_test_add_func ("/ndr/returned/several", test_several);
  g_test_add_func ("/ndr/returned/many", test_many);
  g_test_add_func ("/ndr/returned/addresses", test_addresses);
  status = g_test_run ();
  mr_diagnosis_free (diagnosis);
  return status;
}
