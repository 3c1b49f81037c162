/* Loads rule files (GKeyFile syntax): causes, actions, providers, names of blocklists and rules.
 *
 * "[cause ID]" describes a cause, "[rule CAUSE.NAME]" leads to one, "[provider ID]" and "[list NAME]" are known by
 * words; "[enhanced]", "[enhanced-weak]" and "[basic]" say what a code alone means; "[actions]" and "[fallbacks]" hold words. The
 * program's
 * own files are trusted; in a person's file only words of what exists are taken, so it changes words and never a
 * verdict.
 * An error in it loads nothing of that file.
 */
#include <config.h>

#include "ndr/diagnosis-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FILE_MAX  (1024 * 1024)
#define WORDS_MAX 2000

typedef const char *(*NickFunc) (guint);

static const char *const actions[] = { "fix-address",    "wait",           "enter-password",
                                       "open-account",   "check-network",  "shrink",
                                       "tell-recipient", "copy-for-admin", "none" };

static const char *
person_nick (guint value)
{
  static const char *const nicks[MR_PERSON_N] = { "never", "account", "always" };

  return nicks[value];
}

static const char *
weight_nick (guint value)
{
  static const char *const nicks[MR_WEIGHT_N] = { "sure", "usual", "weak" };

  return nicks[value];
}

static const char *
error_nick (guint value)
{
  return mr_error_nick ((MrError)value);
}

static const char *
stage_nick (guint value)
{
  return mr_stage_nick ((MrStage)value);
}

static const char *
speaker_nick (guint value)
{
  return mr_speaker_nick ((MrSpeaker)value);
}

static const char *
actor_nick (guint value)
{
  return mr_actor_nick ((MrActor)value);
}

static const char *
retry_nick (guint value)
{
  return mr_retry_hint_nick ((MrRetryHint)value);
}

void
mr_cause_free (MrCause *cause)
{
  g_free (cause->title);
  g_free (cause->sentence);
  g_free (cause->explanation);
  for (guint i = 0; i < MR_NDR_STEPS_MAX; i++)
    g_free (cause->steps[i]);
  g_free (cause->letter);
  g_free (cause);
}

void
mr_rule_free (MrRule *rule)
{
  g_clear_pointer (&rule->codes, g_array_unref);
  g_clear_pointer (&rule->enhanced, g_array_unref);
  g_clear_pointer (&rule->phrases, g_array_unref);
  g_clear_pointer (&rule->also, g_array_unref);
  g_clear_pointer (&rule->all, g_array_unref);
  g_clear_pointer (&rule->without, g_array_unref);
  g_free (rule);
}

static gboolean
one_of (GKeyFile *file, const char *group, const char *key, NickFunc nick, guint n, int *ret, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < n; i++)
    if (g_str_equal (nick (i), text)) {
      *ret = (int)i;
      return TRUE;
    }
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: there is no “%s”"), key, text);
  return FALSE;
}

static gboolean
take_words (GKeyFile *file, const char *group, const char *key, gboolean trusted, char **ret, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;

  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  /* The program's own words are translated where they are shown; a person's file may hold several languages. */
  text = trusted ? g_key_file_get_string (file, group, key, &local)
                 : g_key_file_get_locale_string (file, group, key, NULL, &local);
  if (text == NULL || strlen (text) > WORDS_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: must be text of at most %d bytes"), key, WORDS_MAX);
    return FALSE;
  }
  g_free (*ret);
  *ret = g_steal_pointer (&text);
  return TRUE;
}

static const char *const step_keys[MR_NDR_STEPS_MAX] = { "step1", "step2", "step3" };

static gboolean
take_cause_words (GKeyFile *file, const char *group, gboolean trusted, MrCause *cause, GError **error)
{
  for (guint i = 0; i < MR_NDR_STEPS_MAX; i++)
    if (!take_words (file, group, step_keys[i], trusted, &cause->steps[i], error))
      return FALSE;
  return take_words (file, group, "letter", trusted, &cause->letter, error)
         && take_words (file, group, "title", trusted, &cause->title, error)
         && take_words (file, group, "sentence", trusted, &cause->sentence, error)
         && take_words (file, group, "explanation", trusted, &cause->explanation, error);
}

