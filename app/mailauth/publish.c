/* Records to publish: see publish.h. */
#include <config.h>

#include "mailauth/publish.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mailauth/dkim-key.h"
#include "mailauth/mta-sts.h"
#include "mailauth/spf-edit.h"
#include "mailauth/tags.h"

#define TTL 3600

static const char *const kinds[] = { "spf", "dkim", "dmarc", "mta-sts", "tlsrpt" };
static const char *const states[] = { "done", "add", "replace", "unknown" };
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == MR_PUBLISH_N_KINDS);
G_STATIC_ASSERT (G_N_ELEMENTS (states) == MR_PUBLISH_N_STATES);

const char *
mr_publish_kind_nick (MrPublishKind kind)
{
  return (guint)kind < G_N_ELEMENTS (kinds) ? kinds[kind] : "unknown";
}

const char *
mr_publish_state_nick (MrPublishState state)
{
  return (guint)state < G_N_ELEMENTS (states) ? states[state] : "unknown";
}

void
mr_publish_record_free (MrPublishRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->name);
  g_free (record->value);
  g_strfreev (record->existing);
  g_free (record->problem);
  g_free (record);
}

/* ---- what is there ---- */

static gboolean
is_spf (const char *text)
{
  return mr_spf_is_record (text);
}

static gboolean
is_tlsrpt (const char *text)
{
  return g_ascii_strncasecmp (text, "v=TLSRPTv1", 10) == 0;
}

static gboolean
is_any (const char *text)
{
  return TRUE;
}

static MrPublishRecord *
record_new (MrPublishKind kind, char *name, gboolean (*is_ours) (const char *text), MrPublishLookFunc look,
            gpointer data)
{
  static const char *const nothing[] = { NULL };
  MrPublishRecord *record = g_new0 (MrPublishRecord, 1);
  GPtrArray *existing = g_ptr_array_new ();
  const char *const *texts = nothing;

  record->kind = kind;
  record->name = name;
  record->value = g_strdup ("");
  record->state = look (name, &texts, data) ? MR_PUBLISH_ADD : MR_PUBLISH_UNKNOWN;
  for (; record->state != MR_PUBLISH_UNKNOWN && *texts != NULL; texts++)
    if (is_ours (*texts))
      g_ptr_array_add (existing, g_strdup (*texts));
  g_ptr_array_add (existing, NULL);
  record->existing = (char **)g_ptr_array_free (existing, FALSE);
  return record;
}

static void
take_value (MrPublishRecord *record, char *value)
{
  g_free (record->value);
  record->value = value;
  if (record->state == MR_PUBLISH_UNKNOWN)
    return;
  if (record->existing[0] == NULL)
    record->state = MR_PUBLISH_ADD;
  else
    record->state = record->existing[1] == NULL && strcmp (record->existing[0], value) == 0 ? MR_PUBLISH_DONE
                                                                                            : MR_PUBLISH_REPLACE;
}

static void
take_problem (MrPublishRecord *record, const GError *error)
{
  record->problem = g_strdup (error->message);
  record->state = MR_PUBLISH_REPLACE;
}

/* ---- SPF ---- */

/* Mechanisms of the further records, which a domain must not have, but which somebody meant. */
static void
add_terms (GPtrArray *wanted, const char *text)
{
  g_autoptr (MrSpfRecord) record = mr_spf_record_parse (text, NULL);

  for (guint i = 0; record != NULL && i < record->terms->len; i++) {
    const MrSpfTerm *term = record->terms->pdata[i];

    if (term->kind != MR_SPF_ALL && term->qualifier == MR_SPF_PASS)
      g_ptr_array_add (wanted, g_strdup (*term->text == '+' ? term->text + 1 : term->text));
  }
}

