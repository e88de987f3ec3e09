/* Where the panes are, at every size. */
#include "layout.h"

#include <glib.h>

static Layout
at(guint cols, guint rows, ViewKind focus, gboolean reader)
{
	LayoutWish wish = {.cols = cols, .rows = rows, .focus = focus, .reader_open = reader};
	Layout layout;
	layout_compute(&wish, &layout);
	return layout;
}

static gboolean
is_shown(const Layout *layout, ViewKind view)
{
	return layout->panes[view].rows > 0 && layout->panes[view].cols > 0;
}

static void
test_usual(void)
{
	Layout layout = at(80, 24, VIEW_INDEX, FALSE);
	g_assert_true(is_shown(&layout, VIEW_FOLDERS));
	g_assert_cmpuint(layout.panes[VIEW_INDEX].rows, ==, 21);
	layout = at(120, 40, VIEW_READER, TRUE); /* below */
	g_assert_true(is_shown(&layout, VIEW_INDEX));
	g_assert_false(layout.reader_beside);
	g_assert_cmpuint(layout.panes[VIEW_READER].row, >, layout.panes[VIEW_INDEX].row);
	layout = at(200, 40, VIEW_READER, TRUE); /* beside */
	g_assert_true(layout.reader_beside);
	g_assert_cmpuint(layout.panes[VIEW_READER].row, ==, layout.panes[VIEW_INDEX].row);
	layout = at(80, 24, VIEW_READER, TRUE); /* over it */
	g_assert_false(is_shown(&layout, VIEW_INDEX));
	layout = at(80, 24, VIEW_INDEX, TRUE);
	g_assert_true(is_shown(&layout, VIEW_INDEX));
	g_assert_false(is_shown(&layout, VIEW_READER));
}

static void
test_narrow(void)
{
	Layout layout = at(40, 10, VIEW_INDEX, FALSE);
	g_assert_false(is_shown(&layout, VIEW_FOLDERS));
	g_assert_cmpuint(layout.panes[VIEW_INDEX].cols, ==, 40);
	g_assert_cmpuint(layout.panes[VIEW_INDEX].rows, ==, 7);
	layout = at(40, 10, VIEW_FOLDERS, FALSE);
	g_assert_cmpuint(layout.panes[VIEW_FOLDERS].cols, ==, 40);
	g_assert_false(is_shown(&layout, VIEW_INDEX));
	layout = at(40, 6, VIEW_INDEX, FALSE);
	g_assert_cmpuint(layout.hints.rows, ==, 0);
	layout = at(120, 40, VIEW_HELP, TRUE);
	g_assert_cmpuint(layout.panes[VIEW_HELP].cols, ==, 120);
	g_assert_false(is_shown(&layout, VIEW_READER));
}

/* No pane leaves the screen or lies on another one, and the focus is always there. */
static void
test_every_size(void)
{
	for (guint cols = 1; cols <= 260; cols += cols < 90 ? 1 : 7) {
		for (guint rows = 1; rows <= 70; rows += rows < 30 ? 1 : 5) {
			for (guint focus = 0; focus < VIEW_COUNT * 2; focus++) {
				ViewKind view = (ViewKind)(focus % VIEW_COUNT);
				Layout layout = at(cols, rows, view,
					focus >= VIEW_COUNT || view == VIEW_READER);
				guint covered[VIEW_COUNT] = {0}, cells = 0;
				g_assert_true(is_shown(&layout, view));
				for (guint i = 0; i < VIEW_COUNT; i++) {
					const Rect *pane = &layout.panes[i];
					covered[i] = pane->rows * pane->cols;
					cells += covered[i];
					if (covered[i] == 0)
						continue;
					g_assert_cmpuint(pane->row + pane->rows, <=,
						layout.middle.row + layout.middle.rows);
					g_assert_cmpuint(pane->col + pane->cols, <=, cols);
				}
				g_assert_cmpuint(
					cells, <=, layout.middle.rows * layout.middle.cols);
				g_assert_cmpuint(layout.hints.row + layout.hints.rows, <=, rows);
			}
		}
	}
}

static void
test_hits(void)
{
	Rect rect = {2, 3, 4, 5};
	g_assert_true(rect_has(&rect, 2, 3));
	g_assert_true(rect_has(&rect, 5, 7));
	g_assert_false(rect_has(&rect, 6, 7));
	g_assert_false(rect_has(&rect, 5, 8));
	g_assert_false(rect_has(&rect, 1, 3));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/layout/usual", test_usual);
	g_test_add_func("/layout/narrow", test_narrow);
	g_test_add_func("/layout/every-size", test_every_size);
	g_test_add_func("/layout/hits", test_hits);
	return g_test_run();
}
