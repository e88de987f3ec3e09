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

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html/blocks", test_blocks);
	g_test_add_func("/html/blanks", test_blanks);
	g_test_add_func("/html/emphasis", test_emphasis);
	return g_test_run();
}
