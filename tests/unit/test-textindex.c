/* Making words findable behind all else: one by one, and after a disk that was full a good while later. */
#include "await.h"
#include "core/textindex.h"
#include "store-fixture.h"
#include "store/bodies.h"
#include "store/search.h"
#include "store/store-private.h"

#include <string.h>

#define FOLDER   1
#define MESSAGES 3
#define WORDS    3000 /* in each: they need room of their own */

typedef struct {
	Fixture store;
	Core *core;
	TextIndex *index;
} World;

static void
on_settle(gpointer user)
{
	textindex_settle(user);
}

static void
set_up(World *world, gconstpointer data)
{
	static const char text[] = "[account work]\nimap = imaps://a@b\npassword = x\n";
	g_autoptr(GError) error = NULL;
	Config *config;

	fixture_set_up(&world->store, NULL);
	config = config_parse("config", text, strlen(text), &error);
	g_assert_no_error(error);
	world->core = core_new(config, g_steal_pointer(&world->store.store));
	world->index = textindex_new(world->core);
	core_add_settler(world->core, on_settle, world->index);
}

static void
tear_down(World *world, gconstpointer data)
{
	textindex_free(world->index);
	core_free(world->core);
	fixture_tear_down(&world->store, NULL);
}

/* Each says "common", and words that no other has. */
static void
put_messages(World *world)
{
	for (guint32 uid = 1; uid <= MESSAGES; uid++) {
		g_autoptr(GString) header = g_string_new("Subject: common");
		g_autoptr(GBytes) bytes = NULL;
		GError *error = NULL;
		gboolean done;

		for (guint i = 0; i < WORDS; i++)
			g_string_append_printf(header, "\r\n word%ux%u", uid, i);
		g_string_append(header, "\r\n\r\n");
		bytes = g_bytes_new(header->str, header->len);
		done = store_body_put(world->core->store, FOLDER, uid, "HEADER", bytes, &error);
		assert_done(done, error);
	}
	core_end_turn(world->core);
}

/* Takes the room from the cache, or gives it back. */
static void
set_full(World *world, gboolean full)
{
	g_autofree char *sql = g_strdup_printf("PRAGMA max_page_count = %u", full ? 1u : 1000000u);

	g_assert_cmpint(sqlite3_exec(world->core->store->cache->sqlite, sql, NULL, NULL, NULL), ==,
		SQLITE_OK);
}

static gboolean
is_at_rest(gconstpointer world)
{
	return textindex_is_idle(((const World *)world)->index);
}

static guint
count_found(World *world)
{
	g_autoptr(UidSet) hits = uidset_new();
	StoreSearchPlace place = {0};

	while (store_search_words(world->core->store, FOLDER, "common", 100, &place, hits))
		continue;
	return (guint)uidset_count(hits);
}

static void
test_indexed(World *world, gconstpointer data)
{
	put_messages(world);
	g_assert_false(textindex_is_idle(world->index));
	await(is_at_rest, world);
	g_assert_false(store_index_is_behind(world->core->store));
	g_assert_cmpuint(count_found(world), ==, MESSAGES);
}

/* It does not try again and again, and yet it does one day. */
static void
test_full(World *world, gconstpointer data)
{
	GSource *again;
	gint64 seconds;

	put_messages(world);
	set_full(world, TRUE);
	await(is_at_rest, world);
	g_assert_true(store_index_is_behind(world->core->store));
	g_assert_cmpuint(count_found(world), ==, 0);
	again = g_main_context_find_source_by_user_data(NULL, world->index);
	g_assert_nonnull(again);
	seconds = (g_source_get_ready_time(again) - g_get_monotonic_time()) / G_USEC_PER_SEC;
	g_assert_cmpint(seconds, >=, 28);
	g_assert_cmpint(seconds, <=, 31);
	for (guint i = 0; i < 10; i++)
		core_end_turn(world->core);
	g_assert_true(g_main_context_find_source_by_user_data(NULL, world->index) == again);
	g_assert_true(textindex_is_idle(world->index));

	set_full(world, FALSE);
	g_source_set_ready_time(again, 0);
	while (g_main_context_iteration(NULL, FALSE))
		continue;
	await(is_at_rest, world);
	g_assert_false(store_index_is_behind(world->core->store));
	g_assert_cmpuint(count_found(world), ==, MESSAGES);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/textindex/indexed", World, NULL, set_up, test_indexed, tear_down);
	g_test_add("/textindex/full", World, NULL, set_up, test_full, tear_down);
	return g_test_run();
}
