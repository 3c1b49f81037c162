/* What each of the two services wants to be told: see notify-ways.h. */
#include <config.h>

#include "service/notify-ways.h"

#include <glib/gi18n-lib.h>

#include "base/portal.h"

#define NAME         "org.freedesktop.Notifications"
#define PATH         "/org/freedesktop/Notifications"
#define APP_ID       "com.example.MailRelay"
#define CLOSED_BY_US 3 /* reason of NotificationClosed */

/* ---- the desktop's own ---- */

static GVariant *
make_notify (const MrNote *note)
{
  /* The body may be read as markup, and addresses come from elsewhere. */
  g_autofree char *body = g_markup_escape_text (note->body, -1);
  GVariantBuilder actions, hints;

  g_variant_builder_init (&actions, G_VARIANT_TYPE ("as"));
  g_variant_builder_add (&actions, "s", "default");
  g_variant_builder_add (&actions, "s", C_ ("notification", "Open"));
  if (note->button != NULL) {
    g_variant_builder_add (&actions, "s", MR_NOTE_BUTTON);
    g_variant_builder_add (&actions, "s", note->button);
  }
  g_variant_builder_add (&actions, "s", "open");
  g_variant_builder_add (&actions, "s", C_ ("notification", "Open"));
  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (APP_ID));
  g_variant_builder_add (&hints, "{sv}", "urgency", g_variant_new_byte (1));
  return g_variant_new ("(susssasa{sv}i)", _ ("Mail Relay"), note->id, APP_ID, note->title, body, &actions, &hints, -1);
}

static GVariant *
make_close (const MrNote *note)
{
  return g_variant_new ("(u)", note->id);
}

static guint32
read_notified (GVariant *reply)
{
  guint32 id = 0;

  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(u)")))
    g_variant_get (reply, "(u)", &id);
  return id;
}

static gboolean
read_desktop_signal (const char *name, GVariant *parameters, MrNoteEvent *ret)
{
  guint32 reason = 0;
  const char *text = NULL;

  if (g_str_equal (name, "NotificationClosed") && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)"))) {
    g_variant_get (parameters, "(uu)", &ret->id, &reason);
    ret->gone = reason != CLOSED_BY_US;
    return ret->gone;
  }
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    return FALSE;
  g_variant_get (parameters, "(u&s)", &ret->id, &text);
  if (g_str_equal (name, "ActivationToken"))
    ret->token = g_strdup (text);
  else if (g_str_equal (name, "ActionInvoked"))
    ret->action = text;
  return ret->token != NULL || ret->action != NULL;
}

/* ---- the portal's ---- */

static void
add_portal_button (GVariantBuilder *buttons, const char *label, const char *action)
{
  g_variant_builder_open (buttons, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (buttons, "{sv}", "label", g_variant_new_string (label));
  g_variant_builder_add (buttons, "{sv}", "action", g_variant_new_string (action));
  g_variant_builder_close (buttons);
}

/* Actions without "app." come back to us as a signal; with it they would go to the window. */
static GVariant *
make_add (const MrNote *note)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (APP_ID);
  g_autoptr (GVariant) picture = g_icon_serialize (icon);
  GVariantBuilder buttons, dict;

  g_variant_builder_init (&buttons, G_VARIANT_TYPE ("aa{sv}"));
  if (note->button != NULL)
    add_portal_button (&buttons, note->button, MR_NOTE_BUTTON);
  add_portal_button (&buttons, C_ ("notification", "Open"), "open");
  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&dict, "{sv}", "title", g_variant_new_string (note->title));
  g_variant_builder_add (&dict, "{sv}", "body", g_variant_new_string (note->body));
  g_variant_builder_add (&dict, "{sv}", "icon", picture);
  g_variant_builder_add (&dict, "{sv}", "priority", g_variant_new_string ("normal"));
  g_variant_builder_add (&dict, "{sv}", "default-action", g_variant_new_string ("open"));
  g_variant_builder_add (&dict, "{sv}", "buttons", g_variant_builder_end (&buttons));
  return g_variant_new ("(sa{sv})", note->key, &dict);
}

static GVariant *
make_remove (const MrNote *note)
{
  return g_variant_new ("(s)", note->key);
}

static guint32
read_added (GVariant *reply)
{
  return 1;
}

/* The token is in a dictionary among what comes with the action, since version 2 of the portal. */
static char *
dup_token (GVariant *values)
{
  char *token = NULL;

  for (gsize i = 0; i < g_variant_n_children (values) && token == NULL; i++) {
    g_autoptr (GVariant) box = g_variant_get_child_value (values, i);
    g_autoptr (GVariant) value = g_variant_get_variant (box);

    if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
      g_variant_lookup (value, "activation-token", "s", &token);
  }
  return token;
}

static gboolean
read_portal_signal (const char *name, GVariant *parameters, MrNoteEvent *ret)
{
  if (!g_str_equal (name, "ActionInvoked") || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssav)")))
    return FALSE;
  g_autoptr (GVariant) values = NULL;
  g_variant_get (parameters, "(&s&s@av)", &ret->key, &ret->action, &values);
  ret->token = dup_token (values);
  return TRUE;
}

/* ---- the table ---- */

const MrNoteService *
mr_note_service_get (MrNoteWay way)
{
  static const MrNoteService services[MR_NOTE_N_WAYS] = {
    [MR_NOTE_WAY_DESKTOP] = { NAME, PATH, NAME, "Notify", "CloseNotification", make_notify, make_close, read_notified,
                              read_desktop_signal },
    [MR_NOTE_WAY_PORTAL] = { MR_PORTAL_NAME, MR_PORTAL_PATH, "org.freedesktop.portal.Notification", "AddNotification",
                             "RemoveNotification", make_add, make_remove, read_added, read_portal_signal },
  };

  return &services[way];
}