static gboolean
load_cause (MrDiagnosis *self, GKeyFile *file, const char *group, const char *id, GError **error)
{
  MrCause *cause = g_new0 (MrCause, 1);
  g_autofree char *action = g_key_file_get_string (file, group, "action", NULL);
  int actor = MR_ACTOR_UNKNOWN, actor_account = -1, retry = MR_RETRY_NO, person = MR_PERSON_NEVER;
  int letter_to = MR_ACTOR_UNKNOWN;

  cause->id = g_intern_string (id);
  g_hash_table_replace (self->causes, (gpointer)cause->id, cause);
  if (!one_of (file, group, "actor", actor_nick, MR_ACTOR_N_ACTORS, &actor, error)
      || !one_of (file, group, "actor-account", actor_nick, MR_ACTOR_N_ACTORS, &actor_account, error)
      || !one_of (file, group, "retry", retry_nick, MR_RETRY_N_HINTS, &retry, error)
      || !one_of (file, group, "person-remedy", person_nick, MR_PERSON_N, &person, error)
      || !one_of (file, group, "letter-to", actor_nick, MR_ACTOR_N_ACTORS, &letter_to, error)
      || !take_cause_words (file, group, TRUE, cause, error))
    return FALSE;
  cause->letter_to = (MrActor)letter_to;
  cause->actor = (MrActor)actor;
  cause->actor_account = actor_account >= 0 ? (MrActor)actor_account : cause->actor;
  cause->retry = (MrRetryHint)retry;
  cause->person = (MrPersonRemedy)person;
  for (guint i = 0; action != NULL && i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i], action))
      cause->action = actions[i];
  if (cause->action != NULL && cause->title != NULL && cause->sentence != NULL && cause->explanation != NULL)
    return TRUE;
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("a cause needs action, title, sentence and explanation"));
  return FALSE;
}

static guint
find_provider (MrDiagnosis *self, const char *id)
{
  for (guint i = 0; i < self->providers->len; i++)
    if (g_str_equal (((MrProvider *)g_ptr_array_index (self->providers, i))->id, id))
      return i;
  return G_MAXUINT;
}

static gboolean
read_rule (MrDiagnosis *self, GKeyFile *file, const char *group, MrRule *rule, GError **error)
{
  int retry = -1;
  gint8 may_retry = FALSE;

  if (!mr_rule_key_codes (file, group, &rule->codes, error)
      || !mr_rule_key_enhanced (file, group, &rule->enhanced, error)
      || !mr_rule_key_phrases (file, group, "says", self->phrases, &rule->phrases, error)
      || !mr_rule_key_phrases (file, group, "and", self->phrases, &rule->also, error)
      || !mr_rule_key_phrases (file, group, "all", self->phrases, &rule->all, error)
      || !mr_rule_key_phrases (file, group, "without", self->phrases, &rule->without, error)
      || !mr_rule_key_bits (file, group, "stage", stage_nick, MR_STAGE_N_STAGES, &rule->stages, error)
      || !mr_rule_key_bits (file, group, "speaker", speaker_nick, MR_SPEAKER_N_SPEAKERS, &rule->speakers, error)
      || !mr_rule_key_bits (file, group, "error", error_nick, MR_ERROR_N_CODES, &rule->errors, error)
      || !mr_rule_key_boolean (file, group, "direct", &rule->direct, error)
      || !mr_rule_key_boolean (file, group, "no-route", &rule->no_route, error)
      || !mr_rule_key_boolean (file, group, "may-retry", &may_retry, error)
      || !one_of (file, group, "weight", weight_nick, MR_WEIGHT_N, &rule->weight, error)
      || !one_of (file, group, "retry", retry_nick, MR_RETRY_N_HINTS, &retry, error))
    return FALSE;
  rule->retry = (gint8)retry;
  rule->may_retry = may_retry;
  return TRUE;
}

/* The more a rule asks for, the earlier it is asked; among equals the order of the file. Words that are usual in many
 * replies come after an enhanced code that says something. */
static void
set_rank (MrRule *rule)
{
  static const double confidence[] = { 0.97, 0.95, 0.92, 0.88, 0.75, 0.6, 0.5, 0.45, 0.4 };
  gboolean text = rule->phrases != NULL || rule->all != NULL, weak = rule->weight == MR_WEIGHT_WEAK;

  if (text && (rule->provider >= 0 || rule->errors != 0))
    rule->rank = 0;
  else if (text && rule->enhanced != NULL)
    rule->rank = 1;
  else if (text && !weak)
    rule->rank = rule->weight == MR_WEIGHT_SURE ? 2 : 3;
  else if (text)
    rule->rank = 5;
  else if (rule->errors != 0 || rule->no_route >= 0)
    rule->rank = 2;
  else if (rule->enhanced != NULL)
    rule->rank = weak ? 6 : 4;
  else
    rule->rank = rule->stages != 0 ? 7 : 8;
  if (rule->confidence <= 0)
    rule->confidence = confidence[rule->rank];
}

