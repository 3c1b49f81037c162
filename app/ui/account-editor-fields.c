/* From the rows of the account page to a record and back; mistakes stand at their field. */
#include "config.h"

#include "ui/account-editor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ndr/states.h"
#include "ui/format.h"
#include "ui/record-item.h"

/* The order of the rows in the combo. */
static const MrTlsMode tls_order[] = { MR_TLS_IMPLICIT, MR_TLS_STARTTLS, MR_TLS_NONE };

MrTlsMode
mr_account_editor_get_mode (MrAccountEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->tls);

  return selected < G_N_ELEMENTS (tls_order) ? tls_order[selected] : MR_TLS_IMPLICIT;
}

char *
mr_account_editor_dup_trimmed (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

/* ---- fields → record ---- */

/* What the page shows is read anew; the rest (provider, how it signs in, place in the list) is the account's own. */
static void
forget_typed (MrAccountRecord *record)
{
  char **typed[] = { &record->id,      &record->name,        &record->host,  &record->user,
                     &record->ca_file, &record->fingerprint, &record->colour };

  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    g_clear_pointer (typed[i], g_free);
  g_clear_pointer (&record->addresses, g_strfreev);
}

static guint
read_limit (GtkEditable *row)
{
  g_autofree char *text = mr_account_editor_dup_trimmed (row);

  return mr_account_form_parse_limit (text);
}

MrAccountRecord *
mr_account_editor_read (MrAccountEditor *self)
{
  MrAccountRecord *record = mr_account_record_copy (self->original);
  gboolean direct = gtk_switch_get_active (self->direct);

  forget_typed (record);
  record->kind = direct ? MR_ACCOUNT_DIRECT : MR_ACCOUNT_RELAY;
  record->name = mr_account_editor_dup_trimmed (self->name);
  record->addresses = mr_account_form_split_addresses (gtk_editable_get_text (self->addresses));
  record->host = direct ? g_strdup ("") : mr_account_editor_dup_trimmed (self->host);
  record->user = direct ? g_strdup ("") : mr_account_editor_dup_trimmed (self->user);
  record->tls = direct ? MR_TLS_OPPORTUNISTIC : mr_account_editor_get_mode (self);
  g_autofree char *port = mr_account_editor_dup_trimmed (self->port);
  record->port = direct ? mr_account_form_usual_port (MR_TLS_OPPORTUNISTIC) : mr_account_form_parse_port (port);
  record->ca_file = mr_account_editor_dup_trimmed (self->ca_file);
  record->fingerprint = g_strdup (self->fingerprint != NULL ? self->fingerprint : "");
  record->paused = gtk_switch_get_active (self->paused_switch);
  record->limit_minute = read_limit (self->limit_minute);
  record->limit_day = read_limit (self->limit_day);
  record->colour = g_strdup (mr_account_form_colour (adw_combo_row_get_selected (self->colour)));
  if (self->id != NULL)
    record->id = g_strdup (self->id);
  return record;
}

gboolean
mr_account_editor_has_password (MrAccountEditor *self)
{
  return *gtk_editable_get_text (self->password) != '\0';
}

MrSecret *
mr_account_editor_read_password (MrAccountEditor *self)
{
  const char *text = gtk_editable_get_text (self->password);

  return mr_account_editor_has_password (self) ? mr_secret_new (text, strlen (text)) : NULL;
}

void
mr_account_editor_choose_id (MrAccountEditor *self, MrAccountRecord *record)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    g_strv_builder_add (builder, ((MrAccountRecord *)mr_record_item_get (item))->id);
  }
  g_auto (GStrv) taken = g_strv_builder_end (builder);
  record->id = mr_account_form_make_id (record, (const char *const *)taken);
  self->id = g_strdup (record->id);
}

/* ---- mistakes, shown at their field ---- */

static void
show_mistake (MrAccountEditor *self, MrAccountField field, const char *sentence)
{
  const struct {
    MrAccountField field;
    GtkEditable *row;
  } rows[] = { { MR_FIELD_ADDRESSES, self->addresses }, { MR_FIELD_HOST, self->host },
               { MR_FIELD_PORT, self->port },           { MR_FIELD_USER, self->user },
               { MR_FIELD_CA_FILE, self->ca_file },     { MR_FIELD_LIMIT_MINUTE, self->limit_minute },
               { MR_FIELD_LIMIT_DAY, self->limit_day } };
  gboolean limit = field == MR_FIELD_LIMIT_MINUTE || field == MR_FIELD_LIMIT_DAY;
  GtkLabel *label = limit ? self->limit_error : field == MR_FIELD_ADDRESSES ? self->who_error : self->server_error;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gboolean wrong = rows[i].field == field;
    gtk_accessible_update_state (GTK_ACCESSIBLE (rows[i].row), GTK_ACCESSIBLE_STATE_INVALID,
                                 wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
    if (wrong)
      gtk_widget_add_css_class (GTK_WIDGET (rows[i].row), "error");
    else
      gtk_widget_remove_css_class (GTK_WIDGET (rows[i].row), "error");
  }
  gtk_widget_set_visible (GTK_WIDGET (self->who_error), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->server_error), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->limit_error), FALSE);
  if (field != MR_FIELD_NONE) {
    gtk_label_set_text (label, sentence);
    gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
  }
}

