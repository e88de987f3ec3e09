#include "view-folders.h"

#include "base/text.h"
#include "date.h"
#include "moves.h"

enum {
	MARGIN_ROWS = 1,
	INDENT = 2,    /* cells per level */
	DEPTH_MAX = 8, /* deeper ones stand no further right */
	COUNT_TEXT_MAX = 16,
};

/* A line: a folder, or the heading of an account. */
typedef struct {
	EngineAccountId account;
	EngineFolderId folder; /* 0: the heading */
	guint depth;
	gboolean has_children;
} Line;

typedef struct {
	App *app;
	Engine *engine;
	GArray *lines; /* of Line, those that can be seen */
	List place;
	EngineFolderId open;
	GHashTable *closed_folders, *closed_accounts; /* ids whose folders are folded away */
	char *needle;
} Folders;

/* --- The lines ---------------------------------------------------------------------------------- */

static const Line *
line_at(const Folders *self, guint i)
{
	return i < self->lines->len ? &g_array_index(self->lines, Line, i) : NULL;
}

static const Line *
line_under_cursor(const Folders *self)
{
	return line_at(self, self->place.cursor);
}

static gboolean
is_closed(const Folders *self, const Line *line)
{
	return line->folder != 0
		       ? g_hash_table_contains(self->closed_folders, GUINT_TO_POINTER(line->folder))
		       : g_hash_table_contains(
				 self->closed_accounts, GUINT_TO_POINTER(line->account));
}

static void
add_account(Folders *self, EngineAccountId account)
{
	guint hidden_below = G_MAXUINT; /* folders deeper than this are folded away */
	Line heading = {.account = account, .has_children = TRUE};
	EngineFolder folder;
	g_array_append_val(self->lines, heading);
	if (is_closed(self, &heading))
		return;
	for (guint i = 0; engine_folder_at(self->engine, account, i, &folder); i++) {
		Line line = {account, folder.id, folder.depth, folder.has_children};
		if (folder.depth > hidden_below)
			continue;
		hidden_below = is_closed(self, &line) ? folder.depth : G_MAXUINT;
		g_array_append_val(self->lines, line);
	}
}

static gboolean
find_line(const Folders *self, EngineAccountId account, EngineFolderId folder, guint *out_position)
{
	for (guint i = 0; i < self->lines->len; i++) {
		const Line *line = line_at(self, i);
		if (line->folder != folder || (folder == 0 && line->account != account))
			continue;
		*out_position = i;
		return TRUE;
	}
	return FALSE;
}

static void
mark(Folders *self)
{
	app_mark(self->app, VIEW_FOLDERS);
}

/* Makes the lines anew; the cursor stays on its line, or where that was. */
static void
rebuild(Folders *self)
{
	const Line *line = line_under_cursor(self);
	Line at = line ? *line : (Line){0};
	guint position = self->place.cursor, top = self->place.top;
	EngineAccount account;
	g_array_set_size(self->lines, 0);
	for (guint i = 0; engine_account_at(self->engine, i, &account); i++)
		add_account(self, account.id);
	(void)find_line(self, at.account, at.folder, &position);
	list_reset(&self->place, self->lines->len, position);
	list_scroll(&self->place, (gint)top - (gint)self->place.top); /* what is in view stays */
	list_go(&self->place, position);
	mark(self);
}

/* Opens what is folded away above FOLDER, so that it has a line. */
static void
reveal(Folders *self, EngineFolderId folder)
{
	EngineFolder target, other;
	EngineFolderId above[256] = {0}; /* by depth: the last folder before it in the tree */
	if (!engine_folder_get(self->engine, folder, &target))
		return;
	g_hash_table_remove(self->closed_accounts, GUINT_TO_POINTER(target.account));
	for (guint i = 0; engine_folder_at(self->engine, target.account, i, &other); i++) {
		if (other.id == folder)
			break;
		if (other.depth < G_N_ELEMENTS(above))
			above[other.depth] = other.id;
	}
	for (guint i = 0; i < MIN(target.depth, G_N_ELEMENTS(above)); i++)
		g_hash_table_remove(self->closed_folders, GUINT_TO_POINTER(above[i]));
}

static void
go_to_folder(Folders *self, EngineFolderId folder)
{
	guint position;
	if (folder == 0)
		return;
	reveal(self, folder);
	rebuild(self);
	if (find_line(self, 0, folder, &position))
		list_go(&self->place, position);
}

void
view_folders_set_open(View *view, EngineFolderId folder)
{
	Folders *self = view->self;
	self->open = folder;
	go_to_folder(self, folder);
	mark(self);
}

/* --- Actions ------------------------------------------------------------------------------------ */

static void
set_closed(Folders *self, const Line *line, gboolean closed)
{
	GHashTable *ids = line->folder != 0 ? self->closed_folders : self->closed_accounts;
	gpointer id = GUINT_TO_POINTER(line->folder != 0 ? line->folder : line->account);
	if (closed)
		g_hash_table_add(ids, id);
	else
		g_hash_table_remove(ids, id);
	rebuild(self);
}

