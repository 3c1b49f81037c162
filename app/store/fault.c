/* Points at which the crash test kills the process (MAIL_RELAY_FAULT=NAME:N: with SIGKILL at the N-th pass).
 *
 * begin       before a transaction of the writer
 * work        every request of it has run, nothing is committed
 * committed   the commit is synced, nobody has been told
 * answered    main context, after the callbacks of a commit
 * checkpoint  before the write-ahead log is copied into the database
 * checkpointed  after it
 * scrub       before freed pages are given back
 * recover     opening: before the recovery's commit
 * recovered   ... and after it
 */
#include "store/store.h"

#ifdef MR_FAULT_INJECTION
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
mr_store_fault_point (const char *name)
{
  static int passes = 0;
  const char *wanted = g_getenv ("MAIL_RELAY_FAULT");
  gsize len = strlen (name);

  if (wanted == NULL || strncmp (wanted, name, len) != 0 || wanted[len] != ':')
    return;
  if (g_atomic_int_add (&passes, 1) + 1 == atoi (wanted + len + 1))
    kill (getpid (), SIGKILL);
}

/* MAIL_RELAY_FAULT_SYNC=off: the crash tests show that they notice a missing sync. */
gboolean
mr_store_fault_no_sync (void)
{
  return g_strcmp0 (g_getenv ("MAIL_RELAY_FAULT_SYNC"), "off") == 0;
}
#else
void
mr_store_fault_point (const char *name)
{
}

gboolean
mr_store_fault_no_sync (void)
{
  return FALSE;
}
#endif
