/* HTML parts, from the bytes on the wire to the lines of the reader. */
#include "mime/html.h"

#include <string.h>

/* "T0 lead|text": kind, depth of quoting, lead. Emphasis stands in braces: {b:bold}. */
static void
dump_spans(GString *out, const MimeLine *line)
{
	static const char letters[] = "biuclx!";
	guint at = 0;

	for (guint i = 0; i < line->n_spans; i++) {
		const TextSpan *span = &line->spans[i];

		g_assert_cmpuint(span->start, >=, at);
		g_assert_cmpuint(span->len, >, 0);
		g_assert_cmpuint(span->start + span->len, <=, strlen(line->text));
		g_string_append_len(out, line->text + at, span->start - at);
		g_string_append_c(out, '{');
		for (guint bit = 0; letters[bit]; bit++)
			if (span->emphasis & 1u << bit)
				g_string_append_c(out, letters[bit]);
		g_string_append_c(out, ':');
		g_string_append_len(out, line->text + span->start, span->len);
		g_string_append_c(out, '}');
		at = span->start + span->len;
	}
	g_string_append(out, line->text + at);
}

static char *
dump(const MimeDocument *document)
{
	static const char kinds[] = "TFSNH";
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < mime_document_count(document); i++) {
		const MimeLine *line = mime_document_line(document, i);

		if (i > 0)
			g_string_append_c(out, '\n');
		if (line->kind != MIME_LINE_TEXT || line->quote)
			g_string_append_printf(out, "%c%u ", kinds[line->kind], line->quote);
		if (line->lead)
			g_string_append_printf(out, "%s|", line->lead);
		dump_spans(out, line);
	}
	return g_string_free(out, FALSE);
}

/* Fed in pieces of PIECE bytes; 0: whole; -1: at random. */
static char *
read_html(const MimeTextFormat *format, const char *bytes, gsize len, int piece)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(MimeHtml) html = mime_html_new(format, document);

	for (gsize at = 0; at < len;) {
		gsize n = piece > 0    ? (gsize)piece
			  : piece == 0 ? len
				       : (gsize)g_test_rand_int_range(1, 12);

		n = MIN(n, len - at);
		mime_html_feed(html, bytes + at, n);
		at += n;
	}
	mime_html_end(html);
	mime_html_end(html);
	return dump(document);
}

static void
check_format(const MimeTextFormat *format, const char *bytes, const char *expect)
{
	for (int piece = -1; piece < 4; piece++) {
		g_autofree char *got = read_html(format, bytes, strlen(bytes), piece);

		g_assert_cmpstr(got, ==, expect);
	}
}

static void
check(const char *bytes, const char *expect)
{
	check_format(&(MimeTextFormat){.charset = "utf-8"}, bytes, expect);
}

static void
test_blocks(void)
{
	check("", "N0 There is no text in this message.");
	check("just text", "just text");
	check("<p>one</p><p>two</p>", "one\n\ntwo");
	check("<p>one<p>two", "one\n\ntwo");
	check("<div>one</div><div>two</div>", "one\ntwo");
	check("<div><div><div>one</div></div></div>two", "one\ntwo");
	check("one<br>two<br/>three", "one\ntwo\nthree");
	check("one<br><br><br>two", "one\n\ntwo");
	check("one<hr>two", "one\n\n────────────────────────\n\ntwo");
	check("<h1>Title</h1>text<h3>Sub <b>title</b></h3>", "H0 Title\n\ntext\n\nH0 Sub title");
	check("<center>middle</center>", "middle");
	check("<p>&nbsp;</p><p>one</p><p> &nbsp;<br></p><p>two</p>", "one\n\ntwo");
}

static void
test_blanks(void)
{
	check("  one\n\t two  \r\n three ", "one two three");
	check("one <b> two </b> three", "one {b:two} three");
	check("one<b> two</b>", "one {b:two}");
	check("<p> one </p> \n <p> two </p>", "one\n\ntwo");
	check("a&nbsp;b &nbsp; c", "a\u00a0b \u00a0 c");
	check("so\u00adft zero\u200bwidth", "soft zerowidth");
	check("Sale!&nbsp;&zwnj;&nbsp;&zwnj;\u034f &#847;", "Sale!");
}

