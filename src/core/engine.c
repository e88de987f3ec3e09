#include "core/ahead.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/text.h"
#include "core/changes.h"
#include "core/export.h"
#include "core/hook.h"
#include "mime/assumed.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	EngineListener listener;
	gpointer user;
} Closure;

#define ADOPT_SECONDS 15 /* between two looks for what another program has left behind */
#define LONG_TURN_MS  10 /* a key must not wait for longer than a frame; this is noted in the log */

/* ---- life ---- */

static void
on_settle(gpointer user)
{
	Engine *engine = user;

	for (guint i = 0; i < engine->readings->len; i++) {
		reading_settle(g_ptr_array_index(engine->readings, i));
		reading_secure_settle(g_ptr_array_index(engine->readings, i));
	}
	for (guint i = 0; i < engine->sources->len; i++)
		source_settle(g_ptr_array_index(engine->sources, i));
	exports_settle(engine);
	ahead_settle(engine);
	textindex_settle(engine->index);
}

static void
on_wake(gpointer user)
{
	Engine *engine = user;

	for (guint i = 0; !engine->offline && i < engine->accounts->len; i++)
		account_renew(g_ptr_array_index(engine->accounts, i));
}

static gboolean
on_adopt(gpointer user)
{
	Engine *engine = user;

	for (guint i = 0; i < engine->accounts->len; i++)
		account_adopt(g_ptr_array_index(engine->accounts, i));
	return G_SOURCE_CONTINUE;
}

static void
tell_warnings(Core *core)
{
	const char *warning;

	for (guint i = 0; (warning = config_warning(core->config, i)) != NULL; i++)
		core_notice(core, 0, ENGINE_NOTICE_WARNING, "%s", warning);
}

static Store *
open_store(gboolean *out_rebuilt, GError **error)
{
	g_autofree char *state = g_build_filename(g_get_user_state_dir(), "postern", NULL);
	g_autofree char *cache = g_build_filename(g_get_user_cache_dir(), "postern", NULL);

	return store_open(state, cache, out_rebuilt, error);
}

Engine *
engine_new(const EngineSetup *setup, GError **error)
{
	g_autoptr(Config) config = config_load(setup->config_file, error);
	gboolean rebuilt = FALSE;
	Engine *engine;
	Store *store;

	if (!config)
		return NULL;
	mime_assumed_set(config_value(config, "assumed-charsets"));
	store = open_store(&rebuilt, error);
	if (!store)
		return NULL;
	engine = g_new0(Engine, 1);
	engine->core = core_new(g_steal_pointer(&config), store);
	if (config_new_mail_command(engine->core->config))
		engine->core->new_mail = hook_new(
			g_strdupv(config_new_mail_command(engine->core->config)), HOOK_PATIENCE_MS);
	engine->accounts = g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
	engine->readings = g_ptr_array_new();
	engine->sources = g_ptr_array_new();
	engine->exports = g_ptr_array_new();
	engine->doctors = g_ptr_array_new();
	engine->listeners = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	engine->offline = setup->offline;
	for (guint i = 0; i < config_account_count(engine->core->config); i++)
		g_ptr_array_add(engine->accounts,
			account_new(engine->core, i + 1, config_account(engine->core->config, i)));
	engine->index = textindex_new(engine->core);
	core_add_settler(engine->core, on_settle, engine);
	engine->wake = wake_new(on_wake, engine);
	engine->adopting = g_timeout_add_seconds(ADOPT_SECONDS, on_adopt, engine);
	wake_watch_turns(LONG_TURN_MS);
	if (store_mended(store))
		core_notice(engine->core, 0, ENGINE_NOTICE_ERROR, "%s", store_mended(store));
	if (store_cache_trouble(store))
		core_notice(
			engine->core, 0, ENGINE_NOTICE_WARNING, "%s", store_cache_trouble(store));
	if (rebuilt)
		core_notice(engine->core, 0, ENGINE_NOTICE_WARNING,
			"The cache was damaged: it was set aside and is being built anew.");
	tell_warnings(engine->core);
	return engine;
}

void
engine_start(Engine *engine)
{
	for (guint i = 0; !engine->offline && i < engine->accounts->len; i++)
		account_start(g_ptr_array_index(engine->accounts, i));
}

