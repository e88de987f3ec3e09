#include "view-reader.h"

#include "base/text.h"
#include "date.h"
#include "fold.h"
#include "mosaic.h"
#include "plain.h"
#include "scroll.h"
#include "security.h"
#include "view-index.h"

enum {
	NAME_CELLS = 9, /* "Subject  " */
	NAME_CELLS_MAX = 28,
	VALUE_CELLS_MAX = 240, /* of a field, where not all fields are shown */
	LOW = 12,              /* rows below which the text has to begin soon */
};

typedef struct {
	Scroll scroll;
	EngineFolderId folder;
	EngineReading *reading; /* NULL: nothing is open */
	GPtrArray *outer;       /* EngineReading: the messages that READING is a part of */
	gboolean full;          /* all header fields */
	gboolean folded;        /* long quotes */
	gboolean secure;        /* all that is said of signatures and encryption */
	Security *security;
	guint rows;
	ActionId hints[16];

	/* What of the reading is in the pager: */
	EngineReadingState shown_state;
	guint shown_fields, shown_lines;
} Reader;

/* --- From the reading into the pager ------------------------------------------------------------ */

static Style
field_style(const char *name)
{
	return g_ascii_strcasecmp(name, "Subject") == 0 ? STYLE_READER_SUBJECT : STYLE_READER_VALUE;
}

static void
add_field(Reader *self, const char *name, const char *value, gboolean covered)
{
	g_autofree char *clean = text_clean(name, -1, TEXT_LINE);
	g_autofree char *label = text_ellipsize(clean, NAME_CELLS_MAX);
	guint width = text_width(label, -1);
	g_autofree char *lead =
		g_strdup_printf("%s%*s", label, (int)MAX(NAME_CELLS, width + 2) - (int)width, "");
	PagerLook look = {
		.style = field_style(name), .lead_style = STYLE_READER_FIELD, .lead = lead};
	g_autofree char *marked =
		covered ? g_strdup_printf("%s %s protected", value, paint_glyph_text(GLYPH_DOT))
			: NULL;
	pager_add(self->scroll.pager, &look, marked ? marked : value);
}

static gboolean
says_most(const char *name)
{
	return g_ascii_strcasecmp(name, "From") == 0 || g_ascii_strcasecmp(name, "Subject") == 0;
}

/* Of a hundred recipients the first ones do: the text is what people open a message for. The sender is
 * told whole, so that a long name does not push the address away. */
static char *
shorten(const char *name, const char *value)
{
	g_autofree char *clean = text_clean(value, -1, TEXT_LINE);
	if (g_ascii_strcasecmp(name, "From") == 0)
		return g_steal_pointer(&clean);
	return text_ellipsize(clean, VALUE_CELLS_MAX);
}

static void
add_fields(Reader *self)
{
	EngineField field;
	char date[DATE_LONG_MAX];
	for (guint i = 0; engine_reading_field(self->reading, self->full, i, &field); i++) {
		if (!self->full && self->rows < LOW && !says_most(field.name))
			continue;
		gboolean covered = field.covered;
		date_long(field.date, date, sizeof date);
		if (!self->full && *date)
			add_field(self, field.name, date, covered);
		else if (self->full)
			add_field(self, field.name, field.value, covered);
		else {
			g_autofree char *value = shorten(field.name, field.value);
			add_field(self, field.name, value, covered);
		}
	}
}

/* So that nobody has to go to the end to learn that something is attached. */
static void
add_attachment_field(Reader *self)
{
	g_autoptr(GString) names = g_string_new(NULL);
	EnginePart part;
	for (guint i = 0; engine_reading_part(self->reading, i, &part); i++) {
		if (!part.attachment || (part.is_message && part.shown))
			continue;
		if (names->len > 0)
			g_string_append(names, ", ");
		g_string_append(names, *part.name        ? part.name
				       : part.is_message ? "a message"
							 : part.type);
	}
	if (names->len == 0)
		return;
	g_autofree char *value = shorten("Files", names->str);
	add_field(self, "Files", value, FALSE);
}

static void
add_line(Reader *self, const EngineLine *line, guint number)
{
	static const Style quotes[] = {
		STYLE_READER, STYLE_READER_QUOTE1, STYLE_READER_QUOTE2, STYLE_READER_QUOTE3};
	PagerLook look = {.style = quotes[MIN(line->quote, G_N_ELEMENTS(quotes) - 1)],
		.lead = line->lead,
		.lead_style = STYLE_READER,
		.spans = line->spans,
		.n_spans = line->n_spans,
		.quote = line->quote,
		.line = number + 1,
		.fixed = line->kind == ENGINE_LINE_FIXED};
	if (line->kind == ENGINE_LINE_SIGNATURE)
		look.style = STYLE_READER_SIGNATURE;
	else if (line->kind == ENGINE_LINE_NOTE)
		look.style = STYLE_READER_NOTE;
	else if (line->kind == ENGINE_LINE_HEADING)
		look.style = STYLE_READER_HEADING;
	pager_add(self->scroll.pager, &look, line->text);
}

