/* Header values as mailers write them, right and wrong. */
#include "mime/header.h"

#include <string.h>
#include <time.h>

static void
check(const char *raw, const char *expect)
{
	g_autofree char *text = mime_header_decode(raw, -1);

	g_assert_cmpstr(text, ==, expect);
}

static void
test_words(void)
{
	check("", "");
	check("plain text", "plain text");
	check("=?utf-8?Q?Gr=C3=B6=C3=9Fe?=", "Größe");
	check("=?UTF-8?b?R3LDtsOfZQ==?=", "Größe");
	check("=?iso-8859-1?q?caf=E9_noir?=", "café noir");
	check("=?utf-8*de?Q?gr=C3=BCn?=", "grün");
	check("Re: =?utf-8?Q?=C3=A4?= and more", "Re: ä and more");
	check("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本");
	check("=?koi8-r?B?8NLJ18XU?=", "Привет");
	check("=?utf-8?Q?=3F=3D?=", "?=");
}

/* RFC 2047 6.2: blanks between two words go, others stay. */
static void
test_adjacent(void)
{
	check("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab");
	check("=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab");
	check("=?utf-8?Q?a?=  \r\n\t =?iso-8859-1?Q?=E4?=", "aä");
	check("=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b");
	check("=?utf-8?Q?a_?= =?utf-8?Q?b?=", "a b");
	check("=?utf-8?Q?a?= =?broken", "a =?broken");
}

/* GMime gives "abcd" here. */
static void
test_padded(void)
{
	check("=?utf-8?B?YWJjZA==?= =?utf-8?B?ZGVm?=", "abcddef");
	check("=?utf-8?B?YWJjZA?= =?utf-8?B?ZGVm?=", "abcddef"); /* padding forgotten */
	check("=?utf-8?B?YWJj?= =?utf-8?B?ZGVm?=", "abcdef");
}

static void
test_split_character(void)
{
	check("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=B6=C3=9Fe?=", "Größe");
	check("=?utf-8?B?R3LD?= =?UTF-8?B?tsOfZQ==?=", "Größe");
	check("=?utf-8?B?4oI?= =?utf-8?B?rA?=", "€");
	check("=?utf-8?B?R3LDt?= =?utf-8?B?sOfZQ==?=", "Größe"); /* a cut group */
}

static void
test_broken(void)
{
	check("=?utf-8?Q?with blanks inside?=", "with blanks inside");
	check("a=?utf-8?Q?b?=c", "abc"); /* no blanks around */
	check("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab");
	check("\"=?utf-8?Q?J=C3=BCrgen?=\" <j@example.org>", "\"Jürgen\" <j@example.org>");
	check("=?utf-8?Q?=ZZ=4?=", "=ZZ=4");
	check("=?utf-8?X?abc?=", "=?utf-8?X?abc?=");
	check("=?utf-8?Q?abc", "=?utf-8?Q?abc");
	check("=?utf-8?Q", "=?utf-8?Q");
	check("=??Q?abc?=", "=??Q?abc?=");
	check("=?", "=?");
	check("=?=?utf-8?Q?x?=", "=?x");
	check("=?utf-8?Q?"
	      "?=",
		"");
	check("=?utf-8?B?"
	      "?=",
		"");
	check("=?utf-8?B?!!!?=", "");
	check("=?no-such-charset?Q?caf=E9?=", "café");
	check("=?x-unknown?Q?caf=C3=A9?=", "café");
	check("=?utf-8?Q?bad=FFbyte?=", "bad\ufffdbyte");
	check("is 1 =? 2", "is 1 =? 2");
}

/* A line end or a NUL in a word must not make a second field or hide the rest. */
static void
test_encoded_controls(void)
{
	check("=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x");
	check("=?utf-8?Q?safe.txt=00.exe?=", "safe.txt\ufffd.exe");
	check("=?utf-16be?B?AGEAAABi?=", "a\ufffd"
					 "b");
	check("a\r\nb", "a b");
}

/* GMime takes these for Latin-1. */
static void
test_raw_8bit(void)
{
	check("Größe", "Größe");
	check("Gr\xf6\xdf"
	      "e",
		"Größe");
	check("\x93quoted\x94", "“quoted”");
	check("Größe =?utf-8?Q?=C3=A4?=", "Größe ä");
	check("\033$BF|K\\\033(B", "日本");
}

