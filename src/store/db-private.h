/* One SQLite file and the pair of them, private to this folder. */
#pragma once

#include "store/db.h"
#include "store/instance.h"
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

struct Store {
	Db *state, *cache;
	Instance *instance;  /* of the directory of the first */
	guint last_spool;    /* number of the last file (store/spool.h) */
	GArray *bodies_used; /* of gint64: bodies read since their "used" was last written */
	guint cache_age, lost_turns;
	char *mended;        /* see store_mended() */
	char *cache_trouble; /* see store_cache_trouble() */
};

/* Made from schema/: see local.mk. */
extern const char *const schema_state[];
extern const char *const schema_cache[];

/* In SQL: the number under which the rows of the folder with the id ?N are (schema/cache-007.sql). */
#define DB_PLACE(n) "coalesce((SELECT place FROM anew WHERE folder = ?" n "), ?" n ")"

/* Opens DIR/KIND->file, makes it when there is none. NULL on failure; *OUT_DAMAGED: because of what is in the
 * file. KIND is needed for as long as the result. */
Db *db_open(const DbKind *kind, const char *dir, gboolean *out_damaged,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Without a commit. */
void db_free(Db *db);

/* Begins the transaction of this turn unless it has begun. FALSE when a write of this turn failed
 * before: a turn is committed whole or not at all. */
gboolean db_begin(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends it; a failed one stays open. */
gboolean db_commit(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A number that this file has never given before, in the transaction of this turn. */
gboolean db_new_id(Db *db, gint64 *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How long the other's turn is waited for: as at the start, or as in a turn. */
void db_set_patient(Db *db, gboolean patient);

/* Says what CODE of SQLite's means for the user. Always FALSE. */
gboolean db_fail(Db *db, int code, GError **error);
/* The same for a write: the turn has failed with it. */
gboolean db_fail_turn(Db *db, int code, GError **error);
