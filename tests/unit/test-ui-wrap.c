/* Wrapping: every byte of a text is in exactly one row, and no row is wider than the screen. */
#include "wrap.h"

#include "base/text.h"

#include <string.h>

static GArray *
rows_of(const char *text, guint cells, gboolean fixed)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	wrap_rows(text, cells, fixed, rows);
	return rows;
}

static void
assert_rows(const char *text, guint cells, gboolean fixed, const char *expected)
{
	g_autoptr(GArray) rows = rows_of(text, cells, fixed);
	g_autoptr(GString) got = g_string_new(NULL);
	for (guint i = 0; i < rows->len; i++) {
		WrapSpan row = g_array_index(rows, WrapSpan, i);
		g_string_append_printf(got, "%.*s|", (int)row.len, text + row.start);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

static void
test_rows(void)
{
	assert_rows("", 10, FALSE, "|");
	assert_rows("one", 10, FALSE, "one|");
	assert_rows("one two three", 7, FALSE, "one two|three|");
	assert_rows("one two three", 5, FALSE, "one|two|three|");
	assert_rows("abcdefghij", 4, FALSE, "abcd|efgh|ij|");
	assert_rows("one two three", 5, TRUE, "one t|wo th|ree|");
	assert_rows("日本語", 4, TRUE, "日本|語|");
	assert_rows("日本語", 1, TRUE, "日|本|語|");
	assert_rows("", 1, TRUE, "|");
}

static void
test_prepare(void)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {{"a\tb", "a       b"}, {"\tb", "        b"}, {"1234567\tb", "1234567 b"},
		{"12345678\tb", "12345678        b"}, {"日\tb", "日      b"}, {"a\nb", "a b"},
		{"a\033[2Jb", "a^[[2Jb"}};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = wrap_prepare(cases[i].bytes, strlen(cases[i].bytes));
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

static char *
random_text(void)
{
	static const char *const pieces[] = {"a", "word", " ", "  ", "\t", "日本", "é", "e\xcc\x81",
		"👩‍🌾", "-", "https://example.org/", "ى", "\x1b", "\xff", "क्ष", "한", "…"};
	GString *text = g_string_new(NULL);
	for (gint n = g_test_rand_int_range(0, 60); n > 0; n--)
		g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
	return g_string_free(text, FALSE);
}

/* Rows follow each other with nothing but blanks between, and those only where words part. */
static void
check_rows(const char *text, guint cells, gboolean fixed)
{
	g_autoptr(GArray) rows = rows_of(text, cells, fixed);
	gsize at = 0;
	g_assert_cmpuint(rows->len, >, 0);
	for (guint i = 0; i < rows->len; i++) {
		WrapSpan row = g_array_index(rows, WrapSpan, i);
		g_assert_cmpuint(row.start, >=, at);
		for (; at < row.start; at++) {
			g_assert_false(fixed);
			g_assert_cmpint(text[at], ==, ' ');
		}
		at += row.len;
		g_assert_cmpuint(text_width(text + row.start, (gssize)row.len), <=, MAX(cells, 2));
	}
	g_assert_cmpuint(at + strspn(text + at, fixed ? "" : " "), ==, strlen(text));
}

static void
test_every_byte_once(void)
{
	for (guint i = 0; i < 3000; i++) {
		g_autofree char *bytes = random_text();
		g_autofree char *text = wrap_prepare(bytes, strlen(bytes));
		check_rows(text, (guint)g_test_rand_int_range(1, 90), i % 2);
	}
}

static void
assert_matches(const char *text, const char *needle, const char *expected)
{
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	g_autoptr(GString) got = g_string_new(NULL);
	g_autofree char *folded = text_fold(needle);
	wrap_matches(text, folded, spans);
	for (guint i = 0; i < spans->len; i++) {
		WrapSpan span = g_array_index(spans, WrapSpan, i);
		g_string_append_printf(got, "%zu+%zu ", span.start, span.len);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

static void
test_matches(void)
{
	assert_matches("Ada and ADA", "ada", "0+3 8+3 ");
	assert_matches("aaaa", "aa", "0+2 2+2 ");
	assert_matches("nothing", "else", "");
	assert_matches("ab", "abc", "");
	assert_matches("GRÖSSE größe", "größe", "0+7 8+7 ");
	assert_matches("caf\x65\xcc\x81!", "café", "0+6 ");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wrap/rows", test_rows);
	g_test_add_func("/wrap/prepare", test_prepare);
	g_test_add_func("/wrap/every-byte-once", test_every_byte_once);
	g_test_add_func("/wrap/matches", test_matches);
	return g_test_run();
}
