/* Unpacking through libarchive: see unpack.h. */
#include <config.h>

#include "mail/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define PIECE 65536

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

static void
too_big (GError **error)
{
  g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG,
               _ ("This is larger than a report is: more than %u MiB, or more than %u files"),
               (guint)(MR_UNPACK_MAX_OUT / 1024 / 1024), (guint)MR_UNPACK_MAX_FILES);
}

static void
corrupt (Archive *archive, GError **error)
{
  const char *why = archive_error_string (archive);
  g_autofree char *text = g_utf8_make_valid (why != NULL ? why : "?", -1);

  g_set_error (error, MR_ERROR, MR_ERROR_CORRUPT, _ ("The file cannot be unpacked: %.200s"), text);
}

/* NULL with error. *total counts what came out so far. */
static GBytes *
read_entry (Archive *archive, gsize *total, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 piece[PIECE];
  la_ssize_t n;

  while ((n = archive_read_data (archive, piece, sizeof piece)) > 0) {
    *total += (gsize)n;
    if (*total > MR_UNPACK_MAX_OUT) {
      too_big (error);
      return NULL;
    }
    g_byte_array_append (out, piece, (guint)n);
  }
  if (n < 0) {
    corrupt (archive, error);
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static GPtrArray *
read_entries (Archive *archive, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  struct archive_entry *entry;
  gsize total = 0;
  guint seen = 0;
  int rc;

  while ((rc = archive_read_next_header (archive, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
    if (++seen > MR_UNPACK_MAX_FILES) {
      too_big (error);
      return NULL;
    }
    if (archive_entry_filetype (entry) != AE_IFREG && archive_entry_filetype (entry) != 0)
      continue;
    GBytes *bytes = read_entry (archive, &total, error);
    if (bytes == NULL)
      return NULL;
    g_ptr_array_add (files, bytes);
  }
  if (rc != ARCHIVE_EOF) {
    corrupt (archive, error);
    return NULL;
  }
  return g_steal_pointer (&files);
}

GPtrArray *
mr_unpack (GBytes *bytes, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  gboolean zip = len >= 4 && memcmp (data, "PK\003\004", 4) == 0, gzip = len >= 2 && data[0] == 0x1f && data[1] == 0x8b;
  g_autoptr (Archive) archive = NULL;

  if (len > MR_UNPACK_MAX_IN) {
    too_big (error);
    return NULL;
  }
  if (!zip && !gzip) {
    GPtrArray *plain = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

    g_ptr_array_add (plain, g_bytes_ref (bytes));
    return plain;
  }
  archive = archive_read_new ();
  g_assert_nonnull (archive);
  /* Only these two: every other format of the library is code that a report never needs. */
  if (zip)
    archive_read_support_format_zip_streamable (archive);
  else {
    archive_read_support_filter_gzip (archive);
    archive_read_support_format_raw (archive);
  }
  if (archive_read_open_memory (archive, data, len) != ARCHIVE_OK) {
    corrupt (archive, error);
    return NULL;
  }
  return read_entries (archive, error);
}
