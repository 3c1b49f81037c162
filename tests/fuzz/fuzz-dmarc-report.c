/* Fuzz target: aggregate reports (DMARC), as XML and in archives. */
#include <stdint.h>

#include "fuzz.h"
#include "mail/unpack.h"
#include "mailauth/dmarc-report.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GPtrArray) files = mr_unpack (bytes, NULL);
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dmarc_report_free);

  for (guint i = 0; files != NULL && i < files->len; i++) {
    gsize len;
    const char *xml = g_bytes_get_data (files->pdata[i], &len);
    MrDmarcReport *report = mr_dmarc_report_parse (xml, len, NULL);

    if (report != NULL)
      g_ptr_array_add (reports, report);
  }
  g_autoptr (GPtrArray) sources = mr_dmarc_sources (reports);
  for (guint i = 0; i < sources->len; i++)
    g_assert_true (((MrDmarcSource *)sources->pdata[i])->passed <= ((MrDmarcSource *)sources->pdata[i])->messages);
  return 0;
}
