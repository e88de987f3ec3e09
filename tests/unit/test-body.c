/* The text of a part, from the bytes on the wire to the lines of the reader. */
#include "mime/body.h"
#include "mime/transfer.h"

#include <string.h>

static const char kind_letters[] = "TFSNH";

/* "T0 text|F1 fixed": kind, depth of quoting, text. */
static char *
dump(const MimeDocument *document)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < mime_document_count(document); i++) {
		const MimeLine *line = mime_document_line(document, i);

		g_string_append_printf(out, "%s%c%u %s", i ? "|" : "", kind_letters[line->kind],
			line->quote, line->text);
	}
	g_assert_null(mime_document_line(document, mime_document_count(document)));
	return g_string_free(out, FALSE);
}

/* Fed in pieces of PIECE bytes; 0: whole; -1: at random. */
static char *
read_text(const MimeTextFormat *format, const char *bytes, gsize len, int piece)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(MimeText) text = mime_text_new(format, document);

	for (gsize at = 0; at < len;) {
		gsize n = piece > 0    ? (gsize)piece
			  : piece == 0 ? len
				       : (gsize)g_test_rand_int_range(1, 9);

		n = MIN(n, len - at);
		mime_text_feed(text, bytes + at, n);
		at += n;
	}
	mime_text_end(text);
	mime_text_end(text);
	return dump(document);
}

static void
check_format(const MimeTextFormat *format, const char *bytes, const char *expect)
{
	for (int piece = -1; piece < 4; piece++) {
		g_autofree char *got = read_text(format, bytes, strlen(bytes), piece);

		g_assert_cmpstr(got, ==, expect);
	}
}

static void
check(const char *bytes, const char *expect)
{
	check_format(&(MimeTextFormat){.charset = "utf-8"}, bytes, expect);
}

static void
test_lines(void)
{
	check("", "");
	check("one", "T0 one");
	check("one\r\ntwo\nthree\rfour", "T0 one|T0 two|T0 three|T0 four");
	check("a\n\n\nb\n\n\n", "T0 a|T0 |T0 |T0 b");
	check("blanks  \n", "T0 blanks");
	check("Größe\n", "T0 Größe");
	check("esc \033[31m\n", "T0 esc ^[[31m");
	check("a\u2028b\n", "T0 a b");
}

static void
test_quotes(void)
{
	check("> a\n> > b\n>> c\n>d\ne\n", "T1 a|T2 b|T2 c|T1 d|T0 e");
	check(">  indented\n", "T1  indented");
	check(">\n> a\n>\n", "T1 |T1 a|T1 ");
	check(">From the start\n", "T0 From the start");
	check("> a\n>From the middle\n", "T1 a|T1 From the middle");
	check(" > no quote\n", "T0  > no quote");
}

static void
test_signature(void)
{
	check("a\n-- \nAda\nExample\n", "T0 a|S0 -- |S0 Ada|S0 Example");
	check("a\n--\nb\n", "T0 a|T0 --|T0 b");
	check("a\n-- \nAda\n> quoted\n", "T0 a|S0 -- |S0 Ada|T1 quoted");
	check("> -- \n> Ada\nb\n", "T1 --|T1 Ada|T0 b");
}

static void
test_fixed(void)
{
	check("diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@ f()\n "
	      "a\n-b\n"
	      "+c\n+d\nafter\n-- \n2.39\n",
		"F0 diff --git a/x b/x|F0 index 1..2 100644|F0 --- a/x|F0 +++ b/x|F0 @@ -1,2 +1,3 "
		"@@ "
		"f()|F0  a|F0 -b|F0 +c|F0 +d|T0 after|S0 -- |S0 2.39");
	check("> @@ -1 +1 @@\n> -a\n> +b\n> c\n", "F1 @@ -1 +1 @@|F1 -a|F1 +b|T1 c");
	check("@@ -1,9 +1,9 @@\n a\nno longer\n- item\n",
		"F0 @@ -1,9 +1,9 @@|F0  a|T0 no longer|T0 - item");
	check("@@ -1 +1 @@\n-- \n++ \n", "F0 @@ -1 +1 @@|F0 --|F0 ++");
	check("name     size\n", "F0 name     size");
	check("├── src\n", "F0 ├── src");
	check("a\tb\n", "F0 a       b");
	check("    indented prose\n", "T0     indented prose");
	check("@@ nonsense\n+ a\n", "T0 @@ nonsense|T0 + a");
	check("@@ -99999999999999999999,4294967297 +1 @@\n+x\n",
		"F0 @@ -99999999999999999999,4294967297 +1 @@|F0 +x");
}

