/* Copies and moves over lines that are cut, on a server where a move is a copy first: whatever the octet,
 * never doubled and never lost. */
#include "world.h"

#include <string.h>

/* m2 has a Message-ID and is in Archive already; the others are told by size and arrival. */
static void
deliver(World *world)
{
	static const char named[] =
		"Message-ID: <m2@example.org>\r\nSubject: m2\r\n\r\nThe text of m2.\r\n";

	other_deliver(world->other, "INBOX", "m1", 1);
	g_free(other_ask(world->other, "APPEND INBOX {%zu+}\r\n%s", strlen(named), named));
	g_free(other_ask(world->other, "APPEND Archive {%zu+}\r\n%s", strlen(named), named));
	other_deliver(world->other, "INBOX", "m3", 3);
}

static World *
world_with_mail(Server *server)
{
	World *world = world_new_with(server, 0);

	deliver(world);
	return world;
}

/* Reconnects as soon as that makes sense, so that no back-off has to be waited for. */
static gboolean
is_settled(World *world, gconstpointer rows)
{
	g_autofree char *shown = world_rows(world);

	if (world_account(world).state == ENGINE_WAITING)
		engine_account_reconnect(world->engine, 1);
	return world_account(world).state == ENGINE_LIVE && engine_list_is_current(world->list) &&
	       engine_is_idle(world->engine) && strcmp(shown, rows) == 0;
}

static void
copy(World *world, const char *subject, const char *path)
{
	guint32 uid = world_uid(world, subject);
	EngineMessages messages = {engine_list_folder(world->list), &uid, 1};
	g_autoptr(GError) error = NULL;
	gboolean good = engine_copy(world->engine, &messages, world_folder(world, path), &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

/* A copy, then a move, with FAULTS from the first key on. How many octets the server sent for them. */
static guint64
file_messages(World *world, const ProxyFaults *faults)
{
	guint64 before;

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait(world, "rows", is_settled, "*m3\n*m2\n*m1");
	before = proxy_counts(world->proxy).to_client;
	proxy_set_faults(world->proxy, faults);
	copy(world, "m1", "Archive");
	world_move(world, "m2", "Archive");
	world_wait(world, "changes", is_settled, "*m3\n*m1");
	world_assert_server(world, "INBOX", "^\\d+::m1\n\\d+::m3\n$");
	world_assert_server(
		world, "Archive", "^\\d+::m2\n(\\d+::m1\n\\d+::m2\n|\\d+::m2\n\\d+::m1\n)$");
	if (strstr(world->notices->str, "look there"))
		g_error("asks the user:\n%s", world->notices->str);
	return proxy_counts(world->proxy).to_client - before;
}

static void
test_cuts(void)
{
	const char *const args[] = {"--without", "MOVE", NULL};
	Server *server = server_new(args);
	World *world = world_with_mail(server);
	guint64 octets = file_messages(world, &(ProxyFaults){0});
	guint n = g_test_slow() ? 120 : 15;

	world_free(world);
	for (guint i = 0; i < n; i++) {
		guint64 at = 1 + octets * i / n + (guint64)g_test_rand_int_range(0, 20);

		g_test_message(
			"cut after %" G_GUINT64_FORMAT " octets of %" G_GUINT64_FORMAT, at, octets);
		world = world_with_mail(server);
		file_messages(world, &(ProxyFaults){.cut_after = at});
		world_free(world);
	}
	server_free(server);
}

/* The copy of m1 is made and its OK is lost, and the program ends. */
static void
lose_answer(World *world)
{
	guint64 said;

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait(world, "rows", is_settled, "*m3\n*m2\n*m1");
	said = proxy_counts(world->proxy).to_client;
	copy(world, "m1", "Archive");
	/* Where Archive ends is told; nothing behind that comes through. */
	while (proxy_counts(world->proxy).to_client == said)
		g_main_context_iteration(NULL, TRUE);
	proxy_set_faults(world->proxy, &(ProxyFaults){.stall_after = 1});
	world_wait_server(world, "Archive", ":m1\n");
	world_stop(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){0});
}

/* The program ends instead of the line, when the copy is made and its OK is lost. Where it went is
 * found out, so that it can be taken back. */
static void
test_restart(void)
{
	const char *const args[] = {"--without", "MOVE", NULL};
	Server *server = server_new(args);
	World *world = world_with_mail(server);

	lose_answer(world);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait(world, "changes", is_settled, "*m3\n*m2\n*m1");
	world_assert_server(world, "Archive", "^\\d+::m2\n\\d+::m1\n$");
	world_undo(world);
	world_wait(world, "changes", is_settled, "*m3\n*m2\n*m1");
	world_assert_server(world, "Archive", "^\\d+::m2\n$");
	world_free(world);
	server_free(server);
}

/* The server takes no second connection: where the copy went is looked for over the first one, and changes in
 * other folders go over it too, while the open one comes back as it was. */
static void
test_one_connection(void)
{
	const char *const args[] = {"--without", "MOVE", NULL};
	Server *server = server_new(args);
	World *world = world_with_mail(server);

	lose_answer(world);
	proxy_allow(world->proxy, 1);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_notice(world, "no second connection");
	world_wait(world, "changes", is_settled, "*m3\n*m2\n*m1");
	world_assert_server(world, "Archive", "^\\d+::m2\n\\d+::m1\n$");
	/* In Archive, while INBOX is open. */
	world_undo(world);
	world_wait(world, "changes", is_settled, "*m3\n*m2\n*m1");
	world_assert_server(world, "Archive", "^\\d+::m2\n$");
	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_wait(world, "changes", is_settled, "*m3\n*m2\nm1");
	/* And when there is a second one again, it is as before. */
	proxy_allow(world->proxy, 0);
	engine_account_reconnect(world->engine, 1);
	world_wait(world, "changes", is_settled, "*m3\n*m2\nm1");
	world_free(world);
	server_free(server);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	g_test_add_func("/copies/cuts", test_cuts);
	g_test_add_func("/copies/restart", test_restart);
	g_test_add_func("/copies/one-connection", test_one_connection);
	return world_run(NULL);
}