/* On a line that has nothing to fold, the one that holds it. */
static void
collapse(Folders *self)
{
	const Line *line = line_under_cursor(self);
	guint position = self->place.cursor;
	if (!line)
		return;
	if (line->has_children && !is_closed(self, line)) {
		set_closed(self, line, TRUE);
		return;
	}
	while (position > 0 && line->folder != 0) {
		const Line *above = line_at(self, --position);
		if (above->folder == 0 || above->depth < line->depth)
			break;
	}
	list_go(&self->place, position);
	mark(self);
}

static void
open_under_cursor(Folders *self)
{
	const Line *line = line_under_cursor(self);
	EngineFolder folder;
	if (!line)
		return;
	if (line->folder != 0 && engine_folder_get(self->engine, line->folder, &folder) &&
		folder.selectable)
		app_open_folder(self->app, folder.id);
	else
		set_closed(self, line, !is_closed(self, line));
}

static gboolean
line_matches(const Folders *self, guint i)
{
	const Line *line = line_at(self, i);
	EngineFolder folder;
	return line->folder != 0 && engine_folder_get(self->engine, line->folder, &folder) &&
	       text_contains(folder.path, self->needle);
}

static void
search(Folders *self, gint direction)
{
	guint n = self->lines->len, i = self->place.cursor;
	if (!self->needle)
		return;
	for (guint left = n; left > 0; left--) {
		i = (i + (direction < 0 ? n - 1 : 1)) % n;
		if (!line_matches(self, i))
			continue;
		list_go(&self->place, i);
		mark(self);
		return;
	}
	app_notice(
		self->app, ENGINE_NOTICE_INFO, "No folder here has “%s” in its name", self->needle);
}

static ViewAnswer
folders_act(gpointer view, const Command *command, GError **error)
{
	Folders *self = view;
	const Line *line = line_under_cursor(self);
	if (moves_list(&self->place, command->action->id)) {
		mark(self);
		return VIEW_DONE;
	}
	switch (command->action->id) {
	case ACTION_READ: open_under_cursor(self); return VIEW_DONE;
	case ACTION_EXPAND:
		if (line)
			set_closed(self, line, FALSE);
		return VIEW_DONE;
	case ACTION_COLLAPSE: collapse(self); return VIEW_DONE;
	case ACTION_SEARCH:
		g_free(self->needle);
		self->needle = g_strdup(command->arg);
		search(self, 1);
		return VIEW_DONE;
	case ACTION_SEARCH_NEXT: search(self, 1); return VIEW_DONE;
	case ACTION_SEARCH_PREVIOUS: search(self, -1); return VIEW_DONE;
	default: return VIEW_PASS;
	}
}

static void
folders_mouse(gpointer view, const Mouse *mouse)
{
	Folders *self = view;
	guint position;
	if (!moves_list_mouse(&self->place, mouse->kind) &&
		list_at(&self->place, mouse->row, &position)) {
		list_go(&self->place, position);
		open_under_cursor(self);
	}
	mark(self);
}

static void
folders_event(gpointer view, const EngineEvent *event)
{
	Folders *self = view;
	if (event->kind == ENGINE_FOLDERS_CHANGED)
		rebuild(self);
	else if (event->kind == ENGINE_FOLDER_CHANGED || event->kind == ENGINE_ACCOUNT_CHANGED)
		mark(self);
}

/* Colour alone does not say how old a count is. */
static void
folders_where(gpointer view, char *out, gsize size)
{
	const Line *line = line_under_cursor(view);
	char age[DATE_LONG_MAX];
	EngineFolder folder;
	if (!line || !engine_folder_get(((const Folders *)view)->engine, line->folder, &folder) ||
		!folder.counts_known || !folder.counts_old || folder.counts_at == 0)
		return;
	date_ago(folder.counts_at, engine_now(), age, sizeof age);
	g_snprintf(out, size, "counts from %s", age);
}

/* --- Painting ----------------------------------------------------------------------------------- */

/* Unread messages of FOLDER, and of what is folded away in it. */
static guint64
unread_of(const Folders *self, const EngineFolder *folder, gboolean closed)
{
	guint64 unread = folder->counts_known ? folder->unread : 0;
	gboolean inside = FALSE;
	EngineFolder other;
	if (!closed)
		return unread;
	for (guint i = 0; engine_folder_at(self->engine, folder->account, i, &other); i++) {
		if (inside && other.depth <= folder->depth)
			break;
		if (inside && other.counts_known)
			unread += other.unread;
		inside = inside || other.id == folder->id;
	}
	return unread;
}

static void
draw_fold(Paint *paint, guint row, guint col, const Folders *self, const Line *line, Style style)
{
	if (line->has_children)
		paint_glyph(
			paint, row, col, style, is_closed(self, line) ? GLYPH_CLOSED : GLYPH_OPEN);
}

