/* What is chosen and typed on the second page, and whether it will do. One choice is always marked; where sources disagree, or nobody vouches for what was
 * said, the page says so above the choice. What it shows is filled in by account-assistant-found-fill.c. */
#include "config.h"

#include "ui/account-assistant-found-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/open-link.h"

enum { CHANGED, ACTIVATED, BY_HAND, CHECK_MICROSOFT, REGISTER, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAssistantFound, mr_assistant_found, GTK_TYPE_WIDGET)

/* ---- what is chosen ---- */

GPtrArray *
mr_found_get_records (MrAssistantFound *self)
{
  MrChoice *choice = g_ptr_array_index (self->choices, self->choice);

  return choice->records;
}

const MrDiscoveryRecord *
mr_assistant_found_get_record (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);

  if (self->choices == NULL || self->choices->len == 0)
    return NULL;
  GPtrArray *records = mr_found_get_records (self);
  guint door = adw_combo_row_get_selected (self->door);
  return g_ptr_array_index (records, door < records->len ? door : 0);
}

MrWay
mr_assistant_found_get_way (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), MR_WAY_NONE);

  guint selected = adw_combo_row_get_selected (self->way);
  return selected < self->n_ways ? self->ways[selected] : MR_WAY_NONE;
}

char *
mr_found_dup_region_part (const MrDiscoveryRecord *record, guint region, guint part)
{
  if (record->regions == NULL || region >= g_strv_length (record->regions))
    return NULL;
  g_auto (GStrv) parts = g_strsplit (record->regions[region], "|", 4);
  return g_strv_length (parts) > part && *parts[part] != '\0' ? g_strdup (parts[part]) : NULL;
}

char *
mr_assistant_found_dup_host (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);

  return record != NULL ? mr_found_dup_region_part (record, adw_combo_row_get_selected (self->region), 2) : NULL;
}

char *
mr_assistant_found_dup_user (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);
  return g_strstrip (g_strdup (gtk_editable_get_text (self->user)));
}

gboolean
mr_found_needs_secret (MrWay way)
{
  return way == MR_WAY_APP_PASSWORD || way == MR_WAY_PASSWORD || way == MR_WAY_API_KEY;
}

MrSecret *
mr_assistant_found_dup_secret (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);

  const char *text = gtk_editable_get_text (self->secret);
  if (!mr_found_needs_secret (mr_assistant_found_get_way (self)) || *text == '\0')
    return NULL;
  if (mr_assistant_found_get_way (self) == MR_WAY_APP_PASSWORD && mr_assistant_is_in_groups (text)) {
    /* The gaps are for the eye only. */
    g_auto (GStrv) groups = g_strsplit (text, " ", -1);
    char *bare = g_strjoinv (NULL, groups);
    MrSecret *secret = mr_secret_new (bare, strlen (bare));
    mr_wipe (bare, strlen (bare));
    g_free (bare);
    for (guint i = 0; groups[i] != NULL; i++)
      mr_wipe (groups[i], strlen (groups[i]));
    return secret;
  }
  return mr_secret_new (text, strlen (text));
}

const char *
mr_assistant_found_get_desktop_account (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), NULL);

  guint selected = adw_combo_row_get_selected (self->desktop_row);
  if (mr_assistant_found_get_way (self) != MR_WAY_DESKTOP || self->fitting == NULL || selected >= self->fitting->len)
    return NULL;
  return ((MrDesktopAccountRecord *)g_ptr_array_index (self->fitting, selected))->id;
}

/* ---- checks ---- */

const char *
mr_found_secret_title (MrWay way, const MrDiscoveryRecord *record)
{
  if (mr_found_is_text (record->secret_label))
    return _ (record->secret_label);
  return way == MR_WAY_APP_PASSWORD ? _ ("App password") : way == MR_WAY_API_KEY ? _ ("Key") : _ ("Password");
}

static gboolean
complain (MrAssistantFound *self, GtkEditable *row, const char *sentence)
{
  gtk_label_set_text (self->mistake, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), TRUE);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  gtk_widget_grab_focus (GTK_WIDGET (row));
  return FALSE;
}

