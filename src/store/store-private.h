/* What store/store.c, which owns the two databases, shares with those who know what is in them: private to this
 * folder. */
#pragma once

#include "store/db.h"
#include "store/instance.h"
#include "store/store.h"

struct Store {
	Db *state, *cache;
	Instance *instance;           /* of the directory of the first */
	GHashTable *anew, *anew_lost; /* see store_note_anew(); of folder ids */
	guint last_spool;             /* number of the last file (store/spool.h) */
	GArray *bodies_used; /* of gint64: bodies read since their "used" was last written */
	guint cache_age, lost_turns;
	char *mended;        /* see store_mended() */
	char *cache_trouble; /* see store_cache_trouble() */
};

/* Made from schema/: see local.mk. */
extern const char *const schema_state[];
extern const char *const schema_cache[];

/* The rows of folder ID are void from now on. When that can't be written, nobody sees them all the same, until it
 * is. WRITTEN: in the transaction of this turn. */
void store_note_anew(Store *store, guint32 id, gboolean written);
/* The id of a folder for who reads its rows: one that has none where they are void, and that is not written. */
void query_add_folder(Query *query, const Store *store, guint32 id);

/* In SQL: the number under which the rows of the folder with the id ?N are (schema/cache-007.sql). */
#define DB_PLACE(n) "coalesce((SELECT place FROM anew WHERE folder = ?" n "), ?" n ")"