static void
test_flowed(void)
{
	const MimeTextFormat flowed = {.charset = "utf-8", .flowed = TRUE};
	const MimeTextFormat delsp = {.charset = "utf-8", .flowed = TRUE, .delsp = TRUE};

	check_format(&flowed, "one \ntwo \nthree\nfour\n", "T0 one two three|T0 four");
	check_format(&delsp, "日本 \n語\n", "T0 日本語");
	check_format(&flowed, " >stuffed\n  From\n", "T0 >stuffed|T0  From");
	check_format(&flowed, ">> a \n>> b\n> c\n", "T2 a b|T1 c");
	check_format(&flowed, "> a \nb\n", "T1 a|T0 b"); /* RFC 3676 4.5: depth changes */
	check_format(&flowed, "a \n-- \nAda \nB\n", "T0 a|S0 -- |S0 Ada B");
	check_format(&flowed, "a \n\nb\n", "T0 a|T0 b");
	check_format(&flowed, "a\n\nb \n", "T0 a|T0 |T0 b");
	check_format(&flowed, "> > x\n", "T1 > x");
	check_format(&flowed, "e \n\u0301\n", "T0 e \u0301");
}

/* "8+19 https://example.org/": where the text has a link, and where it leads. */
static char *
dump_links(const char *bytes)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(MimeText) text = mime_text_new(&(MimeTextFormat){.charset = "utf-8"}, document);
	HtmlLinks *links = mime_document_links(document);
	GString *out = g_string_new(NULL);

	mime_text_feed(text, bytes, strlen(bytes));
	mime_text_end(text);
	for (guint i = 0; i < mime_document_count(document); i++) {
		const MimeLine *line = mime_document_line(document, i);

		for (guint s = 0; s < line->n_spans; s++)
			g_string_append_printf(
				out, "%u+%u ", line->spans[s].start, line->spans[s].len);
	}
	for (guint i = 1; i <= html_links_count(links); i++)
		g_string_append_printf(out, "%s ", html_links_target(links, i));
	return g_string_free(out, FALSE);
}

static void
test_links(void)
{
	static const struct {
		const char *text, *expect;
	} cases[] = {
		{"See https://example.org/.", "4+20 https://example.org/ "},
		{"(http://a.example/b_(c)) and <mailto:x@a.example>",
			"1+22 30+18 "
			"http://a.example/b_(c) mailto:x@a.example "},
		{"https://a.example\nHTTPS://b.example, https://a.example!\n",
			"0+17 0+17 19+17 https://a.example HTTPS://b.example "},
		{"> https://a.example/?q=1&r=[2]", "0+28 https://a.example/?q=1&r=[2] "},
		{"\xc3\xa9 https://a.example/\xe3\x80\x82", "3+18 https://a.example/ "},
		{"xhttps://a.example http:// https://- https://[x https:", ""},
		{"*https://a.example/* 'https://b.example/'", "1+18 22+18 https://a.example/ "
							      "https://b.example/ "},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = dump_links(cases[i].text);

		g_assert_cmpstr(got, ==, cases[i].expect);
	}
}

static void
test_transfer(void)
{
	check_format(&(MimeTextFormat){.encoding = "BASE64", .charset = "utf-8"},
		"R3LDtsOf\r\nZQpi\r\n", "T0 Größe|T0 b");
	check_format(&(MimeTextFormat){.encoding = "base64"}, "YWJjZA==ZGVm", "T0 abcddef");
	check_format(&(MimeTextFormat){.encoding = "base64"}, "YW!Jj\nZA", "T0 abcd");
	check_format(&(MimeTextFormat){.encoding = "base64"}, "YWJjZ", "T0 abc");
	/* What is in clear all the same: all of it, or a footer below. */
	check_format(&(MimeTextFormat){.encoding = "base64"}, "Not encoded at all.\nNo.\n",
		"T0 Not encoded at all.|T0 No.");
	check_format(&(MimeTextFormat){.encoding = "base64"}, "\r\nYWJjZA==\r\n\r\n-- \r\nList\r\n",
		"T0 abcd|S0 -- |S0 List");
	check_format(&(MimeTextFormat){.encoding = "base64"}, "YWJjZA=\n=\nZWZn\n", "T0 abcdefg");
	check_format(&(MimeTextFormat){.encoding = " \"Base64\" (so)"}, "YWJj", "T0 abc");
	check_format(&(MimeTextFormat){.encoding = "quoted-printable"},
		"Gr=C3=B6=c3=9fe=\r\n soft=  \n!=3D=ZZ=4\r\nx=", "T0 Größe soft!==ZZ=4|T0 x=");
	check_format(&(MimeTextFormat){.encoding = "quoted-printable"}, "a=\rb==41=4", "T0 ab=A=4");
	check_format(&(MimeTextFormat){.encoding = "x-uuencode"},
		"text\nbegin 644 x\n%:&5L;&\\*\n`\nend\nmore\n", "T0 hello");
	check_format(&(MimeTextFormat){.encoding = " 8bit "}, "a\xe4", "T0 aä");
	check_format(&(MimeTextFormat){.encoding = "x-nonsense"}, "a=3D", "T0 a=3D");
}