/* Words without an end are looked at once, not once each. */
static void
test_many(void)
{
	g_autoptr(GString) raw = g_string_new(NULL);
	g_autofree char *text = NULL;

	for (guint i = 0; i < 300000; i++)
		g_string_append(raw, "=?a?Q? ");
	text = mime_header_decode(raw->str, -1);
	g_assert_cmpstr(text, ==, raw->str);
}

/* What one word leaves behind of its charset's state is not the next one's. */
static void
test_charsets(void)
{
	g_autoptr(GString) raw = g_string_new(NULL);
	g_autoptr(GString) expect = g_string_new(NULL);

	check("=?koi8-r?q?=C1?= =?iso-8859-7?q?=E1?= =?koi8-r?q?=C1?=", "аαа");
	check("=?iso-2022-jp?q?=1B$BF?= =?koi8-r?q?=C1?= =?iso-2022-jp?q?ab?=", "F\xd0\xb0"
										"ab");
	check("=?utf-7?q?+AO?= =?koi8-r?q?=C1?= =?utf-7?q?ab?=", "аab");
	for (guint i = 0; i < 30; i++)
		g_string_append_printf(raw, "=?x-none-%u?q?=E4?= ", i);
	g_string_append(raw, "=?koi8-r?q?=C1?=");
	for (guint i = 0; i < 30; i++)
		g_string_append(expect, "ä");
	/* Nobody writes one header in so many. */
	g_string_append(expect, "Á");
	check(raw->str, expect->str);
}

static clock_t
cost(const char *format, guint n)
{
	g_autoptr(GString) block = g_string_new(NULL);
	clock_t least = 0;

	for (guint i = 0; i < 4000; i++) {
		g_autofree char *field = g_strdup(format);
		char *digit = strchr(field, '#');

		if (digit)
			*digit = (char)('1' + i % n);
		g_string_append_printf(block, "X-Field: %s\r\n", field);
	}
	for (guint i = 0; i < 3; i++) {
		clock_t start = clock();
		g_autoptr(GPtrArray) fields = mime_header_fields(block->str, block->len);
		clock_t took = clock() - start;

		g_assert_cmpuint(fields->len, ==, 4000);
		least = i == 0 ? took : MIN(least, took);
	}
	return least;
}

/* Opening a charset takes a hundred times as long as reading a word in it: a megabyte of such words held the
 * program for seconds. */
static void
test_charsets_cost(void)
{
	clock_t plain = cost("a word of text", 1);

	g_assert_cmpint(cost("=?iso-8859-#?q?=E1?=", 8), <, 40 * plain + CLOCKS_PER_SEC / 50);
	g_assert_cmpint(cost("=?x-none-#?q?=E1?=", 64), <, 40 * plain + CLOCKS_PER_SEC / 50);
}

/* Of a name as long as a message its start is looked at. */
static void
test_endless_name(void)
{
	g_autofree char *name = g_strnfill(1000000, 'x');
	g_autofree char *shown = mime_address_name(name, "ada", "example.org");

	g_assert_cmpuint(strlen(shown), ==, 16384);
}

static void
check_address(
	const char *raw, const char *mailbox, const char *host, const char *name, const char *full)
{
	g_autofree char *got_name = mime_address_name(raw, mailbox, host);
	g_autofree char *got_full = mime_address_full(raw, mailbox, host);

	g_assert_cmpstr(got_name, ==, name);
	g_assert_cmpstr(got_full, ==, full);
}

static void
test_address(void)
{
	check_address("Ada Lovelace", "ada", "example.org", "Ada Lovelace",
		"Ada Lovelace <ada@example.org>");
	check_address(NULL, "ada", "example.org", "ada@example.org", "ada@example.org");
	check_address(" ", "ada", "example.org", "ada@example.org", "ada@example.org");
	check_address("=?utf-8?Q?Zo=C3=AB?=", "z", "a.b", "Zoë", "Zoë <z@a.b>");
	check_address("\"Quoted \\\"Name\\\"\"", "q", "a.b", "Quoted \"Name\"",
		"Quoted \"Name\" <q@a.b>");
	check_address("'q@a.b'", "q", "a.b", "q@a.b", "q@a.b");
	check_address("Only", NULL, NULL, "Only", "Only");
	check_address(NULL, NULL, NULL, "", "");
	check_address(NULL, "undisclosed-recipients", "MISSING_DOMAIN", "undisclosed-recipients",
		"undisclosed-recipients");
	check_address("Jos\xe9", "j", "a.b", "José", "José <j@a.b>");
}

