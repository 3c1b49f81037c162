/* One file per message, written beside its name and renamed (base/os): a reader sees all of it or nothing. */
#include <config.h>

#include "client/maildrop.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/id.h"
#include "base/os.h"
#include "mail/address.h"

static gboolean
check (const char *address, GError **error)
{
  if (mr_address_is_valid (address))
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not an e-mail address"), address);
  return FALSE;
}

static gboolean
add_wish (GString *head, char letter, const char *value, GError **error)
{
  if (value == NULL)
    return TRUE;
  if (strpbrk (value, "\r\n") != NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("-%c has a line break in it"), letter == 'T' ? 'R' : letter);
    return FALSE;
  }
  g_string_append_printf (head, "%c %s\n", letter, value);
  return TRUE;
}

gboolean
mr_maildrop_write (const char *folder, MrClock *clock, const char *reverse_path, const char *const *recipients,
                   const MrMaildropWishes *wishes, GBytes *message, GError **error)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *id = mr_id_new (clock);
  g_autofree char *path = g_strconcat (folder, "/", id, ".msg", NULL);
  g_autoptr (GString) head = g_string_new (NULL);
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);

  if (*reverse_path != '\0' && !check (reverse_path, error))
    return FALSE;
  g_string_append_printf (head, "F %s\n", reverse_path);
  for (guint i = 0; recipients[i] != NULL; i++) {
    if (!check (recipients[i], error))
      return FALSE;
    g_string_append_printf (head, "R %s\n", recipients[i]);
  }
  if (wishes != NULL
      && (!add_wish (head, 'N', wishes->notify, error) || !add_wish (head, 'T', wishes->ret, error)
          || !add_wish (head, 'V', wishes->envid, error)))
    return FALSE;
  g_string_append_c (head, '\n');
  g_byte_array_append (file, (const guint8 *)head->str, (guint)head->len);
  g_byte_array_append (file, data, (guint)len);
  return mr_os_make_dir (folder, 0700, error) && mr_os_write_file (path, file->data, file->len, 0600, error);
}
