/*
 * The engine without a server: engine.h over sample mail in memory. Answers come a few milliseconds
 * later from the main loop, as the real ones do. POSTERN_FAKE_THEME names the theme,
 * POSTERN_FAKE_STATE an account state ("waiting", "stopped", "offline") to look at.
 */
#include "fake-engine.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>

static const char *const account_names[] = {"work", "home"};

/* ---- events ---- */

static gboolean
on_deliver(gpointer user)
{
	hub_deliver(((Engine *)user)->hub);
	return G_SOURCE_REMOVE;
}

void
fake_emit(Engine *engine, EngineEvent event)
{
	hub_emit(engine->hub, &event);
	g_idle_add_full(G_PRIORITY_DEFAULT, on_deliver, engine, NULL);
}

static void
event_clear(gpointer event)
{
	g_free(((EngineEvent *)event)->text);
}

void
fake_say(Engine *engine, EngineNoticeLevel level, const char *text)
{
	fake_emit(engine,
		(EngineEvent){.kind = ENGINE_NOTICE, .level = level, .text = g_strdup(text)});
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
	FakePlace *folder = data;
	g_ptr_array_unref(folder->messages);
	g_free(folder->name);
	g_free(folder);
}

static FakePlace *
folder_new(const FakeFolder *about, guint i)
{
	FakePlace *folder = g_new0(FakePlace, 1);
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

void
fake_emit_accounts(Engine *engine)
{
	for (guint i = 0; i < G_N_ELEMENTS(account_names); i++)
		fake_emit(engine, (EngineEvent){.kind = ENGINE_ACCOUNT_CHANGED, .account = i + 1});
}

static gboolean
on_connected(gpointer user)
{
	Engine *engine = user;
	engine->live = TRUE;
	engine->on_the_way--;
	fake_emit_accounts(engine);
	for (guint i = 0; i < engine->lists->len; i++)
		fake_emit(engine,
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
	g_timeout_add(FAKE_LATER_MS, on_connected, engine);
}

void
engine_free(Engine *engine)
{
	if (engine == NULL)
		return;
	while (g_source_remove_by_user_data(engine))
		;
	fake_change_free(engine->last);
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
	fake_say(engine, ENGINE_NOTICE_INFO, "Connecting again");
}

void
engine_set_online(Engine *engine, gboolean online)
{
	fake_say(engine, ENGINE_NOTICE_INFO, online ? "Online" : "Offline");
}

gboolean
engine_is_online(const Engine *engine)
{
	return TRUE;
}

FakePlace *
fake_place(const Engine *engine, EngineFolderId id)
{
	return id > 0 && id <= engine->folders->len ? engine->folders->pdata[id - 1] : NULL;
}

static void
fill_folder(const FakePlace *folder, EngineFolder *out)
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
		n += ((FakePlace *)engine->folders->pdata[i])->account == account;
	return n;
}

gboolean
engine_folder_at(const Engine *engine, EngineAccountId account, guint i, EngineFolder *out_folder)
{
	for (guint at = 0; at < engine->folders->len; at++) {
		const FakePlace *folder = engine->folders->pdata[at];
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
	const FakePlace *folder = fake_place(engine, id);
	if (folder == NULL)
		return FALSE;
	fill_folder(folder, out_folder);
	return TRUE;
}

const FakePlace *
fake_place_of_role(const Engine *engine, EngineAccountId account, EngineRole role)
{
	for (guint i = 0; i < engine->folders->len; i++) {
		const FakePlace *folder = engine->folders->pdata[i];
		if (folder->account == account && folder->about->role == role)
			return folder;
	}
	return NULL;
}

EngineFolderId
engine_folder_find(const Engine *engine, EngineAccountId account, const char *path, GError **error)
{
	for (guint i = 0; i < engine->folders->len; i++) {
		const FakePlace *folder = engine->folders->pdata[i];
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
