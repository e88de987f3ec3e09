/*
 * Finding messages among what is here (cache.db): in subjects and addresses of all rows, and in the words of
 * the bodies that were read or kept. Everything is done in pieces that are small enough for a turn of the
 * main loop; who calls comes again for the next.
 */
#pragma once

#include "base/uidset.h"
#include "store/store.h"

/* ---- making the index ---- */

#define STORE_INDEX_MAX \
	(64 * 1024) /* bytes of one message's text; what is behind them is not found */

/* A message whose body is here and whose words are not; FALSE: there is none, or store_sweep() has to come
 * first. */
gboolean store_index_next(Store *store, guint32 *out_folder, guint32 *out_uid);
/* It has these words, UTF-8, "" for none; it is not NEXT any more. */
gboolean store_index_put(Store *store, guint32 folder, guint32 uid, const char *text,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the words of one message that is gone. */
gboolean store_index_forget(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* TRUE when there is a message to put or to forget, or something to sweep. */
gboolean store_index_is_behind(Store *store);

/* ---- searching ---- */

/* Where a search goes on; all 0 at first. */
typedef struct {
	gint64 word, uid;
} StoreSearchPlace;

/* Adds to HITS the messages of FOLDER that have each word of TEXT, without regard to case and accents, and of
 * words of four letters or more only the beginning, among the next LIMIT that have them in any folder. FALSE: that was all. */
gboolean store_search_words(Store *store, guint32 folder, const char *text, guint limit,
	StoreSearchPlace *place, UidSet *hits);
/* Adds to HITS those of the next LIMIT messages, from the newest on, whose subject or addresses hold FOLDED,
 * which has gone through store_search_fold(). FALSE: that was all. */
gboolean store_search_rows(Store *store, guint32 folder, const char *folded, guint limit,
	StoreSearchPlace *place, UidSet *hits);
/* TEXT without its letter case. The caller's. */
char *store_search_fold(const char *text);
