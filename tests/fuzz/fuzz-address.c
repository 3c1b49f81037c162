/* Fuzz target: addresses, address lists and the rewriting of a sender. */
#include <string.h>

#include "fuzz.h"
#include "mail/address.h"
#include "mail/convert.h"
#include "mail/fixup.h"

static void
check_single (const char *text)
{
  g_autoptr (MrAddress) address = mr_address_parse (text, NULL);
  g_autofree char *again = NULL, *domain = NULL;

  g_assert_true (mr_address_is_valid (text) == (address != NULL));
  mr_address_domain_is_local (text, NULL);
  mr_address_matches (text, text);
  domain = mr_address_dup_ascii_domain (text);
  if (address == NULL)
    return;
  again = mr_address_to_string (address);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (strlen (text), <=, MR_PATH_MAX);
  g_assert_null (strpbrk (text, "\r\n"));
  g_assert_true (mr_address_equal (text, text));
  g_assert_true (mr_address_matches (text, "*"));
  g_assert_nonnull (domain);
  g_assert_true (g_str_is_ascii (domain));
}

static void
check_list (const char *text)
{
  gboolean bad = FALSE, bad_again = FALSE;
  g_auto (GStrv) list = mr_address_list_parse (text, 50, &bad);
  g_autofree char *joined = g_strjoinv (", ", list);
  g_auto (GStrv) again = mr_address_list_parse (joined, 50, &bad_again);

  for (guint i = 0; list[i] != NULL; i++)
    check_single (list[i]);
  g_assert_false (bad_again);
  g_assert_true (g_strv_equal ((const char *const *)list, (const char *const *)again));
}

/* No address of the field may be lost or become another one than the new one. */
static void
check_rewrite (const char *text, gsize size)
{
  g_autoptr (GString) message = g_string_new ("From: ");
  g_autoptr (GBytes) bytes = NULL, result = NULL;
  const char *data;
  gsize len;

  g_string_append_len (message, text, (gssize)size);
  g_string_append (message, "\r\n\r\nFrom: root@desk\r\n");
  bytes = g_bytes_new (message->str, message->len);
  result = mr_convert_rewrite_sender (bytes, "root@desk", "me@example.org", NULL);
  data = g_bytes_get_data (result, &len);
  g_assert_cmpuint (len, >=, 19);
  g_assert_cmpmem (data + len - 19, 19, "\r\nFrom: root@desk\r\n", 19);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);

  check_single (text);
  check_list (text);
  check_rewrite ((const char *)data, size);
  return 0;
}
