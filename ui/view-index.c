#include "view-index.h"

#include "moves.h"
#include "row.h"
#include "wrap.h"

#include <string.h>

enum {
	MARGIN_ROWS = 2,      /* between the cursor and the edges */
	MARKS_CHECKED = 1000, /* marks whose messages are looked for after some went */
	TAGS_FROM = 50,       /* columns from which tags are told at the foot */
};

typedef struct {
	App *app;
	Engine *engine;
	EngineFolderId folder; /* 0: none is open */
	EngineList *list;
	List place;
	guint cols;
	guint view_first, view_count; /* as told to the engine */

	guint32 cursor_uid; /* the message under the cursor; 0 while it is a placeholder */
	guint32 wanted_uid; /* the cursor goes there when the server says where it is */
	UidSet *marks;
	EngineSearch
		*whole; /* asks for the UIDs of all messages, which are to be marked; or NULL */
	GHashTable *left_at; /* folder -> UID under the cursor when it was closed */

	EngineSearch *search;
	char *search_text;
	gboolean search_jumps;  /* to the first hit, once there is one */
	gboolean search_failed; /* the server's error was told */
} Index;

/* --- The cursor and its message ----------------------------------------------------------------- */

static gboolean
row_at(const Index *self, guint position, EngineRow *out_row)
{
	return self->list && engine_list_row(self->list, position, out_row);
}

static guint32
uid_at(const Index *self, guint position)
{
	EngineRow row;
	return row_at(self, position, &row) ? row.uid : 0;
}

static void
tell_view(Index *self)
{
	guint first = self->place.top, count = list_visible(&self->place);
	if (!self->list || (first == self->view_first && count == self->view_count))
		return;
	self->view_first = first;
	self->view_count = count;
	engine_list_set_view(self->list, first, count);
}

/* After every change of the place that the user or the server made. */
static void
settle(Index *self)
{
	self->cursor_uid = uid_at(self, self->place.cursor);
	tell_view(self);
	app_mark(self->app, VIEW_INDEX);
}

/* By the user's wish: what the cursor waited for is no longer wanted. */
static void
go_to(Index *self, guint position)
{
	self->wanted_uid = 0;
	list_go(&self->place, position);
	settle(self);
}

/* The same for a message, now or when the server has said where it is. */
static void
go_to_uid(Index *self, guint32 uid)
{
	guint position;
	if (uid == 0)
		return;
	if (engine_list_find(self->list, uid, &position))
		go_to(self, position);
	else
		self->wanted_uid = uid;
}

/* --- Opening ------------------------------------------------------------------------------------ */

static void
drop_search(Index *self)
{
	g_clear_pointer(&self->search, engine_search_free);
	g_clear_pointer(&self->search_text, g_free);
	self->search_jumps = self->search_failed = FALSE;
}

/* Also those that were still to come. */
static void
unmark_all(Index *self)
{
	uidset_clear(self->marks);
	g_clear_pointer(&self->whole, engine_search_free);
}

static void
close_folder(Index *self)
{
	drop_search(self);
	unmark_all(self);
	if (self->folder != 0 && self->cursor_uid != 0)
		g_hash_table_insert(self->left_at, GUINT_TO_POINTER(self->folder),
			GUINT_TO_POINTER(self->cursor_uid));
	g_clear_pointer(&self->list, engine_list_close);
	self->folder = 0;
	self->cursor_uid = self->wanted_uid = 0;
	self->view_first = self->view_count = G_MAXUINT;
}

void
view_index_open(View *view, EngineFolderId folder)
{
	Index *self = view->self;
	close_folder(self);
	self->folder = folder;
	self->list = engine_list_open(self->engine, folder);
	list_reset(&self->place, engine_list_count(self->list), 0);
	settle(self);
	go_to_uid(self,
		GPOINTER_TO_UINT(g_hash_table_lookup(self->left_at, GUINT_TO_POINTER(folder))));
}

EngineFolderId
view_index_folder(View *view)
{
	return ((Index *)view->self)->folder;
}

