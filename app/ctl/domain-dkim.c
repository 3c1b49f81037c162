/* mail-relayctl domain dkim-...: the keys that sign. */
#include <config.h>

#include "ctl/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "client/publish-calls.h"
#include "ctl/output.h"
#include "ndr/key-texts.h"

static GPtrArray *
list_keys (MrCtl *ctl, GError **error)
{
  mr_client_list_keys_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  return mr_client_list_keys_finish (ctl->client, result, error);
}

static const char *
state_words (const MrDkimKeyRecord *key)
{
  switch (key->state) {
  case MR_DKIM_KEY_NEW:
    return _ ("new: publish its entry");
  case MR_DKIM_KEY_PUBLISHED:
    return _ ("published, does not sign yet");
  case MR_DKIM_KEY_ACTIVE:
    return _ ("signs");
  case MR_DKIM_KEY_OLD:
    return _ ("old: leave its entry for now");
  case MR_DKIM_KEY_N_STATES:
  default:
    return "";
  }
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  const char *const titles[] = { _ ("Id"), _ ("Domain"), _ ("Name"), _ ("Kind"), _ ("Since"), _ ("State"), NULL };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "domain dkim-list", NULL, N_ ("Keys that sign mail (DKIM)."), NULL, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  g_autoptr (GPtrArray) keys = list_keys (ctl, &error);
  if (keys == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    mr_print_json_list ("keys", keys, (MrRecordToVariant)mr_dkim_key_record_to_variant);
    return MR_EXIT_DONE;
  }
  g_autoptr (MrTable) table = mr_table_new (titles);
  for (guint i = 0; i < keys->len; i++) {
    const MrDkimKeyRecord *key = keys->pdata[i];
    g_autofree char *since = mr_format_time (key->created);
    const char *cells[] = { key->id, key->domain, key->selector, key->algorithm, since, state_words (key), NULL };

    mr_table_add (table, cells, 5, key->state == MR_DKIM_KEY_ACTIVE ? MR_COLOUR_GOOD : NULL);
  }
  if (keys->len == 0)
    puts (_ ("There is no key. Mail of your domains is signed by the provider it goes through, or not at all."));
  else
    mr_table_print (table);
  for (guint i = 0; i < keys->len; i++) {
    const MrDkimKeyRecord *key = keys->pdata[i];
    g_autofree char *reason = mr_dkim_key_dup_reason (key, ctl->now);

    if (reason != NULL)
      mr_say ("%s: %s\n", key->id, reason);
  }
  return MR_EXIT_DONE;
}

/* ---- making ---- */

static MrDkimKeyRecord *
make (MrCtl *ctl, const char *domain, const char *selector, const char *algorithm, const char *replaces, GError **error)
{
  mr_client_new_key_async (ctl->client, domain, selector, algorithm, replaces, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  return mr_client_new_key_finish (ctl->client, result, error);
}

static void
print_made (GPtrArray *keys)
{
  for (guint i = 0; i < keys->len; i++) {
    const MrDkimKeyRecord *key = keys->pdata[i];

    mr_print_field (_ ("Id"), key->id);
    mr_print_field (_ ("Name"), key->name);
    mr_print_field (_ ("Type"), "TXT");
    mr_print_field (_ ("Value"), key->record);
    putchar ('\n');
    if (strcmp (key->algorithm, "ed25519") == 0)
      mr_print_paragraph (
          _ ("Some receivers, Gmail among them, report signatures of this kind as failed; have an RSA key "
             "beside it."),
          0);
  }
  mr_print_paragraph (_ ("Publish this entry. Once the domain's name servers have it, the key begins to sign: "
                         "mail-relayctl domain watch"),
                      0);
}

static int
new_key (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *selector = NULL, *algorithm = NULL;
  gboolean both = FALSE;
  const GOptionEntry entries[] = {
    { "selector", 0, 0, G_OPTION_ARG_STRING, &selector, N_ ("Name of the key; else one with the date"), N_ ("NAME") },
    { "algorithm", 0, 0, G_OPTION_ARG_STRING, &algorithm, N_ ("rsa-2048 (default), rsa-3072, rsa-4096 or ed25519"),
      N_ ("KIND") },
    { "both", 0, 0, G_OPTION_ARG_NONE, &both, N_ ("A key of RSA and one of Ed25519, which sign side by side"), NULL },
    { 0 },
  };
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_key_record_free);
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "domain dkim-new", N_ ("DOMAIN"), N_ ("Makes a key that signs mail of a domain."), entries, 1,
                     1, &argc, &argv))
    return MR_EXIT_USAGE;
  for (guint i = 0; i < (both ? 2 : 1); i++) {
    MrDkimKeyRecord *key = make (ctl, argv[1], i == 0 ? selector : NULL, i == 0 ? algorithm : "ed25519", NULL, &error);

    if (key == NULL)
      return mr_ctl_fail (ctl, error);
    g_ptr_array_add (keys, key);
  }
  if (ctl->json)
    mr_print_json_list ("keys", keys, (MrRecordToVariant)mr_dkim_key_record_to_variant);
  else
    print_made (keys);
  return MR_EXIT_DONE;
}

