/* What a terminal says that it can draw, and how a picture gets there beside everything else. */
#include "graphics.h"
#include "input.h"
#include "outbox.h"

#include <glib.h>
#include <string.h>

/* ---- answers ---- */

/* As the bytes come: all at once, or cut at CUT. */
static guint
hear(Graphics *graphics, const char *bytes, gsize cut)
{
	g_autoptr(Input) input = input_new();
	InputEvent event;
	guint done = 0;
	gsize len = strlen(bytes);
	for (gsize at = 0; at < len; at = at < cut ? cut : len) {
		input_feed(input, bytes + at, at < cut ? cut : len - at);
		while (input_next(input, &event)) {
			g_assert_cmpint(event.kind, ==, INPUT_ANSWER);
			done += graphics_hear(graphics, event.text);
		}
	}
	return done;
}

static void
test_answers(void)
{
	static const struct {
		const char *bytes;
		PixelsKind kind;
	} cases[] = {
		{"\033[?62;4;22c", PIXELS_SIXEL},
		{"\033[?63;1;2;3;4c", PIXELS_SIXEL},
		{"\033[?4c", PIXELS_NONE}, /* its level */
		{"\033[?62;14;40;44c", PIXELS_NONE},
		{"\033[?1;2c", PIXELS_NONE},
		{"\033[?6c", PIXELS_NONE},
		{"\033_Gi=31;OK\033\\\033[?62c", PIXELS_KITTY},
		{"\033_Gi=31;OK\033\\\033[?62;4c", PIXELS_KITTY},
		{"\033_Gi=31;ENOTSUPPORTED: no\033\\\033[?62;4c", PIXELS_SIXEL},
		{"\033_Gi=32;OK\033\\\033[?62;c", PIXELS_NONE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *bytes = g_strconcat("\033[6;20;10t", cases[i].bytes, NULL);
		for (gsize cut = 0; cut < strlen(bytes); cut++) {
			Graphics graphics = {0};
			g_assert_cmpuint(hear(&graphics, bytes, cut), ==, 1);
			PixelsMeans means = graphics_means(&graphics, "auto", FALSE);
			g_assert_cmpint(means.kind, ==, cases[i].kind);
			g_assert_cmpuint(means.cell_width, ==, 10);
			g_assert_cmpuint(means.cell_height, ==, 20);
		}
	}
}

static void
test_sizes(void)
{
	static const char *const none[] = {"\033[6;0;10t", "\033[6;20;0t", "\033[6;20t", "\033[6t",
		"\033[6;20;10;1t", "\033[6;99999;10t", "\033[6;99999999999999999999;10t",
		"\033[4;480;800t", "\033[8;24;80t", "\033[6;20:10t"};
	for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
		Graphics graphics = {.answered = TRUE, .sixel = TRUE};
		g_assert_cmpuint(hear(&graphics, none[i], 0), ==, 0);
		g_assert_cmpuint(graphics.cell_width, ==, 0);
		g_assert_cmpint(graphics_means(&graphics, "auto", FALSE).kind, ==, PIXELS_NONE);
		g_assert_cmpint(graphics_means(&graphics, "sixel", FALSE).kind, ==, PIXELS_NONE);
	}
	Graphics later = {.answered = TRUE};
	g_assert_cmpuint(hear(&later, "\033[6;32;16t", 0), ==, 1);
}

static void
test_modes(void)
{
	const Graphics both = {TRUE, TRUE, TRUE, 10, 20}, waiting = {FALSE, FALSE, TRUE, 10, 20};
	static const struct {
		const char *mode;
		gboolean inside;
		PixelsKind both, waiting;
	} cases[] = {{"auto", FALSE, PIXELS_KITTY, PIXELS_NONE},
		{"auto", TRUE, PIXELS_NONE, PIXELS_NONE},
		{"cells", FALSE, PIXELS_NONE, PIXELS_NONE},
		{"sixel", TRUE, PIXELS_SIXEL, PIXELS_SIXEL},
		{"kitty", FALSE, PIXELS_KITTY, PIXELS_KITTY}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		PixelsMeans now = graphics_means(&both, cases[i].mode, cases[i].inside);
		PixelsMeans early = graphics_means(&waiting, cases[i].mode, cases[i].inside);
		g_assert_cmpint(now.kind, ==, cases[i].both);
		g_assert_cmpint(early.kind, ==, cases[i].waiting);
	}
}

/* ---- the way out ---- */

