#include "store/salvage.h"

#include "base/err.h"
#include "base/log.h"
#include "store/carve.h"
#include "store/disk.h"
#include "store/ops-private.h"
#include "store/ops.h"

#include <string.h>

#define NEW ".new"

/* The schema and the counter: the first tables that were made have the first pages. */
#define OTHER_PAGES 2

/* Of a row of "op" as it is in the file, in the order in which the columns were made. */
enum { COLUMN_OWNER = 16, OLD_COLUMNS = 19, COLUMNS = 20 };
#define INSERT                                                          \
	"INSERT OR REPLACE INTO op (id, undo_group, account, mailbox,"  \
	" uidvalidity, uids, kind, state, flags, to_mailbox,"           \
	" to_uidvalidity, from_uids_done, to_uids_done, step, is_undo," \
	" made_at, owner, to_uidnext, sum, to_account)"                 \
	" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

typedef struct {
	Db *db;
	int code; /* the first failure of the new file */
} Salvage;

/* ---- rows ---- */

static int
bind(sqlite3_stmt *statement, int at, const CarveValue *value)
{
	switch (value->type) {
	case CARVE_NUMBER: return sqlite3_bind_int64(statement, at, value->number);
	case CARVE_TEXT:
		return sqlite3_bind_text(
			statement, at, value->data, (int)value->len, SQLITE_STATIC);
	case CARVE_BLOB:
		return sqlite3_bind_blob(
			statement, at, value->data, (int)value->len, SQLITE_STATIC);
	default: return sqlite3_bind_null(statement, at);
	}
}

/* The id has its own place in the file; and who put the op has ended. */
static int
bind_row(sqlite3_stmt *statement, gint64 id, const CarveValue *values, guint n)
{
	int code = SQLITE_OK;

	for (int i = 0; i < (int)n && code == SQLITE_OK; i++)
		code = bind(statement, i + 1, &values[i]);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(statement, 1, id);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(statement, COLUMN_OWNER + 1, 0);
	return code;
}

