/* mail-relayctl program: passwords for programs, and other users of this computer. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <pwd.h>
#include <stdio.h>

#include "base/records-variant.h"
#include "ctl/output.h"

/* ---- list ---- */

static void
print_programs (GPtrArray *programs)
{
  const char *const titles[] = { _ ("Id"), _ ("Name"), _ ("Since"), _ ("Password"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (programs->len == 0) {
    puts (_ ("No program has a password. Your own programs need none."));
    return;
  }
  for (guint i = 0; i < programs->len; i++) {
    const MrProgramRecord *program = programs->pdata[i];
    g_autofree char *since = mr_format_time (program->created);
    const char *cells[] = { program->id, program->name, since, program->revoked ? _ ("no longer taken") : _ ("valid"),
                            NULL };
    mr_table_add (table, cells, 3, program->revoked ? MR_COLOUR_DIM : MR_COLOUR_GOOD);
  }
  mr_table_print (table);
}

static char *
dup_user (gint64 uid)
{
  const struct passwd *entry = uid >= 0 && uid < G_MAXUINT32 ? getpwuid ((uid_t)uid) : NULL;

  if (entry != NULL)
    return g_strdup (entry->pw_name);
  return uid >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, uid) : g_strdup (_ ("unknown"));
}

static void
print_refusals (GPtrArray *refusals)
{
  const char *const titles[]
      = { _ ("Refused"), _ ("Program"), _ ("User"), _ ("From"), _ ("Sender"), _ ("Reason"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (refusals->len == 0)
    return;
  putchar ('\n');
  for (guint i = 0; i < refusals->len; i++) {
    const MrRefusalRecord *refusal = refusals->pdata[i];
    g_autofree char *time = mr_format_time (refusal->time);
    g_autofree char *user = dup_user (refusal->uid);
    const char *cells[] = { time,
                            refusal->program,
                            user,
                            refusal->peer,
                            refusal->reverse_path != NULL ? refusal->reverse_path : "",
                            refusal->reason,
                            NULL };
    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

static void
print_json (GPtrArray *programs, GPtrArray *refusals)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "programs",
                               mr_json_list (programs, (MrRecordToVariant)mr_program_record_to_variant));
  g_variant_dict_insert_value (&dict, "refusals",
                               mr_json_list (refusals, (MrRecordToVariant)mr_refusal_record_to_variant));
  mr_print_json (g_variant_dict_end (&dict));
}

static int
list (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "program list", NULL, N_ ("Programs with a password, and attempts that were refused."), NULL,
                     0, 0, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_list_programs_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) programs = mr_client_list_programs_finish (ctl->client, result, &error);
  if (programs == NULL)
    return mr_ctl_fail (ctl, error);
  mr_client_list_refusals_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) second = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) refusals = mr_client_list_refusals_finish (ctl->client, second, &error);
  if (refusals == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    print_json (programs, refusals);
  } else {
    print_programs (programs);
    print_refusals (refusals);
  }
  return MR_EXIT_DONE;
}

/* ---- add, remove, allow ---- */

static int
add (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (MrSecret) password = NULL;

  if (!mr_ctl_parse (ctl, "program add", N_ ("NAME"),
                     N_ ("Makes a password for a program or device. It is shown this once."), NULL, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_add_program_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_add_program_finish (ctl->client, result, &id, &password, &error))
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", id);
    g_variant_dict_insert (&dict, "user", "s", id);
    g_variant_dict_insert (&dict, "password", "s", mr_secret_get (password));
    mr_print_json (g_variant_dict_end (&dict));
  } else {
    mr_print_field (_ ("User name"), id);
    mr_print_field (_ ("Password"), mr_secret_get (password));
    puts (_ ("It is not shown again."));
  }
  return MR_EXIT_DONE;
}

static int
answer (MrCtl *ctl, gboolean ok, const GError *error, const char *words)
{
  return ok ? mr_ctl_done (ctl, words) : mr_ctl_fail (ctl, error);
}

static int
remove_program (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "program remove", "ID", N_ ("The program's password is no longer taken."), NULL, 1, 1, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  mr_client_remove_program_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_remove_program_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, _ ("The password is no longer taken."));
}

/* A user's name or number. */
static gboolean
find_user (const char *word, gint64 *ret)
{
  guint64 number;
  const struct passwd *entry;

  if (g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT32 - 1, &number, NULL)) {
    *ret = (gint64)number;
    return TRUE;
  }
  entry = getpwnam (word);
  if (entry != NULL)
    *ret = (gint64)entry->pw_uid;
  return entry != NULL;
}

static int
allow (MrCtl *ctl, int argc, char **argv)
{
  gboolean revoke = FALSE;
  const GOptionEntry entries[] = { { "revoke", 0, 0, G_OPTION_ARG_NONE, &revoke, N_ ("No longer allow it"), NULL },
                                   { 0 } };
  g_autoptr (GError) error = NULL;
  gint64 uid;

  if (!mr_ctl_parse (ctl, "program allow", N_ ("USER"),
                     N_ ("Programs of another user of this computer may hand in mail without a password."), entries, 1,
                     1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (!find_user (argv[1], &uid))
    return mr_ctl_usage (_ ("there is no user “%s”"), argv[1]);
  mr_client_allow_user_async (ctl->client, uid, !revoke, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_allow_user_finish (ctl->client, result, &error);
  return answer (ctl, ok, error,
                 revoke ? _ ("That user's programs need a password now.")
                        : _ ("That user's programs may hand in mail now."));
}

int
mr_verb_program (MrCtl *ctl, int argc, char **argv)
{
  static const MrVerb verbs[] = {
    { "list", N_ ("Passwords, and attempts that were refused"), list },
    { "add", N_ ("Make a password for a program"), add },
    { "remove", N_ ("No longer take a program's password"), remove_program },
    { "allow", N_ ("Let another user's programs hand in mail"), allow },
    { NULL, NULL, NULL },
  };

  return mr_verb_dispatch (ctl, "mail-relayctl program", verbs, argc - 1, argv + 1);
}
