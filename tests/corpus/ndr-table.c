#include "ndr-table.h"

#include <stdio.h>
#include <string.h>

MrTsv *
mr_tsv_read (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  g_auto (GStrv) lines = NULL;
  MrTsv *self;

  if (!g_file_get_contents (path, &data, NULL, error))
    return NULL;
  lines = g_strsplit (data, "\n", -1);
  self = g_new0 (MrTsv, 1);
  self->names = g_strsplit (lines[0], "\t", -1);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  for (guint i = 1; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_ptr_array_add (self->rows, g_strsplit (lines[i], "\t", -1));
  return self;
}

void
mr_tsv_free (MrTsv *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->names);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

const char *
mr_tsv_get (const MrTsv *self, guint row, const char *name)
{
  char **cells = g_ptr_array_index (self->rows, row);

  for (guint i = 0; self->names[i] != NULL && cells[i] != NULL; i++)
    if (g_str_equal (self->names[i], name))
      return cells[i];
  return "";
}

gboolean
mr_tsv_list_has (const char *list, const char *word)
{
  g_auto (GStrv) entries = g_strsplit (list, ",", -1);

  for (guint i = 0; entries[i] != NULL; i++)
    if (g_str_equal (g_strstrip (entries[i]), word))
      return TRUE;
  return FALSE;
}

/* ---- counting ---- */

MrAccuracy *
mr_accuracy_new (void)
{
  MrAccuracy *self = g_new0 (MrAccuracy, 1);

  self->causes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->wrong = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
mr_accuracy_free (MrAccuracy *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->causes);
  g_ptr_array_unref (self->wrong);
  g_free (self);
}

static MrCount *
count_of (MrAccuracy *self, const char *cause)
{
  MrCount *count = g_hash_table_lookup (self->causes, cause);

  if (count == NULL) {
    count = g_new0 (MrCount, 1);
    g_hash_table_insert (self->causes, g_strdup (cause), count);
  }
  return count;
}

static gboolean
actor_is_right (MrDiagnosis *diagnosis, const char *right, const char *also_right, MrActor actor, MrSpeaker speaker)
{
  g_auto (GStrv) others = g_strsplit (also_right, ",", -1);

  if (mr_cause_get_actor (diagnosis, right, speaker) == actor)
    return TRUE;
  for (guint i = 0; others[i] != NULL; i++)
    if (mr_cause_is_known (diagnosis, others[i]) && mr_cause_get_actor (diagnosis, others[i], speaker) == actor)
      return TRUE;
  return FALSE;
}

void
mr_accuracy_add (MrAccuracy *self, MrDiagnosis *diagnosis, const char *right, const char *also_right, const char *cause,
                 MrActor actor, MrSpeaker speaker, const char *where)
{
  gboolean strict = g_str_equal (cause, right), acceptable = strict || mr_tsv_list_has (also_right, cause);
  gboolean actor_right = actor_is_right (diagnosis, right, also_right, actor, speaker);
  MrCount *counts[] = { &self->all, count_of (self, right) };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    counts[i]->n++;
    counts[i]->acceptable += acceptable;
    counts[i]->strict += strict;
    counts[i]->actor += actor_right;
  }
  if (!strict)
    g_ptr_array_add (self->wrong, g_strdup_printf ("%s\t%s\t(%s)\t→ %s\t%s", acceptable ? "accepted" : "WRONG", right,
                                                   also_right, cause, where));
}

double
mr_percent (guint part, guint whole)
{
  return whole == 0 ? 100.0 : 100.0 * part / whole;
}

