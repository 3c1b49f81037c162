/* TLSA records of mail servers: which of them count (RFC 7672 3.1). */
#include "mailauth/tlsa.h"

#define H32 "0123456789abcdef0123456789abcdef"

static void
test_usable (void)
{
  static const char *const good[] = { "3 1 1 " H32 H32, "2 0 1 " H32 H32, "3 0 2 " H32 H32 H32 H32, "3 1 0 30" };
  static const char *const bad[] = { "",
                                     "3 1 1",
                                     "3 1 1 ",
                                     "0 1 1 " H32 H32,
                                     "1 0 1 " H32 H32,
                                     "4 1 1 " H32 H32,
                                     "3 2 1 " H32 H32,
                                     "3 1 3 " H32 H32,
                                     "3 1 1 " H32,
                                     "3 1 2 " H32 H32,
                                     "3 1 1 " H32 H32 "00",
                                     "3 1 1 " H32 "0123456789abcdef0123456789abcdeg",
                                     "256 1 1 " H32 H32,
                                     "-1 1 1 " H32 H32,
                                     "3 1 1 " H32 H32 " more",
                                     "x y z 00" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mr_tlsa_is_usable (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_false (mr_tlsa_is_usable (bad[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tlsa/usable", test_usable);
  return g_test_run ();
}
