/* The message that a person sends to themselves to see that all of it works. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In the person's language; Date and Message-ID are added where every message gets them. (transfer full) */
GBytes *mr_assistant_make_test_message (const char *address, const char *account_name);

G_END_DECLS
