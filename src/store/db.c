#include "store/db.h"

#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "store/disk.h"
#include "store/ops-private.h"

#include <errno.h>

/* Another Postern holds the lock for as long as one turn of its loop and one fsync. While this one
 * waits for it, no key is answered: three frames, then the turn is lost and done again. */
#define BUSY_MS 50
/* What the user asks for is not done again by itself, and on a loaded machine or a slow disk the other's turn
 * takes longer. */
#define BUSY_CHANGE_MS 250
/* At the start there is no screen yet, and the other one may be making the tables. */
#define BUSY_OPEN_MS 2000
#define BUSY_TRIES   20
/* The longest value: a damaged length must not become an allocation. */
#define VALUE_BYTES_MAX (8 * 1024 * 1024)
/* 64 MiB, where the cache has no file. */
#define MEMORY_MAX "PRAGMA max_page_count = 16384"
/* 4 MiB: the same as SQLite does by itself. */
#define CHECKPOINT_PAGES 1000
/* A number beyond it is damage, not the future. */
#define VERSION_MAX 999

/* ---- failures ---- */

static gboolean
fail_damaged(Db *db, GError **error)
{
	db->damaged = TRUE;
	if (db->kind->is_cache)
		return err_set(error, ERR_CORRUPT,
			"The cache %s is damaged; Postern makes it anew.", db->file);
	return err_set(error, ERR_CORRUPT,
		"The journal of your changes, %s, is damaged; Postern saves what can be read of it "
		"when it starts again.",
		db->file);
}

static gboolean
say_failure(Db *db, int code, int system, GError **error)
{
	switch (code & 0xff) {
	case SQLITE_ERROR: /* our own SQL is right, so the tables are not what they were */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return fail_damaged(db, error);
	case SQLITE_FULL:
		return err_set(error, ERR_DISK,
			"The disk is full: %s can't be written. Make room and try again.",
			db->file);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(
			error, ERR_DISK, "Another Postern is writing to %s; try again.", db->file);
	case SQLITE_READONLY:
		return err_set(error, ERR_DISK,
			"%s can only be read; give yourself the right to write it.", db->file);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return err_set(error, ERR_DISK,
			"%s can't be opened: %s. Give yourself the right to read and write it.",
			db->file, system ? g_strerror(system) : sqlite3_errstr(code));
	default:
		return err_set(error, ERR_DISK, "%s can't be read or written: %s.%s", db->file,
			system ? g_strerror(system) : sqlite3_errstr(code),
			system == EIO ? " The disk fails: save what is on it." : "");
	}
}

/* No room and another Postern pass. These don't. */
static gboolean
is_lasting(int code, int system)
{
	switch (code & 0xff) {
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM: return TRUE;
	case SQLITE_IOERR: return system == EIO || system == EROFS;
	default: return FALSE;
	}
}

/* Of a COMMIT that fails SQLite keeps no errno; the file system's own word is still there. */
static int
system_error(Db *db, int code)
{
	int system = sqlite3_system_errno(db->sqlite);
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (system || (code & 0xff) != SQLITE_IOERR)
		return system;
	return vfs->xGetLastError(vfs, 0, NULL);
}

gboolean
db_fail(Db *db, int code, GError **error)
{
	int system = system_error(db, code);

	if (db->kind->is_cache && !db->unusable && is_lasting(code, system))
		(void)say_failure(db, code, system, &db->unusable);
	return say_failure(db, code, system, error);
}

void
db_set_patient(Db *db, gboolean patient)
{
	(void)sqlite3_busy_timeout(db->sqlite, patient ? BUSY_OPEN_MS : BUSY_MS);
}

static gboolean
tell_failure(const Db *db, GError **error)
{
	if (error)
		*error = g_error_copy(db->failure);
	return FALSE;
}

gboolean
db_fail_turn(Db *db, int code, GError **error)
{
	if (!db->failure)
		(void)db_fail(db, code, &db->failure);
	return tell_failure(db, error);
}

/* ---- one file ---- */

static gboolean
execute(Db *db, const char *sql, GError **error)
{
	int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || db_fail(db, code, error);
}

static gboolean
read_number(Db *db, const char *sql, gint64 *out_number, GError **error)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*out_number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement); /* repeats what the step said */
	return code == SQLITE_ROW || db_fail(db, code, error);
}

