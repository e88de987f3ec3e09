/* Rows of the list: columns that give way to the subject, and what a row looks like. */
#include "paint-grid.h"
#include "row.h"

/* 2024-05-15 12:00 UTC, a Wednesday */
#define NOW 1715774400

static void
check_columns(guint cols)
{
	RowColumns c;
	row_columns(cols, &c);
	guint at = c.signs;
	g_assert_cmpuint(c.signs, <=, cols);
	if (c.from > 0) {
		g_assert_cmpuint(c.from_at, >=, at);
		at = c.from_at + c.from + 1;
	}
	g_assert_cmpuint(c.subject_at, >=, at);
	at = c.subject_at + c.subject;
	if (c.attachment > 0) {
		g_assert_cmpuint(c.attachment_at, >, at);
		at = c.attachment_at + c.attachment;
	}
	if (c.size > 0) {
		g_assert_cmpuint(c.size_at, >, at);
		at = c.size_at + c.size;
	}
	if (c.date > 0) {
		g_assert_cmpuint(c.date_at, >, at);
		at = c.date_at + c.date;
	}
	g_assert_cmpuint(at, <=, cols);
	/* The subject is the widest column wherever there is room for a second one. */
	if (cols >= 40)
		g_assert_cmpuint(c.subject, >=, MAX(c.from, 20));
}

static void
test_columns(void)
{
	RowColumns c;
	for (guint cols = 0; cols < 400; cols++)
		check_columns(cols);
	row_columns(40, &c);
	g_assert_cmpuint(c.date, ==, 0);
	row_columns(61, &c); /* beside the folders at 80 */
	g_assert_cmpuint(c.date, ==, 7);
	g_assert_cmpuint(c.size, ==, 0);
	row_columns(93, &c); /* at 120 */
	g_assert_cmpuint(c.date, ==, 10);
	g_assert_cmpuint(c.size, ==, 6);
}

static void
assert_row(guint cols, const EngineRow *row, const RowLook *look, const char *expected)
{
	g_autoptr(Paint) paint = paint_grid_new(1, cols);
	RowColumns columns;
	row_columns(cols, &columns);
	row_draw(paint, 0, &columns, row, look, NOW);
	g_autofree char *line = paint_grid_line(paint, 0);
	g_assert_cmpstr(line, ==, expected);
}

static void
test_draw(void)
{
	const RowLook none = {0}, marked = {.marked = TRUE};
	EngineRow row = {.uid = 7,
		.from = "Grace Hopper",
		.subject = "The build is green again",
		.date = NOW - 3 * 3600,
		.size = 12345,
		.flags = FLAG_FLAGGED,
		.attachment = TRUE};
	assert_row(40, &row, &none, " ! Grace Hopp…  The build is green aga…");
	assert_row(61, &row, &none, " *! Grace Hopper     The build is green again      @   09:00");
	assert_row(93, &row, &none,
		" *! Grace Hopper          The build is green again                      @  12 kB  "
		"     09:00");
	row.flags = FLAG_SEEN | FLAG_ANSWERED;
	row.pending = TRUE;
	row.attachment = FALSE;
	row.date = NOW - 24 * 3600;
	assert_row(
		61, &row, &marked, ">r  Grace Hopper     The build is green again            Tue.");
	row.subject = "";
	row.flags = FLAG_SEEN | FLAG_DELETED;
	row.pending = FALSE;
	assert_row(61, &row, &none, " D  Grace Hopper     (no subject)                        Tue");
}

static void
test_tags(void)
{
	const RowLook none = {0};
	EngineRow row = {.uid = 7,
		.from = "Grace Hopper",
		.subject = "The build is green",
		.date = NOW - 3 * 3600,
		.flags = FLAG_SEEN,
		.keywords = "$Label1 NonJunk todo urgent"};
	assert_row(93, &row, &none,
		"    Grace Hopper          The build is green              todo urgent            "
		"      09:00");
	/* They give way to the subject. */
	assert_row(61, &row, &none, "    Grace Hopper     The build is green                09:00");
	row.keywords = "todo";
	assert_row(61, &row, &none, "    Grace Hopper     The build is green     todo       09:00");
}

static void
test_placeholder(void)
{
	EngineRow row = {0};
	assert_row(61, &row, &(RowLook){0}, "    - - -            - - -");
}

static void
test_styles(void)
{
	g_autoptr(Paint) paint = paint_grid_new(2, 61);
	EngineRow row = {.uid = 1, .from = "a", .subject = "b", .date = NOW};
	RowColumns c;
	row_columns(61, &c);
	row_draw(paint, 0, &c, &row, &(RowLook){.cursor = TRUE, .focused = TRUE}, NOW);
	g_assert_cmpint(paint_grid_style(paint, 0, c.subject_at), ==, STYLE_LIST_UNREAD);
	g_assert_cmpint(paint_grid_style(paint, 0, c.from_at), ==, STYLE_LIST_UNREAD_FROM);
	for (guint col = 0; col < 61; col++)
		g_assert_cmpint(paint_grid_band(paint, 0, col), ==, STYLE_LIST_CURSOR);
	row.flags = FLAG_SEEN;
	row_draw(paint, 1, &c, &row, &(RowLook){.match = TRUE, .marked = TRUE}, NOW);
	g_assert_cmpint(paint_grid_style(paint, 1, c.subject_at), ==, STYLE_LIST_MATCH);
	g_assert_cmpint(paint_grid_style(paint, 1, c.from_at), ==, STYLE_LIST_FROM);
	g_assert_cmpint(paint_grid_band(paint, 1, 30), ==, STYLE_LIST_MARK);
}

/* No text moves what stands beside it. */
static void
test_hostile(void)
{
	EngineRow row = {.uid = 1,
		.from = "\x1b["
			"31m\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa"
			"\x9e"
			"\xe6\x97\xa5\xe6\x9c\xac",
		.subject = "\r\n\x07\xff\xe2\x80\xae"
			   "evil\xcc\x81\xcc\x81",
		.flags = FLAG_SEEN,
		.date = G_MAXINT64,
		.size = G_MAXUINT64};
	for (guint cols = 1; cols < 200; cols++) {
		g_autoptr(Paint) paint = paint_grid_new(1, cols);
		RowColumns c;
		row_columns(cols, &c);
		row_draw(paint, 0, &c, &row, &(RowLook){0}, NOW);
		g_autofree char *line = paint_grid_line(paint, 0);
		for (const char *at = line; *at; at++)
			g_assert_false(g_ascii_iscntrl(*at));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_setenv("TZ", "UTC", TRUE);
	g_test_add_func("/row/columns", test_columns);
	g_test_add_func("/row/draw", test_draw);
	g_test_add_func("/row/tags", test_tags);
	g_test_add_func("/row/placeholder", test_placeholder);
	g_test_add_func("/row/styles", test_styles);
	g_test_add_func("/row/hostile", test_hostile);
	return g_test_run();
}
