/*
 * A picture as cells of the terminal: each a character and two colours that come nearest to what it covers. Of
 * libchafa, which pixels.c knows besides; without it there are none.
 */
#pragma once

#include "paint.h"
#include "picture.h"

typedef struct Mosaic Mosaic;

/* FALSE when the program was built without libchafa. */
gboolean mosaic_is_available(void);
/* PICTURE as large as it fits into COLS x ROWS, in proportion, but no pixel larger than a cell. Takes some
 * 10 ms for a large screen, and may be called from any thread. NULL when there are
 * no cells to fit into. */
Mosaic *mosaic_new(const Picture *picture, guint cols, guint rows, const PaintMeans *means);
void mosaic_free(Mosaic *mosaic);

guint mosaic_cols(const Mosaic *mosaic);
guint mosaic_rows(const Mosaic *mosaic);
/* Borrowed from the mosaic. */
const PaintCell *mosaic_cell(const Mosaic *mosaic, guint row, guint col);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mosaic, mosaic_free)
