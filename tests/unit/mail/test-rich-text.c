/* Text out of HTML and links out of text: what people read, where links really lead, and bounds. */
#include "mail/rich-text.h"

#include <string.h>

static MrRichText *
html (const char *text)
{
  return mr_rich_text_from_html (text, strlen (text));
}

static void
test_text (void)
{
  static const struct {
    const char *html, *text;
  } rows[] = {
    { "", "" },
    { "plain  words\n here", "plain words here" },
    { "<p>one<p>two", "one\n\ntwo" },
    { "a<br>b<br/>c</br>d", "a\nb\nc\nd" },
    { "a<br><br><br><br>b", "a\n\nb" },
    { "<div>a<div>b</div></div>c", "a\nb\nc" },
    { "<h1>Title</h1>text", "Title\n\ntext" },
    { "<ul><li>Oak<li> Ash </ul>end", "• Oak\n• Ash\n\nend" },
    { "<ol><li><p>one</p></li><li>two<ul><li>in</ul></ol>", "1. one\n\n2. two\n  • in" },
    { "<ul><li></li><li>b</li></ul>", "• \n• b" },
    { "<table><tr><td>a<td> b<tr><td><td>c</table>d", "a  b\nc\n\nd" },
    { "x<blockquote>q<br>r<blockquote>s</blockquote></blockquote>y", "x\n\n> q\n> r\n\n> > s\n\ny" },
    { "<pre>  a\n\tb\n\nc</pre>", "  a\n\tb\n\nc" },
    { "a<hr>b", "a\n――――――――\nb" },
    { "<script>var a = '<p>no</p>';</script>yes<style>no</style><title>no</title>", "yes" },
    { "<head><meta x><title>t</title><p>shown", "shown" },
    { "a<!-- <b>no --> b<!-->c", "a bc" },
    { "<!--[if mso]><p>no<![endif]-->yes<![if !mso]> too<![endif]>", "yes too" },
    { "<div style='color: red; DISPLAY : none'>no<p>no</div>yes", "yes" },
    { "<span hidden>no</span><svg><text>no</text></svg>yes", "yes" },
    { "<img src='https://t.example/1.gif' alt=''><img alt='Logo &amp; name'>", "[Logo & name]" },
    { "&lt;b&gt; &amp&copy; &eacute;&#233;&#xe9;&#128; &nosuch; &", "<b> &© ééé€ &nosuch; &" },
    { "a &#0; &#xd800; b", "a \xef\xbf\xbd \xef\xbf\xbd b" },
    { "1 < 2 and 3 > 2", "1 < 2 and 3 > 2" },
    { "broken <b", "broken" },
    { "<a href='unclosed", "" },
    { "<a title=\"x > y\" href=https://a.example/>t</a>", "t" },
    { "soft\xc2\xadhyphen\xe2\x80\x8b and\xc2\xa0space", "softhyphen and space" },
    { "<O:P>office</O:P><unknown>x</unknown>", "officex" },
    { "</div></p></b>x", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrRichText) text = html (rows[i].html);

    g_test_message ("%s", rows[i].html);
    g_assert_cmpstr (text->text, ==, rows[i].text);
    g_assert_false (text->truncated);
  }
}

/* "12 bold;3 link=…" with the texts of the spans. */
static char *
describe (const MrRichText *text)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < text->spans->len; i++) {
    const MrTextSpan *span = text->spans->pdata[i];
    g_autofree char *part = g_strndup (text->text + span->start, span->end - span->start);

    g_string_append_printf (out, "%s[%s]", i > 0 ? " " : "", part);
    if (span->target != NULL)
      g_string_append_printf (out, "%s%s", span->deceives ? "!" : "=", span->target);
    else
      g_string_append_printf (out, "%u", span->style);
  }
  return g_string_free (out, FALSE);
}

static void
test_spans (void)
{
  static const struct {
    const char *html, *spans;
  } rows[] = {
    { "a <b>bold <i>both</i></b> c", "[bold]1 [both]3" },
    { "<strong style='font-style: italic'>x</strong>", "[x]3" },
    { "see <a href='https://a.example/x?y=1&amp;z=2'> this </a>.", "[this]=https://a.example/x?y=1&z=2" },
    { "<a href='javascript:alert(1)'>x</a><a href='/rel'>y</a><a href='data:text/html,x'>z</a>", "" },
    { "<a href=' HTTPS://A.example '>A.example</a>", "[A.example]=HTTPS://A.example" },
    { "<a href='https://evil.example/bank.example'>https://bank.example/login</a>",
      "[https://bank.example/login]!https://evil.example/bank.example" },
    { "<a href='https://www.bank.example@evil.example/'>www.bank.example</a>",
      "[www.bank.example]!https://www.bank.example@evil.example/" },
    { "<a href='https://click.shop.example/?u=1'>www.shop.example</a>",
      "[www.shop.example]=https://click.shop.example/?u=1" },
    { "<a href='https://notshop.example/'>shop.example</a>", "[shop.example]!https://notshop.example/" },
    { "<a href='mailto:lou@example.net'>lou@example.net</a>", "[lou@example.net]=mailto:lou@example.net" },
    { "<a href='https://a.example'>one <a href='https://b.example'>two</a>",
      "[one]=https://a.example [two]=https://b.example" },
    { "<h2>T</h2><code>c</code>", "[T]32 [c]16" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrRichText) text = html (rows[i].html);
    g_autofree char *spans = describe (text);

    g_test_message ("%s", rows[i].html);
    g_assert_cmpstr (spans, ==, rows[i].spans);
  }
}

