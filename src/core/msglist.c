#include "core/msglist.h"

#include "base/clock.h"
#include "core/flags.h"
#include "core/hidden.h"

#include <string.h>

#define MAX_ROWS     2000 /* rows in memory; beyond it all but those in view are dropped */
#define MAX_EXPUNGES 1000 /* told one by one */
#define MAX_SPLICES  50   /* a change of more rows than this is told as a reset */

typedef struct {
	StoreMessage *message;
	FlagSet flags; /* with pending changes */
	char *keywords;
	gboolean pending;
} Row;

struct EngineList {
	Core *core;
	EngineAccountId account;
	EngineFolderId folder;
	char *mailbox; /* raw */
	const OpQueue *ops;
	gboolean show_recipients;
	MsglistOwner owner;
	gpointer user;
	SeqMap *map;
	Hidden hidden;
	UidSet *gone;     /* moved away by the server, EXPUNGE not seen yet */
	GHashTable *rows; /* uid -> Row */
	guint view_first, view_count;
	gboolean current;
	gint64 seen_at; /* while it is not current: when it last was */
	guint32 wanted; /* UID that engine_list_find() asked for, or 0 */
};

static void
row_free(gpointer data)
{
	Row *row = data;

	store_message_free(row->message);
	flagset_clear(&row->flags);
	g_free(row->keywords);
	g_free(row);
}

static void
emit(EngineList *list, EngineEventKind kind, guint position, guint removed, guint added)
{
	EngineEvent event = {.kind = kind,
		.account = list->account,
		.folder = list->folder,
		.list = list,
		.position = position,
		.removed = removed,
		.added = added};

	core_emit(list->core, &event);
}

/* ---- what pending changes hide ---- */

static UidSet *
hidden_by_ops(const EngineList *list)
{
	g_autoptr(GPtrArray) ops = opqueue_pending(list->ops, list->mailbox);
	UidSet *uids = uidset_copy(list->gone);

	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		if (op->kind == STORE_OP_MOVE || op->kind == STORE_OP_EXPUNGE)
			uidset_add_set(uids, op->uids);
	}
	return uids;
}

static void
hide_one(EngineList *list, guint32 uid)
{
	guint row;

	if (hidden_row(&list->hidden, list->map, seqmap_position(list->map, uid), &row))
		emit(list, ENGINE_LIST_SPLICED, row, 1, 0);
	uidset_add(list->hidden.uids, uid);
	list->hidden.stale = TRUE;
}

static void
show_one(EngineList *list, guint32 uid)
{
	guint row;

	uidset_remove(list->hidden.uids, uid);
	list->hidden.stale = TRUE;
	if (hidden_row(&list->hidden, list->map, seqmap_position(list->map, uid), &row))
		emit(list, ENGINE_LIST_SPLICED, row, 0, 1);
}

static void
update_hidden(EngineList *list)
{
	g_autoptr(UidSet) now = hidden_by_ops(list);
	g_autoptr(UidSet) hide = uidset_copy(now);
	g_autoptr(UidSet) show = uidset_copy(list->hidden.uids);

	uidset_remove_set(hide, list->hidden.uids);
	uidset_remove_set(show, now);
	if (uidset_count(hide) + uidset_count(show) > MAX_SPLICES) {
		uidset_free(list->hidden.uids);
		list->hidden.uids = g_steal_pointer(&now);
		list->hidden.stale = TRUE;
		emit(list, ENGINE_LIST_RESET, 0, 0, 0);
		return;
	}
	for (guint32 uid = uidset_min(hide); uid; uid = uidset_next(hide, uid))
		hide_one(list, uid);
	for (guint32 uid = uidset_min(show); uid; uid = uidset_next(show, uid))
		show_one(list, uid);
}

void
msglist_ops_changed(EngineList *list, const UidSet *uids)
{
	update_hidden(list);
	if (uids)
		msglist_refresh_set(list, uids);
}

void
msglist_gone(EngineList *list, const UidSet *uids)
{
	uidset_add_set(list->gone, uids);
	update_hidden(list);
}

/* ---- rows ---- */

static void
fold_row(const EngineList *list, Row *row)
{
	g_autoptr(GPtrArray) ops = opqueue_pending(list->ops, list->mailbox);

	flagset_clear(&row->flags);
	row->flags = flags_fold(&row->message->flags, row->message->uid, ops, &row->pending);
	g_free(row->keywords);
	row->keywords = row->flags.keywords ? g_strjoinv(" ", row->flags.keywords) : NULL;
}

