/* The facts of a test's parts as details (mailrelay/trace.h). Everything that a server said is made valid UTF-8 here. */
#include "engine/account-trace.h"

#include <string.h>

#include "net/tls.h"
#include "policy/policy.h"

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert_value (dict, key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

static void
add_list (GVariantDict *dict, const char *key, char *const *texts, guint n)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&builder, g_variant_new_take_string (g_utf8_make_valid (texts[i], -1)));
  g_variant_dict_insert_value (dict, key, g_variant_builder_end (&builder));
}

static void
add_addresses (GVariantDict *dict, const MrTraceFacts *facts)
{
  g_autoptr (GPtrArray) addresses = mr_connection_dup_addresses (facts->connection);

  add_text (dict, "host", facts->record->host);
  add_list (dict, "addresses", (char *const *)addresses->pdata, addresses->len);
}

static GVariant *
certificate_to_variant (const MrTlsCertificate *certificate)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_text (&dict, "subject", certificate->subject);
  add_text (&dict, "issuer", certificate->issuer);
  add_list (&dict, "names", certificate->names, g_strv_length (certificate->names));
  g_variant_dict_insert (&dict, "from", "x", certificate->from);
  g_variant_dict_insert (&dict, "until", "x", certificate->until);
  add_text (&dict, "fingerprint", certificate->fingerprint);
  return g_variant_dict_end (&dict);
}

/* "TLSv1.3 TLS_AES_256_GCM_SHA384" */
static void
add_encryption (GVariantDict *dict, const MrTraceFacts *facts)
{
  const char *info = mr_connection_get_tls (facts->connection);
  GPtrArray *chain = mr_connection_get_chain (facts->connection);
  GVariantBuilder builder;

  if (info != NULL) {
    g_auto (GStrv) words = g_strsplit (info, " ", 2);

    add_text (dict, "protocol", words[0]);
    add_text (dict, "cipher", words[0] != NULL ? words[1] : NULL);
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; chain != NULL && i < chain->len; i++)
    g_variant_builder_add_value (&builder, certificate_to_variant (g_ptr_array_index (chain, i)));
  g_variant_dict_insert_value (dict, "certificates", g_variant_builder_end (&builder));
}

static const char *
encryption_warning (const MrTraceFacts *facts)
{
  GPtrArray *chain = mr_connection_get_chain (facts->connection);

  for (guint i = 0; chain != NULL && i < chain->len; i++)
    if (mr_policy_certificate_ends_soon (((MrTlsCertificate *)g_ptr_array_index (chain, i))->until, facts->now))
      return "certificate-ends";
  return facts->record->fingerprint != NULL && *facts->record->fingerprint != '\0' ? "certificate-accepted" : NULL;
}

static void
add_capabilities (GVariantDict *dict, const MrSmtpCapabilities *caps)
{
  guint n = caps->offers != NULL ? g_strv_length (caps->offers) : 0;

  add_list (dict, "offers", caps->offers, n);
}

static const char *
clear_text_warning (const MrTraceFacts *facts)
{
  gboolean here = facts->address != NULL && mr_address_is_loopback (facts->address);

  return facts->record->tls == MR_TLS_NONE && !here ? "not-encrypted" : NULL;
}

static void
fill_greeting (const MrTraceFacts *facts, MrTraceStep *step)
{
  MrSmtpClient *client = mr_connection_get_client (facts->connection);
  const MrReplyRecord *greeting = client != NULL ? mr_smtp_client_get_greeting (client) : NULL;

  if (greeting == NULL)
    return;
  step->code = greeting->code;
  step->enhanced = greeting->enhanced;
  step->text = greeting->text;
}

MrStage
mr_account_trace_stage (MrTracePart part)
{
  static const MrStage stages[MR_TRACE_N_PARTS] = {
    [MR_TRACE_LOOK_UP] = MR_STAGE_RESOLVE,   [MR_TRACE_CONNECT] = MR_STAGE_CONNECT,
    [MR_TRACE_GREETING] = MR_STAGE_EHLO,     [MR_TRACE_ENCRYPTION] = MR_STAGE_STARTTLS,
    [MR_TRACE_CAPABILITIES] = MR_STAGE_EHLO, [MR_TRACE_LOG_IN] = MR_STAGE_AUTH,
    [MR_TRACE_SENDER] = MR_STAGE_MAIL,       [MR_TRACE_SIZE] = MR_STAGE_EHLO,
  };

  return part < MR_TRACE_N_PARTS ? stages[part] : MR_STAGE_NONE;
}

MrTracePart
mr_account_trace_failed_part (MrStage stage, MrTracePart begun)
{
  /* Two parts have the stage of EHLO. */
  if (mr_account_trace_stage (begun) == stage)
    return begun;
  for (MrTracePart part = MR_TRACE_LOOK_UP; part < MR_TRACE_N_PARTS; part++)
    if (mr_account_trace_stage (part) == stage)
      return part;
  return begun;
}

static void
add_details (GVariantDict *dict, MrTracePart part, const MrTraceFacts *facts, MrTraceStep *step)
{
  MrSmtpClient *client = mr_connection_get_client (facts->connection);
  const MrSmtpCapabilities *caps = client != NULL ? mr_smtp_client_get_capabilities (client) : NULL;

  switch (part) {
  case MR_TRACE_LOOK_UP:
    add_addresses (dict, facts);
    break;
  case MR_TRACE_CONNECT:
    add_text (dict, "address", facts->address);
    g_variant_dict_insert (dict, "port", "u", facts->record->port);
    break;
  case MR_TRACE_GREETING:
    fill_greeting (facts, step);
    break;
  case MR_TRACE_ENCRYPTION:
    add_encryption (dict, facts);
    step->warning = encryption_warning (facts);
    break;
  case MR_TRACE_CAPABILITIES:
    if (caps != NULL)
      add_capabilities (dict, caps);
    step->warning = clear_text_warning (facts);
    break;
  case MR_TRACE_LOG_IN:
    add_text (dict, "mechanism", client != NULL ? mr_smtp_client_get_mechanism (client) : NULL);
    add_text (dict, "user", facts->record->user);
    break;
  case MR_TRACE_SENDER:
    add_text (dict, "address", facts->sender);
    break;
  case MR_TRACE_SIZE:
    g_variant_dict_insert (dict, "limit", "t", caps != NULL && caps->size ? caps->max_size : (guint64)0);
    break;
  case MR_TRACE_N_PARTS:
    break;
  }
}

GVariant *
mr_account_trace_fill (MrTracePart part, const MrTraceFacts *facts, MrTraceStep *step)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  step->part = part;
  step->stage = mr_account_trace_stage (part);
  if (facts->connection != NULL)
    add_details (&dict, part, facts, step);
  step->details = g_variant_ref_sink (g_variant_dict_end (&dict));
  return step->details;
}
