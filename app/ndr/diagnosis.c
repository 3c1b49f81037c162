/* Diagnosis of a failure: see diagnosis.h. Never fails: what no rule knows is "unknown", with the words of the
 * server. */
#include "ndr/diagnosis-private.h"

#include <gio/gio.h>
#include <string.h>

#include "base/text.h"
#include "mr-diagnosis-resource.h"

#define FOLDER    "/com/example/MailRelay/diagnosis/"
#define PARAM_MAX 320

/* What one run looks at. */
typedef struct {
  const MrDiagnosisInput *input;
  char text[MR_NDR_TEXT_MAX + 12]; /* normalized */
  MrStage stage;
  gsize len;
  guint8 *found; /* by phrase */
  guint8 *lists; /* by rule: which of its lists have a phrase that was found */
  guint8 *provider;
  guint code;
  guint enhanced[3];
  gboolean has_enhanced;
} Look;

static void
provider_free (MrProvider *provider)
{
  g_strfreev (provider->hosts);
  g_clear_pointer (&provider->phrases, g_array_unref);
  g_free (provider);
}

static void
list_free (MrListName *list)
{
  g_free (list->name);
  g_clear_pointer (&list->phrases, g_array_unref);
  g_free (list);
}

static MrDiagnosis *
diagnosis_new (void)
{
  MrDiagnosis *self = g_new0 (MrDiagnosis, 1);

  self->causes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)mr_cause_free);
  self->actions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->fallbacks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_rule_free);
  self->providers = g_ptr_array_new_with_free_func ((GDestroyNotify)provider_free);
  self->lists = g_ptr_array_new_with_free_func ((GDestroyNotify)list_free);
  self->phrases = mr_phrase_set_new ();
  self->uses = g_array_new (FALSE, FALSE, sizeof (MrPhraseUse));
  return self;
}

void
mr_diagnosis_free (MrDiagnosis *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rules);
  g_ptr_array_unref (self->providers);
  g_ptr_array_unref (self->lists);
  g_hash_table_unref (self->causes);
  g_hash_table_unref (self->actions);
  g_hash_table_unref (self->fallbacks);
  mr_phrase_set_free (self->phrases);
  g_array_unref (self->uses);
  g_free (self->use_of);
  g_free (self);
}

MrDiagnosis *
mr_diagnosis_new_builtin (void)
{
  static const char *const names[]
      = { "causes.conf", "local.conf",   "providers.conf", "families.conf",  "login.conf",
          "sender.conf", "mailbox.conf", "content.conf",   "transport.conf", "codes.conf" };
  MrDiagnosis *self = diagnosis_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strconcat (FOLDER, names[i], NULL);
    g_autoptr (GBytes) bytes = g_resource_lookup_data (mr_diagnosis_data_get_resource (), path,
                                                       G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    /* They are part of the program and the tests load them: a mistake in them cannot be shipped. */
    if (bytes == NULL || !mr_rules_load (self, names[i], bytes, TRUE, &error))
      g_error ("The rules of the diagnosis are broken: %s", error != NULL ? error->message : path);
  }
  if (!mr_rules_finish (self, &error))
    g_error ("The rules of the diagnosis are broken: %s", error->message);
  return self;
}

gboolean
mr_diagnosis_add_rules (MrDiagnosis *self, const char *name, GBytes *bytes, gboolean trusted, GError **error)
{
  return mr_rules_load (self, name, bytes, trusted, error) && (!trusted || mr_rules_finish (self, error));
}

/* ---- matching ---- */

static gboolean
any_found (const Look *look, const GArray *phrases)
{
  for (guint i = 0; i < phrases->len; i++)
    if (look->found[g_array_index (phrases, guint, i)] != 0)
      return TRUE;
  return FALSE;
}

static gboolean
all_found (const Look *look, const GArray *phrases)
{
  for (guint i = 0; i < phrases->len; i++)
    if (look->found[g_array_index (phrases, guint, i)] == 0)
      return FALSE;
  return TRUE;
}

static gboolean
in_range (guint value, MrRange range)
{
  return value >= range.low && value <= range.high;
}

static gboolean
code_matches (const Look *look, const GArray *codes)
{
  for (guint i = 0; i < codes->len; i++)
    if (in_range (look->code, g_array_index (codes, MrRange, i)))
      return TRUE;
  return FALSE;
}

