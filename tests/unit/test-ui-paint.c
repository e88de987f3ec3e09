/* The gate to the screen: whatever a text holds, what stands beside it stays where it is, and no
 * control reaches a cell. Curses draws to memory; no terminal is needed. */
#include "paint.h"
#include "term.h"

#include <glib.h>
#include <locale.h>
#include <string.h>

typedef struct {
	Term *term;
	Theme *theme;
	PaintScreen *screen;
	Paint *paint;
} Fixture;

static void
never(void)
{
	g_assert_not_reached();
}

static void
setup(Fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	TermSetup how = {.no_tty = TRUE,
		.rows = 5,
		.cols = 40,
		.input = (void (*)(const InputEvent *, gpointer))never,
		.gone = (void (*)(const char *, gpointer))never};
	f->term = term_new(&how, &error);
	g_assert_no_error(error);
	f->theme = theme_load("dusk", &error);
	g_assert_no_error(error);
	f->screen = paint_screen_new(f->theme, term_colors(f->term));
	f->paint = paint_new(f->screen, 1, 2, 3, 30);
}

static void
teardown(Fixture *f, gconstpointer data)
{
	g_free(f->paint);
	paint_screen_free(f->screen);
	theme_free(f->theme);
	term_free(f->term);
}

static char *
line_of(Fixture *f, guint row)
{
	paint_screen_end(f->screen);
	term_flush(f->term);
	g_autofree char *text = paint_screen_text(f->screen);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 6);
	return g_strdup(lines[row]);
}

static void
test_placing(Fixture *f, gconstpointer data)
{
	paint_text(f->paint, 0, 0, 8, STYLE_LIST, "left");
	paint_right(f->paint, 0, 8, 8, STYLE_LIST, "right");
	paint_text(f->paint, 0, 16, 8, STYLE_LIST, "far too long");
	g_autofree char *line = line_of(f, 1);
	g_assert_cmpstr(line, ==, "  left       rightfar too…");
}

/* Nothing is painted outside the rectangle. */
static void
test_clipping(Fixture *f, gconstpointer data)
{
	paint_text(f->paint, 3, 0, 10, STYLE_LIST, "below");
	paint_text(f->paint, 0, 30, 10, STYLE_LIST, "right");
	paint_text(f->paint, 0, 25, G_MAXUINT, STYLE_LIST, "0123456789");
	paint_text(f->paint, G_MAXUINT, G_MAXUINT, G_MAXUINT, STYLE_LIST, "x");
	g_autofree char *line = line_of(f, 1);
	g_autofree char *below = line_of(f, 4);
	g_assert_cmpstr(line, ==, "                           0123…");
	g_assert_cmpstr(below, ==, "");
}

static const char *const hostile[] = {
	"\033[2J\033[1;1Hgone",
	"\033]0;title\007",
	"\x9b"
	"31m",
	"\xc2\x9b"
	"31m",
	"line\r\nbreak\ttab\bback",
	"\xe2\x80\xae"
	"txt.exe",
	"\xff\xfe\x80",
	"H\xcc\xb5\xcd\x81\xcc\x82\xcd\x90\xcc\xbe\xcc\x9b\xcc\x9a\xcd\x91\xcd\x8c\xcc\x8ci",
	"\xcc\x81 alone",
	"👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ 1️⃣",
	"会議の議事録について",
	"한국어 다음 주",
	"ไทย ประชุมประจำปี",
	"नमस्ते दुनिया",
	"עברית مرحبا",
	"\xf3\xa0\x81\x81 tag \xe2\x80\x8b zero",
};

/* The cell after the text's column holds what was put there, for every text and width. */
static void
test_hostile(Fixture *f, gconstpointer data)
{
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		for (guint cells = 0; cells < 24; cells++) {
			paint_text(f->paint, 0, cells, 1, STYLE_LIST, "|");
			paint_text(f->paint, 0, cells + 1, 29, STYLE_LIST, "end");
			paint_text(f->paint, 0, 0, cells, STYLE_LIST_UNREAD, hostile[i]);
			paint_text(f->paint, 1, 0, 30, STYLE_LIST, "");
			g_autofree char *line = line_of(f, 1);
			g_assert_true(g_utf8_validate(line, -1, NULL));
			g_assert_true(g_str_has_suffix(line, "|end"));
			for (const char *c = line; *c != '\0'; c = g_utf8_next_char(c))
				g_assert_false(g_unichar_iscntrl(g_utf8_get_char(c)));
			g_assert_null(strstr(line, "\xe2\x80\xae"));
		}
	}
}

/* Pieces say what they took, so that what follows them can be placed. */
static void
test_pieces(Fixture *f, gconstpointer data)
{
	guint at = paint_piece(f->paint, 0, 0, 30, STYLE_LIST, "会議");
	g_assert_cmpuint(at, ==, 4);
	at += paint_pieces(f->paint, 0, at, 30 - at, STYLE_LIST, "<%d>", 12);
	g_assert_cmpuint(at, ==, 8);
	g_assert_cmpuint(paint_piece(f->paint, 0, at, 3, STYLE_LIST, "議事録"), <=, 3);
	g_assert_cmpuint(paint_piece(f->paint, 0, 30, 5, STYLE_LIST, "x"), ==, 0);
	g_assert_cmpuint(paint_piece(f->paint, 0, 0, 5, STYLE_LIST, NULL), ==, 0);
}

/* Painting the same again sends next to nothing. */
static void
test_bytes(Fixture *f, gconstpointer data)
{
	for (guint row = 0; row < 3; row++)
		paint_text(f->paint, row, 0, 30, STYLE_LIST, "some text in a row");
	g_autofree char *first = line_of(f, 1);
	guint64 before = term_bytes_sent(f->term);
	for (guint row = 0; row < 3; row++)
		paint_text(f->paint, row, 0, 30, STYLE_LIST, "some text in a row");
	g_autofree char *again = line_of(f, 1);
	g_assert_cmpstr(first, ==, again);
	g_assert_cmpuint(term_bytes_sent(f->term) - before, <, 20);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		g_error("this test needs the locale C.UTF-8");
#define ADD(name, func) g_test_add("/paint/" name, Fixture, NULL, setup, func, teardown)
	ADD("placing", test_placing);
	ADD("clipping", test_clipping);
	ADD("hostile", test_hostile);
	ADD("pieces", test_pieces);
	ADD("bytes", test_bytes);
#undef ADD
	return g_test_run();
}
