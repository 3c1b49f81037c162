/* Records as dictionaries and back.
 *
 * A round trip through the dictionary must give the same text again: every field is set to something of its own, so a
 * row that is missing in a table or points at another member shows.
 */
#include "base/records-variant.h"

#include <mailrelay/dkim-records.h>
#include <string.h>

static MrRecipientRecord *
full_recipient (guint n)
{
  g_autofree char *address = g_strdup_printf ("r%u@example.com", n);
  MrRecipientRecord *recipient = mr_recipient_record_new (n, address);

  recipient->state = MR_RECIPIENT_NEEDS_PERSON;
  recipient->wait_reason = MR_WAIT_OFFLINE;
  recipient->attempts = 3;
  recipient->uncertain = 1;
  recipient->policy_retries = 2;
  recipient->next_attempt = 1000 + n;
  recipient->changed = 2000;
  recipient->stage = MR_STAGE_RCPT;
  mr_reply_record_set (&recipient->reply, 550, "5.1.1", "no such user\nsecond line");
  recipient->host = g_strdup ("mx.example.com");
  recipient->account = g_strdup ("work");
  recipient->cause = g_strdup ("no-such-user");
  recipient->cause_params = g_variant_new_parsed ("{'limit': '10'}");
  recipient->direct = TRUE;
  recipient->notify = MR_NOTIFY_DELAY;
  recipient->orcpt = g_strdup ("rfc822;lou@example.com");
  recipient->reported = MR_REPORT_RELAYED;
  recipient->bounced = 3000;
  recipient->bounced_cause = g_strdup ("mailbox-full");
  return recipient;
}

static MrMessageRecord *
full_message (void)
{
  MrMessageRecord *record = mr_message_record_new ();

  record->id = g_strdup ("0123456789ABCDEF");
  record->created = 1;
  record->finished = 2;
  record->online_at = 3;
  record->not_before = 4;
  record->next_attempt = 5;
  record->hold = MR_HOLD_OLD;
  record->reverse_path = g_strdup ("a@example.com");
  record->from = g_strdup ("b@example.com");
  record->subject = g_strdup ("Gr\xc3\xbc\xc3\x9f");
  record->message_id = g_strdup ("x@example.com");
  record->size = G_GUINT64_CONSTANT (0x100000001);
  record->has_8bit = TRUE;
  record->has_body = TRUE;
  record->n_chunks = 9;
  record->program = g_strdup ("git");
  record->uid = 0;
  record->pid = 4711;
  record->socket = g_strdup ("127.0.0.1:2525");
  record->helo = g_strdup ("localhost");
  record->auth_identity = g_strdup ("identity");
  record->account_override = g_strdup ("override");
  record->envid = g_strdup ("QQ314159");
  record->report_for = g_strdup ("1123456789ABCDEF");
  record->n_recipients = 2;
  g_ptr_array_add (record->recipients, full_recipient (0));
  g_ptr_array_add (record->recipients, full_recipient (1));
  return record;
}

static char *
print (GVariant *variant)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (variant);

  return g_variant_print (sunk, TRUE);
}

/* The number of fields tells of a member that was added to the struct and forgotten in the table. */
static void
assert_fields (GVariant *variant, gsize expected)
{
  g_assert_cmpuint (g_variant_n_children (variant), ==, expected);
}

static void
test_message (void)
{
  g_autoptr (MrMessageRecord) record = full_message ();
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_message_record_to_variant (record, TRUE));
  g_autoptr (MrMessageRecord) back = mr_message_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_message_record_to_variant (back, TRUE));

  assert_fields (variant, 25 + 13 + 1);
  g_assert_cmpstr (there, ==, again);
  g_assert_cmpint (back->uid, ==, 0);
  g_assert_cmpuint (back->recipients->len, ==, 2);
  const MrRecipientRecord *second = g_ptr_array_index (back->recipients, 1);
  g_assert_cmpstr (second->address, ==, "r1@example.com");
  g_assert_cmpint (second->next_attempt, ==, 1001);
  g_autoptr (GVariant) recipient = g_variant_ref_sink (mr_recipient_record_to_variant (second));
  assert_fields (recipient, 23);
}

