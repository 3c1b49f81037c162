/* Shared by account-editor.c (window), account-editor-fields.c (what is typed) and account-editor-save.c (to the service). */
#pragma once

#include "ui/account-editor.h"
#include "ui/account-form.h"
#include "ui/account-test.h"

G_BEGIN_DECLS

struct _MrAccountEditor {
  AdwWindow parent_instance;
  GtkButton *save_button;
  AdwPreferencesPage *page;
  GtkWidget *server_group, *test_group, *state_group, *remove_group, *default_row, *direct_warning, *paused_row;
  GtkEditable *addresses, *name, *host, *port, *user, *password, *ca_file, *limit_minute, *limit_day;
  AdwComboRow *tls, *colour;
  AdwExpanderRow *advanced, *more;
  AdwActionRow *fingerprint_row, *state_row, *used_row, *log_in_row;
  GtkImage *state_icon;
  GtkWidget *sign_in_button;
  GtkLabel *who_error, *server_error, *limit_error, *tls_hint;
  GtkSwitch *direct, *default_switch, *paused_switch;
  MrAccountTest *test;

  MrDesk *desk;
  GCancellable *cancellable;
  MrAccountRecord *original; /* as it was opened; empty for a new one */
  gboolean is_new;
  gboolean exists; /* the service has it: also after a new one was added and its password could not be stored */
  char *fingerprint;
  char *id;
  MrTlsMode mode; /* before the last change of the row */
  gboolean filling;
  gboolean checked; /* mistakes are shown while typing only after the first try to save */
};

/* ---- account-editor-fields.c ---- */

/* Without blanks at both ends. (transfer full) */
char *mr_account_editor_dup_trimmed (GtkEditable *editable);
MrTlsMode mr_account_editor_get_mode (MrAccountEditor *self);
/* What stands on the page over what the account was: what the page does not show stays. (transfer full) */
MrAccountRecord *mr_account_editor_read (MrAccountEditor *self);
gboolean mr_account_editor_has_password (MrAccountEditor *self);
MrSecret *mr_account_editor_read_password (MrAccountEditor *self); /* NULL: none was typed */
void mr_account_editor_choose_id (MrAccountEditor *self, MrAccountRecord *record);
void mr_account_editor_focus (MrAccountEditor *self, MrAccountField field);
/* Shows the first mistake at its field. */
MrAccountField mr_account_editor_check (MrAccountEditor *self, const MrAccountRecord *record);
void mr_account_editor_fill (MrAccountEditor *self, const MrAccountRecord *account);
/* State, use, how it logs in: what a person only reads. */
void mr_account_editor_show_facts (MrAccountEditor *self, const MrAccountRecord *account);

/* ---- account-editor-save.c ---- */

/* Checks and saves; emits "saved" and closes. */
void mr_account_editor_save (MrAccountEditor *self);

G_END_DECLS
