/* The fix-ups of submission; see fixup.h. One pass over the fields and one over the bytes: this is done for every
 * message before it is acknowledged, so GMime is asked only for a subject with encoded words.
 *
 * What is written by us is checked for controls first; then no fix-up can put a field of its own choice into the
 * header. /
 */
#include "config.h"

#include "mail/fixup.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/address.h"
#include "mail/field.h"

/* RFC 5322 2.1.1: what one line may hold; longer subjects and ids are cut where they are shown and searched. */
#define SHOWN_MAX 998

typedef enum {
  FIELD_OTHER,
  FIELD_REMOVED,
  FIELD_RECEIVED,
  FIELD_DATE,
  FIELD_MESSAGE_ID,
  FIELD_FROM,
  FIELD_SUBJECT,
  FIELD_N_KINDS
} FieldKind;

static FieldKind
field_kind (const char *name)
{
  static const struct {
    const char *name;
    FieldKind kind;
  } known[] = { { "received", FIELD_RECEIVED },  { "date", FIELD_DATE },          { "message-id", FIELD_MESSAGE_ID },
                { "from", FIELD_FROM },          { "subject", FIELD_SUBJECT },    { "bcc", FIELD_REMOVED },
                { "resent-bcc", FIELD_REMOVED }, { "return-path", FIELD_REMOVED } };
  char first = g_ascii_tolower (name[0]);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (known[i].name[0] == first && g_ascii_strcasecmp (known[i].name, name) == 0)
      return known[i].kind;
  }
  return FIELD_OTHER;
}

