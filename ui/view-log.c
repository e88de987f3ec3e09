#include "view-log.h"

#include "scroll.h"

typedef struct {
	Scroll scroll;
} Log;

static Style
level_style(guint level)
{
	static const Style styles[] = {
		STYLE_LOG_WIRE, STYLE_LOG, STYLE_LOG_WARNING, STYLE_LOG_ERROR};
	return styles[MIN(level, G_N_ELEMENTS(styles) - 1)];
}

static void
add_line(Pager *pager, const EngineLogLine *line)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(line->wall);
	g_autofree char *clock = time ? g_date_time_format(time, "%H:%M:%S") : g_strdup("");
	g_autofree char *lead = g_strdup_printf("%s  ", clock);
	g_autofree char *label = g_strdup_printf("%-10s ", line->where);
	PagerLook look = {.style = level_style(line->level),
		.lead_style = STYLE_QUIET,
		.lead = lead,
		.label = label,
		.label_style = STYLE_QUIET};
	pager_add(pager, &look, line->text);
}

void
view_log_show(View *view)
{
	Log *self = view->self;
	Pager *pager = self->scroll.pager;
	EngineLogLine line;
	scroll_stop_search(&self->scroll);
	pager_clear(pager);
	for (guint i = 0; engine_log_at(i, &line); i++)
		add_line(pager, &line);
	if (engine_log_count() == 0)
		pager_add(pager, &(PagerLook){.style = STYLE_QUIET}, "Nothing was logged yet");
	pager_end(pager);
	app_mark(self->scroll.app, VIEW_LOG);
}

static void
log_draw(gpointer view, Paint *paint, gboolean focused)
{
	pager_draw(((Log *)view)->scroll.pager, paint, focused);
}

static void
log_resize(gpointer view, guint rows, guint cols)
{
	pager_resize(((Log *)view)->scroll.pager, rows, cols);
}

static ViewAnswer
log_act(gpointer view, const Command *command, GError **error)
{
	return scroll_act(&((Log *)view)->scroll, command);
}

static void
log_mouse(gpointer view, const Mouse *mouse)
{
	scroll_mouse(&((Log *)view)->scroll, mouse);
}

static void
log_where(gpointer view, char *out, gsize size)
{
	scroll_where(&((Log *)view)->scroll, out, size);
}

static const ActionId *
log_hints(gpointer view)
{
	static const ActionId hints[] = {ACTION_CLOSE, ACTION_SEARCH, ACTION_HELP, ACTION_NONE};
	return hints;
}

static void
log_event(gpointer view, const EngineEvent *event)
{
	/* The page is what the log was when it was opened: it does not run away while it is read. */
}

static void
log_free(gpointer view)
{
	Log *self = view;
	scroll_clear(&self->scroll);
	g_free(self);
}

View *
view_log_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_LOG,
		.free = log_free,
		.draw = log_draw,
		.resize = log_resize,
		.event = log_event,
		.act = log_act,
		.mouse = log_mouse,
		.hints = log_hints,
		.where = log_where,
	};
	Log *self = g_new0(Log, 1);
	scroll_init(&self->scroll, app, VIEW_LOG);
	return view_new(&ops, self);
}
