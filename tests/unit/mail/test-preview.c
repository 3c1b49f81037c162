/* Previews of messages as programs send them, in many languages; see previews/. */
#include "mail/preview.h"

#include <string.h>

static MrPreview *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "previews", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize len;

  g_file_get_contents (path, &data, &len, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, len);
  return mr_preview_read (bytes);
}

static void
test_languages (void)
{
  static const struct {
    const char *file, *subject, *text;
  } rows[] = {
    { "german.eml", "Übergabe der Schlüssel", "die Schlüssel liegen ab Montag für Sie bereit.\n" },
    { "japanese.eml", "会議のお知らせ", "明日の会議は十時からです。\n" },
    { "russian.eml", "Счёт за ноябрь", "Счёт за ноябрь во вложении.\n" },
    { "chinese.eml", "发票", "请查收十一月份的发票。\n" },
    { "arabic.eml", "تذكير بالموعد", "موعدكم يوم الاثنين في الساعة العاشرة.\n" },
    { "hebrew.eml", "תזכורת", "הפגישה נדחתה ליום שלישי.\n" },
    { "greek.eml", "Υπενθύμιση", "η παράδοση γίνεται αύριο.\n" },
    { "turkish.eml", "Toplantı", "toplantı yarın saat onda başlıyor.\n" },
    { "korean.eml", "회의 안내", "내일 회의는 열 시에 시작합니다.\n" },
    { "thai.eml", "แจ้งเตือน", "การประชุมเริ่มพรุ่งนี้เวลาสิบโมง\n" },
    { "flowed.eml", "Protokoll",
      "umbrochen wurde und beim Lesen wieder einer wird.\n>> Eine Frage, die auch umbrochen war.\n-- \nLou" },
    { "unlabelled.eml", NULL, "Gescannt auf Gerät „Flur“, 3 Seiten.\n" },
    { "html-only.eml", "New comment", "Příkladů je pět." },
    { "signed.eml", "Signed", "Signed words." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrPreview) preview = load (rows[i].file);

    g_test_message ("%s", rows[i].file);
    if (rows[i].subject != NULL)
      g_assert_cmpstr (mr_mail_fields_get (preview->fields, "Subject"), ==, rows[i].subject);
    if (strstr (preview->text->text, rows[i].text) == NULL)
      g_error ("%s: “%s” is not in “%s”", rows[i].file, rows[i].text, preview->text->text);
    g_assert_false (preview->truncated);
  }
}

static const MrPreviewPart *
part (const MrPreview *preview, const char *path)
{
  for (guint i = 0; i < preview->parts->len; i++) {
    const MrPreviewPart *p = preview->parts->pdata[i];
    if (g_str_equal (p->path, path))
      return p;
  }
  g_error ("there is no part %s", path);
}

static void
test_newsletter (void)
{
  g_autoptr (MrPreview) preview = load ("newsletter.eml");
  const MrPreviewPart *pdf = part (preview, "2");
  g_autoptr (GBytes) content = mr_preview_dup_content (preview, pdf);

  g_assert_cmpuint (preview->parts->len, ==, 10);
  g_assert_cmpstr (preview->text->text, ==,
                   "Dear Lou,\n\nour new chairs are here: https://shop.example.org/chairs\n\n"
                   "To leave this list: https://shop.example.org/leave");
  g_assert_false (preview->is_html);
  g_assert_cmpstr (preview->html->text, ==,
                   "Autumn offers\n\nDear Lou,\nour new chairs are here: see them.\n\n• Oak\n• Ash\n  1. light\n"
                   "  2. dark\n\nPrice  120 €\nDelivery  free\n\n> Best chair I ever had\n\n"
                   "Pay at www.bank.example — click\n\n[Example Shop] © 2026\n\n"
                   "To leave this list: https://shop.example.org/leave");
  g_assert_true (part (preview, "")->is_container);
  g_assert_cmpstr (part (preview, "1.1")->type, ==, "multipart/alternative");
  g_assert_cmpstr (part (preview, "1.2")->name, ==, "logo.png");
  g_assert_true (part (preview, "1.2")->is_attachment);
  g_assert_false (part (preview, "1.1.2")->is_attachment);
  g_assert_cmpstr (pdf->name, ==, "Preisliste übersicht.pdf");
  g_assert_cmpuint (pdf->size, ==, 9 + 256 * 12);
  g_assert_cmpuint (g_bytes_get_size (content), ==, pdf->size);
  g_assert_cmpint (memcmp (g_bytes_get_data (content, NULL), "%PDF-1.4\n", 9), ==, 0);
  g_assert_true (part (preview, "3")->is_attachment);
  g_assert_cmpstr (part (preview, "3.1")->type, ==, "text/plain");
  g_autofree char *name = mr_preview_part_dup_name (part (preview, "3"));
  g_assert_cmpstr (name, ==, "part-3.eml");
}

