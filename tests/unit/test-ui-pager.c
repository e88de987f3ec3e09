/* The pager: every line of a text comes by once while it is scrolled, whatever the size of the
 * screen, and the place is kept. */
#include "base/text.h"
#include "pager.h"
#include "paint-grid.h"

#include <string.h>

static const PagerLook plain = {.style = STYLE_READER};

static Pager *
pager_of(const char *const *paragraphs)
{
	Pager *pager = pager_new();
	for (; *paragraphs; paragraphs++)
		pager_add(pager, &plain, *paragraphs);
	return pager;
}

/* "line 0" to "line N - 1". */
static Pager *
numbered(guint n)
{
	Pager *pager = pager_new();
	for (guint i = 0; i < n; i++) {
		g_autofree char *text = g_strdup_printf("line %u", i);
		pager_add(pager, &plain, text);
	}
	return pager;
}

static char *
line_of(const Pager *pager, guint rows, guint cols, guint row)
{
	g_autoptr(Paint) paint = paint_grid_new(rows, cols);
	pager_draw(pager, paint, FALSE);
	return paint_grid_line(paint, row);
}

static void
assert_line(const Pager *pager, guint rows, guint cols, guint row, const char *expected)
{
	g_autofree char *line = line_of(pager, rows, cols, row);
	g_assert_cmpstr(line, ==, expected);
}

static void
test_moves(void)
{
	g_autoptr(Pager) pager = numbered(100);
	pager_resize(pager, 10, 40);
	assert_line(pager, 10, 40, 0, " line 0");
	assert_line(pager, 10, 40, 9, " line 9");
	g_assert_false(pager_scroll(pager, -1));
	g_assert_true(pager_scroll(pager, 3));
	assert_line(pager, 10, 40, 0, " line 3");
	g_assert_true(pager_page(pager, 1, 1));
	assert_line(pager, 10, 40, 0, " line 12");
	g_assert_true(pager_page(pager, -1, 2));
	assert_line(pager, 10, 40, 0, " line 7");
	g_assert_false(pager_at_end(pager));
	g_assert_cmpuint(pager_percent(pager), <, 50);
	g_assert_true(pager_end(pager));
	assert_line(pager, 10, 40, 0, " line 90");
	assert_line(pager, 10, 40, 9, " line 99");
	g_assert_true(pager_at_end(pager));
	g_assert_cmpuint(pager_percent(pager), ==, 100);
	g_assert_false(pager_scroll(pager, 1));
	g_assert_false(pager_page(pager, 1, 1));
	g_assert_true(pager_home(pager));
	assert_line(pager, 10, 40, 0, " line 0");
}

static void
test_empty(void)
{
	g_autoptr(Pager) pager = pager_new();
	pager_resize(pager, 5, 20);
	assert_line(pager, 5, 20, 0, "");
	g_assert_false(pager_scroll(pager, 1));
	g_assert_false(pager_end(pager));
	g_assert_true(pager_at_end(pager));
	g_assert_cmpint(pager_search(pager, "x", 1), ==, PAGER_NOT_FOUND);
	pager_resize(pager, 0, 0);
	g_assert_false(pager_end(pager));
}

