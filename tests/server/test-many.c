/* Very many messages at once: nothing that the user does may take long. */
#include "world.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#define MESSAGES "30000"
#define MARKED   10000

static char *home;

static Server *
start_server(void)
{
	const char *source = g_getenv("abs_top_srcdir");
	g_autofree char *program =
		g_build_filename(source ? source : ".", "tools", "make-mailbox", NULL);
	g_autofree char *box = g_build_filename(home, "box", NULL);
	const char *const make[] = {program, MESSAGES, box, NULL};
	const char *const args[] = {"--mail", box, NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) process =
		g_subprocess_newv(make, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);

	g_assert_no_error(error);
	g_assert_true(g_subprocess_wait_check(process, NULL, NULL));
	return server_new(args);
}

static gboolean
is_here(World *world, gconstpointer data)
{
	EngineRow row;

	return engine_list_is_current(world->list) && engine_list_row(world->list, 0, &row) &&
	       row.uid && engine_is_idle(world->engine);
}

static gboolean
has_count(World *world, gconstpointer data)
{
	return engine_list_count(world->list) == *(const guint *)data &&
	       engine_is_idle(world->engine);
}

/* Every second message, from the newest: in the order of the list. */
static guint32 *
mark(World *world)
{
	guint32 *uids = g_new(guint32, MARKED);
	EngineRow row;

	g_assert_true(engine_list_row(world->list, 0, &row));
	for (guint i = 0; i < MARKED; i++)
		uids[i] = row.uid - 2 * i;
	return uids;
}

/* The count of the open folder is that of its list, though few of the rows are here. */
static void
assert_total(World *world, guint count)
{
	EngineFolder folder;

	g_assert_true(engine_folder_get(world->engine, engine_list_folder(world->list), &folder));
	g_assert_cmpuint(folder.total, ==, count);
}

static void
tell_time(const char *what, World *world, gint64 call)
{
	g_test_message("%s: the call took %.1f ms, the longest turn %.1f ms", what,
		(double)call / 1000, (double)world->longest / 1000);
	world->longest = 0;
}

static void
test_many(void)
{
	Server *server = start_server();
	World *world = world_new(server);
	g_autofree guint32 *uids = NULL;
	g_autoptr(GError) error = NULL;
	EngineMessages messages = {0, NULL, MARKED};
	guint count;
	clock_t begun; /* our own work: others may share the machine */

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait(world, "rows", is_here, NULL);
	tell_time("open", world, 0);
	count = engine_list_count(world->list);
	messages.folder = engine_list_folder(world->list);
	messages.uids = uids = mark(world);
	begun = clock();
	g_assert_true(engine_change_flags(world->engine, &messages, FLAG_FLAGGED, TRUE, &error));
	begun = clock() - begun;
	g_assert_cmpint(begun, <, CLOCKS_PER_SEC / 4);
	world_wait(world, "flags", has_count, &count);
	g_assert_cmpint(world->longest, <, G_TIME_SPAN_SECOND);
	tell_time("flag", world, begun);
	begun = clock();
	g_assert_true(
		engine_move(world->engine, &messages, world_folder(world, "Archive"), &error));
	begun = clock() - begun;
	g_assert_cmpint(begun, <, CLOCKS_PER_SEC / 4);
	count -= MARKED;
	g_assert_cmpuint(engine_list_count(world->list), ==, count);
	assert_total(world, count);
	world_wait(world, "the move", has_count, &count);
	g_assert_cmpuint(world_account(world).pending, ==, 0);
	g_assert_cmpint(world->longest, <, G_TIME_SPAN_SECOND);
	tell_time("move", world, begun);
	world_free(world);
	server_free(server);
}

int
main(int argc, char **argv)
{
	int result;

	world_begin(&argc, &argv);
	home = g_dir_make_tmp("postern-many-XXXXXX", NULL);
	g_chmod(home, 0755);
	g_test_add_func("/many/marked", test_many);
	result = world_run(NULL);
	world_remove_tree(home);
	g_free(home);
	return result;
}
