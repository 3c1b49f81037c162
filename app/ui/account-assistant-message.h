/* The message that a person sends to themselves to see that all of it works. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In the person's language; Date and Message-ID are added where every message gets them. (transfer full) */
GBytes *mr_assistant_make_test_message (const char *address, const char *account_name);
/* The same as an open file in memory, at its begin; -1 with error. */
int mr_assistant_open_test_message (const char *address, const char *account_name, GError **error);
/* One with words of one's own; the addresses are valid, text has CRLF line ends. */
int mr_assistant_open_message (const char *from, const char *to, const char *subject, const char *text, GError **error);

G_END_DECLS
