#include "view-source.h"

#include "date.h"
#include "scroll.h"

#include <string.h>

typedef struct {
	Scroll scroll;
	EngineSource *source; /* NULL: nothing is shown */
	gsize shown;          /* bytes of it that are in the pager */
	gboolean told;        /* how it ended */
} Source;

static void
add_line(Source *self, const char *bytes, gsize len)
{
	PagerLook look = {.style = STYLE_READER, .fixed = TRUE};
	g_autofree char *line = g_strndup(bytes, len);
	if (len > 0 && line[len - 1] == '\r')
		line[--len] = '\0';
	for (char *nul = line; (nul = memchr(nul, '\0', len - (gsize)(nul - line)));)
		*nul = '\x7f'; /* shown as a control character, as it is one */
	pager_add(self->scroll.pager, &look, line);
}

/* Whole lines only, until they ENDED. */
static void
add_lines(Source *self, const char *bytes, gsize len, gboolean ended)
{
	while (self->shown < len) {
		const char *start = bytes + self->shown;
		const char *end = memchr(start, '\n', len - self->shown);
		if (!end && !ended)
			return;
		gsize line = end ? (gsize)(end - start) : len - self->shown;
		add_line(self, start, line);
		self->shown += line + (end ? 1 : 0);
	}
}

static void
tell_end(Source *self)
{
	gboolean whole;
	gsize len;
	EngineReadingState state = engine_source_state(self->source);
	(void)engine_source_bytes(self->source, &len, &whole);
	if (state == ENGINE_READING_LOADING || self->told)
		return;
	self->told = TRUE;
	if (state == ENGINE_READING_FAILED)
		pager_add(self->scroll.pager, &(PagerLook){.style = STYLE_STATUS_ERROR},
			engine_source_error(self->source));
	else if (!whole)
		pager_add(self->scroll.pager, &(PagerLook){.style = STYLE_READER_NOTE},
			"The message goes on; only its first 8 MB are shown.");
}

static void
refill(Source *self)
{
	gboolean whole;
	gsize len;
	const char *bytes = engine_source_bytes(self->source, &len, &whole);
	add_lines(self, bytes, len, engine_source_state(self->source) != ENGINE_READING_LOADING);
	tell_end(self);
	app_mark(self->scroll.app, VIEW_SOURCE);
}

void
view_source_close(View *view)
{
	Source *self = view->self;
	g_clear_pointer(&self->source, engine_source_free);
	scroll_stop_search(&self->scroll);
	pager_clear(self->scroll.pager);
	self->shown = 0;
	self->told = FALSE;
}

void
view_source_show(View *view, EngineFolderId folder, guint32 uid)
{
	Source *self = view->self;
	view_source_close(view);
	self->source = engine_source(app_engine(self->scroll.app), folder, uid);
	pager_home(self->scroll.pager);
	refill(self);
}

void
view_source_show_output(View *view, GBytes *output, gboolean cut)
{
	Source *self = view->self;
	gsize len;
	const char *bytes = g_bytes_get_data(output, &len);
	view_source_close(view);
	add_lines(self, bytes, len, TRUE);
	if (cut || len == 0)
		pager_add(self->scroll.pager, &(PagerLook){.style = STYLE_READER_NOTE},
			cut ? "It said more; only the first megabyte is shown."
			    : "It said nothing.");
	pager_home(self->scroll.pager);
	app_mark(self->scroll.app, VIEW_SOURCE);
}

static void
source_event(gpointer view, const EngineEvent *event)
{
	Source *self = view;
	if (event->kind == ENGINE_SOURCE_CHANGED && self->source && event->source == self->source)
		refill(self);
}

static void
source_draw(gpointer view, Paint *paint, gboolean focused)
{
	pager_draw(((Source *)view)->scroll.pager, paint, focused);
}

static void
source_resize(gpointer view, guint rows, guint cols)
{
	pager_resize(((Source *)view)->scroll.pager, rows, cols);
}

static ViewAnswer
source_act(gpointer view, const Command *command, GError **error)
{
	return scroll_act(&((Source *)view)->scroll, command);
}

static void
source_mouse(gpointer view, const Mouse *mouse)
{
	scroll_mouse(&((Source *)view)->scroll, mouse);
}

static void
source_where(gpointer view, char *out, gsize size)
{
	const Source *self = view;
	guint64 done, total;
	char done_words[SIZE_WORDS_MAX], total_words[SIZE_WORDS_MAX];
	if (!self->source || engine_source_state(self->source) != ENGINE_READING_LOADING) {
		scroll_where(&self->scroll, out, size);
		return;
	}
	engine_source_progress(self->source, &done, &total);
	size_words(done, done_words, sizeof done_words);
	size_words(total, total_words, sizeof total_words);
	g_snprintf(out, size, "%s of %s", done_words, total_words);
}

static const ActionId *
source_hints(gpointer view)
{
	static const ActionId hints[] = {ACTION_CLOSE, ACTION_SEARCH, ACTION_HELP, ACTION_NONE};
	return hints;
}

static void
source_free(gpointer view)
{
	Source *self = view;
	engine_source_free(self->source);
	scroll_clear(&self->scroll);
	g_free(self);
}

View *
view_source_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_SOURCE,
		.free = source_free,
		.draw = source_draw,
		.resize = source_resize,
		.event = source_event,
		.act = source_act,
		.mouse = source_mouse,
		.hints = source_hints,
		.where = source_where,
	};
	Source *self = g_new0(Source, 1);
	scroll_init(&self->scroll, app, VIEW_SOURCE);
	return view_new(&ops, self);
}