static void
test_looks(void)
{
	g_autoptr(Pager) pager = pager_new();
	g_autoptr(Paint) paint = paint_grid_new(8, 30);
	PagerLook field = {
		.style = STYLE_READER_VALUE, .lead_style = STYLE_READER_FIELD, .lead = "To  "};
	PagerLook quote = {.style = STYLE_READER_QUOTE2, .quote = 2};
	PagerLook fixed = {.style = STYLE_READER, .fixed = TRUE};
	pager_resize(pager, 8, 30);
	pager_add(pager, &field, "Ada Lovelace and Grace Hopper");
	pager_add(pager, &quote, "quoted text that is wrapped");
	pager_add(pager, &fixed, "0123456789 0123456789 0123456789");
	pager_draw(pager, paint, FALSE);
	static const char *const lines[] = {" To  Ada Lovelace and Grace", "     Hopper",
		" | | quoted text that is", " | | wrapped", " 0123456789 0123456789 012345",
		" 6789", "", ""};
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *line = paint_grid_line(paint, i);
		g_assert_cmpstr(line, ==, lines[i]);
	}
	g_assert_cmpint(paint_grid_style(paint, 0, 1), ==, STYLE_READER_FIELD);
	g_assert_cmpint(paint_grid_style(paint, 0, 5), ==, STYLE_READER_VALUE);
	g_assert_cmpint(paint_grid_style(paint, 2, 1), ==, STYLE_READER_QUOTE1);
	g_assert_cmpint(paint_grid_style(paint, 2, 3), ==, STYLE_READER_QUOTE2);
	g_assert_cmpint(paint_grid_style(paint, 3, 5), ==, STYLE_READER_QUOTE2);
}

static char *
random_paragraph(void)
{
	static const char *const pieces[] = {
		"word", "日本語", "é", " ", " ", "a", "https://example.org/a-b", "\t", "한국", "-"};
	GString *text = g_string_new(NULL);
	for (gint n = g_test_rand_int_range(0, 50); n > 0; n--)
		g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
	return g_string_free(text, FALSE);
}

static void
append_without_blanks(GString *out, const char *text)
{
	for (; *text; text++) {
		if (*text != ' ' && *text != '\t')
			g_string_append_c(out, *text);
	}
}

/* Scrolls from the beginning to the end by lines: what the first line showed, and then the last
 * screen, is the text and nothing else. */
static void
test_every_byte_once(void)
{
	for (guint round = 0; round < 60; round++) {
		g_autoptr(Pager) pager = pager_new();
		g_autoptr(GString) expected = g_string_new(NULL), shown = g_string_new(NULL);
		guint rows = (guint)g_test_rand_int_range(1, 12);
		guint cols = (guint)g_test_rand_int_range(2, 120);
		pager_resize(pager, rows, cols);
		for (guint i = 0; i < 12; i++) {
			g_autofree char *text = random_paragraph();
			PagerLook look = {.style = STYLE_READER, .fixed = i % 3 == 0};
			pager_add(pager, &look, text);
			append_without_blanks(expected, text);
		}
		do {
			g_autofree char *line = line_of(pager, rows, cols, 0);
			append_without_blanks(shown, line);
		} while (pager_scroll(pager, 1));
		for (guint row = 1; row < rows; row++) {
			g_autofree char *line = line_of(pager, rows, cols, row);
			append_without_blanks(shown, line);
		}
		g_assert_cmpstr(shown->str, ==, expected->str);
	}
}

static void
test_place_is_kept(void)
{
	g_autoptr(Pager) pager = pager_new();
	for (guint i = 0; i < 40; i++) {
		g_autofree char *text = g_strdup_printf(
			"%02u one two three four five six seven eight nine ten eleven twelve", i);
		pager_add(pager, &plain, text);
	}
	pager_resize(pager, 10, 90);
	g_assert_true(pager_scroll(pager, 20));
	assert_line(pager, 10, 90, 0,
		" 20 one two three four five six seven eight nine ten eleven twelve");
	for (guint cols = 90; cols >= 22; cols--) {
		pager_resize(pager, 10, cols);
		g_autofree char *line = line_of(pager, 10, cols, 0);
		g_assert_true(g_str_has_prefix(line, " 20 one two"));
	}
	pager_resize(pager, 10, 90);
	assert_line(pager, 10, 90, 0,
		" 20 one two three four five six seven eight nine ten eleven twelve");
	/* Where there is no more text below, the screen is full all the same. */
	pager_resize(pager, 30, 90);
	assert_line(pager, 30, 90, 29,
		" 39 one two three four five six seven eight nine ten eleven twelve");
}