static void
test_message_in_list (void)
{
  g_autoptr (MrMessageRecord) record = full_message ();
  ((MrRecipientRecord *)g_ptr_array_index (record->recipients, 0))->state = MR_RECIPIENT_DELIVERED;
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_message_record_to_variant (record, FALSE));
  g_autoptr (MrMessageRecord) back = mr_message_record_from_variant (variant);

  g_assert_null (g_variant_lookup_value (variant, "recipients", NULL));
  g_assert_cmpuint (back->n_recipients, ==, 2);
  g_assert_cmpuint (back->recipients->len, ==, 1);
  const MrRecipientRecord *summary = g_ptr_array_index (back->recipients, 0);
  g_assert_cmpstr (summary->address, ==, "r1@example.com");
  g_assert_cmpint (summary->state, ==, MR_RECIPIENT_NEEDS_PERSON);
  g_assert_cmpint (summary->wait_reason, ==, MR_WAIT_OFFLINE);
  g_assert_cmpint (summary->next_attempt, ==, 5);
  g_assert_cmpuint (summary->reply.code, ==, 550);
  g_assert_cmpstr (summary->cause, ==, "no-such-user");
  g_assert_nonnull (summary->cause_params);
}

static void
test_attempt (void)
{
  g_autoptr (MrAttemptRecord) record = mr_attempt_record_new ();

  record->message_id = g_strdup ("0123456789ABCDEF");
  record->recipient = 1;
  record->number = 2;
  record->started = 3;
  record->finished = 4;
  record->stage = MR_STAGE_DOT;
  record->account = g_strdup ("work");
  record->host = g_strdup ("mx.example.com");
  record->address = g_strdup ("192.0.2.1:25");
  record->tls = g_strdup ("TLSv1.3");
  mr_reply_record_set (&record->reply, 451, "4.3.0", "later");
  record->error = g_strdup ("connection lost");
  record->cause = g_strdup ("no-answer");
  record->verdict = MR_VERDICT_RETRY;
  record->transcript = g_strdup ("S: 220 hello\nC: EHLO x");
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_attempt_record_to_variant (record));
  g_autoptr (MrAttemptRecord) back = mr_attempt_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_attempt_record_to_variant (back));

  assert_fields (variant, 17);
  g_assert_cmpstr (there, ==, again);
  g_assert_cmpint (back->verdict, ==, MR_VERDICT_RETRY);
}

static void
test_account (void)
{
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();

  record->id = g_strdup ("work");
  record->name = g_strdup ("Work");
  record->kind = MR_ACCOUNT_DIRECT;
  record->addresses = g_strsplit ("a@example.com *", " ", -1);
  record->host = g_strdup ("smtp.example.com");
  record->port = 465;
  record->tls = MR_TLS_IMPLICIT;
  record->user = g_strdup ("joe");
  record->fingerprint = g_strdup ("aa");
  record->ca_file = g_strdup ("/ca.pem");
  record->paused = TRUE;
  record->is_default = TRUE;
  record->order = -3;
  record->state = MR_ACCOUNT_TLS_TROUBLE;
  record->state_since = 7;
  record->next_login = 8;
  mr_reply_record_set (&record->reply, 535, "5.7.8", "no");
  record->offered_fingerprint = g_strdup ("bb");
  record->waiting = 12;
  record->provider = g_strdup ("gmail");
  record->colour = g_strdup ("blue");
  record->auth = MR_AUTH_OAUTH2;
  record->oauth_flow = MR_OAUTH_DEVICE;
  record->oauth_client = g_strdup ("client");
  record->oauth_tenant = g_strdup ("tenant");
  record->oauth_scope = g_strdup ("scope");
  record->oauth_authorize = g_strdup ("https://a.example/");
  record->oauth_token = g_strdup ("https://t.example/");
  record->oauth_device = g_strdup ("https://d.example/");
  record->oauth_revoke = g_strdup ("https://r.example/");
  record->desktop_account = g_strdup ("account_1");
  record->limit_minute = 30;
  record->limit_day = 500;
  record->used_minute = 1;
  record->used_day = 2;
  record->limit_until = 3;
  g_autoptr (MrAccountRecord) copy = mr_account_record_copy (record);
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_account_record_to_variant (record));
  g_autoptr (MrAccountRecord) back = mr_account_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_account_record_to_variant (back));

  g_autofree char *copied = print (mr_account_record_to_variant (copy));

  assert_fields (variant, 38);
  g_assert_cmpstr (there, ==, again);
  g_assert_cmpstr (there, ==, copied);
  g_assert_cmpstr (back->addresses[1], ==, "*");
}

