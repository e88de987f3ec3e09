/* Bytes of any charset: the names that mailers invent, and streams cut anywhere. */
#include "mime/assumed.h"
#include "mime/charset.h"

#include <string.h>

static void
check_bytes(const char *charset, const char *bytes, gsize len, const char *expect)
{
	g_autofree char *text = mime_charset_to_utf8(bytes, len, charset);

	g_assert_cmpstr(text, ==, expect);
	/* The same, byte by byte. */
	for (gsize size = 1; size <= 3; size++) {
		g_autoptr(MimeDecoder) decoder = mime_decoder_new(charset);
		g_autoptr(GString) out = g_string_new(NULL);

		for (gsize i = 0; i < len; i += size)
			mime_decoder_feed(decoder, bytes + i, MIN(size, len - i), FALSE, out);
		mime_decoder_feed(decoder, NULL, 0, TRUE, out);
		g_assert_cmpstr(out->str, ==, expect);
	}
}

static void
check(const char *charset, const char *bytes, const char *expect)
{
	check_bytes(charset, bytes, strlen(bytes), expect);
}

static void
test_plain(void)
{
	check("us-ascii", "plain", "plain");
	check("utf-8", "Größe 日本 😀", "Größe 日本 😀");
	check("iso-8859-15", "\xa4", "€");
	check("koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет");
	check("windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет");
	check("utf-7", "+ZeVnLIqe-", "日本語");
	check("utf-7", "1 +- 2 +AOQ.x+2D3eAA-", "1 + 2 ä.x😀");
	check("utf-7", "+3/A", "\ufffd");
	check("hz-gb-2312", "A ~{<:Ky2;~} ~~ B", "A 己所不 ~ B");
	check("hz", "~{<:~}x~{V\n<:", "己xV\n<:");
	check("euc-jp", "\xc6\xfc\xcb\xdc", "日本");
	check("big5", "\xa4\xa4\xa4\xe5", "中文");
	check("gb18030", "\xd6\xd0\xce\xc4\x84\x31\xa4\x37", "中文\ufffd");
	check_bytes("utf-16be", "\0a\xd8\x3d\xde\0", 6, "a😀");
	check_bytes("utf-16le", "a\0=\xd8\0\xde", 6, "a😀");
}

