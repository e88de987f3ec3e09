#include "view-help.h"

#include "base/text.h"
#include "scroll.h"

enum {
	KEYS_CELLS = 25, /* "PgUp, Ctrl-b, Backspace" */
	NAME_CELLS = 18,
	NARROW = 72, /* below, the names of the actions give way */
};

typedef struct {
	Scroll scroll;
	ViewKind about;
	guint cols;
} Help;

static const char *const headings[VIEW_COUNT] = {
	[VIEW_FOLDERS] = "Folders",
	[VIEW_INDEX] = "List of messages",
	[VIEW_READER] = "Message",
	[VIEW_HELP] = "This page",
	[VIEW_LOG] = "Log",
	[VIEW_SOURCE] = "Source of a message",
	[VIEW_PARTS] = "Parts of a message",
	[VIEW_PICTURE] = "Picture",
};

/* TEXT and blanks up to CELLS, two at least. */
static char *
padded(const char *text, guint cells)
{
	guint width = text_width(text, -1);
	return g_strdup_printf("%s%*s", text, (int)MAX(cells, width + 2) - (int)width, "");
}

static void
add_heading(Help *self, const char *heading)
{
	PagerLook look = {.style = STYLE_HELP_HEADING};
	pager_add(self->scroll.pager, &look, "");
	pager_add(self->scroll.pager, &look, heading);
}

static void
add_line(Help *self, const char *keys, const char *name, const char *help)
{
	g_autofree char *lead = padded(keys, KEYS_CELLS);
	g_autofree char *label = self->cols >= NARROW ? padded(name, NAME_CELLS) : NULL;
	PagerLook look = {.style = STYLE_HELP,
		.lead_style = STYLE_HELP_KEY,
		.lead = lead,
		.label = label,
		.label_style = STYLE_HELP_NAME};
	pager_add(self->scroll.pager, &look, help);
}

/* The actions of MASK that are also in WITHIN, except those shown before; those without a key are
 * there for the ":" line. */
static void
add_section(Help *self, const char *heading, guint mask, ViewKind view, gboolean *shown)
{
	const Keymap *keymap = app_keymap(self->scroll.app);
	const Action *action;
	gboolean begun = FALSE;
	for (guint i = 0; (action = action_at(i)) != NULL; i++) {
		gboolean everywhere = action->views == IN_ALL;
		if (shown[action->id] || !(action->views & mask) || everywhere != (mask == IN_ALL))
			continue;
		g_autofree char *keys = keymap_keys_of(keymap, action->id, view, TRUE);
		g_autofree char *typed = g_strdup_printf(":%s", action->name);
		const char *without_key = self->cols < NARROW ? typed : "";
		if (!begun)
			add_heading(self, heading);
		add_line(self, keys ? keys : without_key, action->name, action->help);
		begun = shown[action->id] = TRUE;
	}
}

static void
add_user_keys(Help *self)
{
	const Keymap *keymap = app_keymap(self->scroll.app);
	const char *keys, *command;
	guint views;
	for (guint i = 0; keymap_user_at(keymap, i, &views, &keys, &command); i++) {
		if (i == 0)
			add_heading(self, "Your keys");
		add_line(self, keys, views == IN_ALL ? "" : "in some views",
			*command ? command : "(nothing)");
	}
}

static void
make_page(Help *self)
{
	static const ViewKind others[] = {VIEW_INDEX, VIEW_READER, VIEW_PARTS, VIEW_FOLDERS};
	gboolean shown[ACTION_COUNT] = {FALSE};
	pager_clear(self->scroll.pager);
	pager_add(self->scroll.pager, &(PagerLook){.style = STYLE_QUIET},
		"Every name below can also be typed after a colon; Tab completes it.");
	add_section(self, headings[self->about], 1u << self->about, self->about, shown);
	add_section(self, "Everywhere", IN_ALL, self->about, shown);
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		add_section(self, headings[others[i]], 1u << others[i], others[i], shown);
	add_user_keys(self);
	app_mark(self->scroll.app, VIEW_HELP);
}

void
view_help_show(View *view, ViewKind about)
{
	Help *self = view->self;
	self->about = about;
	scroll_stop_search(&self->scroll);
	make_page(self);
	pager_home(self->scroll.pager);
}

static void
help_draw(gpointer view, Paint *paint, gboolean focused)
{
	pager_draw(((Help *)view)->scroll.pager, paint, focused);
}

static void
help_resize(gpointer view, guint rows, guint cols)
{
	Help *self = view;
	gboolean other = (cols >= NARROW) != (self->cols >= NARROW);
	self->cols = cols;
	pager_resize(self->scroll.pager, rows, cols);
	if (other)
		make_page(self);
}

static void
help_event(gpointer view, const EngineEvent *event)
{
	/* Nothing that happens to mail changes the help. */
}

static ViewAnswer
help_act(gpointer view, const Command *command, GError **error)
{
	return scroll_act(&((Help *)view)->scroll, command);
}

static void
help_mouse(gpointer view, const Mouse *mouse)
{
	scroll_mouse(&((Help *)view)->scroll, mouse);
}

static void
help_where(gpointer view, char *out, gsize size)
{
	scroll_where(&((Help *)view)->scroll, out, size);
}

static const ActionId *
help_hints(gpointer view)
{
	static const ActionId hints[] = {ACTION_CLOSE, ACTION_SEARCH, ACTION_COMMAND, ACTION_NONE};
	return hints;
}

static void
help_free(gpointer view)
{
	Help *self = view;
	scroll_clear(&self->scroll);
	g_free(self);
}

View *
view_help_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_HELP,
		.free = help_free,
		.draw = help_draw,
		.resize = help_resize,
		.event = help_event,
		.act = help_act,
		.mouse = help_mouse,
		.hints = help_hints,
		.where = help_where,
	};
	Help *self = g_new0(Help, 1);
	self->about = VIEW_INDEX;
	scroll_init(&self->scroll, app, VIEW_HELP);
	return view_new(&ops, self);
}
