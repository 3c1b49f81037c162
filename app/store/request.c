/* Requests and their queues. */
#include "store/request.h"

gpointer
mr_request_new (gsize size, const MrRequestKind *kind, const char *id)
{
  MrRequest *request = g_malloc0 (size);

  request->kind = kind;
  if (id != NULL)
    g_strlcpy (request->id, id, sizeof request->id);
  return request;
}

void
mr_request_deliver (MrRequest *request)
{
  if (request->func != NULL)
    request->func (request->error, request->data);
}

void
mr_request_release (MrRequest *request)
{
  g_clear_error (&request->error);
  g_free (request);
}

void
mr_request_list_push (MrRequestList *list, MrRequest *request)
{
  request->next = NULL;
  if (list->tail != NULL)
    list->tail->next = request;
  else
    list->head = request;
  list->tail = request;
  list->n++;
}

MrRequest *
mr_request_list_pop (MrRequestList *list)
{
  MrRequest *request = list->head;

  if (request == NULL)
    return NULL;
  list->head = request->next;
  if (list->head == NULL)
    list->tail = NULL;
  list->n--;
  request->next = NULL;
  return request;
}

void
mr_request_list_append (MrRequestList *list, MrRequestList *from)
{
  if (from->head == NULL)
    return;
  if (list->tail != NULL)
    list->tail->next = from->head;
  else
    list->head = from->head;
  list->tail = from->tail;
  list->n += from->n;
  *from = (MrRequestList){ NULL, NULL, 0 };
}
