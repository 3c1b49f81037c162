/* The online clock: time that counts towards giving up.
 *
 * It is the monotonic clock (which stands still while the machine sleeps) minus the time in which attempts found no way to any host, or only a
 * page that wants a person to sign in. The network monitor alone never stops it: a machine without a default route may well reach its hosts. It is kept in the store, so that a
 * service that is not running does not age its mail either.
 */
#include "engine/engine-private.h"

#include "base/log.h"

#define VALUE_NAME "online-usec"

void
mr_engine_load_online (MrEngine *engine)
{
  engine->online_usec = mr_store_get_value (engine->store, VALUE_NAME, 0);
  engine->online_mark = mr_clock_monotonic (engine->clock);
  engine->offline = FALSE;
}

static void
settle (MrEngine *engine)
{
  gint64 now = mr_clock_monotonic (engine->clock);

  if (!engine->offline)
    engine->online_usec += now - engine->online_mark;
  engine->online_mark = now;
}

gint64
mr_engine_online_now (MrEngine *engine)
{
  settle (engine);
  return engine->online_usec;
}

void
mr_engine_save_online (MrEngine *engine)
{
  settle (engine);
  mr_store_set_value (engine->store, VALUE_NAME, engine->online_usec);
}

void
mr_engine_saw_no_route (MrEngine *engine)
{
  if (engine->offline
      || (mr_network_watch_is_available (engine->network) && !mr_network_watch_is_captive (engine->network)))
    return;
  settle (engine);
  engine->offline = TRUE;
  mr_info ("engine", mr_network_watch_is_captive (engine->network)
                         ? "offline: the network wants somebody to sign in at its page; mail waits until then"
                         : "offline: mail waits until the network is back");
  mr_engine_notify (engine, MR_CHANGED_STATUS);
}

void
mr_engine_saw_network (MrEngine *engine)
{
  if (!engine->offline)
    return;
  settle (engine);
  engine->offline = FALSE;
  mr_info ("engine", "the network is back");
  mr_engine_notify (engine, MR_CHANGED_STATUS);
}