static int
begin(Db *db)
{
	int code = SQLITE_OK;

	if (!db->in_transaction)
		code = sqlite3_exec(db->sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	db->in_transaction |= code == SQLITE_OK;
	return code;
}

gboolean
db_begin(Db *db, GError **error)
{
	int code;

	if (db->failure)
		return tell_failure(db, error);
	/* A cache that can't be written must not keep anybody from changing anything. */
	if (!db->in_transaction && db->before)
		(void)begin(db->before);
	code = begin(db);
	return code == SQLITE_OK || db_fail_turn(db, code, error);
}

gboolean
db_begin_change(Db *db, GError **error)
{
	int code;

	if (db->failure)
		return tell_failure(db, error);
	(void)sqlite3_busy_timeout(db->sqlite, BUSY_CHANGE_MS);
	code = begin(db);
	db_set_patient(db, FALSE);
	return code == SQLITE_OK || db_fail_turn(db, code, error);
}

void
db_rollback(Db *db)
{
	g_autoptr(GError) error = NULL;

	/* SQLite may have rolled back by itself, as it does when the disk is full. */
	if (!sqlite3_get_autocommit(db->sqlite) && !execute(db, "ROLLBACK", &error))
		log_line(LOG_ERROR, "store", "%s", error->message);
	db->in_transaction = db->written = FALSE;
	g_clear_error(&db->failure);
}

gboolean
db_commit(Db *db, GError **error)
{
	if (db->failure)
		return tell_failure(db, error);
	if (!db->in_transaction)
		return TRUE;
	if (db->written)
		fault_point(db->kind->fault_before);
	if (!execute(db, "COMMIT", error))
		return FALSE;
	if (db->written)
		fault_point(db->kind->fault_after);
	db->in_transaction = db->written = FALSE;
	return TRUE;
}

gboolean
db_new_id(Db *db, gint64 *out_id, GError **error)
{
	g_auto(Query) raise = query_begin(db, "UPDATE counter SET last = max(last, ?) + 1");
	g_auto(Query) read = query_begin(db, "SELECT last FROM counter");

	query_add_int(&raise, db->last_id);
	if (!query_run(&raise, error))
		return FALSE;
	if (!query_next(&read)) /* the row was there when the table was made */
		return db_fail_turn(db, SQLITE_CORRUPT, error);
	*out_id = db->last_id = query_get_int(&read);
	return TRUE;
}

void
db_free(Db *db)
{
	if (!db)
		return;
	g_clear_pointer(&db->statements, g_hash_table_unref);
	if (sqlite3_close(db->sqlite) != SQLITE_OK)
		log_line(LOG_ERROR, "store", "%s was not closed in order", db->file);
	g_clear_error(&db->failure);
	g_clear_error(&db->unusable);
	g_free(db->file);
	g_free(db);
}

static gint64
newest_version(const DbKind *kind)
{
	return (gint64)g_strv_length((char **)kind->schema);
}

static gboolean
check_version(Db *db, gint64 version, GError **error)
{
	gint64 newest = newest_version(db->kind);

	if (version >= 0 && version <= newest)
		return TRUE;
	if (version < 0 || version > VERSION_MAX)
		return fail_damaged(db, error);
	return err_set(error, ERR_CORRUPT,
		"%s was written by a newer Postern (version %" G_GINT64_FORMAT
		" of its tables; this one knows version %" G_GINT64_FORMAT
		"). Start the newer one, or move the file away.",
		db->file, version, newest);
}

/* The version is read again inside of the transaction: another Postern may have been faster. */
static gboolean
db_upgrade(Db *db, GError **error)
{
	gint64 version;

	if (!db_begin(db, error) || !read_number(db, "PRAGMA user_version", &version, error) ||
		!check_version(db, version, error))
		return FALSE;
	db->written = TRUE;
	for (; version < newest_version(db->kind); version++) {
		g_autofree char *mark =
			g_strdup_printf("PRAGMA user_version = %" G_GINT64_FORMAT, version + 1);

		if (!execute(db, db->kind->schema[version], error) || !execute(db, mark, error))
			return FALSE;
	}
	return db_commit(db, error);
}

/* Programs that find a new file at the same time all change it to WAL. SQLite does not wait for who is
 * just doing that, but it does before a transaction. */
static gboolean
apply_settings(Db *db, GError **error)
{
	int code = sqlite3_exec(db->sqlite, db->kind->settings, NULL, NULL, NULL);

	for (guint i = 0; (code & 0xff) == SQLITE_BUSY && i < BUSY_TRIES; i++) {
		if (!execute(db, "BEGIN IMMEDIATE; ROLLBACK", error))
			return FALSE;
		code = sqlite3_exec(db->sqlite, db->kind->settings, NULL, NULL, NULL);
	}
	return code == SQLITE_OK || db_fail(db, code, error);
}

#define FILE_IS_SOUND "SELECT quick_check = 'ok' FROM pragma_quick_check(1)"
/* Of the numbers that ops have, all were given once, and there are some left. */
#define COUNTER_IS_RIGHT                                                                  \
	"SELECT count(*) = 1 AND min(last) >= (SELECT coalesce(max(max(id, undo_group))," \
	" 0) FROM op) AND max(last) < 1 << 62 FROM counter"

/* The journal is small, and what it says is done on the server. */
static gboolean
check_journal(Db *db, GError **error)
{
	gint64 sound = 0, right = 0;

	if (!read_number(db, FILE_IS_SOUND, &sound, error))
		return FALSE;
	if (!sound)
		return fail_damaged(db, error);
	if (!read_number(db, COUNTER_IS_RIGHT, &right, error))
		return FALSE;
	return (right && !ops_count_damaged(db)) || fail_damaged(db, error);
}

/* Reads the header and the schema, which is where damage shows at once; farther in it shows when it is met,
 * but in the journal it is looked for. */
static gboolean
db_prepare(Db *db, GError **error)
{
	gint64 version;

	if (!read_number(db, "PRAGMA user_version", &version, error) ||
		!check_version(db, version, error) || !apply_settings(db, error))
		return FALSE;
	if (sqlite3_db_readonly(db->sqlite, "main"))
		return db_fail(db, SQLITE_READONLY, error);
	if (version < newest_version(db->kind) && !db_upgrade(db, error))
		return FALSE;
	return (db->kind->is_cache || check_journal(db, error)) &&
	       read_number(db, "SELECT last FROM counter", &db->last_id, error);
}

/* Closing a database whose header is damaged would remove its WAL, with all that is still whole in it. */
static void
keep_wal(Db *db, gboolean keep)
{
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, NULL);
}

