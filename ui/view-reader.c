#include "view-reader.h"

#include "date.h"
#include "message-page.h"
#include "mosaic.h"
#include "plain.h"
#include "scroll.h"
#include "security.h"
#include "view-index.h"

enum {
	LOW = 12, /* rows below which the text has to begin soon */
};

typedef struct {
	Scroll scroll;
	EngineFolderId folder;
	EngineReading *reading; /* NULL: nothing is open */
	GPtrArray *outer;       /* EngineReading: the messages that READING is a part of */
	MessagePage *page;      /* READING in the pager */
	PageWish wish;
	Security *security;
	ActionId hints[16];
} Reader;

static void
fill(Reader *self)
{
	message_page_fill(self->page, self->reading, &self->wish);
	app_mark(self->scroll.app, VIEW_READER);
}

/* --- Opening ------------------------------------------------------------------------------------ */

void
view_reader_close(View *view)
{
	Reader *self = view->self;
	security_forget(self->security);
	g_clear_pointer(&self->reading, engine_reading_free);
	g_ptr_array_set_size(self->outer, 0);
	self->folder = 0;
	scroll_stop_search(&self->scroll);
	pager_clear(self->scroll.pager);
}

void
view_reader_open(View *view, EngineFolderId folder, guint32 uid)
{
	Reader *self = view->self;
	if (self->reading && self->outer->len == 0 && self->folder == folder &&
		engine_reading_uid(self->reading) == uid &&
		engine_reading_state(self->reading) != ENGINE_READING_FAILED)
		return; /* once more only when it failed */
	view_reader_close(view);
	self->folder = folder;
	self->wish.full = self->wish.secure = FALSE;
	self->wish.folded = engine_option_bool(app_engine(self->scroll.app), "fold-quotes");
	self->reading = engine_read(app_engine(self->scroll.app), folder, uid, FALSE);
	fill(self);
	pager_home(self->scroll.pager);
}

gboolean
view_reader_enter(View *view, guint part)
{
	Reader *self = view->self;
	EngineReading *inner = self->reading ? engine_read_part(self->reading, part) : NULL;
	if (!inner)
		return FALSE;
	security_forget(self->security);
	g_ptr_array_add(self->outer, self->reading);
	self->reading = inner;
	scroll_stop_search(&self->scroll);
	fill(self);
	pager_home(self->scroll.pager);
	return TRUE;
}

static ViewAnswer
leave_inner(Reader *self)
{
	if (self->outer->len == 0)
		return VIEW_PASS;
	security_forget(self->security);
	engine_reading_free(self->reading);
	self->reading = g_ptr_array_steal_index(self->outer, self->outer->len - 1);
	fill(self);
	pager_home(self->scroll.pager);
	return VIEW_DONE;
}

guint32
view_reader_uid(View *view)
{
	Reader *self = view->self;
	return self->reading ? engine_reading_uid(self->reading) : 0;
}

EngineReading *
view_reader_reading(const View *view)
{
	return ((const Reader *)view->self)->reading;
}

static gboolean
find_picture(const Reader *self, guint *out_part)
{
	EnginePart part;
	for (guint i = 0; self->reading && engine_reading_part(self->reading, i, &part); i++) {
		if (!picture_is_type(part.type))
			continue;
		*out_part = i;
		return TRUE;
	}
	return FALSE;
}

char *
view_reader_plain(const View *view)
{
	const Reader *self = view->self;
	if (!self->reading || engine_reading_state(self->reading) != ENGINE_READING_READY)
		return NULL;
	return plain_text(self->reading, self->wish.full);
}

gboolean
view_reader_picture(const View *view, guint *out_part)
{
	return find_picture(view->self, out_part);
}

gboolean
view_reader_link(const View *view, guint number, EngineLink *out_link)
{
	const Reader *self = view->self;
	return self->reading && engine_reading_link(self->reading, number, out_link);
}

static void
reader_event(gpointer view, const EngineEvent *event)
{
	Reader *self = view;
	if (event->kind == ENGINE_READING_CHANGED && self->reading &&
		event->reading == self->reading) {
		message_page_add(self->page, self->reading, &self->wish);
		app_mark(self->scroll.app, VIEW_READER);
	}
	/* While something else is typed the question is lost, not the typing: the key that says more
	 * asks again. */
	if (event->kind == ENGINE_ASK_PASSPHRASE && self->reading &&
		event->reading == self->reading &&
		!security_ask(self->security, self->reading, event->text, event->count != 0))
		engine_reading_passphrase(self->reading, NULL);
}

/* --- Actions ------------------------------------------------------------------------------------ */

static void
read_step(Reader *self, gint delta)
{
	View *index = app_view(self->scroll.app, VIEW_INDEX);
	guint32 uid;
	if (view_index_step(index, delta, &uid))
		app_read(self->scroll.app, view_index_folder(index), uid);
	else
		app_notice(self->scroll.app, ENGINE_NOTICE_INFO, "%s",
			delta > 0 ? "This is the last message" : "This is the first message");
}

