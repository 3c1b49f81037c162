/* What the readers of the import share. Each reader is pure: bytes of a file in, drafts out, which become found accounts
 * under one set of rules. */
#pragma once

#include "client/import.h"

G_BEGIN_DECLS

#define MR_IMPORT_FILE_MAX     (4 * 1024 * 1024)
#define MR_IMPORT_ACCOUNTS_MAX 100 /* of one source */
#define MR_IMPORT_TEXT_MAX     1024

/* A piece of a file. */
typedef struct {
  const char *text; /* not terminated */
  gsize len;        /* without the line end */
  gsize at;         /* offset in the file */
} MrImportLine;

/* An account while it is read. Strings are owned. */
typedef struct {
  char *name, *host, *user, *password, *ca_file, *fingerprint;
  guint port; /* 0: the usual one */
  MrTlsMode tls;
  MrAuthKind auth;
  GPtrArray *addresses, *warnings; /* char * */
  char *secret_file;
  gsize secret_at, secret_len; /* bytes of secret_file that go when the password goes */
  const char *secret_stand_in; /* what takes their place */
} MrImportDraft;

MrImportDraft *mr_import_draft_new (void);
void mr_import_draft_free (MrImportDraft *draft);
/* Text with controls, or longer than MR_IMPORT_TEXT_MAX, is left out. */
void mr_import_set (char **field, const char *text, gssize len);
/* The password, and where it stands in the file. One that is left out takes an earlier one with it. */
void mr_import_set_secret (MrImportDraft *draft, const char *text, gssize len, const MrImportLine *where,
                           const char *stand_in);
void mr_import_add_address (MrImportDraft *draft, const char *address);
void mr_import_warn (MrImportDraft *draft, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* "host", "host:port", "[host]:port"; port may be the name of a mail service. */
void mr_import_set_server (MrImportDraft *draft, const char *text);
/* Checks the draft, and adds what it came to to found. Takes the draft. */
void mr_import_finish (MrImportDraft *draft, MrImportKind kind, const char *file, GPtrArray *found);

/* ---- lines ---- */

/* FALSE at the end. *cursor begins at 0. */
gboolean mr_import_next_line (const char *text, gsize len, gsize *cursor, MrImportLine *ret);
/* Leaves out blanks at both ends. */
void mr_import_trim (MrImportLine *line);
/* Splits off the first word at blanks or sep ('\0': none). FALSE where nothing is left. */
gboolean mr_import_take_word (MrImportLine *line, char sep, MrImportLine *ret);

/* ---- one reader for each format; file stands in the records ---- */

void mr_import_parse_msmtp (const char *text, gsize len, const char *file, GPtrArray *found);
void mr_import_parse_esmtp (const char *text, gsize len, const char *file, GPtrArray *found);
/* aliases NULL: there is no file "revaliases". */
void mr_import_parse_ssmtp (const char *text, gsize len, const char *aliases, const char *file, GPtrArray *found);
void mr_import_parse_nullmailer (const char *text, gsize len, const char *file, GPtrArray *found);
void mr_import_parse_thunderbird (const char *text, gsize len, const char *file, GPtrArray *found);
/* sources: name of the file without ".source" → its text (char *). */
void mr_import_parse_evolution (GHashTable *sources, const char *folder, GPtrArray *found);
/* load gives a file that main.cf names, NULL where it cannot be read; *path becomes the file that was really read. */
typedef char *(*MrImportLoadFunc) (char **path, gsize *ret_len, gpointer data);
void mr_import_parse_postfix (const char *text, gsize len, const char *file, MrImportLoadFunc load, gpointer data,
                              GPtrArray *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrImportDraft, mr_import_draft_free)

G_END_DECLS
