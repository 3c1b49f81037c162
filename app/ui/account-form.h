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
  MR_FIELD_CA_FILE,
  MR_FIELD_LIMIT_MINUTE,
  MR_FIELD_LIMIT_DAY
} MrAccountField;

/* "a@x, b@y;*@z" → strv without empty parts and doubles. (transfer full) */
char **mr_account_form_split_addresses (const char *text);
/* 1 to 65535, else 0. */
guint mr_account_form_parse_port (const char *text);
/* 1 to 1,000,000, else 0: no limit. */
guint mr_account_form_parse_limit (const char *text);
/* The colours in the order of the row: the first is none. */
const char *mr_account_form_colour (guint index);
guint mr_account_form_colour_index (const char *colour);
/* The ids in their new order with id at place to (beyond the end: the last); NULL: nothing changes. (transfer full) */
char **mr_account_form_reorder (const char *const *ids, const char *id, gint to);
/* The letter that stands for an account, in upper case. (transfer full) */
char *mr_account_form_letter (const char *name);
/* The usual port of a TLS mode. */
guint mr_account_form_usual_port (MrTlsMode mode);
/* The first field that cannot be right, with a sentence that says what to enter (transfer full, translated); MR_FIELD_NONE: none. */
MrAccountField mr_account_form_check (const MrAccountRecord *record, gboolean has_password, char **ret_sentence);
/* A valid id made of the account's name, address or host that is not in taken (NULL-terminated). (transfer full) */
char *mr_account_form_make_id (const MrAccountRecord *record, const char *const *taken);

G_END_DECLS
