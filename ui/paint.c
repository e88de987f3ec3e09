/* See paint.h. */
#include "paint.h"

#include "base/text.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <string.h>
#include <wchar.h>

/* Characters that curses keeps in a cell. */
enum { CELL_CHARS = CCHARW_MAX };

struct PaintScreen {
	const Theme *theme;
	guint colors;
	gboolean utf8;
	GIConv to_locale; /* when not UTF-8 */
	gboolean has_cursor;
	int cursor_row, cursor_col;
	Pixels *pixels; /* of this frame, borrowed; NULL: none */
	guint pixels_row, pixels_col;
	GString *scratch;
	GHashTable *nearest; /* of a colour: its number of the 256 */
};

struct Paint {
	PaintScreen *screen;
	guint row, col, rows, cols;
	Style band;
};

static const struct {
	const char *sign, *stand_in;
} glyphs[GLYPH_COUNT] = {
	[GLYPH_UNREAD] = {"●", "*"},
	[GLYPH_FLAGGED] = {"★", "!"},
	[GLYPH_MARKED] = {"▌", ">"},
	[GLYPH_ATTACHMENT] = {"@", "@"},
	[GLYPH_ANSWERED] = {"↩", "r"},
	[GLYPH_FORWARDED] = {"→", "f"},
	[GLYPH_DRAFT] = {"✎", "~"},
	[GLYPH_DELETED] = {"✕", "D"},
	[GLYPH_PENDING] = {"◦", "."},
	[GLYPH_OPEN] = {"▾", "-"},
	[GLYPH_CLOSED] = {"▸", "+"},
	[GLYPH_LIVE] = {"●", "*"},
	[GLYPH_WAITING] = {"○", "o"},
	[GLYPH_STOPPED] = {"✕", "x"},
	[GLYPH_QUOTE] = {"▏", "|"},
	[GLYPH_VERTICAL] = {"│", "|"},
	[GLYPH_HORIZONTAL] = {"─", "-"},
	[GLYPH_TEE_RIGHT] = {"├", "+"},
	[GLYPH_TEE_DOWN] = {"┬", "+"},
	[GLYPH_TEE_UP] = {"┴", "+"},
	[GLYPH_DOT] = {"·", "-"},
	[GLYPH_ELLIPSIS] = {"…", "~"},
};

PaintScreen *
paint_screen_new(const Theme *theme, guint colors)
{
	PaintScreen *screen = g_new0(PaintScreen, 1);
	const char *charset = nl_langinfo(CODESET);
	screen->theme = theme;
	screen->colors = colors;
	screen->utf8 = g_ascii_strcasecmp(charset, "UTF-8") == 0;
	screen->scratch = g_string_new(NULL);
	screen->nearest = g_hash_table_new(NULL, NULL);
	screen->to_locale = (GIConv)-1;
	if (!screen->utf8) {
		g_autofree char *target = g_strconcat(charset, "//TRANSLIT", NULL);
		screen->to_locale = g_iconv_open(target, "UTF-8");
	}
	return screen;
}

void
paint_screen_free(PaintScreen *screen)
{
	if (screen == NULL)
		return;
	if (screen->to_locale != (GIConv)-1)
		g_iconv_close(screen->to_locale);
	g_string_free(screen->scratch, TRUE);
	g_hash_table_unref(screen->nearest);
	g_free(screen);
}

void
paint_screen_set_theme(PaintScreen *screen, const Theme *theme)
{
	screen->theme = theme;
}

PaintMeans
paint_screen_means(const PaintScreen *screen)
{
	return (PaintMeans){screen->colors, (guint)MAX(COLOR_PAIRS, 0), screen->utf8};
}

/* ---- colours ---- */

static guint
distance(guint32 a, guint32 b)
{
	gint red = (gint)(a >> 16 & 255) - (gint)(b >> 16 & 255);
	gint green = (gint)(a >> 8 & 255) - (gint)(b >> 8 & 255);
	gint blue = (gint)(a & 255) - (gint)(b & 255);
	return (guint)(2 * red * red + 4 * green * green + 3 * blue * blue);
}

