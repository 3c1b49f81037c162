/* Settings of other programs: files as they stand on real computers, and what becomes of each. */
#include "client/import-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder; /* of the files */

/* "ID|HOST:PORT|TLS|USER|AUTH|ADDRESSES|SECRET|MISSING" and a line for each warning. */
static char *
dump (GPtrArray *found, gboolean warnings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++) {
    const MrImportFound *one = found->pdata[i];
    const MrAccountRecord *a = one->account;
    g_autofree char *addresses = g_strjoinv (",", a->addresses);

    g_string_append_printf (text, "%s|%s:%u|%s|%s|%s|%s|%s%s\n", a->id, a->host, a->port, mr_tls_mode_nick (a->tls),
                            a->user, mr_auth_kind_nick (a->auth), addresses,
                            one->secret != NULL ? mr_secret_get (one->secret) : "", one->complete ? "" : "|incomplete");
    for (guint k = 0; warnings && one->warnings[k] != NULL; k++)
      g_string_append_printf (text, "  %s\n", one->warnings[k]);
  }
  return g_string_free (text, FALSE);
}

static void
check_file (MrImportKind kind, const char *path, const char *expected)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = mr_import_read (kind, whole, &error);

  g_assert_no_error (error);
  g_autofree char *text = dump (found, TRUE);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_msmtp (void)
{
  check_file (MR_IMPORT_MSMTP, "home/.msmtprc",
              "gmail|smtp.gmail.com:587|starttls|anna.berg@gmail.com|password|anna.berg@gmail.com|abcd efgh ijkl mnop\n"
              "work|smtp.work.example:465|implicit|anna|password|*@work.example|abcd efgh ijkl mnop\n"
              "office|smtp.office365.com:587|starttls|anna@contoso.example|oauth2|anna@contoso.example|\n"
              "  It signs in with OAuth 2.0: sign in once here\n"
              "old|mail.old.example:587|starttls|anna|password|anna@old.example|plain#word\n"
              "  The connection was not encrypted there; here it is\n");
}

static void
test_esmtp (void)
{
  check_file (
      MR_IMPORT_ESMTP, "home/.esmtprc",
      "smtp-example-org|smtp.example.org:587|starttls|carl@example.org|password|carl@example.org,*|pass \"word\"\n"
      "carl-other-example|mail.other.example:25|starttls|carl|password|carl@other.example|simple\n");
}

static void
test_ssmtp (void)
{
  check_file (MR_IMPORT_SSMTP, "etc/ssmtp/ssmtp.conf",
              "smtp-fastmail-example|smtp.fastmail.example:465|implicit|dora@fastmail.example|password|"
              "admin@example.net,dora@example.net,dora@fastmail.example,*|s3cr=et:word\n");
}

static void
test_nullmailer (void)
{
  check_file (
      MR_IMPORT_NULLMAILER, "etc/nullmailer/remotes",
      "smtp-sendgrid-net|smtp.sendgrid.net:587|starttls|apikey|password|*|SG.abc def\n"
      "backup-example-net|backup.example.net:465|implicit|backup@example.net|password|backup@example.net,*|two words\n"
      "local-example-net|local.example.net:25|none||password|*|\n"
      "old-example-net|old.example.net:25|none||password|*|\n"
      "  It speaks another protocol than SMTP with this server\n");
}

static void
test_postfix (void)
{
  check_file (MR_IMPORT_POSTFIX, "etc/postfix/main.cf",
              "smtp-provider-example|smtp.provider.example:587|starttls|emil@provider.example|password|"
              "emil@provider.example,*|pa:ss word\n"
              "mail-second-example|mail.second.example:587|starttls|emil2|password|emil@second.example|other\n"
              "third-example|third.example:25|starttls||password|*@third.example|\n"
              "  There the mail exchangers of “third.example” were asked; here that name itself is the server\n");
}

static void
test_thunderbird (void)
{
  check_file (MR_IMPORT_THUNDERBIRD, "home/.thunderbird/abcd1234.default-release/prefs.js",
              "b-hms-post|mail.gmx.net:465|implicit|frida@gmx.net|password|frida@gmx.net,frida@alias.example|\n"
              "  Its password is in a store of its own: enter it once\n"
              "smtp-gmail-com|smtp.gmail.com:465|implicit|frida@gmail.com|oauth2|frida@gmail.com|\n"
              "  It signs in with OAuth 2.0: sign in once here\n"
              "smtp-lan|smtp.lan:25|none||password|||incomplete\n"
              "  It names no sender address: choose those that may be sent from\n");
}

