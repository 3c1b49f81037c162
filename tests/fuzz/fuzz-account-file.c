/* Fuzz target: a file of accounts. What is read can be written, and is the same when it is read again. */
#include <string.h>

#include "client/account-file.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) accounts = mr_account_file_read ((const char *)data, size, &error);

  g_assert_true ((accounts == NULL) == (error != NULL));
  if (accounts == NULL)
    return 0;
  g_autofree char *text = mr_account_file_write (accounts);
  g_autoptr (GPtrArray) back = mr_account_file_read (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autofree char *again = mr_account_file_write (back);
  g_assert_cmpstr (again, ==, text);
  return 0;
}
