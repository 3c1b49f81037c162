/* What is done with found accounts: fitting them beside those that exist, knowing their provider, and taking passwords out
 * of old files. See import.h. */
#include <config.h>

#include "client/import-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"

static gboolean
is_same (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return g_ascii_strcasecmp (a->host, b->host) == 0 && a->port == b->port && g_str_equal (a->user, b->user);
}

static gboolean
id_is_taken (GPtrArray *found, guint before, GPtrArray *existing, const char *id)
{
  for (guint i = 0; i < before; i++)
    if (g_str_equal (((MrImportFound *)found->pdata[i])->account->id, id))
      return TRUE;
  for (guint i = 0; i < existing->len; i++)
    if (g_str_equal (((MrAccountRecord *)existing->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

guint
mr_import_fit (GPtrArray *found, GPtrArray *existing)
{
  guint taken_out = 0;

  for (guint i = found->len; i-- > 0;) {
    const MrImportFound *one = found->pdata[i];
    gboolean known = FALSE;

    for (guint k = 0; k < existing->len && !known; k++)
      known = is_same (one->account, existing->pdata[k]);
    for (guint k = 0; k < i && !known; k++) {
      const MrImportFound *other = found->pdata[k];
      known = is_same (one->account, other->account)
              && g_strv_equal ((const char *const *)one->account->addresses,
                               (const char *const *)other->account->addresses);
    }
    if (known) {
      g_ptr_array_remove_index (found, i);
      taken_out++;
    }
  }
  for (guint i = 0; i < found->len; i++) {
    MrAccountRecord *account = ((MrImportFound *)found->pdata[i])->account;
    g_autofree char *base = g_strdup (account->id);

    for (guint n = 2; id_is_taken (found, i, existing, account->id); n++) {
      g_free (account->id);
      account->id = g_strdup_printf ("%s-%u", base, n);
    }
  }
  return taken_out;
}

void
mr_import_match_providers (GPtrArray *found, GPtrArray *providers)
{
  for (guint i = 0; i < found->len; i++) {
    MrAccountRecord *account = ((MrImportFound *)found->pdata[i])->account;

    for (guint k = 0; k < providers->len; k++) {
      const MrDiscoveryRecord *provider = providers->pdata[k];

      if (*account->host == '\0' || g_ascii_strcasecmp (account->host, provider->host) != 0)
        continue;
      g_free (account->provider);
      account->provider = g_strdup (provider->provider);
      account->limit_day = provider->limit_day;
      account->limit_minute = provider->limit_minute;
      break;
    }
  }
}

/* ---- taking a password out of the old file ---- */

static gboolean
has_same_secret (const MrImportFound *one, const MrImportFound *wanted)
{
  return one->secret != NULL && g_str_equal (one->secret_file, wanted->secret_file)
         && g_str_equal (mr_secret_get (one->secret), mr_secret_get (wanted->secret));
}

/* The account as it was; where a person changed it meanwhile, the only one with that password. */
static const MrImportFound *
find_again (GPtrArray *now, const MrImportFound *wanted)
{
  const MrImportFound *only = NULL;
  guint n = 0;

  for (guint i = 0; i < now->len; i++) {
    const MrImportFound *one = now->pdata[i];

    if (!has_same_secret (one, wanted))
      continue;
    if (is_same (one->account, wanted->account))
      return one;
    only = one;
    n++;
  }
  return n == 1 ? only : NULL;
}

/* A sibling with the same file may be someone else's: only files of this user are written. */
static gboolean
check_owner (const char *path, struct stat *ret, GError **error)
{
  if (stat (path, ret) < 0) {
    mr_set_errno_error (error, errno, _ ("“%s” cannot be changed"), path);
    return FALSE;
  }
  if (ret->st_uid == geteuid ())
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
               _ ("“%s” belongs to another user: take the password out by hand, or as that user"), path);
  return FALSE;
}

static gboolean
write_without (const char *path, const MrImportFound *now, GError **error)
{
  struct stat info;
  char *text = NULL;
  gsize len = 0;
  gboolean ok = FALSE;

  if (!check_owner (path, &info, error) || !mr_os_read_file (path, MR_IMPORT_FILE_MAX, &text, &len, error))
    return FALSE;
  if (now->secret_at <= len && now->secret_len <= len - now->secret_at) {
    gsize stand_in = strlen (now->secret_stand_in), rest = now->secret_at + now->secret_len;
    gsize new_len = len - now->secret_len + stand_in;
    char *changed = g_malloc (new_len + 1);

    memcpy (changed, text, now->secret_at);
    memcpy (changed + now->secret_at, now->secret_stand_in, stand_in);
    memcpy (changed + now->secret_at + stand_in, text + rest, len - rest);
    ok = mr_os_write_file (path, changed, new_len, info.st_mode & 07777, error);
    mr_wipe (changed, new_len);
    g_free (changed);
    /* A group that reads the file (as that of ssmtp) goes on to; where that is not allowed, only the owner may. */
    if (ok && chown (path, (uid_t)-1, info.st_gid) < 0)
      g_debug ("%s keeps the group of this process", path);
  } else {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("“%s” has changed since it was read"), path);
  }
  mr_wipe (text, len);
  g_free (text);
  return ok;
}

gboolean
mr_import_forget_secret (const MrImportFound *found, GError **error)
{
  g_autoptr (GPtrArray) now = NULL;
  const MrImportFound *again;

  if (found->secret == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("No password was found there"));
    return FALSE;
  }
  now = mr_import_read (found->kind, found->source, error);
  if (now == NULL)
    return FALSE;
  again = find_again (now, found);
  if (again == NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("“%s” has changed since it was read"), found->secret_file);
    return FALSE;
  }
  /* A link goes on to be one: what it points to is changed. */
  char *path = realpath (found->secret_file, NULL);
  if (path == NULL) {
    mr_set_errno_error (error, errno, _ ("“%s” cannot be changed"), found->secret_file);
    return FALSE;
  }
  gboolean ok = write_without (path, again, error);
  free (path);
  return ok;
}

