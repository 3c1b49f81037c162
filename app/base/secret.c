/* Bytes that are wiped when the last reference goes.
 *
 * Each secret has pages of its own, so that locking and MADV_DONTDUMP touch nothing else. Where the limit on locked
 * memory is used up the secret is kept unlocked: a password that might be swapped is better than mail that cannot go.
 */
#include "base/secret.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct _MrSecret {
  gatomicrefcount refs;
  char *text;
  gsize len;
  gsize mapped;
};

void
mr_wipe (void *data, gsize len)
{
  if (data != NULL)
    OPENSSL_cleanse (data, len);
}

MrSecret *
mr_secret_new (const void *data, gsize len)
{
  return len <= MR_SECRET_MAX ? mr_secret_new_long (data, len) : NULL;
}

MrSecret *
mr_secret_new_long (const void *data, gsize len)
{
  if (len > MR_SECRET_LONG_MAX || (len > 0 && memchr (data, '\0', len) != NULL))
    return NULL;

  gsize page = (gsize)sysconf (_SC_PAGESIZE);
  gsize mapped = (len + 1 + page - 1) / page * page;
  char *text = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (text == MAP_FAILED)
    g_error ("out of memory for a secret of %" G_GSIZE_FORMAT " bytes", mapped);
  (void)mlock (text, mapped);
  (void)madvise (text, mapped, MADV_DONTDUMP);
  if (len > 0)
    memcpy (text, data, len);

  MrSecret *secret = g_new0 (MrSecret, 1);
  g_atomic_ref_count_init (&secret->refs);
  secret->text = text;
  secret->len = len;
  secret->mapped = mapped;
  return secret;
}

MrSecret *
mr_secret_ref (MrSecret *secret)
{
  g_atomic_ref_count_inc (&secret->refs);
  return secret;
}

void
mr_secret_unref (MrSecret *secret)
{
  if (secret == NULL || !g_atomic_ref_count_dec (&secret->refs))
    return;
  mr_wipe (secret->text, secret->mapped);
  munmap (secret->text, secret->mapped);
  g_free (secret);
}

const char *
mr_secret_get (MrSecret *secret)
{
  return secret->text;
}

gsize
mr_secret_length (MrSecret *secret)
{
  return secret->len;
}
