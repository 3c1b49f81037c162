/* Words for the trace of a test: what each part told and means, also when what came over the bus is odd. */
#include "ndr/trace.h"

#include <string.h>

typedef struct {
  MrTraceStep step;
  const char *details, *params;
  const char *facts, *meaning, *warning; /* meaning: how it begins; warning NULL: none */
} Row;

#define CERTIFICATES                                                                                                   \
  "<[{'subject': <'CN=x'>, 'issuer': <'CN=ca'>, 'names': <['mail.example.com', 'smtp.example.com']>, 'until': <int64 " \
  "1795528800000000>}, {'subject': <'CN=ca'>, 'issuer': <'CN=root'>, 'until': <int64 1995528800000000>}]>"

static const Row rows[] = {
  { { .part = MR_TRACE_LOOK_UP, .ok = TRUE },
    "{'addresses': <['192.0.2.1', '2001:db8::1']>}",
    NULL,
    "192.0.2.1, 2001:db8::1",
    "The server's name exists",
    NULL },
  { { .part = MR_TRACE_CONNECT, .ok = TRUE },
    "{'address': <'192.0.2.1'>, 'port': <uint32 465>}",
    NULL,
    "192.0.2.1:465",
    "The server can be reached",
    NULL },
  { { .part = MR_TRACE_CONNECT, .ok = TRUE },
    "{'address': <'2001:db8::1'>, 'port': <uint32 465>}",
    NULL,
    "[2001:db8::1]:465",
    "The server can be reached",
    NULL },
  { { .part = MR_TRACE_GREETING, .ok = TRUE, .code = 220, .text = "mail ESMTP" },
    "{}",
    NULL,
    "220 mail ESMTP",
    "A mail server answers.",
    NULL },
  { { .part = MR_TRACE_ENCRYPTION, .ok = TRUE },
    "{'protocol': <'TLSv1.3'>, 'cipher': <'TLS_AES_256_GCM_SHA384'>, 'certificates': " CERTIFICATES "}",
    NULL,
    "TLSv1.3, TLS_AES_256_GCM_SHA384\nmail.example.com smtp.example.com, issued by CN=ca, valid until 11/24/26\n"
    "CN=ca, issued by CN=root, valid until 03/27/33",
    "Nobody on the way can read the mail, and the server has proved its name.",
    NULL },
  { { .part = MR_TRACE_ENCRYPTION, .ok = TRUE, .warning = "certificate-ends" },
    "{'protocol': <'TLSv1.2'>, 'certificates': " CERTIFICATES "}",
    NULL,
    NULL,
    "Nobody on the way",
    "A certificate of the server ends on 11/24/26." },
  { { .part = MR_TRACE_ENCRYPTION, .ok = TRUE, .warning = "certificate-accepted" },
    "{'protocol': <'TLSv1.2'>}",
    NULL,
    "TLSv1.2",
    "Nobody on the way can read the mail. The certificate is the one that you accepted.",
    NULL },
  { { .part = MR_TRACE_CAPABILITIES, .ok = TRUE, .warning = "not-encrypted" },
    "{'offers': <['SIZE 5', 'DSN']>}",
    NULL,
    "SIZE 5, DSN",
    "This is what the server can do.",
    "The connection is not encrypted" },
  { { .part = MR_TRACE_LOG_IN, .ok = TRUE },
    "{'mechanism': <'PLAIN'>, 'user': <'me'>}",
    NULL,
    "PLAIN, me",
    "The server takes the user name and the password.",
    NULL },
  { { .part = MR_TRACE_LOG_IN, .ok = TRUE },
    "{'mechanism': <'XOAUTH2'>, 'user': <'me'>}",
    NULL,
    "XOAUTH2, me",
    "The server takes the sign-in",
    NULL },
  { { .part = MR_TRACE_LOG_IN, .code = 535, .enhanced = "5.7.8", .text = "no", .cause = "login-failed" },
    "{'mechanism': <'PLAIN'>, 'user': <'me'>}",
    "{'host': 'mail.example.com'}",
    "PLAIN, me\n535 5.7.8 no",
    "mail.example.com",
    NULL },
  { { .part = MR_TRACE_CONNECT, .goes_on = TRUE, .text = "refused", .cause = "nonsense" },
    "{'address': <'::1'>, 'port': <uint32 25>}",
    NULL,
    "[::1]:25\nrefused",
    "This did not work. Another address is tried.",
    NULL },
  { { .part = MR_TRACE_SENDER, .ok = TRUE },
    "{'address': <'me@example.com'>}",
    NULL,
    "me@example.com",
    "The server takes mail from this address.",
    NULL },
  { { .part = MR_TRACE_SIZE, .ok = TRUE }, "{'limit': <uint64 36700160>}", NULL, "", "Messages of up to 36.7", NULL },
  { { .part = MR_TRACE_SIZE, .ok = TRUE }, "{'limit': <uint64 0>}", NULL, "", "The server names no limit.", NULL },
  /* odd details */
  { { .part = MR_TRACE_ENCRYPTION, .ok = TRUE, .warning = "certificate-ends" },
    "{'certificates': <'no'>, 'protocol': <5>}",
    NULL,
    "",
    "Nobody on the way",
    "A certificate of the server ends on ?." },
  { { .part = MR_TRACE_LOOK_UP, .ok = TRUE }, NULL, NULL, "", "The server's name exists", NULL },
  { { .part = MR_TRACE_SIZE, .ok = TRUE, .warning = "unheard-of" },
    "{'limit': <'much'>}",
    NULL,
    "",
    "The server names no limit.",
    NULL },
};

