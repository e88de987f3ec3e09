/*
 * One SQLite file, private to this folder: opened, brought up to date and checked, one transaction a turn, and
 * what its failures mean for the user. What is in it is a matter of its kind and of who asks (store/query.h).
 * That there are two, and how they stand together, is a matter of store/store.h.
 */
#pragma once

#include "store/query.h"

#include <sqlite3.h>

typedef struct {
	const char *file;
	const char *const *schema; /* the steps, ended by NULL; step N makes version N */
	const char *settings;      /* SQL */
	const char *fault_before, *fault_after;
	gboolean is_cache;
} DbKind;

struct Db {
	const DbKind *kind;
	char *file;
	sqlite3 *sqlite;
	GHashTable *statements; /* SQL by its address -> sqlite3_stmt */
	/* Whose transaction begins first: two programs never wait for each other. NULL: none. */
	struct Db *before;
	gboolean in_transaction;
	gboolean written; /* in this turn */
	GError *failure;  /* a write of this turn failed: the turn will not be committed */
	gboolean damaged;
	GError *unusable;   /* why the cache's file can't be written or read, or NULL */
	int wal_pages;      /* of the cache, at its last commit */
	gboolean keeps_ids; /* begun anew meanwhile: who has an id in memory keeps it */
	gint64 last_id;     /* the last one given, even when it was rolled back */
};

/* Opens DIR/KIND->file, makes it when there is none. NULL on failure; *OUT_DAMAGED: because of what is in the
 * file. KIND is needed for as long as the result. */
Db *db_open(const DbKind *kind, const char *dir, gboolean *out_damaged,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same where no file can be made, for what FILE would hold; no more than 64 MiB. */
Db *db_open_in_memory(const DbKind *kind, const char *file);
/* Without a commit. */
void db_free(Db *db);

/* Begins the transaction of this turn unless it has begun. FALSE when a write of this turn failed
 * before: a turn is committed whole or not at all. */
gboolean db_begin(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a change of the user's that is committed at once: it waits longer for another program, and
 * not for the transaction of DB->before. */
gboolean db_begin_change(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends it; a failed one stays open. */
gboolean db_commit(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets what was written in this turn, and why it failed. */
void db_rollback(Db *db);
/* Writes the WAL back once it is long enough; behind a commit, when nobody waits for a lock. */
void db_checkpoint(Db *db);
/* A number that this file has never given before, in the transaction of this turn. */
gboolean db_new_id(Db *db, gint64 *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How long the other's turn is waited for: as at the start, or as in a turn. */
void db_set_patient(Db *db, gboolean patient);

/* Says what CODE of SQLite's means for the user. Always FALSE. */
gboolean db_fail(Db *db, int code, GError **error);
/* The same for a write: the turn has failed with it. */
gboolean db_fail_turn(Db *db, int code, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_free)
