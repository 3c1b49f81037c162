/* What goes with the records of a plan: the policy file of MTA-STS, where reports go, and the step that DMARC may take now, in words and with its evidence.
 *
 * Steps: observe for a month, quarantine as long, then reject (RFC 9989 7.4); never reject where mail passes by its sending address alone, which forwarding
 * loses; and no further than quarantine where people of the domain write to mailing lists, which change messages.
 */
#include <config.h>

#include "engine/publisher-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/crypto.h"
#include "mailauth/mta-sts.h"

#define STS_TESTING_AGE (7 * 24 * 3600)  /* seconds: a mistake is forgotten soon */
#define STS_ENFORCE_AGE (60 * 24 * 3600) /* RFC 8461 3.2: weeks or more */

static const MrPublishRecord *
find_record (MrPlan *plan, MrPublishKind kind)
{
  for (guint i = 0; i < plan->records->len; i++)
    if (((MrPublishRecord *)plan->records->pdata[i])->kind == kind)
      return plan->records->pdata[i];
  return NULL;
}

/* ---- MTA-STS ---- */

static MrStsMode
wanted_mode (MrPlan *plan)
{
  return g_strcmp0 (mr_plan_text (plan, "sts-mode"), mr_sts_mode_nick (MR_STS_ENFORCE)) == 0 ? MR_STS_ENFORCE
                                                                                             : MR_STS_TESTING;
}

/* The id follows from the text: it changes when the policy does, and only then (RFC 8461 3.1). */
void
mr_plan_take_policy_file (MrPlan *plan)
{
  const char *own = mr_plan_text (plan, "sts-id");
  const char *const *servers;
  MrStsPolicy policy = { .mode = wanted_mode (plan) };

  if ((own == NULL && !mr_plan_is_set (plan, "mta-sts")) || plan->sts_text != NULL)
    return;
  if (mr_lookup_table_ask (plan->table, plan->domain, MR_LOOKUP_MX, &servers) == MR_LOOKUP_FOUND
      && servers[0][0] != '\0') {
    policy.max_age = policy.mode == MR_STS_ENFORCE ? STS_ENFORCE_AGE : STS_TESTING_AGE;
    policy.mx = (char **)servers;
    plan->sts_text = mr_sts_policy_to_text (&policy);
    g_autofree char *digest = mr_sha256_hex (plan->sts_text, strlen (plan->sts_text));
    plan->sts_id = own != NULL ? g_strdup (own) : g_strndup (digest, 16);
    plan->wish.sts_id = plan->sts_id;
  }
}

GVariant *
mr_plan_policy_file_to_variant (MrPlan *plan)
{
  gboolean wished = mr_plan_is_set (plan, "mta-sts") || mr_plan_text (plan, "sts-id") != NULL;
  g_autofree char *host = g_strconcat ("mta-sts.", plan->domain, NULL);
  g_autofree char *url = g_strconcat ("https://", host, "/.well-known/mta-sts.txt", NULL);
  g_autofree char *words = NULL;
  const char *const *servers;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (!wished)
    return g_variant_dict_end (&dict);
  mr_lookup_table_ask (plan->table, plan->domain, MR_LOOKUP_MX, &servers);
  words = g_strdup_printf (
      _ ("Put this file on a web server that answers as %s with a certificate of that name. Publish "
         "the entry once the file is there, and again with its new id whenever the file changes."),
      host);
  g_variant_dict_insert (&dict, "text", "s", plan->sts_text != NULL ? plan->sts_text : "");
  g_variant_dict_insert (&dict, "url", "s", url);
  g_variant_dict_insert (&dict, "file-name", "s", "mta-sts.txt");
  g_variant_dict_insert (&dict, "host", "s", host);
  g_variant_dict_insert (&dict, "id", "s", plan->sts_id != NULL ? plan->sts_id : "");
  g_variant_dict_insert (&dict, "mode", "s", mr_sts_mode_nick (wanted_mode (plan)));
  g_variant_dict_insert (&dict, "mx", "^as", servers);
  g_variant_dict_insert (&dict, "problem", "s",
                         plan->sts_text != NULL
                             ? ""
                             : _ ("No mail servers of the domain were found, so there is nothing that the policy could "
                                  "be about"));
  g_variant_dict_insert (&dict, "words", "s", words);
  return g_variant_dict_end (&dict);
}