double
mr_accuracy_mean (const MrAccuracy *self)
{
  GHashTableIter iter;
  gpointer value;
  double sum = 0;

  g_hash_table_iter_init (&iter, self->causes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sum += mr_percent (((MrCount *)value)->acceptable, ((MrCount *)value)->n);
  return g_hash_table_size (self->causes) == 0 ? 100.0 : sum / g_hash_table_size (self->causes);
}

static void
print_count (const char *name, const MrCount *count)
{
  printf ("%-22s %5u %10.1f %8.1f %8.1f\n", name, count->n, mr_percent (count->acceptable, count->n),
          mr_percent (count->strict, count->n), mr_percent (count->actor, count->n));
}

void
mr_accuracy_print (const MrAccuracy *self, const char *title)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (self->causes), (GCompareFunc)strcmp);

  printf ("%s\n%-22s %5s %10s %8s %8s\n", title, "cause", "n", "acceptable", "strict", "actor");
  for (GList *l = names; l != NULL; l = l->next)
    print_count (l->data, g_hash_table_lookup (self->causes, l->data));
  print_count ("all", &self->all);
  printf ("%-22s %5u %10.1f\n\n", "mean over causes", g_hash_table_size (self->causes), mr_accuracy_mean (self));
}

/* ---- replies.tsv ---- */

/* "RCPT", "HELO" and so on as the table spells them. */
static MrStage
stage_of (const char *text)
{
  g_autofree char *nick = g_ascii_strdown (text, -1);
  MrStage stage = MR_STAGE_NONE;

  if (g_str_equal (nick, "helo"))
    return MR_STAGE_EHLO;
  if (*nick != '\0')
    mr_stage_from_nick (nick, &stage);
  return stage;
}

/* A table without the column: the recipient's server. */
static MrSpeaker
speaker_of (const char *text)
{
  MrSpeaker speaker = MR_SPEAKER_RECIPIENT_SERVER;

  if (*text != '\0')
    mr_speaker_from_nick (text, &speaker);
  return speaker;
}

static void
add_row (MrAccuracy *accuracy, MrDiagnosis *diagnosis, const MrTsv *replies, guint row)
{
  const char *enhanced = mr_tsv_get (replies, row, "enhanced_code"), *text = mr_tsv_get (replies, row, "text");
  MrDiagnosisInput input = { .stage = stage_of (mr_tsv_get (replies, row, "stage")),
                             .speaker = speaker_of (mr_tsv_get (replies, row, "speaker")),
                             .code = (guint)g_ascii_strtoull (mr_tsv_get (replies, row, "smtp_code"), NULL, 10),
                             .enhanced = *enhanced != '\0' ? enhanced : NULL,
                             .text = text,
                             .error = -1 };
  g_auto (MrDiagnosisResult) result = { 0 };

  mr_diagnosis_run (diagnosis, &input, &result);
  g_autofree char *where = g_strdup_printf ("[%s]\t%s\t%s\t%s\t%s", result.rule, mr_tsv_get (replies, row, "id"),
                                            mr_tsv_get (replies, row, "smtp_code"), enhanced, text);
  mr_accuracy_add (accuracy, diagnosis, mr_tsv_get (replies, row, "cause"), mr_tsv_get (replies, row, "cause_alt"),
                   result.cause, result.actor, input.speaker, where);
}

MrAccuracy *
mr_accuracy_of_replies (MrDiagnosis *diagnosis, const MrTsv *replies, int part)
{
  MrAccuracy *accuracy = mr_accuracy_new ();

  for (guint i = 0; i < replies->rows->len; i++) {
    const char *id = mr_tsv_get (replies, i, "id");

    if (part < 0 || g_ascii_strtoull (id + 1, NULL, 10) % 3 == (guint)part)
      add_row (accuracy, diagnosis, replies, i);
  }
  return accuracy;
}

MrAccuracy *
mr_accuracy_of_part (MrDiagnosis *diagnosis, const MrTsv *replies, const char *part)
{
  MrAccuracy *accuracy = mr_accuracy_new ();

  for (guint i = 0; i < replies->rows->len; i++)
    if (g_str_equal (mr_tsv_get (replies, i, "part"), part))
      add_row (accuracy, diagnosis, replies, i);
  return accuracy;
}

/* ---- bounces ---- */

void
mr_bounce_accuracy_free (MrBounceAccuracy *self)
{
  if (self == NULL)
    return;
  mr_accuracy_free (self->causes);
  g_free (self);
}

