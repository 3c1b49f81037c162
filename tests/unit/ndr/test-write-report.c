/* Reports as they are mailed, against files that were read by eye and by another parser (test_write_report.py). MR_UPDATE_GOLDEN=1 writes them
 * anew. */
#include "ndr/write-report.h"

#include <string.h>

#include "ndr/returned.h"

#define START (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

static MrMessageRecord *
new_message (void)
{
  MrMessageRecord *message = mr_message_record_new ();

  message->id = g_strdup ("06GC8M3C00DHYSNC");
  message->created = START - G_TIME_SPAN_HOUR;
  message->reverse_path = g_strdup ("me@example.com");
  message->subject = g_strdup ("Tea at five");
  message->message_id = g_strdup ("tea@example.com");
  message->envid = g_strdup ("QQ+2B314");
  return message;
}

static MrRecipientRecord *
add_recipient (MrMessageRecord *message, const char *address, MrRecipientState state, guint code, const char *enhanced,
               const char *text)
{
  MrRecipientRecord *r = mr_recipient_record_new (message->recipients->len, address);

  r->state = state;
  r->changed = START;
  r->stage = code != 0 ? MR_STAGE_RCPT : MR_STAGE_CONNECT;
  r->host = g_strdup ("mx.example.net");
  mr_reply_record_set (&r->reply, code, enhanced, text);
  g_ptr_array_add (message->recipients, r);
  return r;
}

static char *
write_report (MrReport kind, const MrMessageRecord *message, const char *original, gboolean whole,
              MrCatalogue *catalogue)
{
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  g_autoptr (GBytes) bytes = original != NULL ? g_bytes_new (original, strlen (original)) : NULL;
  const MrReportText report = { .kind = kind,
                                .message = message,
                                .recipients = message->recipients,
                                .from = "me@example.com",
                                .reporting_mta = "localhost",
                                .message_id = "report@example.com",
                                .boundary = "=_boundary",
                                .now = START + G_USEC_PER_SEC,
                                .retry_until = START + 5 * G_TIME_SPAN_DAY,
                                .original = bytes,
                                .whole = whole,
                                .diagnosis = diagnosis,
                                .catalogue = catalogue };
  g_autoptr (GBytes) mail = mr_report_write (&report);

  return g_strndup (g_bytes_get_data (mail, NULL), g_bytes_get_size (mail));
}

static void
check_golden (const char *name, const char *mail)
{
  g_autofree char *file = g_strconcat (name, ".eml", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "reports", file, NULL);
  g_autofree char *golden = NULL;
  g_autoptr (GError) error = NULL;

  if (g_getenv ("MR_UPDATE_GOLDEN") != NULL)
    g_file_set_contents (path, mail, -1, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &golden, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail, ==, golden);
}

static const char header[] = "From: Me <me@example.com>\r\nTo: lou@example.net\r\nSubject: Tea at five\r\n"
                             "Message-ID: <tea@example.com>\r\n\r\n";

static void
test_failed (void)
{
  g_autoptr (MrMessageRecord) message = new_message ();
  g_autofree char *mail = NULL;

  MrRecipientRecord *r = add_recipient (
      message, "lou@example.net", MR_RECIPIENT_FAILED, 550, "5.1.1",
      "5.1.1 <lou@example.net>: no such user here,\nsee https://help.example.net/unknown");
  r->orcpt = g_strdup ("rfc822;Lou+2Btea@example.org");
  add_recipient (message, "kim@example.net", MR_RECIPIENT_EXPIRED, 0, NULL, NULL);
  mail = write_report (MR_REPORT_FAILED, message, header, FALSE, NULL);
  check_golden ("failed", mail);
}

static void
test_failed_whole (void)
{
  g_autoptr (MrMessageRecord) message = new_message ();
  g_autofree char *original = g_strconcat (header, "Um fünf.\r\n.\r\nohne Zeilenende", NULL);
  g_autofree char *mail = NULL;

  g_free (message->subject);
  message->subject = g_strdup (
      "Tee um fünf, ein Betreff, der so lang ist, dass er in mehreren Wörtern kodiert werden muss – ja");
  add_recipient (message, "lou@example.net", MR_RECIPIENT_FAILED, 554, NULL, "Übel\x01 nachricht");
  mail = write_report (MR_REPORT_FAILED, message, original, TRUE, NULL);
  check_golden ("failed-whole", mail);
}

static void
test_delayed (void)
{
  g_autoptr (MrMessageRecord) message = new_message ();
  g_autofree char *mail = NULL;

  add_recipient (message, "lou@example.net", MR_RECIPIENT_WAITING, 452, "4.2.2", "mailbox full");
  mail = write_report (MR_REPORT_DELAYED, message, header, FALSE, NULL);
  check_golden ("delayed", mail);
}