/* What XTerm's 256 look like: sixteen of the user's own, a cube of 6, greys. */
static guint32
rgb_of_256(guint index)
{
	static const guint8 steps[] = {0, 95, 135, 175, 215, 255};
	if (index >= 232)
		return (8 + (index - 232) * 10) * 0x010101u;
	guint cube = index - 16;
	return (guint32)steps[cube / 36] << 16 | (guint32)steps[cube / 6 % 6] << 8 |
	       steps[cube % 6];
}

static guint32
rgb_of_16(guint index)
{
	static const guint32 colors[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
		0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff,
		0x00ffff, 0xffffff};
	return colors[index & 15];
}

static int
nearest(guint32 rgb, guint first, guint last, guint32 (*rgb_of)(guint))
{
	guint best = first;
	for (guint i = first; i <= last; i++) {
		if (distance(rgb, rgb_of(i)) < distance(rgb, rgb_of(best)))
			best = i;
	}
	return (int)best;
}

/* Of the 256; every style of every row asks, always for the same few colours of the theme. */
static int
nearest_of_256(const PaintScreen *screen, guint32 rgb)
{
	gpointer known = g_hash_table_lookup(screen->nearest, GUINT_TO_POINTER(rgb));
	if (known == NULL) {
		known = GINT_TO_POINTER(nearest(rgb, 16, 255, rgb_of_256));
		g_hash_table_insert(screen->nearest, GUINT_TO_POINTER(rgb), known);
	}
	return GPOINTER_TO_INT(known);
}

/* The number that curses knows a colour by; -1: the terminal's own. */
static int
color_number(const PaintScreen *screen, const ThemeColor *color)
{
	if (color->kind == THEME_COLOR_NONE || color->kind == THEME_COLOR_DEFAULT)
		return -1;
	if (screen->colors > 256) /* direct: the low ones are still the palette's */
		return color->kind == THEME_COLOR_INDEX
			       ? (color->value < 8           ? (int)color->value
					 : color->value < 16 ? (int)rgb_of_16(color->value)
							     : (int)rgb_of_256(color->value))
			       : (int)MAX(color->value, 8u);
	if (color->kind == THEME_COLOR_INDEX) {
		if (color->value < screen->colors)
			return (int)color->value;
		if (color->value < 16)
			return (int)color->value & 7;
		guint last = MIN(screen->colors, 16) - 1;
		return nearest(rgb_of_256(color->value), 0, last, rgb_of_16);
	}
	if (screen->colors >= 256)
		return nearest_of_256(screen, color->value);
	return nearest(color->value, 0, MIN(screen->colors, 16) - 1, rgb_of_16);
}

static attr_t
curses_attributes(guint attributes)
{
	attr_t out = A_NORMAL;
	if (attributes & THEME_BOLD)
		out |= A_BOLD;
	if (attributes & THEME_DIM)
		out |= A_DIM;
#ifdef A_ITALIC
	if (attributes & THEME_ITALIC)
		out |= A_ITALIC;
#endif
	if (attributes & THEME_UNDERLINE)
		out |= A_UNDERLINE;
	if (attributes & THEME_REVERSE)
		out |= A_REVERSE;
	return out;
}

static gboolean
is_own(const ThemeColor *color)
{
	return color->kind == THEME_COLOR_INDEX || color->kind == THEME_COLOR_RGB;
}