gboolean
view_index_is_current(View *view)
{
	Index *self = view->self;
	return self->list && engine_list_is_current(self->list);
}

gint64
view_index_seen_at(View *view)
{
	Index *self = view->self;
	return self->list ? engine_list_seen_at(self->list) : 0;
}

guint32
view_index_uid(View *view)
{
	Index *self = view->self;
	return uid_at(self, self->place.cursor);
}

gboolean
view_index_step(View *view, gint delta, guint32 *out_uid)
{
	Index *self = view->self;
	guint before = self->place.cursor;
	gint64 target = (gint64)before + delta;
	if (target < 0 || target >= self->place.count)
		return FALSE;
	go_to(self, (guint)target);
	if (self->cursor_uid == 0)
		return FALSE;
	*out_uid = self->cursor_uid;
	return TRUE;
}

gboolean
view_index_row(View *view, guint32 uid, EngineRow *out_row)
{
	Index *self = view->self;
	return self->list && engine_list_row_of(self->list, uid, out_row);
}

/* --- Marks -------------------------------------------------------------------------------------- */

static gboolean
is_marked(const Index *self, guint32 uid)
{
	return uidset_contains(self->marks, uid);
}

static void
toggle_mark(Index *self)
{
	guint32 uid = self->cursor_uid;
	if (uid == 0)
		return;
	if (is_marked(self, uid))
		uidset_remove(self->marks, uid);
	else
		uidset_add(self->marks, uid);
	go_to(self, self->place.cursor + 1);
}

/* Who acts on all must know when it is not all. */
static void
tell_unmarked(Index *self, const char *why)
{
	if (uidset_count(self->marks) < self->place.count)
		app_notice(self->app, ENGINE_NOTICE_WARNING,
			"%" G_GUINT64_FORMAT " of %u are marked: the others are not known yet. %s",
			uidset_count(self->marks), self->place.count, why);
}

static void
whole_answered(Index *self)
{
	const char *error = engine_search_error(self->whole);
	if (error)
		tell_unmarked(self, error);
	else if (engine_search_is_done(self->whole))
		uidset_add_set(self->marks, engine_search_hits(self->whole));
	if (engine_search_is_done(self->whole))
		g_clear_pointer(&self->whole, engine_search_free);
	app_mark(self->app, VIEW_INDEX);
}

/* Those of which nothing is known here the server names. */
static void
mark_whole(Index *self)
{
	g_autoptr(UidSet) known = engine_list_uids(self->list);
	uidset_add_set(self->marks, known);
	if (uidset_count(known) >= self->place.count)
		return;
	g_clear_pointer(&self->whole, engine_search_free);
	self->whole = engine_search(self->engine, self->folder, ENGINE_SEARCH_ALL, NULL);
	if (engine_search_is_done(self->whole))
		whole_answered(self);
}

/* While hits are shown, "all" is all of them. */
static void
mark_all(Index *self)
{
	if (self->search && !engine_search_is_done(self->search))
		app_notice(self->app, ENGINE_NOTICE_WARNING, "The search is still under way");
	else if (self->search)
		uidset_add_set(self->marks, engine_search_hits(self->search));
	else if (self->list)
		mark_whole(self);
	app_mark(self->app, VIEW_INDEX);
}

/* A mark whose message went must not be counted, nor be acted on. */
static void
drop_stale_marks(Index *self)
{
	if (uidset_count(self->marks) > MARKS_CHECKED)
		return;
	for (guint32 uid = uidset_max(self->marks); uid; uid = uidset_previous(self->marks, uid)) {
		if (!engine_list_may_have(self->list, uid))
			uidset_remove(self->marks, uid);
	}
}