static void
test_relayed_and_delivered (void)
{
  g_autoptr (MrMessageRecord) message = new_message ();
  g_autofree char *relayed = NULL, *delivered = NULL;

  add_recipient (message, "lou@example.net", MR_RECIPIENT_RELAYED, 250, "2.0.0", "queued as 4711");
  relayed = write_report (MR_REPORT_RELAYED, message, NULL, FALSE, NULL);
  check_golden ("relayed", relayed);
  delivered = write_report (MR_REPORT_DELIVERED, message, header, FALSE, NULL);
  check_golden ("delivered", delivered);
}

static void
test_language (void)
{
  g_autofree char *contents = NULL;
  gsize len;
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = new_message ();
  g_autofree char *mail = NULL;

  g_file_get_contents (g_getenv ("MR_TEST_MO"), &contents, &len, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = g_bytes_new (contents, len);
  g_autoptr (MrCatalogue) german = mr_catalogue_new_from_bytes (bytes);
  g_assert_nonnull (german);
  add_recipient (message, "lou@example.net", MR_RECIPIENT_FAILED, 550, "5.1.1", "no such user");
  mail = write_report (MR_REPORT_FAILED, message, header, FALSE, german);
  check_golden ("failed-german", mail);
  /* The process itself speaks on as it did. */
  g_assert_cmpstr (mr_text ("Waiting"), ==, "Waiting");
}

/* A broken catalogue, cut anywhere or with wrong numbers, gives the source's words or its own, and no harm. */
static void
test_broken_catalogue (void)
{
  g_autofree char *contents = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (g_getenv ("MR_TEST_MO"), &contents, &len, NULL));
  for (gsize cut = 0; cut < len; cut += cut < 64 ? 1 : 997) {
    g_autoptr (GBytes) bytes = g_bytes_new (contents, cut);
    g_autoptr (MrCatalogue) catalogue = mr_catalogue_new_from_bytes (bytes);

    if (catalogue != NULL)
      g_assert_nonnull (mr_catalogue_get (catalogue, "Waiting"));
  }
  for (gsize at = 0; at < 28 * 8; at++) {
    g_autofree char *copy = g_memdup2 (contents, len);

    copy[at] ^= 0x7f;
    g_autoptr (GBytes) bytes = g_bytes_new (copy, len);
    g_autoptr (MrCatalogue) catalogue = mr_catalogue_new_from_bytes (bytes);
    if (catalogue != NULL)
      g_assert_nonnull (mr_catalogue_get (catalogue, "Waiting"));
  }
  g_assert_null (mr_catalogue_new ("../../etc", "/"));
}

/* The cause is told in words, and hostile words of a server end no line, part or field. */
static void
test_words (void)
{
  g_autoptr (MrMessageRecord) message = new_message ();
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();
  g_autofree char *title = mr_cause_dup_title (diagnosis, "mailbox-full", NULL);
  g_autofree char *mail = NULL;
  MrRecipientRecord *r = add_recipient (message, "lou@example.net", MR_RECIPIENT_FAILED, 552, "5.2.2",
                                        "full\nSubject: x\n\n--=_boundary\nBcc: all@example.com");

  r->cause = g_strdup ("mailbox-full");
  g_free (message->subject);
  message->subject = g_strdup ("Tea\r\nBcc: all@example.com");
  g_free (message->message_id);
  message->message_id = g_strdup ("a>\r\nBcc: <all@example.com");
  mail = write_report (MR_REPORT_FAILED, message, header, FALSE, NULL);
  g_assert_nonnull (strstr (mail, title));
  g_assert_null (strstr (mail, "\nBcc"));
  g_assert_null (strstr (mail, "In-Reply-To"));
  const char *first = strstr (mail, "\r\n--=_boundary");
  guint n = 0;
  for (; first != NULL; first = strstr (first + 2, "\r\n--=_boundary"))
    n++;
  g_assert_cmpuint (n, ==, 4);
}

typedef struct {
  MrReport kind;
  MrRecipientState state;
  guint code;
  const char *enhanced, *text, *status, *cause;
  MrReturnedOutcome outcome;
} BackRow;

static const BackRow back_rows[] = {
  { MR_REPORT_FAILED, MR_RECIPIENT_FAILED, 550, "5.1.1", "no such user", "5.1.1", "address-unknown",
    MR_RETURNED_FAILED },
  { MR_REPORT_FAILED, MR_RECIPIENT_FAILED, 552, "5.2.2", "5.2.2 mailbox full,\nask for room", "5.2.2", "mailbox-full",
    MR_RETURNED_FAILED },
  { MR_REPORT_DELAYED, MR_RECIPIENT_WAITING, 452, "4.2.2", "mailbox full", "4.2.2", "mailbox-full",
    MR_RETURNED_DELAYED },
  { MR_REPORT_RELAYED, MR_RECIPIENT_RELAYED, 250, "2.0.0", "queued as 4711", "2.0.0", "notice-delivered",
    MR_RETURNED_RELAYED },
  { MR_REPORT_DELIVERED, MR_RECIPIENT_DELIVERED, 250, "2.0.0", "queued as 4711", "2.0.0", "notice-delivered",
    MR_RETURNED_DELIVERED },
};

