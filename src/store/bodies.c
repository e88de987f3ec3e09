#include "store/bodies.h"

#include "base/clock.h"
#include "store/store-private.h"

/* Uses that are remembered until the next write; the earliest are forgotten. */
#define USES_MAX 1000

/* Reading must not write (it would wait for another Postern), so uses are noted and written down
 * before the next change for which their order counts. */
static void
note_use(Store *store, gint64 id)
{
	GArray *used = store->bodies_used;

	if (used->len && g_array_index(used, gint64, used->len - 1) == id)
		return;
	if (used->len == USES_MAX)
		g_array_remove_index(used, 0);
	g_array_append_val(used, id);
}

/* Two uses of the same second keep their order. */
#define USED_NOW "(SELECT max(?1, coalesce(max(used), 0) + 1) FROM body)"

static gboolean
write_uses(Store *store, GError **error)
{
	for (guint i = 0; i < store->bodies_used->len; i++) {
		Query query = query_begin(
			store->cache, "UPDATE body SET used = " USED_NOW " WHERE id = ?2");

		query_add_int(&query, clock_wall());
		query_add_int(&query, g_array_index(store->bodies_used, gint64, i));
		if (!query_run(&query, error))
			return FALSE;
	}
	g_array_set_size(store->bodies_used, 0);
	return TRUE;
}

static gboolean
put(Store *store, const char *sql, gint64 used, guint32 folder, guint32 uid, const char *section,
	GBytes *bytes, GError **error)
{
	Query query;

	if (g_bytes_get_size(bytes) > STORE_BODY_MAX)
		return TRUE;
	if (!write_uses(store, error))
		return FALSE;
	query = query_begin(store->cache, sql);
	query_add_int(&query, used);
	query_add_int(&query, folder);
	query_add_int(&query, uid);
	query_add_text(&query, section);
	query_add_int(&query, (gint64)g_bytes_get_size(bytes));
	query_add_bytes(&query, bytes);
	return query_run(&query, error);
}

#define COLUMNS  "INSERT INTO body (used, folder, uid, section, octets, bytes) VALUES "
#define THE_REST DB_PLACE("2") ", ?3, ?4, ?5, ?6)"

gboolean
store_body_put(Store *store, guint32 folder, guint32 uid, const char *section, GBytes *bytes,
	GError **error)
{
	return put(store,
		COLUMNS
		"(" USED_NOW ", " THE_REST " ON CONFLICT (folder, uid, section) DO UPDATE"
		" SET used = excluded.used, octets = excluded.octets, bytes = excluded.bytes",
		clock_wall(), folder, uid, section, bytes, error);
}

gboolean
store_body_keep(Store *store, guint32 folder, guint32 uid, const char *section, GBytes *bytes,
	gint64 used, GError **error)
{
	return put(store, COLUMNS "(?1, " THE_REST " ON CONFLICT (folder, uid, section) DO NOTHING",
		MIN(used, clock_wall()), folder, uid, section, bytes, error);
}

static GBytes *
get(Store *store, guint32 folder, guint32 uid, const char *section, gint64 *out_id)
{
	g_auto(Query) query = query_begin(store->cache,
		"SELECT id, bytes FROM body WHERE folder = " DB_PLACE("1") " AND uid = ?"
									   " AND section = ?");

	query_add_folder(&query, store, folder);
	query_add_int(&query, uid);
	query_add_text(&query, section);
	if (!query_next(&query))
		return NULL;
	*out_id = query_get_int(&query);
	return query_get_bytes(&query);
}

GBytes *
store_body_get(Store *store, guint32 folder, guint32 uid, const char *section)
{
	gint64 id;
	GBytes *bytes = get(store, folder, uid, section, &id);

	if (bytes)
		note_use(store, id);
	return bytes;
}

GBytes *
store_body_peek(Store *store, guint32 folder, guint32 uid, const char *section)
{
	gint64 id;

	return get(store, folder, uid, section, &id);
}

UidSet *
store_bodies_uids(Store *store, guint32 folder, guint32 first, guint32 last, const char *section)
{
	UidSet *uids = uidset_new();
	g_auto(Query) query =
		query_begin(store->cache, "SELECT uid FROM body WHERE folder = " DB_PLACE(
						  "1") " AND uid BETWEEN ? AND ?"
						       " AND section = ? ORDER BY uid");

	query_add_folder(&query, store, folder);
	query_add_int(&query, first);
	query_add_int(&query, last);
	query_add_text(&query, section);
	while (query_next(&query))
		uidset_add(uids, (guint32)query_get_int(&query));
	return uids;
}

#define PLACES \
	"(SELECT coalesce(place, id) FROM folder LEFT JOIN anew ON folder = id WHERE account = ?)"

guint64
store_bodies_octets(Store *store, const char *account)
{
	g_auto(Query) query = query_begin(
		store->cache, "SELECT sum(octets) FROM body_sum WHERE folder IN " PLACES);

	query_add_text(&query, account);
	return query_next(&query) ? (guint64)query_get_int(&query) : 0;
}

/* In the order of body_by_use: without the plus SQLite takes another index, and sorts all bodies. */
#define OLDEST                                                        \
	"SELECT used, folder, uid FROM body WHERE +folder IN " PLACES \
	" ORDER BY used, folder, uid LIMIT 1"

static gboolean
find_oldest(Store *store, const char *account, gint64 *out_used, gint64 *out_place, gint64 *out_uid)
{
	g_auto(Query) query = query_begin(store->cache, OLDEST);

	query_add_text(&query, account);
	if (!query_next(&query))
		return FALSE;
	*out_used = query_get_int(&query);
	*out_place = query_get_int(&query);
	*out_uid = query_get_int(&query);
	return TRUE;
}

gint64
store_bodies_oldest(Store *store, const char *account)
{
	gint64 used, place, uid;

	return find_oldest(store, account, &used, &place, &uid) ? used : 0;
}

gboolean
store_bodies_trim(Store *store, const char *account, guint64 max_octets, GError **error)
{
	gint64 used, place, uid;

	if (store_bodies_octets(store, account) <= max_octets)
		return TRUE;
	if (!write_uses(store, error))
		return FALSE;
	while (store_bodies_octets(store, account) > max_octets &&
		find_oldest(store, account, &used, &place, &uid)) {
		Query query =
			query_begin(store->cache, "DELETE FROM body WHERE folder = ? AND uid = ?");

		query_add_int(&query, place);
		query_add_int(&query, uid);
		if (!query_run(&query, error))
			return FALSE;
	}
	return TRUE;
}