/* What a server has decoded is all there is, or something is missing, or was never decoded. */
static void
test_base64_fits(void)
{
	static const guint widths[] = {60, 64, 72, 76, 1000};

	for (guint w = 0; w < G_N_ELEMENTS(widths); w++)
		for (guint len = 0; len < 600; len++) {
			guint letters = (len + 2) / 3 * 4;
			guint sent = letters + 2 * (letters ? (letters - 1) / widths[w] : 0);

			g_assert_true(mime_base64_fits(len, sent));
			g_assert_true(mime_base64_fits(len, sent + 2));
			g_assert_false(mime_base64_fits(len, sent + 1));
			g_assert_false(mime_base64_fits(len, sent + 200));
			g_assert_false(len > 6 && mime_base64_fits(sent, sent));
		}
	/* 700,000 octets in lines of 76; a line is missing, the last letters are, nothing was decoded. */
	g_assert_true(mime_base64_fits(700000, 957896));
	g_assert_false(mime_base64_fits(700000 - 57, 957896));
	g_assert_false(mime_base64_fits(700000 - 40, 957896));
	g_assert_false(mime_base64_fits(700000 - 6, 957896));
	g_assert_false(mime_base64_fits(957896, 957896));
	g_assert_false(mime_base64_fits(G_MAXUINT32, 100));
}

/* Lines that claim more than they hold (field notes 2e, CVE-2022-1328). */
static void
test_uuencode_2e(void)
{
	g_autoptr(MimeTransfer) transfer = mime_transfer_new("uuencode");
	g_autoptr(GString) out = g_string_new(NULL);
	const char *text = "begin 644 x\n_\n_a\n\x80\xff\nM86)C";

	mime_transfer_feed(transfer, text, strlen(text), out);
	mime_transfer_end(transfer, out);
	g_assert_cmpuint(out->len, ==, 63 + 63 + 32 + 45);
}

static void
test_charset(void)
{
	check_format(&(MimeTextFormat){.charset = "no-such"}, "a\n", "T0 a");
	check_format(&(MimeTextFormat){.charset = "no-such"}, "\xe4\n",
		"T0 ä|N0 The charset no-such is not known here; some letters may be wrong.");
	check_format(&(MimeTextFormat){.charset = "utf-16be"}, "", "");
	check_format(&(MimeTextFormat){.charset = "iso-2022-jp"}, "\033$BF|\033(B\r\n", "T0 日");
	check_format(&(MimeTextFormat){.charset = "utf-8"}, "a\xff\n", "T0 a\ufffd");
}

static void
test_nul(void)
{
	g_autofree char *got = read_text(&(MimeTextFormat){0}, "a\0b\n\0\n", 6, 0);

	g_assert_cmpstr(got, ==,
		"T0 a\ufffd"
		"b|T0 \ufffd");
}

#define TOO_LONG "The rest of this text is left out, it is too long. Save the part to see it all."

static void
test_max_bytes(void)
{
	check_format(&(MimeTextFormat){.max_bytes = 5}, "abcde", "T0 abcde");
	check_format(&(MimeTextFormat){.max_bytes = 5}, "abc\ndefg\n", "T0 abc|T0 d|N0 " TOO_LONG);
	check_format(&(MimeTextFormat){.charset = "utf-8", .max_bytes = 4}, "abcä",
		"T0 abc|N0 " TOO_LONG);
}

/* Millions of empty lines in a small body must not become a document of that size. */
static void
test_max_lines(void)
{
	for (guint quoted = 0; quoted < 2; quoted++) {
		g_autoptr(GString) in = g_string_new(NULL);
		g_autoptr(MimeDocument) document = mime_document_new();
		g_autoptr(MimeText) text = mime_text_new(&(MimeTextFormat){0}, document);
		const MimeLine *last;

		for (guint i = 0; i < 1000000; i++)
			g_string_append(in, quoted ? ">\n" : "\n");
		g_string_append(in, "end\n");
		mime_text_feed(text, in->str, in->len);
		mime_text_end(text);
		g_assert_cmpuint(mime_document_count(document), ==, 200001);
		last = mime_document_line(document, 200000);
		g_assert_cmpint(last->kind, ==, MIME_LINE_NOTE);
	}
}