/* What is written is understood by our own reader: it finds the message again, and each recipient with what was said. */
static void
test_read_back (void)
{
  g_autoptr (MrDiagnosis) diagnosis = mr_diagnosis_new_builtin ();

  for (guint i = 0; i < G_N_ELEMENTS (back_rows); i++) {
    const BackRow *row = &back_rows[i];
    g_autoptr (MrMessageRecord) message = new_message ();

    add_recipient (message, "lou@example.net", row->state, row->code, row->enhanced, row->text)->orcpt = g_strdup (
        "rfc822;Lou+2Btea@example.org");
    add_recipient (message, "kim@example.net", row->state, row->code, row->enhanced, row->text);
    g_autofree char *mail = write_report (row->kind, message, header, FALSE, NULL);
    g_autoptr (MrReturned) report = mr_returned_read (diagnosis, mail, strlen (mail));

    g_assert_cmpint (report->outcome, ==, row->outcome);
    g_assert_cmpstr (report->message_id, ==, "tea@example.com");
    g_assert_cmpstr (report->envelope_id, ==, "QQ+314");
    g_assert_cmpstr (report->queue_id, ==, message->id);
    g_assert_cmpstr (report->subject, ==, "Tea at five");
    g_assert_cmpuint (report->recipients->len, ==, 2);
    for (guint k = 0; k < 2; k++) {
      const MrReturnedRecipient *r = report->recipients->pdata[k];

      g_assert_cmpstr (r->recipient, ==, k == 0 ? "Lou+tea@example.org" : "kim@example.net");
      g_assert_cmpstr (r->final_recipient, ==, k == 0 ? "lou@example.net" : NULL);
      g_assert_cmpint (r->outcome, ==, row->outcome);
      g_assert_cmpstr (r->status, ==, row->status);
      /* The reader looks for refusals only. */
      g_assert_cmpuint (r->code, ==, row->code >= 400 ? row->code : 0);
      g_assert_cmpstr (r->remote_host, ==, "mx.example.net");
      g_assert_cmpstr (r->diagnosis.cause, ==, row->cause);
    }
  }
}

static void
check_status (MrReport kind, MrRecipientState state, MrStage stage, guint code, const char *enhanced,
              const char *expected)
{
  MrRecipientRecord r = { .state = state, .stage = stage, .reply = { code, (char *)enhanced, NULL } };
  g_autofree char *status = mr_report_dup_status (kind, &r);

  g_assert_cmpstr (status, ==, expected);
}

static void
test_status (void)
{
  check_status (MR_REPORT_FAILED, MR_RECIPIENT_FAILED, MR_STAGE_RCPT, 550, "5.1.1", "5.1.1");
  check_status (MR_REPORT_FAILED, MR_RECIPIENT_FAILED, MR_STAGE_RCPT, 550, NULL, "5.0.0");
  check_status (MR_REPORT_FAILED, MR_RECIPIENT_EXPIRED, MR_STAGE_RCPT, 451, "4.7.1", "4.7.1");
  check_status (MR_REPORT_FAILED, MR_RECIPIENT_EXPIRED, MR_STAGE_RCPT, 451, NULL, "4.4.7");
  check_status (MR_REPORT_FAILED, MR_RECIPIENT_EXPIRED, MR_STAGE_CONNECT, 0, NULL, "4.4.1");
  check_status (MR_REPORT_FAILED, MR_RECIPIENT_FAILED, MR_STAGE_RESOLVE, 0, NULL, "5.4.4");
  check_status (MR_REPORT_DELAYED, MR_RECIPIENT_WAITING, MR_STAGE_STARTTLS, 0, NULL, "4.7.5");
  check_status (MR_REPORT_DELAYED, MR_RECIPIENT_NEEDS_PERSON, MR_STAGE_MAIL, 553, "5.7.1", "4.0.0");
  check_status (MR_REPORT_RELAYED, MR_RECIPIENT_RELAYED, MR_STAGE_DOT, 250, NULL, "2.0.0");
  check_status (MR_REPORT_RELAYED, MR_RECIPIENT_RELAYED, MR_STAGE_DOT, 250, "2.6.0", "2.6.0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ndr/write-report/failed", test_failed);
  g_test_add_func ("/ndr/write-report/failed-whole", test_failed_whole);
  g_test_add_func ("/ndr/write-report/delayed", test_delayed);
  g_test_add_func ("/ndr/write-report/relayed-and-delivered", test_relayed_and_delivered);
  g_test_add_func ("/ndr/write-report/language", test_language);
  g_test_add_func ("/ndr/write-report/broken-catalogue", test_broken_catalogue);
  g_test_add_func ("/ndr/write-report/words", test_words);
  g_test_add_func ("/ndr/write-report/read-back", test_read_back);
  g_test_add_func ("/ndr/write-report/status", test_status);
  return g_test_run ();
}