/* What is left out because it is empty is there again as an empty string, as the record's comments promise. */
static void
test_account_sparse (void)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed ("{'id': <'mx'>}"));
  g_autoptr (MrAccountRecord) record = mr_account_record_from_variant (variant);

  g_assert_cmpstr (record->host, ==, "");
  g_assert_cmpstr (record->user, ==, "");
  g_assert_cmpstr (record->offered_fingerprint, ==, "");
  g_assert_null (record->addresses[0]);
}

static void
test_discovery (void)
{
  static const char text[] = "{'source': <'ispdb'>, 'source-host': <'v1.ispdb.net'>, 'secure': <true>, 'conflicts': "
                             "<true>, 'provider': <'gmail'>, "
                             "'provider-name': <'Gmail'>, 'host': <'smtp.gmail.com'>, 'port': <uint32 465>, 'tls': "
                             "<'implicit'>, 'user': <'u'>, "
                             "'log-ins': <['oauth2', 'app-password']>, 'user-label': <'ul'>, 'secret-label': <'sl'>, "
                             "'help': <'h'>, 'help-url': "
                             "<'https://h.example/'>, 'notice': <'n'>, 'admin-text': <'at'>, 'regions': "
                             "<['eu|Europe|smtp.eu.example.com']>, "
                             "'oauth-issuer': <'i'>, "
                             "'oauth-authorize': <'a'>, 'oauth-token': <'t'>, 'oauth-device': <'d'>, 'oauth-revoke': "
                             "<'r'>, 'oauth-scope': <'s'>, "
                             "'oauth-client': <'c'>, 'oauth-ready': <true>, 'limit-minute': <uint32 1>, 'limit-day': "
                             "<uint32 2>, 'fact': <'f'>}";
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (MrDiscoveryRecord) record = mr_discovery_record_from_variant (variant);
  g_autoptr (MrDiscoveryRecord) copy = mr_discovery_record_copy (record);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_discovery_record_to_variant (copy));
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_autoptr (MrDiscoveryRecord) empty = mr_discovery_record_from_variant (nothing);

  g_assert_cmpstr (there, ==, again);
  g_assert_cmpstr (empty->host, ==, "");
  g_assert_null (empty->log_ins[0]);
}

static void
test_desktop_account (void)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (
      g_variant_new_parsed ("{'id': <'account_1'>, 'provider': <'gmail'>, 'address': <'a@example.com'>, 'name': "
                            "<'Google'>, 'needs-attention': <true>}"));
  g_autoptr (MrDesktopAccountRecord) record = mr_desktop_account_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_desktop_account_record_to_variant (record));
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));

  g_assert_cmpstr (there, ==, again);
  g_assert_null (mr_desktop_account_record_from_variant (nothing));
}