static void
draw_account(const Folders *self, Paint *paint, guint row, const Line *line)
{
	guint cols = paint_cols(paint);
	EngineAccount account;
	Glyph glyph = GLYPH_WAITING;
	Style style = STYLE_FOLDER_WAITING;
	if (cols < 4 || !engine_account_get(self->engine, line->account, &account))
		return;
	if (account.state == ENGINE_LIVE) {
		glyph = GLYPH_LIVE;
		style = STYLE_FOLDER_LIVE;
	} else if (account.state == ENGINE_STOPPED) {
		glyph = GLYPH_STOPPED;
		style = STYLE_FOLDER_STOPPED;
	}
	paint_text(paint, row, 1, cols - 4, STYLE_FOLDER_ACCOUNT, account.name);
	paint_glyph(paint, row, cols - 2, style, glyph);
}

static void
draw_folder(const Folders *self, Paint *paint, guint row, const Line *line)
{
	guint cols = paint_cols(paint), col = 1 + INDENT * MIN(line->depth, DEPTH_MAX);
	char count[COUNT_TEXT_MAX] = "";
	EngineFolder folder;
	if (!engine_folder_get(self->engine, line->folder, &folder))
		return;
	guint64 unread = unread_of(self, &folder, line->has_children && is_closed(self, line));
	Style style = !folder.selectable ? STYLE_FOLDER_QUIET
		      : unread > 0       ? STYLE_FOLDER_UNREAD
					 : STYLE_FOLDER;
	if (unread > 0)
		g_snprintf(count, sizeof count, "%" G_GUINT64_FORMAT, unread);
	guint count_cells = text_width(count, -1);
	guint end = cols - MIN(cols, 1 + (count_cells > 0 ? count_cells + 1 : 0));
	col = MIN(col, cols / 2);
	draw_fold(paint, row, col, self, line, STYLE_QUIET);
	col += INDENT;
	paint_text(paint, row, col, end - MIN(end, col), style, folder.name);
	if (count_cells > 0 && count_cells < cols)
		paint_right(paint, row, cols - 1 - count_cells, count_cells,
			folder.counts_old ? STYLE_FOLDER_QUIET : STYLE_FOLDER_COUNT, count);
}

static void
draw_line(const Folders *self, Paint *paint, guint row, guint position, gboolean focused)
{
	const Line *line = line_at(self, position);
	if (focused && position == self->place.cursor)
		paint_set_band(paint, STYLE_FOLDER_CURSOR);
	else if (line->folder != 0 && line->folder == self->open)
		paint_set_band(paint, STYLE_FOLDER_OPEN);
	paint_fill(paint, row, 0, paint_cols(paint), STYLE_FOLDER);
	if (line->folder == 0)
		draw_account(self, paint, row, line);
	else
		draw_folder(self, paint, row, line);
	paint_set_band(paint, STYLE_NONE);
	/* A colour alone would not be seen in every theme. */
	if (line->folder != 0 && line->folder == self->open)
		paint_glyph(paint, row, 0, STYLE_ACCENT, GLYPH_MARKED);
	if (focused && position == self->place.cursor)
		paint_cursor(paint, row, 0);
}

static void
folders_draw(gpointer view, Paint *paint, gboolean focused)
{
	const Folders *self = view;
	guint row = 0, position;
	for (; row < paint_rows(paint) && list_at(&self->place, row, &position); row++)
		draw_line(self, paint, row, position, focused);
	paint_fill_below(paint, row, STYLE_FOLDER);
	if (row == 0)
		paint_text(paint, 0, 1, paint_cols(paint), STYLE_QUIET, "No account");
}

static void
folders_resize(gpointer view, guint rows, guint cols)
{
	list_set_height(&((Folders *)view)->place, rows);
}

static const ActionId *
folders_hints(gpointer view)
{
	static const ActionId hints[] = {ACTION_READ, ACTION_EXPAND, ACTION_COLLAPSE,
		ACTION_FOCUS_NEXT, ACTION_SEARCH, ACTION_COMMAND, ACTION_HELP, ACTION_NONE};
	return hints;
}

static void
folders_free(gpointer view)
{
	Folders *self = view;
	g_array_unref(self->lines);
	g_hash_table_unref(self->closed_folders);
	g_hash_table_unref(self->closed_accounts);
	g_free(self->needle);
	g_free(self);
}

View *
view_folders_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_FOLDERS,
		.free = folders_free,
		.draw = folders_draw,
		.resize = folders_resize,
		.event = folders_event,
		.act = folders_act,
		.mouse = folders_mouse,
		.where = folders_where,
		.hints = folders_hints,
	};
	Folders *self = g_new0(Folders, 1);
	self->app = app;
	self->engine = app_engine(app);
	self->lines = g_array_new(FALSE, FALSE, sizeof(Line));
	self->closed_folders = g_hash_table_new(NULL, NULL);
	self->closed_accounts = g_hash_table_new(NULL, NULL);
	list_init(&self->place, MARGIN_ROWS);
	rebuild(self);
	return view_new(&ops, self);
}