static gboolean
shares_place (const MrImportFound *a, const MrImportFound *b)
{
  return a->secret != NULL && b->secret != NULL && g_str_equal (a->secret_file, b->secret_file)
         && a->secret_at == b->secret_at;
}

static gboolean
all_stored (GPtrArray *found, guint n, const gboolean *stored)
{
  for (guint i = 0; i < found->len; i++)
    if (!stored[i] && shares_place (found->pdata[i], found->pdata[n]))
      return FALSE;
  return TRUE;
}

/* The first of those that share a place is the one that is taken out. */
static guint
first_of_place (GPtrArray *found, guint n)
{
  guint first = 0;

  while (first < n && !shares_place (found->pdata[first], found->pdata[n]))
    first++;
  return first;
}

void
mr_import_forget_secrets (GPtrArray *found, const gboolean *stored, gboolean *ret_forgotten, char **ret_troubles)
{
  for (guint i = 0; i < found->len; i++) {
    const MrImportFound *one = found->pdata[i];
    guint first = first_of_place (found, i);
    g_autoptr (GError) error = NULL;

    ret_forgotten[i] = FALSE;
    ret_troubles[i] = NULL;
    if (!stored[i] || one->secret == NULL)
      continue;
    if (!all_stored (found, i, stored))
      ret_troubles[i] = g_strdup (_ ("another account in that file uses the same password, which was not stored"));
    else if (first < i)
      ret_forgotten[i] = ret_forgotten[first];
    else
      ret_forgotten[i] = mr_import_forget_secret (one, &error);
    if (error != NULL)
      ret_troubles[i] = g_strdup (error->message);
    else if (first < i && ret_troubles[i] == NULL)
      ret_troubles[i] = g_strdup (ret_troubles[first]);
  }
}
