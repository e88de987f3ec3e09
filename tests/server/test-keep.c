/* Messages that are kept on the disk before anybody reads them, so that they can be read and found without a
 * line. */
#include "world.h"

#include <string.h>

static Server *server;

/* INBOX with N messages, "m1" the oldest, of LINES lines; Archive with three. */
static World *
begin_on(Server *on, guint n, guint lines)
{
	static const char *const folders[] = {"Trash", "Junk", "Archive", "INBOX"};
	World *world;

	world_forget();
	world = world_new(on);
	for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
		other_empty(world->other, folders[i]);
	other_deliver_many(world->other, "INBOX", n, lines);
	for (guint i = 1; i <= 3; i++) {
		g_autofree char *subject = g_strdup_printf("a%u", i);

		other_deliver(world->other, "Archive", subject, lines);
		other_deliver(world->other, "Junk", subject, lines);
	}
	return world;
}

static World *
begin(guint n, guint lines)
{
	return begin_on(server, n, lines);
}

static gboolean
has_settled(World *world, gconstpointer data)
{
	return world_account(world).state == ENGINE_LIVE && engine_is_idle(world->engine);
}

/* Connected, and all is kept. */
static void
start(World *world, const char *more)
{
	world_start(world, more);
	world_wait(world, "all is kept", has_settled, NULL);
}

static void
cut(World *world)
{
	proxy_refuse(world->proxy, TRUE);
	engine_set_online(world->engine, FALSE);
	world_wait_idle(world);
}

/* How many messages of the open list can be read from here, from the newest on. */
static guint
count_readable(World *world)
{
	EngineRow row;
	guint n = 0;

	while (engine_list_row(world->list, n, &row) && row.uid) {
		EngineReading *reading =
			engine_read(world->engine, engine_list_folder(world->list), row.uid, TRUE);
		gboolean ready = engine_reading_state(reading) == ENGINE_READING_READY;
		EngineLine line;
		EngineField field;

		if (ready) {
			guint last = engine_reading_line_count(reading) - 1;

			g_assert_true(engine_reading_field(reading, FALSE, 0, &field));
			g_assert_cmpstr(field.value, ==, "Ada Lovelace <ada@example.org>");
			g_assert_true(engine_reading_line(reading, last, &line));
			g_assert_nonnull(strstr(line.text, row.subject));
		}
		engine_reading_free(reading);
		if (!ready)
			break;
		n++;
	}
	return n;
}

static guint
count_readable_in(World *world, const char *path)
{
	world_open(world, path);
	return count_readable(world);
}

static void
test_folder(void)
{
	World *world = begin(1000, 3);
	ProxyCounts counts;

	start(world, "keep-folders = inbox\n");
	counts = proxy_counts(world->proxy);
	g_test_message("%u turns, %" G_GUINT64_FORMAT " octets sent, %" G_GUINT64_FORMAT
		       " received, the longest turn %.1f ms",
		counts.turns, counts.to_server, counts.to_client, (double)world->longest / 1000);
	/* A message is 330 octets, and its row as many again. */
	g_assert_cmpuint(counts.to_client, <, 1500 * 1000);
	g_assert_cmpuint(counts.to_server, <, 20 * 1000);
	g_assert_cmpuint(counts.turns, <, 40);
	cut(world);
	g_assert_cmpuint(count_readable_in(world, "INBOX"), ==, 1000);
	g_assert_cmpuint(count_readable_in(world, "Archive"), ==, 0);
	world_stop(world);
	/* Also after a restart, and then nothing is asked for again. */
	proxy_refuse(world->proxy, FALSE);
	counts = proxy_counts(world->proxy);
	start(world, "keep-folders = inbox\n");
	g_assert_cmpuint(proxy_counts(world->proxy).to_client - counts.to_client, <, 30 * 1000);
	world_free(world);
}

/* Of every folder but Junk and Trash; the messages are of today. */
static void
test_days(void)
{
	World *world = begin(5, 3);

	start(world, "keep-days = 7\n");
	cut(world);
	g_assert_cmpuint(count_readable_in(world, "INBOX"), ==, 5);
	g_assert_cmpuint(count_readable_in(world, "Archive"), ==, 3);
	g_assert_cmpuint(count_readable_in(world, "Junk"), ==, 0);
	world_free(world);
}

static gboolean
can_read_newest(World *world, gconstpointer data)
{
	return has_settled(world, NULL) && count_readable(world) == *(const guint *)data;
}

static gboolean
has_total(World *world, const char *path, guint32 total)
{
	EngineFolder folder;

	return engine_folder_get(world->engine, world_folder(world, path), &folder) &&
	       folder.total == total;
}

