/* The folders of every account, as the server last told (cache.db). */
#pragma once

#include "store/store.h"

typedef struct {
	guint32 id; /* ours; given by store_folder_put() and never given twice */
	char *account;
	char *name;                   /* raw, as on the wire: the key */
	char delimiter;               /* 0: none */
	guint32 flags;                /* ImapMailboxFlag, opaque here */
	guint32 uidvalidity, uidnext; /* 0: not known */
	guint64 highestmodseq;
	gboolean counts_known;
	guint32 total, unread;
	gint64 counts_at; /* seconds since 1970 when the counts were true */
	char *positions; /* seqmap_to_text() of what was last on the screen, or NULL; over 1 MiB not kept */
	gint64 positions_at; /* seconds since 1970 when that was what the server had; 0: not known */
} StoreFolder;

StoreFolder *store_folder_copy(const StoreFolder *folder);
void store_folder_free(StoreFolder *folder);

/* All folders of ACCOUNT: StoreFolder, freed with the array. */
GPtrArray *store_folders_load(Store *store, const char *account);

/* Inserts or updates by (account, name); sets FOLDER->id. With another UIDVALIDITY than before (neither 0),
 * its messages are gone, and what was kept. After a commit that failed, a new folder's id is not valid: put
 * it again. */
gboolean store_folder_put(
	Store *store, StoreFolder *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Which messages the folder had at SEEN_AT (seconds since 1970), as seqmap_to_text(), beside what was last
 * on the screen; over 1 MiB not kept. */
gboolean store_folder_put_kept(Store *store, guint32 id, const char *positions, gint64 seen_at,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when there is none. The caller's. */
char *store_folder_kept(Store *store, guint32 id, gint64 *out_seen_at);
/* Removes the folder and its messages. */
gboolean store_folder_remove(Store *store, guint32 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes some of the rows that such folders have left behind, which nobody can see any more. Little enough
 * for a turn; store_index_is_behind() says whether there are more. */
gboolean store_sweep(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreFolder, store_folder_free)
