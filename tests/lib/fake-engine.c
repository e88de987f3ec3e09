/*
 * The engine without a server: engine.h over sample mail in memory. Answers come a few milliseconds
 * later from the main loop, as the real ones do. POSTERN_FAKE_THEME names the theme,
 * POSTERN_FAKE_STATE an account state ("waiting", "stopped", "offline") to look at.
 */
#include "fake-mail.h"

#include "base/clock.h"
#include "base/hub.h"
#include "base/log.h"
#include "base/text.h"

#include <string.h>

enum { LATER_MS = 30 };

typedef struct {
	const FakeFolder *about;
	EngineFolderId id;
	EngineAccountId account;
	char *name;
	guint depth;
	GPtrArray *messages; /* newest first */
	guint32 next_uid;
} Folder;

typedef struct {
	EngineFolderId from, to; /* TO 0: flags */
	guint32 flags;
	gboolean add;
	GArray *uids; /* as they are now, in TO for moves */
} Change;

struct Engine {
	Hub *hub;
	GPtrArray *folders, *lists;
	gboolean live;
	guint on_the_way, pending;
	Change *last;
};

struct EngineList {
	Engine *engine;
	Folder *folder;
};

struct EngineReading {
	Engine *engine;
	Folder *folder;
	guint32 uid;
	gboolean peek, ready;
	guint source;
};

struct EngineSearch {
	Engine *engine;
	Folder *folder;
	char *text;
	GArray *hits; /* newest first */
	UidSet *uids; /* the same */
	gboolean done;
	guint source;
};

static const char *const account_names[] = {"work", "home"};

/* ---- events ---- */

static gboolean
on_deliver(gpointer user)
{
	hub_deliver(((Engine *)user)->hub);
	return G_SOURCE_REMOVE;
}

static void
emit(Engine *engine, EngineEvent event)
{
	hub_emit(engine->hub, &event);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_deliver, engine, NULL);
}

static void
event_clear(gpointer event)
{
	g_free(((EngineEvent *)event)->text);
}

static void
say(Engine *engine, EngineNoticeLevel level, const char *text)
{
	emit(engine, (EngineEvent){.kind = ENGINE_NOTICE, .level = level, .text = g_strdup(text)});
}

guint
engine_listen(Engine *engine, EngineListener listener, gpointer user)
{
	return hub_listen(engine->hub, (HubListener)listener, user);
}

void
engine_leave(Engine *engine, guint id)
{
	hub_leave(engine->hub, id);
}

/* ---- life ---- */

static void
folder_free(gpointer data)
{
	Folder *folder = data;
	g_ptr_array_unref(folder->messages);
	g_free(folder->name);
	g_free(folder);
}

static Folder *
folder_new(const FakeFolder *about, guint i)
{
	Folder *folder = g_new0(Folder, 1);
	const char *slash = strrchr(about->path, '/');
	folder->about = about;
	folder->id = i + 1;
	folder->account = strcmp(about->account, "work") == 0 ? 1 : 2;
	folder->name = g_strdup(slash != NULL ? slash + 1 : about->path);
	folder->depth = slash != NULL ? 1 : 0;
	folder->messages = g_ptr_array_new_with_free_func(fake_message_free);
	for (guint m = 0; m < about->messages; m++)
		g_ptr_array_add(folder->messages, fake_message_new(about, m, about->messages));
	folder->next_uid = 1001 + about->messages;
	return folder;
}

Engine *
engine_new(const EngineSetup *setup, GError **error)
{
	Engine *engine = g_new0(Engine, 1);
	const FakeFolder *about;
	engine->hub = hub_new(sizeof(EngineEvent), event_clear);
	engine->folders = g_ptr_array_new_with_free_func(folder_free);
	for (guint i = 0; (about = fake_folder_at(i)) != NULL; i++)
		g_ptr_array_add(engine->folders, folder_new(about, i));
	engine->lists = g_ptr_array_new();
	clock_hold_wall(FAKE_NOW);
	return engine;
}

