/* The two files: modes, transactions, full disks, damage, versions, two programs at once. */
#include "bad-disk.h"
#include "base/err.h"
#include "store-fixture.h"
#include "store/folders.h"
#include "store/messages.h"
#include "store/ops.h"
#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

/* ---- helpers ---- */

static gboolean
put_message(Store *store, guint32 uid, GError **error)
{
	g_autoptr(StoreMessage) message = store_message_new();

	message->folder = 1;
	message->uid = uid;
	return store_message_put(store, message, error);
}

static gboolean
put_op(Store *store, GError **error)
{
	g_autoptr(StoreOp) op = store_op_new();

	op->account = g_strdup("work");
	op->mailbox = g_strdup("INBOX");
	op->kind = STORE_OP_EXPUNGE;
	uidset_add(op->uids, 1);
	return store_op_put(store, op, error);
}

/* Whoever's. */
static guint
count_ops(Store *store)
{
	g_auto(Query) query =
		query_begin(store->state, "SELECT count(*) FROM op WHERE account = 'work'");

	g_assert_true(query_next(&query));
	return (guint)query_get_int(&query);
}

static guint
count_messages(Store *store)
{
	g_autoptr(UidSet) uids = store_messages_uids(store, 1, 1, G_MAXUINT32);

	return (guint)uidset_count(uids);
}

static void
put_both(Fixture *fixture)
{
	GError *error = NULL;
	gboolean done = put_op(fixture->store, &error) && put_message(fixture->store, 1, &error);

	assert_done(done, error);
}

static void
execute(Db *db, const char *sql)
{
	g_assert_cmpint(sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
assert_error_says(GError *error, ErrCode code, const char *part)
{
	g_assert_error(error, ERR_DOMAIN, (int)code);
	if (!strstr(error->message, part))
		g_error("\"%s\" does not say \"%s\"", error->message, part);
	g_error_free(error);
}

static void
assert_refused(Fixture *fixture, ErrCode code, const char *part)
{
	GError *error = NULL;
	gboolean rebuilt = 7;

	g_clear_pointer(&fixture->store, store_free);
	g_assert_null(store_open(fixture->state_dir, fixture->cache_dir, &rebuilt, &error));
	g_assert_cmpint(rebuilt, ==, 7);
	assert_error_says(error, code, part);
}

/* The program starts all the same, says why, and does without the file. */
static void
assert_in_memory(Fixture *fixture, const char *part)
{
	GError *error = NULL;
	gboolean rebuilt = TRUE;

	g_clear_pointer(&fixture->store, store_free);
	fixture->store = store_open(fixture->state_dir, fixture->cache_dir, &rebuilt, &error);
	g_assert_no_error(error);
	g_assert_false(rebuilt);
	if (!strstr(store_cache_trouble(fixture->store), part))
		g_error("\"%s\" does not say \"%s\"", store_cache_trouble(fixture->store), part);
	put_both(fixture);
	fixture_commit(fixture);
	g_assert_cmpuint(count_messages(fixture->store), ==, 1);
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);
	g_assert_true(store_op_remove(fixture->store, fixture->store->state->last_id, NULL));
	g_clear_pointer(&fixture->store, store_free);
}

static guint
mode_of(Fixture *fixture, const char *name)
{
	g_autofree char *path = fixture_path(fixture, name);
	struct stat info;

	g_assert_cmpint(lstat(path, &info), ==, 0);
	return info.st_mode & 07777;
}

static goffset
size_of(Fixture *fixture, const char *name)
{
	g_autofree char *path = fixture_path(fixture, name);
	struct stat info;

	return lstat(path, &info) == 0 ? info.st_size : -1;
}

/* ---- files ---- */

static const char *const files[] = {"state/postern/state.db", "state/postern/state.db-wal",
	"state/postern/state.db-shm", "cache/postern/cache.db", "cache/postern/cache.db-wal",
	"cache/postern/cache.db-shm"};

static void
assert_modes(Fixture *fixture)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++)
		g_assert_cmphex(mode_of(fixture, files[i]), ==, 0600);
	g_assert_cmphex(mode_of(fixture, "state/postern"), ==, 0700);
	g_assert_cmphex(mode_of(fixture, "cache/postern"), ==, 0700);
}

