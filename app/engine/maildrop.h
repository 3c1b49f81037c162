/* What stands in a file of the maildrop folder (app/client/maildrop writes it). Pure. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  char *reverse_path;    /* "" for the null one */
  GPtrArray *recipients; /* char *, NULL-terminated */
  /* RFC 3461 */
  guint notify; /* MrNotify bits, for every recipient */
  MrReturn ret;
  char *envid;      /* xtext, NULL */
  const char *body; /* borrowed from what was read */
  gsize body_len;
} MrMaildropFile;

/* Addresses are not checked here. Error: MR_ERROR_CORRUPT. */
gboolean mr_maildrop_file_read (const char *text, gsize len, MrMaildropFile *ret, GError **error);
void mr_maildrop_file_clear (MrMaildropFile *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrMaildropFile, mr_maildrop_file_clear)

G_END_DECLS
