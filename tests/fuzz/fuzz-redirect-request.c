/* Fuzz target: the request that a browser sends at the end of a sign-in. */
#include <string.h>

#include "fuzz.h"
#include "net/redirect-request.h"

#define PATH "/back"

static MrRedirectVerdict
parse (const guint8 *data, gsize size, char **ret_query)
{
  g_autofree guint8 *copy = g_memdup2 (data, size); /* of exactly this size, for the address sanitizer */

  return mr_redirect_request_parse (copy, size, PATH, ret_query);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *query = NULL;
  MrRedirectVerdict verdict = parse (data, size, &query);

  g_assert_true ((verdict == MR_REDIRECT_ANSWER) == (query != NULL));
  g_assert_true (verdict != MR_REDIRECT_MORE || size < MR_REDIRECT_REQUEST_MAX);
  for (const char *p = query != NULL ? query : ""; *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
  /* What is settled stays so when more comes; what is not, was not before. */
  for (gsize cut = size > 64 ? size - 64 : 0; cut < size; cut++) {
    g_autofree char *other = NULL;
    MrRedirectVerdict before = parse (data, cut, &other);

    g_assert_true (before == MR_REDIRECT_MORE || before == verdict);
    g_assert_true (other == NULL || strcmp (other, query) == 0);
  }
  return 0;
}