static void
test_modes(Fixture *fixture, gconstpointer data)
{
	static const mode_t umasks[] = {0, 0277};

	for (guint i = 0; i < G_N_ELEMENTS(umasks); i++) {
		mode_t before = umask(umasks[i]);

		g_clear_pointer(&fixture->store, store_free);
		for (guint n = 0; n < G_N_ELEMENTS(files); n++) {
			g_autofree char *path = fixture_path(fixture, files[n]);

			(void)g_unlink(path);
		}
		fixture_reopen(fixture);
		put_both(fixture);
		fixture_commit(fixture);
		umask(before);
		assert_modes(fixture);
	}
}

static void
test_modes_tightened(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "cache/postern/cache.db");

	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpint(chmod(file, 0644), ==, 0);
	g_assert_cmpint(chmod(fixture->cache_dir, 0755), ==, 0);
	fixture_reopen(fixture);
	put_both(fixture);
	fixture_commit(fixture);
	assert_modes(fixture);
}

static void
test_symlink_refused(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "cache/postern/cache.db");
	g_autofree char *target = fixture_path(fixture, "target");

	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpint(g_rename(file, target), ==, 0);
	g_assert_cmpint(symlink(target, file), ==, 0);
	assert_in_memory(fixture, "not a plain file");
	g_assert_cmpint(g_unlink(target), ==, 0); /* nor when it points to nothing */
	assert_in_memory(fixture, "not a plain file");
	g_assert_cmpint(size_of(fixture, "target"), ==, -1);
}

static void
test_directory_refused(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "file");

	g_assert_true(g_file_set_contents(file, "x", 1, NULL));
	g_free(fixture->cache_dir);
	fixture->cache_dir = g_build_filename(file, "postern", NULL);
	assert_in_memory(
		fixture, "/file/postern can't be made: Not a directory. Let yourself write there");

	g_free(fixture->cache_dir);
	fixture->cache_dir = g_build_filename(fixture->root, "open", NULL);
	g_assert_cmpint(g_mkdir(fixture->cache_dir, 0700), ==, 0);
	g_assert_cmpint(chmod(fixture->cache_dir, 01777), ==, 0);
	assert_in_memory(fixture, "Others may write");
	g_assert_cmphex(mode_of(fixture, "open"), ==, 01777);
	g_free(fixture->state_dir);
	fixture->state_dir = g_strdup(fixture->cache_dir);
	assert_refused(fixture, ERR_DISK, "Others may write");
}

/* The superuser may write everywhere, so for these he is somebody else. */
static void
become_nobody(Fixture *fixture)
{
	static const char *const dirs[] = {"", "state", "state/postern", "cache", "cache/postern"};

	if (geteuid())
		return;
	for (guint i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *dir = fixture_path(fixture, dirs[i]);

		g_assert_cmpint(chown(dir, NOBODY, NOBODY), ==, 0);
	}
	g_assert_cmpint(seteuid(NOBODY), ==, 0);
}

static void
become_self(void)
{
	if (!getuid())
		g_assert_cmpint(seteuid(0), ==, 0);
}

static void
test_not_writable(Fixture *fixture, gconstpointer data)
{
	g_clear_pointer(&fixture->store, store_free);
	become_nobody(fixture);
	g_free(fixture->state_dir);
	fixture->state_dir = fixture_path(fixture, "locked/postern");
	{
		g_autofree char *locked = fixture_path(fixture, "locked");

		g_assert_cmpint(g_mkdir(locked, 0500), ==, 0);
	}
	assert_refused(fixture, ERR_DISK,
		"locked/postern can't be made: Permission denied. Let yourself write there");
	become_self();
}