/* Positions in view, and as many around them again. */
static gboolean
near_view(EngineList *list, guint32 uid)
{
	guint row;

	if (!hidden_row(&list->hidden, list->map, seqmap_position(list->map, uid), &row))
		return FALSE;
	return row + list->view_count >= list->view_first &&
	       row <= list->view_first + 2 * list->view_count;
}

static void
drop_far_rows(EngineList *list)
{
	GHashTableIter iter;
	gpointer uid;

	g_hash_table_iter_init(&iter, list->rows);
	while (g_hash_table_iter_next(&iter, &uid, NULL))
		if (!near_view(list, GPOINTER_TO_UINT(uid)))
			g_hash_table_iter_remove(&iter);
}

static Row *
get_row(EngineList *list, guint32 uid)
{
	Row *row = g_hash_table_lookup(list->rows, GUINT_TO_POINTER(uid));
	StoreMessage *message;

	if (row || !uid)
		return row;
	message = store_message_get(list->core->store, list->folder, uid, FALSE);
	if (!message)
		return NULL;
	if (g_hash_table_size(list->rows) >= MAX_ROWS)
		drop_far_rows(list);
	row = g_new0(Row, 1);
	row->message = message;
	fold_row(list, row);
	g_hash_table_insert(list->rows, GUINT_TO_POINTER(uid), row);
	return row;
}

void
msglist_degrade(EngineList *list, guint32 uid)
{
	g_autoptr(StoreMessage) message = store_message_new();
	g_autoptr(GError) error = NULL;

	message->folder = list->folder;
	message->uid = uid;
	g_free(message->subject);
	message->subject = g_strdup("(the server could not describe this message)");
	if (!store_message_put(list->core->store, message, &error))
		core_cache_trouble(list->core, g_steal_pointer(&error));
	msglist_refresh(list, uid);
}

gboolean
msglist_has_row(EngineList *list, guint32 uid)
{
	return get_row(list, uid) != NULL;
}

gboolean
msglist_flags(EngineList *list, guint32 uid, FlagSet *out_flags)
{
	const Row *row = get_row(list, uid);

	if (!row)
		return FALSE;
	*out_flags = flagset_copy(&row->flags);
	return TRUE;
}

void
msglist_refresh(EngineList *list, guint32 uid)
{
	guint row;

	g_hash_table_remove(list->rows, GUINT_TO_POINTER(uid));
	if (hidden_row(&list->hidden, list->map, seqmap_position(list->map, uid), &row))
		emit(list, ENGINE_LIST_ROWS, row, 0, 1);
}

void
msglist_refresh_set(EngineList *list, const UidSet *uids)
{
	if (uidset_count(uids) > MAX_SPLICES) {
		g_hash_table_remove_all(list->rows);
		emit(list, ENGINE_LIST_ROWS, 0, 0, engine_list_count(list));
		return;
	}
	for (guint32 uid = uidset_min(uids); uid; uid = uidset_next(uids, uid))
		msglist_refresh(list, uid);
}

/* ---- life ---- */

EngineList *
msglist_new(Core *core, EngineAccountId account, EngineFolderId folder, const char *mailbox,
	const OpQueue *ops, gboolean show_recipients, const MsglistOwner *owner, gpointer user)
{
	EngineList *list = g_new0(EngineList, 1);

	list->core = core;
	list->account = account;
	list->folder = folder;
	list->mailbox = g_strdup(mailbox);
	list->ops = ops;
	list->show_recipients = show_recipients;
	list->owner = *owner;
	list->user = user;
	list->map = seqmap_new(0);
	hidden_init(&list->hidden);
	list->gone = uidset_new();
	list->rows = g_hash_table_new_full(NULL, NULL, NULL, row_free);
	update_hidden(list);
	return list;
}

void
msglist_free(EngineList *list)
{
	if (!list)
		return;
	g_hash_table_unref(list->rows);
	uidset_free(list->gone);
	hidden_clear(&list->hidden);
	seqmap_free(list->map);
	g_free(list->mailbox);
	g_free(list);
}

/* ---- what the server says ---- */

void
msglist_set_map(EngineList *list, SeqMap *take_map, gboolean current)
{
	seqmap_free(list->map);
	list->map = take_map;
	list->current = current;
	list->hidden.stale = TRUE;
	uidset_clear(list->gone);
	g_hash_table_remove_all(list->rows);
	update_hidden(list);
	emit(list, ENGINE_LIST_RESET, 0, 0, 0);
}

