/* What the answers of one look-up mean together. */
#include "config.h"

#include "net/dns-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/crypto.h"
#include "net/dns-srv.h"

MrDnsRequest *
mr_dns_request_new (const char *name, gpointer data)
{
  MrDnsRequest *request = g_new0 (MrDnsRequest, 1);

  request->name = g_strdup (name);
  request->data = data;
  request->link.data = request;
  return request;
}

void
mr_dns_request_add_question (MrDnsRequest *request, MrDnsType type)
{
  MrDnsQuestion *question = &request->questions[request->n_questions++];

  question->request = request;
  question->type = type;
  question->name = g_strdup (request->name);
  question->edns = TRUE;
  request->left++;
}

void
mr_dns_request_free (MrDnsRequest *request)
{
  for (guint i = 0; i < request->n_questions; i++) {
    g_free (request->questions[i].name);
    mr_dns_answer_free (request->questions[i].answer);
  }
  g_clear_pointer (&request->addresses, g_ptr_array_unref);
  g_free (request->name);
  g_free (request);
}

gboolean
mr_dns_request_is_cancelled (const MrDnsRequest *request)
{
  return request->mx_func == NULL && request->address_func == NULL && request->srv_func == NULL
         && request->records_func == NULL && request->answer_func == NULL;
}

/* ---- errors ---- */

static void
set_temporary (GError **error, const MrDnsRequest *request, const MrDnsQuestion *question)
{
  g_set_error (error, MR_ERROR, MR_ERROR_DNS_TEMPORARY, _ ("The name %s cannot be looked up now: %s."), request->name,
               _ (question->trouble));
}

/* The error of a look-up none of whose questions was answered with records. */
static void
set_error (GError **error, const MrDnsRequest *request, gboolean *ret_nxdomain)
{
  gboolean nxdomain = request->bad_name;

  for (guint i = 0; i < request->n_questions; i++) {
    const MrDnsQuestion *question = &request->questions[i];

    if (question->temporary) {
      set_temporary (error, request, question);
      return;
    }
    nxdomain = nxdomain || question->answer->outcome == MR_DNS_NX_DOMAIN;
  }
  *ret_nxdomain = nxdomain;
  if (request->bad_name)
    g_set_error (error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND,
                 _ ("“%s” cannot be the name of a host: check how it is written."), request->name);
  else if (nxdomain)
    g_set_error (error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND, _ ("The name %s does not exist: check how it is written."),
                 request->name);
  else
    g_set_error (error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND,
                 _ ("The name %s exists, but without the address that is needed."), request->name);
}

/* ---- MX ---- */

typedef struct {
  MrMxRecord *record;
  double lot;
} Drawn;

static int
compare_drawn (gconstpointer a, gconstpointer b)
{
  const Drawn *one = a, *other = b;

  if (one->record->preference != other->record->preference)
    return one->record->preference < other->record->preference ? -1 : 1;
  return one->lot < other->lot ? -1 : one->lot > other->lot;
}

/* Sorted, with lots drawn between equals (RFC 5321 5.1). A null MX counts only alone (RFC 7505 3). */
static GPtrArray *
sort_mx (const GPtrArray *answers)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_mx_record_free);
  g_autoptr (GArray) drawn = g_array_new (FALSE, FALSE, sizeof (Drawn));
  gboolean has_host = FALSE;

  for (guint i = 0; i < answers->len; i++)
    has_host = has_host || *((const MrDnsRecord *)g_ptr_array_index (answers, i))->text != '\0';
  for (guint i = 0; i < answers->len; i++) {
    const MrDnsRecord *answer = g_ptr_array_index (answers, i);

    if (has_host ? *answer->text == '\0' : drawn->len > 0)
      continue;
    Drawn one = { g_new (MrMxRecord, 1), mr_random_double () };
    *one.record = (MrMxRecord){ answer->preference, g_strdup (answer->text) };
    g_array_append_val (drawn, one);
  }
  g_array_sort (drawn, compare_drawn);
  for (guint i = 0; i < drawn->len; i++)
    g_ptr_array_add (records, g_array_index (drawn, Drawn, i).record);
  return records;
}

static void
tell_mx (MrDnsRequest *request, MrMxFunc func)
{
  const MrDnsQuestion *question = &request->questions[0];
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  gboolean nxdomain = FALSE;

  if (request->n_questions > 0 && question->answer != NULL && question->answer->outcome == MR_DNS_FOUND)
    records = sort_mx (question->answer->records);
  else
    set_error (&error, request, &nxdomain);
  func (records, nxdomain, error, request->data);
}

/* ---- addresses ---- */

static gboolean
contains (const GPtrArray *addresses, const char *address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (strcmp (g_ptr_array_index (addresses, i), address) == 0)
      return TRUE;
  return FALSE;
}