/* Nor is what can be told again; and of a file that is not ours not even the name is changed. */
static void
test_cache_not_writable(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "cache/postern/cache.db");
	g_autofree char *state = fixture_path(fixture, "state/postern/state.db");
	goffset before;

	if (getuid()) {
		g_test_skip("only the superuser can make a file that is not his own");
		return;
	}
	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpint(chown(state, NOBODY, NOBODY), ==, 0);
	before = size_of(fixture, "cache/postern/cache.db");
	become_nobody(fixture);
	assert_in_memory(fixture, "cache.db can't be opened: Permission denied");
	become_self();
	g_assert_cmpint(chmod(file, 0644), ==, 0);
	become_nobody(fixture);
	assert_in_memory(fixture, "cache.db can only be read");
	become_self();
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db"), ==, before);
}

static void
test_read_only(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "state/postern/state.db");

	if (getuid()) {
		g_test_skip("only the superuser can make a file that is not his own");
		return;
	}
	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpint(chmod(file, 0644), ==, 0);
	become_nobody(fixture);
	assert_refused(fixture, ERR_DISK, "state.db can only be read");
	become_self();
	assert_refused(fixture, ERR_DISK, "belongs to another user");
}

/* ---- transactions ---- */

static void
test_durable(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Store) other = NULL;
	GError *error = NULL;
	gboolean rebuilt = TRUE;

	put_both(fixture);
	g_assert_true(store_has_changes(fixture->store));
	fixture_commit(fixture);
	put_both(fixture);
	g_assert_cmpuint(count_ops(fixture->store), ==, 2);

	/* As a program that starts after this one was killed. */
	other = store_open(fixture->state_dir, fixture->cache_dir, &rebuilt, &error);
	g_assert_no_error(error);
	g_assert_false(rebuilt);
	g_assert_cmpuint(count_ops(other), ==, 1);
	g_assert_cmpuint(count_messages(other), ==, 1);
	g_clear_pointer(&other, store_free);

	fixture_reopen(fixture);
	g_assert_cmpuint(count_ops(fixture->store), ==, 2);
}

static void
test_nothing_written(Fixture *fixture, gconstpointer data)
{
	goffset before;

	put_both(fixture);
	fixture_commit(fixture);
	before = size_of(fixture, "state/postern/state.db-wal");
	g_assert_cmpint(before, >, 0);
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);
	g_assert_false(store_has_changes(fixture->store));
	fixture_commit(fixture);
	g_assert_cmpint(size_of(fixture, "state/postern/state.db-wal"), ==, before);
}

static char *
read_fault_log(void)
{
	char *text = NULL;

	g_assert_true(g_file_get_contents(g_getenv("POSTERN_FAULT_LOG"), &text, NULL, NULL));
	return text;
}

static void
test_journal_last(Fixture *fixture, gconstpointer data)
{
	g_autofree char *before = NULL, *after = NULL;
	GError *error = NULL;
	gboolean done = put_message(fixture->store, 1, &error) && put_op(fixture->store, &error);

	assert_done(done, error);
	before = read_fault_log();
	fixture_commit(fixture);
	after = read_fault_log();
	g_assert_cmpstr(after + strlen(before), ==,
		"cache-commit-before\ncache-commit-after\n"
		"state-commit-before\nstate-commit-after\n");
}

/* ---- failures ---- */

/* No file of this process may grow beyond BYTES. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	limit.rlim_cur = bytes;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_commit_fails(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;
	gboolean done;

	put_both(fixture);
	fixture_commit(fixture);
	put_both(fixture);
	limit_files(4096);
	done = store_commit(fixture->store, &error);
	limit_files(RLIM_INFINITY);
	g_assert_false(done);
	assert_error_says(error, ERR_DISK, "state.db can't be read or written");
	g_assert_false(store_has_changes(fixture->store));
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);

	put_both(fixture);
	fixture_commit(fixture);
	fixture_reopen(fixture);
	g_assert_cmpuint(count_ops(fixture->store), ==, 2);
}

/* Writes messages until one does not fit. */
static void
fill_cache(Store *store)
{
	GError *error = NULL;
	guint32 uid = 1;

	execute(store->cache, "PRAGMA max_page_count = 20");
	while (uid < 100000 && put_message(store, uid, &error))
		uid++;
	assert_error_says(error, ERR_DISK, "The disk is full");
	g_assert_cmpuint(uid, >, 10);
}