static void
test_emphasis(void)
{
	check("<b>b</b> <i>i</i> <u>u</u> <code>c</code> <s>s</s>",
		"{b:b} {i:i} {u:u} {c:c} {x:s}");
	check("<b>bold <i>both</b> italic</i>", "{b:bold }{bi:both}{i: italic}");
	check("<strong><em>x</em></strong>", "{bi:x}");
	check("<span style='font-weight: 700; font-style:italic'>x</span>", "{bi:x}");
	check("<b style=font-weight:normal>plain <b>bold</b></b>", "plain {b:bold}");
	check("<b>one<p>two</b> three", "{b:one}\n\n{b:two} three");
	check("a <b>so\u00adft</b> b <i>c</i>", "a {b:soft} b {i:c}");
	check("<q>said</q>", "“said”");
}

static void
test_lists(void)
{
	check("<ul><li>one<li>two</ul>", "• |one\n• |two");
	check("a<ul><li><p>one</p></li><li><p>two</p><p>more</p></li></ul>b",
		"a\n\n• |one\n• |two\n\n  |more\n\nb");
	check("<ul><li>a<ul><li>b<ul><li>c</ul>d</ul>e</ul>",
		"• |a\n  ◦ |b\n    ▪ |c\n    |d\n  |e");
	check("<ol><li>one<li>two<ul><li>in</ul><li>three</ol>",
		"1. |one\n2. |two\n   ◦ |in\n3. |three");
	check("<ol start=9><li>nine<li>ten<li value=20>twenty</ol>",
		"9. |nine\n10. |ten\n20. |twenty");
	check("<ol start=99999999999999><li>x<li>y</ol>", "999999. |x\n1000000. |y");
	check("<dl><dt>Term<dd>Meaning<dt>Other<dd>Too</dl>",
		"Term\n    |Meaning\nOther\n    |Too");
	check("<ul><li></ul>after", "after");
	check("<li>alone", "• |alone");
}

static void
test_quotes(void)
{
	check("a<blockquote>b<blockquote>c</blockquote>d</blockquote>e",
		"a\n\nT1 b\nT1 \nT2 c\nT1 \nT1 d\n\ne");
	check("<blockquote type=cite><p>b</p></blockquote>", "T1 b");
}

static void
test_preformatted(void)
{
	check("<pre>\n  a\n\n  b\tc\r\nd</pre>e", "F0   a\nF0 \nF0   b     c\nF0 d\n\ne");
	check("<pre>a <b>b</b>\n<i>c</i></pre>", "F0 a {b:b}\nF0 {i:c}");
	check("<div style='white-space: pre-wrap'>a  b\nc</div>", "a  b\nc");
	check("<pre>one\rtwo</pre>", "F0 one\nF0 two");
}

static void
test_links(void)
{
	check("See <a href='https://example.org/x'>this page</a>.",
		"See {l:this page} {l:[1]}.\n\nH0 Links\n[1] |{l:https://example.org/x}");
	check("<a href=//a.example>a</a> <a href=//b.example>b</a> <a href=//a.example>c</a>",
		"{l:a} {l:[1]} {l:b} {l:[2]} {l:c} {l:[1]}\n\nH0 Links\n[1] |{l://a.example}\n"
		"[2] |{l://b.example}");
	check("<a href='#top'>up</a> <a href='javascript:x()'>do</a> <a name=x>here</a>",
		"{l:up} {l:do} here");
	check("<a href='http://a.example/'><div>block</div></a>after",
		"{l:block} {l:[1]}\nafter\n\nH0 Links\n[1] |{l:http://a.example/}");
	check("<a href='http://a.example/'>never closed<p>text <a href=mailto:x@a.example>x",
		"{l:never closed} {l:[1]}\n\n{l:text} {l:[1]} {l:x} {l:[2]}\n\nH0 Links\n"
		"[1] |{l:http://a.example/}\n[2] |{l:mailto:x@a.example}");
	check("<a href='http://a.example/'></a>nothing", "nothing");
	check("<a href=' http://a.example/\n?b&copy=1&amp;d '>x</a>",
		"{l:x} {l:[1]}\n\nH0 Links\n[1] |{l:http://a.example/?b&copy=1&d}");
}