static const char *
nth_address (const MrDnsQuestion *question, guint n)
{
  if (question->answer == NULL || n >= question->answer->records->len)
    return NULL;
  return ((const MrDnsRecord *)g_ptr_array_index (question->answer->records, n))->text;
}

/* IPv6 and IPv4 in turns, so that a family that does not work here costs one attempt (RFC 8305 4). */
static GPtrArray *
interleave (const MrDnsRequest *request)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);

  for (guint n = 0; n < MR_DNS_RECORDS_MAX && addresses->len < MR_ADDRESSES_MAX; n++) {
    for (guint i = 0; i < request->n_questions && addresses->len < MR_ADDRESSES_MAX; i++) {
      const char *address = nth_address (&request->questions[i], n);

      if (address != NULL && !contains (addresses, address))
        g_ptr_array_add (addresses, g_strdup (address));
    }
  }
  g_ptr_array_add (addresses, NULL);
  return addresses;
}

static void
tell_addresses (MrDnsRequest *request, MrAddressFunc func)
{
  g_autoptr (GError) error = NULL;
  gboolean nxdomain = FALSE;

  if (request->addresses == NULL)
    request->addresses = interleave (request);
  if (request->addresses->len == 1)
    set_error (&error, request, &nxdomain);
  func (error == NULL ? (const char *const *)request->addresses->pdata : NULL, error, request->data);
}

/* ---- SRV ---- */

static void
tell_srv (MrDnsRequest *request, MrSrvFunc func)
{
  const MrDnsQuestion *question = &request->questions[0];
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  gboolean nxdomain;

  if (request->n_questions > 0 && question->answer != NULL && question->answer->outcome == MR_DNS_FOUND)
    records = mr_dns_order_srv (question->answer->records);
  else
    set_error (&error, request, &nxdomain);
  func (records, error, request->data);
}

/* ---- texts of any type ---- */

static gint
compare_preference (gconstpointer a, gconstpointer b)
{
  const MrDnsRecord *ra = *(MrDnsRecord *const *)a, *rb = *(MrDnsRecord *const *)b;

  return (ra->preference > rb->preference) - (ra->preference < rb->preference);
}

static void
tell_records (MrDnsRequest *request, MrTextsFunc func)
{
  const MrDnsQuestion *question = &request->questions[0];
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean nxdomain = FALSE;

  if (request->n_questions > 0 && question->answer != NULL && question->answer->outcome == MR_DNS_FOUND) {
    g_ptr_array_sort (question->answer->records, compare_preference);
    for (guint i = 0; i < question->answer->records->len; i++)
      g_ptr_array_add (texts, ((const MrDnsRecord *)question->answer->records->pdata[i])->text);
  } else {
    set_error (&error, request, &nxdomain);
  }
  g_ptr_array_add (texts, NULL);
  func ((const char *const *)texts->pdata, nxdomain, error, request->data);
}

static void
tell_answer (MrDnsRequest *request, MrAnswerFunc func)
{
  const MrDnsAnswer *answer = request->n_questions > 0 ? request->questions[0].answer : NULL;
  g_autoptr (GError) error = NULL;
  gboolean nxdomain;

  if (answer == NULL)
    set_error (&error, request, &nxdomain);
  func (answer, error, request->data);
}

void
mr_srv_record_free (MrSrvRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->target);
  g_free (record);
}

void
mr_dns_request_tell (MrDnsRequest *request, gboolean cancelled)
{
  MrMxFunc mx_func = g_steal_pointer (&request->mx_func);
  MrAddressFunc address_func = g_steal_pointer (&request->address_func);
  MrSrvFunc srv_func = g_steal_pointer (&request->srv_func);
  MrTextsFunc records_func = g_steal_pointer (&request->records_func);
  MrAnswerFunc answer_func = g_steal_pointer (&request->answer_func);
  static const char *const none[] = { NULL };
  g_autoptr (GError) error = NULL;

  if (cancelled)
    g_set_error (&error, MR_ERROR, MR_ERROR_CANCELLED, _ ("The look-up of %s was given up."), request->name);
  if (mx_func != NULL && error != NULL)
    mx_func (NULL, FALSE, error, request->data);
  else if (mx_func != NULL)
    tell_mx (request, mx_func);
  else if (address_func != NULL && error != NULL)
    address_func (NULL, error, request->data);
  else if (address_func != NULL)
    tell_addresses (request, address_func);
  else if (srv_func != NULL && error != NULL)
    srv_func (NULL, error, request->data);
  else if (srv_func != NULL)
    tell_srv (request, srv_func);
  else if (records_func != NULL && error != NULL)
    records_func (none, FALSE, error, request->data);
  else if (records_func != NULL)
    tell_records (request, records_func);
  else if (answer_func != NULL && error != NULL)
    answer_func (NULL, error, request->data);
  else if (answer_func != NULL)
    tell_answer (request, answer_func);
}

void
mr_mx_record_free (MrMxRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->name);
  g_free (record);
}
