/* The list's place against a naive model: rows that carry names. */
#include "list.h"

#include <glib.h>

static void
assert_sound(const List *list)
{
	if (list->count == 0) {
		g_assert_cmpuint(list->cursor, ==, 0);
		g_assert_cmpuint(list->top, ==, 0);
		return;
	}
	g_assert_cmpuint(list->cursor, <, list->count);
	if (list->height == 0)
		return;
	g_assert_cmpuint(list->top, <=, list->cursor);
	g_assert_cmpuint(list->cursor, <, list->top + list->height);
	if (list->count > list->height)
		g_assert_cmpuint(list->top + list->height, <=, list->count);
	else
		g_assert_cmpuint(list->top, ==, 0);
}

static List
make(guint count, guint height, guint margin)
{
	List list;
	list_init(&list, margin);
	list_set_height(&list, height);
	list_reset(&list, count, 0);
	return list;
}

static void
test_moves(void)
{
	List list = make(100, 10, 2);
	g_assert_false(list_move(&list, -1));
	g_assert_true(list_move(&list, 7));
	g_assert_cmpuint(list.top, ==, 0);
	list_move(&list, 1);
	g_assert_cmpuint(list.top, ==, 1); /* two rows stay below the cursor */
	list_go(&list, G_MAXUINT);
	g_assert_cmpuint(list.cursor, ==, 99);
	g_assert_cmpuint(list.top, ==, 90);
	g_assert_false(list_move(&list, 1));
	list_move(&list, G_MININT);
	g_assert_cmpuint(list.cursor, ==, 0);
	list_page(&list, 1, 1);
	g_assert_cmpuint(list.top, ==, 9); /* one line of the old page stays */
	list_page(&list, -1, 1);
	g_assert_cmpuint(list.top, ==, 0);
	list_page(&list, -1, 1);
	g_assert_cmpuint(list.cursor, ==, 0);
	list_page(&list, 1, 2);
	g_assert_cmpuint(list.top, ==, 5);
	g_assert_cmpuint(list.cursor, ==, 7);
	list_go(&list, 50);
	list_center(&list);
	g_assert_cmpuint(list.top, ==, 45);
	list_scroll(&list, 3);
	g_assert_cmpuint(list.top, ==, 48);
	g_assert_cmpuint(list.cursor, ==, 50);
	list_scroll(&list, 5);
	g_assert_cmpuint(list.cursor, ==, 55); /* pushed, two rows from the edge */
	guint position;
	g_assert_true(list_at(&list, 3, &position));
	g_assert_cmpuint(position, ==, 56);
	g_assert_false(list_at(&list, 10, &position));
}

static void
test_ends(void)
{
	List list = make(0, 10, 2);
	guint position;
	g_assert_false(list_move(&list, 1));
	g_assert_false(list_page(&list, 1, 1));
	g_assert_false(list_at(&list, 0, &position));
	list_splice(&list, 0, 0, 3);
	g_assert_cmpuint(list_visible(&list), ==, 3);
	list_splice(&list, 0, 3, 0);
	assert_sound(&list);
	list = make(5, 1, 2);
	list_go(&list, 3);
	assert_sound(&list);
	list_set_height(&list, 0);
	list_move(&list, 1);
	list_set_height(&list, 2);
	assert_sound(&list);
}

/* New mail: at the top it is shown, and the cursor stays on its message. */
static void
test_new_rows(void)
{
	List list = make(100, 10, 0);
	list_splice(&list, 0, 0, 1);
	g_assert_cmpuint(list.cursor, ==, 1);
	g_assert_cmpuint(list.top, ==, 0);
	list_go(&list, 50);
	guint line = list.cursor - list.top;
	list_splice(&list, 0, 0, 4);
	g_assert_cmpuint(list.cursor, ==, 54);
	g_assert_cmpuint(list.cursor - list.top, ==, line); /* nothing on the screen moved */
	/* Deleting the row under the cursor: the next one takes its line. */
	list_splice(&list, 54, 1, 0);
	g_assert_cmpuint(list.cursor, ==, 54);
	g_assert_cmpuint(list.cursor - list.top, ==, line);
	/* More rows at the top than the view has: the cursor's row stays visible. */
	list = make(20, 10, 2);
	list_splice(&list, 0, 0, 50);
	g_assert_cmpuint(list.cursor, ==, 50);
	assert_sound(&list);
}

/* ---- against the model ---- */

static void
model_splice(GArray *rows, guint position, guint removed, guint added, guint *next_name)
{
	g_array_remove_range(rows, position, removed);
	for (guint i = 0; i < added; i++) {
		guint name = (*next_name)++;
		g_array_insert_val(rows, position + i, name);
	}
}

static void
random_splice(List *list, GArray *rows, guint *next_name)
{
	guint position = (guint)g_test_rand_int_range(0, (gint)rows->len + 1);
	guint removed = (guint)g_test_rand_int_range(0, (gint)MIN(rows->len - position, 6) + 1);
	guint added = (guint)g_test_rand_int_range(0, 6);
	guint name = rows->len > 0 ? g_array_index(rows, guint, list->cursor) : 0;
	gboolean vanishes = list->cursor >= position && list->cursor < position + removed;
	gboolean was_empty = rows->len == 0;
	model_splice(rows, position, removed, added, next_name);
	list_splice(list, position, removed, added);
	g_assert_cmpuint(list->count, ==, rows->len);
	if (rows->len == 0 || was_empty)
		return;
	if (!vanishes)
		g_assert_cmpuint(g_array_index(rows, guint, list->cursor), ==, name);
	else
		g_assert_cmpuint(list->cursor, ==, MIN(position, rows->len - 1));
}

static void
test_model(void)
{
	for (guint round = 0; round < 200; round++) {
		g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint));
		guint next_name = 1;
		List list;
		list_init(&list, (guint)g_test_rand_int_range(0, 4));
		list_set_height(&list, (guint)g_test_rand_int_range(0, 12));
		for (guint step = 0; step < 100; step++) {
			switch (g_test_rand_int_range(0, 6)) {
			case 0: list_move(&list, g_test_rand_int_range(-9, 10)); break;
			case 1: list_page(&list, g_test_rand_bit() ? 1 : -1, 1); break;
			case 2: list_scroll(&list, g_test_rand_int_range(-5, 6)); break;
			case 3: list_set_height(&list, (guint)g_test_rand_int_range(0, 12)); break;
			default: random_splice(&list, rows, &next_name); break;
			}
			assert_sound(&list);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/list/moves", test_moves);
	g_test_add_func("/list/ends", test_ends);
	g_test_add_func("/list/new-rows", test_new_rows);
	g_test_add_func("/list/model", test_model);
	return g_test_run();
}