void
mr_account_editor_focus (MrAccountEditor *self, MrAccountField field)
{
  GtkEditable *rows[] = { [MR_FIELD_NONE] = NULL,
                          [MR_FIELD_ADDRESSES] = self->addresses,
                          [MR_FIELD_HOST] = self->host,
                          [MR_FIELD_PORT] = self->port,
                          [MR_FIELD_USER] = self->user,
                          [MR_FIELD_CA_FILE] = self->ca_file,
                          [MR_FIELD_LIMIT_MINUTE] = self->limit_minute,
                          [MR_FIELD_LIMIT_DAY] = self->limit_day };

  if (field == MR_FIELD_CA_FILE)
    adw_expander_row_set_expanded (self->advanced, TRUE);
  if (field == MR_FIELD_LIMIT_MINUTE || field == MR_FIELD_LIMIT_DAY)
    adw_expander_row_set_expanded (self->more, TRUE);
  if (rows[field] != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (rows[field]));
}

static MrAccountField
check_limits (MrAccountEditor *self, char **ret_sentence)
{
  const struct {
    MrAccountField field;
    GtkEditable *row;
  } rows[] = { { MR_FIELD_LIMIT_MINUTE, self->limit_minute }, { MR_FIELD_LIMIT_DAY, self->limit_day } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = mr_account_editor_dup_trimmed (rows[i].row);

    if (*text == '\0' || g_str_equal (text, "0") || mr_account_form_parse_limit (text) > 0)
      continue;
    *ret_sentence = g_strdup (_ ("A limit is a number of recipients; empty or 0 means none."));
    return rows[i].field;
  }
  return MR_FIELD_NONE;
}

MrAccountField
mr_account_editor_check (MrAccountEditor *self, const MrAccountRecord *record)
{
  g_autofree char *sentence = NULL;
  MrAccountField field = mr_account_form_check (record, mr_account_editor_has_password (self), &sentence);

  if (field == MR_FIELD_NONE)
    field = check_limits (self, &sentence);

  show_mistake (self, field, sentence);
  return field;
}

static void
set_limit (GtkEditable *row, guint limit)
{
  g_autofree char *text = limit != 0 ? g_strdup_printf ("%u", limit) : g_strdup ("");

  gtk_editable_set_text (row, text);
}

void
mr_account_editor_fill (MrAccountEditor *self, const MrAccountRecord *account)
{
  g_autofree char *addresses = account->addresses != NULL ? g_strjoinv (", ", account->addresses) : g_strdup ("");
  g_autofree char *port = g_strdup_printf ("%u", account->port);
  gboolean has_user = account->user != NULL && *account->user != '\0';

  for (guint i = 0; i < G_N_ELEMENTS (tls_order); i++)
    if (tls_order[i] == account->tls)
      adw_combo_row_set_selected (self->tls, i);
  gtk_editable_set_text (self->addresses, addresses);
  gtk_editable_set_text (self->name, account->name != NULL ? account->name : "");
  gtk_editable_set_text (self->host, account->host != NULL ? account->host : "");
  gtk_editable_set_text (self->port, port);
  gtk_editable_set_text (self->user, account->user != NULL ? account->user : "");
  set_limit (self->limit_minute, account->limit_minute);
  set_limit (self->limit_day, account->limit_day);
  adw_combo_row_set_selected (self->colour, mr_account_form_colour_index (account->colour));
  gtk_editable_set_text (self->ca_file, account->ca_file != NULL ? account->ca_file : "");
  gtk_switch_set_active (self->direct, account->kind == MR_ACCOUNT_DIRECT);
  gtk_switch_set_active (self->default_switch, account->is_default);
  gtk_switch_set_active (self->paused_switch, account->paused);
  self->fingerprint = g_strdup (account->fingerprint);
  adw_expander_row_set_expanded (self->advanced, account->kind == MR_ACCOUNT_DIRECT);
  if (self->exists && has_user && account->state != MR_ACCOUNT_NO_PASSWORD)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password), _ ("Password (saved; type to replace it)"));
}

/* ---- what is only read ---- */

static char *
dup_log_in (MrAccountEditor *self, const MrAccountRecord *account)
{
  gboolean has_user = account->user != NULL && *account->user != '\0';

  if (account->kind == MR_ACCOUNT_DIRECT)
    return g_strdup (_ ("No log-in: mail goes straight to the recipients' servers"));
  if (account->auth == MR_AUTH_OAUTH2)
    return g_strdup (account->oauth_flow == MR_OAUTH_DESKTOP
                         ? _ ("Signs in through the desktop's online accounts")
                         : _ ("Signs in with the provider, without a password here"));
  return g_strdup (has_user ? _ ("User name and password") : _ ("No log-in"));
}

void
mr_account_editor_show_facts (MrAccountEditor *self, const MrAccountRecord *account)
{
  g_autofree char *signature = mr_account_dup_signature (account, mr_desk_now (self->desk));
  g_autofree char *log_in = dup_log_in (self, account);
  g_autofree char *used = mr_format_account_use (account);
  gboolean has_provider = account->provider != NULL && *account->provider != '\0';
  g_autofree char *with = has_provider ? g_strdup_printf (_ ("%s · settings of %s"), log_in, account->provider)
                                       : g_strdup (log_in);
  gboolean token = account->kind == MR_ACCOUNT_RELAY && account->auth == MR_AUTH_OAUTH2;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row), signature);
  adw_action_row_set_subtitle (self->state_row, mr_account_state_sentence (account->state));
  gtk_image_set_from_icon_name (self->state_icon, mr_format_account_icon (account->state));
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), mr_format_account_style (account->state));
  adw_action_row_set_subtitle (self->used_row, used);
  adw_action_row_set_subtitle (self->log_in_row, with);
  gtk_widget_set_visible (self->sign_in_button, token && account->state == MR_ACCOUNT_NEEDS_SIGN_IN);
  gtk_widget_set_visible (GTK_WIDGET (self->password), !token);
}
