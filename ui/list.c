/* See list.h. */
#include "list.h"

static guint
clamp_add(guint value, gint64 delta, guint max)
{
	gint64 sum = (gint64)value + delta;
	return sum < 0 ? 0 : sum > (gint64)max ? max : (guint)sum;
}

static guint
last_top(const List *list)
{
	return list->count > list->height ? list->count - list->height : 0;
}

/* Moves the top so that the cursor is in view with its margin, and no more than needed. */
static void
follow_cursor(List *list)
{
	guint margin = MIN(list->margin, list->height > 0 ? (list->height - 1) / 2 : 0);
	if (list->height == 0) {
		list->top = list->cursor;
		return;
	}
	if (list->cursor < list->top + margin)
		list->top = list->cursor > margin ? list->cursor - margin : 0;
	else if (list->cursor + margin >= list->top + list->height)
		list->top = list->cursor + margin + 1 - list->height;
	list->top = MIN(list->top, last_top(list));
}

static gboolean
settle(List *list, guint old_cursor, guint old_top)
{
	list->cursor = list->count == 0 ? 0 : MIN(list->cursor, list->count - 1);
	follow_cursor(list);
	return list->cursor != old_cursor || list->top != old_top;
}

void
list_init(List *list, guint margin)
{
	*list = (List){.margin = margin};
}

gboolean
list_set_height(List *list, guint height)
{
	list->height = height;
	return settle(list, list->cursor, list->top);
}

void
list_reset(List *list, guint count, guint cursor)
{
	list->count = count;
	list->cursor = cursor;
	list->top = 0;
	settle(list, 0, 0);
}

/* Where POINT is after the splice; one that went is at POSITION. */
static guint
spliced(guint point, guint position, guint removed, guint added)
{
	if (point < position)
		return point;
	if (point < position + removed)
		return position;
	return point - removed + added;
}

gboolean
list_splice(List *list, guint position, guint removed, guint added)
{
	guint old_cursor = list->cursor, old_top = list->top;
	position = MIN(position, list->count);
	removed = MIN(removed, list->count - position);
	added = MIN(added, G_MAXUINT - list->count);
	gboolean was_empty = list->count == 0;
	gboolean show_new_top = list->top == 0 && position == 0;
	list->count = list->count - removed + added;
	if (was_empty)
		return settle(list, old_cursor, old_top);
	/* A row that is replaced where it stands keeps the cursor; see list.h. */
	list->cursor = spliced(list->cursor, position, removed, added);
	list->top = show_new_top ? 0 : spliced(list->top, position, removed, added);
	return settle(list, old_cursor, old_top);
}

gboolean
list_go(List *list, guint position)
{
	guint old_cursor = list->cursor, old_top = list->top;
	list->cursor = position;
	return settle(list, old_cursor, old_top);
}

gboolean
list_move(List *list, gint delta)
{
	return list_go(list, clamp_add(list->cursor, delta, G_MAXUINT));
}

/* Moves the cursor so that it is in view with its margin: the other way round. */
static void
pull_cursor(List *list)
{
	guint last_row = list->height > 0 ? list->height - 1 : 0;
	guint margin = MIN(list->margin, last_row / 2);
	guint low = list->top > 0 ? list->top + margin : 0;
	guint high = list->top < last_top(list) ? list->top + last_row - margin : G_MAXUINT;
	list->cursor = CLAMP(list->cursor, low, high);
}

gboolean
list_page(List *list, gint direction, guint parts)
{
	guint old_cursor = list->cursor, old_top = list->top;
	gint64 step = MAX(list->height / MAX(parts, 1), 1);
	/* The line that was last stays in view as the first, as in every pager. */
	if (parts <= 1 && step > 2)
		step--;
	list->top = clamp_add(list->top, direction * step, last_top(list));
	list->cursor = clamp_add(list->cursor, direction * step, G_MAXUINT);
	pull_cursor(list);
	return settle(list, old_cursor, old_top);
}

gboolean
list_scroll(List *list, gint delta)
{
	guint old_cursor = list->cursor, old_top = list->top;
	list->top = clamp_add(list->top, delta, last_top(list));
	pull_cursor(list);
	return settle(list, old_cursor, old_top);
}

gboolean
list_center(List *list)
{
	guint old_top = list->top;
	list->top = list->cursor > list->height / 2 ? list->cursor - list->height / 2 : 0;
	return settle(list, list->cursor, old_top);
}

gboolean
list_at(const List *list, guint row, guint *out_position)
{
	if (row >= list_visible(list))
		return FALSE;
	*out_position = list->top + row;
	return TRUE;
}

guint
list_visible(const List *list)
{
	return MIN(list->height, list->count - MIN(list->top, list->count));
}