static void
test_full_cache(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;

	put_both(fixture);
	fill_cache(fixture->store);
	/* The turn stays failed: no half of it may be committed. */
	g_assert_false(put_message(fixture->store, 1, &error));
	assert_error_says(error, ERR_DISK, "The disk is full");
	error = NULL;
	g_assert_true(store_has_changes(fixture->store));
	/* The journal is not the cache's: what it has taken is not refused. */
	fixture_commit(fixture);

	g_assert_cmpuint(count_messages(fixture->store), ==, 0);
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);
	g_assert_false(store_has_changes(fixture->store));
	execute(fixture->store->cache, "PRAGMA max_page_count = 1000000");
	put_both(fixture);
	fixture_commit(fixture);
	g_assert_cmpuint(count_messages(fixture->store), ==, 1);
}

static void
test_full_state(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;
	gint64 group = store_op_new_group(fixture->store);

	fixture_commit(fixture);
	put_both(fixture);
	execute(fixture->store->state, "PRAGMA max_page_count = 1");
	while (put_op(fixture->store, &error))
		g_assert_cmpuint(count_ops(fixture->store), <, 100000);
	assert_error_says(error, ERR_DISK, "The disk is full");
	error = NULL;
	g_assert_cmpint(store_op_new_group(fixture->store), >, group);
	g_assert_false(store_commit(fixture->store, &error));
	assert_error_says(error, ERR_DISK, "The disk is full");
	g_assert_cmpuint(count_ops(fixture->store), ==, 0);
	g_assert_cmpuint(count_messages(fixture->store), ==, 0);
}

static void
test_number_after_rollback(Fixture *fixture, gconstpointer data)
{
	gint64 group = store_op_new_group(fixture->store);
	g_autoptr(GError) error = NULL;
	gboolean done;

	limit_files(4096);
	done = store_commit(fixture->store, &error);
	limit_files(RLIM_INFINITY);
	g_assert_false(done);
	g_assert_cmpint(store_op_new_group(fixture->store), >, group);
}

/* ---- a disk that fails ---- */

static void
test_failing_state(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;
	gboolean done;

	bad_disk_fail("state.db", FALSE);
	g_assert_true(put_op(fixture->store, &error));
	g_assert_false(store_commit(fixture->store, &error));
	assert_error_says(error, ERR_DISK, "state.db can't be read or written: Input/output error");
	error = NULL;
	g_assert_cmpuint(count_ops(fixture->store), ==, 0);
	g_assert_false(store_cache_is_damaged(fixture->store));
	bad_disk_fail(NULL, FALSE);
	put_both(fixture);
	done = store_commit(fixture->store, &error);
	assert_done(done, error);
	g_clear_pointer(&fixture->store, store_free);

	bad_disk_fail("state.db", TRUE);
	assert_refused(fixture, ERR_DISK, "Input/output error. The disk fails");
	bad_disk_fail(NULL, FALSE);
	fixture_reopen(fixture);
	g_assert_null(store_mended(fixture->store));
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);
}

