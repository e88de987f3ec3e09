/* A disk that fails while the program runs: the cache is damaged, or there is no room any more. */
#include "bad-disk.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
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
	other_deliver_many(world->other, "INBOX", MESSAGES, 1);
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

/* ---- no room ---- */

#define ROOM "size=512k,mode=0700"

typedef struct {
	char *dir, *ballast;
} Disk;

/* FALSE where that is not allowed. */
static gboolean
disk_new(Disk *disk, const char *parent)
{
	disk->dir = g_build_filename(parent, "postern", NULL);
	disk->ballast = g_build_filename(disk->dir, "ballast", NULL);
	g_assert_cmpint(g_mkdir_with_parents(disk->dir, 0700), ==, 0);
	return mount("tmpfs", disk->dir, "tmpfs", 0, ROOM) == 0;
}

static void
disk_clear(Disk *disk, gboolean mounted)
{
	if (mounted)
		g_assert_cmpint(umount(disk->dir), ==, 0);
	g_free(disk->dir);
	g_free(disk->ballast);
}

static void
disk_fill(const Disk *disk)
{
	char octets[512] = {0};
	int fd = open(disk->ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	while (write(fd, octets, sizeof octets) > 0)
		continue;
	g_assert_cmpint(errno, ==, ENOSPC);
	close(fd);
}

static gboolean
try_flag(World *world, const char *subject, gboolean add, GError **error)
{
	guint32 uid = world_uid(world, subject);
	EngineMessages messages = {engine_list_folder(world->list), &uid, 1};

	return engine_change_flags(world->engine, &messages, FLAG_FLAGGED, add, error);
}

/* What fits into the room that a database has already is taken; in the end one is not. Returns the last that
 * was. */
static gboolean
flag_until_refused(World *world)
{
	g_autoptr(GError) error = NULL;
	gboolean flagged = FALSE;

	for (guint i = 0; try_flag(world, "m1", !flagged, &error); i++) {
		flagged = !flagged;
		world_wait_pending(world, 0);
		g_assert_cmpuint(i, <, 1000);
	}
	g_assert_nonnull(strstr(error->message, "The disk is full"));
	return flagged;
}

static gboolean
is_ready(World *world, gconstpointer reading)
{
	return engine_reading_state(reading) == ENGINE_READING_READY;
}

static void
read_one(World *world, const char *subject)
{
	EngineReading *reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, subject), TRUE);

	world_wait(world, "the text", is_ready, reading);
	engine_reading_free(reading);
}

static gboolean
is_current(World *world, gconstpointer data)
{
	return engine_list_is_current(world->list);
}

static gboolean
is_doubtful(World *world, gconstpointer data)
{
	return !engine_list_is_current(world->list);
}

static void
run_out_of_room(const Disk *state, const Disk *cache)
{
	World *world = world_new(server);
	g_autofree char *list = NULL, *rows = NULL;
	gboolean flagged;

	other_empty(world->other, "INBOX");
	other_deliver(world->other, "INBOX", "m1", 1);
	other_deliver(world->other, "INBOX", "m2", 1);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_wait_idle(world);

	disk_fill(state);
	disk_fill(cache);
	flagged = flag_until_refused(world);
	rows = g_strdup_printf("*m2\n*%sm1", flagged ? "!" : "");
	world_wait_rows(world, rows);
	read_one(world, "m2");
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "STORE 2 +FLAGS (\\Seen)"));
	world_wait(world, "a list that is no longer sure", is_doubtful, NULL);

	/* There is room again: what was told meanwhile is there too, and nothing happens twice. */
	g_assert_cmpint(g_unlink(state->ballast), ==, 0);
	g_assert_cmpint(g_unlink(cache->ballast), ==, 0);
	g_free(rows);
	rows = g_strdup_printf("m2\n*%sm1", flagged ? "!" : "");
	world_wait_rows(world, rows);
	world_wait(world, "current", is_current, NULL);
	world_wait_idle(world);
	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_wait_pending(world, 0);
	world_wait_idle(world);
	world_stop(world);
	world_start(world, NULL);
	g_assert_cmpuint(world_account(world).pending, ==, 0);
	world_open(world, "INBOX");
	g_free(rows);
	rows = g_strdup_printf("m2\n%sm1", flagged ? "!" : "");
	world_wait_rows(world, rows);
	world_wait_idle(world);
	list = other_list(world->other, "INBOX");
	g_assert_cmpint(strstr(list, "Flagged") != NULL, ==, flagged);
	world_free(world);
}

