/* The screen: panes, lines between them, title, status, hints and the prompt. */
#include "app-private.h"

#include "view-index.h"

static void
draw_view(App *app, ViewKind kind)
{
	View *view = app->views[kind];
	const Rect *rect = &app->layout.panes[kind];
	if (rect->rows == 0 || rect->cols == 0 || (!view->dirty && kind != app->focus))
		return;
	/* The focused one is always painted: it places the cursor. Curses sends what differs. */
	g_autofree Paint *paint =
		paint_new(app->screen, rect->row, rect->col, rect->rows, rect->cols);
	view->ops->draw(view->self, paint, kind == app->focus && !prompt_is_open(app->prompt));
	view->dirty = FALSE;
}

static void
draw_lines(App *app)
{
	const Layout *layout = &app->layout;
	const Rect *reader = &layout->panes[VIEW_READER];
	g_autofree Paint *paint = paint_new(
		app->screen, layout->middle.row, 0, layout->middle.rows, layout->middle.cols);
	for (guint row = 0; layout->folder_line > 0 && row < layout->middle.rows; row++)
		paint_glyph(paint, row, layout->folder_line, STYLE_BORDER, GLYPH_VERTICAL);
	if (layout->reader_line == 0)
		return;
	if (layout->reader_beside) {
		for (guint row = 0; row < reader->rows; row++)
			paint_glyph(paint, row, layout->reader_line, STYLE_BORDER, GLYPH_VERTICAL);
		return;
	}
	guint line = layout->reader_line - layout->middle.row;
	for (guint col = 0; col < reader->cols; col++)
		paint_glyph(paint, line, reader->col + col, STYLE_BORDER, GLYPH_HORIZONTAL);
	if (layout->folder_line > 0)
		paint_glyph(paint, line, layout->folder_line, STYLE_BORDER, GLYPH_TEE_RIGHT);
}

static guint
all_pending(App *app)
{
	EngineAccount account;
	guint pending = 0;
	for (guint i = 0; engine_account_at(app->engine, i, &account); i++)
		pending += account.pending;
	return pending;
}

static Paint *
paint_rect(App *app, const Rect *rect)
{
	return paint_new(app->screen, rect->row, rect->col, rect->rows, rect->cols);
}

static void
draw_bars(App *app)
{
	EngineAccount account;
	EngineFolder folder;
	View *index = app->views[VIEW_INDEX];
	const View *view = app->views[app->focus];
	char where[64] = "", fetching[64];
	StatusFacts facts = {.where = where, .keys = keymap_pending(app->keymap)};
	if (app_current_account(app, &account))
		facts.account = &account;
	if (engine_folder_get(app->engine, view_index_folder(index), &folder))
		facts.folder = &folder;
	facts.current = facts.folder == NULL || view_index_is_current(index);
	facts.seen_at = view_index_seen_at(index);
	facts.pending = all_pending(app);
	if (view->ops->where != NULL)
		view->ops->where(view->self, where, sizeof(where));
	takeout_where(app->takeout, fetching, sizeof(fetching));
	if (*fetching != '\0')
		g_strlcpy(where, fetching, sizeof(where));
	g_autofree Paint *title = paint_rect(app, &app->layout.title);
	g_autofree Paint *line = paint_rect(app, &app->layout.status);
	g_autofree Paint *hints = paint_rect(app, &app->layout.hints);
	if (app->layout.title.rows > 0)
		status_draw_title(app->status, title, &facts);
	if (app->layout.status.rows > 0)
		status_draw_line(app->status, line, &facts);
	if (app->layout.hints.rows > 0)
		status_draw_hints(hints,
			view->ops->hints != NULL ? view->ops->hints(view->self) : NULL, app->keymap,
			app->focus);
}

/* The prompt lies on the last rows and covers what is there. */
static void
draw_prompt(App *app)
{
	guint rows = MIN(prompt_rows(app->prompt), term_rows(app->term));
	guint screen_rows = term_rows(app->term);
	app->prompt_rows = rows;
	if (rows == 0)
		return;
	g_autofree Paint *paint =
		paint_new(app->screen, screen_rows - rows, 0, rows, term_cols(app->term));
	prompt_draw(app->prompt, paint);
}

/* The whole picture or none: not while the prompt lies on it. */
static void
show_pixels(App *app)
{
	guint row, col;
	Pixels *pixels = paint_screen_pixels(app->screen, &row, &col);
	if (pixels && row + pixels->rows + app->prompt_rows > term_rows(app->term))
		pixels = NULL;
	term_show_pixels(app->term, pixels, row, col);
}

void
app_paint(gpointer user)
{
	App *app = user;
	if (app->prompt_rows != prompt_rows(app->prompt)) {
		for (guint i = 0; i < VIEW_COUNT; i++)
			app->views[i]->dirty = TRUE;
	}
	paint_screen_begin(app->screen);
	for (guint i = 0; i < VIEW_COUNT; i++)
		draw_view(app, (ViewKind)i);
	draw_lines(app);
	draw_bars(app);
	draw_prompt(app);
	paint_screen_end(app->screen);
	show_pixels(app);
}
