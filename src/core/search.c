/* A search in one folder (engine.h): in the store, in slices, and by the server. */
#include "core/engine-private.h"

#include "base/clock.h"
#include "store/messages.h"
#include "store/search.h"

#define SLICE_US    4000 /* of a turn */
#define SLICE_ROWS  200  /* at a time */
#define SLICE_WORDS 2000

struct EngineSearch {
	Engine *engine;
	EngineFolderId folder;
	char *text;   /* NULL: every message */
	char *folded; /* the same, for rows */
	UidSet *hits;
	StoreSearchPlace place;
	gboolean words_left, rows_left; /* to be looked through in the store */
	guint source;                   /* the next slice */
	Link *link;                     /* where answers are awaited from, or NULL */
	guint awaited;                  /* how many */
	UidSet *here;                   /* hits of what is here, ... */
	UidSet *doubtful; /* ... of these those that may be gone from the server; or NULL */
	gboolean here_only;
	char *error;
};

static void
changed(EngineSearch *search)
{
	EngineEvent event = {
		.kind = ENGINE_SEARCH_CHANGED, .folder = search->folder, .search = search};

	core_emit(search->engine->core, &event);
}

/* ---- by the server ---- */

static void
take_done(EngineSearch *search, const GError *error)
{
	if (--search->awaited == 0)
		search->link = NULL;
	if (error && !search->error) {
		search->here_only = TRUE;
		search->error = g_strdup(error->message);
	}
	changed(search);
}

static void
on_answer(Link *link, const ImapEvent *event, gpointer user)
{
	EngineSearch *search = user;

	if (event->kind == IMAP_EVENT_SEARCH)
		uidset_add_set(search->hits, event->uids);
	if (event->kind == IMAP_EVENT_DONE)
		take_done(search, event->error);
}

static void
ask(EngineSearch *search, ImapCommand *take_command, LinkAnswer answer)
{
	search->awaited++;
	link_submit(search->link, take_command, answer, search);
}

static void
begin_there(EngineSearch *search, EngineSearchScope scope)
{
	static const ImapSearchKind kinds[] = {
		[ENGINE_SEARCH_ALL] = IMAP_SEARCH_ALL,
		[ENGINE_SEARCH_FIELDS] = IMAP_SEARCH_SUBJECT_FROM,
		[ENGINE_SEARCH_TEXT] = IMAP_SEARCH_TEXT,
	};
	Account *account;
	Folder *folder;

	if (engine_resolve(search->engine, search->folder, &account, &folder))
		search->link = account_link_for(account, search->folder);
	search->here_only = !search->link;
	if (search->link)
		ask(search, imap_command_search(kinds[scope], search->text), on_answer);
	else if (scope == ENGINE_SEARCH_ALL)
		search->error = g_strdup("There is no connection to search on now.");
}

/* ---- here ---- */

static void
remove_gone(EngineSearch *search)
{
	g_autoptr(UidSet) gone = g_steal_pointer(&search->doubtful);
	g_autoptr(GError) error = NULL;

	uidset_remove_set(search->hits, gone);
	if (!store_messages_remove(search->engine->core->store, search->folder, gone, &error))
		core_cache_trouble(search->engine->core, g_steal_pointer(&error));
}

static void
on_still_there(Link *link, const ImapEvent *event, gpointer user)
{
	EngineSearch *search = user;

	if (event->kind == IMAP_EVENT_SEARCH)
		uidset_remove_set(search->doubtful, event->uids);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (!event->error && !uidset_is_empty(search->doubtful))
		remove_gone(search);
	take_done(search, event->error);
}

/* Of messages that went while nobody looked there may be rows left: where the list does not know a hit, the
 * server is asked. */
static void
check_hits(EngineSearch *search)
{
	g_autoptr(UidSet) known = NULL;
	Account *account;
	Folder *folder;
	Link *link;

	if (!engine_resolve(search->engine, search->folder, &account, &folder))
		return;
	link = account_link_for(account, search->folder);
	if (!link || (search->link && search->link != link))
		return;
	known = engine_list_uids(mailbox_list(account_mailbox(account)));
	search->doubtful = uidset_copy(search->here);
	uidset_remove_set(search->doubtful, known);
	if (uidset_is_empty(search->doubtful))
		return;
	search->link = link;
	ask(search, imap_command_search_uids(uidset_copy(search->doubtful)), on_still_there);
}

/* FALSE when all has been looked through. */
static gboolean
look_here(EngineSearch *search)
{
	Store *store = search->engine->core->store;
	gint64 begun = clock_mono_us();

	while ((search->words_left || search->rows_left) && clock_mono_us() - begun < SLICE_US) {
		if (search->words_left)
			search->words_left = store_search_words(store, search->folder, search->text,
				SLICE_WORDS, &search->place, search->here);
		else
			search->rows_left = store_search_rows(store, search->folder, search->folded,
				SLICE_ROWS, &search->place, search->here);
	}
	uidset_add_set(search->hits, search->here);
	if (search->words_left || search->rows_left)
		return TRUE;
	check_hits(search);
	return FALSE;
}

static void
end_here(EngineSearch *search)
{
	search->source = 0;
	search->engine->searching--;
}

static gboolean
on_slice(gpointer user)
{
	EngineSearch *search = user;
	guint64 before = uidset_count(search->hits);
	gboolean more = look_here(search);

	if (!more)
		end_here(search);
	if (!more || uidset_count(search->hits) != before)
		changed(search);
	return more;
}

/* Behind what the user does meanwhile. */
static void
begin_here(EngineSearch *search)
{
	search->folded = store_search_fold(search->text);
	search->words_left = search->rows_left = *search->folded != '\0';
	if (!look_here(search))
		return;
	search->source = g_idle_add(on_slice, search);
	search->engine->searching++;
}

EngineSearch *
engine_search(Engine *engine, EngineFolderId folder, EngineSearchScope scope, const char *text)
{
	EngineSearch *search = g_new0(EngineSearch, 1);

	search->engine = engine;
	search->folder = folder;
	search->hits = uidset_new();
	search->here = uidset_new();
	search->text = scope == ENGINE_SEARCH_ALL ? NULL : g_strdup(text);
	begin_there(search, scope);
	if (search->text)
		begin_here(search);
	changed(search);
	return search;
}

void
engine_search_free(EngineSearch *search)
{
	if (!search)
		return;
	if (search->link)
		link_forget(search->link, search);
	if (search->source) {
		g_source_remove(search->source);
		end_here(search);
	}
	uidset_free(search->hits);
	uidset_free(search->here);
	uidset_free(search->doubtful);
	g_free(search->text);
	g_free(search->folded);
	g_free(search->error);
	g_free(search);
}

gboolean
engine_search_is_here_only(const EngineSearch *search)
{
	return search->here_only;
}

gboolean
engine_search_is_done(const EngineSearch *search)
{
	return !search->link && !search->source;
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