static Pixels *
make_pixels(gsize len)
{
	Pixels *pixels = g_atomic_rc_box_new0(Pixels);
	*pixels = (Pixels){1, 1, g_bytes_new_take(g_strnfill(len, '.'), len), "<stop>", ""};
	return pixels;
}

/* What is sent, by ROOM bytes at most each time, up to MOST in all; long runs of the picture as one dot. */
static char *
drain(Outbox *outbox, gsize room, gsize most)
{
	GString *out = g_string_new(NULL);
	const char *bytes;
	gsize len;
	while (most > 0 && (bytes = outbox_next(outbox, &len)) != NULL) {
		len = MIN(MIN(len, room), most);
		for (gsize i = 0; i < len; i++) {
			if (bytes[i] != '.' || out->len == 0 || out->str[out->len - 1] != '.')
				g_string_append_c(out, bytes[i]);
		}
		outbox_sent(outbox, len);
		most -= len;
	}
	return g_string_free(out, FALSE);
}

static void
add(Outbox *outbox, const char *text)
{
	outbox_add(outbox, text, strlen(text));
}

static void
expect(Outbox *outbox, gsize most, const char *wanted)
{
	g_autofree char *sent = drain(outbox, 1000, most);
	g_assert_cmpstr(sent, ==, wanted);
	g_assert_true(most < G_MAXSIZE || outbox_is_empty(outbox));
}

static void
test_order(void)
{
	static const gsize rooms[] = {1, 7, 16384, 1000000};
	for (gsize i = 0; i < G_N_ELEMENTS(rooms); i++) {
		g_autoptr(Outbox) outbox = outbox_new();
		g_autoptr(Pixels) pixels = make_pixels(50000);
		outbox_show(outbox, pixels, "<at>", "<back>");
		add(outbox, "one");
		add(outbox, "two");
		g_assert_cmpuint(outbox_waiting(outbox), ==, 6);
		g_autofree char *sent = drain(outbox, rooms[i], G_MAXSIZE);
		g_assert_cmpstr(sent, ==, "onetwo<at>.<back>");
		g_assert_true(outbox_is_empty(outbox));
		add(outbox, "three");
		outbox_show(outbox, pixels, "<at>", "<back again>");
		expect(outbox, G_MAXSIZE, "three"); /* it is there already */
		outbox_show(outbox, pixels, "<elsewhere>", "<back>");
		expect(outbox, G_MAXSIZE, "<elsewhere>.<back>");
		outbox_show(outbox, NULL, NULL, NULL);
		expect(outbox, G_MAXSIZE, "");
	}
}

/* Wherever it was: what is added goes before the rest, which begins anew. */
static void
test_cut(void)
{
	g_autoptr(Pixels) pixels = make_pixels(40000);
	for (gsize most = 1; most < 40000 + 10; most += most < 10 ? 1 : 999) {
		g_autoptr(Outbox) outbox = outbox_new();
		outbox_show(outbox, pixels, "<at>", "<back>");
		g_free(drain(outbox, 1000, most));
		g_assert_cmpuint(outbox_waiting(outbox), ==, 0);
		add(outbox, "!");
		expect(outbox, G_MAXSIZE, "<stop><back>!<at>.<back>");
	}
}

static void
test_hold(void)
{
	g_autoptr(Outbox) outbox = outbox_new();
	g_autoptr(Pixels) pixels = make_pixels(40000), other = make_pixels(10);
	outbox_show(outbox, pixels, "<at>", "<back>");
	expect(outbox, 9, "<at>.");
	outbox_hold(outbox);
	expect(outbox, G_MAXSIZE, "<stop><back>"); /* and nothing more: a frame is to come */
	add(outbox, "frame");
	outbox_show(outbox, pixels, "<at>", "<there>");
	expect(outbox, 100, "frame<at>.");
	outbox_show(outbox, other, "<at>", "<there>");
	expect(outbox, G_MAXSIZE, "<stop><there><at>.<there>");
	outbox_show(outbox, pixels, "<at>", "<there>");
	expect(outbox, 100, "<at>.");
	outbox_show(outbox, NULL, NULL, NULL);
	expect(outbox, G_MAXSIZE, "<stop><there>");
	outbox_show(outbox, pixels, "<at>", "<there>");
	outbox_clear(outbox);
	expect(outbox, G_MAXSIZE, "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/graphics/answers", test_answers);
	g_test_add_func("/graphics/sizes", test_sizes);
	g_test_add_func("/graphics/modes", test_modes);
	g_test_add_func("/outbox/order", test_order);
	g_test_add_func("/outbox/cut", test_cut);
	g_test_add_func("/outbox/hold", test_hold);
	return g_test_run();
}