void
engine_free(Engine *engine)
{
	if (!engine)
		return;
	while (engine->doctors->len)
		doctor_free(g_ptr_array_index(engine->doctors, 0));
	ahead_stop(engine);
	opener_free(engine->opener);
	core_end_turn(engine->core);
	wake_free(engine->wake);
	g_source_remove(engine->adopting);
	g_ptr_array_unref(engine->accounts);
	g_ptr_array_unref(engine->readings);
	g_ptr_array_unref(engine->sources);
	g_ptr_array_unref(engine->exports);
	g_ptr_array_unref(engine->doctors);
	core_remove_settler(engine->core, on_settle, engine);
	textindex_free(engine->index);
	core_free(engine->core);
	g_hash_table_unref(engine->listeners);
	g_free(engine);
}

gboolean
engine_is_idle(const Engine *engine)
{
	for (guint i = 0; i < engine->accounts->len; i++)
		if (!account_is_idle(g_ptr_array_index(engine->accounts, i)))
			return FALSE;
	for (guint i = 0; i < engine->readings->len; i++)
		if (engine_reading_state(g_ptr_array_index(engine->readings, i)) ==
				ENGINE_READING_LOADING ||
			reading_secure_is_busy(g_ptr_array_index(engine->readings, i)))
			return FALSE;
	if (exports_are_busy(engine) || engine->searching || !textindex_is_idle(engine->index))
		return FALSE;
	for (guint i = 0; i < engine->sources->len; i++)
		if (engine_source_state(g_ptr_array_index(engine->sources, i)) ==
			ENGINE_READING_LOADING)
			return FALSE;
	return !hub_has_events(engine->core->hub) && !store_has_changes(engine->core->store);
}

/* ---- events ---- */

static void
on_event(gconstpointer event, gpointer user)
{
	const Closure *closure = user;

	closure->listener(event, closure->user);
}

guint
engine_listen(Engine *engine, EngineListener listener, gpointer user)
{
	Closure *closure = g_new(Closure, 1);
	guint id;

	*closure = (Closure){listener, user};
	id = hub_listen(engine->core->hub, on_event, closure);
	g_hash_table_insert(engine->listeners, GUINT_TO_POINTER(id), closure);
	return id;
}

void
engine_leave(Engine *engine, guint id)
{
	/* The closure stays until the engine goes: a delivery may be under way. */
	hub_leave(engine->core->hub, id);
}

/* ---- accounts ---- */

static Account *
account_nth(const Engine *engine, EngineAccountId id)
{
	return id && id <= engine->accounts->len ? g_ptr_array_index(engine->accounts, id - 1)
						 : NULL;
}

guint
engine_account_count(const Engine *engine)
{
	return engine->accounts->len;
}

gboolean
engine_account_at(const Engine *engine, guint i, EngineAccount *out_account)
{
	return engine_account_get(engine, i + 1, out_account);
}

gboolean
engine_account_get(const Engine *engine, EngineAccountId id, EngineAccount *out_account)
{
	const Account *account = account_nth(engine, id);

	if (!account)
		return FALSE;
	account_describe(account, out_account);
	return TRUE;
}

void
engine_account_reconnect(Engine *engine, EngineAccountId id)
{
	Account *account = account_nth(engine, id);

	if (!account)
		return;
	engine->offline = FALSE;
	account_reconnect(account);
}

void
engine_set_online(Engine *engine, gboolean online)
{
	engine->offline = !online;
	for (guint i = 0; i < engine->accounts->len; i++) {
		Account *account = g_ptr_array_index(engine->accounts, i);

		if (online)
			account_reconnect(account);
		else
			account_go_offline(account);
	}
}

gboolean
engine_is_online(const Engine *engine)
{
	return !engine->offline;
}

/* ---- folders ---- */

gboolean
engine_resolve(const Engine *engine, EngineFolderId id, Account **out_account, Folder **out_folder)
{
	for (guint i = 0; i < engine->accounts->len; i++) {
		Account *account = g_ptr_array_index(engine->accounts, i);
		Folder *folder = tree_by_id(account_tree(account), id);

		if (!folder)
			continue;
		*out_account = account;
		*out_folder = folder;
		return TRUE;
	}
	return FALSE;
}

guint32
engine_uidvalidity(const Engine *engine, EngineFolderId id)
{
	Account *account;
	Folder *folder;

	return engine_resolve(engine, id, &account, &folder) ? folder->stored->uidvalidity : 0;
}

