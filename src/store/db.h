/*
 * The two databases (DESIGN: doc/ARCHITECTURE.md "Store"): state.db holds what the user would miss
 * (the journal of changes), synchronous=FULL; cache.db holds what the server can tell again and may
 * be deleted at any time. Files 0600 in directories 0700.
 *
 * Everything of one turn of the main loop is one transaction per database: the first write begins
 * it, store_commit() ends it. Whoever reads sees what was written. All SQL text of the program is
 * in this folder.
 */
#pragma once

#include <glib.h>

typedef struct Store Store;

/* Creates directories and files as needed and brings the schema up to date, one numbered step after
 * the other (store/schema/). A cache that is damaged or from a newer version is set aside
 * (cache.db.bad-N) and begun anew; *OUT_REBUILT (may be NULL) says so. A damaged state.db gives
 * ERR_CORRUPT naming the file, ERR_DISK what the system said. NULL on failure. */
Store *store_open(const char *state_dir, const char *cache_dir, gboolean *out_rebuilt,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Commits and closes. */
void store_free(Store *store);

/* Ends the transactions of this turn. On failure both are rolled back and ERROR says why (a full
 * disk is ERR_DISK): what was written since the last commit is not in the store. */
gboolean store_commit(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_has_changes(const Store *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)
