/* Reading of .mo files.
 *
 * The file is ours, but a broken one must not harm: every offset is checked, every text ends with NUL. The table of the originals is sorted, so a
 * look-up is a binary search; the file's hash table is not used.
 */
#include <config.h>

#include "base/catalogue.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAGIC         0x950412de
#define MAGIC_SWAPPED 0xde120495
#define HEADER_SIZE   28
#define FILE_MAX      (8 * 1024 * 1024)

struct _MrCatalogue {
  GBytes *bytes;
  char *language;
  gboolean swapped;
  guint32 n, originals, translations;
};

static guint32
word_at (MrCatalogue *self, gsize offset)
{
  guint32 word;

  memcpy (&word, (const char *)g_bytes_get_data (self->bytes, NULL) + offset, sizeof word);
  return self->swapped ? GUINT32_SWAP_LE_BE (word) : word;
}

/* NULL: the file is broken there. */
static const char *
text_at (MrCatalogue *self, guint32 table, guint32 i, gsize *ret_len)
{
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);
  guint32 len = word_at (self, table + (gsize)i * 8), offset = word_at (self, table + (gsize)i * 8 + 4);

  if (offset >= size || len >= size - offset || data[offset + len] != '\0')
    return NULL;
  *ret_len = len;
  return data + offset;
}

MrCatalogue *
mr_catalogue_new_from_bytes (GBytes *bytes)
{
  g_autoptr (MrCatalogue) self = g_new0 (MrCatalogue, 1);
  gsize size = g_bytes_get_size (bytes);

  self->bytes = g_bytes_ref (bytes);
  if (size < HEADER_SIZE || size > FILE_MAX)
    return NULL;
  self->swapped = word_at (self, 0) == MAGIC_SWAPPED;
  if (!self->swapped && word_at (self, 0) != MAGIC)
    return NULL;
  self->n = word_at (self, 8);
  self->originals = word_at (self, 12);
  self->translations = word_at (self, 16);
  if (self->n > size / 16 || self->originals > size - (gsize)self->n * 8
      || self->translations > size - (gsize)self->n * 8)
    return NULL;
  return g_steal_pointer (&self);
}

MrCatalogue *
mr_catalogue_new (const char *language, const char *folder)
{
  g_autofree char *short_name = g_strndup (language, strcspn (language, "_.@"));
  g_autofree char *long_name = g_strndup (language, strcspn (language, ".@"));
  const char *names[] = { long_name, short_name };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder != NULL ? folder : MR_LOCALEDIR, names[i], "LC_MESSAGES",
                                              GETTEXT_PACKAGE ".mo", NULL);
    g_autofree char *contents = NULL;
    gsize len;

    /* A setting is no way to other files. */
    if (names[i][0] == '\0'
        || strspn (names[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != strlen (names[i]))
      return NULL;
    if (!g_file_get_contents (path, &contents, &len, NULL))
      continue;
    g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&contents), len);
    MrCatalogue *self = mr_catalogue_new_from_bytes (bytes);
    if (self != NULL)
      self->language = g_strdup (names[i]);
    return self;
  }
  return NULL;
}

void
mr_catalogue_free (MrCatalogue *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->bytes);
  g_free (self->language);
  g_free (self);
}

const char *
mr_catalogue_get_language (MrCatalogue *self)
{
  return self->language;
}

/* key_len: with the NUL between the forms of a plural. NULL: not there. */
static const char *
find (MrCatalogue *self, const char *key, gsize key_len, gsize *ret_len)
{
  guint32 low = 0, high = self->n;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;
    gsize len;
    const char *text = text_at (self, self->originals, middle, &len);
    int order;

    if (text == NULL)
      return NULL;
    order = memcmp (key, text, MIN (key_len, len));
    if (order == 0 && key_len == len)
      return text_at (self, self->translations, middle, ret_len);
    if (order < 0 || (order == 0 && key_len < len))
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

const char *
mr_catalogue_get (MrCatalogue *self, const char *msgid)
{
  gsize len = 0;
  const char *text = self != NULL && *msgid != '\0' ? find (self, msgid, strlen (msgid), &len) : NULL;

  return text != NULL && len > 0 ? text : msgid;
}

/* ---- for a stretch of work in one thread ---- */

typedef struct {
  MrCatalogue *catalogue;
  gboolean active;
} Current;

static GPrivate current = G_PRIVATE_INIT (g_free);

void
mr_catalogue_begin (MrCatalogue *catalogue)
{
  Current *own = g_new0 (Current, 1);

  own->catalogue = catalogue;
  own->active = TRUE;
  g_private_replace (&current, own);
}

void
mr_catalogue_end (void)
{
  g_private_replace (&current, NULL);
}

const char *
mr_text (const char *msgid)
{
  const Current *own = g_private_get (&current);

  if (*msgid == '\0') /* its translation is the head of the catalogue */
    return msgid;
  return own != NULL ? mr_catalogue_get (own->catalogue, msgid) : g_dgettext (GETTEXT_PACKAGE, msgid);
}

const char *
mr_text_plural (const char *one, const char *many, gulong n)
{
  const Current *own = g_private_get (&current);
  gsize len_one = strlen (one), len_many = strlen (many), len = 0;
  g_autofree char *key = NULL;
  const char *text = NULL;

  if (own == NULL)
    return g_dngettext (GETTEXT_PACKAGE, one, many, n);
  if (own->catalogue != NULL) {
    key = g_malloc (len_one + len_many + 2);
    memcpy (key, one, len_one + 1);
    memcpy (key + len_one + 1, many, len_many + 1);
    text = find (own->catalogue, key, len_one + 1 + len_many, &len);
  }
  if (text == NULL || len == 0)
    return n == 1 ? one : many;
  return n == 1 || strlen (text) == len ? text : text + strlen (text) + 1;
}