static gboolean
has_four(World *world, gconstpointer data)
{
	return has_total(world, "Archive", 4);
}

static gboolean
has_three_in_inbox(World *world, gconstpointer data)
{
	return has_total(world, "INBOX", 3);
}

/* In the folder that is open, and in one that is not. */
static void
test_arrival(void)
{
	World *world = begin(2, 3);
	const guint three = 3;

	start(world, "keep-folders = INBOX, arch*\n");
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_wait(world, "idle", has_settled, NULL);
	other_deliver(world->other, "INBOX", "m3", 3);
	world_wait_rows(world, "*m3\n*m2\n*m1");
	world_wait(world, "m3 is kept", can_read_newest, &three);
	other_deliver(world->other, "Archive", "a4", 3);
	world_wait(world, "the count", has_four, NULL);
	while (g_main_context_iteration(NULL, FALSE))
		;
	world_wait(world, "a4 is kept", has_settled, NULL);
	cut(world);
	g_assert_cmpuint(count_readable_in(world, "Archive"), ==, 4);
	world_free(world);
}

/* How often the server was asked to tell by itself. */
static guint
count_idles(void)
{
	EngineLogLine line;
	guint n = 0;

	for (guint i = 0; engine_log_at(i, &line); i++)
		n += g_str_has_suffix(line.text, " IDLE");
	return n;
}

static gboolean
is_watched(World *world, gconstpointer idles)
{
	return has_settled(world, NULL) && proxy_counts(world->proxy).open == 3 &&
	       count_idles() >= *(const guint *)idles;
}

/* Without NOTIFY the third connection watches INBOX, and gives way while there is something to keep. */
static void
test_one_connection_left(void)
{
	static const char *const args[] = {"--without", "NOTIFY", NULL};
	Server *plain = server_new(args);
	World *world = begin_on(plain, 2, 3);
	guint idles, before;

	start(world, "keep-folders = INBOX\n");
	idles = count_idles() + 2; /* in the open folder, and in INBOX */
	world_open(world, "Archive");
	world_wait(world, "INBOX is watched", is_watched, &idles);
	before = proxy_counts(world->proxy).connections;
	other_deliver(world->other, "INBOX", "m3", 3);
	world_wait(world, "the count", has_three_in_inbox, NULL);
	while (g_main_context_iteration(NULL, FALSE))
		;
	idles++;
	world_wait(world, "INBOX is watched again", is_watched, &idles);
	g_assert_cmpuint(proxy_counts(world->proxy).connections, ==, before + 2);
	cut(world);
	g_assert_cmpuint(count_readable_in(world, "INBOX"), ==, 3);
	world_free(world);
	server_free(plain);
}

/* The line is cut in the middle, again and again; what is here is not asked for again. */
static void
test_cuts(void)
{
	World *world = begin(200, 200);
	ProxyFaults faults = {.cut_after = 300 * 1000};
	ProxyCounts counts;

	proxy_set_faults(world->proxy, &faults);
	world_start(world, "keep-folders = INBOX\n");
	while (proxy_counts(world->proxy).strikes == 0)
		g_main_context_iteration(NULL, TRUE);
	world_wait(world, "all is kept", has_settled, NULL);
	counts = proxy_counts(world->proxy);
	g_test_message("%" G_GUINT64_FORMAT " octets received", counts.to_client);
	/* 200 messages of 9,000 octets; one flight twice, and rows. */
	g_assert_cmpuint(counts.to_client, <, 2800 * 1000);
	cut(world);
	g_assert_cmpuint(count_readable_in(world, "INBOX"), ==, 200);
	world_free(world);
}

/* The newest that fit: 1 MB of messages of 20,000 octets. */
static void
test_budget(void)
{
	World *world = begin(80, 500);
	guint readable;

	start(world, "keep-folders = INBOX\nkeep-budget = 1\n");
	cut(world);
	readable = count_readable_in(world, "INBOX");
	g_test_message("%u messages fit", readable);
	g_assert_cmpuint(readable, >, 35);
	g_assert_cmpuint(readable, <, 55);
	world_free(world);
}

static gboolean
is_read(World *world, gconstpointer reading)
{
	return engine_reading_state(reading) == ENGINE_READING_READY;
}

/* The oldest rows are in view, which are kept last. */
static gboolean
is_keeping(World *world, gconstpointer data)
{
	EngineAccount account = world_account(world);
	EngineRow row;

	return account.keeping && !strcmp(account.keeping, "INBOX") && account.to_keep == 300 &&
	       engine_list_row(world->list, 299, &row) && row.uid;
}

