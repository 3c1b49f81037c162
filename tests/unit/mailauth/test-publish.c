/* What has to be published: merged with what is there, nothing lost, and the steps of DMARC. */
#include "mailauth/publish.h"

#include <string.h>

#define KEY "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

typedef struct {
  const char *name;
  const char *texts[3];
} There;

static gboolean
look (const char *name, const char *const **ret_texts, gpointer data)
{
  static const char *const nothing[] = { NULL };

  *ret_texts = nothing;
  for (const There *there = data; there->name != NULL; there++)
    if (strcmp (there->name, name) == 0) {
      *ret_texts = (const char *const *)there->texts;
      return there->texts[0] == NULL || strcmp (there->texts[0], "TIMEOUT") != 0;
    }
  return TRUE;
}

static GPtrArray *
plan (const There *there, const MrPublishWish *wish)
{
  return mr_publish_plan (wish, look, (gpointer)there);
}

static const MrPublishRecord *
find (GPtrArray *records, MrPublishKind kind)
{
  for (guint i = 0; i < records->len; i++)
    if (((MrPublishRecord *)records->pdata[i])->kind == kind)
      return records->pdata[i];
  g_assert_not_reached ();
}

#define assert_record(records, kind, wanted_state, wanted_value)                                                       \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    const MrPublishRecord *record_ = find (records, kind);                                                             \
    g_assert_cmpstr (record_->value, ==, wanted_value);                                                                \
    g_assert_cmpint (record_->state, ==, wanted_state);                                                                \
  }                                                                                                                    \
  G_STMT_END

static void
test_nothing_there (void)
{
  static const There there[] = { { NULL, { NULL } } };
  const char *const senders[] = { "include:_spf.example.net", "ip4:192.0.2.1", NULL };
  const MrPublishKey key = { "s1._domainkey.example.com", KEY };
  const MrPublishWish wish = { .domain = "example.com",
                               .senders = senders,
                               .keys = &key,
                               .n_keys = 1,
                               .step = MR_DMARC_UNSET,
                               .reports = "dmarc@example.com",
                               .sts_id = "20261127",
                               .tls_reports = "tls@example.com" };
  g_autoptr (GPtrArray) records = plan (there, &wish);

  g_assert_cmpuint (records->len, ==, 5);
  assert_record (records, MR_PUBLISH_SPF, MR_PUBLISH_ADD, "v=spf1 include:_spf.example.net ip4:192.0.2.1 ~all");
  assert_record (records, MR_PUBLISH_DKIM, MR_PUBLISH_ADD, KEY);
  assert_record (records, MR_PUBLISH_DMARC, MR_PUBLISH_ADD, "v=DMARC1; p=none; rua=mailto:dmarc@example.com");
  assert_record (records, MR_PUBLISH_MTA_STS, MR_PUBLISH_ADD, "v=STSv1; id=20261127;");
  assert_record (records, MR_PUBLISH_TLSRPT, MR_PUBLISH_ADD, "v=TLSRPTv1; rua=mailto:tls@example.com");
  g_autofree char *line = mr_publish_zone_line (find (records, MR_PUBLISH_DMARC));
  g_assert_cmpstr (line, ==, "_dmarc.example.com. 3600 IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.com\"");
}

static void
test_merged (void)
{
  static const There there[] = {
    { "example.com", { "google-site-verification=x", "v=spf1 mx include:other.example -all", NULL } },
    { "s1._domainkey.example.com", { "v=DKIM1;k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hc vPapiMlrwIaaPcHURo=", NULL } },
    { "_dmarc.example.com", { "v=DMARC1; p=quarantine; pct=50; sp=reject; rua=mailto:a@example.net", NULL } },
    { NULL, { NULL } }
  };
  const char *const senders[] = { "include:_spf.example.net", "mx", NULL };
  const MrPublishKey key = { "s1._domainkey.example.com", KEY };
  MrPublishWish wish = { .domain = "example.com",
                         .senders = senders,
                         .keys = &key,
                         .n_keys = 1,
                         .step = MR_DMARC_UNSET,
                         .reports = "b@example.com" };
  g_autoptr (GPtrArray) records = plan (there, &wish);

  assert_record (records, MR_PUBLISH_SPF, MR_PUBLISH_REPLACE,
                 "v=spf1 mx include:other.example include:_spf.example.net -all");
  assert_record (records, MR_PUBLISH_DKIM, MR_PUBLISH_DONE, KEY); /* the same key, written otherwise */
  assert_record (records, MR_PUBLISH_DMARC, MR_PUBLISH_REPLACE,
                 "v=DMARC1; p=quarantine; sp=reject; rua=mailto:a@example.net");
  g_assert_cmpstr (find (records, MR_PUBLISH_SPF)->existing[0], ==, "v=spf1 mx include:other.example -all");
  wish.step = MR_DMARC_REJECT;
  g_autoptr (GPtrArray) next = plan (there, &wish);
  assert_record (next, MR_PUBLISH_DMARC, MR_PUBLISH_REPLACE, "v=DMARC1; p=reject; sp=reject; rua=mailto:a@example.net");
}

