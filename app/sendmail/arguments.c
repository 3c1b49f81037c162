/* sendmail's options grew for forty years: some take the rest of the word, some the next word, some both, and programs give many that mean nothing to us.
 * Those are taken silently, as every drop-in does; what asks for something that is not done here is an error. */
#include <config.h>

#include "sendmail/arguments.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "smtp/dsn.h"

/* An argument follows, in the same word or the next. */
#define WITH_ARGUMENT "fFrBNRVCLOpXh"
/* The rest of the word belongs to it. */
#define WITH_REST "oeqdAbMm"
#define ALONE     "tinvUGs"

typedef struct {
  int argc;
  char **argv;
  int i;
} Words;

/* NULL: there is none. */
static const char *
take_argument (Words *words, const char *rest)
{
  if (*rest != '\0')
    return rest;
  return words->i + 1 < words->argc ? words->argv[++words->i] : NULL;
}

static gboolean
take_mode (const char *mode, GError **error)
{
  /* -bm: deliver a message from standard input, which is what happens anyway. */
  if (*mode == 'm' || *mode == '\0')
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
               _ ("-b%s is not done here: use mail-relayctl list for the queue; the service itself is mail-relayd"),
               mode);
  return FALSE;
}

/* RFC 3461: which reports the sender wants, what they return, and the sender's own number for the message. */
static gboolean
take_wish (char letter, const char *value, MrSendmailArguments *arguments, GError **error)
{
  g_autofree char *envid = letter == 'V' ? mr_xtext_encode (value) : NULL;
  gboolean good = letter == 'N'   ? mr_dsn_read_notify (value, &arguments->notify)
                  : letter == 'R' ? mr_dsn_read_return (value, &arguments->ret)
                                  : mr_dsn_envid_is_valid (envid);

  if (letter == 'V' && good)
    arguments->envid = value;
  if (!good)
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("-%c does not know “%s”"), letter, value);
  return good;
}

static gboolean
take_option (Words *words, char letter, const char *rest, MrSendmailArguments *arguments, GError **error)
{
  const char *value = NULL;

  if (strchr (WITH_ARGUMENT, letter) != NULL && (value = take_argument (words, rest)) == NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("-%c needs an argument"), letter);
    return FALSE;
  }
  switch (letter) {
  case 't':
    arguments->recipients_from_header = TRUE;
    return TRUE;
  case 'i':
    arguments->dot_is_text = TRUE;
    return TRUE;
  case 'o':
    if (g_str_equal (rest, "i"))
      arguments->dot_is_text = TRUE;
    return TRUE;
  case 'f':
  case 'r':
    arguments->from = value;
    return TRUE;
  case 'b':
    return take_mode (rest, error);
  case 'N':
  case 'R':
  case 'V':
    return take_wish (letter, value, arguments, error);
  default:
    if (strchr (WITH_ARGUMENT WITH_REST ALONE, letter) != NULL)
      return TRUE;
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("-%c is not an option of sendmail"), letter);
    return FALSE;
  }
}

/* Letters that stand alone may share a word ("-ti"). */
static gboolean
take_word (Words *words, MrSendmailArguments *arguments, GError **error)
{
  const char *word = words->argv[words->i] + 1;

  for (; *word != '\0'; word++) {
    gboolean alone = strchr (ALONE, *word) != NULL;
    if (!take_option (words, *word, word + 1, arguments, error))
      return FALSE;
    if (!alone)
      break;
  }
  return TRUE;
}

gboolean
mr_sendmail_arguments_parse (int argc, char **argv, MrSendmailArguments *ret, GError **error)
{
  Words words = { argc, argv, 1 };

  memset (ret, 0, sizeof *ret);
  ret->recipients = g_ptr_array_new ();
  for (; words.i < argc; words.i++) {
    char *word = argv[words.i];

    if (word[0] != '-' || word[1] == '\0')
      break;
    if (g_str_equal (word, "--")) {
      words.i++;
      break;
    }
    if (g_str_equal (word, "--help"))
      ret->help = TRUE;
    else if (g_str_equal (word, "--version"))
      ret->version = TRUE;
    else if (!take_word (&words, ret, error))
      return FALSE;
  }
  for (; words.i < argc; words.i++)
    g_ptr_array_add (ret->recipients, argv[words.i]);
  return TRUE;
}

void
mr_sendmail_arguments_clear (MrSendmailArguments *arguments)
{
  g_clear_pointer (&arguments->recipients, g_ptr_array_unref);
}
