/*
 * The two databases (doc/ARCHITECTURE.md, "State and change"): state.db holds what the user would miss
 * (the journal of changes), synchronous=FULL; cache.db holds what the server can tell again and may
 * be deleted at any time. Files 0600 in directories 0700.
 *
 * Everything of one turn of the main loop is one transaction per database: the first write begins
 * it, store_commit() ends it. Whoever reads sees what was written. A write that fails makes its
 * database refuse the rest of the turn, so that a turn is kept whole or not at all. All SQL text of
 * the program is in this folder.
 *
 * Another Postern may have the same files open. Reading never waits for it; a first write waits at
 * most 50 ms, then it fails with ERR_DISK ("Another Postern is writing"): try again next turn. A change of the
 * user's waits at most 250 ms (store_begin_change()). Each
 * has its own ops of the journal (store/ops.h); rows of the cache are whoever's wrote last.
 *
 * Reading functions give what they could read and log what they could not.
 */
#pragma once

#include <glib.h>

typedef struct Store Store;

/* Creates directories and files as needed and brings the schema up to date, one numbered step after
 * the other (store/schema/). A cache that is damaged or from a newer version is set aside
 * (cache.db.bad-N) and begun anew; *OUT_REBUILT (may be NULL) says so. A damaged state.db is set aside
 * too (state.db.damaged-DATE), with all changes that can still be read in a new one: store_mended(). One
 * from a newer version gives ERR_CORRUPT naming the file, ERR_DISK what the system said. NULL on
 * failure. A cache that can't be opened or written for another reason (rights, a file system that can only be
 * read, a failing disk) is kept in memory: store_cache_trouble(). state.db is checked in whole; of the cache,
 * only header and tables' definitions are read: damage
 * farther in gives ERR_CORRUPT to who writes there, and store_free() sets such a cache aside. Nothing is set
 * aside while another Postern runs, which may have it open: that is ERR_CORRUPT too. */
Store *store_open(const char *state_dir, const char *cache_dir, gboolean *out_rebuilt,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the user has to be told of a state.db that was damaged: how many changes were saved, how many not, and
 * where the damaged file is. NULL: it was not. Borrowed. */
const char *store_mended(const Store *store);
/* Why the cache is in memory since store_open(), in a sentence; NULL: it is not. Borrowed. */
const char *store_cache_trouble(const Store *store);
/* A cache in which damage was met, and no other Postern runs, is set aside and begun anew: what is written next
 * goes to the new one, and folders put again keep their ids. FALSE: why not; when there is no room for a new
 * one, what is written is kept in memory. So is it when the cache can't be written any more, or its disk
 * fails: then its file stays as it is. Outside of a turn. */
gboolean store_cache_is_damaged(const Store *store);
gboolean store_renew_cache(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Another number after each store_renew_cache(). */
guint store_cache_age(const Store *store);
/* Commits and closes. */
void store_free(Store *store);

/* Ends the transactions of this turn, the cache's first, so that no change leaves the journal before the
 * cache has what came of it. When a write to the journal has failed, both are rolled back. When only the
 * cache's fails, the journal stands and the cache is rolled back: a broken cache must not keep the user
 * from changing anything; FALSE then only when there was nothing for the journal. ERROR says why (a full
 * disk is ERR_DISK), and the caller reads again what the store holds. */
gboolean store_commit(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_has_changes(const Store *store);
/* Before a change of the user's that is committed at once: it does not wait for the cache, whose transaction
 * else begins before the journal's, so that two programs never wait for each other. */
gboolean store_begin_change(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many turns were rolled back, in one database or both. */
guint store_lost_turns(const Store *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)
