/* mail-relayctl account sign-in, sign-out, oauth-client: OAuth 2.0 from a terminal.
 *
 * Addresses and questions go to standard error, so that standard output stays one answer. With --paste the address that the
 * browser was sent to is read from standard input; a wrong one is told, and the next line is waited for.
 */
#include <config.h>

#include "ctl/verbs.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/set-up-calls.h"
#include "ctl/output.h"
#include "ctl/password.h"

#define LINE_MAX_BYTES 8192

typedef struct {
  MrCtl *ctl;
  guint number; /* of the sign-in */
  guint input;  /* source that reads standard input */
  GString *line;
  gboolean no_browser;
} Run;

static int
answer (MrCtl *ctl, gboolean ok, const GError *error, const char *id, const char *words)
{
  if (!ok)
    return mr_ctl_fail (ctl, error);
  if (ctl->json) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "id", "s", id);
    mr_print_json (g_variant_dict_end (&dict));
  } else
    mr_say ("%s\n", words);
  return MR_EXIT_DONE;
}

/* ---- pasted addresses ---- */

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!mr_client_answer_sign_in_finish (MR_CLIENT (source), result, &error))
    mr_tell ("%s\n", error->message);
}

static gboolean
input_cb (gint fd, GIOCondition condition, gpointer data)
{
  Run *run = data;
  char bytes[1024];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  for (gssize i = 0; i < n; i++) {
    if (bytes[i] != '\n' && run->line->len < LINE_MAX_BYTES)
      g_string_append_c (run->line, bytes[i]);
    if (bytes[i] != '\n' || run->line->len == 0)
      continue;
    mr_client_answer_sign_in_async (run->ctl->client, run->number, run->line->str, NULL, answered_cb, run);
    mr_wipe (run->line->str, run->line->len);
    g_string_truncate (run->line, 0);
  }
  if (n > 0)
    return G_SOURCE_CONTINUE;
  run->input = 0; /* the browser may still come by itself */
  return G_SOURCE_REMOVE;
}

/* ---- steps ---- */

static void
show_address (Run *run, const MrClientSignInStep *step)
{
  if (g_str_equal (step->state, "paste")) {
    mr_tell (_ ("Open this address in a browser and sign in:\n\n%s\n\n"), step->url);
    fputs (_ ("Afterwards the browser goes to an address that it perhaps cannot open. Paste that address here:\n"),
           stderr);
    if (run->input == 0)
      run->input = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, input_cb, run);
    return;
  }
  if (!run->no_browser && g_app_info_launch_default_for_uri (step->url, NULL, NULL))
    mr_tell (_ ("Sign in in the browser. If none was opened, open this address:\n\n%s\n\n"), step->url);
  else
    mr_tell (_ ("Open this address in a browser on this computer and sign in:\n\n%s\n\n"), step->url);
}

static void
step_cb (const MrClientSignInStep *step, gpointer data)
{
  Run *run = data;

  run->number = step->number;
  if (g_str_equal (step->state, "open") || g_str_equal (step->state, "paste"))
    show_address (run, step);
  else if (g_str_equal (step->state, "device"))
    mr_tell (_ ("Open this address on any device and enter the code %s there:\n\n%s\n\n"), step->user_code, step->url);
}

static MrAccountRecord *
find_account (MrCtl *ctl, const char *id, GError **error)
{
  mr_client_list_accounts_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) accounts = mr_client_list_accounts_finish (ctl->client, result, error);

  if (accounts == NULL)
    return NULL;
  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *account = g_ptr_array_index (accounts, i);

    if (g_str_equal (account->id, id))
      return mr_account_record_copy (account);
  }
  g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), id);
  return NULL;
}

int
mr_verb_account_sign_in (MrCtl *ctl, int argc, char **argv)
{
  gboolean paste = FALSE, device = FALSE, no_browser = FALSE;
  const GOptionEntry entries[] = {
    { "paste", 0, 0, G_OPTION_ARG_NONE, &paste,
      N_ ("Print the address; the one that the browser ends at is pasted back (for computers without a display)"),
      NULL },
    { "device", 0, 0, G_OPTION_ARG_NONE, &device, N_ ("Sign in on another device with a code"), NULL },
    { "no-browser", 0, 0, G_OPTION_ARG_NONE, &no_browser, N_ ("Print the address and open nothing"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  Run run = { .ctl = ctl };

  if (!mr_ctl_parse (ctl, "account sign-in", "ID", N_ ("Signs in with the provider of an account (OAuth 2.0)."),
                     entries, 1, 1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (paste && device)
    return mr_ctl_usage (_ ("--paste and --device exclude each other"));
  g_autoptr (MrAccountRecord) record = find_account (ctl, argv[1], &error);
  if (record == NULL)
    return mr_ctl_fail (ctl, error);
  if (paste || device)
    record->oauth_flow = paste ? MR_OAUTH_PASTE : MR_OAUTH_DEVICE;
  run.no_browser = no_browser;
  run.line = g_string_new (NULL);
  mr_client_sign_in_async (ctl->client, record, step_cb, &run, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_sign_in_finish (ctl->client, result, &error);
  g_clear_handle_id (&run.input, g_source_remove);
  g_string_free (run.line, TRUE);
  return answer (ctl, ok, error, argv[1], _ ("You are signed in."));
}

int
mr_verb_account_sign_out (MrCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!mr_ctl_parse (ctl, "account sign-out", "ID",
                     N_ ("Gives the permission back to the provider and forgets it. Its mail waits."), NULL, 1, 1,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  mr_client_sign_out_async (ctl->client, argv[1], NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_sign_out_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, argv[1], _ ("The account is signed out."));
}

int
mr_verb_account_oauth_client (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *client = NULL;
  gboolean secret_stdin = FALSE, none = FALSE;
  const GOptionEntry entries[] = {
    { "client-id", 0, 0, G_OPTION_ARG_STRING, &client, N_ ("Id that the provider gave the application"), "ID" },
    { "secret-stdin", 0, 0, G_OPTION_ARG_NONE, &secret_stdin,
      N_ ("Read its secret from standard input: a line, or a certificate with its key in PEM"), NULL },
    { "remove", 0, 0, G_OPTION_ARG_NONE, &none, N_ ("Forget the application"), NULL },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrSecret) secret = NULL;

  if (!mr_ctl_parse (ctl, "account oauth-client", "PROVIDER|“account ID”",
                     N_ ("Names the application that is registered with a provider, or for one account."), entries, 1,
                     1, &argc, &argv))
    return MR_EXIT_USAGE;
  if (none == (client != NULL) || (none && secret_stdin))
    return mr_ctl_usage (_ ("--client-id or --remove is necessary"));
  if (secret_stdin && (secret = mr_password_read_all (&error)) == NULL)
    return mr_ctl_usage ("%s", error->message);
  mr_client_set_oauth_client_async (ctl->client, argv[1], none ? "" : client, secret, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  gboolean ok = mr_client_set_oauth_client_finish (ctl->client, result, &error);
  return answer (ctl, ok, error, argv[1],
                 none ? _ ("The application is forgotten.") : _ ("The application is stored."));
}
