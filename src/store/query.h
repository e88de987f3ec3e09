/*
 * One use of one SQL statement, private to this folder. Arguments are bound in the order of the
 * question marks and columns read in the order of the SELECT; a failure on the way is kept and told
 * by the call that ends the statement, so that nobody has to ask in between.
 *
 *   g_auto(Query) query = query_begin(db, "SELECT name FROM folder WHERE id = ?");
 *
 *   query_add_int(&query, id);
 *   if (query_next(&query))
 *           name = query_get_string(&query);
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

typedef struct Db Db;

typedef struct {
	Db *db;
	sqlite3_stmt *statement; /* the database's; NULL when it could not be prepared */
	int bound;
	int column;
	int code; /* SQLITE_OK, or the first failure */
} Query;

/* SQL is a string constant: the statement is prepared once and kept under its address. A statement
 * is not begun again before it has ended. */
Query query_begin(Db *db, const char *sql);

/* What they are given is borrowed until the statement ends. NULL is SQL's NULL. */
void query_add_int(Query *query, gint64 value);
void query_add_text(Query *query, const char *text);
void query_add_blob(Query *query, const char *text);
void query_add_bytes(Query *query, GBytes *bytes);

/* Runs a statement that changes something, in the transaction of this turn, and ends it. */
gboolean query_run(Query *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many rows the last statement changed that query_run() ran. */
guint query_changes(Db *db);
/* Goes to the next row; FALSE when there is none, and on a failure, which is logged. */
gboolean query_next(Query *query);

/* After query_next() said FALSE, for who is about to write: when that was a failure, the turn fails
 * with it. */
gboolean query_check(const Query *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What they give is the caller's. Only the second and the third give NULL for SQL's NULL: a damaged
 * row has it where the table's definition forbids it. */
gint64 query_get_int(Query *query);
char *query_get_string(Query *query);
char *query_get_string_or_null(Query *query);
GBytes *query_get_bytes(Query *query);

void query_end(Query *query);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Query, query_end)