static void
test_aliases(void)
{
	static const struct {
		const char *charset, *bytes, *text;
	} cases[] = {
		{"UTF8", "ä", "ä"},
		{" \"utf-8\" ", "ä", "ä"},
		{"unicode-1-1-utf-7", "+AOQ-", "ä"},
		{"x-unicode-2-0-utf-8", "ä", "ä"},
		{"latin1", "\xe4\x80", "ä€"},
		{"iso-8859-1", "\x93x\x94", "“x”"},
		{"iso8859-1", "\x93x\x94", "“x”"},
		{"ISO_8859_1", "\xe4", "ä"},
		{"8859-1", "\xe4", "ä"},
		{"iso-88591", "\xe4", "ä"},
		{"cp-850", "\x84", "ä"},
		{"cp850", "\x84", "ä"},
		{"ibm-850", "\x84", "ä"},
		{"win-1252", "\x80", "€"},
		{"windows1252", "\x80", "€"},
		{"x-cp1252", "\x80", "€"},
		{"iso-8859-8-i", "\xf9\xec", "של"},
		{"iso-8859-6-e", "\xe4", "ل"},
		{"ks_c_5601-1987", "\xc7\xd1", "한"},
		{"KS_C_5601-1987", "\x8c\x63", "똠"}, /* not in KS C 5601, yet sent so */
		{"euc-kr", "\xc7\xd1", "한"},
		{"gb2312", "\xd6\xd0\x81\x40", "中丂"},
		{"x-gbk", "\xd6\xd0", "中"},
		{"x-sjis", "\x93\xfa\x87\x40", "日①"},
		{"shift_jis", "\x93\xfa", "日"},
		{"windows-874", "\xa1\x80", "ก€"},
		{"tis-620", "\xa1", "ก"},
		{"x-mac-roman", "\x8a", "ä"},
		{"x-user-defined", "ä", "ä"},
		{"ansi_x3.110-1983", "\xe4", "ä"},
		{"utf-8; format=flowed", "ä", "ä"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(MimeDecoder) decoder = mime_decoder_new(cases[i].charset);

		g_test_message("%s", cases[i].charset);
		check(cases[i].charset, cases[i].bytes, cases[i].text);
		g_assert_true(mime_decoder_known(decoder));
	}
}

/* The signs of Microsoft and NEC in ISO-2022-JP, which strict tables refuse. */
static void
test_japanese(void)
{
	check("iso-2022-jp", "a\033$BF|K\\\033(Bb", "a日本b");
	check("iso-2022-jp", "\033$B-!\033(B", "①");
	check("iso-2022-jp", "\033(I1\033(B", "ｱ");
	check("iso-2022-jp", "\033$(D0!\033(B", "丂");
	check("iso-2022-jp", "\033$BF|\nabc", "日\nabc"); /* back to ASCII forgotten */
	check("iso-2022-jp", "\033$BF", "F");
	check("iso-2022-jp", "\033[31m", "\033[31m");
	check("iso-2022-jp", "\033", "\033");
	check("iso-2022-jp", "\033$(", "\033$(");
}

static void
test_guess(void)
{
	g_autoptr(MimeDecoder) none = mime_decoder_new(NULL);
	g_autoptr(MimeDecoder) unknown = mime_decoder_new("x-no-such-thing");

	check(NULL, "plain", "plain");
	check(NULL, "Größe", "Größe");
	check(NULL, "Gr\xf6\xdf\x80", "Größ€");
	check("us-ascii", "Gr\xf6", "Grö");
	check("x-unknown", "\xc3\xa4", "ä");
	check("no-such-charset", "\xe4", "ä");
	check("", "\xe4", "ä");
	check(NULL, "cut \xe2\x82", "cut â‚");
	g_assert_true(mime_decoder_known(none));
	g_assert_false(mime_decoder_known(unknown));
}

static void
test_invalid(void)
{
	check("utf-8",
		"a\xff"
		"b",
		"a\ufffd"
		"b");
	check("utf-8", "a\xe2\x82", "a\ufffd\ufffd");
	check("utf-8", "\xc0\xaf", "\ufffd\ufffd");
	check("shift_jis", "a\x81", "a\ufffd");
	check("euc-kr", "a\xa2\xe8r\xb0\xa1\xa2\xe8", "a\u327er\uac00\u327e");
	check("euc-kr", "a\xa2\xfer", "a\ufffd\ufffdr");
	check("iso-2022-jp", "\033$B)!\033(Bz", "\ufffd\ufffdz");
	check_bytes("ucs-4", "\0\0\0a\x12\x34\x56\x78", 8,
		"a\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"); /* no character has that number */
	check_bytes("utf-16be", "\xd8\0\0a", 4,
		"\ufffd"
		"a");
}

/* The user knows best what his correspondents leave out. */
static void
test_assumed(void)
{
	static const char russian[] = "\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0",
			  japanese[] = "\xc6\xfc\xcb\xdc\xb8\xec";
	g_autoptr(MimeCharsets) charsets = mime_charsets_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *subject = NULL, *other = NULL;

	g_assert_true(mime_assumed_check("euc-jp, windows-1251,", &error));
	mime_assumed_set("euc-jp, windows-1251,");
	check(NULL, russian, "Привет, мир");
	check("us-ascii", japanese, "日本語");
	check("unknown-8bit", "caf\xc3\xa9", "café");
	subject = mime_charsets_to_utf8(charsets, russian, strlen(russian), NULL);
	g_assert_cmpstr(subject, ==, "Привет, мир");
	other = mime_charsets_to_utf8(charsets, japanese, strlen(japanese), NULL);
	g_assert_cmpstr(other, ==, "日本語");
	mime_assumed_set("");
	check(NULL, "caf\xe9", "café");
	g_assert_false(mime_assumed_check("koi8-r, klingon", &error));
	g_assert_cmpstr(error->message, ==, "there is no charset \"klingon\".");
}

/* A charset name is an order to iconv or to the file system in nobody's hands but ours. */
static void
test_hostile_names(void)
{
	static const char *const names[] = {"utf-8//IGNORE", "//", "/", "../../../etc/passwd",
		"char", "wchar_t", "WCHAR_T", "INTERNAL", "\xff\xfe", "a b c", "%s%n",
		"utf-8//TRANSLIT",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(MimeDecoder) decoder = mime_decoder_new(names[i]);

		g_assert_false(mime_decoder_known(decoder));
		check(names[i], "caf\xe9", "café");
	}
}

/* Whatever the charset and the bytes: valid UTF-8, and the same in any pieces. */
static void
test_random(void)
{
	static const char *const charsets[] = {NULL, "utf-8", "utf-7", "utf-16", "utf-16le",
		"utf-32", "iso-2022-jp", "hz-gb-2312", "iso-2022-kr", "iso-2022-cn", "big5",
		"gb18030", "shift_jis", "euc-jp", "euc-kr", "big5-hkscs", "tcvn", "windows-1258",
		"iso-2022-jp-2", "euc-tw", "johab"};

	for (guint round = 0; round < 4000; round++) {
		const char *charset = charsets[round % G_N_ELEMENTS(charsets)];
		g_autoptr(MimeDecoder) whole = mime_decoder_new(charset);
		g_autoptr(MimeDecoder) cut = mime_decoder_new(charset);
		g_autoptr(GString) a = g_string_new(NULL);
		g_autoptr(GString) b = g_string_new(NULL);
		char in[64];

		for (guint i = 0; i < sizeof in; i++)
			in[i] = (char)(g_test_rand_bit()
					       ? "\033$()BAGN*+-\x0e\x0f/"[g_test_rand_int_range(
							 0, 14)]
					       : g_test_rand_int_range(0, 256));
		mime_decoder_feed(whole, in, sizeof in, TRUE, a);
		for (gsize at = 0; at < sizeof in;) {
			gsize n = (gsize)g_test_rand_int_range(1, 6);

			n = MIN(n, sizeof in - at);
			mime_decoder_feed(cut, in + at, n, FALSE, b);
			at += n;
		}
		mime_decoder_feed(cut, NULL, 0, TRUE, b);
		g_test_message("%s", charset ? charset : "none");
		g_assert_cmpmem(a->str, a->len, b->str, b->len);
		for (gsize at = 0; at < a->len; at++) /* g_utf8_validate() refuses NUL */
			if (!a->str[at])
				a->str[at] = ' ';
		g_assert_true(g_utf8_validate(a->str, (gssize)a->len, NULL));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/charset/plain", test_plain);
	g_test_add_func("/charset/aliases", test_aliases);
	g_test_add_func("/charset/japanese", test_japanese);
	g_test_add_func("/charset/guess", test_guess);
	g_test_add_func("/charset/assumed", test_assumed);
	g_test_add_func("/charset/invalid", test_invalid);
	g_test_add_func("/charset/hostile-names", test_hostile_names);
	g_test_add_func("/charset/random", test_random);
	return g_test_run();
}