static gboolean
address_is (const char *address, const char *right)
{
  return g_ascii_strcasecmp (address, right) == 0;
}

/* The table calls an address probe that would succeed, and mail that was given up, by names of their own. */
static gboolean
outcome_is (MrReturnedOutcome outcome, const char *right)
{
  if (*right == '\0')
    return outcome == MR_RETURNED_COMPLAINT;
  if (g_str_equal (right, "deliverable"))
    return outcome == MR_RETURNED_DELIVERED;
  if (g_str_equal (right, "expired"))
    return outcome == MR_RETURNED_FAILED || outcome == MR_RETURNED_DELAYED;
  return g_str_equal (mr_returned_outcome_nick (outcome), right);
}

static void
compare_row (MrBounceAccuracy *self, MrDiagnosis *diagnosis, const MrTsv *index, guint row, const MrReturned *report)
{
  const char *file = mr_tsv_get (index, row, "file"), *right = mr_tsv_get (index, row, "recipient");
  const char *other = mr_tsv_get (index, row, "recipient_alt"), *outcome = mr_tsv_get (index, row, "outcome");
  guint n = (guint)g_ascii_strtoull (mr_tsv_get (index, row, "n"), NULL, 10);
  const MrReturnedRecipient *r = n > 0 && n <= report->recipients->len ? report->recipients->pdata[n - 1] : NULL;
  const char *address = r != NULL ? r->recipient : "";
  gboolean recipient_right
      = r != NULL && (address_is (address, right) || (*other != '\0' && address_is (address, other)) || *right == '\0');
  gboolean outcome_right = r != NULL && outcome_is (report->outcome, outcome);

  self->rows++;
  self->recipient += recipient_right;
  self->outcome += outcome_right;
  if (!recipient_right)
    g_ptr_array_add (self->causes->wrong, g_strdup_printf ("RECIPIENT\t%s\t%s\t→ “%s”", file, right, address));
  if (!outcome_right)
    g_ptr_array_add (self->causes->wrong, g_strdup_printf ("OUTCOME\t%s\t%s\t→ %s", file, outcome,
                                                           mr_returned_outcome_nick (report->outcome)));
  mr_accuracy_add (self->causes, diagnosis, mr_tsv_get (index, row, "cause"), mr_tsv_get (index, row, "cause_alt"),
                   r != NULL ? r->diagnosis.cause : "", r != NULL ? r->diagnosis.actor : MR_ACTOR_N_ACTORS,
                   MR_SPEAKER_RECIPIENT_SERVER, file);
}

MrBounceAccuracy *
mr_accuracy_of_bounces (MrDiagnosis *diagnosis, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "index.tsv", NULL);
  g_autoptr (MrTsv) index = mr_tsv_read (path, error);
  g_autoptr (MrBounceAccuracy) self = NULL;

  if (index == NULL)
    return NULL;
  self = g_new0 (MrBounceAccuracy, 1);
  self->causes = mr_accuracy_new ();
  for (guint i = 0; i < index->rows->len; i++) {
    g_autofree char *file = g_build_filename (folder, mr_tsv_get (index, i, "file"), NULL);
    g_autofree char *data = NULL;
    gsize len = 0;

    if (!g_file_get_contents (file, &data, &len, error))
      return NULL;
    g_autoptr (MrReturned) report = mr_returned_read (diagnosis, data, len);

    if (!g_str_equal (mr_tsv_get (index, i, "n"), "0")) {
      compare_row (self, diagnosis, index, i, report);
      continue;
    }
    const char *outcome = mr_tsv_get (index, i, "outcome");
    gboolean noise = report->recipients->len > 0 || (*outcome != '\0' && !outcome_is (report->outcome, outcome));

    self->nothing++;
    self->noise += noise;
    if (noise)
      g_ptr_array_add (self->causes->wrong, g_strdup_printf ("NOISE\t%s", file));
  }
  return g_steal_pointer (&self);
}