static gboolean
index_targets(gpointer view, EngineFolderId *out_folder, GArray *out_uids, GError **error)
{
	Index *self = view;
	guint n;
	const UidRange *ranges = uidset_ranges(self->marks, &n);
	if (self->folder == 0)
		return FALSE;
	/* "All" must not become the hundred that were known when a key was faster than the server. */
	if (self->whole)
		return err_set(error, ERR_BUSY,
			"The server has not said yet which messages are all: once more, in a "
			"moment");
	for (guint i = 0; i < n; i++) {
		/* The last UID of all is followed by 0. */
		for (guint32 uid = ranges[i].first; uid != 0 && uid <= ranges[i].last; uid++)
			g_array_append_val(out_uids, uid);
	}
	if (out_uids->len == 0 && self->cursor_uid != 0)
		g_array_append_val(out_uids, self->cursor_uid);
	*out_folder = self->folder;
	return out_uids->len > 0;
}

static void
index_acted(gpointer view, ActionId action)
{
	Index *self = view;
	unmark_all(self);
	settle(self);
}

/* --- Searching ---------------------------------------------------------------------------------- */

/* FALSE: there is no hit to go to (yet). */
static gboolean
go_to_hit(Index *self, gboolean newer)
{
	guint32 uid = engine_search_next(self->search, self->cursor_uid, newer);
	go_to_uid(self, uid);
	return uid != 0;
}

static void
tell_no_hit(const Index *self)
{
	app_notice(self->app, ENGINE_NOTICE_INFO, "No message here has “%s”", self->search_text);
}

/* The first hits that are here are gone to at once; the server may add others. */
static void
search_answered(Index *self)
{
	const char *error = engine_search_error(self->search);
	guint64 n = engine_search_count(self->search);
	gboolean done = engine_search_is_done(self->search);
	if (error && !self->search_failed)
		app_notice(self->app, ENGINE_NOTICE_ERROR, "%s", error);
	self->search_failed = error != NULL;
	if (self->search_jumps && n > 0 && !engine_search_has(self->search, self->cursor_uid))
		(void)go_to_hit(self, FALSE);
	else if (self->search_jumps && n == 0 && done && !error)
		tell_no_hit(self);
	if (n > 0 || done)
		self->search_jumps = FALSE;
	if (error && n == 0 && done)
		drop_search(self);
	app_mark(self->app, VIEW_INDEX);
}

static void
start_search(Index *self, EngineSearchScope scope, const char *text)
{
	drop_search(self);
	if (!self->list)
		return;
	self->search_text = g_strdup(text);
	self->search = engine_search(self->engine, self->folder, scope, text);
	self->search_jumps = TRUE;
	search_answered(self);
}

static void
next_unread(Index *self)
{
	guint position;
	EngineRow row;
	gboolean found =
		self->list && engine_list_next_unread(self->list, self->place.cursor, &position);
	/* Round the end: the first row itself, then what follows it. */
	if (!found && row_at(self, 0, &row) && row.uid != 0 && !(row.flags & FLAG_SEEN)) {
		position = 0;
		found = TRUE;
	} else if (!found) {
		found = self->list && engine_list_next_unread(self->list, 0, &position);
	}
	if (found)
		go_to(self, position);
	else
		app_notice(self->app, ENGINE_NOTICE_INFO, "No unread messages here");
}

static void
search_on(Index *self, gboolean newer)
{
	if (!self->search)
		next_unread(self);
	else if (engine_search_count(self->search) == 0 && !engine_search_is_done(self->search))
		self->search_jumps = TRUE;
	else if (!go_to_hit(self, newer))
		tell_no_hit(self);
}

/* --- Actions ------------------------------------------------------------------------------------ */

static void
read_under_cursor(Index *self)
{
	if (self->cursor_uid != 0)
		app_read(self->app, self->folder, self->cursor_uid);
	else if (self->place.count > 0)
		app_notice(self->app, ENGINE_NOTICE_INFO, "This message is still on its way");
}

static void
read_step(Index *self, gint delta)
{
	guint32 uid;
	if (view_index_step(app_view(self->app, VIEW_INDEX), delta, &uid))
		app_read(self->app, self->folder, uid);
}

