/* Finding and reading the settings of other programs: see import.h. */
#include <config.h>

#include "client/import-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"

#define SOURCES_MAX      500
#define SOURCE_MAX       (64 * 1024)
#define PROFILES_MAX     50
#define GUESS_BYTES      4096
#define EVOLUTION_ENDING ".source"

static const struct {
  const char *nick, *name;
} kinds[MR_IMPORT_N_KINDS] = {
  { "msmtp", "msmtp" },           { "esmtp", "esmtp" },     { "ssmtp", "sSMTP" },
  { "nullmailer", "nullmailer" }, { "postfix", "Postfix" }, { "thunderbird", "Thunderbird" },
  { "evolution", "Evolution" },
};

const char *
mr_import_kind_nick (MrImportKind kind)
{
  return kinds[kind].nick;
}

const char *
mr_import_kind_name (MrImportKind kind)
{
  return kinds[kind].name;
}

gboolean
mr_import_kind_from_nick (const char *nick, MrImportKind *ret)
{
  for (guint i = 0; i < MR_IMPORT_N_KINDS; i++)
    if (g_str_equal (kinds[i].nick, nick)) {
      *ret = (MrImportKind)i;
      return TRUE;
    }
  return FALSE;
}

/* ---- where settings stand ---- */

void
mr_import_source_free (MrImportSource *source)
{
  g_free (source->path);
  g_free (source);
}

/* Takes the path. */
static void
add_source (GPtrArray *sources, MrImportKind kind, char *path)
{
  if (access (path, R_OK) == 0) {
    MrImportSource *source = g_new0 (MrImportSource, 1);

    source->kind = kind;
    source->path = g_steal_pointer (&path);
    g_ptr_array_add (sources, source);
  }
  g_free (path);
}

static void
add_profiles (GPtrArray *sources, const char *folder)
{
  g_autofree char *list = g_build_filename (folder, "profiles.ini", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  char *text = NULL;
  gsize len = 0;

  if (!mr_os_read_file (list, SOURCE_MAX, &text, &len, NULL))
    return;
  gboolean ok = g_key_file_load_from_data (file, text, len, G_KEY_FILE_NONE, NULL);
  g_free (text);
  groups = ok ? g_key_file_get_groups (file, NULL) : NULL;
  for (guint i = 0; groups != NULL && groups[i] != NULL && i < PROFILES_MAX; i++) {
    g_autofree char *path = g_key_file_get_string (file, groups[i], "Path", NULL);

    if (path == NULL || !g_str_has_prefix (groups[i], "Profile"))
      continue;
    add_source (sources, MR_IMPORT_THUNDERBIRD,
                g_path_is_absolute (path) ? g_build_filename (path, "prefs.js", NULL)
                                          : g_build_filename (folder, path, "prefs.js", NULL));
  }
}

GPtrArray *
mr_import_list_sources (const char *home, const char *config_home, const char *root)
{
  static const char *const thunderbird[] = { ".thunderbird", "snap/thunderbird/common/.thunderbird",
                                             ".var/app/org.mozilla.Thunderbird/.thunderbird" };
  GPtrArray *sources = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_source_free);

  add_source (sources, MR_IMPORT_MSMTP, g_build_filename (home, ".msmtprc", NULL));
  add_source (sources, MR_IMPORT_MSMTP, g_build_filename (config_home, "msmtp", "config", NULL));
  add_source (sources, MR_IMPORT_MSMTP, g_build_filename (root, "/etc/msmtprc", NULL));
  add_source (sources, MR_IMPORT_ESMTP, g_build_filename (home, ".esmtprc", NULL));
  add_source (sources, MR_IMPORT_ESMTP, g_build_filename (root, "/etc/esmtprc", NULL));
  add_source (sources, MR_IMPORT_SSMTP, g_build_filename (root, "/etc/ssmtp/ssmtp.conf", NULL));
  add_source (sources, MR_IMPORT_NULLMAILER, g_build_filename (root, "/etc/nullmailer/remotes", NULL));
  add_source (sources, MR_IMPORT_POSTFIX, g_build_filename (root, "/etc/postfix/main.cf", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (thunderbird); i++) {
    g_autofree char *folder = g_build_filename (home, thunderbird[i], NULL);
    add_profiles (sources, folder);
  }
  add_source (sources, MR_IMPORT_EVOLUTION, g_build_filename (config_home, "evolution", "sources", NULL));
  add_source (sources, MR_IMPORT_EVOLUTION,
              g_build_filename (home, ".var/app/org.gnome.Evolution/config/evolution/sources", NULL));
  return sources;
}

GPtrArray *
mr_import_list_own_sources (void)
{
  return mr_import_list_sources (g_get_home_dir (), g_get_user_config_dir (), "/");
}

static gboolean
guess_by_text (const char *path, MrImportKind *ret)
{
  static const struct {
    const char *words;
    MrImportKind kind;
  } marks[] = { { "user_pref(", MR_IMPORT_THUNDERBIRD },
                { "relayhost", MR_IMPORT_POSTFIX },
                { "smtpd_", MR_IMPORT_POSTFIX },
                { "mailhub=", MR_IMPORT_SSMTP },
                { "hostname", MR_IMPORT_ESMTP },
                { "account ", MR_IMPORT_MSMTP },
                { "host ", MR_IMPORT_MSMTP },
                { " smtp", MR_IMPORT_NULLMAILER } };
  char head[GUESS_BYTES + 1];
  FILE *file = fopen (path, "re");
  gsize n = file != NULL ? fread (head, 1, GUESS_BYTES, file) : 0;
  gboolean found = FALSE;

  if (file != NULL)
    fclose (file);
  head[n] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (marks) && !found; i++)
    if (strstr (head, marks[i].words) != NULL) {
      *ret = marks[i].kind;
      found = TRUE;
    }
  mr_wipe (head, sizeof head);
  return found;
}