static void
test_dkim_key (void)
{
  g_autoptr (MrDkimKeyRecord) key = mr_dkim_key_record_new ();
  MrDkimKeyState state = MR_DKIM_KEY_NEW;

  key->id = g_strdup ("example-mr1");
  key->domain = g_strdup ("example.com");
  key->selector = g_strdup ("mr1");
  key->algorithm = g_strdup ("ed25519");
  key->name = g_strdup ("mr1._domainkey.example.com");
  key->record = g_strnfill (1500, 'x');
  key->state = MR_DKIM_KEY_OLD;
  key->replaces = g_strdup ("before");
  key->behind_provider = TRUE;
  key->lifetime = 3600;
  key->created = 4;
  key->retired = 5;
  key->removable = 6;
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_dkim_key_record_to_variant (key));
  g_autoptr (MrDkimKeyRecord) back = mr_dkim_key_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_dkim_key_record_to_variant (back));
  assert_fields (variant, 13);
  g_assert_cmpstr (there, ==, again);
  g_assert_false (mr_dkim_key_state_from_nick ("none", &state));
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (MrDkimKeyRecord) empty = mr_dkim_key_record_from_variant (nothing);
  g_assert_cmpstr (empty->domain, ==, "");
}

static void
test_program_and_refusal (void)
{
  g_autoptr (MrProgramRecord) program = mr_program_record_new ();
  g_autoptr (MrRefusalRecord) refusal = mr_refusal_record_new ();

  program->id = g_strdup ("git");
  program->name = g_strdup ("Git");
  program->created = 5;
  program->revoked = TRUE;
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_program_record_to_variant (program));
  g_autoptr (MrProgramRecord) same = mr_program_record_from_variant (variant);
  assert_fields (variant, 4);
  g_assert_cmpstr (same->name, ==, "Git");
  g_assert_cmpint (same->created, ==, 5);
  g_assert_true (same->revoked);

  refusal->time = 1;
  refusal->uid = 1000;
  refusal->pid = 2;
  refusal->program = g_strdup ("smartd");
  refusal->peer = g_strdup ("127.0.0.1");
  refusal->reverse_path = g_strdup ("root@localhost");
  refusal->reason = g_strdup ("bare-lf");
  g_autoptr (GVariant) refused = g_variant_ref_sink (mr_refusal_record_to_variant (refusal));
  g_autoptr (MrRefusalRecord) back = mr_refusal_record_from_variant (refused);
  g_autofree char *there = g_variant_print (refused, TRUE);
  g_autofree char *again = print (mr_refusal_record_to_variant (back));
  assert_fields (refused, 7);
  g_assert_cmpstr (there, ==, again);
}

static void
test_never (void)
{
  g_autoptr (MrNeverRecord) record = mr_never_record_new ("lou@example.com");

  record->added = 6;
  record->reason = g_strdup ("asked to be left alone");
  record->message_id = g_strdup ("0123456789ABCDEF");
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_never_record_to_variant (record));
  g_autoptr (MrNeverRecord) back = mr_never_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_never_record_to_variant (back));

  assert_fields (variant, 4);
  g_assert_cmpstr (there, ==, again);
}

static void
test_group (void)
{
  g_autoptr (MrGroupRecord) record = g_new0 (MrGroupRecord, 1);

  record->cause = g_strdup ("login-failed");
  record->wait_reason = MR_WAIT_ACCOUNT_PAUSED;
  record->account = g_strdup ("work");
  record->messages = 17;
  record->recipients = 18;
  record->oldest = 5;
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_group_record_to_variant (record));
  g_autoptr (MrGroupRecord) back = mr_group_record_from_variant (variant);
  g_autofree char *there = g_variant_print (variant, TRUE);
  g_autofree char *again = print (mr_group_record_to_variant (back));

  assert_fields (variant, 6);
  g_assert_cmpstr (there, ==, again);
}

static void
test_missing_keys (void)
{
  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_parsed ("('x', 1)"));
  GVariant *const variants[] = { nothing, other };

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++) {
    g_assert_null (mr_message_record_from_variant (variants[i]));
    g_assert_null (mr_recipient_record_from_variant (variants[i]));
    g_assert_null (mr_attempt_record_from_variant (variants[i]));
    g_assert_null (mr_account_record_from_variant (variants[i]));
    g_assert_null (mr_program_record_from_variant (variants[i]));
    g_assert_null (mr_refusal_record_from_variant (variants[i]));
    g_assert_null (mr_never_record_from_variant (variants[i]));
  }
}