/* STYLE as it looks on the band: what it leaves open comes from the band, then from "normal". */
static void
resolve(const Paint *paint, Style style, attr_t *out_attributes, int *out_pair)
{
	const Theme *theme = paint->screen->theme;
	ThemeStyle look = *theme_style(theme, style);
	const ThemeStyle *normal = theme_style(theme, STYLE_NORMAL);
	if (paint->band < STYLE_COUNT) {
		const ThemeStyle *band = theme_style(theme, paint->band);
		look.bg = is_own(&band->bg) ? band->bg : look.bg;
		look.fg = is_own(&band->fg) ? band->fg : look.fg;
		look.attributes |= band->attributes;
	}
	if (!is_own(&look.bg))
		look.bg = normal->bg;
	if (!is_own(&look.fg))
		look.fg = normal->fg;
	*out_attributes = curses_attributes(look.attributes);
	*out_pair = 0;
	if (paint->screen->colors == 0)
		return;
	int fg = color_number(paint->screen, &look.fg), bg = color_number(paint->screen, &look.bg);
	int pair = fg < 0 && bg < 0 ? 0 : alloc_pair(fg, bg);
	*out_pair = MAX(pair, 0);
}

/* ---- cells ---- */

/* The letter without its marks, for "ö" where nobody knows a better stand-in; 0: it has none. */
static char
bare_letter(const char *cluster, gsize len)
{
	g_autofree char *parts = g_utf8_normalize(cluster, (gssize)len, G_NORMALIZE_NFD);
	return parts != NULL && g_ascii_isalpha(*parts) ? *parts : 0;
}

/* CLUSTER in the locale's charset; glyphs of ours have their own stand-ins. Bytes in *OUT. */
static gsize
to_locale(PaintScreen *screen, const char *cluster, gsize len, char *out, gsize size)
{
	char *in = (char *)cluster, *to = out;
	gsize in_left = len, out_left = size;
	for (gsize i = 0; i < GLYPH_COUNT; i++) {
		if (strlen(glyphs[i].sign) == len && memcmp(glyphs[i].sign, cluster, len) == 0)
			return g_strlcpy(out, glyphs[i].stand_in, size);
	}
	if (screen->to_locale != (GIConv)-1 &&
		g_iconv(screen->to_locale, &in, &in_left, &to, &out_left) != (gsize)-1 &&
		(len == 1 || memchr(out, '?', (gsize)(to - out)) == NULL))
		return (gsize)(to - out);
	char letter = bare_letter(cluster, len);
	return g_strlcpy(out, letter != 0 ? (char[]){letter, '\0'} : "?", size);
}

/* Takes the next cell off *TEXT: a base and what combines with it, at most WIDTH wide. FALSE when
 * there is none, or none that fits. */
static gboolean
take_cell(const char **text, gsize *len, int width, wchar_t *out, int *out_width)
{
	guint n = 0;
	mbstate_t state = {0};
	while (*len > 0) {
		wchar_t wide;
		size_t used = mbrtowc(&wide, *text, *len, &state);
		if (used == 0 || used > *len)
			break;
		int cells = wcwidth(wide);
		if (n > 0 && cells > 0)
			break;
		if (n == 0 && cells > width)
			return FALSE;
		*text += used;
		*len -= used;
		/* Joiners and variation selectors: terminals disagree about what they make wide. */
		if (cells < 0 || (n == 0 && cells == 0) || wide == 0x200d || wide == 0xfe0f)
			continue;
		if (n < CELL_CHARS)
			out[n++] = wide;
		if (n == 1)
			*out_width = cells;
	}
	out[n] = L'\0';
	return n > 0;
}

/* CLUSTER in exactly CELLS cells, whatever width curses gives its parts: what does not fit is left
 * out and what remains is filled, so that nothing after it moves. */
static void
put_cluster(Paint *paint, guint row, guint col, const char *cluster, gsize len, guint cells,
	attr_t attributes, int pair)
{
	wchar_t characters[CELL_CHARS + 1];
	char local[64];
	cchar_t cell;
	int y = (int)(paint->row + row), x = (int)(paint->col + col), left = (int)cells, width = 0;
	if (!paint->screen->utf8) {
		len = to_locale(paint->screen, cluster, len, local, sizeof(local));
		cluster = local;
	}
	while (left > 0 && take_cell(&cluster, &len, left, characters, &width)) {
		setcchar(&cell, characters, attributes, (short)pair, &pair);
		mvadd_wch(y, x, &cell);
		x += width;
		left -= width;
	}
	setcchar(&cell, L" ", attributes, (short)pair, &pair);
	for (; left > 0; left--)
		mvadd_wch(y, x++, &cell);
}

