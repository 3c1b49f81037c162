/* mail-relayctl show --headers, --text, --source, --parts, --body */
#include <config.h>

#include "ctl/show-message.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "ctl/output.h"
#include "mail/preview.h"

#define PAGE_BYTES 65536

/* A message must not move the cursor, set the title of the window or turn the direction of writing. */
static void
print_safe (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    GUnicodeType type = g_unichar_type (c);

    if (c == '\n' || c == '\t' || (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT))
      fwrite (p, 1, (gsize)(g_utf8_next_char (p) - p), stdout);
    else if (type == G_UNICODE_CONTROL)
      fputs ("\xef\xbf\xbd", stdout);
  }
}

static void
print_headers (const MrPreview *preview)
{
  for (guint i = 0; i < preview->fields->len; i++) {
    const MrMailField *field = preview->fields->pdata[i];

    print_safe (field->name);
    fputs (": ", stdout);
    print_safe (field->value);
    putchar ('\n');
  }
}

static void
print_text (const MrPreview *preview)
{
  g_autofree char *text = mr_rich_text_dup_plain (preview->text);

  print_safe (text);
  if (*text != '\0' && !g_str_has_suffix (text, "\n"))
    putchar ('\n');
}

static void
print_source (const MrPreview *preview)
{
  gsize next = 0;

  do {
    g_autofree char *page = mr_preview_dup_source (preview, next, PAGE_BYTES, &next);

    print_safe (page);
  } while (next != 0);
}

static void
print_parts (const MrPreview *preview)
{
  const char *const titles[] = { _ ("Part"), _ ("Type"), _ ("Size"), _ ("Name"), NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  for (guint i = 0; i < preview->parts->len; i++) {
    const MrPreviewPart *part = preview->parts->pdata[i];
    g_autofree char *place = g_strdup_printf ("%*s%s", (int)(2 * part->depth), "",
                                              *part->path != '\0' ? part->path : "·");
    g_autofree char *size = part->is_container ? g_strdup ("") : g_format_size (part->size);
    const char *cells[] = { place, part->type, size, part->name != NULL ? part->name : "", NULL };

    mr_table_add (table, cells, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

static GVariant *
fields_to_variant (const MrPreview *preview)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < preview->fields->len; i++) {
    const MrMailField *field = preview->fields->pdata[i];
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert_value (&dict, "name", g_variant_new_take_string (g_utf8_make_valid (field->name, -1)));
    g_variant_dict_insert (&dict, "value", "s", field->value);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
parts_to_variant (const MrPreview *preview)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < preview->parts->len; i++) {
    const MrPreviewPart *part = preview->parts->pdata[i];
    GVariantDict dict;

    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "part", "s", part->path);
    g_variant_dict_insert (&dict, "type", "s", part->type);
    g_variant_dict_insert (&dict, "size", "t", part->size);
    g_variant_dict_insert (&dict, "attachment", "b", part->is_attachment);
    if (part->name != NULL)
      g_variant_dict_insert (&dict, "name", "s", part->name);
    g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
  }
  return g_variant_builder_end (&builder);
}

static void
print_json (const MrPreview *preview, MrShowWhat what)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (what == MR_SHOW_HEADERS)
    g_variant_dict_insert_value (&dict, "headers", fields_to_variant (preview));
  else if (what == MR_SHOW_PARTS)
    g_variant_dict_insert_value (&dict, "parts", parts_to_variant (preview));
  else {
    gsize next;
    char *text = what == MR_SHOW_TEXT ? mr_rich_text_dup_plain (preview->text)
                                      : mr_preview_dup_source (preview, 0, g_bytes_get_size (preview->message), &next);

    g_variant_dict_insert_value (&dict, what == MR_SHOW_TEXT ? "text" : "source", g_variant_new_take_string (text));
  }
  mr_print_json (g_variant_dict_end (&dict));
}

int
mr_ctl_show_message (MrCtl *ctl, const char *id, MrShowWhat what)
{
  g_autoptr (GError) error = NULL;

  mr_client_get_body_async (ctl->client, id, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GBytes) bytes = mr_client_get_body_finish (ctl->client, result, &error);
  if (bytes == NULL)
    return mr_ctl_fail (ctl, error);
  if (what == MR_SHOW_BODY) {
    fwrite (g_bytes_get_data (bytes, NULL), 1, g_bytes_get_size (bytes), stdout);
    return MR_EXIT_DONE;
  }
  g_autoptr (MrPreview) preview = mr_preview_read (bytes);
  if (ctl->json)
    print_json (preview, what);
  else if (what == MR_SHOW_HEADERS)
    print_headers (preview);
  else if (what == MR_SHOW_TEXT)
    print_text (preview);
  else if (what == MR_SHOW_PARTS)
    print_parts (preview);
  else
    print_source (preview);
  return MR_EXIT_DONE;
}