/* ---- where reports go ---- */

/* (transfer full) "": nowhere. */
static char *
dup_tls_address (MrPlan *plan)
{
  g_autofree char *name = g_strconcat ("_smtp._tls.", plan->domain, NULL);
  const char *const *texts;

  mr_lookup_table_ask (plan->table, name, MR_LOOKUP_TXT, &texts);
  for (guint i = 0; texts[i] != NULL; i++) {
    g_auto (GStrv) addresses = mr_tlsrpt_dup_addresses (texts[i], NULL);

    if (addresses != NULL && addresses[0] != NULL)
      return g_utf8_make_valid (g_str_has_prefix (addresses[0], "mailto:") ? addresses[0] + 7 : addresses[0], -1);
  }
  return g_strdup ("");
}

GVariant *
mr_plan_tls_reports_to_variant (MrPlan *plan)
{
  g_autofree char *address = dup_tls_address (plan);
  g_autofree char *proposed = g_strconcat ("tls-reports@", plan->domain, NULL);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", address);
  g_variant_dict_insert (&dict, "proposed", "s", proposed);
  g_variant_dict_insert (&dict, "words", "s",
                         _ ("Senders report once a day whether mail to your domain could be encrypted: zipped files, "
                            "so use an address of its own that exists."));
  return g_variant_dict_end (&dict);
}

/* ---- DMARC ---- */

/* NULL: none that counts. */
static MrDmarcRecord *
parse_record (MrPlan *plan)
{
  const MrPublishRecord *record = find_record (plan, MR_PUBLISH_DMARC);

  return record != NULL && record->existing[0] != NULL && record->existing[1] == NULL
             ? mr_dmarc_record_parse (record->existing[0], NULL)
             : NULL;
}

const char *
mr_plan_get_policy (MrPlan *plan)
{
  const MrPublishRecord *record = find_record (plan, MR_PUBLISH_DMARC);
  g_autoptr (MrDmarcRecord) there = parse_record (plan);

  if (record == NULL || record->state == MR_PUBLISH_UNKNOWN)
    return NULL;
  return there != NULL ? mr_dmarc_policy_nick (there->p) : "";
}

static char *
dup_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);

  return time != NULL ? g_date_time_format (time, "%x") : g_strdup ("");
}

static char *
dup_words (MrDmarcStep step, const MrDmarcEvidence *e, MrDmarcPolicy next, gint64 not_before)
{
  g_autofree char *day = dup_day (not_before);
  g_autofree char *failing = g_strdup_printf ("%" G_GUINT64_FORMAT, e->failing);
  g_autofree char *messages = g_strdup_printf ("%" G_GUINT64_FORMAT, e->messages);

  switch (step) {
  case MR_STEP_GO:
    return g_strdup (next == MR_DMARC_NONE
                         ? _ ("Begin by observing: nothing changes for mail, and receivers report who writes in the "
                              "domain's name. Leave it so for a month.")
                     : next == MR_DMARC_QUARANTINE
                         ? _ ("The reports are good. Forgeries may go to the junk folder now (quarantine). Leave it so "
                              "for a month.")
                         : _ ("The reports are good. Forgeries may be refused now (reject): the last step."));
  case MR_STEP_END:
    return g_strdup (e->policy == MR_DMARC_REJECT
                         ? _ ("This is the last step: forgeries are refused.")
                         : _ ("This is the last step where people of the domain write to mailing lists: lists change "
                              "messages, and with a stricter policy members would not get that mail."));
  case MR_STEP_TOO_EARLY:
    return g_strdup_printf (
        _ ("Leave it as it is until %s: a month shows also those who write in the domain's name only "
           "now and then."),
        day);
  case MR_STEP_NO_REPORTS:
    return g_strdup (
        _ ("No reports of this time were opened here. Open those that came: without them nobody knows which "
           "mail of yours the next step would hit."));
  case MR_STEP_FAILURES:
    return g_strdup_printf (
        _ ("%s of %s messages failed. Look at who sent them: services of yours have to be among the "
           "allowed senders or sign before the next step; mark what is not yours."),
        failing, messages);
  case MR_STEP_NO_SIGNATURE:
  default:
    return g_strdup (_ ("Not further yet: mail passes by where it is sent from alone (SPF), and what somebody forwards "
                        "would be refused. Let it be signed first (DKIM)."));
  }
}

