/* A disk that fails while the program runs: the cache is damaged, or there is no room any more. */
#include "world.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096

static Server *server;

static char *
file_of(const char *dir, const char *name)
{
	return g_build_filename(dir, "postern", name, NULL);
}

static void
damage_from(const char *file, goffset from)
{
	char junk[PAGE];
	int fd = open(file, O_RDWR | O_CLOEXEC);
	goffset size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(size, >, from);
	memset(junk, '?', sizeof junk);
	for (; from < size; from += PAGE)
		g_assert_cmpint(pwrite(fd, junk, sizeof junk, from), ==, sizeof junk);
	g_assert_cmpint(close(fd), ==, 0);
}

static gboolean
has_all_rows(World *world, gconstpointer data)
{
	g_autofree char *rows = world_rows(world);

	return engine_list_count(world->list) == GPOINTER_TO_UINT(data) && !strchr(rows, '?');
}

#define MESSAGES 120

static void
begin(World *world)
{
	other_empty(world->other, "Archive");
	other_empty(world->other, "INBOX");
	for (guint i = 1; i <= MESSAGES; i++) {
		g_autofree char *subject = g_strdup_printf("m%u", i);

		other_deliver(world->other, "INBOX", subject, 1);
	}
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	engine_list_set_view(world->list, 0, MESSAGES);
	world_wait(world, "all rows", has_all_rows, GUINT_TO_POINTER(MESSAGES));
	world_wait_idle(world);
}

/* Behind its head, so that it is met in use: the cache is begun anew under the running program, with folders
 * and messages where they were. */
static void
test_cache_damaged(void)
{
	World *world = world_new(server);
	g_autofree char *file = file_of(g_get_user_cache_dir(), "cache.db");
	g_autofree char *bad = g_strconcat(file, ".bad-1", NULL);
	EngineFolderId inbox;

	begin(world);
	inbox = world_folder(world, "INBOX");
	world_stop(world);
	damage_from(file, 10 * PAGE);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	engine_list_set_view(world->list, 0, MESSAGES);
	world_wait_notice(
		world, "The cache was damaged: it was set aside and is being built anew.");
	world_wait(world, "all rows", has_all_rows, GUINT_TO_POINTER(MESSAGES));
	g_assert_true(g_file_test(bad, G_FILE_TEST_EXISTS));
	g_assert_cmpuint(world_folder(world, "INBOX"), ==, inbox);
	world_move(world, "m7", "Archive");
	world_flag(world, "m8", FLAG_SEEN, TRUE);
	world_wait_pending(world, 0);
	world_wait_idle(world);
	world_stop(world);

	/* The new one has what the next start needs. */
	world_start(world, NULL);
	g_assert_cmpuint(world_folder(world, "INBOX"), ==, inbox);
	world_open(world, "INBOX");
	engine_list_set_view(world->list, 0, MESSAGES);
	world_wait(world, "all rows", has_all_rows, GUINT_TO_POINTER(MESSAGES - 1));
	world_wait_idle(world);
	g_assert_null(strstr(world->notices->str, "damaged"));
	world_free(world);
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	world_begin();
	server = server_new(NULL);
	g_test_add_func("/disk/cache-damaged", test_cache_damaged);
	result = g_test_run();
	server_free(server);
	world_end();
	return result;
}
