/* The gate to the screen: what must never pass it, and what must survive it whole. */
#include "base/text.h"

#include <string.h>

static void
check_clean(TextShape shape, const char *in, gssize len, const char *expect)
{
	g_autofree char *out = text_clean(in, len, shape);

	g_assert_cmpstr(out, ==, expect);
	g_assert_true(g_utf8_validate(out, -1, NULL));
}

static void
check_line(const char *in, const char *expect)
{
	check_clean(TEXT_LINE, in, -1, expect);
}

static void
test_plain(void)
{
	check_line("", "");
	check_line("The build is green again", "The build is green again");
	check_line("Größenänderung des Postfachs", "Größenänderung des Postfachs");
	check_line("Привет, мир", "Привет, мир");
	check_line("日本語のメール", "日本語のメール");
	check_line("한국어", "한국어");
	check_line("שלום", "שלום");
	check_line("ไทย กำ", "ไทย กำ");
	check_line("nbsp\u00a0here", "nbsp\u00a0here");
	check_line("\ue0b0 powerline", "\ue0b0 powerline");
}

/* Escape sequences of every kind lose their introducer (field notes 2f). */
static void
test_escapes(void)
{
	check_line("\033[31mred", "^[[31mred");
	check_line("\033]52;c;aGk=\a", "^[]52;c;aGk=^G");
	check_line("\033]8;;http://a/\033\\x", "^[]8;;http://a/^[\\x");
	check_line("\033P1$r", "^[P1$r");
	check_line("bell\a back\b del\177", "bell^G back^H del^?");
	check_clean(TEXT_LINE, "nul\0x", 5, "nul^@x");
	check_line("\f\v", "^L^K");
}

/* A stray APC byte hangs an ISO 6429 terminal. */
static void
test_c1(void)
{
	check_line("\x9b"
		   "31m",
		"\ufffd31m");
	check_line("\x9f"
		   "hang",
		"\ufffdhang");
	check_line("\xc2\x9b"
		   "31m",
		"<9B>31m");
	check_line("\xc2\x80\xc2\x9f", "<80><9F>");
	check_line("\xc2\x85", "<85>");
	check_line("\u00a0\u00a1", "\u00a0\u00a1");
}

static void
test_invalid(void)
{
	check_line("\xff\xfe", "\ufffd\ufffd");
	check_line("caf\xe9", "caf\ufffd");
	check_line("caf\xe9 noir", "caf\ufffd noir");
	check_line("\xe9noir \xe0\x80noir", "\ufffdnoir \ufffdnoir");
	check_line("\xc0\xaf", "\ufffd\ufffd");              /* overlong '/' */
	check_line("\xc1\x9b", "\ufffd\ufffd");              /* overlong '[' */
	check_line("\xe0\x80\x9b[", "\ufffd[");              /* overlong ESC */
	check_line("\xed\xa0\x80", "\ufffd");                /* surrogate */
	check_line("\xf4\x90\x80\x80", "\ufffd");            /* above U+10FFFF */
	check_line("\xe2\x80", "\ufffd");                    /* cut off */
	check_clean(TEXT_LINE, "\xe2\x80\xa6", 2, "\ufffd"); /* never read past the end */
}

static void
test_line_ends(void)
{
	check_line("a\r\nb\nc\rd\te", "a b c d e");
	check_line("a\u2028b\u2029c", "a b c");
	check_clean(TEXT_BLOCK, "a\r\nb\nc\rd\te\r", -1, "a\nb\nc\nd\te\n");
	check_clean(TEXT_BLOCK, "a\u2028b\u2029c", -1, "a\nb\nc");
	check_clean(TEXT_BLOCK, "\r\r\n\n", -1, "\n\n\n");
}