static void
emit_accounts(Engine *engine)
{
	for (guint i = 0; i < G_N_ELEMENTS(account_names); i++)
		emit(engine, (EngineEvent){.kind = ENGINE_ACCOUNT_CHANGED, .account = i + 1});
}

static gboolean
on_connected(gpointer user)
{
	Engine *engine = user;
	engine->live = TRUE;
	engine->on_the_way--;
	emit_accounts(engine);
	for (guint i = 0; i < engine->lists->len; i++)
		emit(engine,
			(EngineEvent){.kind = ENGINE_LIST_ROWS, .list = engine->lists->pdata[i]});
	log_line(LOG_INFO, "work", "logged in");
	return G_SOURCE_REMOVE;
}

void
engine_start(Engine *engine)
{
	log_line(LOG_INFO, "work", "connecting to imap.example.org");
	log_line(LOG_WIRE, "work/1", "* OK [CAPABILITY IMAP4rev1 IDLE] ready");
	engine->on_the_way++;
	g_timeout_add(LATER_MS, on_connected, engine);
}

static void
change_free(Change *change)
{
	if (change == NULL)
		return;
	g_array_unref(change->uids);
	g_free(change);
}

void
engine_free(Engine *engine)
{
	if (engine == NULL)
		return;
	while (g_source_remove_by_user_data(engine))
		;
	change_free(engine->last);
	g_ptr_array_unref(engine->lists);
	g_ptr_array_unref(engine->folders);
	hub_free(engine->hub);
	log_close();
	g_free(engine);
}

gboolean
engine_is_idle(const Engine *engine)
{
	return engine->on_the_way == 0 && engine->pending == 0 && !hub_has_events(engine->hub);
}

/* ---- accounts and folders ---- */

guint
engine_account_count(const Engine *engine)
{
	return G_N_ELEMENTS(account_names);
}

static void
fill_state(const Engine *engine, EngineAccount *out)
{
	const char *state = g_getenv("POSTERN_FAKE_STATE");
	out->state = engine->live ? ENGINE_LIVE : ENGINE_CONNECTING;
	if (g_strcmp0(state, "waiting") == 0) {
		out->state = ENGINE_WAITING;
		out->state_text =
			"The line to imap.example.org is cut; what you see is from before";
		out->retry_at = FAKE_NOW + 12;
	} else if (g_strcmp0(state, "stopped") == 0) {
		out->state = ENGINE_STOPPED;
		out->state_text = "imap.example.org refused the password of alice: mend "
				  "password-command, then :reconnect";
	} else if (g_strcmp0(state, "offline") == 0) {
		out->state = ENGINE_OFFLINE;
	}
}

gboolean
engine_account_at(const Engine *engine, guint i, EngineAccount *out_account)
{
	return engine_account_get(engine, i + 1, out_account);
}

gboolean
engine_account_get(const Engine *engine, EngineAccountId id, EngineAccount *out_account)
{
	if (id == 0 || id > G_N_ELEMENTS(account_names))
		return FALSE;
	*out_account = (EngineAccount){.id = id,
		.name = account_names[id - 1],
		.address = "Alice Example <alice@example.org>",
		.state_text = "",
		.pending = id == 1 ? engine->pending : 0};
	fill_state(engine, out_account);
	return TRUE;
}

void
engine_account_reconnect(Engine *engine, EngineAccountId id)
{
	say(engine, ENGINE_NOTICE_INFO, "Connecting again");
}

void
engine_set_online(Engine *engine, gboolean online)
{
	say(engine, ENGINE_NOTICE_INFO, online ? "Online" : "Offline");
}

gboolean
engine_is_online(const Engine *engine)
{
	return TRUE;
}

static Folder *
folder_of(const Engine *engine, EngineFolderId id)
{
	return id > 0 && id <= engine->folders->len ? engine->folders->pdata[id - 1] : NULL;
}