static const char *
step_nick (MrDmarcStep step)
{
  static const char *const nicks[] = { "go", "end", "too-early", "no-reports", "failures", "no-signature" };

  G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MR_STEP_NO_SIGNATURE + 1);
  return nicks[step];
}

/* Of a hundred that passed, 99 did so by a signature: the rest is what lists and forwarders break. */
static gboolean
signs (const MrEvidence *evidence)
{
  return evidence->passed > 0 && evidence->by_signature * 100 >= evidence->passed * 99;
}

static void
insert_step (MrPlan *plan, GVariantDict *dict, const MrEvidence *evidence)
{
  gint64 now = mr_clock_wall (plan->publisher->engine->clock) / G_USEC_PER_SEC;
  gint64 since = evidence->since > 0 ? evidence->since : now;
  MrDmarcEvidence e = { .policy = MR_DMARC_UNSET,
                        .days = (guint)(MAX (now - since, 0) / (24 * 3600)),
                        .messages = evidence->messages,
                        .failing = evidence->failing,
                        .signs = signs (evidence),
                        .lists = mr_plan_is_set (plan, "mailing-lists") };
  MrDmarcPolicy next = MR_DMARC_UNSET;
  gint64 not_before;
  g_autofree char *words = NULL;
  MrDmarcStep step;

  mr_dmarc_policy_from_nick (evidence->policy, &e.policy);
  step = mr_dmarc_next_step (&e, &next);
  not_before = step == MR_STEP_TOO_EARLY ? since + (gint64)MR_DMARC_STEP_DAYS * 24 * 3600 : 0;
  words = dup_words (step, &e, next, not_before);
  g_variant_dict_insert (dict, "since", "x", evidence->since * G_USEC_PER_SEC);
  g_variant_dict_insert (dict, "step", "s", step_nick (step));
  g_variant_dict_insert (dict, "next", "s", mr_dmarc_policy_nick (next));
  g_variant_dict_insert (dict, "not-before", "x", not_before * G_USEC_PER_SEC);
  g_variant_dict_insert (dict, "lists", "b", e.lists);
  g_variant_dict_insert (dict, "words", "s", words);
  g_variant_dict_insert_value (dict, "evidence", mr_evidence_to_variant (evidence));
}

GVariant *
mr_plan_dmarc_to_variant (MrPlan *plan, const MrEvidence *evidence)
{
  g_autoptr (MrDmarcRecord) there = parse_record (plan);
  const char *policy = mr_plan_get_policy (plan), *address = there != NULL && there->rua != NULL ? there->rua[0] : NULL;
  g_autofree char *proposed = g_strconcat ("dmarc-reports@", plan->domain, NULL);
  g_autofree char *words = g_strdup_printf (_ ("Receivers send a zipped file to this address about once a day. Use one "
                                               "of its own that exists, such as %s, and "
                                               "open the files here: they are the evidence for the next step."),
                                            proposed);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "current", "s", policy != NULL ? policy : "");
  g_variant_dict_insert_value (&dict, "address",
                               g_variant_new_take_string (g_utf8_make_valid (address != NULL ? address : "", -1)));
  g_variant_dict_insert (&dict, "proposed", "s", proposed);
  g_variant_dict_insert (&dict, "address-words", "s", words);
  if (evidence != NULL)
    insert_step (plan, &dict, evidence);
  return g_variant_dict_end (&dict);
}
