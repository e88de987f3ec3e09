/* A search by the server in one folder (engine.h). */
#include "core/engine-private.h"

struct EngineSearch {
	Engine *engine;
	EngineFolderId folder;
	Link *link; /* where the answer is awaited from, or NULL */
	UidSet *hits;
	gboolean done;
	char *error;
};

static void
end_search(EngineSearch *search, const char *error)
{
	EngineEvent event = {
		.kind = ENGINE_SEARCH_CHANGED, .folder = search->folder, .search = search};

	search->done = TRUE;
	search->link = NULL;
	search->error = g_strdup(error);
	core_emit(search->engine->core, &event);
}

static void
on_answer(Link *link, const ImapEvent *event, gpointer user)
{
	EngineSearch *search = user;

	if (event->kind == IMAP_EVENT_SEARCH)
		uidset_add_set(search->hits, event->uids);
	if (event->kind == IMAP_EVENT_DONE)
		end_search(search, event->error ? event->error->message : NULL);
}

EngineSearch *
engine_search(Engine *engine, EngineFolderId id, const char *text)
{
	EngineSearch *search = g_new0(EngineSearch, 1);
	Account *account;
	Folder *folder;

	search->engine = engine;
	search->folder = id;
	search->hits = uidset_new();
	if (engine_resolve(engine, id, &account, &folder))
		search->link = account_link_for(account, id);
	if (search->link)
		link_submit(search->link,
			imap_command_search(
				text ? IMAP_SEARCH_SUBJECT_FROM : IMAP_SEARCH_ALL, text),
			on_answer, search);
	else
		end_search(search, "There is no connection to search on now.");
	return search;
}

void
engine_search_free(EngineSearch *search)
{
	if (!search)
		return;
	if (search->link)
		link_forget(search->link, search);
	uidset_free(search->hits);
	g_free(search->error);
	g_free(search);
}

gboolean
engine_search_is_done(const EngineSearch *search)
{
	return search->done;
}

const char *
engine_search_error(const EngineSearch *search)
{
	return search->error;
}

guint64
engine_search_count(const EngineSearch *search)
{
	return uidset_count(search->hits);
}

const UidSet *
engine_search_hits(const EngineSearch *search)
{
	return search->hits;
}

gboolean
engine_search_has(const EngineSearch *search, guint32 uid)
{
	return uidset_contains(search->hits, uid);
}

guint32
engine_search_next(const EngineSearch *search, guint32 uid, gboolean newer)
{
	guint32 next = newer ? uidset_next(search->hits, uid) : uidset_previous(search->hits, uid);

	if (next)
		return next;
	return newer ? uidset_min(search->hits) : uidset_max(search->hits);
}
