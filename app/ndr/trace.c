/* Words for the trace of an account's test: see trace.h. Details come over the bus from a server far away: what does not fit is left out. */
#include "config.h"

#include "ndr/trace.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *
mr_trace_part_title (MrTracePart part)
{
  static const char *const titles[MR_TRACE_N_PARTS] = {
    [MR_TRACE_LOOK_UP] = N_ ("Look up the server's address"),
    [MR_TRACE_CONNECT] = N_ ("Connect"),
    [MR_TRACE_GREETING] = N_ ("Greet the server"),
    [MR_TRACE_ENCRYPTION] = N_ ("Encrypt the connection"),
    [MR_TRACE_CAPABILITIES] = N_ ("Ask what it offers"),
    [MR_TRACE_LOG_IN] = N_ ("Log in"),
    [MR_TRACE_SENDER] = N_ ("Ask to send for the address"),
    [MR_TRACE_SIZE] = N_ ("Size of messages"),
  };

  return part < MR_TRACE_N_PARTS ? g_dgettext (GETTEXT_PACKAGE, titles[part]) : "";
}

static const char *
detail (const MrTraceStep *step, const char *key)
{
  const char *text = "";

  if (step->details != NULL)
    g_variant_lookup (step->details, key, "&s", &text);
  return text;
}

static gboolean
has_warning (const MrTraceStep *step, const char *warning)
{
  return g_strcmp0 (step->warning, warning) == 0;
}

/* ---- what it means ---- */

static char *
dup_size (const MrTraceStep *step)
{
  guint64 limit = 0;
  g_autofree char *size = NULL;

  if (step->details != NULL)
    g_variant_lookup (step->details, "limit", "t", &limit);
  if (limit == 0)
    return g_strdup (_ ("The server names no limit."));
  size = g_format_size (limit);
  return g_strdup_printf (_ ("Messages of up to %s are taken."), size);
}

static char *
dup_log_in (const MrTraceStep *step)
{
  const char *mechanism = detail (step, "mechanism");

  return g_strdup (g_str_equal (mechanism, "XOAUTH2") || g_str_equal (mechanism, "OAUTHBEARER")
                       ? _ ("The server takes the sign-in with the provider.")
                       : _ ("The server takes the user name and the password."));
}

static char *
dup_good (const MrTraceStep *step)
{
  switch (step->part) {
  case MR_TRACE_LOOK_UP:
    return g_strdup (_ ("The server's name exists and has an address."));
  case MR_TRACE_CONNECT:
    return g_strdup (_ ("The server can be reached from this computer."));
  case MR_TRACE_GREETING:
    return g_strdup (_ ("A mail server answers."));
  case MR_TRACE_ENCRYPTION:
    return g_strdup (has_warning (step, "certificate-accepted")
                         ? _ ("Nobody on the way can read the mail. The certificate is the one that you accepted.")
                         : _ ("Nobody on the way can read the mail, and the server has proved its name."));
  case MR_TRACE_CAPABILITIES:
    return g_strdup (_ ("This is what the server can do."));
  case MR_TRACE_LOG_IN:
    return dup_log_in (step);
  case MR_TRACE_SENDER:
    return g_strdup (_ ("The server takes mail from this address. The question was taken back; nothing was sent."));
  case MR_TRACE_SIZE:
    return dup_size (step);
  case MR_TRACE_N_PARTS:
    break;
  }
  return g_strdup ("");
}

char *
mr_trace_dup_meaning (MrDiagnosis *diagnosis, const MrTraceStep *step)
{
  g_autofree char *sentence = NULL;
  g_autofree char *explanation = NULL;
  gboolean known;

  if (step->ok)
    return dup_good (step);
  known = step->cause != NULL && *step->cause != '\0' && mr_cause_is_known (diagnosis, step->cause);
  sentence = known ? mr_cause_dup_sentence (diagnosis, step->cause, step->cause_params)
                   : g_strdup (_ ("This did not work."));
  if (step->goes_on)
    return g_strdup_printf ("%s %s", sentence,
                            step->stage == MR_STAGE_AUTH ? _ ("It is tried once more with a new permission.")
                                                         : _ ("Another address is tried."));
  explanation = known ? mr_cause_dup_explanation (diagnosis, step->cause, step->cause_params) : g_strdup ("");
  return g_strstrip (g_strdup_printf ("%s %s", sentence, explanation));
}

/* ---- what was told ---- */

static char *
dup_list (const MrTraceStep *step, const char *key)
{
  g_autofree const char **texts = NULL;

  if (step->details == NULL || !g_variant_lookup (step->details, key, "^a&s", &texts))
    return g_strdup ("");
  return g_strjoinv (", ", (char **)texts);
}

static char *
dup_day (gint64 time)
{
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  return time != 0 && day != NULL ? g_date_time_format (day, "%x") : g_strdup ("?");
}

static void
append_certificate (GString *out, GVariant *certificate)
{
  const char *subject = "?", *issuer = "?";
  g_autofree const char **names = NULL;
  g_autofree char *list = NULL;
  g_autofree char *day = NULL;
  gint64 until = 0;

  g_variant_lookup (certificate, "subject", "&s", &subject);
  g_variant_lookup (certificate, "issuer", "&s", &issuer);
  g_variant_lookup (certificate, "until", "x", &until);
  g_variant_lookup (certificate, "names", "^a&s", &names);
  list = names != NULL ? g_strjoinv (" ", (char **)names) : g_strdup ("");
  day = dup_day (until);
  g_string_append_c (out, '\n');
  g_string_append_printf (out, _ ("%s, issued by %s, valid until %s"), *list != '\0' ? list : subject, issuer, day);
}