static gboolean
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return FALSE;
	}
	return TRUE;
}

/* Blanks from COL on. */
static void
put_blanks(Paint *paint, guint row, guint col, guint cells, attr_t attributes, int pair)
{
	attr_set(attributes, (short)pair, &pair);
	mvhline((int)(paint->row + row), (int)(paint->col + col), ' ', (int)cells);
}

/* TEXT is clean and fits into CELLS. Returns the cells taken. */
static guint
put_text(Paint *paint, guint row, guint col, const char *text, guint cells, Style style)
{
	attr_t attributes;
	int pair;
	guint taken = 0;
	resolve(paint, style, &attributes, &pair);
	if (is_plain(text)) {
		attr_set(attributes, (short)pair, &pair);
		taken = (guint)MIN(strlen(text), cells);
		mvaddnstr((int)(paint->row + row), (int)(paint->col + col), text, (int)taken);
		return taken;
	}
	guint wide;
	for (gsize n; (n = text_cluster(text, &wide)) > 0 && taken + wide <= cells; text += n) {
		put_cluster(paint, row, col + taken, text, n, wide, attributes, pair);
		taken += wide;
	}
	return taken;
}

/* What of CELLS lies in the rectangle. */
static guint
clip(const Paint *paint, guint row, guint col, guint cells)
{
	if (row >= paint->rows || col >= paint->cols)
		return 0;
	return MIN(cells, paint->cols - col);
}

/* TEXT ready for CELLS: clean and cut. NULL in *OUT_OWN when TEXT itself is. */
static const char *
prepare(const char *text, guint cells, char **out_own)
{
	*out_own = NULL;
	if (text == NULL)
		return "";
	if (is_plain(text) && strlen(text) <= cells)
		return text;
	g_autofree char *clean = text_clean(text, -1, TEXT_LINE);
	*out_own = text_ellipsize(clean, cells);
	return *out_own;
}

/* ---- painting ---- */

guint
paint_rows(const Paint *paint)
{
	return paint->rows;
}

guint
paint_cols(const Paint *paint)
{
	return paint->cols;
}

void
paint_set_band(Paint *paint, Style band)
{
	paint->band = band;
}

void
paint_fill(Paint *paint, guint row, guint col, guint cells, Style style)
{
	attr_t attributes;
	int pair;
	cells = clip(paint, row, col, cells);
	if (cells == 0)
		return;
	resolve(paint, style, &attributes, &pair);
	put_blanks(paint, row, col, cells, attributes, pair);
}

void
paint_fill_below(Paint *paint, guint row, Style style)
{
	for (; row < paint->rows; row++)
		paint_fill(paint, row, 0, paint->cols, style);
}

guint
paint_piece(Paint *paint, guint row, guint col, guint cells, Style style, const char *text)
{
	g_autofree char *own = NULL;
	cells = clip(paint, row, col, cells);
	if (cells == 0)
		return 0;
	return put_text(paint, row, col, prepare(text, cells, &own), cells, style);
}

guint
paint_pieces(Paint *paint, guint row, guint col, guint cells, Style style, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_string_vprintf(paint->screen->scratch, format, args);
	va_end(args);
	return paint_piece(paint, row, col, cells, style, paint->screen->scratch->str);
}

void
paint_text(Paint *paint, guint row, guint col, guint cells, Style style, const char *text)
{
	cells = clip(paint, row, col, cells);
	guint taken = paint_piece(paint, row, col, cells, style, text);
	paint_fill(paint, row, col + taken, cells - taken, style);
}

