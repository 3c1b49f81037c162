/* The rewriting of a sender at a name that is not public; see convert.h. Only the bytes of the address change. */
#include "config.h"

#include "mail/convert.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "mail/address-list.h"
#include "mail/address.h"
#include "mail/field.h"

/* A program that writes "root" means the local part of the address that its user has here. */
static gboolean
is_old (const char *spec, const char *old_address)
{
  gsize n = strlen (spec);

  if (strchr (spec, '@') != NULL)
    return mr_address_equal (spec, old_address);
  return strncmp (spec, old_address, n) == 0 && old_address[n] == '@' && mr_address_domain_is_local (old_address, NULL);
}

/* Appends the field's value with the address replaced. TRUE where it was there. */
static gboolean
rewrite_value (GString *out, const char *value, gsize len, const char *old_address, const char *new_address)
{
  MrAddressIter iter;
  MrAddressSpan span;
  gsize pos = 0;

  mr_address_iter_init (&iter, value, len);
  while (mr_address_iter_next (&iter, &span)) {
    if (is_old (span.spec, old_address)) {
      g_string_append_len (out, value + pos, (gssize)(span.start - pos));
      g_string_append (out, new_address);
      pos = span.end;
    }
    g_free (span.spec);
  }
  g_string_append_len (out, value + pos, (gssize)(len - pos));
  return pos > 0;
}

GBytes *
mr_convert_rewrite_sender (GBytes *message, const char *old_address, const char *new_address, GError **error)
{
  static const char *const names[] = { "From", "Sender", "Reply-To" };
  gsize len, pos = 0;
  const char *data = g_bytes_get_data (message, &len);
  g_autoptr (GString) out = NULL;
  gboolean changed = FALSE;
  MrFieldSpan field;

  if (!mr_address_is_valid (new_address)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is not an address that a message can be sent from."),
                 new_address);
    return NULL;
  }
  if (len == 0)
    return g_bytes_ref (message);
  out = g_string_sized_new (len + 256);
  while (mr_field_next (data, len, &pos, &field)) {
    gboolean is_sender = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (names) && !is_sender; i++)
      is_sender = mr_field_name_is (data + field.start, field.name_len, names[i]);
    if (is_sender) {
      g_string_append_len (out, data + field.start, (gssize)(field.value - field.start));
      changed |= rewrite_value (out, data + field.value, field.end - field.value, old_address, new_address);
    } else {
      g_string_append_len (out, data + field.start, (gssize)(field.end - field.start));
    }
  }
  if (!changed)
    return g_bytes_ref (message);
  g_string_append_len (out, data + pos, (gssize)(len - pos));
  return g_string_free_to_bytes (g_steal_pointer (&out));
}