static void
test_bidi(void)
{
	check_line("exe.\u202egpj.doc", "exe.gpj.doc");
	check_line("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "");
	check_line("a\u200e\u200f\u061cb", "ab");
}

static void
test_invisible(void)
{
	check_line("pay\u200bpal\u2060\ufeff\u180e\u00ad.com", "paypal.com");
	check_line("a\u034f\u115f\u1160\u3164\uffa0\u2061\u206a\u206fb", "ab");
	check_line("\U000e0001\U000e0041tag\U000e007f\U000e0100", "tag");
	check_line("a\ufff9b\ufffac\ufffbd", "abcd");
	check_line("a\ufe00\ufe0eb\u180b", "ab");
	check_line("\ufdd0\uffff\U0001fffe\U0010ffff", "\ufffd\ufffd\ufffd\ufffd");
	check_line("\u0378", "\ufffd");
	check_line("\U00013430", "");
	check_line("\u0600\u0661", "\u0600\u0661"); /* a format character that is seen */
}

static void
test_joiners(void)
{
	check_line("می\u200cخواهم", "می\u200cخواهم");
	check_line("क्\u200dष क्\u200cष", "क्\u200dष क्\u200cष");
	check_line("pay\u200cpal\u200d", "paypal");
	check_line("ab\u200cخ", "abخ");
	check_line("ی\u200cx", "یx");
	check_line("ی\u200c\u200cx", "یx");
	check_line("\u200c\u200d", "");
}

static void
test_emoji(void)
{
	check_line("👩\u200d💻", "👩💻");
	check_line("❤\ufe0f", "❤");
	check_line("👍🏽 ok", "👍 ok");
	check_line("🏽", "🏽");
	check_line("🇩🇪", "🇩🇪");
	check_line("1\ufe0f\u20e3", "1\u20e3");
	check_line("🏴\U000e0067\U000e0062\U000e007f", "🏴");
}

static void
test_marks(void)
{
	g_autoptr(GString) zalgo = g_string_new("z");
	g_autofree char *out = NULL;

	for (guint i = 0; i < 100; i++)
		g_string_append(zalgo, "\u0301");
	g_string_append(zalgo, "o");
	out = text_clean(zalgo->str, -1, TEXT_LINE);
	g_assert_cmpuint(strlen(out), ==, 1 + 8 * 2 + 1);
	check_line("e\u0301", "e\u0301");
	check_line("\u0301x", "\u25cc\u0301x");
	check_clean(
		TEXT_BLOCK, "a\n\u0301\u0302x\t\u0301", -1, "a\n\u25cc\u0301\u0302x\t\u25cc\u0301");
}

/* Whatever comes in, no byte below 0x20 but what the shape allows, no DEL, no C1. */
static void
test_random(void)
{
	for (guint round = 0; round < 20000; round++) {
		char in[48];
		g_autofree char *out = NULL;
		g_autofree char *again = NULL;

		for (guint i = 0; i < sizeof in; i++)
			in[i] = (char)g_test_rand_int_range(
				g_test_rand_bit() ? 0x80 : 0, g_test_rand_bit() ? 0xc8 : 0x100);
		out = text_clean(in, sizeof in, TEXT_BLOCK);
		g_assert_true(g_utf8_validate(out, -1, NULL));
		for (const char *s = out; *s; s = g_utf8_next_char(s)) {
			gunichar uc = g_utf8_get_char(s);

			g_assert_true(!g_unichar_iscntrl(uc) || uc == '\n' || uc == '\t');
		}
		again = text_clean(out, -1, TEXT_BLOCK);
		g_assert_cmpstr(again, ==, out);
	}
}

static void
check_width(const char *text, guint expect)
{
	const char *s = text;
	guint sum = 0, cells;
	gsize len;

	g_assert_cmpuint(text_width(text, -1), ==, expect);
	while ((len = text_cluster(s, &cells))) {
		g_assert_cmpuint(cells, <=, 2);
		sum += cells;
		s += len;
	}
	g_assert_cmpuint(sum, ==, expect);
	g_assert_cmpint(*s, ==, 0);
}

static void
test_width(void)
{
	check_width("", 0);
	check_width("hello", 5);
	check_width("hello, a longer line of text", 28);
	check_width("Größe", 5);
	check_width("日本語", 6);
	check_width("e\u0301e\u0301", 2);
	check_width("🇩🇪!", 3);
	check_width("👩💻", 4);
	check_width("कि", 2);
	check_width("क्षि", 3);
	check_width("กำ", 2);
	check_width("한", 2);
	check_width("ﷺ", 1);
	check_width("می\u200cخواهم", 7);
	check_width("\u0600", 1);
	check_width("…", 1);
}

static void
check_cluster(const char *text, const char *first, guint expect_cells)
{
	guint cells;

	g_assert_cmpuint(text_cluster(text, &cells), ==, strlen(first));
	g_assert_cmpuint(cells, ==, expect_cells);
}

static void
test_cluster(void)
{
	check_cluster("", "", 0);
	check_cluster("ab", "a", 1);
	check_cluster("e\u0301x", "e\u0301", 1);
	check_cluster("日本", "日", 2);
	check_cluster("🇩🇪🇫🇷", "🇩🇪", 2);
	check_cluster("🇩x", "🇩", 1);
	check_cluster("किx", "कि", 2);
	check_cluster("ᄒ\u1161\u11abx", "ᄒ\u1161\u11ab", 2);
	check_cluster("\x80x", "?", 1); /* not clean, yet safe */
}

static void
check_fit(const char *text, guint cells, const char *expect, guint expect_cells)
{
	guint used;
	gsize len = text_fit(text, cells, &used);

	g_assert_cmpuint(len, ==, strlen(expect));
	g_assert_cmpuint(used, ==, expect_cells);
	g_assert_cmpint(strncmp(text, expect, len), ==, 0);
}

static void
test_fit(void)
{
	check_fit("hello", 10, "hello", 5);
	check_fit("hello", 5, "hello", 5);
	check_fit("hello", 3, "hel", 3);
	check_fit("hello", 0, "", 0);
	check_fit("", 3, "", 0);
	check_fit("hello", G_MAXUINT, "hello", 5);
	check_fit("日本語", 5, "日本", 4);
	check_fit("a日", 2, "a", 1);
	check_fit("日", 1, "", 0);
	check_fit("abe\u0301", 3, "abe\u0301", 3);
	check_fit("abe\u0301", 2, "ab", 2);
	check_fit("ab🇩🇪", 3, "ab", 2);
	check_fit("Größe", 3, "Grö", 3);
}

static void
check_ellipsize(const char *text, guint cells, const char *expect)
{
	g_autofree char *out = text_ellipsize(text, cells);

	g_assert_cmpstr(out, ==, expect);
}

static void
test_ellipsize(void)
{
	check_ellipsize("hello", 5, "hello");
	check_ellipsize("hello!", 5, "hell…");
	check_ellipsize("hello", 1, "…");
	check_ellipsize("hello", 0, "");
	check_ellipsize("", 0, "");
	check_ellipsize("日本語", 4, "日…");
	check_ellipsize("日本語", 6, "日本語");
}

/* EXPECT: the lines, joined by '|'. */
static void
check_wrap(const char *text, guint cells, const char *expect)
{
	g_autoptr(GString) out = g_string_new(NULL);

	while (*text) {
		gsize next;
		gsize len = text_wrap(text, cells, &next);

		g_assert_cmpuint(len, >, 0);
		g_assert_cmpuint(next, >=, len);
		if (out->len)
			g_string_append_c(out, '|');
		g_string_append_len(out, text, (gssize)len);
		text += next;
	}
	g_assert_cmpstr(out->str, ==, expect);
}

static void
test_wrap(void)
{
	gsize next;

	check_wrap("the quick brown fox", 10, "the quick|brown fox");
	check_wrap("the quick brown fox", 9, "the quick|brown fox");
	check_wrap("the quick   brown", 9, "the quick|brown");
	check_wrap("abcdefghij", 4, "abcd|efgh|ij");
	check_wrap("a abcdefghij", 4, "a|abcd|efgh|ij");
	check_wrap("see https://example.org/a-b-c now", 12, "see|https://exam|ple.org/a-b-|c now");
	check_wrap("ends with blanks   ", 40, "ends with blanks   ");
	check_wrap("          ", 4, "    ");
	check_wrap("   abcdef", 5, "   ab|cdef");
	check_wrap("日本語日本語", 5, "日本|語日|本語");
	check_wrap("日本語。日本", 6, "日本|語。日|本"); /* no line begins with a full stop */
	check_wrap("größere wörter — schön", 16, "größere wörter —|schön");
	check_wrap("größere wörter — schön", 15, "größere wörter|— schön");
	check_wrap("größe --long-option", 14, "größe|--long-option");
	check_wrap("10\u00a0km weit", 5, "10\u00a0km|weit");
	check_wrap("日本", 1, "日|本");
	check_wrap("e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301");
	g_assert_cmpuint(text_wrap("", 10, &next), ==, 0);
	g_assert_cmpuint(next, ==, 0);
}

/* One line of eight megabytes is wrapped in time that grows with its length, not with its square: that
 * would take minutes. */
static void
test_wrap_long(void)
{
	gsize size = 8 * 1024 * 1024;
	g_autofree char *text = g_malloc(size + 1);
	const char *s = text;
	guint lines = 0;
	gsize next;

	memset(text, 'a', size);
	text[size] = 0;
	for (; *s; lines++) {
		g_assert_cmpuint(text_wrap(s, 80, &next), <=, 80);
		s += next;
	}
	g_assert_cmpuint(lines, ==, (size + 79) / 80);
}

static void
test_contains(void)
{
	g_assert_true(text_contains("Grace HOPPER", "hopper"));
	g_assert_true(text_contains("anything", ""));
	g_assert_false(text_contains("Grace Hopper", "ada"));
	g_assert_true(text_contains("GRÖSSE", "größe"));
	g_assert_true(text_contains("Zoe\u0301 Garcia", "ZOÉ"));
	g_assert_true(text_contains("ΟΔΟΣ", "οδος"));
	g_assert_true(text_contains("ПРИВЕТ", "привет"));
	g_assert_false(text_contains("", "x"));
	g_assert_true(text_contains("bad \xff byte", "BAD"));
}

static void
test_fold(void)
{
	g_autofree char *a = text_fold("Straße");
	g_autofree char *b = text_fold("STRASSE");
	g_autofree char *c = text_fold("Re: HELLO");
	g_autofree char *d = text_fold("\xff\xc3");

	g_assert_cmpstr(a, ==, b);
	g_assert_cmpstr(c, ==, "re: hello");
	g_assert_true(g_utf8_validate(d, -1, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/clean/plain", test_plain);
	g_test_add_func("/text/clean/escapes-2f", test_escapes);
	g_test_add_func("/text/clean/c1-2f", test_c1);
	g_test_add_func("/text/clean/invalid", test_invalid);
	g_test_add_func("/text/clean/line-ends", test_line_ends);
	g_test_add_func("/text/clean/bidi-2f", test_bidi);
	g_test_add_func("/text/clean/invisible-2f", test_invisible);
	g_test_add_func("/text/clean/joiners", test_joiners);
	g_test_add_func("/text/clean/emoji", test_emoji);
	g_test_add_func("/text/clean/marks", test_marks);
	g_test_add_func("/text/clean/random", test_random);
	g_test_add_func("/text/width", test_width);
	g_test_add_func("/text/cluster", test_cluster);
	g_test_add_func("/text/fit", test_fit);
	g_test_add_func("/text/ellipsize", test_ellipsize);
	g_test_add_func("/text/wrap", test_wrap);
	g_test_add_func("/text/wrap/long", test_wrap_long);
	g_test_add_func("/text/contains", test_contains);
	g_test_add_func("/text/fold", test_fold);
	return g_test_run();
}
