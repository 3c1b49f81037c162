/* SRV records in the order of RFC 2782: by priority, and within one a lot is drawn for each place, by weight.
 *
 * Records of weight 0 stand first while a place is drawn, so that they have a small chance beside the others.
 */
#include "net/dns-srv.h"

#include "base/crypto.h"
#include "net/resolver.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  const MrSrvRecord *one = *(MrSrvRecord *const *)a, *other = *(MrSrvRecord *const *)b;

  if (one->priority != other->priority)
    return one->priority < other->priority ? -1 : 1;
  return (one->weight != 0) - (other->weight != 0);
}

static MrSrvRecord *
srv_record_new (const MrDnsRecord *answer)
{
  MrSrvRecord *record = g_new (MrSrvRecord, 1);

  *record = (MrSrvRecord){ answer->preference, answer->weight, (guint16)answer->port, g_strdup (answer->text) };
  return record;
}

/* Takes one of the first n records, all of one priority, out of left. */
static MrSrvRecord *
draw (GPtrArray *left, guint n)
{
  guint64 sum = 0, running = 0;
  guint i, lot;

  for (i = 0; i < n; i++)
    sum += ((const MrSrvRecord *)g_ptr_array_index (left, i))->weight;
  lot = (guint)(mr_random_double () * (double)(sum + 1));
  for (i = 0; i + 1 < n; i++) {
    running += ((const MrSrvRecord *)g_ptr_array_index (left, i))->weight;
    if (running >= lot)
      break;
  }
  return g_ptr_array_steal_index (left, i);
}

GPtrArray *
mr_dns_order_srv (const GPtrArray *answers)
{
  GPtrArray *ordered = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_srv_record_free);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_srv_record_free);

  for (guint i = 0; i < answers->len; i++) {
    const MrDnsRecord *answer = g_ptr_array_index (answers, i);

    if (*answer->text != '\0')
      g_ptr_array_add (left, srv_record_new (answer));
  }
  if (left->len == 0 && answers->len > 0)
    g_ptr_array_add (left, srv_record_new (g_ptr_array_index (answers, 0)));
  g_ptr_array_sort (left, compare);
  while (left->len > 0) {
    guint priority = ((const MrSrvRecord *)g_ptr_array_index (left, 0))->priority, n = 0;

    while (n < left->len && ((const MrSrvRecord *)g_ptr_array_index (left, n))->priority == priority)
      n++;
    g_ptr_array_add (ordered, draw (left, n));
  }
  return ordered;
}