static void
test_plain (void)
{
  static const struct {
    const char *plain, *spans;
  } rows[] = {
    { "See https://a.example/x. Or (http://b.example/y_(z)), ok", "[https://a.example/x]=https://a.example/x "
                                                                  "[http://b.example/y_(z)]=http://b.example/y_(z)" },
    { "<https://a.example/q?r>", "[https://a.example/q?r]=https://a.example/q?r" },
    { "xhttps://a.example https:// ftp://c.example", "" },
    { "> one\n> two\nmine\n>three", "[> one\n> two\n]64 [>three]64" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrRichText) text = mr_rich_text_from_plain (rows[i].plain, strlen (rows[i].plain), FALSE, FALSE);
    g_autofree char *spans = describe (text);

    g_assert_cmpstr (text->text, ==, rows[i].plain);
    g_assert_cmpstr (spans, ==, rows[i].spans);
  }
}

static void
test_flowed (void)
{
  static const struct {
    const char *plain, *text;
    gboolean delsp;
  } rows[] = {
    { "one \ntwo\nthree", "one two\nthree", FALSE },     { "one \ntwo", "onetwo", TRUE },
    { "> a \n> b\n>> c \nd", "> a b\n>> c \nd", FALSE }, { " From me \n stuffed", "From me stuffed", FALSE },
    { "end \n-- \nLou", "end \n-- \nLou", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrRichText) text = mr_rich_text_from_plain (rows[i].plain, strlen (rows[i].plain), TRUE, rows[i].delsp);

    g_assert_cmpstr (text->text, ==, rows[i].text);
  }
}

static void
test_as_plain (void)
{
  g_autoptr (MrRichText) text = html ("<p>Go <a href='https://a.example/x'>there</a> or write to "
                                      "<a href='mailto:k@a.example'>k@a.example</a>, <a "
                                      "href='https://b.example'>or</a></p>");
  g_autofree char *plain = mr_rich_text_dup_plain (text);

  g_assert_cmpstr (plain, ==,
                   "Go there [1] or write to k@a.example, or [2]\n\n[1] https://a.example/x\n[2] https://b.example\n");
}

static char *
repeat (const char *before, const char *what, guint n, const char *after)
{
  GString *out = g_string_new (before);

  for (guint i = 0; i < n; i++)
    g_string_append (out, what);
  g_string_append (out, after);
  return g_string_free (out, FALSE);
}

static void
test_hostile (void)
{
  static const struct {
    const char *before, *what;
    guint n;
    const char *after, *end;
    gboolean truncated;
  } rows[] = {
    { "", "<div>", 100000, "deep", "", TRUE },
    { "<div>", "<p>", 100000, "flat", "flat", FALSE },
    { "", "<b>x</b>y", 100000, "", "y", TRUE },
    { "", "<a href='https://a.example'>", 100000, "y", "y", FALSE },
    { "", "https://", 100000, "", "/", TRUE },
    { "", "<", 300000, "", "<", TRUE },
    { "<a href='", "x", 1000000, "'>t</a>", "t", FALSE },
    { "", "<!--", 200000, "", "", FALSE },
    { "", "</x>", 200000, "t", "t", FALSE },
    { "", "<script>", 200000, "", "", FALSE },
    { "", "&", 300000, "", "&", TRUE },
    { "", "<table><tr><td>", 30000, "t", "", TRUE },
    { "", "word ", 200000, "", "d", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *page = repeat (rows[i].before, rows[i].what, rows[i].n, rows[i].after);
    g_autoptr (MrRichText) text = html (page);

    g_test_message ("%u", i);
    g_assert_cmpuint (strlen (text->text), <=, MR_RICH_TEXT_MAX);
    g_assert_cmpuint (text->spans->len, <=, MR_RICH_SPANS_MAX);
    g_assert_true (g_str_has_suffix (text->text, rows[i].end));
    g_assert_cmpint (text->truncated, ==, rows[i].truncated);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rich-text/text", test_text);
  g_test_add_func ("/rich-text/spans", test_spans);
  g_test_add_func ("/rich-text/plain", test_plain);
  g_test_add_func ("/rich-text/flowed", test_flowed);
  g_test_add_func ("/rich-text/as-plain", test_as_plain);
  g_test_add_func ("/rich-text/hostile", test_hostile);
  return g_test_run ();
}
