#include "store/folders.h"

#include "store/store-private.h"

#include <string.h>

/* A longer map of positions is not kept: the list asks the server again. */
#define POSITIONS_BYTES_MAX (1024 * 1024)
/* What store_sweep() removes at once: 1 ms. A body may have 256 pages. */
#define SWEEP_MESSAGES "100"
#define SWEEP_BODIES   "5"

StoreFolder *
store_folder_copy(const StoreFolder *folder)
{
	StoreFolder *copy = g_memdup2(folder, sizeof *folder);

	copy->account = g_strdup(folder->account);
	copy->name = g_strdup(folder->name);
	copy->positions = g_strdup(folder->positions);
	return copy;
}

void
store_folder_free(StoreFolder *folder)
{
	if (!folder)
		return;
	g_free(folder->account);
	g_free(folder->name);
	g_free(folder->positions);
	g_free(folder);
}

static StoreFolder *
read_folder(Query *query)
{
	StoreFolder *folder = g_new0(StoreFolder, 1);

	folder->id = (guint32)query_get_int(query);
	folder->account = query_get_string(query);
	folder->name = query_get_string(query);
	folder->delimiter = (char)query_get_int(query);
	folder->flags = (guint32)query_get_int(query);
	folder->uidvalidity = (guint32)query_get_int(query);
	folder->uidnext = (guint32)query_get_int(query);
	folder->highestmodseq = (guint64)query_get_int(query);
	folder->counts_known = query_get_int(query) != 0;
	folder->total = (guint32)query_get_int(query);
	folder->unread = (guint32)query_get_int(query);
	folder->counts_at = query_get_int(query);
	folder->positions = query_get_string_or_null(query);
	folder->positions_at = query_get_int(query);
	return folder;
}

GPtrArray *
store_folders_load(Store *store, const char *account)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
	g_auto(Query) query = query_begin(store->cache,
		"SELECT id, account, name, delimiter, flags, uidvalidity, uidnext, highestmodseq,"
		" counts_known, total, unread, counts_at, positions, positions_at"
		" FROM folder WHERE account = ? ORDER BY name");

	query_add_text(&query, account);
	while (query_next(&query))
		g_ptr_array_add(folders, read_folder(&query));
	return folders;
}

static gboolean
run_for_folder(Store *store, const char *sql, gint64 id, GError **error)
{
	g_auto(Query) query = query_begin(store->cache, sql);

	query_add_int(&query, id);
	return query_run(&query, error);
}

/* No row is touched, however many there are: they are where no folder looks any more. */
static gboolean
begin_anew(Store *store, gint64 id, GError **error)
{
	gint64 place;
	Query query;

	if (!run_for_folder(
		    store, "INSERT OR IGNORE INTO void VALUES (" DB_PLACE("1") ")", id, error) ||
		!run_for_folder(store, "DELETE FROM kept WHERE folder = ?", id, error) ||
		!db_new_id(store->cache, &place, error))
		return FALSE;
	query = query_begin(store->cache, "INSERT OR REPLACE INTO anew VALUES (?, ?)");
	query_add_int(&query, id);
	query_add_int(&query, place);
	return query_run(&query, error);
}

/* The id under which the folder is known, else a new one. *OUT_UIDVALIDITY: what was known, 0: nothing; also on
 * failure. */
static gboolean
find_id(Db *db, const StoreFolder *folder, gint64 *out_id, gint64 *out_uidvalidity, GError **error)
{
	g_auto(Query) query = query_begin(
		db, "SELECT id, uidvalidity FROM folder WHERE account = ? AND name = ?");
	gboolean begun = db_begin(db, error);

	*out_uidvalidity = 0;
	query_add_text(&query, folder->account);
	query_add_blob(&query, folder->name);
	if (query_next(&query)) {
		*out_id = query_get_int(&query);
		*out_uidvalidity = query_get_int(&query);
		return begun;
	}
	if (!begun || !query_check(&query, error))
		return FALSE;
	*out_id = folder->id;
	return (db->keeps_ids && folder->id) || db_new_id(db, out_id, error);
}

