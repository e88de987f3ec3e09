/* Messages that go to another account: all of each, once, with all that is known of them. */
#include "two-accounts.h"

#include <string.h>

static void
test_move(Two *two)
{
	two_carry(two, TRUE);
	g_assert_cmpuint(engine_list_count(two->world->list), ==, 0);
	world_wait_notice(two->world, "Moved 5 messages to home/Archive");
	two_wait_settled(two, "");
	two_assert_arrived(two);
	two_assert_same(two->world->other, "INBOX", "");
	g_assert_cmpstr(two->world->mail->str, ==, "");
	world_undo(two->world);
	two_wait_settled(two, TWO_ROWS);
	two_assert_same(two->world->other, "INBOX", two->before);
	two_assert_only_first(two);
}

static void
test_copy(Two *two)
{
	two_carry(two, FALSE);
	two_wait_settled(two, TWO_ROWS);
	two_assert_arrived(two);
	two_assert_same(two->world->other, "INBOX", two->before);
	world_undo(two->world);
	two_wait_settled(two, TWO_ROWS);
	two_assert_only_first(two);
}

/* Before anything was sent. */
static void
test_undo_at_once(Two *two)
{
	proxy_refuse(two->home_proxy, TRUE);
	proxy_cut(two->home_proxy);
	two_carry(two, TRUE);
	g_assert_cmpuint(engine_list_count(two->world->list), ==, 0);
	world_undo(two->world);
	world_wait_notice(two->world, "Undone: Moved 5 messages to home/Archive");
	world_wait_rows(two->world, TWO_ROWS);
	proxy_refuse(two->home_proxy, FALSE);
	two_wait_settled(two, TWO_ROWS);
	two_assert_only_first(two);
}

/* Each of two folders has a large message, with the same UID: no piece of one may get into the other. */
static void
test_two_folders(void)
{
	Two *two = two_new(two_server());
	World *world = two->world;
	g_autofree char *other_text = NULL, *arrived = NULL;
	g_auto(GStrv) lines = NULL;

	for (guint i = 0; i < 3; i++)
		two_deliver(world->other, "Archive", "(\\Seen)", "Subject: small\r\n", 10);
	two_deliver(world->other, "Archive", "(\\Seen)", "Subject: another\r\n", TWO_LARGE);
	other_text = two_all_of(world->other, "Archive");
	two_start(two);
	two_wait_settled(two, TWO_ROWS);
	world_open(world, "work/Archive");
	two_wait_settled(two, "another\nsmall\nsmall\nsmall");
	proxy_refuse(two->home_proxy, TRUE);
	proxy_cut(two->home_proxy);
	engine_set_online(world->engine, FALSE);
	world_move(world, "another", "home/Archive");
	world_open(world, "work/INBOX");
	world_wait_rows(world, TWO_ROWS);
	two_carry(two, TRUE);
	proxy_refuse(two->home_proxy, FALSE);
	engine_set_online(world->engine, TRUE);
	two_wait_settled(two, "");
	arrived = two_all_of(two->home, "Archive");
	lines = g_strsplit(arrived, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 7);
	{
		g_autofree char *both = g_strjoin("\n", other_text, two->before, NULL);
		g_auto(GStrv) expected = g_strsplit(both, "\n", -1);
		guint found = 0;

		for (guint i = 0; lines[i]; i++)
			found += g_strv_contains((const char *const *)expected, lines[i]);
		g_assert_cmpuint(found, ==, 6);
	}
	two_free(two);
}

static gboolean
is_read(World *world, gconstpointer reading)
{
	return engine_reading_state(reading) == ENGINE_READING_READY;
}

static gboolean
is_saved(World *world, gconstpointer export)
{
	return engine_export_state(export) != ENGINE_EXPORT_RUNNING;
}

/* A message of a folder that is not open is saved by the same connection: both have their turn. */
static void
test_beside_a_save(void)
{
	Two *two = two_new(two_server());
	World *world = two->world;
	EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
	g_autoptr(GError) error = NULL;
	EngineReading *reading;
	EngineExport *export;
	gsize len = 0;

	two_deliver(world->other, "Archive", "(\\Seen)", "Subject: another\r\n", TWO_LARGE);
	two_start(two);
	two_wait_settled(two, TWO_ROWS);
	world_open(world, "work/Archive");
	two_wait_settled(two, "another");
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "another"), TRUE);
	world_wait(world, "the text", is_read, reading);
	world_open(world, "work/INBOX");
	two_wait_settled(two, TWO_ROWS);
	two_carry(two, TRUE);
	export = engine_export(reading, ENGINE_WHOLE_MESSAGE, &wish, &error);
	g_assert_no_error(error);
	world_wait(world, "the message", is_saved, export);
	g_assert_cmpstr(engine_export_error(export), ==, "");
	(void)g_bytes_get_data(engine_export_bytes(export), &len);
	g_assert_cmpuint(len, >=, TWO_LARGE);
	two_wait_settled(two, "");
	two_assert_arrived(two);
	engine_export_free(export);
	engine_reading_free(reading);
	two_free(two);
}