/* What is written next is kept in memory; the file stays what it is and where it is. */
static void
test_failing_cache(Fixture *fixture, gconstpointer reads)
{
	GError *error = NULL;
	guint age = store_cache_age(fixture->store);

	put_both(fixture);
	fixture_commit(fixture);
	bad_disk_fail("cache.db", reads != NULL);
	g_assert_true(put_op(fixture->store, NULL));
	(void)put_message(fixture->store, 2, NULL);
	fixture_commit(fixture); /* of the journal */
	g_assert_true(store_cache_is_damaged(fixture->store));
	g_assert_false(store_renew_cache(fixture->store, &error));
	assert_error_says(error, ERR_DISK, "cache.db can't be read or written: Input/output error");
	error = NULL;
	g_assert_false(store_cache_is_damaged(fixture->store));
	g_assert_cmpuint(store_cache_age(fixture->store), !=, age);
	g_assert_cmpuint(count_messages(fixture->store), ==, 0);
	put_both(fixture);
	fixture_commit(fixture);
	g_assert_cmpuint(count_messages(fixture->store), ==, 1);
	g_assert_cmpuint(count_ops(fixture->store), ==, 3);

	g_clear_pointer(&fixture->store, store_free);
	bad_disk_fail("cache.db", TRUE);
	fixture->store = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(store_cache_trouble(fixture->store), "Input/output error"));
	bad_disk_fail(NULL, FALSE);
	fixture_reopen(fixture);
	g_assert_null(store_cache_trouble(fixture->store));
	g_assert_cmpuint(count_messages(fixture->store), ==, 1);
}

/* ---- what could not be written of a new UIDVALIDITY ---- */

static gboolean
put_folder(Store *store, guint32 uidvalidity, GError **error)
{
	g_autoptr(StoreFolder) folder = g_new0(StoreFolder, 1);

	folder->id = 1; /* as in put_message() */
	folder->account = g_strdup("work");
	folder->name = g_strdup("INBOX");
	folder->uidvalidity = uidvalidity;
	return store_folder_put(store, folder, error);
}

static void
assert_void(Store *store)
{
	g_assert_null(store_message_get(store, 1, 1, FALSE));
	g_assert_cmpuint(count_messages(store), ==, 0);
}

/* Rows of before are no message's: nobody sees them, written or not, and then the new ones. */
static void
test_void_unwritten(Fixture *fixture, gconstpointer failing)
{
	Store *store = fixture->store;
	g_autofree char *file = fixture_path(fixture, "cache/postern/cache.db");
	GError *error = NULL;
	sqlite3 *other;
	gboolean done;

	done = put_folder(store, 1, &error) && put_message(store, 1, &error);
	assert_done(done, error);
	fixture_commit(fixture);
	g_assert_cmpuint(count_messages(store), ==, 1);
	g_assert_cmpint(
		sqlite3_open_v2(file, &other, SQLITE_OPEN_READWRITE, "unix"), ==, SQLITE_OK);
	if (failing)
		bad_disk_fail("cache.db", FALSE);
	else
		g_assert_cmpint(
			sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_cmpint(put_folder(store, 2, NULL), ==, failing != NULL);
	assert_void(store);
	g_assert_false(store_commit(store, NULL));
	assert_void(store);
	bad_disk_fail(NULL, FALSE);
	g_assert_cmpint(sqlite3_close(other), ==, SQLITE_OK);

	/* Whatever comes before it is written is void with it. */
	done = put_message(store, 1, &error);
	assert_done(done, error);
	fixture_commit(fixture);
	assert_void(store);
	done = put_folder(store, 2, &error) && put_message(store, 1, &error);
	assert_done(done, error);
	fixture_commit(fixture);
	g_assert_cmpuint(count_messages(store), ==, 1);
	fixture_reopen(fixture);
	g_assert_cmpuint(count_messages(fixture->store), ==, 1);
}

/* ---- damage ---- */

static void
damage(Fixture *fixture, const char *name, goffset from, gsize len)
{
	g_autofree char *path = fixture_path(fixture, name), *junk = g_strnfill(len, '?');
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(pwrite(fd, junk, len, from), ==, (gssize)len);
	g_assert_cmpint(close(fd), ==, 0);
}

static void
assert_rebuilt(Fixture *fixture, gboolean expected)
{
	GError *error = NULL;
	gboolean rebuilt = !expected;

	fixture->store = store_open(fixture->state_dir, fixture->cache_dir, &rebuilt, &error);
	g_assert_no_error(error);
	g_assert_cmpint(rebuilt, ==, expected);
}

static void
fill_and_close(Fixture *fixture)
{
	GError *error = NULL;
	gboolean done = put_op(fixture->store, &error);

	for (guint32 uid = 1; done && uid <= 1000; uid++)
		done = put_message(fixture->store, uid, &error);
	assert_done(done, error);
	g_clear_pointer(&fixture->store, store_free);
}

static void
test_cache_header(Fixture *fixture, gconstpointer data)
{
	fill_and_close(fixture);
	damage(fixture, "cache/postern/cache.db", 0, 100);
	/* The WAL of the old one must not be taken for the new one's. */
	{
		g_autofree char *wal = fixture_path(fixture, "cache/postern/cache.db-wal");

		g_assert_true(g_file_set_contents(wal, "old", 3, NULL));
	}
	assert_rebuilt(fixture, TRUE);
	g_assert_cmpuint(count_messages(fixture->store), ==, 0);
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-1"), >, 4096);

	fill_and_close(fixture);
	damage(fixture, "cache/postern/cache.db", 0, 100);
	assert_rebuilt(fixture, TRUE);
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-2"), >, 4096);
	fixture_reopen(fixture);
}

static void
test_cache_truncated(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "cache/postern/cache.db");

	fill_and_close(fixture);
	g_assert_cmpint(truncate(file, 3 * 4096 + 100), ==, 0);
	assert_rebuilt(fixture, TRUE);
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-1"), ==, 3 * 4096 + 100);
	g_assert_cmpuint(count_messages(fixture->store), ==, 0);
}

