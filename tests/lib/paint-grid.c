#include "paint-grid.h"

#include "base/text.h"

#include <string.h>

typedef struct {
	char *text; /* "" behind a wide one */
	Style style, band;
} Cell;

struct Paint {
	guint rows, cols;
	Cell *cells;
	Style band;
	gboolean has_cursor;
	guint cursor_row, cursor_col;
};

Paint *
paint_grid_new(guint rows, guint cols)
{
	Paint *paint = g_new0(Paint, 1);
	*paint = (Paint){rows, cols, g_new0(Cell, (gsize)rows * cols), STYLE_NONE};
	return paint;
}

void
paint_grid_free(Paint *paint)
{
	for (gsize i = 0; i < (gsize)paint->rows * paint->cols; i++)
		g_free(paint->cells[i].text);
	g_free(paint->cells);
	g_free(paint);
}

static Cell *
cell_at(const Paint *paint, guint row, guint col)
{
	g_assert_cmpuint(row, <, paint->rows);
	g_assert_cmpuint(col, <, paint->cols);
	return &paint->cells[(gsize)row * paint->cols + col];
}

char *
paint_grid_line(const Paint *paint, guint row)
{
	GString *line = g_string_new(NULL);
	for (guint col = 0; col < paint->cols; col++) {
		const char *text = cell_at(paint, row, col)->text;
		g_string_append(line, text ? text : " ");
	}
	return g_strchomp(g_string_free(line, FALSE));
}

Style
paint_grid_style(const Paint *paint, guint row, guint col)
{
	return cell_at(paint, row, col)->style;
}

Style
paint_grid_band(const Paint *paint, guint row, guint col)
{
	return cell_at(paint, row, col)->band;
}

gboolean
paint_grid_cursor(const Paint *paint, guint *out_row, guint *out_col)
{
	*out_row = paint->cursor_row;
	*out_col = paint->cursor_col;
	return paint->has_cursor;
}

static void
put(Paint *paint, guint row, guint col, const char *text, gsize len, Style style)
{
	Cell *cell = cell_at(paint, row, col);
	g_free(cell->text);
	*cell = (Cell){g_strndup(text, len), style, paint->band};
}

static guint
clip(const Paint *paint, guint row, guint col, guint cells)
{
	return row < paint->rows && col < paint->cols ? MIN(cells, paint->cols - col) : 0;
}

/* ---- paint.h ---- */

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
	cells = clip(paint, row, col, cells);
	for (guint i = 0; i < cells; i++)
		put(paint, row, col + i, " ", 1, style);
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
	g_autofree char *clean = text_clean(text ? text : "", -1, TEXT_LINE);
	guint taken = 0, wide;
	gsize len;
	cells = clip(paint, row, col, cells);
	g_autofree char *cut = text_ellipsize(clean, cells);
	for (const char *at = cut; (len = text_cluster(at, &wide)) > 0; at += len) {
		put(paint, row, col + taken, at, len, style);
		for (guint i = 1; i < wide; i++)
			put(paint, row, col + taken + i, "", 0, style);
		taken += wide;
	}
	return taken;
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
	cells = clip(paint, row, col, cells);
	guint width = MIN(text_width(text, -1), cells);
	paint_fill(paint, row, col, cells - width, style);
	paint_piece(paint, row, col + cells - width, width, style, text);
}

const char *
paint_glyph_text(Glyph glyph)
{
	static const char *const signs[GLYPH_COUNT] = {"*", "!", ">", "@", "r", "f", "~", "D", ".",
		"-", "+", "L", "o", "x", "|", "|", "-", "+", "+", "+", "-", "~"};
	return signs[glyph];
}

void
paint_glyph(Paint *paint, guint row, guint col, Style style, Glyph glyph)
{
	if (clip(paint, row, col, 1) == 1)
		put(paint, row, col, paint_glyph_text(glyph), 1, style);
}

void
paint_cursor(Paint *paint, guint row, guint col)
{
	g_assert_cmpuint(row, <, paint->rows);
	g_assert_cmpuint(col, <, paint->cols);
	paint->has_cursor = TRUE;
	paint->cursor_row = row;
	paint->cursor_col = col;
}