void
paint_right(Paint *paint, guint row, guint col, guint cells, Style style, const char *text)
{
	g_autofree char *own = NULL;
	cells = clip(paint, row, col, cells);
	if (cells == 0)
		return;
	const char *ready = prepare(text, cells, &own);
	guint wide = MIN(text_width(ready, -1), cells);
	paint_fill(paint, row, col, cells - wide, style);
	put_text(paint, row, col + cells - wide, ready, wide, style);
}

void
paint_glyph(Paint *paint, guint row, guint col, Style style, Glyph glyph)
{
	if (clip(paint, row, col, 1) == 1)
		put_text(paint, row, col, paint_glyph_text(glyph), 1, style);
}

const char *
paint_glyph_text(Glyph glyph)
{
	return glyph < GLYPH_COUNT ? glyphs[glyph].sign : "";
}

void
paint_cell(Paint *paint, guint row, guint col, const PaintCell *cell)
{
	const ThemeStyle *normal = theme_style(paint->screen->theme, STYLE_NORMAL);
	ThemeColor fg = {THEME_COLOR_INDEX, (guint32)cell->fg};
	ThemeColor bg = {THEME_COLOR_INDEX, (guint32)cell->bg};
	char text[8];
	if (clip(paint, row, col, 1) == 0)
		return;
	int fg_number = color_number(paint->screen, cell->fg < 0 ? &normal->fg : &fg);
	int bg_number = color_number(paint->screen, cell->bg < 0 ? &normal->bg : &bg);
	int pair = paint->screen->colors == 0 || (fg_number < 0 && bg_number < 0)
			   ? 0
			   : alloc_pair(fg_number, bg_number);
	gsize len = (gsize)g_unichar_to_utf8(cell->character, text);
	put_cluster(paint, row, col, text, len, 1, A_NORMAL, MAX(pair, 0));
}

void
paint_pixels(Paint *paint, guint row, guint col, Pixels *pixels)
{
	if (clip(paint, row, col, pixels->cols) < pixels->cols || pixels->rows > paint->rows - row)
		return;
	paint->screen->pixels = pixels;
	paint->screen->pixels_row = paint->row + row;
	paint->screen->pixels_col = paint->col + col;
}

void
paint_cursor(Paint *paint, guint row, guint col)
{
	if (clip(paint, row, col, 1) == 0)
		return;
	paint->screen->has_cursor = TRUE;
	paint->screen->cursor_row = (int)(paint->row + row);
	paint->screen->cursor_col = (int)(paint->col + col);
}

/* ---- the screen ---- */

void
paint_screen_begin(PaintScreen *screen)
{
	screen->has_cursor = FALSE;
	screen->pixels = NULL;
}

void
paint_screen_end(PaintScreen *screen)
{
	if (screen->has_cursor)
		move(screen->cursor_row, screen->cursor_col);
	else
		move(MAX(LINES - 1, 0), 0);
	wnoutrefresh(stdscr);
}

Pixels *
paint_screen_pixels(const PaintScreen *screen, guint *out_row, guint *out_col)
{
	*out_row = screen->pixels_row;
	*out_col = screen->pixels_col;
	return screen->pixels;
}

Paint *
paint_new(PaintScreen *screen, guint row, guint col, guint rows, guint cols)
{
	Paint *paint = g_new(Paint, 1);
	*paint = (Paint){screen, row, col, rows, cols, STYLE_NONE};
	return paint;
}

char *
paint_screen_text(PaintScreen *screen)
{
	GString *out = g_string_new(NULL);
	wchar_t line[4096]; /* cells may hold more than one */
	for (int row = 0; row < LINES; row++) {
		gsize start = out->len;
		if (mvinnwstr(row, 0, line, (int)G_N_ELEMENTS(line) - 1) == ERR)
			line[0] = L'\0';
		for (const wchar_t *c = line; *c != L'\0'; c++)
			g_string_append_unichar(out, (gunichar)*c);
		while (out->len > start && out->str[out->len - 1] == ' ')
			g_string_truncate(out, out->len - 1);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