/* Nothing that is done with one line may take longer than a turn. */
static void
test_endless_line(void)
{
	static const char *const words[] = {"word ", "x", "漢", "\xf0\x9f\x91\xa8", "flow \n"};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autoptr(MimeDocument) document = mime_document_new();
		g_autoptr(MimeText) text = mime_text_new(
			&(MimeTextFormat){.charset = "utf-8", .flowed = i == 4}, document);
		gsize len = strlen(words[i]), shown = 0;

		for (guint n = 0; n < 400000; n++)
			mime_text_feed(text, words[i], len);
		mime_text_end(text);
		for (guint n = 0; n < mime_document_count(document); n++) {
			const MimeLine *line = mime_document_line(document, n);

			g_assert_cmpuint(strlen(line->text), <=, 32768 + 5);
			g_assert_true(g_utf8_validate(line->text, -1, NULL));
			shown += strlen(line->text);
		}
		g_assert_cmpuint(mime_document_count(document), >, 10);
		/* A blank may be lost where it is parted, and no more. */
		g_assert_cmpuint(shown + mime_document_count(document), >=,
			400000 * (len - (i == 4 ? 1 : 0)));
	}
}

/* Any bytes, any cut: the same document. */
static void
test_random(void)
{
	static const char *const encodings[] = {NULL, "base64", "quoted-printable", "x-uuencode"};
	static const char *const charsets[] = {NULL, "utf-8", "iso-2022-jp", "gb18030", "utf-16"};
	static const char pool[] = "ab >-+@=\r\n\t \n> -- \n@@ -1,2 +3 @@\n=C3=\n\033$B!!\033(B";

	for (guint round = 0; round < 3000; round++) {
		const MimeTextFormat format = {.encoding = encodings[round % 4],
			.charset = charsets[round % 5],
			.flowed = round % 3 == 0,
			.delsp = round % 2 == 0,
			.legacy_fields = round % 5 == 0,
			.max_bytes = round % 7 ? 0 : 40};
		char in[120];
		g_autofree char *whole = NULL, *bytes = NULL, *cut = NULL;

		for (guint i = 0; i < sizeof in; i++)
			in[i] = g_test_rand_int_range(0, 8)
					? pool[g_test_rand_int_range(0, sizeof pool - 1)]
					: (char)g_test_rand_int_range(0, 256);
		whole = read_text(&format, in, sizeof in, 0);
		bytes = read_text(&format, in, sizeof in, 1);
		cut = read_text(&format, in, sizeof in, -1);
		g_assert_cmpstr(whole, ==, bytes);
		g_assert_cmpstr(whole, ==, cut);
	}
}

/* RFC 9788: only what looks like a field is left out. */
static void
test_legacy_fields(void)
{
	const MimeTextFormat format = {.charset = "utf-8", .legacy_fields = TRUE};

	check_format(&format, "Subject: The\r\n true one\r\n\r\nText: it is.", "T0 Text: it is.");
	check_format(&format, "Subject: One\nNo field.\n", "T0 No field.");
	check_format(&format, "\nText: it is.\n", "T0 Text: it is.");
	check_format(&format, "https is none\n", "T0 https is none");
	check("Subject: One\n\nText.\n", "T0 Subject: One|T0 |T0 Text.");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/body/lines", test_lines);
	g_test_add_func("/body/quotes", test_quotes);
	g_test_add_func("/body/signature", test_signature);
	g_test_add_func("/body/fixed", test_fixed);
	g_test_add_func("/body/flowed", test_flowed);
	g_test_add_func("/body/links", test_links);
	g_test_add_func("/body/transfer", test_transfer);
	g_test_add_func("/body/base64-fits", test_base64_fits);
	g_test_add_func("/body/uuencode-2e", test_uuencode_2e);
	g_test_add_func("/body/charset", test_charset);
	g_test_add_func("/body/nul", test_nul);
	g_test_add_func("/body/max-bytes", test_max_bytes);
	g_test_add_func("/body/max-lines", test_max_lines);
	g_test_add_func("/body/endless-line", test_endless_line);
	g_test_add_func("/body/legacy-fields", test_legacy_fields);
	g_test_add_func("/body/random", test_random);
	return g_test_run();
}