/* One thing at a time: the search first, then the marks. */
static ViewAnswer
escape(Index *self)
{
	if (self->search)
		drop_search(self);
	else if (self->whole || !uidset_is_empty(self->marks))
		unmark_all(self);
	else
		return VIEW_PASS;
	app_mark(self->app, VIEW_INDEX);
	return VIEW_DONE;
}

static ViewAnswer
index_act(gpointer view, const Command *command, GError **error)
{
	Index *self = view;
	if (moves_list(&self->place, command->action->id)) {
		self->wanted_uid = 0;
		settle(self);
		return VIEW_DONE;
	}
	switch (command->action->id) {
	case ACTION_READ: read_under_cursor(self); return VIEW_DONE;
	case ACTION_NEXT_MESSAGE: read_step(self, 1); return VIEW_DONE;
	case ACTION_PREVIOUS_MESSAGE: read_step(self, -1); return VIEW_DONE;
	case ACTION_NEXT_UNREAD: next_unread(self); return VIEW_DONE;
	case ACTION_MARK: toggle_mark(self); return VIEW_DONE;
	case ACTION_MARK_ALL: mark_all(self); return VIEW_DONE;
	case ACTION_UNMARK_ALL:
		unmark_all(self);
		app_mark(self->app, VIEW_INDEX);
		return VIEW_DONE;
	case ACTION_SEARCH:
		start_search(self, ENGINE_SEARCH_FIELDS, command->arg);
		return VIEW_DONE;
	case ACTION_SEARCH_TEXT:
		start_search(self, ENGINE_SEARCH_TEXT, command->arg);
		return VIEW_DONE;
	case ACTION_SEARCH_NEXT: search_on(self, FALSE); return VIEW_DONE;
	case ACTION_SEARCH_PREVIOUS: search_on(self, TRUE); return VIEW_DONE;
	case ACTION_ESCAPE: return escape(self);
	default: return VIEW_PASS;
	}
}

static void
index_mouse(gpointer view, const Mouse *mouse)
{
	Index *self = view;
	guint position;
	if (moves_list_mouse(&self->place, mouse->kind)) {
		settle(self);
	} else if (list_at(&self->place, mouse->row, &position)) {
		go_to(self, position);
		if (mouse->kind == MOUSE_DOUBLE)
			read_under_cursor(self);
	}
}

/* --- Events ------------------------------------------------------------------------------------- */

/* Everything is elsewhere: the cursor looks for its message, and stays at its line until found. */
static void
list_was_reset(Index *self, gboolean renumbered)
{
	/* What was marked, found and pointed at would be other messages now. */
	if (renumbered) {
		drop_search(self);
		unmark_all(self);
		self->cursor_uid = self->wanted_uid = 0;
	}
	guint32 uid = self->cursor_uid != 0 ? self->cursor_uid : self->wanted_uid;
	guint position = self->place.cursor;
	gboolean at_top = position == 0 && self->place.top == 0;
	self->wanted_uid = 0;
	if (uid != 0 && !engine_list_find(self->list, uid, &position) && !at_top)
		self->wanted_uid = uid;
	list_reset(&self->place, engine_list_count(self->list), position);
	self->view_first = self->view_count = G_MAXUINT;
	settle(self);
}

static void
list_was_spliced(Index *self, const EngineEvent *event)
{
	list_splice(&self->place, event->position, event->removed, event->added);
	if (event->removed > 0)
		drop_stale_marks(self);
	settle(self);
}

static void
list_found(Index *self, const EngineEvent *event)
{
	if (self->wanted_uid == 0 || event->uid != self->wanted_uid)
		return;
	go_to(self, event->position);
}

static void
index_event(gpointer view, const EngineEvent *event)
{
	Index *self = view;
	if (event->kind == ENGINE_SEARCH_CHANGED && self->search && event->search == self->search)
		search_answered(self);
	if (event->kind == ENGINE_SEARCH_CHANGED && self->whole && event->search == self->whole)
		whole_answered(self);
	if (!self->list || event->list != self->list)
		return;
	switch (event->kind) {
	case ENGINE_LIST_RESET: list_was_reset(self, event->renumbered); break;
	case ENGINE_LIST_SPLICED: list_was_spliced(self, event); break;
	case ENGINE_LIST_ROWS: settle(self); break;
	case ENGINE_LIST_FOUND: list_found(self, event); break;
	default: break;
	}
}