/* What SQLite does not take is no op; what it can't write is our failure. */
static gboolean
is_rows_fault(int code)
{
	return (code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_MISMATCH ||
	       (code & 0xff) == SQLITE_TOOBIG;
}

static void
insert(Salvage *salvage, gint64 id, const CarveValue *values, guint n)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(salvage->db->sqlite, INSERT, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = bind_row(statement, id, values, n);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	(void)sqlite3_finalize(statement); /* repeats what the step said */
	if (code != SQLITE_DONE && !is_rows_fault(code))
		salvage->code = code;
}

static void delete (Salvage *salvage, gint64 id)
{
	Query query = query_begin(salvage->db, "DELETE FROM op WHERE id = ?");

	query_add_int(&query, id);
	if (!query_run(&query, NULL)) /* the turn has failed with it */
		salvage->code = SQLITE_ERROR;
}

static gboolean
take_row(gint64 id, const CarveValue *values, guint n, gpointer user)
{
	Salvage *salvage = user;

	/* What was written before the last column was made ends ahead of it. */
	if ((n != COLUMNS && n != OLD_COLUMNS) || salvage->code)
		return FALSE;
	/* The same page may be in the file twice. */
	if (ops_has_whole(salvage->db, id))
		return TRUE;
	insert(salvage, id, values, n);
	if (ops_has_whole(salvage->db, id))
		return TRUE;
	delete (salvage, id);
	return FALSE;
}

/* ---- the new file ---- */

static gboolean
set_counter(Db *db, GError **error)
{
	Query query = query_begin(db,
		"UPDATE counter SET last = (SELECT coalesce(max(max(id, undo_group)), 0) FROM op)");

	return query_run(&query, error);
}

static void
count(Db *db, guint *out_saved, guint *out_waiting)
{
	g_auto(Query) query =
		query_begin(db, "SELECT count(*), count(*) FILTER (WHERE state <> ?) FROM op");

	query_add_int(&query, STORE_OP_DONE);
	if (!query_next(&query))
		return;
	*out_saved = (guint)query_get_int(&query);
	*out_waiting = (guint)query_get_int(&query);
}

static char *
say_what_became(guint saved, guint waiting, const CarveLost *lost)
{
	g_autofree char *bad = NULL;

	if (lost->broken || !lost->more)
		bad = g_strdup_printf(
			"%u%s could not be read", lost->broken, lost->more ? " or more" : "");
	return g_strdup_printf("%u %s saved, %u of them still to be sent; %s", saved,
		saved == 1 ? "was" : "were", waiting, bad ? bad : "others may be lost");
}

/* Fills DB from FILE; *OUT_TEXT is the half of the sentence that says what became of the changes. */
static gboolean
fill(Db *db, const char *file, char **out_text, GError **error)
{
	Salvage salvage = {.db = db};
	CarveLost lost = {0};
	guint saved = 0, waiting = 0;

	if (!db_begin(db, error) ||
		!carve_rows(file, OTHER_PAGES, take_row, &salvage, &lost, error))
		return FALSE;
	if (salvage.code != SQLITE_OK)
		return db_fail(db, salvage.code, error);
	if (!set_counter(db, error) || !ops_doubt_carried(db, error))
		return FALSE;
	count(db, &saved, &waiting);
	if (!db_commit(db, error))
		return FALSE;
	*out_text = say_what_became(saved, waiting, &lost);
	return TRUE;
}

static gboolean
make_new(const DbKind *kind, const char *dir, const char *file, char **out_text, GError **error)
{
	DbKind new_kind = *kind;
	g_autofree char *name = g_strconcat(kind->file, NEW, NULL);
	gboolean damaged = FALSE, done;
	Db *db;

	new_kind.file = name;
	db = db_open(&new_kind, dir, &damaged, error);
	if (!db)
		return FALSE;
	done = fill(db, file, out_text, error);
	db_free(db);
	return done;
}

/* ---- in place of the damaged one ---- */

static gboolean
put_in_place(const char *new_file, const char *file, GError **error)
{
	if (!disk_is_alone(new_file))
		return err_set(error, ERR_DISK, "%s could not be written in whole.", new_file);
	return disk_rename(new_file, file, error);
}

gboolean
salvage_journal(const DbKind *kind, const char *dir, char **out_text, GError **error)
{
	g_autofree char *file = g_build_filename(dir, kind->file, NULL);
	g_autofree char *new_file = g_strconcat(file, NEW, NULL);
	g_autofree char *aside = NULL, *changes = NULL;

	if (!make_new(kind, dir, file, &changes, error) ||
		!disk_set_aside_dated(file, &aside, error) || !put_in_place(new_file, file, error))
		return FALSE;
	*out_text = g_strdup_printf(
		"The journal of your changes was damaged: %s. The damaged file is kept as %s.",
		changes, aside);
	return TRUE;
}

gboolean
salvage_is_needed(const DbKind *kind, const char *dir)
{
	g_autofree char *file = g_build_filename(dir, kind->file, NULL);

	return carve_wal_is_damaged(file);
}

gboolean
salvage_finish(const DbKind *kind, const char *dir, gboolean alone, GError **error)
{
	g_autofree char *file = g_build_filename(dir, kind->file, NULL);
	g_autofree char *new_file = g_strconcat(file, NEW, NULL);
	g_autofree char *aside = NULL;

	if (!disk_exists(new_file))
		return TRUE;
	if (!alone)
		return err_set(error, ERR_DISK,
			"Another Postern is mending the journal of your changes, %s; try again.",
			file);
	if (disk_exists(file))
		return disk_remove(new_file, error);
	log_line(LOG_WARN, "store", "%s takes the place of the damaged journal", new_file);
	return disk_set_aside_dated(file, &aside, error) && put_in_place(new_file, file, error);
}
