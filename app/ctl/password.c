/* Passwords are read with read(2) into a buffer that is wiped: stdio would keep a copy. */
#include <config.h>

#include "ctl/password.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/os.h"

/* TRUE where old must be put back. */
static gboolean
switch_echo_off (struct termios *old)
{
  struct termios quiet;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, old) != 0)
    return FALSE;
  fputs (_ ("Password: "), stderr);
  fflush (stderr);
  quiet = *old;
  quiet.c_lflag &= (tcflag_t)~ECHO;
  return tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

MrSecret *
mr_password_read (GError **error)
{
  char bytes[MR_SECRET_MAX + 2];
  gsize len = 0;
  gssize n = 0;
  struct termios old;
  gboolean quiet = switch_echo_off (&old);
  const char *eol = NULL;

  while (eol == NULL && len < sizeof bytes && (n = read (STDIN_FILENO, bytes + len, sizeof bytes - len)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      break;
    eol = memchr (bytes + len, '\n', (gsize)n);
    len += (gsize)n;
  }
  int err = errno;
  if (quiet) {
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &old);
    fputc ('\n', stderr);
  }
  if (eol != NULL)
    len = (gsize)(eol - bytes);
  if (len > 0 && bytes[len - 1] == '\r')
    len--;
  MrSecret *secret = n >= 0 && len > 0 ? mr_secret_new (bytes, len) : NULL;
  mr_wipe (bytes, sizeof bytes);
  if (n < 0)
    mr_set_errno_error (error, err, _ ("The password could not be read"));
  else if (secret == NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The password is empty, longer than 4096 bytes or has a zero byte in it"));
  return secret;
}

MrSecret *
mr_password_read_all (GError **error)
{
  gsize size = MR_SECRET_LONG_MAX + 1, len = 0;
  char *bytes;
  gssize n = 1;
  MrSecret *secret;

  if (isatty (STDIN_FILENO)) /* a secret that is typed is one line */
    return mr_password_read (error);
  bytes = g_malloc (size);
  while (len < size && n != 0) {
    n = read (STDIN_FILENO, bytes + len, size - len);
    if (n < 0 && errno != EINTR)
      break;
    len += n > 0 ? (gsize)n : 0;
  }
  int err = errno;
  while (n >= 0 && len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
    len--;
  secret = n >= 0 && len > 0 ? mr_secret_new_long (bytes, len) : NULL;
  mr_wipe (bytes, size);
  g_free (bytes);
  if (n < 0)
    mr_set_errno_error (error, err, _ ("The password could not be read"));
  else if (secret == NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The secret is empty, too long or has a zero byte in it"));
  return secret;
}
