/* Passwords through pipes: their bounds, and that nothing is left open. */
#include "service/pipe-secret.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  MrSecret *secret;
  GError *error;
  gboolean called;
} Outcome;

static void
read_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Outcome *outcome = data;

  outcome->called = TRUE;
  outcome->secret = secret != NULL ? mr_secret_ref (secret) : NULL;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->secret, mr_secret_unref);
  g_clear_error (&outcome->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
run (const void *bytes, gsize len, Outcome *outcome)
{
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  mr_pipe_secret_read (fds[0], read_cb, outcome);
  g_assert_cmpint (write (fds[1], bytes, len), ==, (gssize)len);
  close (fds[1]);
  while (!outcome->called)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (fcntl (fds[0], F_GETFD), ==, -1);
}

static void
test_reads (void)
{
  g_auto (Outcome) outcome = { 0 };

  run ("pass word\n", 10, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (mr_secret_get (outcome.secret), ==, "pass word\n");
}

static void
test_bounds (void)
{
  g_autofree char *bytes = g_malloc (MR_SECRET_MAX + 1);

  memset (bytes, 'x', MR_SECRET_MAX + 1);
  {
    g_auto (Outcome) outcome = { 0 };
    run (bytes, MR_SECRET_MAX, &outcome);
    g_assert_no_error (outcome.error);
    g_assert_cmpuint (mr_secret_length (outcome.secret), ==, MR_SECRET_MAX);
  }
  {
    g_auto (Outcome) outcome = { 0 };
    run (bytes, MR_SECRET_MAX + 1, &outcome);
    g_assert_error (outcome.error, MR_ERROR, MR_ERROR_INVALID);
  }
  {
    g_auto (Outcome) outcome = { 0 };
    run ("", 0, &outcome);
    g_assert_error (outcome.error, MR_ERROR, MR_ERROR_INVALID);
  }
  {
    g_auto (Outcome) outcome = { 0 };
    run ("a\0b", 3, &outcome);
    g_assert_error (outcome.error, MR_ERROR, MR_ERROR_INVALID);
  }
}

/* A writer that dawdles does not stop the loop, and its parts are put together. */
static void
test_in_parts (void)
{
  g_auto (Outcome) outcome = { 0 };
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  mr_pipe_secret_read (fds[0], read_cb, &outcome);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (write (fds[1], "ab", 2), ==, 2);
    while (g_main_context_iteration (NULL, FALSE)) {
    }
    g_assert_false (outcome.called);
  }
  close (fds[1]);
  while (!outcome.called)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (mr_secret_get (outcome.secret), ==, "ababab");
}

static void
test_offers (void)
{
  g_autoptr (MrSecret) secret = mr_secret_new ("once", 4);
  g_autoptr (GError) error = NULL;
  char bytes[10];
  int fd = mr_pipe_secret_offer (secret, &error);

  g_assert_no_error (error);
  g_assert_cmpint (read (fd, bytes, sizeof bytes), ==, 4);
  g_assert_cmpmem (bytes, 4, "once", 4);
  g_assert_cmpint (read (fd, bytes, sizeof bytes), ==, 0);
  close (fd);
}

/* What may be long or missing. */
static void
test_long (void)
{
  g_autofree char *bytes = g_strnfill (MR_SECRET_LONG_MAX + 1, 'k');
  const struct {
    gsize len;
    gboolean ok;
  } rows[]
      = { { 0, TRUE }, { MR_SECRET_MAX + 1, TRUE }, { MR_SECRET_LONG_MAX, TRUE }, { MR_SECRET_LONG_MAX + 1, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (Outcome) outcome = { 0 };
    int fds[2];

    g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
    mr_pipe_secret_read_long (fds[0], read_cb, &outcome);
    g_assert_cmpint (write (fds[1], bytes, rows[i].len), ==, (gssize)rows[i].len);
    close (fds[1]);
    while (!outcome.called)
      g_main_context_iteration (NULL, TRUE);
    g_assert_true ((outcome.error == NULL) == rows[i].ok);
    g_assert_cmpuint (outcome.secret != NULL ? mr_secret_length (outcome.secret) : 0, ==, rows[i].ok ? rows[i].len : 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/pipe-secret/reads", test_reads);
  g_test_add_func ("/service/pipe-secret/bounds", test_bounds);
  g_test_add_func ("/service/pipe-secret/in-parts", test_in_parts);
  g_test_add_func ("/service/pipe-secret/offers", test_offers);
  g_test_add_func ("/service/pipe-secret/long", test_long);
  return g_test_run ();
}
