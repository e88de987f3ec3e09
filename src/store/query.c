#include "store/query.h"

#include "base/log.h"
#include "store/db.h"

#include <string.h>

Query
query_begin(Db *db, const char *sql)
{
	Query query = {.db = db, .code = SQLITE_OK};

	query.statement = g_hash_table_lookup(db->statements, sql);
	if (query.statement)
		return query;
	query.code = sqlite3_prepare_v3(
		db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &query.statement, NULL);
	if (query.statement)
		g_hash_table_insert(db->statements, (gpointer)sql, query.statement);
	return query;
}

/* Both ignore what comes after a failure. */

static gboolean
takes_argument(Query *query)
{
	query->bound++;
	return query->code == SQLITE_OK;
}

void
query_add_int(Query *query, gint64 value)
{
	if (takes_argument(query))
		query->code = sqlite3_bind_int64(query->statement, query->bound, value);
}

void
query_add_text(Query *query, const char *text)
{
	if (takes_argument(query))
		query->code =
			sqlite3_bind_text(query->statement, query->bound, text, -1, SQLITE_STATIC);
}

void
query_add_blob(Query *query, const char *text)
{
	if (takes_argument(query))
		query->code = sqlite3_bind_blob64(query->statement, query->bound, text,
			text ? strlen(text) : 0, SQLITE_STATIC);
}

void
query_add_bytes(Query *query, GBytes *bytes)
{
	gsize len = 0;
	const void *data = bytes ? g_bytes_get_data(bytes, &len) : NULL;

	if (!takes_argument(query))
		return;
	if (bytes && !len) /* without a pointer, SQLite would take it for NULL */
		query->code = sqlite3_bind_zeroblob(query->statement, query->bound, 0);
	else
		query->code = sqlite3_bind_blob64(
			query->statement, query->bound, data, len, SQLITE_STATIC);
}

gboolean
query_run(Query *query, GError **error)
{
	Db *db = query->db;
	int code;

	if (!db_begin(db, error)) {
		query_end(query);
		return FALSE;
	}
	db->written = TRUE;
	if (query->code == SQLITE_OK)
		query->code = sqlite3_step(query->statement);
	code = query->code;
	query_end(query);
	return code == SQLITE_DONE || db_fail_turn(db, code, error);
}

guint
query_changes(Db *db)
{
	return (guint)sqlite3_changes(db->sqlite);
}

gboolean
query_next(Query *query)
{
	g_autoptr(GError) error = NULL;

	query->column = 0;
	if (query->code == SQLITE_OK || query->code == SQLITE_ROW)
		query->code = sqlite3_step(query->statement);
	if (query->code == SQLITE_ROW)
		return TRUE;
	if (query->code != SQLITE_DONE) {
		(void)db_fail(query->db, query->code, &error);
		log_line(LOG_ERROR, "store", "%s (%s)", error->message,
			sqlite3_errmsg(query->db->sqlite));
	}
	query_end(query);
	return FALSE;
}

gboolean
query_check(const Query *query, GError **error)
{
	return query->code == SQLITE_DONE || db_fail_turn(query->db, query->code, error);
}

gint64
query_get_int(Query *query)
{
	return sqlite3_column_int64(query->statement, query->column++);
}

char *
query_get_string_or_null(Query *query)
{
	int column = query->column++;
	const void *data = sqlite3_column_blob(query->statement, column);
	gsize len = (gsize)sqlite3_column_bytes(query->statement, column);

	if (sqlite3_column_type(query->statement, column) == SQLITE_NULL)
		return NULL;
	return len ? g_strndup(data, len) : g_strdup("");
}

char *
query_get_string(Query *query)
{
	char *text = query_get_string_or_null(query);

	return text ? text : g_strdup("");
}

GBytes *
query_get_bytes(Query *query)
{
	int column = query->column++;
	const void *data = sqlite3_column_blob(query->statement, column);
	gsize len = (gsize)sqlite3_column_bytes(query->statement, column);

	if (sqlite3_column_type(query->statement, column) == SQLITE_NULL)
		return NULL;
	return g_bytes_new(data, len);
}

void
query_end(Query *query)
{
	if (!query->statement)
		return;
	(void)sqlite3_reset(query->statement); /* repeats what the step said */
	(void)sqlite3_clear_bindings(query->statement);
	query->statement = NULL;
	if (query->code == SQLITE_OK || query->code == SQLITE_ROW)
		query->code = SQLITE_DONE;
}