/* --- Painting ----------------------------------------------------------------------------------- */

/* What keeps the account from showing its mail; the caller's, NULL when nothing does. */
static char *
trouble_of(const Index *self)
{
	EngineFolder folder;
	EngineAccount account;
	if (!engine_folder_get(self->engine, self->folder, &folder) ||
		!engine_account_get(self->engine, folder.account, &account) ||
		*account.state_text == '\0')
		return NULL;
	return wrap_prepare(account.state_text, strlen(account.state_text));
}

/* The foot has one row for it, and what is to be done about it stands at its end. */
static void
draw_trouble(const char *trouble, Paint *paint, guint row, guint col)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	guint cells = paint_cols(paint) - MIN(2 * col, paint_cols(paint) - 1);
	wrap_rows(trouble, cells, FALSE, rows);
	for (guint i = 0; i < rows->len && row + i < paint_rows(paint); i++) {
		const WrapSpan *span = &g_array_index(rows, WrapSpan, i);
		g_autofree char *part = g_strndup(trouble + span->start, span->len);
		paint_text(paint, row + i, col, cells, STYLE_NONE, part);
	}
}

static void
draw_empty(const Index *self, Paint *paint)
{
	guint cols = paint_cols(paint), col = cols > 20 ? 4 : 0;
	guint row = paint_rows(paint) > 2 ? 1 : 0;
	g_autofree char *trouble = trouble_of(self);
	const char *sentence = "No folder is open";
	EngineFolder folder;
	if (self->list && !engine_folder_get(self->engine, self->folder, &folder))
		sentence = "This folder is no longer on the server";
	else if (self->list && engine_list_is_current(self->list))
		sentence = "No messages in this folder";
	else if (self->list)
		sentence = "Nothing of this folder is here yet";
	paint_text(paint, row, col, cols - col, STYLE_QUIET, sentence);
	if (trouble != NULL)
		draw_trouble(trouble, paint, row + 2, col);
}

static void
index_draw(gpointer view, Paint *paint, gboolean focused)
{
	const Index *self = view;
	gint64 now = engine_now();
	RowColumns columns;
	guint line = 0, position;
	row_columns(paint_cols(paint), &columns);
	for (; line < paint_rows(paint) && list_at(&self->place, line, &position); line++) {
		EngineRow row = {0};
		(void)row_at(self, position, &row); /* FALSE: drawn as a placeholder */
		RowLook look = {
			.cursor = position == self->place.cursor,
			.focused = focused,
			.marked = is_marked(self, row.uid),
			.match = row.uid != 0 && self->search &&
				 engine_search_has(self->search, row.uid),
		};
		row_draw(paint, line, &columns, &row, &look, now);
		if (look.cursor && focused)
			paint_cursor(paint, line, MIN(columns.subject_at, paint_cols(paint) - 1));
	}
	paint_fill_below(paint, line, STYLE_LIST);
	if (self->place.count == 0)
		draw_empty(self, paint);
}

static void
index_resize(gpointer view, guint rows, guint cols)
{
	Index *self = view;
	self->cols = cols;
	list_set_height(&self->place, rows);
	tell_view(self);
}