static void
test_evolution (void)
{
  check_file (MR_IMPORT_EVOLUTION, "home/.config/evolution/sources",
              "gustav-privat|posteo.de:465|implicit|gustav@posteo.de|password|gustav@posteo.de|\n"
              "  Its password is in a store of its own: enter it once\n"
              "smtp-office365-com|smtp.office365.com:587|starttls|gustav@contoso.example|oauth2|||incomplete\n"
              "  It signs in with OAuth 2.0: sign in once here\n"
              "  It is switched off there\n"
              "  It names no sender address: choose those that may be sent from\n");
}

static void
test_sources (void)
{
  g_autofree char *home = g_build_filename (folder, "home", NULL);
  g_autofree char *config = g_build_filename (home, ".config", NULL);
  g_autoptr (GPtrArray) sources = mr_import_list_sources (home, config, folder);
  g_autoptr (GString) nicks = g_string_new (NULL);

  for (guint i = 0; i < sources->len; i++) {
    const MrImportSource *source = sources->pdata[i];
    MrImportKind kind = MR_IMPORT_N_KINDS, back = MR_IMPORT_N_KINDS;

    g_string_append_printf (nicks, "%s ", mr_import_kind_nick (source->kind));
    g_assert_true (mr_import_guess_kind (source->path, &kind));
    g_assert_cmpint (kind, ==, source->kind);
    g_assert_true (mr_import_kind_from_nick (mr_import_kind_nick (kind), &back));
    g_assert_cmpint (back, ==, kind);
  }
  g_assert_cmpstr (nicks->str, ==, "msmtp esmtp ssmtp nullmailer postfix thunderbird evolution ");
  /* A folder stands for the file in it. */
  static const char *const folders[] = { "home/.thunderbird/abcd1234.default-release", "etc/postfix", "etc/ssmtp" };
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (folder, folders[i], NULL);
    MrImportKind kind = MR_IMPORT_N_KINDS;
    g_assert_true (mr_import_guess_kind (path, &kind));
    g_assert_cmpint (kind, !=, MR_IMPORT_EVOLUTION);
    g_autoptr (GPtrArray) found = mr_import_read (kind, path, NULL);
    g_assert_cmpuint (found->len, >=, 1);
    g_assert_false (g_str_has_suffix (((MrImportFound *)found->pdata[0])->source, folders[i]));
  }
  g_assert_false (mr_import_kind_from_nick ("outlook", &(MrImportKind){ 0 }));
}

/* ---- odd files ---- */

typedef void (*Parse) (const char *text, gsize len, const char *file, GPtrArray *found);

static char *
parse (Parse func, const char *text)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);

  func (text, strlen (text), "file", found);
  return dump (found, FALSE);
}

static void
parse_ssmtp (const char *text, gsize len, const char *file, GPtrArray *found)
{
  mr_import_parse_ssmtp (text, len, NULL, file, found);
}