/* ---- refusals ---- */

static void
assert_count(Other *other, const char *folder, guint n)
{
	g_autofree char *selected = other_ask(other, "SELECT \"%s\"", folder);
	g_autofree char *exists = g_strdup_printf("* %u EXISTS", n);

	if (!strstr(selected, exists))
		g_error("%s has not %u messages:\n%s", folder, n, selected);
}

/* Room for two more: the others stay, and the user is told why. */
static void
test_quota(void)
{
	const char *const args[] = {"--extra",
		"mail_plugins = zlib quota\nprotocol imap {\n  mail_plugins = zlib imap_zlib "
		"quota\n}\n"
		"plugin {\n  quota = count:User quota\n"
		"  quota_rule = *:messages=8\n  quota_vsizes = yes\n}\n",
		NULL};
	Server *small = server_new(args);
	Two *two = two_new(small);

	for (guint i = 0; i < 5; i++)
		other_deliver(two->home, "Trash", "in the way", 1);
	two_start(two);
	two_wait_settled(two, TWO_ROWS);
	two_carry(two, TRUE);
	world_wait_notice(two->world, "Could not move 3 messages to home/Archive.");
	world_wait_notice(two->world, "Quota exceeded");
	two_wait_settled(two, "*m5\n*m4\n*!m2");
	assert_count(two->world->other, "INBOX", 3);
	assert_count(two->home, "Archive", 3);
	/* What has gone can be brought back. */
	world_undo(two->world);
	two_wait_settled(two, "*!m2\nm1\n*m5\n*m4\n*!m2");
	two_assert_same(two->world->other, "INBOX", two->before);
	two_assert_only_first(two);
	two_free(two);
	server_free(small);
}

/* ---- many ---- */

static gboolean
is_spool_empty(World *world, gconstpointer data)
{
	g_autofree char *path = g_build_filename(g_get_user_state_dir(), "postern", "spool", NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	return !dir || !g_dir_read_name(dir);
}

enum { MANY = 500, MANY_OCTETS = 900 /* at least, of each */ };

/* Also those whose rows nobody has looked at. */
static gboolean
is_weighed(World *world, gconstpointer data)
{
	return world_account(world).progress_total > MANY * MANY_OCTETS;
}

static void
test_many(void)
{
	Two *two = two_new(two_server());
	World *world = two->world;
	g_autofree guint32 *uids = g_new(guint32, MANY);
	g_autoptr(GError) error = NULL;
	EngineMessages messages = {0, uids, MANY};
	gint64 begun;

	other_empty(world->other, "INBOX");
	for (guint i = 0; i < MANY; i++)
		other_deliver(world->other, "INBOX", "many", 20);
	g_free(two->before);
	two->before = two_all_of(world->other, "INBOX");
	two_start(two);
	world_wait_idle(world);
	for (guint i = 0; i < MANY; i++)
		uids[i] = world_uid(world, "many") - i;
	messages.folder = engine_list_folder(world->list);
	world->longest = 0;
	begun = g_get_monotonic_time();
	g_assert_true(
		engine_move(world->engine, &messages, world_folder(world, "home/Archive"), &error));
	world_wait(world, "all of them are weighed", is_weighed, NULL);
	two_wait_settled(two, "");
	g_test_message("%u messages: %.1f s, the longest turn %.1f ms", MANY,
		(double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC,
		(double)world->longest / 1000);
	assert_count(world->other, "INBOX", 0);
	assert_count(two->home, "Archive", MANY + 1);
	world_wait(world, "an empty spool", is_spool_empty, NULL);
	two_free(two);
}

/* ---- a server that does not say what it calls them ---- */

static void
test_without_uidplus(void)
{
	const char *const args[] = {"--without", "UIDPLUS,MOVE", NULL};
	Server *bare = server_new(args);
	Two *two = two_settled(bare);

	two_carry(two, FALSE);
	two_wait_settled(two, TWO_ROWS);
	two_assert_arrived(two);
	two_free(two);
	server_free(bare);
}

int
main(int argc, char **argv)
{
	two_begin(&argc, &argv);
	two_add("/ferry/move", test_move);
	two_add("/ferry/copy", test_copy);
	two_add("/ferry/undo-at-once", test_undo_at_once);
	g_test_add_func("/ferry/two-folders", test_two_folders);
	g_test_add_func("/ferry/beside-a-save", test_beside_a_save);
	g_test_add_func("/ferry/quota", test_quota);
	g_test_add_func("/ferry/many", test_many);
	g_test_add_func("/ferry/without-uidplus", test_without_uidplus);
	return two_run();
}
