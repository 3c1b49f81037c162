/* What the tests of the mail room share: messages from files, and readers fed whole. */
#pragma once

#include <glib.h>

#include "mail/header.h"

/* A file of tests/unit/mail/messages; its LF line ends become CRLF, a missing last one stays missing. */
static inline GBytes *
load_message (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "messages", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GString *out = g_string_new (NULL);
  gsize len;

  g_file_get_contents (path, &text, &len, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < len; i++) {
    if (text[i] == '\n')
      g_string_append_c (out, '\r');
    g_string_append_c (out, text[i]);
  }
  return g_string_free_to_bytes (out);
}

static inline MrHeaderReader *
read_header (const char *text)
{
  MrHeaderReader *reader = mr_header_reader_new (65536);
  gsize used;

  if (mr_header_reader_feed (reader, text, strlen (text), &used) == MR_HEADER_MORE)
    mr_header_reader_end (reader);
  return reader;
}
