/* Settings of other programs on this computer, as sending accounts: msmtp, esmtp, ssmtp, nullmailer, Postfix (relayhost),
 * Thunderbird, Evolution.
 *
 * Runs in the person's own program, not in the sandboxed service. Files are read with bounds and never run: what asks
 * a command for a password is told in a warning. Nothing is written but by mr_import_forget_secret(), which a person has to
 * ask for. Order of a whole import: list the sources, read each, let the person choose, add the accounts
 * (mr_client_add_account_async()), store the secrets (mr_client_set_password_async()), and only then, on a second
 * confirmation, forget them in the old files.
 */
#pragma once

#include <mailrelay/records.h>

#include "base/secret.h"

G_BEGIN_DECLS

typedef enum {
  MR_IMPORT_MSMTP,
  MR_IMPORT_ESMTP,
  MR_IMPORT_SSMTP,
  MR_IMPORT_NULLMAILER,
  MR_IMPORT_POSTFIX,
  MR_IMPORT_THUNDERBIRD,
  MR_IMPORT_EVOLUTION,
  MR_IMPORT_N_KINDS
} MrImportKind;

const char *mr_import_kind_nick (MrImportKind kind); /* "msmtp" */
gboolean mr_import_kind_from_nick (const char *nick, MrImportKind *ret);
const char *mr_import_kind_name (MrImportKind kind); /* "Thunderbird"; a program's name is not translated */

/* A place where settings stand. */
typedef struct {
  MrImportKind kind;
  char *path; /* a file; a folder for Evolution */
} MrImportSource;
void mr_import_source_free (MrImportSource *source);

/* What is there for this person. home, config_home: her folders; root: "" or, for tests, the folder that stands for "/".
 * Only what can be read is listed. (transfer full) array of MrImportSource that frees them */
GPtrArray *mr_import_list_sources (const char *home, const char *config_home, const char *root);
/* The same with this person's own folders. */
GPtrArray *mr_import_list_own_sources (void);
/* Tells the kind of a file by its name and, where that says nothing, by its first lines; that of a folder by what is in it. FALSE: none that is known. */
gboolean mr_import_guess_kind (const char *path, MrImportKind *ret);

/* One account that was found. */
typedef struct {
  MrImportKind kind;
  char *source;                /* path of the source that was read */
  char *file;                  /* that it stands in */
  MrAccountRecord *account;    /* id is a suggestion; auth, limits and provider are set; addresses may be empty */
  gboolean complete;           /* FALSE: a person has to fill in what is missing (server or addresses) */
  char **warnings;             /* sentences, translated; empty: none */
  MrSecret *secret;            /* a password that stands readable in secret_file; NULL: none */
  char *secret_file;           /* "" */
  gsize secret_at, secret_len; /* private: where in secret_file, and what takes its place */
  char *secret_stand_in;
} MrImportFound;
void mr_import_found_free (MrImportFound *found);

/* The accounts of one source; may be empty. path may be the folder that the file is in. Errors: MR_ERROR_NOT_FOUND, MR_ERROR_TOO_BIG, MR_ERROR_INVALID (not such a
 * file), MR_ERROR_FAILED (cannot be read). (transfer full) array of MrImportFound that frees them */
GPtrArray *mr_import_read (MrImportKind kind, const char *path, GError **error);

/* Puts found accounts beside those that exist (MrAccountRecord): ids become new ones, and what exists already with the
 * same host, port and user is taken out. Returns how many were taken out. */
guint mr_import_fit (GPtrArray *found, GPtrArray *existing);
/* Fills in provider and limits where a preset has the same host. providers: MrDiscoveryRecord (ListProviders). */
void mr_import_match_providers (GPtrArray *found, GPtrArray *providers);

/* Takes the password, and nothing else, out of the old file: the file is read again, and refused where the same account
 * with the same password does not stand there any more (MR_ERROR_NOT_FOUND). Atomic; mode is kept. No copy is kept: it
 * would hold the password that should be gone. The other program cannot log in with it afterwards. Only after the secret was
 * stored and the person confirmed it. */
gboolean mr_import_forget_secret (const MrImportFound *found, GError **error);

/* The same for several: stored tells for each whether its secret was stored. One that accounts share in one place goes once,
 * and only when all of them have it stored. For each, *ret_forgotten and, where it could not be done, words (transfer
 * full), else NULL; what was not stored is left alone. */
void mr_import_forget_secrets (GPtrArray *found, const gboolean *stored, gboolean *ret_forgotten, char **ret_troubles);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrImportFound, mr_import_found_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrImportSource, mr_import_source_free)

G_END_DECLS