static void
test_rows (void)
{
  MrDiagnosis *diagnosis = mr_diagnosis_new_builtin ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrTraceStep step = rows[i].step;
    g_autoptr (GVariant) details = rows[i].details != NULL ? g_variant_ref_sink (g_variant_new_parsed (
                                       strcmp (rows[i].details, "{}") == 0 ? "@a{sv} {}" : rows[i].details))
                                                           : NULL;
    g_autoptr (GVariant) params = rows[i].params != NULL ? g_variant_ref_sink (g_variant_new_parsed (rows[i].params))
                                                         : NULL;

    g_test_message ("row %u", i);
    step.details = details;
    step.cause_params = params;
    g_autofree char *facts = mr_trace_dup_facts (&step);
    g_autofree char *meaning = mr_trace_dup_meaning (diagnosis, &step);
    g_autofree char *warning = mr_trace_dup_warning (&step);
    if (rows[i].facts != NULL)
      g_assert_cmpstr (facts, ==, rows[i].facts);
    if (!g_str_has_prefix (meaning, rows[i].meaning))
      g_assert_cmpstr (meaning, ==, rows[i].meaning);
    if (rows[i].warning == NULL)
      g_assert_cmpstr (warning, ==, "");
    else
      g_assert_true (g_str_has_prefix (warning, rows[i].warning));
  }
  mr_diagnosis_free (diagnosis);
}

static void
test_text (void)
{
  MrDiagnosis *diagnosis = mr_diagnosis_new_builtin ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GVariant) details = g_variant_ref_sink (
      g_variant_new_parsed ("{'address': <'192.0.2.1'>, 'port': <uint32 25>}"));
  MrTraceStep step = { .part = MR_TRACE_CONNECT, .ok = TRUE, .details = details, .took = 123456 };
  MrTraceStep bad = { .part = MR_TRACE_GREETING, .code = 554, .text = "no\nway", .fingerprint = "ab", .took = -3 };

  mr_trace_append_text (text, diagnosis, &step);
  mr_trace_append_text (text, diagnosis, &bad);
  g_assert_cmpstr (text->str, ==,
                   "✓ Connect (0.12 s)\n    192.0.2.1:25\n    The server can be reached from this computer.\n"
                   "✗ Greet the server (0.00 s)\n    554 no\n    way\n    This did not work.\n    SHA-256 ab\n");
  mr_diagnosis_free (diagnosis);
}

static void
test_titles (void)
{
  for (MrTracePart part = MR_TRACE_LOOK_UP; part < MR_TRACE_N_PARTS; part++)
    g_assert_cmpstr (mr_trace_part_title (part), !=, "");
  g_assert_cmpstr (mr_trace_part_title (MR_TRACE_N_PARTS), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ndr/trace/rows", test_rows);
  g_test_add_func ("/ndr/trace/text", test_text);
  g_test_add_func ("/ndr/trace/titles", test_titles);
  return g_test_run ();
}
