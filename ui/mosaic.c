#include "mosaic.h"

#include "config.h"

#ifdef HAVE_PICTURES
#include <chafa.h>
#endif

struct Mosaic {
	guint cols, rows;
	PaintCell *cells;
};

void
mosaic_free(Mosaic *mosaic)
{
	if (!mosaic)
		return;
	g_free(mosaic->cells);
	g_free(mosaic);
}

guint
mosaic_cols(const Mosaic *mosaic)
{
	return mosaic->cols;
}

guint
mosaic_rows(const Mosaic *mosaic)
{
	return mosaic->rows;
}

const PaintCell *
mosaic_cell(const Mosaic *mosaic, guint row, guint col)
{
	return &mosaic->cells[(gsize)row * mosaic->cols + col];
}

#ifdef HAVE_PICTURES

/* Half of the pairs are left to the theme. */
enum { PAIRS_PART = 2, CELL_TALL = 2 };

gboolean
mosaic_is_available(void)
{
	return TRUE;
}

/* Cells are about twice as high as they are wide. */
static void
fit(const Picture *picture, guint cols, guint rows, Mosaic *mosaic)
{
	cols = MIN(cols, picture->width);
	rows = MIN(rows, (picture->height + CELL_TALL - 1) / CELL_TALL);
	guint wide = picture->width * CELL_TALL, high = picture->height;
	mosaic->cols = cols;
	mosaic->rows = (cols * high + wide / 2) / wide;
	if (mosaic->rows > rows) {
		mosaic->rows = rows;
		mosaic->cols = MIN((rows * wide + high / 2) / high, cols);
	}
	mosaic->cols = MAX(mosaic->cols, 1);
	mosaic->rows = MAX(mosaic->rows, 1);
}

/* The upper 240 of the 256 are the same everywhere; the lower 16 are of the user's choice. */
static ChafaCanvasMode
mode_for(const PaintMeans *means)
{
	if (means->colors >= 256)
		return CHAFA_CANVAS_MODE_INDEXED_240;
	if (means->colors >= 16)
		return CHAFA_CANVAS_MODE_INDEXED_16;
	return means->colors >= 8 ? CHAFA_CANVAS_MODE_INDEXED_8 : CHAFA_CANVAS_MODE_FGBG;
}

static ChafaCanvas *
draw(const Mosaic *mosaic, const Picture *picture, const PaintMeans *means)
{
	ChafaSymbolMap *symbols = chafa_symbol_map_new();
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	chafa_symbol_map_add_by_tags(symbols,
		means->utf8 ? CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_HALF | CHAFA_SYMBOL_TAG_QUAD
			    : CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_ASCII);
	chafa_canvas_config_set_symbol_map(config, symbols);
	chafa_canvas_config_set_geometry(config, (gint)mosaic->cols, (gint)mosaic->rows);
	chafa_canvas_config_set_canvas_mode(config, mode_for(means));
	if (means->colors < 256)
		chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_ORDERED);
	ChafaCanvas *canvas = chafa_canvas_new(config);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED,
		g_bytes_get_data(picture->rgba, NULL), (gint)picture->width, (gint)picture->height,
		(gint)picture->width * 4);
	chafa_canvas_config_unref(config);
	chafa_symbol_map_unref(symbols);
	return canvas;
}

static gint
known_color(gint color, const PaintMeans *means)
{
	return color >= 0 && (guint)color < MIN(means->colors, 256) ? color : -1;
}

/* Where pairs run out, a cell does without its background. */
static void
take_cell(ChafaCanvas *canvas, guint row, guint col, const PaintMeans *means, GHashTable *pairs,
	PaintCell *out_cell)
{
	gint fg, bg;
	chafa_canvas_get_raw_colors_at(canvas, (gint)col, (gint)row, &fg, &bg);
	out_cell->character = chafa_canvas_get_char_at(canvas, (gint)col, (gint)row);
	out_cell->fg = known_color(fg, means);
	out_cell->bg = known_color(bg, means);
	gpointer pair = GINT_TO_POINTER((out_cell->fg + 1) << 16 | (out_cell->bg + 1));
	if (g_hash_table_contains(pairs, pair))
		return;
	if (g_hash_table_size(pairs) < means->pairs / PAIRS_PART)
		g_hash_table_add(pairs, pair);
	else
		out_cell->bg = -1;
}

Mosaic *
mosaic_new(const Picture *picture, guint cols, guint rows, const PaintMeans *means)
{
	if (cols == 0 || rows == 0)
		return NULL;
	Mosaic *mosaic = g_new0(Mosaic, 1);
	g_autoptr(GHashTable) pairs = g_hash_table_new(NULL, NULL);
	fit(picture, MIN(cols, PICTURE_SIDE_MAX), MIN(rows, PICTURE_SIDE_MAX), mosaic);
	mosaic->cells = g_new0(PaintCell, (gsize)mosaic->cols * mosaic->rows);
	ChafaCanvas *canvas = draw(mosaic, picture, means);
	for (guint row = 0; row < mosaic->rows; row++) {
		for (guint col = 0; col < mosaic->cols; col++)
			take_cell(canvas, row, col, means, pairs,
				&mosaic->cells[(gsize)row * mosaic->cols + col]);
	}
	chafa_canvas_unref(canvas);
	return mosaic;
}

#else

gboolean
mosaic_is_available(void)
{
	return FALSE;
}

Mosaic *
mosaic_new(const Picture *picture, guint cols, guint rows, const PaintMeans *means)
{
	return NULL;
}

#endif
