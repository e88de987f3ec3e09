#include "core/core.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "core/hook.h"
#include "core/link.h"

#define TROUBLE_EVERY (60 * G_USEC_PER_SEC) /* between two complaints about the same disk */

/* The same as that of the network and of painting: no flood may put off the end of a turn, and since
 * this source is the older one it comes before the paint of the same pass. */
#define TURN_PRIORITY G_PRIORITY_DEFAULT

static void
clear_event(gpointer data)
{
	EngineEvent *event = data;

	g_clear_pointer(&event->text, g_free);
}

static void
on_delivery(gconstpointer data, gpointer user)
{
	const EngineEvent *event = data;
	Core *core = user;

	if (event->kind == ENGINE_LIST_RESET)
		g_hash_table_remove(core->reset, event->list);
}

static gboolean
turn_dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
	g_source_set_ready_time(source, -1);
	return callback(user);
}

static gboolean
on_turn(gpointer user)
{
	core_end_turn(user);
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = {.dispatch = turn_dispatch};

Core *
core_new(Config *take_config, Store *take_store)
{
	Core *core = g_new0(Core, 1);

	core->config = take_config;
	core->store = take_store;
	core->hub = hub_new(sizeof(EngineEvent), clear_event);
	core->reset = g_hash_table_new(NULL, NULL);
	hub_listen(core->hub, on_delivery, core); /* before everybody else */
	core->links = g_ptr_array_new();
	core->accounts = g_ptr_array_new();
	core->settlers = g_array_new(FALSE, FALSE, sizeof(CoreSettler));
	core->turn = g_source_new(&turn_funcs, sizeof(GSource));
	g_source_set_priority(core->turn, TURN_PRIORITY);
	g_source_set_callback(core->turn, on_turn, core, NULL);
	g_source_set_static_name(core->turn, "end of the turn");
	g_source_attach(core->turn, NULL);
	return core;
}

void
core_free(Core *core)
{
	if (!core)
		return;
	g_source_destroy(core->turn);
	g_source_unref(core->turn);
	g_ptr_array_unref(core->links);
	g_ptr_array_unref(core->accounts);
	g_array_unref(core->settlers);
	hook_free(core->new_mail);
	hub_free(core->hub);
	g_hash_table_unref(core->reset);
	store_free(core->store);
	config_free(core->config);
	g_free(core);
}

void
core_add_settler(Core *core, CoreSettle settle, gpointer user)
{
	CoreSettler settler = {settle, user};

	g_array_append_val(core->settlers, settler);
}

void
core_remove_settler(Core *core, CoreSettle settle, gpointer user)
{
	for (guint i = core->settlers->len; i-- > 0;) {
		const CoreSettler *settler = &g_array_index(core->settlers, CoreSettler, i);

		if (settler->settle == settle && settler->user == user)
			g_array_remove_index(core->settlers, i);
	}
}

void
core_touch(Core *core)
{
	g_source_set_ready_time(core->turn, 0);
}

/* An answer may have its owner submit other commands, to any link. */
static void
drain_links(Core *core)
{
	gboolean busy = TRUE;

	while (busy) {
		busy = FALSE;
		for (guint i = 0; i < core->links->len; i++)
			busy |= link_drain(g_ptr_array_index(core->links, i));
	}
}

/* What the writing brings about is for the next turn. */
static void
write_links(Core *core)
{
	for (guint i = 0; i < core->links->len; i++)
		if (link_write(g_ptr_array_index(core->links, i)))
			core_touch(core);
}

static void
commit(Core *core)
{
	g_autoptr(GError) error = NULL;

	if (store_has_changes(core->store) && !store_commit(core->store, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
}

static void
tell_trouble(Core *core, const GError *error)
{
	gint64 now = clock_mono_us();

	if (core->last_trouble && now - core->last_trouble < TROUBLE_EVERY)
		return;
	core->last_trouble = now;
	core_notice(core, 0, ENGINE_NOTICE_WARNING, "%s Postern goes on with what is in memory.",
		error->message);
}

/* Accounts write again what they know (store_cache_age()). */
static void
renew_cache(Core *core)
{
	g_autoptr(GError) error = NULL;
	gint64 now = clock_mono_us();

	if (!store_cache_is_damaged(core->store) ||
		(core->last_renewal && now - core->last_renewal < TROUBLE_EVERY))
		return;
	core->last_renewal = now;
	if (store_renew_cache(core->store, &error))
		core_notice(core, 0, ENGINE_NOTICE_WARNING,
			"The cache was damaged: it was set aside and is being built anew.");
	else
		tell_trouble(core, error);
	core_touch(core);
}

void
core_end_turn(Core *core)
{
	drain_links(core);
	for (guint i = 0; i < core->settlers->len; i++) {
		CoreSettler settler = g_array_index(core->settlers, CoreSettler, i);

		settler.settle(settler.user);
	}
	drain_links(core);
	/* The journal knows that a copy is sent before the server does: it must not be sent twice. */
	commit(core);
	renew_cache(core);
	write_links(core);
	hub_deliver(core->hub);
}

void
core_emit(Core *core, const EngineEvent *event)
{
	gboolean about_rows = event->kind == ENGINE_LIST_SPLICED || event->kind == ENGINE_LIST_ROWS;

	if (event->kind == ENGINE_LIST_RESET)
		g_hash_table_add(core->reset, (gpointer)event->list);
	if (!about_rows || !g_hash_table_contains(core->reset, event->list))
		hub_emit(core->hub, event);
	core_touch(core);
}

void
core_notice(Core *core, EngineAccountId account, EngineNoticeLevel level, const char *format, ...)
{
	EngineEvent event = {.kind = ENGINE_NOTICE, .account = account, .level = level};
	va_list args;

	va_start(args, format);
	event.text = g_strdup_vprintf(format, args);
	va_end(args);
	log_line(level == ENGINE_NOTICE_ERROR ? LOG_ERROR : LOG_INFO, "notice", "%s", event.text);
	core_emit(core, &event);
}

void
core_cache_trouble(Core *core, GError *take_error)
{
	g_autoptr(GError) error = take_error;

	log_line(LOG_ERROR, "store", "%s", error->message);
	/* At the end of the turn it is mended, and that is told. */
	if (!store_cache_is_damaged(core->store))
		tell_trouble(core, error);
}
