/* com.example.MailRelay.Programs: passwords for programs, other users, refused attempts. */
#include <config.h>

#include "service/interfaces.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"
#include "service/pipe-secret.h"

#define MAX_NAME 256

static GVariant *
convert_program (gconstpointer record)
{
  return mr_program_record_to_variant (record);
}

static GVariant *
convert_refusal (gconstpointer record)
{
  return mr_refusal_record_to_variant (record);
}

static void
programs_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_program);
}

static void
refusals_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_refusal);
}

static gboolean
handle_list_cb (MrDBusPrograms *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_programs (engine, programs_cb, invocation);
  return TRUE;
}

static gboolean
handle_list_refusals_cb (MrDBusPrograms *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_refusals (engine, refusals_cb, invocation);
  return TRUE;
}

static void
added_cb (const char *id, MrSecret *password, const GError *error, gpointer data)
{
  g_autoptr (GError) failed = NULL;
  int fd = error == NULL ? mr_pipe_secret_offer (password, &failed) : -1;

  if (fd < 0)
    mr_call_fail (data, error != NULL ? error : failed);
  else
    mr_call_return_fd (data, id, fd);
}

static gboolean
handle_add_cb (MrDBusPrograms *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *name,
               MrEngine *engine)
{
  if (*name == '\0' || strlen (name) > MAX_NAME)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("Give the program a name of at most 256 bytes"));
  else
    mr_engine_add_program (engine, name, added_cb, invocation);
  return TRUE;
}

static gboolean
handle_remove_cb (MrDBusPrograms *skeleton, GDBusMethodInvocation *invocation, const char *id, MrEngine *engine)
{
  if (mr_call_check_name (invocation, id))
    mr_engine_remove_program (engine, id, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_allow_user_cb (MrDBusPrograms *skeleton, GDBusMethodInvocation *invocation, gint64 uid, gboolean allow,
                      MrEngine *engine)
{
  if (uid < 0 || uid >= G_MAXUINT32)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("That is not the number of a user"));
  else
    mr_engine_allow_uid (engine, uid, allow, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_clear_refusals_cb (MrDBusPrograms *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_clear_refusals (engine, mr_call_done_cb, invocation);
  return TRUE;
}

GDBusInterfaceSkeleton *
mr_programs_interface_new (MrEngine *engine)
{
  MrDBusPrograms *skeleton = mr_dbus_programs_skeleton_new ();

  g_signal_connect (skeleton, "handle-list", G_CALLBACK (handle_list_cb), engine);
  g_signal_connect (skeleton, "handle-add", G_CALLBACK (handle_add_cb), engine);
  g_signal_connect (skeleton, "handle-remove", G_CALLBACK (handle_remove_cb), engine);
  g_signal_connect (skeleton, "handle-list-refusals", G_CALLBACK (handle_list_refusals_cb), engine);
  g_signal_connect (skeleton, "handle-allow-user", G_CALLBACK (handle_allow_user_cb), engine);
  g_signal_connect (skeleton, "handle-clear-refusals", G_CALLBACK (handle_clear_refusals_cb), engine);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
