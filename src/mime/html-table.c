#include "mime/html-table.h"

#include <string.h>

enum {
	MAX_LINES = 2000, /* of a table that may still be shown as one */
	MAX_BYTES = 256 * 1024,
	MAX_COLUMNS = 12,
	MAX_CELLS = 76,  /* of the screen, for a whole row */
	GAP = 2,         /* cells between columns */
	MAX_JOINED = 40, /* cells of a text that may stand beside others in a row of layout */
};

struct HtmlTable {
	GPtrArray *lines; /* HtmlLine */
	gsize bytes;
	guint row, column, columns; /* of the open cell; ROW counts from 1 */
	gboolean right;
};

static void
free_line(gpointer line)
{
	html_line_free(line);
}

HtmlTable *
html_table_new(void)
{
	HtmlTable *table = g_new0(HtmlTable, 1);

	table->lines = g_ptr_array_new_with_free_func(free_line);
	return table;
}

void
html_table_free(HtmlTable *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->lines);
	g_free(table);
}

void
html_table_begin_row(HtmlTable *table)
{
	table->row++;
	table->column = 0;
	table->columns = 0;
}

void
html_table_begin_cell(HtmlTable *table, guint span, gboolean right)
{
	table->column += table->columns;
	table->columns = CLAMP(span, 1, MAX_COLUMNS);
	table->right = right;
}

gboolean
html_table_add(HtmlTable *table, HtmlLine *take_line)
{
	take_line->row = table->row;
	take_line->column = table->column;
	take_line->columns = table->columns;
	take_line->right = table->right;
	table->bytes += take_line->text->len;
	g_ptr_array_add(table->lines, take_line);
	return table->lines->len < MAX_LINES && table->bytes < MAX_BYTES;
}

static HtmlLine *
line_at(const GPtrArray *lines, guint i)
{
	return g_ptr_array_index(lines, i);
}

static guint
width_of(const HtmlLine *line)
{
	return text_width(line->text->str, (gssize)line->text->len);
}

/* --- As a table -------------------------------------------------------------------------------- */

typedef struct {
	guint widths[MAX_COLUMNS]; /* 0: nothing is in this column */
	guint quote;
} Grid;

/* A line that can be a cell of GRID, alone in it. */
static gboolean
fits_cell(const GPtrArray *lines, guint i, const Grid *grid)
{
	const HtmlLine *line = line_at(lines, i), *before = i ? line_at(lines, i - 1) : NULL;

	return line->kind == MIME_LINE_TEXT && !line->lead && line->quote == grid->quote &&
	       line->row > 0 && line->columns > 0 && line->column + line->columns <= MAX_COLUMNS &&
	       !(before && before->row == line->row && before->column == line->column);
}

static guint
total_width(const Grid *grid)
{
	guint total = 0;

	for (guint i = 0; i < MAX_COLUMNS; i++)
		total += grid->widths[i] ? grid->widths[i] + GAP : 0;
	return total ? total - GAP : 0;
}

/* FALSE when it is no table that holds data, or none that fits. */
static gboolean
measure(const GPtrArray *lines, Grid *out_grid)
{
	Grid grid = {.quote = lines->len ? line_at(lines, 0)->quote : 0};
	guint rows = 0;

	for (guint i = 0; i < lines->len; i++) {
		const HtmlLine *line = line_at(lines, i);
		guint width = MIN(width_of(line), MAX_CELLS + 1);

		if (!fits_cell(lines, i, &grid) || width > MAX_CELLS)
			return FALSE;
		if (line->columns == 1)
			grid.widths[line->column] = MAX(grid.widths[line->column], width);
		/* The second of a row makes it one of a table. */
		rows += i > 0 && line_at(lines, i - 1)->row == line->row &&
			(i < 2 || line_at(lines, i - 2)->row != line->row);
	}
	*out_grid = grid;
	return rows >= 2 && total_width(&grid) <= MAX_CELLS;
}

static void
pad(HtmlLine *row, guint *at, guint to)
{
	for (; *at < to; (*at)++)
		g_string_append_c(row->text, ' ');
}

static void
add_cell(HtmlLine *row, const Grid *grid, const HtmlLine *cell, guint *at)
{
	guint start = 0, end, width = width_of(cell);

	for (guint i = 0; i < cell->column; i++)
		start += grid->widths[i] ? grid->widths[i] + GAP : 0;
	end = start;
	for (guint i = cell->column; i < cell->column + cell->columns; i++)
		end += grid->widths[i] ? grid->widths[i] + GAP : 0;
	end = MAX(end, start + GAP) - GAP;
	if (cell->right && end > start + width)
		start = end - width;
	/* A cell over several columns may have been longer than they are. */
	pad(row, at, row->text->len ? MAX(start, *at + 1) : start);
	html_line_append_line(row, cell);
	*at += width;
}

static GPtrArray *
as_table(const GPtrArray *lines, const Grid *grid)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(free_line);
	HtmlLine *row = NULL;
	guint at = 0, number = 0;

	for (guint i = 0; i < lines->len; i++) {
		const HtmlLine *cell = line_at(lines, i);

		if (!row || cell->row != number) {
			row = html_line_new();
			row->kind = MIME_LINE_FIXED;
			row->quote = grid->quote;
			row->gap = out->len == 0;
			g_ptr_array_add(out, row);
			number = cell->row;
			at = 0;
		}
		add_cell(row, grid, cell, &at);
	}
	return out;
}

/* --- As layout --------------------------------------------------------------------------------- */

/* The line behind the row that begins at FIRST. */
static guint
row_end(const GPtrArray *lines, guint first)
{
	guint i = first;

	while (i < lines->len && line_at(lines, i)->row == line_at(lines, first)->row)
		i++;
	return i;
}

/* TRUE when the cells from FIRST to END are short enough to stand in one line. */
static gboolean
can_join(const GPtrArray *lines, guint first, guint end)
{
	Grid grid = {.quote = line_at(lines, first)->quote};

	for (guint i = first; i < end; i++)
		if (!fits_cell(lines, i, &grid) || width_of(line_at(lines, i)) > MAX_JOINED)
			return FALSE;
	return end > first + 1;
}

static HtmlLine *
join(GPtrArray *lines, guint first, guint end)
{
	HtmlLine *line = html_line_new();

	line->quote = line_at(lines, first)->quote;
	line->gap = line_at(lines, first)->gap;
	for (guint i = first; i < end; i++) {
		if (i > first)
			g_string_append(line->text, "  ");
		html_line_append_line(line, line_at(lines, i));
	}
	return line;
}

GPtrArray *
html_table_take_flat(HtmlTable *table)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(free_line);
	GPtrArray *lines = table->lines;

	for (guint i = 0, end; i < lines->len; i = end) {
		end = row_end(lines, i);
		if (can_join(lines, i, end)) {
			g_ptr_array_add(out, join(lines, i, end));
			continue;
		}
		for (guint l = i; l < end; l++)
			g_ptr_array_add(out, g_steal_pointer(&lines->pdata[l]));
	}
	g_ptr_array_set_size(lines, 0);
	table->bytes = 0;
	return out;
}

GPtrArray *
html_table_take(HtmlTable *table)
{
	GPtrArray *out;
	Grid grid;

	if (!measure(table->lines, &grid))
		return html_table_take_flat(table);
	out = as_table(table->lines, &grid);
	g_ptr_array_set_size(table->lines, 0);
	table->bytes = 0;
	return out;
}
