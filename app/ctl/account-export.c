/* mail-relayctl account export and restore: the settings of accounts as a file, without passwords and tokens. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "client/account-file.h"
#include "ctl/output.h"

static GPtrArray *
list_accounts (MrCtl *ctl, GError **error)
{
  mr_client_list_accounts_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);

  return mr_client_list_accounts_finish (ctl->client, result, error);
}

/* ---- export ---- */

static int
write_file (MrCtl *ctl, const char *path, const char *text, guint n, gboolean force)
{
  g_autoptr (GError) error = NULL;

  if (!force && g_file_test (path, G_FILE_TEST_EXISTS)) {
    mr_tell (_ ("“%s” exists already; --force writes over it\n"), path);
    return MR_EXIT_REFUSED;
  }
  if (!mr_os_write_file (path, text, strlen (text), 0600, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "file", "s", path);
    g_variant_dict_insert (&dict, "accounts", "u", n);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    mr_say (ngettext ("%u account was written, without its password.\n",
                      "%u accounts were written, without their passwords.\n", n),
            n);
  }
  return MR_EXIT_DONE;
}

int
mr_verb_account_export (MrCtl *ctl, int argc, char **argv)
{
  gboolean force = FALSE;
  const GOptionEntry entries[]
      = { { "force", 0, 0, G_OPTION_ARG_NONE, &force, N_ ("Write over a file that exists"), NULL }, { 0 } };
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account export", _ ("[FILE]"),
                     N_ ("Writes the settings of all accounts to FILE, or shows them. Passwords are not in it."),
                     entries, 0, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  g_autoptr (GPtrArray) accounts = list_accounts (ctl, &error);
  if (accounts == NULL)
    return mr_ctl_fail (ctl, error);
  g_autofree char *text = mr_account_file_write (accounts);
  if (argc > 1)
    return write_file (ctl, argv[1], text, accounts->len, force);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "text", "s", text);
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    fputs (text, stdout);
  }
  return MR_EXIT_DONE;
}

/* ---- restore ---- */

typedef struct {
  MrCtl *ctl;
  gboolean replace;
  GPtrArray *existing;
  GVariantBuilder told; /* aa{sv} */
  gboolean trouble;
} Restore;

static gboolean
exists (const Restore *self, const char *id)
{
  for (guint i = 0; i < self->existing->len; i++)
    if (g_str_equal (((MrAccountRecord *)self->existing->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

/* A word that scripts read. */
static const char *
restore_one (Restore *self, const MrAccountRecord *record, GError **error)
{
  gboolean update = exists (self, record->id);
  gboolean ok;

  if (update && !self->replace)
    return "exists";
  mr_client_save_account_async (self->ctl->client, record, update, NULL, mr_ctl_ready_cb, self->ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (self->ctl);
  ok = mr_client_save_account_finish (self->ctl->client, result, error);
  return !ok ? "refused" : update ? "replaced" : "added";
}

static const char *
restore_words (const char *state)
{
  return g_str_equal (state, "exists")     ? _ ("is here already; --replace takes its settings from the file")
         : g_str_equal (state, "replaced") ? _ ("replaced")
         : g_str_equal (state, "added")
             ? _ ("added; its password is not in the file: mail-relayctl account set-password")
             : _ ("refused");
}

static void
tell (Restore *self, const char *id, const char *state, const GError *error)
{
  GVariantDict dict;

  self->trouble = self->trouble || error != NULL;
  if (!self->ctl->json) {
    mr_say ("%s: %s\n", id, error != NULL ? error->message : restore_words (state));
    return;
  }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "restore-state", "s", state);
  if (error != NULL)
    g_variant_dict_insert (&dict, "trouble", "s", error->message);
  g_variant_builder_add_value (&self->told, g_variant_dict_end (&dict));
}

static void
restore_all (Restore *self, GPtrArray *records)
{
  g_variant_builder_init (&self->told, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++) {
    const MrAccountRecord *record = records->pdata[i];
    g_autoptr (GError) error = NULL;
    const char *state = restore_one (self, record, &error);

    tell (self, record->id, state, error);
  }
  if (self->ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "accounts", g_variant_builder_end (&self->told));
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    g_variant_builder_clear (&self->told);
  }
}

int
mr_verb_account_restore (MrCtl *ctl, int argc, char **argv)
{
  Restore self = { .ctl = ctl };
  const GOptionEntry entries[] = { { "replace", 0, 0, G_OPTION_ARG_NONE, &self.replace,
                                     N_ ("Change accounts of the same id that exist; their passwords stay"), NULL },
                                   { 0 } };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize len = 0;

  if (!mr_ctl_parse (ctl, "account restore", _ ("FILE"), N_ ("Adds the accounts of a file that account export wrote."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (!mr_os_read_file (argv[1], MR_ACCOUNT_FILE_MAX, &text, &len, &error))
    return mr_ctl_fail (ctl, error);
  g_autoptr (GPtrArray) records = mr_account_file_read (text, len, &error);
  if (records == NULL)
    return mr_ctl_fail (ctl, error);
  g_autoptr (GPtrArray) existing = list_accounts (ctl, &error);
  if (existing == NULL)
    return mr_ctl_fail (ctl, error);
  self.existing = existing;
  restore_all (&self, records);
  return self.trouble ? MR_EXIT_REFUSED : MR_EXIT_DONE;
}