static const char *
positions_to_keep(const StoreFolder *folder)
{
	const char *positions = folder->positions;

	return positions && strlen(positions) <= POSITIONS_BYTES_MAX ? positions : NULL;
}

gboolean
store_folder_put(Store *store, StoreFolder *folder, GError **error)
{
	g_auto(Query) query = query_begin(store->cache,
		"INSERT OR REPLACE INTO folder (id, account, name, delimiter, flags, uidvalidity,"
		" uidnext, highestmodseq, counts_known, total, unread, counts_at, positions,"
		" positions_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	gint64 id = 0, before;
	gboolean good = find_id(store->cache, folder, &id, &before, error);

	if (before && folder->uidvalidity && before != folder->uidvalidity) {
		good = good && begin_anew(store, id, error);
		store_note_anew(store, (guint32)id, good);
	}
	if (!good)
		return FALSE;
	query_add_int(&query, id);
	query_add_text(&query, folder->account);
	query_add_blob(&query, folder->name);
	query_add_int(&query, folder->delimiter);
	query_add_int(&query, folder->flags);
	query_add_int(&query, folder->uidvalidity);
	query_add_int(&query, folder->uidnext);
	query_add_int(&query, (gint64)folder->highestmodseq);
	query_add_int(&query, folder->counts_known);
	query_add_int(&query, folder->total);
	query_add_int(&query, folder->unread);
	query_add_int(&query, folder->counts_at);
	query_add_text(&query, positions_to_keep(folder));
	query_add_int(&query, folder->positions_at);
	if (!query_run(&query, error))
		return FALSE;
	folder->id = (guint32)id;
	return TRUE;
}

gboolean
store_folder_put_kept(
	Store *store, guint32 id, const char *positions, gint64 seen_at, GError **error)
{
	g_auto(Query) query =
		query_begin(store->cache, "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)");

	if (strlen(positions) > POSITIONS_BYTES_MAX)
		return run_for_folder(store, "DELETE FROM kept WHERE folder = ?", id, error);
	query_add_int(&query, id);
	query_add_text(&query, positions);
	query_add_int(&query, seen_at);
	return query_run(&query, error);
}

char *
store_folder_kept(Store *store, guint32 id, gint64 *out_seen_at)
{
	g_auto(Query) query =
		query_begin(store->cache, "SELECT positions, seen_at FROM kept WHERE folder = ?");
	char *positions;

	query_add_folder(&query, store, id);
	if (!query_next(&query))
		return NULL;
	positions = query_get_string(&query);
	*out_seen_at = query_get_int(&query);
	return positions;
}

gboolean
store_folder_remove(Store *store, guint32 id, GError **error)
{
	return begin_anew(store, id, error) &&
	       run_for_folder(store, "DELETE FROM folder WHERE id = ?", id, error);
}

/* *OUT_PLACE is 0 when there is none. */
static gboolean
find_void(Store *store, gint64 *out_place, GError **error)
{
	g_auto(Query) query = query_begin(store->cache, "SELECT place FROM void LIMIT 1");

	*out_place = 0;
	if (!query_next(&query))
		return query_check(&query, error);
	*out_place = query_get_int(&query);
	return TRUE;
}

gboolean
store_sweep(Store *store, GError **error)
{
	static const char *const pieces[] = {
		"DELETE FROM body WHERE id IN"
		" (SELECT id FROM body WHERE folder = ? LIMIT " SWEEP_BODIES ")",
		"DELETE FROM message WHERE folder = ?1 AND uid IN"
		" (SELECT uid FROM message WHERE folder = ?1 LIMIT " SWEEP_MESSAGES ")",
		"DELETE FROM void WHERE place = ?",
	};
	gint64 place;

	if (!find_void(store, &place, error))
		return FALSE;
	for (guint i = 0; place && i < G_N_ELEMENTS(pieces); i++) {
		if (!run_for_folder(store, pieces[i], place, error))
			return FALSE;
		if (query_changes(store->cache))
			break;
	}
	return TRUE;
}