static void
add_fold(Reader *self, guint first, guint n)
{
	g_autofree char *lead = g_strdup_printf("%s ", paint_glyph_text(GLYPH_CLOSED));
	g_autofree char *text = g_strdup_printf("%u quoted lines", n);
	PagerLook look = {.style = STYLE_READER_QUOTE1,
		.lead = lead,
		.lead_style = STYLE_READER_QUOTE1,
		.line = first + 1};
	pager_add(self->scroll.pager, &look, text);
}

/* The lines that are here and not in the pager yet, but for a quote that may go on. */
static void
add_lines(Reader *self)
{
	EngineLine line;
	gboolean loading = engine_reading_state(self->reading) == ENGINE_READING_LOADING;
	guint total = engine_reading_line_count(self->reading);
	while (engine_reading_line(self->reading, self->shown_lines, &line)) {
		guint first = self->shown_lines, n = 1;
		if (self->folded && line.quote > 0)
			n = fold_quote(self->reading, first);
		if (self->folded && line.quote > 0 && loading && first + n == total)
			return;
		self->shown_lines += n;
		if (fold_is_long(n)) {
			add_fold(self, first, n);
			continue;
		}
		for (guint i = first; i < first + n && engine_reading_line(self->reading, i, &line);
			i++)
			add_line(self, &line, i);
	}
}

static void
add_blank(Reader *self)
{
	pager_add(self->scroll.pager, &(PagerLook){.style = STYLE_READER}, "");
}

/* What the message holds besides its text. */
static void
add_parts(Reader *self)
{
	gboolean begun = FALSE;
	EnginePart part;
	for (guint i = 0; engine_reading_part(self->reading, i, &part); i++) {
		char size[SIZE_WORDS_MAX];
		if (!part.listed)
			continue;
		if (!begun)
			add_blank(self);
		begun = TRUE;
		size_words(part.size, size, sizeof size);
		g_autofree char *lead = g_strdup_printf("%s ", paint_glyph_text(GLYPH_ATTACHMENT));
		g_autofree char *text = g_strdup_printf(
			"%s%s%s, %s", part.name, *part.name ? "  " : "", part.type, size);
		PagerLook look = {
			.style = STYLE_READER_PART, .lead_style = STYLE_READER_PART, .lead = lead};
		pager_add(self->scroll.pager, &look, text);
	}
}

static void
add_error(Reader *self)
{
	const char *error = engine_reading_error(self->reading);
	add_blank(self);
	pager_add(self->scroll.pager, &(PagerLook){.style = STYLE_STATUS_ERROR},
		error ? error : "This message could not be read");
}

/* The head, and everything below it anew. */
static void
fill(Reader *self)
{
	pager_clear(self->scroll.pager);
	self->shown_state = engine_reading_state(self->reading);
	self->shown_fields = engine_reading_field_count(self->reading, self->full);
	add_fields(self);
	if (self->shown_state == ENGINE_READING_READY)
		add_attachment_field(self);
	security_add(self->scroll.pager, self->reading, self->secure);
	add_blank(self);
	self->shown_lines = 0;
	add_lines(self);
	if (self->shown_state == ENGINE_READING_READY)
		add_parts(self);
	else if (self->shown_state == ENGINE_READING_FAILED)
		add_error(self);
	app_mark(self->scroll.app, VIEW_READER);
}

/* More of it is here. While it loads lines are only added, so that a long text costs no more for
 * coming in pieces. */
static void
refill(Reader *self)
{
	if (engine_reading_state(self->reading) != self->shown_state ||
		self->shown_state != ENGINE_READING_LOADING ||
		engine_reading_field_count(self->reading, self->full) != self->shown_fields) {
		fill(self);
		return;
	}
	add_lines(self);
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
	self->full = self->secure = FALSE;
	self->folded = engine_option_bool(app_engine(self->scroll.app), "fold-quotes");
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
	return plain_text(self->reading, self->full);
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
		event->reading == self->reading)
		refill(self);
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
	self->full = !self->full;
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
	self->secure = !self->secure;
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
	self->folded = folded;
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
	case ACTION_FOLD: set_folded(self, !self->folded); return VIEW_DONE;
	case ACTION_SEARCH:
		if (self->folded)
			set_folded(self, FALSE); /* what is folded is searched too */
		break;
	case ACTION_CLOSE: return leave_inner(self);
	default: break;
	}
	return scroll_act(&self->scroll, command);
}

static gboolean
reader_targets(gpointer view, EngineFolderId *out_folder, GArray *out_uids)
{
	Reader *self = view;
	guint32 uid;
	if (!self->reading)
		return FALSE;
	uid = engine_reading_uid(self->reading);
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
	gboolean other = (rows < LOW) != (self->rows < LOW);
	self->rows = rows;
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
	return view_new(&ops, self);
}