static void
test_fields(void)
{
	static const char block[] = "From mbox line\r\n"
				    "Subject: first\r\n folded\r\n"
				    "no field at all\r\n continued\r\n"
				    "X-Empty:\r\n"
				    "subject : second\r\n"
				    "To: =?utf-8?Q?a?=\r\n\t=?utf-8?Q?b?=\r\n"
				    "\r\n"
				    "Body: not a field\r\n";
	g_autofree char *subject = mime_header_get(block, strlen(block), "SUBJECT");
	g_autofree char *empty = mime_header_get(block, strlen(block), "x-empty");
	g_autofree char *body = mime_header_get(block, strlen(block), "Body");
	g_autofree char *no = mime_header_get("", 0, "Subject");
	g_autoptr(GPtrArray) fields = mime_header_fields(block, strlen(block));
	const MimeField *to;

	g_assert_cmpstr(subject, ==, "first folded");
	g_assert_cmpstr(empty, ==, "");
	g_assert_null(body);
	g_assert_null(no);
	g_assert_cmpuint(fields->len, ==, 4);
	to = g_ptr_array_index(fields, 3);
	g_assert_cmpstr(to->name, ==, "To");
	g_assert_cmpstr(to->value, ==, "ab");
}

/* Of doubled fields it is always the first (field notes 2e, CVE-2026-92238). */
static void
test_doubled_2e(void)
{
	static const char block[] = "From: a@example.org\nFrom: b@example.org\n";
	g_autofree char *from = mime_header_get(block, strlen(block), "From");

	g_assert_cmpstr(from, ==, "a@example.org");
}

static void
check_file(const char *expect, ...)
{
	const char *names[8], *values[8];
	g_autofree char *name = NULL;
	guint n = 0;
	va_list args;

	va_start(args, expect);
	while (n < 8 && (names[n] = va_arg(args, const char *)))
		values[n++] = va_arg(args, const char *);
	va_end(args);
	name = mime_filename(names, values, n);
	g_assert_cmpstr(name, ==, expect);
}

static void
test_filename(void)
{
	check_file(NULL, NULL);
	check_file("a.txt", "filename", "a.txt", NULL);
	check_file("a.txt", "charset", "utf-8", "NAME", "a.txt", NULL);
	check_file("d.txt", "filename", "d.txt", "name", "t.txt", NULL);
	check_file("€.txt", "filename*", "utf-8''%e2%82%ac.txt", "filename", "x.txt", NULL);
	check_file("grün.txt", "filename*", "iso-8859-1'de'gr%FCn.txt", NULL);
	check_file("long name.txt", "filename*1", " name", "filename*0", "long", "filename*2",
		".txt", NULL);
	check_file("€uro.txt", "filename*0*", "utf-8''%e2%82", "filename*1*", "%acuro",
		"filename*2", ".txt", NULL);
	check_file("Größe.pdf", "filename", "=?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?=", NULL);
	check_file("Größe.pdf", "filename*0", "=?utf-8?Q?Gr=C3=B6", "filename*1",
		"=C3=9Fe.pdf?=", NULL);
	check_file("caf\u00e9", "name", "caf\xe9", NULL);
	check_file("100%.txt", "filename*", "utf-8''100%.txt", NULL);
	check_file("no quotes", "filename*", "no%20quotes", NULL);
	check_file(NULL, "filename*1", "no first section", NULL);
}

/* No folder, no hidden ending (field notes 2d, CVE-2025-49466). */
static void
test_filename_hostile_2d(void)
{
	check_file("passwd", "filename", "../../etc/passwd", NULL);
	check_file("x.doc", "filename", "C:\\Temp\\x.doc", NULL);
	check_file("passwd", "filename*", "utf-8''..%2F..%2Fpasswd", NULL);
	check_file(NULL, "filename", "..", NULL);
	check_file("t.txt", "filename", "a/", "name", "t.txt", NULL);
	check_file("a.txt\ufffd.exe", "filename*", "utf-8''a.txt%00.exe", NULL);
}

