/* mail-relayctl account import: settings of other programs become sending accounts. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "base/records-variant.h"
#include "client/import.h"
#include "client/set-up-calls.h"
#include "ctl/output.h"

typedef struct {
  MrCtl *ctl;
  char *from;
  gboolean passwords, forget, dry_run;
  GPtrArray *found;    /* MrImportFound */
  GPtrArray *states;   /* const char *, for each found */
  GPtrArray *troubles; /* char *, for each found, NULL */
  GPtrArray *errors;   /* char * */
  guint known;
} Import;

static void
import_clear (Import *self)
{
  g_free (self->from);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->states, g_ptr_array_unref);
  g_clear_pointer (&self->troubles, g_ptr_array_unref);
  g_clear_pointer (&self->errors, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

/* ---- reading ---- */

static void
read_source (Import *self, MrImportKind kind, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = mr_import_read (kind, path, &error);

  if (found == NULL) {
    g_ptr_array_add (self->errors, g_strdup (error->message));
    return;
  }
  while (found->len > 0)
    g_ptr_array_add (self->found, g_ptr_array_steal_index (found, 0));
}

/* FALSE: --from is neither a kind nor a file. */
static gboolean
read_sources (Import *self)
{
  g_autoptr (GPtrArray) sources = mr_import_list_own_sources ();
  MrImportKind kind = MR_IMPORT_N_KINDS;

  if (self->from != NULL && !mr_import_kind_from_nick (self->from, &kind)) {
    if (!mr_import_guess_kind (self->from, &kind))
      return FALSE;
    g_autofree char *path = g_canonicalize_filename (self->from, NULL);
    read_source (self, kind, path);
    return TRUE;
  }
  for (guint i = 0; i < sources->len; i++) {
    const MrImportSource *source = sources->pdata[i];

    if (kind == MR_IMPORT_N_KINDS || kind == source->kind)
      read_source (self, source->kind, source->path);
  }
  return TRUE;
}

/* 0, or the exit code. */
static int
fit (Import *self)
{
  g_autoptr (GError) error = NULL;

  mr_client_list_accounts_async (self->ctl->client, NULL, mr_ctl_ready_cb, self->ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (self->ctl);
  g_autoptr (GPtrArray) existing = mr_client_list_accounts_finish (self->ctl->client, result, &error);
  if (existing == NULL)
    return mr_ctl_fail (self->ctl, error);
  mr_client_list_providers_async (self->ctl->client, NULL, mr_ctl_ready_cb, self->ctl);
  g_autoptr (GAsyncResult) listed = mr_ctl_wait (self->ctl);
  g_autoptr (GPtrArray) providers = mr_client_list_providers_finish (self->ctl->client, listed, &error);
  if (providers == NULL)
    return mr_ctl_fail (self->ctl, error);
  self->known = mr_import_fit (self->found, existing);
  mr_import_match_providers (self->found, providers);
  return 0;
}

/* ---- storing ---- */

static gboolean
add (Import *self, const MrImportFound *one, GError **error)
{
  mr_client_add_account_async (self->ctl->client, one->account, NULL, mr_ctl_ready_cb, self->ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (self->ctl);

  return mr_client_add_account_finish (self->ctl->client, result, error);
}

static gboolean
store_secret (Import *self, const MrImportFound *one, GError **error)
{
  mr_client_set_password_async (self->ctl->client, one->account->id, one->secret, NULL, mr_ctl_ready_cb, self->ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (self->ctl);

  return mr_client_set_password_finish (self->ctl->client, result, error);
}

/* What it came to, as a word that scripts read. */
static const char *
store_one (Import *self, const MrImportFound *one, GError **error)
{
  if (!one->complete)
    return "incomplete";
  if (self->dry_run)
    return "found";
  if (!add (self, one, error))
    return "refused";
  if (!self->passwords || one->secret == NULL)
    return "added";
  return store_secret (self, one, error) ? "password-stored" : "password-not-stored";
}

static void
store_all (Import *self)
{
  for (guint i = 0; i < self->found->len; i++) {
    g_autoptr (GError) error = NULL;
    const char *state = store_one (self, self->found->pdata[i], &error);

    g_ptr_array_add (self->states, (gpointer)state);
    g_ptr_array_add (self->troubles, error != NULL ? g_strdup (error->message) : NULL);
  }
}

static void
forget_all (Import *self)
{
  guint n = self->found->len;
  g_autofree gboolean *stored = g_new0 (gboolean, n + 1);
  g_autofree gboolean *forgotten = g_new0 (gboolean, n + 1);
  g_autofree char **troubles = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    stored[i] = g_str_equal (self->states->pdata[i], "password-stored");
  mr_import_forget_secrets (self->found, stored, forgotten, troubles);
  for (guint i = 0; i < n; i++) {
    const MrImportFound *one = self->found->pdata[i];

    if (forgotten[i])
      self->states->pdata[i] = (gpointer) "password-moved";
    if (forgotten[i] && one->kind == MR_IMPORT_POSTFIX)
      troubles[i] = g_strdup_printf (_ ("its compiled twin still holds it: postmap %s"), one->secret_file);
    if (troubles[i] != NULL) {
      g_free (self->troubles->pdata[i]);
      self->troubles->pdata[i] = troubles[i];
    }
  }
}

/* ---- telling ---- */

static const char *
state_words (const char *state)
{
  static const struct {
    const char *state, *words;
  } rows[] = {
    { "found", N_ ("can be taken over") },
    { "incomplete", N_ ("left out: something is missing") },
    { "refused", N_ ("refused") },
    { "added", N_ ("added") },
    { "password-stored", N_ ("added with its password") },
    { "password-not-stored", N_ ("added; its password was not stored") },
    { "password-moved", N_ ("added; its password was moved from the old file") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].state, state))
      return _ (rows[i].words);
  return state;
}

static void
print_words (Import *self)
{
  gboolean readable = FALSE;

  for (guint i = 0; i < self->found->len; i++) {
    const MrImportFound *one = self->found->pdata[i];
    g_autofree char *addresses = g_strjoinv (", ", one->account->addresses);

    mr_say ("%s  %s:%u  %s  (%s)\n", one->account->id, one->account->host, one->account->port, addresses, one->file);
    mr_say ("    %s\n", state_words (self->states->pdata[i]));
    if (self->troubles->pdata[i] != NULL)
      mr_say ("    %s\n", (char *)self->troubles->pdata[i]);
    for (guint k = 0; one->warnings[k] != NULL; k++)
      mr_say ("    %s\n", one->warnings[k]);
    if (one->secret != NULL)
      mr_say (_ ("    Its password stands readable in %s\n"), one->secret_file);
    readable = readable || one->secret != NULL;
  }
  if (self->known > 0)
    mr_say (ngettext ("%u account is here already.\n", "%u accounts are here already.\n", self->known), self->known);
  if (self->found->len == 0 && self->known == 0)
    puts (_ ("Nothing was found: no msmtp, esmtp, sSMTP, nullmailer, Postfix relay, Thunderbird or Evolution."));
  if (readable && !self->passwords)
    puts (_ ("--with-passwords stores the readable passwords too; --remove-passwords then takes them out of the old "
             "files."));
  for (guint i = 0; i < self->errors->len; i++)
    mr_tell ("mail-relayctl: %s\n", (char *)self->errors->pdata[i]);
}

static GVariant *
found_to_variant (Import *self, guint i)
{
  const MrImportFound *one = self->found->pdata[i];
  g_autoptr (GVariant) account = g_variant_ref_sink (mr_account_record_to_variant (one->account));
  GVariantDict dict;

  g_variant_dict_init (&dict, account);
  g_variant_dict_insert (&dict, "from-kind", "s", mr_import_kind_nick (one->kind));
  g_variant_dict_insert (&dict, "from-file", "s", one->file);
  g_variant_dict_insert (&dict, "import-state", "s", (const char *)self->states->pdata[i]);
  g_variant_dict_insert (&dict, "readable-password", "b", one->secret != NULL);
  g_variant_dict_insert_value (&dict, "warnings", g_variant_new_strv ((const char *const *)one->warnings, -1));
  if (self->troubles->pdata[i] != NULL)
    g_variant_dict_insert (&dict, "trouble", "s", (const char *)self->troubles->pdata[i]);
  g_variant_dict_remove (&dict, "state");
  return g_variant_dict_end (&dict);
}

static void
print_json (Import *self)
{
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->found->len; i++)
    g_variant_builder_add_value (&builder, found_to_variant (self, i));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "accounts", g_variant_builder_end (&builder));
  g_variant_dict_insert (&dict, "already-here", "u", self->known);
  g_variant_dict_insert_value (&dict, "errors",
                               g_variant_new_strv ((const char *const *)self->errors->pdata, self->errors->len));
  mr_print_json (g_variant_dict_end (&dict));
}

static int
exit_code (Import *self)
{
  if (self->errors->len > 0)
    return MR_EXIT_REFUSED;
  for (guint i = 0; i < self->states->len; i++)
    if (g_str_equal (self->states->pdata[i], "refused") || g_str_equal (self->states->pdata[i], "password-not-stored"))
      return MR_EXIT_REFUSED;
  return MR_EXIT_DONE;
}

static const char summary[] = N_ (
    "Takes over the settings of msmtp, esmtp, sSMTP, nullmailer, Postfix (relayhost), "
    "Thunderbird and Evolution. Nothing of theirs is changed without --remove-passwords.");

int
mr_verb_account_import (MrCtl *ctl, int argc, char **argv)
{
  g_auto (Import) self = { .ctl = ctl };
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &self.from,
      N_ ("Only this file, or this kind: msmtp, esmtp, ssmtp, nullmailer, postfix, thunderbird, evolution"),
      N_ ("FILE|KIND") },
    { "with-passwords", 0, 0, G_OPTION_ARG_NONE, &self.passwords, N_ ("Store passwords that stand readable in a file"),
      NULL },
    { "remove-passwords", 0, 0, G_OPTION_ARG_NONE, &self.forget,
      N_ ("Then take those passwords out of the old files; the old program cannot log in any more. No copy is kept"),
      NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &self.dry_run, N_ ("Only show what is found"), NULL },
    { 0 },
  };

  self.found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  self.states = g_ptr_array_new ();
  self.troubles = g_ptr_array_new_with_free_func (g_free);
  self.errors = g_ptr_array_new_with_free_func (g_free);
  if (!mr_ctl_parse (ctl, "account import", NULL, summary, entries, 0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  if (self.forget && !self.passwords)
    return mr_ctl_usage (_ ("--remove-passwords needs --with-passwords"));
  if (!read_sources (&self))
    return mr_ctl_usage (_ ("“%s” is no file whose kind is known"), self.from);
  int wrong = fit (&self);
  if (wrong != 0)
    return wrong;
  store_all (&self);
  if (self.forget)
    forget_all (&self);
  if (ctl->json)
    print_json (&self);
  else
    print_words (&self);
  return exit_code (&self);
}
