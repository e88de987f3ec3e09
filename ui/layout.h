/*
 * Where the panes are: arithmetic alone. Panes fold away when it is narrow or low.
 */
#pragma once

#include "action.h"

#include <glib.h>

typedef struct {
	guint row, col, rows, cols; /* rows or cols 0: not on the screen */
} Rect;

typedef struct {
	guint rows, cols; /* of the screen */
	ViewKind focus;   /* FOLDERS, INDEX or READER; HELP and LOG take the whole middle */
	gboolean reader_open;
} LayoutWish;

typedef struct {
	Rect title, status, hints; /* one row each, hints may be folded away */
	Rect middle;               /* all between title and status */
	Rect panes[VIEW_COUNT];
	guint folder_line; /* column of the line right of the folders, 0: none */
	guint reader_line; /* row (below) or column (beside) of the line before the reader, 0: none */
	gboolean reader_beside;
} Layout;

/* Works for every size, 1x1 too. */
void layout_compute(const LayoutWish *wish, Layout *out_layout);
gboolean rect_has(const Rect *rect, guint row, guint col);
