/* Undo of changes whose messages have other names by now, and of moves whose answer was lost. */
#include "world.h"

#include <string.h>

static void
assert_server(World *world, const char *folder, const char *pattern)
{
	g_autofree char *list = other_list(world->other, folder);

	if (!g_regex_match_simple(pattern, list, 0, 0))
		g_error("%s holds\n%s\nand not %s", folder, list, pattern);
}

static World *
begin(Server *server)
{
	static const char *const folders[] = {"Archive", "Trash", "INBOX"};
	World *world = world_new(server);

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
		other_empty(world->other, folders[i]);
	other_deliver(world->other, "INBOX", "m1", 1);
	other_deliver(world->other, "INBOX", "m2", 1);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_wait_idle(world);
	return world;
}

/* Marked, and moved before the server has answered for that; then both taken back, the second time before the
 * first is answered. */
static void
test_all_the_way(void)
{
	Server *server = server_new(NULL);
	World *world = begin(server);

	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_move(world, "m1", "Archive");
	world_wait_idle(world);
	assert_server(world, "Archive", "^\\d+:\\\\Seen:m1\n$");
	world_undo(world);
	world_undo(world);
	world_wait_rows(world, "*m1\n*m2");
	world_wait_idle(world);
	assert_server(world, "INBOX", "^\\d+::m2\n\\d+::m1\n$");
	world_free(world);
	server_free(server);
}

static gboolean
is_moved(World *world, gconstpointer subject)
{
	g_autofree char *list = other_list(world->other, "Archive");

	return strstr(list, subject) != NULL;
}

/* The server has moved the message, and the program ends before it hears where to. Asked again, the server
 * has nothing to move and nothing to say. */
static void
test_lost_answer(void)
{
	Server *server = server_new(NULL);
	World *world = begin(server);

	world_flag(world, "m1", FLAG_FLAGGED, TRUE);
	world_wait_idle(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){.stall_after = 1});
	world_move(world, "m1", "Archive");
	world_wait(world, "move", is_moved, ":m1\n");
	world_stop(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){0});
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2");
	world_undo(world);
	world_undo(world);
	world_wait_rows(world, "*m1\n*m2");
	world_wait_idle(world);
	assert_server(world, "INBOX", "^\\d+::m2\n\\d+::m1\n$");
	assert_server(world, "Archive", "^$");
	world_free(world);
	server_free(server);
}

/* Asked for before the server has told of the folder, and so already: there is nothing of it to take back. */
static void
test_no_change(gconstpointer restarted)
{
	Server *server = server_new(NULL);
	World *world = begin(server);

	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_flag(world, "m2", FLAG_FLAGGED, TRUE);
	world_wait_idle(world);
	world_stop(world);
	proxy_refuse(world->proxy, restarted != NULL);
	world_start(world, NULL);
	world_open(world, "INBOX");
	g_assert_false(engine_list_is_current(world->list));
	world_flag(world, "m1", FLAG_SEEN, TRUE);
	if (restarted) {
		world_stop(world);
		proxy_refuse(world->proxy, FALSE);
		world_start(world, NULL);
		world_open(world, "INBOX");
	}
	world_wait_idle(world);
	world_wait_pending(world, 0);
	world_undo(world);
	world_wait_rows(world, "*m2\nm1");
	world_wait_idle(world);
	assert_server(world, "INBOX", "^\\d+:\\\\Seen:m1\n\\d+::m2\n$");
	world_free(world);
	server_free(server);
}

/* Its row came with it into a folder that was never opened, and another client has marked it since. */
static void
test_marked_elsewhere(void)
{
	Server *server = server_new(NULL);
	World *world = begin(server);

	world_move(world, "m1", "Archive");
	world_wait_rows(world, "*m2");
	world_wait_idle(world);
	g_free(other_ask(world->other, "SELECT Archive"));
	g_free(other_ask(world->other, "STORE 1 +FLAGS (\\Seen \\Flagged)"));
	world_open(world, "Archive");
	world_wait_rows(world, "!m1");
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_idle(world);
	world_open(world, "Archive");
	world_wait_idle(world);
	world_wait_rows(world, "!m1");
	world_free(world);
	server_free(server);
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	world_begin();
	g_test_add_func("/undo/all-the-way", test_all_the_way);
	g_test_add_func("/undo/lost-answer", test_lost_answer);
	g_test_add_data_func("/undo/no-change", NULL, test_no_change);
	g_test_add_data_func("/undo/no-change-restarted", "restarted", test_no_change);
	g_test_add_func("/undo/marked-elsewhere", test_marked_elsewhere);
	result = g_test_run();
	world_end();
	return result;
}