/* The text is made anew with something before it: what was at the top is there again. */
static void
test_line_is_kept(void)
{
	g_autoptr(Pager) pager = pager_new();
	pager_resize(pager, 3, 40);
	for (guint round = 0; round < 2; round++) {
		pager_clear(pager);
		for (guint i = 0; i < 4 + round * 7; i++)
			pager_add(pager, &plain, "head");
		g_assert_cmpuint(pager_line(pager), ==, 0);
		for (guint i = 1; i < 40; i++) {
			g_autofree char *text = g_strdup_printf("line %u", i);
			PagerLook look = {.style = STYLE_READER, .line = i};
			pager_add(pager, &look, text);
		}
		pager_show_line(pager, 17);
		assert_line(pager, 3, 40, 0, " line 17");
		g_assert_cmpuint(pager_line(pager), ==, 17);
		pager_show_line(pager, 0);
		assert_line(pager, 3, 40, 0, " head");
	}
}

/* One line of a megabyte is taken in pieces and loses nothing. */
static void
test_long_paragraph(void)
{
	g_autofree char *text = g_malloc(1000001);
	g_autoptr(Pager) pager = pager_new();
	gsize shown = 0;
	for (gsize i = 0; i < 1000000; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[1000000] = '\0';
	pager_resize(pager, 50, 80);
	pager_add(pager, &(PagerLook){.style = STYLE_READER, .fixed = TRUE}, text);
	do {
		g_autoptr(Paint) paint = paint_grid_new(50, 80);
		pager_draw(pager, paint, FALSE);
		g_autofree char *line = paint_grid_line(paint, 49);
		g_assert_null(strstr(line, "\xef\xbf\xbd"));
		shown += strlen(line);
	} while (pager_scroll(pager, 50));
	g_assert_cmpuint(shown, >, 15000);
	g_assert_true(pager_at_end(pager));
}

static void
test_search(void)
{
	static const char *const paragraphs[] = {"one", "two needle", "three", "four", "five",
		"six NEEDLE and needle", "seven", "eight", NULL};
	g_autoptr(Pager) pager = pager_of(paragraphs);
	g_autoptr(Paint) paint = paint_grid_new(2, 40);
	guint row, col;
	pager_resize(pager, 2, 40);
	g_assert_cmpint(pager_search(pager, "needle", 1), ==, PAGER_FOUND);
	assert_line(pager, 2, 40, 0, " one"); /* it was in view */
	g_assert_cmpint(pager_search(pager, "needle", 1), ==, PAGER_FOUND);
	assert_line(pager, 2, 40, 0, " six NEEDLE and needle");
	pager_draw(pager, paint, TRUE);
	g_assert_cmpint(paint_grid_style(paint, 0, 4), ==, STYLE_READER);
	g_assert_cmpint(paint_grid_style(paint, 0, 5), ==, STYLE_READER_MATCH);
	g_assert_cmpint(paint_grid_style(paint, 0, 10), ==, STYLE_READER_MATCH);
	g_assert_cmpint(paint_grid_style(paint, 0, 11), ==, STYLE_READER);
	g_assert_cmpint(paint_grid_style(paint, 0, 16), ==, STYLE_READER_MATCH);
	g_assert_true(paint_grid_cursor(paint, &row, &col));
	g_assert_cmpuint(row, ==, 0);
	g_assert_true(pager_hit(pager, &row, &col));
	g_assert_cmpuint(row, ==, 2);
	g_assert_cmpuint(col, ==, 3);
	g_assert_cmpint(pager_search(pager, "needle", 1), ==, PAGER_FOUND); /* in the same line */
	assert_line(pager, 2, 40, 0, " six NEEDLE and needle");
	g_assert_true(pager_hit(pager, &row, &col));
	g_assert_cmpuint(row, ==, 3);
	g_assert_cmpint(pager_search(pager, "needle", 1), ==, PAGER_FOUND); /* round the end */
	assert_line(pager, 2, 40, 0, " two needle");
	g_assert_cmpint(pager_search(pager, "needle", -1), ==, PAGER_FOUND);
	assert_line(pager, 2, 40, 0, " six NEEDLE and needle");
	g_assert_cmpint(pager_search(pager, "needle", -1), ==, PAGER_FOUND);
	g_assert_true(pager_hit(pager, &row, &col));
	g_assert_cmpuint(row, ==, 2);
	g_assert_cmpint(pager_search(pager, "haystack", 1), ==, PAGER_NOT_FOUND);
	g_assert_false(pager_hit(pager, &row, &col));
	g_assert_cmpint(pager_search(pager, "", 1), ==, PAGER_NOT_FOUND);
	g_autoptr(Paint) after = paint_grid_new(2, 40);
	pager_draw(pager, after, TRUE);
	g_assert_cmpint(paint_grid_style(after, 0, 5), ==, STYLE_READER);
}

static void
test_search_in_slices(void)
{
	g_autoptr(Pager) pager = numbered(50000);
	PagerAnswer answer;
	guint slices = 0, hit, count;
	pager_resize(pager, 10, 40);
	answer = pager_search(pager, "line 49999", 1);
	for (; answer == PAGER_SEARCHING; slices++)
		answer = pager_search_more(pager);
	g_assert_cmpint(answer, ==, PAGER_FOUND);
	g_assert_cmpuint(slices, >, 2);
	/* The answer is here before all is counted. */
	g_assert_cmpint(pager_search(pager, "line 77", 1), ==, PAGER_SEARCHING);
	while (pager_search_more(pager) == PAGER_SEARCHING)
		;
	g_assert_true(pager_home(pager));
	g_assert_cmpint(pager_search(pager, "line 7", 1), ==, PAGER_FOUND);
	g_assert_true(pager_is_searching(pager));
	g_assert_false(pager_hit(pager, &hit, &count));
	while (pager_is_searching(pager))
		g_assert_cmpint(pager_search_more(pager), ==, PAGER_FOUND);
	g_assert_true(pager_hit(pager, &hit, &count));
	g_assert_cmpuint(hit, ==, 1);
	g_assert_cmpuint(count, ==, 1111);
	g_assert_true(pager_end(pager));
	assert_line(pager, 10, 40, 9, " line 49999");
	answer = pager_search(pager, "line 50000", 1);
	while (answer == PAGER_SEARCHING)
		answer = pager_search_more(pager);
	g_assert_cmpint(answer, ==, PAGER_NOT_FOUND);
	assert_line(pager, 10, 40, 9, " line 49999");
}

/* Any size is drawn, also one that has no room for the indent. */
static void
test_any_size(void)
{
	g_autoptr(Pager) pager = pager_new();
	PagerLook look = {.style = STYLE_READER, .lead = "A name that is long  ", .quote = 40};
	pager_add(pager, &look, "日本 text");
	for (guint rows = 0; rows < 6; rows++) {
		for (guint cols = 0; cols < 60; cols++) {
			g_autoptr(Paint) paint = paint_grid_new(rows, cols);
			pager_resize(pager, rows, cols);
			pager_draw(pager, paint, rows > 0 && cols > 0);
			(void)pager_end(pager);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pager/moves", test_moves);
	g_test_add_func("/pager/empty", test_empty);
	g_test_add_func("/pager/looks", test_looks);
	g_test_add_func("/pager/every-byte-once", test_every_byte_once);
	g_test_add_func("/pager/place-is-kept", test_place_is_kept);
	g_test_add_func("/pager/line-is-kept", test_line_is_kept);
	g_test_add_func("/pager/long-paragraph", test_long_paragraph);
	g_test_add_func("/pager/search", test_search);
	g_test_add_func("/pager/search-in-slices", test_search_in_slices);
	g_test_add_func("/pager/any-size", test_any_size);
	return g_test_run();
}
