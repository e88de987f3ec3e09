/* Several programs on the same two files: whose ops they are, what becomes of those of the dead, and
 * processes that are killed while they all write. */
#include "base/err.h"
#include "store-fixture.h"
#include "store/messages.h"
#include "store/ops.h"
#include "store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- helpers ---- */

static StoreOp *
make_op(guint32 uid)
{
	StoreOp *op = store_op_new();

	op->account = g_strdup("work");
	op->mailbox = g_strdup("INBOX");
	op->kind = STORE_OP_EXPUNGE;
	uidset_add(op->uids, uid);
	return op;
}

static void
put(Store *store, StoreOp *op)
{
	GError *error = NULL;
	gboolean done = store_op_put(store, op, &error) && store_commit(store, &error);

	assert_done(done, error);
}

static Store *
open_another(const Fixture *fixture)
{
	GError *error = NULL;
	Store *store = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(store);
	return store;
}

static guint
adopt(Store *store, const char *account)
{
	GError *error = NULL;
	guint adopted = 99;
	gboolean done = store_ops_adopt(store, account, TRUE, &adopted, &error);

	assert_done(done, error);
	return adopted;
}

static guint
count_own(Store *store)
{
	guint damaged = 99;
	g_autoptr(GPtrArray) ops = store_ops_load(store, "work", &damaged);

	g_assert_cmpuint(damaged, ==, 0);
	return ops->len;
}

static guint
count_locks(const Fixture *fixture)
{
	g_autoptr(GDir) dir = g_dir_open(fixture->state_dir, 0, NULL);
	const char *name;
	guint n = 0;

	while ((name = g_dir_read_name(dir)))
		n += g_str_has_suffix(name, ".lock");
	return n;
}

static void
execute(Db *db, const char *sql)
{
	g_assert_cmpint(sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
assert_sound(Db *db)
{
	g_auto(Query) query = query_begin(db, "PRAGMA integrity_check");
	g_autofree char *said = NULL;

	g_assert_true(query_next(&query));
	said = query_get_string(&query);
	g_assert_cmpstr(said, ==, "ok");
}

/* ---- whose ---- */

static void
test_own(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) op = make_op(1), others = make_op(2);
	Store *other = open_another(fixture);
	GError *error = NULL;
	gboolean done;

	g_assert_cmpuint(count_locks(fixture), ==, 2);
	op->state = STORE_OP_DONE;
	put(fixture->store, op);
	put(other, others);
	g_assert_cmpuint(adopt(other, "work"), ==, 0);
	g_assert_cmpuint(count_own(other), ==, 1);
	g_assert_cmpuint(count_own(fixture->store), ==, 1);

	/* Neither removed nor trimmed by the other. */
	done = store_op_remove(other, op->id, &error) && store_ops_trim(other, 0, &error) &&
	       store_commit(other, &error);
	assert_done(done, error);
	g_assert_cmpuint(count_own(fixture->store), ==, 1);
	store_free(other);
	g_assert_cmpuint(count_locks(fixture), ==, 1);

	/* Ended in order: what it left is taken over once. */
	g_assert_cmpuint(count_own(fixture->store), ==, 1);
	g_assert_cmpuint(adopt(fixture->store, "home"), ==, 0);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 1);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 0);
	g_assert_cmpuint(count_own(fixture->store), ==, 2);
	g_assert_false(store_has_changes(fixture->store));
}

/* What this turn has written is not lost when it takes over, and not when it can't. */
static void
test_adopt_in_turn(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) first = make_op(1), second = make_op(2);
	Store *other = open_another(fixture);
	GError *error = NULL;
	gboolean done;

	put(other, first);
	store_free(other);
	done = store_op_put(fixture->store, second, &error);
	assert_done(done, error);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 1);
	g_assert_cmpuint(count_own(fixture->store), ==, 2);
	fixture_reopen(fixture);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 2);

	execute(fixture->store->state, "UPDATE op SET owner = 0; PRAGMA query_only = 1");
	g_assert_false(store_ops_adopt(fixture->store, "work", TRUE, NULL, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_DISK);
	g_clear_error(&error);
	g_assert_false(store_has_changes(fixture->store));
	g_assert_cmpuint(count_own(fixture->store), ==, 0);
	execute(fixture->store->state, "PRAGMA query_only = 0");
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 2);
}