static void
test_cache_not_plain(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = fixture_path(fixture, "cache/postern/cache.db");

	g_clear_pointer(&fixture->store, store_free);
	g_assert_true(g_file_set_contents(file, "This is no database, only text.\n", -1, NULL));
	assert_rebuilt(fixture, TRUE);
}

static void
test_nine_bad_kept(Fixture *fixture, gconstpointer data)
{
	for (guint i = 0; i < 11; i++) {
		g_clear_pointer(&fixture->store, store_free);
		damage(fixture, "cache/postern/cache.db", 0, 100);
		assert_rebuilt(fixture, TRUE);
	}
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-9"), >, 0);
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-10"), ==, -1);
}

/* Damage behind the header is met in use, told, and gone at the start after. */
static void
test_cache_inside(Fixture *fixture, gconstpointer data)
{
	GError *error = NULL;
	goffset size;

	fill_and_close(fixture);
	size = size_of(fixture, "cache/postern/cache.db");
	/* Behind the definitions of the tables, of which the first pages are full. */
	for (goffset page = 24 * 4096; page < size; page += 4096)
		damage(fixture, "cache/postern/cache.db", page, 200);
	assert_rebuilt(fixture, FALSE);
	g_assert_cmpuint(count_messages(fixture->store), <, 1000);
	for (guint32 uid = 1; uid <= 1000 && !error; uid++)
		if (!put_message(fixture->store, uid, &error))
			break;
	assert_error_says(error, ERR_CORRUPT, "cache.db is damaged");
	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-1"), >=, size);
	fixture_reopen(fixture);
	put_both(fixture);
	fixture_commit(fixture);
}

/* ---- versions ---- */

static void
test_newer_cache(Fixture *fixture, gconstpointer data)
{
	put_both(fixture);
	fixture_commit(fixture);
	execute(fixture->store->cache, "PRAGMA user_version = 99");
	g_clear_pointer(&fixture->store, store_free);
	assert_rebuilt(fixture, TRUE);
	g_assert_cmpuint(count_messages(fixture->store), ==, 0);
	g_assert_cmpuint(count_ops(fixture->store), ==, 1);
	g_assert_cmpint(size_of(fixture, "cache/postern/cache.db.bad-1"), >, 0);
}