/* What becomes the name of a file: field notes 2d. */
static void
test_filename_safe_2d(void)
{
	static const struct {
		const char *name, *type, *safe;
	} names[] = {
		{"notes.txt", "text/plain", "notes.txt"},
		{"Größe 2.pdf", "application/pdf", "Größe 2.pdf"},
		{"../../.ssh/authorized_keys", "text/plain", "_.._.ssh_authorized_keys"},
		{"/etc/passwd", "text/plain", "_etc_passwd"},
		{"..", "image/png", "part.png"},
		{"", "image/png", "part.png"},
		{"", "application/x-sh", "part.bin"},
		{".bashrc", "text/plain", "bashrc"},
		{"-rf", "text/plain", "rf"},
		{"~root", "text/plain", "root"},
		{"a;rm -rf $HOME`id`|b", "text/plain", "a_rm -rf _HOME_id_b"},
		{"a\n\x1b[2Jb", "text/plain", "a_[2Jb"},
		{"gpj\xe2\x80\xae.exe", "text/plain", "gpj_.exe"}, /* right-to-left override */
		{"a\xc2\xa0\xe2\x80\x8b.txt", "text/plain", "a_.txt"},
		{"bad\xff.txt", "text/plain", "bad\xef\xbf\xbd.txt"},
		{"end. .", "text/plain", "end"},
		{"C:\\con", "text/plain", "C_con"},
	};
	g_autofree char *wide = g_strnfill(300, 'x');
	g_autofree char *long_name = g_strconcat(wide, "\xc3\xa4.tar", NULL);
	g_autofree char *safe = mime_filename_safe(long_name, "application/x-tar");

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *made = mime_filename_safe(names[i].name, names[i].type);

		g_assert_cmpstr(made, ==, names[i].safe);
	}
	g_assert_cmpuint(strlen(safe), ==, 200);
	g_assert_true(g_str_has_suffix(safe, ".tar"));
}

/* Each of a hundred sections of a name is a search through the parameters. */
static void
test_filename_many(void)
{
	enum { MANY = 100000 };

	g_autofree const char **names = g_new(const char *, MANY);
	g_autofree const char **values = g_new(const char *, MANY);
	g_autofree char *name = NULL;

	for (guint i = 0; i < MANY; i++) {
		names[i] = i == MANY - 1 ? "filename" : "x";
		values[i] = "a.txt";
	}
	g_assert_null(mime_filename(names, values, MANY));
	names[100] = "name";
	name = mime_filename(names, values, MANY);
	g_assert_cmpstr(name, ==, "a.txt");
}

static void
test_filename_ending(void)
{
	g_assert_cmpstr(mime_filename_ending("image/png", "x.sh"), ==, "png");
	g_assert_cmpstr(mime_filename_ending("application/octet-stream", "x.PDF"), ==, "pdf");
	g_assert_cmpstr(mime_filename_ending("application/octet-stream", "x.pdf.exe"), ==, "bin");
	g_assert_cmpstr(mime_filename_ending("application/x-desktop", "x.desktop"), ==, "bin");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/header/words", test_words);
	g_test_add_func("/header/adjacent", test_adjacent);
	g_test_add_func("/header/padded", test_padded);
	g_test_add_func("/header/split-character", test_split_character);
	g_test_add_func("/header/broken", test_broken);
	g_test_add_func("/header/encoded-controls", test_encoded_controls);
	g_test_add_func("/header/raw-8bit", test_raw_8bit);
	g_test_add_func("/header/many", test_many);
	g_test_add_func("/header/charsets", test_charsets);
	g_test_add_func("/header/charsets-cost", test_charsets_cost);
	g_test_add_func("/header/endless-name", test_endless_name);
	g_test_add_func("/header/address", test_address);
	g_test_add_func("/header/fields", test_fields);
	g_test_add_func("/header/doubled-2e", test_doubled_2e);
	g_test_add_func("/header/filename", test_filename);
	g_test_add_func("/header/filename/hostile-2d", test_filename_hostile_2d);
	g_test_add_func("/header/filename/safe-2d", test_filename_safe_2d);
	g_test_add_func("/header/filename/many", test_filename_many);
	g_test_add_func("/header/filename/ending", test_filename_ending);
	return g_test_run();
}
