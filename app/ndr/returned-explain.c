/* What was said of each recipient of returned mail, and what it means: of the machine-readable part, of what stands
 * beside the address, of a quoted reply and of the whole text the surest counts. */
#include <string.h>

#include "base/text.h"
#include "ndr/diagnosis-private.h"
#include "ndr/returned-private.h"

#define TEXT_MAX          4096
#define SURE              0.75 /* confidence from which on the rest of the text is not asked */
#define WEAK              0.55 /* the same where a reply code came with the words */
#define PARAGRAPHS_MAX    30
#define NOTICE_RECIPIENTS 10 /* with more of them the common text is not asked for each */

/* The words that a server wrote around a reply name the host that said it. */
static void
find_host (MrReturnedRecipient *r)
{
  static const char *const marks[] = { "host ", "server ", "connect to ", "while talking to ", "connected to " };
  g_autofree char *folded = r->text != NULL ? mr_extract_fold (r->text) : g_strdup ("");

  for (guint i = 0; r->remote_host == NULL && i < G_N_ELEMENTS (marks); i++) {
    const char *p = strstr (folded, marks[i]);
    gsize n;

    if (p == NULL)
      continue;
    p += strlen (marks[i]);
    p += strspn (p, " <\n");
    n = strcspn (p, " [<>()\n:,");
    while (n > 0 && p[n - 1] == '.')
      n--;
    if (n > 3 && n < 256 && memchr (p, '.', n) != NULL)
      r->remote_host = g_strndup (p, n);
  }
}

static MrDiagnosisInput
input_of (const MrReturnedReader *reader, const MrReturnedRecipient *r, const char *text)
{
  const char *at = strrchr (r->final_recipient != NULL ? r->final_recipient : r->recipient, '@');

  return (MrDiagnosisInput){ .stage = r->stage,
                             .speaker = r->speaker,
                             .code = text != NULL && text == r->text ? r->code : 0,
                             .enhanced = text != NULL && text == r->text ? r->enhanced : r->status,
                             .text = text,
                             .host = r->remote_host,
                             .recipient = *r->recipient != '\0' ? r->recipient : NULL,
                             .domain = at != NULL ? at + 1 : NULL,
                             .sender = reader->report->sender,
                             .error = -1 };
}

static void
take_reply (MrReturnedRecipient *r)
{
  char normalized[MR_NDR_TEXT_MAX + 12];
  guint enhanced[3];

  mr_extract_normalize (r->text != NULL ? r->text : "", normalized);
  r->code = mr_extract_code (r->text != NULL ? r->text : "");
  r->stage = mr_extract_stage (normalized);
  if (r->text != NULL && mr_extract_enhanced (r->text, enhanced))
    r->enhanced = g_strdup_printf ("%u.%u.%u", enhanced[0], enhanced[1], enhanced[2]);
  if (r->enhanced == NULL)
    r->enhanced = g_strdup (r->status);
  /* "Status: 5.0.0", and the true code in the text */
  if (r->enhanced != NULL && (r->status == NULL || g_str_has_suffix (r->status, ".0.0"))) {
    g_free (r->status);
    r->status = g_strdup (r->enhanced);
  }
}

/* Takes over other where it is surer. */
static void
take_surer (MrReturnedRecipient *r, MrDiagnosisResult *other, const char *text)
{
  MrDiagnosisResult swap = r->diagnosis;

  if (other->confidence <= r->diagnosis.confidence || g_str_has_prefix (other->cause, "notice-"))
    return;
  r->diagnosis = *other; /* owns its parameters; the caller clears what is swapped out */
  *other = swap;
  if (r->text == NULL)
    r->text = g_strstrip (g_strndup (text, TEXT_MAX));
}

/* Each paragraph on its own, so that what a server adds for politeness does not get into the way; then all. */
static void
diagnose_notice (const MrReturnedReader *reader, MrReturnedRecipient *r)
{
  gboolean had_text = r->text != NULL;
  g_auto (GStrv) paragraphs = g_strsplit (reader->notice, "\n\n", PARAGRAPHS_MAX);

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    MrDiagnosisInput input = input_of (reader, r, paragraphs[i]);
    g_auto (MrDiagnosisResult) other = { 0 };

    if (strlen (paragraphs[i]) < 8)
      continue;
    mr_diagnosis_run (reader->diagnosis, &input, &other);
    if (!had_text && other.confidence > r->diagnosis.confidence)
      g_clear_pointer (&r->text, g_free); /* of a paragraph that says less */
    take_surer (r, &other, paragraphs[i]);
  }
  if (r->diagnosis.confidence < SURE) {
    MrDiagnosisInput input = input_of (reader, r, reader->notice);
    g_auto (MrDiagnosisResult) other = { 0 };

    mr_diagnosis_run (reader->diagnosis, &input, &other);
    take_surer (r, &other, reader->notice);
  }
}

