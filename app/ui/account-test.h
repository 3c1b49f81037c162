/* "Test this account": the steps as they happen, what went wrong, and the certificate to accept where one was refused. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ACCOUNT_TEST (mr_account_test_get_type ())
G_DECLARE_FINAL_TYPE (MrAccountTest, mr_account_test, MR, ACCOUNT_TEST, GtkWidget)

/* Signals: "requested" (the button was pressed: the owner checks its fields and calls mr_account_test_start()),
 * "accept-certificate" (fingerprint), "finished" (TRUE: the account works; not for a test that was stopped). */
void mr_account_test_set_desk (MrAccountTest *self, MrDesk *desk);
/* Tests what stands on the page. secret NULL: the stored one. */
void mr_account_test_start (MrAccountTest *self, const MrAccountRecord *record, MrSecret *secret);
/* What was tested has changed: the result is taken away, a running test is stopped. */
void mr_account_test_reset (MrAccountTest *self);

G_END_DECLS