static void
test_signed (void)
{
  g_autoptr (MrPreview) signed_one = load ("signed.eml");
  g_autoptr (MrPreview) encrypted = load ("encrypted.eml");

  g_assert_true (signed_one->is_signed);
  g_assert_cmpstr (part (signed_one, "2")->name, ==, "siggpj.asc");
  g_assert_true (encrypted->is_encrypted);
  g_assert_cmpstr (encrypted->text->text, ==, "");
}

static void
test_file_names (void)
{
  static const struct {
    const char *name, *safe;
  } rows[] = {
    { "invoice.pdf", "invoice.pdf" },
    { "../../.ssh/authorized_keys", "authorized_keys" },
    { "C:\\Users\\Lou\\x.doc", "x.doc" },
    { ".hidden", "hidden" },
    { "a\nb\tc", "abc" },
    { "cod\xe2\x80\xae"
      "exe.txt",
      "codexe.txt" },
    { "what?*.txt", "what.txt" },
    { "...", NULL },
    { "", NULL },
    { "Größe.txt", "Größe.txt" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *safe = mr_preview_dup_file_name (rows[i].name);

    g_assert_cmpstr (safe, ==, rows[i].safe);
  }
}

static void
test_source (void)
{
  g_autoptr (MrPreview) preview = load ("german.eml");
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *header = mr_preview_dup_header (preview);
  gsize next = 0, pages = 0;

  do {
    g_autofree char *page = mr_preview_dup_source (preview, next, 100, &next);

    g_assert_true (next == 0 || g_str_has_suffix (page, "\n"));
    g_string_append (all, page);
    pages++;
  } while (next != 0);
  g_assert_cmpuint (pages, >, 3);
  g_assert_true (g_str_has_prefix (all->str, header));
  g_assert_true (g_str_has_prefix (header, "From: info@example.org\nTo: "));
  g_assert_nonnull (strstr (all->str, "Schl=FCssel liegen"));
}

/* Every cut of every message is read without a complaint, with line ends of either kind. */
static void
test_cuts (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "previews", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autoptr (MrPreview) whole = load (name);
    gsize len = g_bytes_get_size (whole->message);

    for (gsize cut = 0; cut < len; cut += 1 + len / 40) {
      g_autoptr (GBytes) piece = g_bytes_new_from_bytes (whole->message, 0, cut);
      g_autoptr (MrPreview) preview = mr_preview_read (piece);

      g_assert_true (g_utf8_validate (preview->text->text, -1, NULL));
    }
  }
}

static void
test_hostile (void)
{
  g_autoptr (GString) nested = g_string_new ("MIME-Version: 1.0\r\n");
  g_autoptr (GString) many = g_string_new ("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (nested, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", i, i);
  for (guint i = 0; i < 500; i++)
    g_string_append (many, "--b\r\n\r\ntext\r\n");
  g_autoptr (GBytes) a = g_string_free_to_bytes (g_steal_pointer (&nested));
  g_autoptr (GBytes) b = g_string_free_to_bytes (g_steal_pointer (&many));
  g_autoptr (MrPreview) deep = mr_preview_read (a);
  g_autoptr (MrPreview) wide = mr_preview_read (b);

  g_assert_true (deep->truncated);
  g_assert_cmpuint (wide->parts->len, ==, MR_PREVIEW_PARTS_MAX);
  g_assert_true (wide->truncated);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (MrPreview) empty = mr_preview_read (nothing);
  g_assert_cmpstr (empty->text->text, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preview/languages", test_languages);
  g_test_add_func ("/preview/newsletter", test_newsletter);
  g_test_add_func ("/preview/signed", test_signed);
  g_test_add_func ("/preview/file-names", test_file_names);
  g_test_add_func ("/preview/source", test_source);
  g_test_add_func ("/preview/cuts", test_cuts);
  g_test_add_func ("/preview/hostile", test_hostile);
  return g_test_run ();
}
