/*
 * The one gate to the screen. Every string passes text_clean() here, is cut to its cells, filled to
 * the width of its column and placed at an absolute cell, so that no text can move what stands
 * beside it. Nothing is sent to the terminal before frame.c says so; painting the same again costs
 * no bytes.
 *
 * A Paint is a rectangle of the screen; rows and columns count from its top left corner. What lies
 * outside is not painted. Only to be used from a view's draw().
 */
#pragma once

#include "pixels.h"
#include "theme.h"

#include <glib.h>

typedef struct Paint Paint;

guint paint_rows(const Paint *paint);
guint paint_cols(const Paint *paint);

/* A band is the background for what is painted after it: a style's own colours lie on the band's
 * background (a band with a foreground wins over them). STYLE_NONE: no band. */
void paint_set_band(Paint *paint, Style band);

/* TEXT (any bytes; NULL is "") in exactly CELLS cells from COL on: cut with "…" or filled with
 * blanks. The same, at the right end of its cells, for paint_right(). */
void paint_text(Paint *paint, guint row, guint col, guint cells, Style style, const char *text);
void paint_right(Paint *paint, guint row, guint col, guint cells, Style style, const char *text);
/* TEXT as far as it fits into CELLS, without filling; the cells it took. For pieces in a row. */
guint paint_piece(Paint *paint, guint row, guint col, guint cells, Style style, const char *text);
/* printf() for paint_piece(). */
guint paint_pieces(Paint *paint, guint row, guint col, guint cells, Style style, const char *format,
	...) G_GNUC_PRINTF(6, 7);
void paint_fill(Paint *paint, guint row, guint col, guint cells, Style style);
/* Blanks from ROW to the end. */
void paint_fill_below(Paint *paint, guint row, Style style);

/* Signs of one cell (GLYPH_ELLIPSIS too), with a stand-in where the locale has none. */
typedef enum {
	GLYPH_UNREAD,     /* ● * */
	GLYPH_FLAGGED,    /* ★ ! */
	GLYPH_MARKED,     /* ▌ > */
	GLYPH_ATTACHMENT, /* @ */
	GLYPH_ANSWERED,   /* ↩ r */
	GLYPH_FORWARDED,  /* → f */
	GLYPH_DRAFT,      /* ✎ ~ */
	GLYPH_DELETED,    /* ✕ D */
	GLYPH_PENDING,    /* ◦ . */
	GLYPH_OPEN,       /* ▾ - */
	GLYPH_CLOSED,     /* ▸ + */
	GLYPH_LIVE,       /* ● * */
	GLYPH_WAITING,    /* ○ o */
	GLYPH_STOPPED,    /* ✕ x */
	GLYPH_QUOTE,      /* ▏ | */
	GLYPH_VERTICAL,   /* │ | */
	GLYPH_HORIZONTAL, /* ─ - */
	GLYPH_TEE_RIGHT,  /* ├ + */
	GLYPH_TEE_DOWN,   /* ┬ + */
	GLYPH_TEE_UP,     /* ┴ + */
	GLYPH_DOT,        /* · - */
	GLYPH_ELLIPSIS,   /* … ~ */
	GLYPH_COUNT,
} Glyph;

void paint_glyph(Paint *paint, guint row, guint col, Style style, Glyph glyph);
/* The glyph as text, to be part of a string. */
const char *paint_glyph_text(Glyph glyph);

/* One cell of a picture: a character of one cell, and colours of the 256, -1: the background. */
typedef struct {
	gunichar character;
	gint fg, bg;
} PaintCell;

void paint_cell(Paint *paint, guint row, guint col, const PaintCell *cell);

/* Nothing is painted here: above the cells from ROW, COL on, which are to be blanks, lie PIXELS when the frame is done.
 * Borrowed until then. The last call wins. */
void paint_pixels(Paint *paint, guint row, guint col, Pixels *pixels);

/* Where the hardware cursor sits when the frame is done: on what has the user's attention. The
 * last call wins; views without the focus don't call it. */
void paint_cursor(Paint *paint, guint row, guint col);

/* ---- for the app ---- */

typedef struct PaintScreen PaintScreen;

/* COLORS as of term_colors(). A theme that needs more than there are gives way to "sixteen" or
 * "plain". THEME is borrowed and outlives the screen or the next paint_screen_set_theme(). */
PaintScreen *paint_screen_new(const Theme *theme, guint colors);
void paint_screen_free(PaintScreen *screen);
void paint_screen_set_theme(PaintScreen *screen, const Theme *theme);

/* What there is to paint with: numbers of colours and of pairs of colours on the screen at once; UTF8: else only
 * ASCII is sure to be shown. */
typedef struct {
	guint colors, pairs;
	gboolean utf8;
} PaintMeans;

PaintMeans paint_screen_means(const PaintScreen *screen);

/* Between these, views paint. The second puts the hardware cursor in its place. */
void paint_screen_begin(PaintScreen *screen);
void paint_screen_end(PaintScreen *screen);
/* What paint_pixels() was called with, and where on the screen that is. NULL: nothing. */
Pixels *paint_screen_pixels(const PaintScreen *screen, guint *out_row, guint *out_col);
/* The rectangle of the screen that a view paints in; the caller's, g_free(). */
Paint *paint_new(PaintScreen *screen, guint row, guint col, guint rows, guint cols);
/* The painted screen as lines of text without blanks at their ends. The caller's. */
char *paint_screen_text(PaintScreen *screen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaintScreen, paint_screen_free)
