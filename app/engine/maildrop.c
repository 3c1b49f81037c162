/* Lines of a letter, a space and a value up to an empty line: "F" return address, "R" recipient (each), and the sender's wishes (RFC 3461) as they
 * stand in the parameters of SMTP: "N" NOTIFY, "T" RET, "V" ENVID. Another letter or a value that is none means a damaged file: it is better kept
 * than sent in another way than it was meant. */
#include "engine/maildrop.h"

#include <string.h>

#include "smtp/dsn.h"

static gboolean
take_line (MrMaildropFile *file, char letter, const char *value)
{
  switch (letter) {
  case 'F':
    g_free (file->reverse_path);
    file->reverse_path = g_strdup (value);
    return TRUE;
  case 'R':
    g_ptr_array_add (file->recipients, g_strdup (value));
    return TRUE;
  case 'N':
    return mr_dsn_read_notify (value, &file->notify);
  case 'T':
    return mr_dsn_read_return (value, &file->ret);
  case 'V':
    g_free (file->envid);
    file->envid = g_strdup (value);
    return mr_dsn_envid_is_valid (value);
  default:
    return FALSE;
  }
}

gboolean
mr_maildrop_file_read (const char *text, gsize len, MrMaildropFile *ret, GError **error)
{
  g_auto (MrMaildropFile) file = { .recipients = g_ptr_array_new_with_free_func (g_free) };
  const char *end = text + len;
  const char *p = text;

  while (p < end && *p != '\n') {
    const char *eol = memchr (p, '\n', (gsize)(end - p));
    g_autofree char *value = eol != NULL && eol - p >= 2 ? g_strndup (p + 2, (gsize)(eol - p - 2)) : NULL;

    if (value == NULL || p[1] != ' ' || !take_line (&file, *p, value)) {
      g_set_error_literal (error, MR_ERROR, MR_ERROR_CORRUPT, "it does not have the form of a maildrop file");
      return FALSE;
    }
    p = eol + 1;
  }
  if (p >= end || file.reverse_path == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_CORRUPT, "it is not complete");
    return FALSE;
  }
  g_ptr_array_add (file.recipients, NULL);
  file.body = p + 1;
  file.body_len = (gsize)(end - file.body);
  *ret = file;
  memset (&file, 0, sizeof file);
  return TRUE;
}

void
mr_maildrop_file_clear (MrMaildropFile *file)
{
  g_clear_pointer (&file->reverse_path, g_free);
  g_clear_pointer (&file->recipients, g_ptr_array_unref);
  g_clear_pointer (&file->envid, g_free);
}
