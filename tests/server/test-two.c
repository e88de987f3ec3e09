/* Two programs on one account and the same files, as in two terminals. */
#include "world.h"

#include <string.h>

static Server *server;

/* Two worlds with one home and one server; N messages m1 ... in INBOX, which both have open. */
static void
begin(World *worlds[2], guint n)
{
	g_autoptr(GString) rows = g_string_new(NULL);

	for (guint i = 0; i < 2; i++)
		worlds[i] = world_new(server);
	other_empty(worlds[0]->other, "Archive");
	other_empty(worlds[0]->other, "INBOX");
	for (guint i = 1; i <= n; i++) {
		g_autofree char *subject = g_strdup_printf("m%u", i);

		other_deliver(worlds[0]->other, "INBOX", subject, 1);
		g_string_prepend(rows, "\n");
		g_string_prepend(rows, subject);
		g_string_prepend(rows, "*");
	}
	g_string_truncate(rows, rows->len - 1);
	for (guint i = 0; i < 2; i++) {
		world_start(worlds[i], NULL);
		world_wait_idle(worlds[i]);
		world_open(worlds[i], "INBOX");
		world_wait_rows(worlds[i], rows->str);
	}
}

static void
end(World *worlds[2])
{
	world_free(worlds[0]);
	world_free(worlds[1]);
}

static void
assert_rows(World *world, const char *expected)
{
	g_autofree char *rows = world_rows(world);

	g_assert_cmpstr(rows, ==, expected);
}

static void
go_offline(World *world)
{
	proxy_refuse(world->proxy, TRUE);
	proxy_cut(world->proxy);
	world_wait_state(world, ENGINE_WAITING);
}

static void
go_online(World *world)
{
	proxy_refuse(world->proxy, FALSE);
	engine_account_reconnect(world->engine, 1);
	world_wait_pending(world, 0);
}

static void
restart(World *world)
{
	world_stop(world);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
}

/* Both work in one thread here: what one has begun to write would wait for the other for ever. */
static void
let_end_turn(World *world)
{
	world_wait_idle(world);
}

/* What one does, the other sees; what waits in one, the other neither sends nor takes back. */
static void
test_both_live(void)
{
	World *worlds[2];

	begin(worlds, 3);
	let_end_turn(worlds[1]);
	world_flag(worlds[0], "m1", FLAG_SEEN, TRUE);
	world_wait_rows(worlds[1], "*m3\n*m2\nm1");
	let_end_turn(worlds[0]);
	world_move(worlds[1], "m2", "Archive");
	world_wait_rows(worlds[0], "*m3\nm1");

	go_offline(worlds[0]);
	let_end_turn(worlds[1]);
	world_flag(worlds[0], "m3", FLAG_FLAGGED, TRUE);
	assert_rows(worlds[0], "~*!m3\nm1");
	restart(worlds[1]);
	world_wait_rows(worlds[1], "*m3\nm1");
	world_undo(worlds[1]); /* its own move, also after a restart */
	world_wait_pending(worlds[1], 0);
	world_assert_server(worlds[0], "Archive", "^$");
	world_assert_server(worlds[0], "INBOX", "^\\d+:\\\\Seen:m1\n\\d+::m3\n\\d+::m2\n$");

	go_online(worlds[0]);
	world_wait_rows(worlds[1], "*m2\n*!m3\nm1");
	world_wait_rows(worlds[0], "*m2\n*!m3\nm1");
	end(worlds);
}

/* What one has left behind is sent by the next that starts, once. */
static void
test_left_behind(void)
{
	World *worlds[2];

	begin(worlds, 2);
	go_offline(worlds[0]);
	let_end_turn(worlds[1]);
	world_move(worlds[0], "m1", "Archive");
	world_stop(worlds[0]);
	world_assert_server(worlds[1], "Archive", "^$");
	restart(worlds[1]);
	world_wait_pending(worlds[1], 0);
	world_wait_rows(worlds[1], "*m2");
	world_assert_server(worlds[1], "Archive", "^\\d+::m1\n$");
	proxy_refuse(worlds[0]->proxy, FALSE);
	world_start(worlds[0], NULL);
	world_wait_idle(worlds[0]);
	world_wait_pending(worlds[0], 0);
	world_assert_server(worlds[1], "Archive", "^\\d+::m1\n$");
	end(worlds);
}

/* One that lives takes it over too, when its line is made again and from time to time, and is not told twice. */
static void
test_left_to_the_living(void)
{
	World *worlds[2];

	begin(worlds, 3);
	go_offline(worlds[0]);
	let_end_turn(worlds[1]);
	world_move(worlds[0], "m1", "Archive");
	world_flag(worlds[0], "m2", FLAG_FLAGGED, TRUE);
	world_stop(worlds[0]);
	assert_rows(worlds[1], "*m3\n*m2\n*m1");
	world_flag(worlds[1], "m3", FLAG_SEEN, TRUE);
	proxy_cut(worlds[1]->proxy);
	engine_account_reconnect(worlds[1]->engine, 1);
	world_wait_rows(worlds[1], "m3\n*!m2");
	world_wait_notice(worlds[1], "2 changes of a Postern that ended are sent from here.");
	world_wait_pending(worlds[1], 0);
	world_assert_server(worlds[1], "Archive", "^\\d+::m1\n$");
	world_assert_server(worlds[1], "INBOX", "^\\d+:\\\\Flagged:m2\n\\d+:\\\\Seen:m3\n$");
	restart(worlds[1]);
	world_wait_rows(worlds[1], "m3\n*!m2");
	world_assert_server(worlds[1], "Archive", "^\\d+::m1\n$");
	end(worlds);
}

/* One is open and has shown the folder for the first time; the next that starts has no network. It is as after a
 * kill: the first one had no end at which to save anything. */
static void
test_seen_by_the_other(void)
{
	World *worlds[2];

	world_forget();
	for (guint i = 0; i < 2; i++)
		worlds[i] = world_new(server);
	other_empty(worlds[0]->other, "INBOX");
	other_deliver_many(worlds[0]->other, "INBOX", 3, 1);
	world_start(worlds[0], NULL);
	world_open(worlds[0], "INBOX");
	world_wait_rows(worlds[0], "*m3\n*m2\n*m1");
	let_end_turn(worlds[0]);
	proxy_refuse(worlds[1]->proxy, TRUE);
	world_start(worlds[1], NULL);
	world_open(worlds[1], "INBOX");
	assert_rows(worlds[1], "*m3\n*m2\n*m1");
	end(worlds);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	server = server_new(NULL);
	g_test_add_func("/two/both-live", test_both_live);
	g_test_add_func("/two/left-behind", test_left_behind);
	g_test_add_func("/two/left-to-the-living", test_left_to_the_living);
	g_test_add_func("/two/seen-by-the-other", test_seen_by_the_other);
	return world_run(server);
}