static void
test_newer_state(Fixture *fixture, gconstpointer data)
{
	execute(fixture->store->state, "PRAGMA user_version = 900");
	assert_refused(fixture, ERR_CORRUPT, "newer Postern (version 900 of its tables; this one");
}

/* ---- killed at every step ---- */

#define TURNS 4

/* A program that journals one op and writes one message in each turn, and says so in a file when
 * the turn is committed; POSTERN_FAULT kills it on the way. */
static void
killed_subprocess(void)
{
	Fixture fixture = {.root = g_strdup(g_getenv("STORE_TEST_ROOT"))};
	g_autofree char *told = fixture_path(&fixture, "told");
	GError *error = NULL;

	fixture.state_dir = fixture_path(&fixture, "killed-state");
	fixture.cache_dir = fixture_path(&fixture, "killed-cache");
	fixture_reopen(&fixture);
	for (guint32 turn = 1; turn <= TURNS; turn++) {
		g_autofree char *number = g_strdup_printf("%u", turn);
		gboolean done = put_op(fixture.store, &error) &&
				put_message(fixture.store, turn, &error) &&
				store_commit(fixture.store, &error);

		assert_done(done, error);
		g_assert_true(g_file_set_contents(told, number, -1, NULL));
	}
	store_free(fixture.store);
	g_free(fixture.state_dir);
	g_free(fixture.cache_dir);
	g_free(fixture.root);
}

/* What was told to be committed is there, at most one turn more, and the cache is never behind the
 * journal. */
static void
assert_survived(Fixture *fixture)
{
	g_autofree char *state_dir = fixture_path(fixture, "killed-state");
	g_autofree char *cache_dir = fixture_path(fixture, "killed-cache");
	g_autofree char *told = fixture_path(fixture, "told"), *text = NULL;
	guint committed = 0, ops, messages;
	gboolean rebuilt = TRUE;
	GError *error = NULL;
	Store *store = store_open(state_dir, cache_dir, &rebuilt, &error);

	g_assert_no_error(error);
	g_assert_false(rebuilt);
	g_assert_null(store_mended(store));
	if (g_file_get_contents(told, &text, NULL, NULL))
		committed = (guint)g_ascii_strtoull(text, NULL, 10);
	ops = count_ops(store);
	messages = count_messages(store);
	g_assert_cmpuint(ops, >=, committed);
	g_assert_cmpuint(ops, <=, committed + 1);
	g_assert_cmpuint(messages, >=, ops);
	g_assert_cmpuint(messages, <=, committed + 1);
	store_free(store);
}

static void
clear_killed(Fixture *fixture)
{
	static const char *const names[] = {"killed-state", "killed-cache", "told"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = fixture_path(fixture, names[i]);

		fixture_remove_tree(path);
	}
}

static void
test_killed(Fixture *fixture, gconstpointer data)
{
	guint steps = 0;
	gboolean ended = FALSE;

	g_setenv("STORE_TEST_ROOT", fixture->root, TRUE);
	while (!ended && steps < 100) {
		g_autofree char *number = g_strdup_printf("%u", ++steps);

		g_setenv("POSTERN_FAULT", number, TRUE);
		g_test_trap_subprocess("/store/db/killed/subprocess", 0, 0);
		g_unsetenv("POSTERN_FAULT");
		ended = g_test_trap_has_passed();
		assert_survived(fixture);
		clear_killed(fixture);
	}
	/* Two to make each file's tables, four in each turn, and the one that never came. */
	g_assert_cmpuint(steps, ==, 2 * 2 + 4 * TURNS + 1);
}

/* ---- two programs ---- */

static void
test_two_writers(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Store) other = NULL;
	GError *error = NULL;
	gint64 begun;
	gboolean done;

	other = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	g_assert_no_error(error);
	put_both(fixture);
	begun = g_get_monotonic_time();
	g_assert_false(put_op(other, &error));
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 10 * G_USEC_PER_SEC);
	assert_error_says(error, ERR_DISK, "Another Postern is writing");
	error = NULL;
	g_assert_cmpuint(count_ops(other), ==, 0); /* who only reads never waits */
	g_assert_false(store_commit(other, &error));
	assert_error_says(error, ERR_DISK, "Another Postern is writing");
	error = NULL;

	fixture_commit(fixture);
	done = put_op(other, &error) && store_commit(other, &error);
	assert_done(done, error);
	g_assert_cmpuint(count_ops(fixture->store), ==, 2);
}

