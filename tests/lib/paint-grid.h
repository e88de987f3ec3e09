/*
 * A Paint without a terminal, to be linked instead of ui/paint.c: cells are kept as text, styles
 * beside them.
 */
#pragma once

#include "paint.h"

Paint *paint_grid_new(guint rows, guint cols);
void paint_grid_free(Paint *paint);

/* A line without the blanks at its end. The caller's. */
char *paint_grid_line(const Paint *paint, guint row);
Style paint_grid_style(const Paint *paint, guint row, guint col);
Style paint_grid_band(const Paint *paint, guint row, guint col);
/* Where the cursor was put; FALSE when it was not. */
gboolean paint_grid_cursor(const Paint *paint, guint *out_row, guint *out_col);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paint, paint_grid_free)
