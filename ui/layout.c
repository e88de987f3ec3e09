/* See layout.h. */
#include "layout.h"

enum {
	FOLDERS_FROM = 80,  /* columns from which the folder pane is always there */
	FOLDERS_MIN = 18,   /* its narrowest */
	FOLDERS_MAX = 32,   /* and its widest */
	BESIDE_FROM = 160,  /* columns from which the reader is beside the list */
	BELOW_FROM = 22,    /* rows of the middle from which it is below */
	LIST_BELOW_MIN = 6, /* rows of the list that stay then */
	HINTS_FROM = 8,     /* rows of the screen from which there are hints */
	STATUS_FROM = 3,
};

static guint
folders_width(const LayoutWish *wish)
{
	if (wish->cols >= FOLDERS_FROM)
		return CLAMP(wish->cols * 22 / 100, FOLDERS_MIN, FOLDERS_MAX);
	return wish->focus == VIEW_FOLDERS ? wish->cols : 0;
}

static void
place_lines(const LayoutWish *wish, Layout *out)
{
	guint rows = wish->rows, hints = rows >= HINTS_FROM ? 1 : 0;
	guint status = rows >= STATUS_FROM ? 1 : 0, title = rows >= STATUS_FROM ? 1 : 0;
	out->title = (Rect){0, 0, title, wish->cols};
	out->middle = (Rect){title, 0, rows - title - status - hints, wish->cols};
	out->status = (Rect){rows - hints - status, 0, status, wish->cols};
	out->hints = (Rect){rows - hints, 0, hints, wish->cols};
}

/* The list and, while it is open, the reader share AREA. */
static void
place_mail(const LayoutWish *wish, const Rect *area, Layout *out)
{
	Rect *index = &out->panes[VIEW_INDEX], *reader = &out->panes[VIEW_READER];
	*index = *area;
	if (!wish->reader_open)
		return;
	*reader = *area;
	if (wish->cols >= BESIDE_FROM) {
		index->cols = area->cols * 45 / 100;
		out->reader_line = area->col + index->cols;
		out->reader_beside = TRUE;
		reader->col = out->reader_line + 1;
		reader->cols = area->cols - index->cols - 1;
	} else if (area->rows >= BELOW_FROM) {
		index->rows = MAX(area->rows * 30 / 100, LIST_BELOW_MIN);
		out->reader_line = area->row + index->rows;
		reader->row = out->reader_line + 1;
		reader->rows = area->rows - index->rows - 1;
	} else if (wish->focus == VIEW_INDEX) {
		*reader = (Rect){0};
	} else {
		*index = (Rect){0};
	}
}

void
layout_compute(const LayoutWish *wish, Layout *out_layout)
{
	Layout out = {0};
	place_lines(wish, &out);
	if (view_is_page(wish->focus)) {
		out.panes[wish->focus] = out.middle;
		*out_layout = out;
		return;
	}
	guint width = folders_width(wish);
	Rect mail = out.middle;
	if (width > 0) {
		out.panes[VIEW_FOLDERS] = out.middle;
		out.panes[VIEW_FOLDERS].cols = width;
	}
	if (width > 0 && width < wish->cols) {
		out.folder_line = width;
		mail.col = width + 1;
		mail.cols = wish->cols - width - 1;
	} else if (width > 0) {
		mail = (Rect){0};
	}
	if (mail.cols > 0)
		place_mail(wish, &mail, &out);
	*out_layout = out;
}

gboolean
rect_has(const Rect *rect, guint row, guint col)
{
	return row >= rect->row && row - rect->row < rect->rows && col >= rect->col &&
	       col - rect->col < rect->cols;
}