static void
field_changed_cb (MrAssistantFound *self)
{
  GtkEditable *rows[] = { self->user, self->secret };

  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gtk_widget_remove_css_class (GTK_WIDGET (rows[i]), "error");
    gtk_accessible_update_state (GTK_ACCESSIBLE (rows[i]), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_FALSE,
                                 -1);
  }
}

gboolean
mr_assistant_found_check (MrAssistantFound *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_FOUND (self), FALSE);

  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);
  g_autofree char *user = mr_assistant_found_dup_user (self);
  if (record == NULL || self->n_ways == 0)
    return FALSE;
  if (!mr_found_needs_secret (mr_assistant_found_get_way (self)))
    return TRUE;
  if (*user == '\0') {
    g_autofree char *sentence = g_strdup_printf (
        _ ("Enter this: %s"), mr_found_is_text (record->user_label) ? _ (record->user_label) : _ ("User name"));
    return complain (self, self->user, sentence);
  }
  g_autoptr (MrSecret) secret = mr_assistant_found_dup_secret (self);
  if (secret == NULL || mr_secret_length (secret) == 0) {
    g_autofree char *sentence = g_strdup_printf (_ ("Enter this: %s"),
                                                 mr_found_secret_title (mr_assistant_found_get_way (self), record));
    return complain (self, self->secret, sentence);
  }
  if (record->tls == MR_TLS_NONE)
    return complain (self, self->secret,
                     _ ("A password is never sent over a connection that is not encrypted. Choose other settings."));
  return TRUE;
}

void
mr_assistant_found_focus (MrAssistantFound *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_FOUND (self));

  if (!mr_found_needs_secret (mr_assistant_found_get_way (self)))
    return;
  g_autofree char *user = mr_assistant_found_dup_user (self);
  gtk_widget_grab_focus (GTK_WIDGET (*user == '\0' ? self->user : self->secret));
}

void
mr_assistant_found_forget (MrAssistantFound *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_FOUND (self));
  gtk_editable_set_text (self->secret, "");
}

/* ---- buttons ---- */

static void
help_clicked_cb (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);

  if (record != NULL)
    mr_open_link (GTK_WIDGET (self), record->help_url);
}

static void
register_clicked_cb (MrAssistantFound *self)
{
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self);

  if (record != NULL)
    g_signal_emit (self, signals[REGISTER], 0, record->provider);
}

static void
by_hand_cb (MrAssistantFound *self)
{
  g_signal_emit (self, signals[BY_HAND], 0);
}

static void
check_microsoft_cb (MrAssistantFound *self)
{
  g_signal_emit (self, signals[CHECK_MICROSOFT], 0);
}

static void
activated_cb (MrAssistantFound *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

/* ---- class ---- */

static void
mr_assistant_found_dispose (GObject *object)
{
  MrAssistantFound *self = MR_ASSISTANT_FOUND (object);

  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  G_OBJECT_CLASS (mr_assistant_found_parent_class)->dispose (object);
}

static void
mr_assistant_found_finalize (GObject *object)
{
  MrAssistantFound *self = MR_ASSISTANT_FOUND (object);

  g_clear_pointer (&self->fitting, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->desktop, g_ptr_array_unref);
  g_free (self->address);
  G_OBJECT_CLASS (mr_assistant_found_parent_class)->finalize (object);
}

static void
mr_assistant_found_init (MrAssistantFound *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, page);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, provider_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, choices_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, conflict);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, insecure);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, microsoft_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, notice);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, notice_box);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, choices_list);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, server_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, region);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, door);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, way);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, desktop_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, user);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, secret);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, hint);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, mistake);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, help_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, register_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, admin_box);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, admin_text);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantFound, admin_copy);
}

static void
mr_assistant_found_class_init (MrAssistantFoundClass *klass)
{
  static const char *const names[N_SIGNALS] = { "changed", "activated", "by-hand", "check-microsoft", NULL };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  object_class->dispose = mr_assistant_found_dispose;
  object_class->finalize = mr_assistant_found_finalize;
  for (guint i = 0; i < REGISTER; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               0);
  signals[REGISTER] = g_signal_new ("register", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-assistant-found.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, mr_found_region_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, mr_found_way_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, help_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, register_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, by_hand_cb);
  gtk_widget_class_bind_template_callback (widget_class, check_microsoft_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}
