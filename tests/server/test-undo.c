/* Undo of changes whose messages have other names by now, and of moves whose answer was lost. */
#include "world.h"

#include <string.h>

static Server *server;

static World *
begin(void)
{
	World *world = world_new_with(server, 2);

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
	World *world = begin();

	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_move(world, "m1", "Archive");
	world_wait_idle(world);
	world_assert_server(world, "Archive", "^\\d+:\\\\Seen:m1\n$");
	world_undo(world);
	world_undo(world);
	world_wait_rows(world, "*m1\n*m2");
	world_wait_idle(world);
	world_assert_server(world, "INBOX", "^\\d+::m2\n\\d+::m1\n$");
	world_free(world);
}

/* The server has moved the message, and the program ends before it hears where to. Asked again, the server
 * has nothing to move and nothing to say. */
static void
test_lost_answer(void)
{
	World *world = begin();

	world_flag(world, "m1", FLAG_FLAGGED, TRUE);
	world_wait_idle(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){.stall_after = 1});
	world_move(world, "m1", "Archive");
	world_wait_server(world, "Archive", ":m1\n");
	world_stop(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){0});
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2");
	world_undo(world);
	world_undo(world);
	world_wait_rows(world, "*m1\n*m2");
	world_wait_idle(world);
	world_assert_server(world, "INBOX", "^\\d+::m2\n\\d+::m1\n$");
	world_assert_server(world, "Archive", "^$");
	world_free(world);
}

/* Asked for before the server has told of the folder, and so already: there is nothing of it to take back. */
static void
test_no_change(gconstpointer restarted)
{
	World *world = begin();

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
	world_assert_server(world, "INBOX", "^\\d+:\\\\Seen:m1\n\\d+::m2\n$");
	world_free(world);
}

/* Its row came with it into a folder that was never opened, and another client has marked it since. */
static void
test_marked_elsewhere(void)
{
	World *world = begin();

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
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	server = server_new(NULL);
	g_test_add_func("/undo/all-the-way", test_all_the_way);
	g_test_add_func("/undo/lost-answer", test_lost_answer);
	g_test_add_data_func("/undo/no-change", NULL, test_no_change);
	g_test_add_data_func("/undo/no-change-restarted", "restarted", test_no_change);
	g_test_add_func("/undo/marked-elsewhere", test_marked_elsewhere);
	return world_run(server);
}