static gboolean
load_rule (MrDiagnosis *self, GKeyFile *file, const char *group, const char *id, GError **error)
{
  MrRule *rule = g_new0 (MrRule, 1);
  g_autofree char *cause = g_strndup (id, strcspn (id, "."));
  g_autofree char *provider = g_key_file_get_string (file, group, "provider", NULL);

  rule->id = g_intern_string (id);
  rule->order = self->rules->len;
  rule->provider = rule->direct = rule->no_route = rule->retry = -1;
  rule->weight = MR_WEIGHT_USUAL;
  g_ptr_array_add (self->rules, rule);
  if (!read_rule (self, file, group, rule, error))
    return FALSE;
  if (provider != NULL) {
    rule->provider = (int)find_provider (self, provider);
    if (rule->provider < 0) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("provider: there is no “%s”"), provider);
      return FALSE;
    }
  }
  rule->confidence = g_key_file_get_double (file, group, "confidence", NULL);
  rule->cause = g_hash_table_lookup (self->causes, cause);
  set_rank (rule);
  if (rule->cause != NULL)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("there is no cause “%s”"), cause);
  return FALSE;
}

/* One key of [enhanced], [enhanced-weak] or [basic] as a rule: "5.1.1=CAUSE", "550@rcpt=CAUSE". */
static gboolean
load_code (MrDiagnosis *self, GKeyFile *file, const char *group, const char *key, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (key, "@", 2);
  g_autofree char *cause = g_key_file_get_string (file, group, key, NULL);
  g_autofree char *name = g_strconcat ("rule ", cause, ".", key, NULL);
  g_autoptr (GKeyFile) rule = g_key_file_new ();

  g_key_file_set_string (rule, name, g_str_equal (group, "basic") ? "code" : "enhanced", parts[0]);
  if (g_str_equal (group, "enhanced-weak"))
    g_key_file_set_string (rule, name, "weight", "weak");
  if (parts[1] != NULL)
    g_key_file_set_string (rule, name, "stage", parts[1]);
  return load_rule (self, rule, name, name + strlen ("rule "), error);
}

static gboolean
load_word (MrDiagnosis *self, GKeyFile *file, const char *group, const char *key, GError **error)
{
  GHashTable *table = g_str_equal (group, "actions") ? self->actions : self->fallbacks;

  char *bare = g_strndup (key, strcspn (key, "["));

  g_hash_table_replace (table, bare, g_key_file_get_locale_string (file, group, bare, NULL, NULL));
  return TRUE;
}

static gboolean
load_keys (MrDiagnosis *self, GKeyFile *file, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  gboolean codes = g_str_equal (group, "enhanced") || g_str_equal (group, "enhanced-weak")
                   || g_str_equal (group, "basic");

  if (!codes && !g_str_equal (group, "actions") && !g_str_equal (group, "fallbacks")) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("such a group is not known"));
    return FALSE;
  }
  for (guint i = 0; keys[i] != NULL; i++)
    if (!(codes ? load_code : load_word) (self, file, group, keys[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
load_provider (MrDiagnosis *self, GKeyFile *file, const char *group, const char *id, GError **error)
{
  MrProvider *provider = g_new0 (MrProvider, 1);

  provider->id = g_intern_string (id);
  provider->hosts = g_key_file_get_string_list (file, group, "host", NULL, NULL);
  g_ptr_array_add (self->providers, provider);
  return mr_rule_key_phrases (file, group, "says", self->phrases, &provider->phrases, error);
}

static gboolean
load_list (MrDiagnosis *self, GKeyFile *file, const char *group, const char *name, GError **error)
{
  MrListName *list = g_new0 (MrListName, 1);

  list->name = g_strdup (name);
  g_ptr_array_add (self->lists, list);
  return mr_rule_key_phrases (file, group, "says", self->phrases, &list->phrases, error);
}

static gboolean
load_group (MrDiagnosis *self, GKeyFile *file, const char *group, GError **error)
{
  if (g_str_has_prefix (group, "rule "))
    return load_rule (self, file, group, group + 5, error);
  if (g_str_has_prefix (group, "provider "))
    return load_provider (self, file, group, group + 9, error);
  if (g_str_has_prefix (group, "list "))
    return load_list (self, file, group, group + 5, error);
  if (g_str_has_prefix (group, "cause "))
    return load_cause (self, file, group, group + 6, error);
  return load_keys (self, file, group, error);
}

static gboolean
keys_are_known (GKeyFile *file, const char *group, GHashTable *table, GError **error)
{
  static const char *const words[] = { "title", "sentence", "explanation", "step1", "step2", "step3", "letter" };
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
    g_autofree char *bare = g_strndup (keys[i], strcspn (keys[i], "["));
    g_autofree char *text = g_key_file_get_string (file, group, keys[i], NULL);
    gboolean known = table != NULL && g_hash_table_contains (table, bare);

    for (guint k = 0; table == NULL && k < G_N_ELEMENTS (words); k++)
      known = known || g_str_equal (words[k], bare);
    if (!known || text == NULL || strlen (text) > WORDS_MAX) {
      g_set_error (
          error, MR_ERROR, MR_ERROR_INVALID,
          _ ("%s: only words can be changed (title, sentence, explanation, step1 to step3, letter, and those of "
             "actions), of at most %d bytes"),
          keys[i], WORDS_MAX);
      return FALSE;
    }
  }
  return TRUE;
}

/* The words of one group of a person's file; apply FALSE: only look whether they are right. */
static gboolean
load_own_group (MrDiagnosis *self, GKeyFile *file, const char *group, gboolean apply, GError **error)
{
  MrCause *cause = g_str_has_prefix (group, "cause ") ? g_hash_table_lookup (self->causes, group + 6) : NULL;
  GHashTable *table = g_str_equal (group, "actions")     ? self->actions
                      : g_str_equal (group, "fallbacks") ? self->fallbacks
                                                         : NULL;

  if (cause == NULL && table == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("there is no such cause; only words of existing ones can be changed"));
    return FALSE;
  }
  if (!apply)
    return keys_are_known (file, group, table, error);
  return cause != NULL ? take_cause_words (file, group, FALSE, cause, error) : load_keys (self, file, group, error);
}

gboolean
mr_rules_load (MrDiagnosis *self, const char *name, GBytes *bytes, gboolean trusted, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) groups = NULL;
  gsize len = 0;
  const char *data = g_bytes_get_data (bytes, &len);

  if (len > FILE_MAX) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: is bigger than a rule file may be (1 MB)"), name);
    return FALSE;
  }
  if (len > 0 && !g_key_file_load_from_data (file, data, len, G_KEY_FILE_KEEP_TRANSLATIONS, &local)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s: %s", name, local->message);
    return FALSE;
  }
  groups = g_key_file_get_groups (file, NULL);
  /* Two passes over a person's file: all of it or nothing. */
  for (guint pass = trusted ? 1 : 0; pass < 2; pass++)
    for (guint i = 0; groups[i] != NULL; i++)
      if (!(trusted ? load_group (self, file, groups[i], &local)
                    : load_own_group (self, file, groups[i], pass == 1, &local))) {
        g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s: [%s] %s", name, groups[i], local->message);
        return FALSE;
      }
  return TRUE;
}