static char *
dup_encryption (const MrTraceStep *step)
{
  GString *out = g_string_new (detail (step, "protocol"));
  const char *cipher = detail (step, "cipher");
  g_autoptr (GVariant) certificates = NULL;

  if (*cipher != '\0')
    g_string_append_printf (out, ", %s", cipher);
  if (step->details != NULL)
    certificates = g_variant_lookup_value (step->details, "certificates", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; certificates != NULL && i < g_variant_n_children (certificates); i++) {
    g_autoptr (GVariant) certificate = g_variant_get_child_value (certificates, i);
    append_certificate (out, certificate);
  }
  return g_string_free (out, FALSE);
}

static char *
dup_reply (const MrTraceStep *step)
{
  const char *text = step->text != NULL ? step->text : "";
  const char *enhanced = step->enhanced != NULL ? step->enhanced : "";

  if (step->code == 0)
    return g_strdup (text);
  return g_strdup_printf ("%u %s%s%s", step->code, enhanced, *enhanced != '\0' ? " " : "", text);
}

static char *
dup_connect (const MrTraceStep *step)
{
  const char *address = detail (step, "address");
  guint port = 0;

  if (step->details != NULL)
    g_variant_lookup (step->details, "port", "u", &port);
  return g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, port);
}

static char *
dup_told (const MrTraceStep *step)
{
  switch (step->part) {
  case MR_TRACE_LOOK_UP:
    return dup_list (step, "addresses");
  case MR_TRACE_CONNECT:
    return dup_connect (step);
  case MR_TRACE_ENCRYPTION:
    return dup_encryption (step);
  case MR_TRACE_CAPABILITIES:
    return dup_list (step, "offers");
  case MR_TRACE_LOG_IN:
    return *detail (step, "mechanism") != '\0'
               ? g_strdup_printf ("%s, %s", detail (step, "mechanism"), detail (step, "user"))
               : g_strdup (detail (step, "user"));
  case MR_TRACE_SENDER:
    return g_strdup (detail (step, "address"));
  case MR_TRACE_GREETING:
  case MR_TRACE_SIZE:
  case MR_TRACE_N_PARTS:
    break;
  }
  return g_strdup ("");
}

char *
mr_trace_dup_facts (const MrTraceStep *step)
{
  g_autofree char *told = dup_told (step);
  g_autofree char *reply = dup_reply (step);
  char *facts = g_strdup_printf ("%s%s%s", told, *told != '\0' && *reply != '\0' ? "\n" : "", reply);

  return g_strstrip (facts);
}

/* ---- warnings, times, all of it ---- */

/* The certificate that ends first. */
static gint64
first_end (const MrTraceStep *step)
{
  g_autoptr (GVariant) certificates = NULL;
  gint64 first = 0;

  if (step->details != NULL)
    certificates = g_variant_lookup_value (step->details, "certificates", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; certificates != NULL && i < g_variant_n_children (certificates); i++) {
    g_autoptr (GVariant) certificate = g_variant_get_child_value (certificates, i);
    gint64 until = 0;

    if (g_variant_lookup (certificate, "until", "x", &until) && until != 0 && (first == 0 || until < first))
      first = until;
  }
  return first;
}

char *
mr_trace_dup_warning (const MrTraceStep *step)
{
  if (has_warning (step, "certificate-ends")) {
    g_autofree char *day = dup_day (first_end (step));

    return g_strdup_printf (
        _ ("A certificate of the server ends on %s. If it is not renewed by then, mail waits. Whoever "
           "runs the server should know."),
        day);
  }
  if (has_warning (step, "not-encrypted"))
    return g_strdup (_ ("The connection is not encrypted: everybody on the way can read the mail."));
  return g_strdup ("");
}

char *
mr_trace_dup_took (const MrTraceStep *step)
{
  return g_strdup_printf (_ ("%.2f s"), (double)MAX (step->took, 0) / G_USEC_PER_SEC);
}

static void
append_indented (GString *text, const char *lines)
{
  g_auto (GStrv) list = g_strsplit (lines, "\n", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0')
      g_string_append_printf (text, "    %s\n", list[i]);
}

void
mr_trace_append_text (GString *text, MrDiagnosis *diagnosis, const MrTraceStep *step)
{
  g_autofree char *facts = mr_trace_dup_facts (step);
  g_autofree char *meaning = mr_trace_dup_meaning (diagnosis, step);
  g_autofree char *warning = mr_trace_dup_warning (step);
  g_autofree char *took = mr_trace_dup_took (step);

  g_string_append_printf (text, "%s %s (%s)\n", step->ok ? "✓" : "✗", mr_trace_part_title (step->part), took);
  append_indented (text, facts);
  append_indented (text, meaning);
  append_indented (text, warning);
  if (!step->ok && step->fingerprint != NULL && *step->fingerprint != '\0')
    g_string_append_printf (text, "    SHA-256 %s\n", step->fingerprint);
}
