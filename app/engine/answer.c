/* Answers that are known at once, given from the loop. */
#include "engine/answer.h"

typedef struct _Answer Answer;

struct _Answer {
  void (*give) (Answer *answer);
  union {
    MrEngineDoneFunc done;
    MrCountFunc count;
    MrRecordsFunc records;
    MrSubmitFunc submit;
    MrPasswordFunc password;
    MrTestDoneFunc test;
  } func;
  gpointer data;
  guint count;
  GPtrArray *records;
  GError *error;
};

static gboolean
give_cb (gpointer data)
{
  Answer *answer = data;

  answer->give (answer);
  return G_SOURCE_REMOVE;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->records, g_ptr_array_unref);
  g_clear_error (&answer->error);
  g_free (answer);
}

static Answer *
answer_new (void (*give) (Answer *answer), const GError *error, gpointer data)
{
  Answer *answer = g_new0 (Answer, 1);
  g_autoptr (GSource) source = g_idle_source_new ();
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  answer->give = give;
  answer->error = error != NULL ? g_error_copy (error) : NULL;
  answer->data = data;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, give_cb, answer, answer_free);
  g_source_set_name (source, "engine-answer");
  g_source_attach (source, context);
  return answer;
}

static void
give_done (Answer *answer)
{
  answer->func.done (answer->error, answer->data);
}

void
mr_answer_done (MrEngineDoneFunc func, const GError *error, gpointer data)
{
  answer_new (give_done, error, data)->func.done = func;
}

static void
give_count (Answer *answer)
{
  answer->func.count (answer->count, answer->error, answer->data);
}

void
mr_answer_count (MrCountFunc func, guint count, const GError *error, gpointer data)
{
  Answer *answer = answer_new (give_count, error, data);

  answer->func.count = func;
  answer->count = count;
}

static void
give_records (Answer *answer)
{
  answer->func.records (answer->records, answer->error, answer->data);
}

void
mr_answer_records (MrRecordsFunc func, GPtrArray *records, const GError *error, gpointer data)
{
  Answer *answer = answer_new (give_records, error, data);

  answer->func.records = func;
  answer->records = records != NULL ? g_ptr_array_ref (records) : NULL;
}

static void
give_no_id (Answer *answer)
{
  answer->func.submit (NULL, answer->error, answer->data);
}

void
mr_answer_no_id (MrSubmitFunc func, const GError *error, gpointer data)
{
  answer_new (give_no_id, error, data)->func.submit = func;
}

static void
give_no_password (Answer *answer)
{
  answer->func.password (NULL, NULL, answer->error, answer->data);
}

void
mr_answer_no_password (MrPasswordFunc func, const GError *error, gpointer data)
{
  answer_new (give_no_password, error, data)->func.password = func;
}

static void
give_no_test (Answer *answer)
{
  answer->func.test (FALSE, NULL, answer->error, answer->data);
}

void
mr_answer_no_test (MrTestDoneFunc func, const GError *error, gpointer data)
{
  answer_new (give_no_test, error, data)->func.test = func;
}
