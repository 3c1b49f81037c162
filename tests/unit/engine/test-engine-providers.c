/* Presets in force: the program's own, and files of the person that come, change and go. */
#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <mailrelay/engine-accounts.h>
#include <string.h>

static void
list_cb (GPtrArray *records, const GError *error, gpointer data)
{
  GPtrArray **copies = data;

  g_assert_no_error (error);
  *copies = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (*copies, mr_discovery_record_copy (records->pdata[i]));
}

static GPtrArray *
list (EngineFixture *f)
{
  GPtrArray *records = NULL;

  mr_engine_list_providers (f->engine, list_cb, &records);
  g_assert_null (records);
  wait_for (records != NULL);
  return records;
}

static const MrDiscoveryRecord *
find (GPtrArray *records, const char *id)
{
  for (guint i = 0; i < records->len; i++)
    if (g_str_equal (((MrDiscoveryRecord *)records->pdata[i])->provider, id))
      return records->pdata[i];
  return NULL;
}

static void
write_own (EngineFixture *f, const char *name, const char *text)
{
  g_autofree char *folder = g_build_filename (f->paths->config_dir, "providers.d", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  if (text == NULL)
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_list (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, NULL);
  g_autoptr (GPtrArray) records = list (f);
  const MrDiscoveryRecord *gmail = find (records, "gmail");

  g_assert_cmpuint (records->len, >=, 60);
  g_assert_cmpstr (gmail->host, ==, "smtp.gmail.com");
  g_assert_cmpstr (gmail->user, ==, "%EMAILADDRESS%");
  for (guint i = 1; i < records->len; i++) {
    g_autofree char *before = g_utf8_casefold (((MrDiscoveryRecord *)records->pdata[i - 1])->provider_name, -1);
    g_autofree char *after = g_utf8_casefold (((MrDiscoveryRecord *)records->pdata[i])->provider_name, -1);
    g_assert_cmpint (strcmp (before, after), <=, 0);
  }
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  char **words = data;

  g_assert_no_error (error);
  *words = g_strjoinv ("\n", status->config_warnings);
}

/* (transfer full) the warnings of the status */
static char *
warnings (EngineFixture *f)
{
  char *words = NULL;

  mr_engine_get_status (f->engine, status_cb, &words);
  wait_for (words != NULL);
  return words;
}

static void
test_own (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start (f, NULL);
  write_own (f, "broken.conf", "[provider broken]\nname=B\n");
  write_own (f, "ignored.txt", "[provider ignored]\nname=B\nnotice=x\n");
  write_own (f, "club.conf", "[provider club]\nname=Club\nservers=implicit:mail.club.example:465\nlog-in=password\n");
  g_autoptr (GPtrArray) first = list (f);
  g_assert_cmpstr (find (first, "club")->host, ==, "mail.club.example");
  g_assert_cmpstr (find (first, "club")->fact, ==, "all:person");
  g_assert_null (find (first, "broken"));
  g_assert_null (find (first, "ignored"));
  g_autofree char *told = warnings (f);
  g_assert_nonnull (strstr (told, "broken.conf: [provider broken] servers: "));

  write_own (f, "club.conf", "[provider club]\nname=Club\nservers=implicit:smtp.club.example:465\nlog-in=password\n");
  g_autoptr (GPtrArray) second = list (f);
  g_assert_cmpstr (find (second, "club")->host, ==, "smtp.club.example");

  write_own (f, "club.conf", NULL);
  write_own (f, "broken.conf", NULL);
  g_autofree char *quiet = warnings (f);
  g_assert_cmpstr (quiet, ==, "");
  g_autoptr (GPtrArray) third = list (f);
  g_assert_null (find (third, "club"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/providers/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("list", test_list);
  ADD ("own", test_own);
  return g_test_run ();
}