static void
fill_folder(const Folder *folder, EngineFolder *out)
{
	*out = (EngineFolder){.id = folder->id,
		.account = folder->account,
		.name = folder->name,
		.path = folder->about->path,
		.depth = folder->depth,
		.role = folder->about->role,
		.selectable = folder->about->selectable,
		.has_children = folder->about->has_children,
		.subscribed = TRUE,
		.counts_known = folder->about->selectable,
		.total = folder->messages->len};
	for (guint i = 0; i < folder->messages->len; i++)
		out->unread += !(((FakeMessage *)folder->messages->pdata[i])->flags & FLAG_SEEN);
}

guint
engine_folder_count(const Engine *engine, EngineAccountId account)
{
	guint n = 0;
	for (guint i = 0; i < engine->folders->len; i++)
		n += ((Folder *)engine->folders->pdata[i])->account == account;
	return n;
}

gboolean
engine_folder_at(const Engine *engine, EngineAccountId account, guint i, EngineFolder *out_folder)
{
	for (guint at = 0; at < engine->folders->len; at++) {
		const Folder *folder = engine->folders->pdata[at];
		if (folder->account == account && i-- == 0) {
			fill_folder(folder, out_folder);
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
engine_folder_get(const Engine *engine, EngineFolderId id, EngineFolder *out_folder)
{
	const Folder *folder = folder_of(engine, id);
	if (folder == NULL)
		return FALSE;
	fill_folder(folder, out_folder);
	return TRUE;
}

static const Folder *
find_role(const Engine *engine, EngineAccountId account, EngineRole role)
{
	for (guint i = 0; i < engine->folders->len; i++) {
		const Folder *folder = engine->folders->pdata[i];
		if (folder->account == account && folder->about->role == role)
			return folder;
	}
	return NULL;
}

EngineFolderId
engine_folder_find(const Engine *engine, EngineAccountId account, const char *path, GError **error)
{
	for (guint i = 0; i < engine->folders->len; i++) {
		const Folder *folder = engine->folders->pdata[i];
		g_autofree char *whole =
			g_strconcat(folder->about->account, "/", folder->about->path, NULL);
		if (g_ascii_strcasecmp(whole, path) == 0 ||
			(folder->account == account &&
				g_ascii_strcasecmp(folder->about->path, path) == 0) ||
			(g_ascii_strcasecmp(folder->about->account, path) == 0 &&
				folder->about->role == ENGINE_ROLE_INBOX))
			return folder->id;
	}
	err_set(error, ERR_INPUT, "There is no folder \"%s\"", path);
	return 0;
}

/* ---- lists ---- */

EngineList *
engine_list_open(Engine *engine, EngineFolderId folder)
{
	EngineList *list = g_new0(EngineList, 1);
	list->engine = engine;
	list->folder = folder_of(engine, folder);
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

static gint
position_of(const Folder *folder, guint32 uid)
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
	gint position = uid != 0 ? position_of(list->folder, uid) : -1;
	if (position >= 0)
		*out_position = (guint)position;
	return position >= 0;
}

gboolean
engine_list_row_of(const EngineList *list, guint32 uid, EngineRow *out_row)
{
	gint position = position_of(list->folder, uid);
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
	return position_of(list->folder, uid) >= 0;
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
static void
emit_list(Engine *engine, const Folder *folder, EngineEvent event)
{
	for (guint i = 0; i < engine->lists->len; i++) {
		EngineList *list = engine->lists->pdata[i];
		event.list = list;
		if (list->folder == folder)
			emit(engine, event);
	}
	emit(engine, (EngineEvent){.kind = ENGINE_FOLDER_CHANGED,
			     .account = folder->account,
			     .folder = folder->id});
}

/* ---- changes ---- */

static gboolean
on_confirmed(gpointer user)
{
	Engine *engine = user;
	engine->pending--;
	for (guint f = 0; engine->pending == 0 && f < engine->folders->len; f++) {
		const Folder *folder = engine->folders->pdata[f];
		for (guint i = 0; i < folder->messages->len; i++) {
			FakeMessage *message = folder->messages->pdata[i];
			if (message->pending)
				emit_list(engine, folder,
					(EngineEvent){.kind = ENGINE_LIST_ROWS,
						.position = i,
						.added = 1});
			message->pending = FALSE;
		}
	}
	emit_accounts(engine);
	return G_SOURCE_REMOVE;
}

static void
start_pending(Engine *engine)
{
	engine->pending++;
	emit_accounts(engine);
	g_timeout_add(LATER_MS * 5, on_confirmed, engine);
}

static void
remember(Engine *engine, EngineFolderId from, EngineFolderId to, guint32 flags, gboolean add,
	GArray *take_uids)
{
	change_free(engine->last);
	engine->last = g_new0(Change, 1);
	*engine->last = (Change){from, to, flags, add, take_uids};
}

gboolean
engine_change_flags(
	Engine *engine, const EngineMessages *messages, guint32 flags, gboolean add, GError **error)
{
	const Folder *folder = folder_of(engine, messages->folder);
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (guint i = 0; i < messages->n; i++) {
		gint position = position_of(folder, messages->uids[i]);
		if (position < 0)
			continue;
		FakeMessage *message = folder->messages->pdata[position];
		if (((message->flags & flags) != 0) == add)
			continue;
		message->flags = add ? message->flags | flags : message->flags & ~flags;
		message->pending = TRUE;
		g_array_append_val(uids, message->uid);
		emit_list(engine, folder,
			(EngineEvent){
				.kind = ENGINE_LIST_ROWS, .position = (guint)position, .added = 1});
	}
	remember(engine, folder->id, 0, flags, add, uids);
	start_pending(engine);
	return TRUE;
}

static gint
newest_first(gconstpointer a, gconstpointer b)
{
	const FakeMessage *left = *(FakeMessage *const *)a, *right = *(FakeMessage *const *)b;
	return left->date < right->date ? 1 : left->date > right->date ? -1 : 0;
}

static void
move_one(Engine *engine, Folder *from, Folder *to, guint32 uid, GArray *new_uids)
{
	gint position = position_of(from, uid);
	if (position < 0)
		return;
	FakeMessage *message = g_ptr_array_steal_index(from->messages, (guint)position);
	emit_list(engine, from,
		(EngineEvent){
			.kind = ENGINE_LIST_SPLICED, .position = (guint)position, .removed = 1});
	message->uid = to->next_uid++;
	message->pending = TRUE;
	g_ptr_array_add(to->messages, message);
	g_ptr_array_sort(to->messages, newest_first);
	g_array_append_val(new_uids, message->uid);
	emit_list(engine, to,
		(EngineEvent){.kind = ENGINE_LIST_SPLICED,
			.position = (guint)position_of(to, message->uid),
			.added = 1});
}

gboolean
engine_change_keyword(Engine *engine, const EngineMessages *messages, const char *keyword,
	gboolean add, GError **error)
{
	return err_set(error, ERR_INPUT, "The sample mail has no tags");
}

gboolean
engine_move(Engine *engine, const EngineMessages *messages, EngineFolderId to, GError **error)
{
	Folder *from = folder_of(engine, messages->folder), *target = folder_of(engine, to);
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	if (from == target) {
		g_array_unref(uids);
		return err_set(
			error, ERR_INPUT, "The messages are in %s already", target->about->path);
	}
	for (guint i = 0; i < messages->n; i++)
		move_one(engine, from, target, messages->uids[i], uids);
	remember(engine, from->id, to, 0, TRUE, uids);
	emit(engine, (EngineEvent){.kind = ENGINE_NOTICE,
			     .text = g_strdup_printf(
				     "Moved %u messages to %s", messages->n, target->about->path),
			     .undoable = TRUE});
	start_pending(engine);
	return TRUE;
}

gboolean
engine_copy(Engine *engine, const EngineMessages *messages, EngineFolderId to, GError **error)
{
	start_pending(engine);
	return TRUE;
}

static gboolean
move_to_role(Engine *engine, const EngineMessages *messages, EngineRole role, GError **error)
{
	const Folder *to = find_role(engine, folder_of(engine, messages->folder)->account, role);
	return engine_move(engine, messages, to->id, error);
}

gboolean
engine_archive(Engine *engine, const EngineMessages *messages, GError **error)
{
	return move_to_role(engine, messages, ENGINE_ROLE_ARCHIVE, error);
}

gboolean
engine_delete(Engine *engine, const EngineMessages *messages, GError **error)
{
	return move_to_role(engine, messages, ENGINE_ROLE_TRASH, error);
}

gboolean
engine_undo(Engine *engine, GError **error)
{
	Change *change = g_steal_pointer(&engine->last);
	if (change == NULL)
		return err_set(error, ERR_INPUT, "There is nothing to undo");
	EngineMessages messages = {change->to != 0 ? change->to : change->from,
		(const guint32 *)(gpointer)change->uids->data, change->uids->len};
	gboolean done = change->to != 0 ? engine_move(engine, &messages, change->from, error)
					: engine_change_flags(engine, &messages, change->flags,
						  !change->add, error);
	g_clear_pointer(&engine->last, change_free);
	say(engine, ENGINE_NOTICE_INFO,
		change->to != 0 ? "The messages are back" : "The flags are as they were");
	change_free(change);
	return done;
}

/* ---- reading ---- */

static gboolean
on_read(gpointer user)
{
	EngineReading *reading = user;
	Engine *engine = reading->engine;
	gint position = position_of(reading->folder, reading->uid);
	reading->source = 0;
	reading->ready = TRUE;
	engine->on_the_way--;
	emit(engine, (EngineEvent){.kind = ENGINE_READING_CHANGED, .reading = reading});
	if (position >= 0 && !reading->peek) {
		FakeMessage *message = reading->folder->messages->pdata[position];
		message->flags |= FLAG_SEEN;
		emit_list(engine, reading->folder,
			(EngineEvent){
				.kind = ENGINE_LIST_ROWS, .position = (guint)position, .added = 1});
	}
	return G_SOURCE_REMOVE;
}

EngineReading *
engine_read(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	EngineReading *reading = g_new0(EngineReading, 1);
	reading->engine = engine;
	reading->folder = folder_of(engine, folder);
	reading->uid = uid;
	reading->peek = peek;
	reading->source = g_timeout_add(LATER_MS, on_read, reading);
	engine->on_the_way++;
	return reading;
}

void
engine_reading_free(EngineReading *reading)
{
	if (reading == NULL)
		return;
	if (reading->source != 0) {
		g_source_remove(reading->source);
		reading->engine->on_the_way--;
	}
	g_free(reading);
}

EngineReadingState
engine_reading_state(const EngineReading *reading)
{
	return reading->ready ? ENGINE_READING_READY : ENGINE_READING_LOADING;
}

guint32
engine_reading_uid(const EngineReading *reading)
{
	return reading->uid;
}

const char *
engine_reading_error(const EngineReading *reading)
{
	return "";
}

void
engine_reading_progress(const EngineReading *reading, guint64 *out_done, guint64 *out_total)
{
	*out_done = 0;
	*out_total = 0;
}

guint
engine_reading_field_count(const EngineReading *reading, gboolean full)
{
	return full ? 7 : 5;
}

gboolean
engine_reading_field(const EngineReading *reading, gboolean full, guint i, EngineField *out_field)
{
	gint position = position_of(reading->folder, reading->uid);
	const FakeMessage *message =
		position >= 0 ? reading->folder->messages->pdata[position] : NULL;
	const EngineField fields[] = {{"From", message != NULL ? message->from : ""},
		{"To", "Alice Example <alice@example.org>"},
		{"Cc", "Zoë García <zoe@example.org>, team@example.org, 山田 太郎 "
		       "<taro@example.jp>"},
		{"Date", "Sun, 12 May 2024 09:12:00 +0200",
			.date = message != NULL ? message->date : 0},
		{"Subject", message != NULL ? message->subject : ""},
		{"Message-ID", "<20240512.1@example.org>"},
		{"Received", "from mail.example.net by mx.example.org; 12 May 2024"}};
	if (i >= engine_reading_field_count(reading, full))
		return FALSE;
	*out_field = fields[i];
	return TRUE;
}

guint
engine_reading_line_count(const EngineReading *reading)
{
	EngineLine line;
	guint n = 0;
	while (reading->ready && fake_line_at(n, &line))
		n++;
	return n;
}

gboolean
engine_reading_line(const EngineReading *reading, guint i, EngineLine *out_line)
{
	return reading->ready && fake_line_at(i, out_line);
}

guint
engine_reading_part_count(const EngineReading *reading)
{
	return 2;
}

gboolean
engine_reading_part(const EngineReading *reading, guint i, EnginePart *out_part)
{
	static const EnginePart parts[] = {{"text/plain", "", 2048, FALSE, TRUE, FALSE, 0, "1"},
		{"image/png", "a picture\033[2J of the graph.png", 183500, TRUE, FALSE, TRUE, 0,
			"2"}};
	if (i >= G_N_ELEMENTS(parts))
		return FALSE;
	*out_part = parts[i];
	return TRUE;
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
	emit(search->engine, (EngineEvent){.kind = ENGINE_SEARCH_CHANGED, .search = search});
	return G_SOURCE_REMOVE;
}

EngineSearch *
engine_search(Engine *engine, EngineFolderId folder, EngineSearchScope scope, const char *text)
{
	EngineSearch *search = g_new0(EngineSearch, 1);
	search->engine = engine;
	search->folder = folder_of(engine, folder);
	search->text = g_strdup(text ? text : "");
	search->uids = uidset_new();
	search->hits = g_array_new(FALSE, FALSE, sizeof(guint32));
	search->source = g_timeout_add(LATER_MS, on_searched, search);
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

/* ---- options, keys, doctor, log, clock ---- */

const EngineOption *
engine_option_at(guint i)
{
	static const EngineOption options[] = {{"postern", "theme", ENGINE_OPTION_STRING, 0, 0,
		NULL, "dusk", "How the screen looks"}};
	return i < G_N_ELEMENTS(options) ? &options[i] : NULL;
}

const char *
engine_option_string(const Engine *engine, const char *name)
{
	const char *theme = g_getenv("POSTERN_FAKE_THEME");
	return theme != NULL ? theme : "dusk";
}

gint64
engine_option_int(const Engine *engine, const char *name)
{
	return 0;
}

gboolean
engine_option_bool(const Engine *engine, const char *name)
{
	return FALSE;
}

gboolean
engine_key_at(const Engine *engine, guint i, EngineKey *out_key)
{
	return FALSE;
}

const char *
engine_config_file(const Engine *engine)
{
	return "config";
}

gboolean
engine_doctor(Engine *engine, const char *account, EngineDoctorReport report, EngineDoctorDone done,
	gpointer user, GError **error)
{
	return err_set(error, ERR_INPUT, "There is no server to check");
}

guint
engine_log_count(void)
{
	return log_count();
}

gboolean
engine_log_at(guint i, EngineLogLine *out_line)
{
	LogLine line;
	if (log_get(i, &line) == NULL)
		return FALSE;
	*out_line = (EngineLogLine){line.wall, line.level, line.where, line.text};
	return TRUE;
}

gboolean
engine_log_to_file(const char *file, GError **error)
{
	return log_open_file(file, error);
}

gint64
engine_now(void)
{
	return clock_wall();
}

void
engine_hold_now(gint64 seconds)
{
	clock_hold_wall(seconds);
}