/* What the user asks for does not wait for it. */
static void
test_reading_first(void)
{
	World *world = begin(300, 400);
	ProxyFaults faults = {.delay_ms = 50};
	EngineReading *reading;
	gint64 begun;

	proxy_set_faults(world->proxy, &faults);
	world_start(world, "keep-folders = INBOX\n");
	world_open(world, "INBOX");
	engine_list_set_view(world->list, 280, 20);
	world_wait(world, "it keeps", is_keeping, NULL);
	g_assert_false(engine_is_idle(world->engine));
	begun = g_get_monotonic_time();
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "m1"), TRUE);
	g_assert_cmpint(engine_reading_state(reading), ==, ENGINE_READING_LOADING);
	world_wait(world, "the text", is_read, reading);
	begun = g_get_monotonic_time() - begun;
	g_test_message("read after %.1f ms", (double)begun / 1000);
	g_assert_true(is_keeping(world, NULL));
	engine_reading_free(reading);
	/* One round trip of 100 ms, and what was under way. */
	g_assert_cmpint(begun, <, 500 * G_TIME_SPAN_MILLISECOND);
	world_free(world);
}

/* ---- search ---- */

static gboolean
is_found(World *world, gconstpointer search)
{
	return engine_search_is_done(search);
}

/* How many messages of the open list are found. */
static guint
search(World *world, EngineSearchScope scope, const char *text, gboolean *out_here_only)
{
	EngineSearch *search =
		engine_search(world->engine, engine_list_folder(world->list), scope, text);
	guint n;

	world_wait(world, text, is_found, search);
	g_assert_cmpstr(engine_search_error(search), ==, NULL);
	n = (guint)engine_search_count(search);
	*out_here_only = engine_search_is_here_only(search);
	engine_search_free(search);
	return n;
}

static void
read_one(World *world, const char *subject)
{
	EngineReading *reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, subject), TRUE);

	world_wait(world, "the text", is_read, reading);
	engine_reading_free(reading);
	world_wait_idle(world);
}

/* A long text that was read before anything was kept is kept as any other. */
static void
test_read_before(void)
{
	World *world = begin(2, 10000);

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	read_one(world, "m2");
	world_stop(world);
	start(world, "keep-folders = INBOX\n");
	cut(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	read_one(world, "m1");
	read_one(world, "m2");
	world_free(world);
}

/* What was read is found by its words at once, what was not by the server. */
static void
test_search(void)
{
	World *world = begin(3, 3);
	gboolean here_only;

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2\n*m1");
	world_wait(world, "idle", has_settled, NULL);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "m2", &here_only), ==, 1);
	g_assert_false(here_only);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "lines", &here_only), ==, 0);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_TEXT, "lines", &here_only), ==, 3);
	read_one(world, "m1");
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "line long", &here_only), ==, 1);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_TEXT, "lines", &here_only), ==, 3);
	cut(world);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "lines", &here_only), ==, 1);
	g_assert_true(here_only);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "ADA", &here_only), ==, 3);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "nobody", &here_only), ==, 0);
	world_free(world);
}

/* Without a line, in a folder that was never opened. No turn takes long for it. */
static void
test_search_kept(void)
{
	World *world = begin(500, 40);
	gboolean here_only;

	start(world, "keep-folders = INBOX\n");
	g_test_message("the longest turn %.1f ms", (double)world->longest / 1000);
	cut(world);
	world_open(world, "INBOX");
	g_assert_cmpuint(search(world, ENGINE_SEARCH_TEXT, "long lines", &here_only), ==, 500);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_FIELDS, "m499", &here_only), ==, 1);
	/* Gone on the server: found no longer once that is known. */
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "STORE 1:100 +FLAGS.SILENT (\\Deleted)"));
	g_free(other_ask(world->other, "EXPUNGE"));
	proxy_refuse(world->proxy, FALSE);
	engine_set_online(world->engine, TRUE);
	world_wait(world, "the news", has_settled, NULL);
	g_assert_cmpuint(search(world, ENGINE_SEARCH_TEXT, "long lines", &here_only), ==, 400);
	world_free(world);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	server = server_new(NULL);
	g_test_add_func("/keep/folder", test_folder);
	g_test_add_func("/keep/days", test_days);
	g_test_add_func("/keep/arrival", test_arrival);
	g_test_add_func("/keep/one-connection-left", test_one_connection_left);
	g_test_add_func("/keep/cuts", test_cuts);
	g_test_add_func("/keep/budget", test_budget);
	g_test_add_func("/keep/reading-first", test_reading_first);
	g_test_add_func("/keep/read-before", test_read_before);
	g_test_add_func("/keep/search", test_search);
	g_test_add_func("/keep/search-kept", test_search_kept);
	return world_run(server);
}
