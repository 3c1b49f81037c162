/* Runs the dialogs whose files are named on the command line: whole, cut at each byte of what the peer sends, with late
 * answers, and byte by byte. */
#include "dialog.h"

#include <string.h>

#include "base/log.h"

static void
run_all (gconstpointer data)
{
  const Dialog *dialog = data;
  const DialogMachine *type = strcmp (dialog->machine, "server") == 0 ? &dialog_server : &dialog_client;
  gsize cuts = dialog->whole ? 1 : dialog->peer_len;

  for (gsize cut = 0; cut < cuts; cut++) {
    for (DialogMode mode = DIALOG_AT_ONCE; mode <= DIALOG_LATE; mode++) {
      g_autofree char *trouble = dialog_run (dialog, type, mode, cut);

      if (trouble != NULL) {
        g_test_message ("cut at byte %" G_GSIZE_FORMAT ", %s: %s", cut, mode == DIALOG_LATE ? "late" : "at once",
                        trouble);
        g_test_fail ();
        return;
      }
    }
  }
  if (!dialog->whole) {
    g_autofree char *trouble = dialog_run (dialog, type, DIALOG_BYTES, 0);

    if (trouble != NULL)
      g_test_message ("byte by byte: %s", trouble);
    g_assert_null (trouble);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  for (int i = 1; i < argc; i++) {
    Dialog *dialog = dialog_load (argv[i]);
    g_autofree char *path = g_strdup_printf ("/dialogs/%s/%s", dialog->machine, dialog->name);

    g_test_add_data_func_full (path, dialog, run_all, (GDestroyNotify)dialog_free);
  }
  return g_test_run ();
}
