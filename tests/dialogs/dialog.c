/* Dialogs: reading the files and running them against a machine. The format is described in dialog.h. */
#include "dialog.h"

#include <string.h>

static void
line_free (void *data)
{
  DialogLine *line = data;

  g_free (line->text);
  g_free (line);
}

void
dialog_free (Dialog *dialog)
{
  if (dialog == NULL)
    return;
  g_free (dialog->name);
  g_free (dialog->machine);
  g_strfreev (dialog->options);
  g_ptr_array_unref (dialog->lines);
  g_free (dialog);
}

char *
dialog_unescape (const char *text, gsize *ret_len)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++) {
    if (*p != '\\') {
      g_string_append_c (out, *p);
      continue;
    }
    p++;
    if (*p == 'r')
      g_string_append_c (out, '\r');
    else if (*p == 'n')
      g_string_append_c (out, '\n');
    else if (*p == 't')
      g_string_append_c (out, '\t');
    else if (*p == '0')
      g_string_append_c (out, '\0');
    else if (*p == '\\')
      g_string_append_c (out, '\\');
    else if (*p == 'x' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2])) {
      g_string_append_c (out, (char)(g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2])));
      p += 2;
    } else
      g_error ("unknown escape \\%c in \"%s\"", *p, text);
  }
  *ret_len = out->len;
  return g_string_free (out, FALSE);
}

char *
dialog_escape (const char *bytes, gsize len)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < len; i++) {
    switch (bytes[i]) {
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    case '\0':
      g_string_append (out, "\\0");
      break;
    case '\\':
      g_string_append (out, "\\\\");
      break;
    default:
      if (g_ascii_isprint (bytes[i]))
        g_string_append_c (out, bytes[i]);
      else
        g_string_append_printf (out, "\\x%02x", (guchar)bytes[i]);
    }
  }
  return g_string_free (out, FALSE);
}

static void
add_line (Dialog *dialog, guint number, const char *text)
{
  DialogLine *line;
  const char *rest = text + 1;
  gboolean raw = text[0] == '<' && text[1] == '|';

  if (strchr ("<>!=", text[0]) == NULL)
    g_error ("%s:%u: a line begins with one of < > ! =", dialog->name, number);
  if (raw)
    rest++;
  if (*rest == ' ')
    rest++;
  line = g_new0 (DialogLine, 1);
  line->kind = text[0];
  line->number = number;
  if (line->kind == '<') {
    g_autofree char *bytes = dialog_unescape (rest, &line->len);

    line->text = g_malloc (line->len + 2);
    memcpy (line->text, bytes, line->len);
    if (!raw) {
      memcpy (line->text + line->len, "\r\n", 2);
      line->len += 2;
    }
    dialog->peer_len += line->len;
  } else
    line->text = g_strdup (rest);
  g_ptr_array_add (dialog->lines, line);
}

Dialog *
dialog_load (const char *path)
{
  g_autoptr (Dialog) dialog = g_new0 (Dialog, 1);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  dialog->name = g_path_get_basename (path);
  dialog->lines = g_ptr_array_new_with_free_func (line_free);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (lines[i][0] == '\0' || lines[i][0] == '#')
      continue;
    if (dialog->machine == NULL) {
      dialog->options = g_strsplit (lines[i], " ", -1);
      dialog->machine = g_strdup (dialog->options[0]);
      dialog->whole = dialog_option (dialog, "whole") != NULL;
    } else
      add_line (dialog, i + 1, lines[i]);
  }
  if (dialog->machine == NULL)
    g_error ("%s: there is nothing in it", path);
  return g_steal_pointer (&dialog);
}

const char *
dialog_option (const Dialog *dialog, const char *key)
{
  gsize len = strlen (key);

  for (guint i = 1; dialog->options[i] != NULL; i++) {
    const char *option = dialog->options[i];

    if (strncmp (option, key, len) == 0 && (option[len] == '=' || option[len] == '\0'))
      return option + len + (option[len] == '=' ? 1 : 0);
  }
  return NULL;
}

/* A run: where in the dialog it is, and what the machine has said in this step. */
typedef struct {
  const Dialog *dialog;
  const DialogMachine *type;
  void *machine;
  guint at;  /* the next line that is not dealt with */
  guint end; /* the first line of the next step */
  gsize fed; /* peer bytes of the steps before */
  GString *output;
  char *trouble;
} Run;

static const DialogLine *
line_at (const Run *run, guint i)
{
  return i < run->dialog->lines->len ? g_ptr_array_index (run->dialog->lines, i) : NULL;
}

static void G_GNUC_PRINTF (3, 4) complain (Run *run, guint number, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (run->trouble != NULL)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  run->trouble = g_strdup_printf ("%s:%u: %s", run->dialog->name, number, text);
}