static void
test_odd (void)
{
  static const struct {
    Parse func;
    const char *text, *expected;
  } rows[] = {
    { mr_import_parse_msmtp, "", "" },
    { mr_import_parse_msmtp, "host a.example\n", "" }, /* only defaults */
    { mr_import_parse_msmtp, "account a\nhost a_b.example\nfrom x@a.example\n",
      "a|:25|none||password|x@a.example||incomplete\n" },
    { mr_import_parse_msmtp, "account a\nhost a.example\nfrom %U@%H\n",
      "a|a.example:25|none||password|||incomplete\n" },
    { mr_import_parse_msmtp, "account a\r\nhost a.example\r\nauth on\r\nuser u@a.example\r\npassword \r\ntls on\r\n",
      "a|a.example:587|starttls|u@a.example|password|u@a.example|\n" },
    { mr_import_parse_msmtp, "account a\nhost a.example\nport 99999\ntls on\ntls_starttls off\nfrom x@a.example\n",
      "a|a.example:65535|implicit||password|x@a.example|\n" },
    { mr_import_parse_msmtp, "account a : a, b, nobody\nhost a.example\nfrom *@*.example\n",
      "a|a.example:25|none||password|||incomplete\n" },
    { mr_import_parse_esmtp, "hostname", "" },
    { mr_import_parse_esmtp, "hostname = \"a.example:465", "a-example|a.example:465|implicit||password|*|\n" },
    { mr_import_parse_esmtp, "hostname=[2001:db8::1]:587 username=u password=\"\"",
      "2001-db8-1|2001:db8::1:587|starttls|u|password|*|\n" },
    { parse_ssmtp, "AuthPass=x\n", "" },
    { parse_ssmtp, "Mailhub=mail\nUseSTARTTLS=Yes\nUseTLS=Yes\n", "mail|mail:587|starttls||password|*|\n" },
    { parse_ssmtp, "mailhub=mail.example:587\nUseTLS=Yes\n", "mail-example|mail.example:587|starttls||password|*|\n" },
    { mr_import_parse_nullmailer, "a.example smtp user=u 'pass=a b' ssl\n",
      "a-example|a.example:465|implicit|u|password|*|a b\n" },
    { mr_import_parse_nullmailer, "[a.example]:2525 smtp --pass=x\n", "a-example|a.example:2525|none||password|*|\n" },
    { mr_import_parse_thunderbird,
      "user_pref(\"mail.smtpservers\", \"a,a\");\nuser_pref(\"mail.smtpserver.a.hostname\", \"h\\x2eexample\");",
      "h-example|h.example:25|none||password|||incomplete\nh-example|h.example:25|none||password|||incomplete\n" },
    { mr_import_parse_thunderbird, "user_pref(\"mail.smtpservers\", \"a", "" },
    { mr_import_parse_thunderbird, "user_pref(\"mail.smtpservers\"\nuser_pref(", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = parse (rows[i].func, rows[i].text);
    if (!g_str_equal (text, rows[i].expected))
      g_error ("%s\nbecame\n%s\nnot\n%s", rows[i].text, text, rows[i].expected);
  }
}

static char *
load_nothing (char **path, gsize *ret_len, gpointer data)
{
  return NULL;
}

static void
test_postfix_odd (void)
{
  static const struct {
    const char *text, *expected;
  } rows[] = {
    { "", "" },
    { "relayhost =\n", "" },
    { "relayhost = $a\na = $b\nb = $a\n", "imported|:25|none||password|*||incomplete\n" }, /* a ring */
    { "relayhost = [a.example], [b.example]\nsmtp_tls_wrappermode = yes\n",
      "a-example|a.example:25|implicit||password|*|\n" },
    { "relayhost = a.example:smtps\nsmtp_sasl_auth_enable=yes\nsmtp_sasl_password_maps = static:u:p\n",
      "a-example|a.example:465|implicit||password|*|\n" },
    { "relayhost = [a.example]:587\nsmtp_sasl_auth_enable=yes\nsmtp_sasl_password_maps = hash:/x/y\n",
      "a-example|a.example:587|none||password|*|\n" },
    { "  relayhost = x\n", "x|x:25|none||password|*|\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
    mr_import_parse_postfix (rows[i].text, strlen (rows[i].text), "main.cf", load_nothing, NULL, found);
    g_autofree char *text = dump (found, FALSE);
    if (!g_str_equal (text, rows[i].expected))
      g_error ("%s\nbecame\n%s\nnot\n%s", rows[i].text, text, rows[i].expected);
  }
}

static void
test_bounds (void)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *huge = g_strnfill (100000, 'x');

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "account a%u\nhost h.example\nfrom x@h.example\n", i);
  g_string_append_printf (text, "account z\nhost h.example\npassword %s\n", huge);
  mr_import_parse_msmtp (text->str, text->len, "file", found);
  g_assert_cmpuint (found->len, ==, MR_IMPORT_ACCOUNTS_MAX);
}

/* ---- what is done with them ---- */

/* Names that name others, many times each: the end comes soon. */
static void
test_postfix_bounds (void)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  g_autoptr (GString) text = g_string_new ("relayhost = $a\n");

  for (char name = 'a'; name < 'h'; name++) {
    g_string_append_printf (text, "%c = ", name);
    for (guint i = 0; i < 300; i++)
      g_string_append_printf (text, "$%c", name + 1);
    g_string_append_c (text, '\n');
  }
  mr_import_parse_postfix (text->str, text->len, "main.cf", load_nothing, NULL, found);
  g_assert_cmpuint (found->len, <=, 1);
}