/* A number that a failed commit took back was given to another since. */
static void
test_number_taken(Fixture *fixture, gconstpointer data)
{
	g_autoptr(StoreOp) op = make_op(1), others = make_op(2);
	Store *other = open_another(fixture);
	g_autoptr(GError) error = NULL;

	g_assert_true(store_op_put(fixture->store, op, &error));
	fixture->store->state->failure = g_error_new_literal(ERR_DOMAIN, ERR_DISK, "made up");
	g_assert_false(store_commit(fixture->store, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_DISK);
	put(other, others);
	g_assert_cmpint(op->id, ==, others->id);
	put(fixture->store, op);
	g_assert_cmpint(op->id, >, others->id);
	put(other, others);
	g_assert_cmpuint(count_own(fixture->store), ==, 1);
	g_assert_cmpuint(count_own(other), ==, 1);
	store_free(other);
}

/* A program that puts an op and is killed. */
static void
die_with_op(const Fixture *fixture)
{
	int status;
	pid_t pid = fork();

	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		Store *store = open_another(fixture);
		g_autoptr(StoreOp) op = make_op(1);

		put(store, op);
		kill(getpid(), SIGKILL);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
test_killed(Fixture *fixture, gconstpointer data)
{
	g_autofree char *strange = g_build_filename(fixture->state_dir, "instance-x.lock", NULL);

	/* SQLite does not cross a fork. */
	g_clear_pointer(&fixture->store, store_free);
	die_with_op(fixture);
	g_assert_cmpuint(count_locks(fixture), ==, 1);
	die_with_op(fixture);
	g_assert_cmpuint(count_locks(fixture), ==, 1);
	g_assert_true(g_file_set_contents(strange, "", 0, NULL));
	fixture_reopen(fixture);
	g_assert_cmpuint(count_locks(fixture), ==, 2);
	g_assert_cmpuint(count_own(fixture->store), ==, 0);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 2);
	g_assert_cmpuint(count_own(fixture->store), ==, 2);
	fixture_reopen(fixture);
	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpuint(count_locks(fixture), ==, 1);
}

/* A program that this one runs does not keep its lock. */
static void
test_not_inherited(Fixture *fixture, gconstpointer data)
{
	char *argv[] = {(char *)"/bin/cat", NULL};
	Store *other = open_another(fixture);
	g_autoptr(StoreOp) op = make_op(1);
	int in;
	GPid pid;

	put(other, op);
	g_assert_true(g_spawn_async_with_pipes(NULL, argv, NULL,
		G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL, &pid, &in,
		NULL, NULL, NULL));
	store_free(other);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 1);
	close(in);
	g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
}

/* The other one goes on with the file that it has open; a new one in its place would lose its WAL
 * when that one ends. */
