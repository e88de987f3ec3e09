/*
 * A list's place: how many rows, which one is under the cursor, which one is at the top of how many
 * visible ones. Knows nothing of what the rows are, nor of the screen.
 *
 * Always true: CURSOR < COUNT (0 when empty), the cursor is visible, no blank lines below while
 * there are rows above. Functions return TRUE when cursor or top moved.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint count, cursor, top, height;
	guint margin; /* rows kept between the cursor and the edges while scrolling */
} List;

void list_init(List *list, guint margin);
gboolean list_set_height(List *list, guint height);
/* Another list: the cursor goes to CURSOR. */
void list_reset(List *list, guint count, guint cursor);
/* At POSITION, REMOVED rows went and then ADDED rows came. The cursor stays on its row; when that
 * went, on the one that took its place. Rows on the screen stay where they are, except that rows
 * which come at the very top are shown when the top was in view and the cursor can stay visible. */
gboolean list_splice(List *list, guint position, guint removed, guint added);

gboolean list_go(List *list, guint position); /* past the end: the last */
gboolean list_move(List *list, gint delta);
/* PARTS 1: whole pages, 2: half ones; DIRECTION -1 or 1. */
gboolean list_page(List *list, gint direction, guint parts);
/* Scrolls by DELTA rows; the cursor only moves where it would leave the view. For the wheel. */
gboolean list_scroll(List *list, gint delta);
/* Puts the cursor's row in the middle, for jumps. */
gboolean list_center(List *list);

/* The position shown in line ROW of the view; FALSE when there is none. */
gboolean list_at(const List *list, guint row, guint *out_position);
guint list_visible(const List *list); /* rows in view */