void
msglist_begin_anew(EngineList *list)
{
	EngineEvent event = {.kind = ENGINE_LIST_RESET,
		.account = list->account,
		.folder = list->folder,
		.list = list,
		.renumbered = TRUE};

	msglist_set_map(list, seqmap_new(0), FALSE);
	list->wanted = 0;
	core_emit(list->core, &event);
}

void
msglist_set_current(EngineList *list, gboolean current)
{
	if (list->current == current)
		return;
	list->current = current;
	list->seen_at = clock_wall();
	emit(list, ENGINE_LIST_ROWS, 0, 0, 0);
}

const SeqMap *
msglist_map(const EngineList *list)
{
	return list->map;
}

void
msglist_grow(EngineList *list, guint32 count)
{
	guint32 before = seqmap_count(list->map);

	seqmap_set_count(list->map, count);
	if (count > before) {
		emit(list, ENGINE_LIST_SPLICED, 0, 0, count - before);
	} else if (count < before) {
		list->hidden.stale = TRUE;
		emit(list, ENGINE_LIST_RESET, 0, 0, 0);
	}
}

static gboolean
is_unknown(const EngineList *list, guint32 position)
{
	return position && position <= seqmap_count(list->map) && !seqmap_uid(list->map, position);
}

/* Rows have got their UIDs though nobody told them: UIDs rise, so a gap that is exactly as wide as
 * its UIDs is known. COUNT: how many rows there were. */
static void
tell_inferred(EngineList *list, guint count)
{
	list->hidden.stale = TRUE;
	if (engine_list_count(list) == count)
		emit(list, ENGINE_LIST_ROWS, 0, 0, count);
	else
		emit(list, ENGINE_LIST_RESET, 0, 0, 0);
}

void
msglist_learn(EngineList *list, guint32 position, guint32 uid)
{
	gboolean below = is_unknown(list, position - 1), above = is_unknown(list, position + 1);
	guint count = engine_list_count(list);

	if (!position || seqmap_uid(list->map, position) == uid)
		return;
	if (!seqmap_learn(list->map, position, uid)) {
		list->hidden.stale = TRUE;
		emit(list, ENGINE_LIST_RESET, 0, 0, 0);
	} else if ((below && !is_unknown(list, position - 1)) ||
		   (above && !is_unknown(list, position + 1)) ||
		   uidset_contains(list->hidden.uids, uid)) {
		tell_inferred(list, count);
	}
}

void
msglist_expunge(EngineList *list, guint32 position)
{
	guint row = 0;
	gboolean shown = hidden_row(&list->hidden, list->map, position, &row);
	gboolean below = is_unknown(list, position - 1), above = is_unknown(list, position + 1);
	guint32 uid = seqmap_uid(list->map, position);

	if (!position || position > seqmap_count(list->map))
		return;
	hidden_expunge(&list->hidden, list->map, position, uid);
	seqmap_expunge(list->map, position);
	uidset_remove(list->gone, uid);
	g_hash_table_remove(list->rows, GUINT_TO_POINTER(uid));
	if (shown)
		emit(list, ENGINE_LIST_SPLICED, row, 1, 0);
	if ((below && !is_unknown(list, position - 1)) || (above && !is_unknown(list, position)))
		tell_inferred(list, engine_list_count(list));
}

void
msglist_vanish(EngineList *list, const UidSet *uids)
{
	if (uidset_count(uids) > MAX_EXPUNGES) {
		SeqMap *map = seqmap_copy(list->map);

		seqmap_vanish(map, uids);
		msglist_set_map(list, map, list->current);
		return;
	}
	for (guint32 uid = uidset_min(uids); uid; uid = uidset_next(uids, uid)) {
		guint32 position = seqmap_place(list->map, uid);

		if (position)
			msglist_expunge(list, position);
	}
}

void
msglist_found(EngineList *list, guint32 uid)
{
	EngineEvent event = {.kind = ENGINE_LIST_FOUND,
		.account = list->account,
		.folder = list->folder,
		.list = list,
		.uid = uid};

	if (list->wanted != uid || !hidden_row(&list->hidden, list->map,
					   seqmap_position(list->map, uid), &event.position))
		return;
	list->wanted = 0;
	core_emit(list->core, &event);
}

/* ---- what has to be fetched ---- */

void
msglist_view(const EngineList *list, guint *out_first, guint *out_rows)
{
	*out_first = list->view_first;
	*out_rows = list->view_count;
}