static gboolean
enhanced_matches (const Look *look, const GArray *patterns)
{
  for (guint i = 0; look->has_enhanced && i < patterns->len; i++) {
    const MrCodePattern *pattern = &g_array_index (patterns, MrCodePattern, i);

    if (in_range (look->enhanced[0], pattern->part[0]) && in_range (look->enhanced[1], pattern->part[1])
        && in_range (look->enhanced[2], pattern->part[2]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_bit (guint32 bits, guint bit)
{
  return bits == 0 || (bit < 32 && (bits >> bit & 1u) != 0);
}

static gboolean
rule_matches (const MrRule *rule, guint8 lists, const Look *look)
{
  const MrDiagnosisInput *input = look->input;
  gboolean local = input->code == 0 && input->error >= 0;

  /* Words of this program never pass for those of a server, nor the other way round. */
  if (local != (rule->errors != 0 || rule->no_route >= 0))
    return FALSE;
  if (rule->errors != 0 && !has_bit (rule->errors, (guint)input->error))
    return FALSE;
  if (rule->no_route >= 0 && (input->no_route != FALSE) != rule->no_route)
    return FALSE;
  return (rule->phrases == NULL || (lists & MR_RULE_SAYS) != 0) && (rule->also == NULL || (lists & MR_RULE_AND) != 0)
         && (lists & MR_RULE_WITHOUT) == 0 && (rule->all == NULL || all_found (look, rule->all))
         && (rule->codes == NULL || code_matches (look, rule->codes))
         && (rule->enhanced == NULL || enhanced_matches (look, rule->enhanced))
         && (rule->provider < 0 || look->provider[rule->provider] != 0) && has_bit (rule->stages, look->stage)
         && has_bit (rule->speakers, input->speaker) && (rule->direct < 0 || (input->direct != FALSE) == rule->direct);
}

static gboolean
is_provider (const MrProvider *provider, const Look *look)
{
  gsize len = look->input->host != NULL ? strlen (look->input->host) : 0;

  if (provider->phrases != NULL && any_found (look, provider->phrases))
    return TRUE;
  for (guint i = 0; provider->hosts != NULL && provider->hosts[i] != NULL; i++) {
    gsize n = strlen (provider->hosts[i]);

    if (len >= n && g_ascii_strcasecmp (look->input->host + len - n, provider->hosts[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
take_codes (Look *look)
{
  const MrDiagnosisInput *input = look->input;
  guint given[3] = { 0 };

  look->code = input->code != 0 || input->error >= 0 || input->text == NULL ? input->code
                                                                            : mr_extract_code (input->text);
  look->has_enhanced = input->enhanced != NULL && mr_extract_enhanced (input->enhanced, given);
  if (look->has_enhanced)
    memcpy (look->enhanced, given, sizeof given);
  else if (input->error < 0)
    look->has_enhanced = mr_extract_enhanced (look->text, look->enhanced);
}

/* ---- result ---- */

static void
add_param (GVariantDict *dict, const char *name, const char *value)
{
  if (value != NULL && *value != '\0') {
    g_autofree char *clean = mr_text_sanitize (value, PARAM_MAX);

    g_strdelimit (clean, "\n", ' ');
    g_variant_dict_insert (dict, name, "s", clean);
  }
}

static void
add_number (GVariantDict *dict, const char *name, guint64 value)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, value);
  if (value > 0)
    add_param (dict, name, text);
}

static const char *
list_name (MrDiagnosis *self, const Look *look)
{
  for (guint i = 0; i < self->lists->len; i++) {
    const MrListName *list = g_ptr_array_index (self->lists, i);

    if (any_found (look, list->phrases))
      return list->name;
  }
  return NULL;
}

/* a{sv} of strings as a{ss}, in an order that does not depend on anything. */
static GVariant *
flatten (GVariantDict *dict)
{
  static const char *const names[] = { "recipient", "domain", "host", "sender", "limit",
                                       "size",      "list",   "url",  "wait",   "code" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value;

    if (g_variant_dict_lookup (dict, names[i], "&s", &value))
      g_variant_builder_add (&builder, "{ss}", names[i], value);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GVariant *
make_params (MrDiagnosis *self, const Look *look, const MrDiagnosisResult *result)
{
  const MrDiagnosisInput *input = look->input;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *url = input->text != NULL && input->error < 0 ? mr_extract_url (input->text) : NULL;
  const char *at = input->recipient != NULL ? strrchr (input->recipient, '@') : NULL;

  add_param (&dict, "recipient", input->recipient);
  add_param (&dict, "domain", input->domain != NULL ? input->domain : at != NULL ? at + 1 : NULL);
  add_param (&dict, "host", input->host);
  add_param (&dict, "sender", input->sender);
  add_param (&dict, "url", url);
  add_number (&dict, "code", look->code);
  add_number (&dict, "wait", result->retry_after);
  if (g_str_equal (result->cause, "too-big")) {
    add_number (&dict, "size", input->size);
    add_number (&dict, "limit", input->max_size > 0 ? input->max_size : mr_extract_limit (look->text));
  }
  if (g_str_has_suffix (result->cause, "-blocklisted"))
    add_param (&dict, "list", list_name (self, look));
  return flatten (&dict);
}

static gboolean
remedy_is_known (const MrCause *cause, MrSpeaker speaker)
{
  return cause->person == MR_PERSON_ALWAYS || (cause->person == MR_PERSON_ACCOUNT && speaker == MR_SPEAKER_ACCOUNT);
}

static gboolean
is_own_side (MrSpeaker speaker)
{
  return speaker == MR_SPEAKER_ACCOUNT || speaker == MR_SPEAKER_LOCAL;
}

/* What nobody understood may be tried again where the code says so. */
static MrRetryHint
retry_hint (const MrCause *cause, const MrRule *rule, guint code)
{
  if (rule != NULL && rule->retry >= 0)
    return (MrRetryHint)rule->retry;
  if (g_str_equal (cause->id, "unknown") && code >= 400 && code < 500)
    return MR_RETRY_YES;
  return cause->retry;
}

static void
find_phrases (MrDiagnosis *self, Look *look)
{
  g_autofree guint *hits = g_new (guint, mr_phrase_set_size (self->phrases) + 1);
  guint n = mr_phrase_set_match (self->phrases, look->text, look->len, look->found, hits);

  for (guint i = 0; i < n; i++)
    for (guint k = self->use_of[hits[i]]; k < self->use_of[hits[i] + 1]; k++) {
      const MrPhraseUse *use = &g_array_index (self->uses, MrPhraseUse, k);

      look->lists[use->rule] |= use->list;
    }
}

static const MrRule *
find_rule (MrDiagnosis *self, const Look *look)
{
  for (guint i = 0; i < self->rules->len; i++)
    if (rule_matches (g_ptr_array_index (self->rules, i), look->lists[i], look))
      return g_ptr_array_index (self->rules, i);
  return NULL;
}

void
mr_diagnosis_run (MrDiagnosis *self, const MrDiagnosisInput *input, MrDiagnosisResult *ret)
{
  g_autofree guint8 *found = g_malloc0 (mr_phrase_set_size (self->phrases) + 1);
  g_autofree guint8 *provider = g_malloc0 (self->providers->len + 1);
  g_autofree guint8 *lists = g_malloc0 (self->rules->len + 1);
  Look look = { .input = input, .found = found, .provider = provider, .lists = lists };
  const MrRule *rule;

  look.len = mr_extract_normalize (input->text != NULL ? input->text : "", look.text);
  find_phrases (self, &look);
  take_codes (&look);
  look.stage = input->stage == MR_STAGE_NONE && input->error < 0 ? mr_extract_stage (look.text) : input->stage;
  for (guint i = 0; i < self->providers->len; i++)
    provider[i] = is_provider (g_ptr_array_index (self->providers, i), &look);
  rule = find_rule (self, &look);

  const MrCause *cause = rule != NULL ? rule->cause : self->unknown;

  memset (ret, 0, sizeof *ret);
  ret->cause = cause->id;
  ret->actor = is_own_side (input->speaker) ? cause->actor_account : cause->actor;
  ret->retry = retry_hint (cause, rule, look.code);
  ret->confidence = rule != NULL ? rule->confidence : 0.0;
  ret->may_retry_5xx = rule != NULL && rule->may_retry;
  ret->person_remedy = remedy_is_known (cause, input->speaker);
  if (input->error < 0 && (look.code < 500 || ret->may_retry_5xx))
    ret->retry_after = mr_extract_wait (look.text);
  ret->action = cause->action;
  ret->rule = rule != NULL ? rule->id : g_intern_static_string ("none");
  ret->params = make_params (self, &look, ret);
}

void
mr_diagnosis_set_cause (MrDiagnosis *self, MrDiagnosisResult *result, const char *id, MrSpeaker speaker)
{
  const MrCause *cause = g_hash_table_lookup (self->causes, id);

  if (cause == NULL)
    return;
  result->cause = cause->id;
  result->actor = is_own_side (speaker) ? cause->actor_account : cause->actor;
  result->retry = cause->retry;
  result->action = cause->action;
  result->confidence = 1.0;
  result->rule = g_intern_static_string ("report");
  result->may_retry_5xx = result->person_remedy = FALSE;
}

void
mr_diagnosis_result_clear (MrDiagnosisResult *result)
{
  g_clear_pointer (&result->params, g_variant_unref);
  memset (result, 0, sizeof *result);
}
