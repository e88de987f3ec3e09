/* Themes: what is read, what is inherited, and what is complained about. */
#include "theme.h"

#include "base/err.h"

#include <glib.h>
#include <string.h>

static Theme *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	Theme *theme = theme_parse(text, strlen(text), "t.theme", &error);
	g_assert_no_error(error);
	return theme;
}

static void
test_styles(void)
{
	g_autoptr(Theme) theme = parse("[theme]\ntitle = T\ncolors = 16\n"
				       "[colors]\nmine = #102030\nother = mine\n"
				       "[styles]\n"
				       "list = 200\n"
				       "list.unread = mine - bold underline\n"
				       "list.cursor = - other\n"
				       "title = bright-red blue reverse\n");
	g_assert_cmpstr(theme_title(theme), ==, "T");
	g_assert_cmpuint(theme_colors_needed(theme), ==, 16);
	const ThemeStyle *style = theme_style(theme, STYLE_LIST_UNREAD);
	g_assert_cmpint(style->fg.kind, ==, THEME_COLOR_RGB);
	g_assert_cmphex(style->fg.value, ==, 0x102030);
	g_assert_cmpint(style->bg.kind, ==, THEME_COLOR_NONE);
	g_assert_cmpuint(style->attributes, ==, THEME_BOLD | THEME_UNDERLINE);
	style = theme_style(theme, STYLE_LIST_CURSOR_AWAY); /* of list.cursor */
	g_assert_cmphex(style->bg.value, ==, 0x102030);
	style = theme_style(theme, STYLE_LIST_DATE); /* of list */
	g_assert_cmpint(style->fg.kind, ==, THEME_COLOR_INDEX);
	g_assert_cmpuint(style->fg.value, ==, 200);
	style = theme_style(theme, STYLE_TITLE_FOLDER); /* of title */
	g_assert_cmpuint(style->fg.value, ==, 9);
	g_assert_cmpuint(style->bg.value, ==, 4);
	style = theme_style(theme, STYLE_HELP); /* of normal */
	g_assert_cmpint(style->fg.kind, ==, THEME_COLOR_DEFAULT);
}

static void
test_complaints(void)
{
	static const struct {
		const char *text, *place, *part;
	} bad[] = {
		{"[styles]\n\nlist = #12\n", "t.theme:3: [styles] list", "\"#12\" is not a colour"},
		{"[styles]\nlist = reddish\n", "t.theme:2:", "\"reddish\""},
		{"[styles]\nlist = 256\n", "t.theme:2:", "\"256\""},
		{"[styles]\nlist = #+1234\n", "t.theme:2:", "not a colour"},
		{"[styles]\nlist = red - loud\n", "t.theme:2:", "\"loud\" is not bold"},
		{"[styles]\nlist =\n", "t.theme:2:", "no colour"},
		{"# x\n[styles]\nlits = red\n", "t.theme:3: [styles] lits", "no such style"},
		{"[colors]\na = b\nb = a\n", "t.theme:2: [colors] a", "not a colour"},
		{"[theme]\nname = x\n", "t.theme:2: [theme] name", "no such key"},
		{"[theme]\ncolors = many\n", "t.theme:2:", "256, 16 or 0"},
		{"[stiles]\n", "t.theme", "[stiles]"},
		{"list = red\n", "t.theme", ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(theme_parse(bad[i].text, strlen(bad[i].text), "t.theme", &error));
		g_assert_true(err_is(error, ERR_CONFIG));
		g_assert_nonnull(strstr(error->message, bad[i].part));
		g_assert_true(g_str_has_prefix(error->message, bad[i].place));
	}
}

static void
test_builtin(void)
{
	static const char *const names[] = {"dusk", "paper", "contrast", "sixteen", "plain"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Theme) theme = theme_load(names[i], &error);
		g_assert_no_error(error);
		g_assert_nonnull(theme);
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(theme_load("dawn", &error));
	g_assert_nonnull(strstr(error->message, "dusk, paper"));
}

/* A theme without colours has none. */
static void
test_plain(void)
{
	g_autoptr(Theme) theme = theme_load("plain", NULL);
	for (guint i = 0; i < STYLE_COUNT; i++) {
		const ThemeStyle *style = theme_style(theme, (Style)i);
		g_assert_cmpint(style->fg.kind, <=, THEME_COLOR_DEFAULT);
		g_assert_cmpint(style->bg.kind, <=, THEME_COLOR_DEFAULT);
	}
	g_assert_cmpuint(theme_style(theme, STYLE_LIST_CURSOR)->attributes, !=, 0);
}

static void
test_solid(void)
{
	g_autoptr(Theme) open = theme_load("dusk", NULL);
	g_autoptr(Theme) solid = theme_load("dusk solid", NULL);
	g_assert_cmpint(theme_style(open, STYLE_NORMAL)->bg.kind, ==, THEME_COLOR_DEFAULT);
	g_assert_cmpint(theme_style(solid, STYLE_NORMAL)->bg.kind, ==, THEME_COLOR_RGB);
}

static void
test_names(void)
{
	for (guint i = 0; i < STYLE_COUNT; i++) {
		for (guint j = i + 1; j < STYLE_COUNT; j++)
			g_assert_cmpstr(theme_style_name((Style)i), !=, theme_style_name((Style)j));
	}
}

int
main(int argc, char **argv)
{
	g_setenv("XDG_CONFIG_HOME", "/nonexistent", TRUE); /* no themes of the user's */
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/theme/styles", test_styles);
	g_test_add_func("/theme/complaints", test_complaints);
	g_test_add_func("/theme/builtin", test_builtin);
	g_test_add_func("/theme/plain", test_plain);
	g_test_add_func("/theme/solid", test_solid);
	g_test_add_func("/theme/names", test_names);
	return g_test_run();
}
