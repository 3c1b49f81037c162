/* What a person may type on the account page: splitting, first checks, ids. Pure; the service checks again and has the last word. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef enum {
  MR_FIELD_NONE,
  MR_FIELD_ADDRESSES,
  MR_FIELD_HOST,
  MR_FIELD_PORT,
  MR_FIELD_USER,
  MR_FIELD_CA_FILE
} MrAccountField;

/* "a@x, b@y;*@z" → strv without empty parts and doubles. (transfer full) */
char **mr_account_form_split_addresses (const char *text);
/* 1 to 65535, else 0. */
guint mr_account_form_parse_port (const char *text);
/* The usual port of a TLS mode. */
guint mr_account_form_usual_port (MrTlsMode mode);
/* The first field that cannot be right, with a sentence that says what to enter (transfer full, translated); MR_FIELD_NONE: none. */
MrAccountField mr_account_form_check (const MrAccountRecord *record, gboolean has_password, char **ret_sentence);
/* A valid id made of the account's name, address or host that is not in taken (NULL-terminated). (transfer full) */
char *mr_account_form_make_id (const MrAccountRecord *record, const char *const *taken);

G_END_DECLS