/* What the reader sees of a link is not where it leads (CVE-2021-37746). */
static void
test_links_that_lie(void)
{
	static const struct {
		const char *text, *target, *host; /* NULL: it says the truth, or nothing */
	} cases[] = {
		{"www.bank.example", "https://evil.example/", "evil.example"},
		{"https://bank.example/login", "https://bank.example.evil.example/",
			"bank.example.evil.example"},
		{"bank.example", "http://bank.example@evil.example/", "evil.example"},
		{"bank.example", "http:\\\\evil.example\\bank.example", "evil.example"},
		{"bank.example", "https://evil.example:443/?bank.example", "evil.example"},
		{"ada@bank.example", "mailto:eve@evil.example", "evil.example"},
		{"<b>bank</b>.example", "https://evil.example/", "evil.example"},
		{"bank.example", "https://www.bank.example/a", NULL},
		{"www.bank.example", "https://bank.example/a", NULL},
		{"Bank.Example", "https://login.BANK.example./", NULL},
		{"login.bank.example", "https://bank.example/", "bank.example"},
		{"bank.example", "https://notbank.example/", "notbank.example"},
		{"report.pdf", "https://files.example/report.pdf", NULL},
		{"version 1.2", "https://example.org/", NULL},
		{"1.2", "https://example.org/", NULL},
		{"our page", "https://example.org/", NULL},
		{"e.g.", "https://example.org/", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		MimeTextFormat format = {.charset = "utf-8"};
		g_autofree char *html =
			g_strdup_printf("<a href='%s'>%s</a>", cases[i].target, cases[i].text);
		g_autofree char *got = read_html(&format, html, strlen(html), 0);
		g_autofree char *mark =
			cases[i].host ? g_strdup_printf("{l!:[1, leads to %s]}", cases[i].host)
				      : g_strdup("[1]}");

		g_test_message("%s", got);
		g_assert_nonnull(strstr(got, mark));
	}
}

static void
test_images(void)
{
	check("<img src='cid:x' alt='A tree'>text", "{i:A tree} text");
	check("<img src='https://a.example/x.png' alt=''>text",
		"text\n\nN0 1 remote image was not loaded.");
	check("<img src=http://a.example/1 alt=One><img src=//a.example/2 alt=Two><img src=data:x>",
		"{i:One} {i:Two}\n\nN0 2 remote images were not loaded.");
	check("text<img src=http://t.example/?id=7 width=1 height=1 alt=dot>",
		"text\n\nN0 1 remote image was not loaded: invisible, to tell the sender that you "
		"read this.");
	check("text<img src=http://a.example/1><img src=http://t.example/ style='display:none'>",
		"text\n\nN0 2 remote images were not loaded, 1 of them invisible, to tell the "
		"sender that you read this.");
	check("<a href=http://a.example/><img src=cid:x></a>",
		"{il:image} {l:[1]}\n\nH0 Links\n[1] |{l:http://a.example/}");
}

static void
test_hidden(void)
{
	check("a<div style='display:none'>b<p>c</div>d", "a\nd");
	check("a<span style='DISPLAY : None !important'>b</span>c", "ac");
	check("a<span style='visibility:hidden'>b</span><i style='opacity:0.0'>c</i>d", "ad");
	check("a<span hidden>b</span><b style='mso-hide:all'>c</b>d", "ad");
	check("a<div style='max-height:0;overflow:hidden'>b</div>c", "a\nc");
	check("a<span style='font-size:0'>b</span><span style='font-size:1px'>c</span>d", "ad");
	check("<style>p { color: red }</style><script>if (a<b) x('</p>')</script>a", "a");
	check("<title>No</title><!-- <p>no</p> -->a<!--[if mso]>b<![endif]-->c", "ac");
	check("<![if !mso]>a<![endif]>b<?xml version='1'?>c<!DOCTYPE html>d", "abcd");
	check("<template>a</template><svg><title>b</title><text>c</text></svg>d", "d");
	/* Senders set no size around and one inside, against blanks between cells. */
	check("<td style='font-size:0px'><div style='font-size:13px'>a</div>b</td>", "a");
	/* Nobody sends a page to hide it. */
	check("<body style='display:none'>a</body>", "a");
	check("<p style='opacity:0.5;font-size:1em;height:0'>a", "a");
}

static void
test_tables(void)
{
	check("<table><tr><th>Item<th>Price</tr><tr><td>Tea<td align=right>3.50</tr>"
	      "<tr><td>Big cup<td align=right>12</tr></table>",
		"F0 {b:Item}     {b:Price}\nF0 Tea       3.50\nF0 Big cup     12");
	check("<table><tr><td>a<td>b</table>", "a  b");
	check("<table><tr><td>a<td></td><td>b</td><tr><td>cc<td> &nbsp; <td>d</table>",
		"F0 a   b\nF0 cc  d");
	check("<table><tr><td colspan=2>Sum of all<tr><td>a<td>b<tr><td>c<td>d</table>",
		"F0 Sum of all\nF0 a  b\nF0 c  d");
	/* Layout. */
	check("<table><tr><td><p>one</p><p>two</p></td><td>three</td></tr></table>",
		"one\n\ntwo\n\nthree");
	check("<table><tr><td>a<table><tr><td>b<td>c<tr><td>d<td>e</table>f<td>g</table>",
		"a\n\nF0 b  c\nF0 d  e\nf\ng");
	check("<table><tr><td>a<td>b</tr><tr><td><ul><li>x</ul><td>y</table>", "a  b\n\n• |x\n\ny");
	/* A cell ends what was opened in it, and nothing outside of it. */
	check("<b>x<table><tr><td><i>a</td><td>b</b></td></tr></table>y",
		"{b:x}\n{bi:a}  {b:b}\n{b:y}");
}

static void
test_references(void)
{
	check("&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9;&#XE9;", "<b> &amp; éééé");
	check("&copy2026 &notit; &bogus; &; & &# &#x; &#x", "©2026 ¬it; &bogus; &; & &# &#x; &#x");
	check("&#128; &#0; &#xD800; &#x110000; &#99999999999;", "€ \ufffd \ufffd \ufffd \ufffd");
	check("a &lt", "a <");
	check("a &#8203;b &shy;c", "a b c");
	check("&#27;[31m &#x9b;31m &#x9d;0;", "^[[31m ›31m <9D>0;");
	check("&#x202e;gnp.exe", "gnp.exe");
}

static void
test_broken(void)
{
	check("a < b <3 </ x> </> <", "a < b <3 <");
	check("a<b", "a");
	check("a<p title='unclosed", "a");
	check("</div></p></table></b>a", "a");
	check("<p title=\"a>b\" x='\"' y=a/b>text", "text");
	check("<p/>a<div/>b", "a\n\nb");
	check("<br></br>a", "a");
	check("<P ALIGN=x>UP</P>", "UP");
	check("<script>a</scrip></script x='>'>b", "b");
	check("<!-->a<!--->b<!-- -- -->c<!-- --!>d", "abcd");
	check("<o:p>a</o:p><made-up>b</made-up>", "ab");
	check("one\001two", "one^Atwo");
}

static void
test_charsets(void)
{
	MimeTextFormat undeclared = {0}, latin = {.charset = "iso-8859-1"};
	MimeTextFormat encoded = {.charset = "utf-8", .encoding = "quoted-printable"};

	check_format(&undeclared,
		"<p>Gr\xc3\xb6\xc3\x9f"
		"e",
		"Größe");
	check_format(&undeclared,
		"<p>Gr\xf6\xdf"
		"e",
		"Größe");
	check_format(&undeclared, "<meta charset=\"koi8-r\"><p>\xd0\xd2\xc9", "при");
	check_format(&undeclared,
		"<META http-equiv='Content-Type' content='text/html; charset=windows-1251'>\xef",
		"п");
	check_format(&undeclared, "<meta charset=utf-16>\xc3\xa9", "é");
	check_format(&undeclared, "\xef\xbb\xbf<meta charset=koi8-r>\xc3\xa9", "é");
	check_format(&latin, "<meta charset=koi8-r>\xe9", "é");
	check_format(&encoded, "<p style=3D\"color:=\r\nred\">Gr=C3=B6=C3=9Fe</p>", "Größe");
}

static char *
repeated(const char *before, const char *text, guint times)
{
	GString *out = g_string_new(before);

	for (guint i = 0; i < times; i++)
		g_string_append(out, text);
	return g_string_free(out, FALSE);
}

/* More than anybody means: it is left out, and what comes behind is right again. */
static void
test_limits(void)
{
	g_autofree char *deep = repeated("", "<div><b><blockquote>", 5000);
	g_autofree char *ends = repeated("x", "</blockquote></b></div>", 5000);
	g_autofree char *nested = g_strconcat(deep, ends, "<p>behind", NULL);
	g_autofree char *attributes = repeated("<a ", "x=y ", 100);
	g_autofree char *many = g_strconcat(attributes, "href=http://a.example/>text</a>", NULL);
	g_autofree char *value = repeated("<p title='", "0123456789", 1000);
	g_autofree char *long_value = g_strconcat(value, "' style='display:none'>x</p>y", NULL);
	g_autofree char *long_word = repeated("", "0123456789", 10000);
	MimeTextFormat format = {.charset = "utf-8", .max_bytes = 20};
	g_autofree char *got = NULL;

	g_clear_pointer(&got, g_free);
	got = read_html(&(MimeTextFormat){.charset = "utf-8"}, nested, strlen(nested), 0);
	g_assert_true(g_str_has_suffix(got, "x}\n\nbehind"));
	check(many, "text");
	check(long_value, "y");
	g_clear_pointer(&got, g_free);
	got = read_html(&(MimeTextFormat){.charset = "utf-8"}, long_word, strlen(long_word), 0);
	g_assert_cmpuint(strlen(got), ==, strlen(long_word) + 1);
	check_format(&format, "<p>0123456789</p><p>0123456789</p>",
		"0123456789\nN0 The rest of this text is left out, it is too long. Save the part "
		"to see it all.");
}

static void
test_sheets(void)
{
	check("<style>.a{display:none}</style><p class='x a'>no</p>yes", "yes");
	check("<STYLE type=text/css><!--\n p.a , #b { color : red; Display:None }--></STYLE>"
	      "<p class=a>no<p id=b>no<p class=A>yes",
		"yes");
	check("<style>td{font-size:0}</style><table><tr><td>no<td style=font-size:9px>yes</table>",
		"yes");
	check("<style>.a{visibility:hidden}.b{mso-hide:all}</style><p class=a>no<p class=b>no",
		"N0 There is no text in this message.");
	check("<style>.s{font-weight:bold} i.n{font-style:normal}</style>"
	      "<span class=s>b</span> <i class=n>n</i>",
		"{b:b} n");
	/* The element's own word, unless the sheet insists. */
	check("<style>.a{display:none}.b{display:none!important}</style>"
	      "<p class=a style=display:block>yes<p class=b style=display:block>no",
		"yes");
	check("<p style='display:none;display:block'>yes", "yes");
	check("<p style='opacity:0;display:block'>no", "N0 There is no text in this message.");
	/* The later rule, comments, unknown and broken ones. */
	check("<style>.a{display:none}.a{display:block} /* .b{display:none} */ @import 'x'; "
	      ".c:hover{display:none} @font-face{x:y} .d .c{display:none}</style>"
	      "<p class=a>a<p class=b>b<p class=c>c",
		"a\n\nb\n\nc");
	check("<style>} .a{display:none</style><p class=a>no</p>yes", "yes");
	/* Nothing is hidden that some rule shows where we are. */
	check("<style>.a{display:none} .open .a{display:block}</style><p class=a>yes", "yes");
	check("<style>.a{display:none} @media (min-width:600px){.a{display:block}}</style>"
	      "<p class=a>yes",
		"yes");
	/* Rules for paper and for telephones mean nothing. */
	check("<style>@media print{.a{display:none}} @media (max-width:9px){.a{display:none}} "
	      ".b{display:none} @media (max-width:9px){.b{display:block}}</style>"
	      "<p class=a>yes<p class=b>no",
		"yes");
	check("<style media=print>.a{display:none}</style><p class=a>yes", "yes");
	check("<style>.t{display:none}</style><img class=t src=http://example.org/x alt=no>yes",
		"yes\n\nN0 1 remote image was not loaded: invisible, to tell the sender that you "
		"read this.");
}

/* RFC 9788: only where it is asked for. */
static void
test_legacy_fields(void)
{
	const MimeTextFormat format = {.charset = "utf-8", .legacy_fields = TRUE};
	static const char page[] =
		"<div class=header-protection-legacy-display><pre>Subject: One</pre>"
		"</div><p>Text.";

	check_format(&format, page, "Text.");
	check(page, "F0 Subject: One\n\nText.");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html/blocks", test_blocks);
	g_test_add_func("/html/blanks", test_blanks);
	g_test_add_func("/html/emphasis", test_emphasis);
	g_test_add_func("/html/lists", test_lists);
	g_test_add_func("/html/quotes", test_quotes);
	g_test_add_func("/html/preformatted", test_preformatted);
	g_test_add_func("/html/links", test_links);
	g_test_add_func("/html/links-that-lie", test_links_that_lie);
	g_test_add_func("/html/images", test_images);
	g_test_add_func("/html/hidden", test_hidden);
	g_test_add_func("/html/tables", test_tables);
	g_test_add_func("/html/references", test_references);
	g_test_add_func("/html/broken", test_broken);
	g_test_add_func("/html/charsets", test_charsets);
	g_test_add_func("/html/limits", test_limits);
	g_test_add_func("/html/sheets", test_sheets);
	g_test_add_func("/html/legacy-fields", test_legacy_fields);
	return g_test_run();
}