static void
test_damaged_cache(Fixture *fixture, gconstpointer data)
{
	g_autofree char *bad = g_build_filename(fixture->cache_dir, "cache.db.bad-1", NULL);
	g_autoptr(GError) error = NULL;
	gboolean rebuilt = FALSE;

	execute(fixture->store->cache, "PRAGMA user_version = 99");
	g_assert_null(store_open(fixture->state_dir, fixture->cache_dir, &rebuilt, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_CORRUPT);
	g_assert_nonnull(strstr(error->message, "End the other Postern first."));
	g_assert_false(g_file_test(bad, G_FILE_TEST_EXISTS));
	g_assert_cmpuint(count_locks(fixture), ==, 1);
	fixture_reopen(fixture);
	g_assert_true(g_file_test(bad, G_FILE_TEST_EXISTS));
}

static void
test_no_lock(Fixture *fixture, gconstpointer data)
{
	g_autofree char *nowhere = fixture_path(fixture, "nowhere");
	g_autoptr(GError) error = NULL;

	g_assert_null(instance_new(nowhere, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_DISK);
	g_assert_nonnull(strstr(error->message, nowhere));
}

/* ---- whose turn ---- */

#define TURN_MS 100 /* of a slow disk: longer than a turn waits, shorter than a user does */

typedef struct {
	char *file;
	GMutex mutex;
	GCond changed;
	gboolean has_begun, may_end;
} LongTurn;

static void
wait_for(LongTurn *turn, const gboolean *what)
{
	g_mutex_lock(&turn->mutex);
	while (!*what)
		g_cond_wait(&turn->changed, &turn->mutex);
	g_mutex_unlock(&turn->mutex);
}

static void
announce(LongTurn *turn, gboolean *what)
{
	g_mutex_lock(&turn->mutex);
	*what = TRUE;
	g_cond_broadcast(&turn->changed);
	g_mutex_unlock(&turn->mutex);
}

static gpointer
hold_lock(gpointer user)
{
	LongTurn *turn = user;
	sqlite3 *sqlite;

	g_assert_cmpint(sqlite3_open(turn->file, &sqlite), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	announce(turn, &turn->has_begun);
	wait_for(turn, &turn->may_end);
	g_assert_cmpint(poll(NULL, 0, TURN_MS), ==, 0);
	g_assert_cmpint(sqlite3_exec(sqlite, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(sqlite);
	return NULL;
}

static gint64
waits_ms(const Db *db)
{
	sqlite3_stmt *statement;
	gint64 ms;

	g_assert_cmpint(sqlite3_prepare_v2(db->sqlite, "PRAGMA busy_timeout", -1, &statement, NULL),
		==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	ms = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return ms;
}

/* The user is not told to try again because another Postern is at it for a moment; what the program notes by itself
 * is, and does not hold up the keys. */
static void
test_long_turn(Fixture *fixture, gconstpointer data)
{
	LongTurn turn = {.file = g_build_filename(fixture->state_dir, "state.db", NULL)};
	g_autoptr(StoreOp) own = make_op(1), users = make_op(2);
	GThread *thread = g_thread_new("turn", hold_lock, &turn);
	GError *error = NULL;

	wait_for(&turn, &turn.has_begun);
	g_assert_cmpint(waits_ms(fixture->store->state), <, TURN_MS);
	g_assert_cmpint(waits_ms(fixture->store->cache), <, TURN_MS);
	g_assert_false(store_op_put(fixture->store, own, &error));
	g_assert_error(error, ERR_DOMAIN, ERR_DISK);
	g_clear_error(&error);
	g_assert_false(store_commit(fixture->store, &error));
	g_clear_error(&error);
	announce(&turn, &turn.may_end);
	g_assert_true(store_begin_change(fixture->store, &error));
	g_assert_cmpint(waits_ms(fixture->store->state), <, TURN_MS);
	put(fixture->store, users);
	g_thread_join(thread);
	g_assert_cmpuint(count_own(fixture->store), ==, 1);
	g_free(turn.file);
}

#define FILLING (1024 * 1024)

static goffset
size_of_cache(const Fixture *fixture, const char *suffix)
{
	g_autofree char *name = g_strconcat("cache.db", suffix, NULL);
	g_autofree char *file = g_build_filename(fixture->cache_dir, name, NULL);
	GStatBuf status;

	g_assert_cmpint(g_stat(file, &status), ==, 0);
	return status.st_size;
}

/* The WAL of the cache is written back: not by its own commits, which others wait for with the journal's lock, and
 * yet before it grows. */
static void
test_checkpoint(Fixture *fixture, gconstpointer data)
{
	goffset before;

	execute(fixture->store->cache, "CREATE TABLE filling (octets)");
	before = size_of_cache(fixture, "");
	for (guint i = 0; i < 8; i++)
		execute(fixture->store->cache, "INSERT INTO filling VALUES (zeroblob(1048576))");
	g_assert_cmpint(size_of_cache(fixture, ""), ==, before);
	for (guint32 i = 0; i < 40; i++) {
		g_autoptr(StoreMessage) row = store_message_new();
		GError *error = NULL;
		gboolean done;

		row->folder = row->uid = i + 1;
		execute(fixture->store->cache, "INSERT INTO filling VALUES (zeroblob(1048576))");
		done = store_message_put(fixture->store, row, &error) &&
		       store_commit(fixture->store, &error);
		assert_done(done, error);
	}
	g_assert_cmpint(size_of_cache(fixture, ""), >, 40 * FILLING);
	g_assert_cmpint(size_of_cache(fixture, "-wal"), <, 20 * FILLING);
}

/* ---- a journal of the first version ---- */

static void
test_upgrade(Fixture *fixture, gconstpointer data)
{
	g_autofree char *file = g_build_filename(fixture->state_dir, "state.db", NULL);
	g_autoptr(GPtrArray) ops = NULL;
	const StoreOp *op;
	sqlite3 *old;

	g_clear_pointer(&fixture->store, store_free);
	g_assert_cmpint(g_unlink(file), ==, 0);
	g_assert_cmpint(sqlite3_open(file, &old), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(old, schema_state[0], NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(old,
				"PRAGMA user_version = 1; UPDATE counter SET last = 8;"
				"INSERT INTO op VALUES (7, 6, 'work', x'494e424f58', 12, '3:9', 4,"
				" 2, '', x'41', 0, NULL, NULL, 1, 0, 1700000000);"
				"INSERT INTO op VALUES (8, 6, 'home', x'494e424f58', 12, '1', 5,"
				" 1, '', NULL, 0, NULL, NULL, 0, 0, 1700000000);",
				NULL, NULL, NULL),
		==, SQLITE_OK);
	sqlite3_close(old);

	fixture_reopen(fixture);
	g_assert_cmpuint(adopt(fixture->store, "work"), ==, 1);
	ops = store_ops_load(fixture->store, "work", NULL);
	g_assert_cmpuint(ops->len, ==, 1);
	op = ops->pdata[0];
	g_assert_cmpint(op->id, ==, 7);
	g_assert_cmpint(op->kind, ==, STORE_OP_COPY);
	g_assert_cmpint(op->state, ==, STORE_OP_SENT);
	g_assert_cmpstr(op->to_mailbox, ==, "A");
	g_assert_cmpuint(uidset_count(op->uids), ==, 7);
	g_assert_cmpuint(op->to_uidnext, ==, 0);
	g_assert_cmpint(store_op_new_group(fixture->store), >, 8);
	fixture_commit(fixture);
	fixture_reopen(fixture); /* and not a second time */
	g_assert_cmpuint(adopt(fixture->store, "home"), ==, 1);
}

/* ---- all at once ---- */

#define STARTERS 4

/* Opens both files, writes to both, closes them: 0 when all went well. */
static int
start_and_end(const Fixture *fixture, guint32 uid)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StoreOp) op = make_op(uid);
	Store *store = store_open(fixture->state_dir, fixture->cache_dir, NULL, &error);
	gboolean done = FALSE;

	while (store && !done) {
		g_clear_error(&error);
		done = store_op_put(store, op, &error);
		done = store_commit(store, done ? &error : NULL) && done;
		/* Later than at the start, it does not wait for long. */
		if (error && !strstr(error->message, "Another Postern is writing"))
			break;
	}
	if (error)
		g_printerr("%s\n", error->message);
	store_free(store);
	return done ? 0 : 1;
}

static void
start_together(const Fixture *fixture)
{
	pid_t pids[STARTERS];
	int go[2], status;

	g_assert_cmpint(pipe(go), ==, 0);
	for (guint i = 0; i < STARTERS; i++) {
		pids[i] = fork();
		g_assert_cmpint(pids[i], >=, 0);
		if (pids[i] == 0) {
			char byte;

			close(go[1]);
			(void)!read(go[0], &byte, 1); /* ends for all at the same time */
			_exit(start_and_end(fixture, i + 1));
		}
	}
	close(go[0]);
	close(go[1]);
	for (guint i = 0; i < STARTERS; i++) {
		g_assert_cmpint(waitpid(pids[i], &status, 0), ==, pids[i]);
		g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

/* There is nothing yet: each may be the one that makes directories, files and tables. */
static void
test_start_together(Fixture *fixture, gconstpointer data)
{
	for (guint i = 0; i < 10; i++) {
		g_autofree char *state = fixture_path(fixture, "state");
		g_autofree char *cache = fixture_path(fixture, "cache");

		g_clear_pointer(&fixture->store, store_free);
		fixture_remove_tree(state);
		fixture_remove_tree(cache);
		start_together(fixture);
		g_assert_cmpuint(count_locks(fixture), ==, 0);
		fixture_reopen(fixture);
		g_assert_cmpuint(adopt(fixture->store, "work"), ==, STARTERS);
	}
}

/* ---- a life of many ---- */

#define WRITERS    2
#define KILLS      40
#define WRITER_UID 1000000 /* the UIDs of each writer's first user */

/*
 * A writer is a small Postern: a user who asks for a change of a new UID again and again, and a
 * server: a file that a line is added to for each change. The change is journalled as WAITING, then
 * the user is told (the test, which answers), it is marked as SENT, sent, and removed. What a dead one
 * left is taken over: WAITING is sent, SENT is sent unless the server has it. Each turn writes to the
 * cache too.
 */
typedef struct {
	Store *store;
	int server, told;
	char *server_file;
} Writer;

static gboolean
write_op(Writer *writer, StoreOp *op, gint64 id, gboolean removed, GError **error)
{
	op->id = id;
	return removed ? store_op_remove(writer->store, id, error)
		       : store_op_put(writer->store, op, error);
}

/* Busy is no failure: what was rolled back is done again. The journal does not wait for the cache. */
static void
write_turn(Writer *writer, StoreOp *op, gboolean removed)
{
	g_autoptr(StoreMessage) row = store_message_new();
	gboolean journalled = FALSE, cached = FALSE;
	gint64 id = op->id;

	row->folder = 1;
	row->uid = uidset_min(op->uids);
	while (!journalled || !cached) {
		g_autoptr(GError) busy_op = NULL, busy_row = NULL, error = NULL;
		guint lost = store_lost_turns(writer->store);
		gboolean written = journalled || write_op(writer, op, id, removed, &busy_op);

		cached = store_message_put(writer->store, row, &busy_row);
		journalled |= store_commit(writer->store, &error) && written;
		cached &= store_lost_turns(writer->store) == lost;
		if (error)
			g_assert_nonnull(strstr(error->message, "Another Postern is writing"));
	}
}

static void
tell_server(const Writer *writer, guint32 uid)
{
	g_autofree char *line = g_strdup_printf("%u\n", uid);

	g_assert_cmpint(write(writer->server, line, strlen(line)), ==, (gssize)strlen(line));
}

static void
tell_user(const Writer *writer, guint32 uid)
{
	char go;

	g_assert_cmpint(write(writer->told, &uid, sizeof(uid)), ==, sizeof(uid));
	g_assert_cmpint(read(writer->told, &go, 1), ==, 1);
}

static gboolean
server_has(const Writer *writer, guint32 uid)
{
	g_autofree char *all = NULL, *line = g_strdup_printf("\n%u\n", uid);

	g_assert_true(g_file_get_contents(writer->server_file, &all, NULL, NULL));
	return strstr(all, line) != NULL;
}

static void
send_op(Writer *writer, StoreOp *op)
{
	guint32 uid = uidset_min(op->uids);
	gboolean known = op->state == STORE_OP_SENT && server_has(writer, uid);

	op->state = STORE_OP_SENT;
	if (!known) {
		write_turn(writer, op, FALSE);
		tell_server(writer, uid);
	}
	write_turn(writer, op, TRUE);
}

static void
take_over(Writer *writer)
{
	guint adopted = 0;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) ops = NULL;

	if (!store_ops_adopt(writer->store, "work", TRUE, &adopted, &error)) {
		g_assert_nonnull(strstr(error->message, "Another Postern is writing"));
		return;
	}
	if (!adopted)
		return;
	ops = store_ops_load(writer->store, "work", NULL);
	g_assert_cmpuint(ops->len, ==, adopted);
	for (guint i = 0; i < ops->len; i++)
		send_op(writer, ops->pdata[i]);
}

static void
writer_live(const Fixture *fixture, const char *server_file, int told, guint32 uid)
{
	Writer writer = {.store = open_another(fixture), .told = told};

	writer.server_file = g_strdup(server_file);
	writer.server = open(server_file, O_WRONLY | O_APPEND | O_CLOEXEC);
	g_assert_cmpint(writer.server, >=, 0);
	for (;; uid++) {
		g_autoptr(StoreOp) op = make_op(uid);

		take_over(&writer);
		write_turn(&writer, op, FALSE);
		tell_user(&writer, uid);
		send_op(&writer, op);
	}
}

typedef struct {
	pid_t pid;
	int told;
	guint32 first, next; /* UIDs of this user from first; told: all below next */
} Child;

static void
child_start(Child *child, const Fixture *fixture, const char *server_file, guint fault)
{
	int ends[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
	child->pid = fork();
	g_assert_cmpint(child->pid, >=, 0);
	if (child->pid == 0) {
		g_autofree char *number = g_strdup_printf("%u", fault);

		close(ends[0]);
		g_setenv("POSTERN_FAULT", number, TRUE);
		writer_live(fixture, server_file, ends[1], child->first);
	}
	close(ends[1]);
	child->told = ends[0];
	child->next = child->first;
}

static gboolean
child_hear(Child *child)
{
	guint32 uid;

	if (read(child->told, &uid, sizeof(uid)) != sizeof(uid))
		return FALSE;
	g_assert_cmpuint(uid, ==, child->next);
	child->next++;
	(void)send(child->told, "", 1, MSG_NOSIGNAL); /* it may be dead */
	return TRUE;
}

/* Ends CHILD, or sees it ended, and adds to TOLD what its user was told. The next one of this writer
 * begins behind the change that nobody was told of. */
static void
child_end(Child *child, GArray *told)
{
	int status;

	kill(child->pid, SIGKILL);
	while (child_hear(child))
		continue;
	close(child->told);
	g_assert_cmpint(waitpid(child->pid, &status, 0), ==, child->pid);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	for (guint32 uid = child->first; uid < child->next; uid++)
		g_array_append_val(told, uid);
	child->first = child->next + 1;
}

/* How often the server was told of each UID. */
static GHashTable *
read_server(const char *server_file)
{
	GHashTable *times = g_hash_table_new(NULL, NULL);
	g_autofree char *all = NULL;
	g_auto(GStrv) lines = NULL;

	g_assert_true(g_file_get_contents(server_file, &all, NULL, NULL));
	lines = g_strsplit(g_strstrip(all), "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		gpointer uid = GUINT_TO_POINTER((guint)g_ascii_strtoull(lines[i], NULL, 10));
		gpointer n = g_hash_table_lookup(times, uid);

		g_hash_table_insert(times, uid, GUINT_TO_POINTER(GPOINTER_TO_UINT(n) + 1));
	}
	return times;
}

/* The last Postern sends what is left; then each change that a user was told of was done once, and
 * of the others at most the one of each kill. */
static void
assert_done_once(Fixture *fixture, const char *server_file, const GArray *told)
{
	Writer last = {.store = fixture->store, .server_file = (char *)server_file};
	g_autoptr(UidSet) rows = NULL;
	g_autoptr(GHashTable) times = NULL;

	last.server = open(server_file, O_WRONLY | O_APPEND | O_CLOEXEC);
	take_over(&last);
	close(last.server);
	g_assert_cmpuint(count_own(fixture->store), ==, 0);
	rows = store_messages_uids(fixture->store, 1, 1, G_MAXUINT32);
	times = read_server(server_file);
	for (guint i = 0; i < told->len; i++) {
		guint32 uid = g_array_index(told, guint32, i);

		g_assert_cmpuint(
			GPOINTER_TO_UINT(g_hash_table_lookup(times, GUINT_TO_POINTER(uid))), ==, 1);
		g_assert_true(uidset_contains(rows, uid));
	}
	g_assert_cmpuint(g_hash_table_size(times), >=, told->len);
	g_assert_cmpuint(g_hash_table_size(times), <=, told->len + KILLS + WRITERS);
	/* The cache is committed before the journal: a kill in between leaves a row without a change. */
	g_assert_cmpuint(uidset_count(rows), >=, g_hash_table_size(times));
	g_assert_cmpuint(uidset_count(rows), <=, g_hash_table_size(times) + KILLS + WRITERS);
	g_test_message("%u changes of %u programs", told->len, KILLS + WRITERS);
}

static void
test_hammer(Fixture *fixture, gconstpointer data)
{
	g_autofree char *server_file = fixture_path(fixture, "server");
	g_autoptr(GArray) told = g_array_new(FALSE, FALSE, sizeof(guint32));
	Child children[WRITERS] = {{0}};
	guint32 state = (guint32)g_test_rand_int();

	g_clear_pointer(&fixture->store, store_free);
	g_assert_true(g_file_set_contents(server_file, "\n", -1, NULL));
	for (guint i = 0; i < WRITERS; i++) {
		children[i].first = (i + 1) * WRITER_UID;
		child_start(&children[i], fixture, server_file, 0);
	}
	for (guint i = 0; i < KILLS; i++) {
		Child *child = &children[i % WRITERS];
		guint fault;

		state = state * 1664525 + 1013904223;
		/* From outside after some changes, and from inside at any point of a commit. */
		for (guint n = state >> 28; n > 0 && child_hear(child); n--)
			(void)child_hear(&children[(i + 1) % WRITERS]);
		child_end(child, told);
		fault = i % 4 < 2 ? 0 : 1 + (state >> 16) % 64;
		child_start(child, fixture, server_file, fault);
	}
	for (guint i = 0; i < WRITERS; i++)
		child_end(&children[i], told);
	fixture_reopen(fixture);
	g_assert_null(store_mended(fixture->store));
	assert_sound(fixture->store->state);
	assert_sound(fixture->store->cache);
	assert_done_once(fixture, server_file, told);
}

#define ADD(name, function) \
	g_test_add(         \
		"/store/shared/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("own", test_own);
	ADD("adopt-in-turn", test_adopt_in_turn);
	ADD("number-taken", test_number_taken);
	ADD("killed", test_killed);
	ADD("not-inherited", test_not_inherited);
	ADD("damaged-cache", test_damaged_cache);
	ADD("no-lock", test_no_lock);
	ADD("checkpoint", test_checkpoint);
	ADD("upgrade", test_upgrade);
	ADD("start-together", test_start_together);
	ADD("hammer", test_hammer);
	ADD("long-turn", test_long_turn); /* last: nothing forks behind its thread */
	return g_test_run();
}