gboolean
engine_is_renumbered(const Engine *engine, EngineFolderId id, guint32 before)
{
	guint32 now = engine_uidvalidity(engine, id);

	return before && now && before != now;
}

guint
engine_folder_count(const Engine *engine, EngineAccountId id)
{
	const Account *account = account_nth(engine, id);

	return account ? tree_count(account_tree(account)) : 0;
}

gboolean
engine_folder_at(const Engine *engine, EngineAccountId id, guint i, EngineFolder *out_folder)
{
	const Account *account = account_nth(engine, id);
	const Folder *folder = account ? tree_at(account_tree(account), i) : NULL;

	if (!folder)
		return FALSE;
	tree_describe(account_tree(account), folder, out_folder);
	return TRUE;
}

gboolean
engine_folder_get(const Engine *engine, EngineFolderId id, EngineFolder *out_folder)
{
	Account *account;
	Folder *folder;

	if (!engine_resolve(engine, id, &account, &folder))
		return FALSE;
	tree_describe(account_tree(account), folder, out_folder);
	return TRUE;
}

/* The account that PATH begins with; *OUT_REST is what follows its "/", or "". */
static Account *
account_of_path(const Engine *engine, const char *path, const char **out_rest)
{
	for (guint i = 0; i < engine->accounts->len; i++) {
		Account *account = g_ptr_array_index(engine->accounts, i);
		const char *name = account_config(account)->name;
		gsize len = strlen(name);

		if (strncmp(path, name, len) != 0 || (path[len] && path[len] != '/'))
			continue;
		*out_rest = path[len] ? path + len + 1 : "";
		return account;
	}
	return NULL;
}

EngineFolderId
engine_folder_find(const Engine *engine, EngineAccountId id, const char *path, GError **error)
{
	const Account *account = account_nth(engine, id);
	const Folder *folder = account ? tree_by_path(account_tree(account), path) : NULL;
	const char *rest;

	if (!folder) {
		account = account_of_path(engine, path, &rest);
		if (account)
			folder = tree_by_path(account_tree(account), *rest ? rest : "INBOX");
	}
	if (folder)
		return folder->stored->id;
	err_set(error, ERR_INPUT, "There is no folder \"%s\".", path);
	return 0;
}

/* ---- lists ---- */

EngineList *
engine_list_open(Engine *engine, EngineFolderId id)
{
	Account *account;
	Folder *folder;

	if (!engine_resolve(engine, id, &account, &folder))
		return NULL;
	return account_open(account, folder);
}

/* ---- changes ---- */

static int
compare_uids(gconstpointer a, gconstpointer b)
{
	guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

	return x < y ? -1 : x > y;
}

/* A set grows quickly at its end only, and lists begin with the newest. */
static UidSet *
collect_uids(const EngineMessages *messages)
{
	g_autofree guint32 *sorted = g_memdup2(messages->uids, messages->n * sizeof(guint32));
	UidSet *uids = uidset_new();

	if (sorted)
		qsort(sorted, messages->n, sizeof(guint32), compare_uids);
	for (guint i = 0; i < messages->n; i++)
		if (sorted[i])
			uidset_add(uids, sorted[i]);
	return uids;
}

static gboolean
resolve_messages(const Engine *engine, const EngineMessages *messages, Account **out_account,
	Folder **out_folder, UidSet **out_uids, GError **error)
{
	UidSet *uids;

	if (!engine_resolve(engine, messages->folder, out_account, out_folder))
		return err_set(error, ERR_GONE, "The folder is no longer there.");
	uids = collect_uids(messages);
	if (uidset_is_empty(uids)) {
		uidset_free(uids);
		return err_set(error, ERR_INPUT, "There is no message to do that to.");
	}
	*out_uids = uids;
	return TRUE;
}

gboolean
engine_change_flags(
	Engine *engine, const EngineMessages *messages, guint32 flags, gboolean add, GError **error)
{
	g_autoptr(UidSet) uids = NULL;
	Account *account;
	Folder *folder;

	return resolve_messages(engine, messages, &account, &folder, &uids, error) &&
	       changes_flags(
		       engine->core, account, folder, uids, &(FlagSet){.bits = flags}, add, error);
}

