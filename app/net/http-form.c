/* Bodies of requests: form-encoded (WHATWG URL 5.2, as RFC 6749 appendix B wants it), in memory that is wiped. */
#include "config.h"

#include "net/http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/buffer.h"

#define FORM_MAX (64 * 1024)

struct _MrHttpForm {
  MrBuffer *buffer;
  gboolean full;
};

typedef struct {
  gsize len;
  guint8 data[];
} Wiped;

static void
wiped_free (gpointer data)
{
  Wiped *wiped = data;

  mr_wipe (wiped->data, wiped->len);
  g_free (wiped);
}

GBytes *
mr_http_wiped_bytes (const void *data, gsize len)
{
  Wiped *wiped = g_malloc (sizeof (Wiped) + len);

  wiped->len = len;
  if (len > 0)
    memcpy (wiped->data, data, len);
  return g_bytes_new_with_free_func (wiped->data, len, wiped_free, wiped);
}

MrHttpForm *
mr_http_form_new (void)
{
  MrHttpForm *form = g_new0 (MrHttpForm, 1);

  form->buffer = mr_buffer_new (FORM_MAX);
  return form;
}

void
mr_http_form_free (MrHttpForm *form)
{
  if (form == NULL)
    return;
  mr_buffer_wipe (form->buffer);
  mr_buffer_free (form->buffer);
  g_free (form);
}

static void
append (MrHttpForm *form, const char *data, gsize len)
{
  form->full = form->full || !mr_buffer_append (form->buffer, data, len);
}

/* By hand: no copy of a secret is left in an ordinary string. */
static void
append_escaped (MrHttpForm *form, const char *text)
{
  static const char digits[] = "0123456789ABCDEF";

  for (const char *p = text; *p != '\0'; p++) {
    guchar c = (guchar)*p;

    if (g_ascii_isalnum (*p) || strchr ("-._~", *p) != NULL)
      append (form, p, 1);
    else
      append (form, (const char[]){ '%', digits[c >> 4], digits[c & 15] }, 3);
  }
}

void
mr_http_form_add (MrHttpForm *form, const char *name, const char *value)
{
  if (mr_buffer_length (form->buffer) > 0)
    append (form, "&", 1);
  append_escaped (form, name);
  append (form, "=", 1);
  append_escaped (form, value);
}

void
mr_http_form_add_secret (MrHttpForm *form, const char *name, MrSecret *value)
{
  mr_http_form_add (form, name, mr_secret_get (value));
}

GBytes *
mr_http_form_end (MrHttpForm *form, GError **error)
{
  const guint8 *data;
  gsize len;

  if (form->full) {
    g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The request would be longer than %d KiB."), FORM_MAX / 1024);
    return NULL;
  }
  data = mr_buffer_peek (form->buffer, &len);
  return mr_http_wiped_bytes (data, len);
}