static void
act (Run *run, const DialogLine *line)
{
  if (!run->type->act (run->machine, line->text))
    complain (run, line->number, "the action cannot be done: %s", line->text);
}

/* Skips '>' lines, which are compared at the end of the step. */
static const DialogLine *
next_expected (Run *run)
{
  while (run->at < run->end && line_at (run, run->at)->kind == '>')
    run->at++;
  return run->at < run->end ? line_at (run, run->at) : NULL;
}

static void
pump (Run *run)
{
  while (run->trouble == NULL) {
    g_autofree char *event = run->type->next (run->machine);
    const DialogLine *line = next_expected (run);
    gboolean acted = FALSE;

    if (event == NULL)
      break;
    if (line == NULL || line->kind != '!' || strcmp (line->text, event) != 0) {
      complain (run, line != NULL ? line->number : 0, "event \"%s\" instead of \"%s\"", event,
                line != NULL ? line->text : "nothing");
      break;
    }
    run->at++;
    while ((line = next_expected (run)) != NULL && line->kind == '=') {
      act (run, line);
      acted = TRUE;
      run->at++;
    }
    if (!acted)
      run->type->act_default (run->machine);
  }
}

static void
take_output (Run *run)
{
  g_autoptr (GString) out = run->type->take_output (run->machine);

  g_string_append_len (run->output, out->str, (gssize)out->len);
}

static void
compare_output (Run *run, guint from)
{
  const char *rest = run->output->str;

  for (guint i = from; i < run->end && run->trouble == NULL; i++) {
    const DialogLine *line = line_at (run, i);
    const char *lf;
    g_autofree char *got = NULL;

    if (line->kind != '>')
      continue;
    lf = strstr (rest, "\r\n");
    got = lf != NULL ? g_strndup (rest, (gsize)(lf - rest)) : NULL;
    if (got == NULL)
      complain (run, line->number, "no output instead of \"%s\" (left: \"%s\")", line->text, rest);
    else if (!g_pattern_match_simple (line->text, got) && strcmp (line->text, got) != 0)
      complain (run, line->number, "output \"%s\" instead of \"%s\"", got, line->text);
    else
      rest = lf + 2;
  }
  if (*rest != '\0')
    complain (run, from < run->end ? line_at (run, run->end - 1)->number : 0, "further output: \"%s\"", rest);
  g_string_truncate (run->output, 0);
}

static void
feed (Run *run, const char *bytes, gsize len, DialogMode mode)
{
  if (len > 0 && !run->type->feed (run->machine, bytes, len))
    complain (run, 0, "the machine takes no more input");
  if (mode != DIALOG_LATE) {
    pump (run);
    take_output (run);
  }
}

/* What the peer sends in this step, cut as the run says. */
static void
feed_step (Run *run, const GString *bytes, DialogMode mode, gsize cut)
{
  gsize here = cut > run->fed && cut < run->fed + bytes->len ? cut - run->fed : 0;

  if (mode == DIALOG_BYTES) {
    for (gsize i = 0; i < bytes->len && run->trouble == NULL; i++)
      feed (run, bytes->str + i, 1, mode);
  } else {
    feed (run, bytes->str, here, mode);
    feed (run, bytes->str + here, bytes->len - here, mode);
  }
  run->fed += bytes->len;
}

static void
run_step (Run *run, DialogMode mode, gsize cut)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  guint from = run->at;
  const DialogLine *line;

  while ((line = line_at (run, run->at)) != NULL && line->kind == '<') {
    g_string_append_len (bytes, line->text, (gssize)line->len);
    run->at++;
  }
  run->end = run->at;
  /* A '=' that no event stands before, and any '<', begin the next step. */
  while ((line = line_at (run, run->end)) != NULL && line->kind != '<') {
    char before = run->end > from ? line_at (run, run->end - 1)->kind : '\0';

    if (line->kind == '=' && before != '!' && before != '=' && run->end > from)
      break;
    run->end++;
  }
  if (bytes->len > 0)
    feed_step (run, bytes, mode, cut);
  while (run->at < run->end && line_at (run, run->at)->kind == '=')
    act (run, line_at (run, run->at++));
  pump (run);
  take_output (run);
  line = next_expected (run);
  if (line != NULL)
    complain (run, line->number, "\"%c %s\" did not happen", line->kind, line->text);
  compare_output (run, from);
}

char *
dialog_run (const Dialog *dialog, const DialogMachine *type, DialogMode mode, gsize cut)
{
  Run run = { .dialog = dialog, .type = type };

  run.machine = type->make (dialog);
  run.output = g_string_new (NULL);
  while (run.at < dialog->lines->len && run.trouble == NULL)
    run_step (&run, mode, cut);
  type->free (run.machine);
  g_string_free (run.output, TRUE);
  return run.trouble;
}