static MrPublishRecord *
plan_spf (const MrPublishWish *wish, MrPublishLookFunc look, gpointer data)
{
  MrPublishRecord *record = record_new (MR_PUBLISH_SPF, g_strdup (wish->domain), is_spf, look, data);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  char *value;

  for (guint i = 1; record->existing[0] != NULL && record->existing[i] != NULL; i++)
    add_terms (wanted, record->existing[i]);
  for (guint i = 0; wish->senders != NULL && wish->senders[i] != NULL; i++)
    g_ptr_array_add (wanted, g_strdup (wish->senders[i]));
  g_ptr_array_add (wanted, NULL);
  value = mr_spf_merge (record->existing[0], (const char *const *)wanted->pdata, &error);
  if (value == NULL)
    take_problem (record, error);
  else
    take_value (record, value);
  return record;
}

/* ---- DKIM ---- */

/* The same key, however the panel has written its record. */
static gboolean
is_same_key (const char *there, const char *ours)
{
  g_autoptr (MrTags) a = mr_tags_parse (there, NULL), b = mr_tags_parse (ours, NULL);
  g_autofree char *key_a = a != NULL ? mr_tags_dup_compact (a, "p") : NULL;
  g_autofree char *key_b = b != NULL ? mr_tags_dup_compact (b, "p") : NULL;
  g_autoptr (MrDkimRecord) valid = mr_dkim_record_parse (there, NULL);

  return valid != NULL && key_a != NULL && key_b != NULL && strcmp (key_a, key_b) == 0;
}

static MrPublishRecord *
plan_dkim (const MrPublishKey *key, MrPublishLookFunc look, gpointer data)
{
  MrPublishRecord *record = record_new (MR_PUBLISH_DKIM, g_strdup (key->name), is_any, look, data);

  take_value (record, g_strdup (key->record));
  if (record->state == MR_PUBLISH_REPLACE && record->existing[1] == NULL
      && is_same_key (record->existing[0], key->record))
    record->state = MR_PUBLISH_DONE;
  return record;
}

/* ---- DMARC ---- */

/* What an edited record keeps: not what RFC 9989 dropped, nor a misspelt policy, which would make the whole record count as p=none (4.10.1). */
static gboolean
is_kept (const MrTags *tags, const char *name)
{
  static const char *const dropped[] = { "v", "p", "pct", "rf", "ri", NULL };
  MrDmarcPolicy policy;

  if (g_str_equal (name, "sp") || g_str_equal (name, "np"))
    return mr_dmarc_policy_from_nick (mr_tags_get (tags, name), &policy);
  return !g_strv_contains (dropped, name);
}