/* ---- cost ---- */

static void
test_open_speed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Store) other = NULL;
	GError *error = NULL;
	sqlite3_int64 before;
	gdouble seconds;

	fill_and_close(fixture);
	before = sqlite3_memory_used();
	g_test_timer_start();
	other = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	g_assert_no_error(error);
	seconds = g_test_timer_elapsed();
	g_test_minimized_result(seconds, "open: %.2f ms", seconds * 1000);
	g_test_minimized_result((double)(sqlite3_memory_used() - before), "open: %d KB",
		(int)((sqlite3_memory_used() - before) / 1024));
	g_test_timer_start();
	for (guint i = 0; i < 100; i++) {
		gboolean done = put_op(other, &error) && store_commit(other, &error);

		assert_done(done, error);
	}
	seconds = g_test_timer_elapsed() / 100;
	g_test_minimized_result(seconds, "journal one op: %.2f ms", seconds * 1000);
}

#define ADD(name, function) \
	g_test_add("/store/db/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

/* Before the first point is passed, which is when the environment is read. */
static char *
begin_fault_log(void)
{
	char *file = NULL;
	int fd = g_file_open_tmp("postern-store-XXXXXX", &file, NULL);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(close(fd), ==, 0);
	g_setenv("POSTERN_FAULT_LOG", file, TRUE);
	g_unsetenv("POSTERN_FAULT");
	return file;
}

int
main(int argc, char **argv)
{
	g_autofree char *fault_log = NULL;
	int status;

	g_test_init(&argc, &argv, NULL);
	if (!g_test_subprocess())
		fault_log = begin_fault_log();
	signal(SIGXFSZ, SIG_IGN);
	bad_disk_install();
	ADD("modes", test_modes);
	ADD("modes-tightened", test_modes_tightened);
	ADD("symlink-refused", test_symlink_refused);
	ADD("directory-refused", test_directory_refused);
	ADD("not-writable", test_not_writable);
	ADD("cache-not-writable", test_cache_not_writable);
	ADD("read-only", test_read_only);
	ADD("durable", test_durable);
	ADD("nothing-written", test_nothing_written);
	ADD("journal-last", test_journal_last);
	ADD("commit-fails", test_commit_fails);
	ADD("full-cache", test_full_cache);
	ADD("full-state", test_full_state);
	ADD("void-unwritten", test_void_unwritten);
	g_test_add("/store/db/void-unwritten/failing", Fixture, "failing", fixture_set_up,
		test_void_unwritten, fixture_tear_down);
	ADD("failing-state", test_failing_state);
	ADD("failing-cache", test_failing_cache);
	g_test_add("/store/db/failing-cache/reads", Fixture, "reads", fixture_set_up,
		test_failing_cache, fixture_tear_down);
	ADD("number-after-rollback", test_number_after_rollback);
	ADD("cache-header", test_cache_header);
	ADD("cache-truncated", test_cache_truncated);
	ADD("cache-not-plain", test_cache_not_plain);
	ADD("cache-inside", test_cache_inside);
	ADD("nine-bad-kept", test_nine_bad_kept);
	ADD("newer-cache", test_newer_cache);
	ADD("newer-state", test_newer_state);
	ADD("two-writers", test_two_writers);
	ADD("killed", test_killed);
	g_test_add_func("/store/db/killed/subprocess", killed_subprocess);
	if (g_test_perf())
		ADD("open-speed", test_open_speed);
	status = g_test_run();
	if (fault_log)
		g_assert_cmpint(g_unlink(fault_log), ==, 0);
	return status;
}