static const ActionId *
index_hints(gpointer view)
{
	static const ActionId marked[] = {ACTION_MOVE, ACTION_COPY, ACTION_ARCHIVE, ACTION_DELETE,
		ACTION_TOGGLE_FLAG, ACTION_MARK, ACTION_UNMARK_ALL, ACTION_HELP, ACTION_NONE};
	static const ActionId searching[] = {ACTION_SEARCH_NEXT, ACTION_READ, ACTION_MARK_ALL,
		ACTION_DELETE, ACTION_ARCHIVE, ACTION_MOVE, ACTION_MARK, ACTION_HELP, ACTION_NONE};
	static const ActionId usual[] = {ACTION_READ, ACTION_DELETE, ACTION_ARCHIVE, ACTION_MOVE,
		ACTION_MARK, ACTION_SEARCH, ACTION_UNDO, ACTION_FOCUS_NEXT, ACTION_COMMAND,
		ACTION_HELP, ACTION_NONE};
	static const ActionId empty[] = {ACTION_FOCUS_NEXT, ACTION_OPEN, ACTION_UNDO, ACTION_LOG,
		ACTION_COMMAND, ACTION_HELP, ACTION_NONE};
	const Index *self = view;
	if (self->place.count == 0)
		return empty;
	if (!uidset_is_empty(self->marks))
		return marked;
	return self->search ? searching : usual;
}

static void
add_word(GString *words, gboolean wanted, const char *word)
{
	if (!wanted)
		return;
	if (words->len > 0)
		g_string_append(words, ", ");
	g_string_append(words, word);
}

/* What the signs of the row under the cursor mean, in words. */
static void
add_state_words(const Index *self, GString *words)
{
	EngineRow row;
	if (!row_at(self, self->place.cursor, &row) || row.uid == 0)
		return;
	add_word(words, row.flags & FLAG_DELETED, "deleted");
	add_word(words, row.flags & FLAG_DRAFT, "draft");
	add_word(words, !(row.flags & FLAG_SEEN), "unread");
	add_word(words, row.flags & FLAG_FLAGGED, "flagged");
	add_word(words, row.flags & FLAG_ANSWERED, "answered");
	add_word(words, row.flags & FLAG_FORWARDED, "forwarded");
	add_word(words, row.attachment, "with attachment");
	g_autofree char *tags = row_tags(&row);
	g_autofree char *tagged = g_strconcat("tagged ", tags, NULL);
	add_word(words, *tags && self->cols >= TAGS_FROM, tagged);
	add_word(words, row.pending, "on its way to the server");
}

static void
add_search_words(const Index *self, GString *words)
{
	guint64 n = engine_search_count(self->search);
	gboolean done = engine_search_is_done(self->search);
	if (n > 0 || done)
		g_string_append_printf(words, "%" G_GUINT64_FORMAT " found", n);
	if (!done)
		g_string_append(words, n > 0 ? ", searching …" : "searching …");
	else if (engine_search_is_here_only(self->search))
		g_string_append(words, " here; not online");
}

static void
index_where(gpointer view, char *out, gsize size)
{
	const Index *self = view;
	g_autoptr(GString) words = g_string_new(NULL);
	guint64 marked = uidset_count(self->marks);
	if (marked > 0)
		g_string_append_printf(words, "%" G_GUINT64_FORMAT " marked", marked);
	else if (self->search)
		add_search_words(self, words);
	else
		add_state_words(self, words);
	if (self->place.count > list_visible(&self->place))
		g_string_append_printf(words, "%s%u/%u", words->len > 0 ? "  " : "",
			self->place.cursor + 1, self->place.count);
	g_strlcpy(out, words->str, size);
}

static void
index_free(gpointer view)
{
	Index *self = view;
	close_folder(self);
	uidset_free(self->marks);
	g_hash_table_unref(self->left_at);
	g_free(self);
}

View *
view_index_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_INDEX,
		.free = index_free,
		.draw = index_draw,
		.resize = index_resize,
		.event = index_event,
		.act = index_act,
		.mouse = index_mouse,
		.targets = index_targets,
		.acted = index_acted,
		.hints = index_hints,
		.where = index_where,
	};
	Index *self = g_new0(Index, 1);
	self->app = app;
	self->engine = app_engine(app);
	self->marks = uidset_new();
	self->left_at = g_hash_table_new(NULL, NULL);
	self->view_first = self->view_count = G_MAXUINT;
	list_init(&self->place, MARGIN_ROWS);
	return view_new(&ops, self);
}