char *
mr_dmarc_edit (const char *existing, MrDmarcPolicy policy, const char *reports, GError **error)
{
  gboolean is_new = existing == NULL || *existing == '\0';
  const char *text = is_new ? "v=DMARC1" : existing;
  g_autoptr (MrTags) tags = NULL;
  g_autoptr (GString) out = NULL;
  const char *name;

  if (!is_new && !mr_dmarc_is_record (existing)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.200s” is no record of that kind (DMARC)"), existing);
    return NULL;
  }
  tags = mr_tags_parse_tolerant (text);
  if (tags == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The record is too long"));
    return NULL;
  }
  out = g_string_new ("v=DMARC1");
  g_string_append_printf (out, "; p=%s", mr_dmarc_policy_nick (policy));
  for (guint i = 0; (name = mr_tags_get_name (tags, i)) != NULL; i++)
    if (is_kept (tags, name))
      g_string_append_printf (out, "; %s=%s", name, mr_tags_get (tags, name));
  if (reports != NULL && *reports != '\0' && mr_tags_get (tags, "rua") == NULL)
    g_string_append_printf (out, "; rua=mailto:%s", reports);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static MrPublishRecord *
plan_dmarc (const MrPublishWish *wish, MrPublishLookFunc look, gpointer data)
{
  MrPublishRecord *record = record_new (MR_PUBLISH_DMARC, g_strconcat ("_dmarc.", wish->domain, NULL),
                                        mr_dmarc_is_record, look, data);
  g_autoptr (MrDmarcRecord) there = record->existing[0] != NULL ? mr_dmarc_record_parse (record->existing[0], NULL)
                                                                : NULL;
  MrDmarcPolicy policy = wish->step != MR_DMARC_UNSET                  ? wish->step
                         : there != NULL && there->p != MR_DMARC_UNSET ? there->p
                                                                       : MR_DMARC_NONE;
  g_autoptr (GError) error = NULL;
  char *value;

  /* What is in order stays as it is written. */
  if (there != NULL && record->existing[1] == NULL && there->p == policy && there->has_p && there->problems->len == 0
      && (wish->reports == NULL || *wish->reports == '\0' || (there->rua != NULL && there->rua[0] != NULL))) {
    take_value (record, g_strdup (record->existing[0]));
    return record;
  }
  value = mr_dmarc_edit (record->existing[0], policy, wish->reports, &error);
  if (value == NULL)
    take_problem (record, error);
  else
    take_value (record, value);
  return record;
}

MrDmarcStep
mr_dmarc_next_step (const MrDmarcEvidence *e, MrDmarcPolicy *ret_next)
{
  if (e->policy == MR_DMARC_REJECT || (e->policy == MR_DMARC_QUARANTINE && e->lists))
    return MR_STEP_END;
  if (e->policy == MR_DMARC_UNSET) {
    *ret_next = MR_DMARC_NONE;
    return MR_STEP_GO;
  }
  if (e->messages == 0)
    return MR_STEP_NO_REPORTS;
  /* One in a hundred is what forwarding breaks; more is a service that was forgotten. */
  if (e->failing * 100 > e->messages)
    return MR_STEP_FAILURES;
  if (e->days < MR_DMARC_STEP_DAYS)
    return MR_STEP_TOO_EARLY;
  if (e->policy == MR_DMARC_QUARANTINE && !e->signs)
    return MR_STEP_NO_SIGNATURE;
  *ret_next = e->policy == MR_DMARC_NONE ? MR_DMARC_QUARANTINE : MR_DMARC_REJECT;
  return MR_STEP_GO;
}

/* ---- the rest ---- */

static MrPublishRecord *
plan_mta_sts (const MrPublishWish *wish, MrPublishLookFunc look, gpointer data)
{
  MrPublishRecord *record = record_new (MR_PUBLISH_MTA_STS, g_strconcat ("_mta-sts.", wish->domain, NULL),
                                        mr_sts_is_record, look, data);

  take_value (record, g_strdup_printf ("v=STSv1; id=%s;", wish->sts_id));
  return record;
}

static MrPublishRecord *
plan_tlsrpt (const MrPublishWish *wish, MrPublishLookFunc look, gpointer data)
{
  MrPublishRecord *record = record_new (MR_PUBLISH_TLSRPT, g_strconcat ("_smtp._tls.", wish->domain, NULL), is_tlsrpt,
                                        look, data);
  g_auto (GStrv) there = record->existing[0] != NULL && record->existing[1] == NULL
                             ? mr_tlsrpt_dup_addresses (record->existing[0], NULL)
                             : NULL;

  take_value (record, there != NULL ? g_strdup (record->existing[0])
                                    : g_strdup_printf ("v=TLSRPTv1; rua=mailto:%s", wish->tls_reports));
  return record;
}

GPtrArray *
mr_publish_plan (const MrPublishWish *wish, MrPublishLookFunc look, gpointer data)
{
  GPtrArray *plan = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_publish_record_free);

  /* Keys first: DMARC asks for what they make pass. */
  for (guint i = 0; i < wish->n_keys; i++)
    g_ptr_array_add (plan, plan_dkim (&wish->keys[i], look, data));
  g_ptr_array_add (plan, plan_spf (wish, look, data));
  g_ptr_array_add (plan, plan_dmarc (wish, look, data));
  if (wish->sts_id != NULL)
    g_ptr_array_add (plan, plan_mta_sts (wish, look, data));
  if (wish->tls_reports != NULL)
    g_ptr_array_add (plan, plan_tlsrpt (wish, look, data));
  return plan;
}

char *
mr_publish_zone_line (const MrPublishRecord *record)
{
  g_autofree char *quoted = mr_txt_quote (record->value);

  return g_strdup_printf ("%s. %u IN TXT %s", record->name, (guint)TTL, quoted);
}
