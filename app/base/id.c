/* Queue ids. */
#include "base/id.h"

#include <string.h>

#include <mailrelay/records.h>

#include "base/base32.h"
#include "base/crypto.h"

/* A clock that was set back by less than this does not reorder ids: they go on from the last one. */
#define STEP_BACK_MS (60 * 60 * 1000)

static GMutex last_lock;
static guint64 last_ms;
static guint32 last_random;

/* Two ids of one millisecond must sort by age too: the second takes the random part of the first plus one. */
static void
next_parts (guint64 now_ms, guint64 *ret_ms, guint32 *ret_random)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&last_lock);
  gboolean follows = now_ms <= last_ms && last_ms - now_ms < STEP_BACK_MS;

  if (follows && last_random < G_MAXUINT32)
    last_random++;
  else {
    last_ms = follows ? last_ms + 1 : now_ms;
    mr_random_bytes (&last_random, sizeof last_random);
  }
  *ret_ms = last_ms;
  *ret_random = last_random;
}

char *
mr_id_new (MrClock *clock)
{
  guint64 ms;
  guint32 random;
  guint8 bytes[10];

  next_parts ((guint64)MAX (0, mr_clock_wall (clock) / 1000), &ms, &random);
  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8)(ms >> (8 * (5 - i)));
  for (int i = 0; i < 4; i++)
    bytes[6 + i] = (guint8)(random >> (8 * (3 - i)));

  char *id = g_malloc (MR_ID_LENGTH + 1);
  mr_base32_encode (bytes, MR_ID_LENGTH, id);
  return id;
}

gboolean
mr_id_is_valid (const char *id)
{
  if (id == NULL || strnlen (id, MR_ID_LENGTH + 1) != MR_ID_LENGTH)
    return FALSE;
  for (int i = 0; i < MR_ID_LENGTH; i++)
    if (!mr_base32_is_char (id[i]))
      return FALSE;
  return TRUE;
}

gint64
mr_id_get_time (const char *id)
{
  guint64 ms = 0;

  if (!mr_id_is_valid (id))
    return 0;
  /* 48 bits: nine characters and the first three bits of the tenth. */
  for (int i = 0; i < 9; i++)
    ms = ms << 5 | (guint64)mr_base32_value (id[i]);
  ms = ms << 3 | (guint64)mr_base32_value (id[9]) >> 2;
  return (gint64)ms * 1000;
}