static gint
compare_rules (gconstpointer a, gconstpointer b)
{
  const MrRule *first = *(const MrRule *const *)a, *second = *(const MrRule *const *)b;

  if (first->rank != second->rank)
    return first->rank < second->rank ? -1 : 1;
  return first->order < second->order ? -1 : first->order > second->order;
}

static void
count_uses (const GArray *phrases, guint *counts)
{
  for (guint i = 0; phrases != NULL && i < phrases->len; i++)
    counts[g_array_index (phrases, guint, i)]++;
}

static void
add_uses (MrDiagnosis *self, const GArray *phrases, guint rule, guint8 list, guint *next)
{
  for (guint i = 0; phrases != NULL && i < phrases->len; i++)
    g_array_index (self->uses, MrPhraseUse, next[g_array_index (phrases, guint, i)]++)
        = (MrPhraseUse){ .rule = (guint16)rule, .list = list };
}

/* From phrases to rules: a run looks at the rules that a text speaks of, and not at each phrase of each rule. */
static void
find_uses (MrDiagnosis *self)
{
  guint n = mr_phrase_set_size (self->phrases), sum = 0;
  g_autofree guint *next = g_new0 (guint, n + 1);

  for (guint i = 0; i < self->rules->len; i++) {
    const MrRule *rule = g_ptr_array_index (self->rules, i);

    count_uses (rule->phrases, next);
    count_uses (rule->also, next);
    count_uses (rule->without, next);
  }
  g_free (self->use_of);
  self->use_of = g_new0 (guint, n + 1);
  for (guint i = 0; i <= n; i++) {
    self->use_of[i] = sum;
    sum += next[i];
    next[i] = self->use_of[i];
  }
  g_array_set_size (self->uses, sum);
  for (guint i = 0; i < self->rules->len; i++) {
    const MrRule *rule = g_ptr_array_index (self->rules, i);

    add_uses (self, rule->phrases, i, MR_RULE_SAYS, next);
    add_uses (self, rule->also, i, MR_RULE_AND, next);
    add_uses (self, rule->without, i, MR_RULE_WITHOUT, next);
  }
}

gboolean
mr_rules_finish (MrDiagnosis *self, GError **error)
{
  g_ptr_array_sort (self->rules, compare_rules);
  self->unknown = g_hash_table_lookup (self->causes, "unknown");
  if (self->rules->len <= G_MAXUINT16 && mr_phrase_set_compile (self->phrases)) {
    find_uses (self);
    return TRUE;
  }
  g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("There are too many rules, or too many phrases in them"));
  return FALSE;
}