static gboolean
has_control (const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    if (g_ascii_iscntrl (*c))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_context (const MrFixupContext *context, GError **error)
{
  const char *reverse_path = context->reverse_path != NULL ? context->reverse_path : "";
  const char *wrong = NULL;

  if (context->id == NULL || has_control (context->id) || strchr (context->id, ' ') != NULL)
    wrong = _ ("The queue id cannot be written into a header.");
  else if (reverse_path[0] != '\0' && !mr_address_is_valid (reverse_path))
    wrong = _ ("The reverse-path is not an address; it cannot be written into a header.");
  else if (context->single_recipient != NULL && has_control (context->single_recipient))
    wrong = _ ("The recipient has a control character and cannot be written into a header.");
  if (wrong != NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, wrong);
  return wrong == NULL;
}

static char *
address_literal (const char *address)
{
  return strchr (address, ':') != NULL ? g_strdup_printf ("[IPv6:%s]", address) : g_strdup_printf ("[%s]", address);
}

static gboolean
is_public_name (const char *name)
{
  g_autofree char *address = g_strconcat ("x@", name, NULL);

  return g_str_is_ascii (name) && mr_address_is_valid (address) && !mr_address_domain_is_local (address, NULL);
}

/* Who handed the message over, without names and addresses that are nobody's business (design section 5). */
static void
append_peer (GString *out, const MrFixupContext *context)
{
  g_autofree char *literal = NULL;
  const char *helo = context->helo != NULL ? context->helo : "";

  if (context->loopback) {
    g_string_append (out, "localhost (loopback)");
    return;
  }
  literal = address_literal (context->peer_address != NULL ? context->peer_address : "");
  if (!is_public_name (literal))
    g_string_append (out, "localnet (private network)");
  else
    g_string_append_printf (out, "%s (%s)", is_public_name (helo) ? helo : "unknown", literal);
}

/* RFC 5321 4.4, RFC 3848. */
static void
append_received (GString *out, const MrFixupContext *context, const char *date)
{
  const char *protocol = context->esmtp ? "ESMTP" : "SMTP";

  g_string_append (out, "Received: from ");
  append_peer (out, context);
  g_string_append_printf (out, "\r\n\tby mail-relay with %s%s%s id %s", protocol,
                          context->esmtp && context->tls ? "S" : "",
                          context->esmtp && context->authenticated ? "A" : "", context->id);
  if (context->single_recipient != NULL)
    g_string_append_printf (out, "\r\n\tfor <%s>", context->single_recipient);
  g_string_append_printf (out, ";\r\n\t%s\r\n", date);
}

/* A sender's domain that is this machine's own name stays here; ".invalid" is nobody's (RFC 6761 6.4). */
static char *
make_message_id (const MrFixupContext *context, const char *from)
{
  const char *sender = from != NULL ? from : context->reverse_path;
  g_autofree char *domain = sender != NULL ? mr_address_dup_ascii_domain (sender) : NULL;
  gboolean usable = domain != NULL && domain[0] != '[' && !mr_address_domain_is_local (sender, NULL);

  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x@%s", context->random, usable ? domain : "mail-relay.invalid");
}

static const char *
field_value (const MrHeaderField *field, gsize *ret_len)
{
  const char *colon = memchr (field->raw, ':', field->raw_len);

  *ret_len = field->raw_len - (gsize)(colon + 1 - field->raw);
  return colon + 1;
}

static char *
read_from (const MrHeaderField *field, const char *reverse_path)
{
  gsize len;
  const char *value = field_value (field, &len);
  g_autofree char *text = mr_field_dup_text (value, len);
  const char *at = reverse_path != NULL ? strrchr (reverse_path, '@') : NULL;
  g_auto (GStrv) list = mr_address_list_parse_qualified (text, 1, at != NULL ? at + 1 : NULL, NULL);

  return g_strdup (list[0]);
}

static char *
read_subject (const MrHeaderField *field)
{
  gsize len;
  const char *value = field_value (field, &len);
  g_autofree char *text = mr_field_dup_text (value, len);
  g_autofree char *decoded = mr_field_decode (text);

  return mr_text_sanitize (decoded, SHOWN_MAX);
}

static char *
read_message_id (const MrHeaderField *field)
{
  gsize len;
  const char *value = field_value (field, &len);
  g_autofree char *text = mr_field_dup_text (value, len);
  char *open = strchr (text, '<'), *id = open != NULL ? open + 1 : text, *close = strchr (id, '>');

  if (open != NULL && close != NULL)
    *close = '\0';
  return mr_text_sanitize (id, SHOWN_MAX);
}

/* Copies what stays and notes what is there. */
static void
copy_fields (MrHeaderReader *reader, GString *out, const MrHeaderField *first[FIELD_N_KINDS], MrFixupResult *result)
{
  guint n = mr_header_reader_n_fields (reader);

  for (guint i = 0; i < n; i++) {
    const MrHeaderField *field = mr_header_reader_get_field (reader, i);
    FieldKind kind = field_kind (field->name);

    if (kind == FIELD_REMOVED)
      continue;
    if (first[kind] == NULL)
      first[kind] = field;
    result->n_received += kind == FIELD_RECEIVED ? 1 : 0;
    g_string_append_len (out, field->raw, (gssize)field->raw_len);
  }
}

static void
add_missing (GString *out, const MrHeaderField *const first[FIELD_N_KINDS], const MrFixupContext *context,
             const char *date, MrFixupResult *result)
{
  gboolean has_sender = context->reverse_path != NULL && context->reverse_path[0] != '\0';

  if (first[FIELD_FROM] != NULL)
    result->from = read_from (first[FIELD_FROM], context->reverse_path);
  else if (has_sender)
    result->from = g_strdup (context->reverse_path);
  if (first[FIELD_FROM] == NULL && has_sender)
    g_string_append_printf (out, "From: <%s>\r\n", context->reverse_path);
  if (first[FIELD_DATE] == NULL)
    g_string_append_printf (out, "Date: %s\r\n", date);
  if (first[FIELD_MESSAGE_ID] != NULL) {
    result->message_id = read_message_id (first[FIELD_MESSAGE_ID]);
  } else {
    result->message_id = make_message_id (context, result->from);
    g_string_append_printf (out, "Message-ID: <%s>\r\n", result->message_id);
  }
  if (first[FIELD_SUBJECT] != NULL)
    result->subject = read_subject (first[FIELD_SUBJECT]);
}

/* Room for what we add, so that the header is copied once. */
#define ADDED_SIZE 1024

MrFixupResult *
mr_fixup_header (MrHeaderReader *reader, const MrFixupContext *context, GError **error)
{
  g_autoptr (MrFixupResult) result = g_new0 (MrFixupResult, 1);
  const MrHeaderField *first[FIELD_N_KINDS] = { NULL };
  g_autofree char *date = NULL;
  GString *out;
  gsize size = ADDED_SIZE;

  if (!check_context (context, error))
    return NULL;
  for (guint i = 0; i < mr_header_reader_n_fields (reader); i++)
    size += mr_header_reader_get_field (reader, i)->raw_len;
  out = g_string_sized_new (size);
  date = mr_clock_format_rfc5322 (context->now, FALSE);
  append_received (out, context, date);
  copy_fields (reader, out, first, result);
  add_missing (out, first, context, date, result);
  g_string_append (out, "\r\n");
  result->has_8bit = mr_bytes_have_8bit (out->str, out->len);
  result->header = g_string_free_to_bytes (out);
  return g_steal_pointer (&result);
}

void
mr_fixup_result_free (MrFixupResult *result)
{
  if (result == NULL)
    return;
  g_clear_pointer (&result->header, g_bytes_unref);
  g_free (result->from);
  g_free (result->subject);
  g_free (result->message_id);
  g_free (result);
}