gboolean
msglist_wanted(const EngineList *const_list, guint margin, guint32 *out_first, guint32 *out_last)
{
	EngineList *list = (EngineList *)const_list; /* hidden positions are computed when asked */
	guint count = hidden_row_count(&list->hidden, list->map);
	guint first = list->view_first > margin ? list->view_first - margin : 0;
	guint last = MIN(list->view_first + list->view_count + margin, count);

	if (first >= last)
		return FALSE;
	*out_first = hidden_position(&list->hidden, list->map, last - 1);
	*out_last = hidden_position(&list->hidden, list->map, first);
	return TRUE;
}

/* ---- for the interface (engine.h) ---- */

void
engine_list_close(EngineList *list)
{
	if (list)
		list->owner.closed(list->user);
}

EngineFolderId
engine_list_folder(const EngineList *list)
{
	return list->folder;
}

guint
engine_list_count(const EngineList *list)
{
	return hidden_row_count(&((EngineList *)list)->hidden, list->map);
}

gboolean
engine_list_is_current(const EngineList *list)
{
	return list->current;
}

void
msglist_set_seen_at(EngineList *list, gint64 seconds)
{
	list->seen_at = seconds;
}

gint64
engine_list_seen_at(const EngineList *list)
{
	return list->current ? clock_wall() : list->seen_at;
}

static void
describe(const EngineList *list, const Row *row, EngineRow *out_row)
{
	const StoreMessage *message = row->message;
	const char *from = list->show_recipients && *message->to_name ? message->to_name
			   : *message->from_name                      ? message->from_name
								      : message->from_address;

	*out_row = (EngineRow){
		.uid = message->uid,
		.flags = row->flags.bits,
		.pending = row->pending,
		.attachment = message->attachment,
		.from = from,
		.subject = message->subject,
		.keywords = row->keywords ? row->keywords : "",
		.date = message->date ? message->date : message->internaldate,
		.size = message->size,
	};
}

gboolean
engine_list_row(const EngineList *const_list, guint position, EngineRow *out_row)
{
	EngineList *list = (EngineList *)const_list; /* rows are read from the store when asked */
	const Row *row;
	guint32 uid;

	if (position >= engine_list_count(list))
		return FALSE;
	uid = seqmap_uid(list->map, hidden_position(&list->hidden, list->map, position));
	row = get_row(list, uid);
	if (row)
		describe(list, row, out_row);
	else
		*out_row = (EngineRow){.uid = 0, .from = "", .subject = "", .keywords = ""};
	return TRUE;
}

void
engine_list_set_view(EngineList *list, guint first, guint count)
{
	if (list->view_first == first && list->view_count == count)
		return;
	list->view_first = first;
	list->view_count = MIN(count, 1000);
	list->owner.view_changed(list->user);
}

gboolean
engine_list_find(EngineList *list, guint32 uid, guint *out_position)
{
	if (!uid)
		return FALSE;
	if (hidden_row(&list->hidden, list->map, seqmap_position(list->map, uid), out_position))
		return TRUE;
	if (!uidset_contains(list->hidden.uids, uid)) {
		list->wanted = uid;
		list->owner.locate(uid, list->user);
	}
	return FALSE;
}

gboolean
engine_list_row_of(const EngineList *const_list, guint32 uid, EngineRow *out_row)
{
	EngineList *list = (EngineList *)const_list; /* rows are read from the store when asked */
	const Row *row = uidset_contains(list->hidden.uids, uid) ? NULL : get_row(list, uid);

	if (!row)
		return FALSE;
	describe(list, row, out_row);
	return TRUE;
}

UidSet *
engine_list_uids(const EngineList *list)
{
	UidSet *uids = seqmap_uids(list->map, 1, seqmap_count(list->map));

	uidset_remove_set(uids, list->hidden.uids);
	return uids;
}

gboolean
engine_list_may_have(const EngineList *list, guint32 uid)
{
	return seqmap_place(list->map, uid) && !uidset_contains(list->hidden.uids, uid);
}

gboolean
engine_list_next_unread(const EngineList *list, guint position, guint *out_position)
{
	guint count = engine_list_count(list);
	EngineRow row;

	for (guint at = position; at < count && at < position + MAX_ROWS; at++) {
		if (!engine_list_row(list, at, &row) || !row.uid || (row.flags & FLAG_SEEN))
			continue;
		*out_position = at;
		return TRUE;
	}
	return FALSE;
}
