#include "world.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_MS 60000
#define TICK_MS     10 /* for conditions that no event tells of */
#define VIEW        20

static char *home;

/* ---- a home for the engine ---- */

void
world_remove_tree(const char *path)
{
	g_autoptr(GDir) dir =
		g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		world_remove_tree(child);
	}
	g_remove(path);
}

void
world_begin(int *argc, char ***argv)
{
	static const char *const names[] = {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"};
	g_autoptr(GError) error = NULL;

	g_test_init(argc, argv, NULL);
	home = g_dir_make_tmp("postern-world-XXXXXX", &error);
	g_assert_no_error(error);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(home, names[i], NULL);

		g_setenv(names[i], path, TRUE);
	}
}

void
world_forget(void)
{
	g_autofree char *state = g_build_filename(home, "XDG_STATE_HOME", NULL);
	g_autofree char *cache = g_build_filename(home, "XDG_CACHE_HOME", NULL);

	world_remove_tree(state);
	world_remove_tree(cache);
}

int
world_run(Server *take_server)
{
	int result = g_test_run();

	if (take_server)
		server_free(take_server);
	world_remove_tree(home);
	g_clear_pointer(&home, g_free);
	return result;
}

/* ---- life ---- */

World *
world_new(Server *server)
{
	World *world = g_new0(World, 1);
	g_autoptr(GError) error = NULL;

	world->server = server;
	world->other = other_new(server);
	world->proxy = proxy_new(server_port(server, "imap_port"), &error);
	g_assert_no_error(error);
	world->config = g_build_filename(home, "config", NULL);
	world->notices = g_string_new(NULL);
	world->mail = g_string_new(NULL);
	world_forget();
	return world;
}

World *
world_new_with(Server *server, guint n)
{
	static const char *const folders[] = {"Trash", "Archive", "INBOX"};
	World *world = world_new(server);

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
		other_empty(world->other, folders[i]);
	other_deliver_many(world->other, "INBOX", n, 3);
	return world;
}

void
world_free(World *world)
{
	world_stop(world);
	proxy_free(world->proxy);
	other_free(world->other);
	g_string_free(world->notices, TRUE);
	g_string_free(world->mail, TRUE);
	g_free(world->config);
	g_free(world);
}

static void
on_event(const EngineEvent *event, gpointer user)
{
	World *world = user;

	world->events++;
	if (event->kind == ENGINE_NOTICE)
		g_string_append_printf(world->notices, "%s\n", event->text);
	if (event->kind == ENGINE_NEW_MAIL)
		g_string_append_printf(world->mail, "%s\n", event->text);
}

void
world_start_config(World *world, const char *text)
{
	EngineSetup setup = {.config_file = world->config};
	g_autoptr(GError) error = NULL;

	g_assert_null(world->engine);
	g_assert_true(g_file_set_contents(world->config, text, -1, &error));
	g_assert_cmpint(g_chmod(world->config, 0600), ==, 0);
	g_string_truncate(world->notices, 0);
	g_string_truncate(world->mail, 0);
	world->longest = 0;
	world->engine = engine_new(&setup, &error);
	g_assert_no_error(error);
	engine_listen(world->engine, on_event, world);
	engine_start(world->engine);
}

void
world_start(World *world, const char *more)
{
	g_auto(GStrv) user = g_strsplit(server_fact(world->server, "user"), "@", 2);
	g_autofree char *text =
		g_strdup_printf("[account work]\nimap = imap+insecure://%s%%40%s@127.0.0.1:%u\n"
				"password = %s\n%s",
			user[0], user[1], proxy_port(world->proxy),
			server_fact(world->server, "password"), more ? more : "");

	world_start_config(world, text);
}

void
world_stop(World *world)
{
	g_clear_pointer(&world->engine, engine_free);
	world->list = NULL;
}

/* ---- waiting ---- */

static gboolean
on_deadline(gpointer user)
{
	*(gboolean *)user = TRUE;
	return G_SOURCE_REMOVE;
}

static gboolean
on_tick(gpointer user)
{
	return G_SOURCE_CONTINUE;
}

static void
tell(World *world, const char *what)
{
	EngineAccount account = world_account(world);
	g_autofree char *rows = world->list ? world_rows(world) : g_strdup("none");
	EngineLogLine line;

	for (guint i = 0; engine_log_at(i, &line); i++)
		g_printerr("# %s: %s\n", line.where, line.text);
	g_error("not reached: %s\nstate %d (%s), %u pending\nrows:\n%s\nnotices:\n%s", what,
		account.state, account.state_text, account.pending, rows, world->notices->str);
}

void
world_wait(World *world, const char *what, WorldCheck check, gconstpointer data)
{
	gboolean over = FALSE;
	guint deadline = g_timeout_add(DEADLINE_MS, on_deadline, &over);
	guint tick = g_timeout_add(TICK_MS, on_tick, NULL);

	while (!over && !check(world, data)) {
		gint64 begun;

		/* What is ready is done, however long it takes; waiting for it does not count. */
		while (!g_main_context_pending(NULL))
			if (g_main_context_iteration(NULL, TRUE))
				break;
		begun = g_get_monotonic_time();
		g_main_context_iteration(NULL, FALSE);
		world->longest = MAX(world->longest, g_get_monotonic_time() - begun);
	}
	g_source_remove(tick);
	if (over)
		tell(world, what);
	else
		g_source_remove(deadline);
}

