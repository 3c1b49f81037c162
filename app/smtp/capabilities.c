/* What a server offers in its answer to EHLO (RFC 5321 4.1.1.1; AUTH: RFC 4954 3, and "AUTH=" as older servers
 * write). */
#include "smtp/capabilities.h"

#include <string.h>

#include "smtp/command-line.h"

#define OFFERS_MAX         64
#define MECHANISMS_MAX     32
#define MECHANISM_NAME_MAX 20 /* RFC 4422 3.1 */

void
mr_capabilities_clear (MrSmtpCapabilities *caps)
{
  g_strfreev (caps->auth_mechanisms);
  g_strfreev (caps->offers);
  g_free (caps->seen);
  *caps = (MrSmtpCapabilities){ 0 };
}

static void
add_mechanisms (GPtrArray *mechanisms, const char *text)
{
  for (const char *p = text;;) {
    gsize len;
    g_autofree char *name = NULL;

    p += strspn (p, " \t");
    len = strcspn (p, " \t");
    if (len == 0)
      return;
    name = g_ascii_strup (p, (gssize)len);
    p += len;
    if (len <= MECHANISM_NAME_MAX && mechanisms->len < MECHANISMS_MAX
        && !g_ptr_array_find_with_equal_func (mechanisms, name, g_str_equal, NULL))
      g_ptr_array_add (mechanisms, g_steal_pointer (&name));
  }
}

static void
read_keyword (MrSmtpCapabilities *caps, GPtrArray *mechanisms, const char *line)
{
  gsize len = strcspn (line, " \t=");
  g_autofree char *keyword = g_ascii_strup (line, (gssize)len);
  const char *value = line + len;

  if (strcmp (keyword, "AUTH") == 0) {
    add_mechanisms (mechanisms, value + strspn (value, "="));
    return;
  }
  if (*value == '=')
    return;
  value += strspn (value, " \t");
  if (strcmp (keyword, "STARTTLS") == 0)
    caps->starttls = TRUE;
  else if (strcmp (keyword, "PIPELINING") == 0)
    caps->pipelining = TRUE;
  else if (strcmp (keyword, "8BITMIME") == 0)
    caps->eightbitmime = TRUE;
  else if (strcmp (keyword, "ENHANCEDSTATUSCODES") == 0)
    caps->enhanced = TRUE;
  else if (strcmp (keyword, "CHUNKING") == 0)
    caps->chunking = TRUE;
  else if (strcmp (keyword, "DSN") == 0)
    caps->dsn = TRUE;
  else if (strcmp (keyword, "SMTPUTF8") == 0)
    caps->smtputf8 = TRUE;
  else if (strcmp (keyword, "SIZE") == 0) {
    g_autofree char *number = g_strndup (value, strcspn (value, " \t"));

    caps->size = TRUE;
    if (!mr_command_read_number (number, &caps->max_size))
      caps->max_size = 0;
  }
}

static char **
dup_offers (const char *const *lines)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < OFFERS_MAX && lines[i] != NULL; i++)
    g_strv_builder_add (builder, lines[i]);
  return g_strv_builder_end (builder);
}

/* The last address literal (RFC 5321 4.1.3) of the line: one before it may repeat what we said ourselves. */
static char *
dup_seen (const char *line)
{
  char *seen = NULL;

  for (const char *open = strchr (line, '['); open != NULL; open = strchr (open + 1, '[')) {
    const char *start = g_ascii_strncasecmp (open + 1, "IPv6:", 5) == 0 ? open + 6 : open + 1;
    gsize len = strspn (start, "0123456789abcdefABCDEF.:");

    if (len == 0 || start[len] != ']' || strcspn (start, ".:") >= len)
      continue;
    g_free (seen);
    seen = g_strndup (start, len);
  }
  return seen;
}

void
mr_capabilities_set (MrSmtpCapabilities *caps, const char *const *lines)
{
  g_autoptr (GPtrArray) mechanisms = g_ptr_array_new_with_free_func (g_free);

  mr_capabilities_clear (caps);
  if (lines != NULL && lines[0] != NULL) {
    caps->offers = dup_offers (lines + 1);
    caps->seen = dup_seen (lines[0]);
  }
  for (guint i = 1; lines != NULL && lines[0] != NULL && lines[i] != NULL; i++)
    read_keyword (caps, mechanisms, lines[i]);
  g_ptr_array_add (mechanisms, NULL);
  caps->auth_mechanisms = (char **)g_ptr_array_free (g_steal_pointer (&mechanisms), FALSE);
}

gboolean
mr_capabilities_has_mechanism (const MrSmtpCapabilities *caps, const char *name)
{
  return caps->auth_mechanisms != NULL && g_strv_contains ((const char *const *)caps->auth_mechanisms, name);
}