/* Unknown keys, wrong types, unknown nicks, doubles, endless strings, a wild recipients list. */
static void
test_hostile (void)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (
      g_variant_new_parsed ("{'id': <'A'>, 'future': <[1,2]>, 'size': <'big'>, 'hold': <'forever'>, 'created': <@u 3>,"
                            " 'has-8bit': <1>, 'n-recipients': <@u 0>, 'subject': <'first'>,"
                            " 'recipients': <[{'address': <'a@b.example'>, 'cause-params': <5>}, {'n': <@u 1>}]>}"));
  g_autoptr (MrMessageRecord) record = mr_message_record_from_variant (variant);

  g_assert_cmpstr (record->id, ==, "A");
  g_assert_cmpuint (record->size, ==, 0);
  g_assert_cmpint (record->hold, ==, MR_HOLD_NONE);
  g_assert_cmpint (record->created, ==, 0);
  g_assert_false (record->has_8bit);
  g_assert_cmpstr (record->reverse_path, ==, "");
  g_assert_cmpint (record->uid, ==, -1);
  g_assert_cmpuint (record->recipients->len, ==, 1);
  g_assert_cmpuint (record->n_recipients, ==, 1);
}

static void
test_bounds (void)
{
  g_autofree char *endless = g_strnfill (300000, 'x');
  g_autofree char *wide = g_strdup_printf ("%.997s\xc3\xbc", endless);
  g_autoptr (GVariant) variant = g_variant_ref_sink (
      g_variant_new_parsed ("{'id': <'A'>, 'id': <'B'>, 'subject': <%s>, 'from': <%s>}", wide, endless));
  g_autoptr (MrMessageRecord) record = mr_message_record_from_variant (variant);

  g_assert_cmpstr (record->id, ==, "B");
  g_assert_cmpuint (strlen (record->subject), ==, 997);
  g_assert_cmpuint (strlen (record->from), ==, 1024);
}

/* A string of the network that is not UTF-8 must not end the process on its way to the bus. */
static void
test_invalid_utf8_out (void)
{
  g_autoptr (MrMessageRecord) record = mr_message_record_new ();

  record->id = g_strdup ("A");
  record->helo = g_strdup ("bad\xff");
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_message_record_to_variant (record, FALSE));
  g_autoptr (MrMessageRecord) back = mr_message_record_from_variant (variant);
  g_assert_cmpstr (back->helo, ==, "bad\xef\xbf\xbd");
}