/* The files by whose name a kind is known, and that are looked for where a folder was named. */
static const struct {
  const char *ending;
  MrImportKind kind;
} file_names[] = { { "msmtprc", MR_IMPORT_MSMTP },    { "esmtprc", MR_IMPORT_ESMTP },
                   { "ssmtp.conf", MR_IMPORT_SSMTP }, { "remotes", MR_IMPORT_NULLMAILER },
                   { "main.cf", MR_IMPORT_POSTFIX },  { "prefs.js", MR_IMPORT_THUNDERBIRD } };

/* The file of a folder such as that of a profile. (transfer full) path itself where there is none. */
static char *
dup_inside (MrImportKind kind, const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (file_names) && g_file_test (path, G_FILE_TEST_IS_DIR); i++) {
    g_autofree char *inside = g_build_filename (path, file_names[i].ending, NULL);

    if (file_names[i].kind == kind && access (inside, R_OK) == 0)
      return g_steal_pointer (&inside);
  }
  return g_strdup (path);
}

static gboolean
guess_folder (const char *path, MrImportKind *ret)
{
  *ret = MR_IMPORT_EVOLUTION;
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++) {
    g_autofree char *inside = g_build_filename (path, file_names[i].ending, NULL);

    if (access (inside, R_OK) == 0)
      *ret = file_names[i].kind;
  }
  return TRUE;
}

gboolean
mr_import_guess_kind (const char *path, MrImportKind *ret)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return guess_folder (path, ret);
  for (guint i = 0; i < G_N_ELEMENTS (file_names); i++)
    if (g_str_has_suffix (path, file_names[i].ending)) {
      *ret = file_names[i].kind;
      return TRUE;
    }
  return guess_by_text (path, ret);
}

/* ---- reading ---- */

/* A file that main.cf names. Where main.cf is a copy that lies elsewhere, the file beside it goes first. */
static char *
load_beside (char **path, gsize *ret_len, gpointer data)
{
  const char *main_file = data;
  g_autofree char *folder = g_path_get_dirname (main_file);
  g_autofree char *name = g_path_get_basename (*path);
  char *beside = g_build_filename (folder, name, NULL);
  char *text = NULL;

  if (mr_os_read_file (beside, MR_IMPORT_FILE_MAX, &text, ret_len, NULL)) {
    g_free (*path);
    *path = beside;
    return text;
  }
  g_free (beside);
  return mr_os_read_file (*path, MR_IMPORT_FILE_MAX, &text, ret_len, NULL) ? text : NULL;
}

static gboolean
read_evolution (const char *path, GPtrArray *found, GError **error)
{
  g_autoptr (GHashTable) sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while (g_hash_table_size (sources) < SOURCES_MAX && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    char *text = NULL;
    gsize len = 0;

    if (g_str_has_suffix (name, EVOLUTION_ENDING) && mr_os_read_file (file, SOURCE_MAX, &text, &len, NULL))
      g_hash_table_replace (sources, g_strndup (name, strlen (name) - strlen (EVOLUTION_ENDING)), text);
  }
  mr_import_parse_evolution (sources, path, found);
  return TRUE;
}

static char *
load_aliases (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *beside = g_build_filename (folder, "revaliases", NULL);
  char *text = NULL;
  gsize len = 0;

  return mr_os_read_file (beside, SOURCE_MAX, &text, &len, NULL) ? text : NULL;
}

static void
parse (MrImportKind kind, const char *text, gsize len, const char *path, GPtrArray *found)
{
  g_autofree char *aliases = NULL;

  switch (kind) {
  case MR_IMPORT_MSMTP:
    mr_import_parse_msmtp (text, len, path, found);
    break;
  case MR_IMPORT_ESMTP:
    mr_import_parse_esmtp (text, len, path, found);
    break;
  case MR_IMPORT_SSMTP:
    aliases = load_aliases (path);
    mr_import_parse_ssmtp (text, len, aliases, path, found);
    break;
  case MR_IMPORT_NULLMAILER:
    mr_import_parse_nullmailer (text, len, path, found);
    break;
  case MR_IMPORT_POSTFIX:
    mr_import_parse_postfix (text, len, path, load_beside, (gpointer)path, found);
    break;
  case MR_IMPORT_THUNDERBIRD:
    mr_import_parse_thunderbird (text, len, path, found);
    break;
  case MR_IMPORT_EVOLUTION:
  case MR_IMPORT_N_KINDS:
    break;
  }
}

static gboolean
read_file (MrImportKind kind, const char *path, GPtrArray *found, GError **error)
{
  char *text = NULL;
  gsize len = 0;

  if (!mr_os_read_file (path, MR_IMPORT_FILE_MAX, &text, &len, error))
    return FALSE;
  parse (kind, text, len, path, found);
  mr_wipe (text, len);
  g_free (text);
  return TRUE;
}

GPtrArray *
mr_import_read (MrImportKind kind, const char *named, GError **error)
{
  g_autofree char *path = dup_inside (kind, named);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  g_autoptr (GError) local = NULL;
  gboolean ok = kind == MR_IMPORT_EVOLUTION ? read_evolution (path, found, &local)
                                            : read_file (kind, path, found, &local);

  if (!ok && local->domain == MR_ERROR)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (!ok)
    g_set_error (error, MR_ERROR, MR_ERROR_FAILED, _ ("“%s” cannot be read: %s"), path, local->message);
  if (!ok)
    return NULL;
  for (guint i = 0; i < found->len; i++) {
    MrImportFound *one = found->pdata[i];

    g_free (one->source);
    one->source = g_strdup (path);
  }
  return g_steal_pointer (&found);
}
