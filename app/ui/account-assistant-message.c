/* Encoded so that every server takes it: the subject as encoded words (RFC 2047), the text as base64 (RFC 2045). */
#include "config.h"

#include "ui/account-assistant-message.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/os.h"

/* Bytes of one encoded word: 75 characters at most, 12 of them around the base64. */
#define WORD_BYTES 42
#define LINE_BYTES 54

static void
append_words (GString *out, const char *text)
{
  const char *p = text;

  while (*p != '\0') {
    gsize n = 0;
    while (p[n] != '\0') {
      gsize next = n + (gsize)(g_utf8_next_char (p + n) - (p + n));
      if (next > WORD_BYTES)
        break;
      n = next;
    }
    g_autofree char *coded = g_base64_encode ((const guchar *)p, n);
    g_string_append_printf (out, "%s=?utf-8?b?%s?=", p == text ? "" : "\r\n ", coded);
    p += n;
  }
}

static void
append_lines (GString *out, const char *text)
{
  gsize len = strlen (text);

  for (gsize i = 0; i < len; i += LINE_BYTES) {
    g_autofree char *coded = g_base64_encode ((const guchar *)text + i, MIN (LINE_BYTES, len - i));
    g_string_append_printf (out, "%s\r\n", coded);
  }
}

static GBytes *
make_message (const char *from, const char *to, const char *subject, const char *text)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "From: <%s>\r\nTo: <%s>\r\nSubject: ", from, to);
  append_words (out, subject);
  g_string_append (out, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n\r\n");
  append_lines (out, text);
  return g_string_free_to_bytes (out);
}

GBytes *
mr_assistant_make_test_message (const char *address, const char *account_name)
{
  g_autofree char *subject = g_strdup_printf (_ ("Test message of Mail Relay through %s"), account_name);
  g_autofree char *text = g_strconcat (_ ("This message shows that the account works: it went from Mail Relay through "
                                          "your provider and came back to you."),
                                       "\r\n", NULL);

  return make_message (address, address, subject, text);
}

static int
open_bytes (GBytes *bytes, GError **error)
{
  int fd = memfd_create ("mail-relay test message", MFD_CLOEXEC);
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  if (fd >= 0 && write (fd, data, len) == (gssize)len && lseek (fd, 0, SEEK_SET) == 0)
    return fd;
  mr_set_errno_error (error, errno, _ ("No memory for the message"));
  if (fd >= 0)
    close (fd);
  return -1;
}

int
mr_assistant_open_message (const char *from, const char *to, const char *subject, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = make_message (from, to, subject, text);

  return open_bytes (bytes, error);
}

int
mr_assistant_open_test_message (const char *address, const char *account_name, GError **error)
{
  g_autoptr (GBytes) bytes = mr_assistant_make_test_message (address, account_name);

  return open_bytes (bytes, error);
}
