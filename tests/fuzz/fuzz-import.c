/* Fuzz target: files of other programs. The first byte chooses the kind; the rest is the file, for Postfix and ssmtp with
 * further files behind NUL bytes. */
#include <string.h>

#include "client/import-private.h"
#include "fuzz.h"
#include "mail/host-name.h"

typedef struct {
  const char *text; /* what every other file holds */
  gsize len;
} Other;

static char *
load_other (char **path, gsize *ret_len, gpointer data)
{
  const Other *other = data;
  char *copy = g_malloc (other->len + 1);

  memcpy (copy, other->text, other->len);
  copy[other->len] = '\0';
  *ret_len = other->len;
  return copy;
}

/* len: of the file that secrets stand in. */
static void
check (const MrImportFound *found, gsize len)
{
  const MrAccountRecord *account = found->account;

  g_assert_true (*account->host == '\0' || mr_host_name_is_valid (account->host));
  g_assert_true (!found->complete || (*account->host != '\0' && account->addresses[0] != NULL));
  g_assert_cmpuint (account->port, >=, 1);
  g_assert_cmpuint (account->port, <=, 65535);
  g_assert_true (*account->id != '\0'
                 && strspn (account->id, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen (account->id));
  g_assert_true (g_utf8_validate (account->user, -1, NULL) && g_utf8_validate (account->name, -1, NULL));
  /* No password in the clear over a network. */
  g_assert_true (account->tls != MR_TLS_NONE || *account->user == '\0' || *account->host == '\0'
                 || mr_host_name_is_loopback (account->host));
  if (found->secret == NULL)
    return;
  g_assert_cmpuint (found->secret_at, <=, len);
  g_assert_cmpuint (found->secret_len, <=, len - found->secret_at);
  g_assert_cmpuint (found->secret_len, >=, mr_secret_length (found->secret));
}

static void
parse_evolution (const char *text, gsize len, GPtrArray *found)
{
  g_autoptr (GHashTable) sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *nul = memchr (text, '\0', len);
  gsize first = nul != NULL ? (gsize)(nul - text) : len;

  g_hash_table_insert (sources, g_strdup ("a"), g_strndup (text, first));
  if (nul != NULL)
    g_hash_table_insert (sources, g_strdup ("b"), g_strndup (nul + 1, len - first - 1));
  mr_import_parse_evolution (sources, "/sources", found);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  const char *text = (const char *)data + 1, *nul;
  gsize len;

  if (size == 0)
    return 0;
  len = size - 1;
  nul = memchr (text, '\0', len);
  gsize first = nul != NULL ? (gsize)(nul - text) : len;
  Other other = { nul != NULL ? nul + 1 : "", nul != NULL ? len - first - 1 : 0 };
  g_autofree char *aliases = g_strndup (other.text, other.len);

  switch (data[0] % MR_IMPORT_N_KINDS) {
  case MR_IMPORT_MSMTP:
    mr_import_parse_msmtp (text, len, "file", found);
    break;
  case MR_IMPORT_ESMTP:
    mr_import_parse_esmtp (text, len, "file", found);
    break;
  case MR_IMPORT_SSMTP:
    mr_import_parse_ssmtp (text, first, aliases, "file", found);
    break;
  case MR_IMPORT_NULLMAILER:
    mr_import_parse_nullmailer (text, len, "file", found);
    break;
  case MR_IMPORT_THUNDERBIRD:
    mr_import_parse_thunderbird (text, len, "file", found);
    break;
  case MR_IMPORT_EVOLUTION:
    parse_evolution (text, len, found);
    break;
  default:
    mr_import_parse_postfix (text, first, "file", load_other, &other, found);
    break;
  }
  g_assert_cmpuint (found->len, <=, MR_IMPORT_ACCOUNTS_MAX);
  for (guint i = 0; i < found->len; i++) {
    gboolean beside = ((MrImportFound *)found->pdata[i])->kind == MR_IMPORT_POSTFIX;
    check (found->pdata[i], beside ? other.len : len);
  }
  return 0;
}
