/* Of the engine without a server: lists of messages, and searches in them. */
#include "fake-engine.h"

#include "base/text.h"

struct EngineSearch {
	Engine *engine;
	FakePlace *folder;
	char *text;
	GArray *hits; /* newest first */
	UidSet *uids; /* the same */
	gboolean done;
	guint source;
};

/* ---- lists ---- */

EngineList *
engine_list_open(Engine *engine, EngineFolderId folder)
{
	EngineList *list = g_new0(EngineList, 1);
	list->engine = engine;
	list->folder = fake_place(engine, folder);
	g_ptr_array_add(engine->lists, list);
	return list;
}

void
engine_list_close(EngineList *list)
{
	if (list == NULL)
		return;
	g_ptr_array_remove(list->engine->lists, list);
	g_free(list);
}

EngineFolderId
engine_list_folder(const EngineList *list)
{
	return list->folder->id;
}

guint
engine_list_count(const EngineList *list)
{
	return list->folder->messages->len;
}

gint64
engine_list_seen_at(const EngineList *list)
{
	return 0;
}

gboolean
engine_list_is_current(const EngineList *list)
{
	return list->engine->live;
}

gboolean
engine_list_row(const EngineList *list, guint position, EngineRow *out_row)
{
	if (position >= list->folder->messages->len)
		return FALSE;
	const FakeMessage *message = list->folder->messages->pdata[position];
	*out_row = (EngineRow){.uid = message->uid,
		.flags = message->flags,
		.pending = message->pending,
		.attachment = message->attachment,
		.from = message->from,
		.subject = message->subject,
		.keywords = "",
		.date = message->date,
		.size = message->size};
	return TRUE;
}

void
engine_list_set_view(EngineList *list, guint first, guint count)
{
}

gint
fake_position_of(const FakePlace *folder, guint32 uid)
{
	for (guint i = 0; i < folder->messages->len; i++) {
		if (((FakeMessage *)folder->messages->pdata[i])->uid == uid)
			return (gint)i;
	}
	return -1;
}

gboolean
engine_list_find(EngineList *list, guint32 uid, guint *out_position)
{
	gint position = uid != 0 ? fake_position_of(list->folder, uid) : -1;
	if (position >= 0)
		*out_position = (guint)position;
	return position >= 0;
}

gboolean
engine_list_row_of(const EngineList *list, guint32 uid, EngineRow *out_row)
{
	gint position = fake_position_of(list->folder, uid);
	return position >= 0 && engine_list_row(list, (guint)position, out_row);
}

UidSet *
engine_list_uids(const EngineList *list)
{
	UidSet *uids = uidset_new();
	for (guint i = 0; i < list->folder->messages->len; i++)
		uidset_add(uids, ((FakeMessage *)list->folder->messages->pdata[i])->uid);
	return uids;
}

gboolean
engine_list_may_have(const EngineList *list, guint32 uid)
{
	return fake_position_of(list->folder, uid) >= 0;
}

gboolean
engine_list_next_unread(const EngineList *list, guint position, guint *out_position)
{
	for (guint i = position + 1; i < list->folder->messages->len; i++) {
		if (!(((FakeMessage *)list->folder->messages->pdata[i])->flags & FLAG_SEEN)) {
			*out_position = i;
			return TRUE;
		}
	}
	return FALSE;
}

/* Tells every list of FOLDER, and that its counts are others now. */
void
fake_emit_list(Engine *engine, const FakePlace *folder, EngineEvent event)
{
	for (guint i = 0; i < engine->lists->len; i++) {
		EngineList *list = engine->lists->pdata[i];
		event.list = list;
		if (list->folder == folder)
			fake_emit(engine, event);
	}
	fake_emit(engine, (EngineEvent){.kind = ENGINE_FOLDER_CHANGED,
				  .account = folder->account,
				  .folder = folder->id});
}

/* ---- search ---- */

static gboolean
on_searched(gpointer user)
{
	EngineSearch *search = user;
	for (guint i = 0; i < search->folder->messages->len; i++) {
		const FakeMessage *message = search->folder->messages->pdata[i];
		g_autofree char *subject = text_clean(message->subject, -1, TEXT_LINE);
		g_autofree char *from = text_clean(message->from, -1, TEXT_LINE);
		if (text_contains(subject, search->text) || text_contains(from, search->text)) {
			g_array_append_val(search->hits, message->uid);
			uidset_add(search->uids, message->uid);
		}
	}
	search->source = 0;
	search->done = TRUE;
	search->engine->on_the_way--;
	fake_emit(search->engine, (EngineEvent){.kind = ENGINE_SEARCH_CHANGED, .search = search});
	return G_SOURCE_REMOVE;
}

EngineSearch *
engine_search(Engine *engine, EngineFolderId folder, EngineSearchScope scope, const char *text)
{
	EngineSearch *search = g_new0(EngineSearch, 1);
	search->engine = engine;
	search->folder = fake_place(engine, folder);
	search->text = g_strdup(text ? text : "");
	search->uids = uidset_new();
	search->hits = g_array_new(FALSE, FALSE, sizeof(guint32));
	search->source = g_timeout_add(FAKE_LATER_MS, on_searched, search);
	engine->on_the_way++;
	return search;
}

void
engine_search_free(EngineSearch *search)
{
	if (search == NULL)
		return;
	if (search->source != 0) {
		g_source_remove(search->source);
		search->engine->on_the_way--;
	}
	g_array_unref(search->hits);
	uidset_free(search->uids);
	g_free(search->text);
	g_free(search);
}

gboolean
engine_search_is_here_only(const EngineSearch *search)
{
	return FALSE;
}

gboolean
engine_search_is_done(const EngineSearch *search)
{
	return search->done;
}

const char *
engine_search_error(const EngineSearch *search)
{
	return NULL;
}

guint64
engine_search_count(const EngineSearch *search)
{
	return search->hits->len;
}

const UidSet *
engine_search_hits(const EngineSearch *search)
{
	return search->uids;
}

static gint
hit_index(const EngineSearch *search, guint32 uid)
{
	for (guint i = 0; i < search->hits->len; i++) {
		if (g_array_index(search->hits, guint32, i) == uid)
			return (gint)i;
	}
	return -1;
}

gboolean
engine_search_has(const EngineSearch *search, guint32 uid)
{
	return hit_index(search, uid) >= 0;
}

guint32
engine_search_next(const EngineSearch *search, guint32 uid, gboolean newer)
{
	gint n = (gint)search->hits->len;
	if (n == 0)
		return 0;
	for (gint i = 0; i < n; i++) {
		gint at = newer ? n - 1 - i : i;
		guint32 hit = g_array_index(search->hits, guint32, at);
		if (newer ? hit > uid : hit < uid)
			return hit;
	}
	return g_array_index(search->hits, guint32, newer ? n - 1 : 0);
}
