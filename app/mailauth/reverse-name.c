/* Names made from addresses: see reverse-name.h. */
#include <config.h>

#include "mailauth/reverse-name.h"

#include <arpa/inet.h>
#include <string.h>

/* Labels of the address from its end, each with a dot behind it; NULL: no address. */
static char *
dup_labels (const char *address, gboolean *ret_is_ip4)
{
  guint8 a[16];
  GString *text;

  *ret_is_ip4 = inet_pton (AF_INET, address, a) == 1;
  if (*ret_is_ip4)
    return g_strdup_printf ("%u.%u.%u.%u.", a[3], a[2], a[1], a[0]);
  if (inet_pton (AF_INET6, address, a) != 1)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 16; i > 0; i--)
    g_string_append_printf (text, "%x.%x.", a[i - 1] & 15, a[i - 1] >> 4);
  return g_string_free (text, FALSE);
}

char *
mr_reverse_name (const char *address)
{
  gboolean is_ip4;
  g_autofree char *labels = dup_labels (address, &is_ip4);

  return labels != NULL ? g_strconcat (labels, is_ip4 ? "in-addr.arpa" : "ip6.arpa", NULL) : NULL;
}

char *
mr_list_name (const char *address, const char *zone)
{
  gboolean is_ip4;
  g_autofree char *labels = dup_labels (address, &is_ip4);

  return labels != NULL ? g_strconcat (labels, zone, NULL) : NULL;
}

static gboolean
has_usual_word (const char *host)
{
  static const char *const words[] = { "dynamic",   "dyn",    "dhcp",     "dsl",  "adsl",   "vdsl",
                                       "cable",     "dialup", "dial",     "ppp",  "pool",   "pppoe",
                                       "broadband", "dip",    "customer", "cust", "client", "unassigned" };
  g_auto (GStrv) parts = g_strsplit_set (host, ".-_0123456789", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (words); k++)
      if (g_str_equal (parts[i], words[k]))
        return TRUE;
  return FALSE;
}

/* Both numbers stand in the name as whole numbers, zeros in front allowed. */
static gboolean
has_numbers (const char *host, guint one, guint other)
{
  gboolean seen_one = FALSE, seen_other = FALSE;

  for (const char *p = host; *p != '\0';) {
    char *end;
    guint64 number;

    if (!g_ascii_isdigit (*p)) {
      p++;
      continue;
    }
    number = g_ascii_strtoull (p, &end, 10);
    if (number == one && !seen_one)
      seen_one = TRUE;
    else if (number == other)
      seen_other = TRUE;
    p = end;
  }
  return seen_one && seen_other;
}

gboolean
mr_host_name_looks_generic (const char *name, const char *address)
{
  g_autofree char *host = g_ascii_strdown (name, -1);
  guint8 a[16];

  if (has_usual_word (host))
    return TRUE;
  if (inet_pton (AF_INET, address, a) == 1) {
    g_autofree char *hex = g_strdup_printf ("%02x%02x%02x%02x", a[0], a[1], a[2], a[3]);

    return strstr (host, hex) != NULL || has_numbers (host, a[2], a[3]) || has_numbers (host, a[0], a[1]);
  }
  if (inet_pton (AF_INET6, address, a) == 1) {
    g_autofree char *low = g_strdup_printf ("%02x%02x%02x%02x", a[12], a[13], a[14], a[15]);

    return strstr (host, low) != NULL;
  }
  return FALSE;
}

MrListed
mr_listed_from_answer (const char *zone, const char *answer)
{
  guint8 a[4];

  if (inet_pton (AF_INET, answer, a) != 1 || a[0] != 127)
    return MR_LISTED_NO;
  if (a[1] == 255 && a[2] == 255)
    return MR_LISTED_REFUSED;
  if (g_str_has_suffix (zone, "spamhaus.org") && (a[3] == 10 || a[3] == 11))
    return MR_LISTED_POLICY;
  return MR_LISTED_YES;
}