static gboolean
is_idle(World *world, gconstpointer data)
{
	return engine_is_idle(world->engine);
}

void
world_wait_idle(World *world)
{
	world_wait(world, "idle", is_idle, NULL);
}

static gboolean
has_state(World *world, gconstpointer data)
{
	return world_account(world).state == *(const EngineAccountState *)data;
}

void
world_wait_state(World *world, EngineAccountState state)
{
	g_autofree char *what = g_strdup_printf("state %d", state);

	world_wait(world, what, has_state, &state);
}

char *
world_rows(World *world)
{
	GString *rows = g_string_new(NULL);
	EngineRow row;

	for (guint i = 0; engine_list_row(world->list, i, &row); i++)
		g_string_append_printf(rows, "%s%s%s%s%s", i ? "\n" : "", row.pending ? "~" : "",
			row.uid && !(row.flags & FLAG_SEEN) ? "*" : "",
			row.flags & FLAG_FLAGGED ? "!" : "", row.uid ? row.subject : "?");
	return g_string_free(rows, FALSE);
}

static gboolean
has_rows(World *world, gconstpointer data)
{
	g_autofree char *rows = world_rows(world);

	return strcmp(rows, data) == 0;
}

void
world_wait_rows(World *world, const char *rows)
{
	g_autofree char *what = g_strdup_printf("rows\n%s", rows);

	world_wait(world, what, has_rows, rows);
}

static gboolean
has_notice(World *world, gconstpointer data)
{
	return strstr(world->notices->str, data) != NULL;
}

void
world_wait_notice(World *world, const char *part)
{
	g_autofree char *what = g_strdup_printf("notice \"%s\"", part);

	world_wait(world, what, has_notice, part);
}

static gboolean
has_pending(World *world, gconstpointer data)
{
	return world_account(world).pending == *(const guint *)data;
}

void
world_wait_pending(World *world, guint pending)
{
	g_autofree char *what = g_strdup_printf("%u pending", pending);

	world_wait(world, what, has_pending, &pending);
}

/* ---- what the server has ---- */

typedef struct {
	const char *folder, *pattern;
} Holding;

void
world_assert_server(World *world, const char *folder, const char *pattern)
{
	g_autofree char *list = other_list(world->other, folder);

	if (!g_regex_match_simple(pattern, list, 0, 0))
		g_error("%s holds\n%s\nand not %s", folder, list, pattern);
}

static gboolean
does_hold(World *world, gconstpointer data)
{
	const Holding *holding = data;
	g_autofree char *list = other_list(world->other, holding->folder);

	return g_regex_match_simple(holding->pattern, list, 0, 0);
}

void
world_wait_server(World *world, const char *folder, const char *pattern)
{
	world_wait(world, pattern, does_hold, &(Holding){folder, pattern});
}

/* ---- what the user does ---- */

EngineFolderId
world_folder(World *world, const char *path)
{
	g_autoptr(GError) error = NULL;
	EngineFolderId id = engine_folder_find(world->engine, 1, path, &error);

	g_assert_no_error(error);
	return id;
}

void
world_open(World *world, const char *path)
{
	world->list = engine_list_open(world->engine, world_folder(world, path));
	g_assert_nonnull(world->list);
	engine_list_set_view(world->list, 0, VIEW);
}

guint32
world_uid(World *world, const char *subject)
{
	EngineRow row;

	for (guint i = 0; engine_list_row(world->list, i, &row); i++)
		if (row.uid && strcmp(row.subject, subject) == 0)
			return row.uid;
	tell(world, subject);
	return 0;
}

void
world_flag(World *world, const char *subject, guint32 flags, gboolean add)
{
	guint32 uid = world_uid(world, subject);
	EngineMessages messages = {engine_list_folder(world->list), &uid, 1};
	g_autoptr(GError) error = NULL;
	gboolean good = engine_change_flags(world->engine, &messages, flags, add, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

void
world_move(World *world, const char *subject, const char *path)
{
	guint32 uid = world_uid(world, subject);
	EngineMessages messages = {engine_list_folder(world->list), &uid, 1};
	g_autoptr(GError) error = NULL;
	gboolean good = engine_move(world->engine, &messages, world_folder(world, path), &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

void
world_delete(World *world, const char *subject)
{
	guint32 uid = world_uid(world, subject);
	EngineMessages messages = {engine_list_folder(world->list), &uid, 1};
	g_autoptr(GError) error = NULL;
	gboolean good = engine_delete(world->engine, &messages, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

void
world_undo(World *world)
{
	g_autoptr(GError) error = NULL;
	gboolean good = engine_undo(world->engine, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

EngineAccount
world_account(const World *world)
{
	EngineAccount account = {0};

	engine_account_get(world->engine, 1, &account);
	return account;
}