/* Two SPF records become one; another key at the name is replaced; what is in order stays as it is written. */
static void
test_faults (void)
{
  static const There there[] = { { "example.com",
                                   { "v=spf1 ip4:192.0.2.1 -all", "v=spf1 a ~ptr include:x.example ?all", NULL } },
                                 { "s1._domainkey.example.com", { "v=DKIM1; p=AAAA", NULL } },
                                 { "_dmarc.example.com", { "v=DMARC1;p=reject;rua=mailto:a@example.net", NULL } },
                                 { NULL, { NULL } } };
  const MrPublishKey key = { "s1._domainkey.example.com", KEY };
  const MrPublishWish wish
      = { .domain = "example.com", .keys = &key, .n_keys = 1, .step = MR_DMARC_UNSET, .reports = "b@example.com" };
  g_autoptr (GPtrArray) records = plan (there, &wish);

  assert_record (records, MR_PUBLISH_SPF, MR_PUBLISH_REPLACE, "v=spf1 ip4:192.0.2.1 a include:x.example -all");
  g_assert_cmpuint (g_strv_length (find (records, MR_PUBLISH_SPF)->existing), ==, 2);
  assert_record (records, MR_PUBLISH_DKIM, MR_PUBLISH_REPLACE, KEY);
  assert_record (records, MR_PUBLISH_DMARC, MR_PUBLISH_DONE, "v=DMARC1;p=reject;rua=mailto:a@example.net");
}

static void
test_unknown_and_broken (void)
{
  static const There there[] = { { "example.com", { "v=spf1 ipp4:192.0.2.1 -all", NULL } },
                                 { "_dmarc.example.com", { "TIMEOUT", NULL } },
                                 { NULL, { NULL } } };
  const MrPublishWish wish = { .domain = "example.com", .step = MR_DMARC_UNSET };
  g_autoptr (GPtrArray) records = plan (there, &wish);

  assert_record (records, MR_PUBLISH_SPF, MR_PUBLISH_REPLACE, ""); /* a person has to look at it */
  g_assert_nonnull (strstr (find (records, MR_PUBLISH_SPF)->problem, "ipp4"));
  assert_record (records, MR_PUBLISH_DMARC, MR_PUBLISH_UNKNOWN, "v=DMARC1; p=none");
}

static void
test_steps (void)
{
  static const struct {
    MrDmarcEvidence evidence;
    MrDmarcStep step;
    MrDmarcPolicy next;
  } rows[] = {
    { { MR_DMARC_UNSET, 0, 0, 0, FALSE, FALSE }, MR_STEP_GO, MR_DMARC_NONE },
    { { MR_DMARC_NONE, 90, 0, 0, TRUE, FALSE }, MR_STEP_NO_REPORTS, MR_DMARC_UNSET },
    { { MR_DMARC_NONE, 29, 100, 0, TRUE, FALSE }, MR_STEP_TOO_EARLY, MR_DMARC_UNSET },
    { { MR_DMARC_NONE, 30, 100, 2, TRUE, FALSE }, MR_STEP_FAILURES, MR_DMARC_UNSET },
    { { MR_DMARC_NONE, 30, 100, 1, FALSE, FALSE }, MR_STEP_GO, MR_DMARC_QUARANTINE },
    { { MR_DMARC_QUARANTINE, 30, 100, 0, TRUE, TRUE }, MR_STEP_END, MR_DMARC_UNSET },
    { { MR_DMARC_QUARANTINE, 30, 100, 0, FALSE, FALSE }, MR_STEP_NO_SIGNATURE, MR_DMARC_UNSET },
    { { MR_DMARC_QUARANTINE, 30, 100, 0, TRUE, FALSE }, MR_STEP_GO, MR_DMARC_REJECT },
    { { MR_DMARC_REJECT, 300, 100, 0, TRUE, FALSE }, MR_STEP_END, MR_DMARC_UNSET },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrDmarcPolicy next = MR_DMARC_UNSET;

    g_assert_cmpint (mr_dmarc_next_step (&rows[i].evidence, &next), ==, rows[i].step);
    g_assert_cmpint (next, ==, rows[i].next);
  }
}

/* A policy that is misspelt would make the whole record count as p=none. */
static void
test_dmarc_edit_misspelt (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *edited = mr_dmarc_edit ("v=DMARC1; p=none; sp=rejct; np=Reject; adkim=s; pct=5", MR_DMARC_QUARANTINE,
                                           "r@x.example", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (edited, ==, "v=DMARC1; p=quarantine; np=Reject; adkim=s; rua=mailto:r@x.example");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/publish/nothing-there", test_nothing_there);
  g_test_add_func ("/publish/merged", test_merged);
  g_test_add_func ("/publish/faults", test_faults);
  g_test_add_func ("/publish/unknown-and-broken", test_unknown_and_broken);
  g_test_add_func ("/publish/steps", test_steps);
  g_test_add_func ("/publish/dmarc-edit-misspelt", test_dmarc_edit_misspelt);
  return g_test_run ();
}