/* Behind words that lead to what the other server said; NULL: there are none. */
static const char *
quoted_reply (const char *text)
{
  static const char *const marks[] = { "other server returned was:",
                                       "following error message:",
                                       "response from the remote server was:",
                                       "remote host said:",
                                       "the response was:",
                                       "failed with:",
                                       "server responded with:",
                                       "server returned:",
                                       "remote server returned",
                                       "said:",
                                       "with error:",
                                       "reason:" };

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (marks); i++) {
    const char *p = text;

    for (; *p != '\0'; p++)
      if (g_ascii_strncasecmp (p, marks[i], strlen (marks[i])) == 0)
        break;
    if (*p != '\0' && strlen (p) > strlen (marks[i]) + 6)
      return p + strlen (marks[i]);
  }
  return NULL;
}

/* Words that are sure win over the machine-readable part where that says little. */
static void
diagnose (const MrReturnedReader *reader, MrReturnedRecipient *r)
{
  MrDiagnosisInput input = input_of (reader, r, r->text);
  gboolean alone = reader->report->recipients->len == 1;
  const char *reply = quoted_reply (r->text != NULL ? r->text : alone ? reader->notice : NULL);

  mr_diagnosis_run (reader->diagnosis, &input, &r->diagnosis);
  if (reply != NULL) {
    MrDiagnosisInput quoted = input_of (reader, r, reply);
    g_auto (MrDiagnosisResult) other = { 0 };

    mr_diagnosis_run (reader->diagnosis, &quoted, &other);
    if (other.confidence >= SURE && !g_str_has_prefix (other.cause, "notice-")) {
      mr_diagnosis_result_clear (&r->diagnosis);
      take_surer (r, &other, reply);
    }
  }
  if (r->diagnosis.confidence < (r->code > 0 ? WEAK : SURE) && (alone || r->status == NULL)
      && reader->report->recipients->len <= NOTICE_RECIPIENTS)
    diagnose_notice (reader, r);
}

static void
set_notice_cause (const MrReturnedReader *reader, MrReturnedRecipient *r)
{
  MrDiagnosisInput input = input_of (reader, r, r->text);
  const char *cause = r->outcome == MR_RETURNED_COMPLAINT ? "notice-complaint" : "notice-delivered";

  mr_diagnosis_run (reader->diagnosis, &input, &r->diagnosis);
  mr_diagnosis_set_cause (reader->diagnosis, &r->diagnosis, cause, r->speaker);
}

static char *
dup_paragraph (const char *text)
{
  const char *end = strstr (text, "\n\n");

  return g_strstrip (g_strndup (text, MIN (end != NULL ? (gsize)(end - text) : strlen (text), TEXT_MAX)));
}

void
mr_returned_explain (const MrReturnedReader *reader, MrReturnedRecipient *r, gboolean machine)
{
  /* With several recipients it would be anybody's. */
  if (r->text == NULL && reader->report->recipients->len == 1 && quoted_reply (reader->notice) != NULL)
    r->text = dup_paragraph (quoted_reply (reader->notice));
  take_reply (r);
  find_host (r);
  if (r->outcome != MR_RETURNED_FAILED && r->outcome != MR_RETURNED_DELAYED)
    return set_notice_cause (reader, r);
  diagnose (reader, r);
  /* Words that were found only now may tell the codes. */
  if (r->status == NULL && r->code == 0 && r->text != NULL)
    take_reply (r);
  if (r->outcome == MR_RETURNED_FAILED && !machine && r->code < 500
      && (reader->gave_up || (r->code >= 400 && !reader->qmail)) && (r->status == NULL || *r->status != '5')) {
    r->outcome = MR_RETURNED_DELAYED;
    r->gave_up = TRUE;
  }
}
