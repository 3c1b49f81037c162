/* mail-relayctl status */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "ctl/output.h"

static const char *
secrets_sentence (const MrServiceStatus *status)
{
  static const struct {
    const char *state, *sentence;
  } rows[] = {
    { "ok", N_ ("ready") },
    { "locked", N_ ("your saved passwords are locked: mail-relayctl account unlock") },
    { "no-service", N_ ("there is no keyring in this session: start one, or choose another place: mail-relayctl config "
                        "set secrets backend file") },
    { "timed-out", N_ ("the keyring does not answer; perhaps it asks you something: look for its window, then "
                       "mail-relayctl account unlock") },
    { "refused", N_ ("the file with the passwords can be read by others and is not used: see mail-relayctl log") },
    { "no-place", N_ ("the keyring has no place for passwords: mail-relayctl account unlock --create") },
    { "asks-each-time", N_ ("your password program wants to ask you each time one is used: switch that off there "
                            "(KeePassXC: Settings, Secret Service Integration)") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].state, status->secrets_state))
      return _ (rows[i].sentence);
  return status->secrets_state;
}

static char *
dup_secrets (const MrServiceStatus *status)
{
  const char *sentence = secrets_sentence (status);

  if (status->secrets_needed || status->n_accounts == 0 || g_str_equal (status->secrets_state, "ok"))
    return g_strdup_printf ("%s, %s", status->secrets_backend, sentence);
  return g_strdup_printf (_ ("%s, %s (mail goes on with the passwords in memory)"), status->secrets_backend, sentence);
}

static void
print_listeners (GPtrArray *listeners)
{
  for (guint i = 0; i < listeners->len; i++) {
    const MrServiceListener *listener = g_ptr_array_index (listeners, i);

    if (listener->error == NULL) {
      mr_print_field (_ ("Listens at"), listener->address);
      continue;
    }
    g_autofree char *text = g_strdup_printf ("%s: %s", listener->address, listener->error);
    mr_print_field (_ ("Not at"), text);
  }
}

static void
print_counts (const MrStoreCounts *counts)
{
  g_autofree char *waiting = g_strdup_printf ("%" G_GUINT64_FORMAT, counts->messages_active);
  g_autofree char *held = g_strdup_printf ("%" G_GUINT64_FORMAT, counts->messages_held);
  g_autofree char *delivered = g_strdup_printf ("%" G_GUINT64_FORMAT, counts->delivered_today);
  g_autofree char *failed = g_strdup_printf ("%" G_GUINT64_FORMAT, counts->failed_week);
  g_autofree char *size = g_format_size (counts->bytes_active);

  mr_print_field (_ ("In the outbox"), waiting);
  if (counts->messages_active > 0)
    mr_print_field (_ ("Size"), size);
  if (counts->messages_held > 0)
    mr_print_field (_ ("Kept back"), held);
  mr_print_field (_ ("Sent today"), delivered);
  mr_print_field (_ ("Failed in a week"), failed);
}

static const char *
network_sentence (const MrServiceStatus *status)
{
  if (status->captive)
    return _ ("it wants you to sign in first: open any page in your browser; mail goes out by itself afterwards");
  if (!status->online)
    return _ ("offline");
  return status->metered ? _ ("online; it counts what is sent: see [delivery] metered-max-size") : _ ("online");
}

static void
print_status (MrCtl *ctl, const MrServiceStatus *status)
{
  g_autofree char *accounts = g_strdup_printf ("%u", status->n_accounts);
  g_autofree char *secrets = dup_secrets (status);
  g_autofree char *service = g_strdup_printf (_ ("version %s, process %u"), status->version, status->pid);

  mr_print_field (_ ("Service"), service);
  print_listeners (status->listeners);
  mr_print_field (_ ("Sending"), status->paused ? _ ("paused: mail-relayctl resume") : _ ("on"));
  mr_print_field (_ ("Network"), network_sentence (status));
  mr_print_field (_ ("Accounts"), status->n_accounts > 0 ? accounts : _ ("none yet: mail-relayctl account add"));
  mr_print_field (_ ("Passwords"), secrets);
  print_counts (&status->counts);
  mr_print_field (_ ("Sandbox"), status->sandbox);
  mr_print_field (_ ("Settings"), status->config_file);
  mr_print_field (_ ("Settings error"), status->config_error);
  for (guint i = 0; status->config_warnings[i] != NULL; i++)
    mr_print_field (_ ("Warning"), status->config_warnings[i]);
  mr_print_field (_ ("Store"), status->store_notice);
  if (status->audit)
    mr_print_field (_ ("Audit log"), _ ("who hands in which message, and what becomes of it, is written down"));
  if (mr_client_version_differs (ctl->client))
    mr_print_field (_ ("Warning"), _ ("the service is of another version than this command: restart it"));
}

int
mr_verb_status (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "status", NULL, N_ ("Whether it listens, what waits, what is wrong."), NULL, 0, 0, &argc,
                     &argv))
    return MR_EXIT_USAGE;
  mr_client_get_status_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (MrServiceStatus) status = mr_client_get_status_finish (ctl->client, result, &error);
  if (status == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    mr_print_json (status->variant);
  else
    print_status (ctl, status);
  return MR_EXIT_DONE;
}