/* The list knows which one is meant; where its cursor went, the reader goes. */
static ViewAnswer
read_where_list_goes(Reader *self, const Command *command, GError **error)
{
	View *index = app_view(self->scroll.app, VIEW_INDEX);
	ViewAnswer answer = index->ops->act(index->self, command, error);
	guint32 uid = view_index_uid(index);
	if (answer == VIEW_DONE && uid != 0)
		app_read(self->scroll.app, view_index_folder(index), uid);
	return answer;
}

static void
toggle_headers(Reader *self)
{
	if (!self->reading)
		return;
	self->wish.full = !self->wish.full;
	fill(self);
	pager_home(self->scroll.pager);
}

static void
tell_security(Reader *self)
{
	EngineSecurity security;
	if (!self->reading)
		return;
	if (!engine_reading_security(self->reading, &security)) {
		app_notice(self->scroll.app, ENGINE_NOTICE_INFO,
			"This message is neither signed nor encrypted");
		return;
	}
	self->wish.secure = !self->wish.secure;
	engine_reading_check(self->reading);
	fill(self);
	pager_home(self->scroll.pager);
}

static void
toggle_html(Reader *self)
{
	if (!self->reading)
		return;
	if (!engine_reading_prefer(self->reading, !engine_reading_likes_html(self->reading))) {
		app_notice(self->scroll.app, ENGINE_NOTICE_INFO,
			"This message has no other form of its text");
		return;
	}
	fill(self);
	pager_home(self->scroll.pager);
}

/* What is at the top of the screen stays there. */
static void
set_folded(Reader *self, gboolean folded)
{
	guint line = pager_line(self->scroll.pager);
	self->wish.folded = folded;
	if (!self->reading)
		return;
	fill(self);
	pager_show_line(self->scroll.pager, line);
}

static ViewAnswer
reader_act(gpointer view, const Command *command, GError **error)
{
	Reader *self = view;
	switch (command->action->id) {
	case ACTION_PAGE_DOWN:
		/* A reader who goes on at the end goes on to the next message. */
		if (!pager_at_end(self->scroll.pager))
			break;
		read_step(self, 1);
		return VIEW_DONE;
	case ACTION_NEXT_MESSAGE: read_step(self, 1); return VIEW_DONE;
	case ACTION_PREVIOUS_MESSAGE: read_step(self, -1); return VIEW_DONE;
	case ACTION_NEXT_UNREAD: return read_where_list_goes(self, command, error);
	case ACTION_HEADERS: toggle_headers(self); return VIEW_DONE;
	case ACTION_SECURITY: tell_security(self); return VIEW_DONE;
	case ACTION_HTML: toggle_html(self); return VIEW_DONE;
	case ACTION_FOLD: set_folded(self, !self->wish.folded); return VIEW_DONE;
	case ACTION_SEARCH:
		if (self->wish.folded)
			set_folded(self, FALSE); /* what is folded is searched too */
		break;
	case ACTION_CLOSE: return leave_inner(self);
	default: break;
	}
	return scroll_act(&self->scroll, command);
}

static gboolean
reader_targets(gpointer view, EngineFolderId *out_folder, GArray *out_uids, GError **error)
{
	Reader *self = view;
	guint32 uid;
	uid = self->reading ? engine_reading_uid(self->reading) : 0;
	if (uid == 0)
		return FALSE; /* none, or its number is another message's by now */
	*out_folder = self->folder;
	g_array_append_val(out_uids, uid);
	return TRUE;
}

/* The message went from its folder: the one that took its place in the list is next, whether the
 * list has heard of it already or not. */
static void
reader_acted(gpointer view, ActionId action)
{
	Reader *self = view;
	View *index = app_view(self->scroll.app, VIEW_INDEX);
	guint32 uid;
	if (action != ACTION_MOVE && action != ACTION_ARCHIVE && action != ACTION_DELETE)
		return;
	uid = view_index_uid(index);
	if (uid == 0 || !self->reading)
		app_close(self->scroll.app, VIEW_READER);
	else if (uid != engine_reading_uid(self->reading) || view_index_step(index, 1, &uid))
		app_read(self->scroll.app, view_index_folder(index), uid);
	else
		app_close(self->scroll.app, VIEW_READER);
}

static void
reader_mouse(gpointer view, const Mouse *mouse)
{
	scroll_mouse(&((Reader *)view)->scroll, mouse);
}

/* --- Painting ----------------------------------------------------------------------------------- */

static gboolean
is_cut_off(const Reader *self)
{
	const Engine *engine = app_engine(self->scroll.app);
	EngineFolder folder;
	EngineAccount account;
	return engine_folder_get(engine, self->folder, &folder) &&
	       engine_account_get(engine, folder.account, &account) &&
	       account.state != ENGINE_LIVE && account.state != ENGINE_CONNECTING;
}