gboolean
engine_change_keyword(Engine *engine, const EngineMessages *messages, const char *keyword,
	gboolean add, GError **error)
{
	g_auto(FlagSet) flags = {0};
	g_autoptr(UidSet) uids = NULL;
	Account *account;
	Folder *folder;

	/* What servers have sent may hold 8-bit octets, what we send may not. */
	if (*keyword != '\\' && g_str_is_ascii(keyword))
		flagset_add_name(&flags, keyword, strlen(keyword));
	if (flagset_is_empty(&flags))
		return err_set(error, ERR_INPUT,
			"\"%s\" can't be a tag: ASCII without blanks and ( ) { %% * \" \\ ] can.",
			keyword);
	return resolve_messages(engine, messages, &account, &folder, &uids, error) &&
	       changes_flags(engine->core, account, folder, uids, &flags, add, error);
}

static gboolean
transfer(Engine *engine, const EngineMessages *messages, StoreOpKind kind, EngineFolderId to_id,
	GError **error)
{
	g_autoptr(UidSet) uids = NULL;
	Account *account, *to_account;
	Folder *folder, *to;

	if (!resolve_messages(engine, messages, &account, &folder, &uids, error))
		return FALSE;
	if (!engine_resolve(engine, to_id, &to_account, &to))
		return err_set(error, ERR_GONE, "The folder to go to is no longer there.");
	return changes_transfer(engine->core, account, folder, uids, kind, to_account, to, error);
}

gboolean
engine_move(Engine *engine, const EngineMessages *messages, EngineFolderId to, GError **error)
{
	return transfer(engine, messages, STORE_OP_MOVE, to, error);
}

gboolean
engine_copy(Engine *engine, const EngineMessages *messages, EngineFolderId to, GError **error)
{
	return transfer(engine, messages, STORE_OP_COPY, to, error);
}

gboolean
engine_archive(Engine *engine, const EngineMessages *messages, GError **error)
{
	Account *account;
	Folder *folder, *archive;

	if (!engine_resolve(engine, messages->folder, &account, &folder))
		return err_set(error, ERR_GONE, "The folder is no longer there.");
	archive = tree_by_role(account_tree(account), ENGINE_ROLE_ARCHIVE);
	if (!archive)
		archive = tree_by_role(account_tree(account), ENGINE_ROLE_ALL);
	if (!archive)
		return changes_lack_folder(account, "to archive to", "folder-archive", error);
	return engine_move(engine, messages, archive->stored->id, error);
}

gboolean
engine_delete(Engine *engine, const EngineMessages *messages, GError **error)
{
	g_autoptr(UidSet) uids = NULL;
	Account *account;
	Folder *folder;

	return resolve_messages(engine, messages, &account, &folder, &uids, error) &&
	       changes_delete(engine->core, account, folder, uids, error);
}

/* Of all accounts, the one with the newest request. */
gboolean
engine_undo(Engine *engine, GError **error)
{
	Account *newest = NULL;

	for (guint i = 0; i < engine->accounts->len; i++) {
		Account *account = g_ptr_array_index(engine->accounts, i);

		if (changes_last(account) &&
			(!newest || changes_last(account) > changes_last(newest)))
			newest = account;
	}
	if (!newest)
		return err_set(error, ERR_INPUT, "There is nothing to undo.");
	return changes_undo(engine->core, newest, error);
}

/* ---- options and keys ---- */

const char *
engine_option_string(const Engine *engine, const char *name)
{
	return config_value(engine->core->config, name);
}

gint64
engine_option_int(const Engine *engine, const char *name)
{
	return g_ascii_strtoll(engine_option_string(engine, name), NULL, 10);
}

gboolean
engine_option_bool(const Engine *engine, const char *name)
{
	return strcmp(engine_option_string(engine, name), "true") == 0;
}

gboolean
engine_key_at(const Engine *engine, guint i, EngineKey *out_key)
{
	const KeyConfig *key;

	if (i >= config_key_count(engine->core->config))
		return FALSE;
	key = config_key(engine->core->config, i);
	*out_key = (EngineKey){key->view, key->key, key->command, key->line};
	return TRUE;
}

const char *
engine_config_file(const Engine *engine)
{
	return config_file(engine->core->config);
}

/* ---- the log and the clock ---- */

guint
engine_log_count(void)
{
	return log_count();
}

gboolean
engine_log_at(guint i, EngineLogLine *out_line)
{
	LogLine line;

	if (!log_get(i, &line))
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
