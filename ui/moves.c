#include "moves.h"

enum { WHEEL_ROWS = 3 };

gboolean
moves_list(List *list, ActionId action)
{
	switch (action) {
	case ACTION_NEXT: list_move(list, 1); break;
	case ACTION_PREVIOUS: list_move(list, -1); break;
	case ACTION_FIRST: list_go(list, 0); break;
	case ACTION_LAST: list_go(list, G_MAXUINT); break;
	case ACTION_PAGE_DOWN: list_page(list, 1, 1); break;
	case ACTION_PAGE_UP: list_page(list, -1, 1); break;
	case ACTION_HALF_DOWN: list_page(list, 1, 2); break;
	case ACTION_HALF_UP: list_page(list, -1, 2); break;
	case ACTION_SCROLL_DOWN: list_scroll(list, 1); break;
	case ACTION_SCROLL_UP: list_scroll(list, -1); break;
	default: return FALSE;
	}
	return TRUE;
}

gboolean
moves_pager(Pager *pager, ActionId action)
{
	switch (action) {
	case ACTION_NEXT:
	case ACTION_SCROLL_DOWN: pager_scroll(pager, 1); break;
	case ACTION_PREVIOUS:
	case ACTION_SCROLL_UP: pager_scroll(pager, -1); break;
	case ACTION_FIRST: pager_home(pager); break;
	case ACTION_LAST: pager_end(pager); break;
	case ACTION_PAGE_DOWN: pager_page(pager, 1, 1); break;
	case ACTION_PAGE_UP: pager_page(pager, -1, 1); break;
	case ACTION_HALF_DOWN: pager_page(pager, 1, 2); break;
	case ACTION_HALF_UP: pager_page(pager, -1, 2); break;
	default: return FALSE;
	}
	return TRUE;
}

gboolean
moves_list_mouse(List *list, MouseKind kind)
{
	if (kind != MOUSE_WHEEL_UP && kind != MOUSE_WHEEL_DOWN)
		return FALSE;
	list_scroll(list, kind == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
	return TRUE;
}

gboolean
moves_pager_mouse(Pager *pager, MouseKind kind)
{
	if (kind != MOUSE_WHEEL_UP && kind != MOUSE_WHEEL_DOWN)
		return FALSE;
	pager_scroll(pager, kind == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
	return TRUE;
}