static void
test_filter (void)
{
  const MrListFilter filter = { .kind = MR_LIST_HISTORY,
                                .state = MR_RECIPIENT_FAILED,
                                .held_only = TRUE,
                                .hold_reason = MR_HOLD_OLD,
                                .wait_reason = MR_WAIT_OFFLINE,
                                .needs_person = TRUE,
                                .search = "50%",
                                .account = "work",
                                .program = "git",
                                .domain = "example.com",
                                .cause = "mailbox-full",
                                .sort = MR_LIST_SORT_SUBJECT,
                                .ascending = TRUE };
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_list_filter_to_variant (&filter));
  g_autoptr (GError) error = NULL;
  MrListFilter back = { 0 };

  assert_fields (variant, 13);
  g_assert_true (mr_list_filter_from_variant (variant, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpint (back.kind, ==, MR_LIST_HISTORY);
  g_assert_cmpint (back.state, ==, MR_RECIPIENT_FAILED);
  g_assert_true (back.held_only && back.ascending);
  g_assert_cmpstr (back.search, ==, "50%");
  g_assert_cmpstr (back.account, ==, "work");
  g_assert_cmpstr (back.program, ==, "git");
  g_assert_true (back.needs_person);
  g_assert_true (mr_list_filter_equal (&filter, &back));

  g_autoptr (GVariant) nothing = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_assert_true (mr_list_filter_from_variant (nothing, &back, &error));
  g_assert_cmpint (back.kind, ==, MR_LIST_OUTBOX);
  g_assert_cmpint (back.state, ==, -1);
  g_assert_false (back.held_only || back.ascending);
  g_assert_null (back.search);
  g_assert_false (mr_list_filter_is_narrow (&back));
  g_assert_false (mr_list_filter_equal (&filter, &back));
}

/* Whatever member differs makes two filters different, and all but kind and order make a list narrow. */
static void
test_filter_members (void)
{
  const MrListFilter plain = { .state = -1 };
  const MrListFilter others[] = {
    { .state = 0 },
    { .state = -1, .held_only = TRUE },
    { .state = -1, .hold_reason = MR_HOLD_PERSON },
    { .state = -1, .wait_reason = MR_WAIT_PAUSED },
    { .state = -1, .needs_person = TRUE },
    { .state = -1, .search = "x" },
    { .state = -1, .account = "x" },
    { .state = -1, .program = "x" },
    { .state = -1, .domain = "x" },
    { .state = -1, .cause = "x" },
    { .state = -1, .kind = MR_LIST_HISTORY },
    { .state = -1, .sort = MR_LIST_SORT_SIZE },
    { .state = -1, .ascending = TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    MrListFilter copy;

    mr_list_filter_copy (&others[i], &copy);
    g_assert_true (mr_list_filter_equal (&copy, &others[i]));
    g_assert_false (mr_list_filter_equal (&copy, &plain));
    g_assert_cmpint (mr_list_filter_is_narrow (&copy), ==, i < 10);
    mr_list_filter_clear (&copy);
  }
  const MrListFilter empty = { .state = -1, .search = "", .cause = "" };
  g_assert_true (mr_list_filter_equal (&empty, &plain));
  g_assert_false (mr_list_filter_is_narrow (&empty));
}

static void
test_filter_errors (void)
{
  g_autofree char *endless = g_strnfill (300, 'x');
  static const char *const texts[] = { "{'state': <'lost'>}",    "{'state': <3>}",        "{'kind': <'attic'>}",
                                       "{'held-only': <'yes'>}", "{'sort': <'colour'>}",  "{'hold-reason': <'why'>}",
                                       "{'wait-reason': <''>}",  "{'needs-person': <1>}", "{'search': <[1]>}",
                                       "{'account': <true>}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (texts[i]));
    g_autoptr (GError) error = NULL;
    MrListFilter untouched = { .state = 77 };
    g_assert_false (mr_list_filter_from_variant (variant, &untouched, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_cmpint (untouched.state, ==, 77);
  }
  g_autoptr (GVariant) wide = g_variant_ref_sink (g_variant_new_parsed ("{'search': <%s>}", endless));
  g_autoptr (GVariant) wrong = g_variant_ref_sink (g_variant_new_string ("x"));
  MrListFilter filter;
  g_assert_false (mr_list_filter_from_variant (wide, &filter, NULL));
  g_assert_false (mr_list_filter_from_variant (wrong, &filter, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/records-variant/message", test_message);
  g_test_add_func ("/records-variant/message-in-list", test_message_in_list);
  g_test_add_func ("/records-variant/attempt", test_attempt);
  g_test_add_func ("/records-variant/account", test_account);
  g_test_add_func ("/records-variant/discovery", test_discovery);
  g_test_add_func ("/records-variant/desktop-account", test_desktop_account);
  g_test_add_func ("/records-variant/account-sparse", test_account_sparse);
  g_test_add_func ("/records-variant/program-and-refusal", test_program_and_refusal);
  g_test_add_func ("/records-variant/never", test_never);
  g_test_add_func ("/records-variant/group", test_group);
  g_test_add_func ("/records-variant/missing-keys", test_missing_keys);
  g_test_add_func ("/records-variant/hostile", test_hostile);
  g_test_add_func ("/records-variant/dkim-key", test_dkim_key);
  g_test_add_func ("/records-variant/bounds", test_bounds);
  g_test_add_func ("/records-variant/invalid-utf8-out", test_invalid_utf8_out);
  g_test_add_func ("/records-variant/filter", test_filter);
  g_test_add_func ("/records-variant/filter-members", test_filter_members);
  g_test_add_func ("/records-variant/filter-errors", test_filter_errors);
  return g_test_run ();
}
