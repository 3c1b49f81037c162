/* The servers for sending of 163 real providers (Mozilla ISPDB; data and licence in ispdb/): their files are read as they
 * mean, and presets that name the ISPDB as their source say the same. */
#include "policy/autoconfig.h"
#include "policy/presets.h"

#include <string.h>

#include "mail/host-name.h"

typedef struct {
  char *provider;
  char **domains;
  char *host;
  guint port;
  char *socket_type, *log_ins, *user;
} Row;

static GPtrArray *rows;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->provider);
  g_strfreev (row->domains);
  g_free (row->host);
  g_free (row->socket_type);
  g_free (row->log_ins);
  g_free (row->user);
  g_free (row);
}

static void
load (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "ispdb", "ispdb-smtp.tsv", NULL);
  g_autofree char *text = NULL;

  rows = g_ptr_array_new_with_free_func (row_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
    Row *row = g_new0 (Row, 1);

    g_assert_cmpuint (g_strv_length (cells), ==, 11);
    row->provider = g_strdup (cells[0]);
    row->domains = g_strsplit (cells[1], ",", -1);
    row->host = g_strdup (cells[2]);
    row->port = (guint)g_ascii_strtoull (cells[3], NULL, 10);
    row->socket_type = g_strdup (cells[4]);
    row->log_ins = g_strdup (cells[5]);
    row->user = g_strdup (cells[6]);
    g_ptr_array_add (rows, row);
  }
  g_assert_cmpuint (rows->len, ==, 202);
}

static MrTlsMode
tls_of (const Row *row)
{
  return g_str_equal (row->socket_type, "SSL")        ? MR_TLS_IMPLICIT
         : g_str_equal (row->socket_type, "STARTTLS") ? MR_TLS_STARTTLS
                                                      : MR_TLS_NONE;
}

/* ---- the reader of files ---- */

static char *
dup_file (const Row *row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) log_ins = g_strsplit (row->log_ins, "|", -1);

  g_string_append_printf (text, "<clientConfig version=\"1.1\"><emailProvider id=\"%s\">", row->provider);
  for (guint i = 0; row->domains[i] != NULL; i++)
    g_string_append_printf (text, "<domain>%s</domain>", row->domains[i]);
  g_string_append_printf (
      text, "<outgoingServer type=\"smtp\"><hostname>%s</hostname><port>%u</port><socketType>%s</socketType>",
      row->host, row->port, row->socket_type);
  if (*row->user != '\0')
    g_string_append_printf (text, "<username>%s</username>", row->user);
  for (guint i = 0; log_ins[i] != NULL; i++)
    g_string_append_printf (text, "<authentication>%s</authentication>", log_ins[i]);
  g_string_append (text, "</outgoingServer></emailProvider></clientConfig>");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_files (void)
{
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = rows->pdata[i];
    g_autofree char *text = dup_file (row);
    g_autofree char *address = g_strconcat ("anna.berg@", row->domains[0], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) found = mr_autoconfig_parse (text, strlen (text), address, &error);
    g_autofree char *host = mr_preset_fill (row->host, address);
    g_autofree char *user = mr_preset_fill (*row->user != '\0' ? row->user : "%EMAILADDRESS%", address);

    g_assert_no_error (error);
    const MrDiscoveryRecord *record = found->pdata[0];
    g_assert_cmpstr (record->host, ==, host);
    g_assert_cmpuint (record->port, ==, row->port);
    g_assert_cmpint (record->tls, ==, tls_of (row));
    g_assert_cmpstr (record->user, ==, user);
    g_assert_cmpstr (record->log_ins[0], ==,
                     g_str_has_prefix (row->log_ins, "OAuth2")     ? "oauth2"
                     : g_str_has_prefix (row->log_ins, "password") ? "password"
                                                                   : "none");
  }
}

/* ---- the presets ---- */

static gboolean
serves (const Row *row, const MrPreset *preset)
{
  for (guint i = 0; row->domains[i] != NULL; i++)
    if (g_strv_contains ((const char *const *)preset->domains, row->domains[i])
        || g_strv_contains ((const char *const *)preset->mx, row->domains[i]))
      return TRUE;
  return FALSE;
}

static gboolean
has_server (const MrPreset *preset, const Row *row)
{
  for (guint i = 0; i < preset->servers->len; i++) {
    const MrPresetServer *server = preset->servers->pdata[i];

    if (g_str_equal (server->host, row->host) && server->port == row->port && server->tls == tls_of (row))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_in_rows (const MrPreset *preset, const MrPresetServer *server)
{
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = rows->pdata[i];

    if (serves (row, preset) && g_str_equal (server->host, row->host) && server->port == row->port
        && server->tls == tls_of (row) && (*row->user == '\0' || g_str_equal (row->user, preset->user)))
      return TRUE;
  }
  return FALSE;
}

/* What it says is there, and what is there it says. A port that is marked as known otherwise is not asked for. */
static void
check_preset (const MrPreset *preset)
{
  gboolean port_587 = strstr (preset->facts, "servers:ispdb (port 587 known)") != NULL;

  for (guint i = 0; i < preset->servers->len; i++) {
    const MrPresetServer *server = preset->servers->pdata[i];

    if (!is_in_rows (preset, server) && !(port_587 && server->port == 587))
      g_error ("%s: %s:%u is not what the ISPDB says", preset->id, server->host, server->port);
  }
  for (guint i = 0; i < rows->len; i++)
    if (serves (rows->pdata[i], preset) && !has_server (preset, rows->pdata[i]))
      g_error ("%s: the ISPDB has %s:%u too", preset->id, ((Row *)rows->pdata[i])->host, ((Row *)rows->pdata[i])->port);
}

static void
test_presets (void)
{
  g_autoptr (MrPresets) presets = mr_presets_new_builtin ();
  guint checked = 0;

  for (guint i = 0; i < mr_presets_get_count (presets); i++) {
    const MrPreset *preset = mr_presets_get_nth (presets, i);

    if (g_str_has_prefix (preset->facts, "servers:ispdb")) {
      check_preset (preset);
      checked++;
    }
  }
  g_assert_cmpuint (checked, >=, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  load ();
  g_test_add_func ("/policy/ispdb/files", test_files);
  g_test_add_func ("/policy/ispdb/presets", test_presets);
  int code = g_test_run ();
  g_ptr_array_unref (rows);
  return code;
}