static void
test_fit (void)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  g_autoptr (GPtrArray) existing = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_account_record_free);
  g_autoptr (GPtrArray) providers = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  static const char text[]
      = "account a\nhost a.example\nfrom x@a.example\naccount a\nhost b.example\nfrom x@b.example\n"
        "account c\nhost c.example\nfrom x@c.example\naccount d\nhost B.example\nfrom x@b.example\n";
  MrAccountRecord *record = mr_account_record_new ();
  MrDiscoveryRecord *provider = mr_discovery_record_new ();

  record->id = g_strdup ("a");
  record->host = g_strdup ("C.example");
  record->port = 25;
  record->user = g_strdup ("");
  g_ptr_array_add (existing, record);
  provider->provider = g_strdup ("be");
  provider->host = g_strdup ("b.example");
  provider->limit_day = 7;
  g_ptr_array_add (providers, provider);
  mr_import_parse_msmtp (text, strlen (text), "file", found);
  g_assert_cmpuint (mr_import_fit (found, existing), ==, 2);
  mr_import_match_providers (found, providers);
  g_autofree char *left = dump (found, FALSE);
  g_assert_cmpstr (left, ==,
                   "a-2|a.example:25|none||password|x@a.example|\na-3|b.example:25|none||password|x@b.example|\n");
  g_assert_cmpstr (((MrImportFound *)found->pdata[0])->account->provider, ==, "");
  g_assert_cmpstr (((MrImportFound *)found->pdata[1])->account->provider, ==, "be");
  g_assert_cmpuint (((MrImportFound *)found->pdata[1])->account->limit_day, ==, 7);
}