/* On the last line, so that the text above stays where it is when it is complete. */
static void
draw_progress(const Reader *self, Paint *paint)
{
	guint row = paint_rows(paint) - 1, cols = paint_cols(paint);
	guint margin = cols > 20 ? 1 : 0;
	guint64 done, total;
	char done_words[SIZE_WORDS_MAX], total_words[SIZE_WORDS_MAX];
	g_autofree char *text = g_strdup(
		is_cut_off(self) ? "The text is not here yet: it comes when online." : "Loading …");
	engine_reading_progress(self->reading, &done, &total);
	size_words(done, done_words, sizeof done_words);
	size_words(total, total_words, sizeof total_words);
	if (total > 0 && done > 0) {
		g_free(text);
		text = g_strdup_printf("Loading … %s of %s", done_words, total_words);
	}
	paint_fill(paint, row, 0, cols, STYLE_READER);
	paint_text(paint, row, margin, cols - margin, STYLE_READER_NOTE, text);
}

static void
reader_draw(gpointer view, Paint *paint, gboolean focused)
{
	const Reader *self = view;
	pager_draw(self->scroll.pager, paint, focused);
	if (self->reading && paint_rows(paint) > 0 &&
		engine_reading_state(self->reading) == ENGINE_READING_LOADING)
		draw_progress(self, paint);
}

static void
reader_resize(gpointer view, guint rows, guint cols)
{
	Reader *self = view;
	gboolean low = rows < LOW, other = low != self->wish.low;
	self->wish.low = low;
	pager_resize(self->scroll.pager, rows, cols);
	if (other && self->reading)
		fill(self);
}

static gboolean
has_attachment(const Reader *self)
{
	EnginePart part;
	for (guint i = 0; self->reading && engine_reading_part(self->reading, i, &part); i++) {
		if (part.attachment)
			return TRUE;
	}
	return FALSE;
}

static gboolean
has_other_form(const Reader *self)
{
	EnginePart part;
	for (guint i = 0; self->reading && engine_reading_part(self->reading, i, &part); i++) {
		if (part.listed && !part.attachment && part.size > 2 &&
			(strcmp(part.type, "text/html") == 0 ||
				strcmp(part.type, "text/plain") == 0))
			return TRUE;
	}
	return FALSE;
}

/* What this message has goes before what all have. */
static const ActionId *
reader_hints(gpointer view)
{
	static const ActionId searching[] = {ACTION_SEARCH_NEXT, ACTION_SEARCH_PREVIOUS,
		ACTION_ESCAPE, ACTION_CLOSE, ACTION_HELP, ACTION_NONE};
	static const ActionId usual[] = {ACTION_CLOSE, ACTION_NEXT_MESSAGE, ACTION_PICTURE,
		ACTION_PARTS, ACTION_LINK, ACTION_HTML, ACTION_DELETE, ACTION_ARCHIVE, ACTION_MOVE,
		ACTION_TOGGLE_FLAG, ACTION_SEARCH, ACTION_HELP, ACTION_HEADERS, ACTION_NONE};
	Reader *self = view;
	guint n = 0, picture;
	if (self->scroll.needle)
		return searching;
	gboolean links = self->reading && engine_reading_link_count(self->reading) > 0;
	gboolean parts = has_attachment(self), forms = has_other_form(self);
	gboolean pictures = mosaic_is_available() && find_picture(self, &picture);
	for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
		if ((usual[i] != ACTION_PARTS || parts) && (usual[i] != ACTION_LINK || links) &&
			(usual[i] != ACTION_HTML || forms) &&
			(usual[i] != ACTION_PICTURE || pictures))
			self->hints[n++] = usual[i];
	}
	return self->hints;
}

static void
reader_where(gpointer view, char *out, gsize size)
{
	const Reader *self = view;
	if (self->reading && engine_reading_state(self->reading) == ENGINE_READING_READY)
		scroll_where(&self->scroll, out, size);
	else
		g_strlcpy(out, "", size);
}

static void
reader_free(gpointer view)
{
	Reader *self = view;
	security_free(self->security);
	message_page_free(self->page);
	engine_reading_free(self->reading);
	g_ptr_array_unref(self->outer);
	scroll_clear(&self->scroll);
	g_free(self);
}

View *
view_reader_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_READER,
		.free = reader_free,
		.draw = reader_draw,
		.resize = reader_resize,
		.event = reader_event,
		.act = reader_act,
		.mouse = reader_mouse,
		.targets = reader_targets,
		.acted = reader_acted,
		.hints = reader_hints,
		.where = reader_where,
	};
	Reader *self = g_new0(Reader, 1);
	self->security = security_new(app);
	self->outer = g_ptr_array_new_with_free_func((GDestroyNotify)engine_reading_free);
	scroll_init(&self->scroll, app, VIEW_READER);
	self->page = message_page_new(self->scroll.pager);
	self->wish.low = TRUE;
	return view_new(&ops, self);
}