static void
test_full_disk(void)
{
	Disk state, cache;
	gboolean first, second;

	world_forget();
	first = disk_new(&state, g_get_user_state_dir());
	second = disk_new(&cache, g_get_user_cache_dir());
	if (first && second)
		run_out_of_room(&state, &cache);
	else
		g_test_skip("no file system may be mounted here");
	disk_clear(&state, first);
	disk_clear(&cache, second);
}

/* ---- a disk that fails, or that can only be read ---- */

static World *
begin_small(void)
{
	World *world = world_new(server);

	other_empty(world->other, "Archive");
	other_empty(world->other, "INBOX");
	other_deliver(world->other, "INBOX", "m1", 1);
	other_deliver(world->other, "INBOX", "m2", 1);
	other_deliver(world->other, "Archive", "old", 1);
	return world;
}

/* All that is not about the past goes on as ever: new mail, other folders, reading, changes. */
static void
work_on(World *world)
{
	g_autofree char *list = NULL;

	other_deliver(world->other, "INBOX", "m3", 1);
	world_wait_rows(world, "*m3\n*m2\n*m1");
	read_one(world, "m2");
	world_move(world, "m1", "Archive");
	world_wait_pending(world, 0);
	world_open(world, "Archive");
	world_wait_rows(world, "*m1\n*old");
	read_one(world, "old");
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2");
	world_wait_idle(world);
	list = other_list(world->other, "Archive");
	g_assert_nonnull(strstr(list, ":m1\n"));
}

static void
test_failing_cache(void)
{
	World *world = begin_small();

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	bad_disk_fail("cache.db", TRUE);
	work_on(world);
	world_wait_notice(world, "cache.db can't be read or written: Input/output error");
	world_stop(world);
	bad_disk_fail(NULL, FALSE);
	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m3\n*m2");
	world_free(world);
}

/* What can't be journalled is refused aloud, and not shown as done. */
static void
test_failing_journal(void)
{
	World *world = begin_small();
	g_autoptr(GError) error = NULL;
	g_autofree char *list = NULL;

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_wait_idle(world);
	bad_disk_fail("state.db", FALSE);
	g_assert_false(try_flag(world, "m1", TRUE, &error));
	g_assert_nonnull(strstr(error->message, "state.db can't be read or written: Input/output"));
	other_deliver(world->other, "INBOX", "m3", 1);
	world_wait_rows(world, "*m3\n*m2\n*m1");
	read_one(world, "m2");
	bad_disk_fail(NULL, FALSE);
	world_flag(world, "m2", FLAG_FLAGGED, TRUE);
	world_wait_pending(world, 0);
	world_wait_rows(world, "*m3\n*!m2\n*m1");
	list = other_list(world->other, "INBOX");
	g_assert_null(strstr(list, "Flagged:m1"));
	world_free(world);
}

static gboolean
make_read_only(const Disk *disk)
{
	return mount(NULL, disk->dir, NULL, MS_REMOUNT | MS_RDONLY, ROOM) == 0;
}

/* From the start on. */
static void
test_read_only_cache(void)
{
	World *world;
	Disk cache;
	gboolean mounted;

	world_forget();
	mounted = disk_new(&cache, g_get_user_cache_dir());
	if (mounted) {
		world = begin_small();
		world_start(world, NULL);
		world_wait_idle(world);
		world_stop(world);
		g_assert_true(make_read_only(&cache));
		world_start(world, NULL);
		world_wait_notice(world, "The cache is kept in memory only. ");
		world_wait_idle(world);
		world_open(world, "INBOX");
		work_on(world);
		world_free(world);
	} else {
		g_test_skip("no file system may be mounted here");
	}
	disk_clear(&cache, mounted);
}

int
main(int argc, char **argv)
{
	bad_disk_install();
	world_begin(&argc, &argv);
	server = server_new(NULL);
	g_test_add_func("/disk/cache-damaged", test_cache_damaged);
	g_test_add_func("/disk/full", test_full_disk);
	g_test_add_func("/disk/failing-cache", test_failing_cache);
	g_test_add_func("/disk/failing-journal", test_failing_journal);
	g_test_add_func("/disk/read-only-cache", test_read_only_cache);
	return world_run(server);
}
