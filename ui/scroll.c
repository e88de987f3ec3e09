#include "scroll.h"

#include "moves.h"

void
scroll_init(Scroll *scroll, App *app, ViewKind kind)
{
	*scroll = (Scroll){.app = app, .kind = kind, .pager = pager_new()};
}

static void
stop_slices(Scroll *scroll)
{
	if (scroll->source != 0)
		g_source_remove(scroll->source);
	scroll->source = 0;
}

void
scroll_stop_search(Scroll *scroll)
{
	stop_slices(scroll);
	g_clear_pointer(&scroll->needle, g_free);
	(void)pager_search(scroll->pager, "", 1); /* "" only ends the search */
}

void
scroll_clear(Scroll *scroll)
{
	stop_slices(scroll);
	g_clear_pointer(&scroll->needle, g_free);
	g_clear_pointer(&scroll->pager, pager_free);
}

static gboolean search_slice(gpointer user);

static void
search_answered(Scroll *scroll, PagerAnswer answer)
{
	if (pager_is_searching(scroll->pager) && scroll->source == 0)
		scroll->source = g_idle_add(search_slice, scroll);
	if (answer == PAGER_NOT_FOUND)
		app_notice(scroll->app, ENGINE_NOTICE_INFO, "“%s” is not in this text",
			scroll->needle);
	app_mark(scroll->app, scroll->kind);
}

static gboolean
search_slice(gpointer user)
{
	Scroll *scroll = user;
	PagerAnswer answer = pager_search_more(scroll->pager);
	gboolean goes_on = pager_is_searching(scroll->pager);
	if (!goes_on)
		scroll->source = 0;
	if (answer != PAGER_SEARCHING)
		search_answered(scroll, answer);
	return goes_on ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
search(Scroll *scroll, gint direction)
{
	stop_slices(scroll);
	if (scroll->needle)
		search_answered(scroll, pager_search(scroll->pager, scroll->needle, direction));
	else
		app_notice(scroll->app, ENGINE_NOTICE_INFO, "Nothing to search for yet");
}

static ViewAnswer
search_for(Scroll *scroll, const char *text)
{
	scroll_stop_search(scroll);
	scroll->needle = g_strdup(text);
	search(scroll, 1);
	return VIEW_DONE;
}

static ViewAnswer
escape(Scroll *scroll)
{
	if (!scroll->needle)
		return VIEW_PASS;
	scroll_stop_search(scroll);
	app_mark(scroll->app, scroll->kind);
	return VIEW_DONE;
}

ViewAnswer
scroll_act(Scroll *scroll, const Command *command)
{
	if (moves_pager(scroll->pager, command->action->id)) {
		app_mark(scroll->app, scroll->kind);
		return VIEW_DONE;
	}
	switch (command->action->id) {
	case ACTION_SEARCH: return search_for(scroll, command->arg);
	case ACTION_SEARCH_NEXT: search(scroll, 1); return VIEW_DONE;
	case ACTION_SEARCH_PREVIOUS: search(scroll, -1); return VIEW_DONE;
	case ACTION_ESCAPE: return escape(scroll);
	default: return VIEW_PASS;
	}
}

void
scroll_mouse(Scroll *scroll, const Mouse *mouse)
{
	if (moves_pager_mouse(scroll->pager, mouse->kind))
		app_mark(scroll->app, scroll->kind);
}

void
scroll_where(const Scroll *scroll, char *out, gsize size)
{
	guint hit, count;
	char hits[32] = "";
	if (pager_hit(scroll->pager, &hit, &count))
		g_snprintf(
			hits, sizeof hits, "%u of %u %s ", hit, count, paint_glyph_text(GLYPH_DOT));
	if (pager_at_end(scroll->pager))
		g_snprintf(out, size, "%send", hits);
	else
		g_snprintf(out, size, "%s%u%%", hits, pager_percent(scroll->pager));
}