static void
finalize(gpointer statement)
{
	(void)sqlite3_finalize(statement); /* repeats what its last step said */
}

/* SQLite's own hook would write the WAL back here, with two calls of fsync, while store_commit() has the journal's
 * lock still. */
static int
on_wal(gpointer user, sqlite3 *sqlite, const char *name, int pages)
{
	((Db *)user)->wal_pages = pages;
	return SQLITE_OK;
}

void
db_checkpoint(Db *db)
{
	if (db->wal_pages < CHECKPOINT_PAGES)
		return;
	/* It is tried again behind the next commit. */
	(void)sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	db->wal_pages = 0;
}

Db *
db_open(const DbKind *kind, const char *dir, gboolean *out_damaged, GError **error)
{
	g_autoptr(Db) db = g_new0(Db, 1);
	g_autofree char *whole_dir = g_canonicalize_filename(dir, NULL);
	int code;

	*out_damaged = FALSE;
	db->kind = kind;
	db->file = g_build_filename(whole_dir, kind->file, NULL);
	db->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize);
	if (!disk_prepare_dir(whole_dir, error) || !disk_prepare_file(db->file, error))
		return NULL;
	code = sqlite3_open_v2(
		db->file, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK) {
		(void)db_fail(db, code, error);
		*out_damaged = db->damaged;
		return NULL;
	}
	(void)sqlite3_extended_result_codes(db->sqlite, TRUE);
	(void)sqlite3_limit(db->sqlite, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
	db_set_patient(db, TRUE);
	keep_wal(db, TRUE);
	if (!db_prepare(db, error)) {
		*out_damaged = db->damaged;
		return NULL;
	}
	keep_wal(db, FALSE);
	db_set_patient(db, FALSE);
	if (kind->is_cache)
		(void)sqlite3_wal_hook(db->sqlite, on_wal, db);
	return g_steal_pointer(&db);
}

Db *
db_open_in_memory(const DbKind *kind, const char *file)
{
	g_autoptr(GError) error = NULL;
	Db *db = g_new0(Db, 1);

	db->kind = kind;
	db->file = g_strdup(file);
	db->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize);
	if (sqlite3_open(":memory:", &db->sqlite) != SQLITE_OK || !db_upgrade(db, &error))
		g_error("no memory for %s", kind->file);
	(void)sqlite3_exec(db->sqlite, MEMORY_MAX, NULL, NULL, NULL);
	return db;
}