static int
rotate (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dkim_key_record_free);
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "domain dkim-rotate", N_ ("DOMAIN"),
                     N_ ("Makes keys that take over from those that sign now, once they are published."), NULL, 1, 1,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  g_autoptr (GPtrArray) keys = list_keys (ctl, &error);
  for (guint i = 0; keys != NULL && i < keys->len && error == NULL; i++) {
    const MrDkimKeyRecord *key = keys->pdata[i];

    if (key->state == MR_DKIM_KEY_ACTIVE && g_ascii_strcasecmp (key->domain, argv[1]) == 0) {
      MrDkimKeyRecord *next = make (ctl, key->domain, NULL, NULL, key->id, &error);
      if (next != NULL)
        g_ptr_array_add (made, next);
    }
  }
  if (error == NULL && made->len == 0)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s has no key that signs: mail-relayctl domain dkim-new"),
                 argv[1]);
  if (error != NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json_list ("keys", made, (MrRecordToVariant)mr_dkim_key_record_to_variant);
  else
    print_made (made);
  return MR_EXIT_DONE;
}

/* ---- changing ---- */

static int
answer (MrCtl *ctl, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);

  if (!mr_client_change_key_finish (ctl->client, result, &error))
    return mr_ctl_fail (ctl, error);
  return mr_ctl_done (ctl, words);
}

static int
use (MrCtl *ctl, int argc, char **argv)
{
  if (!mr_ctl_parse (ctl, "domain dkim-use", N_ ("ID"),
                     N_ ("Lets a key sign now, without waiting until its entry was seen."), NULL, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_set_key_state_async (ctl->client, argv[1], MR_DKIM_KEY_ACTIVE, NULL, mr_ctl_ready_cb, ctl);
  return answer (ctl, _ ("The key signs from now on."));
}

static int
remove_key (MrCtl *ctl, int argc, char **argv)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, N_ ("Also where it signs, or mail that it signed may be under way"),
      NULL },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "domain dkim-remove", N_ ("ID"), N_ ("Deletes a key."), entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_remove_key_async (ctl->client, argv[1], force, NULL, mr_ctl_ready_cb, ctl);
  return answer (ctl, _ ("The key is deleted. Its entry in the DNS can go now."));
}

static int export(MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int fd, code;

  if (!mr_ctl_parse (ctl, "domain dkim-export", N_ ("ID FILE"),
                     N_ ("Writes a key into a new file that only you can read, for use in another program."), NULL, 2,
                     2, &argc, &argv))
    return MR_EXIT_USAGE;
  fd = open (argv[2], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    mr_set_errno_error (&error, errno, _ ("%s cannot be written"), argv[2]);
    return mr_ctl_fail (ctl, error);
  }
  mr_client_export_key_async (ctl->client, argv[1], fd, NULL, mr_ctl_ready_cb, ctl);
  code = answer (ctl, _ ("The key is written. Whoever has the file can sign in the domain's name."));
  close (fd);
  if (code != MR_EXIT_DONE)
    unlink (argv[2]);
  return code;
}

int
mr_verb_domain_dkim (MrCtl *ctl, int argc, char **argv)
{
  static const struct {
    const char *name;
    int (*run) (MrCtl *ctl, int argc, char **argv);
  } verbs[] = { { "dkim-list", list }, { "dkim-new", new_key },       { "dkim-rotate", rotate },
                { "dkim-use", use },   { "dkim-remove", remove_key }, { "dkim-export", export } };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, argv[0]) == 0)
      return verbs[i].run (ctl, argc, argv);
  return MR_EXIT_USAGE;
}