/* A copy of one of the files in a folder that may be written. (transfer full) path */
static char *
copy_file (const char *to, const char *name, const char *from)
{
  g_autofree char *source = g_build_filename (folder, from, NULL);
  char *path = g_build_filename (to, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  return path;
}

/* After it: the same settings without the secret, and every other byte as it was. */
static void
forget (MrImportKind kind, const char *path, guint n, const char *gone, const char *instead)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = mr_import_read (kind, path, &error);
  const MrImportFound *one = found->pdata[n];
  g_autofree char *before = NULL, *after = NULL;
  struct stat info;

  g_assert_true (g_file_get_contents (one->secret_file, &before, NULL, NULL));
  g_assert_true (mr_import_forget_secret (one, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (one->secret_file, &after, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (before, gone, 2);
  g_assert_nonnull (parts[1]);
  g_autofree char *expected = g_strconcat (parts[0], instead, parts[1], NULL);
  g_assert_cmpstr (after, ==, expected);
  g_assert_cmpint (g_stat (one->secret_file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0640);
  /* A second time there is nothing to take. */
  g_assert_false (mr_import_forget_secret (one, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
}

static void
test_forget (void)
{
  static const char comment[] = "# The password is in the keyring of Mail Relay now.";
  g_autofree char *to = g_dir_make_tmp ("mr-import-XXXXXX", NULL);
  g_autofree char *msmtp = copy_file (to, "msmtprc", "home/.msmtprc");
  g_autofree char *esmtp = copy_file (to, "esmtprc", "home/.esmtprc");
  g_autofree char *ssmtp = copy_file (to, "ssmtp.conf", "etc/ssmtp/ssmtp.conf");
  g_autofree char *remotes = copy_file (to, "remotes", "etc/nullmailer/remotes");
  g_autofree char *postfix = copy_file (to, "main.cf", "etc/postfix/main.cf");
  g_autofree char *passwords = copy_file (to, "sasl_passwd", "etc/postfix/sasl_passwd");

  forget (MR_IMPORT_MSMTP, msmtp, 0, "password       \"abcd efgh ijkl mnop\"", comment);
  forget (MR_IMPORT_ESMTP, esmtp, 0, "\"pass \\\"word\\\"\"", "\"\"");
  forget (MR_IMPORT_ESMTP, esmtp, 1, "simple", "\"\"");
  forget (MR_IMPORT_SSMTP, ssmtp, 0, "AuthPass=s3cr=et:word", comment);
  forget (MR_IMPORT_NULLMAILER, remotes, 0, "--pass='SG.abc def'", "");
  forget (MR_IMPORT_NULLMAILER, remotes, 1, "--pass=two\\ words", "");
  forget (MR_IMPORT_POSTFIX, postfix, 0, "pa:ss word", "");
  const char *const paths[] = { msmtp, esmtp, ssmtp, remotes, postfix, passwords };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_unlink (paths[i]);
  g_assert_cmpint (g_rmdir (to), ==, 0);
}

/* What a person changed meanwhile is not touched, and a link stays one. */
static void
test_forget_care (void)
{
  g_autofree char *to = g_dir_make_tmp ("mr-import-XXXXXX", NULL);
  g_autofree char *path = copy_file (to, "real", "home/.msmtprc");
  g_autofree char *link = g_build_filename (to, "msmtprc", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *after = NULL;

  g_assert_cmpint (symlink ("real", link), ==, 0);
  found = mr_import_read (MR_IMPORT_MSMTP, link, &error);
  g_assert_no_error (error);
  g_assert_false (mr_import_forget_secret (found->pdata[2], &error)); /* has none */
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* A person may have mended the account before it was taken over. */
  MrAccountRecord *account = ((MrImportFound *)found->pdata[0])->account;
  g_free (account->host);
  account->host = g_strdup ("smtp.elsewhere.example");
  g_assert_false (mr_import_forget_secret (found->pdata[0], &error)); /* "work" has the same password */
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  account = ((MrImportFound *)found->pdata[3])->account;
  account->port = 2525;
  g_assert_true (mr_import_forget_secret (found->pdata[3], &error));
  account->port = 587;
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));

  g_assert_true (g_file_set_contents (
      path, "account old\nhost mail.old.example\nauth on\nuser anna\npassword another\n", -1, NULL));
  g_assert_false (mr_import_forget_secret (found->pdata[3], &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_nonnull (strstr (after, "password another"));
  g_unlink (link);
  g_unlink (path);
  g_rmdir (to);
}

/* A password of the defaults belongs to two accounts: it goes when both have it, and once. */
static void
test_forget_shared (void)
{
  static const char text[] = "defaults\nauth on\npassword shared\naccount a\nhost a.example\nuser a\nfrom x@a.example\n"
                             "account b\nhost b.example\nuser b\nfrom x@b.example\naccount c\nhost c.example\nuser c\n"
                             "from x@c.example\npassword own\n";
  g_autofree char *to = g_dir_make_tmp ("mr-import-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (to, "msmtprc", NULL);
  g_autofree char *after = NULL;
  gboolean forgotten[3] = { 0 };
  char *troubles[3] = { 0 };

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_autoptr (GPtrArray) found = mr_import_read (MR_IMPORT_MSMTP, path, NULL);
  g_assert_cmpuint (found->len, ==, 3);
  mr_import_forget_secrets (found, (const gboolean[]){ TRUE, FALSE, FALSE }, forgotten, troubles);
  g_assert_false (forgotten[0] || forgotten[1] || forgotten[2]);
  g_assert_nonnull (strstr (troubles[0], "another account"));
  g_assert_null (troubles[1]);
  g_free (troubles[0]);
  mr_import_forget_secrets (found, (const gboolean[]){ TRUE, TRUE, TRUE }, forgotten, troubles);
  g_assert_true (forgotten[0] && forgotten[1] && forgotten[2]);
  g_assert_true (troubles[0] == NULL && troubles[1] == NULL && troubles[2] == NULL);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_null (strstr (after, "shared"));
  g_assert_null (strstr (after, "own"));
  mr_import_forget_secrets (found, (const gboolean[]){ FALSE, FALSE, TRUE }, forgotten, troubles);
  g_assert_false (forgotten[2]);
  g_assert_nonnull (strstr (troubles[2], "has changed"));
  g_free (troubles[2]);
  g_unlink (path);
  g_rmdir (to);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) no_folder = NULL;

  g_assert_null (mr_import_read (MR_IMPORT_MSMTP, "/nowhere/msmtprc", &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_assert_null (mr_import_read (MR_IMPORT_EVOLUTION, "/nowhere/sources", &no_folder));
  g_assert_error (no_folder, MR_ERROR, MR_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "import", NULL);
  g_test_add_func ("/client/import/msmtp", test_msmtp);
  g_test_add_func ("/client/import/esmtp", test_esmtp);
  g_test_add_func ("/client/import/ssmtp", test_ssmtp);
  g_test_add_func ("/client/import/nullmailer", test_nullmailer);
  g_test_add_func ("/client/import/postfix", test_postfix);
  g_test_add_func ("/client/import/thunderbird", test_thunderbird);
  g_test_add_func ("/client/import/evolution", test_evolution);
  g_test_add_func ("/client/import/sources", test_sources);
  g_test_add_func ("/client/import/odd", test_odd);
  g_test_add_func ("/client/import/postfix-odd", test_postfix_odd);
  g_test_add_func ("/client/import/bounds", test_bounds);
  g_test_add_func ("/client/import/postfix-bounds", test_postfix_bounds);
  g_test_add_func ("/client/import/fit", test_fit);
  g_test_add_func ("/client/import/forget", test_forget);
  g_test_add_func ("/client/import/forget-care", test_forget_care);
  g_test_add_func ("/client/import/forget-shared", test_forget_shared);
  g_test_add_func ("/client/import/missing", test_missing);
  int code = g_test_run ();
  g_free (folder);
  return code;
}
